"""An agency's own maps: checked, copied, named, listed, removed; what is no map or damaged gets a sentence."""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from pathlib import Path

import pytest

from reviewer.domain.errors import Cancelled, ReviewerError, UnreadableArchive
from reviewer.services.basemap import Added, BaseMaps, shipped
from reviewer.services.basemap_words import facts

SHIPPED = shipped().path


@pytest.fixture
def maps(tmp_path: Path) -> BaseMaps:
    return BaseMaps(tmp_path / "home")


def test_a_map_is_taken_in_drawn_on_top_and_removed(maps: BaseMaps, tmp_path: Path) -> None:
    seen: list[Added] = []
    made = maps.add(SHIPPED, "  North  side ", progress=seen.append)
    assert (made.name, made.kind, made.min_zoom, made.max_zoom) == ("North side", "mvt", 0, 14)
    assert seen[-1] == Added(SHIPPED.stat().st_size, SHIPPED.stat().st_size)
    assert facts(made) == "Vector tiles, zooms 0 to 14, 24.9300 to 24.9600 E, 60.1600 to 60.1800 N, 182.0 kB"
    first, last = maps.sources()
    assert (first.name, first.path.read_bytes()) == ("North side", SHIPPED.read_bytes())
    assert last.shipped
    assert first.sha256 == made.sha256
    with pytest.raises(ReviewerError, match="is here already, as “North side”"):
        maps.add(SHIPPED, "Other")
    with pytest.raises(ReviewerError, match="called “north SIDE” already"):
        maps.add(SHIPPED, "north SIDE")
    maps.remove("NORTH side")
    assert [each.shipped for each in maps.sources()] == [True]
    assert [p.name for p in (tmp_path / "home" / "maps").glob("*tiles")] == []
    with pytest.raises(ReviewerError, match="no map called"):
        maps.remove("North side")


def test_stopping_leaves_nothing(maps: BaseMaps, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        maps.add(SHIPPED, cancelled=lambda: True)
    assert maps.kept() == ()
    assert [*(tmp_path / "home").rglob("*.part")] == []


_METADATA = (
    "CREATE TABLE metadata (name text, value text);"
    "INSERT INTO metadata VALUES ('format', 'pbf'), ('bounds', '24.9,60.1,25.0,60.2')"
)


def _mbtiles(path: Path, tile: bytes, schema: str = "") -> Path:
    with sqlite3.connect(path) as database:
        database.executescript(_METADATA)
        database.execute(schema or "CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        if not schema:
            database.execute("INSERT INTO tiles VALUES (0, 0, 0, ?)", (tile,))
    database.close()
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p.write_bytes(b"hello"), "is not a PMTiles or MBTiles map"),
        (lambda p: p.write_bytes(SHIPPED.read_bytes()[:90_000]), "ends too early"),
        (lambda p: _mbtiles(p, b"\xff" * 100), "1 of the 1 tiles that were looked at cannot be read"),
        (lambda p: _mbtiles(p, b""), "holds nothing that this map can draw"),
        (lambda p: _mbtiles(p, zlib.compress(bytes(200 << 20), wbits=31)), "cannot be read"),
        (lambda p: p.mkdir(), "not a file"),
        (lambda p: None, "No such file"),
    ],
    ids=["text", "cut", "noise", "empty", "bomb", "folder", "none"],
)
def test_what_is_no_map_gets_a_sentence_and_leaves_nothing(maps: BaseMaps, tmp_path: Path, make, said: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    path = tmp_path / "given.pmtiles"
    make(path)
    with pytest.raises(ReviewerError, match=said) as wrong:
        maps.add(path)
    assert wrong.value.next_step
    assert maps.kept() == ()


def test_a_database_that_computes_for_ever_is_given_up(maps: BaseMaps, tmp_path: Path) -> None:
    endless = (
        "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT i AS zoom_level, i AS tile_column, i AS tile_row, x'00' AS tile_data FROM n WHERE i < 0"
    )
    with pytest.raises(UnreadableArchive):
        maps.add(_mbtiles(tmp_path / "endless.mbtiles", b"", endless))


def test_a_database_that_is_being_written_waits(maps: BaseMaps, tmp_path: Path) -> None:
    path = tmp_path / "open.mbtiles"
    shutil.copy(SHIPPED, path)
    path.with_name("open.mbtiles-wal").write_bytes(b"something")
    with pytest.raises(ReviewerError, match="open in another program"):
        maps.add(path)


def test_a_damaged_list_is_said_and_the_shipped_map_stays(maps: BaseMaps, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "maps"
    folder.mkdir(parents=True)
    (folder / "maps.json").write_text('{"maps": 3}')
    assert [each.shipped for each in maps.sources()] == [True]
    assert maps.problem is not None
