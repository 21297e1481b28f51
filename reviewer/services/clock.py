"""This machine's clock, as the rest of the program knows time."""

from __future__ import annotations

import time
from collections.abc import Callable

from reviewer.domain.timebase import Utc

Clock = Callable[[], Utc]


def utc_now() -> Utc:
    """Now, by this machine's clock: µs UTC."""
    return Utc(time.time_ns() // 1000)
