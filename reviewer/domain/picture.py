"""What a still image says about itself, before anybody decodes a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.timebase import Micros, Utc
from reviewer.domain.track import Fix

_NONE = Micros(0)


class Basis(StrEnum):
    """What the time of a picture rests on, from the surest to the weakest."""

    OFFSET = "offset"  # the camera's clock, and how far it is from UTC
    ZONE = "zone"  # the camera's clock; how far it is from UTC follows from the GPS time beside it
    GPS = "gps"  # the GPS time alone, which may be older than the picture
    LOCAL = "local"  # the camera's clock, and nobody says in what zone
    NONE = ""  # nobody says when


@dataclass(frozen=True, slots=True)
class Picture:
    """`taken_at` with its uncertainty (one standard deviation, µs) and what both rest on; for LOCAL it is the camera's
    clock read as if it were UTC. Degrees WGS 84, metres, degrees from north. Texts are empty where the file is silent.
    `damaged`: the file's headers could not be read through."""

    taken_at: Utc | None = None
    uncertainty: Micros = _NONE
    basis: Basis = Basis.NONE
    lat: float | None = None
    lon: float | None = None
    accuracy: float | None = None
    heading: float | None = None
    make: str = ""
    model: str = ""
    serial: str = ""
    damaged: bool = False

    @property
    def fix(self) -> Fix | None:
        """Where it was taken, as a track of one position; None if it does not say both where and when."""
        if self.taken_at is None or self.lat is None or self.lon is None:
            return None
        return Fix(self.taken_at, self.lat, self.lon, self.accuracy, None, self.heading)
