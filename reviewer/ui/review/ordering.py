"""Which came first, done: two moments marked one after the other, asked, recorded, and shown from the log.

The list is judged anew whenever a question or the clocks change, here or in a colleague's log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from reviewer.domain.alignment_acts import AlignmentAccepted, AlignmentWithdrawn
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import ReviewerError
from reviewer.domain.order import sentence
from reviewer.domain.order_acts import ORDER_ACTS
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.order import Asked, Judgement
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.order_panel import MomentShown, OrderPanel, OrderRow, OrderState
from reviewer.ui.review.video_wall import VideoWall
from reviewer.ui.times import Zone

_FORMS = "PDF (*.pdf);;CSV (*.csv);;JSON (*.json)"


class Asking(Protocol):
    """A person's questions: `services.order.Orders`, or a stand-in of the tests."""

    def asked(self) -> tuple[Asked, ...]: ...
    def ask(self, first: Mark, second: Mark, note: str = "") -> Future[Judgement]: ...
    def withdraw(self, id_: str) -> Future[None]: ...
    @property
    def can_undo(self) -> bool: ...
    def undo(self) -> Future[Any] | None: ...
    def redo(self) -> Future[Any] | None: ...


@dataclass(frozen=True, slots=True)
class OrderServices:
    """`name_of` gives a person's name by user id; `save` writes what stands as a report, `file` is proposed for it."""

    orders: Asking
    name_of: Callable[[str], str]
    save: Callable[[tuple[Asked, ...], Path], Future[Path]]
    file: Path


@dataclass(frozen=True, slots=True)
class _Marked:
    """A moment of one camera's footage."""

    camera: ReviewCamera
    mark: Mark
    at: Utc


class Ordering(QObject):
    """`told` carries a sentence for the status line, `failed` a ReviewerError, `went` the MomentShown to look at.
    `asked` that its tab be shown."""

    told = Signal(str)
    failed = Signal(object)
    went = Signal(object)
    asked = Signal()

    def __init__(
        self,
        services: OrderServices,
        panel: OrderPanel,
        wall: VideoWall,
        bridge: Bridge,
        zone: Zone,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._panel, self._wall = services, panel, wall
        self._bridge, self._zone = bridge, zone
        self._first: _Marked | None = None
        self._asked: tuple[Asked, ...] = ()
        self.dialog: QFileDialog | None = None
        panel.went.connect(self.went)
        panel.withdrawn.connect(self.withdraw)
        for kind in (*ORDER_ACTS, AlignmentAccepted, AlignmentWithdrawn):
            bridge.on(kind, lambda _recorded: self.refresh(), self)

    # What is shown

    def refresh(self) -> None:
        """What stands, judged by the clocks that stand."""
        self._asked = self._services.orders.asked()
        self._show()

    def _show(self) -> None:
        rows = tuple(self._row(each) for each in self._asked)
        self._panel.show_state(OrderState(rows, self._waiting_words(), self._services.orders.can_undo))

    def _row(self, asked: Asked) -> OrderRow:
        numbers = {c.key: c.number for c in self._wall.every}
        found = asked.judgement
        moments = []
        for place, mark in enumerate(asked.event.marks[:2]):
            at = found.moments[place].at if found is not None else None
            words = self._zone.clock(at, 2) if at is not None else "not here"
            moments.append(MomentShown(mark.recording, numbers.get(mark.recording), words, at))
        while len(moments) < 2:
            moments.append(MomentShown("", None, "not here"))
        order = found.order if found is not None else None
        author = self._services.name_of(asked.said.user)
        return OrderRow(asked.event.id, (moments[0], moments[1]), order, asked.event.note, author, asked.changed)

    def _waiting_words(self) -> str:
        if self._first is None:
            return ""
        camera = next((c for c in self._wall.every if c.key == self._first.camera.key), self._first.camera)
        parts = camera.manifest.parts
        mark = self._first.mark
        at = camera.manifest.model(parts[mark.part]).to_utc(mark.start) if mark.part < len(parts) else self._first.at
        return f"Marked in camera {camera.number} at {self._zone.clock(at, 2)}. Now the other moment, in any camera."

    # What people do

    def mark(self) -> None:
        """The frame that the focused camera shows is the first moment, then the second; the same frame again forgets
        it."""
        here = self._here()
        if here is None:
            self.failed.emit(ReviewerError("The focused camera shows no picture.", "Go to a moment that it shows."))
            return
        self.asked.emit()
        first, self._first = self._first, None
        if first is None:
            self._first = here
            self.told.emit(self._waiting_words())
        elif (first.mark.recording, first.mark.part, first.mark.start) == (
            *(here.mark.recording, here.mark.part),
            here.mark.start,
        ):
            self.told.emit("The mark was forgotten.")
        else:
            self._ask(first.mark, here.mark)
        self._show()

    def _here(self) -> _Marked | None:
        camera = next((c for c in self._wall.cameras if c.key == self._wall.focused), None)
        picture = self._wall.painted().get(self._wall.focused or "")
        if camera is None or not camera.assigned or camera.shut or picture is None or picture.image is None:
            return None
        model = camera.manifest.model(camera.manifest.parts[picture.part])
        until = min(picture.until, picture.at + SECOND)
        mark = Mark(camera.key, picture.part, model.to_stream(picture.at), model.to_stream(Utc(until)))
        return _Marked(camera, mark, picture.at)

    def _ask(self, first: Mark, second: Mark) -> None:
        note = self._panel.note.text()

        def written(found: Judgement) -> None:
            self._panel.note.clear()
            self.refresh()
            self.told.emit(self._sentence(found, first, second))

        self._do(lambda: self._services.orders.ask(first, second, note), written)

    def _sentence(self, found: Judgement, first: Mark, second: Mark) -> str:
        numbers = {c.key: c.number for c in self._wall.every}
        names = []
        for mark, moment in zip((first, second), found.moments, strict=True):
            at = f" at {self._zone.clock(moment.at, 2)}"
            names.append(f"camera {numbers.get(mark.recording, '?')}{at if found.order.exact else ''}")
        said = sentence(found.order, *names)
        return said[:1].upper() + said[1:]

    def withdraw(self, id_: str) -> None:
        self._do(lambda: self._services.orders.withdraw(id_), lambda _: self._done("The order was withdrawn."))

    def undo(self) -> None:
        self._replay(self._services.orders.undo(), "There is no order to undo.")

    def redo(self) -> None:
        self._replay(self._services.orders.redo(), "There is no order to do again.")

    def _replay(self, future: Future[Any] | None, nothing: str) -> None:
        if future is None:
            self.told.emit(nothing)
        else:
            self._bridge.watch(future, lambda _done: self.refresh(), self.failed.emit, self)

    def ask_file(self) -> QFileDialog | None:
        """Ask where what stands is saved, if anything does."""
        self.refresh()
        if not self._asked:
            self.told.emit("There is no order to save.")
            return None
        dialog = self.dialog = QFileDialog(self._panel, "Save which came first", str(self._services.file), _FORMS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save_as(Path(chosen)))
        dialog.open()
        return dialog

    def save_as(self, path: Path) -> None:
        """Write what stands; the entry that it leaves is durable first."""
        self._do(lambda: self._services.save(self._asked, path), lambda at: self._done(f"Saved as {at.name}."))

    def _done(self, words: str) -> None:
        self.refresh()
        self.told.emit(words)

    def _do(self, ask: Callable[[], Future[Any]], done: Callable[[Any], None]) -> None:
        try:
            future = ask()
        except ReviewerError as wrong:
            self.failed.emit(wrong)
            return
        self._bridge.watch(future, done, self.failed.emit, self)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {
            "order.mark": self.mark,
            "order.undo": self.undo,
            "order.redo": self.redo,
            "order.save": self.ask_file,
        }
