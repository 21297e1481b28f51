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

from reviewer.alignment.belief import Belief, believed, power
from reviewer.alignment.edges import REACH, rises
from reviewer.alignment.onsets import RATE as RATE
from reviewer.alignment.onsets import STEP, correlated, onsets, places
from reviewer.alignment.profile import FEWEST, MOST_DRIFT, Line, line
from reviewer.alignment.waves import Laid, lay
from reviewer.domain.errors import Cancelled
from reviewer.domain.timebase import SECOND, Micros

WAY_PER_METRE = Micros(2_915)
"""µs that sound takes for a metre, at 20 °C (343 m/s)."""
UNKNOWN_WAY = 30
"""Metres between two cameras of one incident where nothing says how far."""
WALKED = 2.0
"""Metres, as σ: by how much two cameras' ways to a sound come to differ while it is recorded."""

_LEAST = 10  # seconds
_NOTHING = "No sound was found that both recorded."
_REACH = 80 * RATE // 1000  # samples that the coarse offset may be off
# Frozen on the tuning set (tests/bench/align_pairs.TUNING).
_HEIGHT = 9.0  # of the best offset over all others: unrelated recordings reach 6.7, with sounds that repeat 9
_RIVAL = 0.7  # the next best offset's height as a share of it
_CERTAIN = 15.0  # a height at which it is the same incident, whatever the echoes say
_CHANCE = -12.0  # log10
_SHARE = 0.3  # of the windows are on the line
# In s, what σ and the limit are never below: half a sample, and how early a reflection may come; and of the doubt.
_FLOOR, _LIMIT_FLOOR = 0.00005, 0.0006
_DOUBT, _LIMIT_DOUBT = 0.55, 2.0
_DRIFT_FLOOR = 2e-8
_STRETCHES = 8
_MOVED = 8.0  # samples: a third of a metre

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class SoundMatch:
    """`offset`: stream time of the other minus stream time of the one for the same sound, at stream time `at` of the
    one; it grows by `drift_ppb` 10^-9 a second. `sigma` is that of `offset` at `at`: two of three are off by less; 19
    of 20 are off by less than `limit`, which is more than 2 σ because a reflection may have been taken for the direct
    sound. Both are without the way that sound takes from one camera to the other (`way_sigma`), `drift_sigma_ppb`
    without how far their wearers walked meanwhile (`way_drift_sigma`), in the `span` over which they were compared.
    `on_line` of `windows` stretches of sound agree."""

    offset: Micros
    drift_ppb: int
    sigma: Micros
    limit: Micros
    drift_sigma_ppb: int
    at: Micros
    windows: int
    on_line: int
    span: Micros


@dataclass(frozen=True, slots=True)
class Unknown:
    """The sound does not say; `why` is a sentence for a person."""

    why: str


def way_sigma(metres: float = UNKNOWN_WAY) -> Micros:
    """What the way between two cameras adds to σ (in quadrature): sound may reach one that much before the other."""
    return Micros(round(metres * WAY_PER_METRE))


def way_drift_sigma(span: Micros, metres: float = WALKED) -> int:
    """What a way that grew or shrank by so many metres over this time adds to σ of the drift, in 10^-9: who walks away
    from a sound hears it later and later, as if a clock ran slow."""
    return round(metres * WAY_PER_METRE / max(span, SECOND) * 1e9)


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
    of the one), and `drift` (a ratio) more for each later; with σ of the drift, and how wide the belief in the lag is
    (`doubt`, samples). `agree` of the `windows`, over `span` samples."""

    pivot: float
    lag: float
    drift: float
    drift_sigma: float
    doubt: float
    windows: int
    agree: int
    span: float


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
    if agreed is not None and agreed.chance <= _CHANCE and agreed.agree.mean() >= _SHARE:
        evidence = _evidence(first, second, laid, agreed)
    else:
        evidence = _walking(first, second, laid) if found[0].height >= _CERTAIN else None
    return evidence or Unknown(_NOTHING)


def _read(blocks: Iterable[Samples], share: float) -> Generator[float, None, Samples]:
    kept = []
    for block in blocks:
        kept.append(block)
        yield share
    return kept[0] if len(kept) == 1 else np.concatenate([np.zeros(0, np.int16), *kept])


def _evidence(one: Samples, other: Samples, laid: Laid, agreed: Line) -> Evidence | None:
    """Of windows that agree on a line: their rises and their bundle, weighed together."""
    at, shift = laid.at[agreed.agree], round(agreed.rough.lag)
    risen = _rises(one, other, laid, at, shift, agreed.drift * (at - agreed.rough.pivot))
    if risen is None:
        return None
    bundle = agreed.rows.whole_bundle(agreed.drift, agreed.agree)
    centre = len(bundle) // 2 + shift - agreed.rows.centre
    found = believed(risen, power(bundle)[centre - REACH : centre + REACH + 1])
    middle = float(at.mean())
    lag = laid.base + shift + found.lag + agreed.drift * (middle - agreed.rough.pivot)
    agree, span = len(at), float(np.ptp(at))
    return Evidence(middle, lag, agreed.drift, agreed.drift_sigma, found.doubt, len(laid.at), agree, span)


def _rises(
    one: Samples, other: Samples, laid: Laid, at: NDArray[np.float64], shift: int, turns: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    starts = (at - laid.long / 2).astype(np.int64)
    inside = (starts + laid.base + shift >= 0) & (starts + laid.base + shift + laid.long <= len(other))
    if np.count_nonzero(inside) < FEWEST:
        return None
    return rises(one, other, starts[inside], laid.long, laid.base + shift, turns[inside])


def _walking(one: Samples, other: Samples, laid: Laid) -> Evidence | None:
    """Of one incident beyond doubt, but the cameras moved so that no echo stays the same: a robust line (Theil 1950)
    through where sounds set in, stretch by stretch."""
    stretches = np.array_split(laid.at, max(2, min(_STRETCHES, len(laid.at) // FEWEST)))
    known: list[tuple[float, Belief]] = []
    for at in stretches:
        risen = _rises(one, other, laid, at, 0, np.zeros(len(at)))
        if risen is not None:
            known.append((float(at.mean()), believed(risen)))
    if len(known) < 3:
        return None
    times = np.array([at for at, _ in known])
    lags = np.array([each.lag for _, each in known])
    i, j = np.triu_indices(len(times), 1)
    drift = float(np.clip(np.median((lags[j] - lags[i]) / (times[j] - times[i])), -MOST_DRIFT, MOST_DRIFT))
    middle = float(times.mean())
    rest = lags - drift * (times - middle)
    lag = float(np.median(rest))
    scatter = 1.4826 * float(np.median(np.abs(rest - lag))) + 2 * _MOVED
    near = int(np.count_nonzero(np.abs(rest - lag) < 3 * scatter))
    if near < 0.6 * len(times):
        return None
    # Echoes pull every stretch the same way: more of them do not make the doubt less.
    doubt = float(np.hypot(np.median([each.doubt for _, each in known]), scatter))
    span = float(np.ptp(times))
    sigma = min(MOST_DRIFT, scatter / (np.sqrt(len(times)) * float(times.std())))
    return Evidence(middle, laid.base + lag, drift, sigma, doubt, len(times), near, span)


def judged(found: Evidence) -> SoundMatch:
    """How far it is believed."""
    return SoundMatch(
        offset=Micros(round(found.lag / RATE * SECOND)),
        drift_ppb=round(found.drift * 1e9),
        sigma=Micros(round(float(np.hypot(_FLOOR, _DOUBT * found.doubt / RATE)) * SECOND)),
        limit=Micros(round(float(np.hypot(_LIMIT_FLOOR, _LIMIT_DOUBT * found.doubt / RATE)) * SECOND)),
        drift_sigma_ppb=max(1, round(float(np.hypot(found.drift_sigma, _DRIFT_FLOOR)) * 1e9)),
        at=Micros(round(found.pivot / RATE * SECOND)),
        windows=found.windows,
        on_line=found.agree,
        span=Micros(round(found.span / RATE * SECOND)),
    )
