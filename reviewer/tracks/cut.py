"""A stretch of a track, as a file of its own: a table that `csv_columns` reads back.

For a track that was recorded apart from any one recording, a whole shift's: a recording gets what lies around it, and
whoever is assigned to it does not learn where somebody was for the rest of the day. Positions and their times are kept
to the last digit; whatever else the file said of them is not.
"""

from __future__ import annotations

from reviewer.domain.timebase import TimeRange, format_rfc3339
from reviewer.domain.track import Track

HEADER = "utc,lat,lon,accuracy_m,speed_mps,heading_deg"


def cut(track: Track, window: TimeRange) -> bytes:
    """The fixes within the window, as a table; empty if there are none."""
    rows = [
        ",".join((format_rfc3339(f.at), *(_number(n) for n in (f.lat, f.lon, f.accuracy, f.speed, f.heading))))
        for f in track.fixes
        if f.at in window
    ]
    return "\n".join([HEADER, *rows, ""]).encode() if rows else b""


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)
