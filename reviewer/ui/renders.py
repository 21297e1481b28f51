"""The files that are being made of footage, as a list: how far each is, what became of it, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QMouseEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.services.rendering_job import RenderState, RenderStatus
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import ProgressStrip, Tag, label, percent, set_tone, short_path, strong

_TAGS = {
    RenderState.WAITING: ("waits", Tone.PLAIN, "clock"),
    RenderState.WORKING: ("renders", Tone.PLAIN, "file-export"),
    RenderState.CHECKING: ("is checked", Tone.PLAIN, "eye"),
    RenderState.STOPPED: ("stopped", Tone.WARN, "alert-triangle"),
    RenderState.REFUSED: ("refused by the check", Tone.STOP, "file-x"),
    RenderState.CANCELLED: ("cancelled", Tone.PLAIN, "x"),
    RenderState.DONE: ("made and checked", Tone.OK, "circle-check"),
}
_BUSY = (RenderState.WAITING, RenderState.WORKING, RenderState.CHECKING)
_AGAIN = (RenderState.STOPPED, RenderState.REFUSED, RenderState.CANCELLED)
_MINUTE = 60


def left_words(seconds: float) -> str:
    """About how long it still takes: "2 min left"."""
    if seconds < _MINUTE:
        return f"{max(5, round(seconds / 5) * 5)} s left"
    minutes = round(seconds / _MINUTE)
    return f"{minutes} min left" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min left"


def words_of(status: RenderStatus) -> str:
    """What stands beneath a file's name."""
    job = status.job
    if status.state in (RenderState.WORKING, RenderState.CHECKING):
        left = f" · {left_words(status.left)}" if status.left is not None else ""
        return f"{percent(status.share)}{left}"
    if status.state is RenderState.DONE:
        return " ".join((short_path(Path(job.path)), *job.warnings))
    return " ".join((*job.problems, job.next_step)).strip()


class RendersPanel(QWidget):
    """Signals carry a job's id: `cancel_asked`, `retry_asked`, `forget_asked`; showing a file in its folder it does by
    itself. `room` is "reel" or "disclose": whose keys act on the picked file. Hidden while there is none."""

    cancel_asked = Signal(str)
    retry_asked = Signal(str)
    forget_asked = Signal(str)

    def __init__(self, keys: KeyTable, room: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys, self._room = keys, room
        self._rows: dict[str, _Row] = {}
        self._picked = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setAccessibleName("Files that are made")
        for what, act in (
            ("next", self.pick_next),
            ("cancel", self.cancel),
            ("retry", self.retry),
            ("show", self.show_in_folder),
            ("forget", self.forget),
        ):
            keys.bind(self, f"{room}.renders_{what}", act)
        self.hide()

    @property
    def picked(self) -> str:
        """The id of the file that keys act on."""
        return self._picked

    def show_jobs(self, jobs: Iterable[RenderStatus]) -> None:
        """Exactly these, in this order."""
        wanted = {status.job.id: status for status in jobs}
        for gone in [id_ for id_ in self._rows if id_ not in wanted]:
            row = self._rows.pop(gone)
            self._column.removeWidget(row)
            row.deleteLater()
        for status in wanted.values():
            self.show_job(status)
        if self._picked not in self._rows:
            self._pick(next(reversed(self._rows), ""))
        self.setVisible(bool(self._rows))

    def show_job(self, status: RenderStatus) -> None:
        """This one, new or as it is now."""
        row = self._rows.get(status.job.id)
        if row is None:
            row = self._rows[status.job.id] = _Row(self._keys, self._room)
            row.pressed.connect(lambda id_=status.job.id: self._pick(id_))
            for button, act in (
                (row.cancel, self.cancel),
                (row.retry, self.retry),
                (row.open, self.show_in_folder),
                (row.forget, self.forget),
            ):
                button.clicked.connect(lambda _on=False, id_=status.job.id, act=act: self._press(id_, act))
            self._column.addWidget(row)
            self._pick(status.job.id)
            self.show()
        row.say(status)

    def pick_next(self) -> None:
        """The next one takes the keys."""
        ids = [*self._rows]
        if ids:
            self._pick(ids[(ids.index(self._picked) + 1) % len(ids)] if self._picked in ids else ids[0])

    def cancel(self) -> None:
        if self._is(_BUSY):
            self.cancel_asked.emit(self._picked)

    def retry(self) -> None:
        if self._is(_AGAIN):
            self.retry_asked.emit(self._picked)

    def forget(self) -> None:
        if self._picked in self._rows and not self._is(_BUSY):
            self.forget_asked.emit(self._picked)

    def show_in_folder(self) -> None:
        """The folder in the system's own file manager."""
        row = self._rows.get(self._picked)
        if row is not None and row.path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(row.path.parent)))

    def _is(self, states: tuple[RenderState, ...]) -> bool:
        row = self._rows.get(self._picked)
        return row is not None and row.state in states

    def _press(self, id_: str, act: Callable[[], None]) -> None:
        self._pick(id_)
        act()

    def _pick(self, id_: str) -> None:
        self._picked = id_
        for each, row in self._rows.items():
            row.set_picked(each == id_)


class _Row(QWidget):
    """One file."""

    pressed = Signal()

    def __init__(self, keys: KeyTable, room: str) -> None:
        super().__init__()
        self.state = RenderState.WAITING
        self.path: Path | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = strong("")
        self._tag = Tag()
        self._strip = ProgressStrip("Rendered")
        self._words = label("", Type.DETAIL, "text2", wrap=True)
        self.cancel = keys.wear(Button("Cancel", height=28), f"{room}.renders_cancel")
        self.retry = keys.wear(Button("Again", height=28), f"{room}.renders_retry")
        self.open = keys.wear(Button("Show in folder", icon="folder", height=28), f"{room}.renders_show")
        self.forget = keys.wear(Button("Off the list", height=28, look=Look.QUIET), f"{room}.renders_forget")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self._tag)
        column.addLayout(head)
        column.addWidget(self._strip)
        column.addWidget(self._words)
        # In the narrow column beside a reel's picture two of them with their keys have no room side by side.
        narrow = room == "reel"
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._buttons = QBoxLayout(way)
        self._buttons.setSpacing(8)
        for button in (self.cancel, self.retry, self.open, self.forget):
            self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        if not narrow:
            self._buttons.addStretch()
        column.addLayout(self._buttons)
        self.set_picked(False)

    def say(self, status: RenderStatus) -> None:
        job = status.job
        self.state, self.path = status.state, status.path
        words, tone, icon = _TAGS[status.state]
        self._name.setText(job.title or job.name)
        self._tag.say(words, tone, icon)
        self._strip.setVisible(status.state in (RenderState.WORKING, RenderState.CHECKING))
        self._strip.set_fraction(status.share)
        said = words_of(status)
        self._words.setText(said)
        self._words.setVisible(bool(said))
        set_tone(self._words, tone.value if tone in (Tone.WARN, Tone.STOP) else "text2")
        self.cancel.setVisible(status.state in _BUSY)
        self.retry.setVisible(status.state in _AGAIN)
        self.open.setVisible(status.state is RenderState.DONE)
        self.forget.setVisible(status.state not in _BUSY)
        self.setAccessibleName(f"{self._name.text()}, {words}, {said}")

    def set_picked(self, picked: bool) -> None:
        self.setProperty("surface", "2" if picked else "1")
        self.style().unpolish(self)
        self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()
        super().mousePressEvent(event)
