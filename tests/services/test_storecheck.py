"""A check of the store finds every fault, by its own sentence, and nothing else; it goes on where it stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import Cancelled, NotInStore, NotTrusted, StoreUnreachable
from reviewer.domain.roster import CustodyKey
from reviewer.domain.storecheck import Fault, LockGroup, Severity
from reviewer.domain.timebase import Utc
from reviewer.services.disk import InUse, held
from reviewer.services.storecheck import CheckProgress, Stage, StoreCheck, unfinished
from reviewer.services.storecheck_report import summary
from reviewer.services.workspace import Seen
from reviewer.stores.base import Protection
from reviewer.stores.folder import FolderStore
from tests.services.agency import NOW, YEAR, keys
from tests.services.store_room import DAMAGES, DAY, FOUND, CountingStore, Room, copied, found, only


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


# -- what is found ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deep", [False, True])
def test_a_whole_store_is_whole_and_every_figure_is_exact(room: Room, deep: bool) -> None:
    report = room.check(deep=deep)
    assert found(report) == set()
    assert report.ok
    assert (report.deep, report.roster, report.runs) == (deep, 2, 1)
    figures = report.figures
    sizes = [p.sealed_size for m in room.manifests for p in m.parts]
    everything = [p for p in room.root.rglob("*") if p.is_file()]
    assert (figures.listed, figures.listed_bytes) == (len(everything), sum(p.stat().st_size for p in everything))
    assert (figures.rosters, figures.manifests, figures.recordings, figures.assignments) == (2, 3, 3, 1)
    assert (figures.objects, figures.bytes, figures.whole, figures.whole_bytes) == (6, sum(sizes), 6, sum(sizes))
    assert (figures.hashed, figures.hashed_bytes) == ((6, sum(sizes)) if deep else (0, 0))
    assert report.read_bytes == (sum(sizes) if deep else 0)
    assert (figures.broken, figures.warnings, figures.notes, report.left_out) == (0, 1, 0, 0)
    assert report.locks == (
        LockGroup("COMPLIANCE", False, 12, figures.listed_bytes, Utc((NOW + 1000 * DAY) // DAY * DAY)),
    )


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_fault_is_found_by_its_own_sentence(room: Room, damage: str) -> None:
    do, sentence = DAMAGES[damage]
    expected = do(room)
    report = room.check()
    assert found(report) == expected
    said = [f for f in report.findings if sentence in f.message]
    assert said, [f.message for f in report.findings]
    assert all(f.next_step for f in report.findings)
    assert report.ok == (not any(f.severity is Severity.BROKEN for f in report.findings))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(sorted(DAMAGES))))
def test_any_set_of_damages_is_found_exactly(template: Path, chosen: set[str]) -> None:
    """All of them at once, in any choice; those two that touch the same manifest apart."""
    if {"a manifest taken away", "a manifest altered"} <= chosen:
        chosen = chosen - {"a manifest altered"}
    with tempfile.TemporaryDirectory() as folder:
        room = copied(template, Path(folder))
        expected: set[FOUND] = set()
        for name in sorted(chosen):
            expected |= DAMAGES[name][0](room)
        expected -= _hidden(room, chosen)
        report = room.check()
        assert found(report) == expected
        counted = [sum(f.severity is s for f in report.findings) for s in Severity]
        assert counted == [report.figures.broken, report.figures.warnings, report.figures.notes]


def _hidden(room: Room, chosen: set[str]) -> set[FOUND]:
    """What one damage hides of another."""
    hidden: set[FOUND] = set()
    unnamed = chosen & {"a manifest taken away", "a manifest altered"}
    if unnamed:  # nothing is read of what nobody names
        hidden.add((Fault.UNREADABLE, room.object(2, 1)))
    if "an assignment altered" in chosen:  # it names nothing any more
        hidden.add((Fault.NO_RECORDING, "assignments/CR-2026-0142/1.json"))
    if "two sizes" in chosen:  # what cannot be right is not read
        hidden.add((Fault.BYTES, room.object(0)))
    return hidden


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        Room(Path(folder))
        yield Path(folder)


def test_a_quick_check_reads_no_footage(room: Room) -> None:
    room.flip(room.object(0))
    report = room.check(deep=False)
    assert found(report) == set()
    assert "no byte of footage was read" in "\n".join(summary(report))


def test_a_young_orphan_may_be_on_its_way_and_an_old_one_needs_a_look(room: Room) -> None:
    path = room.put(f"objects/ab/ab{'0' * 62}", b"left", days=0)
    assert only(room.check(), Fault.ORPHAN).severity is Severity.NOTE
    room.put(path, b"left", days=2)
    report = room.check()
    assert only(report, Fault.ORPHAN).severity is Severity.WARNING
    assert (report.figures.orphans, report.figures.orphan_bytes) == (1, 4)


def test_a_document_that_is_gone_is_missed_where_a_copy_is(room: Room) -> None:
    """The machine that assigned has copies: what they name is not taken for orphans."""
    for path in ("recordings/r1/1.json", "assignments/CR-2026-0142/1.json"):
        room.at(path).unlink()
    home = room.agency.workspace
    assert found(room.check(home=home)) == {
        (Fault.LOST, "recordings/r1/1.json"),
        (Fault.LOST, "assignments/CR-2026-0142/1.json"),
    }
    assert (Fault.ORPHAN, room.object(1)) in found(room.check())


def test_a_roster_that_went_back_or_is_another_is_said(room: Room) -> None:
    room.home.remember(Seen(3, "0" * 64))
    assert found(room.check()) == {(Fault.ROLLED_BACK, "roster")}
    room.home.remember(Seen(2, "0" * 64))
    assert found(room.check()) == {(Fault.ROLLED_BACK, "roster/2.json")}


def test_an_expired_roster_is_said(room: Room) -> None:
    report = room.check(now=Utc(NOW + YEAR))
    assert only(report, Fault.EXPIRED).path == "roster/2.json"


def test_a_damaged_roster_leaves_the_one_before_it(room: Room) -> None:
    room.flip("roster/2.json")
    assert found(room.check()) == {(Fault.NOT_BELIEVED, "roster/2.json")}


def test_a_custody_key_that_came_later_is_missed_on_what_was_before(room: Room) -> None:
    roster = room.agency.trust().roster()
    more = (*roster.custody_keys, CustodyKey("second", keys("aro").public.sealing))
    room.agency.put_roster(replace(roster, version=3, custody_keys=more))
    report = room.check()
    assert found(report) == {(Fault.CUSTODY_PARTLY, f"recordings/r{i}/1.json") for i in range(3)}
    assert "r0 is not sealed to the custody key second." in "\n".join(summary(report))


def test_a_folder_says_what_it_does_not_promise(room: Room) -> None:
    report = StoreCheck(FolderStore(room.root), room.agency.root, room.home, now=lambda: NOW).run()
    assert found(report) == {(Fault.NOT_WRITE_ONCE, "")}
    assert not report.write_once
    assert "tamper-evident, not write-once" in only(report, Fault.NOT_WRITE_ONCE).message
    assert "(tamper-evident, not write-once)" in "\n".join(summary(report))


def test_locks_are_counted_by_day_and_hold(room: Room) -> None:
    room.store.until = None
    for path in [p.relative_to(room.root).as_posix() for p in room.root.rglob("*") if p.is_file()]:
        room.store.locks[path] = Protection(Utc(NOW + DAY), path == room.object(0), "COMPLIANCE")
    report = room.check()
    assert [(g.hold, g.objects) for g in report.locks] == [(False, 11), (True, 1)]
    said = "\n".join(summary(report))
    assert "locked until 2026-06-14 (COMPLIANCE), with legal hold." in said


# -- what stops it ---------------------------------------------------------------------------------------------------


def test_an_empty_mount_point_is_not_taken_for_a_store_without_evidence(room: Room) -> None:
    room.check()
    shutil.move(room.root, room.folder / "away")
    room.root.mkdir()
    with pytest.raises(NotInStore, match="holds no roster"):
        room.check()
    room.root.rmdir()
    with pytest.raises(StoreUnreachable):
        room.check()


def test_a_share_that_is_unmounted_meanwhile_stops_the_check_and_misses_nothing(room: Room) -> None:
    def unmount(progress: CheckProgress) -> None:
        if progress.stage is Stage.OBJECTS and room.root.exists():
            shutil.move(room.root, room.folder / "away")
            room.root.mkdir()

    check = StoreCheck(room.store, room.agency.root, room.home, deep=True, now=lambda: NOW)
    with pytest.raises(StoreUnreachable):
        check.run(unmount)
    room.root.rmdir()
    shutil.move(room.folder / "away", room.root)
    assert found(check.run()) == set()


def test_a_store_of_another_agency_is_refused(room: Room) -> None:
    stranger = StoreCheck(room.store, "x", room.home)
    with pytest.raises(NotTrusted):
        stranger.run()


def test_one_check_of_a_kind_at_a_time(room: Room) -> None:
    with held(room.home.home / "checks" / "deep.lock", InUse("x", "y")), pytest.raises(InUse):
        room.check()


# -- it goes on ------------------------------------------------------------------------------------------------------


def test_a_cancelled_check_goes_on_where_it_stopped(room: Room) -> None:
    room.flip(room.object(0))
    cancel = threading.Event()
    first = CountingStore(room.root, cancel, after=3)
    check = StoreCheck(first, room.agency.root, room.home, deep=True, workers=1, now=lambda: NOW)
    assert unfinished(room.home, deep=True) is None
    with pytest.raises(Cancelled):
        check.run(cancel=cancel)
    left = unfinished(room.home, deep=True)
    assert left is not None
    assert (left.started_at, left.awaited) == (NOW, 6)
    assert left.judged == 2
    second = CountingStore(room.root, cancel, after=0)
    report = StoreCheck(second, room.agency.root, room.home, deep=True, now=lambda: Utc(NOW + DAY)).run()
    assert len(second.streamed) == 4
    assert found(report) == {(Fault.BYTES, room.object(0))}
    assert (report.runs, report.started_at, report.ended_at) == (2, NOW, NOW + DAY)
    assert report.figures.hashed == 5
    assert report.read_bytes == sum(p.sealed_size for m in room.manifests for p in m.parts)
    assert unfinished(room.home, deep=True) is None


def test_what_changed_meanwhile_is_judged_again(room: Room) -> None:
    cancel = threading.Event()
    store = CountingStore(room.root, cancel, after=6)
    with pytest.raises(Cancelled):
        StoreCheck(store, room.agency.root, room.home, deep=True, workers=1, now=lambda: NOW).run(cancel=cancel)
    room.flip(room.object(0))
    room.at(room.object(1)).unlink()
    room.at("recordings/r2/1.json").unlink()
    report = room.check()
    expected = {(Fault.BYTES, room.object(0)), (Fault.MISSING, room.object(1))}
    expected |= {(Fault.ORPHAN, room.object(2, part)) for part in (0, 1)}
    assert found(report) == expected | {(Fault.NO_RECORDING, "assignments/CR-2026-0142/1.json")}


def test_another_store_or_a_new_beginning_forgets_what_was_judged(room: Room, tmp_path: Path) -> None:
    cancel = threading.Event()
    store = CountingStore(room.root, cancel, after=5)
    check = StoreCheck(store, room.agency.root, room.home, deep=True, workers=1, now=lambda: NOW)
    with pytest.raises(Cancelled):
        check.run(cancel=cancel)
    cancel.clear()
    store.streamed, store.after = [], -1
    assert check.run(anew=True).runs == 1
    assert len(store.streamed) == 6


def test_a_damaged_working_file_is_worth_nothing_and_in_nobodys_way(room: Room) -> None:
    file = room.home.home / "checks" / "deep.sqlite"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database at all" * 100)
    assert found(room.check()) == set()


_CHILD = """
import os, signal, sys, threading
from pathlib import Path
from reviewer.services.storecheck import StoreCheck
from reviewer.services.workspace import Workspace
from tests.services.store_room import CountingStore

class Dying(CountingStore):
    def stream(self, path, *more):
        if len(self.streamed) == self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().stream(path, *more)

import reviewer.services.storecheck_crew as crew
crew._WRITE_EVERY = 0
store, root, home, after = sys.argv[1:]
StoreCheck(Dying(Path(store), threading.Event(), int(after)), root, Workspace(Path(home)), deep=True, workers=1).run()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing is killed this way here")
def test_a_killed_check_goes_on_and_finds_the_same(room: Room) -> None:
    room.flip(room.object(0))
    words = [sys.executable, "-c", _CHILD, str(room.root), room.agency.root, str(room.home.home)]
    for after in (2, 3):
        ended = subprocess.run([*words, str(after)], timeout=60, check=False, env={**os.environ})
        assert ended.returncode == -signal.SIGKILL
    report = room.check()
    assert report.runs == 3
    assert found(report) == {(Fault.BYTES, room.object(0))}
    assert report.figures.hashed == 5


def test_progress_is_said_and_ends_with_everything_done(room: Room) -> None:
    heard: list[CheckProgress] = []
    StoreCheck(room.store, room.agency.root, room.home, deep=True, now=lambda: NOW).run(heard.append)
    assert [p.stage for p in heard if p.done == 0] == [Stage.LISTING, Stage.DOCUMENTS, Stage.OBJECTS, Stage.LOGS]
    objects = [p for p in heard if p.stage is Stage.OBJECTS]
    assert {p.total for p in objects} == {6}
    assert {p.total_bytes for p in objects} == {sum(p.sealed_size for m in room.manifests for p in m.parts)}
