"""Bookmarks: added, changed, withdrawn, restored; each a recorded event, undone by recording its inverse. With them, in
the same step, what they say of an allegation (an exhibit), and what is drawn on their frame.

What is drawn comes from the recorded event, never from what was asked for: the Futures end when the entry is durable
(house.md, "Key → mark").
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from reviewer.domain.annotation import Bookmark, Mark
from reviewer.domain.case import Allegation, Exhibit, Stance
from reviewer.domain.case_acts import DrawingSet, ExhibitSet
from reviewer.domain.drawing import MOST_SHAPES, Shape, shapes_of
from reviewer.domain.drawing import checked as drawable
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn
from reviewer.domain.thing import WITHDRAWN, Edit
from reviewer.domain.timebase import TimeRange
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.journal import Recorded
from reviewer.services.undoing import Act, Record, Undoing, following

LONGEST_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class Speaks:
    """What a mark says of an allegation (its id)."""

    allegation: str
    stance: Stance


@dataclass(frozen=True, slots=True)
class Respoken:
    """What a mark says from now on instead of the exhibit `instead` (its id, "" for none yet); None: nothing more."""

    speaks: Speaks | None
    instead: str = ""


@dataclass(frozen=True, slots=True)
class MarkPast:
    """Who changed what of a mark (fields "kind", "text", "withdrawn"), of the exhibits that it is, and of what is drawn
    on its frame; each in the order in which changes count."""

    mark: tuple[Edit, ...]
    exhibits: tuple[Edit, ...]
    drawing: tuple[Edit, ...]


class Annotations:
    """One person's bookmarks of one case. All methods on the thread that `queries` belongs to. Here a bookmark's `at`
    is wall time, by `clocks`; recorded it is the stated time of the first camera that it is on, so it stays on the
    footage when another alignment is accepted. One on all cameras is a time by the wall of then. `refusal`: why this
    person may not write into the case; then they may mark, and not say anything of an allegation."""

    def __init__(
        self,
        record: Record,
        queries: Queries,
        case: str,
        clocks: Callable[[], WallTime] = lambda: SIGNED,
        refusal: Callable[[], ReviewerError | None] = lambda: None,
    ) -> None:
        self._clocks = clocks
        self._queries = queries
        self._case = case
        self._acts = Undoing(record)
        self._file = CaseFile(record, queries, case, refusal)

    # Reading

    def bookmarks(self) -> tuple[Bookmark, ...]:
        """The case's bookmarks in order of time, as recorded."""
        return tuple(sorted(self.each_bookmark(), key=lambda b: (b.at, b.id)))

    def each_bookmark(self) -> Iterator[Bookmark]:
        """The same one by one and in any order, as they stood when the first was taken: of thousands, a window reads
        some in each turn of its event loop."""
        clocks = self._clocks()
        return (_on_wall(each, clocks) for each in self._queries.each_bookmark(self._case))

    def bookmark(self, id_: str) -> Bookmark | None:
        """One of them; None if it was withdrawn, or is not in this case."""
        found = self._queries.bookmark(self._case, id_)
        return _on_wall(found, self._clocks()) if found is not None and found.stands else None

    def allegations(self) -> tuple[Allegation, ...]:
        """What is alleged in the case, by number."""
        return self._file.allegations()

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Of every allegation, by number."""
        return self._file.exhibits()

    def exhibit(self, id_: str) -> Exhibit | None:
        """One of them, without the letter of a number that is taken twice; None if it was taken off the case."""
        thing = self._file.thing(ExhibitSet, id_)
        return Exhibit.of(thing) if thing is not None and thing.stands else None

    def drawing(self, mark: str) -> dict[str, Shape]:
        """What is drawn beside a mark: shapes by their id, in the order in which they were drawn."""
        return shapes_of(self._file.thing(DrawingSet, mark))

    def drawings(self) -> dict[str, dict[str, Shape]]:
        """What is drawn beside which mark (its id): shapes by their id."""
        made = {thing.id: shapes_of(thing) for thing in self._file.things(DrawingSet)}
        return {mark: shapes for mark, shapes in made.items() if shapes}

    def past(self, id_: str) -> MarkPast:
        """The history of a mark, for reading."""
        exhibits = {each.id for each in self._file.exhibits() if each.mark == id_}
        exhibits |= {each.id for each in self._file.things(ExhibitSet, withdrawn=True) if each.get("mark") == id_}
        edits = [edit for exhibit in sorted(exhibits) for edit in self._file.history(ExhibitSet, exhibit)]
        edits.sort(key=lambda edit: (edit.at, edit.origin, edit.index))
        return MarkPast(self._queries.mark_edits(self._case, id_), tuple(edits), self._file.history(DrawingSet, id_))

    # Writing

    def add(
        self, at: TimeRange, marks: Sequence[Mark], kind: str, text: str, speaks: Speaks | None = None
    ) -> Future[Bookmark]:
        """A bookmark at an instant (start == end) or a range; `marks` says on which cameras, () on all; `speaks` makes
        it an exhibit too. The Future has it once all of that is durable, LogUnwritable if it cannot be. Raises
        ReviewerError for too long a text, and where this person may say nothing of allegations."""
        if marks:
            at = self._clocks().range_to_stated(marks[0].recording, at)
        event = BookmarkAdded(self._case, uuid.uuid4().hex, at, tuple(marks), kind, _checked(text))
        undo, redo = BookmarkWithdrawn(self._case, event.id), BookmarkRestored(self._case, event.id)
        future = self._acts.do_all([(event, undo, redo), *self._speaking(event.id, Respoken(speaks))])
        clocks = self._clocks()
        return following(future, lambda recorded: _on_wall(bookmark_of(event, recorded[0]), clocks))

    def change(
        self, bookmark: Bookmark, *, kind: str | None = None, text: str | None = None, respoken: Respoken | None = None
    ) -> Future[Bookmark]:
        """Another kind or text, or something else said of an allegation. `bookmark` is as it was shown: what the change
        replaces stands in the entry. What is as it was is not recorded again."""
        after = replace(bookmark, kind=kind or bookmark.kind, text=bookmark.text if text is None else _checked(text))
        acts: list[Act] = []
        if (after.kind, after.text) != (bookmark.kind, bookmark.text):
            acts.append((_change(bookmark, after), _change(after, bookmark), _change(bookmark, after)))
        if respoken is not None:
            acts += self._speaking(bookmark.id, respoken)
        if not acts:
            done: Future[Bookmark] = Future()
            done.set_result(bookmark)
            return done
        return following(self._acts.do_all(acts), lambda _recorded: after)

    def _speaking(self, mark: str, respoken: Respoken) -> list[Act]:
        """What makes the mark an exhibit that says this, or the exhibit say it."""
        speaks, instead = respoken.speaks, respoken.instead
        if not instead:
            if speaks is None:
                return []
            fields = {"allegation": speaks.allegation, "stance": speaks.stance.value, "mark": mark}
            return [self._file.adding(ExhibitSet, fields)[1]]
        wanted = {WITHDRAWN: "yes"}
        if speaks is not None:
            wanted = {"allegation": speaks.allegation, "stance": speaks.stance.value}
        act = self._file.changing(ExhibitSet, instead, wanted)
        return [] if act is None else [act]

    def withdraw(self, bookmark: Bookmark) -> Future[Bookmark]:
        """Take it off the timeline. It stays in the log, and can be restored."""
        event, undo = BookmarkWithdrawn(self._case, bookmark.id), BookmarkRestored(self._case, bookmark.id)
        return following(self._acts.do(event, undo, event), lambda _recorded: bookmark)

    def restore(self, bookmark: Bookmark) -> Future[Bookmark]:
        event, undo = BookmarkRestored(self._case, bookmark.id), BookmarkWithdrawn(self._case, bookmark.id)
        return following(self._acts.do(event, undo, event), lambda _recorded: bookmark)

    def draw(self, bookmark: Bookmark, shape: Shape) -> Future[str]:
        """One more shape on its frame. The Future has the shape's id. Raises ReviewerError for what cannot be drawn,
        and where there are too many shapes to tell apart."""
        shape = drawable(shape)
        if len(self.drawing(bookmark.id)) >= MOST_SHAPES:
            raise ReviewerError(f"There are {MOST_SHAPES} shapes on this frame.", "Take one back first.")
        id_ = uuid.uuid4().hex[:12]
        return self._drawn(bookmark.id, id_, shape.value)

    def erase(self, bookmark: Bookmark, shape: str) -> Future[str]:
        """Take a shape back. It stays in the log. The Future has its id."""
        return self._drawn(bookmark.id, shape, "")

    def _drawn(self, mark: str, shape: str, value: str) -> Future[str]:
        act = self._file.changing(DrawingSet, mark, {shape: value})
        if act is None:
            done: Future[str] = Future()
            done.set_result(shape)
            return done
        return following(self._acts.do(*act), lambda _recorded: shape)

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


def _on_wall(bookmark: Bookmark, clocks: WallTime) -> Bookmark:
    if not bookmark.marks:
        return bookmark
    at = clocks.range_to_wall(bookmark.marks[0].recording, bookmark.at)
    return bookmark if at == bookmark.at else replace(bookmark, at=at)


def _change(before: Bookmark, after: Bookmark) -> BookmarkChanged:
    return BookmarkChanged(before.case, before.id, after.kind, after.text, before.kind, before.text)


def _checked(text: str) -> str:
    text = text.strip().replace("\0", "")
    if len(text) > LONGEST_TEXT:
        raise ReviewerError(f"The text has {len(text)} characters.", f"Shorten it to {LONGEST_TEXT}.")
    return text
