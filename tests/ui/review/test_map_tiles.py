"""The map's process: tiles come back whole; one that dies, hangs or lies costs a piece of the map, no more."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.archive import source_of
from reviewer.media import answers
from reviewer.services.basemap import shipped
from reviewer.ui.bridge import Bridge
from reviewer.ui.review import map_tiles
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.map_tiles import TILE_PX, DrawnTile, Label, TileProcess
from reviewer.ui.theme import ThemeName, apply_theme
from tests.maps.made import pmtiles

CENTRE = (16, 37309, 18970)
TILE = DrawnTile(CENTRE, bytes(TILE_PX * TILE_PX * 4), (Label("A", 0.5, 0.5, 0.0, 0.0, 3),))


@pytest.fixture
def tiles() -> Iterator[TileProcess]:
    made = TileProcess((shipped(),))
    yield made
    made.close()


def test_what_is_drawn_says_whose_it_is(tiles: TileProcess) -> None:
    assert tiles.archive.attribution == "© OpenStreetMap contributors"
    assert TileProcess(()).archive.attribution == "Natural Earth"


def test_a_process_that_is_killed_is_started_again(tiles: TileProcess) -> None:
    assert tiles.draw(CENTRE, "dark").result(60).labels
    os.kill(tiles._process.pid, 9)
    with pytest.raises(UnreadableArchive, match="could not be drawn"):
        tiles.draw(CENTRE, "light").result(60)
    assert tiles.draw(CENTRE, "dark").result(60).labels


def test_one_that_does_not_answer_is_ended_and_not_asked_the_same_again() -> None:
    hasty = TileProcess((replace(shipped(), shipped=False),), patience=0.0)
    for x in range(3):
        with pytest.raises(UnreadableArchive):
            hasty.draw((16, 37309 + x, 18970), "dark").result(60)
        with pytest.raises(UnreadableArchive):
            hasty.draw((16, 37309, 18970), "dark").result(60)
    assert hasty._sources == ()  # what comes from elsewhere is left out in the end
    hasty.close()


@pytest.mark.parametrize("key", [(-1, 0, 0), (3, 8, 0), (3, 0, -1), (99, 0, 0)])
def test_what_is_no_tile_is_not_asked_for(tiles: TileProcess, key: tuple[int, int, int]) -> None:
    with pytest.raises(UnreadableArchive):
        tiles.draw(key, "dark").result(60)


def test_closing_ends_what_is_awaited(tiles: TileProcess) -> None:
    awaited = [tiles.draw((16, 37309 + x, 18970), "dark") for x in range(8)]
    process = tiles._process
    tiles.close()
    assert all(each.done() for each in awaited)
    assert process is None or not process.is_alive()
    tiles.close()


def test_only_a_tile_is_believed() -> None:
    assert map_tiles._checked(answers.pack(TILE), CENTRE) == TILE
    for wrong in (
        replace(TILE, key=(1, 0, 0)),
        replace(TILE, pixels=b"123"),
        replace(TILE, labels=(Label("A", math.nan, 0.5, 0.0, 0.0, 3),)),
    ):
        with pytest.raises(answers.Unfit):
            map_tiles._checked(answers.pack(wrong), CENTRE)


@given(st.binary(max_size=200))
def test_nonsense_is_no_tile(data: bytes) -> None:
    with pytest.raises(answers.Unfit):
        map_tiles._checked(data, CENTRE)


def test_long_credits_leave_the_narrow_map_its_width() -> None:
    sources = [replace(shipped(), attribution=f"© The Survey of {place}, all rights reserved") for place in ("A", "B")]
    reach = TileProcess(sources).archive
    assert len(reach.attribution) <= 42
    assert reach.credits == "© The Survey of A, all rights reserved · © The Survey of B, all rights reserved"


def test_what_of_an_archive_cannot_be_read_is_said_on_the_map(tmp_path: Path, qtbot: QtBot) -> None:
    broken = source_of(pmtiles(tmp_path / "north.pmtiles", {(0, 0, 0): b"nonsense"}))
    shown = ReviewMap(TileProcess((broken,)), Bridge())
    qtbot.addWidget(shown)
    apply_theme(shown, ThemeName.DARK)
    shown.resize(404, 252)
    shown.show()
    qtbot.waitUntil(lambda: shown.canvas.trouble != "", timeout=60_000)
    shown.refresh()
    assert shown.canvas.accessibleDescription() == "north: A piece of the map archive is damaged."
    shown.close_map()


@pytest.mark.skipif(sys.platform != "linux", reason="the rights that Linux can take")
def test_the_process_has_given_up_its_rights(tiles: TileProcess) -> None:
    assert tiles.draw(CENTRE, "dark").result(60).pixels
    said = Path(f"/proc/{tiles._process.pid}/status").read_text(encoding="utf-8")
    assert "Seccomp:\t2" in said
    assert "NoNewPrivs:\t1" in said
