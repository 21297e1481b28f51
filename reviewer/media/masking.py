"""Makes a region of a picture unreadable. What stands there afterwards is made of a few coarse numbers, or of none.

SOLID: one colour; nothing of the picture is left. PIXELATE: the means of a grid of blocks, each at least an eighth of
the region's smaller side and at least BLOCK pixels at full size, rounded to one of LEVELS after an offset that only
the seed knows: at most log2(LEVELS) = 3 bits a block, of brightness only; of colour there is one for all of the region
(4 bits a channel). BLUR: the same numbers with straight lines between them instead of steps: it looks soft, and is no
filter that could be undone. A plain Gaussian keeps the picture (deconvolution brings it back), so there is none here.

The grid hangs on a region's own rectangle, an offset on the mask, the block's row and its column, and every mean is
taken of the picture as it was recorded: what stands in one region is the same whatever masks begin, end or lie beside
or over it. So the mean over many frames of a face that stands still tells no more than one of them.

Places are on the picture as recorded. A margin of a few pixels is hidden around each region, and chroma wherever one
of its four pixels is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageDraw

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.redaction import MaskShape, MaskStyle, Region
from reviewer.media.camera import Image

BLOCK = 16
"""Pixels of a full-size picture: a block of the grid is never smaller."""
PARTS = 8
"""Nor is it smaller than this part of the region's smaller side."""
LEVELS = 8
"""So many values a block's mean can have."""
SOLID_YUV = (44, 128, 128)
"""Y, Cb, Cr of a solid mask."""
SOLID_BGR = (33, 33, 33)
"""The same for a picture in BGRA: limited range, as most footage has it."""
_STEP = 256 // LEVELS
_TINT = 8
_TABLE = 61  # rows and columns of blocks that have offsets of their own; more is the same again
_GREY = (29, 150, 77)  # of 256, blue, green, red: ITU-R BT.601

Plane = NDArray[np.uint8]
Numbers = NDArray[np.integer[Any]]
Regions = Iterable[tuple[Region, MaskStyle]]


@dataclass(frozen=True, slots=True)
class Patch:
    """The pixels of a region on a picture: `rows` and `columns` are its surrounding rectangle, `inside` says which of
    these are meant; None: all."""

    top: int
    bottom: int
    left: int
    right: int
    inside: NDArray[np.bool_] | None

    @property
    def empty(self) -> bool:
        return self.top >= self.bottom or self.left >= self.right


def margin(width: int, height: int) -> int:
    """How many pixels more than the region are hidden on each side, on a picture of this size."""
    return max(2, round(max(width, height) / 480))


def hide_planes(frame: av.VideoFrame, regions: Regions, seed: int) -> None:
    """Hide regions on a decoded frame's own planes (yuv420p or yuvj420p, w×h uint8 and two quarters of it), in place;
    the caller made it writable. Solid ones come last, so that nothing stands over them. `seed`: secret, one a file."""
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        raise ValueError(f"planes of {frame.format.name} are not hidden")
    wide, high = frame.width, frame.height
    planes = [_plane(frame, 0, wide, high), *(_plane(frame, n, (wide + 1) // 2, (high + 1) // 2) for n in (1, 2))]
    drawn = []  # all of it before any is put: nothing is made of what another mask left
    for region, style in _in_order(regions):
        patch = patch_of(region, wide, high)
        if patch.empty:
            continue
        quarter = _halved(patch)
        for n, plane in enumerate(planes):
            where = patch if n == 0 else quarter
            offsets = _offsets(seed, region.mask, n)
            drawn.append((plane, where, _drawn(_view(plane, where), style, SOLID_YUV[n], offsets, one=n > 0)))
    for plane, where, instead in drawn:
        _put(plane, where, instead)


def hide_image(image: Image, regions: Regions, seed: int, turn: int = 0) -> Image:
    """A new picture (h×w×4 BGRA) with regions hidden as `hide_planes` does, for looking at; the given one stays as it
    is. `turn`: by how many degrees clockwise this picture was turned from the recorded one. The same object comes back
    where nothing is to be hidden."""
    found = list(_in_order(regions))
    if not found:
        return image
    hidden = np.array(image)
    high, wide = hidden.shape[:2]
    for region, style in found:
        patch = patch_of(turned(region, turn), wide, high)
        if not patch.empty:
            view = image[patch.top : patch.bottom, patch.left : patch.right]
            _put(hidden, patch, _coloured(view, style, _offsets(seed, region.mask, 0)))
    hidden.setflags(write=False)
    return hidden


def turned(region: Region, turn: int) -> Region:
    """The region on a picture that was turned clockwise by a multiple of 90°."""
    quarter: dict[int, Callable[[Spot], Spot]] = {
        90: lambda spot: Spot(ALL - spot.y, spot.x),
        180: lambda spot: Spot(ALL - spot.x, ALL - spot.y),
        270: lambda spot: Spot(spot.y, ALL - spot.x),
    }
    move = quarter.get(turn % 360)
    return region if move is None else replace(region, points=tuple(map(move, region.points)))


def patch_of(region: Region, width: int, height: int, more: int | None = None) -> Patch:
    """The pixels of a region on a picture of this size: every one that it touches, and `more` around it (None: the
    margin)."""
    more = margin(width, height) if more is None else more
    xs = [spot.x * width / ALL for spot in region.points]
    ys = [spot.y * height / ALL for spot in region.points]
    left, right = max(0, int(min(xs) // 1) - more), min(width, -int(-max(xs) // 1) + more)
    top, bottom = max(0, int(min(ys) // 1) - more), min(height, -int(-max(ys) // 1) + more)
    if top >= bottom or left >= right:
        return Patch(0, 0, 0, 0, None)
    inside: NDArray[np.bool_] | None = None
    if region.shape is MaskShape.ELLIPSE:
        inside = _ellipse((min(xs), max(xs)), (min(ys), max(ys)), more, (left, right, top, bottom))
    elif region.shape is MaskShape.POLYGON:
        inside = _polygon(list(zip(xs, ys, strict=True)), more, (left, right, top, bottom))
    return Patch(top, bottom, left, right, inside)


def _in_order(regions: Regions) -> list[tuple[Region, MaskStyle]]:
    return sorted(regions, key=lambda each: each[1] is MaskStyle.SOLID)


def _ellipse(
    xs: tuple[float, float], ys: tuple[float, float], more: int, room: tuple[int, int, int, int]
) -> NDArray[np.bool_]:
    """Pixels that an ellipse touches, by their nearest point to its centre; it is `more` wider on each side."""
    left, right, top, bottom = room
    across = max((xs[1] - xs[0]) / 2 + more, 0.5)
    down = max((ys[1] - ys[0]) / 2 + more, 0.5)
    x = _nearest(np.arange(left, right), sum(xs) / 2) / across
    y = _nearest(np.arange(top, bottom), sum(ys) / 2) / down
    inside: NDArray[np.bool_] = (x**2)[None, :] + (y**2)[:, None] <= 1
    return inside


def _nearest(pixels: Numbers, centre: float) -> NDArray[np.float64]:
    """How far each pixel's nearest edge lies from a coordinate."""
    away: NDArray[np.float64] = np.maximum(np.maximum(pixels - centre, centre - (pixels + 1)), 0.0)
    return away


def _polygon(corners: Sequence[tuple[float, float]], more: int, room: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    left, right, top, bottom = room
    sheet = Pictures.new("1", (right - left, bottom - top))
    draw = ImageDraw.Draw(sheet)
    placed = [(x - left, y - top) for x, y in corners]
    draw.polygon(placed, fill=1)
    wide = 2 * more + 2
    draw.line([*placed, placed[0]], fill=1, width=wide)
    for x, y in placed:
        draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=1)
    return np.asarray(sheet, np.bool_)


def _plane(frame: av.VideoFrame, number: int, wide: int, high: int) -> Plane:
    plane = frame.planes[number]
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[:high, :wide]


def _halved(patch: Patch) -> Patch:
    """The chroma samples of a patch: every one of which a pixel is hidden."""
    top, bottom = patch.top // 2, (patch.bottom + 1) // 2
    left, right = patch.left // 2, (patch.right + 1) // 2
    if patch.inside is None:
        return Patch(top, bottom, left, right, None)
    whole = np.zeros(((bottom - top) * 2, (right - left) * 2), np.bool_)
    high, wide = patch.inside.shape
    up, across = patch.top - top * 2, patch.left - left * 2
    whole[up : up + high, across : across + wide] = patch.inside
    inside: NDArray[np.bool_] = np.any(whole.reshape(bottom - top, 2, right - left, 2), axis=(1, 3))
    return Patch(top, bottom, left, right, inside)


def _coloured(view: Image, style: MaskStyle, offsets: Numbers) -> Plane:
    """What stands in a rectangle of blue, green and red instead of it: brightness in blocks, and one colour."""
    if style is MaskStyle.SOLID:
        return np.array([*SOLID_BGR, 255], np.uint8)
    rows, columns = _blocks(*view.shape[:2])
    means = _means(view, rows, columns)
    grey = means[:, :, :3] @ np.array(_GREY) // 256
    rough = _rounded(grey, offsets)
    tint = np.rint((means - grey[:, :, None]).mean(axis=(0, 1)) / _TINT).astype(np.int64) * _TINT
    small = np.clip(rough[:, :, None] + tint, 0, 255)
    small[:, :, 3] = 255
    return (_smooth if style is MaskStyle.BLUR else _steps)(small, rows, columns)


def _view(plane: Plane, patch: Patch) -> Plane:
    return plane[patch.top : patch.bottom, patch.left : patch.right]


def _put(plane: Plane, patch: Patch, drawn: Plane | int) -> None:
    view = _view(plane, patch)
    if patch.inside is None:
        view[:] = drawn
    else:
        where = patch.inside if plane.ndim == 2 else patch.inside[:, :, None]
        np.copyto(view, np.asarray(drawn, np.uint8), where=where)


def _drawn(view: Plane, style: MaskStyle, solid: int, offsets: Numbers, *, one: bool) -> Plane | int:
    """What stands in a rectangle instead of its pixels; `one`: the same in all of it."""
    if style is MaskStyle.SOLID:
        return solid
    high, wide = view.shape
    whole = np.array([0, high]), np.array([0, wide])
    rows, columns = whole if one else _blocks(high, wide)
    means = _means(view, rows, columns)
    grid = np.clip(_rounded(means, offsets // 2, _STEP // 2) if one else _rounded(means, offsets), 16, 235)
    return _smooth(grid, rows, columns) if style is MaskStyle.BLUR else _steps(grid, rows, columns)


def _blocks(high: int, wide: int) -> tuple[Numbers, Numbers]:
    """Where blocks begin and end down and across a rectangle."""
    size = max(BLOCK, -(-min(high, wide) // PARTS))
    return _edges(high, size), _edges(wide, size)


def _edges(length: int, size: int) -> Numbers:
    """Where blocks begin and end, none smaller than `size` where there is room for one: n + 1 places."""
    return np.linspace(0, length, max(1, length // size) + 1).astype(np.int64)


def _means(view: Plane, rows: Numbers, columns: Numbers) -> Numbers:
    """The blocks' means, of each channel where there are several."""
    sums = np.add.reduceat(np.add.reduceat(view, rows[:-1], axis=0, dtype=np.uint32), columns[:-1], axis=1)
    counts = np.outer(np.diff(rows), np.diff(columns))
    means: Numbers = sums.astype(np.int64) // (counts if view.ndim == 2 else counts[:, :, None])
    return means


def _rounded(means: Numbers, offsets: Numbers, step: int = _STEP) -> Numbers:
    """Each one of LEVELS (of 256 / `step`), after an offset of its own: that of its row and its column, however many
    there are, so that a region that grows by a pixel does not give its blocks new ones."""
    high, wide = means.shape
    shift = offsets[np.arange(high)[:, None] % _TABLE, np.arange(wide) % _TABLE]
    rounded: Numbers = np.clip(means + shift, 0, 255) // step * step + step // 2 - shift
    return rounded


def _offsets(seed: int, mask: str, channel: int) -> Numbers:
    """What is added to each block before it is rounded (_TABLE × _TABLE); the same for a mask and channel of a file."""
    key = (seed, mask, channel)
    found = _OFFSETS.get(key)
    if found is None:
        if len(_OFFSETS) > _MOST_OFFSETS:
            _OFFSETS.clear()
        name = int.from_bytes(sha256(mask.encode()).digest()[:8], "big")
        random = np.random.default_rng((seed, name, channel))
        found = random.integers(-_STEP // 2, _STEP // 2, (_TABLE, _TABLE), np.int16)
        _OFFSETS[key] = found
    return found


_OFFSETS: dict[tuple[int, str, int], Numbers] = {}
_MOST_OFFSETS = 600


def _steps(grid: Numbers, rows: Numbers, columns: Numbers) -> Plane:
    small = grid.astype(np.uint8)
    drawn: Plane = small.repeat(np.diff(rows), axis=0).repeat(np.diff(columns), axis=1)
    return drawn


def _smooth(grid: Numbers, rows: Numbers, columns: Numbers) -> Plane:
    """The grid's numbers with straight lines between the middles of its blocks."""
    down, across = _weights(rows), _weights(columns)
    high = np.tensordot(down, grid.astype(np.float32), 1)
    wide = np.matmul(high, across.T) if grid.ndim == 2 else np.matmul(across, high)
    drawn: Plane = np.clip(wide, 0, 255).astype(np.uint8)
    return drawn


def _weights(edges: Numbers) -> NDArray[np.float32]:
    """length × n: how much of each block a line of pixels takes."""
    middles = (edges[:-1] + edges[1:] - 1) / 2
    places = np.interp(np.arange(edges[-1]), middles, np.arange(len(middles)))
    low = np.minimum(places.astype(np.int64), len(middles) - 1)
    part = (places - low).astype(np.float32)
    weights = np.zeros((len(places), len(middles)), np.float32)
    lines = np.arange(len(places))
    weights[lines, low] = 1 - part
    weights[lines, np.minimum(low + 1, len(middles) - 1)] += part
    return weights
