"""Questions to the map of one case: who was near a place, near whom, where and how long they stopped, who was nearest,
and who was there while no camera rolled. Answers are in wall time, with their ± and with what is not known.

Takes what the map shows: each camera's track and rolling times as the wall has them. Nothing here is a claim about a
person: where the camera was, as far as its receiver says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.errors import ReviewerError
from reviewer.domain.place import UNIT, Area, Box, Circle, metres
from reviewer.domain.presence import UNSTATED, Distance, Presence, Stop, both, total, without
from reviewer.domain.timebase import Micros, TimeRange, Utc, merge
from reviewer.domain.track import Track
from reviewer.services.case_tracks import CaseTracks
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.track_export import camera_of, placed_by
from reviewer.tracks.near import Columns, Near, closest, columns
from reviewer.tracks.stops import RADIUS as RADIUS
from reviewer.tracks.stops import SHORTEST as SHORTEST
from reviewer.tracks.stops import stops
from reviewer.tracks.together import both_known, together

_NONE = Micros(0)


@dataclass(frozen=True, slots=True)
class Placed:
    """One camera of a case, or a track that somebody added: `key` its recording or the track's own id, `number` its
    colour on the map, `officer` who carried it. Track and rolling times are wall time; `sigma` is the σ (µs) of its
    clock, which its rolling times carry. `track` None: none is here."""

    key: str
    number: int
    officer: str
    track: Track | None
    rolling: tuple[TimeRange, ...] = ()
    sigma: Micros = _NONE


@dataclass(frozen=True, slots=True)
class Here:
    """One camera and a place: when it was perhaps or surely within the distance, and when its position is not known."""

    who: Placed
    presences: tuple[Presence, ...]
    unknown: tuple[TimeRange, ...]

    @property
    def sure(self) -> Micros:
        return Micros(sum(p.sure for p in self.presences))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cameras near each other, and when the position of one of them at least is not known."""

    one: Placed
    other: Placed
    presences: tuple[Presence, ...]
    unknown: tuple[TimeRange, ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """A camera and how far it was from a point. `age` (µs) 0: its position was known then; else the distance is that of
    its last known one, so much older. `distance` None: no fix up to then. `undecided`: the ± allow that it was nearer
    than the one that stands first."""

    who: Placed
    distance: Distance | None
    age: Micros
    rolled: bool
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    who: Placed
    stops: tuple[Stop, ...]
    unknown: tuple[TimeRange, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody near a place while none of their own cameras of this case rolled: `stretch` when that may be so,
    `surely` where position and clocks leave no doubt; in `nobody` no camera of the case rolled at all."""

    who: Placed
    stretch: TimeRange
    surely: tuple[TimeRange, ...]
    nobody: tuple[TimeRange, ...]


class Places:
    """The index over a case's tracks. Making it and asking take up to a second: not on the GUI's thread."""

    def __init__(self, placed: Iterable[Placed]) -> None:
        self.placed = tuple(placed)
        self.period = _period(self.placed)
        self._columns: Sequence[Columns] = [columns(p.track or Track((), "none")) for p in self.placed]
        self._index = Near(self._columns)

    @property
    def untracked(self) -> tuple[Placed, ...]:
        """Cameras of which no position is known at all."""
        return tuple(p for p, c in zip(self.placed, self._columns, strict=True) if not len(c.times))

    def within(self, area: Area, metres: float = 0.0) -> tuple[Here, ...]:
        """Every camera of the case and the place, widened by so many metres: those that were there longest first."""
        found = {each.track: each.presences for each in self._index.within(area, metres)}
        answers = []
        for n, who in enumerate(self.placed):
            near = tuple(replace(p, closest=closest(self._columns[n], area, p.range)) for p in found.get(n, ()))
            answers.append(Here(who, near, self._unknown(self._columns[n].known())))
        return tuple(sorted(answers, key=_longest))

    def absent(self, area: Area, metres: float = 0.0) -> tuple[Absent, ...]:
        """Who was there while their camera did not roll, in order of time. A moment shorter than the ± of the clocks
        is nothing that can be told."""
        anybody = merge(r for p in self.placed for r in p.rolling)
        found = []
        for here in self.within(area, metres):
            own = [p for p in self.placed if p.officer == here.who.officer]
            rolled, doubt = merge(r for p in own for r in p.rolling), COVERAGE * max(p.sigma for p in own)
            for presence in here.presences:
                for gap in without((presence.range,), rolled):
                    if gap.duration > doubt:
                        sure = without(both(presence.surely, (gap,)), _wider(rolled, doubt))
                        found.append(Absent(here.who, gap, sure, without((gap,), anybody)))
        return tuple(sorted(found, key=lambda a: (a.stretch, a.who.number)))

    def together(self, metres: float) -> tuple[Pair, ...]:
        """Every two cameras of different officers that came that near, those for longest first."""
        found = []
        for a, b in combinations(range(len(self.placed)), 2):
            if self.placed[a].officer == self.placed[b].officer:
                continue
            met = together(self._columns[a], self._columns[b], metres)
            if met:
                unknown = self._unknown(both_known(self._columns[a], self._columns[b]))
                found.append(Pair(self.placed[a], self.placed[b], met, unknown))
        return tuple(sorted(found, key=lambda p: -total(m.range for m in p.presences)))

    def stops(self, shortest: Micros = SHORTEST) -> tuple[Stopped, ...]:
        """Where each camera with a track stayed, and how long, if that was at least `shortest`."""
        return tuple(
            Stopped(who, stops(track, shortest=shortest), self._unknown(track.known()))
            for who, track in zip(self.placed, self._columns, strict=True)
            if len(track.times)
        )

    def nearest(self, area: Area, at: Utc) -> tuple[Nearest, ...]:
        """All cameras by their distance from an area's middle at an instant: known ones first, then those whose last
        fix is old, then those without any."""
        lat, lon = middle(area)
        found = sorted((_nearest(who, lat, lon, at) for who in self.placed), key=_order)
        known = [n for n in found if n.distance is not None and not n.age]
        reach = min((n.distance.metres + n.distance.margin for n in known if n.distance), default=0.0)
        return tuple(
            replace(n, undecided=True)
            if n in known[1:] and n.distance is not None and n.distance.metres - n.distance.margin <= reach
            else n
            for n in found
        )

    def _unknown(self, known: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
        return without((self.period,), merge(known)) if self.period is not None else ()


def _period(placed: Sequence[Placed]) -> TimeRange | None:
    """From the first camera's first second to the last one's last; without cameras, what the tracks cover."""
    ranges = [r for p in placed for r in p.rolling]
    tracks = [p.track for p in placed if p.track is not None and p.track.fixes]
    ranges = ranges or [TimeRange(t.fixes[0].at, t.fixes[-1].at) for t in tracks]
    return TimeRange(min(r.start for r in ranges), max(r.end for r in ranges)) if ranges else None


def _longest(here: Here) -> tuple[bool, int, int, int]:
    perhaps = sum(p.range.duration for p in here.presences)
    return not here.presences, -here.sure, -perhaps, here.who.number


def _wider(ranges: Iterable[TimeRange], by: int) -> tuple[TimeRange, ...]:
    return merge(TimeRange(Utc(r.start - by), Utc(r.end + by)) for r in ranges)


def _nearest(who: Placed, lat: float, lon: float, at: Utc) -> Nearest:
    rolled = any(at in r for r in who.rolling)
    position = who.track.position(at) if who.track is not None else None
    if position is None:
        return Nearest(who, None, _NONE, rolled)
    stated = position.accuracy is not None
    away = metres(*(round(each * UNIT) for each in (lat, lon, position.lat, position.lon)))
    margin = COVERAGE * (position.accuracy if position.accuracy is not None else UNSTATED)
    return Nearest(who, Distance(at, away, margin, stated), position.age, rolled)


def _order(near: Nearest) -> tuple[bool, bool, float, int]:
    far = near.distance.metres if near.distance is not None else 0.0
    return near.distance is None, near.age > 0, far, near.who.number


def middle(area: Area) -> tuple[float, float]:
    """Latitude and longitude of an area's middle, in degrees."""
    if isinstance(area, Circle):
        return area.lat / UNIT, area.lon / UNIT
    box = area if isinstance(area, Box) else area.box
    return (box.south + box.north) / 2 / UNIT, (box.west + box.east) / 2 / UNIT


def circle(lat: float, lon: float, radius: int) -> Circle:
    """A circle of degrees and metres. Raises ValueError for what is no place on earth."""
    found = Circle(round(lat * UNIT), round(lon * UNIT), radius)
    if radius < 0 or not found.box:
        raise ValueError("a radius is not negative")
    return found


def placed(cameras: Iterable[CaseCamera], tracks: Iterable[tuple[int, str, Track]]) -> tuple[Placed, ...]:
    """Cameras and tracks as the map has them (number, name, track). The first track of a camera's number is its own;
    whatever else has the number was carried by the same officer; other tracks are of people without a camera."""
    left, found, officers = list(tracks), [], {}
    for camera in cameras:
        if camera.is_still:
            continue
        own = next((t for t in left if t[0] == camera.number), None)
        if own is not None:
            left.remove(own)
        manifest = camera.aligned
        officers[camera.number] = camera.key, manifest.officer
        track, sigma = own[2] if own is not None else None, manifest.clock.uncertainty
        found.append(Placed(camera.key, camera.number, manifest.officer, track, manifest.rolling, sigma))
    for number, name, track in left:
        key, officer = officers.get(number, (f"track {number}", name))
        found.append(Placed(key, number, officer, track))
    return tuple(found)


def placed_of(footage: Footage, added: CaseTracks) -> tuple[tuple[Placed, ...], tuple[ReviewerError, ...]]:
    """The same from what lies on this machine, and why a track could not be read. Reads files."""
    cameras, tracks, problems = footage.cameras(), [], []
    for camera in cameras:
        track, problem = (None, None) if camera.is_still else footage.track(camera)
        if problem is not None:
            problems.append(ReviewerError(f"{camera.manifest.officer}: {problem.message}", problem.next_step))
        if track is not None:
            tracks.append((camera.number, camera.manifest.officer, track))
    number = max((c.number for c in cameras), default=0)
    for each in added.tracks():
        whose = camera_of(each, cameras)
        if whose is not None and whose.shut:
            continue
        number += whose is None
        try:
            tracks.append((number if whose is None else whose.number, each.whose, added.read(each, placed_by(whose))))
        except ReviewerError as wrong:
            problems.append(wrong)
    return placed(cameras, tracks), tuple(problems)
