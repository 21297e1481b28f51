"""`av_offset_ms`: how far the sound lies from the picture.

A clip has a click at every whole second, uncompressed. The deck plays into a device whose time of hearing each sample
is known; at each tick the barcode of the picture in hand must be that of the tick's instant, and the ticks say when the
clock passed each whole second. The figure is the largest of the offsets' medians at 1x, 0.5x and 2x, and after a seek;
95th percentile and sign stand beside it, and the same for AAC, and for a device whose own clock is 0.02 % fast.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.timebase import SECOND, Utc
from tests.bench.clips import CLICKS, CLICKS_AAC, Clip, Source
from tests.bench.engine import Eyes, Metronome, deck_of, roll, truths_of
from tests.bench.eye import Tick, right
from tests.bench.machine import Missing

RATE = 48_000  # what a device is opened with
_BLOCK = 960
_LATENCY = 0.04  # s from asking for samples to hearing them
_LOUD = 0.1
_QUIET = int(0.3 * RATE)  # samples: two clicks at 2x are further apart


class KnownDevice:
    """A sound device that asks for a block at a time, and knows when each will be heard. Opened by the deck."""

    def __init__(self, *, fast: float = 0.0, keep: bool = False) -> None:
        self._pace = 1 / (1 + fast)
        self._keep = keep
        self.heard: list[tuple[float, NDArray[np.float32]]] = []

    def __call__(self, fill: Callable[[Any, float], None], _lost: Callable[[], None]) -> _Open:
        return _Open(self, fill)

    def ask(self, fill: Callable[[Any, float], None], at: float) -> None:
        """One block, to be heard at `at` (time.perf_counter)."""
        out = np.zeros((_BLOCK, 2), np.float32)
        fill(out, max(0.0, at - time.perf_counter()))
        if self._keep:
            self.heard.append((at, out[:, 0].copy()))


class _Open:
    def __init__(self, device: KnownDevice, fill: Callable[[Any, float], None]) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(device, fill), name="device", daemon=True)
        self._thread.start()

    def _run(self, device: KnownDevice, fill: Callable[[Any, float], None]) -> None:
        at = time.perf_counter() + _LATENCY
        while not self._end.wait(max(0.0, at - _LATENCY - time.perf_counter())):
            device.ask(fill, at)
            at += _BLOCK / RATE * device._pace

    def close(self) -> None:
        self._end.set()
        self._thread.join()


def run(length: float, seconds: float) -> dict[str, Any]:
    """Offsets in ms; positive: the sound comes after the picture."""
    found = {
        "1x": _offsets(CLICKS, length, seconds, 1.0),
        "0.5x": _offsets(CLICKS, length, seconds, 0.5),
        "2x": _offsets(CLICKS, length, seconds / 2, 2.0),
        "after_seek": _offsets(CLICKS, length, seconds / 2, 1.0, seek=True),
    }
    beside = {
        "aac": _offsets(CLICKS_AAC, length, seconds, 1.0),
        "fast_device": _offsets(CLICKS, length, seconds, 1.0, fast=2e-4),
    }
    medians = {name: round(float(np.median(v)), 2) for name, v in (found | beside).items() if v}
    if not all(found.values()):
        silent = [name for name, v in found.items() if not v]
        raise Missing(f"no click was heard at {', '.join(silent)}")
    largest = max(found, key=lambda name: abs(medians[name]))
    return {
        "av_offset_ms": abs(medians[largest]),
        "av_median_ms": medians,
        "av_p95_ms": {n: round(float(np.percentile(np.abs(v), 95)), 2) for n, v in (found | beside).items() if v},
        "clicks": sum(len(v) for v in found.values()),
    }


def _offsets(
    source: Source, length: float, seconds: float, rate: float, *, seek: bool = False, fast: float = 0.0
) -> list[float]:
    """For each click that was heard: when, less when the clock passed it, ms."""
    clip = Clip("clicks", source, 123_457)
    device = KnownDevice(fast=fast, keep=True)
    with deck_of((clip,), length, device=device) as deck:
        deck.listen(clip.name)
        deck.mute(False)
        deck.seek(Utc(clip.start + 300_000))
        deck.play(rate)
        metronome, eyes, ticks = Metronome(), Eyes(deck), []
        roll(deck, metronome)
        if seek:
            deck.seek(Utc(clip.start + min(30, int(length) // 2) * SECOND + 437_000))
            roll(deck, metronome)
            device.heard.clear()
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            before = time.perf_counter()
            tick = eyes.tick()
            ticks.append(Tick(tick.at, before, tick.looks))
            metronome.rest()
    truths = truths_of((clip,), length)
    ticks = [tick for tick in ticks if right(tick, truths)]
    return _compare(clip, ticks, device.heard, rate)


def _compare(clip: Clip, ticks: list[Tick], heard: list[tuple[float, NDArray[np.float32]]], rate: float) -> list[float]:
    if len(ticks) < 2 or not heard:
        return []
    at, wall = np.array([t.at - clip.start for t in ticks]), np.array([t.wall for t in ticks])
    offsets = []
    for when in _clicks(heard):
        shown = float(np.interp(when, wall, at))
        second = round(shown / SECOND) * SECOND
        if wall[0] + 0.5 < when < wall[-1] and second:
            offsets.append((shown - second) / rate / 1000)
    return offsets


def _clicks(heard: list[tuple[float, NDArray[np.float32]]]) -> list[float]:
    """When each click begins, s."""
    samples = np.concatenate([block for _, block in heard])
    loud = np.flatnonzero(np.abs(samples) > _LOUD)
    firsts = [int(i) for n, i in enumerate(loud) if not n or i - loud[n - 1] > _QUIET]
    return [heard[i // _BLOCK][0] + (i % _BLOCK) / RATE for i in firsts]
