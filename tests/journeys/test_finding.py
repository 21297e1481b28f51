"""A finding at the real window, by keys alone: written, looked at, signed; the supervisor returns it, then decides."""

from __future__ import annotations

import json
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from reviewer.app.case_file import CaseFileRoom
from reviewer.app.case_finding import CaseFinding
from reviewer.audit.note import raw_public
from reviewer.domain.case_acts import ExhibitSet
from reviewer.domain.finding import Course
from reviewer.domain.timebase import format_rfc3339
from reviewer.services.finding_reading import case_findings
from tests.journeys.conftest import ARO, SALO, Person

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def _file(person: Person) -> CaseFileRoom:
    assert person.room.hands is not None
    return person.room.hands.file


def _finding(person: Person) -> CaseFinding:
    return _file(person).finding


def _goes_to_board(person: Person) -> None:
    person.key(Qt.Key.Key_7, CTRL)
    person.key(Qt.Key.Key_1, ALT | SHIFT)
    person.sees(lambda: _finding(person).panel.face is not None)
    person.key(Qt.Key.Key_1, ALT)


def _course(person: Person) -> Course:
    """Read as anybody would, from what is recorded."""
    room, session = _file(person), person.desk.session
    allegation = room.file.allegations()[0].id
    return case_findings(room.queries, room.case, room.complaint.rights, session.trust.roster()).of(allegation)


def _signs_dialog(person: Person) -> None:
    person.sees(lambda: _finding(person).dialog is not None)
    person.key(Qt.Key.Key_Return, CTRL)


def _writes(person: Person) -> None:
    """Standard, disposition, reasons with an exhibit, and why it closes with footage unwatched."""
    form = _finding(person).panel.form
    form.standard.setFocus(Qt.FocusReason.TabFocusReason)
    person.key(Qt.Key.Key_Down)
    person.key(Qt.Key.Key_Tab)
    person.key(Qt.Key.Key_Space)  # the first disposition
    person.sees(lambda: form.dispositions.value == "sustained")
    person.key(Qt.Key.Key_Y, ALT)
    assert QApplication.focusWidget() is form.why
    person.types("The arm is held, see @E1")
    QTest.keyClick(form.why, Qt.Key.Key_Return)  # at once: the list goes when the window loses the keys
    person.sees(lambda: "{exhibit:" in form.why.stored)
    form.unwatched.widget.setFocus(Qt.FocusReason.TabFocusReason)
    person.types("Nothing else is heard.")
    form.nothing.setFocus(Qt.FocusReason.TabFocusReason)
    person.sees(lambda: form.sign.isEnabled())


def _comes(sit_down: Callable[[], Person], name: str, passphrase: str) -> Person:
    """Somebody logs on at the same workstation and goes to the board."""
    person = sit_down()
    person.logs_on(name, passphrase)
    person.has_footage()
    person.opens_case()
    _goes_to_board(person)
    return person


def _has_exhibit(person: Person) -> None:
    room = _file(person)
    camera = next(each for each in person.screen.wall.every if each.assigned)
    at = format_rfc3339(camera.range.start)
    source = {"recording": camera.key, "start": at, "end": at, "text": "Arm held"}
    first = room.file.allegations()[0].id
    room.file.add(ExhibitSet, {"allegation": first, "stance": "for", **source}).result(10)
    person.sees(lambda: any(target.words == "E1" for _, target in room.references.offers("E1")))


def _signs_first(salo: Person) -> None:
    _has_exhibit(salo)
    _goes_to_board(salo)
    _writes(salo)
    salo.key(Qt.Key.Key_Return, CTRL)
    _signs_dialog(salo)
    salo.sees(lambda: len(_course(salo).standing) == 1)
    signed = _course(salo).standing[0].finding
    assert signed.reasons_read == "The arm is held, see E1"
    assert (signed.disposition, signed.unwatched_reason) == ("sustained", "Nothing else is heard.")
    salo.sees(lambda: "K. Salo signed draft 1" in salo.says())


def _returns(aro: Person) -> None:
    aro.sees(lambda: _finding(aro).panel.course.decide.isEnabled())
    aro.key(Qt.Key.Key_R, ALT)
    aro.types("Say what camera 2 could hear.")
    aro.key(Qt.Key.Key_Return, CTRL)
    aro.sees(lambda: len(_course(aro).open_returns) == 1)
    aro.sees(lambda: "“Say what camera 2 could hear.”" in aro.says())
    assert not _finding(aro).panel.course.decide.isEnabled()


def _answers_and_signs_again(salo: Person) -> None:
    salo.sees(lambda: "1 of 1 open" in salo.says())
    salo.key(Qt.Key.Key_S, ALT)
    salo.types("Nothing: it was behind a wall.")
    salo.key(Qt.Key.Key_Return, CTRL)
    salo.sees(lambda: not _course(salo).open_returns)
    salo.sees(lambda: _finding(salo).panel.form.sign.isEnabled())
    salo.key(Qt.Key.Key_Return, CTRL)
    _signs_dialog(salo)
    salo.sees(lambda: _course(salo).standing[0].finding.draft == 2)


def _decides(aro: Person) -> None:
    aro.sees(lambda: _finding(aro).panel.course.decide.isEnabled())
    aro.key(Qt.Key.Key_G, ALT)
    aro.key(Qt.Key.Key_Return, CTRL)
    _signs_dialog(aro)
    aro.sees(lambda: _course(aro).decision is not None)
    aro.sees(lambda: "Decided: Sustained" in aro.says())


def test_signed_returned_answered_signed_again_and_decided_by_keys(
    reviewing: Person, sit_down: Callable[[], Person]
) -> None:
    _signs_first(reviewing)
    reviewing.leaves()
    aro = _comes(sit_down, f"{ARO.name} {ARO.badge}", ARO.passphrase)
    _returns(aro)
    aro.leaves()
    salo = _comes(sit_down, f"{SALO.name} {SALO.badge}", SALO.passphrase)
    _answers_and_signs_again(salo)
    salo.leaves()
    aro = _comes(sit_down, f"{ARO.name} {ARO.badge}", ARO.passphrase)
    _decides(aro)
    decided = _course(aro).decided[0]
    user = next(each for each in aro.desk.session.roster.users if each.id == ARO.id)
    key = SSlibKey(ARO.id, "ed25519", "ed25519", {"public": raw_public(user.signing_key).hex()})
    assert list(Envelope.from_dict(json.loads(decided.envelope)).verify([key], 1)) == [ARO.id]
