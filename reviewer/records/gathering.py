"""Many rows at a time: what is folded of a long log is written by `executemany`, a table's rows in the order in which
they were asked for.

Rows that the same statement writes are gathered. Before another statement comes to the same table they are written, so
an UPDATE finds what was inserted before it and an upsert what it replaces. Between tables no order is kept, which is
why a statement may name one table only.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Protocol

_MOST = 4096
_TABLE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", re.IGNORECASE)


class Writer(Protocol):
    """What rows are folded into: a connection, or `Gathering` before one."""

    def execute(self, sql: str, parameters: tuple[Any, ...] = (), /) -> object: ...


class ManyWriter(Protocol):
    """What gathered rows go to: a connection, or what keeps them for one."""

    def executemany(self, sql: str, rows: list[tuple[Any, ...]], /) -> object: ...


class Gathering:
    """Stands before a connection for as long as a rebuild takes. Call `flush` at the end. For statements that write to
    one table and give nothing back."""

    def __init__(self, conn: ManyWriter) -> None:
        self._conn = conn
        self._waiting: dict[str, str] = {}  # by table: the statement whose rows wait
        self._rows: dict[str, list[tuple[Any, ...]]] = {}  # by statement

    def execute(self, sql: str, parameters: tuple[Any, ...] = (), /) -> None:
        """Raises ValueError for a statement that is not an INSERT, UPDATE or DELETE; sqlite3.Error, later perhaps."""
        rows = self._rows.get(sql)
        if rows is None:
            rows = self._begun(sql)
        rows.append(parameters)
        if len(rows) == _MOST:
            self._conn.executemany(sql, self._rows.pop(sql))

    def flush(self) -> None:
        """Write what is still gathered."""
        for sql, rows in self._rows.items():
            self._conn.executemany(sql, rows)
        self._rows.clear()

    def _begun(self, sql: str) -> list[tuple[Any, ...]]:
        """Write the rows that wait for the same table, and let this statement's wait."""
        table = _table(sql)
        before = self._waiting.get(table)
        if before is not None and before in self._rows:
            self._conn.executemany(before, self._rows.pop(before))
        self._waiting[table] = sql
        return self._rows.setdefault(sql, [])


@cache
def _table(sql: str) -> str:
    found = _TABLE.match(sql)
    if found is None:
        raise ValueError(f"cannot be gathered: {sql}")
    return found[1]
