"""A log's entries as the projections take them: parsed, their bodies opened and decoded."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from reviewer.audit.entry import Entry, members_of
from reviewer.audit.log import SqliteLog
from reviewer.domain.events import Event
from reviewer.domain.timebase import Micros, Utc
from reviewer.records.projections import EntryMeta
from reviewer.records.queries import event_of
from reviewer.services.bodies import open_body, reason_in

KeysFor = Callable[[str, str | None], Sequence[bytes]]
"""From an origin and a case to the keys that may open a body, likeliest first."""
Keys = Callable[[str | None], Sequence[bytes]]
"""The same for one log."""
Folded = tuple[Event | None, EntryMeta]


def folded(logs: Sequence[SqliteLog], keys_for: KeysFor, case: str) -> Iterator[Folded]:
    """The entries of one case of several logs in their common order: lamport, origin, index."""
    each = [_of_case(log, cache(partial(keys_for, log.origin)), case) for log in logs]
    return heapq.merge(*each, key=lambda pair: pair[1].order)


def _of_case(log: SqliteLog, keys: Keys, case: str) -> Iterator[Folded]:
    for index, data, sealed in log.records():
        if members_of(data)[5] == case:
            yield _read(log.origin, index, data, sealed, keys)


def entries(log: SqliteLog, keys: Keys, start: int, stop: int) -> Iterator[Folded]:
    """The entries [start, stop) of one log. Bodies that no key opens are entries alone. `keys` is asked for every
    entry. Raises IntegrityError for a body that is not its entry's, BadEntry."""
    origin = log.origin
    for index, data, sealed in log.records(start, stop):
        yield _read(origin, index, data, sealed, keys)


def _read(origin: str, index: int, data: bytes, sealed: bytes | None, keys: Keys) -> Folded:
    at, mono, boot, lamport, kind, case, recording, reason, body = members_of(data)
    opened = None if sealed is None else open_body(sealed, body, keys(case))
    payload = None if opened is None else opened.decode()
    why = reason if reason is not None else reason_in(payload)
    said = (boot, lamport, kind, case, recording, why, body, payload)
    return event_of(kind, payload), EntryMeta(origin, index, Utc(at), Micros(mono), *said)


def meta_of(entry: Entry, origin: str, index: int, payload: bytes | None) -> EntryMeta:
    """What the projections need of an entry."""
    return EntryMeta(
        origin,
        index,
        Utc(entry.at),
        Micros(entry.mono),
        entry.boot,
        entry.lamport,
        entry.kind,
        entry.case,
        entry.recording,
        entry.reason if entry.reason is not None else reason_in(payload),
        entry.body,
        None if payload is None else payload.decode(),
    )
