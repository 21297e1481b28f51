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

from reviewer.domain.errors import Cancelled
from reviewer.domain.timebase import Micros

RATE = 8_000
"""Samples a second of what is compared."""
WAY_PER_METRE = Micros(2_915)
"""µs that sound takes for a metre, at 20 °C (343 m/s)."""
UNKNOWN_WAY = 30
"""Metres between two cameras of one incident where nothing says how far."""

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
    for _ in (*one, *other):
        yield 0.0
    return Unknown("The sound of these two recordings is not compared yet.")
