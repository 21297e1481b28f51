"""Letters for names: whoever trains on released footage is told nobody's name, wherever a program may say one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.assignment import Assignment, Purpose
from reviewer.domain.errors import AccessRefused, IntegrityError, NotTrusted
from reviewer.domain.events import AccessDenied, Event
from reviewer.domain.recording import Manifest, is_nameless, nameless
from reviewer.domain.roster import Role
from reviewer.services import custody
from reviewer.services.custody import Grants
from reviewer.services.footage import Footage
from reviewer.services.letters import for_purpose, letters
from reviewer.services.proxy_queue import find_work
from reviewer.services.queue import case_manifests, read_queue
from reviewer.services.sync import Sync
from reviewer.services.vault import Vault
from tests.services.agency import CASE, Agency, flip, keys
from tests.ui.review.samples import cameras

CASE_TR = "TR-1"
SAID = ("Niemi", "'2214'", "'X1'", "H-26-1")  # as `repr` has them: digests and sealed keys have any two letters


class Training:
    """Two released recordings of one officer, the newer one with sealed details, fetched by a training officer; a third
    of the same incident that nobody released."""

    def __init__(self, folder: Path) -> None:
        self.agency = agency = Agency(folder)
        for id_, sealed in (("r1", False), ("r2", True), ("r3", False)):
            agency.recording(id_, id_.encode() * 99, b"second", sealed=sealed, incidents=("H-26-1",))
        trust = self.trust = agency.trust()
        custody.release_for_training(trust, ["r1", "r2"], keys("aro"), now=lambda: agency.now)
        order = agency.order("r1", "r2", members={"falk": Role.TRAINING}, case=CASE_TR)
        custody.assign(trust, replace(order, purpose=Purpose.TRAINING), keys("aro"), keys("custody"))
        self.grants = Grants(trust, keys("falk"), now=lambda: agency.now)
        self.events: list[Event] = []
        self.vault = Vault(agency.workspace, trust, self.grants, self.events.append)
        Sync(agency.workspace, agency.store, self.events.append).fetch(CASE_TR, self.manifests)

    @property
    def assignment(self) -> Assignment:
        return self.trust.assignment(CASE_TR)

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        return case_manifests(self.trust, self.assignment, self.grants).good


@pytest.fixture
def training(tmp_path: Path) -> Training:
    return Training(tmp_path)


def test_letters_follow_the_assignment_and_a_person_has_one() -> None:
    assert letters([("r1", "Niemi"), ("r2", "Laine"), ("r3", "Niemi"), ("r4", "")]) == {
        **{"r1": "Officer A", "r2": "Officer B", "r3": "Officer A"},
        "r4": "Officer C",
    }
    assert letters((str(n), str(n)) for n in range(28))["27"] == "Officer AB"


def test_only_training_has_letters_for_names() -> None:
    made = tuple(replace(each.manifest, officer_id="") for each in cameras(2))
    assert [m.officer for m in for_purpose(Purpose.TRAINING, made)] == ["Officer A", "Officer B"]
    assert for_purpose(Purpose.COMPLAINT, made) == made


def test_nothing_that_training_is_told_has_a_name_a_badge_a_serial_or_an_incident(training: Training) -> None:
    agency, trust, grants = training.agency, training.trust, training.grants
    works = find_work(trust, grants, agency.workspace, "falk")
    assert [each.label for each in works] == [f"Officer {who}, part {n}" for who in "AB" for n in (1, 2)]
    queue = read_queue(trust, agency.workspace, "falk", grants=grants)
    footage = Footage(training.vault, trust, agency.workspace, training.assignment)
    assert [c.manifest.officer for c in footage.cameras()] == ["Officer A", "Officer B"]
    told = repr((training.manifests, works, queue, footage.cameras(), training.events))
    assert not [each for each in SAID if each in told]
    assert all(each in repr(training.trust.manifests().good) for each in SAID)


def test_what_has_letters_opens_as_what_was_signed_and_nothing_else_does(training: Training) -> None:
    for manifest in training.manifests:
        with training.vault.open(manifest, manifest.parts[0], CASE_TR).open() as file:
            assert file.read() == manifest.recording_id.encode() * 99
    one, other = training.manifests
    for changed in (
        replace(one, officer="Ofc. K. Salo 0417"),
        replace(one, parts=other.parts),
        replace(one, sealed_data_keys=other.sealed_data_keys),
        replace(one, restricted="no"),
        nameless(replace(training.trust.manifest("r1"), recording_id="r2"), "Officer A"),
    ):
        with pytest.raises(NotTrusted):
            training.vault.open(changed, changed.parts[0], CASE_TR)
    assert not is_nameless(training.trust.manifest("r1"))
    assert is_nameless(one)


def test_a_refusal_and_a_damaged_file_are_told_by_letter(training: Training) -> None:
    one, other = training.manifests
    flip(training.agency.workspace.cached(one.parts[1].object))
    with pytest.raises(IntegrityError, match=r"^Officer A, part 2 does not match its signed manifest\."):
        training.vault.open(one, one.parts[1], CASE_TR)
    custody.release_for_training(training.trust, ["r2"], keys("aro"), released=False)
    with pytest.raises(AccessRefused):
        training.vault.open(other, other.parts[0], CASE_TR)
    (denied,) = (each for each in training.events if isinstance(each, AccessDenied))
    assert (denied.what, denied.recording) == ("open Officer B, part 1", "r2")


def test_the_same_recordings_have_their_names_in_a_complaint(training: Training) -> None:
    training.agency.assign("r1", "r2")
    trust = training.agency.trust()
    salo = Grants(trust, keys("salo"), now=lambda: training.agency.now)
    found = case_manifests(trust, trust.assignment(CASE), salo).good
    assert {(m.officer, m.device.serial, m.incidents) for m in found} == {("Ofc. A. Niemi 2214", "X1", ("H-26-1",))}
    (case,) = read_queue(trust, training.agency.workspace, "salo", grants=salo).cases
    assert [each.recording_id for each in case.not_assigned] == ["r3"]
