"""The frame a tile holds: painted from the decoder's own buffer, looked at through a lens, let go of when covered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from reviewer.media.camera import TilePicture
from reviewer.ui.review.faces import SHOWN

ZOOMS = (1, 2, 4)
LIGHTS = (0, 1, 2, 3)  # stops
_BLACK = Qt.GlobalColor.black


@dataclass(frozen=True, slots=True)
class Lens:
    """How a person looks at the focused picture. `zoom` shows the part around (`x`, `y`), fractions of the picture;
    `light` is in stops. The recording, and what the log says of it, stay the same."""

    zoom: int = 1
    x: float = 0.5
    y: float = 0.5
    light: int = 0

    def moved(self, dx: float, dy: float) -> Lens:
        """By fractions of what is in view, kept inside the picture."""
        half = 0.5 / self.zoom
        x, y = self.x + dx / self.zoom, self.y + dy / self.zoom
        return replace(self, x=min(max(x, half), 1 - half), y=min(max(y, half), 1 - half))


@cache
def _brighter(stops: int) -> NDArray[np.uint8]:
    """A table for 8-bit values: so many stops lighter in the shadows, white stays white."""
    return np.round(255 * (np.arange(256) / 255) ** (1 / (1 + 0.45 * stops))).astype(np.uint8)


class Frame:
    """Holds at most one picture. `painted` is the one that was last really drawn, None if none may be seen now."""

    def __init__(self) -> None:
        self.lens = Lens()
        self.painted: TilePicture | None = None
        self._picture: TilePicture | None = None
        self._image: NDArray[np.uint8] | None = None

    def take(self, picture: TilePicture) -> bool:
        """Hold a picture instead of the one before. True if there is something new to paint."""
        image = picture.image if picture.state in SHOWN else None
        changed = image is not self._image
        self._picture, self._image = (picture, image) if image is not None else (None, None)
        if image is None:
            self.painted = None
        elif not changed and self.painted is not None:
            self.painted = picture  # the same frame, late by now: it stands on the screen already
        return changed

    def drop(self) -> None:
        self._picture = self._image = self.painted = None

    def paint(self, painter: QPainter, room: QRect) -> None:
        """The whole picture (or what the lens shows of it), as large as fits, on black."""
        if self._image is None:
            painter.fillRect(room, _BLACK)
            return
        ratio = painter.device().devicePixelRatioF()
        buffer = _brighter(self.lens.light)[self._image] if self.lens.light else self._image
        height, width = buffer.shape[:2]
        # No copy: the QImage reads the decoder's memory, which `_image` keeps alive until the next frame is taken.
        image = QImage(buffer.data, width, height, buffer.strides[0], QImage.Format.Format_RGB32)
        target = fit(width, height, room, ratio)
        for band in _bands(room, target):
            painter.fillRect(band, _BLACK)
        self._draw(painter, image, target, ratio)
        self.painted = self._picture

    def _draw(self, painter: QPainter, image: QImage, target: QRectF, ratio: float) -> None:
        width, height, zoom = image.width(), image.height(), self.lens.zoom
        source = QRectF(0, 0, width, height)
        if zoom > 1:
            shown_w, shown_h = width / zoom, height / zoom
            source = QRectF(self.lens.x * width - shown_w / 2, self.lens.y * height - shown_h / 2, shown_w, shown_h)
        exact = abs(source.width() - target.width() * ratio) < 1 and abs(source.height() - target.height() * ratio) < 1
        if exact and zoom == 1:
            image.setDevicePixelRatio(ratio)
            painter.drawImage(target.topLeft(), image)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image, source)


def fit(width: int, height: int, room: QRect, ratio: float) -> QRectF:
    """The largest rectangle of that shape in the middle of `room`, on whole device pixels. Never cropped."""
    scale = min(room.width() * ratio / width, room.height() * ratio / height)
    if abs(scale - 1) * max(width, height) < 2:
        scale = 1.0  # decoded to this room already: keep its own pixels
    wide, high = round(width * scale), round(height * scale)
    left = round(room.left() * ratio + (room.width() * ratio - wide) / 2)
    top = round(room.top() * ratio + (room.height() * ratio - high) / 2)
    return QRectF(left / ratio, top / ratio, wide / ratio, high / ratio)


def _bands(room: QRect, target: QRectF) -> tuple[QRectF, ...]:
    """What of the room the picture leaves free: above, below, left, right."""
    whole = QRectF(room)
    return tuple(
        band
        for band in (
            QRectF(whole.left(), whole.top(), whole.width(), target.top() - whole.top()),
            QRectF(whole.left(), target.bottom(), whole.width(), whole.bottom() - target.bottom()),
            QRectF(whole.left(), target.top(), target.left() - whole.left(), target.height()),
            QRectF(target.right(), target.top(), whole.right() - target.right(), target.height()),
        )
        if band.width() > 0 and band.height() > 0
    )
