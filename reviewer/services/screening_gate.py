"""The gates of a screening: services/viewing.py with another player's name in the entries.

libVLC's times are unsure by `UNCERTAINTY`, and the entries say so beside its name.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from reviewer.domain.events import FileViewClosed, FileViewOpened, Stretch, ViewClosed, ViewOpened
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.media.finished import FinishedFile
from reviewer.media.vlc import UNCERTAINTY
from reviewer.services.journal import Journal
from reviewer.services.spans import Closing, Span, ViewTile, has_failed, span_camera, span_cameras
from reviewer.services.viewing import Permit, Viewing


class ScreeningGate(Viewing):
    """The gate of a screening of recordings: entries name the second player and what its times are worth."""

    def __init__(
        self,
        journal: Journal,
        case: str,
        purpose: str,
        player: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        permit: Permit = lambda: None,
    ) -> None:
        super().__init__(journal, case, purpose, clock=clock, permit=permit)
        self._player = f"{player}, ± {UNCERTAINTY / SECOND:.1f} s"

    def reach(self, at: Utc, recording: str) -> Utc | None:
        """Until when this recording may be shown from this instant on; None where it may not be."""
        if not self.covers(at, recording):
            return None
        edge = at
        while True:
            spans = (s for s in self._spans if s.holds(edge) and recording in s.cameras and self._is_durable(s))
            further = max((s.cameras[recording].shown.end for s in spans), default=edge)
            if further <= edge:
                return edge
            edge = further

    def grow(self, at: Utc, tile: ViewTile) -> None:
        """After a request: announce more, where there is more of a recording than was known when the span that holds
        this instant was announced, and what was announced of it is nearly shown."""
        newest = self._newest(at)
        known = newest.cameras.get(tile.recording) if newest is not None else None
        if newest is not None and known is not None:
            end = min(newest.end, max(each.end for each in tile.rolling))
            if known.shown.end < end and known.shown.end - at < SECOND and self._permit() is None:
                self._open(*self._around(at))  # the span so far goes on covering what it announced

    def _announce(self, planned: TimeRange, rate: int, stretches: tuple[tuple[ViewTile, TimeRange], ...]) -> Span:
        cameras = tuple(span_camera(tile, stretch) for tile, stretch in stretches)
        event = ViewOpened(self._case, uuid.uuid4().hex, planned, rate, cameras, self._purpose, self._player)
        return Span(event, self._journal.record(event))

    def _end(self, span: Span, rate: int) -> None:
        if not has_failed(span.opened):
            closed = ViewClosed(self._case, span.id, rate, span_cameras(span), self._purpose, self._player)
            self._closings.append(Closing(span, closed, self._journal.record(closed)))


class FileGate(ScreeningGate):
    """The gate of a screening of one finished file: its entries name the file by its SHA-256, and times are its own."""

    def __init__(
        self,
        journal: Journal,
        case: str,
        purpose: str,
        player: str,
        file: FinishedFile,
        *,
        clock: Callable[[], float] = time.monotonic,
        permit: Permit = lambda: None,
    ) -> None:
        super().__init__(journal, case, purpose, player, clock=clock, permit=permit)
        self._file = file

    def _announce(self, planned: TimeRange, rate: int, stretches: tuple[tuple[ViewTile, TimeRange], ...]) -> Span:
        cameras = tuple(span_camera(tile, stretch) for tile, stretch in stretches)
        inner = ViewOpened(self._case, uuid.uuid4().hex, planned, rate, cameras, self._purpose)
        camera = cameras[0] if cameras else None
        planned = camera.shown if camera else planned
        opened = FileViewOpened(
            inner.span,
            self._file.sha256,
            self._file.path.name,
            Stretch(Micros(max(0, planned.start)), Micros(max(0, planned.end))),
            rate,
            camera.width if camera else 0,
            camera.height if camera else 0,
            camera.audible if camera else False,
            self._purpose,
            self._player,
            self._case or None,
        )
        return Span(inner, self._journal.record(opened))

    def _end(self, span: Span, rate: int) -> None:
        if has_failed(span.opened):
            return
        shown = tuple(Stretch(Micros(c.shown.start), Micros(c.shown.end)) for c in span_cameras(span))
        closed = FileViewClosed(
            span.id,
            self._file.sha256,
            self._file.path.name,
            shown,
            rate,
            self._purpose,
            self._player,
            self._case or None,
        )
        self._closings.append(Closing(span, closed, self._journal.record(closed)))
