"""What a person follows of other people's published logs, and how far: `users/<id>/others.sqlite`.

Beside the tables of `migrations`, which what was read is folded into, some of its own. They change in the transaction
that folds, so a process that dies leaves what was verified and folded, and goes on from there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.sight import Standing
from reviewer.domain.timebase import Utc
from reviewer.records import projections
from reviewer.records.database import open_database
from reviewer.records.projections import TABLES, EntryMeta
from reviewer.records.queries import event_of

NO_CASE = ""
"""Stands for the entries of no case wherever a case is named here."""

_SCHEMA = (
    # note: the newest checkpoint of the log that was verified; folded: entries [0, folded) were looked at; lamport: the
    # highest that was accepted; problem: why it is not followed any further; fork: a checkpoint that the log's key
    # signed too and that contradicts `note`. It proves the fork to anybody, and is never thrown away.
    """CREATE TABLE IF NOT EXISTS followed (
        origin TEXT PRIMARY KEY, note BLOB NOT NULL, size INTEGER NOT NULL, folded INTEGER NOT NULL,
        lamport INTEGER NOT NULL, problem TEXT NOT NULL, next_step TEXT NOT NULL, fork BLOB NOT NULL)
        STRICT, WITHOUT ROWID""",
    # when everything there was had been folded
    "CREATE TABLE IF NOT EXISTS followed_round (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL) STRICT",
    # in which bundles of 256 a log has entries of a case: what is given to somebody later is read again from there
    """CREATE TABLE IF NOT EXISTS followed_where (
        origin TEXT NOT NULL, case_id TEXT NOT NULL, bundle INTEGER NOT NULL,
        PRIMARY KEY (origin, case_id, bundle)) STRICT, WITHOUT ROWID""",
    # how a case was read in a log: as whom, and with which keys (a JSON list of their fingerprints)
    """CREATE TABLE IF NOT EXISTS followed_scope (
        origin TEXT NOT NULL, case_id TEXT NOT NULL, standing TEXT NOT NULL, keys TEXT NOT NULL,
        PRIMARY KEY (origin, case_id)) STRICT, WITHOUT ROWID""",
    # entries that stand in their log and say something that cannot be so
    """CREATE TABLE IF NOT EXISTS followed_doubt (
        origin TEXT NOT NULL, idx INTEGER NOT NULL, case_id TEXT, said TEXT NOT NULL,
        PRIMARY KEY (origin, idx)) STRICT, WITHOUT ROWID""",
)
_BY_CASE = ("bookmarks", "bookmark_fields", "facts")  # a row is of everybody who wrote to it, not of one entry
_ENTRY = "origin, idx, at, mono, boot, lamport, kind, case_id, recording, reason, body, payload"


@dataclass(frozen=True, slots=True)
class State:
    """How far one log is followed. `size` is the tree that `note` signs; `problem` "" while all is well."""

    origin: str
    note: bytes = b""
    size: int = 0
    folded: int = 0
    lamport: int = 0
    problem: str = ""
    next_step: str = ""
    fork: bytes = b""


@dataclass(frozen=True, slots=True)
class Scope:
    """As whom a case was read, and the fingerprints of the keys that were tried."""

    standing: Standing
    keys: frozenset[str] = frozenset()


def open_followed(path: Path) -> sqlite3.Connection:
    """The one writing connection, as `database.open_database`. Raises LogUnwritable."""
    conn = open_database(path)
    for statement in _SCHEMA:
        conn.execute(statement)
    return conn


@contextmanager
def transaction(conn: sqlite3.Connection) -> Iterator[None]:
    """All of it or none of it."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        conn.execute("COMMIT")
    finally:
        if conn.in_transaction:
            conn.execute("ROLLBACK")


def states(conn: sqlite3.Connection) -> dict[str, State]:
    """Every log that was ever followed here, by origin."""
    rows = conn.execute("SELECT origin, note, size, folded, lamport, problem, next_step, fork FROM followed")
    return {row[0]: State(*row) for row in rows}


def put_state(conn: sqlite3.Connection, state: State) -> None:
    """In the caller's transaction."""
    row = (state.origin, state.note, state.size, state.folded, state.lamport, state.problem, state.next_step)
    conn.execute("INSERT OR REPLACE INTO followed VALUES (?,?,?,?,?,?,?,?)", (*row, state.fork))


def last_round(conn: sqlite3.Connection) -> Utc | None:
    """When everything there was had been folded, as far as it could be believed."""
    row = conn.execute("SELECT at FROM followed_round").fetchone()
    return None if row is None else Utc(row[0])


def put_round(conn: sqlite3.Connection, at: Utc) -> None:
    conn.execute("INSERT OR REPLACE INTO followed_round VALUES (1, ?)", (at,))


def highest(conn: sqlite3.Connection) -> int:
    """The highest lamport value that was accepted of anybody."""
    (found,) = conn.execute("SELECT coalesce(max(lamport), 0) FROM followed").fetchone()
    return int(found)


def doubts(conn: sqlite3.Connection) -> list[tuple[str, int, str]]:
    """(origin, index, sentence) of entries that were not believed."""
    return list(conn.execute("SELECT origin, idx, said FROM followed_doubt ORDER BY origin, idx"))


def doubt(conn: sqlite3.Connection, meta: EntryMeta, said: str) -> None:
    conn.execute("INSERT OR REPLACE INTO followed_doubt VALUES (?,?,?,?)", (meta.origin, meta.index, meta.case, said))


def undoubt(conn: sqlite3.Connection, origin: str, case: str) -> None:
    """Forget what was doubted of a case in a log: it is read again."""
    conn.execute("DELETE FROM followed_doubt WHERE origin=? AND case_id IS ?", (origin, case or None))


def put_where(conn: sqlite3.Connection, origin: str, found: Iterable[tuple[str, int]]) -> None:
    """Remember that a log has entries of these cases in these bundles."""
    rows = ((origin, case, bundle) for case, bundle in found)
    conn.executemany("INSERT OR IGNORE INTO followed_where VALUES (?,?,?)", rows)


def cases_of(conn: sqlite3.Connection, origin: str) -> list[str]:
    """The cases that a log has entries of, `NO_CASE` among them."""
    return [case for (case,) in conn.execute("SELECT DISTINCT case_id FROM followed_where WHERE origin=?", (origin,))]


def bundles(conn: sqlite3.Connection, origin: str, case: str) -> list[int]:
    """In which bundles."""
    where = "FROM followed_where WHERE origin=? AND case_id=? ORDER BY bundle"
    return [bundle for (bundle,) in conn.execute(f"SELECT bundle {where}", (origin, case))]


def scopes(conn: sqlite3.Connection, origin: str) -> dict[str, Scope]:
    """How each case of a log was read."""
    rows = conn.execute("SELECT case_id, standing, keys FROM followed_scope WHERE origin=?", (origin,))
    return {case: Scope(Standing(standing), frozenset(json.loads(keys))) for case, standing, keys in rows}


def put_scope(conn: sqlite3.Connection, origin: str, case: str, scope: Scope) -> None:
    row = (origin, case, scope.standing.value, json.dumps(sorted(scope.keys)))
    conn.execute("INSERT OR REPLACE INTO followed_scope VALUES (?,?,?,?)", row)


def kept(conn: sqlite3.Connection, origin: str, case: str) -> dict[int, EntryMeta]:
    """The entries of a case that are folded from a log, by index."""
    rows = conn.execute(
        f"SELECT {_ENTRY} FROM entries WHERE case_id IS ? AND origin=?",  # noqa: S608 - only fixed words
        (case or None, origin),
    )
    found = (EntryMeta(*row) for row in rows)
    return {meta.index: meta for meta in found}


def take_out(conn: sqlite3.Connection, origin: str, case: str, indexes: Collection[int]) -> None:
    """Take entries of one log and case out of the tables, to be folded again. Bookmarks
    and facts stay: folding what is known already changes nothing in them."""
    for table in TABLES:
        columns = {row[1] for row in conn.execute(f"PRAGMA table_info({table})")}
        if table in _BY_CASE or "origin" not in columns:
            continue
        if "idx" in columns:
            rows = ((origin, index) for index in indexes)
            conn.executemany(f"DELETE FROM {table} WHERE origin=? AND idx=?", rows)  # noqa: S608 - names from projections
        elif case != NO_CASE:
            conn.execute(f"DELETE FROM {table} WHERE origin=? AND case_id=?", (origin, case))  # noqa: S608 - names from projections


def cut(conn: sqlite3.Connection, origin: str, size: int) -> None:
    """Take out what a log has from entry `size` on, in the caller's transaction. Cases it is of are folded again from
    what else is known of them."""
    beyond = (origin, size)
    cases = [case for (case,) in conn.execute("SELECT DISTINCT case_id FROM entries WHERE origin=? AND idx>=?", beyond)]
    rows = conn.execute("SELECT idx FROM entries WHERE origin=? AND idx>=? AND case_id IS NULL", beyond)
    take_out(conn, origin, NO_CASE, [index for (index,) in rows])
    for case in (case for case in cases if case is not None):
        found = conn.execute(f"SELECT {_ENTRY} FROM entries WHERE case_id=? ORDER BY lamport, origin, idx", (case,))  # noqa: S608 - only fixed words
        metas = [meta for meta in (EntryMeta(*row) for row in found) if meta.origin != origin or meta.index < size]
        projections.refold(conn, case, [(event_of(meta.kind, meta.payload), meta) for meta in metas])
    conn.execute("DELETE FROM followed_doubt WHERE origin=? AND idx>=?", beyond)


def forget(conn: sqlite3.Connection, case: str) -> None:
    """Take everything of a case out, of every log, and overwrite it (SQLite, "PRAGMA secure_delete"); what is known of
    where it stands is kept. Not in a transaction."""
    conn.execute("PRAGMA secure_delete=ON")
    try:
        with transaction(conn):
            conn.execute(
                "DELETE FROM touched WHERE EXISTS (SELECT 1 FROM entries e"
                " WHERE e.case_id=? AND e.origin=touched.origin AND e.idx=touched.idx)",
                (case,),
            )
            for table in (*TABLES, "followed_scope", "followed_doubt"):
                if any(row[1] == "case_id" for row in conn.execute(f"PRAGMA table_info({table})")):
                    conn.execute(f"DELETE FROM {table} WHERE case_id=?", (case,))  # noqa: S608 - names from projections
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        conn.execute("PRAGMA secure_delete=OFF")


def start_again(conn: sqlite3.Connection) -> None:
    """Empty every table and forget how far each log was folded, but not which checkpoints were seen: what is read
    again must still be an extension of them."""
    with transaction(conn):
        for table in (*TABLES, "followed_where", "followed_scope", "followed_doubt"):
            conn.execute(f"DELETE FROM {table}")  # noqa: S608 - names from this file and projections
        conn.execute("UPDATE followed SET folded=0")
        conn.execute("DELETE FROM followed_round")
