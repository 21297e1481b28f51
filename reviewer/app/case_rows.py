"""Footage of an open case played in a row, in the review: an allegation's exhibits, or what is left to be watched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QBoxLayout

from reviewer.domain.errors import ReviewerError
from reviewer.domain.gate import AllegationGate, CameraGate
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.services.board import Card, Row, playable
from reviewer.services.playback import Playback
from reviewer.ui.case.board_paint import STANCES, place_words
from reviewer.ui.review.in_a_row import InARow, InARowBar, Stop

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

_LEAD, _TAIL = Micros(3 * SECOND), Micros(4 * SECOND)  # around a moment
_AROUND = Micros(SECOND // 2)  # around a range, and what is left


class CaseRows(QObject):
    """On the GUI thread. What is said goes to the case's screen, and to the review once something was played there."""

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room = room
        self.row = InARow(room.review, self._playback)
        self.bar = InARowBar(self.row, room.desk.keys)
        over = room.review.layout()
        if isinstance(over, QBoxLayout):
            over.insertWidget(0, self.bar)
        self.row.ended.connect(self._ended)
        ways = {"next": self.row.next, "previous": self.row.previous, "end": self.row.end}
        for way, act in ways.items():
            room.desk.keys.bind(room.review, f"sequence.{way}", act)

    def _playback(self) -> Playback:
        playback = self._room.desk.room.playback if self._room.desk.room is not None else None
        if playback is None:
            raise RuntimeError("nothing is played in a case that is closed")
        return playback

    def play(self, row: Row) -> None:
        """The exhibits of an allegation that are on footage, in order of time."""
        cards = playable(row)
        if not cards:
            self._room.say(ReviewerError("No exhibit on footage yet.", "Put a mark on the board first."))
            return
        self._start(row.allegation.name, [self._stop(card) for card in cards])

    def _stop(self, card: Card) -> Stop:
        zone, word = self._room.desk.zone(), STANCES[card.exhibit.stance][2]
        at = card.at or TimeRange(Utc(0), Utc(0))
        moment = at.end - at.start < SECOND
        before, after = (_LEAD, _TAIL) if moment else (_AROUND, _AROUND)
        words = f"{card.exhibit.name} · {word} · {place_words(card, zone)}"
        text = " ".join(card.text.split())
        around = TimeRange(Utc(at.start - before), Utc(at.end + after))
        return Stop(card.recording, around, f"{words} · {text}" if text else words)

    def watch_left(self, gate: AllegationGate | None) -> None:
        """Just what an allegation still requires; what any of them does if this one requires nothing more."""
        known = self._room.gate.known
        if known is None:
            self._room.say(ReviewerError("What was watched is still being counted.", "Try again in a moment."))
        elif gate is not None and not gate.met:
            self._watch(f"Left for {gate.name}", gate.cameras)
        else:
            self._watch("What is left", known.cameras)

    def watch_camera(self, key: str) -> None:
        """Just what is left of one camera, for any allegation."""
        known = self._room.gate.known
        self._watch("What is left", [c for c in (known.cameras if known is not None else ()) if c.recording == key])

    def _watch(self, name: str, cameras: Iterable[CameraGate]) -> None:
        clocks, zone = self._room.wall.clocks, self._room.desk.zone()
        numbers = {c.key: c.number for c in self._room.review.wall.every}
        stops = []
        for camera in sorted(cameras, key=lambda each: numbers.get(each.recording, 0)):
            for start, end in camera.left:
                at = clocks.range_to_wall(camera.recording, TimeRange(Utc(start), Utc(end)))
                wide = TimeRange(Utc(at.start - _AROUND), Utc(at.end + _AROUND))
                when = f"{zone.clock(at.start)} – {zone.clock(at.end)}"
                stops.append(Stop(camera.recording, wide, f"Camera {numbers.get(camera.recording, 0)} · {when}"))
        if stops:
            self._start(name, stops, self._room.tables.gate.fastest_milli)
        else:
            self._room.screen.tell("Nothing is left to watch.")

    def _start(self, name: str, stops: list[Stop], fastest_milli: int = 0) -> None:
        self._room.desk.window.show_screen("review")
        self.row.start(name, stops, fastest_milli=fastest_milli)

    def _ended(self, words: str) -> None:
        self._room.review.tell(words)
        self._room.gate.soon()

    def close(self) -> None:
        """The case ends."""
        self.row.forget()
        self.bar.hide()
        self.bar.deleteLater()
