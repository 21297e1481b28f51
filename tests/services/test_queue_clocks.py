"""The queue's cases with their complaints in short: off the records, in the order of their clocks, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.domain.case import CaseState
from reviewer.domain.case_acts import AllegationSet, CaseMoved, Change, ComplaintSet
from reviewer.domain.roster import Role
from reviewer.domain.statutory import NO_BRIEF
from reviewer.domain.timebase import Utc, parse_rfc3339
from reviewer.records.queries import Queries
from reviewer.services import custody
from reviewer.services.catalogue_index import CatalogueIndex
from reviewer.services.queue import Queue, read_queue
from reviewer.services.queue_clocks import with_clocks
from reviewer.services.queue_kept import KeptQueue
from tests.services.agency import Agency, keys
from tests.services.test_case import Logs, logs

__all__ = ["logs"]
CASES = ("CR-1", "CR-2", "CR-3")


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = Agency(tmp_path / "agency")
    made.recording("r1", b"one")
    for case in CASES:
        made.assign("r1", case=case)
    return made


@pytest.fixture
def queries(logs: Logs) -> Iterator[Queries]:
    queries = Queries(logs.path)
    yield queries
    queries.close()


def read(agency: Agency, queries: Queries) -> Queue:
    trust = agency.trust()
    return with_clocks(read_queue(trust, agency.workspace, "salo", now=lambda: agency.now), queries, trust)


def complain(logs: Logs, case: str, received: str) -> None:
    logs.record(ComplaintSet(case, "", (Change("received", received),))).result()


def test_the_next_clock_comes_first_and_a_case_without_a_complaint_last(
    agency: Agency, logs: Logs, queries: Queries
) -> None:
    complain(logs, "CR-3", "2026-05-01T08:00:00Z")
    complain(logs, "CR-2", "2026-06-01T08:00:00Z")
    logs.record(AllegationSet("CR-3", "a", (Change("number", "1"), Change("title", "Force")))).result()
    found = read(agency, queries)
    assert [case.case_id for case in found.cases] == ["CR-3", "CR-2", "CR-1"]
    first, _, last = (case.brief for case in found.cases)
    assert first.next == ("Update to the complainant", parse_rfc3339("2026-06-15T08:00:00Z"))
    assert (first.state, first.allegations) == ("screening", ("A1 Force",))
    assert last == NO_BRIEF


def test_a_case_that_was_closed_by_whom_might_has_no_clock_and_one_by_whom_might_not_has(
    agency: Agency, logs: Logs, queries: Queries
) -> None:
    for case, who in (("CR-1", "aro"), ("CR-2", "salo")):
        complain(logs, case, "2026-06-01T08:00:00Z")
        logs.record(CaseMoved(case, f"{who}:1", "closed", "screening", "No case.", "", 1), who).result()
    briefs = {case.case_id: case.brief for case in read(agency, queries).cases}
    assert (briefs["CR-1"].state, briefs["CR-1"].clocks) == (CaseState.CLOSED.value, ())
    assert (briefs["CR-2"].state, len(briefs["CR-2"].clocks)) == (CaseState.SCREENING.value, 2)


def test_a_move_counts_after_its_author_was_taken_off(agency: Agency, logs: Logs, queries: Queries) -> None:
    complain(logs, "CR-1", "2026-06-01T08:00:00Z")
    logs.record(CaseMoved("CR-1", "virta:1", "investigation", "screening", "", "", 1), "salo").result()
    logs.record(CaseMoved("CR-1", "salo:1", "investigation", "screening", "", "", 1), "salo").result()
    trust = agency.trust()
    members = {"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR, "hill": Role.CUSTODIAN}
    custody.assign(
        trust, agency.order("r1", members=members, case="CR-1"), keys("aro"), keys("custody"), now=lambda: agency.now
    )
    custody.take_off(trust, "CR-1", "salo", keys("aro"), "On leave.", keys("custody"), now=lambda: agency.now)
    queue = with_clocks(read_queue(trust, agency.workspace, "aro", now=lambda: agency.now), queries, trust)
    assert next(c.brief.state for c in queue.cases if c.case_id == "CR-1") == "investigation"


def test_what_is_kept_for_another_day_has_its_clocks_too(agency: Agency, logs: Logs, queries: Queries) -> None:
    complain(logs, "CR-2", "2026-06-01T08:00:00Z")
    logs.record(ComplaintSet("CR-3", "", (Change("paused", "before the courts"),))).result()
    queue = read(agency, queries)
    index = CatalogueIndex(agency.workspace.user("salo").folder / "catalogue.sqlite", keys("salo"))
    KeptQueue(index, agency.trust(), "salo", now=lambda: agency.now).write(queue)
    agency.now = Utc(agency.now + 3_600_000_000)
    kept = KeptQueue(index, agency.trust(), "salo", now=lambda: agency.now).read()
    assert kept is not None
    assert kept.cases == queue.cases
    assert kept.cases[0].case_id == "CR-2"
