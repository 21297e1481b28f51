"""The sound of an open case measured for its lanes, in the background and only as far as somebody looks.

Twelve hours of nine cameras are seventy-two parts: measuring all of them at opening would keep the machine busy for
minutes. So one part is measured at a time: of those in view the nearest to the play-head first, the focused camera
before the others, none while footage plays; and what has scrolled away before its turn is not measured.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from PySide6.QtCore import QObject, QTimer

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.waveform import Peaks as RawPeaks
from reviewer.services.footage import CaseCamera
from reviewer.services.sync import ObjectState
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.peaks import Peaks
from reviewer.ui.review.screen import ReviewScreen

PER_SECOND = 50
_LOOK_MS = 400
Measure = Callable[[CaseCamera, int, Callable[[], bool]], Future[RawPeaks]]
"""(camera, part, whether to give up) → its peaks, `PER_SECOND` pairs a second; Cancelled if it was given up."""


class Waveforms(QObject):
    """Of one open case. `close` gives up what is being measured."""

    def __init__(self, screen: ReviewScreen, measure: Measure, bridge: Bridge, playing: Callable[[], bool]) -> None:
        super().__init__(screen)
        self._screen, self._measure, self._bridge, self._playing = screen, measure, bridge, playing
        self._cameras: tuple[CaseCamera, ...] = ()
        self._tried: set[tuple[str, int]] = set()
        self._drawn: dict[tuple[str, int], Peaks] = {}
        self._now: tuple[tuple[str, int], threading.Event] | None = None
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._go_on)
        screen.timeline.view_changed.connect(self._look.start)

    @property
    def done(self) -> bool:
        """Whether the sound of every part that is here and in view is drawn."""
        return self._now is None and not self._wanted()

    def set_cameras(self, cameras: tuple[CaseCamera, ...]) -> None:
        """As things stand on this machine, and on the wall, now."""
        self._cameras = cameras
        for camera in cameras:
            for part in range(len(camera.aligned.parts)):
                drawn = self._drawn.get((camera.key, part))
                if drawn is not None:
                    drawn.place(*_place(camera, part))
        self._look.start()

    def close(self) -> None:
        self._look.stop()
        self._give_up()
        self._cameras = ()

    def _give_up(self) -> None:
        if self._now is not None:
            self._now[1].set()
            self._now = None

    def _wanted(self) -> list[tuple[CaseCamera, int]]:
        """What is in view, here, and not measured yet; the best first."""
        timeline, wall = self._screen.timeline, self._screen.wall
        shown, window, now = {c.key for c in wall.cameras}, timeline.axis.window, timeline.now
        found = [
            (camera.key != wall.focused, _away(part.range, now), camera.number, index, camera)
            for camera in self._cameras
            if camera.key in shown and not camera.is_still
            for index, (part, status) in enumerate(zip(camera.aligned.parts, camera.objects, strict=False))
            if status.state is ObjectState.PRESENT
            and (camera.key, index) not in self._tried
            and part.range.overlap(window) is not None
        ]
        return [(each[4], each[3]) for each in sorted(found, key=lambda each: each[:4])]

    def _go_on(self) -> None:
        wanted = self._wanted()
        if self._now is not None:
            if self._now[0] not in {(camera.key, part) for camera, part in wanted}:
                self._give_up()
            return
        if not wanted:
            self._look.stop()
        elif not self._playing():
            self._begin(*wanted[0])

    def _begin(self, camera: CaseCamera, part: int) -> None:
        gone = threading.Event()
        self._now = (camera.key, part), gone
        job = self._measure(camera, part, gone.is_set)
        self._bridge.watch(
            job, partial(self._measured, camera, part, gone), partial(self._failed, camera, part, gone), self
        )

    def _measured(self, camera: CaseCamera, part: int, gone: threading.Event, pairs: RawPeaks) -> None:
        self._tried.add((camera.key, part))
        if len(pairs):
            now = next((c for c in self._cameras if c.key == camera.key), camera)  # aligned meanwhile, perhaps
            drawn = self._drawn[camera.key, part] = Peaks(*_place(now, part), pairs)
            self._screen.add_peaks(camera.key, drawn)
        self._ended(gone)

    def _failed(self, camera: CaseCamera, part: int, gone: threading.Event, wrong: ReviewerError) -> None:
        if not isinstance(wrong, Cancelled):
            self._tried.add((camera.key, part))
            self._screen.say(wrong)
        self._ended(gone)

    def _ended(self, gone: threading.Event) -> None:
        if self._now is not None and self._now[1] is gone:
            self._now = None
            self._go_on()


def _place(camera: CaseCamera, part: int) -> tuple[Utc, float]:
    """Where a part's peaks lie on the wall: their start, and how many there are in a second of it."""
    aligned = camera.aligned
    return aligned.parts[part].started_at, PER_SECOND / (1 + (aligned.clock.drift_ppb or 0) / 1e9)


def _away(part: TimeRange, now: Utc) -> int:
    return max(part.start - now, now - part.end, 0)
