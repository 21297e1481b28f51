"""The gate: footage is shown only inside a span that is durable in the access log (house.md, "View → entry").

Playback asks at every tick, on its own thread; nothing here waits for the disk:

    viewing.request(at, rate_milli, tiles)        opens the spans that are needed, and the next one ahead of need
    viewing.covers(at, recording, frame)          may this be painted now?
    viewing.hears(at, recording)                  may this be heard now?
    viewing.shown(at, {recording: frame})         this was painted
    viewing.rest() / viewing.close()              pause for long, lock, leave: the closing entries say what was shown

While `covers` is False and `stopped` is None, what is painted stays and nothing new comes: a few milliseconds after a
seek. Once `stopped` says why, the picture is covered until `retry`.

Spans are so long that what is announced and not yet shown never exceeds 10 s of footage: a crash over-reports by that
much and never under-reports.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.domain.events import SpanCamera, ViewClosed, ViewOpened
from reviewer.domain.timebase import SECOND, TimeRange, Utc, merge
from reviewer.services.journal import Journal, Recorded

LONGEST = 10 * SECOND  # of footage announced and not yet shown
BEHIND = SECOND  # a frame begins before the instant that falls into it
_LEAD_WALL = 1_500  # ms of wall time that the next span is opened ahead
_LEAD_MOST = 4 * SECOND
_JOIN = 100_000  # µs at 1x: frames painted one after another are one stretch, those skipped at speed included
_SEEK_EVERY = 0.1  # s between spans for seeks: dragging makes ten entries a second, not one a mouse move
_DRAGGING = 1.0  # s: seeks that leave their span sooner than this are a drag
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


class _Span:
    """Announced footage, and what of it was shown."""

    __slots__ = ("cameras", "durable", "end", "id", "opened", "start", "strips")

    def __init__(self, event: ViewOpened, opened: Future[Recorded]) -> None:
        self.id = event.span
        self.start, self.end = event.planned.start, event.planned.end
        self.cameras = {camera.recording: camera for camera in event.cameras}
        self.opened = opened
        self.durable = False
        self.strips: dict[str, list[_Strip]] = {}

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


class _Strip:
    """A stretch of one camera that was painted at one size."""

    __slots__ = ("end", "start", "tile")

    def __init__(self, frame: TimeRange, tile: ViewTile) -> None:
        self.start, self.end, self.tile = frame.start, frame.end, tile


@dataclass(slots=True)
class _Closing:
    """A closing entry that is on its way into the log."""

    span: _Span
    event: ViewClosed
    future: Future[Recorded]


class Viewing:
    """The gate of one person's view of one case. All methods on one thread (the GUI's)."""

    def __init__(
        self, journal: Journal, case: str, purpose: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._journal = journal
        self._case = case
        self._purpose = purpose
        self._clock = clock
        self._spans: list[_Span] = []  # in the order they were opened
        self._closings: list[_Closing] = []
        self._tiles: dict[str, ViewTile] = {}
        self._given: tuple[ViewTile, ...] = ()
        self._rate = 0
        self._painted: dict[str, TimeRange] = {}  # the frame that each camera's tile holds
        self._sought: Future[Recorded] | None = None
        self._sought_at = -_DRAGGING
        self._known_failure: LogUnwritable | None = journal.failed
        self._stopped: ReviewerError | None = None
        self._closed = False
        self.painted_outside = 0
        """Frames that were painted although the gate was shut: 0, or playback is wrong."""

    @property
    def stopped(self) -> ReviewerError | None:
        """Why nothing may be shown: the log cannot be written. None while all is well."""
        return self._stopped

    def request(self, at: Utc, rate_milli: int, tiles: tuple[ViewTile, ...]) -> None:
        """Say what is about to be shown: the instant, the pace (1000 is 1x, 0 standing still, negative backwards) and
        the tiles. Once a tick; cheap while nothing changes."""
        self._settle()
        if self._stopped or self._closed:
            return
        if tiles is not self._given:
            self._given = tiles
            self._tiles = {tile.recording: tile for tile in tiles}
        if rate_milli != self._rate:
            self._close_spans(self._spans)
            self._rate = rate_milli
        self._close_spans([span for span in self._spans if not span.holds(at) and not self._is_ahead(span, at)])
        newest = self._newest(at)
        if newest is None:
            self._seek(at)
            return
        if not all(newest.announces(tile) for tile in self._tiles.values()):
            self._open(*self._around(at))  # the span so far goes on covering what it announced
        elif self._rate:
            self._open_ahead(at, newest)
        self._close_superseded(at)

    def covers(self, at: Utc, recording: str | None = None, frame: TimeRange | None = None) -> bool:
        """Whether footage of this instant may be painted: of any camera, of this one, of this one this very frame.
        The frame that a tile holds already stays allowed while the tile's camera is."""
        if self._stopped or self._closed or self._journal.failed is not self._known_failure:
            return False
        for span in self._spans:
            if span.start <= at < span.end and (recording is None or recording in span.cameras):
                if not (span.durable or self._is_durable(span)):
                    continue
                if frame is None or (frame.start < span.end and span.start < frame.end):
                    return True
                if recording is not None and self._painted.get(recording) == frame:
                    return True
        return False

    def stands(self, at: Utc, recording: str, frame: TimeRange) -> bool:
        """Whether this very frame is on the screen at this instant: painted, and covered by a durable entry."""
        return self._painted.get(recording) == frame and self.covers(at, recording, frame)

    def hears(self, at: Utc, recording: str) -> bool:
        """Whether this camera's sound may be played at this instant."""
        heard = (s for s in self._spans if s.holds(at) and recording in s.cameras and s.cameras[recording].audible)
        return self.covers(at, recording) and any(self._is_durable(span) for span in heard)

    def shown(self, at: Utc, frames: Mapping[str, TimeRange]) -> None:
        """Say what is painted at this instant: for each camera the stretch of UTC of its frame. Once a tick."""
        join = max(1, _JOIN * abs(self._rate) // 1000)
        for recording, frame in frames.items():
            tile = self._tiles.get(recording)
            if tile is not None and not tile.perceived:
                continue
            before = self._painted.get(recording)
            self._painted[recording] = frame
            span = self._covering(at, recording)
            if span is not None and tile is not None and frame.start < span.end and span.start < frame.end:
                strips = span.strips.get(recording)
                if strips is None:
                    strips = span.strips[recording] = []
                    frame = _joined(before, frame, join)  # what came before is said in the span before this one
                _add(strips, frame, tile, join)
            elif before != frame:  # a held frame was said when it was painted
                self._outside(recording, frame, tile, join)

    def _outside(self, recording: str, frame: TimeRange, tile: ViewTile | None, join: int) -> None:
        """Playback broke the rule. What was shown is still said, wherever there is a span to say it in."""
        self.painted_outside += 1
        if self._spans and tile is not None:
            _add(self._spans[-1].strips.setdefault(recording, []), frame, tile, join)

    def rest(self) -> tuple[Future[Recorded], ...]:
        """Close every span, saying what was shown. Nothing is covered until the next `request`. The Futures end when
        the closing entries are durable."""
        self._close_spans(self._spans)
        self._painted.clear()
        return tuple(closing.future for closing in self._closings)

    def retry(self) -> None:
        """Go on after the log could not be written: closing entries that failed are written again first."""
        if self._closed:
            return
        self._stopped = None
        self._known_failure = self._journal.failed
        self._record_failed_closings()

    def close(self) -> tuple[Future[Recorded], ...]:
        """Close every span for good. Calling it twice is no error."""
        if not self._closed:
            self._record_failed_closings()
            self.rest()
            self._closed = True
        return tuple(closing.future for closing in self._closings)

    # -- spans -------------------------------------------------------------------------------------------------------

    def _seek(self, at: Utc) -> None:
        """Open a span at a place that none covers; while dragging, one that covers the neighbourhood, ten a second."""
        now = self._clock()
        waiting = self._sought is not None and not self._sought.done()
        if waiting or now - self._sought_at < _SEEK_EVERY:
            return
        dragging = self._rate == 0 and now - self._sought_at < _DRAGGING
        self._sought_at = now
        half = LONGEST // 2
        self._sought = self._open(at - half, at + half) if dragging else self._open(*self._around(at))

    def _around(self, at: Utc) -> tuple[int, int]:
        """Where a span that starts at this instant begins and ends."""
        if self._rate == 0:
            return at - BEHIND, at + BEHIND
        length = LONGEST - self._lead
        start = at - BEHIND if self._rate > 0 else at + BEHIND - length
        return start, start + length

    @property
    def _lead(self) -> int:
        """µs of footage before a span's end at which the next one is opened."""
        return min(_LEAD_WALL * abs(self._rate), _LEAD_MOST)

    def _open_ahead(self, at: Utc, newest: _Span) -> None:
        forward = self._rate > 0
        edge = newest.end if forward else newest.start
        if abs(edge - at) >= self._lead or any((s.start if forward else s.end) == edge for s in self._spans):
            return
        if not any(each.end > edge if forward else each.start < edge for t in self._given for each in t.rolling):
            return  # no footage beyond
        length = LONGEST - self._lead
        self._open(*((edge, edge + length) if forward else (edge - length, edge)))

    def _open(self, start: int, end: int) -> Future[Recorded]:
        planned = TimeRange(Utc(start), Utc(end))
        perceived = (tile for tile in self._tiles.values() if tile.perceived)
        overlaps = ((tile, planned.overlap(each)) for tile in perceived for each in tile.rolling)
        cameras = tuple(_camera(tile, stretch) for tile, stretch in overlaps if stretch is not None)
        event = ViewOpened(self._case, uuid.uuid4().hex, planned, self._rate, cameras, self._purpose)
        opened = self._journal.record(event)
        self._spans.append(_Span(event, opened))
        return opened

    def _is_ahead(self, span: _Span, at: Utc) -> bool:
        """Whether it is the span that playing will come to next."""
        edge, now = (span.start, self._newest(at)) if self._rate > 0 else (span.end, self._newest(at))
        return self._rate != 0 and now is not None and edge == (now.end if self._rate > 0 else now.start)

    def _newest(self, at: Utc) -> _Span | None:
        return next((span for span in reversed(self._spans) if span.holds(at)), None)

    def _covering(self, at: Utc, recording: str) -> _Span | None:
        known = (s for s in reversed(self._spans) if s.holds(at) and recording in s.cameras)
        return next((span for span in known if self._is_durable(span)), None)

    def _is_durable(self, span: _Span) -> bool:
        if not span.durable and span.opened.done():
            span.durable = span.opened.exception() is None
        return span.durable

    def _close_superseded(self, at: Utc) -> None:
        """Once a newer span covers this instant durably, the older ones end."""
        newest = self._newest(at)
        if newest is not None and len(self._spans) > 1 and self._is_durable(newest):
            self._close_spans([span for span in self._spans if span is not newest and span.holds(at)])

    def _close_spans(self, spans: list[_Span]) -> None:
        for span in tuple(spans):
            self._spans.remove(span)
            if _has_failed(span.opened):
                continue  # never announced, so never shown
            closed = ViewClosed(self._case, span.id, self._rate, _cameras(span), self._purpose)
            self._closings.append(_Closing(span, closed, self._journal.record(closed)))

    def _record_failed_closings(self) -> None:
        for closing in self._closings:
            if _has_failed(closing.future) and self._is_durable(closing.span):
                closing.future = self._journal.record(closing.event)
        self._closings = [closing for closing in self._closings if not _has_failed(closing.future)]

    # -- when the log fails ------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """See whether anything that was to be written could not be: then nothing is shown any more."""
        if self._stopped or self._closed:
            return
        failed = self._journal.failed
        if failed is None:
            self._known_failure = None
        waiting = [span.opened for span in self._spans if not self._is_durable(span)]
        futures = [*waiting, *(closing.future for closing in self._closings)]
        errors = [future.exception() for future in futures if future.done()]
        error = next((e for e in errors if e is not None), failed if failed is not self._known_failure else None)
        if error is not None:
            self._stopped = error if isinstance(error, ReviewerError) else _unsayable(error)
            self._close_spans(self._spans)
            self._painted.clear()
        elif self._closings:
            self._closings = [closing for closing in self._closings if not closing.future.done()]


def _has_failed(future: Future[Recorded]) -> bool:
    return future.done() and future.exception() is not None


def _camera(tile: ViewTile, stretch: TimeRange) -> SpanCamera:
    return SpanCamera(tile.recording, stretch, tile.width, tile.height, tile.audible)


def _joined(before: TimeRange | None, frame: TimeRange, join: int) -> TimeRange:
    """The frame with the few that were skipped since the one before it, as at speed frames are."""
    if before is None:
        return frame
    if before.end < frame.start <= before.end + join:
        return TimeRange(before.end, frame.end)
    if frame.end < before.start <= frame.end + join:
        return TimeRange(frame.start, before.start)
    return frame


def _add(strips: list[_Strip], frame: TimeRange, tile: ViewTile, join: int) -> None:
    """Lengthen the newest strip by a frame, or begin another."""
    last = strips[-1] if strips else None
    if last is None or frame.start > last.end + join or frame.end < last.start - join or not _alike(last.tile, tile):
        strips.append(_Strip(frame, tile))
        return
    last.start, last.end = min(last.start, frame.start), max(last.end, frame.end)


def _alike(one: ViewTile, other: ViewTile) -> bool:
    return one is other or (one.width, one.height, one.audible) == (other.width, other.height, other.audible)


def _cameras(span: _Span) -> tuple[SpanCamera, ...]:
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


def _unsayable(error: BaseException) -> ReviewerError:
    return LogUnwritable(f"This view cannot be written into the log: {error}.", "Tell who looks after this program.")
