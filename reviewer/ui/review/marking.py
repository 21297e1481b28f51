"""From a key to a mark: hands drafts to the annotation service and shows what came back from the log."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal

from reviewer.domain.annotation import MOMENT, Bookmark, Mark
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn
from reviewer.domain.timebase import TimeRange
from reviewer.services.annotation import Annotations
from reviewer.services.journal import Recorded
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.annotation_editor import Draft
from reviewer.ui.review.annotation_panel import AnnotationPanel
from reviewer.ui.review.cameras import ReviewCamera


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
    """`changed` carries the recorded bookmarks, `added` a new one, `failed` a ReviewerError that no editor shows."""

    changed = Signal(object)
    added = Signal(object)
    failed = Signal(object)

    def __init__(
        self, annotations: Annotations, bridge: Bridge, panel: AnnotationPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._annotations, self._bridge, self._panel = annotations, bridge, panel
        self._bookmarks: tuple[Bookmark, ...] = ()
        panel.withdraw_asked.connect(self.withdraw)
        panel.undo_asked.connect(self.undo)
        for kind in (BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn):
            bridge.on(kind, lambda _recorded: self.refresh(), self)

    @property
    def bookmarks(self) -> tuple[Bookmark, ...]:
        return self._bookmarks

    def bookmark(self, id_: str) -> Bookmark | None:
        return next((b for b in self._bookmarks if b.id == id_), None)

    def refresh(self) -> None:
        """Show what the log holds now, of this person and of colleagues."""
        self._bookmarks = self._annotations.bookmarks()
        self._panel.set_bookmarks(self._bookmarks)
        self._panel.set_undo("Records the inverse of the last change" if self._annotations.can_undo else "")
        self.changed.emit(self._bookmarks)

    def quick(self, at: TimeRange, camera: ReviewCamera | None) -> None:
        """B: a mark without words, on the focused camera, on all if that one does not roll then."""
        marks = marks_on(camera, at) if camera is not None else ()
        self._watch(lambda: self._annotations.add(at, marks, MOMENT, ""), self.failed.emit)

    def sign(self, draft: Draft, at: TimeRange, camera: ReviewCamera | None) -> None:
        """What the editor holds. It is cleared once that is in the log, and keeps its words if it could not be."""
        editor = self._panel.editor
        if draft.changes is not None:
            before = draft.changes
            self._watch(lambda: self._annotations.change(before, kind=draft.kind, text=draft.text), editor.say, True)
            return
        marks = marks_on(camera, at) if draft.one_camera and camera is not None else ()
        if draft.one_camera and camera is not None and not marks:
            editor.say(
                ReviewerError(f"Camera {camera.number} has no footage at this time.", "Choose “All cameras”, or move.")
            )
            return
        self._watch(lambda: self._annotations.add(at, marks, draft.kind, draft.text), editor.say, True)

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
            self._bridge.watch(future, lambda _done: self.refresh(), self.failed.emit, self)

    def _watch(
        self, ask: Callable[[], Future[Bookmark]], failed: Callable[[ReviewerError], None], clears: bool = False
    ) -> None:
        def written(bookmark: Bookmark) -> None:
            new = self.bookmark(bookmark.id) is None
            if clears:
                self._panel.editor.taken()
            self.refresh()
            if new:
                self.added.emit(bookmark)

        try:
            future = ask()
        except ReviewerError as error:
            failed(error)
            return
        self._bridge.watch(future, written, failed, self)
