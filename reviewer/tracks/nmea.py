"""NMEA 0183 sentences as receivers write them: RMC says when, where, how fast and which way; GGA of the same moment
adds the dilution of precision. Whatever the talker (GP, GN, GL …). A sentence whose checksum is wrong is damaged."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import reduce

from reviewer.domain.timebase import Utc, from_datetime
from reviewer.domain.track import Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.readings import Reading, number, unreadable

_SENTENCE = re.compile(r"\$([A-Z]{2})([A-Z]{3}),([^*\r\n]{0,200})(?:\*([0-9A-Fa-f]{2}))?")
_CLOCK = re.compile(r"(\d\d)(\d\d)(\d\d(?:\.\d{1,6})?)")
_KNOT = 1852 / 3600  # m/s


def read_nmea(name: str, data: bytes) -> Track:
    """Raises UnreadableTrack if there is no RMC sentence: nothing else names the day."""
    text = data.decode("ascii", errors="replace")
    dilution: dict[str, float | None] = {}
    moves: list[list[str]] = []
    damaged = 0
    for found in _SENTENCE.finditer(text):
        fields = found[3].split(",")
        if found[4] is not None and _checksum(found[0]) != int(found[4], 16):
            damaged += found[2] == "RMC"
        elif found[2] == "RMC":
            moves.append(fields)
        elif found[2] == "GGA" and len(fields) > 7:
            dilution[fields[0]] = number(fields[7])
    if not moves and not damaged:
        raise unreadable(name, "holds no NMEA sentences that name a day and a place")
    return track_from("nmea", (_reading(fields, dilution) for fields in moves), damaged)


def _checksum(sentence: str) -> int:
    """XOR of what stands between $ and *."""
    return reduce(lambda a, b: a ^ b, sentence[1 : sentence.rindex("*")].encode("ascii", "replace"))


def _reading(fields: list[str], dilution: dict[str, float | None]) -> Reading:
    clock, status, lat, north, lon, east, speed, course, day = (*fields, *[""] * 9)[:9]
    knots = number(speed)
    return Reading(
        at=_instant(day, clock),
        lat=_degrees(lat, north, "N", "S"),
        lon=_degrees(lon, east, "E", "W"),
        speed=None if knots is None else knots * _KNOT,
        heading=number(course),
        dop=dilution.get(clock),
        has_fix=status == "A",
    )


def _degrees(text: str, side: str, plus: str, minus: str) -> float | None:
    """ddmm.mmm or dddmm.mmm and its side, in degrees."""
    value = number(text)
    if value is None or value < 0 or side not in (plus, minus):
        return None
    degrees, minutes = divmod(value, 100)
    if minutes >= 60:
        return None
    return (degrees + minutes / 60) * (1 if side == plus else -1)


def _instant(day: str, clock: str) -> Utc | None:
    """ddmmyy and hhmmss.sss. Two digits of a year: GPS began in 1980."""
    time = _CLOCK.fullmatch(clock)
    if time is None or len(day) != 6 or not day.isdecimal():
        return None
    year = int(day[4:])
    try:
        start = datetime(year + (1900 if year >= 80 else 2000), int(day[2:4]), int(day[:2]), tzinfo=UTC)
    except ValueError:
        return None
    hours, minutes, seconds = int(time[1]), int(time[2]), float(time[3])
    if hours > 23 or minutes > 59 or seconds >= 61:
        return None
    return from_datetime(start + timedelta(hours=hours, minutes=minutes, seconds=seconds))
