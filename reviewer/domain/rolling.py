"""Which cameras rolled when something happened, which did not, and what is missing of what they recorded.

Times are wall time (`domain/alignment`), σ one standard deviation in µs. Nothing is called late, early or uncovered
that the clocks cannot tell from the opposite: what lies within ± (`COVERAGE` σ) is said apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import hypot

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.coverage import Stretch, Stretches, joined, length, parted
from reviewer.domain.timebase import Micros, TimeRange, Utc

JointSigma = Callable[[str, str], Micros | None]
"""σ of the difference of two cameras' clocks, by recording id; None where only their own σ are known."""


class Lean(StrEnum):
    """How an edge of a recording lies to the edge of the incident."""

    LACKS = "lacks"  # began later, or stopped earlier
    COVERS = "covers"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Edge:
    """`by` (µs): how much of the incident is not recorded at this edge, negative where the camera rolled beyond it;
    `sigma` is that of `by`."""

    lean: Lean
    by: Micros
    sigma: Micros


@dataclass(frozen=True, slots=True)
class Incident:
    """The stretch in question. `stated` False: nobody said when it was, so it goes from where record was first pressed
    to where the last camera ends; `first` and `last` are then those two recordings."""

    range: TimeRange
    stated: bool = True
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class CameraRolling:
    """One recording. `rolling` in order, apart from each other; `buffer` what was kept from before the officer pressed
    record; `mute` where it rolled and recorded no sound, the buffer apart; `unheard` where nobody could look yet
    because the file is not on this machine; `stop` the officer's reason; `lacking` files that it should have and that
    nobody brought, each a sentence's part. `assigned` False: only its times are known here."""

    recording: str
    number: int
    officer: str
    rolling: tuple[TimeRange, ...]
    sigma: Micros
    buffer: TimeRange | None = None
    buffer_silent: bool = False
    mute: tuple[TimeRange, ...] = ()
    unheard: tuple[TimeRange, ...] = ()
    stop: str | None = None
    assigned: bool = True
    lacking: tuple[str, ...] = ()

    @property
    def range(self) -> TimeRange:
        return TimeRange(self.rolling[0].start, self.rolling[-1].end)

    @property
    def pressed(self) -> Utc:
        """When the officer pressed record: the start, or where the buffer ends."""
        return self.range.start if self.buffer is None else self.buffer.end

    @property
    def gaps(self) -> tuple[TimeRange, ...]:
        """Where it did not roll between its own start and end."""
        pairs = zip(self.rolling, self.rolling[1:], strict=False)
        return tuple(TimeRange(a.end, b.start) for a, b in pairs)


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who was there, as a person stated with a source ("dispatch log"), and whose footage is not."""

    id: str
    officer: str
    why: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class RollingReport:
    """`nobody` is where surely no camera rolled, `perhaps` where that cannot be decided; both inside the incident."""

    incident: Incident
    cameras: tuple[CameraRolling, ...]
    starts: tuple[Edge, ...]  # as `cameras`
    ends: tuple[Edge, ...]
    nobody: Stretches
    perhaps: Stretches
    expected: tuple[Expected, ...] = ()


def incident_of(cameras: Sequence[CameraRolling], stated: TimeRange | None = None) -> Incident | None:
    """The stretch that a person stated, else all that any camera recorded; None without both."""
    if stated is not None:
        return Incident(stated)
    if not cameras:
        return None
    first = min(cameras, key=lambda c: c.pressed)
    last = max(cameras, key=lambda c: c.range.end)
    return Incident(TimeRange(first.pressed, last.range.end), False, first.recording, last.recording)


def report(
    cameras: Iterable[CameraRolling],
    incident: Incident,
    joint: JointSigma = lambda _one, _other: None,
    expected: Iterable[Expected] = (),
) -> RollingReport:
    """Compare every camera with the incident, and all of them together with it."""
    known = tuple(sorted(cameras, key=lambda c: c.number))
    sigmas = {c.recording: c.sigma for c in known}

    def against(camera: CameraRolling, other: str) -> Micros:
        if incident.stated or not other:
            return camera.sigma
        if other == camera.recording:
            return Micros(0)
        found = joint(camera.recording, other)
        return found if found is not None else Micros(round(hypot(camera.sigma, sigmas.get(other, 0))))

    starts = tuple(_edge(c.pressed - incident.range.start, against(c, incident.first)) for c in known)
    ends = tuple(_edge(incident.range.end - c.range.end, against(c, incident.last)) for c in known)
    nobody, perhaps = _uncovered(known, incident.range)
    return RollingReport(incident, known, starts, ends, nobody, perhaps, tuple(expected))


def _edge(by: int, sigma: Micros) -> Edge:
    if by == 0 and sigma == 0:
        return Edge(Lean.COVERS, Micros(0), sigma)
    within = abs(by) <= COVERAGE * sigma
    lean = Lean.UNDECIDED if within else Lean.LACKS if by > 0 else Lean.COVERS
    return Edge(lean, Micros(by), sigma)


def _uncovered(cameras: Sequence[CameraRolling], incident: TimeRange) -> tuple[Stretches, Stretches]:
    """Where surely nobody rolled, and where that depends on how far clocks are off: a camera that is ± 2 s off may
    have rolled 2 s beyond both ends of what it recorded, or stopped 2 s short of them."""
    whole: Stretches = joined([(incident.start, incident.end)])
    at_most: list[Stretch] = []
    at_least: list[Stretch] = []
    for camera in cameras:
        off = COVERAGE * camera.sigma
        for each in camera.rolling:
            at_most.append((each.start - off, each.end + off))
            if each.duration > 2 * off:
                at_least.append((each.start + off, each.end - off))
    _, not_surely = parted(whole, joined(at_least))
    perhaps, surely_not = parted(not_surely, joined(at_most))
    return surely_not, perhaps


def time_without(found: RollingReport) -> tuple[Micros, Micros]:
    """How long nobody rolled: at least, and at most, in µs."""
    least = length(found.nobody)
    return least, Micros(least + length(found.perhaps))


def rolled_in(camera: CameraRolling, incident: TimeRange) -> Micros:
    """How much of the incident a camera recorded, by its own clock."""
    parts = (each.overlap(incident) for each in camera.rolling)
    return Micros(sum(part.duration for part in parts if part is not None))
