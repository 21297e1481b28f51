"""`append_vs_plain`, `append_p99_ms`: one durable entry (entry, sealed body, tree, signed head: one transaction), by
turns with the same bytes written to a plain file and fsync. `batch_per_s`: 256 of them in a transaction, with bodies as
bookmarks have them (240 bytes); beside it the same with a view’s of four cameras (940), and what the whole journal
takes for an event: sealing, signing, folding, fsync, answer."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer
from reviewer.domain.events import Event, LogName
from reviewer.records.database import open_database
from reviewer.services.journal import Journal
from tests.bench.log_made import KEY, ORIGIN, day, entry_of, notes

_BATCH = 256
_MADE = 16  # batches that are made; they are appended again and again
Made = tuple[bytes, bytes]


def run(singles: int, batches: int) -> dict[str, Any]:
    """`singles` appends and `batches` of 256."""
    with TemporaryDirectory(prefix="reviewer-log-") as name:
        folder = Path(name)
        return (
            _singles(folder, [entry_of(event, n) for n, event in enumerate(day(singles))])
            | {"batch_per_s": _batched(folder / "notes.sqlite", notes(_MADE * _BATCH), batches)}
            | {"batch_views_per_s": _batched(folder / "views.sqlite", day(_MADE * _BATCH), batches)}
            | _journal(folder, singles)
        )


def _append(conn: sqlite3.Connection, log: SqliteLog, few: list[Made]) -> float:
    entries, bodies = [entry for entry, _ in few], [body for _, body in few]
    began = time.perf_counter()
    conn.execute("BEGIN IMMEDIATE")
    log.append(entries, bodies)
    conn.execute("COMMIT")
    return time.perf_counter() - began


def _singles(folder: Path, made: list[Made]) -> dict[str, Any]:
    ours, theirs = [], []
    with closing(open_database(folder / "log.sqlite")) as conn, (folder / "plain").open("ab", buffering=0) as plain:
        log = SqliteLog.open(conn, ORIGIN, Signer(ORIGIN, KEY))
        for each in made:
            ours.append(_append(conn, log, [each]))
            began = time.perf_counter()
            plain.write(b"".join(each))
            os.fsync(plain.fileno())
            theirs.append(time.perf_counter() - began)
    return {
        "append_vs_plain": round(sum(theirs) / sum(ours), 3),
        "append_p99_ms": _percentile(ours, 99),
        "append_p50_ms": _percentile(ours, 50),
        "append_per_s": round(len(made) / sum(ours)),
        "plain_per_s": round(len(made) / sum(theirs)),
        "plain_p99_ms": _percentile(theirs, 99),
    }


def _batched(path: Path, events: Iterator[Event], batches: int) -> int:
    """Entries a second, the last of which is durable."""
    made = [entry_of(event, n) for n, event in enumerate(events)]
    few = [made[start : start + _BATCH] for start in range(0, len(made), _BATCH)]
    with closing(open_database(path)) as conn:
        log = SqliteLog.open(conn, ORIGIN, Signer(ORIGIN, KEY))
        took = sum(_append(conn, log, few[n % len(few)]) for n in range(batches))
    return round(batches * _BATCH / took)


def _journal(folder: Path, singles: int) -> dict[str, Any]:
    took = []
    with closing(Journal(folder / "journal.sqlite", {name: f"{ORIGIN}-{name}" for name in LogName}, KEY)) as journal:
        for event in day(singles):
            began = time.perf_counter()
            journal.record(event).result()
            took.append(time.perf_counter() - began)
        began = time.perf_counter()
        for future in [journal.record(event) for event in day(singles)]:
            future.result()
        together = time.perf_counter() - began
    return {
        "record_p50_ms": _percentile(took, 50),
        "record_p99_ms": _percentile(took, 99),
        "record_queued_per_s": round(singles / together),
    }


def _percentile(seconds: list[float], of_100: int) -> float:
    """In ms."""
    return round(sorted(seconds)[(len(seconds) - 1) * of_100 // 100] * 1e3, 3)
