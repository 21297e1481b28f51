"""Whether a file that somebody brings is a map this program can draw: opened, measured, and looked into at some places.

Runs in a process apart (the file may come from anywhere) and looks at a bounded number of tiles: what it finds wrong is
wrong, what it did not look at may be damaged still, and then costs a piece of the map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.archive import Archive, Bounds, open_archive
from reviewer.maps.mercator import to_unit
from reviewer.maps.schema import sort_out
from reviewer.maps.vector import decode

_LOOKED_AT = 96  # tiles
_GRID = 3  # places across and down, at each zoom
_MAGIC = {"png": (b"\x89PNG\r\n\x1a\n",), "jpg": (b"\xff\xd8\xff",), "webp": (b"RIFF",)}


@dataclass(frozen=True, slots=True)
class Checked:
    """What an archive is. `tiles` were looked at."""

    kind: str
    min_zoom: int
    max_zoom: int
    bounds: Bounds
    attribution: str
    tiles: int


def check(path: Path, alive: Callable[[], None] = lambda: None) -> Checked:
    """Raises UnreadableArchive with the first thing that is wrong. `alive` is called between tiles."""
    archive = open_archive(path, "unknown")
    try:
        seen = drawable = damaged = 0
        for key in _places(archive):
            alive()
            data, sound = _tile(archive, key)
            seen += data is not None or not sound
            damaged += not sound
            if data is not None and sound:
                drawable += _draws(archive.kind, data)
            if seen >= _LOOKED_AT:
                break
        _judge(path, seen, drawable, damaged)
    finally:
        archive.close()
    return Checked(archive.kind, archive.min_zoom, archive.max_zoom, archive.bounds, archive.attribution, seen)


def _judge(path: Path, seen: int, drawable: int, damaged: int) -> None:
    if damaged:
        raise UnreadableArchive(
            f"{path.name} is damaged: {damaged} of the {seen} tiles that were looked at cannot be read.",
            "Copy it again from where it came.",
        )
    if not seen:
        raise UnreadableArchive(f"{path.name} has no tiles where it says that it has some.", "Choose another archive.")
    if not drawable:
        raise UnreadableArchive(
            f"{path.name} holds nothing that this map can draw.",
            "Choose one with OpenMapTiles, Protomaps or Shortbread layers, or with pictures.",
        )


def _places(archive: Archive) -> Iterator[tuple[int, int, int]]:
    """Tiles spread over the archive's ground, the finest zooms first, each once."""
    left, top = to_unit(archive.bounds.north, archive.bounds.west)
    right, bottom = to_unit(archive.bounds.south, archive.bounds.east)
    asked: set[tuple[int, int, int]] = set()
    for z in range(archive.max_zoom, archive.min_zoom - 1, -1):
        count = 1 << z
        for across in range(_GRID):
            for down in range(_GRID):
                x = left + (right - left) * (across + 0.5) / _GRID
                y = top + (bottom - top) * (down + 0.5) / _GRID
                key = z, min(count - 1, int(x * count)), min(count - 1, int(y * count))
                if key not in asked:
                    asked.add(key)
                    yield key


def _tile(archive: Archive, key: tuple[int, int, int]) -> tuple[bytes | None, bool]:
    """A tile's bytes, and whether they could be read."""
    try:
        data = archive.tile(*key)
        if data is not None and archive.kind == "mvt":
            decode(data)
        return data, data is None or archive.kind == "mvt" or data.startswith(_MAGIC[archive.kind])
    except UnreadableArchive:
        return None, False


def _draws(kind: str, data: bytes) -> bool:
    return kind != "mvt" or bool(sort_out(decode(data)).bands)
