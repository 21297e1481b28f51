"""Clocks of one incident against each other and against UTC: what sources say, what was solved, what was accepted.

Three clocks, never mixed. *Stream* time is a file's own. *Stated* time is UTC by the signed manifest: logs, records and
bookmarks keep to stream or stated time, so they stay on the footage whatever is found out later. *Wall* time is UTC by
the alignment that a person accepted: it is what the deck plays and the timeline shows. Without one, wall is stated.

All σ here are one standard deviation. What a person reads as "±" is `COVERAGE` of them (JCGM 100:2008, 6.3.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import hypot

from reviewer.domain.recording import Clock, ClockSource, Manifest
from reviewer.domain.timebase import Micros, TimeRange, Utc

COVERAGE = 2
"""Standard deviations in a shown "±": true about 95 times in 100."""
MOST_DRIFT_PPB = 100_000_000
"""A tenth: film played at the wrong rate is 4 % off, a quartz 0.01 %. What claims more is no clock."""
_BILLION = 1_000_000_000
_SURER = 0.9  # of the surest own reading's σ: below it, others have made this camera surer


class SourceKind(StrEnum):
    """What a reading of a clock rests on."""

    MANIFEST = "manifest"  # the signed manifest's own word
    CONTAINER = "container"  # the file's creation time: a hint
    FILE = "file"  # the file's modification time: a poor hint
    GPS = "gps"  # GPS time against stream time
    DEVICE = "device"  # a person knows how far this camera's clock is off
    SOUND = "sound"  # the same sound in two cameras
    CUE = "cue"  # a person marked the same event in two cameras


@dataclass(frozen=True, slots=True)
class Reading:
    """One source's word. `offset` (µs) is what, added to `recording`'s stated time `at`, gives the same event's time on
    `other`'s stated clock (`other` None: gives UTC). `sigma` in µs, all that is known included (sound: the way between
    the cameras too). `drift_ppb`: how much `offset` grows by, a second of stated time, in 10^-9; None if not measured.
    """

    kind: SourceKind
    recording: str
    other: str | None
    at: Utc
    offset: Micros
    sigma: Micros
    drift_ppb: int | None = None
    drift_sigma_ppb: int | None = None
    why: str = ""  # one sentence for a person: "Same sound in 22 of 24 windows"


@dataclass(frozen=True, slots=True)
class Correction:
    """What is added to one recording's stated time: wall = stated + offset + (stated − pivot)·drift. `sigma` (µs) is
    the σ against UTC at `pivot`, `drift_sigma_ppb` that of the drift. A drift beyond `MOST_DRIFT_PPB`, which
    only an entry of somebody else's can claim, counts as that much: near −1 no wall time would lead back."""

    recording: str
    offset: Micros
    sigma: Micros
    pivot: Utc
    drift_ppb: int = 0
    drift_sigma_ppb: int = 0

    @property
    def drift(self) -> int:
        """`drift_ppb` as it counts."""
        return max(-MOST_DRIFT_PPB, min(MOST_DRIFT_PPB, self.drift_ppb))

    def to_wall(self, stated: Utc) -> Utc:
        """Wall time of a stated time; integer, rounded down."""
        return Utc(stated + self.offset + (stated - self.pivot) * self.drift // _BILLION)

    def to_stated(self, wall: Utc) -> Utc:
        """The stated time of a wall time: inverse of `to_wall` within one microsecond."""
        moved = wall - self.offset - self.pivot
        return Utc(self.pivot + moved * _BILLION // (_BILLION + self.drift))

    def range_to_wall(self, stated: TimeRange) -> TimeRange:
        return TimeRange(self.to_wall(stated.start), self.to_wall(stated.end))

    def range_to_stated(self, wall: TimeRange) -> TimeRange:
        return TimeRange(self.to_stated(wall.start), self.to_stated(wall.end))

    def sigma_at(self, stated: Utc) -> Micros:
        """σ against UTC at a stated time."""
        return Micros(round(hypot(self.sigma, (stated - self.pivot) * self.drift_sigma_ppb / _BILLION)))


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading and what the solution makes of it: `residual` (µs) is its offset minus the solved one; `used` False
    where it disagrees with the others so much that it was left out. `weighed` is the σ it counted with
    where that is more than it claims. `why` says either in a sentence; "" where it agrees."""

    reading: Reading
    residual: Micros
    used: bool = True
    weighed: Micros | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Misclosure:
    """Round trip A→B→C→A over pairwise readings: 0 if they agree; µs."""

    recordings: tuple[str, str, str]
    error: Micros


@dataclass(frozen=True, slots=True)
class Between:
    """σ (µs) of the difference of two cameras' wall times: `sigma` at wall time `at`, where it is smallest, and more
    the farther from there: one event marked in both says little of the next hour."""

    sigma: Micros
    at: Utc
    drift_sigma_ppb: int = 0

    def sigma_at(self, wall: Utc) -> Micros:
        return Micros(round(hypot(self.sigma, (wall - self.at) * self.drift_sigma_ppb / _BILLION)))


@dataclass(frozen=True, slots=True)
class Alignment:
    """All cameras of an incident, solved together. `between` has σ of the difference of two cameras' clocks, by the
    two ids in order of the alphabet: two cameras aligned with each other by sound know their order to milliseconds
    though both may be a second off UTC. Missing: nothing joins the two but UTC (their σ are then independent)."""

    corrections: tuple[Correction, ...]
    between: Mapping[tuple[str, str], Between] = field(default_factory=dict)
    judged: tuple[Judged, ...] = ()
    misclosures: tuple[Misclosure, ...] = ()

    def of(self, recording: str) -> Correction | None:
        return next((c for c in self.corrections if c.recording == recording), None)

    def source(self, recording: str) -> SourceKind | None:
        """What this camera's wall time rests on most: its surest own reading, or, where it is surer than that, the
        surest one that joins it to another camera. None if nothing was read of it."""
        used = [j.reading for j in self.judged if j.used and recording in (j.reading.recording, j.reading.other)]
        alone = min((r for r in used if r.other is None), key=lambda r: r.sigma, default=None)
        joined = min((r for r in used if r.other is not None), key=lambda r: r.sigma, default=None)
        correction = self.of(recording)
        if alone is None or correction is None or joined is None:
            best = alone or joined
            return best.kind if best is not None else None
        return joined.kind if correction.sigma < _SURER * alone.sigma else alone.kind

    def joint_sigma(self, one: str, other: str, at: Utc | None = None) -> Micros | None:
        """σ of the difference of two cameras' wall times at a wall time (None: where it is smallest); 0 for one camera
        with itself; None if one is not in it."""
        if one == other:
            return Micros(0)
        known = self.between.get((one, other) if one < other else (other, one))
        if known is not None:
            return known.sigma if at is None else known.sigma_at(at)
        a, b = self.of(one), self.of(other)
        if a is None or b is None:
            return None
        if at is None:
            return Micros(round(hypot(a.sigma, b.sigma)))
        return Micros(round(hypot(a.sigma_at(a.to_stated(at)), b.sigma_at(b.to_stated(at)))))


def aligned(manifest: Manifest, correction: Correction, source: SourceKind | None = None) -> Manifest:
    """The manifest as the wall shows it: its parts moved to wall time and as long as they are there, its clock with the
    drift, the largest σ that it has while the camera rolls, and `source` for what it rests on (None: as signed)."""
    parts = []
    for part in manifest.parts:
        wall = correction.range_to_wall(part.range)
        parts.append(replace(part, started_at=wall.start, duration=wall.duration))
    ends = manifest.range
    clock = Clock(
        ClockSource(source.value) if source is not None else manifest.clock.source,
        max(correction.sigma_at(ends.start), correction.sigma_at(ends.end)),
        Micros(manifest.clock.correction + correction.to_wall(ends.start) - ends.start),
        correction.drift or None,
    )
    return replace(manifest, parts=tuple(parts), clock=clock)


def correction_of(manifest: Manifest, alignment: Alignment | None) -> Correction | None:
    """What moves this recording to wall time; a still is moved as the recording it was taken beside. None: nothing, its
    wall time is its stated time."""
    if alignment is None:
        return None
    own = alignment.of(manifest.recording_id)
    if own is not None or manifest.still_of is None:
        return own
    beside = alignment.of(manifest.still_of)
    return None if beside is None else replace(beside, recording=manifest.recording_id)


def on_wall(manifest: Manifest, alignment: Alignment | None) -> Manifest:
    """The manifest in wall time, by the alignment that stands."""
    correction = correction_of(manifest, alignment)
    if alignment is None or correction is None:
        return manifest
    source = alignment.source(manifest.recording_id) or alignment.source(manifest.still_of or "")
    return aligned(manifest, correction, source)
