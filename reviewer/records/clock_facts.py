"""What people said of a case's clocks, as the log holds it now: the alignment that stands, cues, known offsets.

One row a thing said (`clock_facts`): the alignment of a case, a cue by its id, a recording's known offset. Its value is
the event that set it last, "" once it is withdrawn; the later (lamport, origin, index) wins, in whatever order entries
are folded.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain import codec
from reviewer.domain.alignment import Alignment
from reviewer.domain.alignment_acts import (
    ALIGNMENT_ACTS,
    AlignmentAccepted,
    AlignmentWithdrawn,
    CueMarked,
    CueWithdrawn,
    DeviceOffsetStated,
    DeviceOffsetWithdrawn,
    alignment_of,
)
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.event import Event
from reviewer.domain.timebase import Utc

WITHDRAWN = ""
_sorted_json = json.JSONEncoder(sort_keys=True).encode
Row = tuple[str, str, str, str]


class _Subject(StrEnum):
    ALIGNMENT = "alignment"
    CUE = "cue"
    OFFSET = "offset"


@dataclass(frozen=True, slots=True)
class Said:
    """Who said it, when, and the entry that has it: `index` of the log `origin`."""

    user: str
    at: Utc
    origin: str
    index: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The alignment that stands. `event` has its id, and what it replaced."""

    alignment: Alignment
    event: AlignmentAccepted
    said: Said


@dataclass(frozen=True, slots=True)
class Cue:
    event: CueMarked
    said: Said


@dataclass(frozen=True, slots=True)
class KnownOffset:
    event: DeviceOffsetStated
    said: Said


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """All that stands of a case's clocks; `accepted` None: the signed clocks stand."""

    accepted: Accepted | None = None
    cues: tuple[Cue, ...] = ()
    offsets: tuple[KnownOffset, ...] = ()


def row_of(event: Event) -> Row | None:
    """(case, subject, key, value) that an event sets; None for any other kind."""
    match event:
        case AlignmentAccepted():
            return event.case, _Subject.ALIGNMENT.value, "", _value(event)
        case AlignmentWithdrawn():
            return event.case, _Subject.ALIGNMENT.value, "", WITHDRAWN
        case CueMarked():
            return event.case, _Subject.CUE.value, event.id, _value(event)
        case CueWithdrawn():
            return event.case, _Subject.CUE.value, event.id, WITHDRAWN
        case DeviceOffsetStated():
            return event.case, _Subject.OFFSET.value, event.recording, _value(event)
        case DeviceOffsetWithdrawn():
            return event.case, _Subject.OFFSET.value, event.recording, WITHDRAWN
        case _:
            return None


def _value(event: Event) -> str:
    return _sorted_json(codec.encode(event))


def rows_of_entries(conn: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
    """Rows for entries that were folded before there was a table for them: a colleague's program was newer."""
    kinds = {cls.KIND: cls for cls in ALIGNMENT_ACTS}
    known = conn.execute(
        f"SELECT kind, payload, actor, at, lamport, origin, idx FROM entries WHERE payload NOTNULL"  # noqa: S608 - a list of fixed length
        f" AND kind IN ({','.join('?' * len(kinds))})",
        tuple(kinds),
    )
    for kind, payload, *where in known.fetchall():
        try:
            row = row_of(codec.decode(kinds[kind], json.loads(payload)))
        except (MalformedDocument, ValueError):
            continue  # not as this version has it
        if row is not None:
            yield (*row, *where)


def read(conn: sqlite3.Connection, case: str) -> ClockFacts:
    """What stands of a case, cues and offsets in the order in which they were said."""
    rows = conn.execute(
        "SELECT subject, value, author, at, origin, idx FROM clock_facts WHERE case_id=? AND value<>''"
        " ORDER BY lamport, origin, idx",
        (case,),
    )
    accepted: Accepted | None = None
    cues: list[Cue] = []
    offsets: list[KnownOffset] = []
    for subject, value, user, at, origin, index in rows:
        said, stands = Said(user, Utc(at), origin, index), json.loads(value)
        match _Subject(subject):
            case _Subject.ALIGNMENT:
                event = codec.decode(AlignmentAccepted, stands)
                accepted = Accepted(alignment_of(event), event, said)
            case _Subject.CUE:
                cues.append(Cue(codec.decode(CueMarked, stands), said))
            case _Subject.OFFSET:
                offsets.append(KnownOffset(codec.decode(DeviceOffsetStated, stands), said))
    return ClockFacts(accepted, tuple(cues), tuple(offsets))
