"""When nobody touches the machine: a session locks itself after so many minutes (CJIS 5.5.5: 30 at most).

Watching is not touching: an unattended screen with footage running is what the lock is for.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QWindow

_INPUT = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TabletMove,
}
WARNING = 60.0  # seconds


class IdleWatch(QObject):
    """Watches windows, not widgets: only what a person does arrives there, so it costs nothing while pictures play.

    `monotonic` is the clock, seconds. `expired` comes once per stretch of idleness; `warning` carries the seconds left
    in the last minute, and -1 when somebody came back.
    """

    expired = Signal()
    warning = Signal(int)

    def __init__(
        self, minutes: int, monotonic: Callable[[], float] = time.monotonic, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._limit = minutes * 60.0
        self._monotonic = monotonic
        self._touched = monotonic()
        self._running = False
        self._warned = False
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.check)

    def set_minutes(self, minutes: int) -> None:
        self._limit = minutes * 60.0

    def watch(self, window: QWindow) -> None:
        window.installEventFilter(self)

    def start(self) -> None:
        self.touch()
        self._running = True
        self._timer.start()

    def stop(self) -> None:
        self._running = False
        self._timer.stop()

    def touch(self) -> None:
        self._touched = self._monotonic()
        if self._warned:
            self._warned = False
            self.warning.emit(-1)

    def check(self) -> None:
        """Look at the clock; the timer does so every second."""
        if not self._running:
            return
        left = self._limit - (self._monotonic() - self._touched)
        if left <= 0:
            self.stop()
            self._warned = False
            self.expired.emit()
        elif left <= WARNING:
            self._warned = True
            self.warning.emit(int(left) + 1)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self.touch()
        return False
