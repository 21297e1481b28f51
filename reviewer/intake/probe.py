"""A look at a media file's headers with FFmpeg's demuxers, through PyAV. Nothing is decoded.

A pure function from a path (or an open file) to a value, so that it can run in a process of its own.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Discard

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.probe import Probe
from reviewer.domain.timebase import Micros, Utc, from_datetime, pts_to_micros

# Containers that cameras write. Nothing else is tried: a playlist or a concat script could name other files.
_FORMATS = "mov,matroska,webm,avi,mpegts"
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # before this a clock was simply never set
_FETCH = "Fetch it again from the camera."


def probe(source: Path | BinaryIO, name: str = "", seen: Callable[[BinaryIO], BinaryIO] = lambda file: file) -> Probe:
    """What the headers say. `name` is what the error calls the file (the path's own name if left out); `seen` may put
    a reader of its own around it.

    Raises UnreadableMedia, one sentence each: the file is empty, is no recording, was cut off before its index, or may
    not be read.
    """
    called = name or (source.name if isinstance(source, Path) else "The file")
    with ExitStack() as stack:
        try:
            file = seen(stack.enter_context(source.open("rb")) if isinstance(source, Path) else source)
            size = file.seek(0, 2)
            file.seek(0)
        except OSError as refused:
            raise UnreadableMedia(
                f"{called} cannot be read: {refused.strerror or 'the disk refuses'}.", "Check the disk and your rights."
            ) from refused
        if size == 0:
            raise UnreadableMedia(f"{called} is empty.", _FETCH)
        boxes = Boxes(file, size)
        if boxes.starts_movie and not boxes.has_index:
            raise UnreadableMedia(f"{called} ends before its index; it was cut off.", _FETCH)
        file.seek(0)
        try:
            with av.open(file, "r", options={"format_whitelist": _FORMATS}) as container:
                return _read(container, called, boxes.cut_off)
        except (av.FFmpegError, OSError, UnicodeDecodeError) as wrong:
            raise _no_recording(called) from wrong


def _no_recording(called: str) -> UnreadableMedia:
    return UnreadableMedia(
        f"{called} is not a recording this program can read.",
        "Check that it is the camera’s own file, or leave it out.",
    )


def _read(container: InputContainer, called: str, cut_off: bool) -> Probe:
    video, audio = bool(container.streams.video), bool(container.streams.audio)
    if not (video or audio):
        raise _no_recording(called)
    words = {k.lower(): v for k, v in container.metadata.items()}
    handlers = " ".join(s.metadata.get("handler_name", "") for s in container.streams)
    first = _metadata_packet(container)
    make = words.get("make") or words.get("com.apple.quicktime.make") or ("GoPro" if "GoPro" in handlers else "")
    model = words.get("model") or words.get("com.apple.quicktime.model") or _device_name(first)
    return Probe(
        duration=_duration(container),
        has_video=video,
        has_audio=audio,
        container_time=_creation_time(words),
        gpmf=first is not None,
        make=make or ("GoPro" if first is not None else ""),
        model=model,
        cut_off=cut_off,
    )


def _duration(container: InputContainer) -> Micros:
    """As the header says; counted through the packets where it does not (a file whose camera lost power)."""
    if container.duration is not None and container.duration > 0:
        return Micros(container.duration)
    end = 0
    try:
        for packet in container.demux():
            if packet.pts is not None and packet.time_base is not None:
                end = max(end, pts_to_micros(packet.pts + (packet.duration or 0), packet.time_base))
    except (av.InvalidDataError, av.EOFError):
        pass  # as far as it goes
    return Micros(end)


def _metadata_packet(container: InputContainer) -> bytes | None:
    """The first packet of a GoPro metadata stream (it begins with a DEVC item), or None. Footage is not read."""
    data = [s for s in container.streams if s.type == "data"]
    if not data:
        return None
    for stream in container.streams:
        stream.discard = Discard.default if stream.type == "data" else Discard.all
    try:
        for packet in container.demux(data):
            content = bytes(packet)
            if content.startswith(b"DEVC"):
                return content
            if packet.pts is not None and packet.pts > 5 / (packet.time_base or 1):
                return None  # not in the first five seconds, so it is another kind of data
    except (av.InvalidDataError, av.EOFError):
        return None
    finally:
        for stream in container.streams:
            stream.discard = Discard.default
        container.seek(0)
    return None


def _device_name(metadata: bytes | None) -> str:
    """DVNM of a GPMF payload. Older cameras call themselves "Camera", which says nothing."""
    at = metadata.find(b"DVNMc") if metadata else -1
    if metadata is None or at < 0 or at + 8 > len(metadata):
        return ""
    size, repeat = struct.unpack_from(">BH", metadata, at + 5)
    name = metadata[at + 8 : at + 8 + size * repeat].decode("latin-1").strip("\0 ")
    return "" if name == "Camera" or not name.isprintable() else name


def _creation_time(words: dict[str, str]) -> Utc | None:
    for key in ("com.apple.quicktime.creationdate", "creation_time", "date"):
        try:
            moment = datetime.fromisoformat(words.get(key, ""))
        except ValueError:
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return from_datetime(moment) if moment >= _OLDEST else None
    return None


class Boxes:
    """The top level of an ISO base media file (ISO/IEC 14496-12, 4.2): is it one, has it its index, is it whole?"""

    _KINDS = frozenset(
        {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"styp", b"sidx", b"uuid", b"pnot"}
    )

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.starts_movie = False
        self.has_index = False
        self.cut_off = False
        for kind, end in self._walk(file, size):
            self.starts_movie = True
            self.cut_off = end > size
            self.has_index |= kind == b"moov" and end <= size

    def _walk(self, file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length, kind = struct.unpack_from(">I4s", head)
            if kind not in self._KINDS:
                return
            if length == 1 and len(head) == 16:
                (length,) = struct.unpack_from(">Q", head, 8)
            elif length == 0:
                length = size - at  # to the end of the file
            if length < 8:
                return
            yield kind, at + length
            at += length
