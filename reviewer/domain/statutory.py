"""Statutory clocks: what is due on a complaint, and when, by the agency's table (`domain/agency`).

Examples that ship: an update to the complainant every 45 days and a decision within a year (Calgary, Police Act of
Alberta), six months to complain (LECA, Ontario), 30 days for a request under MFIPPA.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.domain.agency import ClockStart, StatutoryClock, Tables, due
from reviewer.domain.case import CaseState, Complaint
from reviewer.domain.case_state import Standing
from reviewer.domain.timebase import SECOND, Utc

DAY = 86_400 * SECOND
SOON_DAYS = 7
"""What is due within so many days is said first."""


@dataclass(frozen=True, slots=True)
class Due:
    """One clock of one case: it began at `start` and runs out at `at`. `ended`: what it asks for was done, or the case
    is where it does not run any more; None while it runs."""

    clock: StatutoryClock
    start: Utc
    at: Utc
    ended: Utc | None = None

    @property
    def runs(self) -> bool:
        return self.ended is None

    @property
    def late(self) -> bool:
        """Whether it ran out before it ended."""
        return self.ended is not None and self.ended > self.at

    def days_left(self, now: Utc) -> int:
        """As `days_left` has it."""
        return days_left(self.at, now)

    def soon(self, now: Utc) -> bool:
        """Whether it runs out within `SOON_DAYS`, or did."""
        return self.runs and self.days_left(now) < SOON_DAYS


@dataclass(frozen=True, slots=True)
class Brief:
    """A case in short, as a queue lists it. `state` is "" where nothing was written of a complaint; `clocks` are those
    that run, the nearest first: words and when; `paused` is why none does."""

    state: str = ""
    allegations: tuple[str, ...] = ()  # "A1 Excessive force"
    clocks: tuple[tuple[str, Utc], ...] = ()
    paused: str = ""
    received: Utc | None = None

    @property
    def next(self) -> tuple[str, Utc] | None:
        """The clock that runs out first."""
        return self.clocks[0] if self.clocks else None


NO_BRIEF = Brief()


def days_left(at: Utc, now: Utc) -> int:
    """Whole days from now; below 0 once it has run out (−1: since less than a day)."""
    return (at - now) // DAY


def dues(tables: Tables, complaint: Complaint, standing: Standing, opened: Utc | None = None) -> tuple[Due, ...]:
    """Every clock of a case that has begun: those that run first, the nearest first; then those that ended. `opened` is
    when the complaint was first written down. None runs while they are paused: () then."""
    if complaint.paused:
        return ()
    found = []
    for clock in tables.clocks:
        start = _start(clock, complaint, standing, opened)
        if start is not None:
            found.append(Due(clock, start, due(clock, start), _ended(clock, complaint, standing)))
    return tuple(sorted(found, key=lambda each: (not each.runs, each.at, each.clock.id)))


def next_due(found: Iterable[Due]) -> Due | None:
    """The one that runs out first; None if none runs."""
    return min((each for each in found if each.runs), key=lambda each: (each.at, each.clock.id), default=None)


def _start(clock: StatutoryClock, complaint: Complaint, standing: Standing, opened: Utc | None) -> Utc | None:
    match clock.start:
        case ClockStart.HAPPENED:
            return complaint.happened.end if complaint.happened is not None else None
        case ClockStart.RECEIVED:
            return complaint.received
        case ClockStart.OPENED:
            return opened
        case ClockStart.UPDATED:
            return _later(complaint.updated, complaint.received)
        case ClockStart.DECIDED:
            return standing.reached(CaseState.DECIDED, CaseState.CLOSED)
        case ClockStart.REQUESTED:
            return complaint.requested


def _ended(clock: StatutoryClock, complaint: Complaint, standing: Standing) -> Utc | None:
    if clock.start is ClockStart.HAPPENED:
        return complaint.received
    if clock.start is ClockStart.REQUESTED and complaint.answered is not None:
        return _later(complaint.answered, complaint.requested)
    return standing.reached(*clock.stops) if standing.state in clock.stops else None


def _later(first: Utc | None, second: Utc | None) -> Utc | None:
    both = [each for each in (first, second) if each is not None]
    return max(both, default=None)
