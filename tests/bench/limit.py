"""`cpu_limit_ratio`: CPU time of `ffmpeg` that decodes and scales the same frames, over ours for each frame shown.

Four cameras at 1x, tiles of 640×360, pictures taken as BGRA at every tick of 60 Hz but not looked at. ffmpeg
(`-threads 1`, bilinear, yuv420p, to nothing) runs over the same stretch of each file in turn; what it takes to start is
taken off. Ours and ffmpeg's take turns, and the ratio of each pair is kept.

ffmpeg runs as fast as it can, its caches warm. `cpu_limit_paced` holds us against four of it side by side at real time
(`-re`), which is what a player does: those need a sixth more for each frame themselves.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from typing import Any

from reviewer.domain.timebase import Utc
from tests.bench.clips import FOUR, Clip, common, make
from tests.bench.engine import MIDDLING, Metronome, deck_of, pairs_of, roll
from tests.bench.machine import Missing, cpu_seconds


def run(length: float, seconds: float, pairs: int) -> dict[str, Any]:
    """CPU in ms a frame."""
    if shutil.which("ffmpeg") is None:
        raise Missing("ffmpeg is not installed")
    ours, limits, bgra, paced = [], [], [], []
    for n in range(pairs):
        turns = [lambda: ours.append(_ours(length, seconds)), lambda: limits.append(_limit(length, seconds))]
        for turn in turns if n % 2 else reversed(turns):
            turn()
        bgra.append(_limit(length, seconds, "bgra"))
        paced.append(_paced(length, seconds))
    return {
        "cpu_limit_ratio": pairs_of([b / a for a, b in zip(ours, limits, strict=True)])["median"],
        "cpu_limit_pairs": pairs_of([b / a for a, b in zip(ours, limits, strict=True)]),
        "cpu_limit_ratio_bgra": pairs_of([b / a for a, b in zip(ours, bgra, strict=True)]),
        "cpu_limit_paced": pairs_of([b / a for a, b in zip(ours, paced, strict=True)]),
        "ours_ms": [round(x * 1e3, 3) for x in ours],
        "ffmpeg_ms": [round(x * 1e3, 3) for x in limits],
        "ffmpeg_bgra_ms": [round(x * 1e3, 3) for x in bgra],
    }


def _ours(length: float, seconds: float) -> float:
    """CPU seconds of the process tree for each frame that was shown."""
    shown: set[tuple[str, int]] = set()
    with deck_of(FOUR, length) as deck:
        metronome = Metronome()
        deck.seek(Utc(common(FOUR, length).start + 200_000))
        deck.play(1.0)
        roll(deck, metronome)
        used, began = cpu_seconds(), time.perf_counter()
        while time.perf_counter() - began < seconds:
            pictures = deck.pictures(deck.tick())
            shown.update((key, p.at) for key, p in pictures.items() if p.image is not None)
            metronome.rest()
        return (cpu_seconds() - used) / len(shown)


def _limit(length: float, seconds: float, colours: str = "yuv420p") -> float:
    """CPU seconds of ffmpeg for each frame."""
    frames = int(seconds * 30)
    used = sum(_ffmpeg(c, length, frames, colours) - _ffmpeg(c, length, 1, colours) for c in FOUR)
    return used / (len(FOUR) * (frames - 1))


def _paced(length: float, seconds: float) -> float:
    """CPU seconds of ffmpeg for each frame, all cameras at once and at the pace at which they are played."""
    frames = int(seconds * 30)
    whole, start = (sum(map(_used, [_started(c, length, n, "yuv420p", "-re") for c in FOUR])) for n in (frames, 1))
    return (whole - start) / (len(FOUR) * (frames - 1))


def _ffmpeg(clip: Clip, length: float, frames: int, colours: str) -> float:
    return _used(_started(clip, length, frames, colours))


def _started(clip: Clip, length: float, frames: int, colours: str, *pace: str) -> subprocess.Popen[bytes]:
    scale = f"scale={MIDDLING[0]}:{MIDDLING[1]}:flags=fast_bilinear"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", *pace]
    command += ["-i", str(make(clip.source, length)), "-an", "-filter_threads", "1", "-vf", scale]
    return subprocess.Popen([*command, "-pix_fmt", colours, "-frames:v", str(frames), "-f", "null", "-"])


def _used(child: subprocess.Popen[bytes]) -> float:
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError("ffmpeg could not read a clip")
    return used.ru_utime + used.ru_stime
