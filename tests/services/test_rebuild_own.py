"""The tables made again from the logs: the same row for row, whatever became of those before; or nothing at all."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import Cancelled, LogForked, NotInStore, StoreUnreachable, WrongPassphrase
from reviewer.domain.events import (
    BookmarkAdded,
    BookmarkChanged,
    CaseSynced,
    FilmstripShown,
    SpanCamera,
    ViewClosed,
    ViewOpened,
)
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.records.projections import TABLES
from reviewer.sealing import keyring
from reviewer.services.disk import InUse
from reviewer.services.rebuild_own import Rebuilt, rebuild_own
from reviewer.services.session import Session, log_on
from tests.services.agency import CASE, Agency, keys, station_key

GOOD = "correct horse"
AT = TimeRange(Utc(1_781_376_137_480_000), Utc(1_781_376_145_480_000))


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Made once: that takes time on purpose."""
    path = tmp_path_factory.mktemp("keys") / "salo"
    keyring.save(path, keys("salo"), GOOD)
    return path.read_bytes()


@pytest.fixture
def agency(tmp_path: Path, key_file: bytes) -> Agency:
    made = Agency(tmp_path)
    keyring.write_private(made.workspace.key_file("salo"), key_file)
    keyring.save_station(made.workspace.station_key, station_key())
    made.recording("rec-1", b"footage")
    made.assign("rec-1")
    with _session(made) as session:
        session.open_case(CASE)
        session.state_reason(CASE, "complaint").result()
        cameras = (SpanCamera("rec-1", AT, 640, 360, True), SpanCamera("rec-2", AT, 640, 360, False))
        for n in range(30):
            session.journal.record(ViewOpened(CASE, f"s{n}", AT, 1000, cameras, "complaint"))
            session.journal.record(ViewClosed(CASE, f"s{n}", 1000, cameras, "complaint"))
            session.journal.record(BookmarkAdded(CASE, f"b{n}", AT, (), "question", "Who speaks?"))
        session.journal.record(FilmstripShown(CASE, "rec-1", AT, Micros(1_000_000), 40, "complaint"))
        session.journal.record(BookmarkChanged(CASE, "b1", "injury", "His arm", "question", "Who speaks?"))
        session.journal.record(CaseSynced(CASE, 3, 9)).result()
    return made


class _session:
    def __init__(self, agency: Agency) -> None:
        self._session = log_on(agency.workspace, agency.trust(), "salo", GOOD, now=lambda: agency.now)

    def __enter__(self) -> Session:
        return self._session

    def __exit__(self, *_: object) -> None:
        self._session.log_off()


@pytest.fixture
def conn(agency: Agency) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(agency.workspace.user("salo").records, isolation_level=None)) as conn:
        yield conn


def _rebuilt(agency: Agency, progress: list[tuple[int, int]] | None = None) -> Rebuilt:
    told = [] if progress is None else progress
    return rebuild_own(agency.workspace, agency.trust(), "salo", GOOD, lambda *now: told.append(now))


def _tables(conn: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: conn.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}  # noqa: S608


def test_they_are_what_the_running_program_holds(agency: Agency, conn: sqlite3.Connection) -> None:
    before = _tables(conn)
    told: list[tuple[int, int]] = []
    found = _rebuilt(agency, told)
    assert (found.entries, found.sealed, found.differed) == (len(before["entries"]), 0, ())
    assert _tables(conn) == before
    assert told[0] == (0, found.entries) and told[-1] == (found.entries, found.entries)
    assert before["bookmarks"] and before["watched"] and before["films"] and before["reasons"]


@pytest.mark.parametrize(
    ("harm", "differed"),
    [
        ("DELETE FROM watched", {"watched"}),
        ("UPDATE watched SET ends = ends + 1 WHERE n = 0", {"watched"}),
        ("DROP TABLE bookmarks", {"bookmarks"}),
        ("DROP INDEX entries_by_time", set()),
        ("ALTER TABLE reasons ADD COLUMN more TEXT", {"reasons"}),
        ("INSERT INTO syncs VALUES ('o', 1, 2, 'c', 3, 4)", {"syncs"}),
        ("UPDATE entries SET payload = NULL", {"entries"}),
        ("DELETE FROM entries", {"entries"}),
    ],
)
def test_whatever_became_of_them(agency: Agency, conn: sqlite3.Connection, harm: str, differed: set[str]) -> None:
    before = _tables(conn)
    made = conn.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    conn.execute(harm)
    assert set(_rebuilt(agency).differed) == differed
    assert _tables(conn) == before
    assert conn.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall() == made
    with _session(agency):
        pass


def test_cancelled_it_changes_nothing(agency: Agency, conn: sqlite3.Connection) -> None:
    conn.execute("DELETE FROM watched")
    before = _tables(conn)

    def cancel(done: int, total: int) -> None:
        if done == total:
            raise Cancelled("Rebuilding")

    with pytest.raises(Cancelled):
        rebuild_own(agency.workspace, agency.trust(), "salo", GOOD, cancel)
    assert _tables(conn) == before


def test_a_damaged_log_is_refused_in_one_sentence(agency: Agency, conn: sqlite3.Connection) -> None:
    conn.execute("DROP TRIGGER log_entry_no_update")
    conn.execute("UPDATE log_entry SET entry = CAST(replace(entry, 'view_opened', 'view_0pened') AS BLOB)")
    before = _tables(conn)
    with pytest.raises(LogForked, match=r"is not what was signed: Entry \d+ does not hash"):
        _rebuilt(agency)
    assert _tables(conn) == before


def test_a_damaged_file_is_refused_in_one_sentence(agency: Agency, conn: sqlite3.Connection) -> None:
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'watched'").fetchone()
    conn.close()
    with agency.workspace.user("salo").records.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(LogForked, match=r"records.sqlite on this machine is damaged: database disk image is malformed"):
        _rebuilt(agency)


def test_without_the_store_nothing_is_forgotten(agency: Agency, conn: sqlite3.Connection) -> None:
    """A body that opens with a key that can be had is never folded as one that does not."""
    before = _tables(conn)
    shutil.rmtree(agency.workspace.documents / "assignments", ignore_errors=True)
    agency.store.root.rename(agency.store.root.with_name("elsewhere"))
    with pytest.raises((StoreUnreachable, NotInStore)):
        _rebuilt(agency)
    assert _tables(conn) == before


def test_who_may_and_when(agency: Agency) -> None:
    with pytest.raises(WrongPassphrase):
        rebuild_own(agency.workspace, agency.trust(), "salo", "wrong", lambda *_: None)
    with _session(agency), pytest.raises(InUse):
        _rebuilt(agency)
    agency.workspace.user("salo").records.unlink()
    with pytest.raises(NotInStore, match="Nothing was recorded"):
        _rebuilt(agency)
