"""Archives and tiles made for tests, by programs that are not ours: mapbox-vector-tile and pmtiles."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mapbox_vector_tile
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

Key = tuple[int, int, int]


def vector_tile(layers: Mapping[str, list[tuple[str, dict[str, Any]]]]) -> bytes:
    """Layers of (WKT geometry in 4096ths, y south, properties)."""
    given = [
        {"name": name, "features": [{"geometry": wkt, "properties": tags} for wkt, tags in features]}
        for name, features in layers.items()
    ]
    made: bytes = mapbox_vector_tile.encode(given, default_options={"y_coord_down": True})
    return made


STREETS = vector_tile(
    {
        "transportation": [("LINESTRING(0 2048, 4096 2048)", {"class": "primary"})],
        "transportation_name": [("LINESTRING(0 2048, 4096 2048)", {"class": "primary", "name": "Long Street"})],
        "water": [("POLYGON((0 0, 1000 0, 1000 1000, 0 1000, 0 0))", {"class": "lake"})],
    }
)


def pmtiles(path: Path, tiles: Mapping[Key, bytes], *, kind: TileType = TileType.MVT, **said: Any) -> Path:  # noqa: ANN401
    """An archive of these tiles; `said` stands in its header instead of what is so."""
    with path.open("wb") as file:
        writer = Writer(file)
        for key in sorted(tiles, key=lambda k: zxy_to_tileid(*k)):
            writer.write_tile(zxy_to_tileid(*key), gzip.compress(tiles[key]))
        writer.finalize(
            {
                "tile_type": kind,
                "tile_compression": Compression.GZIP,
                "min_zoom": min(z for z, _, _ in tiles),
                "max_zoom": max(z for z, _, _ in tiles),
                "min_lon_e7": -1_800_000_000,
                "min_lat_e7": -850_000_000,
                "max_lon_e7": 1_800_000_000,
                "max_lat_e7": 850_000_000,
                "center_zoom": 0,
                "center_lon_e7": 0,
                "center_lat_e7": 0,
                **said,
            },
            {"attribution": "<b>© Test</b>"},
        )
    return path


def mbtiles(path: Path, tiles: Mapping[Key, bytes], metadata: Mapping[str, str] | None = None) -> Path:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        database.executemany("INSERT INTO metadata VALUES (?, ?)", (metadata or {"format": "pbf"}).items())
        rows = [(z, x, (1 << z) - 1 - y, data) for (z, x, y), data in tiles.items()]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    database.close()
    return path
