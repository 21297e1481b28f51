"""The report of a check: signed by a custodian, read by an outside program, in sentences for a person."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from reviewer.domain.errors import AccessRefused, NotTrusted
from reviewer.domain.roster import Role
from reviewer.domain.storecheck import CheckReport, Severity
from reviewer.services.storecheck_report import kept_report, sign_report, summary, verify_report
from tests.services.agency import keys
from tests.services.store_room import Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_a_custodian_signs_and_anybody_verifies(room: Room) -> None:
    room.flip(room.object(0))
    room.store.until = None
    report, roster = room.check(), room.agency.trust().roster()
    signed = sign_report(report, roster, keys("hill"))
    back = verify_report(signed, roster)
    assert back == replace(report, signed_by="hill")
    with pytest.raises(AccessRefused, match="Only a custodian"):
        sign_report(report, roster, keys("aro"))
    altered = json.loads(signed)
    altered["payload"] = altered["payload"][:-8] + "AAAAAAA="
    with pytest.raises((NotTrusted, ValueError)):
        verify_report(json.dumps(altered).encode(), roster)
    demoted = tuple(replace(u, roles=(Role.AUDITOR,)) if u.id == "hill" else u for u in roster.users)
    with pytest.raises(NotTrusted):
        verify_report(signed, replace(roster, users=demoted))
    with pytest.raises(NotTrusted, match="is about the store of"):
        verify_report(signed, replace(roster, agency="other.example"))


def test_an_outside_program_reads_the_signed_report(room: Room) -> None:
    report = room.check()
    signed = sign_report(report, room.agency.trust().roster(), keys("hill"))
    envelope = Envelope.from_dict(json.loads(signed))
    key = SSlibKey("hill", "ed25519", "ed25519", {"public": keys("hill").public.signing.hex()})
    assert set(envelope.verify([key], 1)) == {"hill"}
    assert envelope.payload_type == "application/vnd.reviewer.store-check+json"
    payload = json.loads(envelope.payload)
    assert payload["figures"]["hashed"] == 6
    assert payload["findings"][0]["severity"] == "warning"


def test_the_summary_is_one_sentence_a_finding_with_its_next_step(room: Room) -> None:
    room.flip(room.object(0))
    room.put("recordings/r0/readme.txt", b"hello")
    lines = summary(room.check())
    assert lines[0] == "1 thing in the store of helsinki.example is broken."
    assert "5 of 6 objects that they name are whole in the store" in "\n".join(lines)
    assert [line for line in lines if line.startswith("objects/")] == [
        line for line in lines if "does not match its signed manifest" in line and line.endswith("the same name.")
    ]
    assert lines.index("Broken:") < lines.index("Warnings:")


def test_the_newest_report_of_each_kind_is_remembered(room: Room) -> None:
    assert kept_report(room.home, deep=True) is None
    report: CheckReport = room.check()
    assert kept_report(room.home, deep=True) == report
    assert kept_report(room.home, deep=False) is None


def test_more_findings_than_a_report_lists_are_counted(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.services.storecheck.MOST_FINDINGS", 1)
    room.flip(room.object(0))
    room.flip(room.object(1))
    report = room.check()
    assert (len(report.findings), report.left_out, report.figures.broken) == (1, 2, 2)
    assert report.findings[0].severity is Severity.BROKEN
    assert "2 more findings were counted and are not listed." in summary(report)
