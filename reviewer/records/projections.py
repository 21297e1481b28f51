"""What the log says, folded into tables: `apply` for one entry as it is recorded, `rebuild` for all of them again.

Both come to the same tables whatever the order of logs, because everything is keyed by its entry (origin, index), and
a field that several people may change goes to the later (lamport, origin, index), never to the later wall clock
(formats.md, The signed log). Who did something is read from the log's origin, never from a payload.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeVar

from reviewer.domain import codec, events
from reviewer.domain.coverage import has_sound
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.timebase import Micros, Utc
from reviewer.records import facts
from reviewer.records.gathering import Gathering, ManyWriter, Writer

TABLES = (
    "entries",
    "touched",
    "bookmarks",
    "bookmark_fields",
    "spans",
    "watched",
    "log_ons",
    "reasons",
    "denials",
    "quarantines",
    "syncs",
    "stills",
    "films",
    "facts",
)

_OF_A_CASE = tuple(table for table in TABLES if table not in ("touched", "log_ons"))


@dataclass(frozen=True, slots=True)
class EntryMeta:
    """An entry's open part (formats.md, The signed log), where it stands, and its payload where it could be opened:
    RFC 8785 JSON, None for a body that is sealed to others or was removed."""

    origin: str
    index: int
    at: Utc
    mono: Micros
    boot: str
    lamport: int
    kind: str
    case: str | None
    recording: str | None
    reason: str | None
    body: str
    payload: str | None = None

    @property
    def actor(self) -> str:
        """The user (or "station") whose log this is: `<agency>/<workstation>/<user>/<access|work>/<epoch>`."""
        return _actor(self.origin)

    @property
    def order(self) -> tuple[int, str, int]:
        return self.lamport, self.origin, self.index


@lru_cache(256)
def _actor(origin: str) -> str:
    parts = origin.split("/")
    return parts[-3] if len(parts) >= 5 else origin


def apply(conn: Writer, event: events.Event | None, meta: EntryMeta) -> None:
    """Fold one entry. `event` is None where its body cannot be read: then only that there is an entry is known.
    In the caller's transaction; raises sqlite3.Error."""
    origin, index = meta.origin, meta.index
    conn.execute(
        "INSERT INTO entries VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            origin,
            index,
            meta.at,
            meta.mono,
            meta.boot,
            meta.lamport,
            meta.kind,
            meta.case,
            meta.recording,
            meta.reason,
            meta.body,
            _actor(origin),
            meta.payload,
        ),
    )
    fold = _FOLDS.get(type(event))
    if fold is not None:
        fold(conn, event, meta)
    for recording in _touched(event, meta):
        _insert(conn, "touched", recording, origin, index)


def _touched(event: events.Event | None, meta: EntryMeta) -> Sequence[str]:
    """The recordings that an entry is about, as far as it can be read."""
    own = {meta.recording} if meta.recording else set()
    parts = (*getattr(event, "marks", ()), *getattr(event, "cameras", ()), *getattr(event, "corrections", ()))
    return sorted(own.union(each.recording for each in parts)) if parts else tuple(own)


def rebuild(conn: sqlite3.Connection, entries: Iterable[tuple[events.Event | None, EntryMeta]]) -> int:
    """Empty the tables and fold everything again, in the caller's transaction. Returns how many entries there were."""
    clear(conn)
    return fold_all(conn, entries)


def clear(conn: sqlite3.Connection) -> None:
    """Empty the tables, in the caller's transaction."""
    for table in TABLES:
        conn.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the list above


def refold(conn: sqlite3.Connection, case: str, entries: Iterable[tuple[events.Event | None, EntryMeta]]) -> int:
    """Forget what was folded of one case and fold its entries again, in the caller's transaction: for bodies that can
    be opened no more, or again. Returns how many entries there were."""
    conn.execute(
        """DELETE FROM touched WHERE EXISTS (SELECT 1 FROM entries e
            WHERE e.case_id=? AND e.origin=touched.origin AND e.idx=touched.idx)""",
        (case,),
    )
    for table in _OF_A_CASE:
        conn.execute(f"DELETE FROM {table} WHERE case_id=?", (case,))  # noqa: S608 - names from this file
    return fold_all(conn, entries)


def fold_all(conn: ManyWriter, entries: Iterable[tuple[events.Event | None, EntryMeta]]) -> int:
    """Fold entries, many rows at a time. In the caller's transaction. Returns how many there were."""
    count, rows = 0, Gathering(conn)
    for event, meta in entries:
        apply(rows, event, meta)
        count += 1
    rows.flush()
    return count


E = TypeVar("E", bound=events.Event)
_sorted_json = json.JSONEncoder(sort_keys=True).encode
_FOLDS: dict[type, Callable[[Writer, Any, EntryMeta], None]] = {}


def _folds(kind: type[E]) -> Callable[[Callable[[Writer, E, EntryMeta], None]], None]:
    def register(fold: Callable[[Writer, E, EntryMeta], None]) -> None:
        _FOLDS[kind] = fold

    return register


def _insert(conn: Writer, table: str, *row: object) -> None:
    conn.execute(_inserting(table, len(row)), row)


@cache
def _inserting(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({','.join('?' * columns)})"  # noqa: S608 - names from this file


@_folds(events.BookmarkAdded)
def _added(conn: Writer, event: events.BookmarkAdded, meta: EntryMeta) -> None:
    marks = _sorted_json([codec.encode(mark) for mark in event.marks])
    conn.execute(
        """INSERT INTO bookmarks VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET
            starts=excluded.starts, ends=excluded.ends, marks=excluded.marks, author=excluded.author, at=excluded.at,
            lamport=excluded.lamport, origin=excluded.origin, idx=excluded.idx
            WHERE (excluded.lamport, excluded.origin, excluded.idx) < (lamport, origin, idx)""",
        (event.case, event.id, event.at.start, event.at.end, marks, meta.actor, meta.at, *meta.order),
    )
    _set(conn, event.case, event.id, meta, kind=event.bookmark_kind, text=event.text)


@_folds(events.BookmarkChanged)
def _changed(conn: Writer, event: events.BookmarkChanged, meta: EntryMeta) -> None:
    changes = {"kind": (event.base_kind, event.bookmark_kind), "text": (event.base_text, event.text)}
    _set(conn, event.case, event.id, meta, **{name: new for name, (base, new) in changes.items() if new != base})


@_folds(events.BookmarkWithdrawn)
def _withdrawn(conn: Writer, event: events.BookmarkWithdrawn, meta: EntryMeta) -> None:
    _set(conn, event.case, event.id, meta, withdrawn="yes")


@_folds(events.BookmarkRestored)
def _restored(conn: Writer, event: events.BookmarkRestored, meta: EntryMeta) -> None:
    _set(conn, event.case, event.id, meta, withdrawn="")


_SET = """INSERT INTO bookmark_fields VALUES (?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET
    value=excluded.value, lamport=excluded.lamport, origin=excluded.origin, idx=excluded.idx
    WHERE (excluded.lamport, excluded.origin, excluded.idx) > (lamport, origin, idx)"""


def _set(conn: Writer, case: str, bookmark: str, meta: EntryMeta, **values: str) -> None:
    """Fields of a bookmark; the later entry wins, also when it is folded first."""
    for name, value in values.items():
        conn.execute(_SET, (case, bookmark, name, value, *meta.order))


def refold_kinds(conn: sqlite3.Connection, known: Sequence[str]) -> None:
    """Fold the marks whose kind, or the kind before, is none of the `known`: a version that knew only those could not
    read them. In the caller's transaction; changes nothing where they were read."""
    these = ",".join("?" * len(known))
    rows = conn.execute(
        f"SELECT {_META} FROM entries WHERE kind IN (?,?) AND payload NOTNULL AND ("  # noqa: S608 - a list of fixed length
        f"json_extract(payload, '$.bookmark_kind') NOT IN ({these})"
        f" OR coalesce(json_extract(payload, '$.base_kind'), 'moment') NOT IN ({these}))",
        (events.BookmarkAdded.KIND, events.BookmarkChanged.KIND, *known, *known),
    )
    for row in rows.fetchall():
        meta = EntryMeta(*row)
        try:
            event = codec.decode(events.EVENTS[meta.kind], json.loads(meta.payload or ""))
        except (MalformedDocument, ValueError):
            continue  # not as this version has it
        _FOLDS[type(event)](conn, event, meta)
        for recording in _touched(event, meta):
            conn.execute("INSERT OR IGNORE INTO touched VALUES (?,?,?)", (recording, meta.origin, meta.index))


_META = "origin, idx, at, mono, boot, lamport, kind, case_id, recording, reason, body, payload"


def lasting(sql: str, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Of the rows that one statement writes one after another, those that are still there at the end: of the values of
    a bookmark's field only the latest."""
    if sql != _SET:
        return rows
    latest: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in rows:
        before = latest.setdefault(row[:3], row)
        if row[4:] > before[4:]:
            latest[row[:3]] = row
    return list(latest.values())


@_folds(events.ViewOpened)
def _opened(conn: Writer, event: events.ViewOpened, meta: EntryMeta) -> None:
    conn.execute(
        "INSERT INTO spans VALUES (?,?,?,?,?,?,NULL) ON CONFLICT DO NOTHING",
        (meta.origin, event.span, event.case, event.planned.start, event.planned.end, meta.index),
    )


@_folds(events.ViewClosed)
def _closed(conn: Writer, event: events.ViewClosed, meta: EntryMeta) -> None:
    """A second closing of a span (after a failed attempt) says more than the first, and replaces it."""
    conn.execute("UPDATE spans SET closed=? WHERE origin=? AND span=?", (meta.index, meta.origin, event.span))
    conn.execute("DELETE FROM watched WHERE origin=? AND span=?", (meta.origin, event.span))
    for n, shown in enumerate(event.cameras):
        _insert(
            conn,
            "watched",
            *(meta.origin, meta.index, n, event.span, event.case, shown.recording, shown.shown.start, shown.shown.end),
            *(event.rate_milli, shown.width, shown.height, int(shown.audible), event.purpose, meta.at),
            int(has_sound(event.rate_milli, audible=shown.audible, heard=shown.heard)),
            *(shown.visible.value, shown.source.value, _crop(shown.crop)),
        )


def _crop(crop: events.Crop | None) -> str:
    return "" if crop is None else f"{crop.left},{crop.top},{crop.width},{crop.height}"


@_folds(events.FilmstripShown)
def _film(conn: Writer, event: events.FilmstripShown, meta: EntryMeta) -> None:
    row = (meta.origin, meta.index, meta.at, event.case, event.recording, event.shown.start, event.shown.end)
    _insert(conn, "films", *row, event.step, event.height, event.purpose)


def _log_on(conn: Writer, meta: EntryMeta, named: str, why: str = "", left: int | None = None) -> None:
    _insert(conn, "log_ons", meta.origin, meta.index, meta.at, meta.kind, named, why, left)


@_folds(events.LoggedOn)
def _logged_on(conn: Writer, event: events.LoggedOn, meta: EntryMeta) -> None:
    _log_on(conn, meta, event.user, event.method)


@_folds(events.LogOnRefused)
def _refused(conn: Writer, event: events.LogOnRefused, meta: EntryMeta) -> None:
    _log_on(conn, meta, event.named, event.why, event.tries_left)


@_folds(events.LogOnReleased)
def _released(conn: Writer, event: events.LogOnReleased, meta: EntryMeta) -> None:
    _log_on(conn, meta, event.user, f"by {event.by}")


@_folds(events.LoggedOff)
def _logged_off(conn: Writer, event: events.LoggedOff, meta: EntryMeta) -> None:
    _log_on(conn, meta, event.user)


@_folds(events.Locked)
def _locked(conn: Writer, event: events.Locked, meta: EntryMeta) -> None:
    _log_on(conn, meta, event.user, event.why)


@_folds(events.Unlocked)
def _unlocked(conn: Writer, event: events.Unlocked, meta: EntryMeta) -> None:
    _log_on(conn, meta, event.user)


@_folds(events.ReasonStated)
def _reason(conn: Writer, event: events.ReasonStated, meta: EntryMeta) -> None:
    _insert(conn, "reasons", meta.origin, meta.index, meta.at, event.case, event.reason, event.note)


@_folds(events.AccessDenied)
def _denied(conn: Writer, event: events.AccessDenied, meta: EntryMeta) -> None:
    row = (meta.origin, meta.index, meta.at, event.what, event.why, event.case, event.recording)
    _insert(conn, "denials", *row)


@_folds(events.ObjectQuarantined)
def _quarantined(conn: Writer, event: events.ObjectQuarantined, meta: EntryMeta) -> None:
    row = (meta.origin, meta.index, meta.at, event.case, event.recording, event.object, event.found)
    _insert(conn, "quarantines", *row)


@_folds(events.CaseSynced)
def _synced(conn: Writer, event: events.CaseSynced, meta: EntryMeta) -> None:
    _insert(conn, "syncs", meta.origin, meta.index, meta.at, event.case, event.objects, event.bytes)


@_folds(events.StillSaved)
def _still(conn: Writer, event: events.StillSaved, meta: EntryMeta) -> None:
    row = (meta.origin, meta.index, meta.at, event.case, event.recording, event.part, event.pts, event.sha256)
    _insert(conn, "stills", *row)


def _fact(conn: Writer, event: events.Event, meta: EntryMeta) -> None:
    for row in facts.rows_of(event, meta.actor):
        conn.execute(facts.PUT, (*row, meta.actor, meta.at, *meta.order))


for _act in facts.FOLDED:
    _FOLDS[_act] = _fact
