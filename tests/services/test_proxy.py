"""Proxies in the background: logged first, the open case first, out of everybody's way, going on where they were."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from reviewer.domain.errors import LogUnwritable
from reviewer.domain.events import AccessDenied, Event, ObjectQuarantined, ProxiesBegun, ProxiesMade
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Role
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.media import proxy_process
from reviewer.media.camera import ProxyChunk
from reviewer.media.proxy import ENCODER, PROXY_CHUNK, proxy_index
from reviewer.media.reader import PartReader
from reviewer.services import proxy as proxy_module
from reviewer.services import proxy_files, proxy_queue
from reviewer.services.custody import Grants
from reviewer.services.footage import Footage
from reviewer.services.machine import Machine
from reviewer.services.proxy import Proxies, ProxyState, ProxyStatus
from reviewer.services.proxy_files import Cover
from reviewer.services.proxy_queue import Progress, Work, find_work, lengths, next_work
from reviewer.services.sync import Sync
from reviewer.services.vault import Vault
from tests.media.footage import clip
from tests.services.agency import CASE, NOW, Agency, flip, keys

WAIT = 30.0


class Spare(Machine):
    """A machine whose troubles the test makes."""

    def __init__(self) -> None:
        super().__init__()
        self.battery = self.busy = False
        self.room = 1 << 50

    def on_battery(self) -> bool:
        return self.battery

    def is_busy(self) -> bool:
        return self.busy

    def free(self, folder: Path) -> int:
        return self.room


class Room:
    """A person on one case with two cameras of two parts, all fetched, and the proxies of it."""

    def __init__(self, folder: Path) -> None:
        self.agency = Agency(folder)
        # Frames that are about eight seconds long, as the agency says of every part.
        self.frames = 200
        self.manifests = [
            self.agency.recording("cam-a", self.clip(0), self.clip(1)),
            self.agency.recording("cam-b", self.clip(2), self.clip(3)),
        ]
        self.agency.assign("cam-a", "cam-b")
        self.events: list[Event] = []
        self.told: list[ProxyStatus] = []
        self.made: list[tuple[str, int, tuple[ProxyChunk, ...]]] = []
        self.machine = Spare()
        self.playing_late = False
        self._news = threading.Condition()
        self._running: list[Proxies] = []
        self.fetch()

    def clip(self, which: int) -> bytes:
        return clip(tuple(range(self.frames)), size=(160, 90), gop=12 + which)

    def fetch(self) -> None:
        Sync(self.agency.workspace, self.agency.store, lambda _event: None).fetch(CASE, self.manifests)

    def vault(self, who: str = "salo", record: Callable[[Event], object] | None = None) -> Vault:
        trust = self.agency.trust()
        grants = Grants(trust, keys(who), now=lambda: self.agency.now)
        return Vault(self.agency.workspace, trust, grants, record or self.events.append)

    def proxies(self, who: str = "salo", record: Callable[[Event], object] | None = None, **more: int) -> Proxies:
        trust = self.agency.trust()
        made = Proxies(
            self.vault(who, record),
            trust,
            Grants(trust, keys(who), now=lambda: self.agency.now),
            self.agency.workspace,
            record or self.events.append,
            who,
            told=self._tell,
            made=self._make,
            busy=lambda: self.playing_late,
            machine=self.machine,
            **more,
        )
        self._running.append(made)
        return made

    def _tell(self, status: ProxyStatus) -> None:
        with self._news:
            self.told.append(status)
            self._news.notify_all()

    def _make(self, recording: str, part: int, chunks: tuple[ProxyChunk, ...]) -> None:
        with self._news:
            self.made.append((recording, part, chunks))
            self._news.notify_all()

    def until(self, true: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(true, WAIT), self.told[-1:]

    def until_state(self, state: ProxyState, why: str = "") -> None:
        self.until(lambda: bool(self.told) and self.told[-1].state is state and self.told[-1].why == why)

    def close(self) -> None:
        for each in self._running:
            each.close()


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    for module in (proxy_module, proxy_queue):
        monkeypatch.setattr(module, "PROXY_CHUNK", 80, raising=False)
    monkeypatch.setattr(proxy_module, "_LOOK_EVERY", 0.05)
    made = Room(tmp_path)
    yield made
    made.close()


def test_all_footage_that_is_here_gets_its_proxies(room: Room) -> None:
    room.proxies().start()
    room.until_state(ProxyState.DONE)
    done = room.told[-1]
    assert (done.fraction, done.total, done.left_out) == (1.0, 4 * 8 * SECOND, ())
    vault = room.vault()
    for manifest in room.manifests:
        for part in manifest.parts:
            chunks = vault.proxies(manifest, part, CASE)
            assert [(c.first, c.count) for c in chunks] == [(0, 80), (80, 80), (160, 40)]
            for chunk in chunks:
                reader = PartReader(chunk.source(), proxy_index(chunk.count))
                reader.seek(chunk.count - 1)
                assert any(place == chunk.count - 1 for _ in range(20) for place, _frame in reader.advance())
                reader.close()
    assert {(r, p) for r, p, _ in room.made} == {("cam-a", 0), ("cam-a", 1), ("cam-b", 0), ("cam-b", 1)}
    fractions = [s.fraction for s in room.told if s.state is ProxyState.WORKING]
    assert fractions == sorted(fractions)
    assert {s.camera for s in room.told if s.state is ProxyState.WORKING} == {
        f"Ofc. A. Niemi 2214, part {n}" for n in (1, 2)
    }


def test_the_log_says_so_before_a_byte_is_decrypted_and_when_it_is_done(room: Room) -> None:
    def record(event: Event) -> Future[None]:
        room.events.append(event)
        if isinstance(event, ProxiesBegun):
            assert not room.agency.workspace.proxies(event.object).exists()
        answer: Future[None] = Future()
        answer.set_result(None)
        return answer

    room.proxies(record=record).start()
    room.until_state(ProxyState.DONE)
    begun = [e for e in room.events if isinstance(e, ProxiesBegun)]
    made = [e for e in room.events if isinstance(e, ProxiesMade)]
    assert len(begun) == len(made) == 4 == len({e.object for e in begun})
    assert room.events[0] == ProxiesBegun(CASE, "cam-a", 0, room.manifests[0].parts[0].object, ENCODER)
    assert made[0] == ProxiesMade(CASE, "cam-a", 0, room.manifests[0].parts[0].object, ENCODER, 200, 3, 0)


def test_without_an_entry_nothing_is_made(room: Room) -> None:
    def record(_event: Event) -> Future[None]:
        answer: Future[None] = Future()
        answer.set_exception(LogUnwritable("The log cannot be written: the disk is full.", "Make room."))
        return answer

    room.proxies(record=record).start()
    room.until_state(ProxyState.STOPPED, "The log cannot be written: the disk is full.")
    assert not (room.agency.workspace.home / "proxies").exists()


def test_a_restart_goes_on_at_the_next_chunk_that_is_missing(room: Room) -> None:
    first = room.proxies()
    first.start()
    room.until(lambda: len(room.made) >= 2)
    first.close()
    before = {p: p.stat().st_mtime_ns for p in (room.agency.workspace.home / "proxies").rglob("*.proxy")}
    assert 2 <= len(before) < 12
    room.proxies().start()
    room.until_state(ProxyState.DONE)
    assert all(path.stat().st_mtime_ns == at for path, at in before.items())
    room.events.clear()
    again = room.proxies()
    again.start()
    room.until_state(ProxyState.DONE)
    assert room.events == [], "what is done is not decrypted again"


def test_a_damaged_chunk_is_made_again(room: Room) -> None:
    room.proxies().start()
    room.until_state(ProxyState.DONE)
    (path,) = room.agency.workspace.proxies(room.manifests[1].parts[1].object).glob("80-80.*")
    flip(path)
    room.told.clear()
    room.proxies().start()
    room.until_state(ProxyState.DONE)
    assert path.exists()
    chunks = room.vault().proxies(room.manifests[1], room.manifests[1].parts[1], CASE)
    assert [(c.first, c.count) for c in chunks] == [(0, 80), (80, 80), (160, 40)]


@pytest.mark.parametrize(
    ("trouble", "why"),
    [("battery", "on battery"), ("busy", "other programs need the machine"), ("late", "playing comes first")],
)
def test_it_waits_for_the_machine_and_goes_on_by_itself(room: Room, trouble: str, why: str) -> None:
    def set_(on: bool) -> None:
        if trouble == "late":
            room.playing_late = on
        else:
            setattr(room.machine, trouble, on)

    set_(True)
    room.proxies().start()
    room.until_state(ProxyState.PAUSED, why)
    assert room.events == []
    set_(False)
    room.until(lambda: len(room.made) >= 1)
    set_(True)
    room.until_state(ProxyState.PAUSED, why)
    assert 0 < room.told[-1].fraction < 1
    set_(False)
    room.until_state(ProxyState.DONE)


def test_a_person_pauses_it_goes_on_and_turns_it_off(room: Room) -> None:
    proxies = room.proxies()
    proxies.set_paused(True)
    proxies.start()
    room.until_state(ProxyState.PAUSED, "until you go on")
    proxies.set_on(False)
    room.until_state(ProxyState.OFF)
    proxies.set_on(True)
    room.until_state(ProxyState.PAUSED, "until you go on")
    proxies.set_paused(False)
    room.until_state(ProxyState.DONE)


def test_a_pause_that_lasts_lets_the_process_go(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_module, "_LONGEST_HOLD", 0.2)
    room.proxies().start()
    room.until(lambda: len(room.made) >= 1)
    room.machine.battery = True
    room.until_state(ProxyState.PAUSED, "on battery")

    def no_process() -> bool:
        return not [p for p in psutil.Process().children(recursive=True) if p.nice() == 10]

    for _ in range(300):
        if no_process():
            break
        threading.Event().wait(0.05)
    assert no_process()
    room.machine.battery = False
    room.until_state(ProxyState.DONE)


def test_a_disk_that_fills_stops_it_and_it_says_so(room: Room) -> None:
    room.machine.room = 4_999_999_999
    proxies = room.proxies()
    proxies.start()
    room.until_state(ProxyState.STOPPED, "Less than 5 GB are free on the disk.")
    room.machine.room = 5_000_000_000
    proxies.look_again()
    room.until_state(ProxyState.DONE)


def test_a_file_that_crashes_its_decoder_costs_its_own_proxies(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = room.manifests[0].parts[1].object
    true_open = Vault.open

    def open_(self: Vault, manifest: Manifest, what: object, case: str) -> object:
        file = true_open(self, manifest, what, case)  # type: ignore[arg-type]
        if file.object == bad:
            file.source = os.abort  # type: ignore[assignment]
        return file

    monkeypatch.setattr(Vault, "open", open_)
    room.proxies().start()
    room.until_state(ProxyState.DONE)
    (problem,) = room.told[-1].left_out
    assert str(problem).startswith("Ofc. A. Niemi 2214, part 2: Ofc. A. Niemi 2214, part 2 crashed its decoder")
    assert len([e for e in room.events if isinstance(e, ProxiesMade)]) == 3
    assert room.told[-1].fraction == 1.0


def test_what_is_no_video_is_left_out_with_a_sentence(room: Room) -> None:
    room.manifests.append(room.agency.recording("cam-c", b"this is no footage" * 99))
    room.agency.assign("cam-a", "cam-b", "cam-c")
    room.fetch()
    room.proxies().start()
    room.until_state(ProxyState.DONE)
    (problem,) = room.told[-1].left_out
    assert "part 1 cannot be read as footage" in problem.message


def test_footage_that_was_changed_is_put_aside_and_the_rest_goes_on(room: Room) -> None:
    path = room.agency.workspace.cached(room.manifests[0].parts[0].object)
    flip(path, path.stat().st_size // 2)
    room.proxies().start()
    room.until_state(ProxyState.DONE)
    assert [e for e in room.events if isinstance(e, ObjectQuarantined)]
    assert room.told[-1].total == 3 * 8 * SECOND
    room.fetch()
    assert not room.agency.workspace.proxies(room.manifests[0].parts[0].object).exists()


def test_what_comes_later_is_made_when_it_is_there(room: Room) -> None:
    path = room.agency.workspace.cached(room.manifests[0].parts[0].object)
    path.unlink()
    proxies = room.proxies()
    proxies.start()
    room.until_state(ProxyState.DONE)
    assert room.told[-1].total == 3 * 8 * SECOND
    room.fetch()
    proxies.look_again()
    room.until(lambda: room.told[-1].state is ProxyState.DONE and room.told[-1].total == 4 * 8 * SECOND)


def test_nobody_makes_proxies_of_what_they_may_not_open(room: Room) -> None:
    room.proxies("falk").start()
    room.until_state(ProxyState.DONE)
    room.agency.assign("cam-a", members={"salo": Role.INVESTIGATOR})
    room.agency.now = Utc(NOW + SECOND)
    assert room.told[-1].total == 0
    assert not [e for e in room.events if isinstance(e, AccessDenied)], "nobody asked for it"


def test_footage_on_the_deck_knows_its_proxies(room: Room) -> None:
    room.proxies().start()
    room.until_state(ProxyState.DONE)
    trust = room.agency.trust()
    footage = Footage(room.vault(), trust, room.agency.workspace, trust.assignment(CASE))
    for camera in footage.cameras():
        for part in footage.deck_camera(camera).parts:
            assert part.proxies is not None
            assert [(c.first, c.count) for c in part.proxies()] == [(0, 80), (80, 80), (160, 40)]
    room.agency.workspace.cached(room.manifests[0].parts[0].object).unlink()
    assert footage.deck_camera(footage.cameras()[0]).parts[0].proxies is None


@pytest.mark.parametrize("lie", ["hole", "too many", "too few", "endless"])
def test_a_process_that_lies_about_frames_is_not_believed(
    room: Room, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    true_read = proxy_process.ProxyProcess._read

    def read(self: proxy_process.ProxyProcess, message: bytes) -> object:
        said = true_read(self, message)
        if isinstance(said, proxy_process.Ready) and lie == "endless":
            return proxy_process.Ready(1 << 60)
        if isinstance(said, proxy_process.Run) and lie in ("hole", "too many"):
            return replace(said, **({"first": said.first + 1} if lie == "hole" else {"count": said.count + 1}))
        return proxy_process.Done() if isinstance(said, proxy_process.Run) and lie == "too few" else said

    monkeypatch.setattr(proxy_process.ProxyProcess, "_read", read)
    room.proxies().start()
    room.until_state(ProxyState.DONE)
    assert len(room.told[-1].left_out) == 4
    assert room.made == []


# -- the order -------------------------------------------------------------------------------------------------------


def _works(room: Room) -> list[Work]:
    trust = room.agency.trust()
    grants = Grants(trust, keys("salo"), now=lambda: room.agency.now)
    return find_work(trust, grants, room.agency.workspace, "salo")


def test_the_open_case_comes_first_then_the_queue(room: Room) -> None:
    other = room.agency.recording("cam-z", room.clip(4))
    room.agency.assign("cam-z", case="CR-2026-0200")
    Sync(room.agency.workspace, room.agency.store, lambda _event: None).fetch("CR-2026-0200", [other])
    works = _works(room)
    assert [(w.case, w.manifest.recording_id, w.number) for w in works if w.rank == 0] == [
        (CASE, "cam-a", 0),
        (CASE, "cam-a", 1),
        (CASE, "cam-b", 0),
        (CASE, "cam-b", 1),
    ]
    nothing: dict[str, Progress] = {}
    for open_case, first in ((None, "cam-a"), (CASE, "cam-a"), ("CR-2026-0200", "cam-z")):
        best = next_work(works, nothing, open_case, None)
        assert best is not None
        assert best.manifest.recording_id == first


def _hour(work: Work, started: int) -> Work:
    part = replace(work.part, started_at=Utc(NOW + started * SECOND), duration=Micros(3600 * SECOND))
    return replace(work, manifest=replace(work.manifest, parts=(part,)), number=0)


def test_nearest_to_the_person_first_and_cameras_take_turns(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_queue, "PROXY_CHUNK", PROXY_CHUNK)
    one, two, three, four = _works(room)
    works = [_hour(one, 0), _hour(two, 3600), _hour(three, 0), _hour(four, 3600)]
    progress = {w.object: Progress(frames=108_000) for w in works}
    at = Utc(NOW + 1800 * SECOND)
    chosen = []
    for _ in range(60):
        work = next_work(works, progress, CASE, at)
        assert work is not None
        far, span = progress[work.object].nearest(work.part, at) or (Micros(0), (0, 0))
        chosen.append((works.index(work), far))
        spans = tuple(sorted((*progress[work.object].cover.spans, span)))
        progress[work.object] = replace(progress[work.object], cover=Cover(spans))
    assert chosen[0] == (0, 0)
    assert all(far < (10 if turn < 38 else 20) * 60 * SECOND for turn, (_, far) in enumerate(chosen))
    first_of_second = [which for which, _ in chosen].index(2)
    assert {which for which, _ in chosen} == {0, 2}, "the parts in which the person is"
    assert max(far for _, far in chosen[:first_of_second]) < 10 * 60 * SECOND
    done, total = lengths(works, progress)
    assert total == 4 * 3600 * SECOND
    assert 0 < done < total


def test_what_cannot_be_decoded_is_done_with() -> None:
    cover = proxy_files.cover_of(
        [
            proxy_files.ProxyFile(Path("a"), 0, 10, False),
            proxy_files.ProxyFile(Path("b"), 10, 5, True),
            proxy_files.ProxyFile(Path("c"), 15, 5, False),
            proxy_files.ProxyFile(Path("d"), 20, 0, True),
        ]
    )
    assert cover == Cover(((0, 10), (10, 5), (15, 5)), 20, 2, 5)
    assert cover.complete
    assert cover.missing(20, 8) == []


# -- the machine -----------------------------------------------------------------------------------------------------


def test_a_machine_tells_its_battery(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine()
    for plugged, on_battery in ((True, False), (False, True), (None, False)):
        found = type("Battery", (), {"percent": 50, "secsleft": 1, "power_plugged": plugged})()
        monkeypatch.setattr(psutil, "sensors_battery", lambda found=found: found)
        assert machine.on_battery() is on_battery
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None)
    assert not machine.on_battery()


def test_others_must_be_busy_for_some_seconds_and_rest_for_some(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine = Machine()
    now, others, own = 100.0, 0.0, {1: 0.0}
    times = type("Times", (), {"idle": 0.0, "__iter__": lambda self: iter([others + sum(own.values())])})
    monkeypatch.setattr("time.monotonic", lambda: now)
    monkeypatch.setattr(psutil, "cpu_times", times)
    monkeypatch.setattr(psutil, "cpu_count", lambda: 2)
    monkeypatch.setattr("reviewer.services.machine._own_times", lambda: dict(own))
    said = []
    for second in range(40):
        said.append(machine.is_busy())
        now += 1.0
        own[1] += 1.0  # ours never counts
        others += 1.6 if 10 <= second < 25 else 0.1
    assert not any(said[:12])
    assert all(said[16:26])
    assert not any(said[32:])
    assert machine.free(tmp_path / "not" / "there") > 0


def test_our_own_processes_are_not_others() -> None:
    from reviewer.services.machine import _own_times

    assert os.getpid() in _own_times()
