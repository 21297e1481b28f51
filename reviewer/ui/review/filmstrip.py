"""The filmstrip: a row of pictures of the focused camera under the ruler, one wherever there is room for one.

Pictures are made elsewhere (`services/filmstrip` records that they are seen before it makes them), asked for when the
view has come to rest, kept while they fit, and let go of at once when the screen is covered.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.cameras import ReviewCamera, StretchKind
from reviewer.ui.review.film_row import HEIGHT, FilmRow, slots
from reviewer.ui.review.timeline import Timeline

Thumbs = list[tuple[Utc, NDArray[np.uint8]]]
RequestThumbs = Callable[[str, TimeRange, int, int], Future[Thumbs]]
"""(camera key, stretch, how many pictures evenly over it, their height in device pixels) → each with its own time."""

_REST_MS = 180
_RUN = 12  # pictures asked for at once: an entry in the log each time
_KEPT = 360  # pictures, some 25 kB each
_UNKNOWN = (Utc(0), None)
_PLAYED = (StretchKind.FOOTAGE, StretchKind.SILENT_BUFFER)


class Filmstrip(QObject):
    """Asks for what the row needs, one run of pictures at a time, nearest to the play-head first. `turned` carries
    whether the row is shown."""

    turned = Signal(bool)

    def __init__(self, request: RequestThumbs, bridge: Bridge, timeline: Timeline) -> None:
        super().__init__(timeline)
        self._request, self._bridge, self._timeline = request, bridge, timeline
        self._ratio = timeline.devicePixelRatioF
        self._camera: ReviewCamera | None = None
        self._on = self._covered = False
        self._words = ""
        self._kept: OrderedDict[tuple[str, TimeRange], tuple[Utc, QPixmap] | None] = OrderedDict()
        self._asked: tuple[Future[Thumbs], frozenset[tuple[str, TimeRange]]] | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._ask)
        timeline.view_changed.connect(self._follow)

    # What it is told

    @property
    def on(self) -> bool:
        """Whether the row is wanted."""
        return self._on

    def toggle(self) -> None:
        self.set_on(not self._on)

    def set_on(self, on: bool) -> None:
        """Show the row, or not."""
        if on != self._on:
            self._on = on
            if not on:
                self._let_go()
            self._timeline.set_film(on)
            self.turned.emit(on)
            self._follow()

    def set_camera(self, camera: ReviewCamera | None) -> None:
        """Whose pictures: the focused camera's."""
        if camera != self._camera:
            self._camera, self._words = camera, ""
            self._follow()

    def retime(self) -> None:
        """By other clocks now: what was made lies elsewhere."""
        self._let_go()
        self._follow()

    def cover(self) -> None:
        """Not one picture is kept."""
        self._covered = True
        self._let_go()
        self._show()

    def uncover(self) -> None:
        self._covered = False
        self._follow()

    # What it does

    def _let_go(self) -> None:
        self._rest.stop()
        if self._asked is not None:
            self._asked[0].cancel()
        self._asked = None
        self._kept.clear()
        self._words = ""

    def _follow(self) -> None:
        """The view is another one: what is there is shown at once, the rest asked for when the view rests."""
        if not self._on or self._covered:
            return
        missing = self._show()
        if self._asked is not None and not self._asked[1] & set(missing):
            self._asked[0].cancel()  # scrolled or zoomed away
            self._asked = None
        if missing:
            self._rest.start()

    def _show(self) -> list[tuple[str, TimeRange]]:
        """Give the row what there is; returns what is missing."""
        row, camera = FilmRow(words=self._words), self._camera
        missing: list[tuple[str, TimeRange]] = []
        if self._on and camera is not None:
            row.camera, row.slots = camera, slots(self._timeline.axis)
            rolls = [s.range for s in camera.stretches() if s.kind in _PLAYED]
            filmed = [s for s in row.slots if any(_middle(s) in r for r in rolls)]
            none = {s for s in filmed if self._kept.get((camera.key, s), _UNKNOWN) is None}
            row.wanted = frozenset(filmed) - none
            for slot in filmed if not self._covered else ():
                picture = self._picture(camera.key, slot)
                if picture is not None:
                    row.times[slot], row.pictures[slot] = picture
                if (camera.key, slot) not in self._kept:
                    missing.append((camera.key, slot))
        self._timeline.show_film(row)
        return missing

    def _picture(self, key: str, slot: TimeRange) -> tuple[Utc, QPixmap] | None:
        """The one made for this slot; meanwhile another one that lies in it."""
        made = self._kept.get((key, slot))
        if made is not None:
            self._kept.move_to_end((key, slot))
            return made
        inside = [m for (k, _), m in self._kept.items() if k == key and m is not None and m[0] in slot]
        return min(inside, key=lambda m: abs(m[0] - _middle(slot))) if inside else None

    def _ask(self) -> None:
        if self._asked is not None or self._covered or not self._on:
            return
        missing = self._show()
        if not missing:
            return
        run = _run(missing, self._timeline.now)
        stretch = TimeRange(run[0][1].start, run[-1][1].end)
        try:
            future = self._request(run[0][0], stretch, len(run), round(HEIGHT * self._ratio()))
        except ReviewerError as wrong:
            self._failed(wrong)
            return
        self._asked = (future, frozenset(run))
        self._bridge.watch(
            future, lambda found: self._arrived(future, run, found), lambda e: self._not_made(future, e), self
        )

    def _arrived(self, future: Future[Thumbs], run: list[tuple[str, TimeRange]], found: Thumbs) -> None:
        if self._asked is None or self._asked[0] is not future:
            return  # covered, or looked elsewhere, meanwhile
        self._asked = None
        self._words = ""
        for wanted in run:
            self._kept[wanted] = None  # asked for, and not there
        # Each slot's middle was asked for, in this order; a part that cannot be read leaves its own out.
        places = run if len(found) == len(run) else [_nearest(run, at) for at, _ in found]
        for slot, (at, image) in zip(places, found, strict=True):
            self._kept[slot] = (at, _pixmap(image, self._ratio()))
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self._follow()

    def _not_made(self, future: Future[Thumbs], wrong: ReviewerError) -> None:
        if self._asked is not None and self._asked[0] is future:
            self._asked = None
            self._failed(wrong)

    def _failed(self, wrong: ReviewerError) -> None:
        """Said in the row; asked for again when the view is another one."""
        self._words = wrong.message
        self._show()


def _middle(slot: TimeRange) -> Utc:
    return Utc((slot.start + slot.end) // 2)


def _nearest(run: list[tuple[str, TimeRange]], at: Utc) -> tuple[str, TimeRange]:
    return min(run, key=lambda each: abs(_middle(each[1]) - at))


def _run(missing: list[tuple[str, TimeRange]], now: Utc) -> list[tuple[str, TimeRange]]:
    """Neighbours among what is missing, the ones nearest to the play-head."""
    runs: list[list[tuple[str, TimeRange]]] = []
    for each in missing:
        if runs and runs[-1][-1][1].end == each[1].start and len(runs[-1]) < _RUN:
            runs[-1].append(each)
        else:
            runs.append([each])
    return min(runs, key=lambda run: max(run[0][1].start - now, now - run[-1][1].end, 0))


def _pixmap(image: NDArray[np.uint8], ratio: float) -> QPixmap:
    """Of h×w×4 BGRA."""
    pixels = np.ascontiguousarray(image)
    height, width = pixels.shape[:2]
    made = QPixmap.fromImage(QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32))
    made.setDevicePixelRatio(ratio)
    return made
