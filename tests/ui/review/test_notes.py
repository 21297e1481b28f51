"""Marks and notes as a person makes them: one key a kind, chosen cameras, allegations, times in words, search, past."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.agency import DEFAULT, MarkKind
from reviewer.domain.case import Stance
from reviewer.domain.case_acts import AllegationSet, Change, ExhibitSet, ThingSet
from reviewer.domain.event import Event
from reviewer.domain.events import BookmarkAdded, BookmarkChanged, BookmarkWithdrawn
from reviewer.domain.timebase import TimeRange
from reviewer.ui.actions import leave
from reviewer.ui.review.mark_filter import By, Only
from tests.ui.review import samples
from tests.ui.review.fakes import Stage, make_stage
from tests.ui.review.samples import NOW, at

KEY = Qt.Key
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CASE = "CR-2026-0142"


def _allege(stage: Stage, *titles: str) -> None:
    for n, title in enumerate(titles, 1):
        changes = (Change("number", str(n)), Change("title", title))
        stage.log.record(AllegationSet(CASE, f"alleged-{n}", changes)).result()


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = make_stage()
    qtbot.addWidget(made.screen)
    _allege(made, "Force after he stopped", "Insulting words", "Late aid")
    made.screen.resize(1536, 1100)
    made.screen.show()
    made.screen.activateWindow()
    qtbot.waitActive(made.screen)
    made.screen.open_at(NOW)
    made.screen.setFocus()
    qtbot.waitUntil(lambda: len(made.screen.wall.painted()) >= 3 and bool(made.screen.marking.marked.allegations))
    made.log.events.clear()
    return made


def _last(stage: Stage, qtbot: QtBot, kind: type[Event], count: int = 1) -> Event:
    qtbot.waitUntil(lambda: len([e for e in stage.log.events if isinstance(e, kind)]) >= count)
    return [e for e in stage.log.events if isinstance(e, kind)][-1]


def _exhibit(event: Event) -> dict[str, str]:
    assert isinstance(event, ThingSet)
    return {change.field: change.value for change in event.changes}


def test_one_key_marks_a_kind_while_it_plays(stage: Stage, qtbot: QtBot) -> None:
    stage.playback.play()
    for n, (key, kind) in enumerate(((KEY.Key_F, "force"), (KEY.Key_S, "search"), (KEY.Key_D, "de_escalation")), 1):
        QTest.keyClick(stage.screen, key, ALT)
        event = _last(stage, qtbot, BookmarkAdded, n)
        assert isinstance(event, BookmarkAdded) and event.bookmark_kind == kind
        assert [m.recording for m in event.marks] == ["rec-1"] and event.at == TimeRange(NOW, NOW)
    assert stage.playback.playing
    qtbot.waitUntil(lambda: len(stage.screen.panel.shown) == 9)


def test_while_a_note_is_written_the_same_key_sets_its_kind(stage: Stage, qtbot: QtBot) -> None:
    stage.screen.notes.write()
    QTest.keyClicks(stage.screen.panel.editor.text, "He falls")
    QTest.keyClick(stage.screen.panel.editor.text, KEY.Key_I, ALT)
    assert not stage.log.events and stage.screen.panel.editor.kind.value == "injury"
    QTest.keyClick(stage.screen.panel.editor.text, KEY.Key_Return, CTRL)
    event = _last(stage, qtbot, BookmarkAdded)
    assert isinstance(event, BookmarkAdded) and (event.bookmark_kind, event.text) == ("injury", "He falls")
    qtbot.waitUntil(lambda: not stage.screen.panel.editor.text.hasFocus())  # the keys play again


def test_an_agency_has_its_own_kinds_and_keys(stage: Stage, qtbot: QtBot) -> None:
    own = (MarkKind("pursuit", "Pursuit", key="X"), MarkKind("dog", "Dog", icon="no such icon", tone="pink", key="G"))
    stage.screen.notes.set_tables(replace(DEFAULT, kinds=(*DEFAULT.kinds[:1], *own)))
    assert stage.keys.command("kind.2").words == "Mark “Pursuit”, or the note’s kind"
    assert stage.keys.shown("kind.2") == "", "Alt+X is another command’s: it stays that one’s"
    assert stage.keys.shown("kind.3") == "" and stage.keys.shown("kind.4") == ""
    stage.keys.remap("kind.2", "Alt+F")
    QTest.keyClick(stage.screen, KEY.Key_F, ALT)
    event = _last(stage, qtbot, BookmarkAdded)
    assert isinstance(event, BookmarkAdded) and event.bookmark_kind == "pursuit"
    said = stage.screen.panel.list.bookmarks
    qtbot.waitUntil(lambda: any("Pursuit" in str(said.data(said.index(row))) for row in range(said.rowCount())))
    stage.screen.grab()  # with a tone and an icon that are none
    stage.screen.notes.forget_tables()
    assert stage.keys.command("kind.2").words.startswith("Mark of the agency’s kind 2")


def test_a_kind_that_no_table_has_any_more_is_shown_and_kept(stage: Stage, qtbot: QtBot) -> None:
    old = samples.bookmark("old", "22:40:00", kind="foot_chase", text="Runs", on=(1,))
    stage.screen.marking._take("old", old)
    model = stage.screen.panel.list.bookmarks
    assert str(model.data(model.index(0))).startswith("Foot chase, 22:40:00.0, camera 1")
    stage.screen.panel.select("old")
    stage.screen.panel.begin_change()
    assert stage.screen.panel.editor.kind.value == "foot_chase"
    stage.screen.grab()


def test_a_note_is_on_the_cameras_that_were_chosen(stage: Stage, qtbot: QtBot) -> None:
    editor = stage.screen.panel.editor
    stage.screen.notes.write()
    QTest.keyClicks(editor.text, "Both see it")
    leave(editor.text)
    QTest.keyClick(stage.screen, KEY.Key_3)
    assert editor.where == "22:42:17.4 · camera 1", "it stays where it was begun"
    QTest.keyClick(stage.screen, KEY.Key_N, ALT)
    assert editor.where == "22:42:17.4 · cameras 1, 3"
    QTest.keyClick(stage.screen, KEY.Key_Return, CTRL)
    event = _last(stage, qtbot, BookmarkAdded)
    assert isinstance(event, BookmarkAdded) and [m.recording for m in event.marks] == ["rec-1", "rec-3"]
    qtbot.waitUntil(lambda: editor.where == "22:42:17.4 · camera 3")  # the focused one again


def test_chips_choose_cameras_by_mouse_and_never_none(stage: Stage) -> None:
    cameras = stage.screen.panel.editor.cameras
    cameras.chips["rec-2"].click()
    assert cameras.keys == ("rec-1", "rec-2")
    cameras.chips["rec-1"].click()
    assert cameras.keys == ("rec-2",)
    cameras.chips["rec-2"].click()
    assert cameras.keys == () and cameras.all.isChecked() and cameras.words == "all cameras"
    cameras.all.click()
    assert cameras.keys == ("rec-1",)


def test_one_of_the_chosen_cameras_that_does_not_roll_is_said(stage: Stage) -> None:
    editor = stage.screen.panel.editor
    editor.cameras.chips["rec-4"].click()
    editor.submit()
    assert editor.error == "Camera 4 has no footage at this time. Leave it out, or move."
    assert not stage.log.events and editor.sign.isEnabled()


def test_a_note_speaks_for_or_against_an_allegation(stage: Stage, qtbot: QtBot) -> None:
    editor = stage.screen.panel.editor
    stage.screen.notes.write()
    QTest.keyClick(editor.text, KEY.Key_2, ALT)
    QTest.keyClicks(editor.text, "-")  # the first sign says what it is; after it, a dash is a dash
    QTest.keyClicks(editor.text, "He says please - twice")
    QTest.keyClick(editor.text, KEY.Key_Return, CTRL)
    said = _exhibit(_last(stage, qtbot, ExhibitSet))
    added = _last(stage, qtbot, BookmarkAdded)
    assert isinstance(added, BookmarkAdded) and added.text == "He says please - twice"
    assert (said["allegation"], said["stance"], said["mark"]) == ("alleged-2", "against", added.id)
    qtbot.waitUntil(lambda: [s.words for s in stage.screen.marking.marked.says(added.id)] == ["A2 speaks against"])
    model = stage.screen.panel.list.bookmarks
    assert "A2 speaks against" in str(model.data(model.index(model.row_of(added.id))))
    assert stage.screen.marking.marked.label(added.id, "moment") == "A2"
    QTest.keyClick(stage.screen, KEY.Key_Z)  # one step: the mark and what it says
    qtbot.waitUntil(lambda: stage.screen.marking.bookmark(added.id) is None)
    qtbot.waitUntil(lambda: not stage.screen.marking.marked.says(added.id))


def test_the_same_allegation_again_is_none_and_a_sign_is_then_text(stage: Stage) -> None:
    editor = stage.screen.panel.editor
    stage.screen.notes.write()
    for _ in range(2):
        QTest.keyClick(editor.text, KEY.Key_1, ALT)
    assert editor.speaks is None and not editor.stance.isEnabled()
    QTest.keyClicks(editor.text, "?")
    assert editor.text.toPlainText() == "?"
    QTest.keyClick(editor.text, KEY.Key_9, ALT)  # there is no A9
    assert editor.speaks is None


def test_what_a_mark_says_can_be_changed_with_it(stage: Stage, qtbot: QtBot) -> None:
    editor, panel = stage.screen.panel.editor, stage.screen.panel
    panel.select("b3")
    QTest.keyClick(stage.screen, KEY.Key_E, ALT)
    assert editor.where == "Changes the mark at 22:42:05.0 – 22:42:28.0" and editor.speaks is None
    QTest.keyClick(editor.text, KEY.Key_1, ALT)
    QTest.keyClick(editor.text, KEY.Key_Up, ALT)
    QTest.keyClick(editor.text, KEY.Key_Return, CTRL)
    assert _exhibit(_last(stage, qtbot, ExhibitSet))["stance"] == "for"
    assert not [e for e in stage.log.events if isinstance(e, BookmarkChanged)], "its words are as they were"
    qtbot.waitUntil(lambda: bool(stage.screen.marking.marked.says("b3")) and not editor.cancel.isVisible())
    panel.select("b3")
    panel.begin_change()
    assert editor.speaks is not None and editor.speaks.stance is Stance.FOR
    editor.choose_allegation(1)  # none any more
    editor.submit()
    qtbot.waitUntil(lambda: not stage.screen.marking.marked.says("b3"))


def test_a_time_in_the_words_is_gone_to(stage: Stage, qtbot: QtBot) -> None:
    editor, view = stage.screen.panel.editor, stage.screen.panel.list
    stage.screen.notes.write()
    QTest.keyClicks(editor.text, "Again at")
    QTest.keyClick(editor.text, KEY.Key_K, ALT)
    assert editor.text.toPlainText() == "Again at 22:42:17.4 "
    editor.text.setPlainText("22:40:31.5 first words; again at 19:44:00 UTC. Badge 12:345")
    editor.submit()
    added = _last(stage, qtbot, BookmarkAdded)
    assert isinstance(added, BookmarkAdded)
    qtbot.waitUntil(lambda: view.bookmarks.row_of(added.id) >= 0)
    view.select(added.id)
    row = view.visualRect(view.bookmarks.index(view.bookmarks.row_of(added.id)))
    seen = set()
    for x in range(row.left() + 12, row.right(), 4):
        stage.playback.calls.clear()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, row.top() + 9 + 20 + 2 + 9))
        seen |= {call[1] for call in stage.playback.calls if call[0] == "seek"}
    assert at("22:40:31.5") in seen and at("22:44:00") in seen
    assert len(seen) == 3, "those two, and elsewhere the mark itself"


def test_search_leaves_what_has_every_word_and_finds_what_comes_later(stage: Stage, qtbot: QtBot) -> None:
    panel = stage.screen.panel
    QTest.keyClick(stage.screen, KEY.Key_F, CTRL)
    assert panel.search.line.hasFocus()
    QTest.keyClicks(panel.search.line, 'salo "camera 3"')
    assert {b.id for b in panel.shown} == {"b3", "b4"} and panel.list.bookmarks.rowCount() == 2
    panel.search.line.setText("“can you")
    assert [b.id for b in panel.shown] == ["b6"]
    panel.search.line.setText("zebra")
    assert panel.empty_words == "Nothing has “zebra” Clear the search to see the others."
    panel.editor.text.setPlainText("A zebra crossing")
    panel.editor.submit()
    qtbot.waitUntil(lambda: panel.list.bookmarks.rowCount() == 1)
    assert panel.empty_words == ""
    panel.search.line.clear()
    assert len(panel.shown) == 7


def test_the_list_can_be_of_one_allegation_or_one_person(stage: Stage, qtbot: QtBot) -> None:
    panel = stage.screen.panel
    stage.log.record(ExhibitSet(CASE, "e1", (Change("allegation", "alleged-3"), Change("mark", "b6"))))
    qtbot.waitUntil(lambda: bool(stage.screen.marking.marked.says("b6")))
    panel.only(Only(By.ALLEGATION, "alleged-3", "A3 Late aid"))
    assert [b.id for b in panel.shown] == ["b6"] and panel.filter.text() == "A3"
    panel.only(Only(By.PERSON, "somebody", "Somebody"))
    assert panel.empty_words.startswith("None of “Somebody”")
    panel.filter_by(None)
    assert len(panel.shown) == 6


def test_the_history_of_a_mark_is_read_and_left(stage: Stage, qtbot: QtBot) -> None:
    panel = stage.screen.panel
    panel.editor.choose_allegation(1)
    panel.editor.text.setPlainText("One")
    panel.editor.submit()
    added = _last(stage, qtbot, BookmarkAdded)
    assert isinstance(added, BookmarkAdded)
    qtbot.waitUntil(lambda: stage.screen.marking.bookmark(added.id) is not None)
    panel.select(added.id)
    panel.begin_change()
    panel.editor.text.setPlainText("Two")
    panel.editor.submit()
    _last(stage, qtbot, BookmarkChanged)
    qtbot.waitUntil(lambda: not panel.editor.cancel.isVisible())
    panel.select(added.id)
    QTest.keyClick(stage.screen, KEY.Key_L, ALT)
    said = [words for row in panel.past.rows for words in row.what]
    assert said[:2] == ["Set as Moment", "“One”"] and "Exhibit of A1" in said and "“Two” instead of “One”" in said
    assert {row.who for row in panel.past.rows} == {"K. Salo"}
    stage.screen.grab()
    QTest.keyClick(stage.screen, KEY.Key_L, ALT)
    assert panel.list.isVisible()


def test_withdraw_by_key_and_a_colleagues_withdrawal_both_take_it_from_list_and_lane(
    stage: Stage, qtbot: QtBot
) -> None:
    stage.screen.panel.select("b2")
    QTest.keyClick(stage.screen, KEY.Key_Delete, ALT)
    _last(stage, qtbot, BookmarkWithdrawn)
    qtbot.waitUntil(lambda: "b2" not in {b.id for b in stage.screen.panel.shown})
    stage.log.record(BookmarkWithdrawn(CASE, "b6"))
    qtbot.waitUntil(lambda: "b6" not in {b.id for b in stage.screen.panel.shown})
    places = stage.screen.timeline._scene.marks
    assert not {"b2", "b6"} & {mark.id for lane in places.values() for mark in lane.marks}


def test_one_mark_more_puts_the_lanes_in_the_state_that_all_of_them_would(stage: Stage) -> None:
    timeline = stage.screen.timeline
    new = samples.bookmark("new", "22:41:00", "22:41:30", "search", on=(1, 2))
    timeline.put_bookmark("new", new)
    timeline.put_bookmark("b3", None)
    timeline.put_bookmark("b1", replace(samples.BOOKMARKS[0], kind="aid"))
    one_by_one = {key: list(zip(p.starts, p.ends, p.marks, strict=True)) for key, p in timeline._scene.marks.items()}
    timeline.set_bookmarks(tuple(timeline._scene.bookmarks.values()))
    at_once = {key: list(zip(p.starts, p.ends, p.marks, strict=True)) for key, p in timeline._scene.marks.items()}
    assert one_by_one == at_once and any(kind.kind == "aid" for _a, _b, kind in at_once["rec-1"])


@pytest.mark.parametrize(
    "text", ["x" * 3_900, "word " * 700, "מילה ראשונה: 22:40:31 " * 20, "\n" * 40, "🏃" * 500, "\u202e rtl \u202c"]
)
def test_whatever_was_written_is_drawn(stage: Stage, text: str) -> None:
    stage.screen.marking._take("odd", samples.bookmark("odd", "22:40:00", text=text, on=(1, 2, 3)))
    stage.screen.panel.select("odd")
    stage.screen.grab()
