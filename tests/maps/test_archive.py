"""Map archives: the shipped one reads, an MBTiles reads the same, damage is a sentence."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer import config
from reviewer.domain.errors import UnreadableArchive
from reviewer.maps import mercator
from reviewer.maps.archive import Archive, open_archive
from reviewer.maps.vector import Shape, decode

SHIPPED = config.resource("maps", "helsinki.pmtiles")
ALEKSANTERINKATU = (60.1688, 24.9440)


@pytest.fixture(scope="module")
def shipped() -> Iterator[Archive]:
    made = open_archive(SHIPPED)
    yield made
    made.close()


def _key(archive: Archive) -> tuple[int, int, int]:
    x, y = mercator.to_unit(*ALEKSANTERINKATU)
    z = archive.max_zoom
    return z, int(x * 2**z), int(y * 2**z)


def test_the_shipped_map_has_its_streets_and_its_attribution(shipped: Archive) -> None:
    assert shipped.kind == "mvt"
    assert shipped.attribution == "© OpenStreetMap contributors"
    data = shipped.tile(*_key(shipped))
    assert data is not None
    layers = decode(data)
    assert {"building", "transportation", "water"} <= set(layers)
    assert "Aleksanterinkatu" in {tags.get("name:latin") for tags in layers["transportation_name"].tags}
    assert set(layers["building"].shapes) == {Shape.AREA}
    assert shipped.tile(14, 0, 0) is None


def test_mbtiles_give_the_same_tile(shipped: Archive, tmp_path: Path) -> None:
    z, x, y = _key(shipped)
    data = shipped.tile(z, x, y)
    assert data is not None
    path = tmp_path / "agency.mbtiles"
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE metadata (name text, value text);"
            "CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob);"
            "INSERT INTO metadata VALUES ('format', 'pbf'), ('attribution', '<a href=\"x\">© The Agency</a>')"
        )
        database.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (z, x, 2**z - 1 - y, gzip.compress(data)))
    database.close()
    made = open_archive(path)
    assert made.tile(z, x, y) == data
    assert (made.kind, made.attribution, made.min_zoom, made.max_zoom) == ("mvt", "© The Agency", z, z)
    assert made.id != shipped.id
    made.close()


@pytest.mark.parametrize("content", [b"", b"PMTiles\x03", b"SQLite format 3\0", b"hello"])
def test_what_is_no_map_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.pmtiles"
    path.write_bytes(content)
    with pytest.raises(UnreadableArchive, match=r"broken\.pmtiles is not a PMTiles or MBTiles map"):
        open_archive(path)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_tile_or_a_sentence(data: bytes) -> None:
    try:
        decode(data)
    except UnreadableArchive as wrong:
        assert wrong.next_step


@given(st.floats(-85, 85), st.floats(-180, 179.999))
def test_mercator_undoes_itself(lat: float, lon: float) -> None:
    back_lat, back_lon = mercator.to_degrees(*mercator.to_unit(lat, lon))
    assert abs(back_lat - lat) < 1e-9
    assert abs(back_lon - lon) < 1e-9
