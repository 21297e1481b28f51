"""The speeds one can play at, forwards and backwards: their ladder, the shuttle's doubling, and their words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

RATES: tuple[int, ...] = (100, 250, 500, 750, 1000, 1250, 1500, 2000, 4000, 8000, 16000)  # rate_milli
SHUTTLE: tuple[int, ...] = (1000, 2000, 4000, 8000, 16000)
NORMAL = 1000
CREEP = 250  # while K is held with J or L


def speed_words(rate_milli: int) -> str:
    """ "0.25×", and "−2×" for backwards."""
    return f"{'−' if rate_milli < 0 else ''}{abs(rate_milli) / 1000:g}×"


def beside(rate_milli: int, by: int) -> int:
    """The next speed of the ladder in the same direction: faster for 1, slower for −1. The ends stay."""
    size = abs(rate_milli)
    at = bisect_right(RATES, size) if by > 0 else bisect_left(RATES, size) - 1
    found = RATES[max(0, min(at, len(RATES) - 1))]
    return found if rate_milli > 0 else -found


def shuttled(rate_milli: int, way: int) -> int:
    """What L (`way` 1) or J (−1) makes of a speed that plays: doubled in its own direction, halved against it, and at
    1× turned round."""
    size = abs(rate_milli)
    if rate_milli * way > 0:
        at = bisect_right(SHUTTLE, size)
        return way * SHUTTLE[min(at, len(SHUTTLE) - 1)]
    at = bisect_left(SHUTTLE, size) - 1
    return -way * SHUTTLE[at] if at >= 0 else way * NORMAL
