"""What a machine's log says of itself: its clock was moved, its key is another one than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event
from reviewer.domain.timebase import Micros, Utc


@dataclass(frozen=True, slots=True)
class ClockJumped(Event):
    """Between two entries this machine's wall clock went `size` µs further (less than 0: back) than the clock that
    counts since its start, which nobody can set. Readings of both, at the entry before and now. After a restart
    (`restarted`) only a clock that went back is known, by at least `size`."""

    KIND: ClassVar[str] = "clock_jumped"
    size: Micros
    at_before: Utc
    mono_before: Micros
    at_after: Utc
    mono_after: Micros
    restarted: bool = False


@dataclass(frozen=True, slots=True)
class FormerLog:
    """How far a log of an earlier key was known to reach: `root` is that of its first `size` entries (hex)."""

    origin: str
    size: int
    root: str
    published: bool


@dataclass(frozen=True, slots=True)
class EpochBegun(Event):
    """The first entry under a new key: which logs it goes on from. The roster, signed by the agency's root, says that
    the new key is this person's."""

    KIND: ClassVar[str] = "epoch_begun"
    user: str
    epoch: int
    former: tuple[FormerLog, ...]


ALL: tuple[type[Event], ...] = (ClockJumped, EpochBegun)
