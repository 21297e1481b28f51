"""On the review screen: the sentence, the way to what nobody saw, who watched this second."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.coverage import Manner, coverage
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.records.queries import Watched
from reviewer.services.coverage import CaseCoverage
from reviewer.services.logwords import Names
from reviewer.ui.review.coverage import CoverageServices
from tests.ui.review.fakes import Stage, make_stage
from tests.ui.review.samples import NOW
from tests.ui.review.test_screen import opened

SEEN = (int(NOW - 30 * SECOND), int(NOW + 10 * SECOND))
WHOLE = TimeRange(Utc(NOW - 60 * SECOND), Utc(NOW + 60 * SECOND))
NAMES = Names(lambda user: user, lambda recording: recording)


def _count() -> Future[CaseCoverage]:
    future: Future[CaseCoverage] = Future()
    together = coverage({"rec-1": (WHOLE,)}, [("rec-1", Manner.SILENT, [SEEN])])
    future.set_result(CaseCoverage("c1", together, {}, True))
    return future


def _who(recordings: tuple[str, ...], at: Utc) -> Future[tuple[Watched, ...]]:
    future: Future[tuple[Watched, ...]] = Future()
    future.set_result((Watched(recordings[0], WHOLE, 1000, 640, 360, False, "aro", at, "supervision"),))
    return future


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = opened(qtbot, make_stage())
    made.screen.coverage._services = CoverageServices(_count, _who, NAMES)
    return made


def test_the_status_line_has_it_in_short_and_whole(stage: Stage, qtbot: QtBot) -> None:
    said: list = []
    stage.screen.status_changed.connect(lambda items, _right: said.extend(items))
    stage.screen.coverage.refresh()
    qtbot.waitUntil(lambda: any("never seen" in item.words for item in said))
    item = next(item for item in said if "never seen" in item.words)
    assert item.words == "33 % watched, 1 min 20 s never seen"
    assert item.hint == "33 % of the relevant 2 min watched; 1 min 20 s never seen by anybody."


def test_x_goes_to_what_nobody_saw(stage: Stage, qtbot: QtBot) -> None:
    stage.screen.coverage.refresh()
    qtbot.waitUntil(lambda: stage.screen.coverage.known is not None)
    stage.screen.wall.focus("rec-1")
    QTest.keyClick(stage.screen, Qt.Key.Key_X)
    assert stage.playback.calls[-1] == ("seek", SEEN[1])
    QTest.keyClick(stage.screen, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    assert stage.playback.calls[-1] == ("seek", WHOLE.start)


def test_h_asks_who_watched_this_second(stage: Stage, qtbot: QtBot) -> None:
    stage.screen.wall.focus("rec-2")
    QTest.keyClick(stage.screen, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: stage.screen.coverage.sheet is not None)
    sheet = stage.screen.coverage.sheet
    assert sheet is not None
    (row,) = sheet.table.rows.rows
    assert replace(row).recording == "rec-2"
    assert "1 view by 1 person: aro." in sheet.words
    sheet.reject()
