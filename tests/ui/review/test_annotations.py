from __future__ import annotations

from collections import deque

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer.domain.events import BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn
from reviewer.domain.timebase import TimeRange
from reviewer.ui.review.marking import marks_on
from tests.ui.review import samples
from tests.ui.review.fakes import Stage, make_stage
from tests.ui.review.samples import NOW, at


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = make_stage()
    qtbot.addWidget(made.screen)
    made.screen.resize(1536, 930)
    made.screen.open_at(NOW)
    return made


def test_the_empty_list_says_which_keys_fill_it(qtbot: QtBot) -> None:
    stage = make_stage(bookmarks=())
    qtbot.addWidget(stage.screen)
    stage.screen.open_at(NOW)
    assert stage.screen.panel.empty_words == "No annotations yet Press B at a moment, or I and O around one."


def test_the_list_is_in_order_of_time_and_says_all_of_a_mark(stage: Stage) -> None:
    model = stage.screen.panel.list.bookmarks
    assert [model.at(i).id for i in range(model.rowCount())] == ["b1", "b2", "b3", "b4", "b5", "b6"]  # type: ignore[union-attr]
    said = model.data(model.index(2))
    assert said is not None and str(said).startswith("Force, 22:42:05.0 – 22:42:28.0, camera 1, 3: Arm taken")


def test_filter_by_kind_and_back(stage: Stage) -> None:
    panel = stage.screen.panel
    panel.filter_by("force")
    assert [b.id for b in panel.shown] == ["b3"] and panel.filter.text() == "Force"
    stage.log.record(BookmarkWithdrawn("CR-2026-0142", "b3"))
    stage.screen.marking.refresh()
    assert "None of the kind “Force”" in panel.empty_words
    panel.filter_by(None)
    assert len(panel.shown) == 5


def test_what_is_recorded_while_all_are_read_counts(stage: Stage, qtbot: QtBot) -> None:
    marking, panel = stage.screen.marking, stage.screen.panel
    reading = marking.refreshing()
    next(reading)  # all that stood then is read
    stage.log.record(BookmarkWithdrawn("CR-2026-0142", "b3"))
    stage.log.record(BookmarkChanged("CR-2026-0142", "b1", "force", "Other words", "moment", ""))
    qtbot.waitUntil(lambda: marking.bookmark("b3") is None and marking.bookmark("b1").changed)  # type: ignore[union-attr]
    deque(reading, maxlen=0)
    shown = {each.id: each for each in panel.shown}
    assert "b3" not in shown and marking.bookmark("b3") is None
    assert shown["b1"].text == "Other words"


def test_a_click_goes_there_and_marks_it_everywhere(stage: Stage, qtbot: QtBot) -> None:
    view = stage.screen.panel.list
    stage.screen.show()
    stage.screen.resize(1536, 1200)
    qtbot.waitExposed(stage.screen)
    index = view.bookmarks.index(0)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
    assert stage.playback.calls[-1] == ("seek", at("22:40:31"))
    assert view.current is not None and view.current.id == "b1"


def test_a_mark_appears_only_once_it_is_recorded(stage: Stage, qtbot: QtBot) -> None:
    stage.log.later = []
    stage.screen.notes.bookmark()
    qtbot.wait(30)
    assert len(stage.screen.marking.bookmarks) == 6 and len(stage.screen.panel.shown) == 6
    stage.log.later[0]()
    qtbot.waitUntil(lambda: len(stage.screen.marking.bookmarks) == 7)
    event = stage.log.events[0]
    assert isinstance(event, BookmarkAdded)
    assert (event.at, event.bookmark_kind) == (TimeRange(NOW, NOW), "moment")
    assert [m.recording for m in event.marks] == ["rec-1"]


def test_a_refused_entry_keeps_the_words_and_says_why(stage: Stage, qtbot: QtBot) -> None:
    editor = stage.screen.panel.editor
    stage.log.broken = True
    editor.text.setPlainText("Left hand not in view")
    editor.submit()
    qtbot.waitUntil(lambda: bool(editor.error))
    assert editor.error == "The log disk is full. Free 2 GB, then press K."
    assert editor.text.toPlainText() == "Left hand not in view" and editor.sign.isEnabled()
    stage.log.broken = False
    editor.submit()
    qtbot.waitUntil(lambda: editor.text.toPlainText() == "")
    assert not editor.error and len(stage.screen.marking.bookmarks) == 7


def test_what_is_signed_is_what_stands_in_the_editor(stage: Stage, qtbot: QtBot) -> None:
    editor = stage.screen.panel.editor
    qtbot.mouseClick(editor.kind.row.segment("injury"), Qt.MouseButton.LeftButton)
    editor.cameras.all.click()
    editor.text.setPlainText("  Blood on the left sleeve  ")
    assert editor.where == "22:42:17.4 · all cameras"
    editor.submit()
    qtbot.waitUntil(lambda: bool(stage.log.events))
    event = stage.log.events[0]
    assert isinstance(event, BookmarkAdded)
    assert (event.bookmark_kind, event.text, event.marks) == ("injury", "Blood on the left sleeve", ())


def test_a_camera_that_does_not_roll_then_cannot_carry_the_note(stage: Stage, qtbot: QtBot) -> None:
    stage.screen.wall.focus_number(4)
    stage.screen.panel.editor.submit()
    assert "Camera 4 has no footage at this time." in stage.screen.panel.editor.error
    assert not stage.log.events
    stage.screen.notes.bookmark()  # B never fails for that: it marks the moment on all
    qtbot.waitUntil(lambda: bool(stage.log.events))
    assert isinstance(stage.log.events[0], BookmarkAdded) and stage.log.events[0].marks == ()


def test_change_withdraw_undo_are_entries(stage: Stage, qtbot: QtBot) -> None:
    panel = stage.screen.panel
    panel.select("b3")
    panel.acts.change.click()
    assert panel.editor.sign.text() == "Sign and change" and panel.editor.kind.value == "force"
    panel.editor.text.setPlainText("Arm taken behind the back.")
    panel.editor.submit()
    qtbot.waitUntil(lambda: len(stage.log.events) == 1)
    change = stage.log.events[0]
    assert isinstance(change, BookmarkChanged) and change.base_text.startswith("Arm taken behind the back; person")
    panel.select("b3")
    panel.acts.withdraw.click()
    qtbot.waitUntil(lambda: len(panel.shown) == 5)
    assert panel.acts.undo.isVisibleTo(panel)
    panel.acts.undo.click()
    qtbot.waitUntil(lambda: len(panel.shown) == 6)
    assert isinstance(stage.log.events[-1], BookmarkRestored)


def test_delete_in_the_list_withdraws(stage: Stage, qtbot: QtBot) -> None:
    stage.screen.panel.select("b2")
    qtbot.keyClick(stage.screen.panel.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "b2" not in {b.id for b in stage.screen.panel.shown})


def test_marks_lie_on_each_part_they_touch() -> None:
    camera = samples.cameras(4)[3]  # 22:38:04–22:41:12, 22:44:02–22:49:40
    both = marks_on(camera, TimeRange(at("22:41:00"), at("22:44:10")))
    assert [(m.part, m.start, m.end) for m in both] == [(0, 176_000_000, 188_000_000), (1, 0, 8_000_000)]
    assert marks_on(camera, TimeRange(at("22:42:00"), at("22:42:00"))) == ()
    assert len(marks_on(camera, TimeRange(at("22:45:00"), at("22:45:00")))) == 1


def test_thousands_of_bookmarks_stay_light(stage: Stage, qtbot: QtBot) -> None:
    many = tuple(
        samples.bookmark(f"m{i}", f"22:{39 + i // 400 % 10}:{i % 60:02}", text=f"Word {i} " * (i % 12), on=(1,))
        for i in range(2000)
    )
    stage.screen.panel.set_bookmarks(many)
    stage.screen.timeline.set_bookmarks(many)
    assert stage.screen.panel.list.bookmarks.rowCount() == 2000
    stage.screen.grab()
