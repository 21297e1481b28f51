"""Who was where, as far as fixes with their accuracy can say: the words of questions to the map.

Three answers, never two. *Surely*: within the distance even at the far edge of the position's ±. *Perhaps*: within it
at the near edge. *Not known*: there is no position (before the first fix, in a hole, after the last); that is never
"not there". The ± is `domain.alignment.COVERAGE` standard deviations of the fix's accuracy. A receiver that states no
accuracy never gives a "surely"; `UNSTATED` is what is taken for its "perhaps".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.domain.timebase import Micros, TimeRange, Utc

_NONE = Micros(0)
UNSTATED = 15.0
"""Metres, one standard deviation, for a receiver that does not say how good it is: a phone's between houses."""


@dataclass(frozen=True, slots=True)
class Distance:
    """So many `metres` at an instant, give or take `margin` (the ±, m). `stated` False: the receiver said nothing of
    its accuracy, the margin is a guess."""

    at: Utc
    metres: float
    margin: float
    stated: bool = True


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody near a place, or near somebody, without a break: `range` is when it may have been so, `surely` the parts
    in which it was so. A range of no length is one fix with a hole on both sides. `closest` where it was looked for."""

    range: TimeRange
    surely: tuple[TimeRange, ...] = ()
    closest: Distance | None = None

    @property
    def sure(self) -> Micros:
        return total(self.surely)

    @property
    def is_sure(self) -> bool:
        """Whether it was surely so at one instant at least."""
        return bool(self.surely)


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody stayed within `radius` metres of a point. `unknown` of the time there was no position, and the next one
    was there again. `margin`: the ± of the point (m); `stated` as in `Distance`."""

    range: TimeRange
    lat: float
    lon: float
    radius: float
    margin: float
    stated: bool = True
    unknown: Micros = _NONE


def total(ranges: Iterable[TimeRange]) -> Micros:
    """How long they are together; they do not overlap."""
    return Micros(sum(r.duration for r in ranges))


def without(ranges: Iterable[TimeRange], taken: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    """What of `ranges` no range of `taken` covers. Both in order and without overlaps (`timebase.merge`)."""
    cuts, left = tuple(taken), []
    for each in ranges:
        at = each.start
        for cut in cuts:
            if cut.start < each.end and cut.end > at:
                if cut.start > at:
                    left.append(TimeRange(at, cut.start))
                at = max(at, cut.end)
        if at < each.end or (each.duration == 0 and not any(each.start in c for c in cuts)):
            left.append(TimeRange(at, each.end))
    return tuple(left)


def both(one: Iterable[TimeRange], other: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    """What both cover; each in order and without overlaps."""
    others = tuple(other)
    found = (a.overlap(b) for a in one for b in others)
    return tuple(sorted(r for r in found if r is not None))
