"""PMTiles: the same tiles as the format's own library reads, and no damage that takes more than a sentence."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.tile import Entry, serialize_directory, zxy_to_tileid

from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.archive import open_archive
from reviewer.maps.bounded import inflated, varints
from reviewer.maps.pmtiles import PmTiles, read_directory, tile_id
from tests.maps.made import STREETS, pmtiles


@given(st.integers(0, 24), st.data())
def test_tiles_are_numbered_as_the_specification_has_it(z: int, data: st.DataObject) -> None:
    x, y = (data.draw(st.integers(0, (1 << z) - 1)) for _ in range(2))
    assert tile_id(z, x, y) == zxy_to_tileid(z, x, y)


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 9), st.integers(1, 999), st.booleans()), min_size=1))
def test_directories_are_read_as_the_formats_own_library_writes_them(drawn: list[tuple[int, int, int, bool]]) -> None:
    number = offset = 0
    entries = []
    for step, run, length, leaps in drawn:
        number += step
        offset += 1000 if leaps else 0
        entries.append(Entry(number, offset, length, run))
        number, offset = number + max(0, run - 1), offset + length
    found = read_directory(zlib.decompress(serialize_directory(entries), wbits=31))
    columns = (found.ids, found.offsets, found.lengths, found.runs)
    assert [tuple(int(n) for n in row) for row in zip(*columns, strict=True)] == [
        (e.tile_id, e.offset, e.length, e.run_length) for e in entries
    ]


def test_thousands_of_tiles_lie_behind_further_directories(tmp_path: Path) -> None:
    rng = random.Random(1)  # noqa: S311 - sizes, no secrets
    tiles = {(7, x, y): b"%d/%d" % (x, y) + rng.randbytes(rng.randrange(300)) for x in range(128) for y in range(128)}
    archive = PmTiles(pmtiles(tmp_path / "a.pmtiles", tiles))
    assert archive.header.leaves[1] > 0
    assert all(archive.tile(*key) == data for key, data in [*tiles.items()][::97])
    assert archive.tile(6, 0, 0) is None
    assert archive.tile(7, 128, 0) is None
    archive.close()


def test_a_bomb_is_refused_before_there_is_memory_for_it(tmp_path: Path) -> None:
    archive = open_archive(pmtiles(tmp_path / "bomb.pmtiles", {(0, 0, 0): bytes(64 << 20)}))
    with pytest.raises(UnreadableArchive, match="larger than a map"):
        archive.tile(0, 0, 0)
    archive.close()


def _with_directory(path: Path, entries: list[Entry]) -> Path:
    """An archive whose root and leaf directory are both these entries."""
    made = pmtiles(path, {(0, 0, 0): STREETS})
    data = bytearray(made.read_bytes())
    root = serialize_directory(entries)
    data += root
    struct.pack_into("<4Q", data, 8, len(data) - len(root), len(root), *struct.unpack_from("<2Q", data, 24))
    struct.pack_into("<2Q", data, 40, len(data) - len(root), len(root))
    made.write_bytes(data)
    return made


def test_a_directory_that_leads_to_itself_comes_to_an_end(tmp_path: Path) -> None:
    size = len(serialize_directory([Entry(0, 0, 60, 0)]))
    archive = open_archive(_with_directory(tmp_path / "a.pmtiles", [Entry(0, 0, size, 0)]))
    with pytest.raises(UnreadableArchive):
        archive.tile(0, 0, 0)
    archive.close()


def test_what_lies_outside_the_file_is_said(tmp_path: Path) -> None:
    archive = open_archive(_with_directory(tmp_path / "a.pmtiles", [Entry(0, 1 << 40, 60, 1)]))
    with pytest.raises(UnreadableArchive, match="ends too early"):
        archive.tile(0, 0, 0)
    archive.close()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"max_zoom": 250}, "zooms 0 to 250"),
        ({"min_zoom": 9, "max_zoom": 3}, "zooms 9 to 3"),
        ({"tile_compression": 3}, "compression"),
        ({"tile_type": 0}, "neither vector tiles nor PNG"),
    ],
)
def test_what_no_map_has_is_refused(tmp_path: Path, said: dict[str, int], words: str) -> None:
    path = pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): STREETS})
    data = bytearray(path.read_bytes())
    at = {"tile_compression": 98, "tile_type": 99, "min_zoom": 100, "max_zoom": 101}
    for name, value in said.items():
        data[at[name]] = value
    path.write_bytes(data)
    with pytest.raises(UnreadableArchive, match=words):
        open_archive(path)


def test_an_older_version_is_said(tmp_path: Path) -> None:
    path = tmp_path / "old.pmtiles"
    path.write_bytes(b"PMTiles\x02" + bytes(200))
    with pytest.raises(UnreadableArchive, match="version 2 is not read here"):
        open_archive(path)


@given(st.lists(st.integers(0, (1 << 64) - 1)))
def test_numbers_of_any_length_are_read(numbers: list[int]) -> None:
    data = bytearray()
    for number in numbers:
        while number >= 0x80:
            data.append(number & 0x7F | 0x80)
            number >>= 7
        data.append(number)
    assert varints(bytes(data)).tolist() == numbers


@given(st.binary(max_size=300))
def test_any_bytes_are_inflated_within_bounds_or_refused(data: bytes) -> None:
    for each in (data, zlib.compress(data, wbits=31) + data, b"\x1f\x8b" + data):
        try:
            assert len(inflated(each, 1000)) <= 1000
        except UnreadableArchive as wrong:
            assert wrong.next_step
