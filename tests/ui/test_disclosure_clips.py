"""The sheet of clips beside a request's picture: what can be made, what is kept, what was done."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import ReviewerError
from reviewer.domain.request import Request, RequestKind
from reviewer.ui import theme
from reviewer.ui.actions import KeyTable
from reviewer.ui.disclosure_clips import ClipRow, ClipsForm
from reviewer.ui.preferences import PreferenceStore


@pytest.fixture
def form(qtbot: QtBot) -> ClipsForm:
    made = ClipsForm(KeyTable(PreferenceStore()))
    qtbot.addWidget(made)
    made.resize(400, 700)
    made.begin(Request("r", RequestKind.PROSECUTION, "PR-2026-001"))
    made.show()
    return made


def words(form: ClipsForm) -> str:
    return "\n".join(each.text() for each in form.findChildren(QLabel) if each.isVisibleTo(form))


def test_what_can_be_made_is_listed_and_what_cannot_be_cut_says_why(form: ClipsForm, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "PR-2026-001" in words(form) and "Reading" in words(form))
    form.show_rows(
        (
            ClipRow(
                "1  Niemi 22:41:02–22:46:10", "Its own frames; 14 frames before 22:41:02.10 UTC are kept.", made=True
            ),
            ClipRow("2  Salo", "A file of this kind (avi) cannot be cut. It is encoded anew.", as_is=False),
        )
    )
    qtbot.waitUntil(lambda: "14 frames before" in words(form) and "avi" in words(form))
    assert "Reading" not in words(form)
    form.show_rows(())
    qtbot.waitUntil(lambda: "Nothing of what was asked for" in words(form))


@pytest.mark.parametrize("name", list(theme.ThemeName))
def test_the_list_stands_on_the_ground_of_its_theme(form: ClipsForm, name: theme.ThemeName) -> None:
    """On the system's own, light in both, the words of the dark theme cannot be read."""
    theme.apply_theme(form, name)
    form.show_rows((ClipRow("1  Niemi", "Its own frames."),))
    (area,) = form.findChildren(QScrollArea)
    seen = area.viewport().grab().toImage()
    assert seen.pixelColor(seen.width() - 4, seen.height() - 4) == theme.theme_of(form).color("bg1")


@pytest.mark.parametrize("command", ["clips.make", "clips.original", "clips.still"])
def test_each_button_asks_for_its_thing_and_says_why_it_does_nothing(
    form: ClipsForm, qtbot: QtBot, command: str
) -> None:
    with qtbot.waitSignal(form.asked) as asked:
        form.buttons[command].click()
    assert asked.args == [command]
    form.allow(command, "You only read here.")
    assert not form.buttons[command].isEnabled() and "only read" in form.buttons[command].toolTip()


def test_what_went_wrong_and_what_was_done_stand_there_one_at_a_time(form: ClipsForm) -> None:
    form.say(ReviewerError("There is no room left.", "Make room."))
    assert "no room" in words(form)
    form.say("", "5 files made.")
    assert "5 files made." in words(form) and "no room" not in words(form)
