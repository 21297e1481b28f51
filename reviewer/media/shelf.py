"""Where a camera's process puts its frames, and the window's process takes them: YUV pictures in shared memory.

A head of numbers, a table of what lies where, and two halves of slots. A tile of another size gets slots of another
size: they are laid out in the other half, so that what is there already can be shown until the new size comes.

The table is written and read under a lock that both processes hold for microseconds; it also orders the memory. A slot
is taken out of the table before its pixels are written over, so whoever finds the same number in it before and after
looking has seen one whole picture. If the other process dies with the lock, `Busy` is raised after a moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Lock
from typing import Any, NamedTuple

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from reviewer.media.camera import Image
from reviewer.media.scale import Size, to_array, turned
from reviewer.media.shared import SharedBlock

BUDGET = 24 << 20  # bytes of frames a camera: 120 at 480×270, 40 at 848×476
FEWEST = 16  # slots, however large the frames are
SLOTS = 256  # in one half
WIDEST, HIGHEST = 1920, 1088  # of a tile
_HALF = FEWEST * (WIDEST * WIDEST * 3 // 2)
_PATIENCE = 0.02  # s
_LONG = 30.0  # s: the window's process may be kept from running; if it ends, this one does too
_WIDEST = 1 << 14
_NONE, _LAST = 0, (1 << 63) - 1
ORIGINAL, PROXY = 0, 1

_HEAD = np.dtype([
    ("beat", "<i8"), ("phase", "<i4"), ("part", "<i4"), ("rung", "<i4"), ("poked", "<i4"), ("tile_w", "<i4"),
    ("tile_h", "<i4"), ("heard", "<i4"), ("put", "<i4"), ("calm", "<i4"), ("onward", "<i4"), ("share", "<i4"),
])  # fmt: skip
_ROW = np.dtype([
    ("seq", "<u8"), ("part", "<i4"), ("frame", "<i4"), ("level", "<i4"), ("damaged", "<i4"), ("turn", "<i4"),
    ("matrix", "<i4"), ("width", "<i4"), ("height", "<i4"), ("tile_w", "<i4"), ("tile_h", "<i4"), ("offset", "<i8"),
])  # fmt: skip
_TABLE = 4096
_KEYS = (
    _TABLE + 2 * SLOTS * _ROW.itemsize
)  # of each row its part and frame in one number, side by side: quick to search
_SLOTS_AT = _KEYS + 2 * SLOTS * 8
_SLOTS_AT += -_SLOTS_AT % 4096
SIZE = _SLOTS_AT + 2 * _HALF


class Busy(Exception):
    """The other process holds the table and does not let go."""


class Row(NamedTuple):
    """One picture in the table. `frame` of `part`; `level` ORIGINAL or PROXY; `tile` the size it was asked for."""

    seq: int
    part: int
    frame: int
    level: int
    damaged: bool
    turn: int
    matrix: int
    width: int
    height: int
    tile: Size
    offset: int
    place: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame to put up: `small` is YUV 4:2:0."""

    part: int
    frame: int
    level: int
    small: av.VideoFrame
    matrix: int
    turn: int
    damaged: bool
    tile: Size


class Shelf:
    """The shared memory of one camera. Goes to the camera's process as it is."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self.block = SharedBlock(SIZE)
        self._look()

    def __getstate__(self) -> dict[str, Any]:
        return {"_lock": self._lock, "block": self.block}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._lock, self.block = state["_lock"], state["block"]
        self._look()

    def _look(self) -> None:
        self.head: Any = np.frombuffer(self.block.memory, _HEAD, 1)[0]
        self.table: Any = np.frombuffer(self.block.memory, _ROW, 2 * SLOTS, _TABLE)
        self.keys: NDArray[np.int64] = np.frombuffer(self.block.memory, np.int64, 2 * SLOTS, _KEYS)

    @contextmanager
    def held(self, seconds: float = _PATIENCE) -> Iterator[None]:
        """Hold the table. Raises Busy if it cannot be had within so many seconds: the window does not wait longer."""
        if not self._lock.acquire(timeout=seconds):
            raise Busy
        try:
            yield
        finally:
            self._lock.release()

    @property
    def tile(self) -> Size | None:
        """The size in device pixels that the tile has now; None while nobody sees it."""
        width, height = int(self.head["tile_w"]), int(self.head["tile_h"])
        return (width, height) if width and height else None

    def planes(self, row: Row) -> NDArray[np.uint8]:
        """The slot's YUV planes, one below the other: (1.5 × rows) × stride."""
        stride, rows = _stride(row.width), _rows(row.height)
        return self.block.bytes[row.offset : row.offset + stride * rows * 3 // 2].reshape(rows * 3 // 2, stride)

    def close(self) -> None:
        self.block.close()


class Viewer:
    """The window's side: finds pictures and develops them."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._colour = VideoReformatter()

    def find(self, part: int, frame: int, *, exactly: int | None = None) -> Row | None:
        """The best picture of this frame: the original before the proxy, the tile's size before another."""
        with self.shelf.held():
            table, keys = self.shelf.table, self.shelf.keys
            rows = [_row(table, int(i)) for i in (keys == _key(part, frame)).nonzero()[0]]
        tile = self.shelf.tile
        rows = [r for r in rows if r.seq and (exactly is None or r.level == exactly)]
        return min(rows, key=lambda r: (r.level, r.tile != tile), default=None)

    def newest(self, part: int, frame: int) -> Row | None:
        """The newest picture at or before this frame."""
        with self.shelf.held():
            keys = self.shelf.keys
            best = int(np.argmax(np.where(keys <= _key(part, frame), keys, _NONE)))
            row = _row(self.shelf.table, best)
        return row if row.seq and int(keys[best]) >= _key(part, 0) else None

    def following(self, part: int, frame: int) -> Row | None:
        """The oldest picture after this frame."""
        with self.shelf.held():
            keys = self.shelf.keys
            best = int(np.argmin(np.where(keys > _key(part, frame), keys, _LAST)))
            row = _row(self.shelf.table, best)
        return row if row.seq and int(keys[best]) < _key(part + 1, 0) else None

    def has(self, part: int, frames: range) -> bool:
        """Whether all of these frames are there, in whatever quality."""
        keys = self.shelf.keys.copy()  # numpy looks more than once, and the other process writes meanwhile
        return bool(np.isin(np.arange(_key(part, frames.start), _key(part, frames.stop)), keys).all())

    def develop(self, row: Row) -> Image | None:
        """A picture as h×w×4 BGRA; None if its slot was given to another meanwhile, or the row is no picture's: the
        table is written by a process that a hostile file may have taken over."""
        if not _is_sound(row):
            return None
        frame = av.VideoFrame.from_numpy_buffer(self.shelf.planes(row), "yuv420p")
        made = self._colour.reformat(
            frame,
            format="bgra",
            src_colorspace=Colorspace(row.matrix),
            src_color_range=ColorRange.MPEG,
            interpolation=Interpolation.FAST_BILINEAR,
            threads=1,
        )
        with self.shelf.held():
            if int(self.shelf.table["seq"][row.place]) != row.seq:
                return None
        image = to_array(made)[: row.height]
        if image.shape[1] != row.width:
            image = np.ascontiguousarray(image[:, : row.width])
        return turned(image, row.turn)


class Keeper:
    """The camera's side: puts pictures up, knows what is there, and what to give up for what is new."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._half = 0
        self._slot_bytes = 0
        self._free: list[int] = []
        self._rows: dict[tuple[int, int, int], int] = {}  # (part, frame, level) → place in the table, of this half
        self._old: dict[tuple[int, int, int], int] = {}  # the same, of the other half
        self._seq = 0
        self.slots = FEWEST

    def lay_out(self, tile: Size) -> None:
        """From now on pictures that fit into this tile, either way up. What is there stays until `forget_old` or the
        next other tile."""
        self.forget_old()
        if self._slot_bytes:
            self._old, self._half = self._rows, 1 - self._half
        self._rows = {}
        wide, high = tile
        wanted = max(_stride(wide) * _rows(high), _stride(high) * _rows(wide)) * 3 // 2
        self._slot_bytes = wanted
        self.slots = max(FEWEST, min(SLOTS, BUDGET // wanted))
        self._free = list(range(self._half * SLOTS, self._half * SLOTS + self.slots))

    def forget_old(self) -> None:
        """Give back the memory of the other size."""
        if self._old:
            other = 1 - self._half
            with self.shelf.held(_LONG):
                self.shelf.table["seq"][other * SLOTS : (other + 1) * SLOTS] = 0
                self.shelf.keys[other * SLOTS : (other + 1) * SLOTS] = _NONE
            self._old = {}
            self.shelf.block.free(_SLOTS_AT + other * _HALF, _SLOTS_AT + (other + 1) * _HALF)

    def has(self, part: int, frame: int, level: int | None = None, *, any_size: bool = False) -> bool:
        """Whether a frame is there: as `level`, or as either for None."""
        if level is None:
            return self.has(part, frame, ORIGINAL, any_size=any_size) or self.has(part, frame, PROXY, any_size=any_size)
        key = (part, frame, level)
        return key in self._rows or (any_size and key in self._old)

    def put(self, picture: Picture, window: tuple[int, range]) -> None:
        """Put a picture up. Where there is no room, what lies farthest outside the window (part, frames) goes."""
        key = (picture.part, picture.frame, picture.level)
        place = self._rows.pop(key, None)
        if place is None and picture.level == ORIGINAL:
            place = self._rows.pop((picture.part, picture.frame, PROXY), None)
        if place is None:
            place = self._free.pop() if self._free else self._rows.pop(self._dearest_to_lose(window))
        table = self.shelf.table
        offset = _SLOTS_AT + self._half * _HALF + (place - self._half * SLOTS) * self._slot_bytes
        with self.shelf.held(_LONG):
            table["seq"][place] = 0
            self.shelf.keys[place] = _NONE
        self._seq += 1
        small = picture.small
        row = (
            0, picture.part, picture.frame, picture.level, picture.damaged, picture.turn, picture.matrix, small.width,
            small.height, *picture.tile, offset,
        )  # fmt: skip
        table[place] = row
        self._copy(small, offset)
        with self.shelf.held(_LONG):
            table["seq"][place] = self._seq
            self.shelf.keys[place] = _key(picture.part, picture.frame)
        self._rows[key] = place

    def _copy(self, small: av.VideoFrame, offset: int) -> None:
        stride, rows = _stride(small.width), _rows(small.height)
        memory = self.shelf.block.bytes
        for plane, width, lines, pitch, height in (
            (small.planes[0], small.width, small.height, stride, rows),
            (small.planes[1], small.width // 2, small.height // 2, stride // 2, rows // 2),
            (small.planes[2], small.width // 2, small.height // 2, stride // 2, rows // 2),
        ):
            source = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
            target = memory[offset : offset + pitch * height].reshape(height, pitch)
            if plane.line_size == pitch:
                target[:lines] = source[:lines]
            else:
                target[:lines, :width] = source[:lines, :width]
            offset += pitch * height

    def _dearest_to_lose(self, window: tuple[int, range]) -> tuple[int, int, int]:
        part, frames = window
        middle = (frames.start + frames.stop) // 2

        def outside(key: tuple[int, int, int]) -> tuple[int, int]:
            if key[0] != part:
                return (1 << 40) * abs(key[0] - part), 0
            far = max(frames.start - key[1], key[1] - frames.stop + 1)
            return far, abs(key[1] - middle)

        return max(self._rows, key=outside)

    def clear(self) -> None:
        """Nothing is there any more."""
        with self.shelf.held(_LONG):
            self.shelf.table["seq"][:] = 0
            self.shelf.keys[:] = _NONE
        self._rows, self._old = {}, {}
        self._free = list(range(self._half * SLOTS, self._half * SLOTS + self.slots))


def _key(part: int, frame: int) -> int:
    """Rises with part and frame; a row without a picture has `_NONE`."""
    return part + 1 << 32 | frame


def _row(table: Any, place: int) -> Row:  # noqa: ANN401 - a structured array
    seq, part, frame, level, damaged, turn, matrix, width, height, tile_w, tile_h, offset = table[place].item()
    return Row(seq, part, frame, level, bool(damaged), turn, matrix, width, height, (tile_w, tile_h), offset, place)


def _is_sound(row: Row) -> bool:
    fits = 0 < row.width <= _WIDEST and 0 < row.height <= _WIDEST
    end = row.offset + _stride(row.width) * _rows(row.height) * 3 // 2
    return fits and row.offset >= _SLOTS_AT and end <= SIZE and row.turn % 90 == 0 and 0 <= row.matrix < 16


def _stride(width: int) -> int:
    """Bytes of a row: whole steps of libswscale's quick converter, chroma's too."""
    return -(-width // 64) * 64


def _rows(height: int) -> int:
    """Lines of a slot: PyAV takes 4:2:0 buffers of a multiple of four."""
    return -(-height // 4) * 4
