"""In a process apart: a stretch's frames, decoded, hidden, composed and encoded.

Where nothing is hidden and nothing composed, a decoded frame goes to the encoder as it is, without a copy.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import av
import numpy as np
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter
from numpy.typing import NDArray

from reviewer.domain.timebase import Utc
from reviewer.media import apart, framing, render_draw
from reviewer.media.camera import Source
from reviewer.media.framing import Box
from reviewer.media.index import FrameIndex, clockwise
from reviewer.media.masking import hide_planes
from reviewer.media.reader import Decoded, PartReader
from reviewer.media.render import Order, Target
from reviewer.media.scale import matrix
from reviewer.media.schedule import OutFrame, SourceFrame

_PLANAR = ("yuv420p", "yuvj420p")
_FULL = 2
_SEI, _SPS, _PPS, _DELIMITER = 6, 7, 8, 9
_STATES = {"not_started": "Not recording yet", "ended": "Recording ended", "gap": "Not recorded here"}
_NO_PICTURE, _WITHHELD = "No picture", "Withheld"
_HD = 1920 * 1080
_NEAR = 8  # frames that are rather decoded than jumped over
_FEW_THREADS = 2
_LOOKAHEAD = 40  # x264's own; each such frame is kept in memory


class PartFrames:
    """One part's frames by their place, mostly in rising order; for one thread."""

    def __init__(self, source: Source, index: FrameIndex) -> None:
        self._index = index
        self._reader = PartReader(apart.reading(source()), index, devices=())
        self._next: deque[Decoded] = deque()
        self._last: Decoded | None = None
        self._begun = False

    def close(self) -> None:
        self._reader.close()

    def at(self, number: int) -> Decoded | None:
        """The frame, or the newest whole one before it where it is damaged; None where there is none."""
        last = self._last
        ahead = self._next[0][0] if self._next else self._reader.next
        if last is not None and last[0] <= number < max(ahead, last[0] + 1):
            return last
        if not self._begun or number < ahead or self._index.key(number) > ahead + _NEAR:
            self._next.clear()
            self._last = None
            self._reader.seek(number)
            self._begun = True
        while True:
            while self._next and self._next[0][0] <= number:
                self._last = self._next.popleft()
            if self._next or self._reader.next > number:
                return self._last
            self._next.extend(self._reader.advance())


class Encoder:
    """x264 through libav, one closed run; `pts` rises from frame to frame."""

    def __init__(self, target: Target, decoders: int = 1) -> None:
        """`decoders`: how many work beside it; with several it keeps fewer frames at hand, for the memory's sake."""
        context: Any = av.CodecContext.create("libx264", "w")
        context.width, context.height, context.pix_fmt = target.width, target.height, target.pixels
        context.time_base, context.framerate = target.base, target.fps
        context.sample_aspect_ratio = target.aspect
        context.color_range, context.color_primaries = target.range, target.primaries
        context.color_trc, context.colorspace = target.transfer, target.matrix
        context.flags |= Flags.global_header | Flags.bitexact
        context.thread_type = "FRAME"  # slices, PyAV's own choice, cost a fifth more and make larger files
        options = {"crf": str(target.crf), "preset": target.preset}
        ahead = _LOOKAHEAD * _HD // max(_HD, target.width * target.height) // (2 if decoders > 1 else 1)
        if ahead < _LOOKAHEAD:
            options["rc-lookahead"] = str(max(10, ahead))
            context.thread_count = _FEW_THREADS
        context.options = options
        self._context: VideoCodecContext = context
        self._target = target
        self.pts: list[int] = []
        self.keys: list[int] = []
        self.sizes: list[int] = []
        self.data: list[bytes] = []

    def add(self, frame: av.VideoFrame, pts: int) -> None:
        frame.pts, frame.time_base = pts, self._target.base
        frame.pict_type = PictureType.NONE  # the original's I, P or B is no order for this encoder
        self._take(frame)

    def end(self) -> tuple[bytes, bytes]:
        """Whatever is left; returns the parameter sets."""
        self._take(None)
        units = dict((unit[0] & 31, unit) for unit in _units(self._context.extradata or b""))
        return units.get(_SPS, b""), units.get(_PPS, b"")

    def _take(self, frame: av.VideoFrame | None) -> None:
        for packet in self._context.encode(frame):
            units = [u for u in _units(bytes(packet)) if u[0] & 31 not in (_SEI, _SPS, _PPS, _DELIMITER)]
            self.data += [piece for unit in units for piece in (len(unit).to_bytes(4, "big"), unit)]
            self.sizes.append(sum(4 + len(unit) for unit in units))
            self.pts.append(int(packet.pts or 0))
            self.keys.append(int(packet.is_keyframe))


def _units(stream: bytes) -> list[bytes]:
    """The NAL units of a byte stream (ITU-T H.264, annex B). A unit never ends in zero bytes."""
    return [unit for piece in stream.split(b"\0\0\1") if (unit := piece.rstrip(b"\0"))]


class Pictures:
    """The picture of each frame of an order, as its target has it."""

    def __init__(self, order: Order) -> None:
        self._order, self._target = order, order.target
        self._parts: dict[tuple[str, int], PartFrames] = {}
        self._matrix = render_draw.matrix_of(order.target.matrix, order.target.height)
        self._scale = VideoReformatter()
        self._cards: dict[int, av.VideoFrame] = {}
        self._canvas: tuple[object, av.VideoFrame] | None = None
        self._tiles: dict[int, object] = {}  # what stands in each room of the canvas

    def close(self) -> None:
        for each in self._parts.values():
            each.close()

    def of(self, frame: OutFrame) -> av.VideoFrame:
        if not frame.sources:
            return self._card(frame.passage)
        if self._order.plan.rate is None:
            return self._copied(frame.sources[0])
        return self._composed(frame)

    # -- a card

    def _card(self, passage: int) -> av.VideoFrame:
        found = self._cards.get(passage)
        if found is None:
            lines = self._order.cards.get(passage, ())
            self._cards.clear()
            found = self._cards[passage] = self._drawn(lines)
        return found

    def _drawn(self, lines: tuple[str, ...]) -> av.VideoFrame:
        target = self._target
        sheet = render_draw.card(lines, target.width, target.height)
        return render_draw.to_frame(sheet, target.pixels, target.matrix, target.range)

    # -- one recording as recorded

    def _copied(self, source: SourceFrame) -> av.VideoFrame:
        target = self._target
        found = self._hidden(source)
        if found is None:
            return self._drawn((_NO_PICTURE,))
        frame, turn = found
        size = (target.height, target.width) if turn % 180 else (target.width, target.height)
        if (frame.width, frame.height) != size or frame.format.name != target.pixels:
            frame = self._scale.reformat(frame, *size, target.pixels, interpolation=Interpolation.BICUBIC)
        return turned(frame, turn) if turn else frame

    # -- a reel's frame

    def _composed(self, frame: OutFrame) -> av.VideoFrame:
        plan = self._order.plan
        rooms = self._rooms(frame)
        missing = tuple("" if source.has_picture else _missing(source) for source in frame.sources)
        if not plan.bars and len(rooms) == 1 and not missing[0]:
            whole = self._hidden(frame.sources[0])
            if whole is not None and self._fits(*whole):
                return whole[0]
        canvas = self._ground((frame.passage, missing), missing, frame, rooms)
        for n, (room, source) in enumerate(zip(rooms, frame.sources, strict=False)):
            stands = (source.part, source.frame)
            if source.has_picture and self._tiles.get(n) != stands:
                self._place(canvas, room, source)
                self._tiles[n] = stands
        return canvas

    def _rooms(self, frame: OutFrame) -> list[Box]:
        """Where each source's picture stands; the whole room where it has none."""
        plan, target = self._order.plan, self._target
        scene = plan.scenes[self._order.passages[frame.passage].scene]
        found: list[Box] = []
        for room, source in zip(framing.cells(plan, scene, target.width, target.height), frame.sources, strict=False):
            opened = self._order.parts.get((source.recording, source.part))
            found.append(framing.standing(room, opened[1]) if opened is not None and source.has_picture else room)
        return found

    def _fits(self, frame: av.VideoFrame, turn: int) -> bool:
        """Whether a decoded frame is the file's picture already."""
        target = self._target
        same = (frame.width, frame.height, frame.format.name) == (target.width, target.height, target.pixels)
        return same and not turn and matrix(frame) is self._matrix and frame.color_range != _FULL

    def _ground(self, key: object, missing: tuple[str, ...], frame: OutFrame, rooms: list[Box]) -> av.VideoFrame:
        """The frame that pictures are put on, writable, with words and empty rooms on it already."""
        if self._canvas is None or self._canvas[0] != key:
            plan, target = self._order.plan, self._target
            scene = plan.scenes[self._order.passages[frame.passage].scene]
            sheet = render_draw.surroundings(plan, scene, (target.width, target.height), rooms, missing)
            made = render_draw.to_frame(sheet, target.pixels, target.matrix, target.range)
            self._canvas = key, made
            self._tiles.clear()
        canvas = self._canvas[1]
        canvas.make_writable()  # the encoder may hold on to the one it had
        return canvas

    def _place(self, canvas: av.VideoFrame, box: Box, source: SourceFrame) -> None:
        found = self._hidden(source)
        if found is None:
            return
        picture, turn = found
        size = (box.height, box.width) if turn % 180 else (box.width, box.height)
        small = self._scale.reformat(
            picture,
            *size,
            self._target.pixels,
            src_colorspace=matrix(picture),
            dst_colorspace=self._matrix,
            src_color_range=ColorRange.JPEG if picture.color_range == _FULL else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC,
            threads=1,
        )
        for number, (onto, plane) in enumerate(zip(planes(canvas), planes(small), strict=True)):
            left, top = (box.left, box.top) if number == 0 else (box.left // 2, box.top // 2)
            straight = np.rot90(plane, -turn // 90) if turn else plane
            onto[top : top + straight.shape[0], left : left + straight.shape[1]] = straight

    # -- what is hidden

    def _hidden(self, source: SourceFrame) -> tuple[av.VideoFrame, int] | None:
        """The decoded frame with everything hidden on it that is to be, and by how much it is to be turned."""
        key = (source.recording, source.part)
        opened, index = self._order.parts[key]
        frames = self._parts.get(key)
        if frames is None:
            frames = self._parts[key] = PartFrames(opened, index)
        found = frames.at(source.frame)
        if found is None:
            return None
        place, frame = found
        turn = clockwise(frame)
        regions = self._order.plan.redaction.regions(source.recording, source.stated)
        if place != source.frame:  # it stands in for a damaged one: what both hide is hidden
            own = Utc(source.stated - (index.time(source.frame) - index.time(place)))
            regions = (*regions, *self._order.plan.redaction.regions(source.recording, own))
        if not regions:
            return frame, turn
        if frame.format.name not in _PLANAR:
            frame = keeping(frame, self._scale.reformat(frame, format="yuv420p", threads=1))
        elif place == source.frame:
            frame.make_writable()  # the decoder goes on from its own
        else:
            frame = copied(frame)
        hide_planes(frame, regions, self._order.seed)
        return frame, turn


def _missing(source: SourceFrame) -> str:
    if source.withheld:
        return _WITHHELD
    return _STATES.get(source.state.value if source.state is not None else "", _NO_PICTURE)


def planes(frame: av.VideoFrame) -> list[NDArray[np.uint8]]:
    """The frame's own planes, w×h and two quarters of it, to be read and written."""
    found: list[NDArray[np.uint8]] = []
    for number, plane in enumerate(frame.planes[:3]):
        high = frame.height if number == 0 else (frame.height + 1) // 2
        wide = frame.width if number == 0 else (frame.width + 1) // 2
        rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        found.append(rows[:high, :wide])
    return found


def turned(frame: av.VideoFrame, turn: int) -> av.VideoFrame:
    """A new frame, turned clockwise by a multiple of 90°. What is odd loses its last line."""
    quarter = turn % 180 != 0
    width, height = (frame.height, frame.width) if quarter else (frame.width, frame.height)
    made = av.VideoFrame(width, height, frame.format.name)
    for onto, plane in zip(planes(made), planes(frame), strict=True):
        straight = np.rot90(plane, -turn // 90)
        onto[:] = straight[: onto.shape[0], : onto.shape[1]]
    return made


def copied(frame: av.VideoFrame) -> av.VideoFrame:
    """A frame of its own with the same picture."""
    made = av.VideoFrame(frame.width, frame.height, frame.format.name)
    for onto, plane in zip(planes(made), planes(frame), strict=True):
        onto[:] = plane
    return keeping(frame, made)


def keeping(frame: av.VideoFrame, made: av.VideoFrame) -> av.VideoFrame:
    """The second frame with the first one's colours. Its turn it does not keep."""
    made.colorspace, made.color_range = frame.colorspace, frame.color_range
    return made
