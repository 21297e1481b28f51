"""A complaint from the card to the verified log by keyboard alone: nobody touches a mouse.

P. Hill takes a card in and gives the case to K. Salo and S. Aro; he writes down what is alleged, watches, marks, finds
and signs; she returns it, he answers and signs again; she decides, moves the case on, and saves the report.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QWidget

from reviewer.app.case_file import CaseFileRoom
from reviewer.domain.case import CaseState, Stance
from reviewer.services.demo import CUSTODY, PEOPLE
from reviewer.services.demo import Person as Somebody
from reviewer.ui.custodian_side import Page
from reviewer.ui.intake_page import Stage
from tests.journeys.conftest import ARO, SALO, Command, Person
from tests.journeys.test_custodian import _screen
from tests.journeys.test_finding import _answers_and_signs_again, _course, _decides, _signs_dialog, _writes
from tests.journeys.test_intake import chooses, screen
from tests.services.test_ingest import docked

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
HILL = next(p for p in PEOPLE if p.id == "hill")
NEW = "CR-2026-0300"
INCIDENT = "INC-9"


def press(person: Person, command: str) -> None:
    """The key of a command, whatever it is now."""
    window = QApplication.activeModalWidget() or person.program.window
    window.activateWindow()
    person.sees(lambda: QApplication.activeWindow() is window)
    QTest.keySequence(QApplication.focusWidget() or window, QKeySequence(person.desk.keys.key(command)))


def tabs_to(person: Person, *, named: str = "", kind: type[QWidget] = QWidget) -> QWidget:
    """Tab until something of this name or kind has the focus."""
    for _ in range(60):
        focused = QApplication.focusWidget()
        words = focused.text() if isinstance(focused, QAbstractButton) else ""
        if isinstance(focused, kind) and (not named or named in (focused.accessibleName(), words)):
            return focused
        person.key(KEY.Key_Tab)
    raise AssertionError(f"Tab does not reach “{named or kind.__name__}”")


def logs_on(person: Person, who: Somebody) -> None:
    person.sees(lambda: QApplication.focusWidget() is not None)
    for name, words in (("Name or badge", who.badge), ("Passphrase for your signing key", who.passphrase)):
        tabs_to(person, named=name)
        person.key(KEY.Key_A, CTRL)
        person.types(words)
    box = tabs_to(person, kind=QCheckBox)
    if isinstance(box, QCheckBox) and not box.isChecked():
        person.key(KEY.Key_Space)
    tabs_to(person, named="Passphrase for your signing key")
    person.key(KEY.Key_Return)
    person.sees(lambda: person.program.desk is not None)


def logs_off(person: Person) -> None:
    """Lock, and leave from there."""
    person.key(KEY.Key_L, CTRL)
    person.sees(lambda: person.program.window.is_locked and QApplication.focusWidget() is not None)
    tabs_to(person, named="Log off")
    person.key(KEY.Key_Space)
    person.sees(lambda: person.program.desk is None and person.has_button("Log on"))


def _takes_in(person: Person, card: Path) -> None:
    docked(card / "laine", officer="Ofc. S. Laine", badge="1940")
    person.key(KEY.Key_5, CTRL)
    person.key(KEY.Key_O, CTRL)
    chooses(person, card)
    person.sees(lambda: screen(person).plan.stage is Stage.PLANNED)
    person.key(KEY.Key_I)
    person.types(INCIDENT)
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: screen(person).plan.stage is Stage.ENDED)


def _assigns(person: Person) -> None:
    person.key(KEY.Key_4, CTRL)
    shown = _screen(person)
    person.sees(lambda: shown.listing.entries and shown.asked)
    tabs_to(person, named="Incident")
    person.types(INCIDENT.lower())
    person.sees(lambda: shown.bar.asked.incident and shown.settled and shown.lists.recordings.rows.rows)
    person.key(KEY.Key_Escape)
    person.key(KEY.Key_1)
    person.key(KEY.Key_A, CTRL)
    person.key(KEY.Key_A)
    assert shown.side.page is Page.ASSIGN
    person.types(NEW)
    for name, words in (("Title", "Mikonkatu"), ("Add a person", SALO.badge), ("Add a person", ARO.badge)):
        tabs_to(person, named=name)
        person.types(words)
        if name == "Add a person":
            person.key(KEY.Key_Return)
    tabs_to(person, named="Reason")
    person.types("Complaint by letter")
    person.sees(lambda: "Open the custody key above." in person.says())
    tabs_to(person, named="Key file")
    person.key(KEY.Key_A, CTRL)
    person.types(str(person.demo / "keys" / "custody.json"))
    tabs_to(person, named="Passphrase for the custody key")
    person.types(CUSTODY.passphrase)
    person.key(KEY.Key_Return)
    person.sees(lambda: shown.key_open)
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: NEW in shown.listing.cases)


def _opens(person: Person) -> CaseFileRoom:
    """The new case, from the queue."""
    person.sees(lambda: NEW in [case.case_id for case in person.desk.queue.cases])
    person.has_footage()
    table = person.desk.queue.table
    person.key(KEY.Key_1, CTRL)
    tabs_to(person, kind=type(table))
    for _ in person.desk.queue.cases:
        if table.current is not None and table.current.case_id == NEW:
            break
        person.key(KEY.Key_Down)
    person.key(KEY.Key_Return)
    person.sees(lambda: person.desk.room is not None and person.desk.room.dialog is not None)
    person.key(KEY.Key_Return)
    person.sees(lambda: person.desk.room is not None and person.desk.room.screen is not None)
    person.settles()
    assert person.room.hands is not None
    return person.room.hands.file


def _alleges(person: Person, file: CaseFileRoom) -> None:
    person.key(KEY.Key_7, CTRL)
    press(person, "case.page_people")
    press(person, "complaint.allegation")
    person.sees(lambda: (w := QApplication.focusWidget()) is not None and "Title" in w.accessibleName())
    person.types("Excessive force")
    press(person, "complaint.save")
    person.sees(lambda: [each.title for each in file.file.allegations()] == ["Excessive force"])


def _moves(person: Person, file: CaseFileRoom, to: CaseState) -> None:
    person.key(KEY.Key_7, CTRL)
    press(person, "case.page_people")
    choice = file.complaint.standing.to
    person.sees(lambda: choice.count() and choice.isEnabled() and file.complaint.form is None)
    if choice.value != to.value:
        tabs_to(person, named=choice.accessibleName(), kind=type(choice))
    for _ in range(choice.count()):
        if choice.value != to.value:
            person.key(KEY.Key_Down)
    press(person, "complaint.move")
    person.sees(lambda: file.complaint.moves.standing().state is to)


def _marks(person: Person) -> None:
    """Watch it to its end, mark a moment of it."""
    person.key(KEY.Key_2, CTRL)
    person.sees(lambda: person.program.window.current == "review")
    person.settles()
    start = person.playback.now()
    person.key(KEY.Key_Space)
    person.sees(lambda: person.playback.now() > start and not person.playback.playing)
    person.key(KEY.Key_Home)
    person.settles()
    person.key(KEY.Key_N)
    person.types("The arm is held")
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: [each.text for each in person.screen.marking.bookmarks] == ["The arm is held"])
    person.key(KEY.Key_Escape)


def _says_for(person: Person, file: CaseFileRoom) -> None:
    """On the board the mark becomes an exhibit that speaks for what is alleged."""
    person.key(KEY.Key_7, CTRL)
    press(person, "case.page_board")
    view = file.board.view
    person.sees(lambda: len(view.board.rows) == 1)
    tabs_to(person, kind=type(view))
    press(person, "board.exhibit")
    person.sees(lambda: file.board.page.tray.list.hasFocus())
    person.key(KEY.Key_Return)
    person.sees(lambda: [each.allegation for each in file.file.exhibits()] == [file.file.allegations()[0].id])
    press(person, "board.exhibit")
    person.sees(lambda: view.hasFocus() and view.card is not None)
    person.key(KEY.Key_Plus)
    person.sees(lambda: [each.stance for each in file.file.exhibits()] == [Stance.FOR])


def _to_finding(person: Person, file: CaseFileRoom) -> None:
    person.key(KEY.Key_7, CTRL)
    press(person, "case.page_board")
    person.sees(lambda: file.finding.panel.face is not None)
    press(person, "finding.1")


def _sends_back(person: Person, file: CaseFileRoom) -> None:
    course = file.finding.panel.course
    person.sees(course.send_back.isEnabled)
    press(person, "finding.return")
    person.sees(lambda: course.ask is not None)
    person.types("Say what camera 2 could hear.")
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: len(_course(person).open_returns) == 1)
    person.sees(lambda: not course.decide.isEnabled())


def _reports(person: Person, file: CaseFileRoom, path: Path) -> None:
    press(person, "report.show")
    tabs_to(person, named=file.report.page.side.path.accessibleName())
    person.key(KEY.Key_A, CTRL)
    person.types(str(path))
    press(person, "report.save")
    person.sees(path.exists)
    person.sees(lambda: file.report.page.side.said.text().startswith("Saved"))


def test_from_the_card_to_the_verified_log_without_a_mouse(person: Person, tmp_path: Path, command: Command) -> None:
    person.native = 64  # px: what this card’s footage has
    logs_on(person, HILL)
    _takes_in(person, tmp_path / "card")
    _assigns(person)
    logs_off(person)

    logs_on(person, SALO)
    file = _opens(person)
    _alleges(person, file)
    _moves(person, file, CaseState.INVESTIGATION)
    _marks(person)
    _says_for(person, file)
    _to_finding(person, file)
    _writes(person)
    person.key(KEY.Key_Return, CTRL)
    _signs_dialog(person)
    person.sees(lambda: len(_course(person).standing) == 1)
    _moves(person, file, CaseState.REVIEW)
    logs_off(person)

    logs_on(person, ARO)
    file = _opens(person)
    person.sees(lambda: file.complaint.moves.standing().state is CaseState.REVIEW)
    _to_finding(person, file)
    person.sees(lambda: len(_course(person).standing) == 1)
    _sends_back(person, file)
    logs_off(person)

    logs_on(person, SALO)
    _to_finding(person, _opens(person))
    _answers_and_signs_again(person)
    logs_off(person)

    logs_on(person, ARO)
    file = _opens(person)
    _to_finding(person, file)
    _decides(person)
    _moves(person, file, CaseState.DECIDED)
    _reports(person, file, tmp_path / "case.pdf")
    logs_off(person)
    assert command("log", "verify")["ok"]
