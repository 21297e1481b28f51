"""A table of positions with a header line: `stream_us,utc,lat,lon,accuracy_m,speed_mps,heading_deg,fix` and the names
that other exports give the same columns, or the columns that a person names. Comma, semicolon, tab or bar; UTF-8,
UTF-16 with its mark, else Windows-1252. Times that name no zone are asked about unless their column says UTC."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewer.domain.timebase import SECOND, Micros
from reviewer.domain.track import NOTHING_TOLD, Column, Told, Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.readings import Reading, degrees, number, unreadable
from reviewer.tracks.times import NotSaid, Times

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "stream": ("stream_us",),
    "stream_s": ("stream_s", "elapsed_s", "seconds"),
    "at": (
        *("utc", "time_utc", "utc_time", "timestamp_utc", "datetime_utc", "utc_datetime", "gps_time", "gpstime"),
        *("timestamp", "datetime", "date_time", "time", "recorded_at", "fix_time", "local_time"),
    ),
    "date": ("date", "utc_date", "gps_date", "day"),
    "lat": ("lat", "latitude", "lat_deg", "gps_lat", "gps_latitude", "latitude_n_s", "latitude_deg", "y"),
    "lon": (
        *("lon", "lng", "long", "longitude", "lon_deg", "gps_lon", "gps_longitude", "longitude_e_w"),
        *("longitude_deg", "x"),
    ),
    "accuracy": ("accuracy_m", "accuracy", "hacc", "horizontal_accuracy", "accuracy_meters"),
    "dop": ("hdop", "dop", "pdop"),
    "speed": ("speed_mps", "speed", "speed_m_s"),
    "speed_kmh": ("speed_kmh", "speed_kph", "speed_km_h"),
    "speed_knots": ("speed_knots", "speed_kn", "knots"),
    "heading": ("heading_deg", "heading", "course", "bearing", "track"),
    "fix": ("fix", "fix_type", "has_fix", "valid"),
}
"""Roles of columns, and the headers they are known by. `date` is the day of an `at` that has the time of day alone."""
NEEDED = ("at", "lat", "lon")
_UTC = re.compile(r"(?:^|_)(?:utc|gps_?time|gmt|zulu)(?:_|$)")
_NO_FIX = frozenset({"", "0", "none", "no", "false", "invalid", "no fix", "v"})
_LONGEST_LINE = 10_000
_MOST_COLUMNS = 500
_KNOT = 1852 / 3600


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read: its header, and its rows."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def guess(self) -> tuple[Column, ...]:
        """The columns that the header names plainly."""
        return tuple(Column(role, index) for role, index in columns(self.header).items())


def read_csv(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """Raises NotSaid where a person has to say which columns have time, latitude and longitude, which zone the times
    are of, or whether the day comes first; UnreadableTrack where the file is no table."""
    table = table_of(name, data)
    place = {c.role: c.index for c in told.columns if c.role in COLUMNS} or columns(table.header)
    if not place.keys() >= set(NEEDED):
        raise NotSaid(
            f"{name} has no header with columns for time, latitude and longitude.",
            "Say which columns have them: add it to a case.",
            "columns",
        )
    named = [table.header[i] for role, i in place.items() if role in ("at", "date") and i < len(table.header)]
    utc = any(map(says_utc, named))
    times = Times(name, told, utc=utc, texts=[_when(row, place) for row in table.rows])
    track = track_from("csv", [reading(row, place, times) for row in table.rows])
    times.ask()
    return track


def table_of(name: str, data: bytes) -> Table:
    """The file as a table. Raises UnreadableTrack where it is none."""
    text = _text(name, data)
    lines = text.splitlines()
    if "\0" in text or any(len(line) > _LONGEST_LINE for line in lines):
        raise unreadable(name, "is not a text table")
    header = lines[0] if lines else ""
    try:
        rows = [tuple(row) for row in csv.reader(lines, delimiter=max(",;\t|", key=header.count)) if row]
    except csv.Error as wrong:
        raise unreadable(name, "is not a text table") from wrong
    if not rows or len(rows[0]) > _MOST_COLUMNS:
        raise unreadable(name, "is not a text table")
    return Table(rows[0], tuple(rows[1:]))


def _text(name: str, data: bytes) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable(name, "is not a text table")


def columns(header: Sequence[str]) -> dict[str, int]:
    """Where each known column stands; where two names of one column occur, the first in `COLUMNS` counts."""
    names = [_plain(cell) for cell in header]
    found: dict[str, int] = {}
    for column, known in COLUMNS.items():
        place = next((names.index(each) for each in known if each in names), None)
        if place is not None:
            found[column] = place
    return found


def _plain(cell: str) -> str:
    """ "Latitude (deg)" as `latitude_deg`."""
    return re.sub(r"[^a-z0-9]+", "_", cell.strip().lower()).strip("_")


def says_utc(header: str) -> bool:
    """Whether a column's name says that its times are UTC."""
    return _UTC.search(_plain(header)) is not None


def _when(row: Sequence[str], place: Mapping[str, int]) -> str:
    """The text of a row's time, its day before it where that is a column of its own."""
    at = _cell(row, place.get("at")) or ""
    day = _cell(row, place.get("date"))
    return f"{day} {at}" if day and place.get("date") != place.get("at") else at


def _cell(row: Sequence[str], index: int | None) -> str | None:
    return row[index].strip() if index is not None and 0 <= index < len(row) else None


def reading(row: Sequence[str], place: Mapping[str, int], times: Times) -> Reading:
    """One row, by where its columns stand."""

    def cell(column: str) -> str | None:
        return _cell(row, place.get(column))

    fix = cell("fix")
    kmh, knots = number(cell("speed_kmh")), number(cell("speed_knots"))
    speed = kmh / 3.6 if kmh is not None else knots * _KNOT if knots is not None else number(cell("speed"))
    return Reading(
        at=times.read(_when(row, place)),
        lat=degrees(cell("lat"), "NS"),
        lon=degrees(cell("lon"), "EW"),
        accuracy=number(cell("accuracy")),
        speed=speed,
        heading=number(cell("heading")),
        stream=_stream(cell("stream"), number(cell("stream_s"))),
        dop=number(cell("dop")),
        has_fix=fix is None or fix.lower() not in _NO_FIX,
    )


def _stream(micros: str | None, seconds: float | None) -> Micros | None:
    whole = number(micros)
    if whole is not None and abs(whole) < 2**53:
        return Micros(round(whole))
    return Micros(round(seconds * SECOND)) if seconds is not None and abs(seconds) < 1e9 else None
