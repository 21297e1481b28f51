from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.audit.entry import Entry
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer, Verifier
from reviewer.domain.errors import LogForked, LogUnwritable
from reviewer.domain.events import AccessDenied, BookmarkWithdrawn, CaseSynced, Event, LoggedOff, LogName, ReasonStated
from reviewer.records import projections
from reviewer.records.database import open_database, open_reader
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.bodies import body_key, open_body
from reviewer.services.journal import Journal, Recorded
from reviewer.services.rebuild import rebuild
from tests.records.events_made import ANY_EVENT

ACCESS = "pd/ws1/salo/access/1"
WORK = "pd/ws1/salo/work/1"
ORIGINS = {LogName.ACCESS: ACCESS, LogName.WORK: WORK}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CASE_KEY = bytes(32)


def _keys(case: str) -> Sequence[bytes]:
    return (CASE_KEY,) if case == "a" else ()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with closing(Journal(path, ORIGINS, KEY, case_keys=_keys)) as opened:
        yield opened


def _log(conn: sqlite3.Connection, origin: str) -> SqliteLog:
    return SqliteLog.read(conn, origin, Verifier(origin, KEY.public_key().public_bytes_raw()))


def test_what_is_recorded_is_a_signed_entry_and_folded_when_its_future_is_answered(
    journal: Journal, path: Path
) -> None:
    recorded = journal.record(AccessDenied("open the case", "not assigned", case="b", recording="r1")).result()
    assert (recorded.origin, recorded.index) == (ACCESS, 0)
    with closing(open_reader(path)) as conn:
        log = _log(conn, ACCESS)
        assert log.check() == ()
        entry = Entry.from_bytes(log.entry(0))
        assert (entry.kind, entry.case, entry.recording, entry.at) == ("access_denied", "b", "r1", recorded.at)
        assert entry.mono > 0 and entry.boot
        assert b"not assigned" not in log.entry(0) + (log.body(entry.body) or b"")
    with closing(Queries(path)) as queries:
        assert queries.entries(EntryFilter())[0].event == recorded.event


def test_each_event_goes_to_its_own_log_and_lamport_runs_over_both(journal: Journal, path: Path) -> None:
    events: list[Event] = [LoggedOff("salo"), BookmarkWithdrawn("a", "b1"), LoggedOff("salo")]
    recorded = [f.result() for f in [journal.record(event) for event in events]]
    assert [(r.origin, r.index) for r in recorded] == [(ACCESS, 0), (WORK, 0), (ACCESS, 1)]
    with closing(Queries(path)) as queries:
        assert sorted(e.meta.lamport for e in queries.entries(EntryFilter())) == [1, 2, 3]


def test_a_body_is_sealed_under_the_case_key_where_there_is_one(journal: Journal, path: Path) -> None:
    for case in ("a", "b"):
        journal.record(BookmarkWithdrawn(case, "b1")).result()
    with closing(open_reader(path)) as conn:
        log = _log(conn, WORK)
        entries = [Entry.from_bytes(data) for data in log.entries()]
        opened = [open_body(log.body(e.body) or b"", e.body, [CASE_KEY]) for e in entries]
    assert json.loads(opened[0] or b"") == {"case": "a", "id": "b1"}
    assert opened[1] is None


def test_the_reason_stated_stands_in_every_later_entry_of_the_case(journal: Journal, path: Path) -> None:
    made = [
        LoggedOff("x"),
        CaseSynced("a", 0, 0),
        ReasonStated("a", "Complaint 12", "note"),
        CaseSynced("a", 1, 0),
        CaseSynced("b", 1, 0),
    ]
    for future in [journal.record(event) for event in made]:
        future.result()
    with closing(Queries(path)) as queries:
        reasons = [entry.meta.reason for entry in reversed(queries.entries(EntryFilter()))]
    assert sorted(reasons, key=str) == sorted([None, None, "Complaint 12", "Complaint 12", None], key=str)


def test_listeners_are_told_after_the_commit_on_the_scribe_thread(journal: Journal, path: Path) -> None:
    seen: list[tuple[Recorded, int, str]] = []

    def listener(recorded: Recorded) -> None:
        with closing(Queries(path)) as queries:
            seen.append((recorded, queries.count(EntryFilter()), threading.current_thread().name))

    journal.listen(listener)
    journal.record(LoggedOff("salo")).result()
    journal.close()
    assert [(count, thread) for _, count, thread in seen] == [(1, "scribe")]


def test_closing_writes_what_is_queued_and_then_refuses(journal: Journal, path: Path) -> None:
    futures = [journal.record(CaseSynced("c", n, 0)) for n in range(500)]
    journal.close()
    journal.close()
    assert [f.result().index for f in futures] == list(range(500))
    with pytest.raises(LogUnwritable, match="closed"):
        journal.record(LoggedOff("salo")).result()


def test_an_event_that_no_entry_can_say_takes_no_neighbour_with_it(journal: Journal) -> None:
    futures = [journal.record(CaseSynced("c", n, 0)) for n in (1, 1 << 60, 2)]
    assert futures[0].result().index == 0
    with pytest.raises(ValueError):
        futures[1].result()
    assert futures[2].result().index == 1
    assert journal.failed is None


def _fill(journal: Journal) -> LogUnwritable:
    for _ in range(200):
        failed = journal.record(AccessDenied("x" * 4000, "y")).exception()
        if failed is not None:
            assert isinstance(failed, LogUnwritable)
            return failed
    raise AssertionError("the disk did not fill")


def test_a_full_disk_is_said_nothing_is_half_written_and_room_clears_it(journal: Journal, path: Path) -> None:
    told: list[LogUnwritable] = []
    journal.listen_failure(told.append)
    journal.record(LoggedOff("salo")).result()
    (pages,) = journal._conn.execute("PRAGMA page_count").fetchone()
    journal._conn.execute(f"PRAGMA max_page_count={pages + 20}")
    failed = _fill(journal)
    assert str(failed) == "The log cannot be written: the disk is full. Make room on the disk, then try again."
    assert journal.failed is failed and told == [failed]
    journal._conn.execute("PRAGMA max_page_count=1000000")
    recorded = journal.record(LoggedOff("salo")).result()
    assert journal.failed is None
    with closing(open_reader(path)) as conn:
        log = _log(conn, ACCESS)
        assert log.check() == ()
        assert log.size == recorded.index + 1
        assert conn.execute("SELECT count(*) FROM entries").fetchone() == (log.size,)


def test_a_read_only_file_and_a_lost_connection_are_said(journal: Journal) -> None:
    journal._conn.execute("PRAGMA query_only=ON")
    with pytest.raises(LogUnwritable, match="read-only"):
        journal.record(LoggedOff("salo")).result()
    journal._conn.execute("PRAGMA query_only=OFF")
    journal.record(LoggedOff("salo")).result()
    journal._conn.close()
    with pytest.raises(LogUnwritable, match="closed database"):
        journal.record(LoggedOff("salo")).result()


def test_an_entry_changed_on_this_machine_is_found_on_start(journal: Journal, path: Path) -> None:
    journal.record(LoggedOff("salo")).result()
    journal.close()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("DROP TRIGGER log_entry_no_update")
        (entry,) = conn.execute("SELECT entry FROM log_entry").fetchone()
        conn.execute("UPDATE log_entry SET entry=?", (entry.replace(b"logged_off", b"logged_onn"),))
        conn.commit()
    with pytest.raises(LogForked, match="Entry 0 does not hash"):
        Journal(path, ORIGINS, KEY)


def test_a_lost_or_stale_index_is_folded_again_on_start(journal: Journal, path: Path) -> None:
    journal.record(BookmarkWithdrawn("a", "b1")).result()
    journal.record(LoggedOff("salo")).result()
    journal.close()
    with closing(sqlite3.connect(path)) as conn:
        before = conn.execute("SELECT * FROM entries ORDER BY origin, idx").fetchall()
        conn.execute("DELETE FROM entries WHERE origin=?", (WORK,))
        conn.commit()
    with closing(Journal(path, ORIGINS, KEY, case_keys=_keys)) as again:
        assert again.record(LoggedOff("salo")).result().index == 1
    with closing(open_reader(path)) as conn:
        assert conn.execute("SELECT * FROM entries WHERE idx=0 ORDER BY origin, idx").fetchall() == before


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(ANY_EVENT, min_size=1, max_size=25), st.integers())
def test_rebuilding_from_entries_and_bodies_makes_the_tables_that_the_journal_made(
    tmp_path: Path, made: list[Event], seed: int
) -> None:
    path = tmp_path / f"{random.Random(seed).random()}.sqlite"  # noqa: S311 - a file name
    path.unlink(missing_ok=True)
    with closing(Journal(path, ORIGINS, KEY, case_keys=_keys)) as journal:
        for future in [journal.record(event) for event in made]:
            future.result()
    with closing(open_database(path)) as conn:
        before = _tables(conn)
        logs = [SqliteLog.open(conn, origin, Signer(origin, KEY)) for origin in ORIGINS.values()]
        rebuild(conn, logs, lambda origin, case: (*_keys(case or ""), body_key(KEY, origin)))
        assert _tables(conn) == before


def _tables(conn: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: conn.execute(f"SELECT * FROM {name}").fetchall() for name in projections.TABLES}  # noqa: S608


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - when to kill
    acknowledged: dict[int, int] = {}
    for _ in range(5):
        acknowledged |= _recorded_until_killed(path, after=chance.randint(20, 120))
    with closing(Journal(path, {LogName.ACCESS: ACCESS}, KEY)), closing(Queries(path)) as queries:
        entries = queries.entries(EntryFilter(), limit=1_000_000)
        held = {e.meta.index: e.event.objects for e in entries if isinstance(e.event, CaseSynced)}
    assert len(acknowledged) >= 100
    assert {index: held.get(index) for index in acknowledged} == acknowledged


def _recorded_until_killed(path: Path, after: int) -> dict[int, int]:
    """What a child process had acknowledged: index to number."""
    acknowledged: dict[int, int] = {}
    command = [sys.executable, "-m", "tests.services.journal_child", str(path), KEY.private_bytes_raw().hex()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.endswith("\n"):
                index, number = map(int, line.split())
                acknowledged[index] = number
            if len(acknowledged) == after:
                child.kill()
    return acknowledged
