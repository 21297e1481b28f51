"""A table of positions with a header line: `stream_us,utc,lat,lon,accuracy_m,speed_mps,heading_deg,fix` and the names
that other exports give the same columns. Comma, semicolon or tab; UTF-8 with or without a byte order mark."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.track import Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.gpx import instant
from reviewer.tracks.readings import Reading, number, unreadable

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "stream": ("stream_us",),
    "stream_s": ("stream_s", "elapsed_s", "seconds"),
    "at": ("utc", "time_utc", "utc_time", "timestamp", "datetime", "time", "gps_time"),
    "lat": ("lat", "latitude", "lat_deg"),
    "lon": ("lon", "lng", "long", "longitude", "lon_deg"),
    "accuracy": ("accuracy_m", "accuracy", "hacc", "horizontal_accuracy"),
    "dop": ("hdop", "dop", "pdop"),
    "speed": ("speed_mps", "speed"),
    "speed_kmh": ("speed_kmh", "speed_kph"),
    "heading": ("heading_deg", "heading", "course", "bearing"),
    "fix": ("fix", "fix_type", "has_fix", "valid"),
}
_NO_FIX = frozenset({"", "0", "none", "no", "false", "invalid", "no fix", "v"})
_LONGEST_LINE = 10_000


def read_csv(name: str, data: bytes) -> Track:
    """Raises UnreadableTrack where no header names a time, a latitude and a longitude, or the file is no text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise unreadable(name, "is not a text table") from wrong
    lines = text.splitlines()
    if "\0" in text or any(len(line) > _LONGEST_LINE for line in lines):
        raise unreadable(name, "is not a text table")
    header = lines[0] if lines else ""
    rows = csv.reader(lines, delimiter=max(",;\t", key=header.count))
    try:
        place = columns(next(rows, []))
        if not {"at", "lat", "lon"} <= place.keys():
            raise unreadable(name, "has no header with columns for time, latitude and longitude")
        readings = [reading(row, place) for row in rows if row]
    except csv.Error as wrong:
        raise unreadable(name, "is not a text table") from wrong
    return track_from("csv", readings)


def columns(header: list[str]) -> dict[str, int]:
    """Where each known column stands; where two names of one column occur, the first in `COLUMNS` counts."""
    names = [cell.strip().lower() for cell in header]
    found: dict[str, int] = {}
    for column, known in COLUMNS.items():
        place = next((names.index(each) for each in known if each in names), None)
        if place is not None:
            found[column] = place
    return found


def reading(row: list[str], place: dict[str, int]) -> Reading:
    """One row, by where its columns stand."""

    def cell(column: str) -> str | None:
        i = place.get(column)
        return row[i].strip() if i is not None and i < len(row) else None

    fix = cell("fix")
    kmh = number(cell("speed_kmh"))
    return Reading(
        at=_instant(cell("at") or ""),
        lat=number(cell("lat")),
        lon=number(cell("lon")),
        accuracy=number(cell("accuracy")),
        speed=kmh / 3.6 if kmh is not None else number(cell("speed")),
        heading=number(cell("heading")),
        stream=_stream(cell("stream"), number(cell("stream_s"))),
        dop=number(cell("dop")),
        has_fix=fix is None or fix.lower() not in _NO_FIX,
    )


def _instant(text: str) -> Utc | None:
    """RFC 3339, or Unix time in seconds, or in milliseconds (13 digits)."""
    if not text.replace(".", "", 1).isdecimal():
        return instant(text)
    seconds = number(text)
    if seconds is None or seconds > 1e14:
        return None
    return Utc(round(seconds * (1_000 if seconds > 1e11 else SECOND)))


def _stream(micros: str | None, seconds: float | None) -> Micros | None:
    whole = number(micros)
    if whole is not None and abs(whole) < 2**53:
        return Micros(round(whole))
    return Micros(round(seconds * SECOND)) if seconds is not None and abs(seconds) < 1e9 else None
