"""KML (OGC 12-007) as phones and earth viewers export a recorded way, and KMZ, which is a ZIP of it.

`gx:Track` (since 2.3 also `Track`) has `when` and `coord` in pairs, and may have arrays of accuracy, speed and heading
beside them; a placemark may have one time and one point. Lines name no times: they are shown and never move.
Coordinates are longitude, latitude, altitude. Times without an offset are asked about.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

from reviewer.domain.track import NOTHING_TOLD, Polyline, Told, Track
from reviewer.tracks.checks import polyline, track_from
from reviewer.tracks.markup import parse
from reviewer.tracks.readings import Reading, number, unreadable
from reviewer.tracks.times import Times

_TEXTS = frozenset({"when", "coord", "coordinates", "value", "angles", "name"})
_LINES = frozenset({"LineString", "LinearRing"})
_ARRAYS = {
    "accuracy": "accuracy",
    "accuracy_m": "accuracy",
    "speed": "speed",
    "speed_mps": "speed",
    "bearing": "heading",
    "heading": "heading",
    "heading_deg": "heading",
    "course": "heading",
}
LARGEST_KMZ = 256 << 20
"""Bytes that all KML of one archive may come to when it is unpacked."""
_MOST_FILES = 1_000
_ENCRYPTED = 1  # of a member's flags


def read_kml(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """Raises UnreadableTrack for a DTD, broken XML, XML that is not KML, and KML without a position or a way; NotSaid
    for times that name no zone."""
    times = Times(name, told)
    return _track(name, [_found(name, data, times)], times)


def read_kmz(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """Every KML file in it, as one track. Nothing is unpacked to a disk. Raises as `read_kml`, and UnreadableTrack for
    what is no whole archive, is locked, or would fill the memory."""
    times = Times(name, told)
    return _track(name, [_found(f"{name}, {inside}", text, times) for inside, text in _unpacked(name, data)], times)


def _unpacked(name: str, data: bytes) -> list[tuple[str, bytes]]:
    left = LARGEST_KMZ
    found: list[tuple[str, bytes]] = []
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            wanted = [i for i in archive.infolist() if i.filename.lower().endswith(".kml")][: _MOST_FILES + 1]
            if len(wanted) > _MOST_FILES:
                raise unreadable(name, f"holds more than {_MOST_FILES} KML files")
            for each in wanted:
                if each.flag_bits & _ENCRYPTED:
                    raise unreadable(name, "is locked with a password", "Unpack it first, or ask who made it.")
                with archive.open(each) as file:
                    text = file.read(left + 1)
                left -= len(text)
                if left < 0:
                    raise unreadable(name, "is too large when it is unpacked")
                found.append((each.filename[:100], text))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as broken:
        raise unreadable(name, "is not a whole KMZ archive") from broken
    if not found:
        raise unreadable(name, "is an archive without KML in it")
    return found


def _found(name: str, data: bytes, times: Times) -> _Found:
    found = _Found(name, times)
    parse(name, data, found)
    return found


def _track(name: str, found: list[_Found], times: Times) -> Track:
    times.ask()
    paths = [path for each in found for path in each.paths]
    readings = [reading for each in found for reading in each.readings]
    refused = [reason for each in found for reason in each.refused]
    damaged = sum(each.damaged for each in found)
    if not (readings or paths or refused or damaged):
        raise unreadable(name, "holds no positions with a time, and no way")
    return track_from("kml", readings, damaged, paths=paths, refused=refused)


class _Found:
    def __init__(self, name: str, times: Times) -> None:
        self.readings: list[Reading] = []
        self.paths: list[Polyline] = []
        self.refused: list[str] = []
        self.damaged = 0
        self._name, self._times = name, times
        self._root = True
        self._text: list[str] | None = None
        self._line = False
        self._title = ""
        self._takers: dict[str, Callable[[str], None]] = {
            "when": lambda said: self._whens.append(said),
            "coord": lambda said: self._places.append(said),
            "angles": lambda said: self._angles.append(said),
            "coordinates": self._coordinates,
            "value": self._value,
            "name": self._named,
        }
        self._begin()

    def _begin(self) -> None:
        self._whens: list[str] = []
        self._places: list[str] = []
        self._angles: list[str] = []
        self._array = ""
        self._arrays: dict[str, list[str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if self._root:
            self._root = False
            if local != "kml":
                raise unreadable(self._name, "is XML, but not KML")
        if local in ("Track", "Placemark"):
            self._begin()
            self._title = self._title if local == "Track" else ""
        elif local == "SimpleArrayData":
            self._array = _ARRAYS.get(attributes.get("name", "").lower(), "")
        self._line = self._line or local in _LINES
        self._text = [] if local in _TEXTS else None

    def text(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        said = "".join(self._text or ()).strip()
        self._text = None
        take = self._takers.get(local)
        if take is not None:
            take(said)
        elif local == "SimpleArrayData":
            self._array = ""
        elif local in _LINES:
            self._line = False
        elif local == "Track" or (local == "Placemark" and len(self._whens) == 1 and len(self._places) == 1):
            self._pair()
        elif local == "Placemark" and not self._whens:
            self.refused += ["no time"] * len(self._places)

    def _value(self, said: str) -> None:
        if self._array:
            self._arrays.setdefault(self._array, []).append(said)

    def _named(self, said: str) -> None:
        self._title = said[:200]

    def _coordinates(self, said: str) -> None:
        if self._line:
            self._way(said)
        else:
            self._places.append(said.replace(",", " "))

    def _way(self, said: str) -> None:
        """A line's points: longitude, latitude and perhaps a height, with white space between points."""
        points = [point.split(",") for point in said.split()]
        line, refused = polyline(
            ((number(p[1]), number(p[0])) if 2 <= len(p) <= 3 else (None, None) for p in points), self._title
        )
        self.paths += [line] if line is not None else []
        self.refused += refused

    def _pair(self) -> None:
        """Times and places in their order. Where there are more of one than of the other nobody knows which are which,
        so all of that track is damaged; an array that does not fit says nothing."""
        if len(self._whens) != len(self._places):
            self.damaged += max(len(self._whens), len(self._places))
        else:
            count = len(self._whens)
            more = {name: values for name, values in self._arrays.items() if len(values) == count}
            if len(self._angles) == count and "heading" not in more:
                more["heading"] = [each.partition(" ")[0] for each in self._angles]
            for i, (when, place) in enumerate(zip(self._whens, self._places, strict=True)):
                self.readings.append(self._reading(when, place.split(), {k: v[i] for k, v in more.items()}))
        self._begin()

    def _reading(self, when: str, place: list[str], more: dict[str, str]) -> Reading:
        fits = 2 <= len(place) <= 3  # a line has more
        return Reading(
            at=self._times.read(when) if "T" in when else None,  # a day or a year is no time
            lat=number(place[1]) if fits else None,
            lon=number(place[0]) if fits else None,
            accuracy=number(more.get("accuracy")),
            speed=number(more.get("speed")),
            heading=number(more.get("heading")),
        )
