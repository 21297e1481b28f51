"""From a key to a mark: hands drafts to the annotation service and shows what came back from the log."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from itertools import islice

from PySide6.QtCore import QObject, Signal

from reviewer.domain.agency import DEFAULT, Tables
from reviewer.domain.annotation import MOMENT, Bookmark, Mark
from reviewer.domain.case_acts import AllegationSet, DrawingSet, ExhibitSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn
from reviewer.domain.timebase import TimeRange
from reviewer.services.annotation import Annotations, Respoken
from reviewer.services.journal import Recorded
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.annotation_editor import Draft
from reviewer.ui.review.annotation_panel import AnnotationPanel
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.marked import Marked

_AT_ONCE = 500  # marks that are read in one turn of the event loop
_MARKS = (BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn)


def marks_on(camera: ReviewCamera, at: TimeRange) -> tuple[Mark, ...]:
    """A moment or range of UTC on one camera's own footage: a mark for each part it touches, none in a gap."""
    found = []
    for index, part in enumerate(camera.manifest.parts):
        start, end = max(at.start, part.range.start), min(at.end, part.range.end)
        if start > end or at.start >= part.range.end:
            continue
        model = camera.manifest.model(part)
        found.append(Mark(camera.key, index, model.to_stream(start), model.to_stream(end)))
    return tuple(found)


class Marking(QObject):
    """`changed` carries the recorded bookmarks when any may be new; `put` the id of one that is new, another or gone,
    and the Bookmark or None; `marked` what is known of them beside themselves (`Marked`), and the ids of the marks of
    which that is another, or None for any. `added` a new one, `failed` a ReviewerError that no editor shows."""

    changed = Signal(object)
    put = Signal(str, object)
    marked_changed = Signal(object, object)
    added = Signal(object)
    failed = Signal(object)

    def __init__(
        self, annotations: Annotations, bridge: Bridge, panel: AnnotationPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._annotations, self._bridge, self._panel = annotations, bridge, panel
        self._bookmarks: dict[str, Bookmark] = {}
        self._meanwhile: set[str] = set()  # what was recorded since the last reading of all began
        self._tables = DEFAULT
        self.is_read = False
        self.marked = Marked()
        panel.withdraw_asked.connect(self.withdraw)
        panel.undo_asked.connect(self.undo)
        panel.past_of = annotations.past
        for kind in _MARKS:
            bridge.on(kind, self._recorded, self)
        bridge.on(ExhibitSet, self._exhibit_recorded, self)
        bridge.on(DrawingSet, self._drawing_recorded, self)
        bridge.on(AllegationSet, lambda _recorded: self.read_case(), self)

    @property
    def annotations(self) -> Annotations:
        return self._annotations

    @property
    def bookmarks(self) -> tuple[Bookmark, ...]:
        """In order of time."""
        return tuple(sorted(self._bookmarks.values(), key=lambda b: (b.at, b.id)))

    def bookmark(self, id_: str) -> Bookmark | None:
        return self._bookmarks.get(id_)

    def set_tables(self, tables: Tables) -> None:
        """The agency's own words for marks."""
        self._tables = tables
        self.read_case()

    def refresh(self) -> None:
        """Show what the log holds now, of this person and of colleagues."""
        for _ in self.refreshing():
            pass

    def refreshing(self) -> Generator[None]:
        """The same in steps, between which the window may answer. What is recorded meanwhile counts."""
        self._meanwhile.clear()
        reading, found = self._annotations.each_bookmark(), dict[str, Bookmark]()
        while some := tuple(islice(reading, _AT_ONCE)):
            found |= {each.id: each for each in some}
            self._panel.list.learn(some)
            yield
        for id_ in self._meanwhile:
            found.pop(id_, None)
            if (bookmark := self._annotations.bookmark(id_)) is not None:
                found[id_] = bookmark
        self._bookmarks, self.is_read = found, True
        self.read_case()
        yield
        self._panel.set_bookmarks(self._bookmarks.values())
        self._say_undo()
        yield
        self.changed.emit(self.bookmarks)

    def read_case(self) -> None:
        """What is alleged, what marks say of it, what is drawn: read anew."""
        notes = self._annotations
        self._show(Marked.of(self._tables, notes.allegations(), notes.exhibits(), notes.drawings()))

    def _show(self, marked: Marked, marks: Iterable[str] | None = None) -> None:
        self.marked = marked
        self._panel.set_marked(marked, marks)
        self.marked_changed.emit(marked, marks)

    # One entry more: only what it is about is read again

    def _recorded(self, recorded: Recorded) -> None:
        id_ = str(getattr(recorded.event, "id", ""))
        self._take(id_, self._annotations.bookmark(id_))

    def _take(self, id_: str, bookmark: Bookmark | None) -> None:
        self._meanwhile.add(id_)
        before = self._bookmarks.get(id_)
        if before == bookmark and (before is None or bookmark is None or before.changed == bookmark.changed):
            return
        self._bookmarks.pop(id_, None)
        if bookmark is not None:
            self._bookmarks[id_] = bookmark
        self._panel.put_bookmark(id_, bookmark)
        self._say_undo()
        self.put.emit(id_, bookmark)

    def _exhibit_recorded(self, recorded: Recorded) -> None:
        id_ = str(getattr(recorded.event, "id", ""))
        marked, marks = self.marked.with_exhibit(id_, self._annotations.exhibit(id_))
        self._show(marked, marks)

    def _drawing_recorded(self, recorded: Recorded) -> None:
        mark = str(getattr(recorded.event, "id", ""))
        self._show(self.marked.with_shapes(mark, self._annotations.drawing(mark)), (mark,))
        self._say_undo()

    def _say_undo(self) -> None:
        self._panel.acts.set_undo("Records the inverse of the last change" if self._annotations.can_undo else "")

    # What a person does

    def quick(self, at: TimeRange, camera: ReviewCamera | None, kind: str = MOMENT) -> None:
        """A mark without words, on the focused camera, on all if that one does not roll then."""
        marks = marks_on(camera, at) if camera is not None else ()
        self._watch(lambda: self._annotations.add(at, marks, kind, ""), self.failed.emit, self.added.emit)

    def make(self, at: TimeRange, marks: tuple[Mark, ...], then: Callable[[Bookmark], None]) -> None:
        """A mark for something that is drawn there; `then` has it once it is in the log."""
        self._watch(lambda: self._annotations.add(at, marks, MOMENT, ""), self.failed.emit, then)

    def sign(self, draft: Draft, at: TimeRange, cameras: Iterable[ReviewCamera]) -> None:
        """What the editor holds. It is cleared once that is in the log, and keeps its words if it could not be."""
        editor, before = self._panel.editor, draft.changes
        if before is not None:
            respoken = Respoken(draft.speaks, draft.instead) if draft.speaks or draft.instead else None
            self._watch(
                lambda: self._annotations.change(before, kind=draft.kind, text=draft.text, respoken=respoken),
                editor.say,
                lambda _bookmark: editor.taken(),
            )
            return
        marks: list[Mark] = []
        for camera in [each for each in cameras if each.key in draft.cameras]:
            found = marks_on(camera, at)
            if not found:
                first = ReviewerError(f"Camera {camera.number} has no footage at this time.", "Leave it out, or move.")
                editor.say(first)
                return
            marks += found
        self._watch(
            lambda: self._annotations.add(at, marks, draft.kind, draft.text, draft.speaks), editor.say, self._signed
        )

    def _signed(self, bookmark: Bookmark) -> None:
        self._panel.editor.taken()
        self.added.emit(bookmark)

    def withdraw(self, id_: str) -> None:
        bookmark = self.bookmark(id_)
        if bookmark is not None:
            self._watch(lambda: self._annotations.withdraw(bookmark), self.failed.emit)

    def undo(self) -> None:
        self._replay(self._annotations.undo())

    def redo(self) -> None:
        self._replay(self._annotations.redo())

    def _replay(self, future: Future[Recorded] | None) -> None:
        if future is not None:
            self._bridge.watch(future, lambda _done: self._say_undo(), self.failed.emit, self)

    def _watch(
        self,
        ask: Callable[[], Future[Bookmark]],
        failed: Callable[[ReviewerError], None],
        then: Callable[[Bookmark], None] = lambda _bookmark: None,
    ) -> None:
        def written(bookmark: Bookmark) -> None:
            self._take(bookmark.id, self._annotations.bookmark(bookmark.id))
            then(bookmark)

        try:
            future = ask()
        except ReviewerError as error:
            failed(error)
            return
        self._bridge.watch(future, written, failed, self)
