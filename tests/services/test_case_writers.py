"""Whose entries make a case: a reader's do not; once they were given the right to write they do, everywhere alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reviewer.domain.case_acts import Change, ComplaintSet, MaskSet, ReelSet, RequestSet
from reviewer.domain.roster import Role
from reviewer.services import custody
from tests.services.agency import CASE, NOW, Agency, keys
from tests.services.case_team import ARO, SALO, STATIONS, TEAM, VIRTA, Investigator, team_agency

HILL = "hill"


def _assign(agency: Agency, role: Role) -> None:
    order = agency.order("rec-1", members={**TEAM, HILL: role})
    custody.assign(agency.trust(), order, keys(ARO), keys("custody"), now=lambda: NOW)


def test_a_reader_who_becomes_a_writer_is_read_again_and_everybody_has_the_same(tmp_path: Path) -> None:
    agency = team_agency(tmp_path)
    _assign(agency, Role.CUSTODIAN)
    salo, hill = (Investigator(agency, who, ws).sits_down() for who, ws in ((SALO, STATIONS[SALO]), (HILL, "ws-3")))
    hill.does(ComplaintSet(CASE, "", (Change("number", "K-7"),)))
    (problem,) = salo.follows().problems
    assert "may only read" in problem.message
    assert salo.file.complaint().number == ""

    roster = agency.trust().roster()
    users = tuple(replace(u, roles=(*u.roles, Role.SUPERVISOR)) if u.id == HILL else u for u in roster.users)
    agency.put_roster(replace(roster, version=roster.version + 1, users=users))
    _assign(agency, Role.SUPERVISOR)
    assert salo.follows().problems == ()
    virta = Investigator(agency, VIRTA, STATIONS[VIRTA]).sits_down()
    assert virta.follows().problems == ()
    assert salo.file.complaint().number == virta.file.complaint().number == "K-7"
    for each in (salo, hill, virta):
        each.leaves()


def test_a_custodian_writes_requests_and_masks_and_no_reels(tmp_path: Path) -> None:
    agency = team_agency(tmp_path)
    _assign(agency, Role.CUSTODIAN)
    salo, hill = (Investigator(agency, who, ws).sits_down() for who, ws in ((SALO, STATIONS[SALO]), (HILL, "ws-3")))
    hill.does(RequestSet(CASE, "r1", (Change("number", "FOI-1"),)))
    hill.does(MaskSet(CASE, "m1", (Change("of", "r1"),)))
    hill.does(ReelSet(CASE, "reel", (Change("title", "Not theirs to make"),)))
    (problem,) = salo.follows().problems
    assert "may only read" in problem.message
    assert [each.get("number") for each in salo.file.things(RequestSet)] == ["FOI-1"]
    assert [each.get("of") for each in salo.file.things(MaskSet)] == ["r1"]
    assert salo.file.things(ReelSet) == ()
    for each in (salo, hill):
        each.leaves()
