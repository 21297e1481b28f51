"""What was released for training: the recordings that a reel may be made of, each with a picture, searched by words."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from reviewer.domain.wording import count
from reviewer.ui import icons
from reviewer.ui.actions import KeyTable
from reviewer.ui.fields import SearchField
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.icons import IconLabel
from reviewer.ui.reels_model import LibraryRow
from reviewer.ui.theme import Theme, theme_of
from reviewer.ui.widgets import label, surface

WIDTH = 296
PICTURE = QSize(112, 63)
"""Of a row, in px."""
_PAD, _HIGH = 8, 78
_ONLY = "Only what a supervisor released is here. Names, badges and case notes never reach training."
_NOTHING = "Nothing is released for training yet. A supervisor or the custodian releases recordings."
_NOT_FOUND = "No released recording has these words."
_Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[LibraryRow, ...] = ()
        self.pictures: dict[str, QImage] = {}

    def show(self, rows: tuple[LibraryRow, ...]) -> None:
        if [row.recording for row in rows] == [row.recording for row in self.rows]:
            self.rows = rows
            self.redraw()
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def redraw(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    def at(self, row: int) -> LibraryRow | None:
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
        return QSize(self._view.viewport().width(), _HIGH)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = self._model.at(index.row())
        if row is None:
            return
        theme = theme_of(self._view)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("bg3"))
            painter.drawRoundedRect(QRectF(rect).adjusted(0, 1, 0, -1), 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and self._view.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 2, -1, -2), 6, 6)
        box = QRect(rect.left() + _PAD, rect.top() + (_HIGH - PICTURE.height()) // 2, PICTURE.width(), PICTURE.height())
        paint_picture(painter, box, self._model.pictures.get(row.recording), theme)
        left = box.right() + 8
        _words(painter, QRectF(left, box.top(), rect.right() - left, box.height()), row, theme)
        painter.restore()


def paint_picture(painter: QPainter, box: QRect, picture: QImage | None, theme: Theme) -> None:
    """A small picture, whole, in the middle of `box`; without one a plain ground."""
    painter.fillRect(box, theme.color("bg2"))
    if picture is None or picture.isNull():
        icons.paint(
            painter, "photo", QRectF(box.center().x() - 10, box.center().y() - 10, 20, 20), theme.color("text3")
        )
        return
    size = picture.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(0, 0, size.width(), size.height())
    place.moveCenter(box.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, picture)


def _words(painter: QPainter, box: QRectF, row: LibraryRow, theme: Theme) -> None:
    lines = ((row.title, Type.BODY, SEMIBOLD, "text"), (row.about, Type.DETAIL, None, "text2"))
    top = box.top() + 4
    for words, kind, weight, tone in lines:
        painter.setFont(font(kind, weight))
        painter.setPen(theme.color(tone))
        shown = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(QRectF(box.left(), top, box.width(), 18), Qt.AlignmentFlag.AlignVCenter, shown)
        top += 19
    color = theme.tone(row.state.tone)
    icons.paint(painter, row.state.icon, QRectF(box.left(), top + 2, 14, 14), color)
    painter.setFont(font(Type.META))
    painter.setPen(color)
    rest = QRectF(box.left() + 19, top, box.width() - 19, 18)
    shown = QFontMetricsF(painter.font()).elidedText(row.state.words, Qt.TextElideMode.ElideRight, rest.width())
    painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, shown)


class LibraryList(QListView):
    """Rows; several may be chosen, to stand beside each other in one clip."""

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_ = _Model(self)
        self.setModel(self.model_)
        self.setItemDelegate(_Rows(self.model_, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAccessibleName("Recordings released for training")
        self.setProperty("pane", True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


class ReelLibrary(QWidget):
    """`picked`: the recordings (tuple) that are chosen now, the current one first. `opened`: Enter or a double click on
    them."""

    picked = Signal(object)
    opened = Signal()

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._every: tuple[LibraryRow, ...] = ()
        self.setFixedWidth(WIDTH)
        ground = surface(1, "right")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ground)
        column = QVBoxLayout(ground)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label("Released for training", Type.SECTION))
        head.addStretch()
        self._count = label("", Type.DETAIL, "text2")
        head.addWidget(self._count)
        column.addLayout(head)
        self.search = SearchField("Topic, place, year", keys.shown("list.find"), WIDTH - 26)
        keys.follow(
            self, lambda command: self.search.set_key(keys.shown("list.find")) if command == "list.find" else None
        )
        self.search.typed.connect(lambda _words: self._filter())
        column.addWidget(self.search)
        self.list = LibraryList()
        self.list.selectionModel().selectionChanged.connect(lambda *_: self.picked.emit(self.chosen))
        self.list.opened.connect(self.opened)
        self.list.doubleClicked.connect(lambda _index: self.opened.emit())
        column.addWidget(self.list, 1)
        self._empty = label("", Type.BODY, "text2", wrap=True)
        column.addWidget(self._empty)
        column.addLayout(_note())

    @property
    def chosen(self) -> tuple[str, ...]:
        """The current one first, then the others in their order."""
        model = self.list.selectionModel()
        rows = sorted(index.row() for index in model.selectedIndexes())
        current = self.list.currentIndex().row()
        rows.sort(key=lambda row: row != current)
        return tuple(found.recording for row in rows if (found := self.list.model_.at(row)) is not None)

    def show_rows(self, rows: tuple[LibraryRow, ...]) -> None:
        """Every recording that is released now."""
        if rows != self._every:
            self._every = rows
            self._filter()

    def set_picture(self, recording: str, picture: QImage) -> None:
        self.list.model_.pictures[recording] = picture
        self.list.model_.redraw()

    def forget_pictures(self) -> None:
        """Nothing of the footage stays on the screen of a locked session."""
        self.list.model_.pictures.clear()
        self.list.model_.redraw()

    def release(self) -> None:
        """Nothing is chosen any more: a clip is."""
        blocked = self.list.selectionModel().blockSignals(True)
        self.list.clearSelection()
        self.list.selectionModel().blockSignals(blocked)
        self.list.viewport().update()

    def _filter(self) -> None:
        typed = self.search.line.text()
        found = tuple(row for row in self._every if row.found_by(typed))
        self.list.model_.show(found)
        self._count.setText(count(len(found), "recording"))
        self._empty.setText("" if found else _NOT_FOUND if self._every else _NOTHING)
        self._empty.setVisible(not found)


def _note() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(IconLabel("info-circle", 16), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(_ONLY, Type.DETAIL, "text2", wrap=True), 1)
    return row
