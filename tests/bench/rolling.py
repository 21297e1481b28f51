"""Nine cameras (6 × 1080p30, 3 × 720p30) in the real window with sound, gate and log.

`ideal_share_9`, `spread_p95_ms_9`: at 1x. `mb_per_camera`: PSS of the process tree, less that of the same program with
somebody logged on and no case open, by nine. `longest_still_ms`: at 4x, 8x and 16x. `loaded_unsaid_wrong`,
`loaded_spread_p95_ms`: at 1x beside another program that eats one core.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from reviewer.domain.timebase import Utc
from tests.bench.clips import NINE, Clip, common, paths_of
from tests.bench.eye import Tick, at_60_hz, judge, longest_still
from tests.bench.incident import Recording, incident
from tests.bench.machine import Missing, busy_core, cpu_seconds, memory_mb
from tests.bench.window import Window, opened

_RATES = (4, 8, 16)
_PLAIN = 5.0  # s of playing that nobody looks at: what it costs without our looking
_START_UP = 1.0
_FEWEST = 8  # ticks; with fewer nothing is known of what stands still


def folder_of(clips: tuple[Clip, ...], length: float, *, bare: bool = False) -> Path:
    """The case of these clips; `bare`: another one, which no proxies are made of."""
    paths = paths_of(clips, length)
    name = f"{'bare' if bare else 'nine'}-{length:g}"
    return incident(name, [Recording(c.name, [(p, c.start)]) for c, p in zip(clips, paths, strict=True)])


def run(length: float, seconds: float, parts: list[str], bare: bool = False) -> dict[str, Any]:
    """`parts`: which of "nine", "fast" and "loaded"."""
    found: dict[str, Any] = {}
    with opened(folder_of(NINE, length, bare=bare), NINE, length) as window:
        window.screen.hearing.hear(window.key(NINE[0]))
        if "nine" in parts:
            found |= _nine(window, seconds)
        if "fast" in parts:
            found |= _fast(window)
        if "loaded" in parts:
            found |= _loaded(window, seconds)
        found["painted_outside"] = window.room.viewing.painted_outside
    return found


def _nine(window: Window, seconds: float) -> dict[str, Any]:
    start = Utc(common(NINE, window.length).start + 300_000)
    window.roll(start, 1.0)
    window.lives(_START_UP)
    used, began = cpu_seconds(), time.perf_counter()
    window.lives(min(_PLAIN, seconds / 2))
    cores = (cpu_seconds() - used) / (time.perf_counter() - began)
    memory = memory_mb()
    window.roll(start, 1.0)
    ticks = window.watch(min(seconds, window.length - 6))
    judged = judge(ticks, window.truths)
    shown = judge(at_60_hz(ticks), window.truths)
    grown = sum(memory.values()) - sum(window.at_rest.values())
    return {
        "ideal_share_9": round(judged.share, 5),
        "spread_p95_ms_9": judged.spread(),
        "mb_per_camera": round(grown / len(NINE), 1),
        "ideal_share_at_60_hz": round(shown.share, 5),
        "missed_ticks": round(1 - judged.due / max(1, shown.due), 4),
        "eye_ms_a_tick": round(window.eye_s * 1e3 / max(1, len(ticks)), 2),
        "nine": judged.figures() | {"cores": round(cores, 2), "seconds": round(ticks[-1].wall - ticks[0].wall, 1)},
        "memory": {"at_rest_mb": _rounded(window.at_rest), "nine_open_mb": _rounded(memory)},
        "sound": _sound(window),
    }


def _rounded(memory: dict[str, float]) -> dict[str, float]:
    return {name: round(mb, 1) for name, mb in memory.items()} | {"sum": round(sum(memory.values()), 1)}


def _sound(window: Window) -> str:
    state = window.playback.sound_state
    return str(getattr(state, "note", "")) or "heard, on the bench’s own device"


def _fast(window: Window) -> dict[str, Any]:
    """At each speed: the longest time a tile stays, and how faithful the tiles were."""
    found: dict[str, Any] = {}
    span = common(NINE, window.length)
    for rate in _RATES:
        window.roll(Utc(span.start + 200_000), float(rate))
        end = span.end - rate * 100_000
        ticks = window.watch(max(0.5, min(12.0, (end - window.playback.now()) / 1e6 / rate)))
        ticks = [tick for tick in ticks if tick.at < end]
        found[f"{rate}x"] = _speed(ticks, window)
    return {"longest_still_ms": max(each["longest_still_ms"] for each in found.values()), "fast": found}


def _speed(ticks: list[Tick], window: Window) -> dict[str, Any]:
    if len(ticks) < _FEWEST:
        raise Missing(f"the window came to {len(ticks)} ticks only")
    judged = judge(ticks, window.truths)
    missed = 1 - len(ticks) / max(1, len(at_60_hz(ticks)))
    return judged.figures() | {
        "missed_ticks": round(missed, 4),
        "longest_still_ms": round(longest_still(ticks) * 1e3, 1),
        "ticks": len(ticks),
    }


def _loaded(window: Window, seconds: float) -> dict[str, Any]:
    with busy_core():
        window.roll(Utc(common(NINE, window.length).start + 300_000), 1.0)
        ticks = window.watch(min(seconds, window.length - 6))
    judged, shown = judge(ticks, window.truths), judge(at_60_hz(ticks), window.truths)
    return {
        "loaded_unsaid_wrong": judged.unsaid,
        "loaded_spread_p95_ms": judged.spread(),
        "loaded": judged.figures() | {"missed_ticks": round(1 - judged.due / max(1, shown.due), 4)},
    }
