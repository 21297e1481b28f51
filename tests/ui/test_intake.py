"""The intake: what it says of a plan before anything is written, what a person may change, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from reviewer.alignment.clocks import Choice
from reviewer.domain.errors import Cancelled, StoreUnreachable
from reviewer.domain.recording import Clock, ClockSource, Device, Kind
from reviewer.domain.roster import Banner, Role, Roster, User
from reviewer.domain.timebase import SECOND, Micros, Utc, parse_rfc3339
from reviewer.intake.base import Aside, Note, NoteKind
from reviewer.services.deposit import IngestProgress
from reviewer.services.disk import InUse
from reviewer.services.dock_memory import Rules, Watch
from reviewer.services.dock_state import DeliveryState, DeliveryStatus, WatchStatus
from reviewer.services.ingest import IngestReport, Known
from reviewer.services.intake_plan import (
    Details,
    IntakePlan,
    PlannedFile,
    PlannedPart,
    PlannedRecording,
    PlannedTrack,
)
from reviewer.services.retained import Retained
from reviewer.services.trust import Problem
from reviewer.ui import intake_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.intake import IntakeScreen
from reviewer.ui.intake_page import Stage
from reviewer.ui.theme import Tone
from tests.ui.samples import HELSINKI, NOW, zone

CTRL = Qt.KeyboardModifier.ControlModifier
START = parse_rfc3339("2026-06-13T19:39:40Z")
GPS = Choice(START, Clock(ClockSource.GPS, Micros(1_200_000)), "GPS says when it began.")
FILE = Choice(Utc(START + 3600 * SECOND), Clock(ClockSource.FILE, Micros(24 * 3600 * SECOND)), "Only the file says.")
PEOPLE = tuple(
    User(i, name, badge, (Role.INVESTIGATOR,), "", "")
    for i, name, badge in (("niemi", "A. Niemi", "2214"), ("laine", "S. Laine", "1940"))
)
ROSTER = Roster("a", "A", 1, NOW, PEOPLE, (), (), Banner("", 1, NOW))


def planned(name: str, *, guessed: bool = False, **more: object) -> PlannedRecording:
    """One recording of two parts: found in all, or guessed and without an officer."""
    clock = FILE if guessed else GPS
    details = Details(clock) if guessed else Details(clock, "A. Niemi", "2214", ("INC-7",), "patrol")
    notes = (
        Note(NoteKind.MISSING if guessed else NoteKind.FOUND, "officer", f"{name} and its officer."),
        Note(NoteKind.GUESSED if guessed else NoteKind.FOUND, "clock", clock.why),
    )
    parts = tuple(
        PlannedPart(
            PlannedFile(Path(f"/card/{name}{n}.mp4"), 40_000_000, 1),
            Micros(n * 60 * SECOND),
            Micros(60 * SECOND),
            Micros(0),
        )
        for n in range(2)
    )
    made = PlannedRecording(
        key=f"/card/{name}0.mp4",
        name=name,
        source="camera folder",
        kind=Kind.VIDEO,
        device=None if guessed else Device("AXIS", "W110"),
        parts=parts,
        tracks=() if guessed else (PlannedTrack("gpmf", None, 60),),
        stills=(),
        buffer=None,
        stop=None,
        details=details,
        proposed=details,
        clocks=(GPS, FILE),
        notes=notes,
    )
    return replace(made, **more)  # type: ignore[arg-type]


PLAN = IntakePlan(
    (
        planned("A"),
        planned("B", guessed=True),
        planned("C", known="20260613-c"),
        planned("D", duplicate_of="/card/A0.mp4"),
    ),
    (Problem("/card/X.mp4", "X.mp4 is no footage.", "Leave it out."),),
    aside=(Aside(Path("/card/X.THM"), "a small picture"),),
)


@pytest.fixture
def screen(qtbot: QtBot, keys: KeyTable) -> IntakeScreen:
    made = IntakeScreen(keys, zone)
    qtbot.addWidget(made)
    made.resize(1300, 720)
    made.plan.show_roster(ROSTER)
    made.show_store("tamper-evident, not write-once", write_once=False)
    made.show()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    return made


def said(screen: IntakeScreen) -> str:
    QApplication.processEvents()
    return "\n".join(each.text() for each in screen.findChildren(QLabel) if each.isVisible())


def state(screen: IntakeScreen) -> list[str]:
    return [words.state(row).words for row in screen.plan.table.rows.rows]


# -- words -----------------------------------------------------------------------------------------------------------


def test_found_guessed_and_missing_are_told_apart_by_words() -> None:
    sure, unsure = (words.cells(words.Row(PLAN.recordings[i]), HELSINKI) for i in (0, 1))
    assert [c.spoken for c in sure] == [
        "A, 2 parts, 1 track",
        "A. Niemi 2214, found",
        "13 Jun 2026 22:39:40, found · ± 2.40 s · GPS",
        "2:00, video, 80 MB",
        "AXIS W110, found",
        "INC-7, found",
        "new",
    ]
    assert [c.spoken for c in unsure] == [
        "B, 2 parts",
        "not named, missing",
        "≈ 13 Jun 2026, guessed · ± 48 h · last written",
        "2:00, video, 80 MB",
        "not known, missing",
        "left open",
        "new",
    ]
    assert len({how.icon for how in words.Sure}) == len({how.word for how in words.Sure}) == 4
    plan = PLAN.edit("/card/B0.mp4", officer="X", clock=GPS)
    assert [words.sure(plan.recordings[1], about) for about in ("officer", "clock")] == [words.Sure.BY_HAND] * 2


@pytest.mark.parametrize(
    ("micros", "said"),
    [(20_000, "± 40 ms"), (1_200_000, "± 2.40 s"), (49 * SECOND, "± 98 s"), (150 * SECOND, "± 5 min"),
     (2 * 3600 * SECOND, "± 4 h")],
)  # fmt: skip
def test_the_plus_minus_of_a_standard_deviation_in_the_words_of_its_size(micros: int, said: str) -> None:
    assert words.off_by(micros) == said


@pytest.mark.parametrize(
    ("off", "said"),
    [(20_000, "13 Jun 2026 22:39:40"), (60 * SECOND, "13 Jun 2026 22:39"), (4 * 3600 * SECOND, "13 Jun 2026 22 h"),
     (24 * 3600 * SECOND, "13 Jun 2026")],
)  # fmt: skip
def test_no_digit_beyond_the_uncertainty(off: int, said: str) -> None:
    assert words.begun(Choice(START, Clock(ClockSource.FILE, Micros(off)), ""), HELSINKI) == said


def test_what_is_typed_as_officer_and_incidents() -> None:
    assert words.named("2214", ROSTER) == {"officer": "A. Niemi", "badge": "2214"}
    assert words.named("a. niemi 2214", ROSTER) == {"officer": "A. Niemi", "badge": "2214"}
    assert words.named(" Sgt.  B. Wolf 77 ", ROSTER) == {"officer": "Sgt. B. Wolf", "badge": "77"}
    assert words.named("B. Wolf", None) == {"officer": "B. Wolf", "badge": ""}
    assert words.named("", ROSTER) == {"officer": "", "badge": ""}
    assert words.incidents(" INC-1, INC-2;INC-1  INC-3 ") == ("INC-1", "INC-2", "INC-3")
    assert words.incidents("  ") == ()


def test_how_the_store_keeps_it_is_the_least_of_what_it_says() -> None:
    until = parse_rfc3339("2028-06-14T00:00:00Z")
    later = Utc(until + 86_400 * SECOND)
    locked = (Retained("a", 3, later, False, "COMPLIANCE", 0), Retained("b", 2, until, False, "COMPLIANCE", 0))
    assert words.keeping(locked, "", HELSINKI) == (
        "Write-once until 14 Jun 2028 (compliance), 5 objects.",
        Tone.OK,
    )
    folder = (Retained("a", 3, None, False, "", 3),)
    assert words.keeping(folder, "tamper-evident, not write-once", HELSINKI) == (
        "Nothing keeps it from being removed: this store is tamper-evident, not write-once.",
        Tone.WARN,
    )
    partly = (*locked, Retained("c", 2, None, False, "COMPLIANCE", 1))
    assert words.keeping(partly, "", HELSINKI)[0].startswith("1 of 7 objects have no retention.")
    held = (Retained("a", 3, None, True, "", 0),)
    assert words.keeping(held, "", HELSINKI) == ("Kept by legal hold, 3 objects.", Tone.OK)
    assert words.keeping((), "", HELSINKI) == ("", Tone.PLAIN)


def test_progress_counts_each_byte_once_though_it_passes_three_times() -> None:
    now = IngestProgress("A.mp4", 300_000_000, 900_000_000)
    assert words.pace(now, 30_000_000) == "100 MB of 300 MB · 10.0 MB/s · less than a minute"
    assert words.pace(now, 3_000_000) == "100 MB of 300 MB · 1.0 MB/s · about 3 min"
    assert words.pace(now, 0.0) == "100 MB of 300 MB"


# -- the plan --------------------------------------------------------------------------------------------------------


def test_nothing_is_chosen_and_the_key_that_changes_it(qtbot: QtBot, screen: IntakeScreen) -> None:
    assert "Nothing is chosen" in said(screen)
    assert screen.store.words == "Store: tamper-evident, not write-once"
    assert not screen.plan.take_button.isVisible() and not screen.plan.sheet.isVisible()
    qtbot.keyClick(screen, Qt.Key.Key_O, CTRL)
    dialog = screen.findChild(QFileDialog)
    assert dialog is not None and dialog.isVisible()
    with qtbot.waitSignal(screen.chosen) as chosen:
        dialog.fileSelected.emit("/card")
    assert chosen.args == [[Path("/card")]]
    dialog.reject()


def test_files_are_chosen_by_their_key(qtbot: QtBot, screen: IntakeScreen) -> None:
    qtbot.keyClick(screen, Qt.Key.Key_O, CTRL | Qt.KeyboardModifier.ShiftModifier)
    dialog = screen.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(screen.chosen) as chosen:
        dialog.filesSelected.emit(["/card/A.mp4", "/card/B.mp4"])
    assert chosen.args == [[Path("/card/A.mp4"), Path("/card/B.mp4")]]
    dialog.reject()


def test_what_is_dropped_is_looked_at_and_never_moved(qtbot: QtBot, screen: IntakeScreen, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    both = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    enter = QDragEnterEvent(QPoint(300, 300), both, data, buttons, none)
    screen.dragEnterEvent(enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(300, 300), both, data, buttons, none)
    with qtbot.waitSignal(screen.chosen) as chosen:
        screen.dropEvent(drop)
    assert chosen.args == [[tmp_path]] and drop.dropAction() is Qt.DropAction.CopyAction
    screen.turn()
    with qtbot.waitSignal(screen.watch) as watched:
        screen.dropEvent(QDropEvent(QPointF(300, 300), both, data, buttons, none))
    assert watched.args == [tmp_path]


def test_a_plan_is_shown_whole_before_anything_is_written(screen: IntakeScreen) -> None:
    screen.plan.show_looking(["card"])
    assert "Looking at" in said(screen) and "Nothing is written yet." in said(screen)
    screen.plan.show_progress(IngestProgress("A0.mp4", 0, 0), 0.0)
    assert "A0.mp4" in said(screen)
    screen.plan.show_plan(PLAN)
    assert state(screen) == ["new", "new", "in the store", "a copy"]
    assert "2 new · 1 in the store · 1 a copy · 1 refused" in said(screen)
    assert [[c.spoken for c in screen.plan.not_taken.table.rows._cells(r)] for r in
            screen.plan.not_taken.table.rows.rows] == [
        ["X.mp4", "refused", "X.mp4 is no footage. Leave it out."],
        ["C", "in the store", "The store has this footage already, as 20260613-c. Nothing of it is written."],
        ["D", "a copy", "The same footage as A. It is taken in once."],
        ["X.THM", "put aside", "A small picture: it stays where it is."],
    ]  # fmt: skip
    assert screen.plan.take_button.text() == "Take in 2 recordings, 160 MB"


def test_the_sheet_says_what_was_found_and_takes_corrections_by_key(qtbot: QtBot, screen: IntakeScreen) -> None:
    screen.plan.show_plan(PLAN)
    screen.setFocus()
    sheet = screen.plan.sheet
    assert sheet.officer.currentText() == "A. Niemi 2214" and "A and its officer." in said(screen)
    assert "A0.mp4\npart 1, 40 MB" in said(screen) and "inside the footage\ngpmf track, 60 positions" in said(screen)
    qtbot.keyClick(screen.plan.table, Qt.Key.Key_Down)
    qtbot.keyClick(screen.plan.table, Qt.Key.Key_O)
    field = QApplication.focusWidget()
    assert field is sheet.officer
    qtbot.keyClicks(field, "1940")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    plan = screen.plan.plan
    assert plan is not None
    details = plan.recording("/card/B0.mp4").details
    assert (details.officer, details.badge) == ("S. Laine", "1940")
    assert sheet.officer.currentText() == "S. Laine 1940" and sheet._officer.sure.words == "by hand"
    for key, typed in ((Qt.Key.Key_I, "INC-1, INC-2"), (Qt.Key.Key_E, "stop")):
        qtbot.keyClick(QApplication.focusWidget() or screen, key)
        qtbot.keyClicks(QApplication.focusWidget(), typed)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert screen.plan.plan is not None
    details = screen.plan.plan.recording("/card/B0.mp4").details
    assert (details.incidents, details.event_type) == (("INC-1", "INC-2"), "stop")
    sheet.clock.setCurrentIndex(0)
    sheet.clock.activated.emit(0)
    assert screen.plan.plan.recording("/card/B0.mp4").details.clock is GPS


def test_restricted_needs_its_reason_before_it_is_taken_in(qtbot: QtBot, screen: IntakeScreen) -> None:
    screen.plan.show_plan(PLAN)
    screen.setFocus()
    qtbot.keyClick(screen.plan.table, Qt.Key.Key_R)
    assert state(screen)[0] == "new, restricted"
    assert not screen.plan.take_button.isEnabled()
    assert screen.plan.take_button.toolTip() == "Say why A is restricted."
    field = QApplication.focusWidget()
    assert field is screen.plan.sheet.reason
    qtbot.keyClicks(field, "A child is to be seen")
    with qtbot.waitSignal(screen.plan.take) as taken:
        qtbot.keyClick(field, Qt.Key.Key_Return, CTRL)  # what stands in the field counts
    assert taken.args[0].recordings[0].details.restricted == "A child is to be seen"


def test_left_out_and_taken_up_again(qtbot: QtBot, screen: IntakeScreen) -> None:
    screen.plan.show_plan(PLAN)
    screen.setFocus()
    qtbot.keyClick(screen.plan.table, Qt.Key.Key_Delete)
    assert state(screen)[0] == "left out" and screen.plan.take_button.text() == "Take in 1 recording, 80 MB"
    assert not screen.plan.sheet.officer.isEnabled() and screen.plan.sheet.leave.isEnabled()
    qtbot.keyClick(screen.plan.table, Qt.Key.Key_Delete)
    assert state(screen)[0] == "new"


def test_the_same_for_all_new_ones(qtbot: QtBot, screen: IntakeScreen) -> None:
    screen.plan.show_plan(PLAN)
    screen.setFocus()
    qtbot.keyClick(screen.plan.table, Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    assert screen.plan.plan is not None
    first, second, known, _copy = (r.details for r in screen.plan.plan.recordings)
    assert (second.officer, second.incidents, second.event_type) == (first.officer, first.incidents, first.event_type)
    assert second.clock is FILE and known.officer == "A. Niemi"


def test_what_the_store_has_cannot_be_changed(qtbot: QtBot, screen: IntakeScreen) -> None:
    screen.plan.show_plan(PLAN)
    screen.plan.table.pick(2)
    assert not screen.plan.sheet.officer.isEnabled() and not screen.plan.sheet.leave.isEnabled()
    qtbot.keyClick(screen.plan.table, Qt.Key.Key_Delete)
    assert screen.plan.plan == PLAN


# -- taking in -------------------------------------------------------------------------------------------------------


def test_taking_in_is_followed_stopped_and_gone_on_with(qtbot: QtBot, screen: IntakeScreen) -> None:
    page = screen.plan
    page.show_plan(PLAN)
    screen.setFocus()
    page.show_taking()
    page.show_progress(IngestProgress("A0.mp4", 120_000_000, 480_000_000), 30_000_000)
    assert "40 MB of 160 MB · 10.0 MB/s · less than a minute" in said(screen) and "25 %" in said(screen)
    assert not page.sheet.officer.isEnabled()
    qtbot.keyClick(page.table, Qt.Key.Key_Return, CTRL)
    with qtbot.waitSignal(page.stop):
        qtbot.keyClick(page.table, Qt.Key.Key_Period, CTRL)
    page.show_became("/card/A0.mp4", Known("20260613-a", ()))
    page.show_ended(IngestReport((), (), (), Cancelled("Ingest")))
    assert "Stopped" in said(screen) and page.take_button.text() == "Go on with 1 recording"
    with qtbot.waitSignal(page.take):
        qtbot.keyClick(page.table, Qt.Key.Key_Return, CTRL)


def test_in_the_end_it_says_what_is_there_and_how_it_is_kept(qtbot: QtBot, screen: IntakeScreen) -> None:
    page = screen.plan
    page.show_plan(PLAN)
    page.show_taking()
    for key in ("A0", "B0"):
        page.show_became(f"/card/{key}.mp4", Known(f"id-{key}", ()))
    refused = Problem("E", "E cannot be read.", "Try again.")
    page.show_ended(IngestReport((), (Known("id", ()),), (refused,)))
    page.show_kept((Retained("a", 3, None, False, "", 3),))
    text = said(screen)
    assert "Taken in, but not all of it" in text and "1 not written: the store has that footage." in text
    assert "Nothing keeps it from being removed: this store is tamper-evident, not write-once." in text
    assert not page.take_button.isVisible()
    screen.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Backspace, CTRL)
    assert page.stage is Stage.EMPTY and "Nothing is chosen" in said(screen)


def test_an_error_stands_in_place_and_the_plan_stays(screen: IntakeScreen) -> None:
    page = screen.plan
    page.show_plan(PLAN)
    page.show_taking()
    page.show_failed(StoreUnreachable("The store went away.", "Try again when it is reached."))
    assert "The store went away." in said(screen) and "Try again when it is reached." in said(screen)
    assert page.plan == PLAN and page.take_button.isEnabled()


def test_while_it_works_nothing_else_is_begun(qtbot: QtBot, screen: IntakeScreen) -> None:
    screen.plan.show_looking(["card"])
    with qtbot.assertNotEmitted(screen.chosen):
        screen.choose([Path("/other")])
    screen.plan.clear()
    assert screen.plan.stage is Stage.LOOKING


# -- the dock --------------------------------------------------------------------------------------------------------

DELIVERIES = (
    DeliveryStatus("2214", DeliveryState.TAKING, 3, 9_000_000, IngestProgress("A.mp4", 9_000_000, 27_000_000), 6e6),
    DeliveryStatus("1940", DeliveryState.PARTLY, 1, 0, taken=("r1",), refused=PLAN.refused, known=2),
    DeliveryStatus("77", DeliveryState.GONE, 1, 0, sentence="Put it back.", here=False),
)
STATUSES = (
    WatchStatus(Watch("/dock/one", Rules(event_type="patrol")), DELIVERIES),
    WatchStatus(Watch("/dock/two", on=False)),
    WatchStatus(Watch("/dock/three"), problem="It cannot be looked at. Connect it again."),
)


def test_an_empty_dock_says_how_it_fills(qtbot: QtBot, screen: IntakeScreen) -> None:
    qtbot.keyClick(screen.plan, Qt.Key.Key_D)
    assert "No folder is watched" in said(screen)
    qtbot.keyClick(screen.dock, Qt.Key.Key_N, CTRL)
    dialog = screen.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(screen.watch) as watched:
        dialog.fileSelected.emit("/dock")
    assert watched.args == [Path("/dock")]
    dialog.reject()


def test_a_dock_lists_folders_and_deliveries_with_their_state(screen: IntakeScreen) -> None:
    screen.turn()
    page = screen.dock
    page.show_statuses(STATUSES)
    assert [[c.spoken for c in page.watches.rows._cells(s)] for s in STATUSES] == [
        ["/dock/one, officer by the folder’s name, patrol", "watched", "2 deliveries, 2214 is being taken in"],
        ["/dock/two, officer by the folder’s name", "stopped", "nothing"],
        ["/dock/three, officer by the folder’s name", "not connected", "nothing"],
    ]
    assert [[c.spoken for c in page.deliveries.rows._cells(d)] for d in page.deliveries.rows.rows] == [
        ["2214, 3 files, 9 MB", "being taken in", "33 % · 2.0 MB/s", "nothing yet", ""],
        ["1940, 1 file, 0 MB", "taken in, but not all of it", "100 %", "1 recording, 2 there before", ""],
        ["77, 1 file, 0 MB", "taken out before it was finished", "", "nothing yet", "Put it back."],
    ]
    page.deliveries.pick(1)
    assert "X.mp4: X.mp4 is no footage." in said(screen)
    page.watches.pick(2)
    assert "It cannot be looked at. Connect it again." in said(screen)


def test_keys_of_the_dock(qtbot: QtBot, screen: IntakeScreen) -> None:
    screen.turn()
    page = screen.dock
    page.show_statuses(STATUSES)
    page.watches.setFocus()
    with qtbot.waitSignal(page.toggled) as toggled:
        qtbot.keyClick(page.watches, Qt.Key.Key_S)
    assert toggled.args == ["/dock/one", False]
    with qtbot.waitSignal(page.again) as again:
        qtbot.keyClick(page.watches, Qt.Key.Key_F5)
    assert again.args == ["/dock/one"]
    qtbot.keyClick(page.watches, Qt.Key.Key_Down)
    assert page.toggle_button.text() == "Start watching"
    with qtbot.waitSignal(page.removed) as removed:
        qtbot.keyClick(page.watches, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert removed.args == ["/dock/two"]


def test_rules_belong_to_the_picked_folder(qtbot: QtBot, screen: IntakeScreen) -> None:
    screen.turn()
    page = screen.dock
    page.show_statuses(STATUSES)
    assert page.event_type.text() == "patrol" and page.officer.isChecked()
    with qtbot.waitSignal(page.ruled) as ruled:
        page.officer.click()
    assert ruled.args == ["/dock/one", Rules(officer_from_folder=False, event_type="patrol")]
    page.show_statuses((replace(STATUSES[0], watch=Watch("/dock/one", Rules(False, "patrol"))),))
    page.event_type.setText("parade")
    with qtbot.waitSignal(page.ruled) as ruled:
        page.event_type.editingFinished.emit()
    assert ruled.args == ["/dock/one", Rules(officer_from_folder=False, event_type="parade")]


def test_a_dock_that_cannot_begin_says_why_and_is_tried_again(qtbot: QtBot, screen: IntakeScreen) -> None:
    screen.turn()
    screen.dock.show_problem(InUse("A dock runs on this machine already.", "Use that one, or stop it first."))
    assert "A dock runs on this machine already." in said(screen)
    with qtbot.waitSignal(screen.dock.start):
        qtbot.keyClick(screen.dock, Qt.Key.Key_F5)
    screen.dock.show_problem(None)
    assert "No folder is watched" in said(screen)
