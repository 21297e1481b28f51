"""Who may move a case, and what counts of what everybody wrote: with the store's own assignments and roster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from reviewer.domain.agency import DEFAULT
from reviewer.domain.case import CaseState
from reviewer.domain.case_acts import AllegationSet, CaseMoved, Change, ComplaintSet
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.roster import Role
from reviewer.records import facts
from reviewer.records.queries import Queries
from reviewer.services import custody
from reviewer.services.case import CaseFile
from reviewer.services.case_state import CaseMoves, Rights, rights_of, state
from reviewer.services.journal import Recorded
from reviewer.services.statutory import due_on
from tests.services.agency import CASE, Agency, keys
from tests.services.case_team import Investigator
from tests.services.test_case import Logs, logs

__all__ = ["logs"]
S = CaseState


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = Agency(tmp_path / "agency")
    made.recording("rec-1", b"one")
    made.assign("rec-1", members={"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR, "hill": Role.CUSTODIAN})
    return made


@pytest.fixture
def rights(agency: Agency) -> Rights:
    return rights_of(agency.trust(), CASE)


@pytest.fixture
def queries(logs: Logs) -> Iterator[Queries]:
    queries = Queries(logs.path)
    yield queries
    queries.close()


def hand(logs: Logs, queries: Queries, rights: Rights, user: str) -> CaseMoves:
    def record(event: Event) -> Future[Recorded]:
        return logs.record(event, user)

    return CaseMoves(record, queries, CASE, user, lambda: rights)


def test_an_investigator_sends_to_review_and_a_supervisor_decides(logs: Logs, queries: Queries, rights: Rights) -> None:
    salo, aro = hand(logs, queries, rights, "salo"), hand(logs, queries, rights, "aro")
    assert [m.end for m in salo.ways()] == [S.INVESTIGATION]
    assert [m.end for m in aro.ways()] == [S.INFORMAL, S.INVESTIGATION, S.CLOSED]
    assert salo.move(S.INVESTIGATION).result() is S.INVESTIGATION
    salo.move(S.REVIEW).result()
    with pytest.raises(AccessRefused) as refused:
        salo.move(S.DECIDED)
    assert str(refused.value) == "Only a supervisor moves a case from review to decided. Ask S. Aro."
    aro.move(S.DECIDED).result()
    assert salo.standing().state is S.DECIDED
    assert [step.user for step in salo.standing().taken] == ["salo", "salo", "aro"]


def test_a_way_that_there_is_not_and_a_reason_that_is_missing_are_refused_in_a_sentence(
    logs: Logs, queries: Queries, rights: Rights
) -> None:
    aro = hand(logs, queries, rights, "aro")
    with pytest.raises(ReviewerError, match="in screening; no way leads to decided") as wrong:
        aro.move(S.DECIDED)
    assert wrong.value.next_step == "From here it goes to informal resolution, investigation or closed."
    with pytest.raises(ReviewerError, match="needs a reason"):
        aro.move(S.CLOSED, "  ")
    with pytest.raises(ReviewerError, match="10,000 characters"):
        aro.move(S.CLOSED, "x" * 10_000)
    assert aro.standing().steps == ()


@pytest.mark.parametrize("user", ["hill", "falk", "nobody"])
def test_whoever_is_not_on_it_to_write_moves_nothing_whatever_their_program_records(
    logs: Logs, queries: Queries, rights: Rights, user: str
) -> None:
    assert hand(logs, queries, rights, user).ways() == ()
    with pytest.raises(AccessRefused, match="Only an investigator or a supervisor"):
        hand(logs, queries, rights, user).move(S.INVESTIGATION)
    logs.record(CaseMoved(CASE, f"{user}:1", "closed", "screening", "mine", "", 1), user).result()
    found = state(queries, CASE, rights)
    assert (found.state, [step.counts for step in found.steps]) == (S.SCREENING, [False])


def test_what_somebody_moved_before_they_were_taken_off_still_counts(
    agency: Agency, logs: Logs, queries: Queries, rights: Rights
) -> None:
    hand(logs, queries, rights, "salo").move(S.INVESTIGATION).result()
    trust = agency.trust()
    custody.take_off(trust, CASE, "salo", keys("aro"), "On leave.", keys("custody"), now=lambda: agency.now)
    after = rights_of(trust, CASE)
    assert state(queries, CASE, after).state is S.INVESTIGATION
    with pytest.raises(AccessRefused):
        hand(logs, queries, after, "salo").move(S.REVIEW)


def test_nobody_puts_a_move_of_theirs_in_the_place_of_a_colleagues(
    logs: Logs, queries: Queries, rights: Rights
) -> None:
    hand(logs, queries, rights, "salo").move(S.INVESTIGATION).result()
    (step,) = state(queries, CASE, rights).steps
    logs.record(CaseMoved(CASE, step.move.id, "closed", "screening", "mine", "", 1), "aro").result()
    found = state(queries, CASE, rights)
    assert (found.state, len(found.steps)) == (S.INVESTIGATION, 2)


def test_members_who_only_read_are_told_who_may_write(logs: Logs, queries: Queries, rights: Rights) -> None:
    file = CaseFile(logs.record, queries, CASE, lambda: rights.refusal("hill"))
    with pytest.raises(AccessRefused) as refused:
        file.change(ComplaintSet, "", {"number": "C-1"})
    assert str(refused.value) == "You are custodian on this case and read it only. Ask K. Salo or S. Aro to write it."
    with pytest.raises(AccessRefused):
        file.add(AllegationSet, {"title": "Mine"})
    with pytest.raises(AccessRefused):
        file.undo()
    assert (
        CaseFile(logs.record, queries, CASE, lambda: rights.refusal("salo"))
        .change(ComplaintSet, "", {"number": "C-1"})
        .result()
        == ""
    )


def test_what_a_reader_of_the_case_wrote_all_the_same_is_listed_and_not_folded(agency: Agency) -> None:
    hill, salo = Investigator(agency, "hill", home="two").sits_down(), Investigator(agency, "salo").sits_down()
    hill.does(
        AllegationSet(CASE, "theirs", (Change("title", "Mine"),)), CaseMoved(CASE, "hill:1", "closed", "screening")
    )
    found = salo.follows()
    assert [f"writes into {CASE}, which hill may only read" in p.message for p in found.problems] == [True] * 2
    assert salo.file.allegations() == ()
    assert salo.reading.facts(CASE, facts.STATE, CaseMoved) == ()
    hill.leaves()
    salo.leaves()


def test_what_is_due_follows_from_what_is_written_and_where_the_case_stands(
    logs: Logs, queries: Queries, rights: Rights
) -> None:
    file = CaseFile(logs.record, queries, CASE)
    assert due_on(queries, CASE, rights) == ()
    file.change(ComplaintSet, "", {"received": "2026-06-14T08:00:00Z"}).result()
    assert [each.clock.id for each in due_on(queries, CASE, rights) if each.runs] == ["update", "year"]
    aro = hand(logs, queries, rights, "aro")
    aro.move(S.CLOSED, "Not for us.").result()
    assert [each.runs for each in due_on(queries, CASE, rights)] == [False, False]
    assert DEFAULT.clocks[0].stops == (S.DECIDED, S.CLOSED)
