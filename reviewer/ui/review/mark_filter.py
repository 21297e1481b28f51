"""Which marks the list shows: all, or those of one kind, one allegation, one person; and of those what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from reviewer.domain.annotation import Bookmark
from reviewer.services.mark_search import MarkSearch
from reviewer.ui.review.marked import Marked

ALL = "All kinds"


class By(Enum):
    NOTHING = "nothing"
    KIND = "kind"
    ALLEGATION = "allegation"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Only:
    """`id` of a kind, an allegation or a user; `words` of it."""

    by: By = By.NOTHING
    id: str = ""
    words: str = ALL

    def has(self, bookmark: Bookmark, marked: Marked) -> bool:
        """Whether a mark is one of those."""
        match self.by:
            case By.KIND:
                return bookmark.kind == self.id
            case By.ALLEGATION:
                return any(each.allegation.id == self.id for each in marked.says(bookmark.id))
            case By.PERSON:
                return bookmark.author == self.id
            case _:
                return True


class FilterMenu(QMenu):
    """`chosen` carries an Only."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._offered: tuple[object, ...] = ()
        self.setToolTipsVisible(True)

    def offer(self, marked: Marked, people: Iterable[tuple[str, str]], now: Only) -> None:
        """The agency's kinds, what is alleged, who marked (user id, name)."""
        kinds = tuple(Only(By.KIND, kind.id, kind.words) for kind in marked.tables.kinds)
        alleged = tuple(Only(By.ALLEGATION, each.id, f"{each.name} {each.title}") for each in marked.allegations)
        authors = tuple(Only(By.PERSON, user, name) for user, name in people)
        offered = ((Only(),), kinds, alleged, authors)
        if offered != self._offered:
            self._offered = offered
            self.clear()
            for group in offered:
                for only in group:
                    self._add(only)
                self.addSeparator()
        for action in self.actions():
            action.setChecked(action.data() == now)

    def _add(self, only: Only) -> None:
        action = QAction(only.words, self)
        action.setCheckable(True)
        action.setData(only)
        action.triggered.connect(lambda _checked=False: self.chosen.emit(only))
        self.addAction(action)


class Sought:
    """What was typed, and the marks that have it. `said` gives what can be found of a mark; it is read once a search
    begins, and then kept."""

    def __init__(self, said: Callable[[Bookmark], tuple[str, ...]]) -> None:
        self._said, self._search = said, MarkSearch()
        self._found: frozenset[str] | None = None
        self.typed = ""

    def forget(self) -> None:
        """Marks, or what is known of them, are others."""
        self._search.clear()

    def put(self, id_: str, bookmark: Bookmark | None) -> None:
        """One mark is new, another or gone."""
        self._search.put(id_, None if bookmark is None else self._said(bookmark))
        self._found = self._search.find(self.typed)

    def read(self, bookmarks: Iterable[Bookmark], most: int | None = None) -> bool:
        """Read what is not yet read of these, so many at most (None: all). True once all are."""
        for bookmark in bookmarks:
            if bookmark.id not in self._search:
                if most == 0:
                    return False
                most = None if most is None else most - 1
                self._search.put(bookmark.id, self._said(bookmark))
        return True

    def look(self, typed: str, bookmarks: Iterable[Bookmark]) -> None:
        """Find what was typed among these."""
        self.typed, self._found = typed, None
        if typed.strip():
            self.read(bookmarks)
            self._found = self._search.find(typed)

    def has(self, id_: str) -> bool:
        return self._found is None or id_ in self._found
