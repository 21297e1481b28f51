"""When every frame of a part is shown: read from the packets alone, in MP4 and MOV from the tables that list them.

Stream time 0 is the movie timeline's 0 as libavformat gives it. In MP4/MOV and Matroska that is pts 0: edit lists are
applied already, frames they cut off are marked to be discarded and are not in the index, and frames before 0 keep
their negative time. Containers without a timeline of their own (MPEG-TS and the like) start anywhere on a 26-hour
wheel: there stream time 0 is the container's start time. Times are microseconds by `pts_to_micros`, rounded down.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, BinaryIO

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.timebase import SECOND, Micros, Utc, from_datetime, pts_to_micros
from reviewer.media.container import only, open_container, video_stream
from reviewer.media.packets import Packets, demuxed, is_counted, listed, rewind

Pts = NDArray[np.int64]
_OWN_TIMELINE = ("mov", "matroska", "webm")


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """A sound stream: its number in the container, codec, sample rate in Hz and channels."""

    stream: int
    codec: str
    rate: int
    channels: int


@dataclass(frozen=True, slots=True, eq=False)
class FrameIndex:
    """The shown frames of one part in the order they are shown. A frame is named by its place here, 0 to len − 1.

    `pts` int64, strictly rising, in `time_base`; `origin` the pts of stream time 0; `end` the pts at which the last
    frame's own duration ends. Decoding can start for the frames at `keys` (places, rising): from the packet with
    `key_pts`, which lies at `key_dts`; an edit list may have cut that packet's own frame off. `width`×`height` are the
    coded picture's, `rotation` is degrees clockwise to turn it for showing, `aspect` the shape of a pixel (width :
    height). `counted`: the container (AVI) tells no order of showing, so decoded frames are counted from their key.
    """

    pts: Pts
    keys: Pts
    key_pts: Pts
    key_dts: Pts
    time_base: Fraction
    origin: int
    end: int
    width: int
    height: int
    rotation: int
    aspect: Fraction
    codec: str
    sound: SoundFacts | None
    counted: bool = False

    def __len__(self) -> int:
        return len(self.pts)

    def time(self, frame: int) -> Micros:
        """Stream time of a frame."""
        return pts_to_micros(int(self.pts[frame]) - self.origin, self.time_base)

    def until(self, frame: int) -> Micros:
        """Stream time at which the next frame takes over; after the last one, its own end."""
        following = self.pts[frame + 1] if frame + 1 < len(self.pts) else self.end
        return pts_to_micros(int(following) - self.origin, self.time_base)

    def at(self, stream: Micros) -> int:
        """The newest frame whose time is not after `stream`; −1 before the first. Exact: time(at(t)) <= t always."""
        scale = SECOND * self.time_base.numerator
        newest = ((stream + 1) * self.time_base.denominator - 1) // scale + self.origin
        return int(np.searchsorted(self.pts, newest, side="right")) - 1

    def place(self, pts: int) -> int | None:
        """The frame with exactly this pts, or None."""
        i = int(np.searchsorted(self.pts, pts))
        return i if i < len(self.pts) and int(self.pts[i]) == pts else None

    def key(self, frame: int) -> int:
        """The frame at which decoding has to start to arrive at `frame`."""
        return int(self.keys[self.key_number(frame)])

    def key_number(self, frame: int) -> int:
        """Which of `keys` that is."""
        return max(0, bisect_right(self.keys, frame) - 1)

    @property
    def duration(self) -> Micros:
        """From stream time 0 to the end of the last frame."""
        return pts_to_micros(self.end - self.origin, self.time_base)


@dataclass(frozen=True, slots=True)
class DataStream:
    """A stream that is neither picture nor sound: GoPro's `gpmd`, subtitles and the like."""

    stream: int
    tag: str
    handler: str


@dataclass(frozen=True, slots=True, eq=False)
class PartInfo:
    """What a file is, for ingest. `duration` reaches from stream time 0 to the end of picture or sound, whichever is
    later. `created_at` is what the container says: a hint, no clock."""

    container: str
    duration: Micros
    created_at: Utc | None
    frames: FrameIndex | None
    sound: SoundFacts | None
    data: tuple[DataStream, ...]
    metadata: dict[str, str]


def probe(raw: BinaryIO, what: str = "This file") -> PartInfo:
    """Read what a file is. `raw` is a seekable binary reader and stays open; `what` names it in the error. Raises
    UnreadableMedia if it holds neither picture nor sound."""
    with open_container(raw, what) as container:
        sound = sound_facts(container)
        has_picture = video_stream(container) is not None
        if not has_picture and sound is None:
            raise UnreadableMedia(f"{what} holds neither picture nor sound.", "Check that it is the camera's own file.")
        whole = Micros(container.duration or 0)  # AV_TIME_BASE is 1 µs
        frames = build_index(container, raw, what) if has_picture else None
        return PartInfo(
            container=container.format.name,
            duration=max(whole, frames.duration) if frames else whole,
            created_at=_created_at(container),
            frames=frames,
            sound=sound,
            data=tuple(
                DataStream(s.index, tag(s), s.metadata.get("handler_name", ""))
                for s in container.streams
                if s.type in ("data", "subtitle")
            ),
            metadata=dict(container.metadata),
        )


def build_index(container: InputContainer, raw: BinaryIO, what: str = "This file") -> FrameIndex:
    """Index the picture of a container that is open on `raw`, and rewind it. Raises UnreadableMedia if no frame can be
    found."""
    stream = video_stream(container)
    if stream is None:
        raise UnreadableMedia(f"{what} holds no picture.", "Check that it is the camera's own file.")
    if stream.codec_context is None:
        raise UnreadableMedia(f"{what} has a picture of a kind unknown here.", "Open it with the camera's own program.")
    only(container, stream)
    packets = listed(container, stream, raw) or demuxed(container, stream)
    if not packets.shown.any():
        raise UnreadableMedia(f"{what} holds no whole frame.", "Fetch it again or ask who recorded it.")
    rewind(container, stream)
    return _frame_index(container, stream, packets)


def _frame_index(container: InputContainer, stream: VideoStream, packets: Packets) -> FrameIndex:
    pts, last = _shown(packets)
    keys, key_packets = _keys(pts, packets)
    time_base = stream.time_base or Fraction(1, SECOND)
    context = stream.codec_context
    return FrameIndex(
        pts=pts,
        keys=keys,
        key_pts=packets.pts[key_packets],
        key_dts=packets.dts[key_packets],
        time_base=time_base,
        origin=origin(container, time_base),
        end=int(pts[-1]) + _last_duration(int(packets.duration[last]), pts),
        width=context.width,
        height=context.height,
        rotation=clockwise(packets.picture) if packets.picture is not None else 0,
        aspect=stream.sample_aspect_ratio or context.sample_aspect_ratio or Fraction(1),
        codec=context.codec.name,
        sound=sound_facts(container),
        counted=is_counted(container),
    )


def _shown(packets: Packets) -> tuple[Pts, int]:
    """The times that are shown, each once, and the packet that is shown last (of several with its pts the last)."""
    shown = np.flatnonzero(packets.shown)
    order = shown[np.argsort(packets.pts[shown], kind="stable")]
    pts = packets.pts[order]
    return pts[np.append(pts[1:] != pts[:-1], True)], int(order[-1])


def _keys(pts: Pts, packets: Packets) -> tuple[Pts, Pts]:
    """The places that start a run, and for each the packet to decode from."""
    keys = np.flatnonzero(packets.key)
    keys = keys[np.argsort(packets.pts[keys], kind="stable")]
    places = np.searchsorted(pts, packets.pts[keys])
    inside = places < len(pts)
    places, keys = places[inside], keys[inside]
    if not len(keys):
        nothing = np.zeros(1, np.int64)
        return nothing, nothing
    latest = np.append(places[1:] != places[:-1], True)
    return places[latest].astype(np.int64), keys[latest]


def origin(container: InputContainer, time_base: Fraction) -> int:
    """The pts, in `time_base`, of stream time 0."""
    if any(name in container.format.name for name in _OWN_TIMELINE) or not container.start_time:
        return 0
    return round(Fraction(container.start_time, SECOND) / time_base)


def sound_facts(container: InputContainer) -> SoundFacts | None:
    """The first sound stream, or None."""
    for stream in container.streams.audio:
        context = stream.codec_context
        if context is not None and context.sample_rate:
            return SoundFacts(stream.index, context.codec.name, context.sample_rate, context.layout.nb_channels)
    return None


def tag(stream: Any) -> str:  # noqa: ANN401 - any kind of stream
    """The four-letter name that the container gives a stream's format, "" where it gives none."""
    context = getattr(stream, "codec_context", None)
    return str(getattr(context, "codec_tag", "") or getattr(stream, "codec_tag", "") or "")


def clockwise(frame: av.VideoFrame) -> int:
    """Degrees clockwise, a multiple of 90, to turn a frame for showing (libav counts the other way)."""
    return round(-frame.rotation / 90) * 90 % 360


def _last_duration(said: int, pts: Pts) -> int:
    """How long the last frame lasts: as its packet says, else as long as frames usually do."""
    if said > 0:
        return said
    return int(np.median(np.diff(pts))) if len(pts) > 1 else 1


def _created_at(container: InputContainer) -> Utc | None:
    text = container.metadata.get("creation_time", "")
    try:
        moment = datetime.fromisoformat(text)
        return from_datetime(moment)
    except ValueError:
        return None
