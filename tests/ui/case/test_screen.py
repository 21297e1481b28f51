"""The case's papers: pages come and go, the side belongs to its page."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import ReviewerError
from reviewer.ui.actions import KeyTable
from reviewer.ui.case.screen import CaseScreen
from reviewer.ui.preferences import PreferenceStore


@pytest.fixture
def screen(qtbot: QtBot) -> CaseScreen:
    made = CaseScreen(KeyTable(PreferenceStore()))
    qtbot.addWidget(made)
    made.resize(1302, 768)
    made.show()
    return made


def test_a_page_brings_its_side_with_it_and_says_that_it_is_shown(screen: CaseScreen, qtbot: QtBot) -> None:
    board, beside, people = QLabel("rows"), QLabel("finding"), QLabel("names")
    screen.add_page("board", "Board", "layout-grid", board, title="Allegation board", side=beside)
    screen.add_page("people", "People", "users", people)
    assert screen.current == "board"
    assert beside.isVisible()
    with qtbot.waitSignal(screen.shown) as told:
        screen.tabs.segment("people").click()
    assert told.args == ["people"]
    assert people.isVisible()
    assert not beside.isVisible()


def test_what_is_wrong_stands_over_the_page_until_something_was_done(screen: CaseScreen) -> None:
    screen.say(ReviewerError("The title has 10,000 characters.", "Shorten it to 200."))
    words = [label.text() for label in screen.findChildren(QLabel) if label.isVisible()]
    assert any("10,000" in each for each in words)
    screen.tell("Written.")
    words = [label.text() for label in screen.findChildren(QLabel) if label.isVisible()]
    assert not any("10,000" in each for each in words)


def test_nothing_of_a_closed_case_stays(screen: CaseScreen) -> None:
    screen.add_page("board", "Board", "layout-grid", QLabel("secret"), side=QLabel("finding"))
    screen.clear()
    assert screen.current == ""
    assert not [label for label in screen.findChildren(QLabel) if label.isVisible() and label.text() == "secret"]
