"""One opened part: exact seeks by index, and frames by their place in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, Literal

import av
from av.error import FFmpegError
from av.packet import Packet

from reviewer.domain.errors import UnreadableMedia
from reviewer.media.container import only, open_container, video_stream
from reviewer.media.index import FrameIndex, build_index
from reviewer.media.packets import rewind

Skip = Literal["DEFAULT", "NONREF"]
Decoded = tuple[int, av.VideoFrame]


class PartReader:
    """Decodes one part, for one thread. After `seek`, each `advance` feeds one packet and gives the frames that come
    out, in the order of showing. Nothing is decoded twice by going on.

    `next` is the frame that comes next. Frames that a run should have given and did not are `lost`: the caller takes
    them from there. Raises UnreadableMedia on opening, and whatever the underlying reader raises.
    """

    def __init__(self, raw: BinaryIO, index: FrameIndex | None = None, what: str = "This file") -> None:
        self._raw = raw
        self._container = open_container(raw, what)
        try:
            stream = video_stream(self._container)
            if stream is None:
                raise UnreadableMedia(f"{what} holds no picture.", "Check that it is the camera's own file.")
            self._stream = stream
            stream.codec_context.thread_type = "NONE"  # frames in flight on other threads would only add delay
            only(self._container, stream)
            self.index = build_index(self._container, raw, what) if index is None else index
        except BaseException:
            self.close()
            raise
        self._packets: Iterator[Packet[Any]] = iter(())
        self._awaited: int | None = None
        self._tries: list[int] = []
        self._whole = True
        self._passed = 0
        self._skip: Skip = "DEFAULT"
        self.next = len(self.index)
        self.lost: list[range] = []

    def close(self) -> None:
        self._container.close()
        self._raw.close()

    def seek(self, frame: int) -> None:
        """Stand at the key from which `frame` can be reached."""
        number = self.index.key_number(frame)
        self.next = int(self.index.keys[number])
        self._awaited = int(self.index.key_pts[number])
        self._tries = [int(d) for d in self.index.key_dts[max(0, number - 1) : number + 1]]
        self._whole = True
        self._passed = 0
        self.skip("DEFAULT")
        self._try_seek()

    def skip(self, what: Skip) -> None:
        """Leave out frames while decoding: DEFAULT none, NONREF those that no other frame needs."""
        if what != self._skip:
            self._stream.codec_context.skip_frame = what
            self._skip = what
        if what != "DEFAULT":
            self._whole = False

    def skipped(self, frame: int) -> bool:
        """Whether this run has gone past a frame on purpose."""
        return frame < self._passed

    def jump(self, frame: int) -> None:
        """Seek ahead to the key of `frame`, leaving out what lies before it."""
        self.seek(frame)
        self._passed = self.next

    def advance(self) -> list[Decoded]:
        """Feed one packet. At the end of the file `next` is the index's length."""
        try:
            packet = next(self._packets, None)
        except FFmpegError:
            packet = None  # broken off: what was fed is still to be drained
        if self._awaited is not None and not self._arrived(packet):
            return []
        if packet is None or not packet.size:
            return self._end()
        try:
            frames = self._stream.codec_context.decode(packet)
        except FFmpegError:
            return []
        return self._placed(frames)

    def _try_seek(self) -> None:
        """Go to the awaited key; each further try starts earlier, the last at the very beginning."""
        if self._tries:
            with suppress(FFmpegError):
                self._container.seek(self._tries.pop(), stream=self._stream)
        else:
            rewind(self._container, self._stream)
            self._tries = [-1]
        self._packets = self._container.demux(self._stream)

    def _arrived(self, packet: Packet[Any] | None) -> bool:
        if packet is not None and packet.size:
            pts = packet.dts if self.index.counted or packet.pts is None else packet.pts
            if pts == self._awaited:
                self._awaited = None
                return True
            if pts is None or not packet.is_keyframe or pts < (self._awaited or 0):
                return False
        if self._tries == [-1]:
            self._awaited = None  # the key is not there any more: take what comes
            return True
        self._try_seek()
        return False

    def _end(self) -> list[Decoded]:
        with suppress(FFmpegError):
            placed = self._placed(self._stream.codec_context.decode(None))
            self._note_lost(len(self.index))
            return placed
        self._note_lost(len(self.index))
        return []

    def _placed(self, frames: list[av.VideoFrame]) -> list[Decoded]:
        placed = []
        for frame in frames:
            pts = frame.pts if frame.pts is not None else frame.dts
            place = self.next if self.index.counted or pts is None else self.index.place(pts)
            if place is None or not self.next <= place < len(self.index):
                continue  # before the key: it leads into a run that was not decoded
            self._note_lost(place)
            self.next = place + 1
            placed.append((place, frame))
        return placed

    def _note_lost(self, place: int) -> None:
        if self._whole and place > self.next:
            self.lost.append(range(self.next, place))
        self.next = max(self.next, place)
        if not self._whole:
            self._passed = self.next
