"""How fast a sound device really plays, from when it says that each sample will be heard."""

from __future__ import annotations

import numpy as np

from reviewer.media.sound_ring import RATE

_EVERY = RATE // 4  # samples between two points
_KEPT = 240  # points: a minute
_LEAST = 5.0  # s before anything is said
_MOST = 1e-3  # no device runs farther off than this; what does is not telling the time
_TREMBLE = 3e-3  # s by which its times may scatter
_FAR, _FAR_SHARE = 10e-3, 0.1  # s; how many may lie farther off
_SURE = 40e-6  # of the pace
_BILLION = 1_000_000_000


class DevicePace:
    """The device's thread adds, another measures. `wild`: its times are not to be believed; `steady`: they are, though
    the pace may not be known yet."""

    def __init__(self) -> None:
        self._frames = np.zeros(_KEPT)
        self._heard = np.zeros(_KEPT)
        self._count = 0
        self._last = -_EVERY
        self.wild = self.steady = False

    def add(self, frames: int, heard: int) -> None:
        """So many samples were handed over before this one, which is heard at `heard` (monotonic ns)."""
        if frames - self._last >= _EVERY:
            place = self._count % _KEPT
            self._frames[place], self._heard[place] = frames / RATE, heard / _BILLION
            self._last = frames
            self._count += 1

    def restart(self) -> None:
        """What comes next has nothing to do with what was: another device, or it stopped in between."""
        self._count = 0
        self.steady = False

    def measure(self) -> int | None:
        """By how many parts in a billion the device runs faster than the machine's counter; None if that is not known
        yet, or never will be (`wild`). By the median of the slopes between points half the time apart: one point in
        four may be anything."""
        count = self._count
        order = np.arange(max(0, count - _KEPT), count) % _KEPT
        frames, heard = self._frames[order], self._heard[order]
        if self._count < count or len(order) < 2 or frames[-1] - frames[0] < _LEAST:
            return None
        frames, heard = frames - frames[0], heard - heard[0]
        half = len(frames) // 2
        slope = float(np.median((heard[half : 2 * half] - heard[:half]) / (frames[half : 2 * half] - frames[:half])))
        rest = heard - slope * frames
        rest = np.abs(rest - np.median(rest))
        spread = 1.4826 * float(np.median(rest))
        self.wild = abs(slope - 1) > _MOST or spread > _TREMBLE or float(np.mean(rest > _FAR)) > _FAR_SHARE
        self.steady = not self.wild
        if self.wild or 5 * spread / (np.sqrt(len(frames)) * frames[-1]) > _SURE:
            return None
        return round((1 / slope - 1) * _BILLION)
