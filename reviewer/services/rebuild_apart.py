"""A long log read by several processes: each opens, decodes and folds its pieces of 4096 entries, and hands the rows
back to the one that writes them, piece by piece in the order of the log.

They read the same file, see what is committed, and write nothing. The keys of a case are asked for through the pipe
when its first entry comes. A process that ends, for whatever reason, leaves its pieces to the asker, who then
meets the reason, if there is one, itself.
"""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from functools import cache, partial
from multiprocessing import current_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from reviewer.audit.errors import AuditError
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Verifier
from reviewer.domain.errors import ReviewerError
from reviewer.media import apart
from reviewer.records import projections
from reviewer.records.database import open_reader
from reviewer.services.folding import Keys, KeysFor, entries

PIECE = 4096
"""Entries folded at a time."""
WORTH = 60_000
"""Entries from which starting processes is worth its time."""
_MOST = 8  # processes
_END = 2.0  # s that one may take to end
Rows = list[tuple[str, list[tuple[Any, ...]]]]
"""Statements, and the rows that each writes: in their order for each table."""


class _Kept:
    """Takes rows as a connection does, and keeps them."""

    def __init__(self) -> None:
        self.rows: Rows = []

    def executemany(self, sql: str, rows: list[tuple[Any, ...]], /) -> None:
        self.rows.append((sql, projections.lasting(sql, rows)))


def rows_of(log: SqliteLog, keys: Keys, start: int, stop: int) -> tuple[int, Rows]:
    """How many entries there are in [start, stop), and what folding them writes. Raises as `folding.entries`."""
    kept = _Kept()
    return projections.fold_all(kept, entries(log, keys, start, stop)), kept.rows


class Readers:
    """The processes that read these logs; none where there is no file, or too little to read."""

    def __init__(self, conn: sqlite3.Connection, logs: Sequence[SqliteLog], keys_for: KeysFor) -> None:
        self._logs = [(log, cache(partial(keys_for, log.origin)), log.size) for log in logs]
        self.total = sum(size for _, _, size in self._logs)
        self._pieces = [
            (n, at, min(at + PIECE, size)) for n, (_, _, size) in enumerate(self._logs) for at in range(0, size, PIECE)
        ]
        self._readers: list[tuple[Connection, BaseProcess]] = []
        path = next(file for _, name, file in conn.execute("PRAGMA database_list") if name == "main")
        if path and self.total >= WORTH and not current_process().daemon:
            self._start(Path(path))

    def _start(self, path: Path) -> None:
        make: Any = apart.context()
        logs = [(log.origin, log.verifier) for log, _, _ in self._logs]
        count = min(_MOST, os.cpu_count() or 1)
        for n in range(count):
            ours, theirs = make.Pipe()
            process = make.Process(target=_run, args=(theirs, path, logs, self._pieces[n::count]), daemon=True)
            try:
                process.start()
            except OSError:
                ours.close()
                return self.close()
            finally:
                theirs.close()
            self._readers.append((ours, process))
        return None

    def __iter__(self) -> Iterator[tuple[int, Rows]]:
        """(entries, rows) of each piece, in the order of each log. Raises as `rows_of`, and what `keys_for` raises."""
        for at, (n, start, stop) in enumerate(self._pieces):
            log, keys, _ = self._logs[n]
            found = self._handed(at, keys)
            yield rows_of(log, keys, start, stop) if found is None else found

    def _handed(self, at: int, keys: Keys) -> tuple[int, Rows] | None:
        if not self._readers:
            return None
        pipe, _ = self._readers[at % len(self._readers)]
        try:
            while not isinstance(said := pipe.recv(), tuple):
                pipe.send(tuple(keys(said)))
        except (EOFError, OSError):
            return None
        return said

    def close(self) -> None:
        """End them."""
        for pipe, process in self._readers:
            pipe.close()
            process.terminate()
        for _, process in self._readers:
            process.join(_END)
        self._readers.clear()


def _run(pipe: Connection, path: Path, logs: list[tuple[str, Verifier]], pieces: list[tuple[int, int, int]]) -> None:
    """In a process of its own. What is wrong is for the asker to meet. Nothing here holds cycles, and a collection
    goes through every row of the piece: that was a fifth of the time."""
    apart.confine()
    gc.disable()

    def asked(_origin: str, case: str | None) -> tuple[bytes, ...]:
        pipe.send(case)
        given: tuple[bytes, ...] = pipe.recv()
        return given

    with suppress(ReviewerError, AuditError, sqlite3.Error, EOFError, OSError), closing(open_reader(path)) as conn:
        opened = [(SqliteLog.read(conn, origin, verifier), cache(partial(asked, origin))) for origin, verifier in logs]
        for n, start, stop in pieces:
            pipe.send(rows_of(*opened[n], start, stop))
