"""What the allegation board's table is made of: its model, its cells and its two heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from reviewer.domain.recording import Manifest
from reviewer.services.board import DOCUMENTS, Board, Cell, Column
from reviewer.ui import icons
from reviewer.ui.case import board_paint as paint
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.theme import theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import chip_size, paint_chip

if TYPE_CHECKING:
    from reviewer.ui.case.board import BoardView

HEAD = 34
HEADS = 158  # px: the column of allegations
LEAST = 146
CELL = int(Qt.ItemDataRole.UserRole)
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


def column_words(column: Column) -> str:
    """ "A. Niemi 2214", "Documents"."""
    if column.manifest is None:
        return "Documents" if column.key == DOCUMENTS else "Not of this case now"
    return camera_words(column.number, column.manifest)


def short_words(column: Column) -> str:
    """The same without the badge, where it is tight."""
    if column.manifest is None:
        return column_words(column)
    return ReviewCamera(column.number, column.manifest).short_name


def camera_words(number: int, manifest: Manifest) -> str:
    """ "A. Niemi 2214"."""
    camera = ReviewCamera(number, manifest)
    return f"{camera.short_name} {camera.badge}".strip()


class BoardModel(QAbstractTableModel):
    """Rows are allegations, columns cameras and documents."""

    def __init__(self, zone: Zone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self.board = Board((), ())

    def show(self, board: Board) -> None:
        self.beginResetModel()
        self.board = board
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.board.rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.board.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation is Qt.Orientation.Horizontal:
            column = self.board.columns[section]
            return f"{column.number} {column_words(column)}" if column.number else column_words(column)
        row = self.board.rows[section]
        face = paint.gate_face(row)
        said = f"{row.allegation.name} {row.allegation.title}: {row.words}{f'; {face[2]}' if face else ''}"
        more = f"\n{row.allegation.text}" if row.allegation.text and role == Qt.ItemDataRole.ToolTipRole else ""
        return said + more

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid():
            return None
        cell = self.board.rows[index.row()].cells[index.column()]
        if role == CELL:
            return cell
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            row, column = self.headerData(index.row(), Qt.Orientation.Vertical), self.board.columns[index.column()]
            return f"{str(row).partition(':')[0]}, {column_words(column)}: {paint.spoken_cell(cell, self._zone)}"
        return None


class BoardCells(QStyledItemDelegate):
    """Draws the cells, with the ring where the keys stand and where something would be dropped."""

    def __init__(self, zone: Zone, view: BoardView) -> None:
        super().__init__(view)
        self._zone, self._view = zone, view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """One cell."""
        theme, rect = theme_of(self._view), QRectF(option.rect)
        here = index == self._view.currentIndex()
        painter.save()
        painter.fillRect(rect, theme.color("bg2" if here else "bg1"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(rect.bottomLeft() + QPoint(0, -1), rect.bottomRight() + QPoint(0, -1))
        painter.drawLine(rect.topRight() + QPoint(-1, 0), rect.bottomRight() + QPoint(-1, 0))
        focused = here and self._view.hasFocus()
        cell: Cell = index.data(CELL)
        picked = self._view.card_at if focused else -1
        paint.paint_cell(painter, rect.adjusted(0, 0, -1, -1), cell, self._zone, theme, picked=picked)
        if (focused and not cell.cards) or index == self._view.target:
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()


class CameraHeads(QHeaderView):
    """The cameras, each with its chip."""

    def __init__(self, view: BoardView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.setFixedHeight(HEAD)
        self.setSectionsClickable(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(LEAST)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme, column = theme_of(self), self._view.board.columns[section]
        box = QRectF(rect)
        painter.save()
        painter.fillRect(box, theme.color("bg2"))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), theme.color("edge"))
        left = box.left() + 10
        if column.number:
            size = chip_size(column.number)
            paint_chip(painter, QRectF(left, box.center().y() - 9, size.width(), 18), column.number, theme)
            left += size.width() + 8
        else:
            icons.paint(painter, "files", QRectF(left, box.center().y() - 8, 16, 16), theme.color("text2"))
            left += 24
        painter.setFont(font(Type.DETAIL_STRONG))
        painter.setPen(theme.color("text"))
        room = QRectF(left, box.top(), box.right() - left - 6, box.height())
        words, metrics = column_words(column), painter.fontMetrics()
        if metrics.horizontalAdvance(words) > room.width():
            words = metrics.elidedText(short_words(column), Qt.TextElideMode.ElideRight, int(max(0, room.width())))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


class AllegationHeads(QHeaderView):
    """The allegations: name, title, what speaks for and against, gate."""

    def __init__(self, view: BoardView) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self._view = view
        self.setFixedWidth(HEADS)
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(40)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        row = self._view.board.rows[section]
        current = section == self._view.currentIndex().row()
        painter.save()
        paint.paint_head(painter, QRectF(rect), row, theme_of(self), current=current)
        painter.restore()


class CornerHead(QWidget):
    """Over the allegations: what they are."""

    def paintEvent(self, _event: object) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg2"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.color("edge"))
        painter.setFont(font(Type.DETAIL_STRONG))
        painter.setPen(theme.color("text"))
        painter.drawText(self.rect().adjusted(10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "Allegation")
