"""What a decoder does when the machine is too slow, decided from what it measured. Pure: numbers in, a rung out.

Originals come first. Where there are small copies they carry the play whenever originals would come too late, and the
originals join again at a key frame that they can reach in time. Where there are none, frames that no other frame needs
are left out, then all but key frames. No rung leaves a tile without a picture.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import IntEnum

from reviewer.domain.timebase import SECOND

_FULL = 0.92  # of its time that a decoder may need for originals before they count as too slow
_MUCH_TOO_SLOW = 2.5
_SKIP_AFTER, _JUMP_AFTER = SECOND // 10, SECOND // 4  # µs of footage
_PATIENCE = 1.2  # s without an original in time after which trying stops for a while
_REST, _LONGEST_REST = 4.0, 60.0  # s until originals are tried again
_GOOD = 8.0  # s of originals in time after which an earlier failure is forgotten
_NEW = 0.1  # weight of one more measurement
_FIRST_GUESS = 0.005  # s for a frame of 1920×1080
_FULL_HD = 1920 * 1080


class Rung(IntEnum):
    """How a camera's frames are made while it plays. The number stands in shared memory."""

    ORIGINALS = 0
    PROXIES = 1
    SKIPPING = 2
    KEYS = 3


@dataclass(slots=True)
class Ladder:
    """What one camera's decoder knows about its speed. Times are seconds of the monotonic clock."""

    pace: float = _FIRST_GUESS  # s of wall clock that an original takes, with whatever else the machine does
    work: float = _FIRST_GUESS  # s of processor time that it takes
    share: float = 1.0  # of one processor that this camera may take, so that all get theirs
    _good_since: float | None = None
    _good_at: float = 0.0
    _trying_since: float | None = None
    _again_at: float = 0.0
    _rest: float = _REST

    def guess(self, pixels: int) -> None:
        """Another file, with so many pixels a frame: nothing is measured of it yet."""
        self.pace = self.work = _FIRST_GUESS * pixels / _FULL_HD

    def measured(self, seconds: float, worked: float, frames: int) -> None:
        """Decoding and scaling so many originals took so long, and so much of it on the processor."""
        if frames:
            self.pace += _NEW * (min(seconds / frames, 0.2) - self.pace)
            self.work += _NEW * (min(worked / frames, 0.2) - self.work)

    def load(self, frames_a_second: float) -> float:
        """How much of its time the decoder needs for all originals: 1 is all of it."""
        return self.pace * frames_a_second

    def restart(self) -> None:
        """The clock took another course: what was too slow for the old one may do now."""
        self._trying_since = self._good_since = None
        self._again_at = 0.0

    def in_time(self, now: float) -> None:
        """An original came before it was due."""
        self._trying_since = self._good_at = now
        if self._good_since is None:
            self._good_since = now
        elif now - self._good_since > _GOOD:
            self._rest = _REST

    def tries(self, now: float, frames_a_second: float) -> bool:
        """Whether originals are worth decoding now, where small copies could carry the play."""
        if now < self._again_at or self.work * frames_a_second > self.share:
            return False
        if self._trying_since is None:
            self._trying_since = now
        hopeless = self.load(frames_a_second) > _MUCH_TOO_SLOW
        if not hopeless and (now - self._trying_since < _PATIENCE or self.load(frames_a_second) < _FULL):
            return True
        self._again_at = now + self._rest * random.uniform(0.8, 1.3)  # noqa: S311 - so that cameras do not all try at once
        self._rest = min(_LONGEST_REST, self._rest * 2)
        self._trying_since = self._good_since = None
        self.pace = min(self.pace, _FULL / max(1.0, frames_a_second))  # the next try is a real one
        return False

    def catches_up(self, behind: int, frames_a_second: float, next_key: float) -> bool:
        """Whether decoding `behind` frames to arrive at the clock is sooner done than waiting `next_key` seconds."""
        spare = 1 / max(self.pace, 1e-4) - frames_a_second
        return spare > 0 and behind / spare <= next_key

    def without_copies(self, late: int) -> Rung:
        """The rung where there are no small copies, `late` µs of footage behind."""
        if late > _JUMP_AFTER:
            return Rung.KEYS
        return Rung.SKIPPING if late > _SKIP_AFTER else Rung.ORIGINALS
