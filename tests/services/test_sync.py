"""Sync: what arrives is what was signed; it goes on after any cut; one bad object stops no other."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import Cancelled, CredentialsRefused, NotInStore, StoreUnreachable
from reviewer.domain.events import CaseSynced, Event, ObjectQuarantined
from reviewer.domain.recording import Manifest
from reviewer.services import transfer as transfer_module
from reviewer.services.disk import InUse, NoRoom
from reviewer.services.sync import ObjectState, Progress, Sync, SyncReport, states
from reviewer.stores.base import ANY, Chunk, Store
from tests.services.agency import CASE, Agency, flip
from tests.services.line import PIECE as LINE_PIECE
from tests.services.line import Line

PLAIN = (os.urandom(700_000), os.urandom(1_500_000), b"short")


class Site:
    """An agency with one recording of three parts in the store, nothing on the machine."""

    def __init__(self, folder: Path) -> None:
        self.agency = Agency(folder)
        self.manifest: Manifest = self.agency.recording("r1", *PLAIN)
        self.events: list[Event] = []
        self.workspace = self.agency.workspace

    def sync(self) -> Sync:
        return Sync(self.workspace, self.agency.store, self.events.append, patience=(0.01,))

    def fetch(self, **more: object) -> SyncReport:
        return self.sync().fetch(CASE, [self.manifest], **more)  # type: ignore[arg-type]

    def name(self, part: int) -> str:
        return self.manifest.parts[part].object

    def sealed(self, part: int) -> Path:
        return self.agency.store.root / "objects" / self.name(part)[:2] / self.name(part)

    def states(self) -> list[ObjectState]:
        return [o.state for o in states(self.workspace, [self.manifest])]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_everything_arrives_as_it_lies_in_the_store(site: Site) -> None:
    assert site.states() == [ObjectState.ABSENT] * 3
    report = site.fetch()
    assert report.complete
    assert (report.fetched, report.problems, report.stopped) == (3, (), None)
    for part in range(3):
        assert site.workspace.cached(site.name(part)).read_bytes() == site.sealed(part).read_bytes()
    assert site.events == [CaseSynced(case=CASE, objects=3, bytes=site.manifest.sealed_bytes)]
    again = site.fetch()
    assert (again.fetched, again.complete, len(site.events)) == (0, True, 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.integers(0, 2), cut=st.floats(0, 1))
@example(part=1, cut=0.0)
@example(part=1, cut=1.0)
def test_it_goes_on_after_a_cut_at_any_byte(site: Site, part: int, cut: float) -> None:
    whole = site.sealed(part).read_bytes()
    length = int(cut * len(whole))
    here, growing = site.workspace.cached(site.name(part)), site.workspace.partial(site.name(part))
    here.unlink(missing_ok=True)
    here.parent.mkdir(parents=True, exist_ok=True)
    growing.write_bytes(whole[:length])
    expected = ObjectState.PARTIAL if length else ObjectState.ABSENT
    status = states(site.workspace, [site.manifest])[part]
    assert (status.state, status.here) == (expected, length)
    assert site.fetch().complete
    assert here.read_bytes() == whole
    assert not growing.exists()


def test_only_what_is_missing_is_asked_of_the_store(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    original = site.agency.store.open

    def spying(path: str, offset: int = 0) -> BinaryIO:
        asked.append(offset)
        return original(path, offset)

    monkeypatch.setattr(site.agency.store, "open", spying)
    growing = site.workspace.partial(site.name(1))
    growing.parent.mkdir(parents=True)
    growing.write_bytes(site.sealed(1).read_bytes()[:1_234_567])
    site.fetch()
    assert sorted(asked) == [0, 0, 1_234_567]


@pytest.mark.parametrize("at", [0, 41, 1_048_576, -1])
def test_a_byte_flipped_in_the_store_is_put_aside_and_the_rest_goes_on(site: Site, at: int) -> None:
    flip(site.sealed(1), at)
    report = site.fetch()
    assert [o.state for o in report.objects] == [ObjectState.PRESENT, ObjectState.QUARANTINED, ObjectState.PRESENT]
    (problem,) = report.problems
    assert str(problem.path) == "Ofc. A. Niemi 2214, part 2"
    assert problem.message == "Ofc. A. Niemi 2214, part 2 does not match its signed manifest."
    quarantined = [e for e in site.events if isinstance(e, ObjectQuarantined)]
    assert [(e.object, e.recording, e.case) for e in quarantined] == [(site.name(1), "r1", CASE)]
    assert not site.workspace.cached(site.name(1)).exists()
    assert site.states()[1] is ObjectState.QUARANTINED
    flip(site.sealed(1), at)  # mended: fetch again
    assert site.fetch().complete
    assert site.states() == [ObjectState.PRESENT] * 3
    assert len(list(site.workspace.quarantine.iterdir())) == 1


@pytest.mark.parametrize("change", [lambda d: d[:-100], lambda d: b""])
def test_a_cut_object_in_the_store_is_refused(site: Site, change: Callable[[bytes], bytes]) -> None:
    site.sealed(0).write_bytes(change(site.sealed(0).read_bytes()))
    report = site.fetch()
    assert report.objects[0].state is ObjectState.QUARANTINED
    assert [e.object for e in site.events if isinstance(e, ObjectQuarantined)] == [site.name(0)]


def test_what_was_laid_over_an_object_is_not_what_comes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with versions gives the newest first; if that is not it, the one that counts is asked for."""
    right, store = site.sealed(0).read_bytes(), site.agency.store
    original = store.stream

    @contextmanager
    def versioned(path: str, start: int, stop: int, version: str | None = None) -> Iterator[Iterator[Chunk]]:
        if version == ANY and site.name(0) in path:
            yield iter([b"\0" * (stop - start)])
        elif version == ANY and site.name(1) in path:
            raise NotInStore("A delete marker.", "Ask.")
        else:
            with original(path, start, stop, version) as chunks:
                yield chunks

    monkeypatch.setattr(store, "stream", versioned)
    assert site.fetch().complete
    assert site.workspace.cached(site.name(0)).read_bytes() == right
    assert not any(isinstance(e, ObjectQuarantined) for e in site.events)


def test_an_object_missing_in_the_store_is_named_and_the_rest_goes_on(site: Site) -> None:
    site.sealed(0).unlink()
    report = site.fetch()
    assert [o.state for o in report.objects] == [ObjectState.ABSENT, ObjectState.PRESENT, ObjectState.PRESENT]
    assert "The store has no objects/" in report.problems[0].message
    assert report.stopped is None


def test_bad_bytes_from_before_are_fetched_again_from_the_start(site: Site) -> None:
    growing = site.workspace.partial(site.name(1))
    growing.parent.mkdir(parents=True)
    growing.write_bytes(b"\0" * 50_000)  # what a power cut may leave
    assert site.fetch().complete
    assert [type(e) for e in site.events] == [CaseSynced]


def test_a_cached_file_of_the_wrong_size_is_put_aside_and_replaced(site: Site) -> None:
    site.fetch()
    path = site.workspace.cached(site.name(0))
    path.write_bytes(path.read_bytes()[:-1])
    assert site.states()[0] is ObjectState.ABSENT
    assert site.fetch().complete
    assert any(isinstance(e, ObjectQuarantined) for e in site.events)


def test_cancelled_work_is_kept_and_gone_on_with(site: Site) -> None:
    cancel = threading.Event()
    cancel.set()
    report = site.fetch(cancel=cancel)
    assert isinstance(report.stopped, Cancelled)
    assert (report.fetched, site.events) == (0, [])
    assert site.fetch().complete


def test_a_store_that_goes_away_stops_it_with_a_sentence(site: Site) -> None:
    site.agency.store.root.rename(site.agency.folder / "away")
    report = site.fetch()
    assert isinstance(report.stopped, StoreUnreachable)
    assert (report.fetched, report.problems) == (0, ())
    (site.agency.folder / "away").rename(site.agency.store.root)
    assert site.fetch().complete


def test_a_store_that_breaks_off_is_gone_on_with(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaking(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError("reset")

    with monkeypatch.context() as patch:
        patch.setattr(site.agency.store, "open", lambda path, offset=0: Breaking())
        assert isinstance(site.fetch().stopped, StoreUnreachable)
    assert site.fetch().complete


def test_a_full_disk_stops_it_with_a_sentence_and_keeps_what_is_here(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [900_000]
    original = transfer_module.write_at

    def filling(handle: int, data: bytes | memoryview, at: int) -> int:
        room[0] -= len(data)
        if room[0] < 0:
            raise OSError(28, "No space left on device")
        return original(handle, data, at)

    with monkeypatch.context() as patch:
        patch.setattr(transfer_module, "write_at", filling)
        report = site.fetch()
    assert isinstance(report.stopped, NoRoom)
    assert "room" in report.stopped.message
    assert not report.complete
    assert site.fetch().complete


def test_a_real_limit_of_file_size_is_a_full_disk(site: Site) -> None:
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from reviewer.services.sync import Sync\n"
        "from reviewer.services.trust import Trust\n"
        "from reviewer.services.workspace import Workspace\n"
        "from reviewer.stores.base import locate\n"
        "home, store, root = sys.argv[1:]\n"
        "workspace = Workspace(Path(home))\n"
        "manifest = Trust(locate(store), root, workspace).manifest('r1')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))\n"
        "report = Sync(workspace, locate(store), lambda _: None).fetch('c', [manifest])\n"
        "print(type(report.stopped).__name__, sorted(o.here for o in report.objects)[-1])\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", script, str(site.workspace.home), str(site.agency.store.root), site.agency.root],
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.split() == ["NoRoom", "1000000"]
    assert site.states()[1] is ObjectState.PARTIAL
    assert site.fetch().complete


@pytest.mark.parametrize("folder", ["cache", "home"])
def test_a_folder_without_rights_is_said(site: Site, folder: str) -> None:
    blocked = site.workspace.cache if folder == "cache" else site.workspace.home / "cache"
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("a file where a folder should be")
    report = site.fetch()
    assert len(report.problems) == 3
    assert all("cannot be used" in p.message for p in report.problems)


def test_one_transfer_at_a_time(site: Site) -> None:
    with site.workspace.transfer_lock(), pytest.raises(InUse, match="already being fetched"):
        site.fetch()


def test_progress_comes_at_most_ten_times_a_second_and_once_at_the_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    def ticking() -> float:
        now[0] += 0.01
        return now[0]

    monkeypatch.setattr("reviewer.stores.folder.CHUNK", 10_000)
    monkeypatch.setattr("reviewer.services.sync_job.time.monotonic", ticking)
    told: list[Progress] = []
    site.fetch(listener=told.append)
    assert len(told) <= now[0] / 0.1 + 1
    assert [p.finished for p in told] == [False] * (len(told) - 1) + [True]
    assert told[-1].here == told[-1].total == site.manifest.sealed_bytes
    heres = [p.here for p in told]
    assert heres == sorted(heres)


def test_it_runs_in_the_background(site: Site) -> None:
    assert site.sync().start(CASE, [site.manifest]).result(timeout=30).complete


# -- ranges, order, pace ---------------------------------------------------------------------------------------------

BIG = os.urandom(5_300_000)
PIECE = 2 << 20


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_module, "PIECE", PIECE)


def big(folder: Path, *more: bytes) -> tuple[Site, Manifest]:
    site = Site(folder)
    return site, site.agency.recording("r2", BIG, *more)


def over(site: Site, line: Line, *, connections: int = 4, cap: int = 0) -> Sync:
    store = cast(Store, line)
    patience = (0.01, 0.01)
    return Sync(site.workspace, store, site.events.append, connections=connections, cap=cap, patience=patience)


def until(event: threading.Event) -> Callable[[str, int], None]:
    """A gate that stays shut until then."""

    def wait(_path: str, _at: int) -> None:
        assert event.wait(30)

    return wait


def path_of(manifest: Manifest, part: int) -> str:
    name = manifest.parts[part].object
    return f"objects/{name[:2]}/{name}"


def test_a_large_object_comes_in_ranges_side_by_side(tmp_path: Path) -> None:
    site, manifest = big(tmp_path)
    together = threading.Barrier(3)  # it takes three ranges at once to pass

    def gate(_path: str, at: int) -> None:
        if at % PIECE == 0:
            together.wait(30)

    line = Line(site.agency.store, gate)
    assert over(site, line).fetch(CASE, [manifest]).complete
    assert sorted(a for _, a, _ in line.asked) == [0, PIECE, 2 * PIECE]
    assert line.bytes_of(path_of(manifest, 0)) == manifest.sealed_bytes


def test_a_line_that_is_cut_again_and_again_brings_each_byte_once(tmp_path: Path) -> None:
    site, manifest = big(tmp_path)
    line = Line(site.agency.store, cuts=20, busy=2)
    assert over(site, line).fetch(CASE, [manifest]).complete
    assert line.bytes_of(path_of(manifest, 0)) == manifest.sealed_bytes


def test_a_store_that_stays_away_stops_it_and_keeps_what_is_here(tmp_path: Path) -> None:
    site, manifest = big(tmp_path)
    line = Line(site.agency.store)

    def gate(_path: str, _at: int) -> None:
        if len(line.carried) >= 30:
            raise StoreUnreachable("The store is away.", "Wait.")

    line.gate = gate
    report = over(site, line).fetch(CASE, [manifest])
    assert isinstance(report.stopped, StoreUnreachable)
    here = report.objects[0].here
    assert 0 < here < manifest.sealed_bytes
    line.gate = lambda _path, _at: None
    again = over(site, line).fetch(CASE, [manifest])
    assert again.complete
    assert line.bytes_of(path_of(manifest, 0)) == manifest.sealed_bytes


def test_refused_credentials_are_not_tried_again(tmp_path: Path) -> None:
    site, manifest = big(tmp_path)
    tried = []

    def gate(_path: str, _at: int) -> None:
        tried.append(1)
        raise CredentialsRefused("Refused.", "Ask.")

    report = over(site, Line(site.agency.store, gate), connections=1).fetch(CASE, [manifest])
    assert isinstance(report.stopped, CredentialsRefused)
    assert len(tried) == 1


def test_what_is_wanted_now_comes_first_and_what_was_on_its_way_is_gone_on_with(tmp_path: Path) -> None:
    site, manifest = big(tmp_path, os.urandom(4_500_000), b"third")
    wanted, let_go = threading.Event(), threading.Event()
    line = Line(site.agency.store)

    def gate(path: str, at: int) -> None:
        if path == path_of(manifest, 0) and at >= 300_000:
            wanted.set()
            assert let_go.wait(30)

    line.gate = gate
    sync = over(site, line, connections=1)
    running = sync.start(CASE, [manifest])
    assert wanted.wait(30)
    sync.want([manifest.parts[2].object, manifest.parts[1].object])
    let_go.set()
    assert running.result(30).complete
    order = list(dict.fromkeys(path for path, _, _ in line.carried))
    assert order == [path_of(manifest, n) for n in (0, 2, 1)]
    assert [line.bytes_of(path_of(manifest, n)) for n in range(3)] == [p.sealed_size for p in manifest.parts]
    last_of_first = max(n for n, (path, _, _) in enumerate(line.carried) if path == path_of(manifest, 0))
    first_of_third = next(n for n, (path, _, _) in enumerate(line.carried) if path == path_of(manifest, 2))
    assert first_of_third < last_of_first


def test_the_open_case_comes_before_the_others(tmp_path: Path) -> None:
    site, rest = big(tmp_path)
    line = Line(site.agency.store)
    held = threading.Event()
    line.gate = until(held)
    sync = over(site, line, connections=1)
    first = sync.start("CR-OTHER", [rest])
    second = sync.start(CASE, [site.manifest])
    sync.want((), CASE)
    assert set(sync.cases) == {"CR-OTHER", CASE}
    held.set()
    assert second.result(30).complete
    assert first.result(30).complete
    order = list(dict.fromkeys(path for path, _, _ in line.carried))
    assert [p for p in order if p != path_of(rest, 0)] == [path_of(site.manifest, n) for n in range(3)]
    assert order.index(path_of(rest, 0)) == 0 or order[-1] == path_of(rest, 0)
    assert line.carried[-1][0] == path_of(rest, 0)
    assert [e.case for e in site.events if isinstance(e, CaseSynced)] == [CASE, "CR-OTHER"]


def test_an_object_of_two_cases_comes_once_and_is_there_for_both(site: Site) -> None:
    line = Line(site.agency.store)
    held = threading.Event()
    line.gate = until(held)
    sync = over(site, line)
    cancel = threading.Event()
    first, second = sync.start("a", [site.manifest], cancel=cancel), sync.start("b", [site.manifest])
    cancel.set()
    assert isinstance(first.result(30).stopped, Cancelled)
    held.set()
    assert second.result(30).complete
    assert sum(line.bytes_of(path_of(site.manifest, n)) for n in range(3)) == site.manifest.sealed_bytes


def test_paused_nothing_comes_and_then_it_goes_on(tmp_path: Path) -> None:
    site, manifest = big(tmp_path)
    line = Line(site.agency.store)
    sync = over(site, line)
    line.gate = lambda _path, _at: sync.pause() if len(line.carried) == 10 else None
    running = sync.start(CASE, [manifest])
    while not sync.paused:
        threading.Event().wait(0.01)
    line.gate = lambda _path, _at: None
    threading.Event().wait(0.3)
    came = len(line.carried)
    threading.Event().wait(0.3)
    assert len(line.carried) == came
    assert not running.done()
    sync.go_on()
    assert running.result(30).complete
    assert line.bytes_of(path_of(manifest, 0)) == manifest.sealed_bytes


def test_a_cap_holds_and_may_be_taken_away(tmp_path: Path) -> None:
    site, manifest = big(tmp_path)
    line = Line(site.agency.store)
    sync = over(site, line, cap=1_000_000)
    began = time.monotonic()
    running = sync.start(CASE, [manifest])
    with pytest.raises(TimeoutError):
        running.result(1.5)
    came = sum(stop - start for _, start, stop in line.carried)
    assert came <= 1_000_000 * (time.monotonic() - began + 0.3) + 4 * LINE_PIECE
    sync.cap = 0
    assert running.result(30).complete


def test_closing_ends_what_runs(tmp_path: Path) -> None:
    site, manifest = big(tmp_path)
    sync = over(site, Line(site.agency.store), cap=10_000)
    running = sync.start(CASE, [manifest])
    sync.close()
    assert isinstance(running.result(0).stopped, Cancelled)
    with site.workspace.transfer_lock():
        pass


def test_a_second_program_is_refused_with_a_sentence(tmp_path: Path) -> None:
    site, manifest = big(tmp_path)
    sync = over(site, Line(site.agency.store), cap=100_000)
    running = sync.start(CASE, [manifest])
    with pytest.raises(InUse, match="Footage is already being fetched on this machine"):
        site.fetch()
    sync.close()
    assert running.done()
    assert site.fetch().complete


def test_a_large_object_missing_in_the_store_is_named(tmp_path: Path) -> None:
    site, manifest = big(tmp_path)
    (site.agency.store.root / path_of(manifest, 0)).unlink()
    report = site.sync().fetch(CASE, [manifest])
    assert "The store has no objects/" in report.problems[0].message
    assert report.stopped is None


def test_many_small_objects_come_whole(tmp_path: Path) -> None:
    site = Site(tmp_path)
    manifest = site.agency.recording("many", *(os.urandom(3_000) for _ in range(120)))
    report = site.sync().fetch(CASE, [manifest])
    assert report.complete
    assert report.fetched == 120
    assert not [p for p in site.workspace.cache.rglob("*") if p.suffix]
