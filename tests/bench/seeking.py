"""`exact_share`, `seek_floor_ratio`: exact seeks of four 1080p originals, GOP 60 and 120, against decoding alone.

The floor is what no player can be below: the same groups of pictures decoded from their key to the same frame by plain
PyAV, files open and indexed already, no scaling, one process a core,
the longest first. Floor and seek take turns at each target.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import Any

import av

from reviewer.domain.timebase import Utc
from tests.bench.clips import FOUR, LENGTH, Clip, common, make, pts_of
from tests.bench.engine import Eyes, deck_of, pairs_of, settle, summary, targets, truths_of
from tests.bench.eye import right
from tests.bench.machine import cpu_seconds

_Job = tuple[int, int]  # which camera, which frame


def run(length: float = LENGTH, count: int = 60) -> dict[str, Any]:
    """Ratios of wall time for each target, and of CPU time over all."""
    span = common(FOUR, length)
    ours, floors, ratios, exact = [], [], [], 0
    truths = truths_of(FOUR, length)
    with _floor(length) as floor, deck_of(FOUR, length) as deck:
        eyes = Eyes(deck)
        used = {"ours": 0.0, "floor": 0.0}
        apart = min(4_500_000, span.duration // 12)
        for n, target in enumerate(targets(Utc(span.start + 500_000), Utc(span.end - 1_000_000), count, 7, apart)):

            def seek(to: Utc = target) -> float:
                before = cpu_seconds()
                began = time.perf_counter()
                deck.seek(to)
                settle(deck)
                took = time.perf_counter() - began
                used["ours"] += cpu_seconds() - before
                return took

            def decode(to: Utc = target) -> float:
                before = cpu_seconds()
                took = floor([(i, truths[c.name].due(to)) for i, c in enumerate(FOUR)])
                used["floor"] += cpu_seconds() - before
                return took

            a, b = (seek(), decode()) if n % 2 else (decode(), seek())
            mine, least = (a, b) if n % 2 else (b, a)
            tick = eyes.tick()
            exact += sum(right(type(tick)(target, tick.wall, [look]), truths) for look in tick.looks)
            ours.append(mine)
            floors.append(least)
            ratios.append(mine / least)
    return {
        "exact_share": exact / (count * len(FOUR)),
        "seek_floor_ratio": pairs_of(ratios)["median"],
        "seek_floor_pairs": pairs_of(ratios),
        "seek_floor_ratio_sum": round(sum(ours) / sum(floors), 3),
        "seek_floor_ratio_cpu": round(used["ours"] / max(used["floor"], 1e-6), 3),
        "seek_ms": summary(ours, 1e3, 1),
        "floor_ms": summary(floors, 1e3, 1),
        "seeks": count,
    }


class _Floor:
    """Processes that decode; called with jobs, it gives the seconds until all are done."""

    def __init__(self, pipes: list[Connection], length: float) -> None:
        self._pipes = pipes
        self._length = length

    def __call__(self, jobs: list[_Job]) -> float:
        waiting = sorted(jobs, key=lambda j: j[1] % FOUR[j[0]].source.gop, reverse=True)
        began = time.perf_counter()
        busy: list[Connection] = []
        for pipe in self._pipes:
            if waiting:
                pipe.send(waiting.pop(0))
                busy.append(pipe)
        while busy:
            for pipe in _ready(busy):
                pipe.recv()
                if waiting:
                    pipe.send(waiting.pop(0))
                else:
                    busy.remove(pipe)
        return time.perf_counter() - began


def _ready(pipes: list[Connection]) -> list[Connection]:
    answered = wait(pipes)
    return [pipe for pipe in pipes if pipe in answered]


@contextmanager
def _floor(length: float) -> Iterator[_Floor]:
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for _ in range(min(len(FOUR), os.cpu_count() or 1)):
        here, there = context.Pipe()
        process = context.Process(target=_decode, args=(there, length), daemon=True)
        process.start()
        pipes.append(here)
        processes.append(process)
    try:
        for pipe in pipes:
            pipe.recv()
        yield _Floor(pipes, length)
    finally:
        for pipe, process in zip(pipes, processes, strict=True):
            pipe.send(None)
            process.join(5)


def _decode(pipe: Connection, length: float) -> None:
    """In a process: from the key before a frame to that frame, job after job."""
    files = [_File(clip, length) for clip in FOUR]
    pipe.send(True)
    while (job := pipe.recv()) is not None:
        files[job[0]].decode_to(job[1])
        pipe.send(True)


class _File:
    def __init__(self, clip: Clip, length: float) -> None:
        self._container = av.open(str(make(clip.source, length)))
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "NONE"
        base = self._stream.time_base
        self._pts = [int(p / 90_000 / base + 0.5) for p in pts_of(clip.source, length)]

    def decode_to(self, frame: int) -> None:
        self._container.seek(self._pts[frame], stream=self._stream)
        for picture in self._container.decode(self._stream):
            if picture.pts is not None and picture.pts >= self._pts[frame]:
                return
