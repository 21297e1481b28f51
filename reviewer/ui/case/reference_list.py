"""What may be named in a text, as a list under the cursor: typing narrows it, Enter or a click names it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from reviewer.domain.reference import Reference, Target
from reviewer.ui.fonts import Type, font
from reviewer.ui.theme import theme_of

Offer = tuple[Reference, Target]
_ROW, _WIDE, _MOST = 28, 460, 9
ROLE = Qt.ItemDataRole.UserRole
_TAKING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_MOVING: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_Index = QModelIndex | QPersistentModelIndex


class ReferenceRow(QStyledItemDelegate):
    """The name, and what it is, shortened to the row. An item's `ROLE` is an `Offer`."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(_WIDE, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """One row."""
        _reference, target = index.data(ROLE)
        theme = theme_of(option.widget)
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("bg3"))
        strong, plain = font(Type.STRONG), font(Type.DETAIL)
        painter.setFont(strong)
        painter.setPen(theme.color("text" if target.stands else "warn"))
        row = box.adjusted(10, 0, -10, 0)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, target.read)
        row.setLeft(row.left() + QFontMetricsF(strong).horizontalAdvance(target.read) + 10)
        painter.setFont(plain)
        painter.setPen(theme.color("text2"))
        about = QFontMetricsF(plain).elidedText(target.about, Qt.TextElideMode.ElideRight, row.width())
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, about)


class ReferenceList(QFrame):
    """It lies over the window, beneath the cursor of a text field that keeps the focus; while it is there, the arrows,
    Enter, Tab and Esc are its own. `chosen(Reference)`; `given_up`: Esc, or nothing is left to offer."""

    chosen = Signal(object)
    given_up = Signal()

    def __init__(self, field: QWidget) -> None:
        super().__init__(field.window())
        self._field = field
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.rows = QListWidget(self)
        self.rows.setItemDelegate(ReferenceRow(self.rows))
        self.rows.setAccessibleName("What to name")
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows.itemClicked.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.rows)
        # The filter that came last is asked first: Esc ends the asking before it leaves the field.
        field.installEventFilter(self)

    def offer(self, offers: Sequence[Offer], at: QPoint) -> None:
        """Show these, below a place of the window (above it where there is no room)."""
        self.rows.clear()
        for each in offers:
            item = QListWidgetItem()
            item.setData(ROLE, each)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{each[1].words}, {each[1].about}")
            self.rows.addItem(item)
        self.rows.setCurrentRow(0)
        self.resize(_WIDE, _ROW * max(1, min(_MOST, len(offers))) + 4)
        window = self.window()
        above = at.y() + self.height() > window.height()
        self.move(min(at.x(), window.width() - _WIDE - 8), at.y() - self.height() - 28 if above else at.y())
        self.show()
        self.raise_()

    def end(self) -> None:
        """It goes."""
        self._field.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        mine = isinstance(event, QKeyEvent) and event.key() in (*_TAKING, *_MOVING, Qt.Key.Key_Escape)
        if not mine or not isinstance(event, QKeyEvent) or self.isHidden():
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self._press(event.key())
        return event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)

    def _press(self, key: int) -> None:
        row = self.rows.currentRow()
        if key in _MOVING:
            self.rows.setCurrentRow((row + _MOVING[key]) % max(1, self.rows.count()))
        elif key in _TAKING and row >= 0:
            self._take(self.rows.item(row))
        else:
            self.given_up.emit()

    def _take(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(ROLE)[0])

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), theme_of(self)
        painter.setPen(theme.color("edge"))
        painter.setBrush(theme.color("bg1"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
