"""GPX 1.0 and 1.1 (topografix.com): its track points. A segment without a single time is a way that is shown and never
moves; planned routes and waypoints are no evidence of a way, and are counted."""

from __future__ import annotations

from reviewer.domain.track import NOTHING_TOLD, Polyline, Told, Track
from reviewer.tracks.checks import polyline, track_from
from reviewer.tracks.markup import parse
from reviewer.tracks.readings import Reading, number, unreadable
from reviewer.tracks.times import instant

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
_COUNTED = {"rtept": "planned", "wpt": "waypoint"}
_NO_FIX = frozenset({"none", "no fix", "0"})


def read_gpx(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """Raises UnreadableTrack for a DTD, broken XML, or XML that is not GPX. GPX fixes its times as UTC, so nothing that
    a person says of the file changes them."""
    points = _Points(name)
    parse(name, data, points)
    return track_from("gpx", points.readings, paths=points.paths, refused=points.refused)


class _Points:
    """Elements by their local names, whatever prefix a file gives them; each spelling is taken apart once."""

    def __init__(self, name: str) -> None:
        self.readings: list[Reading] = []
        self.paths: list[Polyline] = []
        self.refused: list[str] = []
        self._name = name
        self._locals = _Locals()
        self._root = True
        self._point: dict[str, str] | None = None
        self._wanted: str | None = None
        self._segment: list[dict[str, str]] = []
        self._title: list[str] | None = None
        self._track = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = self._locals[tag]
        if self._point is not None:
            self._wanted = _WANTED.get(local)
        elif local == "trkpt":
            self._point = attributes
        else:
            self._other(local)

    def _other(self, local: str) -> None:
        if self._root:
            self._root = False
            if local != "gpx":
                raise unreadable(self._name, "is XML, but not GPX")
        if local in ("trk", "trkseg"):
            self._close()
            self._track = "" if local == "trk" else self._track
        elif local in _COUNTED:
            self.refused.append(_COUNTED[local])
        elif local == "name":
            self._title = []

    def text(self, text: str) -> None:
        if self._wanted is not None and self._point is not None:
            self._point[self._wanted] = self._point.get(self._wanted, "") + text
        elif self._title is not None:
            self._title.append(text)

    def end(self, tag: str) -> None:
        self._wanted = None
        local = self._locals[tag]
        if self._point is not None:
            if local == "trkpt":
                self._segment.append(self._point)
                self._point = None
        elif local in ("trkseg", "trk", "gpx"):
            self._close()
        elif local == "name" and self._title is not None:
            self._track, self._title = "".join(self._title).strip()[:200], None

    def _close(self) -> None:
        """The end of a segment: a way with its times, or one that has none at all."""
        points, self._segment = self._segment, []
        if any("time" in each for each in points) or len(points) < 2:
            self.readings += map(_reading, points)
            return
        line, refused = polyline(((number(p.get("lat")), number(p.get("lon"))) for p in points), self._track)
        self.paths += [line] if line else []
        self.refused += refused


class _Locals(dict[str, str]):
    """From a tag as it is written to its name in lower case without a prefix."""

    def __missing__(self, tag: str) -> str:
        local = self[tag] = tag.rpartition(":")[2].lower()
        return local


def _reading(point: dict[str, str]) -> Reading:
    get = point.get
    return Reading(
        at=instant(get("time", "")),
        lat=number(get("lat")),
        lon=number(get("lon")),
        accuracy=number(get("accuracy")),
        speed=number(get("speed")),
        heading=number(get("course")),
        dop=number(get("hdop")) or number(get("pdop")),
        has_fix=get("fix", "").strip().lower() not in _NO_FIX,
    )
