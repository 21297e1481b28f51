"""Rebuild: the SQLite side made again from the log's entries and bodies. The log is the truth."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from reviewer.audit.log import SqliteLog
from reviewer.records import projections
from reviewer.services.collecting import making_many
from reviewer.services.folding import KeysFor as KeysFor
from reviewer.services.folding import folded
from reviewer.services.folding import meta_of as meta_of
from reviewer.services.rebuild_apart import Readers

Progress = Callable[[int, int], None]
"""Entries folded so far, and how many there are. May raise `Cancelled`: nothing is changed then."""

_CACHE = -200_000  # KiB


def rebuild(conn: sqlite3.Connection, logs: Sequence[SqliteLog], keys_for: KeysFor) -> int:
    """Fold every entry of the logs again, in one transaction. Returns how many. Bodies that no key opens fold as
    entries alone. Raises IntegrityError for a body that is not its entry's, sqlite3.Error."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        count = refill(conn, logs, keys_for)
        conn.execute("COMMIT")
    finally:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
    return count


def refill(
    conn: sqlite3.Connection, logs: Sequence[SqliteLog], keys_for: KeysFor, progress: Progress | None = None
) -> int:
    """The same in the caller's transaction, which has not touched the logs: long ones are read by other processes."""
    count, tell = 0, progress or _nobody
    with _room(conn), making_many(), closing(Readers(conn, logs, keys_for)) as readers:
        tell(0, readers.total)
        projections.clear(conn)
        for entries, rows in readers:
            for sql, each in rows:
                conn.executemany(sql, each)
            count += entries
            tell(count, readers.total)
    return count


@contextmanager
def _room(conn: sqlite3.Connection) -> Iterator[None]:
    """Memory for pages that are written to again and again (SQLite, "PRAGMA cache_size": negative is KiB)."""
    (before,) = conn.execute("PRAGMA cache_size").fetchone()
    conn.execute(f"PRAGMA cache_size={_CACHE}")
    try:
        yield
    finally:
        conn.execute(f"PRAGMA cache_size={before}")


def _nobody(_done: int, _total: int) -> None:
    """Nobody is told."""


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
