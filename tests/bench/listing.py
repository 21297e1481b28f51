"""`list_ms`: a list of 10,000 recordings that are assigned to a person, from asking for it to the painted table.

The recordings are 10,000 signed manifests in 100 signed cases, in a folder. They are read and verified once
(`list_first_s`: the catalogue is made). What is measured is what a person meets every other day: a new window, what is
kept of the documents, the recordings screen, asked for what is assigned. `queue_ms` is the same person's queue, its
documents in this process's memory as they are after the first reading.
"""

from __future__ import annotations

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
from reviewer.services.queue import read_queue
from tests.bench.machine import ROOT, Missing
from tests.services.agency import NAME, NOW, Agency, keys, station_key

RECORDINGS = 10_000
CASES = 100
_TIMES = 7
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


def _fill(agency: Agency, recordings: int) -> None:
    """Signed documents as a store has them. They are written by hand: put one by one they would take minutes."""
    chosen = random.Random(1)  # noqa: S311 - the same list each time
    places = [_place(chosen) for _ in range(40)]
    names: list[list[str]] = [[] for _ in range(CASES)]
    for number in range(recordings):
        manifest = _manifest(number, chosen, places[number % len(places)])
        _put(agency, f"recordings/{manifest.recording_id}/1.json", "manifest", manifest, "ws-1", station_key())
        names[number % CASES].append(manifest.recording_id)
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
        while not (len(table.rows.rows) == self.recordings and table.isVisible()):
            if time.perf_counter() - began > _PATIENCE:
                raise Missing(f"{len(table.rows.rows)} of {self.recordings} recordings were shown")
            self.application.processEvents()
        screen.grab()
        took = (time.perf_counter() - began) * 1000
        bridge.close()
        screen.close_screen()
        screen.deleteLater()
        self.application.processEvents()
        return took

    def queue(self) -> Iterator[float]:
        """Milliseconds of reading the person's queue, the first time and again."""
        trust = self.agency.trust()
        trust.refresh()
        for _ in range(4):
            began = time.perf_counter()
            found = read_queue(trust, self.agency.workspace, "salo")
            yield (time.perf_counter() - began) * 1000
            if sum(len(c.recordings) for c in found.cases) != self.recordings:
                raise Missing("the queue has not all recordings")


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
    queue = list(bench.queue())
    bench.pool.shutdown()
    return {
        "list_ms": round(statistics.median(times), 1),
        "list_ms_each": [round(t, 1) for t in times],
        "list_first_s": round(first, 2),
        "queue_first_ms": round(queue[0], 1),
        "queue_ms": round(statistics.median(queue[1:]), 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
