"""The complaint's page on real records: typed, written, moved; refused in a sentence and nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from reviewer.app.case_complaint import ComplaintRoom
from reviewer.app.case_file import CaseFileRoom
from reviewer.domain.case import CaseState, PersonRole
from reviewer.domain.case_acts import AllegationSet, Change, ComplaintSet, PersonSet
from reviewer.domain.event import Event
from reviewer.domain.roster import Role
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.case_state import Rights, rights_of
from reviewer.services.journal import Recorded
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.case.screen import CaseScreen
from tests.services.agency import CASE, Agency
from tests.services.test_case import Logs, logs
from tests.ui.conftest import bridge, keys, preferences
from tests.ui.samples import zone

__all__ = ["bridge", "keys", "logs", "preferences"]
LONG = "x" * 10_000
ARABIC = "قال: «توقف» 22:42"


class Room(QObject):
    """What the page's controller needs of an open case."""

    changed = Signal(object)

    def __init__(self, logs: Logs, keys: KeyTable, bridge: Bridge, agency: Agency, who: str) -> None:
        super().__init__()
        trust = agency.trust()
        self.case, self.assignment = CASE, trust.assignment(CASE)
        user = next(u for u in trust.roster().users if u.id == who)
        self.queries = Queries(logs.path)
        self.undo = ExitStack()
        self.undo.callback(self.queries.close)

        def record(event: Event) -> Future[Recorded]:
            done = logs.record(event, who)
            self.changed.emit(frozenset({type(event)}))
            return done

        session = SimpleNamespace(user=user, roster=trust.roster(), trust=trust, journal=SimpleNamespace(record=record))
        self.desk = SimpleNamespace(
            keys=keys,
            bridge=bridge,
            zone=zone,
            session=session,
            user_name=lambda id_: f"Name of {id_}",
            pool=SimpleNamespace(submit=_at_once),
        )
        self.wall = SimpleNamespace(cameras=(_camera("Ofc. A. Niemi 2214"), _camera("Ofc. L. Korhonen 1873")))
        self.screen = CaseScreen(keys)
        self.file = CaseFile(record, self.queries, CASE, lambda: self.complaint.rights.refusal(who))
        self.complaint = ComplaintRoom(cast(CaseFileRoom, self))
        self.complaint.make()
        self.screen.resize(1300, 900)
        self.screen.show()

    def say(self, error: object) -> None:
        self.screen.say(error)  # type: ignore[arg-type]

    def words(self) -> str:
        QApplication.processEvents()
        return " ".join(each.text() for each in self.screen.findChildren(QLabel) if each.isVisible())

    def field(self, name: str) -> QLineEdit | QPlainTextEdit:
        found = [w for w in self.screen.findChildren(QWidget) if w.accessibleName() == name and w.isVisible()]
        return cast(QLineEdit, next(w for w in found if isinstance(w, QLineEdit | QPlainTextEdit)))


def _at_once(act: Callable[..., Rights], *given: object) -> Future[Rights]:
    done: Future[Rights] = Future()
    done.set_result(act(*given))
    return done


def _camera(officer: str) -> SimpleNamespace:
    return SimpleNamespace(manifest=SimpleNamespace(officer=officer))


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = Agency(tmp_path / "agency")
    made.recording("rec-1", b"one")
    made.assign("rec-1", members={"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR, "hill": Role.CUSTODIAN})
    return made


@pytest.fixture
def sits(qtbot: QtBot, logs: Logs, keys: KeyTable, bridge: Bridge, agency: Agency) -> Iterator[Callable[[str], Room]]:
    made: list[Room] = []

    def sit(who: str) -> Room:
        room = Room(logs, keys, bridge, agency, who)
        qtbot.addWidget(room.screen)
        room.screen.activateWindow()
        qtbot.waitUntil(room.screen.isActiveWindow)
        made.append(room)
        QApplication.processEvents()
        return room

    yield sit
    for room in made:
        room.undo.close()


@pytest.fixture
def room(sits: Callable[[str], Room]) -> Room:
    return sits("salo")


def test_a_field_is_written_when_the_person_leaves_it(room: Room, qtbot: QtBot) -> None:
    number = room.field("Number")
    number.setFocus()
    qtbot.keyClicks(number, "PSD-7")
    assert room.file.complaint().number == ""
    qtbot.keyClick(number, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: room.file.complaint().number == "PSD-7")
    qtbot.waitUntil(lambda: "Number: written." in room.words())
    received = room.field("Received")
    assert QApplication.focusWidget() is received
    qtbot.keyClicks(received, "14.6.2026 11:00")
    qtbot.keyClick(received, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: "29 Jul 2026" in room.words())  # 45 days later
    assert room.field("Received").text() == "14.6.2026 11:00"  # type: ignore[union-attr]


def test_a_time_that_is_none_is_said_and_what_was_typed_stays(room: Room, qtbot: QtBot) -> None:
    received = room.field("Received")
    received.setFocus()
    qtbot.keyClicks(received, "last week")
    qtbot.keyClick(received, Qt.Key.Key_Tab)
    assert "Received: “last week” is no day and time." in room.words()
    assert room.file.thing(ComplaintSet, "") is None
    assert room.field("Received").text() == "last week"  # type: ignore[union-attr]


def test_ten_thousand_characters_in_a_title_are_refused_in_a_sentence(room: Room, qtbot: QtBot) -> None:
    room.complaint.add("allegation")
    title = cast(QLineEdit, room.field("Title"))
    title.setText(LONG)
    qtbot.keyClick(title, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert "The title has 10,000 characters. Shorten it to 200." in room.words()
    assert title.text() == LONG
    assert room.file.allegations() == ()


def test_an_allegation_is_added_by_keys_alone_whatever_way_its_script_runs(room: Room, qtbot: QtBot) -> None:
    room.field("Number").setFocus()
    qtbot.keyClick(room.field("Number"), Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    title = room.field("Title")
    assert QApplication.focusWidget() is title
    cast(QLineEdit, title).insert(ARABIC)  # as an input method does
    qtbot.keyClick(title, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(room.complaint.page.allegations.rows.rows) == 1)
    assert room.file.allegations()[0].title == ARABIC
    qtbot.waitUntil(lambda: room.complaint.form is None)
    assert room.complaint.page.allegations.rows.index(0, 1).data().startswith(ARABIC)


def test_an_officer_of_a_camera_brings_the_badge_and_an_allegation_names_them(room: Room, qtbot: QtBot) -> None:
    room.complaint.add("person")
    form = room.complaint.person
    form.role.choose(PersonRole.SUBJECT.value)
    assert form.name.itemText(0) == "Ofc. A. Niemi 2214"
    form.name.setCurrentIndex(0)
    form.name.activated.emit(0)
    form.submit()
    qtbot.waitUntil(lambda: len(room.file.people()) == 1)
    (person,) = room.file.people()
    assert (person.name, person.badge, person.role) == ("Ofc. A. Niemi", "2214", PersonRole.SUBJECT)
    qtbot.waitUntil(lambda: room.complaint.form is None)
    room.complaint.add("allegation")
    room.complaint.allegation.officer.choose(person.id)
    qtbot.keyClicks(room.field("Title"), "Force")
    room.complaint.allegation.submit()
    qtbot.waitUntil(lambda: len(room.file.allegations()) == 1)
    assert room.file.allegations()[0].officer == person.id


def test_an_allegation_is_changed_only_where_it_was_typed_and_no_other_form_takes_its_place(
    room: Room, logs: Logs, qtbot: QtBot
) -> None:
    fields = {"title": "Force", "policy": "force", "start": "2026-06-13T19:42:17.480000Z", "text": "One"}
    id_ = room.file.add(AllegationSet, fields).result()
    room.complaint.page.edit.emit(room.file.allegations()[0])
    assert room.complaint.allegation.policy.currentText() == "Use of force"
    logs.record(AllegationSet(CASE, id_, (Change("policy", "aid", "force"),)), "aro").result()
    qtbot.keyClicks(room.field("Title"), "Too much ")
    room.complaint.add("person")
    assert "What you typed here is not written. Write it (Ctrl S), or go back." in room.words()
    room.complaint.allegation.submit()
    qtbot.waitUntil(lambda: room.complaint.form is None)
    thing = room.file.thing(AllegationSet, id_)
    assert thing is not None
    assert {name: thing.get(name) for name in fields} == fields | {"title": "Too much Force", "policy": "aid"}
    assert [(e.base, e.value) for e in room.file.history(AllegationSet, id_) if e.field == "start"] == [
        ("", "2026-06-13T19:42:17.480000Z")
    ]


def test_a_form_is_left_by_a_key_and_nothing_is_written(room: Room, qtbot: QtBot) -> None:
    room.complaint.add("allegation")
    qtbot.keyClicks(room.field("Title"), "Force")
    qtbot.keyClick(room.field("Title"), Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert room.complaint.form is None
    assert room.file.allegations() == ()


def test_what_is_taken_off_comes_back_by_undo(room: Room, qtbot: QtBot) -> None:
    room.file.add(AllegationSet, {"title": "Force"}).result()
    room.complaint.page.edit.emit(room.file.allegations()[0])
    qtbot.keyClick(room.field("Title"), Qt.Key.Key_Delete, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: room.file.allegations() == ())
    undone = room.file.undo()
    assert undone is not None
    assert [each.title for each in room.file.allegations()] == ["Force"]


def test_the_case_is_moved_with_a_reason_where_the_table_asks_for_one(
    sits: Callable[[str], Room], qtbot: QtBot
) -> None:
    room = sits("aro")
    panel = room.complaint.standing
    panel.to.choose(CaseState.CLOSED)
    assert not panel.button.isEnabled()
    qtbot.keyClick(room.field("Number"), Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    assert QApplication.focusWidget() is panel.reason
    qtbot.keyClicks(panel.reason, "Not for us.")
    qtbot.keyClick(panel.reason, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: room.complaint.moves.standing().state is CaseState.CLOSED)
    qtbot.waitUntil(lambda: room.screen.state.words == "closed")
    assert "“Not for us.”" in room.words()


def test_an_investigator_reads_who_may_move_it_elsewhere(room: Room) -> None:
    assert room.complaint.standing.to.count() == 1
    assert "To informal resolution or closed: a supervisor (S. Aro)." in room.words()


def test_whoever_reads_only_sees_it_all_and_is_told_who_may_write(
    sits: Callable[[str], Room], logs: Logs, qtbot: QtBot
) -> None:
    logs.record(AllegationSet(CASE, "a", (Change("title", "Force"), Change("number", "1"))), "salo").result()
    room = sits("hill")
    assert "You are custodian on this case and read it only. Ask K. Salo or S. Aro to write it." in room.words()
    assert cast(QLineEdit, room.field("Number")).isReadOnly()
    assert not room.complaint.page.add_person.isEnabled()
    qtbot.keyClick(room.field("Number"), Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    assert room.file.complaint().updated is None
    assert len(room.complaint.page.allegations.rows.rows) == 1


def test_what_a_colleague_writes_meanwhile_leaves_what_is_being_typed_and_shows_as_overwritten(
    room: Room, logs: Logs, qtbot: QtBot
) -> None:
    room.file.change(ComplaintSet, "", {"place": "Corner"}).result()
    place = room.field("Place")
    place.setFocus()
    cast(QLineEdit, place).end(False)
    qtbot.keyClicks(place, " of Mikonkatu")
    logs.record(ComplaintSet(CASE, "", (Change("place", "Square", "Corner"),)), "aro").result()
    room.changed.emit(frozenset())
    assert cast(QLineEdit, place).text() == "Corner of Mikonkatu"
    qtbot.keyClick(place, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: room.file.complaint().place == "Corner of Mikonkatu")
    last = [edit for edit in room.file.history(ComplaintSet) if edit.field == "place"][-1]
    assert (last.before, last.base, last.overwrote) == ("Square", "Corner", True)


def test_the_complainant_was_told_and_the_clock_begins_anew(room: Room, qtbot: QtBot) -> None:
    room.file.change(ComplaintSet, "", {"received": "2026-01-01T00:00:00.000000Z"}).result()
    qtbot.waitUntil(lambda: "over" in room.screen.due.words)
    qtbot.keyClick(room.field("Number"), Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: room.file.complaint().updated is not None)


def test_what_still_comes_when_the_case_is_closed_reads_nothing(room: Room, agency: Agency) -> None:
    late = partial(room.complaint._known, rights_of(agency.trust(), CASE))
    room.undo.close()
    late()
    room.changed.emit(frozenset({PersonSet}))
