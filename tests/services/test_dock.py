"""The dock: what is put into a watched folder is taken in by itself once it is whole, and its source stays as it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reviewer.domain.events import FootageTakenIn, IntakeBegun, IntakeEnded
from reviewer.services import dock
from reviewer.services.deposit import IngestProgress
from reviewer.services.dock_look import LOOSE, Settling, look
from reviewer.services.dock_state import DeliveryState
from tests.services.agency import Agency
from tests.services.dock_bench import Bench, everything, pulling, status
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
