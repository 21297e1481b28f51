"""The recordings screen: what it lists, finds and says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from reviewer.domain.place import Box, Circle, Polygon
from reviewer.services.catalogue_search import Entry, Wanted
from reviewer.services.trust import Contact, Problem
from reviewer.ui import custodian_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.custodian import RecordingsScreen
from reviewer.ui.custodian_side import Page
from tests.ui.custodian_fake import (
    CASE,
    CTRL,
    ENTRIES,
    KEY,
    START,
    Fake,
    entry,
    field,
    notices,
    picture,
    press,
    rows,
    said,
    settle,
    shown,
)
from tests.ui.samples import HELSINKI


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def screen(qtbot: QtBot, keys: KeyTable, bridge: Bridge, fake: Fake) -> RecordingsScreen:
    return shown(qtbot, keys, bridge, fake)


def test_recordings_are_listed_newest_first_with_what_is_known(screen: RecordingsScreen) -> None:
    assert rows(screen) == ["r3", "r2", "r1"]
    assert "3 recordings · 2 not assigned" in said(screen)
    listing = screen.listing
    assert [c.spoken for c in words.cells(ENTRIES[0], listing, HELSINKI)] == [
        "13 Jun 2026, 23:38–23:50",
        "Ofc. A. Niemi 2214, AXIS W110",
        "K-2026-1122, arrest",
        "12:00, 900 MB",
        "as assigned",
        CASE,
    ]
    assert words.cells(ENTRIES[1], listing, HELSINKI)[4].spoken == "for training"
    assert words.cells(ENTRIES[2], listing, HELSINKI)[4].spoken == "restricted"
    closed = entry(5, "niemi", opened=False)
    assert words.cells(closed, listing, HELSINKI)[1].spoken == "niemi, details need the custody key"


def test_fields_find_as_they_are_typed_into(qtbot: QtBot, screen: RecordingsScreen) -> None:
    for name, typed, found in (
        ("Officer", "korh", ["r2"]),
        ("Incident", "1122", ["r3", "r1"]),
        ("From", "14 Jun 2026 00:45", ["r3", "r2"]),
        ("To", "13 Jun 2026", ["r1"]),
        ("Place", "60.17, 24.94", ["r3", "r2", "r1"]),
        ("Place", "61.17, 24.94, 2 km", []),
    ):
        at = field(screen, name)
        at.setFocus()
        qtbot.keyClicks(at, typed)
        settle(qtbot, screen)
        assert rows(screen) == found, name
        at.clear()
        settle(qtbot, screen)
    assert "No recording is like that" not in said(screen)


def test_what_cannot_be_read_is_said_at_the_field(qtbot: QtBot, screen: RecordingsScreen) -> None:
    at = field(screen, "From")
    qtbot.keyClicks(at, "yesterday")
    settle(qtbot, screen)
    assert "“yesterday” is no day and time." in said(screen)
    assert at.property("invalid")
    assert rows(screen) == ["r3", "r2", "r1"]
    at.clear()
    settle(qtbot, screen)
    assert not screen.bar.error.isVisible()


def test_any_word_finds_and_x_clears(qtbot: QtBot, screen: RecordingsScreen) -> None:
    press(qtbot, KEY.Key_F, CTRL)
    qtbot.keyClicks(screen.search.line, "niemi cr-2026")
    settle(qtbot, screen)
    assert rows(screen) == ["r1"]
    press(qtbot, KEY.Key_Return)
    press(qtbot, KEY.Key_X)
    settle(qtbot, screen)
    assert rows(screen) == ["r3", "r2", "r1"]


def test_ten_thousand_rows_are_picked_without_asking_for_each(qtbot: QtBot, screen: RecordingsScreen) -> None:
    made = 0

    def cells(entry: Entry) -> words.Cells:
        nonlocal made
        made += 1
        return words.cells(entry, screen.listing, HELSINKI)

    screen.lists.recordings.rows._cells = cells
    screen.show_picture(picture(tuple(entry(n) for n in range(10_000))))
    settle(qtbot, screen)
    assert len(rows(screen)) == 10_000
    press(qtbot, KEY.Key_A, CTRL)
    assert len(screen.lists.recordings.chosen) == 10_000
    screen.lists.recordings.grab()
    assert made < 2_000
    assert "10,000 recordings" in said(screen)


def test_what_is_refused_and_a_store_out_of_reach_are_said(screen: RecordingsScreen) -> None:
    problem = Problem("recordings/x/1.json", "The document is not signed.", "Ask the custodian who put it there.")
    contact = Contact(START, "The folder cannot be read.")
    now = picture()
    screen.show_picture(replace(now, overview=replace(now.overview, problems=(problem,), contact=contact)))
    assert notices(screen) == [problem.message, "Listed from this machine: the store is not reached"]


def test_nothing_says_how_it_fills(qtbot: QtBot, screen: RecordingsScreen) -> None:
    screen.show_picture(picture((), ()))
    settle(qtbot, screen)
    assert "No recordings yet" in said(screen)
    assert not screen.side.picked._assign.isEnabled()
    press(qtbot, KEY.Key_2)
    assert "a case begins with assigning them" in said(screen)


def test_the_map_gives_what_it_shows(qtbot: QtBot, screen: RecordingsScreen) -> None:
    press(qtbot, KEY.Key_M)
    assert screen.side.page is Page.PLACE
    box = Box(6_016_000, 2_493_000, 6_018_000, 2_496_000)
    screen.side.place.look_at(box)
    shown = screen.side.place.box
    assert shown.south <= box.south < box.north <= shown.north
    assert shown.west <= box.west < box.east <= shown.east
    press(qtbot, KEY.Key_Left)
    press(qtbot, KEY.Key_Return, CTRL)
    settle(qtbot, screen)
    assert screen.bar.asked.area == words.area(field(screen, "Place").text())
    assert isinstance(screen.bar.asked.area, Box)


def test_a_drawn_place_is_searched(qtbot: QtBot, screen: RecordingsScreen) -> None:
    press(qtbot, KEY.Key_D)
    assert screen.side.page is Page.PLACE and screen.side.place.canvas.is_drawing
    before = screen.side.place.canvas.view
    press(qtbot, KEY.Key_Left)
    assert screen.side.place.canvas.view != before  # under the cross that draws
    press(qtbot, KEY.Key_Return)
    settle(qtbot, screen)
    assert isinstance(screen.bar.asked.area, Circle) and not screen.side.place.canvas.is_drawing
    drawn = Polygon(((6_016_000, 2_493_000), (6_018_000, 2_493_000), (6_018_000, 2_496_000), (6_017_000, 2_494_000)))
    screen.side.place.searched.emit(drawn)
    settle(qtbot, screen)
    assert screen.bar.asked.area == drawn


def test_finding_is_asked_of_what_was_read(qtbot: QtBot, screen: RecordingsScreen) -> None:
    screen.bar.choices["assigned"].choose(True)
    settle(qtbot, screen)
    assert screen.bar.asked == Wanted(assigned=True)
    assert rows(screen) == ["r1"]
