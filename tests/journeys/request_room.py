"""How a custodian comes to the copies of the demo's request, by keys."""

from __future__ import annotations

from PySide6.QtCore import Qt

from reviewer.app.case_disclosure import DisclosureRoom
from reviewer.services.demo import PEOPLE
from reviewer.services.demo_copies import REQUEST as CASE
from tests.journeys.conftest import Person

KEY = Qt.Key
HILL = next(p for p in PEOPLE if p.id == "hill")


def goes_to_the_register(person: Person) -> DisclosureRoom:
    """Logs on, opens the case, goes to the register of its requests."""
    person.logs_on(f"{HILL.name} {HILL.badge}", HILL.passphrase)
    person.sees(lambda: any(c.case_id == CASE for c in person.desk.queue.cases))
    person.has_footage()
    table = person.desk.queue.table
    table.setFocus()
    for _ in person.desk.queue.cases:
        if table.current is None or table.current.case_id != CASE:
            person.key(KEY.Key_Down)
    person.opens_case()
    person.key(KEY.Key_9, Qt.KeyboardModifier.ControlModifier)
    hands = person.room.hands
    assert hands is not None
    room = hands.copies
    assert isinstance(room, DisclosureRoom)
    person.sees(lambda: room.screen.isVisible() and room.screen.register.requests)
    return room


def opens_the_request(person: Person) -> DisclosureRoom:
    """And there, Enter on its request."""
    room = goes_to_the_register(person)
    room.screen.register.table.setFocus()
    person.key(KEY.Key_Return)
    person.sees(lambda: room.request is not None and room.hiding.editor.now() is not None)
    return room
