"""How fast footage may come down: a cap in bytes a second that all connections share."""

from __future__ import annotations

import threading
import time

_BURST = 0.25  # seconds of what may pass at once after a rest
_WORTH = 500_000  # bytes a second: what a connection of its own is worth opening for


class Pace:
    """Safe to use from several threads. `cap` is bytes a second, 0 is none."""

    def __init__(self, cap: int = 0) -> None:
        self._cap = cap
        self._free = 0.0
        self._lock = threading.Lock()

    @property
    def cap(self) -> int:
        return self._cap

    @cap.setter
    def cap(self, cap: int) -> None:
        with self._lock:
            self._cap, self._free = max(0, cap), 0.0

    def connections(self, most: int) -> int:
        """How many are worth having under this cap."""
        return max(1, min(most, self._cap // _WORTH)) if self._cap else most

    def spent(self, size: int) -> float:
        """So many bytes came. Returns until when (time.monotonic) the next ones are to wait."""
        with self._lock:
            if not self._cap:
                return 0.0
            now = time.monotonic()
            self._free = max(self._free, now - _BURST) + size / self._cap
            return self._free
