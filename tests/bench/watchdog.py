"""How long a window was away: the largest gap between two turns of its event loop, by a timer that it should have
heard every two milliseconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

_EVERY = 2  # ms


class Watchdog:
    """Made by `watching`."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._longest = 0.0

    def turn(self) -> None:
        self._longest, self._last = max(self._longest, time.perf_counter() - self._last), time.perf_counter()

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What the bench itself does on the window's thread, to see what is painted, is not the window's."""
        self.turn()
        yield
        self._last = time.perf_counter()

    @property
    def gap_ms(self) -> float:
        """The largest so far, the one that is going on included."""
        self.turn()
        return self._longest * 1000


@contextmanager
def watching() -> Iterator[Watchdog]:
    """From here to the end of the block, on the GUI thread."""
    from PySide6.QtCore import Qt, QTimer

    dog = Watchdog()
    beat = QTimer(interval=_EVERY)
    beat.setTimerType(Qt.TimerType.PreciseTimer)
    beat.timeout.connect(dog.turn)
    beat.start()
    try:
        yield dog
    finally:
        beat.stop()
