"""Between each recording's stated time, in which everything is recorded, and the wall's, in which it is played."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reviewer.domain.alignment import Alignment, Correction, correction_of
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import TimeRange, Utc


@dataclass(frozen=True, slots=True)
class WallTime:
    """By the corrections that hold now. A recording without one has the same time on the wall as in the records."""

    corrections: Mapping[str, Correction] = field(default_factory=dict)

    @classmethod
    def of(cls, manifests: Iterable[Manifest], alignment: Alignment | None) -> WallTime:
        """For these recordings, as they were signed; stills go with the recordings they were taken beside."""
        found = ((m.recording_id, correction_of(m, alignment)) for m in manifests)
        return cls({key: correction for key, correction in found if correction is not None})

    def to_wall(self, recording: str, stated: Utc) -> Utc:
        correction = self.corrections.get(recording)
        return stated if correction is None else correction.to_wall(stated)

    def to_stated(self, recording: str, wall: Utc) -> Utc:
        correction = self.corrections.get(recording)
        return wall if correction is None else correction.to_stated(wall)

    def range_to_wall(self, recording: str, stated: TimeRange) -> TimeRange:
        correction = self.corrections.get(recording)
        return stated if correction is None else correction.range_to_wall(stated)

    def range_to_stated(self, recording: str, wall: TimeRange) -> TimeRange:
        correction = self.corrections.get(recording)
        return wall if correction is None else correction.range_to_stated(wall)


SIGNED = WallTime()
"""Wall time where nobody accepted an alignment: as it was signed."""


def moved(recording: str, wall: Utc, before: WallTime, after: WallTime) -> Utc:
    """Where the frame of a recording that stood at this wall time stands by other clocks."""
    return after.to_wall(recording, before.to_stated(recording, wall))


def range_moved(recording: str, wall: TimeRange, before: WallTime, after: WallTime) -> TimeRange:
    return TimeRange(moved(recording, wall.start, before, after), moved(recording, wall.end, before, after))
