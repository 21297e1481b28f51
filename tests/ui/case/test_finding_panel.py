"""The finding beside the board: what a person sees of it in each state, and what they can ask for, by keys too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain.reference import Target
from reviewer.services.finding_face import face_of
from reviewer.ui.actions import KeyTable
from reviewer.ui.case import finding_wishes as wishes
from reviewer.ui.case.finding_lines import decision_lines, finding_lines
from reviewer.ui.case.finding_panel import FindingPanel
from reviewer.ui.case.finding_signing import SigningDialog
from reviewer.ui.theme import ThemeName
from reviewer.ui.times import Zone
from tests.services.finding_room import A1, A2, ARO, E1, FALK, LEHTO, SALO, VIRTA, Person, begin, meet


class Room:
    """Three people of a case, and a panel for each of them."""

    def __init__(self, folder: Path) -> None:
        self.salo, self.virta, self.aro = (Person(who, folder / f"{who}.sqlite") for who in (SALO, VIRTA, ARO))
        self.all = [self.salo, self.virta, self.aro]
        begin(*self.all)

    def person(self, who: str, folder: Path) -> Person:
        made = Person(who, folder / f"{who}.sqlite")
        self.all.append(made)
        meet(*self.all)
        return made


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    for each in made.all:
        each.close()


@pytest.fixture
def panel(qtbot: QtBot, keys: KeyTable) -> FindingPanel:
    made = FindingPanel(keys, lambda: Zone.named("Europe/Helsinki"))
    made.form.why.set_case(lambda reference: Target(reference.id, "Arm behind back"), lambda _words: ())
    qtbot.addWidget(made)
    made.resize(400, 1000)
    made.show()
    return made


def show(panel: FindingPanel, person: Person, allegation: str = A1) -> None:
    panel.show_face(face_of(person.hand, allegation))


def words(widget: QWidget) -> str:
    QApplication.processEvents()  # what came new into a layout is shown with the next event
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisible())


def test_what_is_missing_stands_under_a_button_that_cannot_be_pressed(room: Room, panel: FindingPanel) -> None:
    show(panel, room.salo)
    assert not panel.form.sign.isEnabled()
    assert panel.form.sign.accessibleDescription() == "Choose the standard of proof."
    assert "Choose the standard of proof. (2 more)" in words(panel)
    assert "Standard of proof (Example table, v1)" in words(panel)


def test_a_field_is_written_when_it_is_left_with_what_its_author_saw(
    room: Room, panel: FindingPanel, qtbot: QtBot
) -> None:
    room.salo.findings.write(A1, reasons="Before.").result()
    show(panel, room.salo)
    asked: list[wishes.Wish] = []
    panel.wished.connect(asked.append)
    panel.form.dispositions.cards[1].click()
    panel.form.why.set_stored(f"After {{exhibit:{E1}}}.")
    panel.form.keep.click()
    panel.form.keep.click()
    assert asked == [
        wishes.Write("disposition", "not_sustained", ""),
        wishes.Write("reasons", f"After {{exhibit:{E1}}}.", "Before."),
    ]
    room.salo.findings.write(A1, reasons=f"After {{exhibit:{E1}}}.").result()
    show(panel, room.salo)
    assert "1 exhibit cited · each opens at its time" in words(panel)


def test_what_is_being_typed_stays_while_a_colleague_changes_the_rest(room: Room, panel: FindingPanel) -> None:
    show(panel, room.salo)
    panel.form.why.set_stored("Half a sen")
    room.virta.findings.write(A1, disposition="unfounded", reasons="Theirs.").result()
    meet(*room.all)
    show(panel, room.salo)
    assert panel.form.why.stored == "Half a sen"
    assert panel.form.dispositions.value == "unfounded"
    show(panel, room.salo, A2)
    assert panel.form.why.stored == ""


def test_unwatched_minutes_ask_for_a_reason_and_watched_ones_do_not(room: Room, panel: FindingPanel) -> None:
    show(panel, room.salo)
    assert not panel.form.unwatched.widget.isVisible()
    room.salo.watched = 20
    show(panel, room.salo)
    assert panel.form.unwatched.widget.isVisible()
    assert "Why it closes with 0:40 not watched" in words(panel)


def test_the_dialog_shows_all_that_is_signed_and_a_plain_enter_signs_nothing(
    room: Room, panel: FindingPanel, qtbot: QtBot
) -> None:
    room.salo.writes_and_signs("not_sustained")
    finding = room.salo.read().of(A1).standing[0].finding
    lines = finding_lines(finding)
    assert ("Why", "The arm was held E1.") in lines
    assert ("Exhibits cited", "E1 · for · Arm behind back") in lines
    assert ("Watched of the relevant footage", "1:00 of 1:00 at 2× or slower") in lines
    dialog = SigningDialog("Sign draft 1", "about", lines, "Sign finding", ThemeName.DARK, panel)
    dialog.open()
    with qtbot.assertNotEmitted(dialog.signed):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    with qtbot.waitSignal(dialog.signed):
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_returned_answered_and_decided_by_keys(room: Room, panel: FindingPanel) -> None:
    finding = room.salo.writes_and_signs("sustained")
    meet(*room.all)
    asked: list[wishes.Wish] = []
    panel.wished.connect(asked.append)
    show(panel, room.aro)
    panel.course.ask_return()
    assert panel.course.ask is not None
    panel.course.ask.text.setPlainText("Say more.")
    panel.submit()
    assert asked.pop() == wishes.Return(finding, "Say more.")
    room.aro.decisions.send_back(finding, "Say more.").result()
    meet(*room.all)
    show(panel, room.aro)
    assert "“Say more.”" in words(panel)
    assert "1 of 1 open" in words(panel)
    assert "It was returned; draft 2 is awaited. Or take the return back." in words(panel)
    panel.done()
    show(panel, room.salo)
    panel.course.ask_answer()
    assert panel.course.ask is not None
    panel.course.ask.text.setPlainText("Said.")
    panel.submit()
    answer = asked.pop()
    assert isinstance(answer, wishes.Answer)
    room.salo.findings.answer(answer.point, answer.text).result()
    room.salo.findings.sign(A1).result()
    meet(*room.all)
    panel.done()
    show(panel, room.aro)
    panel.course.ask_decision()
    panel.submit()
    assert asked.pop() == wishes.Decide("sustained", "preponderance", "")
    room.aro.decisions.decide(A1, "sustained", "preponderance").result()
    meet(*room.all)
    panel.done()
    show(panel, room.salo)
    assert "Decided: Sustained" in words(panel)
    assert "Aro decided" in words(panel) or "aro decided" in words(panel)
    decision = room.salo.read().of(A1).decided[0].decision
    assert ("About the finding", "draft 2: Sustained") in decision_lines(
        decision, room.salo.read().of(A1).standing[0].finding
    )


def test_two_decisions_that_did_not_know_of_each_other_are_shown_as_a_conflict(
    room: Room, panel: FindingPanel, tmp_path: Path
) -> None:
    lehto = room.person(LEHTO, tmp_path)
    room.salo.writes_and_signs("sustained")
    meet(*room.all)
    room.aro.decisions.decide(A1, "sustained", "preponderance").result()
    lehto.decisions.decide(A1, "unfounded", "preponderance", "No.").result()
    meet(*room.all)
    show(panel, room.salo)
    said = words(panel)
    assert "Two decisions stand that did not know of each other" in said
    assert "Decided: Sustained" in said
    assert "Decided: Unfounded" in said


def test_who_is_to_judge_blind_sees_no_finding_until_theirs_is_sealed(room: Room, panel: FindingPanel) -> None:
    room.salo.writes_and_signs("sustained", f"A secret reason {{exhibit:{E1}}}.")
    room.aro.second.ask([A1], [SALO, VIRTA]).result()
    meet(*room.all)
    show(panel, room.virta)
    assert not panel.form.isVisible()
    assert "secret" not in words(panel)
    assert panel.form.why.stored == ""
    asked: list[wishes.Wish] = []
    panel.wished.connect(asked.append)
    panel.submit()
    assert asked == []  # nothing is chosen yet
    panel.impression.dispositions.cards[3].click()
    panel.impression.words.setPlainText("No arm.")
    panel.submit()
    (seal,) = asked
    assert isinstance(seal, wishes.Seal)
    assert (seal.disposition, seal.words) == ("unfounded", "No arm.")
    room.virta.second.seal(seal.review, A1, seal.disposition, seal.words).result()
    show(panel, room.virta)
    assert panel.form.isVisible()
    assert "1 of 2 first impressions sealed" in words(panel)
    assert "Unfounded (sealed; you alone read this)" in words(panel)
    meet(*room.all)
    show(panel, room.salo)
    assert "Unfounded" not in words(panel.review)


def test_another_investigator_finds_otherwise_and_withdraws_it(room: Room, panel: FindingPanel) -> None:
    finding = room.salo.writes_and_signs("sustained")
    meet(*room.all)
    show(panel, room.salo)
    assert not panel.course.dissent.isVisible()
    show(panel, room.virta)
    asked: list[wishes.Wish] = []
    panel.wished.connect(asked.append)
    panel.course.ask_dissent()
    assert panel.course.ask is not None
    panel.course.ask.choosers[0].setCurrentIndex(3)
    panel.course.ask.text.setPlainText("I saw no arm.")
    panel.submit()
    assert asked == [wishes.Dissent(finding, "unfounded", "I saw no arm.")]
    room.virta.findings.dissent(finding, "unfounded", "I saw no arm.").result()
    meet(*room.all)
    panel.done()
    show(panel, room.aro)
    assert "finds otherwise: Unfounded" in words(panel)


def test_who_only_reads_can_press_nothing(room: Room, panel: FindingPanel, tmp_path: Path) -> None:
    falk = room.person(FALK, tmp_path)
    room.salo.writes_and_signs("sustained")
    meet(*room.all)
    show(panel, falk)
    for each in (panel.form.sign, panel.form.keep, panel.form.dispositions, panel.review.ask):
        assert not each.isEnabled()
    assert panel.form.why.isReadOnly()
    assert not panel.course.decide.isVisible()


def test_without_an_allegation_it_says_so_and_right_to_left_words_stand_as_written(
    room: Room, panel: FindingPanel
) -> None:
    panel.show_face(None)
    assert "No allegation yet" in words(panel)
    room.salo.writes_and_signs("sustained", f"היד הוחזקה {{exhibit:{E1}}}")
    show(panel, room.salo)
    assert panel.form.why.stored == f"היד הוחזקה {{exhibit:{E1}}}"
