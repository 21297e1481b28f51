"""KML (OGC 12-007) as phones export a recorded way: `gx:Track` (`when` and `gx:coord` in pairs) and placemarks with one
time and one point. Lines and routes name no times, so they are no evidence of where somebody was when.

Coordinates are longitude, latitude, altitude. Straight on expat; a document type declaration is refused.
"""

from __future__ import annotations

from xml.parsers import expat

from reviewer.domain.track import Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.gpx import doctype, instant
from reviewer.tracks.readings import Reading, number, unreadable

_TEXTS = frozenset({"when", "coord", "coordinates"})


def read_kml(name: str, data: bytes) -> Track:
    """Raises UnreadableTrack for a DTD, broken XML, XML that is not KML, and KML without a single timed position."""
    parser = expat.ParserCreate()
    found = _Found(name)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = lambda *_: doctype(name)
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as broken:
        line = getattr(broken, "lineno", None)
        raise unreadable(name, f"is not well-formed XML{f' (line {line})' if line else ''}") from broken
    if not found.readings and not found.damaged:
        raise unreadable(name, "holds no positions with a time")
    return track_from("kml", found.readings, found.damaged)


class _Found:
    def __init__(self, name: str) -> None:
        self.readings: list[Reading] = []
        self.damaged = 0
        self._name = name
        self._root = True
        self._text: list[str] | None = None
        self._whens: list[str] = []
        self._places: list[str] = []

    def start(self, tag: str, _: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if self._root:
            self._root = False
            if local != "kml":
                raise unreadable(self._name, "is XML, but not KML")
        if local in ("Track", "Placemark"):
            self._whens, self._places = [], []
        self._text = [] if local in _TEXTS else None

    def text(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        said = "".join(self._text or ()).strip()
        self._text = None
        if local == "when":
            self._whens.append(said)
        elif local == "coord":
            self._places.append(said)
        elif local == "coordinates":
            self._places.append(said.replace(",", " "))
        elif local == "Track" or (local == "Placemark" and len(self._whens) == 1 and len(self._places) == 1):
            self._pair()

    def _pair(self) -> None:
        """Times and places in their order. Where there are more of one than of the other nobody knows which are which,
        so all of that track is damaged."""
        if len(self._whens) != len(self._places):
            self.damaged += max(len(self._whens), len(self._places))
        else:
            pairs = zip(self._whens, self._places, strict=True)
            self.readings += [_reading(when, place.split()) for when, place in pairs]
        self._whens, self._places = [], []


def _reading(when: str, place: list[str]) -> Reading:
    fits = 2 <= len(place) <= 3  # a line has more
    return Reading(
        at=instant(when) if "T" in when else None,  # a day or a year is no time
        lat=number(place[1]) if fits else None,
        lon=number(place[0]) if fits else None,
    )
