"""The list of bookmarks: a click goes there, a click on a time in their words goes to that time. Thousands stay
light."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QModelIndex, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from reviewer.domain.annotation import Bookmark
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.mark_model import MarkModel
from reviewer.ui.review.mark_rows import MarkRows, natural_width
from reviewer.ui.review.marked import Marked
from reviewer.ui.times import Zone


class BookmarkList(QListView):
    """`go_asked` and `withdraw_asked` carry a bookmark's id, `time_asked` a Utc. A click or Enter goes there, Delete
    withdraws."""

    go_asked = Signal(str)
    time_asked = Signal(object)
    withdraw_asked = Signal(str)
    picked = Signal(object)  # the Bookmark or None

    def __init__(self, zone: Zone, name_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bookmarks = MarkModel(zone, self)
        self._rows = MarkRows(self._bookmarks, zone, name_of, self)
        self.setModel(self._bookmarks)
        self.setItemDelegate(self._rows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName("Annotations")
        self.selectionModel().currentRowChanged.connect(
            lambda now, _before: self.picked.emit(self._bookmarks.at(now.row()))
        )

    @property
    def bookmarks(self) -> MarkModel:
        return self._bookmarks

    @property
    def current(self) -> Bookmark | None:
        return self._bookmarks.at(self.currentIndex().row())

    def show_bookmarks(self, bookmarks: Iterable[Bookmark], cameras: Iterable[ReviewCamera]) -> None:
        """Replace the rows; the chosen one stays chosen if it is still there."""
        chosen = self.current
        self._bookmarks.show(bookmarks, cameras)
        self.select(chosen.id if chosen else None)

    def learn(self, bookmarks: Iterable[Bookmark]) -> None:
        """How wide their words are, before they are shown: a part of the time that laying out thousands takes."""
        for bookmark in bookmarks:
            natural_width(bookmark.text)

    def put(self, id_: str, bookmark: Bookmark | None) -> None:
        """One of them is new, another, or no more to be shown (None)."""
        chosen = self.current
        if bookmark is None:
            self._bookmarks.take(id_)
        else:
            self._bookmarks.put(bookmark)
        if chosen is not None and chosen.id == id_:
            self.select(id_)

    def set_marked(self, marked: Marked, marks: Iterable[str] | None = None) -> None:
        """What is known of marks beside themselves; `marks`: of these alone something changed."""
        self._bookmarks.marked = marked
        if marks is None:
            self.viewport().update()
        else:
            self._bookmarks.touch(marks)

    def select(self, bookmark: str | None) -> None:
        """Choose a row and bring it into view; goes nowhere."""
        row = -1 if bookmark is None else self._bookmarks.row_of(bookmark)
        if row < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
            self.picked.emit(None)
            return
        index = self._bookmarks.index(row)
        if index != self.currentIndex():
            self.setCurrentIndex(index)
        else:
            self.picked.emit(self.current)
        self.scrollTo(index)

    def _go(self, row: int) -> None:
        bookmark = self._bookmarks.at(row)
        if bookmark is not None:
            self.go_asked.emit(bookmark.id)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            at = self._rows.code_at(index, event.position())
            if at is None:
                self._go(index.row())
            else:
                self.time_asked.emit(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = self._code_under(event.position())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def _code_under(self, at: QPointF) -> bool:
        index = self.indexAt(at.toPoint())
        return index.isValid() and self._rows.code_at(index, at) is not None

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
