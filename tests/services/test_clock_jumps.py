"""A clock that was moved is an entry; order is the index and lamport, whatever the clock says."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Verifier
from reviewer.domain.events import LoggedOff, LogName
from reviewer.domain.machine_acts import ClockJumped
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.records.database import open_reader
from reviewer.records.queries import EntryFilter, LogEntry, Queries
from reviewer.services import clock
from reviewer.services.clock import Reading
from reviewer.services.journal import Journal

START = 1_781_372_000_000_000
ORIGIN = "pd/ws1/salo/access/1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass
class Machine:
    """Its wall clock, which can be set, and the one that counts since it started."""

    path: Path
    wall: int = START
    mono: int = 5_000_000

    def lives(self, micros: int) -> None:
        self.wall += micros
        self.mono += micros

    def journal(self) -> Journal:
        return Journal(
            self.path, {LogName.ACCESS: ORIGIN}, KEY, now=lambda: Utc(self.wall), mono=lambda: Micros(self.mono)
        )

    def entries(self) -> list[LogEntry]:
        with closing(Queries(self.path)) as queries:
            return sorted(queries.entries(EntryFilter()), key=lambda entry: entry.meta.index)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "records.sqlite")


def _record(journal: Journal, count: int = 1) -> None:
    for future in [journal.record(LoggedOff("salo")) for _ in range(count)]:
        future.result()


def test_a_clock_that_runs_as_it_should_is_not_mentioned(machine: Machine) -> None:
    with closing(machine.journal()) as journal:
        for pause in (0, 20 * SECOND, 3600 * SECOND, 900_000):
            machine.lives(pause)
            _record(journal, 3)
    assert {entry.meta.kind for entry in machine.entries()} == {"logged_off"}


@pytest.mark.parametrize("size", [-3 * 3600 * SECOND, 2 * SECOND, -1_100_000])
def test_a_clock_that_is_set_is_an_entry_with_both_readings(machine: Machine, size: int) -> None:
    with closing(machine.journal()) as journal:
        _record(journal)
        before = (machine.wall, machine.mono)
        machine.lives(10 * SECOND)
        machine.wall += size
        _record(journal, 2)
    entries = machine.entries()
    assert [entry.meta.kind for entry in entries] == ["logged_off", "clock_jumped", "logged_off", "logged_off"]
    assert entries[1].event == ClockJumped(
        Micros(size), Utc(before[0]), Micros(before[1]), Utc(machine.wall), Micros(machine.mono)
    )
    assert [entry.meta.lamport for entry in entries] == [1, 2, 3, 4]
    with closing(open_reader(machine.path)) as conn:
        assert SqliteLog.read(conn, ORIGIN, Verifier(ORIGIN, KEY.public_key().public_bytes_raw())).check() == ()


def test_less_than_a_second_is_what_clocks_do(machine: Machine) -> None:
    with closing(machine.journal()) as journal:
        _record(journal)
        machine.wall += SECOND
        _record(journal)
    assert len(machine.entries()) == 2


def test_it_is_seen_over_the_end_of_the_program(machine: Machine) -> None:
    with closing(machine.journal()) as journal:
        _record(journal)
    machine.wall -= 60 * SECOND
    with closing(machine.journal()) as journal:
        _record(journal)
    jump = machine.entries()[1].event
    assert isinstance(jump, ClockJumped) and jump.size == -60 * SECOND and not jump.restarted


def test_after_a_restart_a_clock_that_went_back_is_known_and_one_that_went_on_is_not(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for boot, moved in (("one", 0), ("two", 5 * 3600 * SECOND), ("three", -3600 * SECOND)):
        monkeypatch.setattr(clock, "boot_id", lambda boot=boot: boot)
        machine.wall, machine.mono = machine.wall + moved, 1_000_000
        with closing(machine.journal()) as journal:
            _record(journal)
    entries = machine.entries()
    assert [entry.meta.kind for entry in entries] == ["logged_off", "logged_off", "clock_jumped", "logged_off"]
    jump = entries[2].event
    assert isinstance(jump, ClockJumped) and jump.restarted and jump.size == -3600 * SECOND


def test_a_jump_that_could_not_be_written_is_written_when_the_log_can_be(machine: Machine) -> None:
    with closing(machine.journal()) as journal:
        _record(journal)
        machine.wall -= 10 * SECOND
        journal._conn.execute("PRAGMA query_only=ON")
        assert journal.record(LoggedOff("salo")).exception() is not None
        journal._conn.execute("PRAGMA query_only=OFF")
        _record(journal)
    kinds = [entry.meta.kind for entry in machine.entries()]
    assert sorted(kinds[1:3]) == ["clock_jumped", "log_was_unwritable"] and kinds[3:] == ["logged_off"]


def test_a_clock_of_tests_is_compared_with_nothing(tmp_path: Path) -> None:
    now = iter(range(START, START + 100 * SECOND, 50 * SECOND))
    path = tmp_path / "records.sqlite"
    with closing(Journal(path, {LogName.ACCESS: ORIGIN}, KEY, now=lambda: Utc(next(now)))) as journal:
        _record(journal, 2)
    with closing(Queries(path)) as queries:
        assert queries.count(EntryFilter(kinds=("clock_jumped",))) == 0


def test_this_machines_two_clocks_agree() -> None:
    clocks = clock.Clocks()
    first = clocks.read()
    assert clocks.compared and first.boot == clock.boot_id()
    assert isinstance(first, Reading) and clocks.read().jump_since(first) is None
