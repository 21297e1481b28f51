"""The list of a case's documents: what each is, who attached it, where it is now."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from reviewer.ui import icons
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.theme import Theme, theme_of

_Index = QModelIndex | QPersistentModelIndex
_PAD, _ICON = 12, 20
_HEIGHT = 62


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One document as the list shows it. `state`: what is to be known of it now, "" for nothing; `open`: it is in the
    viewer."""

    id: str
    icon: str
    name: str
    about: str
    by: str
    state: str = ""
    open: bool = False

    @property
    def spoken(self) -> str:
        said = ", ".join(filter(None, (self.name, self.about, self.by, self.state)))
        return f"{said}, open" if self.open else said


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[PaperRow, ...] = ()

    def show(self, rows: tuple[PaperRow, ...]) -> None:
        if len(rows) == len(self.rows):
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def at(self, row: int) -> PaperRow | None:
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
        if row.open:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), theme.color("ink"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        if chosen and self._view.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        self._words(painter, QRectF(rect).adjusted(_PAD, 6, -_PAD, -6), row, theme)
        painter.restore()

    @staticmethod
    def _words(painter: QPainter, box: QRectF, row: PaperRow, theme: Theme) -> None:
        icons.paint(painter, row.icon, QRectF(box.left(), box.top() + 1, _ICON, _ICON), theme.color("text2"))
        left, wide = box.left() + _ICON + 10, box.width() - _ICON - 10
        lines = (
            (row.name, Type.BODY, SEMIBOLD, "text", 18),
            (row.about, Type.DETAIL, None, "text2", 16),
            (row.state or row.by, Type.META, None, "warn" if row.state else "text3", 16),
        )
        top = box.top()
        for words, kind, weight, tone, high in lines:
            painter.setFont(font(kind, weight))
            painter.setPen(theme.color(tone))
            middle = Qt.TextElideMode.ElideMiddle if kind is Type.BODY else Qt.TextElideMode.ElideRight
            shown = QFontMetricsF(painter.font()).elidedText(words, middle, wide)
            painter.drawText(QRectF(left, top, wide, high), Qt.AlignmentFlag.AlignVCenter, shown)
            top += high


class PaperList(QListView):
    """`picked` carries the id of the row that the keys or the mouse came to; `opened` of one that was clicked, or Enter
    pressed on."""

    picked = Signal(str)
    opened = Signal(str)

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
        self.setAccessibleName("Documents of the case")
        self.clicked.connect(lambda index: self._open(index.row()))
        self.selectionModel().currentChanged.connect(lambda now, _before: self._pick(now.row()))

    @property
    def rows(self) -> tuple[PaperRow, ...]:
        return self._rows.rows

    @property
    def chosen(self) -> str:
        """The id of the picked row, "" while there is none."""
        row = self._rows.at(self.currentIndex().row())
        return row.id if row is not None else ""

    def show_rows(self, rows: tuple[PaperRow, ...]) -> None:
        """Replace the rows; the picked one stays picked if it is still there."""
        before = self.chosen
        if rows == self._rows.rows:
            return
        self._rows.show(rows)
        self.choose(before)

    def choose(self, id_: str) -> None:
        """Pick a row."""
        at = next((n for n, row in enumerate(self._rows.rows) if row.id == id_), None)
        if at is not None:
            self.setCurrentIndex(self._rows.index(at))

    def _pick(self, row: int) -> None:
        found = self._rows.at(row)
        self.picked.emit(found.id if found is not None else "")

    def _open(self, row: int) -> None:
        found = self._rows.at(row)
        if found is not None:
            self.opened.emit(found.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex().row())
        else:
            super().keyPressEvent(event)
