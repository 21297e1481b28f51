"""A custodian puts what one request hides on another one, by keys, and takes it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from reviewer.app.case_disclosure import DisclosureRoom
from reviewer.domain.redaction import Redaction
from reviewer.domain.request import Answer
from tests.journeys.conftest import Person
from tests.journeys.request_room import opens_the_request

KEY = Qt.Key
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def _hides(person: Person, room: DisclosureRoom) -> None:
    """A box, and a second of silence."""
    person.key(KEY.Key_X)
    person.key(KEY.Key_Return)
    person.sees(lambda: [row.name for row in room.rows] == ["M1"])
    person.key(KEY.Key_I)
    before = room.stage.now()
    person.key(KEY.Key_Right)
    person.sees(lambda: (room.stage.now() or 0) > (before or 0))
    person.key(KEY.Key_O)
    person.key(KEY.Key_M, SHIFT)
    person.sees(lambda: [row.name for row in room.rows] == ["M1", "S1"])


def _asks(person: Person, room: DisclosureRoom) -> None:
    """C: the form stands beside the picture."""
    room.stage.view.setFocus()
    person.key(KEY.Key_C)
    person.sees(lambda: room.copying.form.isVisible())


@pytest.mark.display
def test_a_request_is_answered_by_keys_alone(person: Person) -> None:
    room = opens_the_request(person)
    form = room.answering.form
    room.stage.view.setFocus()
    person.key(KEY.Key_A, ALT)
    person.sees(lambda: form.isVisible() and QApplication.focusWidget() is form.answer)
    person.key(KEY.Key_Left, ALT)  # nothing is written
    person.sees(lambda: room.screen.page.beside is None)
    assert room.request is not None and room.request.answer is Answer.OPEN and room.screen.on_request
    person.key(KEY.Key_A, ALT)
    person.sees(lambda: QApplication.focusWidget() is form.answer)
    person.presses(KEY.Key_Down, lambda: form.answer.value is Answer.GIVEN)
    person.key(KEY.Key_S, CTRL)
    person.sees(lambda: room.request is not None and room.request.answer is Answer.GIVEN)


@pytest.mark.display
def test_what_one_request_hides_is_put_on_another_and_taken_back(person: Person) -> None:
    room = opens_the_request(person)
    form, side = room.copying.form, room.screen.page.side
    assert room.request is not None and not side.copy.isVisible()  # nothing is hidden yet
    _hides(person, room)
    person.sees(side.copy.isVisible)
    _asks(person, room)
    person.sees(lambda: not form.copy.isEnabled() and "no other open request" in person.says())
    person.key(KEY.Key_C)
    person.sees(lambda: not form.isVisible())
    other = room.requests.register(replace(room.request, id="", number="FOI-2026-090", requester="K. Laine")).result()

    def there() -> Redaction:
        return room.redactions.redaction(other)

    _asks(person, room)
    person.sees(lambda: form.to.value == other and QApplication.focusWidget() is form.to)
    assert [form.what.itemText(n) for n in range(form.what.count())] == [
        "All of the request: 2 things",
        "Camera 1: 2 things",
        "S1 alone: 1 thing",
    ]
    person.key(KEY.Key_S, CTRL)
    person.sees(lambda: "2 things copied to FOI-2026-090" in person.says())
    person.sees(lambda: [m.name for m in there().masks] == ["M1"] and [s.name for s in there().sounds] == ["S1"])
    mine = room.redactions.redaction(room.request.id)
    assert there().masks[0].frames == mine.masks[0].frames and there().masks[0].id != mine.masks[0].id
    person.key(KEY.Key_Z)  # one step takes all of it back, and nothing of what stood here
    person.sees(lambda: there() == Redaction())
    assert [row.name for row in room.rows] == ["M1", "S1"]
    person.key(KEY.Key_Z, SHIFT)
    person.sees(lambda: len(there().masks) == len(there().sounds) == 1)
    _asks(person, room)
    person.sees(lambda: "2 things left out: the same is there already." in person.says())
    assert not form.copy.isEnabled()
