"""How two recordings' clocks stand to each other, by the sound that both heard.

Streams of 8 kHz mono come in, from stream time 0 without holes (silence where nothing was recorded); an offset, a drift
and an honest σ come out, or `Unknown` with the reason. Nothing of it is believed that the sound itself does not carry.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer.alignment.edges import Edges, refine
from reviewer.alignment.onsets import RATE as RATE
from reviewer.alignment.onsets import STEP, correlated, onsets, places
from reviewer.alignment.profile import MOST_DRIFT, Line, line
from reviewer.alignment.waves import Laid, lay
from reviewer.domain.errors import Cancelled
from reviewer.domain.timebase import SECOND, Micros

WAY_PER_METRE = Micros(2_915)
"""µs that sound takes for a metre, at 20 °C (343 m/s)."""
UNKNOWN_WAY = 30
"""Metres between two cameras of one incident where nothing says how far."""

_LEAST = 10  # seconds
_NOTHING = "No sound was found that both recorded."
_REACH = 80 * RATE // 1000  # samples that the coarse offset may be off
# Frozen on the tuning set (tests/bench/align_pairs.TUNING).
_HEIGHT = 9.0  # of the best offset over all others: unrelated recordings reach 6.7, with sounds that repeat 9
_RIVAL = 0.7  # the next best offset's height as a share of it
_CHANCE = -12.0  # log10
_SHARE = 0.3  # of the windows are on the line
# σ in s: a part that none is without, one for blunt rises, the spread of ways to look, the scatter of the windows.
_FLOOR = 0.0003
_BLUNT = 0.03
_SPREAD = 0.1
_SCATTER = 0.25
_DRIFT_INFLATED = 1.0
_DRIFT_FLOOR = 2e-8

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class SoundMatch:
    """`offset`: stream time of the other minus stream time of the one for the same sound, at stream time `at` of the
    one; it grows by `drift_ppb` 10^-9 a second. `sigma` is that of `offset` at `at`, without the way that sound takes
    from one camera to the other (`way_sigma`). `on_line` of `windows` stretches of sound agree."""

    offset: Micros
    drift_ppb: int
    sigma: Micros
    drift_sigma_ppb: int
    at: Micros
    windows: int
    on_line: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """The sound does not say; `why` is a sentence for a person."""

    why: str


def way_sigma(metres: float = UNKNOWN_WAY) -> Micros:
    """What the way between two cameras adds to σ (in quadrature): sound may reach one that much before the other."""
    return Micros(round(metres * WAY_PER_METRE))


def align(
    one: Iterable[Samples],
    other: Iterable[Samples],
    *,
    progress: Callable[[float], Any] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SoundMatch | Unknown:
    """Compare two recordings' sound, each read once in blocks of any length. `progress` hears shares of the work from 0
    to 1. Raises Cancelled, and what reading raises."""
    steps = comparing(one, other)
    while True:
        if cancelled():
            raise Cancelled("Comparing the sound")
        try:
            progress(next(steps))
        except StopIteration as end:
            found: SoundMatch | Unknown = end.value
            return found


def comparing(one: Iterable[Samples], other: Iterable[Samples]) -> Generator[float, None, SoundMatch | Unknown]:
    """The same step by step: gives shares of the work, and returns what was found."""
    evidence = yield from examining(one, other)
    return evidence if isinstance(evidence, Unknown) else judged(evidence)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What was found before it is judged: where sounds set in is `lag` samples later on the other at `pivot` (samples
    of the one). `height` of the best offset over all others in deviations."""

    height: float
    pivot: float
    lag: float
    line: Line
    edges: Edges


def examining(one: Iterable[Samples], other: Iterable[Samples]) -> Generator[float, None, Evidence | Unknown]:
    """Everything but the judgement."""
    first = yield from _read(one, 0.0)
    second = yield from _read(other, 0.1)
    if min(len(first), len(second)) < _LEAST * RATE:
        return Unknown("Less than ten seconds of sound: too little to compare.")
    heard = onsets(first)
    yield 0.4
    heard_too = onsets(second)
    yield 0.6
    found = places(*correlated(heard, heard_too), most=2)
    del heard, heard_too
    if not found:
        return Unknown("There is no sound to compare.")
    yield 0.7
    rival = found[1].height / found[0].height if len(found) > 1 else 0.0
    if found[0].height < _HEIGHT:
        return Unknown(_NOTHING)
    if rival > _RIVAL:
        return Unknown("The sound repeats itself: it fits at several offsets.")
    base = found[0].lag * STEP
    overlap = min(len(first), len(second) - base) - max(0, -base)
    laid = lay(first, second, base, _REACH + round(MOST_DRIFT * overlap / 2))
    yield 0.9
    agreed = line(laid)
    return Unknown(_NOTHING) if agreed is None else _evidence(first, second, laid, agreed, found[0].height)


def _read(blocks: Iterable[Samples], share: float) -> Generator[float, None, Samples]:
    kept = []
    for block in blocks:
        kept.append(block)
        yield share
    return kept[0] if len(kept) == 1 else np.concatenate([np.zeros(0, np.int16), *kept])


def _evidence(one: Samples, other: Samples, laid: Laid, agreed: Line, height: float) -> Evidence:
    middle = float(laid.at[agreed.agree].mean())
    at = laid.at[agreed.agree]
    shift = round(agreed.rough.lag)
    starts = (at - laid.long / 2).astype(np.int64)
    inside = (starts + laid.base + shift >= 0) & (starts + laid.base + shift + laid.long <= len(other))
    turns = agreed.drift * (at - agreed.rough.pivot)
    found = refine(one, other, starts[inside], laid.long, laid.base + shift, turns[inside])
    lag = laid.base + shift + found.lag + agreed.drift * (middle - agreed.rough.pivot)
    return Evidence(height, middle, lag, agreed, found)


def judged(found: Evidence) -> SoundMatch | Unknown:
    """Whether it is believed."""
    agree, windows = int(found.line.agree.sum()), len(found.line.agree)
    if found.line.chance > _CHANCE or agree < _SHARE * windows:
        return Unknown(_NOTHING)
    edges = found.edges
    parts = (_FLOOR + _BLUNT / edges.height, _SPREAD * edges.spread / RATE, _SCATTER * edges.scatter / RATE)
    drift = float(np.hypot(_DRIFT_INFLATED * found.line.drift_sigma, _DRIFT_FLOOR))
    return SoundMatch(
        offset=Micros(round(found.lag / RATE * SECOND)),
        drift_ppb=round(found.line.drift * 1e9),
        sigma=Micros(round(float(np.linalg.norm(parts)) * SECOND)),
        drift_sigma_ppb=max(1, round(drift * 1e9)),
        at=Micros(round(found.pivot / RATE * SECOND)),
        windows=windows,
        on_line=agree,
    )
