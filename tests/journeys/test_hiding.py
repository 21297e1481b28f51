"""A custodian hides by keys what a copy may not show, looks at it with and without, undoes, and refuses a request."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from reviewer.app.case_disclosure import DisclosureRoom
from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.events import ViewOpened
from reviewer.domain.redaction import Keyframe, Mask, MaskShape, MaskStyle, Proposed, Target
from reviewer.domain.request import Answer
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.queries import EntryFilter
from reviewer.services.demo import PEOPLE
from reviewer.services.demo_copies import REQUEST as CASE
from reviewer.services.release import PointId
from reviewer.ui.disclosure_page import HIDDEN
from tests.journeys.conftest import Person

KEY = Qt.Key
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
HILL = next(p for p in PEOPLE if p.id == "hill")


def _opens_the_request(person: Person) -> DisclosureRoom:
    """Logs on, opens the case, goes to the copies, Enter on its request."""
    person.logs_on(f"{HILL.name} {HILL.badge}", HILL.passphrase)
    person.sees(lambda: any(c.case_id == CASE for c in person.desk.queue.cases))
    person.has_footage()
    table = person.desk.queue.table
    table.setFocus()
    for _ in person.desk.queue.cases:
        if table.current is None or table.current.case_id != CASE:
            person.key(KEY.Key_Down)
    person.opens_case()
    person.key(KEY.Key_9, CTRL)
    hands = person.room.hands
    assert hands is not None
    room = hands.copies
    assert isinstance(room, DisclosureRoom)
    register = room.screen.register
    person.sees(lambda: room.screen.isVisible() and register.requests)
    register.table.setFocus()
    person.key(KEY.Key_Return)
    person.sees(lambda: room.request is not None and room.hiding.editor.now() is not None)
    return room


def _only(room: DisclosureRoom, name: str) -> object:
    return next((row.thing for row in room.rows if row.name == name), None)


def _draws_and_moves(person: Person, room: DisclosureRoom) -> None:
    """X, arrows, Enter: a mask; on a later frame E moves it there; S and Alt+R say how and why."""
    person.key(KEY.Key_X)
    person.key(KEY.Key_Right)
    person.key(KEY.Key_Return)
    person.sees(lambda: isinstance(_only(room, "M1"), Mask))
    before = room.hiding.editor.now()
    person.key(KEY.Key_Right)
    person.sees(lambda: (room.hiding.editor.now() or 0) > (before or 0))
    person.key(KEY.Key_E)
    person.key(KEY.Key_Down, CTRL)
    person.key(KEY.Key_Return)
    person.sees(lambda: room.hiding.mask is not None and len(room.hiding.mask.frames) == 2)
    person.key(KEY.Key_S)
    person.sees(lambda: room.hiding.mask is not None and room.hiding.mask.style is MaskStyle.PIXELATE)
    person.key(KEY.Key_R, ALT)
    person.key(KEY.Key_Down)
    person.sees(lambda: room.hiding.mask is not None and room.hiding.mask.reason == "third_party")
    room.stage.view.setFocus()


def _withholds_and_undoes(person: Person, room: DisclosureRoom) -> None:
    """I, later O, W: a stretch is withheld; Z takes it back, Shift+Z sets it there again, Del takes it off."""
    person.key(KEY.Key_I)
    before = room.stage.now()
    person.key(KEY.Key_Right)
    person.sees(lambda: (room.stage.now() or 0) > (before or 0))
    person.key(KEY.Key_O)
    person.key(KEY.Key_W)
    person.sees(lambda: [row.name for row in room.rows] == ["M1", "W1"])
    person.key(KEY.Key_Z)
    person.sees(lambda: [row.name for row in room.rows] == ["M1"])
    person.key(KEY.Key_Z, SHIFT)
    person.sees(lambda: [row.name for row in room.rows] == ["M1", "W1"])
    person.key(KEY.Key_Down)
    person.sees(lambda: room.hiding.row is not None and room.hiding.row.name == "W1")
    person.key(KEY.Key_Delete)
    person.sees(lambda: [row.name for row in room.rows] == ["M1"])


def _looks_at_what_is_unsure_and_decides(person: Person, room: DisclosureRoom) -> None:
    """What following was not sure of, and what a detector proposed, is looked at one by one."""
    assert room.request is not None
    start = room.stated_stretches()[0].start
    spots = Spot(0, 0), Spot(ALL // 5, ALL // 5)
    frames = (Keyframe(start, spots), Keyframe(Utc(start + SECOND), spots, sure=100))
    made = Mask(
        *("", room.request.id, room.recording, Target.FACE, MaskShape.BOX, MaskStyle.SOLID),
        *(start, Utc(start + 2 * SECOND), frames, "youth"),
    )
    room.redactions.add(made).result()
    proposed = Mask(
        *("", room.request.id, room.recording, Target.FACE, MaskShape.ELLIPSE, MaskStyle.SOLID),
        *(start, Utc(start + SECOND), frames[:1]),
        proposed=Proposed.OPEN,
    )
    room.redactions.add(proposed).result()
    person.sees(lambda: [row.name for row in room.rows] == ["M1", "M2", "M3"])
    person.key(KEY.Key_L)
    person.sees(lambda: _stands(room, Utc(start + SECOND)))
    person.key(KEY.Key_L, SHIFT)
    person.sees(lambda: not getattr(_only(room, "M2"), "unsure", (1,)))
    person.key(KEY.Key_N)  # picks the proposal …
    person.sees(lambda: room.hiding.row is not None and room.hiding.row.name == "M3")
    person.key(KEY.Key_N)  # … and refuses it
    person.sees(lambda: [row.name for row in room.rows] == ["M1", "M2"])
    done = {point.id for point in room.making.points if point.done}
    assert {PointId.REASONS, PointId.PROPOSALS, PointId.UNSURE} <= done


def _stands(room: DisclosureRoom, at: Utc) -> bool:
    frame = room.stage.view.wall.painted().get(room.recording)
    if frame is None or frame.image is None:
        return False
    first, last = (room.stage.stated(room.recording, each) for each in (frame.at, frame.until))
    return first <= at < last


@pytest.mark.display
def test_by_keys_what_is_hidden_is_drawn_looked_at_and_undone_and_a_request_is_refused(person: Person) -> None:
    room = _opens_the_request(person)
    page = room.screen.page
    _draws_and_moves(person, room)
    _withholds_and_undoes(person, room)
    _looks_at_what_is_unsure_and_decides(person, room)
    # Original or with masks; the pass plays what is hidden only
    assert room.stage.view.veil is not None
    person.key(KEY.Key_V)
    assert room.stage.view.veil is None and page.masked.value is False
    person.key(KEY.Key_V)
    person.key(KEY.Key_V, SHIFT)
    assert room.playing.which == HIDDEN
    before = room.stage.now()
    person.key(KEY.Key_Space)
    person.sees(lambda: (room.stage.now() or 0) > (before or 0) + SECOND // 2)
    person.key(KEY.Key_Space)
    person.sees(lambda: room.stage.playback is not None and not room.stage.playback.playing)
    # Refused, with a reason of the table; the clock stops
    person.key(KEY.Key_A, ALT)
    form = room.answering.form
    person.sees(lambda: QApplication.focusWidget() is form.answer)
    for _ in Answer:
        if form.answer.value is not Answer.REFUSED:
            person.key(KEY.Key_Down)
    form.reasons["youth"].setFocus()
    person.key(KEY.Key_Space)
    person.clicks(form.write)
    person.sees(lambda: room.request is not None and room.request.answer is Answer.REFUSED)
    assert room.request is not None and room.request.refusals == ("youth",)
    person.sees(lambda: page.clock.words == "answered in time")
    _every_view_is_in_the_log(person, room)


def _every_view_is_in_the_log(person: Person, room: DisclosureRoom) -> None:
    with closing(person.desk.session.queries()) as queries:
        found = queries.entries(EntryFilter(case=CASE, kinds=(ViewOpened.KIND,)))
    shown = [each.event for each in found if isinstance(each.event, ViewOpened)]
    assert any(room.recording in json.dumps([c.recording for c in each.cameras]) for each in shown)
