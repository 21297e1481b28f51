"""What people said of a case's clocks, as the log holds it now: the alignment that stands, cues, known offsets."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from reviewer.domain.alignment import Alignment
from reviewer.domain.alignment_acts import AlignmentAccepted, CueMarked, DeviceOffsetStated, alignment_of
from reviewer.records import facts
from reviewer.records.facts import Said as Said


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


def read(conn: sqlite3.Connection, case: str) -> ClockFacts:
    """What stands of a case, cues and offsets in the order in which they were said."""
    accepted = next(facts.of_case(conn, case, facts.ALIGNMENT, AlignmentAccepted), None)
    return ClockFacts(
        None if accepted is None else Accepted(alignment_of(accepted[0]), *accepted),
        tuple(Cue(*each) for each in facts.of_case(conn, case, facts.CUE, CueMarked)),
        tuple(KnownOffset(*each) for each in facts.of_case(conn, case, facts.OFFSET, DeviceOffsetStated)),
    )
