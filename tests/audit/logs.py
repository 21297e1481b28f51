"""Logs to test with: entries, a log in memory, and files as a store would hold them."""

from __future__ import annotations

import sqlite3
from functools import cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.entry import Entry
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer
from reviewer.audit.publish import publish

ORIGIN = "helsinki.example/ws-1/salo/access/1"
KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)


@cache
def entry(n: int, kind: str = "view_opened") -> bytes:
    return Entry(
        at=1_718_304_137_480_000 + n,
        mono=n,
        boot="b5d0",
        lamport=n,
        kind=kind,
        case="PSB-2026-0417",
        recording="rec-1",
        body=sha256(b"%d" % n).hexdigest(),
    ).to_bytes()


def body(n: int) -> bytes:
    return b"sealed %d" % n


def new_log(origin: str = ORIGIN, conn: sqlite3.Connection | None = None) -> tuple[sqlite3.Connection, SqliteLog]:
    conn = conn or sqlite3.connect(":memory:", isolation_level=None)
    return conn, SqliteLog.open(conn, origin, Signer(origin, KEY))


def grow(conn: sqlite3.Connection, log: SqliteLog, count: int, kind: str = "view_opened") -> None:
    start = log.size
    conn.execute("BEGIN")
    log.append([entry(n, kind) for n in range(start, start + count)], [body(n) for n in range(start, start + count)])
    conn.execute("COMMIT")


class Files(dict[str, bytes]):
    """The folder of one published log, and the order in which it was written."""

    def __init__(self) -> None:
        super().__init__()
        self.replaced: list[str] = []

    def write_if_absent(self, path: str, data: bytes) -> bool:
        if path in self:
            return False
        self[path] = data
        return True

    def replace(self, path: str, data: bytes) -> None:
        self[path] = data
        self.replaced.append(path)

    def publish(self, log: SqliteLog) -> list[str]:
        return publish(log, self.get, self.write_if_absent, self.replace)


def published(*sizes: int) -> Files:
    """The files of a log that was published at each of these sizes."""
    conn, log = new_log()
    files = Files()
    for size in sizes:
        grow(conn, log, size - log.size)
        files.publish(log)
    conn.close()
    return files
