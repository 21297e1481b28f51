"""What was watched: read once, then kept up from each view's own closing entry. The white strips, and the way to what
nobody saw yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer.domain.events import ViewClosed, Visible
from reviewer.domain.timebase import TimeRange
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.records.queries import Watched
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.scene import FAST, WatchedStretch, fold, fold_watched, unwatched

_EVERY = 1000  # ms: a view ends ten times a second while somebody drags


class History(QObject):
    """`changed` carries a camera's key and its stretches, `updated` follows when all that changed were told.
    `watched(recording)` reads them from the records, in stated time; `clocks` are the wall's."""

    changed = Signal(str, object)
    updated = Signal()

    def __init__(
        self,
        watched: Callable[[str], Iterable[Watched]],
        bridge: Bridge,
        parent: QObject | None = None,
        *,
        clocks: Callable[[], WallTime] = lambda: SIGNED,
    ) -> None:
        super().__init__(parent)
        self._clocks = clocks
        self._read = watched
        self._known: dict[str, tuple[WatchedStretch, ...]] = {}
        self._fresh: dict[str, list[WatchedStretch]] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_EVERY)
        self._later.timeout.connect(self._fold)
        bridge.on(ViewClosed, self._ended, self)

    @property
    def watched(self) -> dict[str, tuple[WatchedStretch, ...]]:
        return self._known

    def follow(self, cameras: Iterable[ReviewCamera]) -> None:
        """Read what there is of cameras that are new here."""
        new = {c.key for c in cameras} - set(self._known)
        for key in new:
            self._known[key] = self._on_wall(key, fold_watched(self._read(key)))
            self.changed.emit(key, self._known[key])
        if new:
            self.updated.emit()

    def retime(self, cameras: Iterable[ReviewCamera]) -> None:
        """By other clocks now: everything lies elsewhere."""
        self._known.clear()
        self._fresh.clear()
        self.follow(cameras)

    def _on_wall(self, key: str, stated: Iterable[WatchedStretch]) -> tuple[WatchedStretch, ...]:
        clocks = self._clocks()
        return tuple(WatchedStretch(clocks.range_to_wall(key, each.range), each.fast) for each in stated)

    def unwatched(self, camera: ReviewCamera | None) -> tuple[TimeRange, ...]:
        """What of a camera's footage nobody watched yet."""
        if camera is None or not camera.assigned:
            return ()
        return unwatched(camera.manifest.rolling, self._known.get(camera.key, ()))

    def _fold(self) -> None:
        for key, fresh in self._fresh.items():
            self._known[key] = fold((*self._known.get(key, ()), *self._on_wall(key, fresh)))
            self.changed.emit(key, self._known[key])
        self._fresh.clear()
        self.updated.emit()

    def stop(self) -> None:
        self._later.stop()

    def _ended(self, recorded: object) -> None:
        event = getattr(recorded, "event", recorded)
        if isinstance(event, ViewClosed):
            for camera in event.cameras:
                seen = camera.visible not in (Visible.COVERED, Visible.MINIMISED)
                if seen and camera.width > 0 and camera.shown.duration:
                    stretch = WatchedStretch(camera.shown, abs(event.rate_milli) > FAST)
                    self._fresh.setdefault(camera.recording, []).append(stretch)
            if not self._later.isActive():
                self._later.start()
