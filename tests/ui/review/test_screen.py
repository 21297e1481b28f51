from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.events import BookmarkAdded, SpanCamera, ViewClosed
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.services.journal import Recorded
from reviewer.ui.actions import COMMANDS, Where
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.commands import commands
from reviewer.ui.review.faces import NextStep, Step
from reviewer.ui.review.scene import WatchedStretch
from reviewer.ui.review.wall_layout import WallLayout
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review.fakes import Stage, make_stage
from tests.ui.review.samples import NOW, at, span

KEY = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


def opened(qtbot: QtBot, stage: Stage) -> Stage:
    qtbot.addWidget(stage.screen)
    stage.screen.resize(1536, 930)
    stage.screen.show()
    stage.screen.activateWindow()
    qtbot.waitActive(stage.screen)
    stage.screen.open_at(NOW, "Resumed where you stopped, 27 Jul")
    stage.screen.setFocus()
    qtbot.waitUntil(lambda: bool(stage.playback.sizes) and len(stage.screen.wall.painted()) >= 3)
    stage.playback.calls.clear()
    return stage


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return opened(qtbot, make_stage())


# Bound by a case: `app/case_*`.
OF_TABS = ("clocks.", "order.", "places.", "tracks.", "rolling.", "sequence.", "transcript.", "captions.")


def test_every_review_command_of_the_table_does_something_here(stage: Stage) -> None:
    own = {c.id for c in COMMANDS if c.where is Where.REVIEW and not c.id.startswith(OF_TABS)}
    assert set(commands(stage.screen)) == own | {"list.find"}


@pytest.mark.parametrize(
    ("key", "held", "asked"),
    [
        (KEY.Key_Space, NONE, ("play", 1.0)),
        (KEY.Key_L, NONE, ("play", 1.0)),
        (KEY.Key_J, NONE, ("play", -1.0)),
        (KEY.Key_K, NONE, ("pause",)),
        (KEY.Key_Period, NONE, ("step", "rec-1", 1)),
        (KEY.Key_Comma, NONE, ("step", "rec-1", -1)),
        (KEY.Key_Right, NONE, ("seek", NOW + SECOND)),
        (KEY.Key_Left, NONE, ("seek", NOW - SECOND)),
        (KEY.Key_Right, SHIFT, ("seek", NOW + 5 * SECOND)),
        (KEY.Key_Left, CTRL, ("seek", NOW - 30 * SECOND)),
        (KEY.Key_Up, NONE, ("seek", at("22:42:15.2"))),
        (KEY.Key_Down, NONE, ("seek", at("22:43:40"))),
        (KEY.Key_BracketLeft, NONE, ("seek", at("22:39:10"))),
        (KEY.Key_M, NONE, ("levels", {"rec-1": 1.0})),
        (KEY.Key_2, SHIFT, ("levels", {"rec-2": 1.0})),
        (KEY.Key_Space, SHIFT, ("play", -1.0)),
        (KEY.Key_Period, SHIFT, ("step", "rec-1", 10)),
        (KEY.Key_Comma, SHIFT, ("step", "rec-1", -10)),
        (KEY.Key_Left, ALT, ("seek", at("22:39:10"))),
    ],
)
def test_keys_drive_the_playback(
    stage: Stage, key: Qt.Key, held: Qt.KeyboardModifier, asked: tuple[object, ...]
) -> None:
    QTest.keyClick(stage.screen, key, held)
    assert asked in stage.playback.calls


def test_space_stops_what_plays(stage: Stage) -> None:
    QTest.keyClick(stage.screen, KEY.Key_Space)
    QTest.keyClick(stage.screen, KEY.Key_Space)
    assert stage.playback.calls == [("play", 1.0), ("pause",)]


def played(stage: Stage) -> list[object]:
    return [c[1] for c in stage.playback.calls if c[0] == "play"]


def test_j_and_l_shuttle_and_k_stops(stage: Stage) -> None:
    for _ in range(6):
        QTest.keyClick(stage.screen, KEY.Key_L)
    assert played(stage) == [1.0, 2.0, 4.0, 8.0, 16.0, 16.0]
    assert stage.screen.transport.speed.now.text() == "16×"
    for _ in range(7):
        QTest.keyClick(stage.screen, KEY.Key_J)
    assert played(stage)[6:] == [8.0, 4.0, 2.0, 1.0, -1.0, -2.0, -4.0]
    assert stage.screen.transport.speed.now.accessibleName() == "Speed 4× backwards"
    QTest.keyClick(stage.screen, KEY.Key_K)
    assert stage.playback.calls[-1] == ("pause",)
    QTest.keyClick(stage.screen, KEY.Key_Space)  # the shuttle's speed was the shuttle's
    assert played(stage)[-1] == 1.0


def test_a_speed_that_is_set_is_kept(stage: Stage) -> None:
    for _ in range(2):
        QTest.keyClick(stage.screen, KEY.Key_J, SHIFT)
    QTest.keyClick(stage.screen, KEY.Key_Space)
    QTest.keyClick(stage.screen, KEY.Key_L, SHIFT)
    QTest.keyClick(stage.screen, KEY.Key_Space, SHIFT)
    QTest.keyClick(stage.screen, KEY.Key_Space)
    QTest.keyClick(stage.screen, KEY.Key_Space)
    QTest.keyClick(stage.screen, KEY.Key_K, SHIFT)
    assert played(stage) == [0.5, 0.75, -0.75, -0.75, 1.0]


def test_while_k_is_held_l_and_j_go_by_frames_and_creep(stage: Stage, qtbot: QtBot) -> None:
    screen, calls = stage.screen, stage.playback.calls
    QTest.keyPress(screen, KEY.Key_K)
    QTest.keyClick(screen, KEY.Key_L)
    QTest.keyClick(screen, KEY.Key_J)
    assert calls[1:] == [("step", "rec-1", 1), ("step", "rec-1", -1)]
    QTest.keyPress(screen, KEY.Key_L)
    qtbot.waitUntil(lambda: ("play", 0.25) in calls)
    QTest.keyRelease(screen, KEY.Key_L)
    assert calls[-1] == ("pause",)
    QTest.keyRelease(screen, KEY.Key_K)
    QTest.keyClick(screen, KEY.Key_L)
    assert calls[-1] == ("play", 1.0)


def test_the_shuttle_strip_plays_while_it_is_pulled_and_then_as_before(stage: Stage, qtbot: QtBot) -> None:
    strip = stage.screen.transport.shuttle
    left, y = Qt.MouseButton.LeftButton, strip.height() // 2
    qtbot.mousePress(strip, left, pos=QPoint(strip.width() - 2, y))
    assert played(stage) == [16.0]
    qtbot.mouseRelease(strip, left, pos=QPoint(strip.width() - 2, y))
    assert stage.playback.calls[-1] == ("pause",)
    QTest.keyClick(stage.screen, KEY.Key_Space)
    qtbot.mousePress(strip, left, pos=QPoint(2, y))
    qtbot.mouseRelease(strip, left, pos=QPoint(2, y))
    assert played(stage)[1:] == [1.0, -16.0, 1.0]


def test_number_keys_focus_and_layout_keys_turn(stage: Stage) -> None:
    wall = stage.screen.wall
    QTest.keyClick(stage.screen, KEY.Key_3)
    assert wall.focused == "rec-3"
    QTest.keyClick(stage.screen, KEY.Key_Period)
    assert stage.playback.calls[-1] == ("step", "rec-3", 1)
    QTest.keyClick(stage.screen, KEY.Key_G)
    assert wall.layout_now is WallLayout.TWO
    QTest.keyClick(stage.screen, KEY.Key_F)
    assert wall.layout_now is WallLayout.FULL and not stage.screen.timeline.isVisible()
    QTest.keyClick(stage.screen, KEY.Key_Escape)
    assert wall.layout_now is WallLayout.TWO and stage.screen.timeline.isVisible()


def test_in_out_loop_and_bookmark_of_the_range(stage: Stage, qtbot: QtBot) -> None:
    stage.playback.at = at("22:42:02")
    QTest.keyClick(stage.screen, KEY.Key_I)
    stage.playback.at = at("22:42:31")
    QTest.keyClick(stage.screen, KEY.Key_O)
    wanted = TimeRange(at("22:42:02"), at("22:42:31"))
    assert stage.screen.timeline.loop == wanted
    QTest.keyClick(stage.screen, KEY.Key_R)
    assert stage.playback.loop == wanted
    QTest.keyClick(stage.screen, KEY.Key_R)
    assert stage.playback.loop is None
    QTest.keyClick(stage.screen, KEY.Key_B)
    qtbot.waitUntil(lambda: bool(stage.log.events))
    event = stage.log.events[0]
    assert isinstance(event, BookmarkAdded) and event.at == wanted
    qtbot.waitUntil(lambda: stage.screen.controls.range is None)  # the next B is a moment again


def said(stage: Stage) -> list[str]:
    """What the status line says from now on."""
    found: list[str] = []
    stage.screen.status_changed.connect(lambda items, _right: found.extend(i.words for i in items))
    return found


def test_a_range_that_shows_nothing_is_refused_in_words(stage: Stage) -> None:
    words = said(stage)
    QTest.keyClick(stage.screen, KEY.Key_O)
    assert "The range has no in point yet. Press I where it begins, then O." in words
    QTest.keyClick(stage.screen, KEY.Key_I)
    stage.playback.at = Utc(NOW + 40_000)
    QTest.keyClick(stage.screen, KEY.Key_O)
    assert "A range of less than two frames shows nothing. Set in and out further apart." in words
    stage.playback.at = Utc(NOW - 40_000)
    QTest.keyClick(stage.screen, KEY.Key_O)
    assert "The out point would lie before the in point. Go on, or press I here." in words
    QTest.keyClick(stage.screen, KEY.Key_R)
    assert "There is no range to loop. Press I where it begins, then O." in words
    assert stage.screen.controls.range is None and stage.playback.loop is None
    stage.playback.at = Utc(NOW + 80_000)
    QTest.keyClick(stage.screen, KEY.Key_O)
    assert stage.screen.controls.range == TimeRange(NOW, Utc(NOW + 80_000))


def test_a_loop_is_dragged_gone_to_and_cleared(stage: Stage) -> None:
    first = TimeRange(at("22:42:02"), at("22:42:31"))
    stage.screen.timeline.range_dragged.emit(first)
    QTest.keyClick(stage.screen, KEY.Key_R)
    longer = TimeRange(first.start, at("22:43:00"))
    stage.screen.timeline.range_dragged.emit(longer)
    assert stage.playback.loop == longer == stage.screen.timeline.loop
    QTest.keyClick(stage.screen, KEY.Key_I, SHIFT)
    assert stage.playback.at == longer.start
    QTest.keyClick(stage.screen, KEY.Key_O, SHIFT)
    assert stage.playback.at == longer.end - 1
    QTest.keyClick(stage.screen, KEY.Key_R, SHIFT)
    assert stage.playback.loop is None and stage.screen.timeline.loop is None


def test_the_edges_of_parts_and_gaps_are_gone_to(stage: Stage) -> None:
    QTest.keyClick(stage.screen, KEY.Key_4)
    stage.playback.at = at("22:39:00")
    found = []
    for _ in range(3):
        QTest.keyClick(stage.screen, KEY.Key_Right, ALT)
        found.append(stage.playback.at)
    assert found == [at("22:41:12"), at("22:44:02"), at("22:44:02")]


def test_ten_frames_near_the_end_are_as_many_as_there_are(stage: Stage) -> None:
    end = stage.playback.range.end - 1

    def step(_key: str, by: int) -> Utc:
        there = stage.playback.at + by * 40_000
        if there <= end:
            stage.playback.at = Utc(there)
        return stage.playback.at

    stage.playback.step = step  # type: ignore[method-assign]
    stage.playback.at = Utc(end - 3 * 40_000)
    QTest.keyClick(stage.screen, KEY.Key_Period, SHIFT)
    assert stage.playback.at == end


def test_letter_keys_rest_while_a_note_is_written_and_ctrl_enter_signs(stage: Stage, qtbot: QtBot) -> None:
    QTest.keyClick(stage.screen, KEY.Key_N)
    editor = stage.screen.panel.editor
    assert editor.text.hasFocus()
    qtbot.keyClicks(editor.text, "jkl b")
    assert editor.text.toPlainText() == "jkl b" and not stage.playback.calls
    QTest.keyClick(editor.text, KEY.Key_Return, CTRL)
    qtbot.waitUntil(lambda: len(stage.log.events) == 1)
    QTest.keyClick(editor.text, KEY.Key_Escape)
    assert not editor.text.hasFocus()
    QTest.keyClick(stage.screen, KEY.Key_Space)
    assert stage.playback.calls[-1] == ("play", 1.0)


def test_t_types_a_time(stage: Stage, qtbot: QtBot) -> None:
    QTest.keyClick(stage.screen, KEY.Key_T)
    entry = stage.screen.time_entry
    assert entry.isVisible() and entry.field.hasFocus()
    qtbot.keyClicks(entry.field, "soon")
    QTest.keyClick(entry.field, KEY.Key_Return)
    assert entry.isVisible() and "That is not a time." in entry.error.words
    entry.field.clear()
    qtbot.keyClicks(entry.field, "19:44:02 UTC")
    QTest.keyClick(entry.field, KEY.Key_Return)
    assert stage.playback.calls[-1] == ("seek", at("22:44:02")) and not entry.isVisible()


def test_z_undoes_and_shift_z_does_it_again(stage: Stage, qtbot: QtBot) -> None:
    QTest.keyClick(stage.screen, KEY.Key_B)
    qtbot.waitUntil(lambda: len(stage.screen.panel.shown) == 7)
    QTest.keyClick(stage.screen, KEY.Key_Z)
    qtbot.waitUntil(lambda: len(stage.screen.panel.shown) == 6)
    QTest.keyClick(stage.screen, KEY.Key_Z, SHIFT)
    qtbot.waitUntil(lambda: len(stage.screen.panel.shown) == 7)


def test_what_is_told_as_shown_is_what_the_tiles_painted(stage: Stage) -> None:
    stage.playback.told.clear()
    stage.screen.tick()
    told = stage.playback.told[-1]
    assert set(told.pictures) == {"rec-1", "rec-2", "rec-3"}  # camera 4 has no footage now
    assert dict(stage.screen.wall.painted()) == told.pictures
    stage.screen.wall.set_layout(WallLayout.FULL)
    stage.screen.tick()
    assert set(stage.playback.told[-1].pictures) <= {"rec-1"}


def test_when_the_log_stops_the_picture_stops_and_says_so(qtbot: QtBot) -> None:
    again: list[int] = []
    stage = opened(qtbot, make_stage(retry=lambda: again.append(1)))
    stage.playback.stopped = "The log disk is full. Free 2 GB, then press K to go on."
    stage.playback.told.clear()
    stage.screen.tick()
    assert stage.screen.wall.painted() == {}
    assert not stage.playback.told
    assert "The log disk is full." in stage.screen.stopped.words
    QTest.keyClick(stage.screen, KEY.Key_K)
    assert again == [1]
    stage.playback.stopped = None
    stage.screen.tick()
    assert stage.screen.stopped.words == "" and len(stage.screen.wall.painted()) == 3


def test_locking_and_leaving_cover_in_the_same_call(stage: Stage, qtbot: QtBot) -> None:
    stage.screen.lock()
    assert stage.screen.wall.painted() == {}
    assert stage.playback.covered is not None
    assert set(stage.playback.sizes.values()) == {(0, 0)}  # nothing more is decoded or counted
    stage.screen.unlock()
    qtbot.waitUntil(lambda: len(stage.screen.wall.painted()) >= 3)
    stage.screen.hide()
    assert stage.playback.covered == "Another screen is open." and stage.screen.wall.painted() == {}
    stage.screen.show()
    qtbot.waitUntil(lambda: len(stage.screen.wall.painted()) >= 3)
    stage.screen.close_review()
    assert stage.screen.wall.painted() == {} and not stage.screen._timer.isActive()


def test_a_locked_screen_that_is_shown_again_stays_covered(stage: Stage) -> None:
    stage.screen.lock()
    stage.screen.hide()
    stage.screen.show()
    QApplication.processEvents()
    assert stage.playback.covered == "The session is locked." and stage.screen.wall.painted() == {}


def test_it_does_not_start_before_it_is_opened(qtbot: QtBot) -> None:
    stage = make_stage()
    qtbot.addWidget(stage.screen)
    stage.screen.show()
    assert not stage.screen._timer.isActive()
    tile = stage.screen.wall.tile("rec-1")
    assert tile is not None and tile.state is TileState.COVERED


def test_a_tiles_next_step_goes_there_or_is_passed_on(stage: Stage, qtbot: QtBot) -> None:
    tile = stage.screen.wall.tile("rec-4")
    assert tile is not None
    qtbot.waitUntil(lambda: tile.next_button.isVisible())
    qtbot.mouseClick(tile.next_button, Qt.MouseButton.LeftButton)
    assert stage.playback.calls[-1] == ("seek", at("22:44:02"))
    fetch = NextStep(Step.FETCH_FIRST, "Fetch this part first", part=1)
    with qtbot.waitSignal(stage.screen.step_asked) as asked:
        stage.screen.wall.step_asked.emit("rec-4", fetch)
    assert asked.args == ["rec-4", fetch]


def test_the_status_line_says_how_much_was_watched_and_what_is_whole(qtbot: QtBot) -> None:
    stage = opened(qtbot, make_stage(9))
    said: list[tuple[list[str], str]] = []
    stage.screen.status_changed.connect(lambda items, right: said.append(([i.words for i in items], right)))
    stage.screen.history.updated.emit()
    words, right = said[-1]
    assert words[0] == "Resumed where you stopped, 27 Jul"
    assert "Watched: 0 % of this case" in words
    assert right == "6 of 9 recordings verified, 1 corrupt"


def test_a_closed_view_brings_its_strip(qtbot: QtBot) -> None:
    shown = TimeRange(at("22:42:00"), at("22:43:00"))
    stage = make_stage()
    stage.screen.history._read = lambda _key: ()
    opened(qtbot, stage)
    stage.screen.history._read = lambda key: (span(shown.start, shown.end),) if key == "rec-1" else ()
    event = ViewClosed("CR-2026-0142", "s1", 1000, (SpanCamera("rec-1", shown, 640, 360, False),), "complaint")
    stage.bridge.listener(Recorded(event, "origin", 1, NOW))
    qtbot.waitUntil(lambda: stage.screen.history.watched["rec-1"] == (WatchedStretch(shown),))
    QTest.keyClick(stage.screen, KEY.Key_BracketRight)
    assert stage.playback.calls[-1] == ("seek", shown.end)


def test_splitters_are_remembered(qtbot: QtBot) -> None:
    stage = opened(qtbot, make_stage())
    stage.screen.columns.setSizes([900, 636])
    stage.screen.columns.splitterMoved.emit(900, 1)
    places = stage.screen._preferences.now.places
    assert "review.columns" in places
    before = stage.screen.side.width()
    preferences = PreferenceStore()
    preferences.set(stage.screen._preferences.now)
    again = make_stage(preferences=preferences)
    opened(qtbot, again)
    assert abs(again.screen.side.width() - before) <= 2


@pytest.mark.parametrize(("width", "height", "tabbed"), [(1200, 700, True), (1302, 698, True), (1536, 930, False)])
def test_map_and_annotations_become_tabs_in_a_small_window(stage: Stage, width: int, height: int, tabbed: bool) -> None:
    stage.screen.resize(width, height)
    QApplication.processEvents()
    assert stage.screen.side.tabbed is tabbed
    assert stage.screen.panel.isVisible()
    assert stage.screen.map.isVisible() is not tabbed
    stage.screen.side.tabs.choose("map")
    stage.screen.side.tabs.chosen.emit("map")
    assert stage.screen.map.isVisible()
    QTest.keyClick(stage.screen, KEY.Key_N)  # a note brings its editor back
    assert stage.screen.panel.isVisible() and stage.screen.panel.editor.text.hasFocus()


@pytest.mark.parametrize("theme", list(ThemeName))
@pytest.mark.parametrize("count", [1, 4, 9, 12])
def test_it_draws_in_both_themes_with_any_number_of_cameras(qtbot: QtBot, count: int, theme: ThemeName) -> None:
    stage = make_stage(count, theme=theme)
    qtbot.addWidget(stage.screen)
    stage.screen.resize(1302, 698)
    stage.screen.show()
    stage.screen.open_at(NOW)
    for layout in WallLayout:
        stage.screen.wall.set_layout(layout)
        stage.screen._tell_sizes()
        stage.screen.tick()
        stage.screen.grab()
    apply_theme(stage.screen, ThemeName.LIGHT if theme is ThemeName.DARK else ThemeName.DARK)
    stage.screen.grab()


def test_dragging_the_timeline_seeks_live(stage: Stage, qtbot: QtBot) -> None:
    timeline = stage.screen.timeline
    stage.screen.marking.changed.emit(())
    timeline.grab()
    y = timeline.plan.lane(1).center().y()
    x = timeline.plan.header + 300
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    sought = [c for c in stage.playback.calls if c[0] == "seek"]
    assert sought and abs(int(sought[-1][1]) - timeline.axis.utc(300)) <= 1  # type: ignore[call-overload]
    assert stage.playback.at == Utc(int(sought[-1][1]))  # type: ignore[call-overload]
