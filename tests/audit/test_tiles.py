"""Paths and bytes of tlog-tiles, with the specification's own examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.audit.entry import MAX_SIZE
from reviewer.audit.errors import BadTile
from reviewer.audit.tiles import (
    WIDTH,
    Tile,
    body_path,
    new_tiles,
    pack_entries,
    parse_path,
    unpack_entries,
    unpack_hashes,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(1, 1234), "tile/1/x001/234"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(63, 0, 1), "tile/63/000.p/1"),
        (Tile(0, 1234067, 255), "tile/0/x001/x234/067.p/255"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == (tile, False)


def test_bundle_paths() -> None:
    assert Tile(0, 1234067).entries_path == "tile/entries/x001/x234/067"
    assert Tile(0, 273, 112).entries_path == "tile/entries/273.p/112"
    assert parse_path("tile/entries/273.p/112") == (Tile(0, 273, 112), True)
    assert body_path("ab" * 32) == f"bodies/ab/{'ab' * 32}"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/1",
        "tile/00/001",
        "tile/64/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000/",
        "tile/0/000\n",
        "../tile/0/000",
    ],
)
def test_what_names_no_tile(path: str) -> None:
    assert parse_path(path) is None


@given(st.integers(0, 63), st.integers(0, 10**13), st.integers(1, WIDTH))
def test_any_path_reads_back(level: int, index: int, width: int) -> None:
    assert parse_path(Tile(level, index, width).path) == (Tile(level, index, width), False)
    assert parse_path(Tile(0, index, width).entries_path) == (Tile(0, index, width), True)


def test_the_specifications_tree_of_70_000() -> None:
    tiles = list(new_tiles(0, 70_000))
    assert sum(tile.level == 0 and tile.width == WIDTH for tile in tiles) == 273
    assert [tile for tile in tiles if tile.width < WIDTH] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert [tile for tile in tiles if tile.level and tile.width == WIDTH] == [Tile(1, 0)]


def test_a_tree_of_256() -> None:
    assert list(new_tiles(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]


def test_one_entry_onto_a_million() -> None:
    assert list(new_tiles(1_000_000, 1_000_001)) == [Tile(0, 3906, 65)]
    assert list(new_tiles(256**3 - 1, 256**3)) == [
        Tile(0, 256**2 - 1),
        Tile(1, 255),
        Tile(2, 0),
        Tile(3, 0, 1),
    ]


@given(st.integers(0, 300_000), st.integers(0, 2_000))
def test_new_tiles_are_those_that_the_old_tree_lacked(old: int, grown: int) -> None:
    before, after = set(new_tiles(0, old)), set(new_tiles(0, old + grown))
    new = list(new_tiles(old, old + grown))
    assert set(new) == after - before
    assert len(new) == len(set(new))
    assert all(tile.width < WIDTH for tile in before - after)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles(entries: list[bytes]) -> None:
    data = pack_entries(entries)
    assert unpack_entries(data) == entries
    if data:
        with pytest.raises(BadTile, match="middle"):
            unpack_entries(data + b"\0")


def test_a_bundle_is_what_the_specification_says() -> None:
    assert pack_entries([b"ab", b"", b"c" * 258]) == b"\0\2ab" + b"\0\0" + b"\1\2" + b"c" * 258
    assert unpack_entries(pack_entries([b"x" * MAX_SIZE])) == [b"x" * MAX_SIZE]
    with pytest.raises(BadTile):
        pack_entries([b"x" * (MAX_SIZE + 1)])
    with pytest.raises(BadTile):
        unpack_entries(b"\0\3ab")


def test_hashes() -> None:
    assert unpack_hashes(b"a" * 32 + b"b" * 32) == [b"a" * 32, b"b" * 32]
    with pytest.raises(BadTile):
        unpack_hashes(b"a" * 33)
