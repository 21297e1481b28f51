"""What can be recorded. Every change and every view is one of these, an entry in a signed log before it has an effect.

`KIND` is the entry's `kind`, `LOG` the log it goes to: `access` (views, log-ons, denials) or `work` (what colleagues on
the case fold). Fields are the payload, in the log's sealed body; `case` and `recording` stand in the open entry too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.acts import (
    Assigned,
    Countersigned,
    CustodyKeyOpened,
    HandedOver,
    ReleasedForTraining,
    RosterSigned,
    TakenOff,
)
from reviewer.domain.alignment_acts import (
    AlignmentAccepted,
    AlignmentWithdrawn,
    CueMarked,
    CueWithdrawn,
    DeviceOffsetStated,
    DeviceOffsetWithdrawn,
)
from reviewer.domain.annotation import Mark
from reviewer.domain.case_acts import THINGS, CaseMoved
from reviewer.domain.document_acts import DocumentExported, DocumentViewed, DocumentViewEnded
from reviewer.domain.event import Event as Event
from reviewer.domain.event import LogName as LogName
from reviewer.domain.finding_acts import ACTS as FINDING_ACTS
from reviewer.domain.log_acts import LogExported, LogExportEnded, LogReviewed
from reviewer.domain.machine_acts import ClockJumped, EpochBegun
from reviewer.domain.making_acts import MAKING_ACTS
from reviewer.domain.order_acts import OrderStated, OrderWithdrawn
from reviewer.domain.reason_acts import LogWasUnwritable, RestrictedReasonStated
from reviewer.domain.rebuild_acts import RecordsRebuilt
from reviewer.domain.report_acts import CameraExpected, CameraNotExpected, ReportExported, StatisticsExported
from reviewer.domain.store_acts import KeepingAsked, KeepingChanged, StoreChecked
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.domain.track_acts import TrackAdded, TrackExported, TrackWithdrawn
from reviewer.domain.view_acts import Crop as Crop
from reviewer.domain.view_acts import FileViewClosed as FileViewClosed
from reviewer.domain.view_acts import FileViewOpened as FileViewOpened
from reviewer.domain.view_acts import FilmstripShown as FilmstripShown
from reviewer.domain.view_acts import Source as Source
from reviewer.domain.view_acts import SpanCamera as SpanCamera
from reviewer.domain.view_acts import Stretch as Stretch
from reviewer.domain.view_acts import ViewClosed as ViewClosed
from reviewer.domain.view_acts import ViewOpened as ViewOpened
from reviewer.domain.view_acts import Visible as Visible
from reviewer.domain.witness_acts import WitnessRefused


@dataclass(frozen=True, slots=True)
class LoggedOn(Event):
    KIND: ClassVar[str] = "logged_on"
    user: str
    workstation: str
    method: str = "passphrase"


@dataclass(frozen=True, slots=True)
class LogOnRefused(Event):
    """Written to the workstation's own log: nobody's key was opened."""

    KIND: ClassVar[str] = "log_on_refused"
    named: str
    workstation: str
    why: str
    tries_left: int


@dataclass(frozen=True, slots=True)
class LogOnReleased(Event):
    """Written to the workstation's own log: a custodian or supervisor released the lock after too many refusals."""

    KIND: ClassVar[str] = "log_on_released"
    user: str
    workstation: str
    by: str


@dataclass(frozen=True, slots=True)
class LoggedOff(Event):
    KIND: ClassVar[str] = "logged_off"
    user: str


@dataclass(frozen=True, slots=True)
class Locked(Event):
    KIND: ClassVar[str] = "locked"
    user: str
    why: str  # "asked" or "idle"


@dataclass(frozen=True, slots=True)
class Unlocked(Event):
    KIND: ClassVar[str] = "unlocked"
    user: str


@dataclass(frozen=True, slots=True)
class AccessDenied(Event):
    """A denied attempt: what was asked for and why not."""

    KIND: ClassVar[str] = "access_denied"
    what: str
    why: str
    case: str | None = None
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class ReasonStated(Event):
    KIND: ClassVar[str] = "reason_stated"
    case: str
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ObjectQuarantined(Event):
    """Bytes that are not what the manifest signed; put aside, never shown."""

    KIND: ClassVar[str] = "object_quarantined"
    recording: str
    object: str
    found: str  # the SHA-256 that the bytes have, or what else is wrong
    case: str | None = None


@dataclass(frozen=True, slots=True)
class CaseSynced(Event):
    KIND: ClassVar[str] = "case_synced"
    case: str
    objects: int
    bytes: int


@dataclass(frozen=True, slots=True)
class IntakeBegun(Event):
    """Durable before anything of it is written to the store: so many recordings, files and bytes of `source` are about
    to be taken in. `by` is "person", or the watched folder that a dock takes from."""

    KIND: ClassVar[str] = "intake_begun"
    source: str
    recordings: int
    files: int
    bytes: int
    by: str = "person"


@dataclass(frozen=True, slots=True)
class FootageTakenIn(Event):
    """A recording is in the store and its manifest was read back. `bytes` are the plaintext's; `corrected` names what a
    person, or a dock's rule, gave in place of what was found."""

    KIND: ClassVar[str] = "footage_taken_in"
    recording: str
    n: int
    parts: int
    bytes: int
    corrected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IntakeEnded(Event):
    """What became of the rest of `source`: `known` was in the store before, `left_out` was left out by a person,
    `refused` could not be taken in, `stopped` says why not everything was tried."""

    KIND: ClassVar[str] = "intake_ended"
    source: str
    taken: int
    known: int
    left_out: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class CaseShredded(Event):
    """This person's rights to a case have ended, and with them what this machine had of it for them: keys, what was
    read from the log about it, and `objects` of footage that nobody else here needs. `why` is "taken off" or "expired",
    `ended` when that was, `by` who took the person off (their id)."""

    KIND: ClassVar[str] = "case_shredded"
    case: str
    why: str
    ended: Utc
    by: str
    objects: int
    bytes: int


@dataclass(frozen=True, slots=True)
class StillSaved(Event):
    KIND: ClassVar[str] = "still_saved"
    case: str
    recording: str
    part: int
    pts: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ProxiesBegun(Event):
    """Durable before the first byte is decrypted for it: small copies of this part's frames are made on this machine,
    sealed like the part, and nobody sees it. Once a session and part."""

    KIND: ClassVar[str] = "proxies_begun"
    case: str
    recording: str
    part: int
    object: str
    encoder: str


@dataclass(frozen=True, slots=True)
class ProxiesMade(Event):
    """All of a part's frames have their copy, but for `left_out`, which cannot be decoded."""

    KIND: ClassVar[str] = "proxies_made"
    case: str
    recording: str
    part: int
    object: str
    encoder: str
    frames: int
    chunks: int
    left_out: int


@dataclass(frozen=True, slots=True)
class BookmarkAdded(Event):
    KIND: ClassVar[str] = "bookmark_added"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    at: TimeRange
    marks: tuple[Mark, ...]
    bookmark_kind: str
    text: str


@dataclass(frozen=True, slots=True)
class BookmarkChanged(Event):
    """`base_kind` and `base_text` are what the change replaces, so an overwrite can be shown."""

    KIND: ClassVar[str] = "bookmark_changed"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    bookmark_kind: str
    text: str
    base_kind: str
    base_text: str


@dataclass(frozen=True, slots=True)
class BookmarkWithdrawn(Event):
    """A withdrawal is an entry too; the bookmark stays in the log."""

    KIND: ClassVar[str] = "bookmark_withdrawn"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str


@dataclass(frozen=True, slots=True)
class BookmarkRestored(Event):
    """Undo of a withdrawal."""

    KIND: ClassVar[str] = "bookmark_restored"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str


_ALL: tuple[type[Event], ...] = (
    LoggedOn,
    LogOnRefused,
    LogOnReleased,
    LoggedOff,
    Locked,
    Unlocked,
    AccessDenied,
    ReasonStated,
    RestrictedReasonStated,
    LogWasUnwritable,
    ClockJumped,
    EpochBegun,
    ViewOpened,
    ViewClosed,
    FileViewOpened,
    FileViewClosed,
    FilmstripShown,
    DocumentViewed,
    DocumentViewEnded,
    DocumentExported,
    ObjectQuarantined,
    CaseSynced,
    CaseShredded,
    Assigned,
    Countersigned,
    TakenOff,
    HandedOver,
    ReleasedForTraining,
    CustodyKeyOpened,
    RosterSigned,
    WitnessRefused,
    RecordsRebuilt,
    StoreChecked,
    KeepingAsked,
    KeepingChanged,
    IntakeBegun,
    FootageTakenIn,
    IntakeEnded,
    StillSaved,
    ProxiesBegun,
    ProxiesMade,
    BookmarkAdded,
    BookmarkChanged,
    BookmarkWithdrawn,
    BookmarkRestored,
    AlignmentAccepted,
    AlignmentWithdrawn,
    CueMarked,
    CueWithdrawn,
    DeviceOffsetStated,
    DeviceOffsetWithdrawn,
    CameraExpected,
    CameraNotExpected,
    ReportExported,
    StatisticsExported,
    *MAKING_ACTS,
    TrackAdded,
    TrackWithdrawn,
    TrackExported,
    OrderStated,
    OrderWithdrawn,
    *THINGS,
    CaseMoved,
    *FINDING_ACTS,
    LogExported,
    LogExportEnded,
    LogReviewed,
)
EVENTS = {cls.KIND: cls for cls in _ALL}
