"""A text with references: stored as tokens, read as links that follow, typed around and deleted whole."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.reference import Reference, Referred, Target
from reviewer.ui.case.reference_edit import ReferenceEdit
from reviewer.ui.case.reference_list import Offer, ReferenceList

E3 = Reference(Referred.EXHIBIT, "e3")
MARK = Reference(Referred.MARK, "m1")
TEXT = f"The arm is behind the back ({E3.token}) at {MARK.token}.\nNot yet {{exhibit:}}."


class Case:
    """What references lead to, as a test has it."""

    def __init__(self) -> None:
        self.targets = {E3: Target("E3", "22:42:14.9 · Niemi"), MARK: Target("22:42:14.9", "The arm")}

    def resolve(self, reference: Reference) -> Target | None:
        return self.targets.get(reference)

    def offers(self, words: str) -> Sequence[Offer]:
        return tuple(
            each for each in self.targets.items() if words.lower() in f"{each[1].words} {each[1].about}".lower()
        )


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
def edit(qtbot: QtBot, case: Case) -> ReferenceEdit:
    made = ReferenceEdit("Why")
    qtbot.addWidget(made)
    made.set_case(case.resolve, case.offers)
    made.resize(600, 200)
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def place_of(edit: ReferenceEdit, token: str) -> QPoint:
    """The middle of the link of this token, in the viewport."""
    cursor = QTextCursor(edit.document())
    for position in range(edit.document().characterCount()):
        cursor.setPosition(position)
        if edit._token(position) == token:
            return edit.cursorRect(cursor).center() + QPoint(8, 0)
    raise AssertionError("no such link")


def test_what_is_stored_comes_back(edit: ReferenceEdit) -> None:
    edit.set_stored(TEXT)
    assert edit.stored == TEXT
    assert edit.read(E3.token) == "E3"


def test_showing_a_text_is_no_edit_and_typing_is_one(edit: ReferenceEdit, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(edit.edited):
        edit.set_stored(TEXT)
    edit.moveCursor(QTextCursor.MoveOperation.End)
    with qtbot.waitSignal(edit.edited):
        qtbot.keyClicks(edit, " So.")
    assert edit.stored == f"{TEXT} So."


def test_what_is_typed_after_a_link_is_text_and_the_link_goes_whole(edit: ReferenceEdit, qtbot: QtBot) -> None:
    edit.set_stored(E3.token)
    edit.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(edit, "x")
    assert edit.stored == f"{E3.token}x"
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert edit.stored == ""
    edit.undo()
    assert E3.token in edit.stored


def test_links_follow_what_they_name(edit: ReferenceEdit, case: Case) -> None:
    edit.set_stored(TEXT)
    case.targets[E3] = Target("E4", stands=False)
    del case.targets[MARK]
    edit.set_case(case.resolve, case.offers)
    assert edit.read(E3.token) == "E4 (withdrawn)"
    assert edit.read(MARK.token) == "[mark not in this case]"
    assert edit.stored == TEXT


def test_a_click_on_a_link_leads_there_and_beside_it_does_not(edit: ReferenceEdit, qtbot: QtBot) -> None:
    edit.set_stored(f"The arm {E3.token} is behind")
    QApplication.processEvents()
    with qtbot.waitSignal(edit.followed) as gone:
        QTest.mouseClick(edit.viewport(), Qt.MouseButton.LeftButton, pos=place_of(edit, E3.token))
    assert gone.args == [E3, Target("E3", "22:42:14.9 · Niemi")]
    with qtbot.assertNotEmitted(edit.followed):
        QTest.mouseClick(edit.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
    edit.moveCursor(QTextCursor.MoveOperation.Start)
    assert not edit.follow()


def asked(edit: ReferenceEdit) -> ReferenceList:
    found = edit._list
    assert found is not None
    return found


def test_an_at_sign_asks_what_to_name_and_enter_names_it(edit: ReferenceEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "See ")
    QTest.keyClick(edit, "@")  # type: ignore[call-overload]  # a character is a key, too
    offered = asked(edit)
    assert offered.rows.count() == 2
    qtbot.keyClicks(edit, "the")
    assert offered.rows.count() == 1
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.stored == f"See {MARK.token}"
    assert edit._list is None


def test_the_list_goes_and_the_words_stay(edit: ReferenceEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "x ")
    QTest.keyClick(edit, "@")  # type: ignore[call-overload]
    assert edit._list is not None
    qtbot.keyClicks(edit, "zz")
    assert edit._list is None
    assert edit.stored == "x @zz"
    qtbot.keyClicks(edit, "a")
    QTest.keyClick(edit, "@")  # type: ignore[call-overload]  # an address
    assert edit._list is None


def test_escape_ends_the_asking(edit: ReferenceEdit) -> None:
    edit.ask()
    asked(edit)
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert edit.hasFocus()
    assert edit._list is None
    assert edit.stored == ""


def test_copying_takes_the_references_along_and_elsewhere_their_words(edit: ReferenceEdit) -> None:
    edit.set_stored(TEXT)
    edit.selectAll()
    copied = edit.createMimeDataFromSelection()
    assert copied.text() == "The arm is behind the back (E3) at 22:42:14.9.\nNot yet {exhibit:}."
    edit.clear()
    edit.insertFromMimeData(copied)
    assert edit.stored == TEXT


def test_a_pasted_text_brings_no_markup(edit: ReferenceEdit) -> None:
    pasted = QMimeData()
    pasted.setHtml("<b>loud</b>")
    pasted.setText("loud \ufffc")
    edit.insertFromMimeData(pasted)
    assert edit.stored == "loud "


def test_right_to_left_words_around_a_link(edit: ReferenceEdit) -> None:
    text = f"الذراع خلف الظهر {E3.token} عند {MARK.token}"
    edit.set_stored(text)
    assert edit.stored == text
    edit.grab()  # is drawn without a complaint of Qt's


def test_a_long_text_is_kept_whole(edit: ReferenceEdit) -> None:
    text = f"word {E3.token} " * 500
    edit.set_stored(text)
    assert edit.stored == text
