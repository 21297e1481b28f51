"""Small pictures of a part at many instants, for the timeline's filmstrip.

From the original only frames that can be decoded by themselves: the newest key frame at or before each instant, some
seconds early. Where there are proxies, the very frame. Every picture says what time it is of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av
from av.error import FFmpegError
from av.packet import Packet

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.timebase import SECOND, Micros, pts_to_micros
from reviewer.media import apart
from reviewer.media.camera import Image, ProxyChunk, Source
from reviewer.media.container import only, open_container, video_stream
from reviewer.media.index import FrameIndex, origin
from reviewer.media.packets import is_counted, rewind
from reviewer.media.proxy import proxy_index
from reviewer.media.reader import PartReader
from reviewer.media.scale import Scaler

_WIDEST = 8  # times the height
_STEP_BACK = 10  # seconds
_EXACT = ("mov", "matroska")  # containers that find the very key before a time


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
    """`image` is BGRA of about the height asked for, turned as the camera says; `asked` and `time` are stream times:
    what was wanted, and the frame's own."""

    asked: Micros
    time: Micros
    image: Image


def thumbnails(
    source: Source,
    at: Sequence[Micros],
    height: int,
    *,
    index: FrameIndex | None = None,
    proxies: Sequence[ProxyChunk] = (),
    what: str = "This file",
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Thumbnail]:
    """One after the other, in the order of time, read in a process apart. An instant without a picture is left out.
    `proxies` are of use with the `index` only. Raises UnreadableMedia, DecoderStopped, Cancelled, and what opening the
    source raises."""
    return apart.pieces(
        read_thumbnails,
        *(source, tuple(sorted(at)), height, index, tuple(proxies), what),
        gives=Thumbnail,
        what=what,
        cancelled=cancelled,
    )


def read_thumbnails(
    source: Source,
    at: tuple[Micros, ...],
    height: int,
    index: FrameIndex | None,
    proxies: tuple[ProxyChunk, ...],
    what: str,
) -> Iterator[Thumbnail]:
    """In a process apart."""
    with ExitStack() as stack:
        near = _NearFrames(index, proxies) if index is not None else None
        stack.callback(near.close if near is not None else lambda: None)
        keys: _KeyFrames | None = None
        scaler, tile = Scaler(), (_WIDEST * height, height)
        for asked in at:
            found = near.find(asked) if near is not None else None
            if found is None:
                if keys is None:
                    keys = stack.enter_context(closing(_KeyFrames(apart.reading(source()), index, what)))
                found = keys.find(asked)
            if found is not None:
                time, frame, aspect = found
                yield Thumbnail(asked, time, scaler.picture(scaler.shrink(frame, tile, aspect)))


Found = tuple[Micros, av.VideoFrame, Fraction]


class _KeyFrames:
    """Key frames of the original. Nothing else is decoded, and with an index nothing else is searched."""

    def __init__(self, raw: BinaryIO, index: FrameIndex | None, what: str) -> None:
        self._raw = raw
        self._index = index
        self._container = open_container(raw, what)
        stream = video_stream(self._container)
        if stream is None:
            self.close()
            raise UnreadableMedia(f"{what} holds no picture.", "Check that it is the camera's own file.")
        stream.codec_context.thread_type = "NONE"
        only(self._container, stream)
        self._counted = is_counted(self._container)
        self._exact = any(name in self._container.format.name for name in _EXACT)
        self._stream = stream
        self._time_base = stream.time_base or Fraction(1, SECOND)
        self._origin = index.origin if index is not None else origin(self._container, self._time_base)
        self._last: tuple[int, Found | None] | None = None

    def close(self) -> None:
        self._container.close()
        self._raw.close()

    def find(self, asked: Micros) -> Found | None:
        """The key frame at or before an instant; the first one where there is none."""
        wanted = int(Fraction(asked, SECOND) / self._time_base) + self._origin
        if self._index is not None:
            wanted = int(self._index.key_pts[self._index.key_number(max(0, self._index.at(asked)))])
        first = None
        for target in (wanted, wanted - round(_STEP_BACK / self._time_base), None):
            best, first = self._search(target, wanted)
            if best is not None:
                return self._decoded(best)
        return self._decoded(first) if first is not None else None

    def _search(self, target: int | None, wanted: int) -> tuple[Packet[Any] | None, Packet[Any] | None]:
        """From a place on (None is the start): the last key not after `wanted`, and the first one after it if it came
        to that. Those without an index of their own find a place only nearly: there the packets are gone through."""
        best = None
        try:
            if target is None:
                rewind(self._container, self._stream)
            else:
                self._container.seek(target, stream=self._stream)
            for packet in self._container.demux(self._stream):
                at = self._time(packet)
                if not packet.size or packet.is_discard or at is None:
                    continue
                if packet.is_keyframe and at > wanted:
                    return best, packet
                if best is not None and at > wanted and (packet.dts or at) > wanted:
                    break
                if packet.is_keyframe:
                    best = packet
                    if at == wanted or self._exact:
                        break
        except FFmpegError:
            pass  # there is no such place, or it breaks off: what was found was found
        return best, None

    def _time(self, packet: Packet[Any]) -> int | None:
        return packet.dts if self._counted or packet.pts is None else packet.pts

    def _decoded(self, packet: Packet[Any]) -> Found | None:
        pts = self._time(packet) or 0
        if self._last is not None and self._last[0] == pts:
            return self._last[1]
        found = None
        with suppress(FFmpegError):
            context = self._stream.codec_context
            frames = [*context.decode(packet), *context.decode(None)]
            context.flush_buffers()
            aspect = self._stream.sample_aspect_ratio or context.sample_aspect_ratio or Fraction(1)
            if frames:
                found = pts_to_micros(pts - self._origin, self._time_base), frames[0], aspect
        self._last = pts, found
        return found


class _NearFrames:
    """The very frames, from proxies."""

    def __init__(self, index: FrameIndex, proxies: tuple[ProxyChunk, ...]) -> None:
        self._index = index
        self._proxies = proxies
        self._open: tuple[ProxyChunk, PartReader] | None = None

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def find(self, asked: Micros) -> Found | None:
        """The newest frame at an instant, or None where it has no proxy."""
        frame = self._index.at(asked)
        chunk = next((c for c in self._proxies if c.first <= frame < c.first + c.count), None)
        if chunk is None:
            return None
        reader = self._reader(chunk)
        place = frame - chunk.first
        reader.seek(place)
        while reader.next <= place:
            for number, picture in reader.advance():
                if number == place:
                    return self._index.time(frame), picture, self._index.aspect
        return None

    def _reader(self, chunk: ProxyChunk) -> PartReader:
        if self._open is None or self._open[0] is not chunk:
            self.close()
            self._open = chunk, PartReader(apart.reading(chunk.source()), proxy_index(chunk.count))
        return self._open[1]
