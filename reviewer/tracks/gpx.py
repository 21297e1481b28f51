"""GPX 1.0 and 1.1 (topografix.com/GPX): recorded track points. Planned routes and waypoints are no evidence of a way.

Straight on expat: a document type declaration is refused before any entity in it is even defined.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NoReturn
from xml.parsers import expat

from reviewer.domain.timebase import Utc, from_datetime
from reviewer.domain.track import Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.readings import Reading, number, unreadable

# Children of a trkpt, in the 1.0 body or in the extensions that receivers write, by what they mean here.
_WANTED = {
    "time": "time",
    "fix": "fix",
    "hdop": "hdop",
    "pdop": "pdop",
    "speed": "speed",
    "course": "course",
    "heading": "course",
    "bearing": "course",
    "accuracy": "accuracy",
    "hacc": "accuracy",
}


def read_gpx(name: str, data: bytes) -> Track:
    """Raises UnreadableTrack for a DTD, broken XML, or XML that is not GPX."""
    parser = expat.ParserCreate()
    points = _Points(name)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = lambda *_: doctype(name)
    parser.StartElementHandler = points.start
    parser.EndElementHandler = points.end
    parser.CharacterDataHandler = points.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as broken:
        line = getattr(broken, "lineno", None)
        where = f" (line {line})" if line else ""
        raise unreadable(name, f"is not well-formed XML{where}") from broken
    return track_from("gpx", points.readings)


def doctype(name: str) -> NoReturn:
    """What a reader of XML makes of a document type declaration. Raises UnreadableTrack."""
    raise unreadable(
        name,
        "declares XML entities, which can be a trap, and no GPS receiver writes them",
        "Ask who made the file; take the footage in without it.",
    )


class _Points:
    def __init__(self, name: str) -> None:
        self.readings: list[Reading] = []
        self._name = name
        self._root = True
        self._point: dict[str, str] | None = None
        self._wanted: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if self._root:
            self._root = False
            if local != "gpx":
                raise unreadable(self._name, "is XML, but not GPX")
        if local == "trkpt":
            self._point = {"lat": attributes.get("lat", ""), "lon": attributes.get("lon", "")}
        elif self._point is not None:
            self._wanted = _WANTED.get(local.lower())

    def text(self, text: str) -> None:
        if self._wanted is not None and self._point is not None:
            self._point[self._wanted] = self._point.get(self._wanted, "") + text

    def end(self, tag: str) -> None:
        self._wanted = None
        if self._point is not None and tag.rpartition(":")[2] == "trkpt":
            self.readings.append(_reading(self._point))
            self._point = None


def _reading(point: dict[str, str]) -> Reading:
    get = point.get
    return Reading(
        at=instant(get("time", "")),
        lat=number(point["lat"]),
        lon=number(point["lon"]),
        accuracy=number(get("accuracy")),
        speed=number(get("speed")),
        heading=number(get("course")),
        dop=number(get("hdop")) or number(get("pdop")),
        has_fix=get("fix", "").strip() != "none",
    )


def instant(text: str) -> Utc | None:
    """An XML dateTime, or None. GPX says that its times are UTC, so one without an offset is."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
