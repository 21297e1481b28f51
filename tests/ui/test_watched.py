"""The panel under the log, and the list of who watched a second."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.coverage import Manner, coverage
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.records.queries import EntryFilter, Watched
from reviewer.services.coverage import CaseCoverage, how_words
from reviewer.services.logwords import Names
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.second import SecondSheet, said_of
from reviewer.ui.theme import ThemeName
from reviewer.ui.watched import PersonRow, WatchedPanel, WatchedSource
from tests.ui.review.samples import ZONE

START = 1_781_372_000_000_000
WHOLE = TimeRange(Utc(START), Utc(START + 100 * SECOND))
NAMES = Names(lambda user: {"salo": "K. Salo 0417"}.get(user, user), lambda recording: f"Camera {recording}")
VIEW = Watched("r1", WHOLE, 1000, 862, 485, True, "salo", Utc(START), "complaint", heard=True)


def _found() -> CaseCoverage:
    matters = {"r1": (WHOLE,)}
    salo = coverage(matters, [("r1", Manner.SILENT, [(START, START + 47 * SECOND)])])
    aro = coverage(matters, [("r1", Manner.FASTER, [(START, START + 88 * SECOND)])])
    both = coverage(matters, [(r.recording, m, s) for c in (salo, aro) for r in c.recordings for m, s in _shown(r)])
    return CaseCoverage("c1", both, {"salo": salo, "aro": aro}, True)


def _shown(recording: object) -> list:
    return [(m, s) for m, s in recording.manners.items() if m is not Manner.NEVER]


class Source:
    def __init__(self) -> None:
        self.asked: list[tuple] = []
        self.fails: ReviewerError | None = None

    def ask(self, case: str, recording: str | None) -> Future[CaseCoverage]:
        self.asked.append((case, recording))
        future: Future[CaseCoverage] = Future()
        if self.fails is not None:
            future.set_exception(self.fails)
        else:
            future.set_result(_found())
        return future

    def who(self, case: str, recording: str | None, at: Utc) -> Future[tuple[Watched, ...]]:
        self.asked.append((case, recording, at))
        future: Future[tuple[Watched, ...]] = Future()
        future.set_result((VIEW,))
        return future


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path, source: Source) -> WatchedPanel:
    keys = KeyTable(PreferenceStore(tmp_path / "preferences.json"))
    bridge = Bridge()
    made = WatchedPanel(WatchedSource(source.ask, source.who), bridge=bridge, keys=keys, zone=lambda: ZONE, names=NAMES)
    made._kept = (keys, bridge)
    qtbot.addWidget(made)
    made.resize(900, 160)
    return made


def test_a_row_a_person_and_the_sentence(panel: WatchedPanel, source: Source, qtbot: QtBot) -> None:
    panel.refresh()
    assert panel.isHidden(), "no case is meant"
    panel.show_filter(EntryFilter(case="c1", recording="r1"))
    qtbot.waitUntil(panel.isVisible)
    assert source.asked[0] == ("c1", "r1")
    assert panel.sentence == "47 % of the relevant 1 min 40 s watched; 12 s never seen by anybody."
    names = [row.accessibleName() for row in panel.findChildren(PersonRow)]
    assert names == ["K. Salo 0417: 47 % watched at 1× or slower", "aro: 0 % watched at 1× or slower"]
    assert not panel.grab().isNull()


def test_a_click_asks_who_watched_that_second(panel: WatchedPanel, source: Source, qtbot: QtBot) -> None:
    panel.show_filter(EntryFilter(case="c1"))
    qtbot.waitUntil(lambda: bool(panel.findChildren(PersonRow)))
    row = panel.findChildren(PersonRow)[0]
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(int(row._room.center().x()), 12))
    qtbot.waitUntil(lambda: panel.sheet is not None)
    at = source.asked[-1][2]
    assert abs(at - (START + 50 * SECOND)) < SECOND
    assert panel.sheet is not None
    assert "1 view by 1 person: K. Salo 0417." in panel.sheet.words
    panel.sheet.reject()


def test_what_fails_is_said(panel: WatchedPanel, source: Source, qtbot: QtBot) -> None:
    source.fails = ReviewerError("The store does not answer.", "Try again later.")
    panel.show_filter(EntryFilter(case="c1"))
    qtbot.waitUntil(panel.isVisible)
    assert panel.sentence == ""
    assert "The store does not answer." in panel._error.words


def test_how_it_was_seen_in_words(qtbot: QtBot) -> None:
    assert how_words(VIEW) == "1× · sound · 862 × 485 px"
    hidden = Watched("r1", WHOLE, -2000, 252, 142, False, "salo", Utc(START), "complaint", visible=False)
    assert how_words(hidden) == "not seen: covered or minimised · 2× backwards · no sound · 252 × 142 px"
    assert said_of((), NAMES) == "Nobody whose log is read here."
    assert "1 painted where it could not be seen" in said_of((VIEW, hidden), NAMES)
    sheet = SecondSheet((), Utc(START), names=NAMES, zone=ZONE, theme=ThemeName.LIGHT)
    qtbot.addWidget(sheet)
    assert "Nobody whose log is read here." in sheet.words
