"""The allegation board: a table that draws cards, with a place for the keys in it: row, column, card."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QPersistentModelIndex, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QTableView, QToolTip, QWidget

from reviewer.services.board import ELSEWHERE, Board, Card, Cell, Column, Row
from reviewer.ui.case import board_paint as paint
from reviewer.ui.case.board_cells import (
    CELL,
    HEAD,
    HEADS,
    LEAST,
    AllegationHeads,
    BoardCells,
    BoardModel,
    CameraHeads,
    CornerHead,
)
from reviewer.ui.times import Zone

MARK, EXHIBIT = "application/x-reviewer-mark", "application/x-reviewer-exhibit"
"""What is dragged: a mark's id, an exhibit's id."""
_WIDE = 1100  # px: from here on the allegations have more room
_Index = QModelIndex | QPersistentModelIndex


class BoardView(QTableView):
    """Signals: `picked(Card or None)` for the card that the keys stand on; `went()` when row or column is another one;
    `opened(Card)` for Enter or a double click; `dropped(kind of data, id, allegation id, column key)`."""

    picked = Signal(object)
    went = Signal()
    opened = Signal(object)
    dropped = Signal(str, str, str, str)

    def __init__(self, zone: Zone, whose: Callable[[str], str] = lambda _id: "") -> None:
        super().__init__()
        self._zone, self._whose = zone, whose
        self.cells = BoardModel(zone, self)
        self.card_at = 0
        self.target: QModelIndex = QModelIndex()
        self._pressed: QPoint | None = None
        self.setModel(self.cells)
        self.setItemDelegate(BoardCells(zone, self))
        self.setHorizontalHeader(CameraHeads(self))
        self.setVerticalHeader(AllegationHeads(self))
        self.setAccessibleName("Allegation board")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self._corner = CornerHead(self)
        self.setProperty("ownFocus", True)
        self.setWordWrap(False)
        self.setAcceptDrops(True)
        self.verticalHeader().sectionPressed.connect(self._to_row)

    # What is shown, and where the keys stand

    @property
    def board(self) -> Board:
        return self.cells.board

    @property
    def row(self) -> Row | None:
        """The allegation that the keys stand on."""
        at = self.currentIndex().row()
        return self.board.rows[at] if 0 <= at < len(self.board.rows) else None

    @property
    def column(self) -> Column | None:
        at = self.currentIndex().column()
        return self.board.columns[at] if 0 <= at < len(self.board.columns) else None

    @property
    def card(self) -> Card | None:
        """The card that the keys stand on."""
        cell = self._cell(self.currentIndex())
        return cell.cards[self.card_at] if cell is not None and 0 <= self.card_at < len(cell.cards) else None

    def show_board(self, board: Board) -> None:
        """Another state of it. The keys stay on the same exhibit, else in the same cell."""
        row, column, card = self.row, self.column, self.card
        bars = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self.cells.show(board)
        self._measure()
        if row is None or column is None or not self.stand(row.allegation.id, column.key, _id(card)):
            self._stand_at(0, 0, 0)
        self.horizontalScrollBar().setValue(bars[0])
        self.verticalScrollBar().setValue(bars[1])

    def stand(self, allegation: str, column: str = "", exhibit: str = "") -> bool:
        """Put the keys there: on the exhibit if it is named and in this row, else in the cell. False if there is no
        such row."""
        rows = [n for n, r in enumerate(self.board.rows) if r.allegation.id == allegation]
        if not rows:
            return False
        cells = self.board.rows[rows[0]].cells
        across = [n for n, c in enumerate(self.board.columns) if c.key == column]
        order = across + [n for n in range(len(cells)) if n not in across]
        for at in order if exhibit else ():
            found = [n for n, card in enumerate(cells[at].cards) if card.exhibit.id == exhibit]
            if found:
                self._stand_at(rows[0], at, found[0])
                return True
        at = across[0] if across else max(0, self.currentIndex().column())
        self._stand_at(rows[0], at, 0)
        return True

    def _stand_at(self, row: int, column: int, card: int) -> None:
        self.card_at = card
        index = self.cells.index(row, column)
        if index != self.currentIndex():
            self.setCurrentIndex(index)
            self.card_at = card
        self._tell()

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self.card_at = 0
        self.verticalHeader().viewport().update()
        self._tell()
        self.went.emit()

    def _tell(self) -> None:
        self.viewport().update()
        self.picked.emit(self.card)

    def _cell(self, index: _Index) -> Cell | None:
        return index.data(CELL) if index.isValid() else None

    def _to_row(self, row: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._stand_at(row, max(0, self.currentIndex().column()), 0)

    # Geometry

    def content_height(self) -> int:
        """With every row whole."""
        return HEAD + sum(self.rowHeight(n) for n in range(len(self.board.rows))) + 2

    def _measure(self) -> None:
        columns = len(self.board.columns)
        if not columns:
            return
        room = self.viewport().width()
        each = max(LEAST, room // columns)
        for n in range(columns):
            last = n == columns - 1 and each > LEAST
            self.setColumnWidth(n, each + (room - each * columns if last else 0))
        heads = self.verticalHeader().width()
        for n, row in enumerate(self.board.rows):
            cells = (paint.cell_height(cell, self.columnWidth(at) - 1) for at, cell in enumerate(row.cells))
            self.setRowHeight(n, max(paint.head_height(row, heads), *cells) + 2)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        heads = HEADS if self.width() < _WIDE else HEADS + 50
        self.verticalHeader().setFixedWidth(heads)
        self._corner.setGeometry(0, 0, heads, HEAD)
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure()

    # Keys and the mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        cell = self._cell(self.currentIndex())
        if step is not None and plain and cell is not None and 0 <= self.card_at + step < len(cell.cards):
            self.card_at += step
            self._tell()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.card is not None:
            self.opened.emit(self.card)
        elif step is not None and plain:
            super().keyPressEvent(event)
            upward = self._cell(self.currentIndex())
            if step < 0 and upward is not None and upward is not cell:
                self.card_at = max(0, len(upward.cards) - 1)
                self._tell()
        elif event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # letters are keys of the program, not a search in the first column
            return
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            at = self._card_under(event.position().toPoint())
            self._pressed = event.position().toPoint() if at >= 0 else None
            if at >= 0:
                self.card_at = at
            self._tell()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._card_under(event.position().toPoint()) >= 0 and self.card is not None:
            self.opened.emit(self.card)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        far = QApplication.startDragDistance()
        at = event.position().toPoint()
        if self._pressed is not None and (at - self._pressed).manhattanLength() >= far and self.card is not None:
            self._pressed = None
            drag(self, EXHIBIT, self.card.exhibit.id, self._picture_of(self.card))
        event.accept()

    def _card_under(self, at: QPoint) -> int:
        """Which card of the cell below the mouse; −1 for none."""
        index = self.indexAt(at)
        cell = self._cell(index)
        if cell is None:
            return -1
        rects = paint.card_rects(cell, QRectF(self.visualRect(index)))
        return next((n for n, rect in enumerate(rects) if rect.contains(at)), -1)

    def viewportEvent(self, event: QEvent) -> bool:
        """The whole of a card under the mouse, and whose it is."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index, at = self.indexAt(event.pos()), self._card_under(event.pos())
            cell = self._cell(index)
            words = ""
            if cell is not None and at >= 0:
                whose = self._whose(cell.cards[at].exhibit.id)
                words = paint.spoken_card(cell.cards[at], self._zone) + (f"\n{whose}" if whose else "")
            elif cell is not None:
                words = paint.spoken_cell(cell, self._zone)
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().viewportEvent(event)

    def _picture_of(self, card: Card) -> QPixmap:
        """What is under the mouse while a card is dragged."""
        index = self.currentIndex()
        cell = self._cell(index)
        if cell is None:
            return QPixmap()
        box = paint.card_rects(cell, QRectF(self.visualRect(index)))[cell.cards.index(card)]
        return self.viewport().grab(box.toAlignedRect())

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MARK) or event.mimeData().hasFormat(EXHIBIT):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._aim(self.indexAt(event.position().toPoint()))
        if self.target.isValid():
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._aim(QModelIndex())
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        self._aim(QModelIndex())
        kind = MARK if event.mimeData().hasFormat(MARK) else EXHIBIT
        if index.isValid() and event.mimeData().hasFormat(kind):
            id_ = bytes(event.mimeData().data(kind).data()).decode()
            where = self.board.rows[index.row()].allegation.id, self.board.columns[index.column()].key
            event.acceptProposedAction()
            self.dropped.emit(kind, id_, *where)

    def _aim(self, at: QModelIndex) -> None:
        usable = at.isValid() and self.board.columns[at.column()].key != ELSEWHERE
        self.target = at if usable else QModelIndex()
        self.viewport().update()


def drag(source: QWidget, kind: str, id_: str, picture: QPixmap) -> None:
    """Drag a mark or an exhibit out of a widget."""
    carried = QMimeData()
    carried.setData(kind, id_.encode())
    moving = QDrag(source)
    moving.setMimeData(carried)
    if not picture.isNull():
        moving.setPixmap(picture)
        moving.setHotSpot(QPoint(12, 12))
    moving.exec(Qt.DropAction.CopyAction)


def _id(card: Card | None) -> str:
    return card.exhibit.id if card is not None else ""
