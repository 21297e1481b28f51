"""Which page was shown and for how long: no entry, no page; the end says what was really seen."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest

from reviewer.domain.case import CaseDocument
from reviewer.domain.document_acts import DocumentViewed, DocumentViewEnded
from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.timebase import Utc
from reviewer.services.journal import Recorded
from reviewer.services.paper_views import PaperViews, readers
from tests.services.agency import CASE, Agency
from tests.services.case_team import ARO, SALO, team, team_agency

DOCUMENT = CaseDocument("d1", "Report.pdf", "pdf", "0" * 64, "1" * 64, 10, "", 500)


@dataclass
class Log:
    """A journal whose entries become durable when the test says so."""

    asked: list[tuple[Event, Future[Recorded]]] = field(default_factory=list)

    def record(self, event: Event) -> Future[Recorded]:
        future: Future[Recorded] = Future()
        self.asked.append((event, future))
        return future

    def writes(self) -> None:
        for event, future in self.asked:
            if not future.done():
                future.set_result(Recorded(event, "o", 0, Utc(0)))

    @property
    def ended(self) -> DocumentViewEnded:
        event = self.asked[-1][0]
        assert isinstance(event, DocumentViewEnded)
        return event


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def views(log: Log, clock: Clock) -> PaperViews:
    return PaperViews(log.record, CASE, DOCUMENT, clock=clock)


def test_no_page_is_shown_before_its_entry_is_durable(views: PaperViews, log: Log) -> None:
    views.announce(2)
    with pytest.raises(RuntimeError, match="before its entry"):
        views.shows(2)
    log.writes()
    views.shows(2)
    with pytest.raises(RuntimeError, match="before its entry"):
        views.shows(3)


def test_a_page_whose_entry_failed_is_not_shown_and_is_asked_for_again(views: PaperViews, log: Log) -> None:
    views.announce(2)
    log.asked[0][1].set_exception(LogUnwritable("The log cannot be written.", "Check the disk."))
    with pytest.raises(RuntimeError):
        views.shows(2)
    assert not views.announce(2).done(), "another entry is on its way"


def test_the_end_says_how_long_each_page_stood(views: PaperViews, log: Log, clock: Clock) -> None:
    for page, seconds in ((1, 4.0), (2, 6.5), (1, 1.0), (3, 0.05)):
        views.announce(page)
        log.writes()
        views.shows(page)
        clock.now += seconds
    views.rests()
    clock.now += 100.0  # covered
    views.end()
    assert [(each.page, each.seconds) for each in log.ended.pages] == [(1, 5_000_000), (2, 6_500_000)]
    announced = [event for event, _ in log.asked if isinstance(event, DocumentViewed)]
    assert [event.first for event in announced] == [1, 2, 3], "once each in a view, also what was passed over"
    assert {event.span for event in announced} == {log.ended.span}


def test_what_was_never_opened_has_no_end(views: PaperViews, log: Log) -> None:
    assert views.end() is None
    assert not log.asked


def test_a_book_ends_its_views_before_an_entry_gets_too_long(views: PaperViews, log: Log, clock: Clock) -> None:
    for page in range(1, 901):
        views.announce(page)
        log.writes()
        views.shows(page)
        clock.now += 1.0
    views.end()
    ended = [event for event, _ in log.asked if isinstance(event, DocumentViewEnded)]
    assert [len(event.pages) for event in ended] == [400, 400, 100]
    assert len({event.span for event in ended}) == 3


def test_nothing_is_announced_while_nobody_may_look(log: Log) -> None:
    refusal = ReviewerError("No witness has seen the log for 72 h.", "Reach the store.")
    views = PaperViews(log.record, CASE, DOCUMENT, permit=lambda: refusal)
    with pytest.raises(ReviewerError, match="72 h"):
        views.announce(1)
    assert not log.asked


def test_colleagues_see_who_read_which_pages(tmp_path: object, clock: Clock) -> None:
    agency: Agency = team_agency(tmp_path)  # type: ignore[arg-type]
    desks = team(agency)
    views = PaperViews(desks[SALO].journal.record, CASE, DOCUMENT, clock=clock)
    for page in (1, 2, 5):
        views.announce(page).result()
        views.shows(page)
        clock.now += 2.0
    views.announce(9).result()  # and it was never shown
    ended = views.end()
    assert ended is not None
    ended.result()
    desks[SALO].sends()
    desks[ARO].syncs()
    (read,) = readers(desks[ARO].reading, CASE)[DOCUMENT.id]
    assert (read.user, read.pages, read.seconds) == (SALO, frozenset({1, 2, 5}), 6_000_000)
    for desk in desks.values():
        desk.leaves()
