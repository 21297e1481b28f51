"""Restricted recordings need two people: by what is believed, and by keys until the second has signed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.acts import Assigned, Countersigned
from reviewer.domain.assignment import closed
from reviewer.domain.codec import encode
from reviewer.domain.errors import AccessRefused, AlreadyInStore, NotInStore, NotTrusted, ReviewerError
from reviewer.domain.roster import Role
from reviewer.domain.timebase import Utc
from reviewer.sealing import envelope, grant, stream
from reviewer.services import custody
from reviewer.services.custody import Grants, NeedsSecond
from reviewer.services.queue import read_queue
from tests.services.agency import CASE, NOW, Agency, keys
from tests.services.test_taking_off import Book

SALO = {"salo": Role.INVESTIGATOR}


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = Agency(tmp_path)
    made.recording("r1", b"footage one", sealed=True)
    made.recording("secret", b"an informant", sealed=True, restricted="an informant is seen")
    return made


def _grants(agency: Agency, who: str = "salo") -> Grants:
    return Grants(agency.trust(), keys(who), now=lambda: agency.now)


def _propose(agency: Agency) -> custody.Pending:
    order = agency.order("r1", "secret", members=SALO)
    return custody.propose(agency.trust(), order, keys("aro"), keys("custody"), now=lambda: agency.now)


def _opens(agency: Agency, recording: str) -> bytes:
    name = agency.trust().manifest(recording).parts[0].object
    sealed = agency.store.get(f"objects/{name[:2]}/{name}")
    return stream.open_bytes(sealed, _grants(agency).data_key(CASE, recording), recording.encode())


def test_one_person_cannot_assign_what_is_restricted(agency: Agency) -> None:
    order = agency.order("r1", "secret", members=SALO)
    with pytest.raises(NeedsSecond, match="secret is restricted: a second person has to sign") as refused:
        custody.assign(agency.trust(), order, keys("aro"), keys("custody"))
    assert refused.value.next_step
    with pytest.raises(AccessRefused, match="another person’s"):
        custody.assign(agency.trust(), order, keys("aro"), keys("custody"), second=keys("aro"))
    with pytest.raises(AccessRefused, match=r"K\. Salo may not assign"):
        custody.assign(agency.trust(), order, keys("aro"), keys("custody"), second=keys("salo"))
    assert list(agency.store.list("assignments")) == []


def test_two_at_one_machine_sign_at_once(agency: Agency) -> None:
    book = Book()
    order = agency.order("r1", "secret", members=SALO)
    made = custody.assign(agency.trust(), order, keys("aro"), keys("custody"), second=keys("hill"), record=book)
    assert agency.trust().signers(made) == ("aro", "hill")
    assert _opens(agency, "secret") == b"an informant"
    assert isinstance(book.events[0], Assigned)
    assert book.events[0].second == "hill"


def test_what_waits_opens_for_nobody_and_then_for_its_members(agency: Agency) -> None:
    waiting = _propose(agency)
    assert [k.recipient for k in waiting.keys] == ["hill"]
    assert agency.trust().assignments("salo").good == ()
    with pytest.raises(NotInStore):
        _grants(agency).case_key(CASE)
    document = agency.store.get(f"pending/{CASE}/1.json")
    said, _ = envelope.open_envelope(document, "pending", lambda _: [keys("aro").public.signing])
    assert not {"salo", "secret", "r1", "complaint"} & {str(value) for value in said.values()}
    assert said.keys() == {"v", "case_id", "n", "issued_by", "issued_at", "sealed", "keys"}
    for who in ("salo", "falk", "aro"):
        with pytest.raises(AccessRefused):
            custody.waiting_order(agency.trust(), waiting, keys(who))
        for each in waiting.keys:
            with pytest.raises(AccessRefused):
                grant.open_sealed(keys(who).sealing, each.sealed, f"reviewer pending/{CASE}/1/{who}".encode())
    (found,) = custody.pending(agency.trust()).good
    shown = custody.waiting_order(agency.trust(), found, keys("hill"))
    assert (shown.title, shown.reason) == ("Aleksanterinkatu × Mikonkatu", "complaint")
    assert [r.recording_id for r in shown.recordings] == ["r1", "secret"]

    book = Book()
    made = custody.countersign(agency.trust(), CASE, 1, keys("hill"), record=book, now=lambda: agency.now)
    assert book.events == [Countersigned(CASE, 1, "aro")]
    assert agency.trust().signers(made) == ("aro", "hill")
    assert _opens(agency, "secret") == b"an informant"
    assert custody.pending(agency.trust()).good == ()


def test_the_second_signature_is_another_persons_who_may_assign(agency: Agency) -> None:
    _propose(agency)
    for who, said in (("aro", "another person’s"), ("salo", "may not assign"), ("falk", "may not assign")):
        with pytest.raises(AccessRefused, match=said):
            custody.countersign(agency.trust(), CASE, 1, keys(who))
    with pytest.raises(NotInStore, match="Nothing of CR-2026-0142 waits as number 2"):
        custody.countersign(agency.trust(), CASE, 2, keys("hill"))


def test_what_was_overtaken_waits_no_more(agency: Agency) -> None:
    _propose(agency)
    agency.assign("r1", members=SALO)
    assert custody.pending(agency.trust()).good == ()
    with pytest.raises(NotInStore):
        custody.countersign(agency.trust(), CASE, 1, keys("hill"))
    again = _propose(agency)
    assert again.n == 2
    trust = agency.trust()
    assert [p.n for p in custody.pending(trust).good] == [2]
    agency.store.put_if_absent(f"assignments/{CASE}/2.json", b"{}")  # somebody was quicker
    with pytest.raises((AlreadyInStore, NotInStore)):
        custody.countersign(trust, CASE, 2, keys("hill"))


def test_what_has_ended_is_not_signed(agency: Agency) -> None:
    order = replace(agency.order("secret", members=SALO), expires=Utc(NOW + 1))
    custody.propose(agency.trust(), order, keys("aro"), keys("custody"), now=lambda: NOW)
    with pytest.raises(ReviewerError, match="has ended already"):
        custody.countersign(agency.trust(), CASE, 1, keys("hill"), now=lambda: Utc(NOW + 1))


def test_an_assignment_made_by_hand_with_one_signature_opens_the_rest_only(agency: Agency) -> None:
    """Somebody who may assign, with a program of their own."""
    order = agency.order("r1", "secret", members=SALO)
    two = custody.assign(agency.trust(), order, keys("aro"), keys("custody"), second=keys("hill"))
    for n, signers in ((2, ("aro",)), (3, ("aro", "aro")), (4, ("aro", "salo")), (5, ("aro", "nobody"))):
        data = envelope.sign("assignment", encode(closed(replace(two, n=n))), "aro", keys("aro").signing)
        for other in signers[1:]:
            data = envelope.add_signature(data, "assignment", other, keys(other).signing)
        agency.store.put_if_absent(f"assignments/{CASE}/{n}.json", data)
        trust = agency.trust()
        assert trust.signers(trust.assignment(CASE)) == ("aro",)
        with pytest.raises(AccessRefused, match="secret is restricted, and CR-2026-0142 has one person’s signature"):
            _grants(agency).data_key(CASE, "secret")
        assert _opens(agency, "r1") == b"footage one"
        (case,) = read_queue(trust, agency.workspace, "salo", grants=_grants(agency), now=lambda: agency.now).cases
        assert [(p.path, p.next_step) for p in case.problems] == [
            ("secret", "Ask a second supervisor or custodian to sign it.")
        ]
        assert [r.officer for r in case.recordings] == ["Ofc. A. Niemi 2214", "2214"]


def test_a_recording_that_becomes_restricted_shuts_until_somebody_signs_too(agency: Agency) -> None:
    agency.assign("r1", members=SALO)
    assert _opens(agency, "r1") == b"footage one"
    agency.recording("r1", b"footage one", n=2, sealed=True, restricted="a child is seen")
    with pytest.raises(AccessRefused, match="r1 is restricted"):
        _opens(agency, "r1")


def test_taking_off_is_at_once_and_the_restricted_ones_wait(agency: Agency) -> None:
    members = {"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR, "hill": Role.CUSTODIAN}
    order = agency.order("r1", "secret", members=members)
    custody.assign(agency.trust(), order, keys("aro"), keys("custody"), second=keys("hill"))
    change = custody.take_off(agency.trust(), CASE, "salo", keys("aro"), "conflict", now=lambda: agency.now)
    assert [r.recording_id for r in change.assignment.recordings] == ["r1"]
    assert change.had == ("r1", "secret")
    assert change.waiting is not None
    assert "shut to everybody until a second person signs" in change.words
    with pytest.raises(AccessRefused):
        _grants(agency).case_key(CASE)
    with pytest.raises(AccessRefused, match="secret is not part of"):
        _grants(agency, "aro").data_key(CASE, "secret")
    custody.countersign(agency.trust(), CASE, change.waiting.n, keys("hill"), now=lambda: agency.now)
    assert _grants(agency, "aro").data_key(CASE, "secret")
    assert [m.user for m in agency.trust().assignment(CASE).members] == ["aro", "hill"]


def test_a_pending_document_by_a_stranger_or_of_another_assignment_is_refused(agency: Agency) -> None:
    waiting = _propose(agency)
    trust = agency.trust()
    forged = envelope.sign("pending", encode(replace(waiting, n=2, issued_by="salo")), "salo", keys("salo").signing)
    agency.store.put_if_absent(f"pending/{CASE}/2.json", forged)
    moved = envelope.sign("pending", encode(replace(waiting, n=3)), "aro", keys("aro").signing)
    agency.store.put_if_absent(f"pending/{CASE}/3.json", moved)
    found = custody.pending(agency.trust())
    assert [p.n for p in found.good] == [3, 1]
    assert [p.path for p in found.problems] == [f"pending/{CASE}/2.json"]
    with pytest.raises((AccessRefused, NotTrusted)):
        custody.countersign(trust, CASE, 3, keys("hill"))
