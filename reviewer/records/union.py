"""Own and followed entries behind one set of names.

A person's records are two files of one shape (`migrations`): what their own logs on this machine say, which the scribe
writes, and what they follow of everybody else's (`services/following.py`). `attach` lays a temporary view over both for
each table, under the table's name, so that a question asked of `entries` or `watched` is asked of both. What is only a
question to one's own log says `main.entries`.

A view is two tables after one another (UNION ALL), which SQLite's planner takes apart again: filters, order and limit
go down into both files' indexes (SQLite, "Compound Subquery Flattening"). Where both files know the same thing, a
bookmark or a field of it, the same row stands that folding both into one file would have left.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from reviewer.records.projections import TABLES

OTHERS = "others"
"""The name of the attached file."""

_KEYED = {
    # table: (its key, which row stands: the earliest that added it, the latest that set it)
    "bookmarks": (("case_id", "id"), "<"),
    "bookmark_fields": (("case_id", "id", "field"), ">"),
    "facts": (("case_id", "subject", "key"), ">"),
}
_ORDER = ("lamport", "origin", "idx")


def attach(conn: sqlite3.Connection, others: Path) -> None:
    """Read `others` beside what this connection reads. Raises sqlite3.Error if it is no such file, and then nothing is
    attached."""
    conn.execute("PRAGMA query_only=OFF")  # for the views, which are written to memory
    conn.execute("PRAGMA temp_store=MEMORY")
    conn.execute(f"ATTACH ? AS {OTHERS}", (f"file:{quote(str(others.absolute()))}?mode=ro",))
    try:
        conn.execute("BEGIN")
        for table in TABLES:
            conn.execute(f"CREATE TEMP VIEW {table} AS {_both(table)}")
        for table in TABLES:
            conn.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - names from projections
        conn.execute("COMMIT")
    except sqlite3.Error:
        conn.execute("ROLLBACK")
        conn.execute(f"DETACH {OTHERS}")
        raise
    finally:
        conn.execute("PRAGMA query_only=ON")


def _both(table: str) -> str:
    return f"{_one(table, 'main', OTHERS)} UNION ALL {_one(table, OTHERS, 'main')}"


def _one(table: str, here: str, there: str) -> str:
    """The rows of one file that stand; of a row that both have, only one does."""
    rows = f"SELECT * FROM {here}.{table} h"  # noqa: S608 - names from this file
    if table not in _KEYED:
        return rows
    key, stands = _KEYED[table]
    same = " AND ".join(f"t.{name}=h.{name}" for name in key)
    first, second = (",".join(f"{side}.{name}" for name in _ORDER) for side in "th")
    return f"{rows} WHERE NOT EXISTS (SELECT 1 FROM {there}.{table} t WHERE {same} AND ({first}) {stands} ({second}))"  # noqa: S608 - names from this file
