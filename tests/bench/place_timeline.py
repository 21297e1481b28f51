"""`timeline_pan_p95_ms`, `playhead_ms`, `playhead_cpu_share`: the timeline with nine cameras of twelve hours."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.filmstrip import Filmstrip, Thumbs
from reviewer.ui.review.peaks import Peaks
from reviewer.ui.review.scene import WatchedStretch
from reviewer.ui.review.timeline import Timeline
from reviewer.ui.theme import ThemeName, apply_theme
from tests.bench.place_frames import Frames, drag, percentile, settle, ticking, wheel
from tests.ui.review import samples

WIDTH = 1600
_PER_SECOND = 50
_HOUR = 3600 * SECOND
_PART = Micros(3 * _HOUR // 2)
_HERTZ = 60


def _cameras(hours: float) -> list[ReviewCamera]:
    """Nine, each with parts of an hour and a half and a gap now and then."""
    first = samples.manifest(1, ("08:00:00", "09:30:00"))
    found = []
    for number in range(1, 10):
        begin = first.parts[0].started_at + number * 7 * SECOND
        count = max(1, round(hours * _HOUR / _PART))
        starts = [Utc(begin + i * (_PART + (60 * SECOND if i % 3 == 2 else 0))) for i in range(count)]
        parts = tuple(replace(first.parts[0], started_at=each, duration=_PART) for each in starts)
        found.append(ReviewCamera(number, replace(first, recording_id=f"rec-{number}", parts=parts)))
    return found


def _sound(seed: int) -> np.ndarray:
    """Loudness of a part as media/waveform measures it: quiet, with speech and noise in it."""
    rng = np.random.default_rng(seed)
    count = _PER_SECOND * _PART // SECOND
    loud = np.abs(rng.normal(0, 3000, count)) * (1 + 4 * (np.sin(np.arange(count) / 900) > 0.7))
    high = np.minimum(loud, 32_000).astype(np.int16)
    return np.stack((-high, high), axis=1)


def _thumbs(_key: str, stretch: TimeRange, count: int, height: int) -> Future[Thumbs]:
    """Pictures at once: what drawing them costs is asked, not what making them does."""
    future: Future[Thumbs] = Future()
    step = stretch.duration // max(1, count)
    image = samples.street(height * 16 // 9, height, 1)
    future.set_result([(Utc(stretch.start + i * step + step // 2), image) for i in range(count)])
    return future


def _filled(timeline: Timeline, cameras: list[ReviewCamera], marks: int) -> None:
    timeline.set_cameras(cameras)
    whole = timeline.axis.whole
    rng = np.random.default_rng(5)
    for camera in cameras:
        for i, part in enumerate(camera.manifest.parts):
            timeline.add_peaks(camera.key, Peaks(part.started_at, _PER_SECOND, _sound(i + camera.number)))
        spans = sorted(int(at) for at in rng.integers(whole.start, whole.end, 200))
        timeline.set_watched(
            camera.key,
            [WatchedStretch(TimeRange(Utc(at), Utc(at + 90 * SECOND)), i % 4 == 0) for i, at in enumerate(spans)],
        )
    places = np.linspace(whole.start, whole.end - 60 * SECOND, marks).astype(np.int64).tolist()
    bookmarks = [samples.bookmark(f"m{i}", "22:40:00") for i in range(marks)]
    timeline.set_bookmarks(
        replace(each, at=TimeRange(Utc(t), Utc(t + 20 * SECOND * (i % 2))))
        for i, (each, t) in enumerate(zip(bookmarks, places, strict=True))
    )


def _gestures(timeline: Timeline, frames: int) -> Iterator[Iterable[Callable[[], object]]]:
    """Panning slow and fast, the wheel in and out, at the zooms that are worked at."""
    for factor in (1, 6, 60, 1200):
        yield [timeline.show_all, lambda factor=factor: timeline.zoom(factor, timeline.axis.width / 2)]  # type: ignore[misc]
        for step in (4.0, 30.0, 90.0):
            turning = [(step * math.cos(i * 2 * math.pi / frames), 0.0) for i in range(frames)]
            yield drag(timeline, turning, Qt.MouseButton.MiddleButton)
        yield wheel(timeline, [120 if i // 6 % 2 else -120 for i in range(frames)], timeline.width() / 2, 60)
        yield wheel(timeline, [30 if i // 24 % 2 else -30 for i in range(frames)], timeline.width() / 3, 60)


def run(hours: float, marks: int, frames: int, ticks_s: float) -> dict[str, Any]:
    """Cameras of `hours`; `frames` a gesture; the play-head moving for `ticks_s`."""
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise RuntimeError("there is another application")
    timeline = Timeline(samples.ZONE)
    apply_theme(timeline, ThemeName.DARK)
    film = Filmstrip(_thumbs, Bridge(), timeline)
    cameras = _cameras(hours)
    _filled(timeline, cameras, marks)
    film.set_camera(cameras[0])
    film.set_on(True)
    timeline.resize(WIDTH, timeline.plan.height)
    timeline.show()
    settle(app, 1.5)
    measured = Frames(app)
    for acts in _gestures(timeline, frames):
        measured.run(acts)
        settle(app, 0.4)
    timeline.show_all()
    middle = Utc((timeline.axis.whole.start + timeline.axis.whole.end) // 2)
    timeline.frame(TimeRange(middle, Utc(middle + 600 * SECOND)))
    settle(app, 1.0)
    took, share = ticking(app, _HERTZ, ticks_s, lambda n: timeline.set_now(Utc(middle + n * SECOND // _HERTZ)))
    # Fifty times as fast, so that the head moves a pixel and more at every frame.
    moving, _ = ticking(app, _HERTZ, ticks_s / 2, lambda n: timeline.set_now(Utc(middle + n * 50 * SECOND // _HERTZ)))
    return {
        "timeline_pan_p95_ms": measured.percentile(95),
        "timeline_pan_mean_ms": measured.mean,
        "timeline_pan_worst_ms": measured.percentile(100),
        "timeline_paint_cpu_p95_ms": percentile(measured.cpu, 95),
        "playhead_ms": max(round(sum(each) / len(each), 3) for each in (took, moving)),
        "playhead_p95_ms": percentile(moving, 95),
        "playhead_cpu_share": share,
    }
