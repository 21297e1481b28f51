"""Questions to the map as a person asks them: a place drawn, a distance, one question after another; the answer goes to
the tab, the map and the timeline at once, and a newer question makes an older answer worthless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from reviewer.domain.errors import ReviewerError
from reviewer.domain.place import UNIT, Area, Circle
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.maps.mercator import to_degrees
from reviewer.services.place_words import Answers, area_words
from reviewer.services.places import Placed, Places, circle
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.map_overlay import Shape
from reviewer.ui.review.place_answer import Asked, answer, bands, said
from reviewer.ui.review.place_panel import REACHES, PlacePanel, PlaceState, Question
from reviewer.ui.review.place_rows import PlaceRow
from reviewer.ui.review.timeline import Timeline
from reviewer.ui.times import Zone

_ID = "places"
_USUAL = {Question.TOGETHER: 50, Question.STOPS: 2}
_STOPS_SHOWN = 40  # on the map; the list has all
_FORMS = "PDF (*.pdf);;CSV (*.csv);;JSON (*.json)"


@dataclass(frozen=True, slots=True)
class PlaceServices:
    """`placed` gives the cameras as the wall has them now; `submit` runs on the pool; `save` writes what was answered,
    `file` is its usual name."""

    placed: Callable[[], tuple[Placed, ...]]
    submit: Callable[[Callable[[], object]], Future[object]]
    save: Callable[[Answers, Places, Path], Future[Path]]
    file: Path


@dataclass(frozen=True, slots=True)
class _Found:
    """An answer, put into words where it was found: thousands of rows take their time."""

    places: Places
    answers: Answers
    sentence: str
    rows: tuple[PlaceRow, ...]


class Placing(QObject):
    """Signals: `went(PlaceRow)` to a time; `told(str)`, `failed(ReviewerError)` for the status line; `asked` when the
    tab should come into view; `drawing` when the map must."""

    went = Signal(object)
    told = Signal(str)
    failed = Signal(object)
    asked = Signal()
    drawing = Signal()

    def __init__(
        self,
        services: PlaceServices,
        panel: PlacePanel,
        map_view: ReviewMap,
        timeline: Timeline,
        bridge: Bridge,
        zone: Zone,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self.panel, self._map, self._timeline = services, panel, map_view, timeline
        self._bridge, self._zone = bridge, zone
        self._area: Area | None = None
        self._reaches = {q: reaches[0] for q, reaches in REACHES.items()} | _USUAL
        self._question = Question.HERE
        self._now: Utc | None = None
        self._placed: tuple[Placed, ...] = ()
        self._places: Places | None = None
        self._answers: Answers | None = None
        self._asking = 0
        self.dialog: QFileDialog | None = None
        panel.turned.connect(self.turn)
        panel.reached.connect(self.reach)
        panel.went.connect(self.went)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What its keys do, but showing the tab."""
        return {
            "places.draw": self.draw,
            "places.nearest": self.ask_nearest,
            "places.turn": self.next_question,
            "places.wider": self.wider,
            "places.clear": self.clear,
            "places.save": self.ask_file,
        }

    @property
    def area(self) -> Area | None:
        """The drawn place."""
        return self._area

    # What a person does

    def draw(self) -> None:
        """Let the person draw a place; until then what stood there stays."""
        self.drawing.emit()
        self._show(replace(self.panel.state, drawing=True))
        self._map.draw_place(self._drawn)

    def _drawn(self, area: Area | None) -> None:
        self._show(replace(self.panel.state, drawing=False))
        if area is not None:
            self._area = area
            if self._question in (Question.TOGETHER, Question.STOPS):
                self._question = Question.HERE
            self.asked.emit()
            self.refresh()

    def ask_nearest(self) -> None:
        """Which camera is nearest to the place now; without one, to the map's middle."""
        if self._area is None:
            view = self._map.canvas.view
            self._area = circle(*to_degrees(view.x, view.y), 1)
        self.asked.emit()
        self.turn(Question.NEAREST)

    def turn(self, question: Question) -> None:
        """Ask this question."""
        self._question = question
        self.refresh()

    def next_question(self) -> None:
        every = list(Question)
        self.asked.emit()
        self.turn(every[(every.index(self._question) + 1) % len(every)])

    def reach(self, metres: int) -> None:
        """So far from the place, or from each other."""
        self._reaches[self._question] = metres
        self.refresh()

    def wider(self) -> None:
        """The next distance that can be chosen; after the widest the smallest."""
        reaches = REACHES.get(self._question, ())
        if reaches:
            at = reaches.index(self._reaches[self._question])
            self.reach(reaches[(at + 1) % len(reaches)])

    def clear(self) -> None:
        """No place any more, and nothing of it on map and timeline."""
        self._area = None
        self.refresh()

    def stop(self) -> None:
        """The tab went out of view: its answers leave map and timeline; the place stays for when it comes back."""
        self._asking += 1
        self._draw_over((), {}, {})

    # Asking

    def show_at(self, at: Utc) -> None:
        """The play-head's instant, a few times a second while the tab is in view."""
        second = None if self._now is None else self._now // SECOND
        self._now = at
        if self._places is not None and self._services.placed() != self._placed:
            self.refresh()
        elif self._question is Question.NEAREST and second != at // SECOND:
            self._ask_now()

    def refresh(self) -> None:
        """Ask again what is asked, of the cameras and tracks as they are now."""
        placed = self._services.placed()
        known = self._places if placed == self._placed else None
        self._placed, self._asking = placed, self._asking + 1
        number, asked = self._asking, self._asked()
        self._show(self._state(busy=True))

        def find() -> _Found:
            places = known or Places(placed)
            answers = answer(places, asked)
            return _Found(places, answers, *said(answers, places, self._zone))

        def found(what: object) -> None:
            if number == self._asking and isinstance(what, _Found):
                self._take(what)

        def failed(wrong: ReviewerError) -> None:
            if number == self._asking:
                self._show(self._state())
                self.failed.emit(wrong)

        self._bridge.watch(self._services.submit(find), found, failed, self.panel)

    def _ask_now(self) -> None:
        """The nearest camera is a few look-ups: asked at once."""
        if self._places is not None and self._area is not None:
            answers = answer(self._places, self._asked())
            self._take(_Found(self._places, answers, *said(answers, self._places, self._zone)))

    def _asked(self) -> Asked:
        reach = float(self._reaches.get(self._question, 0))
        return Asked(self._question, self._area, reach, self._now)

    # Showing

    def _state(self, *, busy: bool = False) -> PlaceState:
        reach = self._reaches.get(self._question, 0)
        return PlaceState(
            self._question,
            area_words(self._area) if self._area is not None else "",
            reach,
            busy=busy,
            drawing=self.panel.state.drawing,
            tracks=any(p.track is not None for p in self._placed),
        )

    def _take(self, found: _Found) -> None:
        self._places, self._answers = found.places, found.answers
        self._show(replace(self._state(), sentence=found.sentence, rows=found.rows))
        sure, perhaps = bands(found.answers)
        self._draw_over(tuple(self._shapes(found.answers)), sure, perhaps)

    def _show(self, state: PlaceState) -> None:
        self.panel.show_state(state)

    def _shapes(self, answers: Answers) -> Iterable[Shape]:
        if self._area is not None and self._question not in (Question.TOGETHER, Question.STOPS):
            reach = self._reaches.get(self._question, 0)
            if isinstance(self._area, Circle):
                yield Shape(replace(self._area, metres=self._area.metres + reach), f"{self._area.metres + reach} m")
            else:
                yield Shape(self._area, f"and {reach} m beyond" if reach else "")
        for stopped in answers.stops or ():
            for stop in stopped.stops[:_STOPS_SHOWN]:
                around = Circle(round(stop.lat * UNIT), round(stop.lon * UNIT), max(1, round(stop.radius)))
                yield Shape(around, "", stopped.who.number)

    def _draw_over(
        self,
        shapes: tuple[Shape, ...],
        sure: dict[str, list[TimeRange]],
        perhaps: dict[str, list[TimeRange]],
    ) -> None:
        self._map.set_overlay(_ID, shapes)
        self._timeline.set_bands(f"{_ID}.perhaps", perhaps, "Perhaps there, by the map", faint=True)
        self._timeline.set_bands(f"{_ID}.sure", sure, "Surely there, by the map")

    # Paper

    def ask_file(self) -> QFileDialog | None:
        """Let the person choose a name; its suffix says what is written."""
        if self._answers is None or self._places is None or not self.panel.state.rows:
            self.told.emit("There is no answer of the map to save.")
            return None
        dialog = self.dialog = QFileDialog(self.panel, "Save what the map answered", str(self._services.file), _FORMS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda chosen: self.save_as(Path(chosen)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def close_dialog(self) -> None:
        """No name is asked for any more."""
        dialog, self.dialog = self.dialog, None
        if dialog is not None and isValid(dialog):
            dialog.reject()

    def save_as(self, path: Path) -> None:
        """Write the answer that stands there."""
        if self._answers is not None and self._places is not None:
            written = self._services.save(self._answers, self._places, path)
            self._bridge.watch(written, lambda at: self.told.emit(f"Saved as {at}"), self.failed.emit, self)
