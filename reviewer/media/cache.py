"""A camera's frames at tile size: those ahead of the clock and those behind it, in one place."""

from __future__ import annotations

from collections import deque

from reviewer.media.scale import Shot

Key = tuple[int, int]  # part, frame
_SEARCH = 300  # frames looked through for the newest one before the right one
_MOST = 240  # frames, however small they are: eight seconds
_READY = 16  # BGRA pictures kept made; a frame that is no longer near the clock keeps its YUV only


class FrameCache:
    """One thread puts, any thread gets: each operation on the dictionary is whole by itself."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._shots: dict[Key, Shot] = {}
        self._bytes = 0
        self._made: deque[Shot] = deque()

    def get(self, part: int, frame: int) -> Shot | None:
        return self._shots.get((part, frame))

    def newest(self, part: int, frame: int) -> int | None:
        """The newest frame at or before this one that is here."""
        shots = self._shots
        stop = max(-1, frame - _SEARCH)
        return next((f for f in range(frame, stop, -1) if (part, f) in shots), None)

    def put(self, part: int, frame: int, shot: Shot) -> None:
        old = self._shots.get((part, frame))
        self._shots[part, frame] = shot
        self._bytes += shot.bytes - (old.bytes if old else 0)

    def made(self, shot: Shot) -> None:
        """A shot's BGRA picture was made: the oldest such pictures are let go."""
        self._made.append(shot)
        while len(self._made) > _READY:
            self._made.popleft().image = None

    def trim(self, part: int, window: range) -> None:
        """Keep to the budget: what lies farthest outside the window goes first, then what lies at its far ends."""
        while (self._bytes > self.budget and len(self._shots) > 1) or len(self._shots) > _MOST:
            keys = self._shots.keys()
            low, high = min(keys), max(keys)
            gone = low if _outside(low, part, window) >= _outside(high, part, window) else high
            self._bytes -= self._shots.pop(gone).bytes

    def clear(self) -> None:
        self._shots.clear()
        self._made.clear()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._shots)


def _outside(key: Key, part: int, window: range) -> int:
    """How many frames outside a window; negative inside it. Other parts are farthest."""
    if key[0] != part:
        return (1 << 40) * abs(key[0] - part)
    return max(window.start - key[1], key[1] - window.stop)
