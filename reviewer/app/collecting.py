"""Cycles are collected on the window's thread alone, a little at a time (why: `services/collecting`)."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from reviewer.services.collecting import Collector

_LOOK_MS = 50  # so little comes together between two looks that none is felt


class Collecting(QObject):
    """Of one program, from when it is made until `stop`, which may be called twice."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._collector = Collector()
        self._collector.start()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._collector.look)
        self._timer.start()

    def look_at_all(self) -> None:
        """Let go of all that nobody holds: for when somebody has left."""
        self._collector.look_at_all()

    def stop(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self._collector.stop()
