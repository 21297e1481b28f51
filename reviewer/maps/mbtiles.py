"""MBTiles 1.3, read only (https://github.com/mapbox/mbtiles-spec): a SQLite file with `metadata` and `tiles`.

The file may come from anywhere, and a database can be made to compute for ever or to hold a tile of a gigabyte. SQLite
is told to trust nothing in the schema, rows have a largest size, and each question has a largest amount of time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.bounded import damaged, inflated

MAGIC = b"SQLite format 3\0"
_LARGEST_TILE = 16 << 20  # bytes, inflated
_PATIENCE = 4.0  # s for one question
_LOOK = 10_000  # SQLite's own steps between two looks at the time
DEEPEST_ZOOM = 24


class MbTiles:
    """An open archive. For one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Raises UnreadableArchive for what is none."""
        self._until = 0.0
        self._database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        try:
            self._bind()
            self.metadata = self._metadata()
            self.min_zoom, self.max_zoom = self._zooms()
        except BaseException:
            self.close()
            raise

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """A tile, inflated; None where the archive has none. Raises UnreadableArchive."""
        if not (0 <= z <= DEEPEST_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        row = self._first(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (z, x, (1 << z) - 1 - y),  # MBTiles counts rows from the south (TMS)
        )
        if row is None or row[0] is None:
            return None
        if not isinstance(row[0], bytes):
            raise damaged()
        return inflated(row[0], _LARGEST_TILE)

    def close(self) -> None:
        self._database.close()

    def _bind(self) -> None:
        database = self._database
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_TILE + (1 << 20))
        database.setlimit(sqlite3.SQLITE_LIMIT_VDBE_OP, 100_000)
        database.set_progress_handler(lambda: time.monotonic() > self._until, _LOOK)
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "cache_size=-8192"):
            database.execute(f"PRAGMA {pragma}")

    def _metadata(self) -> dict[str, Any]:
        wanted = "SELECT name, substr(value, 1, 2000) FROM metadata WHERE name IN ('bounds', 'format', 'attribution')"
        return {str(name): value for name, value in self._rows(wanted, (), 20)}

    def _zooms(self) -> tuple[int, int]:
        """Zooms that there are: each is one look at the index, where min and max together would read all of it."""
        ends = []
        for order in ("ASC", "DESC"):
            row = self._first(f"SELECT zoom_level FROM tiles ORDER BY zoom_level {order} LIMIT 1", ())  # noqa: S608 - two words of ours
            if row is None:
                raise UnreadableArchive("The map archive holds no tiles.", "Choose another archive.")
            if not isinstance(row[0], int) or not 0 <= row[0] <= DEEPEST_ZOOM:
                raise damaged()
            ends.append(row[0])
        return ends[0], ends[1]

    def _first(self, question: str, given: Sequence[object]) -> tuple[Any, ...] | None:
        found = self._rows(question, given, 1)
        return found[0] if found else None

    def _rows(self, question: str, given: Sequence[object], most: int) -> list[tuple[Any, ...]]:
        self._until = time.monotonic() + _PATIENCE
        try:
            with closing(self._database.execute(question, tuple(given))) as cursor:
                return cursor.fetchmany(most)
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as wrong:
            raise damaged() from wrong
