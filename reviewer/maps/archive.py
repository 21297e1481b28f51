"""Map archives on disk: PMTiles (v3) and MBTiles (1.3), read only, no network.

Tiles come out inflated; `kind` says whether they are Mapbox vector tiles ("mvt") or pictures. Nothing of an archive is
believed: sizes, zooms, degrees and words are bounded, whatever it says.
"""

from __future__ import annotations

import hashlib
import math
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.mbtiles import MAGIC as SQLITE
from reviewer.maps.mbtiles import MbTiles
from reviewer.maps.mercator import MAX_LATITUDE
from reviewer.maps.pmtiles import DEEPEST_ZOOM, PmTiles
from reviewer.maps.pmtiles import MAGIC as PMTILES

_OSM = "© OpenStreetMap contributors"
_LONGEST_WORDS = 160  # characters of an attribution
_PICTURES = {"png", "jpg", "webp"}
_AT_ONCE = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Bounds:
    """Degrees WGS 84."""

    west: float
    south: float
    east: float
    north: float

    def within(self, other: Bounds) -> bool:
        """Whether this lies wholly in the other."""
        wide = other.west <= self.west and self.east <= other.east
        return wide and other.south <= self.south and self.north <= other.north


WORLD = Bounds(-180.0, -MAX_LATITUDE, 180.0, MAX_LATITUDE)


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive. `id` keys caches; `tile` gives None where there is none."""

    path: Path
    id: str
    kind: str
    min_zoom: int
    max_zoom: int
    bounds: Bounds
    attribution: str
    tile: Callable[[int, int, int], bytes | None]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class MapSource:
    """What is known of an archive without opening it. `sha256` (hex) is of the whole file, or the beginning of it;
    `shipped` came with the program."""

    path: Path
    sha256: str
    name: str
    kind: str
    min_zoom: int
    max_zoom: int
    bounds: Bounds
    attribution: str
    shipped: bool = False


def source_of(path: Path, name: str = "", *, shipped: bool = False) -> MapSource:
    """Open an archive, see what it says of itself, close it. Raises UnreadableArchive."""
    found = open_archive(path)
    found.close()
    return MapSource(
        path,
        found.id,
        name or path.stem,
        found.kind,
        found.min_zoom,
        found.max_zoom,
        found.bounds,
        found.attribution,
        shipped,
    )


def open_archive(path: Path, id: str = "") -> Archive:
    """Open a .pmtiles or .mbtiles file. `id` is its SHA-256 where somebody knows it; else it is taken, which reads all
    of it. Raises UnreadableArchive."""
    try:
        with path.open("rb") as file:
            magic = file.read(16)
        if magic.startswith(PMTILES):
            return _pmtiles(path, id or fingerprint(path))
        if magic == SQLITE:
            return _mbtiles(path, id or fingerprint(path))
    except (OSError, ValueError, sqlite3.Error) as wrong:
        raise unreadable(path) from wrong
    raise unreadable(path)


def _pmtiles(path: Path, id: str) -> Archive:
    made = PmTiles(path)
    header = made.header
    try:
        bounds = _bounds(header.degrees)
        low, high = _zooms(header.min_zoom, header.max_zoom)
        kind = _kind(header.kind)
    except BaseException:
        made.close()
        raise
    return Archive(path, id, kind, low, high, bounds, _attribution(made.metadata), made.tile, made.close)


def _mbtiles(path: Path, id: str) -> Archive:
    made = MbTiles(path)
    try:
        stated = str(made.metadata.get("bounds") or "-180,-85,180,85").split(",")
        bounds = _bounds(tuple(float(each) for each in stated))
        words = str(made.metadata.get("format", "pbf")).lower()
        kind = _kind({"pbf": "mvt", "jpeg": "jpg"}.get(words, words))
    except BaseException:
        made.close()
        raise
    zooms = made.min_zoom, made.max_zoom
    return Archive(path, id, kind, *zooms, bounds, _attribution(made.metadata), made.tile, made.close)


def _bounds(degrees: tuple[float, ...]) -> Bounds:
    """What is stated, cut to the map's side of the world; the whole of it where nothing sensible is stated. Raises
    ValueError for anything but four numbers."""
    west, south, east, north = degrees
    if not all(map(math.isfinite, degrees)):
        return WORLD
    west, east = max(-180.0, west), min(180.0, east)
    south, north = max(-MAX_LATITUDE, south), min(MAX_LATITUDE, north)
    return Bounds(west, south, east, north) if west < east and south < north else WORLD


def _zooms(low: int, high: int) -> tuple[int, int]:
    if not 0 <= low <= high <= DEEPEST_ZOOM:
        raise UnreadableArchive(f"The map archive says zooms {low} to {high}, which no map has.", "Choose another one.")
    return low, high


def _kind(kind: str) -> str:
    if kind != "mvt" and kind not in _PICTURES:
        raise UnreadableArchive(
            "The map archive’s tiles are neither vector tiles nor PNG, JPEG or WebP.", "Choose another archive."
        )
    return kind


def _attribution(metadata: dict[str, Any]) -> str:
    """The archive's own words without markup; OpenStreetMap's where it names none, since nearly all are made of it."""
    stated = re.sub(r"<[^>]*>", "", str(metadata.get("attribution") or ""))
    stated = " ".join("".join(c if c.isprintable() else " " for c in stated).split())
    return stated[:_LONGEST_WORDS] or _OSM


def fingerprint(path: Path) -> str:
    """The first 16 hex digits of the file's SHA-256. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()[:16]


def unreadable(path: Path) -> UnreadableArchive:
    return UnreadableArchive(f"{path.name} is not a PMTiles or MBTiles map.", "Choose another archive.")
