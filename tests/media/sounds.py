"""Sound made on the spot, a camera's feed that is stepped by hand, and devices whose time is known."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import Source
from reviewer.media.clock import ClockView, DeckClock
from reviewer.media.mix import Mix, Voice
from reviewer.media.sound_device import Fill
from reviewer.media.sound_feed import SoundFeed
from reviewer.media.sound_line import SoundPart
from reviewer.media.sound_ring import RATE, Samples, SoundRing
from reviewer.media.sound_veil import BARE, SoundVeil
from tests.media.footage import START, Hands

BLOCK = 960
BURST = 480  # samples of a clap: 10 ms
SPAN = TimeRange(Utc(START - 10 * SECOND), Utc(START + 3600 * SECOND))


def wav(mono: np.ndarray, rate: int = RATE) -> bytes:
    """A WAV file of these, −1 to 1."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((mono * 32_767).astype("<i2").tobytes())
    return out.getvalue()


def tone(seconds: float, hertz: float = 440.0, *, start: float = 0.0, rate: int = RATE) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * (start + np.arange(round(seconds * rate)) / rate))


def claps(seconds: float, places: Sequence[float]) -> np.ndarray:
    """Bursts of noise that begin at these seconds, over a soft hum."""
    sound = 0.01 * tone(seconds, 150.0)
    burst = np.random.default_rng(7).uniform(-0.9, 0.9, BURST)
    for place in places:
        at = round(place * RATE)
        sound[at : at + BURST] = burst[: max(0, len(sound) - at)]
    return sound


def clapped(samples: Samples) -> list[float]:
    """The middle of each burst in there, as a number of samples."""
    loud = np.flatnonzero(np.abs(samples[:, 0]) > 0.3)
    if not len(loud):
        return []
    groups = np.split(loud, np.flatnonzero(np.diff(loud) > RATE // 20) + 1)
    return [float(group[0] + group[-1]) / 2 for group in groups]


def sound_part(data: bytes, seconds: float, start: int = START, drift_ppb: int = 0) -> tuple[SoundPart, Source]:
    model = TimeModel(Utc(start), Micros(1000), drift_ppb)
    whole = TimeRange(Utc(start), model.to_utc(Micros(round(seconds * SECOND))))
    return SoundPart(model, whole), partial(io.BytesIO, data)


class Fed:
    """A feed and its ring, stepped by the test; it gets its sources at once."""

    def __init__(
        self,
        clock: DeckClock,
        parts: Sequence[tuple[SoundPart, Source] | None],
        *,
        veil: tuple[int, SoundVeil] = (0, BARE),
    ) -> None:
        self.ring = SoundRing()
        self.notes: list[str] = []
        self.asked: list[int] = []
        self._parts = parts
        self.feed = SoundFeed(
            SoundRing(self.ring.block),
            ClockView(clock.block),
            [part[0] if part else None for part in parts],
            self._ask,
            self.notes.append,
            veil,
        )
        self.feed.set_heard(True)

    def _ask(self, part: int) -> None:
        self.asked.append(part)
        chosen = self._parts[part]
        self.feed.give(part, chosen[1] if chosen else None)

    def fill(self) -> None:
        """Until it rests."""
        for _ in range(10_000):
            rest = self.feed.step()
            poked, self.feed._poked = self.feed._poked, False
            if rest != 0 and not poked:
                return
        raise AssertionError("the feed never rests")


class Room:
    """Cameras, a clock that the test moves, a mix, and a device that plays so many parts in a billion fast, says when
    each block is heard, and asks `latency` before that."""

    def __init__(
        self,
        *cameras: Sequence[tuple[SoundPart, Source] | None],
        fast_ppb: int = 0,
        latency: float = 0.04,
    ) -> None:
        self.hands = Hands()
        self.clock = DeckClock(SPAN, self.hands)
        self.fed = [Fed(self.clock, parts) for parts in cameras]
        self.mix = Mix(self.clock)
        self.mix.voices = tuple(Voice(f.ring, 1.0) for f in self.fed)
        self.step = BLOCK * 1e9 / RATE / (1 + fast_ppb / 1e9)
        self.latency = latency
        self.asks = float(self.hands.ns)
        self.heard: list[tuple[Utc, Samples]] = []  # what the clock says when a block is heard, and the block

    def play(self, seconds: float, tremble: Callable[[], float] = lambda: 0.0) -> Samples:
        """Let the device run; gives what it played, all kept in `heard` too."""
        start = len(self.heard)
        until = self.asks + seconds * 1e9
        while self.asks < until:
            self.hands.ns = round(self.asks)
            for fed in self.fed:
                fed.fill()
            out = np.ones((BLOCK, 2), np.float32)  # what the device's memory held before
            self.mix.fill(out, self.latency + tremble())
            self.heard.append((self.clock.ahead(self.latency), out))
            self.asks += self.step
        self.hands.ns = round(self.asks)
        return np.concatenate([out for _, out in self.heard[start:]])

    def instant(self, sample: float, start: int = 0) -> float:
        """What the clock said when a sample was heard that was played since block `start`."""
        block = min(start + int(sample // BLOCK), len(self.heard) - 1)
        at = float(self.heard[block][0])
        return at + (sample - (block - start) * BLOCK) / RATE * SECOND * self.clock.read().rate / 1000


class Speaker:
    """A sound device that the test asks for samples; `wrong` is raised on opening."""

    def __init__(self) -> None:
        self.fill: Fill | None = None
        self.lost: Callable[[], None] = lambda: None
        self.wrong: Exception | None = None
        self.opened = self.closed = 0

    def __call__(self, fill: Fill, lost: Callable[[], None]) -> Speaker:
        if self.wrong is not None:
            raise self.wrong
        self.fill, self.lost = fill, lost
        self.opened += 1
        return self

    def close(self) -> None:
        self.fill = None
        self.closed += 1

    def play(self, count: int = BLOCK, delay: float = 0.04) -> Samples:
        out = np.ones((count, 2), np.float32)
        if self.fill is None:
            out[:] = 0
        else:
            self.fill(out, delay)
        return out
