"""The dock’s watched folders: whose footage they bring, how they are kept, and when it looks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reviewer.domain.errors import Cancelled, MalformedDocument, ReviewerError, StoreUnreachable
from reviewer.domain.events import FootageTakenIn, IntakeEnded
from reviewer.domain.roster import Role
from reviewer.domain.timebase import Utc
from reviewer.services import intake_log
from reviewer.services.custody import amend_roster, user_entry
from reviewer.services.deposit import IngestProgress
from reviewer.services.disk import InUse, held
from reviewer.services.dock import Dock
from reviewer.services.dock_memory import Rules, Watch
from reviewer.services.dock_state import DeliveryState
from reviewer.services.ingest import Station
from reviewer.services.intake import plan_intake
from reviewer.services.rate import Rate
from tests.services.agency import NAME, NOW, Agency, keys, root_key, station_key
from tests.services.dock_bench import Bench, pulling, status
from tests.services.test_ingest import docked, video


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    folder = tmp_path / "dock"
    folder.mkdir()
    made = Bench(Agency(tmp_path), folder)
    yield made
    for each in made.open:
        each.close()


@pytest.fixture
def pulled(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[IngestProgress], None]], None]:
    return pulling(monkeypatch)


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
