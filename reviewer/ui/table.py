"""A table drawn from tokens: cells are small values, rows are made as they are seen, so a long log costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from reviewer.ui import icons
from reviewer.ui.fonts import MEDIUM, Type, font
from reviewer.ui.theme import Theme, Tone, theme_of
from reviewer.ui.widgets import Card, paint_progress, paint_tag

_T = TypeVar("_T")
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_PAD = 10
_BAR = 46


@dataclass(frozen=True, slots=True)
class Words:
    """One line, or two with `sub` below. `right` sets figures flush right, `wrap` breaks a long one once."""

    main: str
    sub: str = ""
    strong: bool = False
    tone: str = "text"
    right: bool = False
    wrap: bool = False

    @property
    def spoken(self) -> str:
        return f"{self.main}, {self.sub}" if self.sub else self.main


@dataclass(frozen=True, slots=True)
class Bar:
    fraction: float
    words: str

    @property
    def spoken(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class State:
    words: str
    tone: Tone
    icon: str

    @property
    def spoken(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Mark:
    """An icon alone, for what the row's other words say already."""

    icon: str

    @property
    def spoken(self) -> str:
        return ""


Cell = Words | Bar | State | Mark


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in px; `stretch` shares what is left over. A `spare` one goes where there is no room: the side sheet says
    the same."""

    title: str
    width: int
    stretch: int = 0
    right: bool = False
    spare: bool = False


class RowModel(QAbstractTableModel, Generic[_T]):
    """Rows of anything; `cells(row)` says what they show, when they are seen."""

    CELL = Qt.ItemDataRole.UserRole

    def __init__(
        self, columns: Sequence[Column], cells: Callable[[_T], Sequence[Cell]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._columns, self._cells = columns, cells
        self._rows: Sequence[_T] = ()
        self._seen: tuple[object, int, Sequence[Cell]] = (None, 0, ())

    @property
    def rows(self) -> Sequence[_T]:
        return self._rows

    def show_rows(self, rows: Sequence[_T]) -> None:
        """Other rows. As many as before are updated in place: the selection and the scroll bar stay."""
        if len(rows) == len(self._rows) and rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._columns) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self._columns[section].right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = 0) -> object:
        if not index.isValid():
            return None
        if role == self.CELL:
            return self._cell(self._rows[index.row()], index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._cells(self._rows[index.row()])[index.column()].spoken
        return None

    def _cell(self, row: _T, column: int) -> Cell:
        """A row is painted from left to right: its cells are made once for that."""
        of, last, cells = self._seen
        if of is not row or column <= last:
            cells = self._cells(row)
        self._seen = row, column, cells
        return cells[column]


class _Delegate(QStyledItemDelegate):
    def __init__(self, height: int, parent: QTableView) -> None:
        super().__init__(parent)
        self._height = height
        self._view = parent

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(40, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme = theme_of(self._view)
        rect = QRectF(option.rect)
        picked = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.color("bg3" if picked else "bg1"))
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), theme.color("line"))
        if picked and index.column() == 0:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height() - 1), theme.color("ink"))
        if picked and self._view.hasFocus() and index.row() == self._view.currentIndex().row():
            _paint_focus(painter, rect, theme, index.column() == 0, index.column() == index.model().columnCount() - 1)
        _paint_cell(painter, rect.adjusted(_PAD, 0, -_PAD, -1), index.data(RowModel.CELL), theme)
        painter.restore()


def _paint_focus(painter: QPainter, rect: QRectF, theme: Theme, first: bool, last: bool) -> None:
    """The focus ring of a table is around its row."""
    ring = theme.color("focus")
    painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 2), ring)
    painter.fillRect(QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2), ring)
    if first:
        painter.fillRect(QRectF(rect.left(), rect.top(), 2, rect.height()), ring)
    if last:
        painter.fillRect(QRectF(rect.right() - 2, rect.top(), 2, rect.height()), ring)


def _paint_cell(painter: QPainter, rect: QRectF, cell: Cell, theme: Theme) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if isinstance(cell, Words):
        _paint_words(painter, rect, cell, theme)
    elif isinstance(cell, Bar):
        bar = QRectF(rect.left(), rect.top(), min(_BAR, rect.width()), rect.height())
        paint_progress(painter, bar, cell.fraction, theme)
        _line(painter, rect.adjusted(_BAR + 8, 0, 0, 0), cell.words, Type.BODY, theme, "text2")
    elif isinstance(cell, State):
        paint_tag(painter, rect, cell.words, cell.icon, cell.tone, theme)
    else:
        icons.paint(painter, cell.icon, QRectF(rect.right() - 16, rect.center().y() - 8, 16, 16), theme.color("text2"))


def _paint_words(painter: QPainter, rect: QRectF, cell: Words, theme: Theme) -> None:
    role = Type.STRONG if cell.strong else Type.BODY
    if cell.wrap and QFontMetricsF(font(role)).horizontalAdvance(cell.main) > rect.width():
        _two_lines(painter, rect, cell, theme)
        return
    if not cell.sub:
        _line(painter, rect, cell.main, role, theme, cell.tone, right=cell.right)
        return
    middle = rect.center().y()
    _line(painter, QRectF(rect.left(), middle - 17, rect.width(), 17), cell.main, role, theme, cell.tone)
    _line(painter, QRectF(rect.left(), middle, rect.width(), 16), cell.sub, Type.DETAIL, theme, "text2")


def _two_lines(painter: QPainter, rect: QRectF, cell: Words, theme: Theme) -> None:
    """Broken between words where the first line is full; the second one is cut."""
    role = Type.DETAIL_STRONG if cell.strong else Type.DETAIL
    metrics = QFontMetricsF(font(role))
    first, rest = "", cell.main.split(" ")
    while rest and metrics.horizontalAdvance(f"{first} {rest[0]}".strip()) <= rect.width():
        first = f"{first} {rest.pop(0)}".strip()
    if first and not rest:
        _line(painter, rect, first, role, theme, cell.tone)
        return
    middle = rect.center().y()
    lines = (first, " ".join(rest)) if first else (cell.main, "")
    for words, top in zip(lines, (middle - 16, middle), strict=True):
        _line(painter, QRectF(rect.left(), top, rect.width(), 16), words, role, theme, cell.tone)


def _line(
    painter: QPainter, rect: QRectF, words: str, role: Type, theme: Theme, color: str, *, right: bool = False
) -> None:
    used = font(role)
    fitting = QFontMetricsF(used).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(used)
    painter.setPen(theme.color(color))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, fitting)


class Table(QTableView, Generic[_T]):
    """One row is picked, or with `several` any number (Shift, Ctrl, Ctrl+A); Enter or a double click opens one.
    `picked` carries the first picked row's value, or None."""

    picked = Signal(object)
    opened = Signal(object)

    def __init__(
        self,
        columns: Sequence[Column],
        cells: Callable[[_T], Sequence[Cell]],
        *,
        name: str,
        row: int = 38,
        several: bool = False,
    ) -> None:
        super().__init__()
        self._columns = columns
        self.rows: RowModel[_T] = RowModel(columns, cells, self)
        self._row_height = row
        self.setModel(self.rows)
        self.setItemDelegate(_Delegate(row, self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        many, one = QAbstractItemView.SelectionMode.ExtendedSelection, QAbstractItemView.SelectionMode.SingleSelection
        self.setSelectionMode(many if several else one)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setProperty("ownFocus", True)
        self.setWordWrap(False)
        self._set_headers()
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows.rows[index.row()]))

    def _set_headers(self) -> None:
        down = self.verticalHeader()
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(self._row_height)
        down.setMinimumSectionSize(self._row_height)
        across = self.horizontalHeader()
        across.setFixedHeight(34)
        across.setFont(font(Type.LABEL, MEDIUM))
        across.setHighlightSections(False)
        across.setSectionsClickable(False)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setMinimumSectionSize(24)

    @property
    def current(self) -> _T | None:
        """The picked row's value; of several the topmost."""
        tops = [r.top() for r in self.selectionModel().selection().toList()]
        return self.rows.rows[min(tops)] if tops else None

    @property
    def chosen(self) -> tuple[_T, ...]:
        """The values of all picked rows, from the top."""
        # By ranges: asked for row by row, ten thousand take a second.
        spans = [(r.top(), r.bottom() + 1) for r in self.selectionModel().selection().toList()]
        return tuple(self.rows.rows[at] for at in sorted({at for span in spans for at in range(*span)}))

    def pick(self, row: int) -> None:
        """Pick a row by its place; does nothing if there is none."""
        if 0 <= row < len(self.rows.rows):
            self.selectRow(row)

    def content_height(self) -> int:
        return 34 + self._row_height * len(self.rows.rows) + 1

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.picked.emit(self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
            event.accept()
            return
        if event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            # Letters are keys of the program, not a search in the first column.
            event.ignore()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.viewport().width()
        tight = sum(c.width for c in self._columns) > room
        left = room - sum(c.width for c in self._columns if not (tight and c.spare))
        shares = sum(c.stretch for c in self._columns if not (tight and c.spare)) or 1
        for at, column in enumerate(self._columns):
            self.setColumnHidden(at, tight and column.spare)
            extra = max(0, left) * column.stretch // shares
            # Too narrow: the columns that stretch give way, down to half.
            less = left * column.stretch // shares if left < 0 else 0
            self.setColumnWidth(at, max(column.width // 2, column.width + extra + less))


class TableCard(Card):
    """A table in a card, as high as its rows, and scrolling where the screen ends."""

    def __init__(self, table: Table[Any]) -> None:
        super().__init__()
        self.table = table
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 5, 1, 5)
        column.addWidget(table)
        table.rows.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setMaximumHeight(self.table.content_height() + 10)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(600, self.table.content_height() + 10)
