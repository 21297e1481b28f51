"""What of a picture is in view, and where: plain geometry between a picture, a tile's room and a lens."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil, sqrt

from PySide6.QtCore import QPointF, QRect, QRectF, QSize

from reviewer.domain.events import Crop
from reviewer.domain.lens import ALL, WHOLE, Lens
from reviewer.services.spans import Seen

MOST_PIXELS = 1920 * 1080  # a zoomed tile's picture is not decoded larger than this; nor than its original
_OVER, _STEP = -2, 18  # px: pictures are decoded in whole steps of 16 px that fit into their room
_AT_ONCE = 3  # of these: what all zoomed pictures on the wall may take together
_NOTCH = 120  # of a wheel, in eighths of a degree
_NOTCH_ZOOM = 1.25
_NEARLY_WHOLE = 1_020
_STEPS, _PERMILLE = 50, 20  # of a picture's width and height, in which a part of it is said
_NEARLY = 1e-6  # what floats add


@dataclass(frozen=True, slots=True)
class Framing:
    """`target` is where it is drawn, in logical px on whole device pixels; `source` what of the picture is drawn there,
    in its own px, both as the picture stands after turning. `exact`: one of its pixels is one of the screen's. `seen`
    and `origin` are the same as `source` in fractions (0–1) of the picture: how much is in view, and from where."""

    target: QRectF
    source: QRectF
    exact: bool
    seen: tuple[float, float]
    origin: tuple[float, float]

    def point(self, at: QPointF) -> tuple[float, float]:
        """Which point of the picture (0–1) lies there, by logical px; beyond its edges the edge."""
        across = (at.x() - self.target.left()) / max(1.0, self.target.width())
        down = (at.y() - self.target.top()) / max(1.0, self.target.height())
        x, y = self.origin[0] + across * self.seen[0], self.origin[1] + down * self.seen[1]
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)


def framing(size: tuple[int, int], room: QRect, ratio: float, lens: Lens) -> Framing:
    """A picture of this size (as it stands after turning) in a room, as large as it fits, times the lens's zoom; then
    as much of it as the room holds. At 1× never cropped."""
    width, height = size
    wide, high = room.width() * ratio, room.height() * ratio
    scale = min(wide / width, high / height) * lens.zoom / WHOLE
    if _OVER < (scale - 1) * max(width, height) < _STEP:
        scale = 1.0  # decoded to this size already: keep its own pixels
    whole = (max(1, round(width * scale)), max(1, round(height * scale)))
    seen_px = (min(whole[0], round(wide)), min(whole[1], round(high))) if lens.zoomed else whole
    middle = (lens.x / ALL, lens.y / ALL)
    from_px = [min(max(round(m * w - s / 2), 0), w - s) for m, w, s in zip(middle, whole, seen_px, strict=True)]
    left = round(room.left() * ratio + (wide - seen_px[0]) / 2)
    top = round(room.top() * ratio + (high - seen_px[1]) / 2)
    source = QRectF(from_px[0] / scale, from_px[1] / scale, seen_px[0] / scale, seen_px[1] / scale)
    return Framing(
        QRectF(left / ratio, top / ratio, seen_px[0] / ratio, seen_px[1] / ratio),
        source.intersected(QRectF(0, 0, width, height)),
        scale == 1.0,
        (seen_px[0] / whole[0], seen_px[1] / whole[1]),
        (from_px[0] / whole[0], from_px[1] / whole[1]),
    )


def seen_of(view: Framing, ratio: float) -> Seen:
    """How large a picture stands on the screen, in device pixels, and what of it. A part is said in steps of 20
    thousandths outwards: while somebody drags it, not every pixel is another view."""
    size = round(view.target.width() * ratio), round(view.target.height() * ratio)
    if view.seen == (1.0, 1.0):
        return Seen(*size)
    first = [int(start * _STEPS) * _PERMILLE for start in view.origin]
    last = [ceil((a + b) * _STEPS - _NEARLY) * _PERMILLE for a, b in zip(view.origin, view.seen, strict=True)]
    return Seen(*size, crop=Crop(first[0], first[1], last[0] - first[0], last[1] - first[1]))


def wanted_size(room: QSize, ratio: float, lens: Lens) -> QSize:
    """What the decoder should make, in device pixels: as many as can be seen, times the zoom, as far as memory goes."""
    wide, high = room.width() * ratio, room.height() * ratio
    zoom = min(lens.zoom / WHOLE, max(1.0, sqrt(MOST_PIXELS / max(1.0, wide * high))))
    size = QSize(round(wide * zoom), round(high * zoom))
    return size.transposed() if lens.turn % 180 else size


def within_memory(sizes: Mapping[str, QSize], zoomed: Collection[str]) -> dict[str, QSize]:
    """What the decoders should make for each camera; where several are looked at nearer, those get smaller together."""
    much = sum(sizes[key].width() * sizes[key].height() for key in zoomed) / (_AT_ONCE * MOST_PIXELS)
    return {key: size / sqrt(much) if much > 1 and key in zoomed else size for key, size in sizes.items()}


def wheeled(lens: Lens, view: Framing, at: QPointF, turned: int) -> Lens:
    """The wheel over a picture, `turned` in eighths of a degree: nearer or farther around the pointer."""
    return pinched(lens, view, at, _NOTCH_ZOOM ** (turned / _NOTCH))


def pinched(lens: Lens, view: Framing, at: QPointF, factor: float) -> Lens:
    """Nearer by a factor, around a point on the screen."""
    zoom = round(lens.zoom * factor)
    return _inside(lens, view).nearer(WHOLE if zoom < _NEARLY_WHOLE else zoom, view.point(at))


def dragged(lens: Lens, view: Framing, by: QPointF) -> Lens:
    """The picture pulled along by logical px."""
    x = view.origin[0] + view.seen[0] * (0.5 - by.x() / max(1.0, view.target.width()))
    y = view.origin[1] + view.seen[1] * (0.5 - by.y() / max(1.0, view.target.height()))
    return lens.centred(x, y, seen=view.seen)


def panned(lens: Lens, view: Framing, across: float, down: float) -> Lens:
    """Looked farther to the right and down, by fractions of what is in view."""
    x = view.origin[0] + view.seen[0] * (0.5 + across)
    y = view.origin[1] + view.seen[1] * (0.5 + down)
    return lens.centred(x, y, seen=view.seen)


def _inside(lens: Lens, view: Framing) -> Lens:
    """With the middle that is really in view: a lens may point beyond what a narrow picture has."""
    return lens.centred(view.origin[0] + view.seen[0] / 2, view.origin[1] + view.seen[1] / 2, seen=view.seen)
