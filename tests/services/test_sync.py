"""Sync: what arrives is what was signed; it goes on after any cut; one bad object stops no other."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import Cancelled, NotInStore, StoreUnreachable
from reviewer.domain.events import CaseSynced, ObjectQuarantined
from reviewer.domain.recording import Part
from reviewer.services import transfer as transfer_module
from reviewer.services.disk import InUse, NoRoom
from reviewer.services.quarantine import items
from reviewer.services.sync import ObjectState, Progress, states
from reviewer.stores.base import ANY, Chunk
from tests.bench.sync_child import manifest_of
from tests.services.agency import CASE, flip
from tests.services.sync_site import Site


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


def test_a_recording_of_many_parts_is_listed_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part says its number without being looked for among all the others."""
    manifest = manifest_of([(f"{n:064x}", 1) for n in range(300)])
    compared = []
    monkeypatch.setattr(Part, "__eq__", lambda one, other: compared.append(one) or one is other)
    found = items(manifest)
    assert [each.label for each in found[::299]] == ["Ofc. A. Niemi 2214, part 1", "Ofc. A. Niemi 2214, part 300"]
    assert not compared


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
