"""A custodian's work without a mouse: footage is found, given to an investigator, and taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from reviewer.services.demo import CASE, CUSTODY, PEOPLE
from reviewer.services.queue import QueueCase
from reviewer.ui.custodian import RecordingsScreen
from reviewer.ui.custodian_lists import View
from reviewer.ui.custodian_side import Page
from tests.journeys.conftest import SALO, Person

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
HILL = next(p for p in PEOPLE if p.id == "hill")
NEW = "CR-2026-0300"
TITLE = "Mikonkatu, 13 Jun 2026"


def _screen(person: Person) -> RecordingsScreen:
    screen = person.desk.recordings.screen
    assert screen is not None
    return screen


def _tab_to(person: Person, name: str) -> None:
    """Tab until the field of this name has the focus."""
    for _ in range(40):
        focused = QApplication.focusWidget()
        if isinstance(focused, QLineEdit | QPlainTextEdit) and focused.accessibleName() == name:
            return
        person.key(KEY.Key_Tab)
    raise AssertionError(f"Tab does not reach “{name}”")


def _goes_to_recordings(person: Person) -> RecordingsScreen:
    person.logs_on(f"{HILL.name} {HILL.badge}", HILL.passphrase)
    person.key(KEY.Key_4, CTRL)
    screen = _screen(person)
    person.sees(lambda: screen.listing.entries and screen.asked)
    return screen


def _opens_the_custody_key(person: Person, screen: RecordingsScreen) -> None:
    _tab_to(person, "Key file")
    person.key(KEY.Key_A, CTRL)
    person.types(str(person.demo / "keys" / "custody.json"))
    _tab_to(person, "Passphrase for the custody key")
    person.types(CUSTODY.passphrase)
    person.key(KEY.Key_Return)
    person.sees(lambda: screen.key_open)


def _logs_off(person: Person) -> None:
    person.program.log_off()
    person.sees(lambda: person.program.desk is None and person.has_button("Log on"))


def _cases(person: Person) -> list[str]:
    return [c.case_id for c in person.desk.queue.cases]


def _picks_case(person: Person, case: str) -> QueueCase:
    table = person.desk.queue.table
    table.setFocus()
    for _ in range(len(person.desk.queue.cases)):
        if table.current is not None and table.current.case_id == case:
            return table.current
        person.key(KEY.Key_Down)
    raise AssertionError(f"{case} is not in the queue")


def _finds_and_assigns(person: Person) -> None:
    """All that has the incident's number, to a new case, for one investigator."""
    screen = _goes_to_recordings(person)
    incident = next(e.incidents[0] for e in screen.listing.entries if e.incidents)
    _tab_to(person, "Incident")
    person.types(incident[-6:].lower())
    person.sees(lambda: screen.bar.asked.incident and screen.settled)
    found = screen.lists.recordings.rows.rows
    assert len(found) > 1
    assert all(incident in e.incidents for e in found)
    person.key(KEY.Key_Escape)
    person.key(KEY.Key_1)
    person.key(KEY.Key_A, CTRL)
    assert len(screen.lists.recordings.chosen) == len(found)
    person.key(KEY.Key_A)
    assert screen.side.page is Page.ASSIGN
    person.types(NEW)
    for name, typed in (("Title", TITLE), ("Add a person", SALO.badge), ("Reason", "Complaint about the same evening")):
        _tab_to(person, name)
        person.types(typed)
        if name == "Add a person":
            person.key(KEY.Key_Return)
    _tab_to(person, "Until, if it ends")
    person.types("31 Dec 2099")
    person.sees(lambda: "Open the custody key above." in person.says())
    _opens_the_custody_key(person, screen)
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: NEW in screen.listing.cases)
    person.sees(lambda: "It comes to their queue by itself." in person.says())
    assert screen.listing.cases[NEW].title == TITLE


def _opens(person: Person) -> None:
    """The investigator finds the new case in the queue, and opens it."""
    person.logs_on()
    person.sees(lambda: NEW in _cases(person))
    person.has_footage()
    assert _picks_case(person, NEW).title == TITLE
    person.key(KEY.Key_Return)
    person.sees(lambda: person.desk.room is not None and person.desk.room.dialog is not None)
    person.key(KEY.Key_Return)
    person.sees(lambda: person.desk.room is not None and person.desk.room.screen is not None)
    person.settles()


def _takes_off(person: Person) -> None:
    """The custodian takes the one person off the case."""
    screen = _goes_to_recordings(person)
    person.key(KEY.Key_2)
    assert screen.view is View.CASES
    person.sees(lambda: screen.lists.cases.current is not None and screen.lists.cases.current.case_id == NEW)
    person.key(KEY.Key_T)
    assert screen.side.page is Page.TAKE_OFF
    person.types("Went to another station")
    _opens_the_custody_key(person, screen)
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: not screen.listing.cases[NEW].members)
    person.sees(lambda: f"K. Salo is off {NEW}" in person.says())
    person.sees(lambda: "Were on it" in person.says())


def test_found_by_incident_assigned_opened_and_taken_back(person: Person) -> None:
    _finds_and_assigns(person)
    _logs_off(person)
    _opens(person)
    _logs_off(person)
    _takes_off(person)
    _logs_off(person)
    person.logs_on()
    # What was verified last stands there until the store has answered, and says so.
    person.sees(lambda: CASE in _cases(person) and NEW not in _cases(person))
    person.desk.open_case(NEW)
    person.sees(lambda: "The case was not opened" in person.says())
    person.sees(lambda: "is not assigned to you" in person.says())


def test_the_custody_key_goes_when_the_screen_locks(person: Person) -> None:
    screen = _goes_to_recordings(person)
    person.key(KEY.Key_K)
    assert screen.side.page is Page.KEY
    _opens_the_custody_key(person, screen)
    person.key(KEY.Key_L, CTRL)
    assert not screen.key_open
    person.sees(lambda: person.program.window.is_locked and QApplication.focusWidget() is not None)
    person.types(HILL.passphrase)
    person.key(KEY.Key_Return)
    person.sees(lambda: not person.program.window.is_locked)
    assert not screen.key_open
    assert person.has_button("Open the custody key")


@pytest.mark.parametrize("who", ["salo", "falk"])
def test_who_may_not_assign_has_no_such_door(person: Person, who: str) -> None:
    somebody = next(p for p in PEOPLE if p.id == who)
    person.logs_on(f"{somebody.name} {somebody.badge}", somebody.passphrase)
    person.key(KEY.Key_4, CTRL)
    assert person.program.window.current == "queue"
    assert not person.has_button("Recordings")
