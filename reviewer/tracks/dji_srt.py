"""Subtitles that DJI drones write beside a video, in the dialects seen so far. Their clock is the drone's local time.

- `HOME(lon,lat) 2017.08.05 14:11:51` and `GPS(lon,lat,satellites)`: Mavic Pro. Longitude first.
- `2022.06.21 16:06:17` and `GPS(lat,lon,0.0M)`, height with an M: Matrice 300. Latitude first.
- `2019-09-27 10:28:08,438,904` and `[latitude : …] [longtitude : …]`, as the firmware spells it: Mavic 2 and later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.domain.timebase import Micros, Utc
from reviewer.domain.track import NOTHING_TOLD, Told, Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.readings import Reading, number, unreadable
from reviewer.tracks.times import Times

_CUE = re.compile(r"(\d{1,3}):(\d\d):(\d\d)[,.](\d{3}) *--> *\d")
_CLOCK = re.compile(r"(\d{4})[.\-/](\d\d)[.\-/](\d\d) +(\d\d):(\d\d):(\d\d)(?:[,.](\d{1,3}))?(?:,(\d{1,3}))?")
_NUMBER = r" *(-?\d{1,3}(?:\.\d{1,12})?) *"
_PLACE = re.compile(rf"GPS *\({_NUMBER},{_NUMBER},{_NUMBER}(M?)\)")
_LATITUDE = re.compile(rf"\[latitude *:{_NUMBER}\]")
_LONGITUDE = re.compile(rf"\[long?t?itude *:{_NUMBER}\]")


def read_dji_srt(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """`Fix.stream` is the subtitle's own time; `Fix.at` the drone's clock in the zone that a person said, else read as
    if it were UTC, which it seldom is (base.OWN_CLOCK). Raises UnreadableTrack if the file holds no subtitles with
    a position.
    """
    text = data.decode("utf-8-sig", errors="replace")
    blocks = list(_blocks(text))
    if not blocks:
        raise unreadable(name, "holds no subtitles")
    if not any(_PLACE.search(b) or _LATITUDE.search(b) for _, b in blocks):
        raise unreadable(name, "holds subtitles, but no positions")
    times = Times(name, told, utc=True)
    return track_from("dji_srt", [_reading(stream, block, times) for stream, block in blocks])


def _blocks(text: str) -> Iterator[tuple[Micros, str]]:
    """Each subtitle's start and its text up to the next one."""
    cues = list(_CUE.finditer(text))
    for i, cue in enumerate(cues):
        hours, minutes, seconds, millis = (int(g) for g in cue.groups())
        end = cues[i + 1].start() if i + 1 < len(cues) else len(text)
        yield Micros(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + millis * 1000), text[cue.end() : end]


def _reading(stream: Micros, block: str, times: Times) -> Reading:
    at = _clock(block, times)
    lat, lon = _LATITUDE.search(block), _LONGITUDE.search(block)
    if lat and lon:
        return Reading(at, number(lat[1]), number(lon[1]), stream=stream)
    place = _PLACE.search(block)
    if not place:
        return Reading(at, None, None, stream=stream)
    first, second = number(place[1]), number(place[2])
    if place[4]:
        return Reading(at, first, second, stream=stream)
    return Reading(at, second, first, stream=stream)


def _clock(block: str, times: Times) -> Utc | None:
    found = _CLOCK.search(block)
    if not found:
        return None
    year, month, day, hour, minute, second = found.groups()[:6]
    part = (found[7] or "0").ljust(3, "0") + (found[8] or "0").ljust(3, "0")
    return times.read(f"{year}-{month}-{day} {hour}:{minute}:{second}.{part}")
