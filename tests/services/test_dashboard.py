"""Where cases stand, out of the queue: by state, age and clock, and whose they are."""

from __future__ import annotations

from pathlib import Path

from reviewer.domain.case import CaseState
from reviewer.domain.roster import Role
from reviewer.domain.statutory import Brief
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.dashboard import NO_COMPLAINT, dashboard
from tests.services.agency import CASE, Agency
from tests.ui.samples import NOW, case, queue, recording

_DAY = 86_400 * SECOND


def _before(days: int) -> Utc:
    return Utc(NOW - days * _DAY)


def _after(days: int) -> Utc:
    return Utc(NOW + days * _DAY)


def _brief(state: CaseState, received: Utc, *clocks: Utc) -> Brief:
    return Brief(state.value, clocks=tuple(("Decision", at) for at in clocks), received=received)


def test_cases_are_counted_by_state_age_and_clock(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    agency.recording("r1", b"one")
    agency.assign("r1", members={"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR}, case="C-1")
    agency.assign("r1", members={"salo": Role.INVESTIGATOR}, case="C-2")
    agency.assign("r1", members={"aro": Role.SUPERVISOR}, case=CASE)
    cases = (
        case("C-1", brief=_brief(CaseState.INVESTIGATION, _before(29), _after(3), _after(300))),
        case("C-2", (recording(1, watched=1.0),), brief=_brief(CaseState.REVIEW, _before(400), _before(1))),
        case("C-3", brief=_brief(CaseState.CLOSED, _before(900))),
    )
    found = dashboard(queue(*cases), agency.trust(), NOW)
    assert found.by_state() == (("investigation", 1), ("review", 1), ("closed", 1))
    assert [number for _, number in found.by_age()] == [1, 0, 0, 0, 1]
    assert dict(found.by_due()) == {
        "run out": 1,
        "within 7 days": 1,
        "within 30 days": 0,
        "later": 0,
        "no clock runs": 0,
    }
    (load,) = found.loads()
    assert (load.user, load.cases, load.late) == ("salo", 2, 1)
    assert load.watched is not None and 0.5 < load.watched <= 1.0
    assert found.elsewhere == 1


def test_a_case_without_a_complaint_counts_from_its_assignment(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    found = dashboard(queue(case("C-9")), agency.trust(), _after(1_000))
    (only,) = found.cases
    assert only.state == NO_COMPLAINT
    assert only.age > 990
    assert (only.left, only.investigators) == (None, ())
    assert only.is_open
