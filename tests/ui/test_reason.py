"""Why are you viewing this? Nothing is accepted before the log has the answer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import LogUnwritable
from reviewer.ui.reason import Question, Reason, ReasonDialog
from tests.ui.samples import HELSINKI, now

COMPLAINT = Reason("complaint", "Complaint", "Assigned to you 22 Jun 2026 by S. Aro")
CLOSED = Reason("supervision", "Supervision", "Not in your role", open=False)
OTHER = Reason("other", "Other", "Say why; your supervisor is told", note_needed=True)


def shown(qtbot: QtBot, *reasons: Reason) -> ReasonDialog:
    dialog = ReasonDialog(Question.of_case("CR-2026-0142", 4), reasons, zone=HELSINKI, now=now)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


@pytest.fixture
def dialog(qtbot: QtBot) -> ReasonDialog:
    return shown(qtbot, COMPLAINT, CLOSED, OTHER)


def test_enter_starts_viewing_with_the_first_open_reason(qtbot: QtBot, dialog: ReasonDialog) -> None:
    with qtbot.waitSignal(dialog.answered) as answered:
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert answered.args == ["complaint", ""]
    assert dialog.isVisible()  # until the log has it
    dialog.accept()
    assert not dialog.isVisible()


def test_arrows_pass_over_what_is_closed_and_it_says_why(qtbot: QtBot, dialog: ReasonDialog) -> None:
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)
    assert dialog.chosen == OTHER
    closed = dialog._group.button(1)
    assert not closed.isEnabled()
    assert closed.accessibleDescription() == "Not in your role"


def test_other_wants_a_note_and_enter_in_the_note_starts(qtbot: QtBot, dialog: ReasonDialog) -> None:
    dialog._group.button(2).setChecked(True)
    assert (dialog._start.isEnabled(), dialog._start.toolTip()) == (False, "Say why in the note.")
    dialog._note.setFocus()
    qtbot.keyClicks(dialog._note, "Asked by the court")
    qtbot.keyClick(dialog._note, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(dialog.answered) as answered:
        qtbot.keyClick(dialog._note, Qt.Key.Key_Return)
    assert answered.args == ["other", "Asked by the court"]


def test_esc_goes_back_to_the_queue(qtbot: QtBot, dialog: ReasonDialog) -> None:
    with qtbot.waitSignal(dialog.back):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_log_that_cannot_take_the_answer_keeps_the_dialog(qtbot: QtBot, dialog: ReasonDialog) -> None:
    dialog.submit()
    assert not dialog._start.isEnabled()
    dialog.refuse(LogUnwritable("The log disk is full.", "Free 2 GB, then try again."))
    assert dialog._error.words == "The log disk is full. Free 2 GB, then try again."
    assert dialog._start.isEnabled()


def test_without_an_open_reason_nothing_starts(qtbot: QtBot) -> None:
    dialog = shown(qtbot, CLOSED)
    assert dialog.chosen is None
    with qtbot.assertNotEmitted(dialog.answered):
        dialog.submit()
    assert dialog._start.toolTip() == "No reason is open to you. Ask your supervisor."
