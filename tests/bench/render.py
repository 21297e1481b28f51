"""The sections of the bench of new files, each in a process of its own (see `tests.bench`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench import render_faces, render_preview
from tests.bench.figures import Figure
from tests.bench.machine import Say, display, measured, run_child

FIGURES = (
    Figure("render_vs_ffmpeg", "cpu", "ffmpeg’s CPU for the same decode + encode over ours", 0.9, True),
    Figure("masked_vs_ffmpeg", "masked", "the same with ten masks that move, ffmpeg’s without", 0.6, True),
    Figure("render_mb", "memory", "memory of a render, four cameras, whatever its length", 600),
    Figure("face_recall", "faces", "faces proposed, 20 to 200 px; never sold as complete", 0.0, True),
    Figure("preview_ideal_share", "preview", "ideal frame at tick, preview of a reel, 4-up", 0.995, True),
)
_FACES = render_faces.Extent()


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: seconds of film a run, runs that are paired, and what the other sections need."""

    seconds: float = 24.0
    pairs: int = 3
    long: float = 60.0
    preset: str = "medium"
    faces: render_faces.Extent = _FACES
    clips: int = 20
    clip_seconds: float = 3.0


QUICK = Extent(1.5, 1, 3.0, "ultrafast", render_faces.QUICK, 2, 1.0)


def measure(sections: list[str], extent: Extent, say: Say) -> dict[str, Any]:
    """Run these sections and give their figures."""
    return measured(sections, lambda section: _MEASURE[section](extent, say), say)


def _cpu(extent: Extent, _say: Say) -> dict[str, Any]:
    return run_child("render_cpu", {"seconds": extent.seconds, "pairs": extent.pairs, "preset": extent.preset}, 900)


def _masked(extent: Extent, _say: Say) -> dict[str, Any]:
    given = {"seconds": extent.seconds, "pairs": extent.pairs, "preset": extent.preset, "masks": 10}
    return run_child("render_cpu", given, 900)


def _memory(extent: Extent, _say: Say) -> dict[str, Any]:
    return run_child("render_cpu", {"seconds": extent.long, "pairs": 0, "preset": extent.preset}, 900)


def _preview(extent: Extent, say: Say) -> dict[str, Any]:
    with display():
        return render_preview.measure(extent.clips, extent.clip_seconds, say)


_MEASURE: dict[str, Callable[[Extent, Say], dict[str, Any]]] = {
    "cpu": _cpu,
    "masked": _masked,
    "memory": _memory,
    "faces": lambda extent, say: render_faces.measure(extent.faces, say),
    "preview": _preview,
}
