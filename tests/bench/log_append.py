"""`append_vs_plain`, `append_p99_ms`: one durable entry (entry, sealed body, tree, signed head: one transaction), by
turns with the same bytes written to a plain file and fsync. `batch_per_s`: 256 of them in a transaction. Beside them
what the whole journal takes for an event: sealing, signing, folding, fsync, answer."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer
from reviewer.domain.events import LogName
from reviewer.records.database import open_database
from reviewer.services.journal import Journal
from tests.bench.log_made import KEY, ORIGIN, day, entry_of

_BATCH = 256


def run(singles: int, batches: int) -> dict[str, Any]:
    """`singles` appends and `batches` of 256."""
    with TemporaryDirectory(prefix="reviewer-log-") as name:
        folder = Path(name)
        made = [entry_of(event, n) for n, event in enumerate(day(max(singles, _BATCH * min(batches, 40))))]
        return _appends(folder, made, singles, batches) | _journal(folder, singles)


def _appends(folder: Path, made: list[tuple[bytes, bytes]], singles: int, batches: int) -> dict[str, Any]:
    with closing(open_database(folder / "log.sqlite")) as conn, (folder / "plain").open("ab", buffering=0) as plain:
        log = SqliteLog.open(conn, ORIGIN, Signer(ORIGIN, KEY))

        def append(few: list[tuple[bytes, bytes]]) -> float:
            entries, bodies = [entry for entry, _ in few], [body for _, body in few]
            began = time.perf_counter()
            conn.execute("BEGIN IMMEDIATE")
            log.append(entries, bodies)
            conn.execute("COMMIT")
            return time.perf_counter() - began

        ours, theirs = [], []
        for n in range(singles):
            ours.append(append(made[n : n + 1]))
            began = time.perf_counter()
            plain.write(b"".join(made[n]))
            os.fsync(plain.fileno())
            theirs.append(time.perf_counter() - began)
        starts = (n * _BATCH % (len(made) - _BATCH + 1) for n in range(batches))
        batched = sum(append(made[start : start + _BATCH]) for start in starts)
    return {
        "append_vs_plain": round(sum(theirs) / sum(ours), 3),
        "append_p99_ms": _percentile(ours, 99),
        "append_p50_ms": _percentile(ours, 50),
        "append_per_s": round(singles / sum(ours)),
        "plain_per_s": round(singles / sum(theirs)),
        "plain_p99_ms": _percentile(theirs, 99),
        "batch_per_s": round(batches * _BATCH / batched),
    }


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
