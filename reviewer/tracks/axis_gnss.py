"""The GNSS trail that an Axis body-worn system stores beside a recording: `<date>_<time>_<id>_<bwcid>_gpstrail.json`.

{"CoordinateEntries": [{"LocationWKT": "POINT(<longitude> <latitude>)", "SecondsFromStart": seconds since the start of
the recording, pre-buffer included, "Timestamp": RFC 3339}, …]}. Follows the README of Axis's public Body Worn Content
Destination API, "Location file format". Both times are by the camera's clock, to the second: they place one another and
set no clock (`base.OWN_CLOCK`).
"""

from __future__ import annotations

import re

from reviewer.domain.timebase import SECOND, Micros
from reviewer.domain.track import NOTHING_TOLD, Told, Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.readings import Reading, json_value, number, unreadable
from reviewer.tracks.times import instant

ENTRIES = "CoordinateEntries"
_POINT = re.compile(r"\s*POINT\s*Z?\s*\(\s*(\S{1,32})\s+(\S{1,32})(?:\s+\S{1,32})?\s*\)\s*", re.IGNORECASE)
_LONGEST = 366 * 86_400.0  # seconds a recording may last


def read_axis_gnss(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """Raises UnreadableTrack if the file is not JSON of this shape. Entries that are not are counted as damaged."""
    whole = json_value(name, data)
    entries = whole.get(ENTRIES) if isinstance(whole, dict) else None
    if not isinstance(entries, list):
        raise unreadable(name, f"has no list of {ENTRIES}, as Axis cameras write one")
    read = [_reading(each) for each in entries]
    return track_from("axis_gnss", (r for r in read if r is not None), damaged=read.count(None))


def _reading(entry: object) -> Reading | None:
    if not isinstance(entry, dict):
        return None
    where, when, seconds = (entry.get(k) for k in ("LocationWKT", "Timestamp", "SecondsFromStart"))
    point = _POINT.fullmatch(where) if isinstance(where, str) and len(where) < 200 else None
    if point is None:
        return None
    whole = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds <= _LONGEST
    return Reading(
        at=instant(when) if isinstance(when, str) else None,
        lat=number(point[2]),
        lon=number(point[1]),
        stream=Micros(round(seconds * SECOND)) if whole else None,  # type: ignore[operator]
    )
