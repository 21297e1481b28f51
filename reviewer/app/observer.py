"""Reads off the screen what the tiles painted, and compares it with the demo's truth: for figures, never for the app.

After every tick the barcode of each tile is grabbed from the window as the display has it (not from the decoder,
nor the widget); what it says is worked out afterwards, so that looking costs the playing as little as possible.
"""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage

from reviewer.demo import barcode
from reviewer.demo.truth import PartTruth, read_truth
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.services.playback import WallPicture
from reviewer.ui.review.screen import ReviewScreen

_UNREAD = 10 * SECOND  # how late a tile counts that shows no readable frame where it should


@dataclass(frozen=True, slots=True)
class _Look:
    """One tile after one tick: the strip of its barcode, `height` the whole picture's; None where nothing is shown."""

    recording: str
    strip: NDArray[np.uint8] | None
    height: int


@dataclass(frozen=True, slots=True)
class _Tick:
    at: Utc
    wall: float  # s
    looks: tuple[_Look, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was seen. `ideal_frame_share`: of all tiles that should have shown a frame, over all ticks, how many showed
    exactly the newest one with own UTC <= the tick's instant. `spread_p95_ms`: how far the cameras' frames lay apart
    beyond that, 95th percentile over ticks. `tick_p95_ms` and `longest_gap_ms`: between two ticks on the wall clock."""

    ticks: int
    seconds_played: float
    ideal_frame_share: float
    spread_p95_ms: float
    tick_p95_ms: float
    longest_gap_ms: float


class _Camera:
    """When each frame of one camera is due by the clock the manifest gives it, and what its barcode then says."""

    def __init__(self, manifest: Manifest, truths: dict[str, PartTruth]) -> None:
        due: list[tuple[int, int, int]] = []
        for part in manifest.parts:
            truth = truths[part.name]
            model, (numerator, denominator) = manifest.model(part), truth.time_base
            ends = part.range.end
            times = [model.to_utc(Micros(pts * numerator * SECOND // denominator)) for pts in truth.pts]
            nexts = [*times[1:], ends]
            due += [(at, until, true) for at, until, true in zip(times, nexts, truth.frames, strict=True)]
        due.sort()
        self._starts = [at for at, _, _ in due]
        self._untils = [until for _, until, _ in due]
        self._true = [true for _, _, true in due]
        self._place = {true: i for i, true in enumerate(self._true)}

    def lateness(self, at: Utc, shown: Utc | None) -> int | None:
        """µs by which the shown frame is before (or after) the right one; None where no frame is due."""
        index = bisect_right(self._starts, at) - 1
        if index < 0 or at >= self._untils[index]:
            return None
        place = self._place.get(shown) if shown is not None else None
        return _UNREAD if place is None else abs(self._starts[index] - self._starts[place])


class Observer:
    """Looks at one review screen, tick by tick, while it `is_looking`."""

    def __init__(self, screen: ReviewScreen, manifests: Iterable[Manifest], demo: Path) -> None:
        parts = {p.file: p for c in read_truth(demo).cameras for p in c.parts}
        self._cameras = {m.recording_id: _Camera(m, parts) for m in manifests if all(p.name in parts for p in m.parts)}
        self._screen = screen
        self._ticks: list[_Tick] = []
        self.is_looking = False
        screen.ticked.connect(self._look)

    def _look(self, picture: WallPicture) -> None:
        if self.is_looking and picture.playing:
            now = time.monotonic()
            looks = tuple(self._tile(key) for key in picture.pictures if key in self._cameras)
            self._ticks.append(_Tick(picture.at, now, looks))

    def _tile(self, key: str) -> _Look:
        return _look(self._screen, key)

    def figures(self) -> Figures:
        """Work out what was seen so far."""
        due = ideal = 0
        spreads: list[int] = []
        for tick in self._ticks:
            late = [self._cameras[look.recording].lateness(tick.at, _said(look)) for look in tick.looks]
            known = [each for each in late if each is not None]
            due, ideal = due + len(known), ideal + sum(each == 0 for each in known)
            if len(known) > 1:
                spreads.append(max(known) - min(known))
        gaps = np.diff([tick.wall for tick in self._ticks]) * 1000 if len(self._ticks) > 1 else np.zeros(1)
        first, last = (self._ticks[0].at, self._ticks[-1].at) if self._ticks else (0, 0)
        return Figures(
            ticks=len(self._ticks),
            seconds_played=round((last - first) / SECOND, 3),
            ideal_frame_share=round(ideal / due, 5) if due else 0.0,
            spread_p95_ms=round(float(np.percentile(spreads, 95)) / 1000, 3) if spreads else 0.0,
            tick_p95_ms=round(float(np.percentile(gaps, 95)), 2),
            longest_gap_ms=round(float(gaps.max()), 2),
        )


def shown_now(screen: ReviewScreen) -> dict[str, Utc | None]:
    """What the barcodes that stand on the screen say, by recording; None for a tile without a readable picture."""
    return {camera.key: _said(_look(screen, camera.key)) for camera in screen.wall.on_page}


def _look(screen: ReviewScreen, key: str) -> _Look:
    """Grab one tile's barcode from the window as the display has it."""
    tile = screen.wall.tile(key)
    painted = tile.painted if tile is not None else None
    if tile is None or painted is None or painted.image is None:
        return _Look(key, None, 0)
    ratio = tile.devicePixelRatioF()
    target = tile.view().target
    height = round(target.height() * ratio)
    strip = barcode.strip_height(height) + 1
    window = tile.window()
    corner = tile.mapTo(window, QPoint(round(target.left()), round(target.bottom() - strip / ratio)))
    grabbed = tile.screen().grabWindow(window.winId(), corner.x(), corner.y(), round(target.width()), strip)
    return _Look(key, _pixels(grabbed.toImage()), height)


def _pixels(image: QImage) -> NDArray[np.uint8]:
    """h×w×4 bytes of a grabbed piece, copied."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return flat[:, : plain.width()].copy()


def _said(look: _Look) -> Utc | None:
    """What the barcode says. The rest of the picture is not needed for it and stands as black."""
    if look.strip is None:
        return None
    whole = np.zeros((max(look.height, len(look.strip)), look.strip.shape[1], 4), np.uint8)
    whole[-len(look.strip) :] = look.strip
    reading = barcode.read(whole)
    return reading.utc_us if reading is not None else None


def people_of(demo: Path) -> list[dict[str, str]]:
    """Who can log on to a demo, with name, badge and passphrase."""
    people: list[dict[str, str]] = json.loads((demo / "people.json").read_text(encoding="utf-8"))["people"]
    return people
