"""The document that is open: fetched and compared, read in a process apart, each page logged before it is shown."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from reviewer.domain.case import CaseDocument
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.paper_place import PaperPlace
from reviewer.papers.kinds import FILE
from reviewer.papers.sheet import Hit, PagePicture, PageText, Sheets
from reviewer.services.paper_reader import PaperReader
from reviewer.services.paper_views import PaperViews
from reviewer.services.papers import Papers
from reviewer.ui.case.paper_sheet import image_of
from reviewer.ui.case.paper_viewer import PaperViewer

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

_AT_ONCE = 12  # pages that are searched between two looks at whether a page is wanted


@dataclass(eq=False)
class _Open:
    """One document in the viewer. `wish`: the page and width (device pixels, 0 for text) that is wanted now, `served`
    the one that is read, or was last."""

    document: CaseDocument
    views: PaperViews
    reader: PaperReader | None = None
    wish: tuple[int, int] = (0, 0)
    served: tuple[int, int] = (0, 0)
    words: str = ""
    busy: bool = False
    closed: bool = False


class PaperDesk(QObject):
    """On the GUI thread. `changed`: another document is open, or none."""

    changed = Signal()

    def __init__(self, room: CaseFileRoom, papers: Papers, viewer: PaperViewer) -> None:
        super().__init__(room)
        self._room, self._desk, self._papers, self._viewer = room, room.desk, papers, viewer
        self._now: _Open | None = None
        viewer.wanted.connect(self._wanted)
        viewer.sought.connect(self._sought)
        viewer.hidden.connect(self._hidden)
        viewer.again.connect(self._again)
        viewer.asked_again.connect(self._try_again)

    @property
    def id(self) -> str:
        """The id of the document that is open, "" while none is."""
        return self._now.document.id if self._now is not None else ""

    def open(self, document: CaseDocument, place: PaperPlace) -> None:
        """Open it at a place, or go there if it is open already."""
        if self._now is not None and self._now.document == document and self._now.reader is not None:
            self._go(place)
            return
        self.close_paper()
        views = PaperViews(
            self._desk.session.journal.record, self._room.case, document, permit=self._desk.witnesses.refusal
        )
        now = self._now = _Open(document, views)
        if document.kind == FILE:
            self._viewer.kept(document.name)
            self.changed.emit()
            return
        self._viewer.opening(document.name)
        self.changed.emit()
        bridge = self._desk.bridge
        show: Callable[[tuple[int, int]], None] = bridge.progress(partial(self._fetching, now), self)

        def work() -> tuple[PaperReader, Sheets]:
            opened = self._papers.open(
                self._room.case,
                document,
                progress=lambda done, all_: show((done, all_)),
                cancelled=lambda: now.closed,
            )
            reader = opened.reader()
            try:
                return reader, reader.sheets()
            except ReviewerError:
                reader.close()
                raise

        bridge.watch(
            self._desk.pool.submit(work), partial(self._opened, now, place), partial(self._failed, now, True), self
        )

    def _fetching(self, now: _Open, how_far: tuple[int, int]) -> None:
        done, all_ = how_far
        if now is self._now and now.reader is None:
            self._viewer.tell(f"{done / 1e6:.0f} of {all_ / 1e6:.0f} MB came from the store.")

    def _opened(self, now: _Open, place: PaperPlace, found: tuple[PaperReader, Sheets]) -> None:
        reader, sheets = found
        if now is not self._now:
            self._desk.end(reader.close)
            return
        now.reader = reader
        self.changed.emit()
        self._viewer.open_paper(sheets, place.page or 1)
        if place.line:
            self._go(place)

    def _failed(self, now: _Open, again: bool, error: ReviewerError) -> None:
        if now is self._now and not isinstance(error, Cancelled):
            self._viewer.refuse(error, again=again)
            self.changed.emit()

    def _try_again(self) -> None:
        now = self._now
        if now is None:
            return
        if now.reader is not None:
            self._viewer.go(self._viewer.page)
        else:
            self._now = None
            self.open(now.document, PaperPlace())

    def _go(self, place: PaperPlace) -> None:
        if place.line:
            self._find_line(place.line)
        elif place.page:
            self._viewer.go(place.page)

    def _find_line(self, number: int) -> None:
        """A text's pages are told by the lines on them: look from the first. No line is shown by looking."""
        now = self._now
        if now is None or now.reader is None:
            return
        reader, pages = now.reader, self._viewer.pages

        def page() -> int:
            low, high = 1, pages
            while low < high:  # the first page whose lines reach so far
                middle = (low + high) // 2
                if max((line.number for line in reader.text(middle).lines), default=0) >= number:
                    high = middle
                else:
                    low = middle + 1
            return low

        def found(at: int) -> None:
            if now is self._now:
                self._viewer.show_line(number)
                self._viewer.go(at)

        self._desk.bridge.watch(self._desk.pool.submit(page), found, partial(self._failed, now, True), self)

    # -- pages -------------------------------------------------------------------------------------------------------

    def _wanted(self, page: int, width: int) -> None:
        """Log the page and read it, at the same time; show it when both are done. While one is read, only the newest
        wish is kept."""
        now = self._now
        if now is None or now.reader is None or now.closed:
            return
        now.wish = (page, width)
        if not now.busy:
            self._serve(now)

    def _serve(self, now: _Open) -> None:
        page, width = now.served = now.wish
        if page != self._viewer.shown:
            now.views.rests()
        try:
            logged = now.views.announce(page)
        except ReviewerError as refused:
            now.views.rests()
            self._failed(now, True, refused)
            return
        now.busy = True
        reader = now.reader
        if reader is None:
            return

        def read() -> PagePicture | PageText:
            return reader.picture(page, width) if width else reader.text(page)

        given: Future[PagePicture | PageText] = self._desk.pool.submit(read)

        def durable(_recorded: object) -> None:
            self._desk.bridge.watch(given, partial(self._show, now), failed, self)

        def failed(error: ReviewerError) -> None:
            now.busy = False
            self._failed(now, True, error)

        self._desk.bridge.watch(logged, durable, failed, self)

    def _show(self, now: _Open, page: PagePicture | PageText) -> None:
        now.busy = False
        if now is not self._now or now.closed:
            return
        if self._viewer.isVisible() and page.page == now.wish[0]:
            try:
                now.views.shows(page.page)
            except RuntimeError:  # its view ended while it was read: it is announced anew
                self._serve(now)
                return
            if isinstance(page, PagePicture):
                self._viewer.show_picture(page.page, image_of(page))
            else:
                self._viewer.show_text(page)
        if now.served != now.wish:
            self._serve(now)

    # -- finding -----------------------------------------------------------------------------------------------------

    def _sought(self, words: str) -> None:
        now = self._now
        if now is not None and now.reader is not None:
            now.words = words
            self._search(now, words, 1)

    def _search(self, now: _Open, words: str, first: int) -> None:
        """Some pages, then the next ones; a page that is wanted comes in between."""
        pages, reader = self._viewer.pages, now.reader
        if now is not self._now or now.words != words or reader is None or first > pages:
            return
        last = min(first + _AT_ONCE - 1, pages)

        def found(hits: tuple[Hit, ...]) -> None:
            if now is self._now and now.words == words:
                self._viewer.add_hits(words, hits, last)
                self._search(now, words, last + 1)

        work: Callable[[], tuple[Hit, ...]] = partial(reader.find, words, first, last)
        self._desk.bridge.watch(self._desk.pool.submit(work), found, partial(self._failed, now, True), self)

    # -- seen, and not seen ------------------------------------------------------------------------------------------

    def _hidden(self) -> None:
        """Another page or screen is shown: what was seen is said now, and nothing of it stays."""
        now = self._now
        if now is not None and now.reader is not None:
            now.views.end()
            self._viewer.cover()

    def _again(self) -> None:
        now = self._now
        if now is not None and now.reader is not None and not now.closed:
            self._viewer.go(self._viewer.page)

    def close_paper(self) -> None:
        """Nothing is open any more; what was seen is in the log, and the process ends."""
        now, self._now = self._now, None
        if now is None:
            return
        now.closed = True
        now.views.end()
        if now.reader is not None:
            self._desk.end(now.reader.close)
        self._viewer.close_paper()
        self.changed.emit()
