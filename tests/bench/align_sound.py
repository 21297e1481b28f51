"""Alignment by sound on made pairs, and on pairs of different scenes."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer.alignment.sound import SoundMatch, Unknown, align, way_sigma
from reviewer.domain.alignment import COVERAGE
from reviewer.domain.timebase import SECOND
from tests.bench.align_pairs import Pair, made
from tests.bench.align_scene import RATE

_NEAR = 0.02  # s
_HELD = 4  # recordings that later ones are compared with, all of other scenes
_LONGEST_HELD = 6 * 60 * RATE
_PLACED = 3.0  # m: σ of the distance between two cameras by GPS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found of a pair: how far off the sound that both heard (`wrong`), with its σ and its `limit`; off the
    clocks (`off`), and σ of that (`total`); how far the `drift` is off in 10^-9. Without a match the first are None."""

    pair: Pair
    match: SoundMatch | Unknown
    wrong: float | None = None
    sigma: float = 0.0
    limit: float = 0.0
    off: float | None = None
    total: float = 0.0
    drift: float = 0.0


def outcome(pair: Pair) -> Outcome:
    found = align([pair.sound[0]], [pair.sound[1]])
    if isinstance(found, Unknown):
        return Outcome(pair, found)
    at, offset = found.at / SECOND, found.offset / SECOND
    metres = abs(pair.apart + float(np.random.default_rng(pair.seed).normal(0, _PLACED)))
    way = way_sigma(math.hypot(metres, _PLACED)) / SECOND
    sigma, limit = found.sigma / SECOND, found.limit / SECOND
    total = math.hypot(limit / COVERAGE, way)
    drift = found.drift_ppb - pair.drift * 1e9
    return Outcome(pair, found, pair.misheard(at, offset), sigma, limit, pair.wrong(at, offset), total, drift)


def run(first: int, count: int, unrelated: int) -> dict[str, Any]:
    """Pairs of these seeds, and at least so many pairs of different scenes if there are enough."""
    outcomes: list[Outcome] = []
    alarms, compared = 0, 0
    held: list[NDArray[np.int16]] = []
    began = time.monotonic()
    for seed in range(first, first + count):
        pair = made(seed)
        outcomes.append(outcome(pair))
        one, other = pair.sound
        for before in held:
            if compared < unrelated:
                compared += 1
                alarms += isinstance(align([one], [before]), SoundMatch)
        if max(len(one), len(other)) < _LONGEST_HELD:
            held = [*held, other][-_HELD:]
    found = summary(outcomes) | {"false_accepts": alarms, "unrelated_pairs": compared}
    return found | {"sound_run_s": round(time.monotonic() - began), "sound_refused": [*_refused(outcomes)]}


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """The figures of these pairs. One is within if it is off by no more than 20 ms or 3 of its σ, both as the sound's
    own offset and, with the way of the sound in σ, as the clocks'."""
    taken = [each for each in outcomes if each.wrong is not None and each.off is not None]
    heard = [abs(each.wrong or 0.0) for each in taken]
    inside = [abs(each.wrong or 0.0) <= max(_NEAR, 3 * each.sigma) for each in taken]
    clocks = [abs(each.off or 0.0) <= max(_NEAR, 3 * each.total) for each in taken]
    loud = [each for each in outcomes if each.pair.snr >= 0]
    ones = [wrong <= each.sigma for wrong, each in zip(heard, taken, strict=True)]
    drifts = [abs(each.drift) <= _drift_sigma(each) for each in taken]
    share = float(np.mean(ones))
    return {
        "sound_pairs": len(outcomes),
        "sound_within": float(np.mean([a and b for a, b in zip(inside, clocks, strict=True)])),
        "sound_accepted": float(np.mean([each.wrong is not None for each in loud])),
        "sound_accepted_below_0_db": _share([each.wrong is not None for each in outcomes if each.pair.snr < 0]),
        "sound_within_1sigma": share,
        "sound_1sigma_off": abs(share - 0.68),
        "sound_within_limit": float(np.mean([w <= each.limit for w, each in zip(heard, taken, strict=True)])),
        "sound_within_3sigma": float(np.mean([w <= 3 * each.sigma for w, each in zip(heard, taken, strict=True)])),
        "sound_ms": [round(1000 * float(q), 2) for q in np.percentile(heard, [50, 95, 100])],
        "sound_within_1.5_limits": float(np.mean([w <= 1.5 * e.limit for w, e in zip(heard, taken, strict=True)])),
        "sound_sigma_ms": [round(1000 * float(q), 2) for q in np.percentile([e.sigma for e in taken], [5, 50, 95])],
        "sound_limit_ms": [round(1000 * float(q), 2) for q in np.percentile([e.limit for e in taken], [5, 50, 95])],
        "clock_within_1sigma": float(np.mean([abs(e.off or 0.0) <= e.total for e in taken])),
        "clock_ms": [round(1000 * float(q), 1) for q in np.percentile([abs(e.off or 0.0) for e in taken], [50, 95])],
        "drift_within_1sigma": float(np.mean(drifts)),
        "drift_ppb": [round(float(q), 1) for q in np.percentile([abs(e.drift) for e in taken], [50, 95, 100])],
    }


def _share(of: list[bool]) -> float | None:
    return float(np.mean(of)) if of else None


def _drift_sigma(each: Outcome) -> float:
    return each.match.drift_sigma_ppb if isinstance(each.match, SoundMatch) else 0.0


def _refused(outcomes: list[Outcome]) -> Iterator[str]:
    for each in outcomes:
        if isinstance(each.match, Unknown):
            pair = each.pair
            yield f"{pair.seed}: {pair.snr:.0f} dB, {pair.overlap:.0f} s, {pair.about}; {each.match.why}"
