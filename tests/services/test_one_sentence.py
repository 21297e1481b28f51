"""What is wrong with documents of the store is one sentence and the next step, word for word."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.assignment import closed
from reviewer.domain.codec import encode
from reviewer.domain.errors import NotTrusted
from reviewer.domain.timebase import Utc
from reviewer.sealing import envelope
from reviewer.services.trust import Problem
from tests.services.agency import CASE, NOW, YEAR, Agency, keys


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


def test_a_rolled_back_roster(agency: Agency) -> None:
    agency.put_roster(replace(agency.trust().roster(), version=2))
    assert agency.trust().refresh().version == 2
    shutil.rmtree(agency.workspace.documents)
    (agency.store.root / "roster" / "2.json").unlink()
    with pytest.raises(NotTrusted) as refused:
        agency.trust().refresh()
    assert str(refused.value) == ("The roster went back from version 2 to 1. Do not go on; tell who keeps the store.")


def test_an_expired_roster(agency: Agency) -> None:
    agency.now = Utc(NOW + YEAR)
    trust = agency.trust()
    trust.refresh()
    assert trust.notices == (
        Problem("roster/1.json", "The roster expired on 2027-06-13.", "Ask the custodian for a new one."),
    )


def test_a_manifest_signed_by_a_stranger(agency: Agency) -> None:
    made = agency.recording("r1", b"footage", sealed=True)
    agency.put_manifest(replace(made, n=2), Ed25519PrivateKey.generate())
    found = agency.trust().manifests()
    assert [m.n for m in found.good] == [1]
    assert found.problems == (
        Problem(
            "recordings/r1/2.json",
            "The manifest is signed by ws-1, whom the roster does not name for it.",
            "Ask the custodian.",
        ),
    )


def test_an_assignment_by_somebody_without_the_role(agency: Agency) -> None:
    agency.recording("r1", b"footage", sealed=True)
    made = agency.assign("r1")
    forged = replace(made, n=2, issued_by="salo")
    data = envelope.sign("assignment", encode(closed(forged)), "salo", keys("salo").signing)
    agency.store.put_if_absent(f"assignments/{CASE}/2.json", data)
    found = agency.trust().assignments()
    assert [a.n for a in found.good] == [1]
    assert found.problems == (
        Problem(
            f"assignments/{CASE}/2.json",
            "The assignment is signed by salo, whom the roster does not name for it.",
            "Ask the custodian.",
        ),
    )
