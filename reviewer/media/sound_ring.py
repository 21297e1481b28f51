"""A camera's sound on its way from the process that decodes it to the one that plays it: two seconds in shared memory.

The samples stand on the UTC axis: sample `n` of a stretch is the sound of `base` + n·rate/48 µs of footage. So whoever
plays needs no word with whoever decodes: what the clock asks for is there, or it is not. One process writes, one reads,
and neither ever waits. What is there is written with its version at both ends, as the clock's course is.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.timebase import SECOND, Utc
from reviewer.media.clock import NORMAL
from reviewer.media.shared import SharedBlock

Samples = NDArray[np.float32]  # n×2
RATE = 48_000
FRAMES = 98_304  # samples that are kept: 2.05 s, 768 KB
_VERSION: Final = struct.Struct("<q")
_HEAD: Final = struct.Struct("<8q")  # version, generation, rate, base, first, end, veil, the version again
_PAGE = 4096
SIZE = _PAGE + FRAMES * 8
_TRIES = 16


class Stretch(NamedTuple):
    """What the ring holds: samples `first` to `end` − 1, counted from `base`, of a clock that runs at `rate`
    (thousandths). Each `generation` is decoded anew and has a base of its own. `veil` is the number of what was hidden
    of it (`sound_veil`)."""

    generation: int
    rate: int
    base: Utc
    first: int
    end: int
    veil: int = 0

    def position(self, at: Utc) -> int:
        """The number of the sample nearest to an instant."""
        return ((at - self.base) * 2 * RATE * NORMAL + self.rate * SECOND) // (2 * self.rate * SECOND)

    def at(self, position: int) -> Utc:
        """The instant of a sample, rounded down to the microsecond."""
        return Utc(self.base + position * self.rate * SECOND // (RATE * NORMAL))


NOTHING = Stretch(0, 0, Utc(0), 0, 0)


class SoundRing:
    """One side of a ring: either `restart` and `append`, or `look` and `copy`. `block` is `SIZE` bytes; pages of a ring
    that nobody wrote to take no memory. `veil`, of who reads: only sound of which just this was hidden may be played.
    """

    def __init__(self, block: SharedBlock | None = None) -> None:
        self.block = SharedBlock(SIZE) if block is None else block
        self._memory = self.block.memory
        self._samples: Samples = np.frombuffer(self._memory, np.float32, FRAMES * 2, _PAGE).reshape(-1, 2)
        self._version = 0
        self._stretch = NOTHING
        self.veil = 0

    # -- who writes

    @property
    def written(self) -> Stretch:
        return self._stretch

    def restart(self, rate: int, base: Utc, veil: int = 0) -> None:
        """From now on samples of another stretch. What was there is not heard any more."""
        generation = max(self._stretch.generation, self.look().generation)  # another process may have written before
        self._publish(Stretch(generation + 1, rate, base, 0, 0, veil))

    def append(self, samples: Samples) -> None:
        """Lengthen the stretch; what is two seconds old goes."""
        for piece in np.array_split(samples, -(-len(samples) // (FRAMES // 4))) if len(samples) else ():
            self._append(piece)

    def _append(self, samples: Samples) -> None:
        now = self._stretch
        end = now.end + len(samples)
        if end - FRAMES > now.first:  # before it is overwritten, so that nobody takes the new for the old
            now = now._replace(first=end - FRAMES)
            self._publish(now)
        place = now.end % FRAMES
        whole = min(len(samples), FRAMES - place)
        self._samples[place : place + whole] = samples[:whole]
        self._samples[: len(samples) - whole] = samples[whole:]
        self._publish(now._replace(end=end))

    def _publish(self, stretch: Stretch) -> None:
        self._stretch = stretch
        self._version += 1
        _VERSION.pack_into(self._memory, 0, self._version)
        _HEAD.pack_into(self._memory, 0, self._version, *stretch, self._version)

    # -- who reads

    def look(self) -> Stretch:
        """What is there now."""
        for _ in range(_TRIES):
            (last,) = _VERSION.unpack_from(self._memory, _HEAD.size - _VERSION.size)  # backwards, as in `clock`
            found = _HEAD.unpack_from(self._memory)
            (first,) = _VERSION.unpack_from(self._memory)
            if first == last == found[-1]:
                return Stretch(*found[1:-1])
        return NOTHING  # the writer stopped in the middle of a word

    def copy(self, stretch: Stretch, start: int, out: Samples) -> bool:
        """The samples from `start` on, all inside the stretch. False if they were overwritten meanwhile: `out` is then
        worth nothing."""
        place = start % FRAMES
        whole = min(len(out), FRAMES - place)
        out[:whole] = self._samples[place : place + whole]
        out[whole:] = self._samples[: len(out) - whole]
        now = self.look()
        return now.generation == stretch.generation and now.first <= start
