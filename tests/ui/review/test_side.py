"""The right column as a host of tabs: which is in view, where the map stands, what a key of a tab does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from reviewer.ui.actions import KeyTable
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.annotation_panel import AnnotationPanel
from reviewer.ui.review.side import SideColumn
from reviewer.ui.times import Zone


@pytest.fixture
def side(qtbot: QtBot) -> Iterator[SideColumn]:
    column = SideColumn(QLabel("map"), AnnotationPanel(Zone(), KeyTable(PreferenceStore()), str))
    qtbot.addWidget(column)
    resized(column, 404, 800)
    column.show()
    yield column


def resized(column: SideColumn, width: int, height: int) -> None:
    column.resize(width, height)
    QApplication.processEvents()


def test_one_tab_alone_needs_no_bar(side: SideColumn) -> None:
    assert side.current == "marks" and not side.tabs.isVisible()


def test_a_tab_is_added_behind_and_shown_when_asked(side: SideColumn, qtbot: QtBot) -> None:
    clocks = QLabel("clocks")
    side.add_tab("clocks", "Clocks", "history", clocks)
    assert side.current == "marks" and side.tabs.isVisible() and not clocks.isVisible()
    with qtbot.waitSignal(side.shown) as said:
        side.show_tab("clocks")
    assert said.args == ["clocks"]
    assert clocks.isVisible() and side._map.isVisible() and not side._annotations.isVisible()
    side.show_annotations()
    assert side.current == "marks" and side._annotations.isVisible()


def test_a_tab_s_key_shows_it_and_then_the_annotations_again(side: SideColumn) -> None:
    side.add_tab("clocks", "Clocks", "history", QLabel("clocks"))
    side.toggle_tab("clocks")
    assert side.current == "clocks"
    side.toggle_tab("clocks")
    assert side.current == "marks"


def test_in_a_small_window_the_map_is_a_tab_and_a_larger_one_gives_its_place_back(side: SideColumn) -> None:
    clocks = QLabel("clocks")
    side.add_tab("clocks", "Clocks", "history", clocks)
    side.show_tab("clocks")
    side.set_narrow(True)
    assert side.current == "clocks" and clocks.isVisible() and not side._map.isVisible()
    side.show_tab("map")
    assert side.current == "map" and side._map.isVisible() and not clocks.isVisible()
    side.set_narrow(False)
    assert side.current == "clocks" and side._map.isVisible() and clocks.isVisible()


def test_too_low_for_two_is_too_low_for_the_map_beside_a_tab(side: SideColumn) -> None:
    resized(side, 404, 500)
    assert side.tabbed and not side._map.isVisible()
    resized(side, 404, 800)
    assert side._map.isVisible()


def test_all_tabs_fit_at_the_least_width(side: SideColumn) -> None:
    for id_, words in (("clocks", "Clocks"), ("order", "First"), ("places", "Places")):
        side.add_tab(id_, words, "history", QLabel(words))
    side.set_narrow(True)
    resized(side, 320, 800)
    assert side.tabs.sizeHint().width() <= side.width()


def test_a_tab_that_there_is_not(side: SideColumn) -> None:
    with pytest.raises(ValueError, match="list"):
        side.show_tab("nothing")
