"""The queue: what it says of each case, and what its keys and buttons ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from reviewer.domain.statutory import Brief
from reviewer.domain.timebase import Utc, parse_rfc3339
from reviewer.services.queue import NextStep, in_order
from reviewer.services.shred import Ended, Why
from reviewer.services.trust import Contact, Problem
from reviewer.ui.actions import KeyTable
from reviewer.ui.queue import QueueScreen
from reviewer.ui.queue_parts import Notice
from reviewer.ui.queue_words import cells, ended_words, pace
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from tests.ui.samples import CORRUPT, case, progress, queue, recording, zone


@pytest.fixture
def screen(qtbot: QtBot, keys: KeyTable) -> QueueScreen:
    made = QueueScreen(keys, zone)
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def said(screen: QueueScreen) -> str:
    QApplication.processEvents()  # what was just added is laid out and shown
    return " ".join(label.text() for label in screen.findChildren(QLabel) if label.isVisible())


def notices(screen: QueueScreen) -> list[str]:
    QApplication.processEvents()
    return [n.accessibleName() for n in screen.findChildren(Notice) if n.isVisible()]


def test_it_says_that_it_reads_until_it_knows(screen: QueueScreen) -> None:
    assert "Reading your queue" in said(screen)


def test_an_empty_queue_says_how_it_fills_and_the_key_that_asks(qtbot: QtBot, screen: QueueScreen) -> None:
    screen.show_queue(queue())
    assert "No cases are assigned to you" in said(screen)
    assert not screen.sheet.isVisible()
    with qtbot.waitSignal(screen.ask_again):
        qtbot.keyClick(screen, Qt.Key.Key_F5)
    with qtbot.waitSignal(screen.ask_again):
        qtbot.mouseClick(screen.empty.button, Qt.MouseButton.LeftButton)


def test_a_row_says_what_is_here_watched_verified_and_next() -> None:
    assert [c.spoken for c in cells(CORRUPT)] == [
        "CR-2026-0139, Aleksanterinkatu × Mikonkatu, 13 Jun 2026",
        "",
        "",
        "",
        "1 of 2",
        "50 %",
        "1 of 2 corrupt",
        "Fetch again",
        "",
    ]
    unknown = case(recordings=(recording(1, watched=None),))
    assert cells(unknown)[5].spoken == "not known"


def test_a_row_says_what_is_alleged_where_it_stands_and_which_clock_runs_out_next() -> None:
    now = parse_rfc3339("2026-07-27T11:00:00Z")
    due = ("Update to the complainant", parse_rfc3339("2026-08-06T08:00:00Z")), ("Decision", Utc(now + 10**15))
    brief = Brief("investigation", ("A1 Force", "A2 Words"), due)
    spoken = [c.spoken for c in cells(case(brief=brief), Zone.named("Europe/Helsinki"), now)]
    assert spoken[1:4] == ["2 allegations, investigation", "Update to the complainant, 6 Aug 2026", "9 days"]
    late = cells(case(brief=replace(brief, clocks=(("Decision", Utc(now - 1)),))), now=now)[3]
    assert (late.spoken, getattr(late, "tone", None)) == ("1 day over", Tone.STOP)
    paused = cells(case(brief=replace(brief, clocks=(), paused="before the courts")), now=now)
    assert [c.spoken for c in paused[2:4]] == ["Paused: before the courts, none", "no clock"]


def test_the_next_statutory_clock_decides_the_order() -> None:
    soon, later = parse_rfc3339("2026-07-28T11:00:00Z"), parse_rfc3339("2027-07-28T11:00:00Z")
    first = case(case_id="CR-3", brief=Brief("review", (), (("Decision", soon),)))
    second = case(case_id="CR-2", brief=Brief("review", (), (("Decision", later),)))
    third = case(case_id="CR-1", expires=soon)
    assert [c.case_id for c in sorted([third, second, first], key=in_order)] == ["CR-3", "CR-2", "CR-1"]


def test_enter_opens_the_picked_case_where_it_was_left(qtbot: QtBot, screen: QueueScreen) -> None:
    left = parse_rfc3339("2026-06-13T19:42:17.48Z")
    screen.show_queue(queue(CORRUPT, case(resume=left)))
    screen.setFocus()
    qtbot.keyClick(screen.table, Qt.Key.Key_Down)
    assert screen.sheet._open.text() == "Resume at 22:42:17"
    with qtbot.waitSignal(screen.open_case) as opened:
        qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    assert opened.args == ["CR-2026-0142"]


def test_a_case_that_ended_cannot_be_opened_and_says_who_can_change_it(qtbot: QtBot, screen: QueueScreen) -> None:
    ended = case(step=NextStep.EXPIRED, expires=parse_rfc3339("2026-07-01T00:00:00Z"))
    screen.show_queue(queue(ended))
    assert not screen.sheet._open.isEnabled()
    assert screen.sheet._why.text() == "The assignment ended 1 Jul 2026. Ask S. Aro to extend it."
    with qtbot.assertNotEmitted(screen.open_case):
        qtbot.keyClick(screen.table, Qt.Key.Key_Return)


def test_a_recording_that_does_not_match_is_named_and_can_be_fetched_again(qtbot: QtBot, screen: QueueScreen) -> None:
    screen.show_queue(queue(CORRUPT))
    assert notices(screen) == ["One recording does not match its manifest"]
    assert "Ofc. M. Virtanen 2051, part 2. It is not shown." in said(screen)
    with qtbot.waitSignal(screen.fetch) as fetch:
        screen.findChildren(Notice)[0].pressed.emit()
    assert fetch.args == ["CR-2026-0139"]


def test_what_is_not_assigned_shows_only_its_times(screen: QueueScreen) -> None:
    screen.show_queue(queue(CORRUPT))
    words = said(screen)
    assert "Only the times are shown. Ask your supervisor." in words
    assert "22:38 – 22:50" in words


def test_the_filter_finds_by_every_word_and_esc_leaves_it(qtbot: QtBot, screen: QueueScreen) -> None:
    screen.show_queue(queue(CORRUPT, case()))
    screen.setFocus()
    qtbot.keyClick(screen.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert screen.search.line.hasFocus()
    qtbot.keyClicks(screen.search.line, "korhonen aleksanter")
    assert [c.case_id for c in screen.table.rows.rows] == ["CR-2026-0142"]
    qtbot.keyClicks(screen.search.line, " nobody")
    assert "No case has" in said(screen)
    qtbot.keyClick(screen.search.line, Qt.Key.Key_Escape)
    assert not screen.search.line.hasFocus()


def test_what_was_picked_stays_picked_when_the_queue_is_read_again(screen: QueueScreen) -> None:
    screen.show_queue(queue(CORRUPT, case()))
    screen.table.pick(1)
    screen.show_queue(queue(case("CR-2026-0001"), CORRUPT, case()))
    assert screen.sheet.case is not None
    assert screen.sheet.case.case_id == "CR-2026-0142"


def test_a_transfer_is_shown_paused_and_gone_on_with(qtbot: QtBot, screen: QueueScreen) -> None:
    screen.show_queue(queue(CORRUPT))
    screen.show_progress(progress())
    assert screen.coming.isVisible()
    assert "63 %" in said(screen)
    assert pace(progress()) == "18.4 MB/s · less than a minute"
    with qtbot.waitSignal(screen.pause):
        qtbot.mouseClick(screen.coming._button, Qt.MouseButton.LeftButton)
    screen.show_paused()
    assert "paused; what is here is kept" in said(screen)
    with qtbot.waitSignal(screen.go_on):
        qtbot.mouseClick(screen.coming._button, Qt.MouseButton.LeftButton)
    screen.show_progress(progress(finished=True))
    assert not screen.coming.isVisible()


def test_every_case_that_comes_down_has_its_line_and_what_is_first_is_said(screen: QueueScreen) -> None:
    screen.show_queue(queue(CORRUPT, case()))
    screen.show_progress(replace(progress(fraction=0.25), case="CR-2026-0142"))
    screen.show_progress(replace(progress(), now=("Ofc. A. Niemi 2214, part 2", "Ofc. B, part 1")))
    words = said(screen)
    assert "Coming down now: CR-2026-0139" in words
    assert "First: Ofc. A. Niemi 2214, part 2 and 1 more" in words
    assert "CR-2026-0142" in words
    assert "waits" in words
    screen.show_progress(progress(finished=True))
    assert screen.coming.isVisible()
    assert "Coming down now: CR-2026-0142" in said(screen)


def test_what_was_taken_is_said_plainly(screen: QueueScreen) -> None:
    at = parse_rfc3339("2026-07-27T15:40:00Z")
    off = Ended("CR-2026-0139", Why.TAKEN_OFF, at, "aro", 2, done=True)
    over = Ended("CR-2026-0142", Why.EXPIRED, at, "", 2)
    screen.show_queue(queue())
    screen.show_ended([ended_words(each, zone(), "S. Aro 0102") for each in (off, over)])
    words = said(screen)
    assert "CR-2026-0139 was taken from you on 27 Jul 2026" in words
    assert "S. Aro 0102 took you off the case. Its keys, its footage and what was read of it are gone" in words
    assert "Your access to CR-2026-0142 ended on 27 Jul 2026" in words
    assert "are being removed from this machine" in words


def test_progress_is_shown_without_making_the_rows_anew(screen: QueueScreen) -> None:
    screen.show_queue(queue(CORRUPT))
    screen.show_progress(progress(fraction=0.1))
    row = screen.coming._rows["r3"]
    screen.show_progress(progress(fraction=0.2))
    assert screen.coming._rows["r3"] is row
    assert row._percent.text() == "20 %"


def test_a_store_that_is_not_reached_and_a_document_that_is_refused_are_said(screen: QueueScreen) -> None:
    contact = Contact(parse_rfc3339("2026-07-27T15:40:00Z"), "The folder cannot be read.")
    problem = Problem("manifests/x", "The manifest of x is not signed by this agency.", "Ask the custodian.")
    screen.show_queue(replace(queue(case(), contact=contact), problems=(problem,)))
    assert notices(screen) == [problem.message, "Working from this machine"]
    assert "Last reached 27 Jul 2026 18:40:00 local, 15:40:00 UTC." in said(screen)


def test_what_went_wrong_stands_until_it_is_tried_again(qtbot: QtBot, screen: QueueScreen) -> None:
    screen.show_queue(queue())
    screen.say("Fetching CR-1 stopped", "There is no room left.")
    screen.say("The map", "It cannot be read.")
    screen.show_queue(queue())
    assert notices(screen) == ["The map", "Fetching CR-1 stopped"]
    screen.unsay("Fetching CR-1 stopped")
    assert notices(screen) == ["The map"]
    qtbot.keyClick(screen, Qt.Key.Key_F5)
    assert notices(screen) == []


def test_while_nothing_can_be_shown_it_says_how_far_it_is(screen: QueueScreen) -> None:
    screen.show_reading((2_560, 10_000))
    assert "2,560 of 10,000 signed recordings verified" in said(screen)
    screen.show_unread()
    assert "Your queue could not be read" in said(screen)
    assert screen.empty.button.isVisible()


def test_what_was_verified_earlier_says_when_and_that_it_is_verified_again(screen: QueueScreen) -> None:
    at = parse_rfc3339("2026-07-27T15:00:00Z")
    screen.show_queue(replace(queue(case()), kept=at))
    assert "1 case · as verified 27 Jul 2026 18:00 · verifying again" in said(screen)
    screen.show_reading((128, 256))
    assert "verifying again, 50 %" in said(screen)
    assert "then" in screen.table.rows.index(0, 6).data()
    screen.show_unread()
    assert "not verified again" in said(screen)
    screen.show_queue(queue(case()))
    assert "as verified" not in said(screen)
    assert "then" not in screen.table.rows.index(0, 6).data()
    screen.show_reading((128, 256))
    assert "verifying again" not in said(screen)


def test_a_case_of_thousands_names_the_first_cameras_and_what_is_corrupt(screen: QueueScreen) -> None:
    many = [replace(recording(1), recording_id=f"r{i}", number=i) for i in range(1, 2_001)]
    many[1_500] = replace(many[1_500], quarantined=("part 1",), officer="Ofc. Z. Last 9999")
    screen.show_queue(queue(replace(case(), recordings=tuple(many))))
    assert "and 1,967 more. They all open with the case." in said(screen)
    assert "Ofc. Z. Last 9999" in said(screen)


def test_of_many_problems_the_first_are_said_and_the_rest_counted(screen: QueueScreen) -> None:
    problems = tuple(Problem(f"r{i}", f"r{i} is restricted.", "Ask a second person to sign.") for i in range(200))
    screen.show_queue(queue(replace(case(), problems=problems)))
    assert sum(n.endswith("is restricted.") for n in notices(screen)) == 3
    assert "And 197 more that do not open or were refused" in notices(screen)
    assert "“reviewer queue” lists each one" in said(screen)
