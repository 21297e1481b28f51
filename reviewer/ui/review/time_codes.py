"""Times of day that stand in what somebody wrote of a mark: "22:42:15.2", "19:42:15 UTC". Each leads to its instant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from reviewer.domain.timebase import Utc
from reviewer.ui.review.clocks import NotATime, typed
from reviewer.ui.times import Zone

_CODE = re.compile(r"(?<![\d:.,])\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,6})?(?:\s?(?:UTC\b|Z\b))?(?![\d:])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TimeCode:
    """The characters [start, end) of a text, and what they say."""

    start: int
    end: int
    words: str

    def at(self, zone: Zone, near: Utc) -> Utc | None:
        """The instant nearest to `near` at which clocks show that; None for no time of day ("25:00:00")."""
        try:
            return typed(zone, self.words, near)
        except NotATime:
            return None


@lru_cache(4096)
def time_codes(text: str) -> tuple[TimeCode, ...]:
    """All of them, in their order."""
    return tuple(TimeCode(found.start(), found.end(), found.group()) for found in _CODE.finditer(text))
