"""What the gate announces and what of it was shown: a span of footage, and the strips that were painted in it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from reviewer.domain.events import FileViewClosed, SpanCamera, ViewClosed, ViewOpened
from reviewer.domain.timebase import TimeRange, Utc, merge
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


class Span:
    """Announced footage, and what of it was shown: `strips` by recording."""

    __slots__ = ("cameras", "durable", "end", "id", "opened", "start", "strips")

    def __init__(self, event: ViewOpened, opened: Future[Recorded]) -> None:
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
    """A stretch of one camera that was painted at one size."""

    __slots__ = ("end", "start", "tile")

    def __init__(self, frame: TimeRange, tile: ViewTile) -> None:
        self.start, self.end, self.tile = frame.start, frame.end, tile


@dataclass(slots=True)
class Closing:
    """A closing entry that is on its way into the log."""

    span: Span
    event: ViewClosed | FileViewClosed
    future: Future[Recorded]


def has_failed(future: Future[Recorded]) -> bool:
    """Whether it has ended, and not well."""
    return future.done() and future.exception() is not None


def span_camera(tile: ViewTile, stretch: TimeRange) -> SpanCamera:
    """A stretch of one camera as an entry has it, at the size and with the sound of its tile."""
    return SpanCamera(tile.recording, stretch, tile.width, tile.height, tile.audible)


def joined(before: TimeRange | None, frame: TimeRange, join: int) -> TimeRange:
    """The frame with the few that were skipped since the one before it, as at speed frames are."""
    if before is None:
        return frame
    if before.end < frame.start <= before.end + join:
        return TimeRange(before.end, frame.end)
    if frame.end < before.start <= frame.end + join:
        return TimeRange(frame.start, before.start)
    return frame


def add_frame(strips: list[Strip], frame: TimeRange, tile: ViewTile, join: int) -> None:
    """Lengthen the newest strip by a frame, or begin another."""
    last = strips[-1] if strips else None
    if last is None or frame.start > last.end + join or frame.end < last.start - join or not _alike(last.tile, tile):
        strips.append(Strip(frame, tile))
        return
    last.start, last.end = min(last.start, frame.start), max(last.end, frame.end)


def _alike(one: ViewTile, other: ViewTile) -> bool:
    return one is other or (one.width, one.height, one.audible) == (other.width, other.height, other.audible)


def span_cameras(span: Span) -> tuple[SpanCamera, ...]:
    """What was shown in a span: per camera and size the stretches, merged and in order."""
    stretches: dict[tuple[str, int, int, bool], list[TimeRange]] = {}
    for recording, strips in span.strips.items():
        for strip in strips:
            alike = (recording, strip.tile.width, strip.tile.height, strip.tile.audible)
            stretches.setdefault(alike, []).append(TimeRange(strip.start, strip.end))
    return tuple(
        SpanCamera(recording, stretch, width, height, audible)
        for (recording, width, height, audible), found in sorted(stretches.items())
        for stretch in merge(found)
    )
