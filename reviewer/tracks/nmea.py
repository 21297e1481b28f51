"""NMEA 0183 sentences as receivers write them, whatever the talker (GP, GN, GL …), among whatever else a logger wrote.

RMC says when, where, how fast and which way, and is the only one that names the day (with ZDA). GGA of the same moment
adds the dilution of precision, GST the error itself; a GGA that no RMC goes with is a fix of the day that was named
last. A sentence whose checksum is wrong, or lacks one among others that have theirs, is damaged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from math import hypot
from operator import xor

from reviewer.domain.timebase import Utc, from_datetime
from reviewer.domain.track import NOTHING_TOLD, Told, Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.readings import Reading, number, unreadable

_SENTENCE = re.compile(r"\$([A-Z]{2})(RMC|GGA|GST|ZDA),([^*$\r\n]{0,200})(?:\*([0-9A-Fa-f]{2}))?")
_CLOCK = re.compile(r"(\d\d)(\d\d)(\d\d(?:\.\d{1,6})?)")
_ANGLES = {"NS": re.compile(r"\d{4}(?:\.\d{1,12})?"), "EW": re.compile(r"\d{5}(?:\.\d{1,12})?")}
_KNOT = 1852 / 3600  # m/s
_NO_FIX_MODES = frozenset("NMS")  # none, set by hand, simulated (NMEA 0183 2.3)
_NO_FIX_QUALITY = frozenset({"", "0", "7", "8"})
_HALF_A_DAY = 12 * 3600


@dataclass(slots=True)
class _Moment:
    """What sentences of one time of day say, one after another."""

    clock: str
    rmc: list[str] | None = None
    gga: list[str] | None = None
    error: float | None = None
    day: str = ""


def read_nmea(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """Raises UnreadableTrack if no sentence names the day. Times are UTC by the standard."""
    text = data.decode("ascii", errors="replace")
    found = list(_SENTENCE.finditer(text))
    checked = any(each[4] is not None for each in found)
    damaged = 0
    whole: list[tuple[str, list[str]]] = []
    for each in found:
        right = _checksum(each[0]) == int(each[4], 16) if each[4] is not None else not checked
        if right:
            whole.append((each[2], each[3].split(",")))
        else:
            damaged += each[2] in ("RMC", "GGA")
    if not damaged and not any(kind in ("RMC", "ZDA") for kind, _ in whole):
        raise unreadable(name, "holds no NMEA sentences that name a day and a place")
    return track_from("nmea", list(_readings(whole)), damaged)


def _checksum(sentence: str) -> int:
    """XOR of what stands between $ and *."""
    return reduce(xor, sentence[1 : sentence.rindex("*")].encode("ascii", "replace"), 0)


def _readings(sentences: list[tuple[str, list[str]]]) -> Iterator[Reading]:
    day, last = "", ""
    for moment in _moments(sentences):
        if moment.rmc is not None:
            day = moment.rmc[8] if len(moment.rmc) > 8 else ""
        elif moment.day:
            day = moment.day
        elif day and moment.gga is not None and _turned(last, moment.clock):
            day = ""  # midnight has passed since a day was named
        last = moment.clock
        yield from _reading(moment, day)


def _moments(sentences: list[tuple[str, list[str]]]) -> Iterator[_Moment]:
    """Sentences that follow one another and say the same time of day belong together."""
    now: _Moment | None = None
    for kind, fields in sentences:
        if now is None or fields[0] != now.clock or (kind == "RMC" and now.rmc) or (kind == "GGA" and now.gga):
            if now is not None:
                yield now
            now = _Moment(fields[0])
        if kind == "RMC":
            now.rmc = fields
        elif kind == "GGA":
            now.gga = fields
        elif kind == "ZDA":
            now.day = "".join((*fields, *[""] * 4)[1:3]) + (*fields, *[""] * 4)[3][2:]
        else:
            now.error = _error(fields)
    if now is not None:
        yield now


def _turned(before: str, clock: str) -> bool:
    a, b = number(before[:2]), number(clock[:2])
    return a is not None and b is not None and (a - b) * 3600 > _HALF_A_DAY


def _error(fields: list[str]) -> float | None:
    """GST: standard deviations of latitude and longitude, metres."""
    lat, lon = (number(each) for each in (*fields, *[""] * 8)[5:7])
    return hypot(lat, lon) if lat is not None and lon is not None else None


def _reading(moment: _Moment, day: str) -> Iterator[Reading]:
    gga = (*(moment.gga or ()), *[""] * 9)[:9]
    dilution = number(gga[7])
    if moment.rmc is not None:
        clock, status, lat, north, lon, east, speed, course, _, _, _, mode = (*moment.rmc, *[""] * 12)[:12]
        knots = number(speed)
        yield Reading(
            at=_instant(day, clock),
            lat=_degrees(lat, north, "NS"),
            lon=_degrees(lon, east, "EW"),
            accuracy=moment.error,
            speed=None if knots is None else knots * _KNOT,
            heading=number(course),
            dop=dilution,
            has_fix=status == "A" and mode not in _NO_FIX_MODES,
        )
    elif moment.gga is not None:
        yield Reading(
            at=_instant(day, moment.clock),
            lat=_degrees(gga[1], gga[2], "NS"),
            lon=_degrees(gga[3], gga[4], "EW"),
            accuracy=moment.error,
            dop=dilution,
            has_fix=gga[5] not in _NO_FIX_QUALITY,
        )


def _degrees(text: str, side: str, sides: str) -> float | None:
    """ddmm.mmm or dddmm.mmm and its side, in degrees. Fewer digits than the standard has are damage."""
    if _ANGLES[sides].fullmatch(text) is None or len(side) != 1 or side not in sides:
        return None
    degrees, minutes = divmod(float(text), 100)
    if minutes >= 60:
        return None
    return (degrees + minutes / 60) * (1 if side == sides[0] else -1)


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
