"""The list of everything that is hidden of a recording: what, when, why, and whether somebody still has to look."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from reviewer.ui.disclosure_model import NO_REASON, HiddenRow
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.theme import Theme, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import paint_tag, tag_width

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
ROW = 60
_PAD = 16
_NAME = 20


class _Rows(QAbstractListModel):
    def __init__(self, zone: Zone, parent: QWidget) -> None:
        super().__init__(parent)
        self._zone = zone
        self.rows: tuple[HiddenRow, ...] = ()

    def show_rows(self, rows: tuple[HiddenRow, ...]) -> None:
        if len(rows) == len(self.rows) and rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return row.spoken(self._zone)
        return row.name if role == Qt.ItemDataRole.DisplayRole else None


class _Paint(QStyledItemDelegate):
    def __init__(self, zone: Zone, rows: _Rows, parent: QWidget) -> None:
        super().__init__(parent)
        self._zone, self._rows = zone, rows

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        view = self.parent()
        if not isinstance(view, QWidget) or index.row() >= len(self._rows.rows):
            return
        row, theme = self._rows.rows[index.row()], theme_of(view)
        rect = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, theme.color("bg3" if chosen else "bg1"))
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), theme.color("line"))
        if chosen:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height() - 1), theme.color("ink"))
        inner = QRectF(rect.left() + _PAD, rect.top() + 9, rect.width() - 2 * _PAD, 22)
        self._above(painter, row, inner, theme)
        self._beneath(painter, row, QRectF(inner.left(), inner.top() + 24, inner.width(), 18), theme)
        painter.restore()

    def _above(self, painter: QPainter, row: HiddenRow, inner: QRectF, theme: Theme) -> None:
        """Name, title, and how it stands."""
        painter.setFont(font(Type.DETAIL_STRONG))
        width = max(28.0, QFontMetricsF(painter.font()).horizontalAdvance(row.name) + 12)
        chip = QRectF(inner.left(), inner.center().y() - _NAME / 2 + 1, width, _NAME - 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ink"))
        painter.drawRoundedRect(chip, 3, 3)
        painter.setPen(theme.color("on_ink"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, row.name)
        tag = tag_width(row.state, row.icon) + 2
        box = QRectF(inner.right() - tag, inner.top(), tag, inner.height())
        paint_tag(painter, box, row.state, row.icon, row.tone, theme)
        painter.setFont(font(Type.BODY, SEMIBOLD))
        painter.setPen(theme.color("text"))
        title = QRectF(chip.right() + 8, inner.top(), box.left() - chip.right() - 16, inner.height())
        self._elided(painter, title, row.title, Qt.AlignmentFlag.AlignLeft)

    def _beneath(self, painter: QPainter, row: HiddenRow, box: QRectF, theme: Theme) -> None:
        """When, and why."""
        painter.setFont(font(Type.DETAIL))
        painter.setPen(theme.color("text2"))
        times = row.times(self._zone)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, times)
        painter.setPen(theme.color("text2" if row.reason else "warn"))
        used = QFontMetricsF(painter.font()).horizontalAdvance(times) + 12
        reason = f"Reason: {row.reason}" if row.reason else NO_REASON
        self._elided(painter, box.adjusted(used, 0, 0, 0), reason, Qt.AlignmentFlag.AlignRight)

    @staticmethod
    def _elided(painter: QPainter, box: QRectF, words: str, side: Qt.AlignmentFlag) -> None:
        short = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | side, short)


class HiddenList(QListView):
    """`picked(id)` when a person goes to another row; `opened(id)` for Enter and a double click."""

    picked = Signal(str)
    opened = Signal(str)

    def __init__(self, zone: Zone) -> None:
        super().__init__()
        self._rows = _Rows(zone, self)
        self.setModel(self._rows)
        self.setItemDelegate(_Paint(zone, self._rows, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What is hidden")
        self.selectionModel().currentChanged.connect(self._moved)
        self.activated.connect(lambda index: self.opened.emit(self._rows.rows[index.row()].id))
        self._telling = True

    @property
    def rows(self) -> tuple[HiddenRow, ...]:
        return self._rows.rows

    def show_rows(self, rows: tuple[HiddenRow, ...], chosen: str) -> None:
        """These rows, and which of them is picked ("" for none)."""
        self._telling = False
        self._rows.show_rows(rows)
        at = next((n for n, row in enumerate(rows) if row.id == chosen), -1)
        if at >= 0:
            self.setCurrentIndex(self._rows.index(at))
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        self._telling = True

    def _moved(self, now: QModelIndex, _before: QModelIndex) -> None:
        if self._telling and 0 <= now.row() < len(self._rows.rows):
            self.picked.emit(self._rows.rows[now.row()].id)
