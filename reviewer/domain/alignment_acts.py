"""What people did about the clocks of a case, as it is recorded: all of it goes to the work log, so colleagues fold it.

An alignment is accepted whole, with the readings it rests on and what became of each: that is its reason. The one
accepted last stands, whoever did (formats.md, Merge between actors); `base` names what it replaces. Marks are in stream
time and readings in stated time, so nothing here changes its meaning when another alignment is accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.alignment import Alignment, Between, Correction, Judged, Misclosure
from reviewer.domain.annotation import Mark
from reviewer.domain.event import Event, LogName
from reviewer.domain.timebase import Micros, Utc

MOST_MISCLOSURES = 200
"""Round trips kept in an entry, the worst first: with forty cameras there are ten thousand of them."""


@dataclass(frozen=True, slots=True)
class Joint:
    """`Alignment.between` of two cameras, ids in order of the alphabet."""

    one: str
    other: str
    sigma: Micros
    at: Utc
    drift_sigma_ppb: int = 0


@dataclass(frozen=True, slots=True)
class AlignmentAccepted(Event):
    """From its own entry on, the case's wall time is by these corrections. `base` is the alignment that stood before
    ("": the signed clocks did), `note` what the person said of it."""

    KIND: ClassVar[str] = "alignment_accepted"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    corrections: tuple[Correction, ...]
    between: tuple[Joint, ...]
    judged: tuple[Judged, ...]
    misclosures: tuple[Misclosure, ...]
    base: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AlignmentWithdrawn(Event):
    """The signed clocks stand again. `base` is the alignment that stood."""

    KIND: ClassVar[str] = "alignment_withdrawn"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    base: str


@dataclass(frozen=True, slots=True)
class CueMarked(Event):
    """A person marked the same event in two cameras: `marks` are the frame in each, from its own stream time to the
    next frame's. `sigma` (µs) is what a person's choice of these two frames is worth."""

    KIND: ClassVar[str] = "cue_marked"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    marks: tuple[Mark, ...]
    sigma: Micros
    note: str = ""


@dataclass(frozen=True, slots=True)
class CueWithdrawn(Event):
    KIND: ClassVar[str] = "cue_withdrawn"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str


@dataclass(frozen=True, slots=True)
class DeviceOffsetStated(Event):
    """A person knows how far this camera's clock is off: `offset` (µs) is what, added to its stated time, gives UTC;
    `why` how they know. A later one about the same recording replaces it."""

    KIND: ClassVar[str] = "device_offset_stated"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    recording: str
    offset: Micros
    sigma: Micros
    why: str


@dataclass(frozen=True, slots=True)
class DeviceOffsetWithdrawn(Event):
    KIND: ClassVar[str] = "device_offset_withdrawn"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    recording: str


ALIGNMENT_ACTS: tuple[type[Event], ...] = (
    AlignmentAccepted,
    AlignmentWithdrawn,
    CueMarked,
    CueWithdrawn,
    DeviceOffsetStated,
    DeviceOffsetWithdrawn,
)
"""Every kind here: whoever shows clocks listens to all of them."""


def acceptance(case: str, id_: str, alignment: Alignment, *, base: str = "", note: str = "") -> AlignmentAccepted:
    """The event that says an alignment."""
    worst = sorted(alignment.misclosures, key=lambda m: (-abs(m.error), m.recordings))[:MOST_MISCLOSURES]
    joints = tuple(
        Joint(one, other, b.sigma, b.at, b.drift_sigma_ppb) for (one, other), b in sorted(alignment.between.items())
    )
    return AlignmentAccepted(case, id_, alignment.corrections, joints, alignment.judged, tuple(worst), base, note)


def alignment_of(event: AlignmentAccepted) -> Alignment:
    """The alignment that an event says."""
    between = {(j.one, j.other): Between(j.sigma, j.at, j.drift_sigma_ppb) for j in event.between}
    return Alignment(event.corrections, between, event.judged, event.misclosures)
