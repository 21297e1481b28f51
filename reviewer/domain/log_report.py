"""A report of log entries as it goes on paper, into tables and beside its proofs."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.timebase import Utc


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry in words. `local` and `offset` are the reader's zone, `state` how it is vouched for, `leaf` its RFC
    6962 leaf hash in hex, `payload` the body's JSON where it is shown and `sealed` whether there is one that is not."""

    origin: str
    index: int
    at: Utc
    local: str
    offset: str
    who: str
    did: str
    what: str
    reason: str
    case: str
    recording: str
    kind: str
    state: str
    leaf: str
    payload: str | None
    sealed: bool


@dataclass(frozen=True, slots=True)
class LogHead:
    """One log that the rows come from: how many of its entries are here, its signed size and root (hex), and each
    witness's newest word in a sentence."""

    origin: str
    shown: int
    size: int
    root: str
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogReport:
    """`facts` are (name, value) pairs on top, `proven` and `not_proven` sentences, `bundle` the SHA-256 of the proofs
    ("" without them). Rows are oldest first."""

    title: str
    agency: str
    made_at: Utc
    made_by: str
    zone: str
    facts: tuple[tuple[str, str], ...]
    heads: tuple[LogHead, ...]
    proven: tuple[str, ...]
    not_proven: tuple[str, ...]
    rows: tuple[LogRow, ...]
    bundle: str = ""
