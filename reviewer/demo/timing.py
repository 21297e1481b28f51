"""When each camera's parts run and when each of their frames is due: exact ticks of the stream's time base."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer.demo.camera import CameraSpec
from reviewer.demo.scene import Schedule
from reviewer.domain.timebase import SECOND, Micros, Utc, pts_to_micros

_LONGEST_BUFFER = 30
_LONGEST_TRACK_GAP = 15 * SECOND
_LONGEST_GAP = 4 * SECOND
# How long a handset exposes as the light changes, in ticks of 1/90000 s: 30, 24 and 20 frames a second.
_EXPOSURES = (3_000, 3_750, 4_500)


@dataclass(frozen=True, slots=True)
class PartPlan:
    """One file: `start` is the true UTC of its stream time 0, `length` how long it runs, `pts` its frames' ticks."""

    file: str
    start: Utc
    length: Micros
    pts: tuple[int, ...]


def buffer_of(spec: CameraSpec, schedule: Schedule) -> Micros:
    """The silent stretch before the officer pressed record: 30 s, or a third of a short event; whole seconds."""
    seconds = max(1, min(_LONGEST_BUFFER, schedule.length // (3 * SECOND)))
    return Micros(seconds * SECOND) if spec.buffer else Micros(0)


def stretch(schedule: Schedule, shares: tuple[float, float], longest: int) -> tuple[Utc, Utc]:
    """A stretch of the event given in shares of it, no longer than `longest` µs, from its first instant."""
    start, end = schedule.instant(shares[0]), schedule.instant(shares[1])
    return start, Utc(min(end, start + longest))


def track_gap_of(spec: CameraSpec, schedule: Schedule) -> tuple[Utc, Utc] | None:
    """When the GPS was out."""
    return stretch(schedule, spec.track_gap, _LONGEST_TRACK_GAP) if spec.track_gap else None


def plan_parts(spec: CameraSpec, schedule: Schedule, seed: int) -> list[PartPlan]:
    """The camera's files in order. Starts fall between whole seconds, as a thumb does."""
    rng = np.random.default_rng([seed, 17, spec.number])
    begin, end = Utc(schedule.instant(spec.span[0]) + int(rng.integers(1_000, 90_000))), schedule.instant(spec.span[1])
    stretches = [(begin, end)]
    if spec.gap:
        off, on = stretch(schedule, spec.gap, _LONGEST_GAP)
        stretches = [(begin, off), (Utc(on + int(rng.integers(1_000, 40_000))), end)]
    stem = f"{spec.model}_{spec.badge}"
    plans = []
    for i, (start, stop) in enumerate(stretches):
        length = Micros(stop - start)
        pts = _ticks(spec, length, rng)
        plans.append(PartPlan(f"{stem}_{i + 1:03d}.mp4", start, length, pts))
    return plans


def frame_times(plan: PartPlan, spec: CameraSpec) -> list[Utc]:
    """The true UTC of each frame of a part."""
    return [Utc(plan.start + pts_to_micros(pts, spec.time_base)) for pts in plan.pts]


def _ticks(spec: CameraSpec, length: Micros, rng: np.random.Generator) -> tuple[int, ...]:
    total = int(length * spec.time_base.denominator // (spec.time_base.numerator * SECOND))
    if spec.rate is not None:
        step = 1 / (spec.rate * spec.time_base)
        if step.denominator != 1:
            raise ValueError(f"a frame of {spec.name} is not a whole number of ticks")
        return tuple(range(0, total, step.numerator))
    return tuple(_variable_ticks(total, rng))


def _variable_ticks(total: int, rng: np.random.Generator) -> list[int]:
    """Exposure changes every few seconds, each frame a little early or late, now and then one is dropped."""
    ticks, now, left, exposure = [0], 0, 0, _EXPOSURES[0]
    while True:
        if left == 0:
            left, exposure = int(rng.integers(20, 90)), _EXPOSURES[int(rng.integers(len(_EXPOSURES)))]
        dropped = 2 if rng.random() < 0.012 else 1
        now += exposure * dropped + int(rng.integers(-120, 121))
        left -= 1
        if now >= total:
            return ticks
        ticks.append(now)
