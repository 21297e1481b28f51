"""The dock: what is put into a watched folder is taken in by itself once it is whole, and its source stays as it is."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reviewer.domain.errors import Cancelled, LogUnwritable, MalformedDocument, ReviewerError, StoreUnreachable
from reviewer.domain.events import Event, FootageTakenIn, IntakeBegun, IntakeEnded
from reviewer.domain.roster import Role
from reviewer.domain.timebase import Utc
from reviewer.services import deposit, dock, intake_log
from reviewer.services.custody import amend_roster, user_entry
from reviewer.services.deposit import IngestProgress
from reviewer.services.disk import InUse, held
from reviewer.services.dock import Dock
from reviewer.services.dock_look import LOOSE, Settling, look
from reviewer.services.dock_memory import Rules, Watch
from reviewer.services.dock_state import DeliveryState, DeliveryStatus
from reviewer.services.ingest import Station
from reviewer.services.intake import plan_intake
from reviewer.services.journal import Recorded
from reviewer.services.rate import Rate
from tests.services.agency import NAME, NOW, Agency, keys, root_key, station_key
from tests.services.test_ingest import docked, video


@dataclass
class Log:
    """Takes events as a journal does, and can break."""

    events: list[Event] = field(default_factory=list)
    broken: bool = False

    def record(self, event: Event) -> Future[Recorded]:
        future: Future[Recorded] = Future()
        if self.broken:
            future.set_exception(LogUnwritable("The log cannot be written.", "Make room."))
        else:
            self.events.append(event)
            future.set_result(Recorded(event, "o", len(self.events), NOW))
        return future

    def of(self, kind: type[Event]) -> list[Event]:
        return [e for e in self.events if isinstance(e, kind)]


@dataclass
class Bench:
    """A dock, its watched folder, and a clock that only moves when told."""

    agency: Agency
    folder: Path
    log: Log = field(default_factory=Log)
    seconds: float = 0.0
    told: list[DeliveryState] = field(default_factory=list)
    open: list[Dock] = field(default_factory=list)

    def dock(self, *watches: Watch, **more: object) -> Dock:
        made = Dock(
            self.agency.workspace,
            self.agency.trust(),
            Station("ws-1", station_key()),
            self.log.record,
            watches=watches or (Watch(str(self.folder)),),
            told=lambda statuses: self.told.extend(d.state for s in statuses for d in s.deliveries),
            seconds=lambda: self.seconds,
            now=lambda: NOW,
            **more,  # type: ignore[arg-type]
        )
        self.open.append(made)
        return made

    def settle(self, made: Dock) -> None:
        """Look, let the time pass that a delivery has to stand still, look again."""
        made.look()
        self.seconds += dock.SETTLE
        made.look()

    def recordings(self) -> list[str]:
        return list(self.agency.store.list("recordings"))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    folder = tmp_path / "dock"
    folder.mkdir()
    made = Bench(Agency(tmp_path), folder)
    yield made
    for each in made.open:
        each.close()


def status(made: Dock, name: str) -> DeliveryStatus:
    return next(d for w in made.statuses() for d in w.deliveries if d.name == name)


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Bytes and times of all files."""
    return {
        p.relative_to(folder).as_posix(): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file()
    }


# -- looking ---------------------------------------------------------------------------------------------------------


def test_a_delivery_is_a_folder_with_all_below_it_or_the_loose_files(tmp_path: Path) -> None:
    for name in ("NIEMI/DCIM/A.mp4", "NIEMI/B.mp4", "LAINE/C.mp4", "D.mp4", ".hidden/E.mp4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * 10)
    (tmp_path / "EMPTY").mkdir()
    (tmp_path / "elsewhere").symlink_to(tmp_path / "NIEMI")
    found = look(tmp_path)
    assert [(d.name, [f.path for f in d.files]) for d in found] == [
        (LOOSE, ["D.mp4"]),
        ("LAINE", ["LAINE/C.mp4"]),
        ("NIEMI", ["NIEMI/B.mp4", "NIEMI/DCIM/A.mp4"]),
    ]
    assert found[2].size == 20 and found[2].paths(tmp_path) == (tmp_path / "NIEMI",)
    assert found[0].paths(tmp_path) == (tmp_path / "D.mp4",)


@pytest.mark.parametrize("name", ["A.mp4.part", "A.mp4.crdownload", "~$A.mp4", ".~A.mp4", "A.TMP", "A.mp4.filepart"])
def test_a_name_that_somebody_still_writes_is_not_whole(tmp_path: Path, name: str) -> None:
    (tmp_path / "CARD").mkdir()
    (tmp_path / "CARD" / name).write_bytes(b"x")
    (delivery,) = look(tmp_path)
    settling = Settling(10.0)
    assert [settling.left(delivery, at) for at in (0.0, 10.0, 20.0)] == [10.0, 10.0, 10.0]
    (tmp_path / "CARD" / name).rename(tmp_path / "CARD" / "A.mp4")
    (delivery,) = look(tmp_path)
    assert [settling.left(delivery, at) for at in (20.0, 26.0, 30.0)] == [10.0, 4.0, 0.0]


# -- taking in -------------------------------------------------------------------------------------------------------


def test_a_card_is_taken_in_when_it_stands_still_and_is_left_as_it_was(bench: Bench) -> None:
    card = docked(bench.folder / "CARD")
    before = everything(card)
    made = bench.dock()
    made.look()
    assert status(made, "CARD").state is DeliveryState.GROWING and not bench.recordings()
    bench.seconds += dock.SETTLE - 0.1
    made.look()
    assert not bench.recordings()
    bench.seconds += 0.1
    made.look()
    after = status(made, "CARD")
    assert after.state is DeliveryState.DONE
    assert len(after.taken) == len(bench.recordings()) == 2  # the footage, and the still beside it
    assert after.sentence == "The source was read twice and is unchanged."
    assert everything(card) == before
    assert {DeliveryState.LOOKING, DeliveryState.TAKING} <= set(bench.told)
    begun, ended = bench.log.of(IntakeBegun), bench.log.of(IntakeEnded)
    assert [(e.by, e.recordings, e.files) for e in begun if isinstance(e, IntakeBegun)] == [(str(bench.folder), 1, 4)]
    assert {e.recording for e in bench.log.of(FootageTakenIn) if isinstance(e, FootageTakenIn)} == set(after.taken)
    assert [(e.taken, e.known, e.refused) for e in ended if isinstance(e, IntakeEnded)] == [(2, 0, ())]


def test_a_file_that_grows_is_waited_for(bench: Bench) -> None:
    whole = video(bench.folder.parent / "made.mp4", frames=50).read_bytes()
    growing = bench.folder / "CARD" / "A.mp4"
    growing.parent.mkdir()
    made = bench.dock()
    for share in (0.2, 0.5, 0.9, 1.0):
        growing.write_bytes(whole[: int(len(whole) * share)])
        made.look()
        bench.seconds += dock.SETTLE / 2
        made.look()
        assert status(made, "CARD").state is DeliveryState.GROWING and not bench.recordings()
        bench.seconds += dock.SETTLE / 4
    bench.seconds += dock.SETTLE
    made.look()
    assert status(made, "CARD").state is DeliveryState.DONE
    assert status(made, "CARD").bytes == len(whole)


def test_what_comes_later_into_the_same_folder_is_taken_in_alone(bench: Bench) -> None:
    video(bench.folder / "CARD" / "A.mp4", seed=1)
    made = bench.dock()
    bench.settle(made)
    first = bench.recordings()
    video(bench.folder / "CARD" / "B.mp4", seed=2)
    made.look()
    assert status(made, "CARD").state is DeliveryState.GROWING
    bench.settle(made)
    after = status(made, "CARD")
    assert (after.state, len(after.taken), after.known) == (DeliveryState.DONE, 1, 1)
    assert len(bench.recordings()) == len(first) + 1


@pytest.fixture
def pulled(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[IngestProgress], None]], None]:
    """Do something in the middle of a copy: every progress is told at once."""
    monkeypatch.setattr(deposit, "_TELL_EVERY", 0.0)
    take = intake_log.take_in_and_log

    def during(act: Callable[[IngestProgress], None]) -> None:
        def acting(*args: object, **more: object) -> object:
            told = more["listener"]

            def listener(now: IngestProgress) -> None:
                act(now)
                told(now)  # type: ignore[operator]

            return take(*args, **{**more, "listener": listener})  # type: ignore[arg-type]

        monkeypatch.setattr(dock, "take_in_and_log", acting)

    return during


def test_a_card_pulled_out_mid_copy_is_said_and_goes_on_when_it_is_back(
    bench: Bench, tmp_path: Path, pulled: Callable[[Callable[[IngestProgress], None]], None]
) -> None:
    for n in (1, 2, 3):
        video(bench.folder / "CARD" / f"{n}.mp4", frames=100, seed=n)
    before = everything(bench.folder)

    def pull(_now: IngestProgress) -> None:
        if len(bench.recordings()) == 1 and (bench.folder / "CARD").exists():
            (bench.folder / "CARD").rename(tmp_path / "in a pocket")

    pulled(pull)
    made = bench.dock()
    bench.settle(made)
    after = status(made, "CARD")
    assert (after.state, after.here, len(after.taken)) == (DeliveryState.GONE, False, 1)
    assert after.sentence == "1 recording is in the store. Put it back: what is missing is taken in then."
    assert len(bench.recordings()) == 1
    made.look()
    assert status(made, "CARD").state is DeliveryState.GONE

    pulled(lambda _now: None)
    (tmp_path / "in a pocket").rename(bench.folder / "CARD")
    bench.settle(made)
    after = status(made, "CARD")
    assert (after.state, len(after.taken), after.known) == (DeliveryState.DONE, 2, 1)
    assert len(bench.recordings()) == 3
    assert everything(bench.folder) == before


def test_a_reader_pulled_out_whole_is_said_and_watching_goes_on(bench: Bench, tmp_path: Path) -> None:
    video(bench.folder / "CARD" / "A.mp4")
    made = bench.dock()
    made.look()
    bench.folder.rename(tmp_path / "away")
    made.look()
    (watch,) = made.statuses()
    assert "cannot be looked at: No such file or directory. Connect it again" in watch.problem
    assert status(made, "CARD").state is DeliveryState.GONE
    (tmp_path / "away").rename(bench.folder)
    bench.settle(made)
    assert made.statuses()[0].problem == "" and status(made, "CARD").state is DeliveryState.DONE


def test_footage_that_changes_while_it_is_taken_in_is_looked_at_again(
    bench: Bench, pulled: Callable[[Callable[[IngestProgress], None]], None]
) -> None:
    card = bench.folder / "CARD"
    video(card / "1.mp4", frames=100)
    more = video(bench.folder.parent / "2.mp4", seed=2)

    def add(_now: IngestProgress) -> None:
        if not (card / "2.mp4").exists():
            shutil.copy(more, card / "2.mp4")

    pulled(add)
    made = bench.dock()
    bench.settle(made)
    assert status(made, "CARD").state is DeliveryState.GROWING
    bench.settle(made)
    assert status(made, "CARD").state is DeliveryState.DONE and len(bench.recordings()) == 2


def test_the_same_card_twice_writes_nothing_the_second_time(bench: Bench, tmp_path: Path) -> None:
    docked(bench.folder / "CARD")
    made = bench.dock()
    bench.settle(made)
    objects = sorted(bench.agency.store.list("objects"))
    (bench.folder / "CARD").rename(tmp_path / "CARD")
    made.look()
    assert (status(made, "CARD").state, status(made, "CARD").here) == (DeliveryState.DONE, False)
    shutil.copytree(tmp_path / "CARD", bench.folder / "CARD")  # other times, the same bytes, another slot
    bench.settle(made)
    after = status(made, "CARD")
    assert (after.state, after.taken, after.known) == (DeliveryState.DONE, (), 1)
    assert after.sentence == "The store had all of it."
    assert sorted(bench.agency.store.list("objects")) == objects
    assert len(bench.log.of(IntakeBegun)) == 1


def test_a_restart_reads_no_card_again_that_stayed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    docked(bench.folder / "CARD")
    (bench.folder / "BAD").mkdir()
    (bench.folder / "BAD" / "X.mp4").write_bytes(b"no footage at all")
    made = bench.dock()
    bench.settle(made)
    before = {name: status(made, name) for name in ("CARD", "BAD")}
    made.close()
    monkeypatch.setattr(dock, "plan_intake", lambda *_args, **_more: pytest.fail("it was read again"))
    made = bench.dock()
    bench.settle(made)
    assert {name: status(made, name) for name in ("CARD", "BAD")} == before


def test_a_restart_goes_on_with_what_was_not_finished(
    bench: Bench, pulled: Callable[[Callable[[IngestProgress], None]], None]
) -> None:
    for n in (1, 2):
        video(bench.folder / "CARD" / f"{n}.mp4", frames=100, seed=n)
    made = bench.dock()
    pulled(lambda _now: made.stop() if len(bench.recordings()) == 1 else None)
    bench.settle(made)
    assert status(made, "CARD").state is DeliveryState.STOPPED
    made.close()
    assert len(bench.recordings()) == 1
    pulled(lambda _now: None)
    made = bench.dock()
    bench.settle(made)
    after = status(made, "CARD")
    assert (after.state, len(after.taken), after.known) == (DeliveryState.DONE, 1, 1)


def test_what_cannot_be_taken_in_is_said_and_not_tried_again_until_asked(bench: Bench) -> None:
    video(bench.folder / "CARD" / "A.mp4")
    bad = bench.folder / "CARD" / "B.mp4"
    bad.write_bytes(b"no footage at all")
    made = bench.dock()
    bench.settle(made)
    after = status(made, "CARD")
    assert (after.state, len(after.taken)) == (DeliveryState.PARTLY, 1)
    assert [Path(p.path).name for p in after.refused] == ["B.mp4"] and after.refused[0].next_step
    bench.told.clear()
    bench.settle(made)
    assert DeliveryState.LOOKING not in bench.told
    made.again(str(bench.folder))
    made.look()
    assert DeliveryState.LOOKING in bench.told
    assert status(made, "CARD").known == 1


def test_a_store_that_is_not_reached_is_asked_again_later(bench: Bench, tmp_path: Path) -> None:
    video(bench.folder / "CARD" / "A.mp4")
    made = bench.dock()
    made.look()
    bench.seconds += dock.SETTLE
    bench.agency.store.root.rename(tmp_path / "unplugged")
    made.look()
    waiting = status(made, "CARD")
    assert waiting.state is DeliveryState.WAITING and "store" in waiting.sentence
    (tmp_path / "unplugged").rename(bench.agency.store.root)
    made.look()
    assert status(made, "CARD").state is DeliveryState.WAITING
    bench.seconds += dock.RETRY
    made.look()
    assert status(made, "CARD").state is DeliveryState.DONE


def test_no_entry_no_effect(bench: Bench) -> None:
    video(bench.folder / "CARD" / "A.mp4")
    made = bench.dock()
    bench.log.broken = True
    bench.settle(made)
    assert status(made, "CARD").state is DeliveryState.WAITING and not bench.recordings()
    assert "The log cannot be written." in status(made, "CARD").sentence
    bench.log.broken = False
    bench.seconds += dock.RETRY
    made.look()
    assert len(bench.recordings()) == 1


# -- rules -----------------------------------------------------------------------------------------------------------


def test_the_folder_names_the_officer_if_the_roster_knows_them(bench: Bench) -> None:
    niemi = user_entry(NAME, keys("niemi").public, "A. Niemi", "2214", [Role.INVESTIGATOR])
    amend_roster(bench.agency.trust(), root_key(), users=[niemi])
    video(bench.folder / "unit 7 - 2214" / "A.mp4", seed=11)
    video(bench.folder / "9999" / "B.mp4", seed=12)
    docked(bench.folder / "falk", officer="Ofc. S. Laine", badge="1940")
    made = bench.dock(Watch(str(bench.folder), Rules(event_type="patrol")))
    bench.settle(made)
    for name in ("unit 7 - 2214", "9999"):
        (recording,) = status(made, name).taken
        entry = next(e for e in bench.log.of(FootageTakenIn) if getattr(e, "recording", "") == recording)
        assert getattr(entry, "corrected", None) == ("event_type",)
        assert bench.agency.trust().manifest(recording).incidents == ()
    assert "-2214-" in status(made, "unit 7 - 2214").taken[0]
    assert "-9999-" not in status(made, "9999").taken[0]
    assert "-1940-" in status(made, "falk").taken[0]


def test_a_rule_may_leave_the_officer_open(bench: Bench) -> None:
    video(bench.folder / "salo 0417" / "A.mp4")
    made = bench.dock(Watch(str(bench.folder), Rules(officer_from_folder=False)))
    bench.settle(made)
    (recording,) = status(made, "salo 0417").taken
    assert "0417" not in recording
    assert [getattr(e, "corrected", None) for e in bench.log.of(FootageTakenIn)] == [("officer", "badge")]


# -- the list of folders ---------------------------------------------------------------------------------------------


def kept(bench: Bench) -> Dock:
    """A dock whose folders are remembered."""
    made = Dock(
        bench.agency.workspace, bench.agency.trust(), Station("ws-1", station_key()), bench.log.record,
        seconds=lambda: bench.seconds, now=lambda: Utc(NOW),
    )  # fmt: skip
    bench.open.append(made)
    return made


def test_folders_are_added_stopped_removed_and_remembered(bench: Bench) -> None:
    other = bench.folder.parent / "other"
    other.mkdir()
    made = kept(bench)
    made.add(bench.folder, Rules(event_type="patrol"))
    made.add(other)
    made.set_on(str(other), False)
    with pytest.raises(ReviewerError, match="lie in each other"):
        made.add(bench.folder / "CARD")
    with pytest.raises(ReviewerError, match="lie in each other"):
        made.add(bench.folder.parent)
    made.close()
    made = kept(bench)
    watches = [s.watch for s in made.statuses()]
    assert watches == [Watch(str(bench.folder), Rules(event_type="patrol")), Watch(str(other), on=False)]
    video(other / "CARD" / "A.mp4")
    bench.settle(made)
    assert not bench.recordings()
    made.set_on(str(other), True)
    bench.settle(made)
    assert len(bench.recordings()) == 1
    made.remove(str(other))
    made.close()
    assert [s.watch.folder for s in kept(bench).statuses()] == [str(bench.folder)]
    assert (other / "CARD" / "A.mp4").exists()


def test_one_dock_a_workspace(bench: Bench) -> None:
    made = bench.dock()
    with pytest.raises(InUse, match="A dock runs on this machine already"):
        kept(bench)
    made.close()
    kept(bench)


def test_a_damaged_memory_is_said_and_lets_the_lock_go(bench: Bench) -> None:
    memory = bench.agency.workspace.home / "dock.json"
    memory.write_text("{")
    for _ in range(2):
        with pytest.raises(MalformedDocument, match="Move the file away"):
            kept(bench)


def test_stopping_a_folder_stops_what_is_taken_in_from_it(
    bench: Bench, pulled: Callable[[Callable[[IngestProgress], None]], None]
) -> None:
    for n in (1, 2):
        video(bench.folder / "CARD" / f"{n}.mp4", frames=100, seed=n)
    made = bench.dock()
    pulled(lambda _now: made.set_on(str(bench.folder), False) if len(bench.recordings()) == 1 else None)
    bench.settle(made)
    assert status(made, "CARD").state is DeliveryState.STOPPED and len(bench.recordings()) == 1
    pulled(lambda _now: None)
    made.set_on(str(bench.folder), True)
    bench.settle(made)
    assert status(made, "CARD").state is DeliveryState.DONE and len(bench.recordings()) == 2


def test_the_thread_looks_by_itself_and_ends_when_told(bench: Bench) -> None:
    video(bench.folder / "CARD" / "A.mp4")
    made = bench.dock(settle=0.0)
    made.start(every=0.01)
    for _ in range(2_000):
        if any(d.state is DeliveryState.DONE for s in made.statuses() for d in s.deliveries):
            break
        made._closed.wait(0.01)
    made.close()
    assert status(made, "CARD").state is DeliveryState.DONE
    assert made._thread is not None and not made._thread.is_alive()


def test_a_store_error_in_the_middle_is_in_the_log(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    video(bench.folder / "CARD" / "A.mp4")

    def gone(*_args: object, **_more: object) -> None:
        raise StoreUnreachable("The store went away.", "Try again.")

    monkeypatch.setattr(intake_log, "take_in", gone)
    made = bench.dock()
    bench.settle(made)
    assert status(made, "CARD").state is DeliveryState.WAITING
    assert [getattr(e, "stopped", "") for e in bench.log.of(IntakeEnded)] == ["The store went away. Try again."]


def test_one_intake_at_a_time_on_a_machine_and_the_other_waits(bench: Bench) -> None:
    video(bench.folder / "CARD" / "A.mp4")
    trust, station = bench.agency.trust(), Station("ws-1", station_key())
    plan = plan_intake([bench.folder], trust)
    told: list[str] = []
    taken = InUse("", "")
    with ThreadPoolExecutor(1) as pool:
        with held(bench.agency.workspace.home / "intake.lock", taken):
            waiting = pool.submit(
                intake_log.take_in_and_log,
                *(plan, "card", trust, station, bench.log.record),
                listener=lambda now: told.append(now.file),
            )
            pause = threading.Event()
            for _ in range(600):
                if told:
                    break
                pause.wait(0.05)
            assert told == ["Footage is being taken in on this machine already."] and not bench.log.events
        assert len(waiting.result(60).recordings) == 1
        stop = threading.Event()
        stop.set()
        with pytest.raises(Cancelled):
            intake_log.take_in_and_log(plan, "card", trust, station, bench.log.record, cancel=stop)


def test_a_rate_stands_still_and_follows() -> None:
    at = [0.0]
    rate = Rate(lambda: at[0])
    told = []
    for at[0], done in ((0.0, 0), (1.0, 10), (2.0, 20), (10.0, 100), (11.0, 200), (12.0, 50)):
        told.append(rate.told(done))
    assert told == [0.0, 10.0, 10.0, 10.0, 100.0, 0.0]
