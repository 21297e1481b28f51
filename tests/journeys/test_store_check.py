"""A custodian checks the store without a mouse: stops, goes on, finds what was done to it, signs, and saves."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from reviewer.domain.storecheck import Fault
from reviewer.services.demo import PEOPLE
from reviewer.services.storecheck_report import verify_report
from reviewer.ui.store_check import StoreScreen
from tests.journeys.conftest import SALO, Person
from tests.services.agency import flip

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
HILL = next(p for p in PEOPLE if p.id == "hill")


@pytest.fixture(autouse=True)
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where signed reports go."""
    folder = tmp_path / "documents"
    monkeypatch.setattr("reviewer.app.store_check.reports_folder", lambda: folder)
    return folder


def _at_the_store(person: Person) -> StoreScreen:
    person.logs_on(f"{HILL.name} {HILL.badge}", HILL.passphrase)
    person.key(KEY.Key_6, CTRL)
    screen = person.desk.store_room.screen
    assert screen is not None
    person.sees(lambda: "Not write-once" in person.says())
    return screen


def test_a_custodian_checks_signs_and_saves_by_keys(person: Person, documents: Path) -> None:
    largest = max((person.demo / "store" / "objects").rglob("*"), key=lambda p: p.stat().st_size * p.is_file())
    flip(largest)
    screen = _at_the_store(person)
    assert "Store tamper-evident, not write-once" in person.program.window.status.words
    person.key(KEY.Key_C)
    person.sees(lambda: screen.report is not None and not screen.running)
    assert screen.report is not None and screen.report.ok  # sizes are right
    person.key(KEY.Key_D)
    person.sees(lambda: screen.report is not None and screen.report.deep and not screen.running)
    found = screen.report
    assert [f.fault for f in found.findings][:1] == [Fault.BYTES]
    assert "does not match its signed manifest" in person.says()
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: "Signed and saved" in person.says())
    (signed,) = documents.glob("*.json")
    report = verify_report(signed.read_bytes(), person.desk.session.trust.roster())
    assert (report.signed_by, report.figures) == ("hill", found.figures)
    (readable,) = documents.glob("*.txt")
    assert readable.read_text(encoding="utf-8").startswith("1 thing in the store of ")
    person.key(KEY.Key_3, CTRL)
    person.sees(lambda: "Store checked" in person.says() or _logged(person, "store_checked"))


def _logged(person: Person, kind: str) -> bool:
    return any(entry.meta.kind == kind for entry in person.desk.log.entries)


def test_how_a_recording_is_kept_is_asked_by_keys_and_a_folder_keeps_nothing(person: Person) -> None:
    screen = _at_the_store(person)
    person.key(KEY.Key_R)
    recording = next((person.demo / "store" / "recordings").iterdir()).name
    assert isinstance(person.program.window.focusWidget(), QLineEdit)
    person.types(recording)
    person.key(KEY.Key_Return)
    person.sees(lambda: "not all are locked, no legal hold" in person.says())
    person.key(KEY.Key_K, CTRL)
    assert "A folder cannot keep anything" in person.says()
    assert screen.sheet.recording.text() == recording


def test_an_investigator_has_no_door_to_the_store(person: Person) -> None:
    person.logs_on(f"{SALO.name} {SALO.badge}", SALO.passphrase)
    assert person.desk.store_room.screen is None
    person.key(KEY.Key_6, CTRL)
    assert person.program.window.current == "queue"
    assert "Store tamper-evident, not write-once" in person.program.window.status.words
