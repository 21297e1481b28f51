"""Many rows at a time: what is folded of a long log is written by `executemany`, a table's rows in the order in which
they were asked for.

Rows that the same statement writes are gathered. Before another statement comes to the same table they are written, so
an UPDATE finds what was inserted before it and an upsert what it replaces. Between tables no order is kept, which is
why a statement may name one table only.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Protocol

_MOST = 4096
_TABLE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", re.IGNORECASE)


class Writer(Protocol):
    """What rows are folded into: a connection, or `Gathering` before one."""

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> object: ...


class Gathering:
    """Stands before a connection for as long as a rebuild takes. Call `flush` at the end. For statements that write to
    one table and give nothing back."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._tables: dict[str, str] = {}  # by statement
        self._rows: dict[str, tuple[str, list[Sequence[object]]]] = {}  # by table: the statement and what it writes

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> None:
        """Raises ValueError for a statement that is not an INSERT, UPDATE or DELETE; sqlite3.Error, later perhaps."""
        table = self._tables.get(sql) or self._table(sql)
        waiting = self._rows.get(table)
        if waiting is None:
            self._rows[table] = sql, [parameters]
        elif waiting[0] == sql and len(waiting[1]) < _MOST:
            waiting[1].append(parameters)
        else:
            self._conn.executemany(*waiting)
            self._rows[table] = sql, [parameters]

    def flush(self) -> None:
        """Write what is still gathered."""
        for waiting in self._rows.values():
            self._conn.executemany(*waiting)
        self._rows.clear()

    def _table(self, sql: str) -> str:
        found = _TABLE.match(sql)
        if found is None:
            raise ValueError(f"cannot be gathered: {sql}")
        return self._tables.setdefault(sql, found[1])
