"""Files rendered for tests: cameras over clips in memory, plans, and what comes out, read by FFmpeg's own programs."""

from __future__ import annotations

import io
import json
import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np

from reviewer.domain.drawing import Spot
from reviewer.domain.redaction import Keyframe, Mask, MaskShape, MaskStyle, Target
from reviewer.domain.render import RenderPlan
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import CameraTimes, DeckCamera, DeckPart
from reviewer.media.still import read_index
from reviewer.services.rendering_job import RenderJob, new_job
from reviewer.services.rendering_make import make
from tests.media.footage import START, seconds_of

NONE = Micros(0)


@dataclass(frozen=True)
class InFile:
    """A source that can be sent to another process."""

    path: str

    def __call__(self) -> io.BufferedReader:
        return Path(self.path).open("rb")


def camera_of(folder: Path, key: str, *clips: bytes, gap: Micros = NONE) -> DeckCamera:
    """A recording whose parts follow each other, `gap` apart, the first from START on."""
    at, parts = START, []
    for number, data in enumerate(clips):
        path = folder / f"{key}.{number}.mp4"
        path.write_bytes(data)
        source = InFile(str(path))
        span = TimeRange(at, Utc(at + seconds_of(data)))
        parts.append(DeckPart(partial(_given, source), TimeModel(at, Micros(1000)), span))
        at = Utc(span.end + gap)
    return DeckCamera(key, tuple(parts))


def _given(source: InFile) -> InFile:
    return source


def times_of(*cameras: DeckCamera) -> dict[str, CameraTimes]:
    """With every index learned."""
    found = {}
    for camera in cameras:
        times = found[camera.key] = CameraTimes(camera)
        for number, part in enumerate(camera.parts):
            times.learn(number, read_index(part.source(), "A part"))
    return found


def at(seconds: float) -> Utc:
    return Utc(START + round(seconds * SECOND))


def span(start: float, end: float) -> TimeRange:
    return TimeRange(at(start), at(end))


MIDDLE = (Spot(300_000, 300_000), Spot(600_000, 700_000))


def box(
    recording: str,
    start: float,
    end: float,
    style: MaskStyle = MaskStyle.SOLID,
    shape: MaskShape = MaskShape.BOX,
    points: tuple[Spot, ...] = MIDDLE,
) -> Mask:
    """A mask that stands still."""
    frames = (Keyframe(at(start), points),)
    return Mask("m", "r1", recording, Target.FACE, shape, style, at(start), at(end), frames)


def job_of(plan: RenderPlan, path: Path) -> RenderJob:
    return new_job("CASE", "r1", "A copy", path, plan, START)


def rendered(plan: RenderPlan, folder: Path, *cameras: DeckCamera) -> Path:
    """The file by this plan, under its hidden name."""
    job, part = job_of(plan, folder / "copy.mp4"), folder / ".copy.mp4.part"
    make(job, folder / "spool", part, {c.key: c for c in cameras}, lambda: False, lambda _share: None)
    return part


def probed(path: Path) -> dict[str, Any]:
    """What ffprobe says of a file, its packets and frames too."""
    asked = ["-show_streams", "-show_format", "-show_frames", "-of", "json"]
    found = subprocess.run(["ffprobe", "-v", "error", *asked, str(path)], check=True, capture_output=True)
    assert not found.stderr
    said: dict[str, Any] = json.loads(found.stdout)
    return said


def pictures(path: Path) -> list[np.ndarray]:
    """Every frame, grey, h×w."""
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]


def heard(path: Path) -> np.ndarray:
    """Its sound, samples × 2 at 48 kHz, from the first instant that is shown."""
    with av.open(str(path)) as file:
        resampler = av.AudioResampler("flt", "stereo", 48_000)
        pieces = [e.to_ndarray().reshape(-1, 2) for f in file.decode(audio=0) for e in resampler.resample(f)]
    return np.concatenate(pieces)
