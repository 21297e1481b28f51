"""One opened part: exact seeks by index, and frames by their place in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, Literal

import av
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext

from reviewer.media.decoding import Decoding
from reviewer.media.hardware import Device, DeviceFailed, devices_here
from reviewer.media.index import FrameIndex, build_index
from reviewer.media.packets import rewind

Skip = Literal["DEFAULT", "NONREF"]
Decoded = tuple[int, av.VideoFrame]

_NEVER_NEEDED = frozenset(("h264", "mpeg4", "mpeg2video", "mpeg1video"))  # what they mark as no reference never is one


class PartReader:
    """Decodes one part, for one thread. After `seek`, each `advance` feeds one packet and gives the frames that come
    out, in the order of showing. Nothing is decoded twice by going on.

    `next` is the frame that comes next; frames before `wanted_from` may be left out. Frames that a run should have
    given and did not are `lost`: the caller takes them from there. `devices`: those to choose from, by default what
    this machine has. Raises UnreadableMedia on opening, and whatever the underlying reader raises.
    """

    def __init__(
        self,
        raw: BinaryIO,
        index: FrameIndex | None = None,
        what: str = "This file",
        devices: Sequence[Device] | None = None,
    ) -> None:
        self._file = Decoding(raw, what)
        self._packets: Iterator[Packet[Any]] = iter(())
        self._awaited: int | None = None
        self._tries: list[int] = []
        self._whole = True
        self._passed = 0
        self._skip: Skip = "DEFAULT"
        self._set: Skip = "DEFAULT"
        self._wanted_pts: int | None = None
        self._left_out = False
        self._earlier = False  # this run begins one key before its own
        self._lead = False  # so do all
        self._first = 0
        self.wanted_from = 0
        try:
            self.index = build_index(self._file.container, raw, what) if index is None else index
            self._spares = not self.index.counted and _marks_what_is_needed(self._file.context)
            if not self.index.counted:  # what is counted cannot be taken up again in software
                self._file.choose(devices_here() if devices is None else devices)
        except BaseException:
            self.close()
            raise
        self.next = len(self.index)
        self.lost: list[range] = []

    def close(self) -> None:
        self._packets = iter(())
        self._file.close()

    @property
    def decoded_by(self) -> str:
        """The device's name, or "software"."""
        return self._file.decoded_by

    @property
    def fell_back(self) -> str:
        """Why it is software although there is a device; "" where there is nothing to say."""
        return self._file.fell_back

    def seek(self, frame: int, wanted_from: int | None = None) -> None:
        """Stand at the key from which `frame` can be reached. Without `wanted_from` every frame from there on comes;
        with it, frames before it that no other frame needs are left out where that is exact, and `skipped`."""
        self._whole = True
        self._passed = self.wanted_from = wanted_from or 0
        self._left_out = False
        self._earlier = self._lead
        self._skip = "DEFAULT"
        self._go(frame)
        self._first = max(self.next, self.wanted_from)

    def gives(self, frame: int) -> bool:
        """Whether going on arrives at a frame: it lies ahead, and is not one that may be left out."""
        return max(self.next, self.wanted_from) <= frame

    def skip(self, what: Skip) -> None:
        """Leave out frames while decoding: DEFAULT none, NONREF those that no other frame needs. Where frames are told
        by counting, none is left out."""
        if self.index.counted:
            return
        self._skip = what
        if what != "DEFAULT":
            self._whole = False

    def skipped(self, frame: int) -> bool:
        """Whether this run has gone past a frame on purpose."""
        return frame < self._passed

    def forget_skipped(self) -> None:
        """The clock is somewhere else: what a run went past on purpose there may be wanted here."""
        self._passed = 0

    def jump(self, frame: int) -> None:
        """Seek ahead to the key of `frame`, leaving out what lies before it."""
        self.seek(frame)
        self._passed = self.next
        self._earlier = True  # who is late does not go back

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
        self._leave_out(packet)
        try:
            return self._placed(self._file.decode(packet))
        except FFmpegError:
            return []
        except DeviceFailed as wrong:
            return self._give_up(wrong)

    # -- seeking

    def _go(self, frame: int) -> None:
        number = self.index.key_number(frame)
        self.next = int(self.index.keys[number])
        number = max(0, number - self._earlier)
        self._awaited = int(self.index.key_pts[number])
        # where an edit list moves the media, libav looks for times of showing, elsewhere for dts
        dts = [int(d) for d in self.index.key_dts[max(0, number - 1) : number + 1]]
        self._tries = list(dict.fromkeys([*dts, self._awaited]))
        self._wanted_pts = int(self.index.pts[self.wanted_from]) if self._spares and self.wanted_from else None
        self._try_seek()

    def _try_seek(self) -> None:
        """Go to the awaited key; each further try starts earlier, the last at the very beginning."""
        if self._tries:
            with suppress(FFmpegError):
                self._file.container.seek(self._tries.pop(), stream=self._file.stream)
        else:
            rewind(self._file.container, self._file.stream)
            self._tries = [-1]
        self._packets = self._file.container.demux(self._file.stream)

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

    def _leave_out(self, packet: Packet[Any]) -> None:
        """Tell the decoder whether this packet's frame is needed for itself."""
        skip = self._skip
        if self._wanted_pts is not None and packet.pts is not None and packet.pts < self._wanted_pts:
            skip, self._left_out = "NONREF", True
        if skip != self._set:
            self._file.context.skip_frame = self._set = skip

    def _again(self) -> None:
        """Take this run up anew for what it has not given."""
        given = self.next
        self._go(max(given, self.wanted_from))
        self.next = max(self.next, given)

    # -- frames

    def _end(self) -> list[Decoded]:
        try:
            frames = self._file.decode(None)
        except FFmpegError:
            frames = []
        except DeviceFailed as wrong:
            return self._give_up(wrong)
        placed = self._placed(frames)
        if self._awaited is None:
            self._note_lost(len(self.index))
        return placed

    def _give_up(self, wrong: DeviceFailed) -> list[Decoded]:
        """The device is not to be trusted from here on: the same run goes on in software."""
        self._packets = iter(())
        self._file.give_up(wrong)
        self._set = "DEFAULT"
        self._again()
        return []

    def _placed(self, frames: list[av.VideoFrame]) -> list[Decoded]:
        placed: list[Decoded] = []
        for frame in frames:
            pts = frame.pts if frame.pts is not None else frame.dts
            place = self.next if self.index.counted or pts is None else self.index.place(pts)
            if place is None or not self.next <= place < len(self.index):
                continue  # before the key: it leads into a run that was not decoded
            if not self._note_lost(place):
                break
            if place == self._first and self._earlier and not frame.is_corrupt:
                self._lead = True
            self.next = place + 1
            placed.append((place, frame))
        return placed

    def _note_lost(self, place: int) -> bool:
        """Go on to a place; what was to come before it is lost. False: it is tried again, first without leaving out
        any, then from one key earlier: where pictures are refreshed bit by bit, a key needs some frames to be whole."""
        missing = range(max(self.next, self.wanted_from), place)
        if self._whole and missing:
            again = self._left_out or (missing.start == self._first and not self._earlier)
            if again and (self._left_out or self.index.key_number(self._first)):
                self._earlier = self._earlier or not self._left_out
                self._spares = self._spares and not self._left_out
                self._left_out = False
                self._again()
                return False
            self.lost.append(missing)
        self.next = max(self.next, place)
        if not self._whole:
            self._passed = self.next
        return True


def _marks_what_is_needed(context: VideoCodecContext) -> bool:
    """Whether a decoder that leaves out what no frame refers to leaves out nothing else. HEVC says so only of frames in
    the same temporal sub-layer (H.265, 3.161), so it may have one: numTemporalLayers of hvcC (ISO/IEC 14496-15)."""
    if context.codec.name != "hevc":
        return context.codec.name in _NEVER_NEEDED
    extra = context.extradata or b""
    return len(extra) > 22 and extra[0] == 1 and extra[21] >> 3 & 7 == 1
