"""The original frame at an instant: exact, full size, nothing reduced."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction

from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.timebase import Utc
from reviewer.media import apart
from reviewer.media.camera import CameraTimes, DeckCamera, Image, Source, Spot
from reviewer.media.index import FrameIndex, clockwise
from reviewer.media.reader import PartReader
from reviewer.media.scale import matrix, to_array, turned

_AT_ONCE = 12  # stills of one process: what it may answer is limited
_FULL = 2  # AVCOL_RANGE_JPEG
_ACCURATE = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """`image` is h×w×4 BGRA uint8 at the original size, turned clockwise by `rotation` degrees as the camera says;
    `pts` counts in `time_base`, `at` is the frame's own UTC; `aspect` is the shape of a pixel as it stands here (width
    : height)."""

    image: Image
    part: int
    pts: int
    time_base: Fraction
    at: Utc
    rotation: int
    aspect: Fraction


def original(camera: DeckCamera, at: Utc) -> Still:
    """The newest frame of a camera with own UTC <= at, read in a process apart. Decodes from its key: call it off the
    GUI's thread. Raises UnreadableMedia where there is no picture, what opening the part raises, and DecoderStopped."""
    spot, index = _found(CameraTimes(camera), camera, at)
    source = camera.parts[spot.part].source()
    image, rotation = apart.call(read_frame, source, index, spot.frame, gives=tuple[Image, int], what=_name(spot.part))
    return _still(spot, index, image, rotation)


def originals(camera: DeckCamera, ats: Sequence[Utc]) -> Generator[tuple[int, Still]]:
    """The same of many instants, quicker: (place in `ats`, still) in order of time. Each part is read by one process
    for every `_AT_ONCE` of them. Raises like `original` for any of them."""
    times = CameraTimes(camera)
    wanted: dict[int, list[tuple[int, Spot, FrameIndex]]] = {}
    for n in sorted(range(len(ats)), key=lambda each: ats[each]):
        spot, index = _found(times, camera, ats[n])
        wanted.setdefault(spot.part, []).append((n, spot, index))
    for part, here in wanted.items():
        for first in range(0, len(here), _AT_ONCE):
            some = here[first : first + _AT_ONCE]
            frames = [spot.frame for _, spot, _ in some]
            read = (read_frames, camera.parts[part].source(), some[0][2], frames)
            pictures = apart.pieces(*read, gives=tuple[Image, int], what=_name(part))
            for (n, spot, index), (image, rotation) in zip(some, pictures, strict=True):
                yield n, _still(spot, index, image, rotation)


def _found(times: CameraTimes, camera: DeckCamera, at: Utc) -> tuple[Spot, FrameIndex]:
    """Which frame that is; indexes of parts are read, each in a process apart, as they are needed."""
    while True:
        spot = times.locate(at)
        index = times.indexes[spot.part]
        if index is not None:
            break
        if times.faults[spot.part] is not None or at not in camera.parts[spot.part].range:
            raise UnreadableMedia("There is no picture of this camera at this time.", "Choose another instant.")
        source = camera.parts[spot.part].source()
        name = _name(spot.part)
        times.learn(spot.part, apart.call(read_index, source, name, gives=FrameIndex, what=name))
    if not spot.has_frame:
        raise UnreadableMedia("There is no picture of this camera at this time.", "Choose another instant.")
    return spot, index


def _still(spot: Spot, index: FrameIndex, image: Image, rotation: int) -> Still:
    aspect = index.aspect if rotation % 180 == 0 else 1 / index.aspect
    return Still(image, spot.part, int(index.pts[spot.frame]), index.time_base, spot.at, rotation, aspect)


def _name(part: int) -> str:
    return f"Part {part + 1}"


def read_index(source: Source, what: str) -> FrameIndex:
    """In a process apart: when every frame of a part is shown."""
    with closing(PartReader(apart.reading(source()), None, what)) as reader:
        return reader.index


def read_frame(source: Source, index: FrameIndex, frame: int) -> tuple[Image, int]:
    """In a process apart: one frame at the original's size, turned, and by how many degrees clockwise."""
    with closing(PartReader(apart.reading(source()), index)) as reader:
        return _decode(reader, frame)


def read_frames(source: Source, index: FrameIndex, frames: Sequence[int]) -> Iterator[tuple[Image, int]]:
    """In a process apart: several frames, in ascending order."""
    with closing(PartReader(apart.reading(source()), index)) as reader:
        for frame in frames:
            yield _decode(reader, frame)


def _decode(reader: PartReader, frame: int) -> tuple[Image, int]:
    """A frame's picture, turned, and by how many degrees clockwise."""
    reader.seek(frame)
    while reader.next <= frame:
        for place, picture in reader.advance():
            if place == frame:
                colour = VideoReformatter().reformat(
                    picture,
                    format="bgra",
                    src_colorspace=matrix(picture),
                    src_color_range=ColorRange.JPEG if picture.color_range == _FULL else ColorRange.MPEG,
                    interpolation=_ACCURATE,
                )
                rotation = clockwise(picture)
                return turned(to_array(colour), rotation), rotation
    raise UnreadableMedia("This frame is damaged and cannot be decoded.", "Choose the frame before it.")
