"""The dashboard: what is open and late is seen at once, and heard by whoever cannot see bars."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer.domain.statistics import Counts
from reviewer.domain.statutory import Brief
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.dashboard import Dashboard, Watching
from reviewer.services.statistics import Year
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.dashboard import YEAR, DashboardScreen, DashboardSource
from reviewer.ui.plots import Bars
from reviewer.ui.preferences import PreferenceStore
from tests.ui.samples import NOW, case

_T = TypeVar("_T")
_LATE = Brief("review", clocks=(("Decision", Utc(NOW - 86_400 * SECOND)),))
FOUND = Dashboard(
    (
        Watching(case("C-1"), "investigation", 12, None, ("salo",)),
        Watching(case("C-2", brief=_LATE), "review", 400, -1, ()),
        Watching(case("C-3"), "closed", 900, None, ("salo",)),
    ),
    4,
    NOW,
)
TABLES = (
    Counts("Complaints received", ("Letter", "Web form"), ("Jan", "Feb"), ((7, 2), (0, 9))),
    Counts("Allegations", ("Sustained", "Not decided"), ("Use of force",), ((6, 12),)),
)


def _now(value: _T) -> Future[_T]:
    done: Future[_T] = Future()
    done.set_result(value)
    return done


@pytest.fixture
def saved() -> list[tuple[int, bool, Path]]:
    return []


@pytest.fixture
def screen(qtbot: QtBot, saved: list[tuple[int, bool, Path]]) -> DashboardScreen:
    def save(year: Year, for_public: bool, path: Path) -> Future[Path]:
        saved.append((year.year, for_public, path))
        return _now(path)

    source = DashboardSource(
        read=lambda: _now(FOUND),
        years=lambda: _now((2026, 2025)),
        count=lambda year: _now(Year(year, TABLES, 3, 4)),
        save=save,
        name=lambda user: {"salo": "K. Salo 0417"}.get(user, user),
        place=lambda year, _public: Path(f"/tmp/{year}.csv"),  # noqa: S108 - nothing is written there
    )
    bridge = Bridge()
    made = DashboardScreen(source, bridge, KeyTable(PreferenceStore()))
    bridge.setParent(made)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.read()
    qtbot.waitUntil(lambda: made.found is not None)
    return made


def _says(screen: DashboardScreen) -> str:
    return "\n".join(each.text() for each in screen.findChildren(QLabel) if each.isVisible())


def test_what_is_open_and_late_is_said(screen: DashboardScreen) -> None:
    assert "2 open cases, 1 clock run out" in _says(screen)
    assert "4 cases more in the store" in _says(screen)
    assert screen.by_due.values[0] == ("run out", 1)
    assert "run out: 1" in screen.by_due.accessibleName()
    assert [each.case.case_id for each in screen.table.rows.rows] == ["C-1", "C-2"]
    (load,) = screen.loads.rows.rows
    assert (load.user, load.cases) == ("salo", 1)


def test_a_name_has_the_room_of_its_bar_and_the_tip_has_it_whole(qtbot: QtBot) -> None:
    bars = Bars("All cases by state")
    qtbot.addWidget(bars)
    bars.resize(320, 240)
    bars.show()
    bars.show_values([("no complaint written", 1), ("investigation", 2)])
    ticks = bars.plot.getPlotItem().getAxis("bottom")

    def said() -> list[str]:
        return [words for _, words in vars(ticks)["_tickLevels"][0]]  # pyqtgraph has no other way to ask

    qtbot.waitUntil(lambda: said()[0].endswith("…"))
    assert bars.plot.toolTip() == "no complaint written: 1\ninvestigation: 2"
    bars.resize(900, 240)
    qtbot.waitUntil(lambda: said() == ["no complaint written", "investigation"])


def test_enter_opens_the_case(screen: DashboardScreen, qtbot: QtBot) -> None:
    screen.table.pick(1)
    with qtbot.waitSignal(screen.open_case) as told:
        QTest.keyClick(screen.table, Qt.Key.Key_Return)
    assert told.args == ["C-2"]


def test_a_year_for_the_public_tells_no_small_count(
    screen: DashboardScreen, qtbot: QtBot, saved: list[tuple[int, bool, Path]], tmp_path: Path
) -> None:
    screen.show_page(YEAR)
    qtbot.waitUntil(lambda: screen.year is not None)
    assert tuple(screen.received.values) == (("Jan", 9), ("Feb", 9))
    assert screen.received.isVisible()
    _presses(screen, Qt.Key.Key_P)
    assert screen.for_public
    assert not screen.received.isVisible()
    screen.save_as(tmp_path / "x.csv")
    assert saved == [(2026, True, tmp_path / "x.csv")]
    qtbot.waitUntil(lambda: "Saved as" in _says(screen))


def _presses(screen: DashboardScreen, key: Qt.Key) -> None:
    screen.setFocus()
    screen.activateWindow()
    QTest.keyClick(screen, key)
