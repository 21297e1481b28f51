"""The sheet of camera coverage: what is known at once, what comes with listening, errors where the eye is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import ReviewerError
from reviewer.domain.rolling import CameraRolling, Expected, Incident, RollingReport, report
from reviewer.domain.timebase import Micros, TimeRange
from reviewer.ui.bridge import Bridge
from reviewer.ui.rolling import RollingSheet, RollingSource, Step
from reviewer.ui.rolling_bars import RollingBars
from reviewer.ui.theme import ThemeName, apply_theme, theme_of
from tests.ui.review.samples import ZONE, at

T = TypeVar("T")
ONE = CameraRolling("r1", 1, "Ofc. A. Niemi 2214", (TimeRange(at("22:40:00"), at("22:50:00")),), Micros(6_000))
OTHER = CameraRolling(
    "r2",
    2,
    "Ofc. L. Korhonen 1873",
    (TimeRange(at("22:43:00"), at("22:47:00")),),
    Micros(6_000),
    stop="Private talk",
    lacking=("part 2 is in its signed manifest and not in the store",),
)
INCIDENT = Incident(TimeRange(at("22:42:00"), at("22:52:00")))
MUTE = replace(ONE, mute=(TimeRange(at("22:45:00"), at("22:46:00")),))


def _done(value: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(value)
    return future


class Source:
    """Answers by hand: `listened` is what the pool would give."""

    def __init__(self) -> None:
        self.listened: Future[RollingReport] = Future()
        self.step: Callable[[Step], None] = lambda _step: None
        self.given_up: Callable[[], bool] = lambda: False
        self.saved: list[Path] = []
        self.said: list[tuple[str, ...]] = []

    def ask(self, step: Callable[[Step], None], given_up: Callable[[], bool]) -> Future[RollingReport]:
        self.step, self.given_up = step, given_up
        return self.listened

    def save(self, _report: RollingReport, path: Path) -> Future[Path]:
        self.saved.append(path)
        return _done(path)

    def expect(self, officer: str, why: str) -> Future[tuple[Expected, ...]]:
        self.said.append((officer, why))
        self.listened = _done(report([MUTE, OTHER], INCIDENT, expected=(Expected("e1", officer, why),)))
        return _done(())

    def unexpect(self, id_: str) -> Future[tuple[Expected, ...]]:
        self.said.append((id_,))
        return _done(())


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def sheet(qtbot: QtBot, source: Source, tmp_path: Path) -> Iterator[RollingSheet]:
    window = QWidget()
    window.resize(1366, 768)
    qtbot.addWidget(window)
    window.show()
    made = RollingSheet(
        RollingSource(source.ask, source.save, source.expect, source.unexpect, tmp_path / "report.pdf"),
        Bridge(),
        zone=ZONE,
        theme=ThemeName.LIGHT,
        parent=window,
    )
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.open()
    yield made
    made.reject()
    window.close()  # till here it had to live: it is the sheet's parent


def test_times_are_there_before_anybody_listened(qtbot: QtBot, sheet: RollingSheet, source: Source) -> None:
    source.step(Step(0, 1, "", report([ONE, OTHER], INCIDENT)))
    qtbot.waitUntil(sheet.bars.isVisible)
    assert not sheet.save.isEnabled() and sheet.strip.isVisible()
    source.step(Step(1, 4, "Ofc. L. Korhonen 1873"))
    qtbot.waitUntil(lambda: sheet.strip.fraction == 0.25)
    source.listened.set_result(report([MUTE, OTHER], INCIDENT))
    qtbot.waitUntil(lambda: sheet.save.isEnabled())
    assert sheet.report is not None and sheet.report.cameras[0].mute
    assert not sheet.strip.isVisible()
    assert sheet.table.rows.rowCount() == 2
    assert sheet.height() <= 768


def test_closing_stops_the_listening(qtbot: QtBot, sheet: RollingSheet, source: Source) -> None:
    assert not source.given_up()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not sheet.isVisible())
    assert source.given_up()


def test_what_cannot_be_read_is_said_in_the_sheet(qtbot: QtBot, sheet: RollingSheet, source: Source) -> None:
    source.listened.set_exception(ReviewerError("This case has no recording that rolled.", "Ask who assigned it."))
    qtbot.waitUntil(lambda: "no recording" in sheet.error.words)
    assert not sheet.save.isEnabled()


def test_somebody_who_was_there_is_expected_and_not_any_more(qtbot: QtBot, sheet: RollingSheet, source: Source) -> None:
    source.listened.set_result(report([MUTE, OTHER], INCIDENT))
    qtbot.waitUntil(lambda: sheet.save.isEnabled())
    assert not sheet.remove.isVisible()
    QTest.keyClicks(sheet.officer, "Ofc. X")
    assert not sheet.add.isEnabled()
    QTest.keyClicks(sheet.why, "dispatch log")
    sheet.add.click()
    qtbot.waitUntil(lambda: sheet.table.rows.rowCount() == 3)
    assert source.said == [("Ofc. X", "dispatch log")] and sheet.officer.text() == ""
    sheet.table.pick(2)
    sheet.remove.click()
    assert source.said[-1] == ("e1",)


def test_a_report_is_saved_where_it_was_asked(
    qtbot: QtBot, sheet: RollingSheet, source: Source, tmp_path: Path
) -> None:
    source.listened.set_result(report([MUTE, OTHER], INCIDENT))
    qtbot.waitUntil(lambda: sheet.save.isEnabled())
    sheet.save_as(tmp_path / "who.csv")
    qtbot.waitUntil(lambda: source.saved == [tmp_path / "who.csv"])


@pytest.mark.parametrize("theme", list(ThemeName))
def test_where_nobody_rolled_is_drawn_in_the_colour_of_a_stop(qtbot: QtBot, theme: ThemeName) -> None:
    bars = RollingBars(ZONE)
    qtbot.addWidget(bars)
    apply_theme(bars, theme)
    bars.resize(900, 120)
    found = report([ONE, OTHER], INCIDENT)
    assert found.nobody  # from 22:50 to 22:52
    bars.show_report(found)
    bars.show()
    picture = bars.grab().toImage()
    row = bars.height() - 15
    colors = {QColor(picture.pixel(x, row)).name() for x in range(170, picture.width())}
    assert theme_of(bars).color("stop").name() in colors
    assert "no camera for" in bars.accessibleName()
