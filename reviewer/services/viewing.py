"""The gate: footage is shown only inside a span that is durable in the access log (house.md, "View → entry").

Playback asks at every tick, on its own thread; nothing here waits for the disk:

    viewing.request(at, rate_milli, tiles, coming)  opens the spans that are needed, and the next one ahead of need
    viewing.covers(at, recording, frame)          may this be painted now?
    viewing.hears(at, recording)                  may this be heard now?
    viewing.shown(at, {recording: frame})         this was painted
    viewing.heard(at, {recording: stretch})       … and this was heard without its picture
    viewing.hold(held)                            these single frames stay on the screen while the clock goes on
    viewing.rest() / viewing.close()              pause for long, lock, leave: the closing entries say what was shown

While `covers` is False and `stopped` is None, what is painted stays and nothing new comes: a few milliseconds after a
seek. Once `stopped` says why, the picture is covered until `retry`.

Nothing new is opened while `permit` says why not (no witness has seen the log for too long): what is announced goes on
to the end of its span, then `stopped` says it.

Spans are so long that what is announced and not yet shown never exceeds 10 s of footage: a crash over-reports by that
much and never under-reports.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future

from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.domain.events import ViewClosed, ViewOpened, Visible
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.services.journal import Journal, Recorded
from reviewer.services.logtrouble import unsayable
from reviewer.services.spans import (
    Closing,
    Look,
    Span,
    ViewTile,
    add_frame,
    has_failed,
    joined,
    look_of,
    span_camera,
    span_cameras,
)

LONGEST = 10 * SECOND  # of footage announced and not yet shown
BEHIND = SECOND  # a frame begins before the instant that falls into it
_LEAD_WALL = 1_500  # ms of wall time that the next span is opened ahead
_LEAD_MOST = 4 * SECOND
_JOIN = 100_000  # µs at 1x: frames painted one after another are one stretch, those skipped at speed included
_SEEK_EVERY = 0.1  # s between spans for seeks: dragging makes ten entries a second, not one a mouse move
_DRAGGING = 1.0  # s: seeks that leave their span sooner than this are a drag
_DRAGGED = LONGEST // 2  # what is announced of where a hand drags to, as two such stretches may stand at once
_NO_LOOKS: Mapping[str, Look] = {}

Permit = Callable[[], ReviewerError | None]
"""Why no new view may be opened now; None: it may. Asked at every tick."""


class Viewing:
    """The gate of one person's view of one case. All methods on one thread (the GUI's)."""

    def __init__(
        self,
        journal: Journal,
        case: str,
        purpose: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        permit: Permit = lambda: None,
    ) -> None:
        self._journal = journal
        self._permit = permit
        self._case = case
        self._purpose = purpose
        self._clock = clock
        self._spans: list[Span] = []  # in the order they were opened
        # frames that are held: a span each, two while one grows
        self._held: dict[tuple[str, TimeRange], list[Span]] = {}
        self._closings: list[Closing] = []
        self._tiles: dict[str, ViewTile] = {}
        self._given: tuple[ViewTile, ...] = ()
        self._saying: Span | None = None  # it announces all of these tiles
        self._rate = 0
        self._clocks = SIGNED
        self._painted: dict[str, TimeRange] = {}  # the frame that each camera's tile holds
        self._sought: Future[Recorded] | None = None
        self._sought_at = -_DRAGGING
        self._sought_place = Utc(0)
        self._known_failure: LogUnwritable | None = journal.failed
        self._stopped: ReviewerError | None = None
        self._closed = False
        self.painted_outside = 0
        """Frames that were painted although the gate was shut: 0, or playback is wrong."""

    @property
    def stopped(self) -> ReviewerError | None:
        """Why nothing may be shown: the log cannot be written, or nobody vouches for it. None while all is well."""
        return self._stopped

    def request(self, at: Utc, rate_milli: int, tiles: tuple[ViewTile, ...], coming: Utc | None = None) -> None:
        """Say what is about to be shown: the instant, the pace (1000 is 1x, 0 standing still, negative backwards), the
        tiles, and the instant to which a hand has dragged meanwhile. Once a tick; cheap while nothing changes."""
        self._settle()
        if self._stopped or self._closed:
            return
        if tiles is not self._given:
            self._tell(tiles)
        if rate_milli != self._rate:
            self._close_spans(self._spans)
            self._rate = rate_milli
        then = at if coming is None or rate_milli else coming
        kept = (at, then)
        self._close_spans([s for s in self._spans if not any(map(s.holds, kept)) and not self._is_ahead(s, at)])
        newest = self._newest(at)
        refused = self._permit()
        if refused is not None:
            if newest is None:
                self._stop(refused)
            return
        if newest is None or self._newest(then) is None:
            self._seek(then if newest is not None else at)
        if newest is None:
            return
        if not self._says_all(newest):
            self._open(*self._around(at))  # the span so far goes on covering what it announced
        elif self._rate:
            self._open_ahead(at, newest)
        self._close_superseded(at)

    def _says_all(self, span: Span) -> bool:
        """Whether it announces all that the tiles show. Neither changes: a span that does is asked once."""
        if self._saying is not span and all(map(span.announces, self._tiles.values())):
            self._saying = span
        return self._saying is span

    def _tell(self, tiles: tuple[ViewTile, ...]) -> None:
        """These are the tiles now. What a hidden one held is on no screen any more, and would be painted anew."""
        self._given, self._saying = tiles, None
        self._tiles = {tile.recording: tile for tile in tiles}
        unseen = {tile.recording for tile in tiles if not tile.width * tile.height}
        self._painted = {key: frame for key, frame in self._painted.items() if key not in unseen}

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

    def shown(self, at: Utc, frames: Mapping[str, TimeRange], looks: Mapping[str, Look] = _NO_LOOKS) -> None:
        """Say what is painted at this instant: for each camera the stretch of UTC of its frame, and how it stands
        there (without a word, as its tile was announced). Once a tick."""
        join = max(1, _JOIN * abs(self._rate) // 1000)
        open_here = self._open_at(at)
        for recording, frame in frames.items():
            tile = self._tiles.get(recording)
            if tile is not None and not tile.perceived:
                continue
            before = self._painted.get(recording)
            self._painted[recording] = frame
            span = open_here.get(recording)
            if span is not None and tile is not None and frame.start < span.end and span.start < frame.end:
                strips = span.strips.get(recording)
                if strips is None:
                    strips = span.strips[recording] = []
                    frame = joined(before, frame, join)  # what came before is said in the span before this one
                add_frame(strips, frame, looks.get(recording) or look_of(tile, self._rate), join)
            elif before != frame:  # a held frame was said when it was painted
                self._outside(recording, frame, tile, join)

    def heard(self, at: Utc, stretches: Mapping[str, TimeRange], visible: Visible = Visible.YES) -> None:
        """Say what was heard up to this instant of cameras whose picture of it is not on the screen; `visible`: how the
        window stands meanwhile."""
        join = max(1, _JOIN * abs(self._rate) // 1000)
        open_here = self._open_at(at)
        for recording, stretch in stretches.items():
            tile, span = self._tiles.get(recording), open_here.get(recording)
            if tile is not None and span is not None:
                alone = Look(0, 0, audible=True, heard=True, visible=visible)
                add_frame(span.strips.setdefault(recording, []), stretch, alone, join)

    def _outside(self, recording: str, frame: TimeRange, tile: ViewTile | None, join: int) -> None:
        """Playback broke the rule. What was shown is still said, wherever there is a span to say it in."""
        self.painted_outside += 1
        if self._spans and tile is not None:
            strips = self._spans[-1].strips.setdefault(recording, [])
            add_frame(strips, frame, look_of(tile, self._rate), join)

    def hold(self, held: tuple[ViewTile, ...]) -> None:
        """Say which single frames stay on the screen beside what the clock asks for, each as a tile that rolls for just
        that frame. Once a tick, after `request`; one that is no longer among them is shown no longer."""
        if self._stopped or self._closed:
            return
        wanted = {(tile.recording, tile.rolling[0]): tile for tile in held if tile.perceived}
        for key, spans in tuple(self._held.items()):
            if key not in wanted:
                self._end_held(key, spans)
            elif len(spans) > 1 and self._is_durable(spans[-1]):
                self._end_held(key, spans[:-1])
        for key, tile in wanted.items() if self._permit() is None else ():
            spans = self._held.setdefault(key, [])
            if not spans or not spans[-1].announces(tile):
                spans.append(self._announce(tile.rolling[0], 0, ((tile, tile.rolling[0]),)))

    def covers_held(self, tile: ViewTile) -> bool:
        """Whether this held frame may be painted now."""
        return self._held_span(tile) is not None

    def shown_held(self, tile: ViewTile, look: Look | None = None) -> None:
        """Say that this held frame is painted, and how it stands there. Once a tick."""
        if not tile.perceived:
            return
        span, frame, look = self._held_span(tile), tile.rolling[0], look or look_of(tile, 0)
        if span is None:
            self._outside(tile.recording, frame, tile, 1)
        elif not span.strips or span.strips[tile.recording][-1].look != look:
            add_frame(span.strips.setdefault(tile.recording, []), frame, look, 1)

    def stands_held(self, tile: ViewTile) -> bool:
        """Whether this held frame is on the screen: painted, and covered by a durable entry."""
        span = self._held_span(tile)
        return span is not None and bool(span.strips)

    def _held_span(self, tile: ViewTile) -> Span | None:
        if self._stopped or self._closed or self._journal.failed is not self._known_failure:
            return None
        spans = self._held.get((tile.recording, tile.rolling[0]), [])
        return next((span for span in reversed(spans) if self._is_durable(span)), None)

    def _end_held(self, key: tuple[str, TimeRange], spans: list[Span]) -> None:
        for span in tuple(spans):
            self._held[key].remove(span)
            self._end(span, 0)
        if not self._held[key]:
            del self._held[key]

    def rest(self) -> tuple[Future[Recorded], ...]:
        """Close every span, saying what was shown. Nothing is covered until the next `request`. The Futures end when
        the closing entries are durable."""
        self._close_all()
        return tuple(closing.future for closing in self._closings)

    def set_clocks(self, wall: WallTime) -> None:
        """By which clocks wall time is from now on. Every span closes; entries are in stated time, by either."""
        self._close_all()
        self._clocks, self._sought, self._sought_at = wall, None, -_DRAGGING

    def retry(self) -> None:
        """Go on after the log could not be written: closing entries that failed are written again first."""
        if self._closed:
            return
        self._stopped = None
        self._known_failure = self._journal.failed
        self._record_failed_closings()

    def close(self) -> tuple[Future[Recorded], ...]:
        """Close every span for good. Called again, it writes the closing entries that failed anew."""
        self._record_failed_closings()
        if not self._closed:
            self.rest()
            self._closed = True
        return tuple(closing.future for closing in self._closings)

    # -- spans -------------------------------------------------------------------------------------------------------

    def _seek(self, at: Utc) -> None:
        """Open a span at a place that none covers; while dragging, one that covers more of where the hand goes, ten a
        second."""
        now = self._clock()
        waiting = self._sought is not None and not self._sought.done()
        if waiting or now - self._sought_at < _SEEK_EVERY:
            return
        dragging = self._rate == 0 and now - self._sought_at < _DRAGGING
        onwards, self._sought_place = at >= self._sought_place, at
        self._sought_at = now
        start, end = self._around(at)
        if dragging and onwards:
            end = start + _DRAGGED
        elif dragging:
            start = end - _DRAGGED
        self._sought = self._open(start, end)

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

    def _open_ahead(self, at: Utc, newest: Span) -> None:
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
        overlaps = ((t, planned.overlap(each)) for t in self._tiles.values() if t.perceived for each in t.rolling)
        stretches = tuple((tile, stretch) for tile, stretch in overlaps if stretch is not None)
        self._spans.append(self._announce(planned, self._rate, stretches))
        return self._spans[-1].opened

    def _announce(self, planned: TimeRange, rate: int, stretches: tuple[tuple[ViewTile, TimeRange], ...]) -> Span:
        cameras = tuple(span_camera(tile, stretch, self._clocks) for tile, stretch in stretches)
        event = ViewOpened(self._case, uuid.uuid4().hex, planned, rate, cameras, self._purpose)
        return Span(event, self._journal.record(event), self._clocks)

    def _is_ahead(self, span: Span, at: Utc) -> bool:
        """Whether it is the span that playing will come to next."""
        edge, now = (span.start, self._newest(at)) if self._rate > 0 else (span.end, self._newest(at))
        return self._rate != 0 and now is not None and edge == (now.end if self._rate > 0 else now.start)

    def _newest(self, at: Utc) -> Span | None:
        return next((span for span in reversed(self._spans) if span.holds(at)), None)

    def _open_at(self, at: Utc) -> dict[str, Span]:
        """Of each camera the newest durable span that holds this instant."""
        spans = (span for span in self._spans if span.holds(at) and self._is_durable(span))
        return {recording: span for span in spans for recording in span.cameras}

    def _is_durable(self, span: Span) -> bool:
        if not span.durable and span.opened.done():
            span.durable = span.opened.exception() is None
        return span.durable

    def _close_superseded(self, at: Utc) -> None:
        """Once a newer span covers this instant durably, the older ones end."""
        newest = self._newest(at)
        if newest is not None and len(self._spans) > 1 and self._is_durable(newest):
            self._close_spans([span for span in self._spans if span is not newest and span.holds(at)])

    def _close_spans(self, spans: list[Span]) -> None:
        for span in tuple(spans):
            self._spans.remove(span)
            self._end(span, self._rate)

    def _close_all(self) -> None:
        self._close_spans(self._spans)
        for key, spans in tuple(self._held.items()):
            self._end_held(key, spans)
        self._painted.clear()

    def _end(self, span: Span, rate: int) -> None:
        if not has_failed(span.opened):  # else never announced, so never shown
            closed = ViewClosed(self._case, span.id, rate, span_cameras(span), self._purpose)
            self._closings.append(Closing(span, closed, self._journal.record(closed)))

    def _record_failed_closings(self) -> None:
        kept = []
        for closing in self._closings:
            if has_failed(closing.future):  # asked once: one that fails from here on is kept for the next time
                if not self._is_durable(closing.span):  # never announced, so never shown
                    continue
                closing.future = self._journal.record(closing.event)
            kept.append(closing)
        self._closings = kept

    # -- when the log fails ------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """See whether anything that was to be written could not be: then nothing is shown any more."""
        if self._stopped or self._closed:
            return
        failed = self._journal.failed
        if failed is None:
            self._known_failure = None
            if not self._closings and not self._held and all(span.durable for span in self._spans):
                return  # as at nearly every tick
        spans = [*self._spans, *(span for held in self._held.values() for span in held)]
        waiting = (span.opened for span in spans if not self._is_durable(span))
        futures = [*waiting, *(closing.future for closing in self._closings)]
        errors = [future.exception() for future in futures if future.done()]
        error = next((e for e in errors if e is not None), failed if failed is not self._known_failure else None)
        if error is not None:
            self._stop(error if isinstance(error, ReviewerError) else unsayable(error))
        elif self._closings:
            self._closings = [c for c in self._closings if not c.future.done() or has_failed(c.future)]  # since then

    def _stop(self, why: ReviewerError) -> None:
        self._stopped = why
        self._close_all()
