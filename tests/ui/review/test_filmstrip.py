"""The filmstrip asks for what is in view, keeps what fits, and has nothing once it is covered."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.ui.review.axis import TimeAxis
from reviewer.ui.review.film_row import WIDTH, slots
from reviewer.ui.review.filmstrip import Thumbs
from tests.ui.review.fakes import Stage, make_stage
from tests.ui.review.samples import NOW, street


@dataclass
class Maker:
    """Makes pictures when it is told to."""

    asked: list[tuple[str, TimeRange, int, int, Future[Thumbs]]] = field(default_factory=list)

    def __call__(self, key: str, stretch: TimeRange, count: int, height: int) -> Future[Thumbs]:
        future: Future[Thumbs] = Future()
        self.asked.append((key, stretch, count, height, future))
        return future

    def make(self, at: int = -1) -> None:
        _, stretch, count, height, future = self.asked[at]
        step = stretch.duration // count
        image = street(height * 16 // 9, height, 1)
        if future.set_running_or_notify_cancel():
            future.set_result([(Utc(stretch.start + i * step + step // 2), image) for i in range(count)])


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def stage(qtbot: QtBot, maker: Maker) -> Stage:
    made = make_stage(request_thumbs=maker)
    qtbot.addWidget(made.screen)
    made.screen.resize(1536, 930)
    made.screen.show()
    made.screen.activateWindow()
    qtbot.waitUntil(made.screen.isActiveWindow)
    made.screen.open_at(NOW)
    made.screen.setFocus()
    QTest.keyClick(made.screen, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: bool(maker.asked))
    return made


def fill(stage: Stage, maker: Maker, qtbot: QtBot) -> None:
    """Make everything that is asked for until nothing is missing."""
    film = stage.screen.film
    for _ in range(20):
        qtbot.waitUntil(lambda: film._asked is not None or not film._show())
        if film._asked is None:
            return
        maker.make()
        qtbot.waitUntil(lambda: film._asked is None)
    raise AssertionError("it never ends")


def test_it_asks_for_the_focused_camera_and_shows_what_comes(stage: Stage, maker: Maker, qtbot: QtBot) -> None:
    key, stretch, count, _, _ = maker.asked[0]
    assert key == "rec-1" and 1 <= count <= 12 and stage.screen.timeline.now in stretch
    fill(stage, maker, qtbot)
    row = stage.screen.timeline._film
    assert row is not None and row.wanted and row.wanted <= row.pictures.keys()
    stage.screen.grab()
    before = len(maker.asked)
    stage.screen.timeline.pan(1)
    qtbot.wait(300)
    assert len(maker.asked) - before <= 1  # at most the picture that came into view


def test_pictures_that_lie_right_stand_in_after_a_zoom(stage: Stage, maker: Maker, qtbot: QtBot) -> None:
    fill(stage, maker, qtbot)
    stage.screen.timeline.zoom(1.25)
    row = stage.screen.timeline._film
    assert row is not None and len(row.pictures) > len(row.wanted) // 3
    for slot, picture in row.pictures.items():
        times = [made[0] for made in stage.screen.film._kept.values() if made is not None and made[1] is picture]
        assert all(at in slot for at in times)


def test_what_scrolled_away_is_not_waited_for(stage: Stage, maker: Maker, qtbot: QtBot) -> None:
    stage.screen.timeline.zoom(200)
    assert maker.asked[0][4].cancelled()
    qtbot.waitUntil(lambda: len(maker.asked) == 2)
    maker.make(0)
    maker.make()
    qtbot.waitUntil(lambda: bool(stage.screen.timeline._film and stage.screen.timeline._film.pictures))


def test_covered_it_has_no_picture_and_asks_for_none(stage: Stage, maker: Maker, qtbot: QtBot) -> None:
    fill(stage, maker, qtbot)
    stage.screen.lock()
    row = stage.screen.timeline._film
    assert row is not None and not row.pictures and not stage.screen.film._kept
    before = len(maker.asked)
    stage.screen.timeline.zoom(2)
    qtbot.wait(300)
    assert len(maker.asked) == before
    stage.screen.unlock()
    qtbot.waitUntil(lambda: len(maker.asked) > before)


def test_a_picture_that_comes_after_the_lock_is_dropped(stage: Stage, maker: Maker, qtbot: QtBot) -> None:
    future = maker.asked[0][4]
    assert future.set_running_or_notify_cancel()  # too late to be cancelled
    stage.screen.lock()
    future.set_result([(NOW, street(96, 54, 1))])
    qtbot.wait(50)
    assert not stage.screen.film._kept


def test_another_camera_has_other_pictures_and_off_has_none(stage: Stage, maker: Maker, qtbot: QtBot) -> None:
    fill(stage, maker, qtbot)
    QTest.keyClick(stage.screen, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: maker.asked[-1][0] == "rec-3")
    height = stage.screen.timeline.height()
    QTest.keyClick(stage.screen, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: stage.screen.timeline.height() < height)
    assert not stage.screen.film._kept and maker.asked[-1][4].cancelled()


def test_a_failure_is_said_in_the_row_and_tried_again_elsewhere(stage: Stage, maker: Maker, qtbot: QtBot) -> None:
    maker.asked[0][4].set_exception(ReviewerError("This part cannot be read.", "Fetch it again."))
    qtbot.waitUntil(lambda: bool(stage.screen.timeline._film and stage.screen.timeline._film.words))
    stage.screen.grab()
    stage.screen.timeline.zoom(3)
    qtbot.waitUntil(lambda: len(maker.asked) == 2)


@given(st.integers(1, 3_000), st.floats(0.5, 500), st.integers(-2_000, 2_000))
def test_slots_cover_the_view_and_stay_while_it_is_panned(seconds: int, zoom: float, moved: int) -> None:
    whole = TimeRange(NOW, Utc(NOW + seconds * SECOND))
    axis = TimeAxis.over(whole, 1200).zoomed(zoom, 600)
    made = slots(axis)
    assert made[0].start <= axis.window.start and made[-1].end >= axis.window.end
    assert len(made) <= 1200 // WIDTH + 2
    later = slots(axis.panned(moved))
    assert len({s.duration for s in (*made, *later)}) == 1
    assert all(s.start % s.duration == 0 for s in later)


def test_a_picture_is_bgra() -> None:
    from reviewer.ui.review.filmstrip import _pixmap

    image = np.zeros((4, 4, 4), np.uint8)
    image[..., 2] = 255
    assert _pixmap(image, 1.0).toImage().pixelColor(1, 1).red() == 255
