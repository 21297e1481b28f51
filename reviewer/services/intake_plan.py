"""The intake plan: what lies on a card, a phone or a dock, as it would be taken in; shown before anything is written.

`services/intake.plan_intake` makes it: recordings with their parts, tracks and stills, whose they probably are, when
they began and how sure that is, what the store has already, what cannot be taken in. A person may change what no camera
can know (`IntakePlan.edit`) and leave recordings out (`want`); then `services/ingest.take_in` writes just that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from reviewer.alignment.clocks import Choice
from reviewer.domain.errors import ReviewerError
from reviewer.domain.place import Place
from reviewer.domain.recording import Buffer, Device, Kind
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.domain.track import Fix
from reviewer.intake.base import Aside, Note
from reviewer.services.trust import Problem


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file as it lay there when it was looked at: `modified` in ns. `sha256` (hex) is known where it had to be read,
    because another file, or a part in the store, is as long."""

    path: Path
    size: int
    modified: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """`offset`: after the recording's start; `gap`: how long nothing was recorded before this part (µs)."""

    file: PlannedFile
    offset: Micros
    duration: Micros
    gap: Micros


@dataclass(frozen=True, slots=True)
class PlannedTrack:
    """`file` None: the track lies inside the parts. `fixes` are usable ones. `shared`: it serves other recordings too,
    so only what lies around this one is taken in with it."""

    format: str
    file: PlannedFile | None
    fixes: int = 0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class PlannedStill:
    """`taken_at` by the camera's own clock; `guessed` where only the file's modification time says when. `fix` is where
    it was taken, if it says so."""

    file: PlannedFile
    taken_at: Utc
    guessed: bool = False
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What a person may change before it is signed. `officer` as shown, `badge` the number or the roster's id;
    `restricted` the reason, if it is; `clock` one of the recording's `clocks`, or what `clocks.stated` makes of a time
    that somebody compared."""

    clock: Choice
    officer: str = ""
    badge: str = ""
    incidents: tuple[str, ...] = ()
    event_type: str = ""
    restricted: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedRecording:
    """One recording to be. `key` names it within its plan. `details` will be signed; `proposed` is what was found or
    guessed, before anybody changed it. `notes`: found, guessed, missing, one sentence each.

    Nothing of it is written if it is not `wanted`, if the store has it (`known`: the recording's id), if it is the same
    footage as another one of this plan (`duplicate_of`: that one's key), or if it has a `problem`. `place`: where its
    own tracks lead; a shared one is looked at again when it is written."""

    key: str
    name: str
    source: str
    kind: Kind
    device: Device | None
    parts: tuple[PlannedPart, ...]
    tracks: tuple[PlannedTrack, ...]
    stills: tuple[PlannedStill, ...]
    buffer: Buffer | None
    stop: str | None
    details: Details
    proposed: Details
    clocks: tuple[Choice, ...]
    notes: tuple[Note, ...]
    wanted: bool = True
    known: str | None = None
    duplicate_of: str | None = None
    problem: Problem | None = None
    place: Place | None = None

    @property
    def will_be_written(self) -> bool:
        return self.wanted and self.known is None and self.duplicate_of is None and self.problem is None

    @property
    def range(self) -> TimeRange:
        """From its start, by the clock in `details`, to its end."""
        start = self.details.clock.start
        return TimeRange(start, Utc(start + max((p.offset + p.duration for p in self.parts), default=0)))

    @property
    def files(self) -> tuple[PlannedFile, ...]:
        """Every file that it is made of, parts first."""
        tracks = (t.file for t in self.tracks if t.file is not None)
        return (*(p.file for p in self.parts), *tracks, *(s.file for s in self.stills))

    @property
    def bytes(self) -> int:
        return sum(f.size for f in self.files)


@dataclass(frozen=True, slots=True)
class IntakePlan:
    """What would be taken in, in order of time. `refused`: what cannot be, one sentence and a next step each. `aside`:
    files that are no footage and stay where they are. `stopped` says why not everything was looked at (cancelled)."""

    recordings: tuple[PlannedRecording, ...]
    refused: tuple[Problem, ...]
    stopped: ReviewerError | None = None
    aside: tuple[Aside, ...] = ()

    @property
    def bytes(self) -> int:
        """Of everything that will be written."""
        return sum(r.bytes for r in self.recordings if r.will_be_written)

    def recording(self, key: str) -> PlannedRecording:
        """Raises KeyError."""
        return next(iter(r for r in self.recordings if r.key == key), None) or _no(key)

    def edit(self, key: str, **changes: object) -> IntakePlan:
        """The plan with members of one recording's `details` changed. Raises KeyError, TypeError."""
        one = self.recording(key)
        details: Details = replace(one.details, **changes)  # type: ignore[arg-type]
        return self._with(replace(one, details=details))

    def want(self, key: str, wanted: bool) -> IntakePlan:
        """The plan with one recording left out, or taken up again."""
        return self._with(replace(self.recording(key), wanted=wanted))

    def _with(self, changed: PlannedRecording) -> IntakePlan:
        return replace(self, recordings=tuple(changed if r.key == changed.key else r for r in self.recordings))


def _no(key: str) -> PlannedRecording:
    raise KeyError(key)
