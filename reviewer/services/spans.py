"""What the gate announces and what of it was shown: a span of footage, and the strips that were painted in it.

Announced is the most that may be seen (`ViewTile`: the room that a picture is decoded for); said in the end is how it
stood there (`Look`: its real size, covered or not, whose frame, which part of it, heard or not).
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from reviewer.domain.events import (
    Crop,
    FileViewClosed,
    Source,
    SpanCamera,
    ViewClosed,
    ViewOpened,
    Visible,
)
from reviewer.domain.timebase import TimeRange, Utc, merge
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.services.journal import Recorded

_GROWN = 2  # a tile that has grown to more than this many times its area is announced again


@dataclass(frozen=True, slots=True)
class ViewTile:
    """A camera on the wall: its picture's size in device pixels (0 × 0 when it is covered or the window is minimised),
    whether it is heard, and when it rolled (UTC, by the clocks in use)."""

    recording: str
    width: int
    height: int
    audible: bool
    rolling: tuple[TimeRange, ...]

    @property
    def perceived(self) -> bool:
        return self.audible or self.width * self.height > 0


@dataclass(frozen=True, slots=True)
class Seen:
    """How a picture stands on the screen, as the screen says: device pixels that it fills, whether it can be seen, what
    of the picture is in view (None: all of it)."""

    width: int
    height: int
    visible: Visible = Visible.YES
    crop: Crop | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a camera's frame was perceived: `Seen`, and whose frame it was, whether its sound was chosen (`audible`) and
    whether any came (`heard`)."""

    width: int
    height: int
    audible: bool
    heard: bool
    visible: Visible = Visible.YES
    source: Source = Source.ORIGINAL
    crop: Crop | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """By what looks are sorted in an entry."""
        crop = self.crop
        part = () if crop is None else (crop.left, crop.top, crop.width, crop.height)
        return self.width, self.height, self.audible, self.heard, self.visible, self.source, part


def look_of(tile: ViewTile, rate_milli: int) -> Look:
    """What is to be said of a tile of which nobody knows more."""
    return Look(tile.width, tile.height, tile.audible, heard=tile.audible and rate_milli > 0)


class Span:
    """Announced footage, and what of it was shown: `strips` by recording. In wall time; `wall` is by which clocks."""

    __slots__ = ("cameras", "durable", "end", "id", "opened", "start", "strips", "wall")

    def __init__(self, event: ViewOpened, opened: Future[Recorded], wall: WallTime = SIGNED) -> None:
        self.wall = wall
        self.id = event.span
        self.start, self.end = event.planned.start, event.planned.end
        self.cameras = {camera.recording: camera for camera in event.cameras}
        self.opened = opened
        self.durable = False
        self.strips: dict[str, list[Strip]] = {}

    def holds(self, at: Utc) -> bool:
        return self.start <= at < self.end

    def announces(self, tile: ViewTile) -> bool:
        """Whether nothing of this tile would be shown or heard that the entry does not say."""
        known = self.cameras.get(tile.recording)
        if not tile.perceived:
            return True
        if known is None:
            planned = TimeRange(self.start, self.end)
            return not any(planned.overlap(each) for each in tile.rolling)
        bigger = tile.width * tile.height > _GROWN * known.width * known.height
        return not bigger and (known.audible or not tile.audible)


class Strip:
    """A stretch of one camera that was painted in one way."""

    __slots__ = ("end", "look", "start")

    def __init__(self, frame: TimeRange, look: Look) -> None:
        self.start, self.end, self.look = frame.start, frame.end, look


@dataclass(slots=True)
class Closing:
    """A closing entry that is on its way into the log."""

    span: Span
    event: ViewClosed | FileViewClosed
    future: Future[Recorded]


def has_failed(future: Future[Recorded]) -> bool:
    """Whether it has ended, and not well."""
    return future.done() and future.exception() is not None


def span_camera(tile: ViewTile, stretch: TimeRange, wall: WallTime = SIGNED) -> SpanCamera:
    """A stretch of one camera, in wall time, as it is announced: the most that may be seen and heard of its tile."""
    heard, seen, source = tile.audible, Visible.YES, Source.ORIGINAL
    stretch = wall.range_to_stated(tile.recording, stretch)
    return SpanCamera(tile.recording, stretch, tile.width, tile.height, tile.audible, heard, seen, source)


def joined(before: TimeRange | None, frame: TimeRange, join: int) -> TimeRange:
    """The frame with the few that were skipped since the one before it, as at speed frames are."""
    if before is None:
        return frame
    if before.end < frame.start <= before.end + join:
        return TimeRange(before.end, frame.end)
    if frame.end < before.start <= frame.end + join:
        return TimeRange(frame.start, before.start)
    return frame


def add_frame(strips: list[Strip], frame: TimeRange, look: Look, join: int) -> None:
    """Lengthen the newest strip by a frame, or begin another; where only the look changed, with no hole between."""
    last = strips[-1] if strips else None
    other = last is None or (last.look is not look and last.look != look)  # mostly the same object, at every tick
    if last is not None and other:
        frame = joined(TimeRange(last.start, last.end), frame, join)
    if last is None or other or frame.start > last.end + join or frame.end < last.start - join:
        strips.append(Strip(frame, look))
        return
    last.start, last.end = min(last.start, frame.start), max(last.end, frame.end)


def span_cameras(span: Span) -> tuple[SpanCamera, ...]:
    """What was shown in a span: per camera and look the stretches, merged and in order, in stated time."""
    stretches: dict[tuple[str, Look], list[TimeRange]] = {}
    for recording, strips in span.strips.items():
        for strip in strips:
            stated = span.wall.range_to_stated(recording, TimeRange(strip.start, strip.end))
            stretches.setdefault((recording, strip.look), []).append(stated)
    return tuple(
        SpanCamera(
            recording, stretch, look.width, look.height, look.audible, look.heard, look.visible, look.source, look.crop
        )
        for (recording, look), found in sorted(stretches.items(), key=lambda each: (each[0][0], each[0][1].order))
        for stretch in merge(found)
    )
