from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.records.database import open_database, open_reader


def test_the_scribe_writes_durably_and_readers_only_read(tmp_path: Path) -> None:
    path = tmp_path / "users" / "salo" / "records.sqlite"
    with closing(open_database(path)) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert conn.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert conn.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert path.stat().st_mode & 0o077 == 0
        with closing(open_reader(path)) as reader, pytest.raises(sqlite3.OperationalError, match=r"readonly|read-only"):
            reader.execute("DELETE FROM entries")


def test_opening_twice_runs_no_step_twice(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    open_database(path).close()
    with closing(open_database(path)) as conn:
        names = [row[0] for row in conn.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
    assert names == sorted(set(names))
    assert names[0] == "0001_entries"


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    path.write_bytes(b"this is not a database, and long enough to be seen as one" * 100)
    with pytest.raises(LogUnwritable, match=r"cannot be opened for writing .*\. Check the room"):
        open_database(path)


def test_reading_what_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReviewerError, match="cannot be read"):
        open_reader(tmp_path / "records.sqlite")
