"""What is done with the log itself: entries of it leave the program, and a supervisor answers for having looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event
from reviewer.domain.timebase import Utc


@dataclass(frozen=True, slots=True)
class LogExported(Event):
    """Durable before any file of it is written: so many `entries`, chosen by `filter` (in words), as `parts` ("pdf",
    "proofs", "csv", "json", "verifier"). `bodies` of them show who said what; `notes`: internal notes too. `export` is
    a name for both entries of one export."""

    KIND: ClassVar[str] = "log_exported"
    export: str
    filter: str
    entries: int
    bodies: int
    parts: tuple[str, ...]
    notes: bool
    case: str | None = None
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class LogExportEnded(Event):
    """What became of it. `bundle` is the SHA-256 of the proofs (`bundle.json`), `manifest` that of the list of all
    files; both "" and `problem` says why where nothing was left behind."""

    KIND: ClassVar[str] = "log_export_ended"
    export: str
    bundle: str
    manifest: str
    files: int
    bytes: int
    problem: str = ""
    case: str | None = None


@dataclass(frozen=True, slots=True)
class LogReviewed(Event):
    """A supervisor looked at what stands in the logs from `since` to `until`, of `person` ("" is everybody), and signs
    it: review `n` of theirs, `document` the SHA-256 of its RFC 8785 JSON."""

    KIND: ClassVar[str] = "log_reviewed"
    n: int
    person: str
    since: Utc
    until: Utc
    entries: int
    remarks: int
    document: str


ALL: tuple[type[Event], ...] = (LogExported, LogExportEnded, LogReviewed)
