"""What people said of a case and may take back, as the log holds it now: clocks, cues, who is awaited …

One row a thing said (`facts`), by its subject and key. Its value is the event that set it last, "" once withdrawn;
the later (lamport, origin, index) wins, in whatever order entries are folded. A new kind of thing is a line in `RULES`
for each of its events, and a step of `migrations` that calls `refill`, as a colleague's program may have been newer.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from reviewer.domain import alignment_acts as clocks
from reviewer.domain import codec
from reviewer.domain import order_acts as orders
from reviewer.domain import report_acts as reports
from reviewer.domain import track_acts as tracks
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.event import Event
from reviewer.domain.timebase import Utc

WITHDRAWN = ""
_sorted_json = json.JSONEncoder(sort_keys=True).encode
_E = TypeVar("_E", bound=Event)
PUT = """INSERT INTO facts VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET
    value=excluded.value, author=excluded.author, at=excluded.at,
    lamport=excluded.lamport, origin=excluded.origin, idx=excluded.idx
    WHERE (excluded.lamport, excluded.origin, excluded.idx) > (lamport, origin, idx)"""
"""With a row of `row_of`, then author, time and (lamport, origin, index)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an event sets: of `subject`, the thing that `key` names; `stands` False takes it back."""

    subject: str
    key: Callable[[Any], str]
    stands: bool = True


ALIGNMENT, CUE, OFFSET, EXPECTED, TRACK, ORDER = "alignment", "cue", "offset", "expected", "track", "order"

RULES: dict[type[Event], Rule] = {
    clocks.AlignmentAccepted: Rule(ALIGNMENT, lambda _event: ""),
    clocks.AlignmentWithdrawn: Rule(ALIGNMENT, lambda _event: "", stands=False),
    clocks.CueMarked: Rule(CUE, lambda event: str(event.id)),
    clocks.CueWithdrawn: Rule(CUE, lambda event: str(event.id), stands=False),
    clocks.DeviceOffsetStated: Rule(OFFSET, lambda event: str(event.recording)),
    clocks.DeviceOffsetWithdrawn: Rule(OFFSET, lambda event: str(event.recording), stands=False),
    reports.CameraExpected: Rule(EXPECTED, lambda event: str(event.id)),
    reports.CameraNotExpected: Rule(EXPECTED, lambda event: str(event.id), stands=False),
    tracks.TrackAdded: Rule(TRACK, lambda event: str(event.id)),
    tracks.TrackWithdrawn: Rule(TRACK, lambda event: str(event.id), stands=False),
    orders.OrderStated: Rule(ORDER, lambda event: str(event.id)),
    orders.OrderWithdrawn: Rule(ORDER, lambda event: str(event.id), stands=False),
}


@dataclass(frozen=True, slots=True)
class Said:
    """Who said it, when, and the entry that has it: `index` of the log `origin`."""

    user: str
    at: Utc
    origin: str
    index: int


def row_of(event: Event) -> tuple[str, str, str, str] | None:
    """(case, subject, key, value) that an event sets; None for any other kind."""
    rule = RULES.get(type(event))
    if rule is None:
        return None
    value = _sorted_json(codec.encode(event)) if rule.stands else WITHDRAWN
    return str(getattr(event, "case", "")), rule.subject, rule.key(event), value


def refill(conn: sqlite3.Connection) -> None:
    """Rows for entries that were folded before this version knew their kinds. Changes nothing where it did."""
    kinds = {cls.KIND: cls for cls in RULES}
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
            conn.execute(PUT, (*row, *where))


def of_case(conn: sqlite3.Connection, case: str, subject: str, kind: type[_E]) -> Iterator[tuple[_E, Said]]:
    """What stands of one subject, in the order in which it was said."""
    rows = conn.execute(
        "SELECT value, author, at, origin, idx FROM facts WHERE case_id=? AND subject=? AND value<>''"
        " ORDER BY lamport, origin, idx",
        (case, subject),
    )
    for value, user, at, origin, index in rows.fetchall():
        yield codec.decode(kind, json.loads(value)), Said(user, Utc(at), origin, index)
