"""The page of a case's documents: the list with what is known of one, and beside it the one that is open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.case.paper_list import PaperList, PaperRow
from reviewer.ui.case.paper_viewer import PaperViewer
from reviewer.ui.fields import labelled, line
from reviewer.ui.fonts import Type, font
from reviewer.ui.widgets import ErrorNote, ProgressStrip, divider, label, surface

_LIST, _LIST_WIDE, _WIDE = 320, 384, 1_500
_NONE = (
    "files",
    "No document is attached",
    "Drop files here, or attach them. They are sealed like footage; whoever is on the case can read them.",
)
_NONE_TO_READ = "What somebody else on the case attaches stands here, to be read and searched."
_NOT_OPEN = (
    "files",
    "No document is open",
    "Click one in the list, or press Enter on it. Each page is an entry before it is shown.",
)


class DocumentsPage(QWidget):
    """`attach`, `paste`, `export`, `stop`: asked for. `dropped(paths)`: files were let go over the page. `unopened`:
    attach what was refused without opening it. `written(id, fields)`: what was said of a document changed."""

    attach = Signal()
    paste = Signal()
    export = Signal()
    withdraw = Signal()
    stop = Signal()
    unopened = Signal()
    dropped = Signal(object)
    written = Signal(str, object)

    def __init__(self, keys: KeyTable, papers: Sequence[str], parent: QWidget | None = None) -> None:
        """`papers`: the kinds of papers of the agency's table."""
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._id = self._read_only = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._left = QWidget()
        column = QVBoxLayout(self._left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._make_head(keys))
        column.addWidget(self._make_progress(keys))
        column.addWidget(self._make_error(keys))
        column.addWidget(self._make_list(), 1)
        column.addWidget(self._make_details(keys, papers))
        column.addStretch()
        row.addWidget(self._left)
        frame = surface(1, "left")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 0, 0, 0)
        self.viewer = PaperViewer(keys)
        self.viewer.setProperty("pane", True)
        inside.addWidget(self.viewer)
        row.addWidget(frame, 1)

    def _make_head(self, keys: KeyTable) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(8)
        self.attach_button = keys.wear(Button("Attach", icon="paperclip", look=Look.PRIMARY), "paper.attach")
        self.paste_button = keys.wear(Button("Paste", icon="clipboard"), "paper.paste")
        self.attach_button.clicked.connect(self.attach)
        self.paste_button.clicked.connect(self.paste)
        head.addWidget(self.attach_button)
        head.addWidget(self.paste_button)
        head.addStretch()
        return head

    def _make_progress(self, keys: KeyTable) -> QWidget:
        self._working = QWidget()
        column = QVBoxLayout(self._working)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        self._doing = label("", Type.DETAIL, "text2")
        row.addWidget(self._doing, 1)
        stop = keys.wear(Button("Stop", look=Look.QUIET, height=28), "paper.stop")
        stop.clicked.connect(self.stop)
        row.addWidget(stop)
        column.addLayout(row)
        self._strip = ProgressStrip("How far it is")
        column.addWidget(self._strip)
        self._working.hide()
        return self._working

    def _make_error(self, keys: KeyTable) -> QWidget:
        self._refusal = QWidget()
        column = QVBoxLayout(self._refusal)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.error = ErrorNote()
        column.addWidget(self.error)
        self.unopened_button = keys.wear(Button("Attach unopened", icon="lock", height=28), "paper.unopened")
        self.unopened_button.clicked.connect(self.unopened)
        column.addWidget(self.unopened_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._refusal.hide()
        return self._refusal

    def _make_list(self) -> QWidget:
        frame = self._listed = surface(1)
        frame.setProperty("pane", True)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(0, 0, 0, 0)
        self.list = PaperList()
        inside.addWidget(self.list)
        return frame

    def _make_details(self, keys: KeyTable, papers: Sequence[str]) -> QWidget:
        self._details = surface(1)
        column = QVBoxLayout(self._details)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        self.what = QComboBox()
        self.what.setEditable(True)
        self.what.setFont(font(Type.BODY))
        self.what.setFixedHeight(32)
        self.what.addItems(["", *papers])
        self.note = line("What it is, who it is from")
        column.addWidget(labelled("Kind of paper", self.what))
        column.addWidget(labelled("Note", self.note))
        self.read_by = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self.read_by)
        self.hash = QLabel()
        self.hash.setFont(font(Type.HASH))
        self.hash.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hash.setAccessibleName("SHA-256 of the original")
        self.hash.setProperty("tone", "text2")
        column.addWidget(self.hash)
        column.addWidget(divider())
        row = QHBoxLayout()
        self.export_button = keys.wear(Button("Export", icon="file-export", height=28), "paper.export")
        self.withdraw_button = keys.wear(Button("Take off", icon="trash", height=28), "paper.withdraw")
        self.export_button.clicked.connect(self.export)
        self.withdraw_button.clicked.connect(self.withdraw)
        row.addWidget(self.export_button)
        row.addWidget(self.withdraw_button)
        row.addStretch()
        column.addLayout(row)
        self.what.activated.connect(lambda _index: self._write())
        edit = self.what.lineEdit()
        if edit is not None:
            edit.editingFinished.connect(self._write)
        self.note.editingFinished.connect(self._write)
        self._details.hide()
        return self._details

    # -- what is shown -----------------------------------------------------------------------------------------------

    def show_rows(self, rows: tuple[PaperRow, ...]) -> None:
        """The documents of the case."""
        self.list.show_rows(rows)
        self._listed.setVisible(bool(rows))
        self.setFocusProxy(self.list if rows else self.viewer)  # Enter opens, as the page says
        self.viewer.set_nothing(_NOT_OPEN if rows else self._none)
        if not rows:
            self.show_details("", "", "", "", "")

    @property
    def _none(self) -> tuple[str, str, str]:
        """What is said where no document is attached; whoever may not attach one is not asked to."""
        icon, words, invites = _NONE
        return icon, words, f"{_NONE_TO_READ} {self._read_only}" if self._read_only else invites

    def show_details(self, id_: str, what: str, note: str, sha256: str, read_by: str) -> None:
        """What is known of the picked one; none if `id_` is ""."""
        other, self._id = self._id != id_, id_
        self._details.setVisible(bool(id_))
        edit = self.what.lineEdit()
        if other or not (edit is not None and edit.hasFocus()):
            self.what.setEditText(what)
        if other or not self.note.hasFocus():
            self.note.setText(note)
        self._was = {"what": what, "note": note}
        self.read_by.setText(read_by)
        self.read_by.setVisible(bool(read_by))
        self.hash.setText(f"{sha256[:32]}\n{sha256[32:]}" if sha256 else "")
        self.hash.setToolTip("SHA-256 of the original, by its entry")

    def _write(self) -> None:
        now = {"what": self.what.currentText().strip(), "note": self.note.text().strip()}
        changed = {name: value for name, value in now.items() if value != self._was.get(name)}
        if self._id and changed:
            self._was = now
            self.written.emit(self._id, changed)

    def allow(self, refusal: str) -> None:
        """Whether this person may write into the case: "" if so, else why not."""
        self._read_only = refusal
        for each in (self.attach_button, self.paste_button, self.withdraw_button):
            each.set_enabled(not refusal, refusal)
        for field in (self.what, self.note):
            field.setEnabled(not refusal)
            field.setToolTip(refusal)
        self.setAcceptDrops(not refusal)

    def work(self, words: str, fraction: float = 0.0) -> None:
        """Something takes its time; "" ends that."""
        self._doing.setText(words)
        self._strip.set_fraction(fraction)
        self._working.setVisible(bool(words))

    def say(self, error: ReviewerError | None, *, unopened: bool = False) -> None:
        """What was refused, if anything; `unopened`: it can be attached all the same."""
        self.error.say(error or "")
        self.unopened_button.setVisible(unopened)
        self._refusal.setVisible(error is not None)

    # -- dropping ----------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files_of(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = files_of(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.dropped.emit(files)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._left.setFixedWidth(_LIST_WIDE if self.window().width() >= _WIDE else _LIST)


def files_of(data: QMimeData) -> tuple[Path, ...]:
    """The files that a drag or the clipboard carries."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
