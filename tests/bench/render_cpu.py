"""`render_vs_ffmpeg`, `masked_vs_ffmpeg`, `render_mb`: what a render takes, beside ffmpeg doing the same.

Both decode the same 1080p30 recording and encode it by x264 with the same settings and by AAC; what counts is the CPU
time (user and system) of all processes, ours with everything that a render is made of: index, processes apart, sealing,
putting together. They take turns, and the middle one of the pairs' ratios is given. Memory is PSS of the whole tree,
looked at twenty times a second.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from statistics import median
from typing import Any

from reviewer.domain.drawing import Spot
from reviewer.domain.redaction import Keyframe, Mask, MaskShape, MaskStyle, Redaction, Target
from reviewer.domain.render import Layout, Purpose, Rate, RenderPlan, Scene, SceneSource
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media import apart
from reviewer.media.camera import DeckCamera, DeckPart
from reviewer.services.rendering_job import new_job
from reviewer.services.rendering_make import make
from tests.bench.clips import HD, LENGTH, SHORT_LENGTH, START
from tests.bench.clips import make as clip
from tests.bench.machine import Missing, cpu_seconds, memory_mb
from tests.media.rendering import InFile

CRF = 20
_LOOK = 0.05


def run(seconds: float, pairs: int, preset: str, masks: int = 0) -> dict[str, Any]:
    """Without pairs memory is measured, of a split screen of four."""
    if shutil.which("ffmpeg") is None:
        raise Missing("ffmpeg")
    source = clip(HD, LENGTH if seconds > SHORT_LENGTH / 2 else SHORT_LENGTH)
    apart.call(_nothing, gives=None)  # the server of processes stands
    with tempfile.TemporaryDirectory(prefix="reviewer-render-") as folder:
        if not pairs:
            return _memory(source, Path(folder), seconds, preset)
        key = "masked_vs_ffmpeg" if masks else "render_vs_ffmpeg"
        found = [_pair(source, Path(folder), seconds, preset, masks) for _ in range(pairs)]
        ratios = [theirs / ours for ours, theirs in found]
        name = key.split("_", maxsplit=1)[0]
        return {key: round(median(ratios), 3), f"{name}_cpu_s": [[round(a, 2), round(b, 2)] for a, b in found]}


def _nothing() -> None:
    return None


def _pair(source: Path, folder: Path, seconds: float, preset: str, masks: int) -> tuple[float, float]:
    """CPU seconds, ours and ffmpeg's."""
    plan = RenderPlan(
        Purpose.REEL,
        (Scene(Micros(round(seconds * SECOND)), (SceneSource("one", START),)),),
        Redaction(tuple(_mask(n, seconds) for n in range(masks))),
        Rate(30, 1),
        crf=CRF,
        preset=preset,
    )
    began = cpu_seconds()
    _rendered(plan, source, folder)
    ours = cpu_seconds() - began
    coding = ["-c:v", "libx264", "-crf", str(CRF), "-preset", preset, "-c:a", "aac", "-b:a", "128k", "-ar", "48000"]
    out = ["-ac", "2", "-movflags", "+faststart", str(folder / "theirs.mp4")]
    began = cpu_seconds()
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-t", str(seconds), "-i", str(source), *coding, *out], check=True)
    return ours, cpu_seconds() - began


def _mask(n: int, seconds: float) -> Mask:
    """A face that crosses the picture, of each style in turn, with a keyframe every 0.2 s as following gives them."""
    left, top, size = 60_000 * n, 80_000 * n, 60_000
    end = Utc(START + round(seconds * SECOND))
    frames = tuple(
        Keyframe(Utc(START + at * 200_000), (Spot(left + 900 * at, top), Spot(left + 900 * at + size, top + 2 * size)))
        for at in range(int(seconds * 5))
    )
    style = [*MaskStyle][n % 3]
    return Mask(f"m{n}", "r", "one", Target.FACE, MaskShape.ELLIPSE, style, START, end, frames)


def _memory(source: Path, folder: Path, seconds: float, preset: str) -> dict[str, Any]:
    """The most that the tree takes above what it takes at rest counts, and all of it."""
    sources = tuple(SceneSource(name, START, f"Officer {name}") for name in ("one", "two", "three", "four"))
    scene = Scene(Micros(round(seconds * SECOND)), sources, Layout.QUAD, "Four cameras")
    plan = RenderPlan(Purpose.REEL, (scene,), rate=Rate(30, 1), width=1920, height=1080, bars=True, preset=preset)
    most: list[float] = [0.0]
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK):
            most[0] = max(most[0], sum(memory_mb().values()))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        _rendered(plan, source, folder)
    finally:
        over.set()
        watcher.join()
    return {"render_mb": round(most[0], 1), "render_mb_seconds": seconds}


def _rendered(plan: RenderPlan, source: Path, folder: Path) -> None:
    opened = InFile(str(source))
    span = TimeRange(START, Utc(START + round(LENGTH * SECOND)))
    part = DeckPart(lambda: opened, TimeModel(START, Micros(1000)), span)
    cameras = {name: DeckCamera(name, (part,)) for name in plan.recordings}
    job = new_job("CASE", "r", "A reel", folder / "ours.mp4", plan, START)
    made = folder / ".ours.mp4.part"
    make(job, folder / job.id, made, cameras, lambda: False, lambda _share: None)
    os.replace(made, folder / "ours.mp4")  # noqa: PTH105 - onto the one before
    shutil.rmtree(folder / job.id)
