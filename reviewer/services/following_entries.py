"""Entries of somebody else's log, opened: what may be believed of them, and what of it is folded.

The log's owner wrote them and may mean harm. What an entry is about was said in its open part, which decided which
keys were tried and who sees it; a body that says otherwise is not folded. Nothing that a body holds can stop the
folding of its neighbours.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from reviewer.audit.entry import Entry
from reviewer.audit.errors import BadEntry
from reviewer.domain.case_acts import CaseMoved, ThingSet, makers
from reviewer.domain.errors import IntegrityError
from reviewer.domain.event import LogName
from reviewer.domain.events import Event
from reviewer.domain.sight import Sight
from reviewer.records import followed, projections
from reviewer.records.followed import NO_CASE
from reviewer.records.projections import EntryMeta
from reviewer.records.queries import event_of
from reviewer.services.bodies import open_body
from reviewer.services.following_viewer import Viewer
from reviewer.services.rebuild import meta_of

AHEAD = 1 << 32
"""How far a lamport value may lie beyond the number of entries there are. An honest clock never gets past that number;
whoever sets theirs far ahead would win every later change."""
_CANNOT_BE = (ValueError, OverflowError, sqlite3.IntegrityError, sqlite3.DataError)
"""What a value raises that the tables cannot hold."""
Bodies = Callable[[Sequence[str]], Sequence[bytes | None]]
"""From commitments to sealed bodies, None where one does not lie in the store."""


class Refused(BadEntry):
    """An entry that nothing after it may be believed either."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One entry as it is folded. `doubt` is why its body is not believed."""

    meta: EntryMeta
    event: Event | None = None
    doubt: str = ""


def parsed(data: bytes, index: int, most: int) -> Entry:
    """An entry. Raises Refused for bytes that are none, and for a clock that is beyond reason."""
    try:
        entry = Entry.from_bytes(data)
    except BadEntry as wrong:
        raise Refused(f"Entry {index} is malformed. {wrong}") from wrong
    if entry.case == NO_CASE:
        raise Refused(f"Entry {index} is about a case without a name.")
    if entry.lamport > most + AHEAD:
        raise Refused(f"Entry {index} counts {entry.lamport:,} things that were done before it; nowhere near were.")
    return entry


def opened(viewer: Viewer, origin: str, entries: Iterable[tuple[int, Entry]], bodies: Bodies) -> list[Taken]:
    """Those entries of a log that the viewer sees anything of, with what their keys open."""
    seen = [(n, e, viewer.sight(origin, e.kind, e.case or NO_CASE)) for n, e in entries]
    shut = [Taken(meta_of(e, origin, n, None)) for n, e, sight in seen if sight is Sight.OPEN]
    wanted = [(n, e) for n, e, sight in seen if sight is Sight.BODY]
    sealed = bodies([e.body for _, e in wanted])
    return [*shut, *(_opened(viewer, origin, n, e, body) for (n, e), body in zip(wanted, sealed, strict=True))]


def fold(conn: sqlite3.Connection, taken: Iterable[Taken]) -> None:
    """Fold them in the order of their log, in the caller's transaction. What the tables cannot hold is folded as an
    entry of which nothing is known but that it is there."""
    ordered = sorted(taken, key=lambda each: (each.meta.origin, each.meta.index))
    conn.execute("SAVEPOINT followed_entries")
    try:
        projections.fold_all(conn, [(each.event, each.meta) for each in ordered])
    except _CANNOT_BE:  # one of them; which, is found by folding them singly
        conn.execute("ROLLBACK TO followed_entries")
        ordered = [_fold_one(conn, each) for each in ordered]
    conn.execute("RELEASE followed_entries")
    for each in ordered:
        if each.doubt:
            followed.doubt(conn, each.meta, each.doubt)


def _fold_one(conn: sqlite3.Connection, each: Taken) -> Taken:
    """As it was folded."""
    conn.execute("SAVEPOINT followed_entry")
    try:
        projections.apply(conn, each.event, each.meta)
    except _CANNOT_BE:
        conn.execute("ROLLBACK TO followed_entry")
        each = _doubted(each.meta, "holds values that cannot be")
        projections.apply(conn, None, each.meta)
    conn.execute("RELEASE followed_entry")
    return each


def _opened(viewer: Viewer, origin: str, index: int, entry: Entry, sealed: bytes | None) -> Taken:
    bare = meta_of(entry, origin, index, None)
    if sealed is None:
        return Taken(bare)
    try:
        payload = open_body(sealed, entry.body, viewer.keys(origin, entry.case or NO_CASE))
    except IntegrityError:
        return _doubted(bare, "has another body than the one it committed to")
    if payload is None:
        return Taken(bare)
    try:
        holds = isinstance(json.loads(payload.decode()), dict)
    except (ValueError, RecursionError):
        holds = False
    if not holds:
        return _doubted(bare, "has a body that cannot be read")
    meta = meta_of(entry, origin, index, payload)
    event = event_of(meta.kind, meta.payload)
    wrong = _contradiction(viewer, meta, event) if event is not None else ""
    return _doubted(bare, wrong) if wrong else Taken(meta, event)


def _contradiction(viewer: Viewer, meta: EntryMeta, event: Event) -> str:
    """Where a body says something else than its entry, or than its log can."""
    log = meta.origin.split("/")[-2]
    if log != event.LOG:
        return f"stands in the {log} log, where no such thing is written"
    if getattr(event, "case", None) != meta.case:
        return "says in its body that it is about another case"
    if getattr(event, "recording", None) != meta.recording:
        return "says in its body that it is about another recording"
    if log == LogName.WORK and meta.case is not None and not viewer.was_on(meta.actor, meta.case):
        return f"changes {meta.case}, which {meta.actor} was never on"
    writes = isinstance(event, ThingSet | CaseMoved)
    if writes and meta.case is not None and not viewer.wrote(meta.actor, meta.case, makers(type(event))):
        return f"writes into {meta.case}, which {meta.actor} may only read"
    return ""


def _doubted(meta: EntryMeta, why: str) -> Taken:
    return Taken(replace(meta, payload=None), None, why)
