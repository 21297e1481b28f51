"""What was watched, read again whenever a view has ended: the white strips, and the way to what nobody saw yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer.domain.events import ViewClosed
from reviewer.domain.timebase import TimeRange
from reviewer.records.queries import Watched
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.scene import WatchedStretch, fold_watched, unwatched

_EVERY = 1000  # ms: a view ends ten times a second while somebody drags


class History(QObject):
    """`changed` carries a camera's key and its stretches. `watched(recording)` reads them from the records."""

    changed = Signal(str, object)

    def __init__(
        self, watched: Callable[[str], Iterable[Watched]], bridge: Bridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._read = watched
        self._known: dict[str, tuple[WatchedStretch, ...]] = {}
        self._stale: set[str] = set()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_EVERY)
        self._later.timeout.connect(self.read)
        bridge.on(ViewClosed, self._ended, self)

    @property
    def watched(self) -> dict[str, tuple[WatchedStretch, ...]]:
        return self._known

    def follow(self, cameras: Iterable[ReviewCamera]) -> None:
        """Read what there is of cameras that are new here."""
        self._stale |= {c.key for c in cameras} - set(self._known)
        self.read()

    def unwatched(self, camera: ReviewCamera | None) -> tuple[TimeRange, ...]:
        """What of a camera's footage nobody watched yet."""
        if camera is None or not camera.assigned:
            return ()
        return unwatched(camera.manifest.rolling, self._known.get(camera.key, ()))

    def read(self) -> None:
        for key in tuple(self._stale):
            self._known[key] = fold_watched(self._read(key))
            self.changed.emit(key, self._known[key])
        self._stale.clear()

    def stop(self) -> None:
        self._later.stop()

    def _ended(self, recorded: object) -> None:
        event = getattr(recorded, "event", recorded)
        if isinstance(event, ViewClosed):
            self._stale |= {c.recording for c in event.cameras}
            if not self._later.isActive():
                self._later.start()
