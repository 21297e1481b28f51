"""What a check of the evidence store found: the words of its report, which a custodian signs.

The report is JSON by `domain.codec` (no floats), canonical and signed as every document here. Figures are counts of
what was really looked at; `Finding`s say one thing each, in a sentence, with the next step.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.timebase import SECOND, Micros, Utc


class Severity(StrEnum):
    """`broken`: evidence, or the proof of it, is not as it was signed. `warning`: it is whole, and somebody has to look
    at something. `note`: good to know."""

    BROKEN = "broken"
    WARNING = "warning"
    NOTE = "note"


class Fault(StrEnum):
    """What kind of thing was found; its value never changes, so that programs may count by it."""

    NOT_BELIEVED = "document-not-believed"
    GAP = "number-missing"
    LOST = "document-gone"
    ROLLED_BACK = "roster-rolled-back"
    EXPIRED = "roster-expired"
    MISSING = "object-missing"
    SIZE = "object-size"
    BYTES = "object-bytes"
    UNREADABLE = "cannot-be-read"
    NO_CUSTODY = "no-custody-key"
    CUSTODY_PARTLY = "custody-key-absent"
    VERSIONS = "written-again"
    DELETED = "deleted"
    NOT_LOCKED = "not-locked"
    LOCK_ENDED = "lock-ended"
    NOT_WRITE_ONCE = "not-write-once"
    ORPHAN = "orphan"
    STRANGE = "strange"
    LEFTOVER = "leftover"
    NO_RECORDING = "recording-unknown"
    LOG = "log"
    BODIES = "log-bodies"


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` is where in the store it is; "" is the store itself. `recording` is whose footage it concerns, if that is
    known."""

    severity: Severity
    fault: Fault
    path: str
    message: str
    next_step: str
    recording: str | None = None

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


@dataclass(frozen=True, slots=True)
class LockGroup:
    """How many objects the store protects in the same way. `until` is the beginning of the UTC day on which the
    protection ends (None: not protected by time); `mode` is the store's own word, "" where nothing protects them."""

    mode: str
    hold: bool
    objects: int
    bytes: int
    until: Utc | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted. Documents are those that are believed; `objects` and `bytes` are what believed manifests name,
    `whole` of them lie in the store with the right size, `hashed` were read in full and have the right SHA-256.
    `listed` is everything that the store lists."""

    listed: int = 0
    listed_bytes: int = 0
    rosters: int = 0
    manifests: int = 0
    assignments: int = 0
    releases: int = 0
    recordings: int = 0
    objects: int = 0
    bytes: int = 0
    whole: int = 0
    whole_bytes: int = 0
    hashed: int = 0
    hashed_bytes: int = 0
    orphans: int = 0
    orphan_bytes: int = 0
    leftovers: int = 0
    leftover_bytes: int = 0
    logs: int = 0
    log_entries: int = 0
    broken: int = 0
    warnings: int = 0
    notes: int = 0


@dataclass(frozen=True, slots=True)
class CheckReport:
    """One finished check. `worked` is the time it really ran, pauses between runs left out; `read_bytes` of sealed
    footage were hashed in it. `findings` are the gravest first; `left_out` more were counted and are not listed."""

    agency: str
    store: str
    integrity: str
    write_once: bool
    deep: bool
    roster: int
    started_at: Utc
    ended_at: Utc
    worked: Micros
    read_bytes: int
    runs: int
    station: str
    version: str
    figures: Figures
    locks: tuple[LockGroup, ...]
    findings: tuple[Finding, ...]
    left_out: int = 0
    signed_by: str = ""
    v: int = 1

    @property
    def ok(self) -> bool:
        """Nothing is broken."""
        return self.figures.broken == 0

    @property
    def rate(self) -> int:
        """Bytes read a second of work; 0 where nothing was read."""
        return self.read_bytes * SECOND // self.worked if self.worked else 0
