"""`open_s`: a case of nine cameras × 12 h, 72 parts of 1.5 h, from the answered reason to the first tick at which the
tiles of all nine paint the right frame.

The parts are what a minute's encoding gives, its packets written again and again (320×180, 30 frames a second, with
sound): real files of 162,000 frames each, taken in, sealed, brought down and verified by the services. They are made
once. The case is opened twice, each time by a program started anew: `first_s` is the first time after it came down."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import av

from reviewer.domain.timebase import SECOND, Utc
from tests.bench.clips import FOLDER, Clip, Source, make, micros_of
from tests.bench.eye import Look, Tick, Truth
from tests.bench.eye import said as read_time
from tests.bench.incident import Recording, incident
from tests.bench.machine import memory_mb
from tests.bench.watchdog import watching
from tests.bench.window import Window, opened

TINY = Source("tiny", 320, 180, 0.016, gop=120, plain=True)
MINUTE = 60.0
_SHIFT = 370_001
_PATIENCE = 60.0


class _Looped(Truth):
    """A source whose minute comes again and again."""

    def lateness(self, at: Utc, frame: int | None) -> int:
        loop = len(micros_of(self.clip.source, self.length)) * SECOND // self.clip.source.rate
        return super().lateness(Utc(self.clip.start + (at - self.clip.start) % loop), frame)


def part(minutes: int) -> Path:
    """A file of so many minutes."""
    source = make(TINY, MINUTE)
    path = FOLDER / f"{source.stem}-x{minutes}.mp4"
    if path.exists():
        return path
    made = path.with_name(f"{os.getpid()}-{path.name}.part")
    with av.open(str(source)) as file, av.open(str(made), "w", format="mp4") as out:
        streams = {s.index: out.add_stream_from_template(s) for s in file.streams}
        spans = {s.index: int(MINUTE / s.time_base) for s in file.streams}
        whole = (p for p in file.demux() if p.dts is not None and 0 <= p.dts <= spans[p.stream.index] - p.duration)
        packets = [(p.stream.index, p.pts, p.dts, p) for p in whole]
        for minute in range(minutes):
            for index, pts, dts, packet in packets:
                packet.stream = streams[index]
                packet.pts, packet.dts = pts + minute * spans[index], dts + minute * spans[index]
                out.mux(packet)
    made.rename(path)
    return path


def case(parts: int, minutes: int) -> tuple[Path, tuple[Clip, ...]]:
    """The case's folder and its cameras."""
    file = part(minutes)
    clips = tuple(Clip(f"day{i}", TINY, i * _SHIFT) for i in range(9))
    every = minutes * 60 * SECOND
    recordings = [Recording(c.name, [(file, Utc(c.start + n * every)) for n in range(parts)]) for c in clips]
    return incident(f"day-{parts}x{minutes}", recordings), clips


def _share(folder: Path) -> None:
    """What came down and what the store has are the same bytes: let them lie on the disk once."""
    for here in (folder / "home" / "cache").glob("*/*"):
        there = folder / "store" / "objects" / here.parent.name / here.name
        if there.exists() and there.stat().st_ino != here.stat().st_ino:
            there.unlink()
            there.hardlink_to(here)


def _lateness(window: Window, tick: Tick, look: Look) -> int:
    truth = window.truths[look.key]
    return truth.lateness(tick.at, truth.frame(read_time(look.cells)))


def run(parts: int, minutes: int) -> dict[str, Any]:
    """One opening: seconds from the answer to the screen, to the first picture and to all nine."""
    folder, clips = case(parts, minutes)
    with opened(folder, clips, MINUTE, case=False) as window, watching() as dog:
        began = window.open()
        gap_ms = dog.gap_ms  # how long the window was away at most, until the review was shown
        window.truths = {key: _Looped(t.clip, MINUTE) for key, t in window.truths.items()}
        screen_s = time.perf_counter() - began
        first: list[float] = []
        last: list[int] = []

        def look(tick: Tick) -> None:
            last[:] = [_lateness(window, tick, look) for look in tick.looks]
            if len(last) == len(clips) and not any(last):
                window.looking = False
                first.append(tick.wall - began)

        window.on_tick = look
        window.looking = True
        deadline = time.perf_counter() + _PATIENCE
        while not first:
            window.lives(0.02)
            if time.perf_counter() > deadline:
                states = sorted({look.state for look in window.ticks[-1].looks})
                raise RuntimeError(f"nine aligned pictures did not come: {', '.join(states)}, {last} µs off")
        memory = sum(memory_mb().values()) - sum(window.at_rest.values())
        window.lives(1.0)
    _share(folder)
    return {
        "open_s": round(first[0], 3),
        "screen_s": round(screen_s, 3),
        "gap_ms": round(gap_ms, 1),
        "grown_mb": round(memory, 1),
    }
