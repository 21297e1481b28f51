"""The table of what is done to the log itself: kills, calls that fail, power that goes. Each gives numbers or raises
AssertionError."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.faults import case_kills, log_calls, log_kills, log_playback, log_power

KILLS = 1_000
QUICK_KILLS = 16
CASE_KILLS = 200
QUICK_CASE_KILLS = 4
SEEDS = 25
QUICK_EVERY = 41  # odd and prime: alone and lasting faults, every phase


@dataclass(frozen=True)
class LogFault:
    """`quick` and `full` are the same thing in different lengths."""

    name: str
    quick: Callable[[], dict[str, int]]
    full: Callable[[], dict[str, int]]


LOG_FAULTS = (
    LogFault(
        "log: playback while the log fails at random", partial(log_playback.run, 1), partial(log_playback.run, SEEDS)
    ),
    LogFault(
        "log: kill -9 at random moments", partial(log_kills.run, QUICK_KILLS, workers=1), partial(log_kills.run, KILLS)
    ),
    LogFault("log: power loss at random moments", partial(log_power.run, log_power.QUICK_POINTS), log_power.run),
    LogFault(
        "case: kill -9 on its way from complaint to decision",
        partial(case_kills.run, QUICK_CASE_KILLS),
        partial(case_kills.run, CASE_KILLS),
    ),
    LogFault("log: EIO and ENOSPC at every call", partial(log_calls.run, every=QUICK_EVERY, workers=1), log_calls.run),
)
