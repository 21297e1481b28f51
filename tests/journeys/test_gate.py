"""No frame is painted without a durable entry: what is really drawn, against what is really committed."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent

from reviewer.domain.events import ViewOpened
from reviewer.domain.timebase import SECOND, TimeRange, Utc, merge
from reviewer.records.queries import Queries
from reviewer.services.demo import CASE
from reviewer.services.journal import Journal, Recorded
from reviewer.services.viewing import Viewing
from reviewer.ui.review.tile import Tile
from tests.journeys.conftest import Person

_NO_LIMIT = 1_073_741_823


@dataclass
class Watch:
    """Everything that was painted, with what was in the log at that moment."""

    committed: list[ViewOpened] = field(default_factory=list)
    painted: list[tuple[str, TimeRange, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def recorded(self, recorded: Iterable[Recorded]) -> None:
        """On the scribe's thread, after the commit and before anybody is told of it."""
        with self.lock:
            self.committed += [r.event for r in recorded if isinstance(r.event, ViewOpened)]

    def paint(self, tile: Tile) -> None:
        shown = tile.painted
        if shown is not None:
            with self.lock:
                self.painted.append((tile.camera.key, TimeRange(shown.at, shown.until), len(self.committed)))

    def without_entry(self) -> list[tuple[str, TimeRange]]:
        """What was painted while no durable entry said so."""
        wrong = []
        for key, frame, known in dict.fromkeys(self.painted):
            stretches = (c.shown for e in self.committed[:known] for c in e.cameras if c.recording == key)
            if not any(frame.overlap(s) for s in stretches):
                wrong.append((key, frame))
        return wrong

    def not_said(self, records: Path) -> list[tuple[str, TimeRange]]:
        """What was painted and no closing entry says so. Of the person who has left."""
        wrong = []
        with closing(Queries(records)) as queries:
            for recording in {key for key, *_ in self.painted}:
                said = merge(w.shown for w in queries.watched(CASE, recording) if w.width)
                frames = {frame for key, frame, _ in self.painted if key == recording}
                told = (any(s.start <= f.start and f.end <= s.end for s in said) for f in frames)
                wrong += [(recording, frame) for frame, is_told in zip(frames, told, strict=True) if not is_told]
        return wrong


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Looks over the shoulder of every tile's paintEvent, and of the scribe's commit."""
    seen, paint, commit = Watch(), Tile.paintEvent, Journal._commit

    def watched(tile: Tile, event: QPaintEvent) -> None:
        paint(tile, event)
        seen.paint(tile)

    def committed(journal: Journal, batch: Sequence[Any]) -> list[Recorded]:
        recorded = commit(journal, batch)
        seen.recorded(recorded)
        return recorded

    monkeypatch.setattr(Tile, "paintEvent", watched)
    monkeypatch.setattr(Journal, "_commit", committed)
    yield seen


def _refuse(journal: Journal, refused: bool) -> None:
    """A log whose file cannot be written from now on, or can again."""
    conn: sqlite3.Connection = journal._conn
    conn.execute(f"PRAGMA query_only={'ON' if refused else 'OFF'}")


def _limit_pages(journal: Journal, most: int) -> None:
    """A disk that is full from now on (or again has room): SQLite refuses pages as when the disk refuses them."""
    conn: sqlite3.Connection = journal._conn
    conn.execute(f"PRAGMA max_page_count={most}")


def _storm(person: Person, rounds: int, seed: int) -> None:
    """Play, seek, change speed, step, change layout, in any order."""
    chance = random.Random(seed)  # noqa: S311 - a test's choices
    whole = person.playback.range
    actions = (
        lambda: person.screen.controls.toggle(),
        lambda: person.screen.controls.seek(Utc(chance.randrange(whole.start, whole.end))),
        lambda: person.screen.controls.set_rate(chance.choice((250, 1000, 2000, 4000))),
        lambda: person.screen.controls.slower(),
        lambda: person.screen.controls.frame(person.screen.wall.focused, chance.choice((-1, 1))),
        lambda: person.screen.wall.next_layout(),
        lambda: person.screen.wall.focus_number(chance.randint(1, 4)),
    )
    for _ in range(rounds):
        chance.choice(actions)()
        person.lives(chance.choice((5, 20, 60, 150)))


def test_whatever_is_done_nothing_is_painted_before_its_entry(watch: Watch, reviewing: Person) -> None:
    _storm(reviewing, 60, seed=1)
    assert len(watch.painted) > 200
    assert watch.without_entry() == []
    assert reviewing.viewing.painted_outside == 0
    records = reviewing.desk.session.room.records
    reviewing.leaves()
    assert watch.not_said(records) == []


def test_lock_covers_at_once_and_is_not_counted_as_watched(watch: Watch, reviewing: Person) -> None:
    reviewing.key(Qt.Key.Key_Space)
    reviewing.lives(300)
    reviewing.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert reviewing.program.window.is_locked
    before = len(watch.painted)
    reviewing.lives(400)
    assert len(watch.painted) == before
    assert not reviewing.playback.playing


def test_a_log_that_fails_at_random_never_lets_a_frame_through(watch: Watch, reviewing: Person) -> None:
    journal, chance = reviewing.desk.session.journal, random.Random(7)  # noqa: S311 - a test's choices
    stopped = 0
    for turn in range(8):
        _refuse(journal, True)
        _storm(reviewing, 10, seed=turn)
        reviewing.screen.controls.set_rate(4000)
        reviewing.screen.controls.seek(reviewing.playback.range.start)
        reviewing.screen.controls.faster()
        reviewing.lives(chance.choice((50, 200)))
        if reviewing.viewing.stopped is not None:
            stopped += 1
            assert "The log cannot be written" in reviewing.screen.stopped.words
            assert not reviewing.screen.wall.painted(), "something is to be seen although the log has stopped"
        _refuse(journal, False)
        reviewing.screen.stop()
        reviewing.sees(lambda: reviewing.viewing.stopped is None)
    assert stopped > 0, "the log never failed"
    assert watch.without_entry() == []
    records = reviewing.desk.session.room.records
    reviewing.leaves()
    assert watch.not_said(records) == []


def test_when_the_disk_is_full_the_picture_stops_says_why_and_goes_on(watch: Watch, reviewing: Person) -> None:
    journal = reviewing.desk.session.journal
    reviewing.key(Qt.Key.Key_Space)
    reviewing.lives(200)
    _limit_pages(journal, 1)
    place = reviewing.playback.range
    for step in range(400):
        reviewing.screen.controls.seek(Utc(place.start + step * place.duration // 400))
        reviewing.lives(20)
        if reviewing.viewing.stopped is not None:
            break
    reviewing.sees(lambda: reviewing.screen.stopped.words)
    reviewing.sees(lambda: "Picture stopped" in reviewing.says())
    reviewing.sees(lambda: "The log cannot be written: the disk is full." in reviewing.says())
    assert not reviewing.screen.wall.painted()
    painted = len(watch.painted)
    reviewing.lives(300)
    assert len(watch.painted) == painted
    _limit_pages(journal, _NO_LIMIT)
    reviewing.key(Qt.Key.Key_K)
    reviewing.sees(lambda: not reviewing.screen.stopped.words)
    reviewing.goes_to(Utc(place.start + place.duration // 2))
    reviewing.sees(lambda: reviewing.screen.wall.painted())
    assert watch.without_entry() == []


def test_this_very_test_would_see_a_gate_that_stands_open(
    watch: Watch, reviewing: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Break the gate while the log cannot be written: frames are painted without an entry, and the watch says so."""
    monkeypatch.setattr(Viewing, "covers", lambda *_given, **_named: True)
    monkeypatch.setattr(Viewing, "stopped", None)
    journal, whole = reviewing.desk.session.journal, reviewing.playback.range
    _refuse(journal, True)
    reviewing.screen.controls.seek(Utc(whole.end - 2 * SECOND))
    reviewing.key(Qt.Key.Key_Space)
    reviewing.sees(lambda: watch.without_entry())
    assert journal.failed is not None
