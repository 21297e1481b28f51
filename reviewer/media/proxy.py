"""Proxies: small copies of a part's frames, of which any is decoded in about a millisecond.

MPEG-4 Part 2, FFmpeg's own encoder (LGPL), at most 640×360 (or 360×640), a key every 4 frames, nothing reordered.
Measured on bodycam scenes, one core, against the others that FFmpeg brings itself, with a key every 8: 0.6 ms to encode
a frame, 0.9 ms (p95 1.5) to decode any one, 9 kB each at 38.7 dB; MPEG-2 needs 1.1 ms and 12 kB at the same quantizer,
MJPEG 0.4 ms but 21 kB, all of it to be decrypted. Every 4 frames, a twentieth more room and two frames less on the way
to any one: nine cameras follow a hand that drags at 24 places a second instead of 16.

The quantizer is the finest that is of use, and stays there unless pictures are so restless (noise at night, leaves, a
camera that shakes) that they would take more than three times that room: left alone, such copies grow past their
originals, and what has more bits takes longer to decode than a hand that drags waits for. These get coarser instead.

A proxy holds the picture as it is coded, made smaller evenly: it carries the original's rotation, keeps the shape of
its pixels (ask the original's index), and is marked with the matrix by which the original is shown. So `Scaler.shrink`
of a proxy gives the turn and the shape that it gives of the original.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from reviewer.media.index import FrameIndex, clockwise
from reviewer.media.reader import Decoded, PartReader
from reviewer.media.scale import Size, matrix

PROXY_GOP = 4
PROXY_SIZE: Size = (640, 360)
PROXY_CHUNK = 1800
"""Frames in a chunk: a minute, about 16 MB. What is interrupted is lost up to here."""
ENCODER = "mpeg4-2"
"""Names what is made here; whatever carries another name is made again."""

_FINEST, _COARSEST = "6", "31"  # quantizers
_MOST_BITS = "6000000"  # a second of `_TIME_BASE`: 30 kB a frame
_TIME_BASE = Fraction(1, 25)  # a frame's pts is its number in the chunk; what it stands for is the original's time
_NO_CUTS = "1000000000"  # keys come by count only
_ODD_SIZES = 8  # libswscale works in steps of eight pixels
_H273 = {  # ITU-T H.273: (primaries, transfer, matrix) for each matrix that `scale` shows by
    Colorspace.ITU709: (1, 1, 1),
    Colorspace.FCC: (4, 4, 4),
    Colorspace.ITU601: (6, 6, 6),
    Colorspace.SMPTE240M: (7, 7, 7),
}


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive frames of the original, `first` to `first + count − 1`, as one small MP4 whose n-th frame is the
    original's `first + n`. Without `data` these frames have no proxy: they are lost, damaged or of another size."""

    first: int
    count: int
    data: bytes


def proxy_size(width: int, height: int) -> Size:
    """The proxy's size for a coded size: the same shape, inside 640×360 or 360×640, width in steps of 8 where it is
    that wide, even, never larger than the original."""
    room = PROXY_SIZE if width >= height else PROXY_SIZE[::-1]
    scale = min(Fraction(room[0], width), Fraction(room[1], height), Fraction(1))
    wide = int(width * scale)
    step = _ODD_SIZES if wide >= _ODD_SIZES else 2
    wide = max(2, wide // step * step)
    high = 2 * round(Fraction(wide * height, width) / 2)
    return wide, max(2, min(high, room[1], height & ~1))


def proxy_index(count: int) -> FrameIndex:
    """The index of a chunk of so many frames: known beforehand, so opening one reads no packet. Size, rotation and
    aspect are the original's business."""
    frames = np.arange(count, dtype=np.int64)
    keys = frames[::PROXY_GOP]
    return FrameIndex(
        frames, keys, keys, keys, _TIME_BASE, 0, count, *PROXY_SIZE, 0, Fraction(1), codec="mpeg4", sound=None
    )


class ProxyMaker:
    """Makes the proxies of one part, for one thread. Chunks that follow each other decode nothing twice."""

    def __init__(self, reader: PartReader) -> None:
        self._reader = reader
        self._index = reader.index
        self._pending: deque[Decoded] = deque()
        self._at = -1  # the frame that comes next without a seek
        self._scale = VideoReformatter()
        self._size = proxy_size(reader.index.width, reader.index.height)

    @property
    def frames(self) -> int:
        return len(self._index)

    def make(self, first: int, count: int, check: Callable[[int], None] = lambda _frame: None) -> list[Run]:
        """The frames `first` to `first + count − 1`, as far as the index goes, as runs that leave none out. `check`
        hears each frame before it is encoded, and may raise to stop. Raises what the original's reader raises."""
        end = min(first + count, self.frames)
        runs: list[Run] = []
        film: _Film | None = None
        following = first
        for place, frame in self._frames(first, end):
            whole = not frame.is_corrupt and (frame.width, frame.height) == (self._index.width, self._index.height)
            if film is not None and (place > following or not whole or not film.takes(frame)):
                runs.append(film.end())
                film = None
            if place > following:
                runs.append(Run(following, place - following, b""))
            following = place + 1
            check(place)
            if not whole:
                runs.append(Run(place, 1, b""))
                continue
            if film is None:
                film = _Film(place, self._size, frame)
            film.add(self._small(frame))
        if film is not None:
            runs.append(film.end())
        if following < end:
            runs.append(Run(following, end - following, b""))
        return _joined(runs)

    def _frames(self, first: int, end: int) -> Iterator[Decoded]:
        """What can be decoded of the frames from `first` to before `end`, in order."""
        if first != self._at:
            self._pending.clear()
            self._reader.seek(first)
        while True:
            while self._pending and self._pending[0][0] < end:
                place, frame = self._pending.popleft()
                if place >= first:
                    yield place, frame
            if self._pending or self._reader.next >= end:
                break
            self._pending.extend(self._reader.advance())
        self._at = end

    def _small(self, frame: av.VideoFrame) -> av.VideoFrame:
        """As `Scaler.shrink` makes it small: the same filter, limited range."""
        return self._scale.reformat(
            frame,
            *self._size,
            "yuv420p",
            interpolation=Interpolation.FAST_BILINEAR,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )


class _Film:
    """One run while it is encoded, in memory."""

    def __init__(self, first: int, size: Size, frame: av.VideoFrame) -> None:
        self._first, self._count = first, 0
        self._matrix, self._turn = matrix(frame), clockwise(frame)
        self._data = io.BytesIO()
        options = {"video_track_timescale": str(_TIME_BASE.denominator), "movflags": "write_colr"}
        self._file: OutputContainer = av.open(self._data, "w", format="mp4", options=options)
        coding = {"qmin": _FINEST, "qmax": _COARSEST, "b": _MOST_BITS, "sc_threshold": _NO_CUTS}
        stream: VideoStream = self._file.add_stream("mpeg4", rate=_TIME_BASE.denominator, options=coding)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = _TIME_BASE
        context.gop_size, context.max_b_frames, context.thread_count = PROXY_GOP, 0, 1
        context.color_range = ColorRange.MPEG
        context.color_primaries, context.color_trc, context.colorspace = _H273[self._matrix]
        if self._turn:
            stream.set_display_rotation(-self._turn)  # counter-clockwise there
        self._stream = stream

    def takes(self, frame: av.VideoFrame) -> bool:
        """Whether what this file says of colours and turn is true of this frame."""
        return matrix(frame) is self._matrix and clockwise(frame) == self._turn

    def add(self, small: av.VideoFrame) -> None:
        small.pts, small.time_base = self._count, _TIME_BASE
        small.pict_type = PictureType.NONE  # the original's I, P or B is no order for this encoder
        self._mux(small)
        self._count += 1

    def end(self) -> Run:
        self._mux(None)
        self._file.close()
        return Run(self._first, self._count, self._data.getvalue())

    def _mux(self, small: av.VideoFrame | None) -> None:
        packets: Any = self._stream.encode(small)
        for packet in packets:
            self._file.mux(packet)


def _joined(runs: list[Run]) -> list[Run]:
    """Neighbouring stretches without a proxy as one."""
    joined: list[Run] = []
    for run in runs:
        if joined and not run.data and not joined[-1].data:
            before = joined.pop()
            run = Run(before.first, before.count + run.count, b"")
        joined.append(run)
    return joined
