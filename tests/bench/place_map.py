"""`map_pan_p95_ms`, `marker_tick_ms`, `marker_cpu_share`: the map with nine officers' shifts of ten hours."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from reviewer import config
from reviewer.domain.timebase import SECOND, Utc
from reviewer.domain.track import Fix, Track
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.map_canvas import MapCanvas
from reviewer.ui.review.map_tiles import TileProcess
from reviewer.ui.review.map_tracks import MapTrack
from reviewer.ui.theme import ThemeName, apply_theme
from tests.bench.place_frames import Frames, drag, percentile, settle, ticking, wheel

START = Utc(1_781_379_600_000_000)
SIZE = (1280, 800)
_MIDDLE = (60.1699, 24.9440)
_METRE = 1 / 111_195  # of a degree of latitude
_HERTZ = 30


def shift(seed: int, seconds: int) -> Track:
    """An officer's shift at 1 Hz: blocks on foot or in a car, standing now and then, GPS noise that wanders, some
    holes."""
    rng = np.random.default_rng(seed)
    heading, speed = np.zeros(seconds), np.zeros(seconds)
    at = 0
    while at < seconds:
        leg = int(rng.integers(20, 180))
        kind = rng.choice(3, p=(0.3, 0.5, 0.2))
        heading[at : at + leg] = rng.choice(4) * math.pi / 2 + 0.2
        speed[at : at + leg] = (0.0, 1.4, 9.0)[kind]
        at += leg
    noise = np.zeros((seconds, 2))
    step = rng.normal(0, 0.8, (seconds, 2))
    for i in range(1, seconds):
        noise[i] = 0.97 * noise[i - 1] + step[i]
    metres = np.cumsum(np.stack((np.cos(heading), np.sin(heading)), 1) * speed[:, None], axis=0)
    metres = 2500 * np.sin(metres / 2500) + noise  # turns back at the edge of the district
    lat = _MIDDLE[0] + metres[:, 0] * _METRE
    lon = _MIDDLE[1] + metres[:, 1] * _METRE / math.cos(math.radians(_MIDDLE[0]))
    kept = rng.random(seconds // 600 + 1) > 0.1  # ten minutes without a fix now and then
    fixes = tuple(
        Fix(Utc(START + i * SECOND), float(lat[i]), float(lon[i]), accuracy=4.0, speed=float(speed[i]))
        for i in range(seconds)
        if kept[i // 600] or i < 600
    )
    return Track(fixes, "bench")


def _gestures(canvas: MapCanvas, frames: int) -> Iterator[Iterable[Callable[[], object]]]:
    """Drags slow and fast, a fling to and fro, the wheel in and out, at the zooms that are worked at."""
    middle = (canvas.width() / 2, canvas.height() / 2)
    for zoom in (13.0, 15.0, 16.5, 18.0):
        yield [lambda zoom=zoom: canvas.zoom(zoom - canvas.view.zoom)]  # type: ignore[misc]
        for step in (4.0, 15.0, 40.0):
            turning = [i * 2 * math.pi / frames for i in range(frames)]
            yield drag(canvas, [(step * math.cos(a), step * math.sin(a)) for a in turning], Qt.MouseButton.LeftButton)
        yield wheel(canvas, [120 if i // 6 % 2 else -120 for i in range(frames)], *middle)
        yield wheel(canvas, [30 if i // 24 % 2 else -30 for i in range(frames)], *middle)


def run(seconds: int, frames: int, ticks_s: float) -> dict[str, Any]:
    """Shifts of `seconds`; `frames` a gesture; markers moving for `ticks_s`."""
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise RuntimeError("there is another application")
    tiles = TileProcess(config.resource("maps", "helsinki.pmtiles"))
    shown = ReviewMap(tiles, Bridge())
    apply_theme(shown, ThemeName.DARK)
    shown.canvas.setFixedSize(*SIZE)
    shown.show()
    tracks = [MapTrack(n, f"Officer {n}", shift(n, seconds)) for n in range(1, 10)]
    shown.set_tracks(tracks)
    shown.show_at(Utc(START + seconds * SECOND // 2))
    settle(app, 3.0)
    measured = Frames(app)
    for acts in _gestures(shown.canvas, frames):
        measured.run(acts)
        settle(app, 0.3)
    shown.canvas.zoom(16.5 - shown.canvas.view.zoom)
    settle(app, 1.0)
    began = Utc(START + seconds * SECOND // 2)
    took, share = ticking(app, _HERTZ, ticks_s, lambda n: shown.show_at(Utc(began + n * SECOND // _HERTZ)))
    shown.close_map()
    return {
        "map_pan_p95_ms": measured.percentile(95),
        "map_pan_mean_ms": measured.mean,
        "map_pan_worst_ms": measured.percentile(100),
        "map_paint_cpu_p95_ms": percentile(measured.cpu, 95),
        "map_fixes": sum(len(each.track.fixes) for each in tracks),
        "marker_tick_ms": round(sum(took) / len(took), 3),
        "marker_tick_p95_ms": percentile(took, 95),
        "marker_cpu_share": share,
    }
