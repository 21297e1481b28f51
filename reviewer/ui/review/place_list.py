"""The list of what the map answered. Thousands of rows stay light."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.place_rows import PlaceRow
from reviewer.ui.theme import Theme, theme_of
from reviewer.ui.widgets import chip_size, paint_chip

_Index = QModelIndex | QPersistentModelIndex
_PAD, _LINE = 12, 18
_HEIGHT = 2 * _LINE + 16


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[PlaceRow, ...] = ()

    def show(self, rows: tuple[PlaceRow, ...]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def at(self, row: int) -> PlaceRow | None:
        return self.rows[row] if 0 <= row < len(self.rows) else None

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        row = self.at(index.row())
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        return row.spoken if row is not None and role in spoken else None


class _Rows(QStyledItemDelegate):
    def __init__(self, model: _Model, view: QListView) -> None:
        super().__init__(view)
        self._model, self._view = model, view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(self._view.viewport().width(), _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = self._model.at(index.row())
        if row is None:
            return
        theme = theme_of(self._view)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.color("bg3" if chosen else "bg1"))
        if chosen:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), theme.color("ink"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        head = QRectF(rect.left() + _PAD, rect.top() + 7, rect.width() - 2 * _PAD, _LINE)
        left = self._paint_head(painter, head, row, theme)
        body = QRectF(left, head.bottom() + 1, head.right() - left, _LINE)
        painter.setFont(font(Type.DETAIL))
        painter.setPen(theme.color("text2"))
        _elided(painter, body, row.words)
        painter.restore()

    def _paint_head(self, painter: QPainter, head: QRectF, row: PlaceRow, theme: Theme) -> float:
        """Chips, what stands beside them, the state at the right; gives where the words begin."""
        left = head.left()
        for number in row.numbers:
            size = chip_size(number, 18)
            paint_chip(painter, QRectF(left, head.center().y() - 9, size.width(), 18), number, theme)
            left += size.width() + 4
        left += 4
        painter.setFont(font(Type.META, SEMIBOLD if row.sure else QFont.Weight.Normal))
        painter.setPen(theme.color("text" if row.sure else "text2"))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(row.state)
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.state)
        painter.setFont(font(Type.DETAIL, SEMIBOLD))
        _elided(painter, QRectF(left, head.top(), max(0.0, head.right() - wide - 8 - left), head.height()), row.head)
        return left


def _elided(painter: QPainter, rect: QRectF, words: str) -> None:
    shown = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class PlaceList(QListView):
    """`went` carries a PlaceRow that was clicked, or Enter pressed on, and has a time."""

    went = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Model(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Rows(self._rows, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName("What the map answers")
        self.clicked.connect(lambda index: self._go(index.row()))

    @property
    def rows(self) -> tuple[PlaceRow, ...]:
        return self._rows.rows

    def show_rows(self, rows: tuple[PlaceRow, ...]) -> None:
        """Replace the rows; the chosen one stays chosen if it is still there."""
        chosen = self._rows.at(self.currentIndex().row())
        if rows == self._rows.rows:
            return
        self._rows.show(rows)
        if chosen in rows:
            self.setCurrentIndex(self._rows.index(rows.index(chosen)))

    def _go(self, row: int) -> None:
        found = self._rows.at(row)
        if found is not None and found.at is not None:
            self.went.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(self.currentIndex().row())
        else:
            super().keyPressEvent(event)
