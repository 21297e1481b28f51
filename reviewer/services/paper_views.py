"""Who looked at which page of a document, and for how long: durable before it is shown, said exactly when it ends.

As with footage (`viewing`): no entry, no page. After a crash the log says more than was seen, never less.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from reviewer.domain.case import CaseDocument
from reviewer.domain.document_acts import DocumentViewed, DocumentViewEnded, PageShown
from reviewer.domain.errors import ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.timebase import Micros, Utc
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.journal import Recorded

Record = Callable[[Event], Future[Recorded]]
_LONGEST = 400  # pages of one view: its end is one entry
_SHORTEST = 100_000  # µs: what was on the screen for less was passed over
_AT_ONCE = 1_000


class PaperViews:
    """One document as one person looks at it. Of one thread; `clock` gives seconds that only grow."""

    def __init__(
        self,
        record: Record,
        case: str,
        document: CaseDocument,
        *,
        permit: Callable[[], ReviewerError | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`permit`: why nothing may be shown now (no witness for too long), None if it may."""
        self._record, self._case, self._document = record, case, document
        self._permit, self._clock = permit, clock
        self._span = ""
        self._announced: dict[int, Future[Recorded]] = {}
        self._shown: dict[int, float] = {}
        self._page: int | None = None
        self._since = 0.0

    def announce(self, page: int) -> Future[Recorded]:
        """This page is about to be shown: show it when the Future is done. Raises what `permit` says; the Future has
        LogUnwritable."""
        refused = self._permit()
        if refused is not None:
            raise refused
        if len(self._announced) >= _LONGEST:
            self.end()
        known = self._announced.get(page)
        if known is not None and not (known.done() and known.exception() is not None):
            return known
        self._span = self._span or uuid.uuid4().hex
        document = self._document
        event = DocumentViewed(self._case, document.id, document.name, document.sha256, self._span, page, page)
        future = self._announced[page] = self._record(event)
        return future

    def shows(self, page: int) -> None:
        """It stands on the screen from now on. Raises RuntimeError for a page that is not in the log."""
        known = self._announced.get(page)
        if known is None or not known.done() or known.exception() is not None:
            raise RuntimeError(f"page {page} is shown before its entry")
        if self._page == page:
            return
        self.rests()
        self._page, self._since = page, self._clock()

    def rests(self) -> None:
        """Nothing of it can be seen any more, for now."""
        if self._page is not None:
            self._shown[self._page] = self._shown.get(self._page, 0.0) + self._clock() - self._since
        self._page = None

    def end(self) -> Future[Recorded] | None:
        """Say what was shown since it was opened; None if nothing was announced. What comes next is another view."""
        self.rests()
        if not self._announced:
            return None
        document, span = self._document, self._span
        pages = tuple(
            PageShown(page, Micros(int(seconds * 1_000_000)))
            for page, seconds in self._shown.items()
            if seconds * 1_000_000 >= _SHORTEST
        )
        self._announced, self._shown, self._span = {}, {}, ""
        return self._record(DocumentViewEnded(self._case, document.id, document.name, document.sha256, span, pages))


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who read some pages of a document; `seconds` (µs) on all of them together, `last` by their clock."""

    user: str
    pages: frozenset[int]
    seconds: Micros
    last: Utc


def readers(queries: Queries, case: str) -> dict[str, tuple[Reader, ...]]:
    """Who read what of each document of a case (by its id), as far as their entries were seen: what was really shown,
    by the entries that end a view."""
    found: dict[tuple[str, str], Reader] = {}
    for event, user, at in _ended(queries, case):
        before = found.get((event.document, user), Reader(user, frozenset(), Micros(0), at))
        pages = before.pages | {each.page for each in event.pages}
        seconds = Micros(before.seconds + sum(each.seconds for each in event.pages))
        found[event.document, user] = Reader(user, pages, seconds, max(before.last, at))
    by_document: dict[str, tuple[Reader, ...]] = {}
    for (document, _user), reader in found.items():
        if reader.pages:
            by_document[document] = (*by_document.get(document, ()), reader)
    return by_document


def _ended(queries: Queries, case: str) -> list[tuple[DocumentViewEnded, str, Utc]]:
    wanted = EntryFilter(case=case, kinds=(DocumentViewEnded.KIND,))
    found: list[tuple[DocumentViewEnded, str, Utc]] = []
    page = queries.entries(wanted, limit=_AT_ONCE)
    while page:
        found += [(e.event, e.meta.actor, e.meta.at) for e in page if isinstance(e.event, DocumentViewEnded)]
        page = queries.entries(wanted, after=page[-1].place, limit=_AT_ONCE) if len(page) == _AT_ONCE else ()
    return found
