"""A card that is pulled out, a store that fills, a kill: nothing half there, and what was done is not done again."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import StoreUnreachable
from reviewer.domain.recording import Manifest
from reviewer.sealing import stream
from reviewer.services import deposit
from reviewer.services.deposit import SourceGone
from reviewer.services.grants import CustodyGrants
from reviewer.services.ingest import Ingested, IngestReport, Known, Station, take_in
from reviewer.services.intake import plan_intake
from reviewer.services.intake_plan import IntakePlan
from reviewer.services.trust import Problem
from reviewer.services.unfinished import left_behind
from reviewer.stores.folder import FolderStore
from tests.services.agency import NOW, Agency, keys, station_key
from tests.services.test_ingest import _all, video

STATION = Station("ws-1", station_key())


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """One recording of three parts, and one of one."""
    for i in (1, 2, 3):
        video(tmp_path / "card" / f"a_part{i}.mp4", seed=i)
    video(tmp_path / "card" / "b.mp4", seed=9)
    return tmp_path / "card"


def plan(agency: Agency, card: Path) -> IntakePlan:
    return plan_intake([card], agency.trust())


def take(agency: Agency, made: IntakePlan) -> IngestReport:
    return take_in(made, agency.trust(), STATION, now=lambda: NOW)


def objects(agency: Agency) -> set[str]:
    return {path.rpartition("/")[2] for path in agency.store.list("objects")}


def named(report: IngestReport) -> set[str]:
    return {p.object for r in report.recordings for p in r.manifest.parts}


def plain(agency: Agency, manifest: Manifest, part: int) -> bytes:
    key = CustodyGrants(agency.trust(), keys("custody")).data_key(manifest.recording_id)
    name = manifest.parts[part].object
    return stream.open_bytes(agency.store.get(f"objects/{name[:2]}/{name}"), key, manifest.recording_id.encode())


class Pulled:
    """Lets so many reads of source files happen, then the card is gone: its folder with it, or only its files."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, card: Path, reads: int, *, folder: bool) -> None:
        self.left = reads
        original = deposit.Source.read

        def read(source: deposit.Source, size: int) -> bytes:
            self.left -= 1
            if self.left < 0:
                if card.exists():
                    shutil.move(card, card.with_name("drawer"))
                    if not folder:
                        card.mkdir()
                raise deposit.unreadable(source._path, OSError(errno.EIO, "Input/output error"))
            return original(source, size)

        monkeypatch.setattr(deposit.Source, "read", read)


@pytest.mark.parametrize("folder", [True, False])
@pytest.mark.parametrize("reads", [0, 1, 4, 7, 8, 9, 11, 12])
def test_a_card_pulled_out_is_one_sentence_and_goes_on_where_it_was(
    agency: Agency, card: Path, monkeypatch: pytest.MonkeyPatch, reads: int, folder: bool
) -> None:
    before = _all(card)
    made = plan(agency, card)
    with monkeypatch.context() as pulling:
        Pulled(pulling, card, reads, folder=folder)
        report = take(agency, made)
    assert isinstance(report.stopped, SourceGone)
    assert report.refused == ()
    assert "is no longer there." in report.stopped.message
    assert report.stopped.next_step.startswith("Connect it again and take it in again")
    there = objects(agency)
    left = {o for each in left_behind(agency.workspace) for o in each.objects}
    assert there == left | named(report)
    if card.exists():
        card.rmdir()
    shutil.move(card.with_name("drawer"), card)
    again = take(agency, plan(agency, card))
    assert (again.stopped, again.refused) == (None, ())
    assert len(again.recordings) + len(again.known) == 2
    assert there <= objects(agency)
    assert objects(agency) == named(report) | named(again)
    assert left_behind(agency.workspace) == ()
    for each in (*report.recordings, *again.recordings):
        for i, source in enumerate(each.sources):
            assert plain(agency, each.manifest, i) == source.read_bytes()
    assert {p.name: d for p, d in _all(card).items()} == {p.name: d for p, d in before.items()}


def test_what_lies_in_the_store_is_not_sealed_again(
    agency: Agency, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plan(agency, card)
    original = FolderStore.put_made
    puts: list[str] = []

    def filling(self: FolderStore, name: object, source: object) -> str:
        if len(puts) == 2:

            def full(_: BinaryIO) -> None:
                raise OSError(errno.ENOSPC, "No space left on device")

            return original(self, name, full)  # type: ignore[arg-type]
        puts.append(original(self, name, source))  # type: ignore[arg-type]
        return puts[-1]

    with monkeypatch.context() as full:
        full.setattr(FolderStore, "put_made", filling)
        report = take(agency, made)
    assert len(report.refused) == 2
    assert [len(each.objects) for each in left_behind(agency.workspace)] == [2]
    before = objects(agency)
    again = take(agency, plan(agency, card))
    assert len(again.recordings) == 2
    assert len(objects(agency) - before) == 2


def test_an_object_that_is_gone_from_the_store_is_put_again(
    agency: Agency, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as pulling:
        Pulled(pulling, card, 9, folder=True)
        take(agency, plan(agency, card))
    shutil.move(card.with_name("drawer"), card)
    for each in (agency.store.root / "objects").rglob("*"):
        if each.is_file():
            each.unlink()
    again = take(agency, plan(agency, card))
    assert len(again.recordings) == 2
    assert objects(agency) == named(again)


def test_damage_in_what_was_noted_begins_anew(agency: Agency, card: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as pulling:
        Pulled(pulling, card, 9, folder=True)
        take(agency, plan(agency, card))
    shutil.move(card.with_name("drawer"), card)
    for note in (agency.workspace.home / "unfinished").iterdir():
        note.write_bytes(note.read_bytes()[:-20])
    again = take(agency, plan(agency, card))
    assert (len(again.recordings), again.refused) == (2, ())


def test_a_store_that_goes_away_stops_it_and_it_goes_on_later(
    agency: Agency, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plan(agency, card)
    original = FolderStore.put_made
    puts: list[str] = []

    def going(self: FolderStore, name: object, source: object) -> str:
        if len(puts) == 2:
            raise StoreUnreachable("The store did not answer.", "Try again when it is reached.")
        puts.append(original(self, name, source))  # type: ignore[arg-type]
        return puts[-1]

    with monkeypatch.context() as gone:
        gone.setattr(FolderStore, "put_made", going)
        report = take(agency, made)
    assert (type(report.stopped), report.recordings, report.refused) == (StoreUnreachable, (), ())
    again = take(agency, made)
    assert len(again.recordings) == 2
    assert objects(agency) == named(again)


def test_one_file_gone_stops_nothing_else(agency: Agency, card: Path) -> None:
    made = plan(agency, card)
    (card / "a_part2.mp4").unlink()
    report = take(agency, made)
    assert [p.message for p in report.refused] == ["a_part2.mp4 cannot be read: No such file or directory."]
    assert len(report.recordings) == 1
    assert report.stopped is None


def test_who_listens_hears_of_each_recording_as_it_is_certain(agency: Agency, card: Path) -> None:
    made = plan(agency, card)
    heard: list[tuple[str, Ingested | Known | Problem]] = []
    take_in(made, agency.trust(), STATION, done=lambda key, what: heard.append((key, what)))
    assert [key for key, _ in heard] == [r.key for r in made.recordings]
    assert all(isinstance(what, Ingested) for _, what in heard)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reads=st.integers(0, 14), again=st.integers(0, 14))
def test_pulled_out_twice_at_any_read(tmp_path_factory: pytest.TempPathFactory, reads: int, again: int) -> None:
    folder = tmp_path_factory.mktemp("twice")
    agency = Agency(folder)
    for i in (1, 2, 3):
        video(folder / "card" / f"a_part{i}.mp4", seed=i, frames=3)
    for n in (reads, again):
        with pytest.MonkeyPatch.context() as pulling:
            Pulled(pulling, folder / "card", n, folder=True)
            take(agency, plan(agency, folder / "card"))
        if (folder / "drawer").exists():
            shutil.move(folder / "drawer", folder / "card")
    take(agency, plan(agency, folder / "card"))
    (manifest,) = agency.trust().manifests().good
    assert objects(agency) == {p.object for p in manifest.parts}
    assert left_behind(agency.workspace) == ()
