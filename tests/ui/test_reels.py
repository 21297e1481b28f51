"""The parts of the reels' screen: searched, chosen, dragged, written; keys and mouse do the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain.redaction import Redaction
from reviewer.domain.reel import Branch, Clip, ClipKind, NamesShown, Reel
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.wall_time import SIGNED
from reviewer.services.reel import Undecided
from reviewer.services.reel_plan import Why
from reviewer.ui import reels_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button
from reviewer.ui.reels_branches import MOST, BranchEditor
from reviewer.ui.reels_cameras import CameraChoice
from reviewer.ui.reels_clip import ClipPanel
from reviewer.ui.reels_faces import FacesPanel, FacesShown
from reviewer.ui.reels_head import ReelHead
from reviewer.ui.reels_library import ReelLibrary
from reviewer.ui.reels_model import LibraryRow, Released, State, StripCard
from reviewer.ui.reels_stage import CardFace, ReelBar
from reviewer.ui.reels_strip import ReelStrip
from reviewer.ui.reels_transport import ReelTransport
from reviewer.ui.theme import ThemeName, Tone, apply_theme
from tests.ui.review.samples import ZONE, cameras

BEGIN = Utc(1_781_380_800_000_000)
ROWS = tuple(
    LibraryRow(f"r{n}", n, f"Officer {letter}", f"Officer {letter} · 22:4{n}", topic, State("nothing masked yet"), day)
    for n, (letter, topic, day) in enumerate(
        (("A", "Stop · 2 min", "Mikonkatu 2026"), ("B", "Aid · 1 min", "Mikonkatu 2025"), ("C", "Aid", "Harbour 2026")),
        1,
    )
)


def clip(id_: str, seconds: int = 10, **fields: str) -> Clip:
    end = Utc(BEGIN + seconds * SECOND)
    made = Clip(id_, "r", ClipKind.FOOTAGE, 0, recordings=("r1",), start=BEGIN, end=end)
    return replace(made, title=fields.get("title", ""), question=fields.get("question", ""))


def cards(*ids: str) -> tuple[StripCard, ...]:
    return tuple(StripCard(clip(i), f"Clip {i}", "22:41 – 22:42", "10 s", 10 * SECOND) for i in ids)


@pytest.fixture(params=[ThemeName.DARK, ThemeName.LIGHT])
def shown(qtbot: QtBot, request: pytest.FixtureRequest) -> Callable[[QWidget], None]:
    def show(widget: QWidget) -> None:
        qtbot.addWidget(widget)
        apply_theme(widget, request.param)
        widget.resize(900, 420)
        widget.show()
        qtbot.waitExposed(widget)
        assert not widget.grab().isNull()

    return show


def test_what_was_released_is_found_by_words_and_chosen(keys: KeyTable, shown: Callable[[QWidget], None]) -> None:
    library = ReelLibrary(keys)
    picked = QSignalSpy(library.picked)
    opened = QSignalSpy(library.opened)
    library.show_rows(ROWS)
    library.set_picture("r1", QImage(32, 18, QImage.Format.Format_RGB32))
    shown(library)
    model = library.list.model()
    library.search.line.setText("mikon 2026")
    assert [model.data(model.index(n, 0)) for n in range(model.rowCount())] == [ROWS[0].spoken]
    library.search.line.setText("nowhere")
    assert model.rowCount() == 0
    library.search.line.setText("")
    library.list.setCurrentIndex(model.index(1, 0))
    assert picked.at(picked.count() - 1)[0] == ("r2",)
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(library.list, Qt.Key.Key_Down, shift)
    assert library.chosen == ("r3", "r2"), "the current one first"
    QTest.keyClick(library.list, Qt.Key.Key_Return)
    assert opened.count() == 1
    library.release()
    library.forget_pictures()
    assert not library.chosen


def test_the_strip_is_chosen_by_keys_and_dragged(shown: Callable[[QWidget], None]) -> None:
    strip = ReelStrip()
    picked, moved, opened = (QSignalSpy(each) for each in (strip.picked, strip.moved, strip.opened))
    waiting = replace(cards("d")[0], state=State("faces not looked for", Tone.WARN, "alert-triangle"))
    card = Clip("e", "r", ClipKind.CARD, 0, title="Title")
    strip.show_cards((*cards("a", "b", "c"), waiting, StripCard(card, "Title", "", "Title card · 5 s", 5 * SECOND)))
    strip.set_picture("a", QImage(32, 18, QImage.Format.Format_RGB32))
    shown(strip)
    strip.choose("a")
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert (strip.chosen, picked.at(picked.count() - 1)[0]) == ("b", "b")
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert opened.at(0)[0] == "b"
    _drag(strip, 0, 2)
    assert list(moved.at(0)) == ["a", 2]
    _drag(strip, 2, 0, before=True)
    assert list(moved.at(1)) == ["c", 0]
    strip.set_low(low=True)
    strip.show_cards(cards("b", "c"))
    assert strip.chosen == "c", "what is chosen stays"
    strip.choose("")
    strip.forget_pictures()
    assert strip.chosen == ""


def _drag(strip: ReelStrip, source: int, target: int, *, before: bool = False) -> None:
    model, port = strip.model(), strip.viewport()
    start = strip.visualRect(model.index(source, 0)).center()
    over = strip.visualRect(model.index(target, 0))
    end = QPoint(over.left() + 5 if before else over.right() - 12, start.y())
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(port, (start + end) / 2)
    QTest.mouseMove(port, end)
    strip.grab()
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=end)


def test_a_long_reason_pushes_nothing_of_the_clip_out_of_its_column(
    keys: KeyTable, shown: Callable[[QWidget], None], qtbot: QtBot
) -> None:
    panel = ClipPanel(keys)
    panel.show_reel(Reel("r", "Distance"))
    reason = "Nothing hidden: staged for this course; everybody who is to be seen in it agreed in writing."
    panel.show_states((State(reason, Tone.WARN, "alert-triangle"), State("short", Tone.OK, "circle-check")))
    shown(panel)
    (area,) = panel.findChildren(QScrollArea)
    inside = area.widget()
    qtbot.waitUntil(lambda: 0 < inside.width() <= area.viewport().width())
    said = next(each for each in panel.findChildren(QLabel) if each.text() == reason)
    qtbot.waitUntil(lambda: said.height() >= said.heightForWidth(said.width()) > 20)


def test_what_is_said_of_a_clip_is_written_when_the_field_is_left(
    keys: KeyTable, shown: Callable[[QWidget], None]
) -> None:
    panel = ClipPanel(keys)
    wrote, branches, camera_, names, voices = (
        QSignalSpy(each) for each in (panel.wrote, panel.branches, panel.camera, panel.names, panel.voices)
    )
    panel.show_reel(Reel("r", "Distance"))
    panel.show_states((State("Every clip is inside its release", Tone.OK, "circle-check"),))
    asks = replace(clip("a", question="What now?"), branches=(Branch("wait", "b"),))
    panel.show_clip(asks, (("a", "Clip 1"), ("b", "Clip 2")))
    panel.choice.show_cameras(
        (Released("r1", 1, "Officer A", True, True), Released("r2", 2, "Officer B", False, False))
    )
    shown(panel)
    panel.go("title")
    title = panel.field("title").widget
    QTest.keyClicks(title, "Words used")
    QTest.keyClick(title, Qt.Key.Key_Return)
    assert list(wrote.at(0)) == ["title", "Words used"]
    answer = next(each for each in panel.findChildren(QLineEdit) if each.accessibleName() == "Answer 1")
    answer.setText("step back")
    answer.editingFinished.emit()
    assert branches.at(0)[0] == (Branch("step back", "b"),)
    _button(panel.choice, "Officer B").click()
    assert camera_.at(0)[0] == "r2"
    _button(panel, "none").click()
    _button(panel, "as recorded").click()
    assert (names.at(0)[0], voices.at(0)[0]) == (NamesShown.NONE, False)
    card = Clip("c", "r", ClipKind.CARD, 0, title="Title", hold=Micros(5 * SECOND))
    panel.show_clip(card, ())
    assert panel.field("hold").typed == "5" and not panel.choice.isVisible()
    panel.show_clip(None, ())
    assert panel.heading.text() == "No clip is chosen"


def _button(within: QWidget, name: str) -> QAbstractButton:
    return next(each for each in within.findChildren(QAbstractButton) if each.accessibleName().startswith(name))


def test_answers_lead_to_clips_and_say_where_one_is_gone(shown: Callable[[QWidget], None]) -> None:
    editor = BranchEditor()
    changed = QSignalSpy(editor.changed)
    editor.show_branches((Branch("wait", "gone"),), (("b", "Clip 2"),))
    shown(editor)
    (to,) = editor.findChildren(QComboBox)
    assert to.currentText() == "a clip that is gone"
    to.setCurrentIndex(to.findText("Clip 2"))
    to.activated.emit(to.currentIndex())
    assert changed.at(0)[0] == (Branch("wait", "b"),)
    for _ in range(MOST):
        _button(editor, "Answer").click()
    assert len([e for e in editor.findChildren(QComboBox) if not e.isHidden()]) == MOST
    _button(editor, "Take answer 1 away").click()
    assert changed.at(changed.count() - 1)[0] == ()


def test_cameras_that_did_not_record_then_are_not_offered(shown: Callable[[QWidget], None]) -> None:
    choice = CameraChoice()
    choice.show_cameras((Released("r1", 1, "Officer A", False, False, "It did not record then."),))
    shown(choice)
    button = _button(choice, "Officer A")
    assert not button.isEnabled() and button.toolTip() == "It did not record then."
    choice.show_cameras((Released("r1", 1, "Officer A", True, True),))
    assert _button(choice, "Officer A, heard").isChecked()


def test_faces_are_decided_one_at_a_time(keys: KeyTable, shown: Callable[[QWidget], None]) -> None:
    panel = FacesPanel(keys, "The detector misses faces.")
    decided, plain, whole, search, stop = (
        QSignalSpy(each) for each in (panel.decided, panel.plain, panel.whole, panel.search, panel.stop)
    )
    panel.show_state(FacesShown("Clip 1", State("2 faces to decide", Tone.WARN, "alert-triangle"), "Is this a face?"))
    shown(panel)
    _button(panel, "A face").click()
    _button(panel, "No face").click()
    assert [decided.at(n)[0] for n in range(2)] == [True, False]
    _button(panel, "Look for faces").click()
    panel.show_progress(0.4, "Looking in clip 1:")
    _button(panel, "Stop").click()
    assert (search.count(), stop.count()) == (1, 1)
    panel.reason.setPlainText("actors")
    _button(panel, "In this clip").click()
    _button(panel, "In the whole reel").click()
    assert (plain.at(0)[0], whole.at(0)[0]) == ("actors", "actors")
    panel.show_state(FacesShown("Clip 1", State("nothing to decide")))
    assert not _button(panel, "A face").isVisible()


def test_where_there_is_little_room_what_is_beneath_a_face_is_scrolled_and_nothing_is_pressed_together(
    keys: KeyTable, shown: Callable[[QWidget], None], qtbot: QtBot
) -> None:
    panel = FacesPanel(keys, "The detector misses faces: small, turned away, in the dark, behind glass or cloth. " * 2)
    panel.show_state(FacesShown("Clip 1", State("2 faces to decide"), "Is this a face?", "Looked at 25 pictures."))
    low = QWidget()
    low.setFixedSize(344, 440)  # what a screen of 768 lines leaves; a panel by itself would be as high as it likes
    QVBoxLayout(low).addWidget(panel)
    shown(low)
    buttons = [each for each in panel.findChildren(Button) if each.isVisible()]
    assert len(buttons) > 5
    qtbot.waitUntil(lambda: all(each.height() >= each.sizeHint().height() for each in buttons))
    panel.write_reason()
    qtbot.waitUntil(lambda: not panel.reason.visibleRegion().isEmpty())
    assert panel.reason.visibleRegion().boundingRect().height() == panel.reason.height()


def test_the_head_names_the_reel_and_takes_another_title(keys: KeyTable, shown: Callable[[QWidget], None]) -> None:
    head = ReelHead(keys)
    renamed = QSignalSpy(head.renamed)
    reel = Reel("r", "Distance", "Module 4")
    head.show_reel(reel, (reel,), "1 min")
    shown(head)
    head.rename()
    head.title.setText("Aid")
    QTest.keyClick(head.module, Qt.Key.Key_Return)
    assert list(renamed.at(0)) == ["Aid", "Module 4"]
    head.show_reel(reel, (reel,), "")
    assert not head.buttons["reel.play_all"].isEnabled() and head.buttons["reel.play_all"].toolTip() == "No clip yet."
    head.show_reel(None, (), "")
    assert not head.buttons["reel.render"].isVisible()


def test_bar_transport_and_card_show_where_it_stands(keys: KeyTable, shown: Callable[[QWidget], None]) -> None:
    transport, face = ReelTransport(keys), CardFace()
    sought = QSignalSpy(transport.bar.sought)
    transport.bar.show_pieces((0.5, 1.0))
    transport.bar.show_place(0.25, (0.1, 0.4))
    transport.show_playing(True)
    transport.say("0:46 of 2:58", "2 s after the clip")
    transport.for_source(True)
    shown(transport)
    bar: ReelBar = transport.bar
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() // 2, 9))
    assert abs(sought.at(0)[0] - 0.5) < 0.01
    assert transport.buttons["reel.add"].isVisible() and not transport.buttons["reel.split"].isVisible()
    face.show_lines(("Distance, words, aid", "Module 4"))
    shown(face)
    assert face.accessibleName() == "Distance, words, aid, Module 4"


def test_words_never_name_anybody_and_say_what_waits() -> None:
    manifest = replace(cameras(1)[0].manifest, officer="Officer A", event_type="Stop")
    row = words.library_row(1, "Officer A", manifest, Redaction(), ZONE, "Mikonkatu")
    assert row.found_by("mikonkatu stop") and "Niemi" not in f"{row.spoken} {row.words}"
    waits = Undecided("a", Why.OPEN, 2)
    asks = clip("a", 24, question="What now?")
    card = words.card_of(asks, 2, SIGNED, ZONE, waits, ["r1"])
    assert card.title == "Clip 2" and card.about == "24 s · 1 question" and card.state is not None
    assert card.state.words == "2 faces to decide"
    assert words.card_of(asks, 2, SIGNED, ZONE, None, []).state == State(
        "a recording is not released", Tone.STOP, "lock"
    )
    assert words.place_words((asks, asks), 1, Micros(3 * SECOND)) == "0:35 of 1:04"
    assert [s.words for s in words.reel_states(Reel("r", "T"), [asks], [waits], ["r1"])] == [
        "Every clip is inside its release",
        "1 clip to decide on before it is rendered",
    ]
    assert words.reel_states(Reel("r", "T", plain="actors"), [asks], [], [])[1].words == "Nothing hidden: actors"
    assert words.reel_states(Reel("r", "T"), [], [], []) == ()
    assert words.who(("r1", "r2"), {"r1": "Officer A", "r2": "Officer A"}) == "Officer A"


def test_a_title_becomes_a_file_name() -> None:
    from reviewer.app.case_reels_render import file_name

    assert file_name('Distance: words/aid? "2"') == "Distance words aid 2"
    assert file_name("...") == "Reel" and Path(file_name("a" * 300)).name == "a" * 80
