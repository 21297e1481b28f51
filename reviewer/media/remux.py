"""A stretch of one part as a file of its own, its frames as they were recorded: packets are copied, nothing is encoded.

Decoding can start at a key frame only, and a frame may need one that is shown after it. So the file holds more than
what was asked for: the frames from the key on, and a few at the end. They stay in view and are counted (`Kept`); no
edit list hides them, for what is hidden so is in the file all the same and another player shows it.

The file is an MP4, or a QuickTime file for sound that MP4 has no name for; times are the original's from the first
frame on. Only picture and sound come along: other streams (GPS, subtitles), covers, chapters and, unless they are asked
for, the container's own words stay behind.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, BinaryIO

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media import apart
from reviewer.media.camera import Source
from reviewer.media.container import open_container, video_stream
from reviewer.media.index import FrameIndex, build_index
from reviewer.media.packets import rewind

_PICTURES = frozenset(("h264", "hevc", "av1", "mpeg4", "mjpeg"))
_MP4_SOUND = frozenset(("aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"))
_MOV_SOUND = frozenset(
    ("pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_mulaw", "pcm_alaw", "amr_nb", "amr_wb")
)
_CONTAINERS = ("mov", "matroska")
_LAG = 10  # s: sound that comes this much after its picture in the file is not waited for
_ZERO = Micros(0)
_MOST = 1 << 40  # bytes of a clip
_FLUSH = 1 << 20


@dataclass(frozen=True, slots=True)
class Cut:
    """What a clip of [start, end) of a part's stream time would be. `why`: why its own frames cannot be taken as they
    are, "" where they can. `before`: how many frames before the wanted first one come along at least, `frames` how many
    are wanted; `first`–`end` is when those that come along begin and the wanted ones end (stream time). `format`: "mp4"
    or "mov"."""

    why: str
    before: int = 0
    frames: int = 0
    first: Micros = _ZERO
    end: Micros = _ZERO
    format: str = "mp4"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a clip holds: frames `before` the wanted first one, `frames` that were wanted, and frames `after` the last.
    `first` is the stream time of its first frame; its sound begins `sound_late` µs after that, −1 without sound."""

    before: int
    frames: int
    after: int
    first: Micros
    sound_late: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the file and where they go; the last one has what was kept instead."""

    at: int
    data: bytes
    kept: Kept | None = None


def look(source: Source, start: Micros, end: Micros, what: str = "This file") -> Cut:
    """What a clip of this stretch of stream time would be; the frame that is in view at `start` is its first. Read in a
    process apart: call it off the GUI's thread. Raises UnreadableMedia where nothing of it has a picture,
    DecoderStopped, and what the source raises."""
    return apart.call(read_cut, source, start, end, gives=Cut, what=what)


def pieces(
    source: Source,
    start: Micros,
    end: Micros,
    *,
    tags: bool = False,
    what: str = "This file",
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Piece]:
    """The bytes of the clip, made in a process apart; each to be written at its place, later ones over earlier ones.
    `tags`: the container's own words (make, time, place) come along. Raises like `look`, and Cancelled."""
    args = source, start, end, tags
    return apart.pieces(read_pieces, *args, gives=Piece, what=what, cancelled=cancelled, most=_MOST)


# -- in the process apart ----------------------------------------------------------------------------------------------


def read_cut(source: Source, start: Micros, end: Micros) -> Cut:
    """In a process apart."""
    with closing(apart.reading(source())) as raw, open_container(raw) as container:
        index = build_index(container, raw)
        why = _why_not(container, index)
        first, last = stretch(index, start, end)
        key = index.key(first)
        return Cut(why, first - key, last - first + 1, index.time(key), index.until(last), _format(index))


def read_pieces(source: Source, start: Micros, end: Micros, tags: bool) -> Iterator[Piece]:
    """In a process apart: the clip as bytes and places, then what it holds."""
    with closing(apart.reading(source())) as raw, open_container(raw) as container:
        index = build_index(container, raw)
        why = _why_not(container, index)
        if why:
            raise UnreadableMedia(why, "Make the clip by encoding it anew.")
        out = _Out()
        chosen = Chosen(container, index, start, end)
        writer = _Writer(out, chosen, _format(index), tags)
        for packet in chosen:
            writer.put(packet)
            if out.size >= _FLUSH:
                yield from out.taken()
        writer.close()
        yield from out.taken()
        yield Piece(0, b"", chosen.kept())


def stretch(index: FrameIndex, start: Micros, end: Micros) -> tuple[int, int]:
    """The first and the last wanted frame: the one in view at `start` (or the first after it), and the last that begins
    before `end`. Raises UnreadableMedia where there is none."""
    first, last = max(0, index.at(start)), index.at(Micros(end - 1))
    if last < first:
        raise UnreadableMedia("There is no picture in this stretch.", "Choose another one.")
    return first, last


def _why_not(container: InputContainer, index: FrameIndex) -> str:
    if index.counted or not any(name in container.format.name for name in _CONTAINERS):
        return f"A file of this kind ({container.format.name.split(',')[0]}) cannot be cut between its frames."
    if index.codec not in _PICTURES:
        return f"Its picture is of a kind that MP4 cannot hold ({index.codec})."
    if index.sound is not None and index.sound.codec not in _MP4_SOUND | _MOV_SOUND:
        return f"Its sound is of a kind that MP4 cannot hold ({index.sound.codec})."
    return ""


def _format(index: FrameIndex) -> str:
    return "mov" if index.sound is not None and index.sound.codec in _MOV_SOUND else "mp4"


class Chosen:
    """The packets of picture and sound that a clip is made of, in the order of the file. To be run through once."""

    def __init__(self, container: InputContainer, index: FrameIndex, start: Micros, end: Micros) -> None:
        picture = video_stream(container)
        if picture is None:
            raise UnreadableMedia("There is no picture in it.", "Choose another recording.")
        self.container, self._index = container, index
        self.picture: VideoStream = picture
        self.sound: Any = container.streams[index.sound.stream] if index.sound is not None else None
        first, last = stretch(index, start, end)
        number = index.key_number(first)
        self._key_pts = int(index.key_pts[number])
        self._tries = list(dict.fromkeys(int(t) for t in (index.key_dts[number], self._key_pts)))
        self._first_pts, self._last_pts = int(index.pts[first]), int(index.pts[last])
        self._wanted = {int(pts) for pts in index.pts[int(index.keys[number]) : last + 1]}
        self.begins = self._key_pts * index.time_base
        following = int(index.pts[last + 1]) if last + 1 < len(index) else index.end
        self._ends = following * index.time_base
        self._counts = [0, 0, 0]
        self._sound_from: Fraction | None = None

    def __iter__(self) -> Iterator[Packet[Any]]:
        for stream in self.container.streams:
            stream.discard = av.stream.Discard.all
        for stream in filter(None, (self.picture, self.sound)):
            stream.discard = av.stream.Discard.default
        early, packets = self._at_key()
        yield from early
        picture, sound = True, self.sound is not None
        for packet in packets:
            if not packet.size or packet.pts is None:
                continue
            if packet.stream is self.picture:
                picture = picture and self._goes_on(packet)
                if picture and self._takes(packet):
                    yield packet
                sound = sound and (packet.dts or 0) * self._index.time_base < self._ends + _LAG
            elif sound:
                sound = packet.pts * packet.time_base < self._ends
                if sound and self._hears(packet):
                    yield packet
            if not (picture or sound):
                return

    def _at_key(self) -> tuple[list[Packet[Any]], Iterator[Packet[Any]]]:
        """Stand before the key: sound that lies in the file before it and belongs to it, and what comes from it on."""
        for place in (*self._tries, None):
            if place is None:
                rewind(self.container, self.picture)
            else:
                with suppress(FFmpegError):
                    self.container.seek(place, stream=self.picture)
            packets = self.container.demux([each for each in (self.picture, self.sound) if each is not None])
            early: list[Packet[Any]] = []
            for packet in packets:
                if packet.stream is self.picture and packet.pts == self._key_pts and packet.is_keyframe:
                    self._takes(packet)
                    return [*early, packet], packets
                if packet.stream is self.picture and place is not None and (packet.pts or 0) > self._key_pts:
                    break
                if packet.stream is not self.picture and packet.size and self._hears(packet):
                    early.append(packet)
        raise UnreadableMedia("Its key frame is not found again.", "Fetch the file again.")

    def _goes_on(self, packet: Packet[Any]) -> bool:
        """Whether a wanted frame is still to come, at this packet or after it."""
        return bool(self._wanted) and (packet.dts is None or packet.dts <= self._last_pts)

    def _takes(self, packet: Packet[Any]) -> bool:
        """Whether this frame is one of the clip: not one that leads into the run before the key."""
        pts = packet.pts
        if pts is None or pts < self._key_pts:
            return False
        if packet.has_sidedata("new_extradata"):
            raise UnreadableMedia("Its picture changes its format in between.", "Make the clip by encoding it anew.")
        self._wanted.discard(pts)
        self._counts[0 if pts < self._first_pts else 1 if pts <= self._last_pts else 2] += 1
        return True

    def _hears(self, packet: Packet[Any]) -> bool:
        if packet.pts is None:
            return False
        at = packet.pts * packet.time_base
        if not self.begins <= at < self._ends:
            return False
        if self._sound_from is None:
            self._sound_from = at
        return True

    def kept(self) -> Kept:
        """What went by."""
        late = -1 if self._sound_from is None else int((self._sound_from - self.begins) * SECOND)
        first = (self.begins - self._index.origin * self._index.time_base) * SECOND
        before, frames, after = self._counts
        return Kept(before, frames, after, Micros(first.numerator // first.denominator), late)


class _Out(io.RawIOBase):
    """A file that hands over what was written into it and where, and keeps none of it."""

    def __init__(self) -> None:
        self._at = self._end = self.size = 0
        self._written: list[Piece] = []

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._end)[whence]
        return self._at

    def write(self, data: Any) -> int:  # noqa: ANN401 - whatever has bytes
        body = bytes(data)
        self._written.append(Piece(self._at, body))
        self._at += len(body)
        self._end = max(self._end, self._at)
        self.size += len(body)
        return len(body)

    def taken(self) -> Iterator[Piece]:
        written, self._written, self.size = self._written, [], 0
        yield from written


class _Writer:
    """Puts packets into a new file, their times moved so that the clip's first frame is at 0."""

    def __init__(self, out: _Out, chosen: Chosen, format_: str, tags: bool) -> None:
        streams: list[Any] = [each for each in (chosen.picture, chosen.sound) if each is not None]
        scale = lcm(*(each.time_base.denominator for each in streams))
        options = {"fflags": "+bitexact", "movie_timescale": str(scale if scale < 1 << 24 else 90_000)}
        self._file: OutputContainer = av.open(out, "w", format=format_, options=options)
        self._streams: dict[int, tuple[Any, int]] = {}
        self._undated: list[Any] = []
        for stream in streams:
            new: Stream = self._file.add_stream_from_template(stream, opaque=True)
            new.time_base = stream.time_base
            self._streams[stream.index] = new, round(chosen.begins / stream.time_base)
            if tags:
                new.metadata.update(stream.metadata)
        if tags:
            self._file.metadata.update(chosen.container.metadata)

    def put(self, packet: Any) -> None:  # noqa: ANN401 - a Packet whose times are known
        """Matroska keeps no times of decoding, and libav does not know those of the first packets: they wait for the
        first that it knows, and come before it."""
        stream, later = self._streams[packet.stream.index]
        packet.stream = stream
        packet.pts -= later
        if packet.dts is None:
            self._undated.append(packet)
            return
        packet.dts -= later
        self._date(packet.dts)
        self._file.mux(packet)

    def _date(self, known: int) -> None:
        undated, self._undated = self._undated, []
        for n, packet in enumerate(undated):
            packet.dts = min(known, *(each.pts for each in undated)) - len(undated) + n
            self._file.mux(packet)

    def close(self) -> None:
        self._date(1 << 60)
        self._file.close()


# -- in the app --------------------------------------------------------------------------------------------------------


def tidy(file: BinaryIO) -> None:
    """Take the empty box of tags out that the muxer leaves at the very end of an MP4's `moov` (ISO/IEC 14496-12,
    8.10.1), so that there is no place for words in it. `file` is open for reading and writing."""
    end = file.seek(0, io.SEEK_END)
    at = 0
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        size = int.from_bytes(head[8:16], "big") if size == 1 else size
        if head[4:8] == b"moov" and at + size == end:
            _drop_last(file, at, size)
            return
        if size < 8:
            return
        at += size


def _drop_last(file: BinaryIO, at: int, size: int) -> None:
    file.seek(at)
    body = file.read(size)
    inside = 8
    while inside + 8 <= size:
        length = int.from_bytes(body[inside : inside + 4], "big")
        if body[inside + 4 : inside + 8] == b"udta" and inside + length == size and body.endswith(b"\0\0\0\x08ilst"):
            file.seek(at)
            file.write(inside.to_bytes(4, "big"))
            file.truncate(at + inside)
            return
        if length < 8:
            return
        inside += length
