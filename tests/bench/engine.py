"""The engine without a window: a deck, ticks of a 60 Hz screen, and the barcodes of the pictures it hands out."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.media.deck import Deck
from tests.bench.clips import Clip, deck_camera
from tests.bench.eye import TICK, Look, Tick, Truth, glance

PATIENCE = 15.0
PAUSE = threading.Event()  # never set
MIDDLING = (640, 360)
SMALL = (480, 270)


class TookTooLong(RuntimeError):
    """The engine did not come to rest."""


@contextmanager
def deck_of(clips: Sequence[Clip], length: float, size: tuple[int, int] = MIDDLING, **given: object) -> Iterator[Deck]:
    """A deck with these cameras at their start, settled; nothing in its caches."""
    taken = inspect.signature(Deck).parameters
    deck = Deck(**{name: value for name, value in given.items() if name in taken})  # type: ignore[arg-type]
    try:
        for clip in clips:
            deck.set_tile_size(clip.name, *size)
        deck.set_cameras(deck_camera(clip, length) for clip in clips)
        settle(deck)
        yield deck
    finally:
        deck.close()


def truths_of(clips: Sequence[Clip], length: float) -> dict[str, Truth]:
    return {clip.name: Truth(clip, length) for clip in clips}


def settle(deck: Deck) -> float:
    """Wait until every camera shows what is right; how long that took, s."""
    began = time.perf_counter()
    if not deck.wait_settled(PATIENCE):
        raise TookTooLong("the deck did not settle")
    return time.perf_counter() - began


class Eyes:
    """Looks at what a deck hands out. A picture that is the same object as before is not read again."""

    def __init__(self, deck: Deck) -> None:
        self._deck = deck
        self._seen: dict[str, tuple[TilePicture, Look]] = {}

    def tick(self) -> Tick:
        """One tick: what a screen would paint now."""
        at = self._deck.tick()
        pictures = self._deck.pictures(at)
        wall = time.perf_counter()
        return Tick(at, wall, [self._look(key, p) for key, p in pictures.items()], self._deck.playing)

    def _look(self, key: str, picture: TilePicture) -> Look:
        known = self._seen.get(key)
        if known is not None and known[0] is picture:
            return known[1]
        cells = glance(picture.image) if picture.image is not None else None
        look = Look(key, cells, str(picture.state), str(picture.fidelity))
        self._seen[key] = (picture, look)
        return look


class Metronome:
    """Waits for the next tick of a 60 Hz screen; a tick that was missed is not made up for."""

    def __init__(self) -> None:
        self._next = time.perf_counter()

    def rest(self) -> None:
        now = time.perf_counter()
        self._next = max(self._next + TICK, now)
        PAUSE.wait(max(0.0, self._next - now))


def watch(deck: Deck, seconds: float) -> list[Tick]:
    """Look at every tick for so long, once the clock rolls."""
    eyes, metronome, ticks = Eyes(deck), Metronome(), []
    roll(deck, metronome)
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        ticks.append(eyes.tick())
        metronome.rest()
    return ticks


def roll(deck: Deck, metronome: Metronome) -> None:
    """Tick until the clock goes."""
    began = time.perf_counter()
    before = deck.tick()
    while deck.now() == before:
        deck.pictures(deck.tick())
        if time.perf_counter() - began > PATIENCE:
            raise TookTooLong("the clock did not roll")
        metronome.rest()


def until(deck: Deck, done: Callable[[], bool], patience: float = PATIENCE, every: float = 0.0005) -> float | None:
    """Tick without a screen's rhythm until something is so; how long it took, s, or None if it never was."""
    began = time.perf_counter()
    while not done():
        if time.perf_counter() - began > patience:
            return None
        PAUSE.wait(every)
    return time.perf_counter() - began


def in_hand(deck: Deck) -> bool:
    """Whether the right picture of every camera is handed out now."""
    pictures = deck.pictures(deck.tick()).values()
    return all(p.image is not None and p.state is TileState.PLAYING and not p.late for p in pictures)


def summary(values: Sequence[float], scale: float = 1.0, digits: int = 2) -> dict[str, float]:
    """Median, 95th percentile and largest."""
    found = np.array(values) * scale
    return {
        "median": round(float(np.median(found)), digits),
        "p95": round(float(np.percentile(found, 95)), digits),
        "max": round(float(found.max()), digits),
    }


def pairs_of(ratios: Sequence[float]) -> dict[str, float]:
    """Of single ratios: smallest, median, largest."""
    return {
        "min": round(float(np.min(ratios)), 3),
        "median": round(float(np.median(ratios)), 3),
        "max": round(float(np.max(ratios)), 3),
        "pairs": len(ratios),
    }


def targets(start: Utc, end: Utc, count: int, seed: int, apart: int = 0, remembered: int = 5) -> list[Utc]:
    """Random instants, the same for the same seed; each at least `apart` µs from the last few before it, so that what
    they left decoded does not help."""
    random = np.random.default_rng(seed)
    found: list[Utc] = []
    while len(found) < count:
        at = Utc(int(random.integers(start, end)))
        if all(abs(at - other) >= apart for other in found[-remembered:]):
            found.append(at)
    return found
