"""The case's transcripts: which there are, their lines, alone or all cameras' in order of time, and a search over them.

Shows what was recorded; `app/case_transcript` does what it asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from reviewer.domain.transcript import LONGEST_LINE
from reviewer.services.transcript import LONGEST_SPEAKER, matching
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.fields import SearchField, line
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.transcript_panel import Typed
from reviewer.ui.theme import theme_of
from reviewer.ui.transcript_lines import LineShown, LinesView
from reviewer.ui.widgets import Card, EmptyState, chip_size, label, paint_chip, surface

ALL = ""
_NONE = "badge-cc", "No transcript yet"
_NONE_TO_READ = "What somebody else on the case takes in, or types along, stands here."
_WIDE = 264
_ROW = 58
_ROLE = Qt.ItemDataRole.UserRole
_TYPED_MS = 30  # letters that come this fast are searched once
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """One transcript: the camera's number (0: all of them), its name, and what is to say about it. `why`: its lines are
    not shown."""

    id: str
    number: int
    name: str
    about: str
    why: str = ""
    note: str = ""


class _Row(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(_WIDE, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row, theme, box = index.data(_ROLE), theme_of(option.widget), QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("bg3"))
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), theme.color("ink"))
        inner = box.adjusted(12, 10, -10, -8)
        left = inner.left()
        if row.number:
            chip = chip_size(row.number)
            paint_chip(painter, QRectF(left, inner.top(), chip.width(), chip.height()), row.number, theme)
            left += chip.width() + 8
        for words, role, tone, top in ((row.name, Type.STRONG, "text", 0), (row.about, Type.DETAIL, "text2", 21)):
            painter.setFont(font(role))
            painter.setPen(theme.color(tone))
            line_box = QRectF(left if not top else inner.left(), inner.top() + top, 0, 18)
            line_box.setRight(inner.right())
            shown = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, line_box.width())
            painter.drawText(line_box, Qt.AlignmentFlag.AlignVCenter, shown)


class TranscriptPage(QWidget):
    """`command` carries the id of a command; `chosen(id)` of a transcript (`ALL` for all); `went(LineShown)`;
    `typed(Typed)`: a line is changed; `removed(tuple of LineShown)`; `withdrawn(id)`; `came`: it is in view again."""

    command = Signal(str)
    chosen = Signal(str)
    went = Signal(object)
    typed = Signal(object)
    removed = Signal(object)
    withdrawn = Signal(str)
    came = Signal()

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[LineShown] = ()
        self._changes: LineShown | None = None
        self._may = True
        self.list = QListWidget()
        self.list.setItemDelegate(_Row(self.list))
        self.list.setAccessibleName("Transcripts")
        self.list.setFixedWidth(_WIDE)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda item, _before: self._choose(item))
        self.search = SearchField("Find in all of them", keys.shown("list.find"))
        self._soon = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._soon.timeout.connect(self.filter)
        self.search.typed.connect(lambda _words: self._soon.start())
        self.found = label("", Type.DETAIL, "text2")
        self.note = label("", Type.DETAIL, "warn", wrap=True)
        self.note.hide()
        self.lines = LinesView(wide=True)
        self.lines.went.connect(self.went)
        self.lines.edit_asked.connect(self.change)
        self.lines.removed.connect(self.removed)
        self._make_buttons(keys)
        self._invites = (
            "Take in an SRT, VTT or TXT file with times, or type along while a camera plays"
            f" ({keys.shown('transcript.type')})."
        )
        self.empty = EmptyState(
            *_NONE,
            self._invites,
            button="Take in a file",
            key=keys.shown("transcript.file"),
        )
        self.empty.pressed.connect(lambda: self.command.emit("transcript.file"))
        self._hidden = EmptyState("lock", "Not shown", "")
        self._compose()

    def _make_buttons(self, keys: KeyTable) -> None:
        self.file = keys.wear(Button("Take in a file", icon="plus"), "transcript.file")
        self.type_along = keys.wear(Button("Type along", icon="keyboard"), "transcript.type")
        self.export = keys.wear(Button("Save", icon="file-export"), "transcript.export")
        for button, command in (
            (self.file, "transcript.file"),
            (self.type_along, "transcript.type"),
            (self.export, "transcript.export"),
        ):
            button.clicked.connect(lambda _checked=False, wanted=command: self.command.emit(wanted))
        self.take_off = IconButton("Withdraw this transcript", "trash")
        self.take_off.clicked.connect(lambda: self.withdrawn.emit(self.current))
        self.speaker, self.text = line("Who"), line("What is said; Enter writes it")
        self.speaker.setAccessibleName("Who speaks")
        self.text.setAccessibleName("What is said")
        self.speaker.setMaxLength(LONGEST_SPEAKER)
        self.text.setMaxLength(LONGEST_LINE)
        self.text.returnPressed.connect(self._submit)
        self.speaker.returnPressed.connect(self._submit)
        self.keep = Button("Keep as it was", look=Look.QUIET)
        self.keep.clicked.connect(self.end_change)

    def _compose(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search)
        top.addWidget(self.found, 1)
        for button in (self.take_off, self.export, self.type_along, self.file):
            top.addWidget(button)
        self._field = surface(2, "top")
        row = QHBoxLayout(self._field)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        self.speaker.setFixedWidth(150)
        for each in (self.speaker, self.text, self.keep):
            row.addWidget(each)
        self._field.hide()
        middle = QVBoxLayout()
        middle.setSpacing(0)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.lines)
        self._stack.addWidget(self._hidden)
        middle.addWidget(self.note)
        middle.addWidget(self._stack, 1)
        middle.addWidget(self._field)
        card = Card()
        card.setSizePolicy(self.sizePolicy())
        inside = QHBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        inside.addWidget(self.list)
        edge = surface(1, "left")
        edge.setFixedWidth(1)
        inside.addWidget(edge)
        inside.addLayout(middle, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(card, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    # Showing

    @property
    def current(self) -> str:
        """The id of the transcript in view, `ALL` for all of them."""
        item = self.list.currentItem()
        return str(item.data(_ROLE).id) if item is not None else ALL

    def show_transcripts(self, rows: Sequence[TranscriptRow], chosen: str) -> None:
        """All of the case; the first stands for all of them together."""
        self.list.blockSignals(True)
        self.list.clear()
        for row in rows:
            item = QListWidgetItem()
            item.setData(_ROLE, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.name}, {row.about}")
            self.list.addItem(item)
            if row.id == chosen:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None and rows:
            self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self._pages.setCurrentIndex(1 if rows else 0)
        self._show_chosen()

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._show_chosen()
            self.chosen.emit(self.current)

    def _show_chosen(self) -> None:
        item = self.list.currentItem()
        row = item.data(_ROLE) if item is not None else None
        one = isinstance(row, TranscriptRow) and row.id != ALL
        why = row.why if isinstance(row, TranscriptRow) else ""
        self.export.set_enabled(one and not why, "Choose one transcript.")
        self.type_along.set_enabled(self._may, "You read this case.")
        self.take_off.setVisible(one and self._may)
        self.note.setText(row.note if isinstance(row, TranscriptRow) else "")
        self.note.setContentsMargins(12, 6, 12, 6)
        self.note.setVisible(bool(self.note.text()))
        self._hidden.say("lock", "Not shown", why)
        self._stack.setCurrentWidget(self._hidden if why else self.lines)

    def show_lines(self, rows: Sequence[LineShown]) -> None:
        """The lines of what is chosen."""
        self._rows = rows
        self.filter()

    def filter(self) -> None:
        """What has the words that were typed."""
        words, rows = self.search.line.text(), self._rows
        if words.strip():
            found = {id(each) for each in matching((row.line for row in rows), words)}
            rows = [row for row in rows if id(row.line) in found]
        self.lines.show_lines(rows)
        self.found.setText(f"{len(rows):,} of {len(self._rows):,} lines" if words.strip() else "")

    def set_may_write(self, may: bool, why: str = "") -> None:
        """Whoever may only read reads."""
        self._may = may
        self.file.set_enabled(may, why)
        self.empty.button.setVisible(may)
        self.empty.say(*_NONE, self._invites if may else f"{_NONE_TO_READ} {why}")
        self._show_chosen()

    # Changing a line

    def change(self, shown: LineShown) -> None:
        """Write a line anew. Its time stays."""
        if self._may:
            self._changes = shown
            self.speaker.setText(shown.line.speaker)
            self.text.setText(" ".join(shown.line.text.split()))
            self._field.show()
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _submit(self) -> None:
        if self._changes is not None and self.text.text().strip():
            self.typed.emit(Typed(self.text.text().strip(), self.speaker.text().strip(), self._changes))

    def end_change(self) -> None:
        """It is written, or stays as it was."""
        self._changes = None
        self._field.hide()
        self.lines.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came.emit()
