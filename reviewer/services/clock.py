"""This machine's clocks, as the rest of the program knows time: the wall's, which somebody can set, and the one that
counts since the machine started, which nobody can. Where the two disagree, the wall clock was moved."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.machine_acts import ClockJumped
from reviewer.domain.timebase import SECOND, Micros, Utc

Clock = Callable[[], Utc]
SinceBoot = Callable[[], Micros]

MOST_APART = SECOND
"""µs by which the clocks may drift apart between two entries: an NTP client that slews moves less, one that steps or a
hand moves more."""
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def utc_now() -> Utc:
    """Now, by this machine's clock: µs UTC."""
    return Utc(time.time_ns() // 1000)


def since_boot() -> Micros:
    """µs since this machine started, sleep included; since some fixed moment where the system cannot tell."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return Micros((time.clock_gettime_ns(boottime) if boottime is not None else time.monotonic_ns()) // 1000)


def boot_id() -> str:
    """What names this run of the machine; where the system has no name for it, of this program."""
    try:
        return _BOOT_ID.read_text().strip() or str(uuid.uuid4())
    except OSError:
        return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks at one moment, and the run of the machine that `mono` counts in."""

    at: Utc
    mono: Micros
    boot: str

    def jump_since(self, before: Reading) -> ClockJumped | None:
        """How far the wall clock was moved since an earlier reading, if it was."""
        restarted = self.boot != before.boot
        moved = self.at - before.at
        size = min(0, moved) if restarted else moved - (self.mono - before.mono)
        if abs(size) <= MOST_APART:
            return None
        return ClockJumped(Micros(size), before.at, before.mono, self.at, self.mono, restarted)


class Clocks:
    """The clocks that entries are dated by. Without `mono`, a wall clock that is not this machine's own (`now`) is
    compared with nothing."""

    def __init__(self, now: Clock = utc_now, mono: SinceBoot | None = None) -> None:
        self._now = now
        self._mono = mono or since_boot
        self.compared = mono is not None or now is utc_now
        self.boot = boot_id()

    def read(self) -> Reading:
        """Both, now."""
        return Reading(self._now(), self._mono(), self.boot)
