"""What people said of a case and may take back, as the log holds it now: clocks, cues, who is awaited …

One row a thing said (`facts`), by its subject and key. Its value is the event that set it last, "" once withdrawn;
the later (lamport, origin, index) wins, in whatever order entries are folded. A new kind of thing is a line in `RULES`
for each of its events, and a step of `migrations` that calls `refill`, as a colleague's program may have been newer.

The things of a case (`domain/case_acts`) have a row for each field: the subject is their kind, the key "id/field", the
value a JSON string.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from reviewer.domain import alignment_acts as clocks
from reviewer.domain import case_acts as cases
from reviewer.domain import codec
from reviewer.domain import order_acts as orders
from reviewer.domain import report_acts as reports
from reviewer.domain import track_acts as tracks
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.event import Event
from reviewer.domain.thing import Edit, Field, Thing
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
    """What an event sets: of `subject`, the thing that `key` names; `stands` False takes it back. `own`: its author is
    part of the key, so that nobody can put theirs in the place of somebody else's by giving it the same id."""

    subject: str
    key: Callable[[Any], str]
    stands: bool = True
    own: bool = False


ALIGNMENT, CUE, OFFSET, EXPECTED, TRACK, ORDER = "alignment", "cue", "offset", "expected", "track", "order"
STATE = "state"

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
    cases.CaseMoved: Rule(STATE, lambda event: str(event.id), own=True),
}
FOLDED: tuple[type[Event], ...] = (*RULES, *cases.THINGS)
"""Every event that sets rows here."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who said it, when, and the entry that has it: `index` of the log `origin`."""

    user: str
    at: Utc
    origin: str
    index: int


def rows_of(event: Event, author: str = "") -> tuple[tuple[str, str, str, str], ...]:
    """(case, subject, key, value) of each row that an event of this author sets; none for any other kind."""
    if isinstance(event, cases.ThingSet):
        return tuple(
            (event.case, event.SUBJECT, f"{event.id}/{each.field}", _sorted_json(each.value)) for each in event.changes
        )
    rule = RULES.get(type(event))
    if rule is None:
        return ()
    value = _sorted_json(codec.encode(event)) if rule.stands else WITHDRAWN
    key = f"{author}/{rule.key(event)}" if rule.own else rule.key(event)
    return ((str(getattr(event, "case", "")), rule.subject, key, value),)


def refill(conn: sqlite3.Connection) -> None:
    """Rows for entries that were folded before this version knew their kinds. Changes nothing where it did."""
    kinds = {cls.KIND: cls for cls in FOLDED}
    known = conn.execute(
        f"SELECT kind, payload, actor, at, lamport, origin, idx FROM entries WHERE payload NOTNULL"  # noqa: S608 - a list of fixed length
        f" AND kind IN ({','.join('?' * len(kinds))})",
        tuple(kinds),
    )
    for kind, payload, *where in known.fetchall():
        try:
            rows = rows_of(codec.decode(kinds[kind], json.loads(payload)), where[0])
        except (MalformedDocument, ValueError):
            continue  # not as this version has it
        for row in rows:
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


def things_of(conn: sqlite3.Connection, case: str, kind: type[cases.ThingSet], id_: str | None = None) -> list[Thing]:
    """The things of a kind, in the order in which they were begun, withdrawn ones too; the one of this id only if it is
    named."""
    found: dict[str, dict[str, Field]] = {}
    keys = "" if id_ is None else " AND key>=? AND key<?"  # from "id/" up to the next character
    rows = conn.execute(
        f"SELECT key, value, author, at, lamport, origin, idx FROM facts WHERE case_id=? AND subject=?{keys}",  # noqa: S608 - fixed words
        (case, kind.SUBJECT, *(() if id_ is None else (f"{id_}/", f"{id_}0"))),
    )
    for key, value, user, at, lamport, origin, index in rows.fetchall():
        name, _, field = key.rpartition("/")
        text = value[1:-1] if "\\" not in value else json.loads(value)  # a JSON string; most have nothing escaped
        found.setdefault(name, {})[field] = Field(text, user, Utc(at), lamport, origin, index)
    things = [Thing(name, fields) for name, fields in found.items()]
    return sorted(things, key=lambda thing: (min(f.order for f in thing.fields.values()), thing.id))


def edits_of(conn: sqlite3.Connection, case: str, kind: type[cases.ThingSet], id_: str | None = None) -> list[Edit]:
    """Every change that was made of things of a kind, or of one of them, in the order in which they count."""
    rows = conn.execute(
        "SELECT payload, actor, at, origin, idx FROM entries WHERE case_id=? AND kind=? AND payload NOTNULL"
        " ORDER BY lamport, origin, idx",
        (case, kind.KIND),
    )
    stood: dict[tuple[str, str], str] = {}
    edits = []
    for payload, user, at, origin, index in rows.fetchall():
        try:
            event = codec.decode(kind, json.loads(payload))
        except (MalformedDocument, ValueError):
            continue  # not as this version has it
        for each in event.changes if id_ is None or event.id == id_ else ():
            before = stood.get((event.id, each.field), "")
            edits.append(Edit(each.field, each.value, each.base, before, user, Utc(at), origin, index, event.id))
            stood[event.id, each.field] = each.value
    return edits
