"""A long log read by other processes: what is written is what one process alone writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from reviewer.audit.entry import Entry, body_commitment
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import Cancelled, IntegrityError
from reviewer.domain.events import BookmarkAdded, BookmarkChanged, Event, LoggedOn, SpanCamera, ViewClosed, ViewOpened
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.records import migrations, projections
from reviewer.records.database import open_database
from reviewer.records.projections import TABLES
from reviewer.sealing.stream import seal_bytes
from reviewer.services import rebuild_apart
from reviewer.services.bodies import body_key, payload_of, seal_body
from reviewer.services.collecting import rests
from reviewer.services.rebuild import rebuild, refill
from tests.records.events_made import ANY_EVENT, meta_of

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
ORIGINS = ("pd.example/ws1/salo/access/1", "pd.example/ws1/salo/work/1")
CASE_KEY, LOST = b"\x01" * 32, b"\x02" * 32
AT = TimeRange(Utc(1_781_376_137_480_000), Utc(1_781_376_145_480_000))
COUNT = 150  # entries of each log


def _events(n: int) -> tuple[Event, Event]:
    """What stands in the access log, and in the work log."""
    camera, span = SpanCamera("r1", AT, 640, 360, True), f"s{n // 3}"
    views = (ViewOpened("C1", span, AT, 1000, (camera,), ""), ViewClosed("C1", span, 1000, (camera,), ""))
    mark = Mark("r2", 0, Micros(1), Micros(2))
    question, injury = "question", "injury"
    notes = (
        BookmarkAdded("C1", f"b{n // 2}", AT, (mark,), question, "Kuka “puhuu”?"),
        BookmarkChanged("C2" if n % 7 else "C1", f"b{n // 2}", injury, f"{n}", question, "Kuka?"),
    )
    return (*views, LoggedOn("salo", "ws1"))[n % 3], notes[n % 2]


def _sealed(event: Event, log: int, n: int) -> tuple[bytes, bytes]:
    case = getattr(event, "case", None)
    key = LOST if n % 11 == 5 else CASE_KEY if case else body_key(KEY, ORIGINS[log])
    commitment, body = seal_body(payload_of(event, {"stated_reason": "why"} if n % 5 == 0 else {}), key)
    entry = Entry(at=AT.start + n, mono=n, boot="b", lamport=2 * n + log, kind=event.KIND, case=case, body=commitment)
    return entry.to_bytes(), body


def _append(conn: sqlite3.Connection, log: SqliteLog, made: Sequence[tuple[bytes, bytes]]) -> None:
    conn.execute("BEGIN")
    log.append([entry for entry, _ in made], [body for _, body in made])
    conn.execute("COMMIT")


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(tmp_path / "records.sqlite")) as conn:
        yield conn


@pytest.fixture
def logs(conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> list[SqliteLog]:
    monkeypatch.setattr(rebuild_apart, "WORTH", 1)
    monkeypatch.setattr(rebuild_apart, "PIECE", 16)
    logs = [SqliteLog.open(conn, origin, Signer(origin, KEY)) for origin in ORIGINS]
    for n, log in enumerate(logs):
        _append(conn, log, [_sealed(_events(at)[n], n, at) for at in range(COUNT)])
    conn.execute("DELETE FROM log_body WHERE place % 13 = 0")
    return logs


def _keys(origin: str, case: str | None) -> tuple[bytes, ...]:
    return (CASE_KEY, b"\x03" * 32) if case else (body_key(KEY, origin),)


def _tables(conn: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {table: conn.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608


@pytest.fixture
def alone(conn: sqlite3.Connection, logs: list[SqliteLog]) -> dict[str, list[tuple[Any, ...]]]:
    """What one process alone writes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rebuild_apart, "WORTH", 10**9)
        assert rebuild(conn, logs, _keys) == 2 * COUNT
    return _tables(conn)


def test_it_is_what_one_process_writes(
    conn: sqlite3.Connection, logs: list[SqliteLog], alone: dict[str, list[tuple[Any, ...]]]
) -> None:
    asked: list[tuple[str, str | None]] = []

    def keys(origin: str, case: str | None) -> tuple[bytes, ...]:
        asked.append((origin, case))
        return _keys(origin, case)

    told: list[tuple[int, int]] = []
    conn.execute("BEGIN")
    assert refill(conn, logs, keys, lambda *now: told.append(now)) == 2 * COUNT
    conn.execute("COMMIT")
    assert _tables(conn) == alone
    assert all(alone[table] for table in ("watched", "bookmarks", "bookmark_fields", "log_ons", "touched"))
    assert any(row[-1] is None for row in alone["entries"]) and any(row[9] == "why" for row in alone["entries"])
    access, work = ORIGINS
    assert sorted(asked, key=repr) == [(access, "C1"), (access, None), (work, "C1"), (work, "C2")]
    assert told[0] == (0, 2 * COUNT) and told[-1] == (2 * COUNT, 2 * COUNT) and sorted(told) == told


def test_readers_that_die_leave_it_to_who_asked(
    conn: sqlite3.Connection, logs: list[SqliteLog], alone: dict[str, list[tuple[Any, ...]]]
) -> None:
    conn.execute("BEGIN")
    with closing(rebuild_apart.Readers(conn, logs, _keys)) as readers:
        found = 0
        for n, (entries, _) in enumerate(readers):
            found += entries
            if n == 3:
                for _, process in readers._readers:
                    process.kill()
                    process.join()
        processes = [process for _, process in readers._readers]
    conn.execute("ROLLBACK")
    assert found == 2 * COUNT and processes
    assert not any(process.is_alive() for process in processes)


def test_a_body_that_is_not_its_entrys_is_refused(
    conn: sqlite3.Connection, logs: list[SqliteLog], alone: dict[str, list[tuple[Any, ...]]]
) -> None:
    committed = body_commitment(b"s" * 32, b"{}")
    entry = Entry(at=AT.end, mono=1, boot="b", lamport=999, kind="view_opened", case="C1", body=committed)
    forged = seal_bytes(b"s" * 32 + b'{"a":1}', CASE_KEY, committed.encode())
    _append(conn, logs[1], [(entry.to_bytes(), forged)])
    with pytest.raises(IntegrityError, match="not what its entry committed to"):
        rebuild(conn, logs, _keys)
    assert _tables(conn) == alone


def test_cancelled_it_changes_nothing_and_leaves_no_process(
    conn: sqlite3.Connection, logs: list[SqliteLog], alone: dict[str, list[tuple[Any, ...]]]
) -> None:
    def cancel(done: int, _total: int) -> None:
        if done > COUNT:
            raise Cancelled("Rebuilding")

    conn.execute("BEGIN")
    with pytest.raises(Cancelled):
        refill(conn, logs, _keys, cancel)
    conn.execute("ROLLBACK")
    assert _tables(conn) == alone
    assert not rests()  # as the collector does while rows are made


@given(st.lists(st.tuples(ANY_EVENT, st.booleans()), max_size=40), st.integers(1, 40))
def test_rows_that_are_kept_for_another_write_what_folding_each_entry_does(
    drawn: list[tuple[Event, bool]], piece: int
) -> None:
    logged = [
        (event if readable else None, meta_of(event, ORIGINS[0], n, n)) for n, (event, readable) in enumerate(drawn)
    ]
    with closing(_memory()) as one, closing(_memory()) as other:
        for event, meta in logged:
            projections.apply(one, event, meta)
        for start in range(0, len(logged), piece):
            kept = rebuild_apart._Kept()
            projections.fold_all(kept, logged[start : start + piece])
            for sql, rows in kept.rows:
                other.executemany(sql, rows)
        assert _tables(other) == _tables(one)


def _memory() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(conn)
    return conn
