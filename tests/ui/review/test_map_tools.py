"""The large map, its legend, trails, arrows, holes and paths without times; thinning that keeps what is to be seen."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.events import Visible
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.track import Fix, Polyline, Track
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.map_legend import foot_lines, legend_rows
from reviewer.ui.review.map_lines import dashed, path_of
from reviewer.ui.review.map_pyramid import Pyramid, significance
from reviewer.ui.review.map_tracks import MapTrack
from reviewer.ui.review.map_view import MapView
from reviewer.ui.review.map_words import accuracy_words, age_words, speed_words, track_tip
from reviewer.ui.theme import DARK, ThemeName, apply_theme
from tests.ui.review import samples
from tests.ui.review.fakes import Stage, make_stage
from tests.ui.review.samples import NOW

START = Utc(1_781_379_600_000_000)
STEPS = st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=1, max_size=60)


def _walk(number: int, seconds: range, speed: float | None = None) -> MapTrack:
    fixes = tuple(Fix(Utc(START + s * SECOND), 60.1688, 24.943 + s * 2e-5, 4.0, speed) for s in seconds)
    return MapTrack(number, f"Officer {number}", Track(fixes, "test"))


@pytest.fixture
def shown(qtbot: QtBot) -> ReviewMap:
    made = ReviewMap(None, Bridge())
    qtbot.addWidget(made)
    apply_theme(made, ThemeName.DARK)
    made.resize(404, 252)
    made.show()
    return made


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = make_stage()
    qtbot.addWidget(made.screen)
    made.screen.resize(1536, 930)
    made.screen.show()
    made.screen.activateWindow()
    qtbot.waitUntil(made.screen.isActiveWindow)
    made.screen.open_at(NOW)
    made.screen.setFocus()
    return made


def test_the_map_goes_over_the_wall_and_back_by_its_key(stage: Stage, qtbot: QtBot) -> None:
    screen = stage.screen
    screen.map.set_tracks([_walk(1, range(60))])
    sizes = screen.side.splitter.sizes()
    QTest.keyClick(screen, Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    assert screen.maps.is_large and screen.map.isVisible() and screen.map.legend.isVisible()
    assert screen.map.geometry() == screen.wall.rect()
    screen.exposure.refresh(thoroughly=True)
    for tile in screen.wall._tiles.values():
        if tile.isVisible():
            assert screen.exposure.of(tile) is not Visible.YES  # what lies under the map was not watched
    screen.side.show_tab("marks")
    assert screen.map.isVisible()
    screen.resize(1400, 900)
    qtbot.waitUntil(lambda: screen.map.geometry() == screen.wall.rect())
    QTest.keyClick(screen, Qt.Key.Key_Escape)
    assert not screen.maps.is_large and screen.map.isVisible() and not screen.map.legend.isVisible()
    assert screen.side.splitter.widget(0) is screen.map
    screen.resize(1536, 930)
    qtbot.waitUntil(lambda: screen.side.splitter.sizes() == sizes)


def test_a_map_that_was_a_tab_has_its_height_when_there_is_room_again(stage: Stage, qtbot: QtBot) -> None:
    screen = stage.screen
    screen.resize(1150, 930)
    qtbot.waitUntil(lambda: screen.side.tabbed)
    screen.maps.turn()
    screen.maps.turn()
    screen.resize(1536, 930)
    qtbot.waitUntil(lambda: not screen.side.tabbed and screen.map.height() > 180)


def test_another_layout_brings_the_map_back(stage: Stage) -> None:
    stage.screen.maps.turn()
    stage.screen.wall.next_layout()
    assert not stage.screen.maps.is_large


def test_keys_follow_zoom_and_turn_the_trail(stage: Stage) -> None:
    shown, alt = stage.screen.map, Qt.KeyboardModifier.AltModifier
    shown.set_tracks([_walk(1, range(60))])
    QTest.keyClick(stage.screen, Qt.Key.Key_M, alt)
    assert shown.follow.isChecked()
    QTest.keyClick(stage.screen, Qt.Key.Key_T, alt)
    assert shown.trail.text() == "5 min"
    zoom = shown.canvas.view.zoom
    QTest.keyClick(stage.screen, Qt.Key.Key_Equal, alt)
    assert shown.canvas.view.zoom == zoom + 1


def test_a_longer_trail_is_drawn_stronger_and_none_is_none(shown: ReviewMap) -> None:
    def inked() -> int:
        picture = shown.canvas.grab().toImage()
        color = DARK.officer(1).rgb()
        return sum(picture.pixel(x, y) == color for x in range(0, 404) for y in range(picture.height()))

    shown.set_tracks([_walk(1, range(600))])
    shown.show_at(Utc(START + 590 * SECOND))
    minute = inked()
    shown.next_trail()
    assert inked() > minute
    for _ in range(3):
        shown.next_trail()
    assert shown.trail.text() == "off"
    assert inked() < minute


def test_a_path_without_times_is_shown_and_never_moves(shown: ReviewMap) -> None:
    path = Polyline(((60.1688, 24.943), (60.1698, 24.947)), "Patrol")
    shown.set_tracks([MapTrack(3, "Path", Track((), "kml", paths=(path,)))])
    shown.show_at(START)
    before = shown.canvas.grab().toImage()
    assert len({before.pixel(x, y) for x in range(0, 404, 2) for y in range(0, before.height(), 2)}) > 3
    assert "3: a path without times" in shown.canvas.accessibleDescription()
    shown.show_at(Utc(START + 60 * SECOND))
    assert shown.canvas.grab().toImage() == before


def test_the_legend_says_speed_accuracy_and_age() -> None:
    tracks = [_walk(1, range(60), speed=1.4), _walk(2, range(60)), MapTrack(3, "Nobody", Track((), "test"))]
    at = Utc(START + 30 * SECOND)
    assert [row.words for row in legend_rows(tracks, at)] == ["5 km/h  ± 8 m", "4 km/h  ± 8 m", "no fix"]
    assert legend_rows(tracks, Utc(START + 130 * SECOND))[0].words == "last fix 71 s old"
    assert foot_lines(60 * SECOND)[0] == "Arrow every 1 min: far apart is fast"
    assert (speed_words(None), accuracy_words(None), age_words(Micros(600 * SECOND))) == ("", "", "10 min")
    assert track_tip(tracks[0], at, samples.ZONE).endswith("5 km/h, ± 8 m. Click to go there.")


def test_where_somebody_passed_twice_the_nearer_time_is_meant() -> None:
    there = [Fix(Utc(START + s * SECOND), 60.1688, 24.943 + s * 2e-5) for s in range(60)]
    back = [Fix(Utc(START + (120 - s) * SECOND), 60.1688, 24.943 + s * 2e-5) for s in range(60)]
    track = MapTrack(1, "To and fro", Track((*there, *sorted(back, key=lambda f: f.at)), "test"))
    view = MapView(0, 0, 17, 400, 200).fitted(*(track.bounds() or (0, 0, 0, 0)))
    x, y = track.pixels(view)[40]
    for now in (35, 85):
        found = track.time_at(view, x, y, Utc(START + now * SECOND))
        assert found is not None
        assert abs(found[1] - (START + (40 if now == 35 else 80) * SECOND)) <= SECOND


@given(STEPS)
def test_a_thinned_line_stays_within_its_tolerance(steps: list[tuple[int, int]]) -> None:
    points = np.cumsum(np.array([(0, 0), *steps], dtype=np.float64), axis=0)
    first = np.arange(len(points)) == 0
    worth = significance(points, first)
    for tolerance in (1.0, 5.0, 30.0):
        kept = np.flatnonzero(worth >= tolerance)
        assert kept[0] == 0 and kept[-1] == len(points) - 1
        for a, b in pairwise(kept.tolist()):
            chord, offset = points[b] - points[a], points[a + 1 : b] - points[a]
            length = np.hypot(*chord)
            unit = chord / length if length else chord
            along = np.clip(offset @ unit, 0, length)
            assert np.all(np.hypot(*(offset - np.outer(along, unit)).T) < tolerance + 1e-9)


def test_nothing_is_drawn_or_found_across_a_hole() -> None:
    times = np.array([*range(10), *range(100, 110)], dtype=np.int64) * SECOND
    points = np.stack((np.linspace(0.5, 0.5002, 20), np.full(20, 0.3)), axis=1)
    pyramid = Pyramid(points, times, 5 * SECOND)
    level = pyramid.level(18)
    gap = level.in_view((0.4, 0.2, 0.6, 0.4)).tolist()
    assert 9 not in level.index[gap].tolist()
    assert pyramid.near(18, float(points[9:11, 0].mean()), 0.3, 1e-7, None) is None
    assert len(pyramid.stretch(18, 0, 105 * SECOND)) <= 6  # only the run that is going on


def test_a_trail_between_fixes_that_are_far_apart_begins_at_the_last_one(shown: ReviewMap) -> None:
    fixes = tuple(Fix(Utc(START + s * 200 * SECOND), 60.1688, 24.943 + s * 2e-4) for s in range(9))
    shown.set_tracks([MapTrack(1, "Seldom", Track(fixes, "test", hole_after=Micros(600 * SECOND)))])
    shown.show_at(Utc(START + 390 * SECOND))
    shown.canvas.grab()
    assert shown.canvas._positions.placed[0].old is False


def test_dashes_keep_their_pattern_across_pieces() -> None:
    line = np.array([[0.0, 0.0, 100.0, 0.0]])
    whole = dashed(line, np.zeros(1), (6.0, 4.0))
    halves = dashed(np.array([[0.0, 0.0, 33.0, 0.0], [33.0, 0.0, 100.0, 0.0]]), np.array([0.0, 33.0]), (6.0, 4.0))
    covered = [sum(row[2] - row[0] for row in each.tolist()) for each in (whole, halves)]
    assert covered == pytest.approx([60.0, 60.0])
    assert path_of(whole).elementCount() == 2 * len(whole)


def test_a_map_that_is_dragged_far_draws_what_a_new_one_would(shown: ReviewMap, qtbot: QtBot) -> None:
    """Shifted, stood in for and drawn anew: the same picture in the end, the trail with it."""
    shown.set_tracks([_walk(n, range(n * 7, 900)) for n in (1, 2)])
    for _ in range(3):
        shown.next_trail()
    assert shown.trail.text() == "all"
    shown.show_at(Utc(START + 800 * SECOND))
    for step in (20, 90, 90, 200, -150):
        shown.canvas.look(shown.canvas.view.moved(step, step / 3))
        shown.canvas.grab()
    shown.canvas.zoom(0.5)
    shown.canvas.grab()
    qtbot.waitUntil(lambda: shown.canvas.complete)
    dragged = shown.canvas.grab().toImage()
    shown.canvas.set_trail(None)
    shown.canvas._layer.drop()
    anew = shown.canvas.grab().toImage()
    size = dragged.width() * dragged.height()
    differing = sum(
        dragged.pixel(x, y) != anew.pixel(x, y) for x in range(dragged.width()) for y in range(dragged.height())
    )
    assert differing < size * 0.02
