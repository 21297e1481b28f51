"""The originals' frames as a check reads them: by pts, through FFmpeg's plain decoder, without the player's ladder."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction

import av
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from reviewer.domain.timebase import SECOND
from reviewer.media import apart
from reviewer.media.camera import CameraTimes
from reviewer.media.container import only, open_container, video_stream
from reviewer.media.packets import rewind
from reviewer.media.scale import matrix
from reviewer.media.schedule import SourceFrame

PLAIN = ("yuv420p", "yuvj420p")
THREADS = 2
"""Of each decoder: more would take address space on machines with many cores, and the check runs beside rendering."""
_OPEN = 8
_FULL = 2  # AVCOL_RANGE_JPEG
_AHEAD = 3 * SECOND  # a frame so near is come to by going on


class Originals:
    """Frames of several recordings, each file open once. For one thread; raises what reading raises."""

    def __init__(self, times: Mapping[str, CameraTimes]) -> None:
        self._times = times
        self._open: OrderedDict[tuple[str, int], _File] = OrderedDict()

    def frame(self, source: SourceFrame) -> tuple[av.VideoFrame, bool] | None:
        """The frame as recorded, and True; where it is damaged the last whole one before it, and False; None where
        there is none."""
        key = (source.recording, source.part)
        file = self._open.get(key)
        if file is None:
            while len(self._open) >= _OPEN:
                self._open.popitem(last=False)[1].close()
            file = self._open[key] = _File(self._times[source.recording], source.part)
        self._open.move_to_end(key)
        return file.frame(source.frame, source.pts)

    def close(self) -> None:
        """Let go of every file."""
        while self._open:
            self._open.popitem()[1].close()


class _File:
    def __init__(self, times: CameraTimes, part: int) -> None:
        index = times.indexes[part]
        if index is None:
            raise LookupError("the part has not been opened yet")
        self._index = index
        self._raw = apart.reading(times.camera.parts[part].open())
        try:
            self._container = open_container(self._raw, f"Part {part + 1}")
            stream = video_stream(self._container)
            if stream is None:
                raise LookupError("no picture")
            self._stream = stream
            self._stream.thread_type, self._stream.codec_context.thread_count = "AUTO", THREADS
            only(self._container, stream)
        except BaseException:
            self._raw.close()
            raise
        self._frames: Iterator[tuple[int, av.VideoFrame]] = iter(())
        self._last: tuple[int, av.VideoFrame] | None = None
        self._ahead: tuple[int, av.VideoFrame] | None = None
        self._reach = Fraction(1_000_000) if index.counted else Fraction(_AHEAD, SECOND) / index.time_base

    def close(self) -> None:
        self._frames = iter(())
        self._container.close()
        self._raw.close()

    def frame(self, number: int, pts: int) -> tuple[av.VideoFrame, bool] | None:
        """By its place where the container tells no order of showing, else by its pts."""
        wanted = number if self._index.counted else pts
        if self._last is None or not (0 <= wanted - self._last[0] <= self._reach):
            self._go(int(self._index.key_dts[self._index.key_number(number)]))
            if not self._find(wanted) and not self._index.counted:
                self._go(0, start=True)
        self._find(wanted)
        if self._last is None or self._last[0] > wanted:
            return None
        return self._last[1], self._last[0] == wanted and not self._last[1].is_corrupt

    def _find(self, wanted: int) -> bool:
        """Go on to a frame, or to the last before it; whether that is it."""
        while self._last is None or self._last[0] < wanted:
            if self._ahead is None:
                self._ahead = next(self._frames, None)
            if self._ahead is None or (self._last is not None and self._ahead[0] > wanted):
                break
            self._last, self._ahead = self._ahead, None
            apart.alive()
        return self._last is not None and self._last[0] == wanted

    def _go(self, dts: int, *, start: bool = False) -> None:
        self._last = self._ahead = None
        self._stream.codec_context.flush_buffers()
        if start or self._index.counted:
            rewind(self._container, self._stream)
        else:
            with suppress(FFmpegError):
                self._container.seek(dts, stream=self._stream)
        self._frames = self._decoded()

    def _decoded(self) -> Iterator[tuple[int, av.VideoFrame]]:
        count = 0
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except FFmpegError:
                packet = None
            try:
                frames = self._stream.decode(packet)
            except FFmpegError:
                frames = []
            for frame in frames:
                yield (count if self._index.counted or frame.pts is None else frame.pts), frame
                count += 1
            if packet is None or not packet.size:
                return


class Fitting:
    """Brings originals to the size at which they stand in a copy: in a reel to BT.709 of limited range as well, which
    is what a reel is in; a copy for disclosure keeps its recording's colours."""

    def __init__(self, *, reel: bool) -> None:
        self._reformat = VideoReformatter()
        self._reel = reel

    def fit(self, frame: av.VideoFrame, wide: int, high: int) -> av.VideoFrame:
        """The frame in 4:2:0, at this size."""
        right = frame.format.name in PLAIN and (frame.width, frame.height) == (wide, high)
        if not self._reel:
            if right:
                return frame
            name = frame.format.name if frame.format.name in PLAIN else "yuv420p"
            return self._reformat.reformat(frame, wide, high, name, interpolation=Interpolation.BICUBIC, threads=1)
        if right and matrix(frame) is Colorspace.ITU709 and frame.color_range != _FULL:
            return frame
        return self._reformat.reformat(
            frame,
            wide,
            high,
            "yuv420p",
            src_colorspace=matrix(frame),
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG if frame.color_range == _FULL else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC,
            threads=1,
        )
