"""The tables made again, on the command line: what was done stands in the log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.commands import rebuild
from tests.commands.conftest import Run, by


def test_it_says_what_was_found_and_records_it(agency: Path, run: Run) -> None:
    assert run("queue", *by("salo"))["status"] == 0
    found = run("rebuild", *by("salo"))
    assert (found["status"], found["differed"], found["sealed"]) == (0, [], 0)
    assert found["entries"] == 2 and "The tables had said what the logs say." in found["out"]
    with closing(sqlite3.connect(agency / "home/users/salo/records.sqlite")) as conn, conn:
        conn.execute("DELETE FROM log_ons")
    found = run("rebuild", *by("salo"))
    assert found["differed"] == ["log_ons"] and "had not said" in found["out"]
    with closing(sqlite3.connect(agency / "home/users/salo/records.sqlite")) as conn:
        payloads = conn.execute("SELECT payload FROM entries WHERE kind='records_rebuilt' ORDER BY idx").fetchall()
    assert ['"differed":[]' in payloads[0][0], '"differed":["log_ons"]' in payloads[1][0]] == [True, True]
    assert run("log", "verify")["ok"]


def test_a_damaged_log_is_said_in_one_sentence(agency: Path, run: Run) -> None:
    assert run("queue", *by("salo"))["status"] == 0
    with closing(sqlite3.connect(agency / "home/users/salo/records.sqlite")) as conn, conn:
        conn.execute("DROP TRIGGER log_entry_no_delete")
        conn.execute("DELETE FROM log_entry WHERE place % 2 = 0")
    found = run("rebuild", *by("salo"))
    assert found["status"] == 1 and found["err"].count("\n") == 1
    assert "is not what was signed" in found["error"] and "tell the custodian" in found["next_step"]


def test_how_far_it_has_come_is_said_to_who_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(rebuild, "note", said.append)
    for now in ((0, 0), (250, 1000)):
        rebuild._progress(*now)
    assert said == ["100%  0 of 0 entries", " 25%  250 of 1000 entries"]
