"""Places on the map: shapes laid over it, and a place drawn by hand or by keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.place import UNIT, Area, Circle, Polygon, metres
from reviewer.maps.mercator import to_unit
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.map_canvas import MapCanvas
from reviewer.ui.review.map_overlay import Shape, circle_px, corner_px
from reviewer.ui.review.map_view import MapView
from reviewer.ui.theme import ThemeName, apply_theme

LEFT = Qt.MouseButton.LeftButton
CIRCLE = Circle(round(60.1699 * UNIT), round(24.9440 * UNIT), 50)


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[ReviewMap]:
    made = ReviewMap(None, Bridge())
    qtbot.addWidget(made)
    apply_theme(made, ThemeName.DARK)
    made.resize(404, 252)
    made.show()
    made.canvas.look(MapView(0.5692889, 0.2894, 17.0, 404, 228))
    yield made
    made.canvas.end_drawing()


def _drawn(shown: ReviewMap) -> list[Area | None]:
    found: list[Area | None] = []
    shown.draw_place(found.append)
    return found


def _drag(canvas: MapCanvas, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(canvas, QPoint((start.x() + end.x()) // 2, start.y()))
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, end)


def test_a_shape_is_laid_over_the_map_and_taken_away(shown: ReviewMap) -> None:
    x, y = to_unit(CIRCLE.lat / UNIT, CIRCLE.lon / UNIT)
    shown.canvas.look(MapView(x, y, 17.0, 404, 228))
    before = shown.canvas.grab().toImage()
    shown.set_overlay("place", [Shape(CIRCLE, "50 m"), Shape(Polygon(((0, 0), (0, 1), (1, 0))), "far away")])
    assert shown.canvas.grab().toImage() != before
    shown.set_overlay("place", [])
    assert shown.canvas.grab().toImage() == before


def test_a_dragged_circle_is_the_place(shown: ReviewMap) -> None:
    found = _drawn(shown)
    before = shown.canvas.view
    _drag(shown.canvas, QPoint(200, 100), QPoint(260, 100))
    (circle,) = found
    assert isinstance(circle, Circle)
    assert shown.canvas.view == before  # the map stayed where it was
    middle, radius = circle_px(before, circle)
    assert (middle.x(), middle.y()) == pytest.approx((200, 100), abs=2)
    assert radius == pytest.approx(60, abs=2)
    assert circle.metres == pytest.approx(60 / before.px_per_metre(), abs=1)


@pytest.mark.parametrize("how", ["enter", "first corner", "double click"])
def test_clicked_corners_are_the_place(shown: ReviewMap, how: str) -> None:
    found = _drawn(shown)
    corners = [QPoint(100, 60), QPoint(300, 60), QPoint(200, 180)]
    for each in corners:
        QTest.mouseClick(shown.canvas, LEFT, Qt.KeyboardModifier.NoModifier, each)
        shown.canvas.grab()
    if how == "enter":
        QTest.keyClick(shown.canvas, Qt.Key.Key_Return)
    elif how == "first corner":
        QTest.mouseClick(shown.canvas, LEFT, Qt.KeyboardModifier.NoModifier, corners[0] + QPoint(3, 3))
    else:
        QTest.mouseDClick(shown.canvas, LEFT, Qt.KeyboardModifier.NoModifier, corners[2])
    (polygon,) = found
    assert isinstance(polygon, Polygon)
    places = [corner_px(shown.canvas.view, each) for each in polygon.corners]
    assert [(p.x(), p.y()) for p in places] == [pytest.approx((c.x(), c.y()), abs=1) for c in corners]


def test_keys_alone_draw_a_circle_and_a_polygon(shown: ReviewMap) -> None:
    found = _drawn(shown)
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Right):
        QTest.keyClick(shown.canvas, key)
    shown.canvas.grab()
    QTest.keyClick(shown.canvas, Qt.Key.Key_Return)
    (circle,) = found
    assert isinstance(circle, Circle)
    assert circle.metres == 75

    found = _drawn(shown)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Space):
        QTest.keyClick(shown.canvas, key)
    QTest.keyClick(shown.canvas, Qt.Key.Key_Return)
    (polygon,) = found
    assert isinstance(polygon, Polygon)
    (a, b), (c, d) = polygon.corners[:2]
    assert metres(a, b, c, d) == pytest.approx(20 / shown.canvas.view.px_per_metre(), abs=1.5)


def test_escape_or_another_drawing_gives_up(shown: ReviewMap) -> None:
    found = _drawn(shown)
    QTest.mouseClick(shown.canvas, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(100, 100))
    QTest.keyClick(shown.canvas, Qt.Key.Key_Escape)
    assert found == [None]
    first = _drawn(shown)
    second = _drawn(shown)
    assert (first, second) == ([None], [])
    QTest.keyClick(shown.canvas, Qt.Key.Key_Escape)
    _drag(shown.canvas, QPoint(100, 100), QPoint(150, 100))  # moves the map again
    assert second == [None]


def test_two_corners_are_no_place_yet(shown: ReviewMap) -> None:
    found = _drawn(shown)
    for each in (QPoint(100, 60), QPoint(300, 60)):
        QTest.mouseClick(shown.canvas, LEFT, Qt.KeyboardModifier.NoModifier, each)
    QTest.keyClick(shown.canvas, Qt.Key.Key_Return)
    QTest.keyClick(shown.canvas, Qt.Key.Key_Backspace)
    shown.canvas.grab()
    assert found == []
