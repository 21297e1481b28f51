"""A camera's own clock: what it said the time was when a recording began, and whether anybody checked it."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.recording import ClockSource
from reviewer.domain.timebase import Micros, Utc


@dataclass(frozen=True, slots=True)
class CameraClock:
    """`started_at` is what the camera's own clock showed at stream time 0 of the first part. `checked_offset` is what
    the dock measured as missing: camera clock + `checked_offset` = UTC of the station; None if nobody compared them.
    `uncertainty` (one standard deviation, µs) is that of the time after the offset was added."""

    started_at: Utc
    source: ClockSource
    uncertainty: Micros
    checked_offset: Micros | None = None

    @property
    def start(self) -> Utc:
        """The UTC of stream time 0 as far as this clock knows it."""
        return Utc(self.started_at + (self.checked_offset or 0))
