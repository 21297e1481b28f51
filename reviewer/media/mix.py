"""What the sound device gets: every camera that is heard, at its level, at the instant at which the device plays it.

All here runs on the device's own thread, fifty times a second: it never waits, and does little. What it plays goes on
sample by sample; only where the clock went elsewhere, or the two have come apart, does it go on from another place, and
then without a click.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from reviewer.domain.timebase import SECOND, Utc
from reviewer.media.clock import NORMAL, DeckClock, Reading
from reviewer.media.sound_feed import pace_note
from reviewer.media.sound_line import glide
from reviewer.media.sound_pace import DevicePace
from reviewer.media.sound_ring import FRAMES, RATE, Samples, SoundRing, Stretch

_RAMP = 480  # samples in which a level changes: 10 ms
_CEILING = 0.98
_ATTACK = 48  # samples in which what is too loud is brought down
_RELEASE = 2.0  # of full level a second, up again
_SAME = 1_000  # µs of wall time: a course that changed and goes on here is no jump
_APART = 10_000  # µs of wall time between sound and clock at which another place is taken; the promise is 20 ms
_WILD_APART = 12_000  # … if the device's times are not to be believed
_SETTLED = 2_000  # µs: … and once after a start, when the device's times have become steady
_FAR_APART = 100_000  # … beyond any doubt
_FEWEST, _FEW, _MANY, _WILD_MANY = 3, 8, 51, 151  # blocks over which that is judged


class Voice:
    """One camera in the mix. Made and steered on any thread (`target`), read on the device's."""

    def __init__(self, ring: SoundRing, target: float) -> None:
        self.ring = ring
        self.target = target
        self._gain = 0.0
        self._last = np.zeros(2, np.float32)
        self._next: tuple[int, int] | None = None  # generation and number of the sample that follows

    @property
    def silent(self) -> bool:
        return self._gain == 0 == self.target

    def add(self, out: Samples, room: Samples, course: Stretch | None, frames: int) -> None:
        """Add what is heard `frames` samples after `course.base`; nothing more if there is no course. `room` is as long
        as `out`, and may be written to."""
        if self.silent:
            self._next = None
            self._last[:] = 0
            return
        if not self._read(room, course, frames) and not self._last.any():
            self._gain = self.target  # nothing to be faded
            return
        self._last = room[-1].copy()
        if self._gain != self.target:
            self._turn(room)
        elif self._gain != 1:
            room *= self._gain
        out += room

    def _read(self, room: Samples, course: Stretch | None, frames: int) -> bool:
        found, start, low, high = self._where(course, frames, len(room))
        if high <= low or not self.ring.copy(found, start + low, room[low:high]):
            room[:] = 0
            glide(self._last, room)
            self._next = None
            return False
        last = self._last
        if low:
            room[:low] = 0
            last = glide(last, room[:low])[-1].copy()
        if low or self._next != (found.generation, start):
            glide(last, room[low:high])
        if high < len(room):
            room[high:] = 0
            glide(room[high - 1].copy(), room[high:])
        self._next = (found.generation, start + len(room)) if high == len(room) else None
        return True

    def _where(self, course: Stretch | None, frames: int, count: int) -> tuple[Stretch, int, int, int]:
        """What the ring holds, the number of the first sample wanted, and which of `count` from there it has. It has
        none of what was decoded before something else was to be hidden."""
        found = self.ring.look()
        if course is None or found.rate != course.rate or found.veil != self.ring.veil:
            return found, 0, 0, 0
        start = found.position(course.base) + frames
        low, high = max(0, found.first - start), min(count, found.end - start)
        return found, start, low, min(high, low + FRAMES)

    def _turn(self, room: Samples) -> None:
        """Towards the wanted level."""
        count, target = min(_RAMP, len(room)), self.target
        reached = self._gain + (target - self._gain) * count / _RAMP
        room[:count] *= np.linspace(self._gain, reached, count, dtype=np.float32)[:, None]
        room[count:] *= target
        self._gain = target if abs(target - reached) < 1e-3 else reached


class Mix:
    """Fills the device's memory. `voices` is replaced as a whole, by any thread."""

    def __init__(self, clock: DeckClock) -> None:
        self._clock = clock
        self.voices: tuple[Voice, ...] = ()
        self.pace = DevicePace()
        self.blocks = 0  # how many the device asked for
        self.jumps = 0  # how often another place was taken although the clock's course did not change
        self._handed = 0  # samples handed over to this device
        self._heard: deque[float] = deque(maxlen=_WILD_MANY)  # ns: when each block is heard, less the sound before it
        self._course: Stretch | None = None
        self._epoch = -1
        self._frames = 0  # samples since the course's base
        self._offsets: deque[float] = deque(maxlen=_WILD_MANY)
        self._settled = False
        self._room = np.zeros((0, 2), np.float32)
        self._limit = 1.0

    @property
    def offset(self) -> float:
        """By how many µs of wall time the sound lies behind the clock, the median of the last second."""
        return _median(tuple(self._offsets)[-_MANY:])

    def begin(self) -> None:
        """Another device asks from now on."""
        self.pace.restart()
        self.pace.wild = False
        self._course = None
        self._heard.clear()

    def fill(self, out: Samples, delay: float) -> None:
        """Write what is to be heard in `delay` seconds; 0 if the device does not say when."""
        heard, now = self._clock.monotonic() + round(delay * 1e9), self._clock.read()
        if delay > 0:
            self.pace.add(self._handed, heard)
        else:
            self.pace.restart()
        self._heard.append(heard - self._handed * 1e9 / RATE)
        self.blocks += 1
        out[:] = 0
        if not now.rolling or pace_note(now.rate):
            self._course = None
        else:
            self._follow(now, Utc(now.at + round(delay * SECOND * now.rate / NORMAL)), heard)
        if len(self._room) < len(out):
            self._room = np.zeros((len(out), 2), np.float32)
        for voice in self.voices:
            voice.add(out, self._room[: len(out)], self._course, self._frames)
        self._frames += len(out)
        self._handed += len(out)
        self._tame(out)

    def _follow(self, now: Reading, at: Utc, heard: int) -> None:
        """Go on from where the last block ended, or from the instant `at` if that is somewhere else."""
        course = self._course
        if course is None or course.rate != now.rate:
            self._go(now, self._steadied(now, at, heard))
            return
        here = course.base + self._frames * now.rate * SECOND / (RATE * NORMAL)
        offset = (at - here) * NORMAL / now.rate
        if now.epoch != self._epoch:
            self._epoch = now.epoch
            if abs(offset) > _SAME:
                self._go(now, self._steadied(now, at, heard))
            return
        self._offsets.append(offset)
        apart = self._apart()
        if apart:
            self.jumps += 1
            self._go(now, Utc(round(here + apart * now.rate / NORMAL)))

    def _steadied(self, now: Reading, at: Utc, heard: int) -> Utc:
        """The instant at which this block is heard: the device's times tremble, so those of the last second count."""
        if len(self._heard) < _FEW:
            return at
        many = tuple(self._heard)[-(_WILD_MANY if self.pace.wild else _MANY) :]
        off = _median(many) + self._handed * 1e9 / RATE - heard
        sound = self.pace.wild or abs(off) < _APART * 1000
        return Utc(at + round(off / 1000 * now.rate / NORMAL)) if sound else at

    def _apart(self) -> float:
        """By how many µs sound and clock are where they should not be, 0 if they are; one block's time alone says
        nothing."""
        found = tuple(self._offsets)
        if self.pace.wild:
            lasting = _median(found)
            return lasting if len(found) == _WILD_MANY and abs(lasting) > _WILD_APART else 0.0
        lost = _agreed(found[-_FEWEST:], _FEWEST, _FAR_APART) or _agreed(found[-_FEW:], _FEW, _APART)
        if lost:
            self.pace.restart()  # it stood still
        elif not self._settled and len(found) > _MANY // 2:
            self._settled = True
            lasting = _median(found)
            return lasting if abs(lasting) > _SETTLED else 0.0
        return lost

    def _go(self, now: Reading, at: Utc) -> None:
        self._settled = self._settled and self._course is not None
        self._course, self._epoch, self._frames = Stretch(0, now.rate, at, 0, 0), now.epoch, 0
        self._offsets.clear()

    def _tame(self, out: Samples) -> None:
        """Bring down what is louder than the device can play, at once; let it up again slowly."""
        peak = float(max(out.max(), -out.min())) if len(out) else 0.0
        if not math.isfinite(peak):
            out[:] = 0
            return
        wanted = 1.0 if peak <= _CEILING else _CEILING / peak
        if wanted < self._limit:
            count = min(_ATTACK, len(out))
            out[:count] *= np.linspace(self._limit, wanted, count, dtype=np.float32)[:, None]
            out[count:] *= wanted
            self._limit = wanted
        elif self._limit < 1:
            up = min(wanted, self._limit + _RELEASE * len(out) / RATE)
            out *= np.linspace(self._limit, up, len(out), dtype=np.float32)[:, None]
            self._limit = up
        np.clip(out, -1, 1, out=out)


def _agreed(found: tuple[float, ...], count: int, least: int) -> float:
    """What so many blocks say alike, if it is more than the least; else 0. Far beyond it they need not be alike: the
    device runs away."""
    if len(found) < count:
        return 0.0
    if max(found) - min(found) < _APART:
        middle = _median(found)
        return middle if abs(middle) > least else 0.0
    return found[-1] if min(found) > _FAR_APART or max(found) < -_FAR_APART else 0.0


def _median(found: tuple[float, ...]) -> float:
    return sorted(found)[len(found) // 2] if found else 0.0
