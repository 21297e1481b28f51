"""The marks of a list, in order of their place; one more, changed or gone moves only itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from reviewer.domain.annotation import Bookmark
from reviewer.domain.timebase import TimeRange
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clocks import place
from reviewer.ui.review.marked import Marked
from reviewer.ui.review.scene import bookmark_range
from reviewer.ui.times import Zone

Index = QModelIndex | QPersistentModelIndex
_Key = tuple[TimeRange, str]


class MarkModel(QAbstractListModel):
    """Rows are bookmarks in order of time, by today's clocks of the first camera that each is on."""

    def __init__(self, zone: Zone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._rows: list[Bookmark] = []
        self._keys: list[_Key] = []
        self._by_key: dict[str, ReviewCamera] = {}
        self._places: dict[str, tuple[Bookmark, TimeRange]] = {}  # by today's clocks of these cameras
        self.marked = Marked()

    def show(self, bookmarks: Iterable[Bookmark], cameras: Iterable[ReviewCamera]) -> None:
        """These instead of all others."""
        self.beginResetModel()
        by_key = {camera.key: camera for camera in cameras}
        if by_key != self._by_key:
            self._by_key = by_key
            self._places.clear()
        found = sorted(((self._key(each), each) for each in bookmarks), key=lambda each: each[0])
        self._keys, self._rows = [key for key, _ in found], [each for _, each in found]
        self.endResetModel()

    def put(self, bookmark: Bookmark) -> None:
        """One more, or another state of one that is there."""
        row, key = self.row_of(bookmark.id), self._key(bookmark)
        if row >= 0 and self._keys[row] == key:
            self._rows[row] = bookmark
            self.dataChanged.emit(self.index(row), self.index(row))
            return
        self.take(bookmark.id)
        row = bisect_left(self._keys, key)
        self.beginInsertRows(QModelIndex(), row, row)
        self._keys.insert(row, key)
        self._rows.insert(row, bookmark)
        self.endInsertRows()

    def take(self, id_: str) -> None:
        """Without this one."""
        row = self.row_of(id_)
        if row >= 0:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._keys[row], self._rows[row]
            self.endRemoveRows()

    def touch(self, ids: Iterable[str]) -> None:
        """What is known of these marks is another."""
        for id_ in ids:
            row = self.row_of(id_)
            if row >= 0:
                self.dataChanged.emit(self.index(row), self.index(row))

    def _key(self, bookmark: Bookmark) -> _Key:
        return self.place(bookmark), bookmark.id

    def place(self, bookmark: Bookmark) -> TimeRange:
        """Where it is to be found."""
        known = self._places.get(bookmark.id)
        if known is None or known[0] is not bookmark:
            known = self._places[bookmark.id] = (bookmark, bookmark_range(bookmark, self._by_key))
        return known[1]

    def numbers(self, bookmark: Bookmark) -> tuple[int, ...]:
        """The numbers of the cameras that it is on; none for all cameras."""
        on = {m.recording for m in bookmark.marks}
        return tuple(sorted(self._by_key[key].number for key in on if key in self._by_key))

    def row_of(self, bookmark: str) -> int:
        return next((i for i, b in enumerate(self._rows) if b.id == bookmark), -1)

    def at(self, row: int) -> Bookmark | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        bookmark = self.at(index.row())
        if bookmark is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        on = ", ".join(str(n) for n in self.numbers(bookmark))
        said = "".join(f", {each.words}" for each in self.marked.says(bookmark.id))
        times = place(self._zone, self.place(bookmark))
        kind = self.marked.kind(bookmark.kind).words
        return f"{kind}, {times}, {f'camera {on}' if on else 'all cameras'}{said}: {bookmark.text}"
