"""`list_ms`: a list of 10,000 recordings that are assigned to a person, from asking for it to the painted table.

The recordings are 10,000 signed manifests in 100 signed cases, in a folder. They are read and verified once
(`list_first_s`: the catalogue is made). What is measured is what a person meets every other day: a new window, what is
kept of the documents, the recordings screen, asked for what is assigned. `queue_ms` is the same for a person's own
queue: a new window, what was verified last, painted. It is verified again behind (`queue_verified_s`); meanwhile the
window answers (`queue_gap_ms`: the longest that its event loop was away).
"""

from __future__ import annotations

import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from reviewer.domain.assignment import AssignedRecording, Assignment, Member, Purpose
from reviewer.domain.codec import encode
from reviewer.domain.place import Place, place_of
from reviewer.domain.recording import Clock, ClockSource, Details, Device, Ingest, Kind, Manifest, Part, closed
from reviewer.domain.roster import Role
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.track import Fix
from reviewer.sealing import envelope, stream
from reviewer.services import details
from reviewer.services.catalogue import Catalogue, Opener, Overview
from reviewer.services.catalogue_index import CatalogueIndex
from reviewer.services.collecting import set_aside
from reviewer.services.queue import Queue, read_queue
from reviewer.services.queue_kept import KeptQueue
from reviewer.services.trust import Trust
from tests.bench.machine import ROOT, Missing
from tests.services.agency import NAME, NOW, Agency, keys, station_key

RECORDINGS = 10_000
CASES = 100
_TIMES = 7
_QUEUES = 4
_PATIENCE = 60.0
_PLACE = Place((6_017_000, 2_494_000, 6_017_100, 2_494_300, 6_017_500, 2_494_900), 51)


def listing(folder: Path, recordings: int = RECORDINGS) -> dict[str, Any]:
    """Make the recordings below `folder` and measure, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.listing", str(folder / "listing"), str(recordings)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise Missing(done.stderr.strip().splitlines()[-1])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# -- what is listed --------------------------------------------------------------------------------------------------


def _fill(agency: Agency, recordings: int, cases: int = CASES) -> None:
    """Signed documents as a store has them. They are written by hand: put one by one they would take minutes."""
    chosen = random.Random(1)  # noqa: S311 - the same list each time
    places = [_place(chosen) for _ in range(40)]
    names: list[list[str]] = [[] for _ in range(cases)]
    for number in range(recordings):
        manifest = _manifest(number, chosen, places[number % len(places)])
        _put(agency, f"recordings/{manifest.recording_id}/1.json", "manifest", manifest, "ws-1", station_key())
        names[number % cases].append(manifest.recording_id)
    for number, part in enumerate(names):
        case = f"CR-2026-{number:04d}"
        assignment = Assignment(
            case,
            1,
            (Member("salo", Role.INVESTIGATOR, ""), Member("hill", Role.CUSTODIAN, "")),
            tuple(AssignedRecording(r, "") for r in part),
            Purpose.COMPLAINT,
            "aro",
            Utc(NOW + number * SECOND),
            title=f"Aleksanterinkatu {number}",
        )
        _put(agency, f"assignments/{case}/1.json", "assignment", assignment, "aro", keys("aro").signing)


def _place(chosen: random.Random) -> Place | None:
    steps = [(chosen.gauss(60.17, 0.01), chosen.gauss(24.94, 0.02)) for _ in range(40)]
    return place_of([Fix(Utc(NOW), lat, lon) for lat, lon in steps])


def _manifest(number: int, chosen: random.Random, place: Place | None) -> Manifest:
    start = Utc(NOW + number * 977 * SECOND)
    begins = [Utc(start + i * 600 * SECOND) for i in range(3)]
    parts = [
        Part(f"{number * 3 + i:064x}", 300_000_000, "0" * 64, 299_000_000, at, Micros(600 * SECOND))
        for i, at in enumerate(begins)
    ]
    manifest = Manifest(
        recording_id=f"20260613-officer-{number % 300}-{number:012x}",
        agency=NAME,
        kind=Kind.VIDEO,
        parts=tuple(parts),
        clock=Clock(ClockSource.GPS, Micros(1_000_000)),
        ingest=Ingest("ws-1", start, "0"),
        sealed_data_keys=(),
        incidents=(f"K-2026-{number // 4:05d}",),
        restricted="" if number % 50 == 0 else None,
        officer_id=f"officer-{number % 300}",
        v=details.SEALED,
    )
    what = Details(f"Ofc. {chosen.choice('ABEHJKLMNPRST')}. Niemi {number % 300:04d}", Device("AXIS", "W110"), "arrest")
    opened = replace(manifest, officer=what.officer, device=what.device, event_type=what.event_type, place=place)
    return closed(details.seal_manifest(opened, stream.new_data_key()))


def _put(agency: Agency, path: str, kind: str, document: object, signer: str, key: Any) -> None:  # noqa: ANN401
    data = envelope.sign(kind, encode(document), signer, key)
    for root in (agency.store.root, agency.workspace.documents):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


# -- measuring -------------------------------------------------------------------------------------------------------


class _Bench:
    """One person at a new window, as often as it is asked for."""

    def __init__(self, agency: Agency, recordings: int) -> None:
        from PySide6.QtWidgets import QApplication

        from reviewer.app.start import make_application

        self.agency, self.recordings = agency, recordings
        self.index = CatalogueIndex(agency.workspace.user("hill").folder / "catalogue.sqlite", keys("hill"))
        self.pool = ThreadPoolExecutor(4)
        self.application: QApplication = make_application()

    def catalogue(self) -> Catalogue:
        trust = self.agency.trust()
        trust.refresh()
        return Catalogue(trust, self.agency.workspace, self.index, "hill")

    def first(self) -> float:
        """Seconds until everything was read and verified for the first time, with a key that opens all details."""
        began = time.perf_counter()
        self.catalogue().refresh(Opener(_opened, everything=True))
        return time.perf_counter() - began

    def shown(self) -> float:
        """Milliseconds from a new screen's first showing to its painted table."""
        from reviewer.ui.actions import KeyTable
        from reviewer.ui.bridge import Bridge
        from reviewer.ui.custodian import RecordingsScreen
        from reviewer.ui.preferences import PreferenceStore
        from reviewer.ui.theme import ThemeName, apply_theme
        from reviewer.ui.times import Zone

        catalogue, bridge, store = self.catalogue(), Bridge(), PreferenceStore()
        screen = RecordingsScreen(_source(self.pool, catalogue), bridge=bridge, keys=KeyTable(store), zone=Zone)
        apply_theme(screen, ThemeName.LIGHT)
        screen.resize(1302, 960)
        screen.bar.choices["assigned"].choose(True)
        began = time.perf_counter()  # the screen is made at log-on; its door is opened now
        screen.show()
        table = screen.lists.recordings
        self._until(lambda: len(table.rows.rows) == self.recordings and table.isVisible())
        screen.grab()
        took = (time.perf_counter() - began) * 1000
        bridge.close()
        screen.close_screen()
        screen.deleteLater()
        self.application.processEvents()
        return took

    def queue(self) -> Iterator[tuple[float, float, float]]:
        """Of a new window: milliseconds until what was verified last is painted (of the first: until all is verified
        and painted), seconds until all was verified again, and for how many milliseconds the window was away at most:
        between two turns of its event loop while that went on, or to show what came of it."""
        from reviewer.ui.actions import KeyTable
        from reviewer.ui.preferences import PreferenceStore
        from reviewer.ui.queue import QueueScreen
        from reviewer.ui.theme import ThemeName, apply_theme
        from reviewer.ui.times import Zone

        while True:
            trust = self.agency.trust()
            trust.refresh()
            kept = KeptQueue(self.index, trust, "hill")
            screen = QueueScreen(KeyTable(PreferenceStore()), Zone)
            apply_theme(screen, ThemeName.LIGHT)
            screen.resize(1302, 960)
            began = time.perf_counter()
            screen.show()
            found = self.pool.submit(kept.read)
            self._until(found.done)
            shown, known = 0.0, found.result()
            if known is not None:
                screen.show_queue(known)
                screen.grab()
                shown = (time.perf_counter() - began) * 1000
            again = self.pool.submit(self._verify, trust, kept)
            gap = self._until(again.done)
            before = time.perf_counter()
            screen.show_queue(again.result())
            screen.grab()
            now = time.perf_counter()
            yield shown or (now - began) * 1000, now - began, max(gap, now - before) * 1000
            if sum(len(c.recordings) for c in screen.cases) != self.recordings:
                raise Missing("the queue has not all recordings")
            screen.deleteLater()
            self.application.processEvents()

    def _verify(self, trust: Trust, kept: KeptQueue) -> Queue:
        queue = read_queue(trust, self.agency.workspace, "hill")
        kept.write(queue)
        set_aside()  # as the desk does
        return queue

    def _until(self, done: Callable[[], bool]) -> float:
        """The longest gap between two turns of the event loop, in seconds, until something is done."""
        from PySide6.QtCore import QEventLoop, QTimer

        beat = QTimer(interval=5)
        turns: list[float] = []
        beat.timeout.connect(lambda: turns.append(time.perf_counter()))
        beat.start()
        began = time.perf_counter()
        while not done():
            if time.perf_counter() - began > _PATIENCE:
                raise Missing("what was asked for was not shown")
            # As a window waits: one that spins takes half of the time from the thread that reads.
            self.application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        beat.stop()
        return max((b - a for a, b in itertools.pairwise(turns)), default=0.0)


def _opened(some: Any) -> dict[str, Manifest]:  # noqa: ANN401
    """Stands for a custody key: what it costs to open is not what is measured here."""
    said = {"officer": "Ofc. A. Niemi 2214", "device": Device("AXIS", "W110"), "event_type": "arrest"}
    return {m.recording_id: replace(m, place=_PLACE, **said) for m in some}


def _source(pool: ThreadPoolExecutor, catalogue: Catalogue) -> Any:  # noqa: ANN401 - a RecordingsSource
    from reviewer.ui.custodian_source import KeyState, Picture, RecordingsSource

    def read(again: bool) -> Future[Picture]:
        def kept() -> Picture:
            overview: Overview = catalogue.kept()
            return Picture(overview, me="hill")

        return Future() if again else pool.submit(kept)  # the store answers later

    def never(*_what: object) -> Future[Any]:
        return Future()

    verbs: dict[str, Callable[..., Future[Any]]] = dict.fromkeys(
        ("assign", "take_off", "hand_over", "release", "countersign", "open_key"), never
    )
    return RecordingsSource(
        read=read,
        find=lambda known, wanted: pool.submit(known.find, wanted),
        forget_key=lambda: None,
        key=KeyState,
        **verbs,
    )


def measure(folder: Path, recordings: int) -> dict[str, Any]:
    """The figures."""
    agency = Agency(folder)
    _fill(agency, recordings)
    bench = _Bench(agency, recordings)
    first = bench.first()
    times = [bench.shown() for _ in range(_TIMES)]
    queues = list(itertools.islice(bench.queue(), _QUEUES))
    (first_ms, _, _), *others = queues
    bench.pool.shutdown()
    return {
        "list_ms": round(statistics.median(times), 1),
        "list_ms_each": [round(t, 1) for t in times],
        "list_first_s": round(first, 2),
        "queue_ms": round(statistics.median(shown for shown, _, _ in others), 1),
        "queue_ms_each": [round(shown, 1) for shown, _, _ in others],
        "queue_first_s": round(first_ms / 1000, 2),
        "queue_verified_s": round(statistics.median(took for _, took, _ in others), 2),
        "queue_gap_ms": round(max(gap for _, _, gap in queues), 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
