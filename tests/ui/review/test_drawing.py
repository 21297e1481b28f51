"""Drawing on a frame: by mouse and by keys, on turned and zoomed pictures, seen only while it is asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.case_acts import DrawingSet
from reviewer.domain.drawing import ALL, Form, Shape, Spot, shape_of
from reviewer.domain.events import BookmarkAdded
from reviewer.domain.lens import Lens
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Micros
from reviewer.ui.review.framing import framing
from reviewer.ui.review.sketch import Sketch, to_picture, to_screen
from reviewer.ui.review.tile import Tile
from tests.ui.review.fakes import Stage, make_stage
from tests.ui.review.samples import NOW

KEY = Qt.Key
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = make_stage()
    qtbot.addWidget(made.screen)
    made.screen.resize(1536, 1100)
    made.screen.show()
    made.screen.activateWindow()
    qtbot.waitActive(made.screen)
    made.screen.open_at(NOW)
    made.screen.setFocus()
    qtbot.waitUntil(lambda: len(made.screen.wall.painted()) >= 3)
    return made


def _begin(stage: Stage, qtbot: QtBot, mark: str | None = "b3") -> None:
    """Draw beside a mark (None: beside none) on the focused camera."""
    stage.screen.panel.select(mark)
    QTest.keyClick(stage.screen, KEY.Key_G, ALT)
    qtbot.waitUntil(lambda: stage.screen.notes.drawing.active)


def _shapes(stage: Stage, qtbot: QtBot, mark: str, count: int) -> list[Shape]:
    qtbot.waitUntil(lambda: len(stage.screen.marking.marked.drawn(mark)) == count)
    return list(stage.screen.marking.marked.drawn(mark).values())


def _tile(stage: Stage) -> Tile:
    tile = stage.screen.wall.tile("rec-1")
    assert tile is not None
    return tile


def _at(stage: Stage, spot: Spot) -> QPoint:
    tile = _tile(stage)
    return to_screen(tile.view(), tile.lens.turn, spot).toPoint()


def _drag(stage: Stage, *spots: Spot) -> None:
    tile = _tile(stage)
    points = [_at(stage, spot) for spot in spots]
    QTest.mousePress(tile, LEFT, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(tile, point)
    QTest.mouseRelease(tile, LEFT, pos=points[-1])


FROM, TO = Spot(ALL // 4, ALL // 4), Spot(ALL // 2, 3 * ALL // 4)


def _near(one: Spot, other: Spot, within: int = 6_000) -> bool:
    return abs(one.x - other.x) <= within and abs(one.y - other.y) <= within


@pytest.mark.parametrize("lens", [Lens(), Lens(turn=90), Lens(turn=180), Lens(turn=270), Lens(zoom=1500)])
def test_a_drag_draws_at_the_same_place_of_the_recording_however_it_is_looked_at(
    stage: Stage, qtbot: QtBot, lens: Lens
) -> None:
    tile = _tile(stage)
    tile.set_lens(lens)
    stage.screen.tick()
    _begin(stage, qtbot)
    _drag(stage, FROM, TO)
    (arrow,) = _shapes(stage, qtbot, "b3", 1)
    assert arrow.form is Form.ARROW and (arrow.recording, arrow.part) == ("rec-1", 0)
    assert _near(arrow.points[0], FROM) and _near(arrow.points[1], TO)
    assert tile.lens == lens, "the picture was not dragged"


def test_every_form_is_an_entry_that_undo_takes_back(stage: Stage, qtbot: QtBot) -> None:
    _begin(stage, qtbot)
    pad = stage.screen.notes.drawing.pad
    for n, form in enumerate(Form, 1):
        pad.form.choose(form)
        pad._show()
        if form is Form.TEXT:
            pad.text.setText("  left  hand ")
            QTest.mouseClick(_tile(stage), LEFT, pos=_at(stage, FROM))
        else:
            _drag(stage, FROM, Spot(ALL // 3, ALL // 3), TO)
        assert _shapes(stage, qtbot, "b3", n)[-1].form is form
    assert [len(s.points) for s in _shapes(stage, qtbot, "b3", 5)] == [2, 2, 2, 3, 1]
    assert _shapes(stage, qtbot, "b3", 5)[-1].text == "left hand"
    entries = [e for e in stage.log.events if isinstance(e, DrawingSet)]
    assert len(entries) == 5 and all(e.id == "b3" for e in entries)
    pad.erase.click()
    _shapes(stage, qtbot, "b3", 4)
    QTest.keyClick(stage.screen, KEY.Key_Z)
    _shapes(stage, qtbot, "b3", 5)
    assert shape_of(entries[0].changes[0].value) is not None


def test_drawn_by_keys_alone(stage: Stage, qtbot: QtBot) -> None:
    _begin(stage, qtbot)
    pad = stage.screen.notes.drawing.pad
    assert pad.hasFocus()
    before = stage.playback.at
    for key in (KEY.Key_Left, KEY.Key_Up):
        QTest.keyClick(pad, key, SHIFT)
    QTest.keyClick(pad, KEY.Key_Space)
    QTest.keyClick(pad, KEY.Key_Right)
    QTest.keyClick(pad, KEY.Key_Space)
    (arrow,) = _shapes(stage, qtbot, "b3", 1)
    middle, step = ALL // 2, ALL // 100
    start = Spot(middle - 5 * step, middle - 5 * step)
    assert arrow.points == (start, Spot(start.x + step, start.y))
    assert stage.playback.at == before and not stage.playback.playing, "the arrows and Space were the pen’s"
    for _ in range(3):
        QTest.keyClick(pad, KEY.Key_X, ALT)
    assert pad.chosen is Form.LINE
    for _ in range(3):
        QTest.keyClick(pad, KEY.Key_Space)
        QTest.keyClick(pad, KEY.Key_Down)
    QTest.keyClick(pad, KEY.Key_Return)
    line = _shapes(stage, qtbot, "b3", 2)[-1]
    assert line.form is Form.LINE and len(line.points) == 4
    QTest.keyClick(pad, KEY.Key_Escape)
    assert not stage.screen.notes.drawing.active and stage.screen.panel.editor.isVisible()
    QTest.keyClick(stage.screen, KEY.Key_Right)
    assert ("seek" in [call[0] for call in stage.playback.calls]) and stage.playback.at > before


def test_without_a_mark_on_the_frame_one_is_made_for_the_drawing(stage: Stage, qtbot: QtBot) -> None:
    _begin(stage, qtbot, "b1")  # at another time
    (added,) = (e for e in stage.log.events if isinstance(e, BookmarkAdded))
    assert [m.recording for m in added.marks] == ["rec-1"]
    drawing = stage.screen.notes.drawing
    assert drawing.mark is not None and drawing.mark.id == added.id
    _drag(stage, FROM, TO)
    _shapes(stage, qtbot, added.id, 1)


def test_where_there_is_no_picture_nothing_can_be_drawn(stage: Stage, qtbot: QtBot) -> None:
    stage.screen.wall.focus_number(4)  # a gap
    QTest.keyClick(stage.screen, KEY.Key_G, ALT)
    assert not stage.screen.notes.drawing.active and not stage.log.events


def test_it_is_seen_on_its_own_frame_only_while_it_is_asked_for(stage: Stage, qtbot: QtBot) -> None:
    drawing, tile = stage.screen.notes.drawing, _tile(stage)
    _begin(stage, qtbot)
    _drag(stage, FROM, TO)
    _shapes(stage, qtbot, "b3", 1)
    drawing.end()
    assert tile._sketch is None
    QTest.keyClick(stage.screen, KEY.Key_G, ALT | SHIFT)
    assert tile._sketch is not None and len(tile._sketch.shapes) == 1
    shown = tile.painted
    assert shown is not None
    other = replace(shown, pts=shown.pts + 1, image=np.array(shown.image))
    stage.playback._made = {key: other for key in stage.playback._made if key[0] == "rec-1"}
    stage.screen.tick()
    tile.repaint()
    stage.screen.tick()
    assert tile._sketch is None, "the next frame has nothing on it"
    stage.playback._made.clear()
    stage.playback.cover("The log cannot be written.")
    stage.screen.tick()
    assert tile._sketch is None and tile.painted is None


def test_who_asks_while_the_frame_is_still_coming_draws_on_the_one_that_stays(stage: Stage, qtbot: QtBot) -> None:
    drawing, tile, made = stage.screen.notes.drawing, _tile(stage), stage.playback._made
    (place,) = (key for key in made if key[0] == "rec-1")
    stands = made[place]
    coming = replace(stands, state=TileState.LATE, pts=stands.pts - 1, image=np.array(stands.image))
    made[place] = coming
    stage.screen.tick()
    stage.screen.panel.select("b3")
    QTest.keyClick(stage.screen, KEY.Key_G, ALT)
    stage.screen.tick()
    assert not drawing.active
    made[place] = stands
    qtbot.waitUntil(lambda: drawing.active)
    _drag(stage, FROM, TO)
    (arrow,) = _shapes(stage, qtbot, "b3", 1)
    assert tile.painted is not None and arrow.pts == tile.painted.pts == stands.pts


def test_who_asks_twice_while_the_frame_is_still_coming_does_not_draw(stage: Stage, qtbot: QtBot) -> None:
    drawing, made = stage.screen.notes.drawing, stage.playback._made
    (place,) = (key for key in made if key[0] == "rec-1")
    stands = made[place]
    made[place] = replace(stands, state=TileState.LATE)
    for _ in range(2):
        QTest.keyClick(stage.screen, KEY.Key_G, ALT)
        stage.screen.tick()
    made[place] = stands
    stage.screen.tick()
    assert not drawing.active


def test_who_plays_on_has_ended_drawing(stage: Stage, qtbot: QtBot) -> None:
    _begin(stage, qtbot)
    stage.playback.play()
    stage.screen.tick()
    assert not stage.screen.notes.drawing.active and stage.screen.panel.editor.isVisible()


def test_what_could_not_be_recorded_is_not_drawn_and_is_said(stage: Stage, qtbot: QtBot) -> None:
    _begin(stage, qtbot)
    stage.log.broken = True
    _drag(stage, FROM, TO)
    pad = stage.screen.notes.drawing.pad
    qtbot.waitUntil(lambda: pad.error == "The log disk is full. Free 2 GB, then press K.")
    assert not stage.screen.marking.marked.drawn("b3")
    stage.log.broken = False
    _drag(stage, FROM, FROM)
    assert pad.error == "That is too small to be seen. Draw it larger."


@given(
    st.integers(0, ALL),
    st.integers(0, ALL),
    st.sampled_from([0, 90, 180, 270]),
    st.tuples(st.integers(40, 1920), st.integers(40, 1920)),
    st.tuples(st.integers(60, 1600), st.integers(60, 1000)),
)
def test_a_point_goes_to_the_screen_and_back(
    x: int, y: int, turn: int, size: tuple[int, int], room: tuple[int, int]
) -> None:
    turned = size if turn % 180 == 0 else size[::-1]
    view = framing(turned, QRect(7, 28, *room), 1.0, Lens(turn=turn))
    back = to_picture(view, turn, to_screen(view, turn, Spot(x, y)))
    assert abs(back.x - x) <= 2 and abs(back.y - y) <= 2


def test_shapes_stay_inside_the_picture(qtbot: QtBot) -> None:
    image = QImage(200, 120, QImage.Format.Format_RGB32)
    image.fill(0xFF404040)
    view = framing((160, 90), QRect(20, 10, 160, 100), 1.0, Lens(zoom=2000))
    every = tuple(
        Shape(form, "r", 0, 1, Micros(0), (Spot(0, 0), Spot(ALL, ALL))[: 1 if form is Form.TEXT else 2], "edge")
        for form in Form
    )
    painter = QPainter(image)
    Sketch(every, None, Spot(0, 0)).paint(painter, view, 0, QRect(20, 10, 160, 100))
    painter.end()
    inside = QRectF(view.target).toAlignedRect()
    for x, y in ((2, 2), (198, 60), (100, 118), (5, 60)):
        assert not inside.contains(x, y) and image.pixel(x, y) == 0xFF404040
    assert any(image.pixel(x, y) != 0xFF404040 for x in range(20, 180) for y in range(10, 110))
