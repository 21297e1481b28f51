"""Alignment by sound of an incident with many cameras, all solved together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer.alignment.solve import solve
from reviewer.alignment.sound import SoundMatch, align, way_sigma
from reviewer.domain.alignment import COVERAGE, Alignment, Reading, SourceKind
from reviewer.domain.timebase import SECOND, Micros, Utc
from tests.bench.align_pairs import incident

_SEEDS = 9_000_000
_APART = 10  # metres, as σ

Recordings = list[tuple[NDArray[np.int16], float, float]]


def run(cameras: int, minutes: float, incidents: int) -> dict[str, Any]:
    """Incidents with so many cameras: how far round trips A→B→C→A are off 0, and how far each camera's solved clock is
    off the truth against the first one's."""
    errors: list[float] = []
    off: list[float] = []
    for seed in range(_SEEDS, _SEEDS + incidents):
        recordings = incident(seed, cameras, minutes, snr=8)
        names = [f"{k:02}" for k in range(cameras)]
        readings = [*_readings(recordings, names)]
        pivot = {name: Utc(round(minutes * 24 * SECOND)) for name in names}
        solved = solve(readings, names, pivot)
        errors += [abs(each.error) / 1000 for each in solved.misclosures]
        off += [*_off(solved, recordings, names)]
    return {"misclosure_ms": round(median(errors), 2), "nine_off_ms": round(median(off), 1), "round_trips": len(errors)}


def _readings(recordings: Recordings, names: list[str]) -> Iterator[Reading]:
    for i, (one, *_) in enumerate(recordings):
        for j, (other, *_) in enumerate(recordings[:i]):
            found = align([one], [other])
            if isinstance(found, SoundMatch):
                yield Reading(
                    SourceKind.SOUND,
                    names[i],
                    names[j],
                    Utc(found.at),
                    found.offset,
                    Micros(round(math.hypot(found.limit / COVERAGE, way_sigma(_APART)))),
                    found.drift_ppb,
                    found.drift_sigma_ppb,
                )


def _off(solved: Alignment, recordings: Recordings, names: list[str]) -> Iterator[float]:
    """ms; the clock of camera k says (t − begun)·(1 + drift) at scene time t."""
    at = max(begun for _, begun, _ in recordings) + 10
    walls = []
    for name, (_, begun, drift) in zip(names, recordings, strict=True):
        correction = solved.of(name)
        stated = Utc(round((at - begun) * (1 + drift) * SECOND))
        walls.append(correction.to_wall(stated) if correction else None)
    for wall in walls[1:]:
        if wall is not None and walls[0] is not None:
            yield abs(wall - walls[0]) / 1000
