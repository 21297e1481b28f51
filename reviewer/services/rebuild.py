"""Rebuild: the SQLite side made again from the log's entries and bodies. The log is the truth."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from reviewer.audit.entry import Entry
from reviewer.audit.log import SqliteLog
from reviewer.domain.events import Event
from reviewer.domain.timebase import Micros, Utc
from reviewer.records import projections
from reviewer.records.projections import EntryMeta
from reviewer.records.queries import event_of
from reviewer.services.bodies import open_body, reason_in

KeysFor = Callable[[str, str | None], Sequence[bytes]]
"""From an origin and a case to the keys that may open a body, likeliest first."""


def rebuild(conn: sqlite3.Connection, logs: Sequence[SqliteLog], keys_for: KeysFor) -> int:
    """Fold every entry of the logs again, in one transaction. Returns how many. Bodies that no key opens fold as
    entries alone. Raises IntegrityError for a body that is not its entry's, sqlite3.Error."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        count = projections.rebuild(conn, folded(logs, keys_for))
        conn.execute("COMMIT")
    finally:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
    return count


def refold(conn: sqlite3.Connection, logs: Sequence[SqliteLog], case: str, keys_for: KeysFor) -> int:
    """The same for the entries of one case. What was there of it is overwritten, not only unlinked (SQLite, "PRAGMA
    secure_delete"), and so is what the write-ahead log had."""
    conn.execute("PRAGMA secure_delete=ON")
    conn.execute("BEGIN IMMEDIATE")
    try:
        count = projections.refold(conn, case, folded(logs, keys_for, case))
        conn.execute("COMMIT")
    finally:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        conn.execute("PRAGMA secure_delete=OFF")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return count


def folded(
    logs: Sequence[SqliteLog], keys_for: KeysFor, case: str | None = None
) -> Iterator[tuple[Event | None, EntryMeta]]:
    """The entries of several logs in their common order: lamport, origin, index; with `case`, those of one case."""
    each = [_entries(log, keys_for, case) for log in logs]
    if len(each) == 1:
        return each[0]
    return heapq.merge(*each, key=lambda pair: pair[1].order)


def _entries(log: SqliteLog, keys_for: KeysFor, case: str | None) -> Iterator[tuple[Event | None, EntryMeta]]:
    keys = cache(partial(keys_for, log.origin))
    for index, data, sealed in log.records():
        entry = Entry.from_bytes(data)
        if case is None or entry.case == case:
            payload = None if sealed is None else open_body(sealed, entry.body, keys(entry.case))
            meta = meta_of(entry, log.origin, index, payload)
            yield event_of(meta.kind, meta.payload), meta


def meta_of(entry: Entry, origin: str, index: int, payload: bytes | None) -> EntryMeta:
    """What the projections need of an entry."""
    return EntryMeta(
        origin=origin,
        index=index,
        at=Utc(entry.at),
        mono=Micros(entry.mono),
        boot=entry.boot,
        lamport=entry.lamport,
        kind=entry.kind,
        case=entry.case,
        recording=entry.recording,
        reason=entry.reason if entry.reason is not None else reason_in(payload),
        body=entry.body,
        payload=None if payload is None else payload.decode(),
    )
