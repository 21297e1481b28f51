"""Writes GPMF payloads from the format's description, for the reader's tests."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def item(key: bytes, kind: bytes, size: int, value: bytes) -> bytes:
    repeat = len(value) // size if size else 0
    return key + kind + struct.pack(">BH", size, repeat) + value + b"\0" * (-len(value) % 4)


def nest(key: bytes, inside: bytes) -> bytes:
    return key + b"\0" + struct.pack(">BH", 1, len(inside)) + inside


def gps5(
    label: str | None, places: Sequence[tuple[float, float]], *, fix: int = 3, dop: float = 2.0, speed: float = 1.0
) -> bytes:
    """One payload; `label` is `yymmddhhmmss.sss`."""
    rows = b"".join(
        struct.pack(">5i", round(lat * 1e7), round(lon * 1e7), 5_000, round(speed * 1e3), 100) for lat, lon in places
    )
    inside = item(b"GPSF", b"L", 4, struct.pack(">I", fix))
    if label is not None:
        inside += item(b"GPSU", b"U", 16, label.encode())
    inside += item(b"GPSP", b"S", 2, struct.pack(">H", round(dop * 100)))
    inside += item(b"SCAL", b"l", 4, struct.pack(">5i", 10_000_000, 10_000_000, 1000, 1000, 100))
    inside += item(b"GPS5", b"l", 20, rows)
    return nest(b"DEVC", item(b"DVNM", b"c", 1, b"HERO8 Black") + nest(b"STRM", inside))


def gps9(rows: Sequence[tuple[float, float, int, float, float, int]]) -> bytes:
    """Rows of (lat, lon, days since 2000, seconds, dop, fix)."""
    packed = b"".join(
        struct.pack(
            ">7i2H",
            *(round(lat * 1e7), round(lon * 1e7), 5_000, 1_500, 150, days, round(s * 1e3), round(dop * 100), fix),
        )
        for lat, lon, days, s, dop, fix in rows
    )
    inside = item(b"TYPE", b"c", 1, b"lllllllSS")
    inside += item(b"SCAL", b"l", 4, struct.pack(">9i", 10_000_000, 10_000_000, 1000, 1000, 100, 1, 1000, 100, 1))
    inside += item(b"GPS9", b"?", 32, packed)
    return nest(b"DEVC", nest(b"STRM", inside))
