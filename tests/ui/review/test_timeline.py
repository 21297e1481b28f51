from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from time import perf_counter, thread_time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPaintEvent, QRegion, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.recording import Buffer
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.ui.review.axis import TimeAxis
from reviewer.ui.review.cameras import ReviewCamera, StretchKind, carrying
from reviewer.ui.review.peaks import Peaks, bars
from reviewer.ui.review.scene import WatchedStretch, bookmark_range, fold_watched, unwatched
from reviewer.ui.review.timeline import Timeline
from reviewer.ui.theme import DARK, ThemeName, apply_theme
from tests.ui.review import samples
from tests.ui.review.samples import NOW, ZONE, at, span


class Spied(Timeline):
    """Writes down what it is asked to paint."""

    def __init__(self) -> None:
        super().__init__(ZONE)
        self.regions: list[QRegion] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        self.regions.append(QRegion(event.region()))
        super().paintEvent(event)


def make(qtbot: QtBot, count: int = 4, width: int = 1300) -> Spied:
    timeline = Spied()
    qtbot.addWidget(timeline)
    apply_theme(timeline, ThemeName.DARK)
    timeline.set_cameras(samples.cameras(count))
    timeline.set_bookmarks(samples.BOOKMARKS)
    for key, watched in samples.watched(count).items():
        timeline.set_watched(key, watched)
    timeline.resize(width, timeline.plan.height)
    timeline.set_now(NOW)
    timeline.show()
    timeline.grab()
    return timeline


def _differing(one: QImage, other: QImage) -> float:
    """The share of pixels that are not the same."""
    rows = range(0, one.height(), 2)
    return sum(one.pixel(x, y) != other.pixel(x, y) for x in range(0, one.width(), 3) for y in rows) / (
        len(rows) * (one.width() / 3)
    )


def press(timeline: Timeline, kind: QEvent.Type, x: float, y: float) -> None:
    """A left button's event at a place between two pixels, as a tablet or a scaled screen gives it."""
    button = Qt.MouseButton.LeftButton
    place = QPointF(x, y)
    QApplication.sendEvent(
        timeline, QMouseEvent(kind, place, timeline.mapToGlobal(place), button, button, Qt.KeyboardModifier.NoModifier)
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.floats(0.3, 400), st.floats(0, 1), st.floats(0.01, 0.99))
def test_click_and_drag_seek_to_what_lies_under_the_pointer_at_any_zoom(
    qtbot: QtBot, factor: float, around: float, share: float
) -> None:
    timeline = make(qtbot)
    timeline.set_bookmarks(())
    timeline.grab()
    timeline.show_all()
    timeline.zoom(factor, around * timeline.axis.width)
    asked: list[Utc] = []
    timeline.seek_asked.connect(asked.append)
    for kind, part in ((QEvent.Type.MouseButtonPress, share), (QEvent.Type.MouseMove, 1 - share)):
        x = timeline.plan.header + part * timeline.axis.width
        window, whole = timeline.axis.window, timeline.axis.whole
        press(timeline, kind, x, 60)
        wanted = window.start + part * window.duration
        assert abs(asked[-1] - whole.clamp(Utc(round(wanted)))) <= 1
        assert timeline.now == asked[-1]
    press(timeline, QEvent.Type.MouseButtonRelease, x, 60)
    assert len(asked) == 2


def test_a_drag_beyond_the_edge_stops_at_it(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    asked: list[Utc] = []
    timeline.seek_asked.connect(asked.append)
    press(timeline, QEvent.Type.MouseButtonPress, 600, 10)
    press(timeline, QEvent.Type.MouseMove, -5000, 10)
    assert asked[-1] == timeline.axis.window.start
    with qtbot.waitSignal(timeline.drag_ended):
        press(timeline, QEvent.Type.MouseButtonRelease, -5000, 10)


def test_a_click_on_a_bookmark_jumps_there_and_does_not_seek(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    header = timeline.plan.header
    x = round(header + timeline.axis.x(at("22:40:31"))) + 3
    seeks: list[object] = []
    timeline.seek_asked.connect(seeks.append)
    with qtbot.waitSignal(timeline.bookmark_asked) as asked:
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(x, timeline.plan.lane(0).top() + 6))
    assert asked.args == ["b1"] and not seeks


def test_the_header_focuses_and_hears(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    lane = timeline.plan.lane(2).center().y()
    with qtbot.waitSignal(timeline.focus_asked) as focused:
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(60, lane))
    with qtbot.waitSignal(timeline.hear_asked) as heard:
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=timeline.plan.sound(2).center())
    assert focused.args == heard.args == ["rec-3"]


def test_the_edges_of_a_loop_are_dragged_in_the_ruler(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    loop = TimeRange(at("22:42:40"), at("22:44:40"))
    timeline.set_loop(loop)
    timeline.grab()
    asked: list[TimeRange] = []
    timeline.range_dragged.connect(asked.append)
    timeline.range_dragged.connect(lambda wanted: timeline.set_loop(wanted))
    seeks: list[object] = []
    timeline.seek_asked.connect(seeks.append)
    header = timeline.plan.header
    end = header + timeline.axis.x(loop.end)
    press(timeline, QEvent.Type.MouseButtonPress, end + 2, 8)
    press(timeline, QEvent.Type.MouseMove, end + 60, 8)
    assert asked[-1].start == loop.start and abs(asked[-1].end - timeline.axis.utc(end + 60 - header)) <= 1
    press(timeline, QEvent.Type.MouseMove, 0, 8)  # not beyond the other edge
    assert asked[-1] == TimeRange(loop.start, loop.start)
    press(timeline, QEvent.Type.MouseButtonRelease, 0, 8)
    press(timeline, QEvent.Type.MouseMove, 900, 8)
    assert len(asked) == 2 and not seeks


def test_shift_and_a_drag_draw_a_range(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    asked: list[TimeRange] = []
    timeline.range_dragged.connect(asked.append)
    y = timeline.plan.lane(1).center().y()
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, QPoint(900, y))
    press(timeline, QEvent.Type.MouseMove, 700, y)
    press(timeline, QEvent.Type.MouseButtonRelease, 700, y)
    header = timeline.plan.header
    assert asked == [TimeRange(timeline.axis.utc(700 - header), timeline.axis.utc(900 - header))]


def test_the_band_says_its_times_where_there_is_room(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    plain = timeline.grab().toImage()
    timeline.set_loop(TimeRange(at("22:42:40"), at("22:44:40")), on=False)
    shown = timeline.grab().toImage()
    timeline.set_loop(TimeRange(at("22:42:40"), at("22:44:40")), on=True)
    assert plain != shown != timeline.grab().toImage()
    timeline.set_loop(None)
    assert timeline.grab().toImage() == plain


def test_a_view_that_was_left_comes_back(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    timeline.zoom(7)
    window = timeline.axis.window
    timeline.show_all()
    with qtbot.waitSignal(timeline.view_changed):
        timeline.show_window(window)
    assert timeline.axis.window == window
    timeline.show_window(TimeRange(Utc(0), Utc(5)))  # of another time altogether
    assert timeline.axis.window == window


def test_a_long_case_is_drawn_at_once(qtbot: QtBot) -> None:
    """Nine cameras of twelve hours, 72 parts, thousands of marks: no drawing takes as long as to be felt."""
    hours = 3600 * SECOND
    first = samples.manifest(1, ("08:00:00", "09:30:00"))
    cameras, timeline = [], make(qtbot, 9)
    for number in range(1, 10):
        starts = [Utc(first.parts[0].started_at + i * 3 * hours // 2 + number) for i in range(8)]
        parts = tuple(replace(first.parts[0], started_at=each, duration=Micros(3 * hours // 2)) for each in starts)
        cameras.append(ReviewCamera(number, replace(first, recording_id=f"rec-{number}", parts=parts)))
    timeline.set_cameras(cameras)
    pairs = np.full((50 * 5400, 2), 9000, np.int16)
    for camera in cameras:
        for part in camera.manifest.parts:
            timeline.add_peaks(camera.key, Peaks(part.started_at, 50, pairs))
    whole = timeline.axis.whole
    steps = range(whole.start, whole.end, whole.duration // 3000)
    marks = [samples.bookmark(f"m{i}", "22:40:00") for i in range(len(steps))]
    timeline.set_bookmarks(
        replace(m, at=TimeRange(Utc(t), Utc(t + 20 * SECOND * (i % 2))))
        for i, (m, t) in enumerate(zip(marks, steps, strict=True))
    )
    held = sum(level.nbytes for parts in timeline._scene.peaks.values() for p in parts for level in p._levels)
    assert held < 30_000_000
    for factor in (1, 30):
        timeline.zoom(factor)
        costs = []
        for _ in range(9):
            begun = thread_time()
            timeline._strips.redraw(timeline._look)
            costs.append(thread_time() - begun)
        assert sorted(costs)[4] < 0.1, f"median {sorted(costs)[4] * 1e3:.1f} ms at {factor}×"


def test_lanes_are_low_beyond_four_cameras(qtbot: QtBot) -> None:
    assert make(qtbot, 4).plan.lane_height == 46
    nine = make(qtbot, 9)
    assert nine.plan.lane_height == 21
    assert nine.sizeHint().height() == 26 + 9 * 21 + 24


def test_wheel_and_keys_zoom_and_pan(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    whole = timeline.axis.window.duration

    def wheel(notches: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        place = QPointF(700, 60)
        turned = QPoint(0, 120 * notches)
        none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(place, timeline.mapToGlobal(place), QPoint(), turned, none, held, phase, False)
        QApplication.sendEvent(timeline, event)

    under = timeline.axis.utc(700 - timeline.plan.header)
    wheel(4)
    assert timeline.axis.window.duration < whole / 2
    assert abs(timeline.axis.utc(700 - timeline.plan.header) - under) <= timeline.axis.per_pixel
    before = timeline.axis.window.start
    wheel(-1, Qt.KeyboardModifier.ShiftModifier)
    assert timeline.axis.window.start > before
    qtbot.keyClick(timeline, Qt.Key.Key_PageUp)
    assert timeline.axis.window.start < before + whole
    qtbot.keyClick(timeline, Qt.Key.Key_Minus)
    qtbot.keyClick(timeline, Qt.Key.Key_Plus)
    with qtbot.waitSignal(timeline.seek_asked) as asked:
        qtbot.keyClick(timeline, Qt.Key.Key_Home)
    assert asked.args == [at("22:38:04")]


def test_the_play_head_moves_by_painting_two_strips(qtbot: QtBot) -> None:
    timeline = make(qtbot, 9)
    QApplication.processEvents()
    regions = timeline.regions
    regions.clear()
    timeline.set_now(Utc(NOW + 90 * SECOND))
    QApplication.processEvents()
    painted = sum(r.width() * r.height() for region in regions for r in list(region))  # type: ignore[call-overload]
    assert regions and painted <= 2 * 16 * timeline.height()
    regions.clear()
    timeline.set_now(Utc(NOW + 90 * SECOND + 1000))  # less than a pixel further
    QApplication.processEvents()
    assert not regions


def test_the_play_head_costs_less_than_half_a_millisecond(qtbot: QtBot) -> None:
    timeline = make(qtbot, 9, 1600)
    for camera in samples.cameras(9):
        for peaks in samples.peaks(camera):
            timeline.add_peaks(camera.key, peaks)
    timeline.grab()
    strip = QRect(700, 0, 16, timeline.height())
    costs = []
    for _ in range(200):
        begun = perf_counter()
        timeline.repaint(strip)
        costs.append(perf_counter() - begun)
    assert sorted(costs)[len(costs) // 2] < 0.0005, f"median {sorted(costs)[100] * 1e3:.3f} ms"


def test_who_panned_away_from_a_playing_head_stays_there(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    timeline.zoom(20)
    timeline.pan(5000)
    away = timeline.axis.window
    timeline.set_now(Utc(NOW + 40_000))
    assert timeline.axis.window == away
    timeline.set_now(Utc(NOW - 60 * SECOND))  # a jump brings the view along
    assert timeline.now in timeline.axis.window


def test_a_playing_head_pages_on(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    timeline.zoom(20)
    end = timeline.axis.window.end
    timeline.set_now(Utc(end - 10_000))
    timeline.set_now(Utc(end + 10_000))
    assert timeline.now in timeline.axis.window


def test_tool_tips_say_what_did_not_fit(qtbot: QtBot) -> None:
    timeline = make(qtbot, 9)
    plan, axis = timeline.plan, timeline.axis

    def tip(lane: int, clock: str) -> str:
        return timeline.tip(QPoint(round(plan.header + axis.x(at(clock))), plan.lane(lane).center().y()))

    assert "No footage" in tip(3, "22:43:30")
    assert "Not yet downloaded, 63 %" in tip(4, "22:45:00")
    assert "Part 2 does not match its manifest" in tip(5, "22:45:00")
    assert "Not assigned to you" in tip(6, "22:45:00")
    assert "Buffer, silent" in tip(7, "22:42:00")
    assert timeline.tip(QPoint(50, plan.lane(0).center().y())) == "Ofc. A. Niemi 2214, AXIS W110"


@pytest.mark.parametrize("theme", list(ThemeName))
@pytest.mark.parametrize("count", [0, 1, 4, 9, 12])
def test_it_draws_any_number_of_cameras_at_any_zoom(qtbot: QtBot, count: int, theme: ThemeName) -> None:
    timeline = make(qtbot, count) if count else Timeline(ZONE)
    qtbot.addWidget(timeline)
    apply_theme(timeline, theme)
    timeline.set_loop(TimeRange(at("22:42:02"), at("22:42:31")))
    for factor in (1, 8, 400, 1e-6):
        timeline.zoom(factor)
        timeline.grab()
    timeline.set_loop(None, at("22:42:02"))
    timeline.grab()


def test_a_lane_says_each_thing_the_camera_did() -> None:
    nine = samples.cameras(9)
    kinds = {s.kind for camera in nine for s in camera.stretches()}
    assert kinds == set(StretchKind)
    for camera in nine:
        lane = camera.stretches()
        assert lane[0].range.start == camera.range.start and lane[-1].range.end == camera.range.end
        assert all(a.range.end == b.range.start for a, b in pairwise(lane))


def test_a_silent_buffer_longer_than_its_part_ends_with_it() -> None:
    camera = samples.cameras(1)[0]
    manifest = replace(camera.manifest, buffer=Buffer(Micros(10_000 * SECOND)))
    lane = replace(camera, manifest=manifest).stretches()
    assert [s.kind for s in lane] == [StretchKind.SILENT_BUFFER]


def test_the_least_certain_clock_carries() -> None:
    found = carrying(samples.cameras(9))
    assert found is not None and found.number == 9
    assert carrying(()) is None


def test_watched_spans_become_few_stretches() -> None:
    rows = [span(0, 10), span(10, 20, -1000), span(30, 40, 4000), span(35, 50, 2000), span(60, 70, width=0)]
    assert fold_watched(rows) == (
        WatchedStretch(TimeRange(Utc(30), Utc(40)), fast=True),
        WatchedStretch(TimeRange(Utc(0), Utc(20))),
        WatchedStretch(TimeRange(Utc(35), Utc(50))),
    )


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8))
def test_unwatched_is_exactly_what_no_stretch_covers(spans: list[tuple[int, int]]) -> None:
    whole = [TimeRange(Utc(0), Utc(30)), TimeRange(Utc(40), Utc(70))]
    seen = [WatchedStretch(TimeRange(Utc(a), Utc(a + n))) for a, n in spans]
    left = unwatched(whole, seen)
    for instant in range(80):
        rolled = any(Utc(instant) in each for each in whole)
        watched = any(Utc(instant) in each.range for each in seen)
        assert any(Utc(instant) in each for each in left) == (rolled and not watched)


def test_a_mark_follows_the_footage_when_the_clock_is_corrected() -> None:
    camera, mark = samples.cameras(1)[0], samples.BOOKMARKS[0]
    later = replace(camera.manifest.parts[0], started_at=Utc(camera.manifest.parts[0].started_at + 5 * SECOND))
    moved = replace(camera, manifest=replace(camera.manifest, parts=(later,)))
    assert bookmark_range(mark, [moved]).start == mark.at.start + 5 * SECOND
    assert bookmark_range(mark, []) == mark.at


@given(st.integers(1, 3000), st.integers(0, 2999), st.floats(0.01, 60))
def test_a_peak_is_seen_at_every_zoom(count: int, where: int, zoom: float) -> None:
    pairs = np.zeros((count, 2), np.int16)
    pairs[where % count] = (-30_000, 20_000)
    whole = TimeRange(Utc(0), Utc(max(1, count * SECOND // 20)))
    axis = TimeAxis.over(whole, 500).zoomed(zoom, 250)
    loud = Peaks(Utc(0), 20, pairs).columns(axis, 0, axis.width, 1)
    assert loud.shape == (500,)
    loud_at = where % count * SECOND // 20 + SECOND // 40
    if 1 <= axis.x(Utc(loud_at)) < axis.width - 1:
        x = int(axis.x(Utc(loud_at)))
        assert loud[max(0, x - 1) : x + 2].max() > 0.9


def test_bars_stay_inside_their_image() -> None:
    image = bars(np.array([0, 0.5, 1, 9], np.float32), 12, 20, DARK.officer(1))
    assert (image.width(), image.height()) == (12, 20)
    assert image.pixelColor(6, 1).alpha() > 0 and image.pixelColor(2, 10).alpha() == 0


def test_bands_are_bars_over_their_lanes_with_their_words(qtbot: QtBot) -> None:
    timeline = make(qtbot)
    camera = samples.cameras(4)[0]
    stretch = TimeRange(Utc(camera.range.start + 60 * SECOND), Utc(camera.range.start + 90 * SECOND))
    before = timeline.grab().toImage()
    timeline.set_bands("near", {camera.key: [stretch], "": [stretch]}, "Within 50 m ± 10 m")
    middle = round(timeline.plan.header + timeline.axis.x(Utc(stretch.start + 15 * SECOND)))
    lane = timeline.plan.lane(0)
    assert timeline.grab().toImage().pixelColor(middle, lane.top() + 1) == DARK.color("ink")
    assert "Within 50 m ± 10 m, " in timeline.tip(QPoint(middle, lane.center().y()))
    assert "Within 50 m ± 10 m, " in timeline.tip(QPoint(middle, timeline.plan.strip.top() + 2))
    assert "Within" not in timeline.tip(QPoint(middle, timeline.plan.lane(1).center().y()))
    timeline.set_bands("near", {camera.key: []}, "")
    assert timeline.grab().toImage() == before


def test_a_zoomed_or_panned_timeline_is_shown_at_once_and_sharp_soon_after(qtbot: QtBot) -> None:
    """What stands in is replaced, row by row, by just what would have been drawn anew."""
    timeline = make(qtbot, 9)
    for act in (lambda: timeline.zoom(1.6), lambda: timeline.pan(300), lambda: timeline.pan(-170)):
        act()
        timeline.grab()
        qtbot.waitUntil(lambda: timeline._strips.work(timeline._look)[1])
        soon = timeline.grab().toImage()
        timeline._strips.redraw(timeline._look)
        assert _differing(soon, timeline.grab().toImage()) < 0.01
