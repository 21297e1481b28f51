"""One camera on the deck: its parts on the UTC axis, and which frame of which part is right at an instant."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import Micros, TimeModel, TimeRange, Utc
from reviewer.media.index import FrameIndex

Image = NDArray[np.uint8]
ON_TIME = Micros(0)
JOIN = Micros(250_000)  # a hole shorter than this between two parts is no gap: the frame before it is still the newest
SHORT = Micros(500_000)  # a file that ends this much before its part should is broken off


@dataclass(frozen=True, slots=True)
class Absence:
    """Why a part has no picture: NOT_DOWNLOADED, CORRUPT, NO_PERMISSION or UNREADABLE, and the tile's sentence."""

    state: TileState
    note: str


Source = Callable[[], BinaryIO]
"""Gives a new independent seekable reader each time. It can be pickled: it is called in the decoder's own process."""


@dataclass(frozen=True, slots=True, eq=False)
class ProxyChunk:
    """Small copies of the frames `first` to `first + count − 1` of a part, in the order they are shown: `source` gives
    a video file whose n-th frame is the original's frame `first + n`."""

    first: int
    count: int
    source: Source


@dataclass(frozen=True, slots=True, eq=False)
class DeckPart:
    """One file. `source` is called on a thread of ours, takes as long as verifying the file takes, and gives what a
    decoder opens; `range` is what of it may be shown; `index` saves reading it again; with an `absence` it is never
    opened. `still`: a picture taken at this time, shown for the whole range. `doubted` is called once, on a thread of
    ours, if what was read of it turned out not to be what was sealed."""

    source: Callable[[], Source]
    model: TimeModel
    range: TimeRange
    index: FrameIndex | None = None
    absence: Absence | None = None
    still: bool = False
    proxies: Callable[[], tuple[ProxyChunk, ...]] | None = None
    doubted: Callable[[], None] | None = None

    def open(self) -> BinaryIO:
        """A reader in this process."""
        return self.source()()


@dataclass(frozen=True, slots=True, eq=False)
class DeckCamera:
    """`key` is the recording's id. Parts in order of time."""

    key: str
    parts: tuple[DeckPart, ...]

    @property
    def range(self) -> TimeRange:
        return TimeRange(min(p.range.start for p in self.parts), max(p.range.end for p in self.parts))


@dataclass(frozen=True, slots=True, eq=False)
class TilePicture:
    """What one camera's tile shows at one instant.

    `image` is h×w×4 BGRA uint8, C-contiguous, not to be written to; None where `state` is a word without a picture.
    `fidelity` says whether it is the original frame. `at`–`until` is when the shown frame is the newest, by its own
    pts; without a picture it is the stretch for which the state holds (NOT_STARTED and GAP: `until` is when the camera
    goes on). `late` is how far the shown frame lies from the one that the clock asks for, in µs of footage, 0 for the
    right one. `note` is a sentence, or "". `turn`: by how many degrees clockwise the image was turned for showing.
    """

    state: TileState
    image: Image | None
    part: int
    pts: int
    at: Utc
    until: Utc
    late: Micros = ON_TIME
    note: str = ""
    fidelity: Fidelity = Fidelity.ORIGINAL
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """What is right at an instant: frame `frame` of `part` if `state` is None, else that word. Holds in [at, until)."""

    state: TileState | None
    part: int
    frame: int
    at: Utc
    until: Utc
    note: str = ""

    @property
    def has_frame(self) -> bool:
        return self.state is None


_FOREVER = 1 << 62


@dataclass(eq=False)
class CameraTimes:
    """A camera's frames on the UTC axis, as far as they are known. The decoder's thread adds what it learns (`learn`,
    `fail`, `lose`), any thread asks; every change raises `version`."""

    camera: DeckCamera
    indexes: list[FrameIndex | None] = field(init=False)
    faults: list[Absence | None] = field(init=False)
    missing: set[tuple[int, int]] = field(init=False, default_factory=set)
    version: int = field(init=False, default=0)
    _starts: list[Utc] = field(init=False)
    _found: tuple[int, Spot | None] = field(init=False, default=(-1, None))

    def __post_init__(self) -> None:
        parts = self.camera.parts
        self.indexes = [p.index for p in parts]
        self.faults = [p.absence for p in parts]
        self._starts = [p.range.start for p in parts]

    def learn(self, part: int, index: FrameIndex) -> None:
        self.indexes[part] = index
        self.version += 1

    def fail(self, part: int, why: Absence) -> None:
        self.faults[part] = why
        self.version += 1

    def lose(self, part: int, frames: range) -> None:
        """These frames cannot be decoded."""
        self.missing.update((part, f) for f in frames)
        self.version += 1

    def retime(self, times: Sequence[tuple[TimeModel, TimeRange]]) -> None:
        """The same parts and frames by another clock."""
        parts = zip(self.camera.parts, times, strict=True)
        self.camera = replace(self.camera, parts=tuple(replace(p, model=model, range=r) for p, (model, r) in parts))
        self._starts = [p.range.start for p in self.camera.parts]
        self.version += 1

    def known(self) -> DeckCamera:
        """The camera with the indexes that were read so far: opened anew, those parts need not be read for theirs."""
        parts = zip(self.camera.parts, self.indexes, strict=True)
        return replace(self.camera, parts=tuple(replace(part, index=index) for part, index in parts))

    def time(self, part: int, frame: int) -> Utc:
        """A frame's own UTC. The part's index is known."""
        return self.camera.parts[part].model.to_utc(self._index(part).time(frame))

    def until(self, part: int, frame: int) -> Utc:
        """When the next frame of this part takes over, or this one ends."""
        return self.camera.parts[part].model.to_utc(self._index(part).until(frame))

    def frame_at(self, part: int, at: Utc) -> int:
        """The newest frame of a part with own UTC <= at, exactly; −1 before the first."""
        index = self._index(part)
        frame = index.at(self.camera.parts[part].model.to_stream(at))
        while frame + 1 < len(index) and self.time(part, frame + 1) <= at:  # a drift's rounding is at most 1 µs off
            frame += 1
        while frame >= 0 and self.time(part, frame) > at:
            frame -= 1
        return frame

    def locate(self, at: Utc) -> Spot:
        """What is right at an instant. Asked many times for the same frame, so the last answer is kept."""
        version, spot = self._found
        if version == self.version and spot is not None and spot.at <= at < spot.until:
            return spot
        version = self.version
        spot = self._locate(at)
        self._found = (version, spot)
        return spot

    def _locate(self, at: Utc) -> Spot:
        number = bisect_right(self._starts, at) - 1
        parts = self.camera.parts
        if number < 0:
            return Spot(TileState.NOT_STARTED, 0, -1, Utc(-_FOREVER), self._starts[0])
        end = parts[number].range.end
        following = self._starts[number + 1] if number + 1 < len(parts) else None
        if at >= end:
            if following is None:
                return Spot(TileState.ENDED, number, -1, end, Utc(_FOREVER))
            if following - end > JOIN:
                return Spot(TileState.GAP, number, -1, end, following)
        return self._within(number, at, following if following is not None and following - end <= JOIN else end)

    def _within(self, part: int, at: Utc, end: Utc) -> Spot:
        start = self._starts[part]
        fault = self.faults[part]
        if fault is not None:
            return Spot(fault.state, part, -1, start, end, fault.note)
        index = self.indexes[part]
        if index is None:
            return Spot(TileState.OPENING, part, -1, start, end)
        frame = self.frame_at(part, at)
        if frame < 0:
            first = min(self.time(part, 0), end)
            return Spot(TileState.GAP if part else TileState.NOT_STARTED, part, -1, start, first)
        if frame == len(index) - 1:
            return self._last(part, frame, at, end)
        return self._decodable(part, frame, self.time(part, frame), min(end, self.until(part, frame)))

    def _last(self, part: int, frame: int, at: Utc, end: Utc) -> Spot:
        """The last frame stays to the end of its part, unless the file breaks off long before."""
        over = self.until(part, frame)
        if self.camera.parts[part].still or end - over < SHORT:
            return self._decodable(part, frame, self.time(part, frame), end)
        if at < over:
            return self._decodable(part, frame, self.time(part, frame), over)
        return Spot(
            TileState.UNREADABLE, part, -1, over, end, "The file breaks off before its end. It was taken in like that."
        )

    def _decodable(self, part: int, frame: int, at: Utc, until: Utc) -> Spot:
        if (part, frame) not in self.missing:
            return Spot(None, part, frame, at, until)
        while frame >= 0 and (part, frame) in self.missing:
            frame -= 1
        if frame < 0:
            return Spot(TileState.UNREADABLE, part, -1, at, until, "No picture of this file can be decoded here.")
        return Spot(
            None, part, frame, self.time(part, frame), until, "Frames are damaged here; the last whole one shows."
        )

    def step(self, at: Utc, by: int) -> Utc | None:
        """The own UTC of the frame `by` frames from the one right at `at`, through parts and gaps; None if there is no
        such frame, or it is not known yet."""
        spot = self.locate(at)
        part, frame = spot.part, spot.frame + by
        if not spot.has_frame:
            part, frame = self._beside(spot, at, by)
        onward = 1 if by > 0 else -1
        while 0 <= part < len(self.indexes):
            index = self.indexes[part]
            if index is None or self.faults[part] is not None:
                return None
            if (part, frame) in self.missing:
                frame += onward
            elif 0 <= frame < len(index):
                return self._shown_time(part, frame)
            else:
                part, frame = self._neighbour(part, frame - len(index) if by > 0 else frame, onward)
        return None

    def _neighbour(self, part: int, over: int, onward: int) -> tuple[int, int]:
        """`over` frames into the next part (0 is its first), or back into the one before (−1 is its last)."""
        part += onward
        before = self.indexes[part] if part >= 0 and onward < 0 else None
        return part, over + len(before) if before is not None else over

    def _beside(self, spot: Spot, at: Utc, by: int) -> tuple[int, int]:
        """From where no frame is: the frame after the hole for a step forward, the one before it for one back."""
        index = self.indexes[spot.part]
        before = -1 if index is None else self.frame_at(spot.part, at)
        return spot.part, before + by if by > 0 else before + by + 1

    def _shown_time(self, part: int, frame: int) -> Utc | None:
        time = self.time(part, frame)
        inside = self.camera.parts[part].range
        return time if time in inside else None

    def _index(self, part: int) -> FrameIndex:
        index = self.indexes[part]
        if index is None:
            raise LookupError("the part has not been opened yet")
        return index
