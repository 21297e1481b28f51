"""Sync: ranges of large objects side by side, what comes first, pauses, caps, and two programs at once."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from reviewer.domain.errors import Cancelled, CredentialsRefused, StoreUnreachable
from reviewer.domain.events import CaseSynced, ObjectQuarantined
from reviewer.domain.recording import Manifest
from reviewer.services import sync as sync_module
from reviewer.services import transfer as transfer_module
from reviewer.services.disk import InUse
from reviewer.services.holding import ObjectState, ObjectStatus, states
from reviewer.services.sync import Progress
from reviewer.services.sync_job import Job
from reviewer.services.workspace import Workspace
from tests.services.agency import CASE
from tests.services.line import PIECE as LINE_PIECE
from tests.services.line import Line
from tests.services.sync_site import PIECE, Site, big, over, path_of, until


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_module, "PIECE", PIECE)


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


def _looks_and_is_overtaken(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Whoever starts after this looks for what is here, and only then `meanwhile` happens."""
    look = sync_module.states

    def looks(workspace: Workspace, manifests: Iterable[Manifest]) -> tuple[ObjectStatus, ...]:
        seen = look(workspace, manifests)
        meanwhile()
        return seen

    monkeypatch.setattr(sync_module, "states", looks)


def test_what_came_for_another_case_after_one_looked_is_neither_fetched_again_nor_put_aside(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(site.agency.store)
    sync = over(site, line)
    look = sync_module.states

    def overtaken() -> None:
        monkeypatch.setattr(sync_module, "states", look)
        assert sync.fetch("a", [site.manifest]).complete

    _looks_and_is_overtaken(monkeypatch, overtaken)
    report = sync.fetch("b", [site.manifest])
    assert report.complete
    assert report.fetched == 0
    assert sum(line.bytes_of(path_of(site.manifest, n)) for n in range(3)) == site.manifest.sealed_bytes
    assert not [e for e in site.events if isinstance(e, ObjectQuarantined)]


@pytest.mark.parametrize("missing", [False, True])
def test_a_case_that_joins_while_an_object_ends_ends_as_well(
    site: Site, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    if missing:
        site.sealed(0).unlink()
    sync = over(site, Line(site.agency.store))
    ending, joined = threading.Event(), threading.Event()
    note = Job.note

    def noted(job: Job, status: ObjectStatus, received: int = 0) -> None:
        note(job, status, received)
        over_now = status.state is ObjectState.PRESENT or status.problem is not None
        if job.case == "a" and over_now and status.item.object == site.name(0):
            ending.set()
            joined.wait(30)

    monkeypatch.setattr(Job, "note", noted)
    seen = states(site.workspace, [site.manifest])
    first = sync.start("a", [site.manifest])
    assert ending.wait(30)
    monkeypatch.setattr(sync_module, "states", lambda *_: seen)
    second = sync.start("b", [site.manifest])
    joined.set()
    assert first.result(30).complete is not missing
    report = second.result(30)
    assert report.complete is not missing
    assert bool(report.problems) is missing


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


def test_a_silence_is_said_at_once_and_is_over_when_something_comes(tmp_path: Path) -> None:
    site, manifest = big(tmp_path)
    told: list[Progress] = []
    line = Line(site.agency.store, busy=2)
    assert over(site, line, connections=1).fetch(CASE, [manifest], told.append).complete
    assert told[0].trouble is not None
    assert told[0].trouble.message == "The store says 503."
    assert told[-1].trouble is None
    assert sum(each.trouble is not None for each in told) == 1
