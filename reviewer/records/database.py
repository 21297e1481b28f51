"""The SQLite file beside a person's log: one writing connection (the scribe's), any number of reading ones.

WAL, so that readers never wait for the scribe nor it for them; synchronous=FULL, so that what a transaction said is on
the disk when COMMIT returns (SQLite, "PRAGMA synchronous").
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.records import migrations

_WAIT_MS = 5_000


def open_database(path: Path) -> sqlite3.Connection:
    """The scribe's connection, the tables brought up to date. Transactions are the caller's: autocommit is on until
    BEGIN. Made here, then used by one thread only. Raises LogUnwritable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)
        conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except (sqlite3.Error, OSError) as wrong:
        raise _unusable(path, wrong) from wrong
    try:
        _durable(conn)
        migrations.apply(conn)
        conn.execute("DELETE FROM entries WHERE 0")  # a file that SQLite could open only for reading is told here
    except sqlite3.Error as wrong:
        conn.close()
        raise _unusable(path, wrong) from wrong
    return conn


def open_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection for one thread. Raises ReviewerError if there is nothing to read."""
    try:
        conn = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error as wrong:
        raise _unreadable(path, wrong) from wrong
    try:
        conn.execute(f"PRAGMA busy_timeout={_WAIT_MS}")
        conn.execute("PRAGMA query_only=ON")
        conn.execute("SELECT 1 FROM entries LIMIT 1")
    except sqlite3.Error as wrong:
        conn.close()
        raise _unreadable(path, wrong) from wrong
    return conn


def _durable(conn: sqlite3.Connection) -> None:
    (mode,) = conn.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise sqlite3.OperationalError(f"write-ahead logging is not available here (journal mode {mode})")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute("PRAGMA foreign_keys=ON")
    conn.execute(f"PRAGMA busy_timeout={_WAIT_MS}")
    conn.execute("PRAGMA trusted_schema=OFF")


def _unusable(path: Path, wrong: Exception) -> LogUnwritable:
    return LogUnwritable(
        f"The log {path.name} cannot be opened for writing ({wrong}).",
        "Check the room on the disk and the rights of its folder, then log on again.",
    )


def _unreadable(path: Path, wrong: Exception) -> ReviewerError:
    return ReviewerError(f"{path.name} cannot be read ({wrong}).", "Log on once, or rebuild it from the log.")
