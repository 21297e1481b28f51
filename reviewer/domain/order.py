"""Which of two moments on two cameras came first, as far as the clocks allow an answer.

The order is decided only if the moments lie farther apart than the ± that is shown for the two clocks against each
other, both as they are written: nobody reads "0.42 s ± 0.42 s" as an order.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.annotation import Mark
from reviewer.domain.timebase import SECOND, Micros, Utc

_UNKNOWN_FRAME = Micros(SECOND // 10)  # a mark that does not say how long its frame is
_MS = 1_000


@dataclass(frozen=True, slots=True)
class Moment:
    """A marked frame by the wall's clock: from its own time to the next frame's (`length` 0: not known). What it is the
    first to show happened between the frame before and this one."""

    at: Utc
    length: Micros

    @property
    def event(self) -> Utc:
        return Utc(self.at - self.length // 2)

    @property
    def variance(self) -> float:
        """Of the event within that frame's length (uniform), µs²."""
        return float((self.length or _UNKNOWN_FRAME) ** 2) / 12


@dataclass(frozen=True, slots=True)
class Order:
    """`gap` (µs): the second moment less the first. `sigma` is that of the gap, both clocks and both frames included;
    0 on one camera's own footage, where nothing is uncertain."""

    gap: Micros
    sigma: Micros

    @property
    def exact(self) -> bool:
        return self.sigma == 0

    @property
    def limit(self) -> Micros:
        """What is shown as ± (µs)."""
        return Micros(COVERAGE * self.sigma)

    @property
    def decided(self) -> bool:
        """Whether one came before the other, by what is shown."""
        if self.exact:
            return self.gap != 0
        unit = _unit(self.limit)
        return abs(self.gap) > self.limit and _rounded(abs(self.gap), unit) > _limit_units(self.limit, unit)

    @property
    def first_is_first(self) -> bool:
        """Whether, if it is decided, the first mark came first."""
        return self.gap > 0

    @property
    def apart(self) -> str:
        """How far apart they are, no closer than the ±: "0.42 s", "42 ms", "4.213 s"."""
        unit = _unit(self.limit)
        if unit == _MS and abs(self.gap) < 100 * _MS:
            return f"{_rounded(abs(self.gap), unit)} ms"
        return f"{_rounded(abs(self.gap), unit) * unit / SECOND:.{_decimals(unit)}f} s"

    @property
    def margin(self) -> str:
        """ "± 0.15 s", as the screens show it elsewhere; "" where it is exact."""
        if self.exact:
            return ""
        unit = _unit(self.limit)
        units = _limit_units(self.limit, unit)
        return f"± {units} ms" if unit == _MS else f"± {units * unit / SECOND:.{_decimals(unit)}f} s"


def order(first: Moment, second: Moment, clocks: Micros) -> Order:
    """Two moments of two cameras; `clocks` is the σ of these two cameras' times against each other."""
    sigma = sqrt(float(clocks) ** 2 + first.variance + second.variance)
    return Order(Micros(second.event - first.event), Micros(max(1, round(sigma))))


def order_within(first: Moment, second: Moment) -> Order:
    """Two frames of one camera: its own footage says it exactly."""
    return Order(Micros(second.at - first.at), Micros(0))


def sentence(found: Order, first: str, second: str) -> str:
    """The answer for a report: "Niemi at 22:42:17.48 before Laine at 22:42:17.90 by 0.42 s ± 0.15 s.". The two names
    are those of the moments, as marked."""
    if not found.decided:
        return f"{first} and {second}: {undecided(found)}."
    one, other = (first, second) if found.first_is_first else (second, first)
    return f"{one} before {other} by {by(found)}."


def by(found: Order) -> str:
    """ "0.42 s ± 0.15 s"; on one camera "0.420 s on the same camera"."""
    return f"{found.apart} {found.margin}" if not found.exact else f"{found.apart} on the same camera"


def undecided(found: Order) -> str:
    """Why there is no order: "order cannot be decided, 0.10 s apart ± 0.15 s", "the same frame"."""
    return "the same frame" if found.exact else f"order cannot be decided, {found.apart} apart {found.margin}"


def frame(mark: Mark) -> Micros:
    """How long a mark's frame is; 0 where it does not say."""
    return Micros(max(0, mark.end - mark.start))


def _unit(limit: int) -> int:
    """The smallest step (µs) in which a figure with this ± is written: a millisecond, from 0.1 s on a hundredth, from
    10 s on a second."""
    return _MS if limit < 100 * _MS else SECOND // 100 if limit < 10 * SECOND else SECOND


def _decimals(unit: int) -> int:
    return {_MS: 3, SECOND // 100: 2}.get(unit, 0)


def _rounded(length: int, unit: int) -> int:
    return (length + unit // 2) // unit


def _limit_units(limit: int, unit: int) -> int:
    """Milliseconds are never rounded down to nothing."""
    return -(-limit // unit) if unit == _MS else _rounded(limit, unit)
