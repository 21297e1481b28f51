"""What exiftool says of a recording or still (`exiftool -json -ee -G3 -n`): it reads Novatek and many other dashcams.

Tags of one moment share a group (`Doc12:GPSLatitude`). With `-n` a position is in degrees, and EXIF's own is without
its sign, which stands in the tag beside it; without `-n` it is words (60 deg 10' 12.00" N). Speed is km/h unless the
tag beside it says otherwise. Times end in Z where the camera wrote UTC; others are asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewer.domain.timebase import SECOND, Micros
from reviewer.domain.track import NOTHING_TOLD, Told, Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.readings import Reading, degrees, json_value, number, unreadable
from reviewer.tracks.times import Times

_MS = {"k": 1 / 3.6, "m": 1609.344 / 3600, "n": 1852 / 3600}  # by the first letter of GPSSpeedRef
_VOID = frozenset({"v", "void", "measurement void"})
_LONGEST = 366 * 86_400.0  # seconds

Json = Any  # whatever the file holds


def read_exiftool(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """Raises UnreadableTrack for what is no output of exiftool with positions, NotSaid for times without a zone."""
    whole = json_value(name, data)
    files = [each for each in whole if isinstance(each, dict)] if isinstance(whole, list) else []
    moments = [moment for each in files for moment in _moments(each).values() if "GPSLatitude" in moment]
    if not moments:
        raise unreadable(name, "holds no positions that exiftool found")
    times = Times(name, told)
    track = track_from("exiftool", [_reading(each, times) for each in moments])
    times.ask()
    return track


def _moments(tags: dict[str, Json]) -> dict[str, dict[str, str]]:
    """The GPS tags of a file by their group, in order."""
    found: dict[str, dict[str, str]] = {}
    for key, value in tags.items():
        group, _, tag = key.rpartition(":")
        if (tag.startswith("GPS") or tag == "SampleTime") and isinstance(value, str | int | float):
            found.setdefault(group, {})[tag] = str(value)
    return found


def _reading(tags: Mapping[str, str], times: Times) -> Reading:
    when = tags.get("GPSDateTime") or _joined(tags)
    speed = number(tags.get("GPSSpeed", "").split(" ")[0])
    unit = _MS.get(tags.get("GPSSpeedRef", "K")[:1].lower())
    stream = number(tags.get("SampleTime"))
    return Reading(
        at=times.read(when),
        lat=_signed(degrees(tags.get("GPSLatitude"), "NS"), tags.get("GPSLatitudeRef", ""), "S"),
        lon=_signed(degrees(tags.get("GPSLongitude"), "EW"), tags.get("GPSLongitudeRef", ""), "W"),
        accuracy=number(tags.get("GPSHPositioningError", "").split(" ")[0]),
        speed=speed * unit if speed is not None and unit is not None else None,
        heading=number(tags.get("GPSTrack")),
        stream=Micros(round(stream * SECOND)) if stream is not None and 0 <= stream <= _LONGEST else None,
        dop=number(tags.get("GPSHDOP") or tags.get("GPSDOP")),
        has_fix=tags.get("GPSStatus", "").strip().lower() not in _VOID,
    )


def _joined(tags: Mapping[str, str]) -> str:
    """Day and time of EXIF's own two tags, which are UTC by its definition; "" without both."""
    day, clock = tags.get("GPSDateStamp", ""), tags.get("GPSTimeStamp", "")
    return f"{day} {clock}Z" if day and clock else ""


def _signed(value: float | None, ref: str, minus: str) -> float | None:
    return -abs(value) if value is not None and ref[:1].upper() == minus else value
