"""When the review ticks: once for every repaint of a screen, and while a hand drags as soon as the place that it waits
for is there. A place that is found just after a tick would else wait for the next one, and nine decoders with it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer

_TICK_MS = 16
_GLANCE_MS = 4  # while a hand drags: so often it is looked whether its place is there
_SOONEST = 0.008  # s between two ticks: no screen shows more


class Followed(Protocol):
    """What of playback says whether a hand drags, and whether a tick now would paint the next place of its way."""

    @property
    def follows(self) -> bool: ...
    @property
    def arrived(self) -> bool: ...


class Beat(QTimer):
    """Calls `tick` for as long as it is active."""

    def __init__(self, tick: Callable[[], None], playback: Followed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tick, self._playback = tick, playback
        self._ticked = 0.0
        self.setTimerType(Qt.TimerType.PreciseTimer)
        self.setInterval(_TICK_MS)
        self.timeout.connect(self._beat)

    def _beat(self) -> None:
        if self.interval() == _GLANCE_MS and not self._is_due(monotonic() - self._ticked):
            return
        self._ticked = monotonic()
        self._tick()
        wanted = _GLANCE_MS if self._playback.follows else _TICK_MS
        if wanted != self.interval():
            self.setInterval(wanted)

    def _is_due(self, since: float) -> bool:
        return since * 1000 >= _TICK_MS or (since >= _SOONEST and self._playback.arrived)
