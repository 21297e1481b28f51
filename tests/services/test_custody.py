"""Custody: who can open what, and that nobody else can."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.assignment import Member
from reviewer.domain.errors import AccessRefused, AlreadyInStore, NotInStore, NotTrusted, ReviewerError
from reviewer.domain.roster import CustodyKey, Role
from reviewer.domain.timebase import Utc
from reviewer.sealing import stream
from reviewer.sealing.keyring import new_keys
from reviewer.services import custody
from reviewer.services.custody import Grants
from tests.services.agency import BANNER, CASE, NAME, NOW, YEAR, Agency, keys, root_key, station_key

SALO_ARO = {"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR}


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


def _opens(agency: Agency, who: str, recording: str, case: str = CASE) -> bytes:
    trust = agency.trust()
    key = Grants(trust, keys(who), now=lambda: agency.now).data_key(case, recording)
    name = trust.manifest(recording).parts[0].object
    return stream.open_bytes(agency.store.get(f"objects/{name[:2]}/{name}"), key, recording.encode())


def test_a_member_opens_what_is_assigned_and_nothing_else(agency: Agency) -> None:
    agency.recording("r1", b"footage one")
    agency.recording("r2", b"footage two")
    agency.assign("r1")
    assert _opens(agency, "salo", "r1") == b"footage one"
    with pytest.raises(AccessRefused, match="r2 is not part of"):
        _opens(agency, "salo", "r2")
    with pytest.raises(AccessRefused, match="not assigned to you"):
        _opens(agency, "falk", "r1")


def test_the_case_key_stays_while_nobody_leaves_and_changes_when_somebody_does(agency: Agency) -> None:
    agency.recording("r1", b"one")
    agency.recording("r2", b"two")
    agency.assign("r1", members=SALO_ARO)
    first = Grants(agency.trust(), keys("salo")).case_key(CASE)
    agency.assign("r1", "r2", members={**SALO_ARO, "hill": Role.CUSTODIAN})
    second = Grants(agency.trust(), keys("salo"))
    assert second.case_key(CASE) == first
    assert second.case_keys(CASE) == (first,)
    agency.assign("r1", "r2", members={"aro": Role.SUPERVISOR})
    with pytest.raises(AccessRefused):
        _opens(agency, "salo", "r1")
    after = Grants(agency.trust(), keys("aro"))
    assert after.case_key(CASE) != first
    assert after.case_keys(CASE) == (after.case_key(CASE), first)


def test_access_ends_on_its_day(agency: Agency) -> None:
    agency.recording("r1", b"one")
    order = replace(agency.order("r1"), expires=Utc(NOW + YEAR))
    custody.assign(agency.trust(), order, keys("aro"), keys("custody"))
    assert _opens(agency, "salo", "r1") == b"one"
    agency.now = Utc(NOW + YEAR)
    with pytest.raises(AccessRefused, match="ended on 2027-06-13"):
        _opens(agency, "salo", "r1")


@pytest.mark.parametrize("who", ["salo", "falk", "stranger"])
def test_only_a_supervisor_or_custodian_of_the_roster_assigns(agency: Agency, who: str) -> None:
    agency.recording("r1", b"one")
    with pytest.raises((AccessRefused, NotTrusted)):
        custody.assign(agency.trust(), agency.order("r1"), keys(who), keys("custody"))
    assert list(agency.store.list("assignments")) == []


def test_a_supervisors_name_with_another_key_does_not_assign(agency: Agency) -> None:
    agency.recording("r1", b"one")
    with pytest.raises(NotTrusted):
        custody.assign(agency.trust(), agency.order("r1"), new_keys("aro"), keys("custody"))


def test_without_a_custody_key_a_supervisor_grants_only_what_they_have(agency: Agency) -> None:
    agency.recording("r1", b"one")
    agency.recording("r2", b"two")
    with pytest.raises(AccessRefused, match="No key here opens r1"):
        custody.assign(agency.trust(), agency.order("r1"), keys("aro"))
    agency.assign("r1")
    more = agency.order("r1", members={**SALO_ARO, "hill": Role.CUSTODIAN})
    assert custody.assign(agency.trust(), more, keys("aro")).n == 2
    assert _opens(agency, "hill", "r1") == b"one"
    with pytest.raises(AccessRefused, match="No key here opens r2"):
        custody.assign(agency.trust(), agency.order("r1", "r2"), keys("aro"))


def test_a_custodian_who_is_no_member_goes_on_with_the_same_case_key(agency: Agency) -> None:
    agency.recording("r1", b"one")
    agency.assign("r1")
    before = Grants(agency.trust(), keys("salo")).case_key(CASE)
    custody.assign(agency.trust(), agency.order("r1"), keys("hill"), keys("custody"))
    assert Grants(agency.trust(), keys("salo")).case_key(CASE) == before


def test_what_is_not_there_cannot_be_assigned(agency: Agency) -> None:
    with pytest.raises(NotInStore):
        agency.assign("nothing")
    agency.recording("r1", b"one")
    with pytest.raises(NotTrusted, match="no user koskinen"):
        agency.assign("r1", members={"koskinen": Role.INVESTIGATOR})
    with pytest.raises(AccessRefused, match="not custodian"):
        agency.assign("r1", members={"salo": Role.CUSTODIAN})


def test_a_junk_document_does_not_stop_the_next_assignment(agency: Agency) -> None:
    agency.recording("r1", b"one")
    agency.store.put_if_absent(f"assignments/{CASE}/1.json", b"junk")
    assert agency.assign("r1").n == 2
    assert _opens(agency, "salo", "r1") == b"one"
    assert [p.path for p in agency.trust().history(CASE).problems] == [f"assignments/{CASE}/1.json"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.sampled_from([CASE, "CR-2"]), who=st.sampled_from(["salo", "aro"]), data=st.data())
def test_a_sealed_key_moved_to_another_place_opens_nothing(
    agency: Agency, case: str, who: str, data: st.DataObject
) -> None:
    if not list(agency.store.list("recordings")):
        agency.recording("r1", b"one")
        agency.recording("r2", b"two")
        agency.assign("r1", "r2")
        agency.assign("r1", case="CR-2")
    assignment = agency.trust().assignment(case)
    other = next(m for m in assignment.members if m.user != who)
    mine = assignment.member(who)
    assert mine is not None
    swapped = replace(assignment, members=(Member(who, mine.role, other.sealed_case_key),))
    with pytest.raises(AccessRefused):
        custody.open_case_key(swapped, keys(who))
    elsewhere = replace(assignment, case_id="CR-3")
    with pytest.raises(AccessRefused):
        custody.open_case_key(elsewhere, keys(who))
    key = custody.open_case_key(assignment, keys(who))
    taken = data.draw(st.sampled_from(assignment.recordings))
    with pytest.raises(AccessRefused):
        custody.open_data_key(replace(assignment, recordings=(replace(taken, recording_id="r3"),)), "r3", key)


def test_founding_needs_a_custody_key_and_an_empty_place(agency: Agency) -> None:
    start = custody.Agency(NAME, "Again", BANNER)
    with pytest.raises(ReviewerError, match="custody key"):
        custody.found_agency(
            agency.store, root_key(), start, users=[], workstations=[], custody_keys=[], expires=Utc(NOW + YEAR)
        )
    with pytest.raises(AlreadyInStore):
        custody.found_agency(
            agency.store,
            root_key(),
            start,
            users=[],
            workstations=[],
            custody_keys=[CustodyKey("c", keys("custody").public.sealing)],
            expires=Utc(NOW + YEAR),
        )


def test_people_and_stations_are_added_to_the_next_roster(agency: Agency) -> None:
    trust = agency.trust()
    new = custody.user_entry(NAME, keys("lind").public, "M. Lind", "0500", [Role.INVESTIGATOR])
    station = custody.station_entry(NAME, "ws-2", "Desk 2", station_key("ws-2"))
    roster = custody.amend_roster(trust, root_key(), users=[new], workstations=[station])
    assert (roster.version, len(roster.users), len(roster.workstations)) == (2, 5, 2)
    assert roster.user("M. Lind 0500") == new
    moved = custody.user_entry(NAME, keys("lind").public, "M. Lind", "0501", [Role.SUPERVISOR])
    assert len(custody.amend_roster(trust, root_key(), users=[moved]).users) == 5
    with pytest.raises(NotTrusted):
        custody.amend_roster(trust, Ed25519PrivateKey.generate(), users=[moved])
