"""The packets of a part's picture: their times without decoding and, in MP4 and MOV, without reading them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.index import IndexEntries
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

from reviewer.media.sample_tables import Numbers, Samples, read_samples

_TRIED = 30  # a decoder that gives no picture within these packets tells no rotation
_LISTED = frozenset(("h264", "hevc", "mpeg4", "mjpeg"))  # libav hands their packets out as the tables have them
_KEY, _DISCARD = 1, 2  # AVINDEX_KEYFRAME, AVINDEX_DISCARD_FRAME
_EDGE, _SPREAD = 64, 128  # entries that are compared: at both ends, over the whole, and as many keys


@dataclass(frozen=True, slots=True)
class Packets:
    """One entry a packet, in the order of the file, times in the stream's time base. What an edit list cuts off is not
    `shown`. `picture` is the first one that can be decoded."""

    pts: Numbers
    dts: Numbers
    duration: Numbers
    key: NDArray[np.bool_]
    shown: NDArray[np.bool_]
    picture: av.VideoFrame | None


def is_counted(container: InputContainer) -> bool:
    """AVI carries no pts; what libavformat guesses is wrong where there are B-frames."""
    return bool(container.format.name == "avi")


def demuxed(container: InputContainer, stream: VideoStream) -> Packets:
    """Read every packet. A read error ends the list: what is there is there."""
    rows: list[tuple[int, int, int, bool, bool]] = []
    picture: av.VideoFrame | None = None
    counted = is_counted(container)
    try:
        for n, packet in enumerate(container.demux(stream)):
            if not packet.size:
                continue
            if picture is None and n < _TRIED:
                picture = _picture(stream, packet)
            pts = packet.dts if counted or packet.pts is None else packet.pts
            if pts is not None:
                dts = packet.dts if packet.dts is not None else pts
                rows.append((pts, dts, packet.duration or 0, packet.is_keyframe, not packet.is_discard))
    except FFmpegError:
        pass
    columns = np.ascontiguousarray(np.array(rows, np.int64).reshape(-1, 5).T)
    key, shown = columns[3:].astype(np.bool_)
    return Packets(columns[0], columns[1], columns[2], key, shown, picture)


def listed(container: InputContainer, stream: VideoStream, raw: BinaryIO) -> Packets | None:
    """The same from an MP4's or MOV's sample tables, or None where these do not tell it for certain.

    libav has worked the edit list into its own table of samples, which is the judge of what is computed here: where an
    edit list cuts frames off, its packets do not always have the offsets that the tables say, so those are demuxed.
    """
    if "mov" not in container.format.name or stream.codec_context.codec.name not in _LISTED:
        return None
    samples = read_samples(raw, stream.id)
    if samples is None:
        return None
    dts = _dts(samples, stream.index_entries)
    return None if dts is None else _tied(samples, dts, *_first(container, stream))


def _dts(samples: Samples, entries: IndexEntries) -> Numbers | None:
    """Times of decoding where every sample is there, shown, and moved by one constant; None where it is not so.
    Compared with libav's entries at both ends, over the whole and at keys; one stretch of media is cut at its ends."""
    count = len(samples)
    if len(entries) != count or not samples.one_stretch:
        return None
    dts = samples.dts + entries[0].timestamp
    keys = np.flatnonzero(samples.key)
    spread = np.linspace(0, count - 1, _SPREAD).astype(np.int64)
    some_keys = keys[np.linspace(0, len(keys) - 1, _EDGE).astype(np.int64)] if len(keys) else keys
    edges = np.concatenate([np.arange(min(_EDGE, count)), np.arange(max(0, count - _EDGE), count)])
    for i in np.unique(np.concatenate([edges, spread, some_keys])).tolist():
        entry = entries[i]
        said = entry.timestamp, entry.flags & (_KEY | _DISCARD), entry.pos, entry.size
        if said != (dts[i], _KEY if samples.key[i] else 0, samples.pos[i], samples.size[i]):
            return None
    return dts


def _tied(samples: Samples, dts: Numbers, picture: av.VideoFrame | None, first: Packet[Any] | None) -> Packets | None:
    """Times of showing: the dts, the composition offset, and what the first packet says lies between (libav moves dts
    down where offsets are negative)."""
    if first is None or first.pts is None or first.dts is None or first.dts != dts[0]:
        return None
    if (first.size, first.is_keyframe, first.is_discard) != (samples.size[0], samples.key[0], False):
        return None
    pts = dts + samples.ctts + (first.pts - first.dts - int(samples.ctts[0]))
    if not samples.duration[int(np.argmax(pts))]:
        return None  # libav makes up a duration where the tables have none
    return Packets(pts, dts, samples.duration, samples.key, np.ones(len(dts), np.bool_), picture)


def _first(container: InputContainer, stream: VideoStream) -> tuple[av.VideoFrame | None, Packet[Any] | None]:
    """The first picture that can be decoded, and the first packet."""
    first: Packet[Any] | None = None
    try:
        for n, packet in enumerate(container.demux(stream)):
            if not packet.size or n >= _TRIED:
                break
            first = first or packet
            picture = _picture(stream, packet)
            if picture is not None:
                return picture, first
    except FFmpegError:
        pass
    return None, first


def _picture(stream: VideoStream, packet: Packet[Any]) -> av.VideoFrame | None:
    """What a packet gives by itself; the decoder is as before."""
    context = stream.codec_context
    try:
        frames = [*context.decode(packet), *context.decode(None)]
    except FFmpegError:
        return None
    finally:
        context.flush_buffers()
    return frames[0] if frames else None
