"""The lines of a transcript as a list: time, who, what was said. Rows are painted as they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from reviewer.domain.timebase import Utc
from reviewer.domain.transcript import Line
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.caption_row import fitted
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import chip_size, paint_chip

_ROLE = Qt.ItemDataRole.UserRole
_ROOT = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex
_PAD = 10
_TIME, _WHO = 84, 150
_HIGH, _HIGH_WIDE = 60, 44
_WRAP = int(Qt.TextFlag.TextWordWrap)
_TOP, _MIDDLE = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class LineShown:
    """`time` in words, `at` on the wall (None: its camera is not here); `number` of the camera, 0 where the list is of
    one camera; `transcript` its id."""

    transcript: str
    line: Line
    time: str
    at: Utc | None = None
    number: int = 0

    @property
    def spoken(self) -> str:
        who = f"{self.line.speaker}: " if self.line.speaker else ""
        return f"{self.time} {who}{self.line.text}"


class _Lines(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: Sequence[LineShown] = ()
        self.current = -1

    def rowCount(self, _parent: _Index = _ROOT) -> int:
        return len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()] if index.row() < len(self.rows) else None
        if row is None:
            return None
        if role == _ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken
        return row.line.text if role == Qt.ItemDataRole.ToolTipRole else None

    def show(self, rows: Sequence[LineShown]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.current = -1
        self.endResetModel()

    def set_current(self, row: int) -> None:
        for each in (self.current, row):
            if 0 <= each < len(self.rows):
                index = self.index(each)
                self.dataChanged.emit(index, index)
        self.current = row


class _Row(QStyledItemDelegate):
    """`wide`: who speaks has a column of its own; else they stand above what they say."""

    def __init__(self, model: _Lines, *, wide: bool) -> None:
        super().__init__(model)
        self._model, self._wide = model, wide

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(200, _HIGH_WIDE if self._wide else _HIGH)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        shown, theme, box = index.data(_ROLE), theme_of(option.widget), QRectF(option.rect)
        if not isinstance(shown, LineShown):
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("bg3"))
        if index.row() == self._model.current:
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), theme.color("ink"))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), theme.color("line"))
        inner = box.adjusted(_PAD, 6, -_PAD, -6)
        high = inner.height() if self._wide else 16
        if shown.number:
            chip = chip_size(shown.number)
            top = inner.top() + (high - chip.height()) / 2
            paint_chip(painter, QRectF(inner.left(), top, chip.width(), chip.height()), shown.number, theme)
            inner.setLeft(inner.left() + chip.width() + 8)
        painter.setFont(font(Type.DETAIL_STRONG))
        painter.setPen(theme.color("text" if shown.at is not None else "text3"))
        painter.drawText(QRectF(inner.left(), inner.top(), _TIME, high), Qt.AlignmentFlag.AlignVCenter, shown.time)
        who = QRectF(inner.left() + _TIME, inner.top(), inner.width() - _TIME, high)
        words = inner.adjusted(0, 17, 0, 2)
        if self._wide:
            who.setWidth(_WHO - 8)
            words = QRectF(who.left() + _WHO, inner.top() - 1, inner.right() - who.left() - _WHO, inner.height() + 2)
        painter.setPen(theme.color("text2"))
        speaker = QFontMetricsF(painter.font()).elidedText(shown.line.speaker, Qt.TextElideMode.ElideRight, who.width())
        painter.drawText(who, Qt.AlignmentFlag.AlignVCenter, speaker)
        painter.setFont(font(Type.DETAIL))
        painter.setPen(theme.color("text"))
        text = fitted(" ".join(shown.line.text.split()), painter.font(), words)
        painter.drawText(words, _WRAP | int(_MIDDLE if self._wide else _TOP), text)


class LinesView(QListView):
    """`went(LineShown)`: go there; `edit_asked(LineShown)`; `removed(tuple of LineShown)`: Delete was pressed."""

    went = Signal(object)
    edit_asked = Signal(object)
    removed = Signal(object)

    def __init__(self, *, wide: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = _Lines(self)
        self.setModel(self._lines)
        self.setItemDelegate(_Row(self._lines, wide=wide))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Lines of the transcript")
        self.clicked.connect(lambda index: self.went.emit(index.data(_ROLE)))
        self.doubleClicked.connect(lambda index: self.edit_asked.emit(index.data(_ROLE)))

    @property
    def rows(self) -> Sequence[LineShown]:
        return self._lines.rows

    @property
    def picked(self) -> tuple[LineShown, ...]:
        """The selected ones, from above."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return tuple(self._lines.rows[row] for row in rows)

    def show_lines(self, rows: Sequence[LineShown]) -> None:
        """These. What is selected stays selected, and the place in the list too."""
        if rows == self._lines.rows:
            return
        picked = {(each.transcript, each.line.key) for each in self.picked}
        at = self.verticalScrollBar().value()
        self._lines.show(rows)
        for row, each in enumerate(rows):
            if (each.transcript, each.line.key) in picked:
                self.setCurrentIndex(self._lines.index(row))
        self.verticalScrollBar().setValue(at)

    def show_at(self, at: Utc) -> None:
        """The play-head stands here: the line that is said, else the one before, is marked and kept in sight."""
        row = -1
        for index, each in enumerate(self._lines.rows):
            if each.at is not None and each.at <= at:
                row = index
        if row != self._lines.current:
            self._lines.set_current(row)
            over = self.hasFocus() or self.underMouse()  # somebody reads elsewhere
            if row >= 0 and not over:
                self.scrollTo(self._lines.index(row), QAbstractItemView.ScrollHint.PositionAtCenter)

    @property
    def current_line(self) -> LineShown | None:
        """The one at the play-head."""
        at = self._lines.current
        return self._lines.rows[at] if 0 <= at < len(self._lines.rows) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.went.emit(index.data(_ROLE))
        elif event.key() == Qt.Key.Key_E and index.isValid() and not event.modifiers():
            self.edit_asked.emit(index.data(_ROLE))
        elif event.key() == Qt.Key.Key_Delete and self.picked:
            self.removed.emit(self.picked)
        else:
            super().keyPressEvent(event)

    def line_point(self, row: int) -> QPoint:
        """The middle of a row, in the viewport."""
        return self.visualRect(self._lines.index(row)).center()
