"""The list of bookmarks: each with its kind, time, cameras, words and author. Thousands of them stay light."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from reviewer.domain.annotation import Bookmark
from reviewer.domain.timebase import TimeRange
from reviewer.ui import icons
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clocks import place
from reviewer.ui.review.kinds import kind_of
from reviewer.ui.review.scene import bookmark_range
from reviewer.ui.theme import Theme, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import chip_size, paint_chip

_Index = QModelIndex | QPersistentModelIndex
_PAD, _HEAD, _LINE = 12, 20, 18
_BOOKMARK = int(Qt.ItemDataRole.UserRole)


class BookmarkModel(QAbstractListModel):
    """Rows are bookmarks in order of time."""

    def __init__(self, zone: Zone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._rows: tuple[Bookmark, ...] = ()
        self._cameras: tuple[ReviewCamera, ...] = ()

    def show(self, bookmarks: Iterable[Bookmark], cameras: tuple[ReviewCamera, ...]) -> None:
        self.beginResetModel()
        self._cameras = cameras
        self._rows = tuple(sorted(bookmarks, key=lambda b: (self.place(b), b.id)))
        self.endResetModel()

    def place(self, bookmark: Bookmark) -> TimeRange:
        return bookmark_range(bookmark, self._cameras)

    def numbers(self, bookmark: Bookmark) -> tuple[int, ...]:
        """The numbers of the cameras that it is on; none for all cameras."""
        on = {m.recording for m in bookmark.marks}
        return tuple(c.number for c in self._cameras if c.key in on)

    def row_of(self, bookmark: str) -> int:
        return next((i for i, b in enumerate(self._rows) if b.id == bookmark), -1)

    def at(self, row: int) -> Bookmark | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        bookmark = self.at(index.row())
        if bookmark is None:
            return None
        if role == _BOOKMARK:
            return bookmark
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            on = ", ".join(str(n) for n in self.numbers(bookmark))
            cameras = f"camera {on}" if on else "all cameras"
            return (
                f"{kind_of(bookmark.kind).words}, {place(self._zone, self.place(bookmark))}, {cameras}: {bookmark.text}"
            )
        return None


class _Rows(QStyledItemDelegate):
    def __init__(self, model: BookmarkModel, zone: Zone, name_of: Callable[[str], str], view: QListView) -> None:
        super().__init__(view)
        self._model, self._zone, self._name_of, self._view = model, zone, name_of, view

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        bookmark = self._model.at(index.row())
        width = self._view.viewport().width()
        height = 0 if bookmark is None else self._text_height(bookmark.text, width)
        return QSize(width, _PAD - 2 + _HEAD + (height + 4 if height else 0) + _PAD)

    def _text_height(self, text: str, width: int) -> int:
        if not text:
            return 0
        room = QRectF(0, 0, width - 2 * _PAD, 10_000)
        bounds = QFontMetricsF(font(Type.BODY)).boundingRect(room, int(Qt.TextFlag.TextWordWrap), text)
        return max(1, round(bounds.height() / _LINE)) * _LINE

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        bookmark = self._model.at(index.row())
        if bookmark is None:
            return
        theme = theme_of(self._view)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.fillRect(rect, theme.color("bg3" if state & QStyle.StateFlag.State_Selected else "bg1"))
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), theme.color("ink"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        head = QRectF(rect.left() + _PAD, rect.top() + _PAD - 2, rect.width() - 2 * _PAD, _HEAD)
        self._paint_head(painter, head, bookmark, theme)
        body = QRectF(head.left(), head.bottom() + 4, head.width(), rect.bottom() - head.bottom() - _PAD)
        painter.setFont(font(Type.BODY))
        painter.setPen(theme.color("text"))
        painter.drawText(body, int(Qt.TextFlag.TextWordWrap), bookmark.text)
        painter.restore()

    def _paint_head(self, painter: QPainter, head: QRectF, bookmark: Bookmark, theme: Theme) -> None:
        left = head.left() + _paint_kind(painter, head, bookmark, theme) + 8
        times = place(self._zone, self._model.place(bookmark))
        painter.setFont(font(Type.DETAIL, SEMIBOLD))
        painter.setPen(theme.color("text"))
        width = QFontMetricsF(painter.font()).horizontalAdvance(times)
        painter.drawText(QRectF(left, head.top(), width + 1, head.height()), Qt.AlignmentFlag.AlignVCenter, times)
        left += width + 8
        for number in self._model.numbers(bookmark):
            size = chip_size(number, 16)
            paint_chip(painter, QRectF(left, head.center().y() - 8, size.width(), 16), number, theme)
            left += size.width() + 4
        painter.setFont(font(Type.META))
        painter.setPen(theme.color("text2"))
        rest = QRectF(left + 4, head.top(), head.right() - left - 4, head.height())
        author = self._name_of(bookmark.author)
        words = author if bookmark.marks else f"all cameras · {author}"
        shown = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, max(0.0, rest.width()))
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown)


def _paint_kind(painter: QPainter, head: QRectF, bookmark: Bookmark, theme: Theme) -> float:
    """The kind on ink, icon and word. Returns its width."""
    words, face = kind_of(bookmark.kind).words, font(Type.META, SEMIBOLD)
    width = QFontMetricsF(face).horizontalAdvance(words) + 28
    box = QRectF(head.left(), head.center().y() - 9, width, 18)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("ink"))
    painter.drawRoundedRect(box, 4, 4)
    icons.paint(
        painter, kind_of(bookmark.kind).icon, QRectF(box.left() + 5, box.top() + 2, 14, 14), theme.color("on_ink")
    )
    painter.setFont(face)
    painter.setPen(theme.color("on_ink"))
    painter.drawText(box.adjusted(22, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
    return width


class BookmarkList(QListView):
    """`go_asked` and `withdraw_asked` carry a bookmark's id. A click or Enter goes there, Delete withdraws."""

    go_asked = Signal(str)
    withdraw_asked = Signal(str)
    picked = Signal(object)  # the Bookmark or None

    def __init__(self, zone: Zone, name_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bookmarks = BookmarkModel(zone, self)
        self.setModel(self._bookmarks)
        self.setItemDelegate(_Rows(self._bookmarks, zone, name_of, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName("Annotations")
        self.clicked.connect(lambda index: self._go(index.row()))
        self.selectionModel().currentRowChanged.connect(
            lambda now, _before: self.picked.emit(self._bookmarks.at(now.row()))
        )

    @property
    def bookmarks(self) -> BookmarkModel:
        return self._bookmarks

    @property
    def current(self) -> Bookmark | None:
        return self._bookmarks.at(self.currentIndex().row())

    def show_bookmarks(self, bookmarks: Iterable[Bookmark], cameras: tuple[ReviewCamera, ...]) -> None:
        """Replace the rows; the chosen one stays chosen if it is still there."""
        chosen = self.current
        self._bookmarks.show(bookmarks, cameras)
        self.select(chosen.id if chosen else None)

    def select(self, bookmark: str | None) -> None:
        """Choose a row and bring it into view; goes nowhere."""
        row = -1 if bookmark is None else self._bookmarks.row_of(bookmark)
        if row < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
            self.picked.emit(None)
            return
        index = self._bookmarks.index(row)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def _go(self, row: int) -> None:
        bookmark = self._bookmarks.at(row)
        if bookmark is not None:
            self.go_asked.emit(bookmark.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.current
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Delete and current is not None:
            self.withdraw_asked.emit(current.id)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # texts wrap to the new width
