"""Tracks that people add to a case from files of their own: recorded in the work log, so colleagues have them.

The file itself is in the event, packed and sealed under the case key once more: tables hold payloads in plaintext, and
a track says where somebody was all day. What a person said of the file (`told`) stands beside it, so that whoever opens
it reads the same positions out of the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event, LogName
from reviewer.domain.timebase import TimeRange
from reviewer.domain.track import NOTHING_TOLD, Refused, Told


@dataclass(frozen=True, slots=True)
class TrackAdded(Event):
    """`name` is the file's, `sha256` and `size` are of its bytes; `whose` in words. `camera`: the recording that it
    goes with, None for somebody without a camera. `fixes`, `paths`, `refused`: what was read out of it then. `sealed`:
    base64 of the packed file, sealed under the case key."""

    KIND: ClassVar[str] = "track_added"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    name: str
    format: str
    sha256: str
    size: int
    whose: str
    fixes: int
    paths: int
    refused: tuple[Refused, ...]
    sealed: str
    told: Told = NOTHING_TOLD
    span: TimeRange | None = None
    camera: str | None = None


@dataclass(frozen=True, slots=True)
class TrackWithdrawn(Event):
    """It is drawn and asked no more; the entry that added it stays."""

    KIND: ClassVar[str] = "track_withdrawn"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class TrackExported(Event):
    """Durable before the file is there: tracks of a case as `form` ("gpx", "kml", "geojson"), `sha256` the file's."""

    KIND: ClassVar[str] = "track_exported"
    case: str
    whose: tuple[str, ...]
    form: str
    sha256: str
    bytes: int


TRACK_ACTS: tuple[type[Event], ...] = (TrackAdded, TrackWithdrawn, TrackExported)
