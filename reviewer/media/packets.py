"""The packets of a part's picture: their times without decoding and, in MP4 and MOV, without reading them."""

from __future__ import annotations

from contextlib import suppress
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
_EDGE, _SPREAD = 64, 128  # entries of libav that are compared: at both ends, over the whole, and as many keys
_RUN, _SOUGHT = 300, 6  # packets that are: from the start, and keys


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
    """The same from an MP4's or MOV's sample tables, or None where these do not tell it for certain: then the container
    stands at its first packet as before.

    libav has worked the edit list into its own table of samples, which is the judge of what is computed here: where an
    edit list cuts frames off, its packets do not always have the offsets that the tables say, so those are demuxed.
    """
    if "mov" not in container.format.name or stream.codec_context.codec.name not in _LISTED:
        return None
    samples = read_samples(raw, stream.id)
    if samples is None:
        return None
    dts = _dts(samples, stream.index_entries)
    if dts is None:
        return None
    first = _first(container, stream)
    packets = None if first is None else _tied(samples, dts, first, _picture(stream, first))
    if packets is not None and _witnessed(container, stream, samples, packets):
        return packets
    rewind(container, stream)
    return None


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


def _first(container: InputContainer, stream: VideoStream) -> Packet[Any] | None:
    try:
        return next((packet for packet in container.demux(stream) if packet.size), None)
    except FFmpegError:
        return None


def _tied(samples: Samples, dts: Numbers, first: Packet[Any], picture: av.VideoFrame | None) -> Packets | None:
    """Times of showing: the dts, the composition offset, and what the first packet says lies between (libav moves dts
    down where offsets are negative)."""
    if first.pts is None or first.dts is None or picture is None:
        return None
    pts = dts + samples.ctts + (first.pts - first.dts - int(samples.ctts[0]))
    if not samples.duration[int(np.argmax(pts))]:
        return None  # libav makes up a duration where the tables have none
    return Packets(pts, dts, samples.duration, samples.key, np.ones(len(dts), np.bool_), picture)


def _witnessed(container: InputContainer, stream: VideoStream, samples: Samples, packets: Packets) -> bool:
    """Whether packets are really as computed: those of the first run to past its next key, and some keys all over the
    part. In H.264 libav tells keys by looking into the packets, so tables that name wrong ones, or not all, are found
    out here by their habit, without reading everything."""
    keys = np.flatnonzero(packets.key)
    run = min(_RUN, int(keys[1]) + 2 if len(keys) > 1 else len(packets.pts))
    spread = keys[np.linspace(0, len(keys) - 1, _SOUGHT).astype(np.int64)] if len(keys) else keys
    try:
        rewind(container, stream)
        for n, packet in zip(range(min(run, len(packets.pts))), container.demux(stream), strict=False):
            if not _is(packet, n, samples, packets):
                return False
        return all(_sought(container, stream, n, samples, packets) for n in np.unique(spread).tolist())
    except FFmpegError:
        return False


def _sought(container: InputContainer, stream: VideoStream, n: int, samples: Samples, packets: Packets) -> bool:
    """Whether a seek finds a key. Where an edit list moves the media libav looks for times of showing, else for dts."""
    for at in (packets.pts[n], packets.dts[n]):
        container.seek(int(at), stream=stream)
        found = _first(container, stream)
        if found is not None and _is(found, n, samples, packets):
            return True
    return False


def _is(packet: Packet[Any], n: int, samples: Samples, packets: Packets) -> bool:
    said = packet.pts, packet.dts, packet.duration, packet.is_keyframe, packet.is_discard, packet.size, packet.pos
    place = packets.pts[n], packets.dts[n], packets.duration[n], packets.key[n], False, samples.size[n], samples.pos[n]
    return said == place


def rewind(container: InputContainer, stream: VideoStream) -> None:
    """Back to the very first packet, also those that an edit list cuts off. Some demuxers refuse a place before it."""
    start = min(stream.start_time or 0, 0)
    for place in (start - (1 << 40), start):
        with suppress(FFmpegError):
            container.seek(place, stream=stream)
            return


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
