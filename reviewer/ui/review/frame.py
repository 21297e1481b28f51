"""The frame a tile holds: painted from the decoder's own buffer, looked at through a lens, let go of when covered."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from reviewer.domain.lens import Lens
from reviewer.media.camera import TilePicture
from reviewer.services.spans import Seen
from reviewer.ui.review.faces import SHOWN
from reviewer.ui.review.framing import Framing, framing, seen_of
from reviewer.ui.review.tones import lit

_BLACK = Qt.GlobalColor.black
_MUCH_LARGER = 1.5  # from here on each pixel is made of all those that fall into it, or fine lines would flicker


class Frame:
    """Holds at most one picture. `painted` is the one that was last really drawn, None if none may be seen now; `seen`
    says how it was drawn last."""

    def __init__(self) -> None:
        self.lens = Lens()
        self.painted: TilePicture | None = None
        self.seen: Seen | None = None  # how it stands there
        self._picture: TilePicture | None = None
        self._image: NDArray[np.uint8] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """The picture's width and height in its own px, as it stands after turning; 16 × 9 while there is none."""
        if self._image is None:
            return 16, 9
        height, width = self._image.shape[:2]
        return (height, width) if self.lens.turn % 180 else (width, height)

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
        """Let go of the picture."""
        self._picture = self._image = self.painted = None

    def framing(self, room: QRect, ratio: float) -> Framing:
        """What of the picture is in view, and where."""
        return framing(self.size, room, ratio, self.lens)

    def paint(self, painter: QPainter, room: QRect) -> None:
        """The whole picture (or what the lens shows of it), as large as fits, on black."""
        if self._image is None:
            painter.fillRect(room, _BLACK)
            return
        ratio = painter.device().devicePixelRatioF()
        view = self.framing(room, ratio)
        for band in _bands(room, view.target):
            painter.fillRect(band, _BLACK)
        if view.exact and self.lens == Lens():
            # No copy: the QImage reads the decoder's memory, which `_image` keeps alive until the next frame is taken.
            image = _wrapped(self._image)
            image.setDevicePixelRatio(ratio)
            painter.drawImage(view.target.topLeft(), image)
        else:
            self._draw(painter, self._image, view, ratio)
        self.painted, self.seen = self._picture, seen_of(view, ratio)

    def _draw(self, painter: QPainter, whole: NDArray[np.uint8], view: Framing, ratio: float) -> None:
        """A part of it, turned, in another light, or at another size."""
        lens = self.lens
        source = _unturned(view.source, whole.shape[1], whole.shape[0], lens.turn)
        image = _wrapped(whole)
        if lens.adjusted:
            left, top = floor(source.left()), floor(source.top())
            image = _wrapped(lit(whole[top : ceil(source.bottom()), left : ceil(source.right())], lens))
            source.translate(-left, -top)
        target = QRectF(view.target)
        if lens.turn:
            painter.save()
            painter.translate(target.center())
            painter.rotate(lens.turn)
            size = target.size().transposed() if lens.turn % 180 else target.size()
            target = QRectF(-size.width() / 2, -size.height() / 2, size.width(), size.height())
        if source.width() > _MUCH_LARGER * target.width() * ratio:
            image, source = _shrunk(image, source, target, ratio)
        if not view.exact:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image, source)
        if lens.turn:
            painter.restore()


def _wrapped(buffer: NDArray[np.uint8]) -> QImage:
    height, width = buffer.shape[:2]
    return QImage(buffer.data, width, height, buffer.strides[0], QImage.Format.Format_RGB32)


def _shrunk(image: QImage, source: QRectF, target: QRectF, ratio: float) -> tuple[QImage, QRectF]:
    size = QSize(max(1, round(target.width() * ratio)), max(1, round(target.height() * ratio)))
    exact, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    small = image.copy(source.toAlignedRect()).scaled(size, exact, smooth)
    return small, QRectF(small.rect())


def _unturned(seen: QRectF, width: int, height: int, turn: int) -> QRectF:
    """Where in the picture as it was decoded (width × height) that lies which is seen after turning it clockwise."""
    if turn == 90:
        return QRectF(seen.top(), height - seen.right(), seen.height(), seen.width())
    if turn == 180:
        return QRectF(width - seen.right(), height - seen.bottom(), seen.width(), seen.height())
    if turn == 270:
        return QRectF(width - seen.bottom(), seen.left(), seen.height(), seen.width())
    return QRectF(seen)


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
