"""One transfer in a process of its own, timed, weighed or killed: `python -m tests.bench.sync_child ORDER.json`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from reviewer.domain.recording import Clock, ClockSource, Device, Ingest, Kind, Manifest, Part
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.services.sync import Sync
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Chunk, Store, locate

START = Utc(1_781_380_800_000_000)


def manifest_of(objects: list[tuple[str, int]]) -> Manifest:
    """A recording of these objects (name, sealed size)."""
    parts = tuple(
        Part(name, size, name, size, Utc(START + n * SECOND), Micros(SECOND)) for n, (name, size) in enumerate(objects)
    )
    return Manifest(
        recording_id="bench",
        agency="bench.example",
        officer="Ofc. A. Niemi 2214",
        device=Device("Example", "One", "X1"),
        kind=Kind.VIDEO,
        parts=parts,
        clock=Clock(ClockSource.MANIFEST, Micros(0)),
        ingest=Ingest("ws-1", START, "0"),
        sealed_data_keys=(),
    )


class Counting:
    """A store that counts the bytes of objects that come."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner
        self.received = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    @contextmanager
    def stream(self, path: str, start: int, stop: int, version: str | None = None) -> Iterator[Iterator[Chunk]]:
        """As the store's own."""
        with self._inner.stream(path, start, stop, version) as chunks:
            yield self._counted(chunks)

    def _counted(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        for chunk in chunks:
            self.received += len(chunk)
            yield chunk


def peak_mb() -> float:
    """The most memory that this process has had, MB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(each for each in lines if each.startswith("VmHWM")).split()[1]) / 1024


def fetch(order: dict[str, Any]) -> dict[str, Any]:
    """Bring the objects of an order into its home, at `cap` bytes a second if it has one; how long it took, what came,
    the memory it took."""
    store = locate(order["location"])
    store.check()  # the store's client is loaded and knows the way: what a session has done at log-on
    counting = Counting(store)
    manifest = manifest_of([(name, size) for name, size in order["objects"]])
    workspace, cap = Workspace(Path(order["home"])), int(order.get("cap", 0))
    sync = Sync(workspace, cast(Store, counting), lambda _event: None, cap=cap)
    before = peak_mb()
    began = time.perf_counter()
    report = sync.fetch("bench", [manifest])
    return {
        "seconds": time.perf_counter() - began,
        "complete": report.complete,
        "received": counting.received,
        "mb": peak_mb(),
        "mb_before": before,
        "stopped": str(report.stopped or ""),
    }


if __name__ == "__main__":
    print(json.dumps(fetch(json.loads(Path(sys.argv[1]).read_text()))), flush=True)
