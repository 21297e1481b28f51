"""GeoJSON (RFC 7946), whose coordinates are longitude, latitude. It has no member for times; exporters agree on some:
`coordTimes` or `coordinateProperties.times` beside a line, `time` beside a point. Lists of the same length beside them
(`accuracy_m`, `speed_mps`, `heading_deg`) are what this program writes. A line without times is shown and never moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reviewer.domain.track import NOTHING_TOLD, Polyline, Told, Track
from reviewer.tracks.checks import polyline, track_from
from reviewer.tracks.readings import Reading, json_value, number, unreadable
from reviewer.tracks.times import Times

_TIMES = ("coordTimes", "times", "time", "timestamp", "timestamps")
_LINES = {"LineString": 0, "MultiLineString": 1}
_BESIDE = {"accuracy": "accuracy_m", "speed": "speed_mps", "heading": "heading_deg"}
_DEEPEST = 8

Json = Any  # whatever the file holds


def read_geojson(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """Raises UnreadableTrack for what is no GeoJSON with points or lines, NotSaid for times that name no zone."""
    whole = json_value(name, data)
    times = Times(name, told)
    found = _Found(times)
    for geometry, properties in _features(whole, 0):
        found.take(geometry, properties)
    times.ask()
    if not (found.readings or found.paths or found.refused or found.damaged):
        raise unreadable(name, "holds no points or lines of GeoJSON")
    return track_from("geojson", found.readings, found.damaged, paths=found.paths, refused=found.refused)


def _features(value: Json, depth: int) -> Iterator[tuple[dict[str, Json], dict[str, Json]]]:
    """Every geometry with the properties that it has."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    members = value.get("features") if value.get("type") == "FeatureCollection" else None
    if isinstance(members, list):
        for each in members:
            yield from _features(each, depth + 1)
    elif value.get("type") == "Feature":
        geometry, properties = value.get("geometry"), value.get("properties")
        if isinstance(geometry, dict):
            yield geometry, properties if isinstance(properties, dict) else {}
    elif "coordinates" in value:
        yield value, {}


class _Found:
    def __init__(self, times: Times) -> None:
        self.readings: list[Reading] = []
        self.paths: list[Polyline] = []
        self.refused: list[str] = []
        self.damaged = 0
        self._times = times

    def take(self, geometry: dict[str, Json], properties: dict[str, Json]) -> None:
        kind, places = geometry.get("type"), geometry.get("coordinates")
        beside = properties.get("coordinateProperties")
        said = properties | beside if isinstance(beside, dict) else properties
        when = next((said[key] for key in _TIMES if key in said), None)
        if kind == "Point":
            self._line([places], [when], {k: [v] for k, v in said.items()})
        elif kind in _LINES and isinstance(places, list):
            lines = [places] if kind == "LineString" else places
            whens = [when] if kind == "LineString" else when
            for n, line in enumerate(lines):
                mine = whens[n] if isinstance(whens, list) and len(whens) == len(lines) else None
                self._line(line, mine, said if kind == "LineString" else {}, str(properties.get("name", "")))

    def _line(self, line: Json, whens: Json, said: dict[str, Json], title: str = "") -> None:
        if not isinstance(line, list):
            self.damaged += 1
            return
        places = [_place(each) for each in line]
        if whens is None or whens == [None]:
            way, refused = polyline(places, title[:200])
            self.paths += [way] if way is not None else []
            self.refused += refused
        elif not isinstance(whens, list) or len(whens) != len(line):
            self.damaged += len(line)  # nobody knows which time is whose
        else:
            self._timed(places, whens, said)

    def _timed(self, places: list[tuple[float | None, float | None]], whens: list[Json], said: dict[str, Json]) -> None:
        more = {k: said[v] for k, v in _BESIDE.items() if isinstance(said.get(v), list) and len(said[v]) == len(places)}
        for i, ((lat, lon), when) in enumerate(zip(places, whens, strict=True)):
            beside = {name: _float(values[i]) for name, values in more.items()}
            at = self._times.read(_text(when))
            self.readings.append(
                Reading(at, lat, lon, beside.get("accuracy"), beside.get("speed"), beside.get("heading"))
            )


def _place(value: Json) -> tuple[float | None, float | None]:
    """(latitude, longitude) of a position."""
    if not isinstance(value, list) or not 2 <= len(value) <= 4:
        return None, None
    return _float(value[1]), _float(value[0])


def _float(value: Json) -> float | None:
    return number(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: Json) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
