"""The card of maps under Settings, as a person uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer.services.basemap import Added, AgencyMap
from reviewer.ui.basemap import BaseMapCard
from reviewer.ui.buttons import Button

NORTH = AgencyMap(
    "North", "a.pmtiles", "ab" * 32, 182_006, "mvt", 0, 14, (249300000, 601600000, 249600000, 601800000), "© X"
)


@pytest.fixture
def card(qtbot: QtBot) -> BaseMapCard:
    made = BaseMapCard()
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_chosen_file_is_named_before_it_is_added(card: BaseMapCard, qtbot: QtBot) -> None:
    dialog = card.ask()
    with qtbot.assertNotEmitted(card.wanted):
        dialog.fileSelected.emit("/media/stick/north-2026.pmtiles")
    dialog.close()
    assert card.name.text() == "north-2026"
    card.name.setText("North")
    with qtbot.waitSignal(card.wanted) as wanted:
        qtbot.keyClick(card.name, Qt.Key.Key_Return)
    assert wanted.args == [Path("/media/stick/north-2026.pmtiles"), "North"]
    assert not card.naming.isVisibleTo(card)


def test_how_far_it_is_is_said_and_it_can_be_stopped(card: BaseMapCard, qtbot: QtBot) -> None:
    card.show_work(Added(0, 0))
    assert not card.add.isEnabled()
    card.show_work(Added(50_000_000, 200_000_000))
    assert card.strip.fraction == 0.25
    with qtbot.waitSignal(card.stopped):
        card.stop.click()
    card.show_work(None)
    assert card.add.isEnabled()


def test_a_map_can_be_removed_and_what_comes_with_the_program_cannot(card: BaseMapCard, qtbot: QtBot) -> None:
    def removers() -> list[Button]:
        return [each for each in card.findChildren(Button) if each.accessibleName().startswith("Remove the map")]

    assert removers() == []
    card.show_maps((NORTH,))
    (remover,) = removers()
    with qtbot.waitSignal(card.removed) as removed:
        remover.click()
    assert removed.args == ["North"]
