"""Taking people off cases, handing over, training: what follows stays shut, by keys and by what is believed."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.acts import Assigned, HandedOver, ReleasedForTraining, TakenOff
from reviewer.domain.assignment import Assignment, Purpose, Release, closed
from reviewer.domain.codec import encode
from reviewer.domain.errors import AccessRefused, LogUnwritable, NotInStore, ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.roster import Role
from reviewer.sealing import envelope, grant, stream
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import custody
from reviewer.services.bodies import open_body, seal_body
from reviewer.services.custody import Grants, open_case_key
from reviewer.services.grants import data_key_aad
from tests.services.agency import CASE, NAME, Agency, keys, root_key

ALL = {"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR, "hill": Role.CUSTODIAN}


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = Agency(tmp_path)
    made.recording("r1", b"footage one", sealed=True)
    made.recording("r2", b"footage two", sealed=True)
    return made


class Book:
    """A log that keeps what it is told, and can break."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.broken = False

    def __call__(self, event: Event) -> Future[None]:
        done: Future[None] = Future()
        if self.broken:
            done.set_exception(LogUnwritable("The log cannot be written.", "Make room."))
        else:
            self.events.append(event)
            done.set_result(None)
        return done


def _grants(agency: Agency, who: str) -> Grants:
    return Grants(agency.trust(), keys(who), now=lambda: agency.now)


def _sealed(agency: Agency, recording: str) -> bytes:
    name = agency.trust().manifest(recording).parts[0].object
    return agency.store.get(f"objects/{name[:2]}/{name}")


def _keys_of_a_rebel(agency: Agency, who: PrivateKeys) -> set[bytes]:
    """Every case key and data key that somebody can get at with a program of their own, whatever ours refuses."""
    case_keys, data_keys = set(), set()
    history = agency.trust().history(CASE).good
    for assignment in history:
        for member in assignment.members:
            for named in (member.user, who.user):
                try:
                    info = f"reviewer case key/{CASE}/{named}".encode()
                    case_keys.add(grant.open_sealed(who.sealing, member.sealed_case_key, info))
                except AccessRefused:
                    continue
    for assignment in history:
        for line in assignment.recordings:
            for key in case_keys:
                try:
                    data_keys.add(grant.unwrap(key, line.sealed_data_key, data_key_aad(CASE, line.recording_id)))
                except AccessRefused:
                    continue
    return case_keys | data_keys


def test_who_is_taken_off_cannot_open_what_comes_after_with_any_program(agency: Agency) -> None:
    agency.assign("r1", members=ALL)
    body = seal_body(b"before", _grants(agency, "salo").case_key(CASE))
    had = _keys_of_a_rebel(agency, keys("salo"))
    change = custody.take_off(agency.trust(), CASE, "salo", keys("aro"), "conflict of interest")
    agency.assign("r1", "r2", members={"aro": Role.SUPERVISOR, "hill": Role.CUSTODIAN})
    rebel = _keys_of_a_rebel(agency, keys("salo"))
    assert rebel == had
    assert len(rebel) == 2
    later = seal_body(b"after", _grants(agency, "aro").case_key(CASE))
    assert open_body(later[1], later[0], rebel) is None
    assert open_body(body[1], body[0], rebel) == b"before"
    opened = []
    for recording in ("r1", "r2"):
        for key in rebel:
            try:
                opened.append(stream.open_bytes(_sealed(agency, recording), key, recording.encode()))
            except ReviewerError:
                continue
    assert opened == [b"footage one"]  # what they had; and that is said:
    assert change.had == ("r1",)
    assert change.words == (
        "K. Salo is off CR-2026-0142: what is added or written from now on is under a new key, which they do not have. "
        "What they had (1 recording) they may have kept, and their key of then opens it."
    )
    with pytest.raises(AccessRefused, match="not assigned to you"):
        _grants(agency, "salo").data_key(CASE, "r1")


def test_the_others_keep_everything_and_read_older_notes(agency: Agency) -> None:
    first = agency.assign("r1", members=ALL)
    old = open_case_key(first, keys("aro"))
    custody.take_off(agency.trust(), CASE, "K. Salo", keys("hill"), "conflict of interest")
    aro = _grants(agency, "aro")
    now = agency.trust().assignment(CASE)
    assert [m.user for m in now.members] == ["aro", "hill"]
    assert aro.case_keys(CASE) == (aro.case_key(CASE), old)
    shown = aro.assignment(now)
    assert (shown.title, shown.reason) == ("Aleksanterinkatu × Mikonkatu", "complaint")
    assert stream.open_bytes(_sealed(agency, "r1"), aro.data_key(CASE, "r1"), b"r1") == b"footage one"


def test_a_case_is_handed_over_in_the_same_role(agency: Agency) -> None:
    lind = custody.user_entry(NAME, keys("lind").public, "M. Lind", "0500", [Role.INVESTIGATOR])
    custody.amend_roster(agency.trust(), root_key(), users=[lind])
    agency.assign("r1", members=ALL)
    written = seal_body(b"before", _grants(agency, "salo").case_key(CASE))
    book = Book()
    change = custody.hand_over(
        agency.trust(), CASE, "salo", "M. Lind", keys("aro"), "on leave", record=book, now=lambda: agency.now
    )
    assert {m.user: m.role for m in change.assignment.members} == {
        **{"lind": Role.INVESTIGATOR, "aro": Role.SUPERVISOR, "hill": Role.CUSTODIAN}
    }
    assert book.events == [HandedOver(CASE, "salo", "lind", "on leave")]
    lind_keys = _grants(agency, "lind")
    assert lind_keys.data_key(CASE, "r1")
    assert open_body(written[1], written[0], [lind_keys.case_key(CASE)]) is None
    assert open_body(written[1], written[0], lind_keys.case_keys(CASE)) == b"before"
    with pytest.raises(AccessRefused):
        _grants(agency, "salo").case_key(CASE)
    with pytest.raises(ReviewerError, match=r"S\. Aro is on CR-2026-0142 already"):
        custody.hand_over(agency.trust(), CASE, "lind", "aro", keys("aro"), "again")
    with pytest.raises(AccessRefused, match=r"R\. Falk is not investigator in the roster"):
        custody.hand_over(agency.trust(), CASE, "lind", "falk", keys("aro"), "again")


def test_the_last_one_can_be_taken_off_and_custody_goes_on(agency: Agency) -> None:
    agency.assign("r1", members={"salo": Role.INVESTIGATOR})
    custody.take_off(agency.trust(), CASE, "salo", keys("aro"), "closed", keys("custody"))
    assert agency.trust().assignment(CASE).members == ()
    again = agency.assign("r1", members={"salo": Role.INVESTIGATOR})
    assert again.n == 3


@pytest.mark.parametrize(
    ("issuer", "who", "said"),
    [
        ("salo", "aro", "K. Salo may not assign cases"),
        ("falk", "salo", "R. Falk may not assign cases"),
        ("hill", "salo", "No key here opens"),
        ("aro", "falk", "falk is not on CR-2026-0142"),
    ],
)
def test_who_may_not_take_off_is_told_in_one_sentence(agency: Agency, issuer: str, who: str, said: str) -> None:
    agency.assign("r1")
    with pytest.raises(AccessRefused, match=said):
        custody.take_off(agency.trust(), CASE, who, keys(issuer), "because")
    assert agency.trust().assignment(CASE).n == 1


def test_every_act_is_in_the_log_before_it_has_an_effect(agency: Agency) -> None:
    book, trust = Book(), agency.trust()
    custody.assign(trust, agency.order("r1", members=ALL), keys("aro"), keys("custody"), record=book)
    custody.take_off(trust, CASE, "salo", keys("aro"), "conflict", record=book)
    custody.release_for_training(trust, ["r1"], keys("hill"), reason="calm", record=book)
    first = book.events[0]
    assert isinstance(first, Assigned)
    assert (first.n, first.members[0], first.recordings) == (1, "salo (investigator)", ("r1",))
    assert book.events[1:] == [TakenOff(CASE, "salo", "conflict"), ReleasedForTraining("r1", 1, True, "calm")]
    before = sorted(agency.store.list(""))
    book.broken = True
    for act in (
        lambda: custody.assign(trust, agency.order("r1"), keys("aro"), keys("custody"), record=book),
        lambda: custody.take_off(trust, CASE, "hill", keys("aro"), "conflict", record=book),
        lambda: custody.release_for_training(trust, ["r2"], keys("hill"), record=book),
        lambda: custody.propose(trust, agency.order("r2"), keys("aro"), keys("custody"), record=book),
    ):
        with pytest.raises(LogUnwritable):
            act()
    assert sorted(agency.store.list("")) == before


# -- training --------------------------------------------------------------------------------------------------------


def _training(agency: Agency, *recordings: str) -> custody.Order:
    order = agency.order(*recordings, members={"falk": Role.TRAINING}, case="TR-1")
    return replace(order, purpose=Purpose.TRAINING)


def test_training_opens_what_was_released_and_nothing_after_that_is_withdrawn(agency: Agency) -> None:
    trust = agency.trust()
    with pytest.raises(AccessRefused, match="r1 is not released for training"):
        custody.assign(trust, _training(agency, "r1"), keys("aro"), keys("custody"))
    assert custody.release_for_training(trust, ["r1"], keys("hill"), now=lambda: agency.now) == (
        Release("r1", 1, "hill", agency.now),
    )
    custody.assign(trust, _training(agency, "r1"), keys("aro"), keys("custody"))
    assert _grants(agency, "falk").data_key("TR-1", "r1")
    custody.release_for_training(trust, ["r1"], keys("aro"), released=False)
    falk = _grants(agency, "falk")
    with pytest.raises(AccessRefused, match="r1 is not released for training"):
        falk.data_key("TR-1", "r1")
    assignment = agency.trust().assignment("TR-1")
    assert [m.officer for m in falk.manifests(assignment, agency.trust().manifests(["r1"]).good)] == ["2214"]
    with pytest.raises(AccessRefused, match=r"R\. Falk sees what is for training only, and this is for complaint"):
        custody.assign(trust, replace(_training(agency, "r1"), purpose=Purpose.COMPLAINT), keys("aro"), keys("custody"))


def test_only_supervisors_and_custodians_release_and_only_what_is_there(agency: Agency) -> None:
    with pytest.raises(AccessRefused, match=r"R\. Falk may not"):
        custody.release_for_training(agency.trust(), ["r1"], keys("falk"))
    with pytest.raises(NotInStore):
        custody.release_for_training(agency.trust(), ["r7"], keys("aro"))
    forged = envelope.sign("release", encode(Release("r1", 1, "falk", agency.now)), "falk", keys("falk").signing)
    agency.store.put_if_absent("releases/r1/1.json", forged)
    assert not agency.trust().released("r1")
    assert [p.path for p in agency.trust().releases().problems] == ["releases/r1/1.json"]


def _by_hand(agency: Agency, assignment: Assignment, *signers: str) -> None:
    """Put an assignment that our program would not make, signed by these people."""
    first, *others = signers
    data = envelope.sign("assignment", encode(closed(assignment)), first, keys(first).signing)
    for other in others:
        data = envelope.add_signature(data, "assignment", other, keys(other).signing)
    agency.store.put_if_absent(f"assignments/{assignment.case_id}/{assignment.n}.json", data)


def test_a_training_assignment_made_by_hand_opens_nothing_that_was_not_released(agency: Agency) -> None:
    honest = custody.assign(
        agency.trust(), agency.order("r1", members={"salo": Role.INVESTIGATOR}), keys("aro"), keys("custody")
    )
    case_key = open_case_key(honest, keys("salo"))
    sealed = grant.seal_to(
        agency.trust().roster().users[2].sealing_key, case_key, f"reviewer case key/{CASE}/falk".encode()
    )
    pupil = replace(honest.members[0], user="falk", role=Role.TRAINING, sealed_case_key=sealed)
    for n, purpose in ((2, Purpose.TRAINING), (3, Purpose.COMPLAINT)):
        _by_hand(agency, replace(honest, n=n, members=(pupil,), purpose=purpose), "aro")
        with pytest.raises(AccessRefused, match="not released for training"):
            _grants(agency, "falk").data_key(CASE, "r1")


def test_a_role_that_the_roster_does_not_give_any_more_opens_nothing(agency: Agency) -> None:
    agency.assign("r1")
    custody.change_roles(agency.trust(), root_key(), "salo", [Role.AUDITOR])
    with pytest.raises(AccessRefused, match="yours as investigator, which the roster does not name you any more"):
        _grants(agency, "salo").data_key(CASE, "r1")
