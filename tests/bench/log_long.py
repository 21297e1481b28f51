"""A log of a million entries. `verify_per_s`: its published files verified as `reviewer log verify` does it: each entry
judged to be the RFC 8785 form of an entry, each leaf, tile and the signed root recomputed. `publish_ms`: one entry more
is published to a folder store, as the app does it. `bytes_per_entry`: what lies in the store then, without bodies."""

from __future__ import annotations

import json
import statistics
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer
from reviewer.audit.publish import publish
from reviewer.audit.published import PublishedLog
from reviewer.audit.tiles import Read
from reviewer.audit.verify import verify_published
from reviewer.records.database import open_database
from reviewer.services.publish import OwnLog, Publisher
from reviewer.stores.folder import FolderStore
from tests.bench.log_made import KEY, ORIGIN, bare_entry, day, entry_of

_BATCH = 4096


def run(entries: int, publications: int, rounds: int) -> dict[str, Any]:
    """`publications` of one entry, verified `rounds` times."""
    with TemporaryDirectory(prefix="reviewer-log-") as name:
        folder, store = Path(name), Path(name) / "store"
        with closing(open_database(folder / "records.sqlite")) as conn:
            log = SqliteLog.open(conn, ORIGIN, Signer(ORIGIN, KEY))
            for start in range(0, entries, _BATCH):
                few = [bare_entry(n) for n in range(start, min(entries, start + _BATCH))]
                _append(log, few, [b""] * len(few))
            files = store / "logs" / ORIGIN
            publish(log, _reader(files), _writer(files), _writer(files))
            size = sum(path.stat().st_size for path in files.rglob("*") if path.is_file())
            took = _publications(log, folder, store, publications)
        return {
            "publish_ms": round(statistics.median(took) * 1e3, 2),
            "publish_slowest_ms": round(max(took) * 1e3, 2),
            "bytes_per_entry": round(size / entries, 1),
        } | _verify(_reader(files), rounds)


def _append(log: SqliteLog, entries: list[bytes], bodies: list[bytes]) -> None:
    conn = log._conn
    conn.execute("BEGIN IMMEDIATE")
    log.append(entries, bodies)
    conn.execute("COMMIT")


def _publications(log: SqliteLog, folder: Path, store: Path, publications: int) -> list[float]:
    publisher = Publisher(folder / "records.sqlite", [OwnLog(ORIGIN, KEY, ())], FolderStore(store))
    publisher.publish()  # the body key, once a log
    took = []
    for n, event in enumerate(day(publications), log.size):
        entry, body = entry_of(event, n)
        _append(log, [entry], [body])
        began = time.perf_counter()
        state = publisher.publish()
        took.append(time.perf_counter() - began)
        if state.trouble is not None:
            raise RuntimeError(state.trouble.message)
    return took


def _verify(read: Read, rounds: int) -> dict[str, Any]:
    verifier = Signer(ORIGIN, KEY)
    per_second, loaded = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        report = verify_published(read, ORIGIN, verifier.vkey)
        per_second.append(report.entries / (time.perf_counter() - began))
        if not report.ok or report.entries != report.size:
            raise RuntimeError(f"the log does not verify: {report.problems[:1]}")
        began = time.perf_counter()
        for entry in PublishedLog(read, verifier.verifier).entries():
            json.loads(entry)
        loaded.append(report.size / (time.perf_counter() - began))
    return {"verify_per_s": round(max(per_second)), "read_and_load_per_s": round(max(loaded))}


def _reader(files: Path) -> Read:
    def read(path: str) -> bytes | None:
        try:
            return (files / path).read_bytes()
        except FileNotFoundError:
            return None

    return read


class _writer:
    """Writes files of a log, the first time without asking for durability: that is not what is measured."""

    def __init__(self, files: Path) -> None:
        self._files = files

    def __call__(self, path: str, data: bytes) -> bool:
        target = self._files / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return True
