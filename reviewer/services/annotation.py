"""Bookmarks: added, changed, withdrawn, restored; each a recorded event, undone by recording its inverse.

What is drawn comes from the recorded event, never from what was asked for: the Futures end when the entry is durable
(house.md, "Key → mark").
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace

from reviewer.domain.annotation import Bookmark, Mark
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn, Event
from reviewer.domain.timebase import TimeRange
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.records.queries import Queries
from reviewer.services.journal import Recorded
from reviewer.services.undoing import Undoing, following

Record = Callable[[Event], Future[Recorded]]
LONGEST_TEXT = 4_000


class Annotations:
    """One person's bookmarks of one case. All methods on the thread that `queries` belongs to. Here a bookmark's `at`
    is wall time, by `clocks`; recorded it is the stated time of the first camera that it is on, so it stays on the
    footage when another alignment is accepted. One on all cameras is a time by the wall of then."""

    def __init__(
        self, record: Record, queries: Queries, case: str, clocks: Callable[[], WallTime] = lambda: SIGNED
    ) -> None:
        self._clocks = clocks
        self._queries = queries
        self._case = case
        self._acts = Undoing(record)

    def bookmarks(self) -> tuple[Bookmark, ...]:
        """The case's bookmarks in order of time, as recorded."""
        found = [self._on_wall(each) for each in self._queries.bookmarks(self._case)]
        return tuple(sorted(found, key=lambda b: (b.at, b.id)))

    def _on_wall(self, bookmark: Bookmark) -> Bookmark:
        if not bookmark.marks:
            return bookmark
        return replace(bookmark, at=self._clocks().range_to_wall(bookmark.marks[0].recording, bookmark.at))

    def add(self, at: TimeRange, marks: Sequence[Mark], kind: str, text: str) -> Future[Bookmark]:
        """A bookmark at an instant (start == end) or a range; `marks` says on which cameras, () on all. The Future has
        it once it is durable, LogUnwritable if it cannot be. Raises ReviewerError for too long a text."""
        if marks:
            at = self._clocks().range_to_stated(marks[0].recording, at)
        event = BookmarkAdded(self._case, uuid.uuid4().hex, at, tuple(marks), kind, _checked(text))
        undo, redo = BookmarkWithdrawn(self._case, event.id), BookmarkRestored(self._case, event.id)
        return following(self._acts.do(event, undo, redo), lambda recorded: self._on_wall(bookmark_of(event, recorded)))

    def change(self, bookmark: Bookmark, *, kind: str | None = None, text: str | None = None) -> Future[Bookmark]:
        """Another kind or text. `bookmark` is as it was shown: what the change replaces stands in the entry."""
        after = replace(bookmark, kind=kind or bookmark.kind, text=bookmark.text if text is None else _checked(text))
        future = self._acts.do(_change(bookmark, after), _change(after, bookmark), _change(bookmark, after))
        return following(future, lambda _recorded: after)

    def withdraw(self, bookmark: Bookmark) -> Future[Bookmark]:
        """Take it off the timeline. It stays in the log, and can be restored."""
        event, undo = BookmarkWithdrawn(self._case, bookmark.id), BookmarkRestored(self._case, bookmark.id)
        return following(self._acts.do(event, undo, event), lambda _recorded: bookmark)

    def restore(self, bookmark: Bookmark) -> Future[Bookmark]:
        event, undo = BookmarkRestored(self._case, bookmark.id), BookmarkWithdrawn(self._case, bookmark.id)
        return following(self._acts.do(event, undo, event), lambda _recorded: bookmark)

    @property
    def can_undo(self) -> bool:
        return self._acts.can_undo

    @property
    def can_redo(self) -> bool:
        return self._acts.can_redo

    def undo(self) -> Future[Recorded] | None:
        """Record the inverse of the newest thing done in this session; None if there is nothing. What could not be
        recorded has no effect to undo, and is passed over."""
        return self._acts.undo()

    def redo(self) -> Future[Recorded] | None:
        """Record again what was undone last; None if there is nothing."""
        return self._acts.redo()


def bookmark_of(event: BookmarkAdded, recorded: Recorded) -> Bookmark:
    """The bookmark that a recorded event makes. Its author is whose log it is."""
    author = recorded.origin.split("/")[-3]
    return Bookmark(
        id=event.id,
        case=event.case,
        at=event.at,
        marks=event.marks,
        kind=event.bookmark_kind,
        text=event.text,
        author=author,
        recorded_at=recorded.at,
        origin=recorded.origin,
        index=recorded.index,
    )


def _change(before: Bookmark, after: Bookmark) -> BookmarkChanged:
    return BookmarkChanged(before.case, before.id, after.kind, after.text, before.kind, before.text)


def _checked(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise ReviewerError(f"The text has {len(text)} characters.", f"Shorten it to {LONGEST_TEXT}.")
    return text
