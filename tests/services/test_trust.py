"""Trust: what is believed, what is refused, and that one bad document hides no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.codec import encode
from reviewer.domain.errors import MalformedDocument, NotInStore, NotTrusted, StoreUnreachable
from reviewer.domain.timebase import Utc
from reviewer.sealing import envelope
from reviewer.services.workspace import Workspace
from tests.services.agency import CASE, NOW, YEAR, Agency, flip, keys


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


def test_roster_manifest_and_assignment_of_the_agency_are_believed(agency: Agency) -> None:
    made = agency.recording("r1", b"footage")
    agency.assign("r1")
    trust = agency.trust()
    assert trust.roster().title == "Helsinki Example Police"
    assert trust.manifest("r1") == made
    assert trust.vouches_for(made)
    assert not trust.vouches_for(replace(made, officer="somebody"))
    assert [a.case_id for a in trust.assignments("salo").good] == [CASE]
    assert trust.assignments("falk").good == ()
    assert trust.notices == ()


def test_the_newest_number_counts(agency: Agency) -> None:
    first = agency.recording("r1", b"footage")
    agency.put_manifest(replace(first, n=2, restricted="protected witness"))
    agency.put_manifest(replace(first, n=10, restricted="court"))
    assert agency.trust().manifest("r1").restricted == "court"


def test_an_old_manifest_cannot_be_put_back_as_a_newer_one(agency: Agency) -> None:
    first = agency.recording("r1", b"footage")
    agency.put_manifest(replace(first, n=2, restricted="protected witness"))
    agency.put_manifest(first, path="recordings/r1/3.json")
    found = agency.trust().manifests()
    assert [m.restricted for m in found.good] == ["protected witness"]
    assert "recordings/r1/1.json" in found.problems[0].message


@pytest.mark.parametrize("key_id", ["ws-1", "aro", "stranger"])
def test_a_manifest_signed_by_a_stranger_is_refused_and_hides_nothing(agency: Agency, key_id: str) -> None:
    good = agency.recording("good", b"footage")
    agency.put_manifest(replace(good, recording_id="bad"), Ed25519PrivateKey.generate(), key_id)
    agency.put_manifest(replace(good, n=2, officer="nobody"), Ed25519PrivateKey.generate(), key_id)
    trust = agency.trust()
    with pytest.raises(NotTrusted):
        trust.manifest("bad")
    found = trust.manifests()
    assert found.good == (good,)
    assert [p.path for p in found.problems] == ["recordings/bad/1.json", "recordings/good/2.json"]


def test_a_person_cannot_sign_a_manifest_nor_an_investigator_an_assignment(agency: Agency) -> None:
    made = agency.recording("r1", b"footage")
    agency.put_manifest(replace(made, recording_id="r2"), keys("aro").signing, "aro")
    assigned = agency.assign("r1")
    forged = replace(assigned, case_id="other", issued_by="salo")
    data = envelope.sign("assignment", encode(forged), "salo", keys("salo").signing)
    agency.store.put_if_absent("assignments/other/1.json", data)
    trust = agency.trust()
    with pytest.raises(NotTrusted):
        trust.manifest("r2")
    found = trust.assignments()
    assert [a.case_id for a in found.good] == [CASE]
    assert [p.path for p in found.problems] == ["assignments/other/1.json"]


def test_an_assignment_must_be_issued_by_its_signer(agency: Agency) -> None:
    agency.recording("r1", b"footage")
    forged = replace(agency.assign("r1"), n=2, issued_by="hill")
    data = envelope.sign("assignment", encode(forged), "aro", keys("aro").signing)
    agency.store.put_if_absent(f"assignments/{CASE}/2.json", data)
    assert agency.trust().assignment(CASE).n == 1


@pytest.mark.parametrize(
    "junk", [b"", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"payload":1,"payloadType":2,"signatures":3}']
)
def test_junk_among_the_documents_is_named_and_passed_over(agency: Agency, junk: bytes) -> None:
    good = agency.recording("good", b"footage")
    agency.store.put_if_absent("recordings/junk/1.json", junk)
    found = agency.trust().manifests()
    assert found.good == (good,)
    assert [p.path for p in found.problems] == ["recordings/junk/1.json"]


def test_a_manifest_that_says_it_belongs_elsewhere_is_refused(agency: Agency) -> None:
    made = agency.recording("r1", b"footage")
    agency.put_manifest(made, path="recordings/r2/1.json")
    with pytest.raises(NotTrusted, match=r"its place is recordings/r1/1\.json"):
        agency.trust().manifest("r2")


def test_one_flipped_byte_in_a_manifest_is_refused(agency: Agency) -> None:
    agency.recording("r1", b"footage")
    other = agency.recording("r2", b"footage")
    flip(agency.store.root / "recordings/r1/1.json", 60)
    trust = agency.trust(Workspace(agency.folder / "fresh"))
    with pytest.raises((NotTrusted, MalformedDocument)):
        trust.manifest("r1")
    assert trust.manifests().good == (other,)


def test_a_roster_by_another_root_is_refused_and_the_last_good_one_stays(agency: Agency) -> None:
    roster = agency.trust().roster()
    agency.put_roster(replace(roster, version=2, title="Others"), Ed25519PrivateKey.generate())
    trust = agency.trust()
    assert trust.roster() == roster
    assert [n.path for n in trust.notices] == ["roster/2.json"]
    assert "root key" in trust.notices[0].message


def test_a_store_with_another_root_is_not_trusted_at_all(agency: Agency, tmp_path: Path) -> None:
    roster = agency.trust().roster()
    (agency.store.root / "roster/1.json").unlink()
    agency.put_roster(roster, Ed25519PrivateKey.generate())
    with pytest.raises(NotTrusted, match="root key"):
        agency.trust(Workspace(tmp_path / "fresh")).roster()


def test_a_rolled_back_roster_is_refused_even_when_the_copies_are_gone(agency: Agency) -> None:
    first = agency.trust().roster()
    agency.put_roster(replace(first, version=2))
    assert agency.trust().roster().version == 2
    (agency.store.root / "roster/2.json").unlink()
    # the copy on this machine still carries it, and says that the store lost it
    trust = agency.trust()
    assert trust.roster().version == 2
    assert "no longer in the store" in trust.notices[0].message
    (agency.workspace.documents / "roster/2.json").unlink()
    with pytest.raises(NotTrusted, match="went back from version 2 to 1"):
        agency.trust().roster()


def test_two_rosters_of_one_version_are_refused(agency: Agency) -> None:
    roster = agency.trust().roster()
    (agency.store.root / "roster/1.json").unlink()
    (agency.workspace.documents / "roster/1.json").unlink()
    agency.put_roster(replace(roster, title="Another"))
    with pytest.raises(NotTrusted, match="two different rosters"):
        agency.trust().roster()


def test_an_expired_roster_is_said_and_work_goes_on(agency: Agency) -> None:
    agency.now = Utc(NOW + 2 * YEAR)
    trust = agency.trust()
    assert trust.roster().version == 1
    assert "expired on 2027-06-13" in trust.notices[0].message


def test_a_station_that_left_takes_its_manifests_with_it(agency: Agency) -> None:
    made = agency.recording("r1", b"footage")
    trust = agency.trust()
    assert trust.manifest("r1") == made
    agency.put_roster(replace(trust.roster(), version=2, workstations=()))
    trust.refresh()
    assert not trust.vouches_for(made)
    with pytest.raises(NotTrusted):
        trust.manifest("r1")


def test_work_goes_on_from_verified_copies_when_the_store_is_not_reached(agency: Agency) -> None:
    made = agency.recording("r1", b"footage")
    agency.assign("r1")
    before = agency.trust()
    before.manifests()
    before.assignments()
    assert before.contact.reached == NOW
    agency.store.root.rename(agency.folder / "away")
    trust = agency.trust()
    assert trust.manifest("r1") == made
    assert trust.assignment(CASE).n == 1
    assert trust.contact.reached is None
    assert trust.contact.trouble is not None
    with pytest.raises(StoreUnreachable):
        agency.trust(Workspace(agency.folder / "fresh")).roster()


def test_a_tampered_copy_is_not_used(agency: Agency) -> None:
    made = agency.recording("r1", b"footage")
    agency.trust().manifest("r1")
    flip(agency.workspace.documents / "recordings/r1/1.json", 60)
    assert agency.trust().manifest("r1") == made


@pytest.mark.parametrize("asked", ["../roster", "", "a/b", "nothing"])
def test_what_does_not_exist_is_said(agency: Agency, asked: str) -> None:
    with pytest.raises(NotInStore):
        agency.trust().manifest(asked)
