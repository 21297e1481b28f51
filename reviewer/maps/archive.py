"""Map archives on disk: PMTiles (v3) and MBTiles (1.3), read only, no network.

Tiles come out decompressed; `kind` says whether they are Mapbox vector tiles ("mvt") or pictures.
"""

from __future__ import annotations

import gzip
import hashlib
import mmap
import re
import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmtiles.reader import Reader
from pmtiles.tile import Compression, TileType

from reviewer.domain.errors import UnreadableArchive

_OSM = "© OpenStreetMap contributors"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Degrees WGS 84."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive. `id` changes with the file's content and keys caches; `tile` gives None where there is none."""

    path: Path
    id: str
    kind: str
    min_zoom: int
    max_zoom: int
    bounds: Bounds
    attribution: str
    tile: Callable[[int, int, int], bytes | None]
    close: Callable[[], None]


def open_archive(path: Path) -> Archive:
    """Open a .pmtiles or .mbtiles file. Raises UnreadableArchive."""
    try:
        with path.open("rb") as file:
            magic = file.read(16)
        if magic.startswith(b"PMTiles"):
            return _pmtiles(path)
        if magic == b"SQLite format 3\0":
            return _mbtiles(path)
    except (OSError, ValueError, LookupError, EOFError, zlib.error, sqlite3.Error, TypeError) as wrong:
        raise _unreadable(path) from wrong
    raise _unreadable(path)


def _pmtiles(path: Path) -> Archive:
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        reader = Reader(lambda offset, length: content[offset : offset + length])
        header, metadata = reader.header(), reader.metadata()
        if header["tile_compression"] not in (Compression.NONE, Compression.GZIP):
            raise UnreadableArchive(f"The compression of {path.name} is not read here.", "Convert the archive to gzip.")
        degrees = [header[name] / 1e7 for name in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")]
    except BaseException:
        content.close()
        raise

    def tile(z: int, x: int, y: int) -> bytes | None:
        data = reader.get(z, x, y)
        return None if data is None else _inflated(data)

    kinds = {TileType.MVT: "mvt", TileType.PNG: "png", TileType.JPEG: "jpg", TileType.WEBP: "webp"}
    return Archive(
        path,
        _fingerprint(path),
        kinds.get(header["tile_type"], "unknown"),
        header["min_zoom"],
        header["max_zoom"],
        Bounds(*degrees),
        _attribution(metadata),
        tile,
        content.close,
    )


def _mbtiles(path: Path) -> Archive:
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    try:
        metadata: dict[str, Any] = dict(database.execute("SELECT name, value FROM metadata"))
        low, high = database.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        bounds = [float(each) for each in str(metadata.get("bounds", "-180,-85,180,85")).split(",")]
        zooms = int(low), int(high)
    except BaseException:
        database.close()
        raise

    def tile(z: int, x: int, y: int) -> bytes | None:
        row = database.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (z, x, 2**z - 1 - y),  # MBTiles counts rows from the south (TMS)
        ).fetchone()
        return None if row is None else _inflated(bytes(row[0]))

    kind = {"pbf": "mvt", "jpeg": "jpg"}.get(metadata.get("format", "pbf"), metadata.get("format", "pbf"))
    return Archive(
        path, _fingerprint(path), kind, *zooms, Bounds(*bounds), _attribution(metadata), tile, database.close
    )


def _inflated(data: bytes) -> bytes:
    try:
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error) as wrong:
        raise UnreadableArchive("A tile of the map archive is damaged.", "Copy the archive again.") from wrong


def _attribution(metadata: dict[str, Any]) -> str:
    """The archive's own words without markup; OpenStreetMap's where it names none but has its schema."""
    stated = re.sub(r"<[^>]*>", "", str(metadata.get("attribution", ""))).strip()
    return stated or _OSM


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return hashlib.sha256(content).hexdigest()[:16]


def _unreadable(path: Path) -> UnreadableArchive:
    return UnreadableArchive(f"{path.name} is not a PMTiles or MBTiles map.", "Choose another archive.")
