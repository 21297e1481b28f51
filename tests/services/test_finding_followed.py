"""Findings over a real store: three workstations, real logs, sealed bodies, and only what came through the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.domain.case_acts import AllegationSet
from reviewer.domain.second_review import Agreement
from reviewer.records.queries import EntryFilter
from reviewer.services.case_state import rights_of
from reviewer.services.decision import Decisions
from reviewer.services.finding import Findings
from reviewer.services.finding_hand import FindingHand
from reviewer.services.finding_reading import hidden_from
from reviewer.services.second_review import SecondReviews
from tests.services.case_team import ARO, SALO, VIRTA, Investigator, team, team_agency
from tests.services.finding_room import gate_of


class Seat:
    """One of the three with what they do about findings."""

    def __init__(self, desk: Investigator) -> None:
        self.desk = desk
        rights = rights_of(desk.trust, desk.case)
        make = (desk.journal.record, desk.reading, desk.file, desk.keys, lambda: rights, desk.trust.roster, gate_of)
        self.hand = FindingHand(*make, now=lambda: desk.agency.now)
        self.findings, self.decisions, self.second = Findings(self.hand), Decisions(self.hand), SecondReviews(self.hand)


@pytest.fixture
def seats(tmp_path: Path) -> Iterator[dict[str, Seat]]:
    desks = team(team_agency(tmp_path))
    yield {who: Seat(desk) for who, desk in desks.items()}
    for desk in desks.values():
        desk.leaves()


def sync(seats: dict[str, Seat]) -> None:
    """Twice round, so that everybody has everything."""
    for _ in range(2):
        for seat in seats.values():
            seat.desk.syncs()


def test_from_two_blind_impressions_to_a_decision_that_all_three_read_alike(seats: dict[str, Seat]) -> None:
    salo, virta, aro = (seats[who] for who in (SALO, VIRTA, ARO))
    allegation = salo.desk.file.add(AllegationSet, {"title": "Force"}).result()
    sync(seats)
    review = aro.second.ask([allegation], [SALO, VIRTA]).result()
    sync(seats)
    salo.second.seal(review, allegation, "sustained", "Arm.").result()
    virta.second.seal(review, allegation, "unfounded", "No arm.").result()
    for seat in (salo, virta):
        assert seat.second.open_due() == ()  # the other's has not come yet
    sync(seats)
    for seat in (salo, virta):
        assert [done.result() for done in seat.second.open_due()]
    sync(seats)
    for seat in seats.values():
        (found,) = seat.second.reviews()
        assert found.agreement(allegation) == Agreement(0, 2, blind=True)

    salo.findings.write(
        allegation, standard="clear", disposition="sustained", reasons="Arm.", nothing_found=True
    ).result()
    finding = salo.findings.sign(allegation).result()
    sync(seats)
    virta.findings.dissent(finding, "unfounded", "I saw none.").result()
    point = aro.decisions.send_back(finding, "Say when.").result()
    sync(seats)
    salo.findings.answer(point, "At 22:42.").result()
    salo.findings.write(allegation, reasons="Arm, at 22:42.").result()
    second = salo.findings.sign(allegation).result()
    sync(seats)
    decision = aro.decisions.decide(allegation, "sustained", "clear").result()
    sync(seats)
    read = {who: seat.findings.read() for who, seat in seats.items()}
    assert read[SALO] == read[VIRTA] == read[ARO]
    course = read[VIRTA].of(allegation)
    assert course.decision is not None
    assert (course.decision.id, course.decision.decision.finding) == (decision, second)
    assert [len(each) for each in (course.findings, course.returns, course.dissents, course.decisions)] == [2, 1, 1, 1]
    assert read[SALO].doubts == ()


def test_the_log_seals_what_its_reader_is_still_to_judge_blind(seats: dict[str, Seat]) -> None:
    salo, virta, aro = (seats[who] for who in (SALO, VIRTA, ARO))
    allegation = salo.desk.file.add(AllegationSet, {"title": "Force"}).result()
    sync(seats)
    salo.findings.write(
        allegation, standard="clear", disposition="sustained", reasons="Arm.", nothing_found=True
    ).result()
    salo.findings.sign(allegation).result()
    sync(seats)
    review = aro.second.ask([allegation], [SALO, VIRTA]).result()
    sync(seats)

    def told(seat: Seat, who: str) -> list[bool]:
        """Whether each entry about the finding can be read, of those that this person's log screen lists."""
        wanted = EntryFilter(case=seat.desk.case, kinds=("finding_signed", "finding_set"))
        entries = seat.desk.reading.entries(wanted)
        return [e.event is not None for e in hidden_from(seat.desk.reading, entries, seat.desk.trust, who)]

    assert told(virta, VIRTA) == [False, False]
    assert all(told(aro, ARO))
    assert all(told(salo, SALO))
    virta.second.seal(review, allegation, "unfounded", "No arm.").result()
    assert told(virta, VIRTA) == [True, True]


def test_what_is_done_again_leaves_what_colleagues_wrote_meanwhile(seats: dict[str, Seat]) -> None:
    salo, virta = seats[SALO].desk, seats[VIRTA].desk
    id_ = salo.file.add(AllegationSet, {"title": "Force"}).result()
    undone = salo.file.undo()
    assert undone is not None
    undone.result()
    sync(seats)
    virta.file.change(AllegationSet, id_, {"title": "Words"}).result()
    sync(seats)
    again = salo.file.redo()
    assert again is not None
    again.result()
    sync(seats)
    for desk in (salo, virta):
        assert [each.title for each in desk.file.allegations()] == ["Words"]
