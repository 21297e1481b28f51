"""Playback without a window: what the engine hands out at each tick of a 60 Hz screen, read off the barcodes."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from reviewer.demo.barcode import read
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.deck import Deck, TilePicture
from tests.bench.clips import FOUR, NINE, Clip, deck_camera, make

Say = Callable[[str], None]
TICK = 1 / 60
FOLDER = Path(tempfile.gettempdir()) / "reviewer-bench"
_PATIENCE = 10.0
_PAUSE = threading.Event()  # never set
_TILES = ((862, 485), (252, 142), (252, 142), (252, 142))
_SMALL = (480, 270)


def measure(cameras: int, seconds: float, say: Say) -> dict[str, object]:
    """Figures of the engine: shares from 0 to 1, times in the unit that the key names."""
    clips = FOUR if cameras == 4 else NINE
    FOLDER.mkdir(exist_ok=True)
    length = seconds + 10
    paths = [make(c, FOLDER, length, i) for i, c in enumerate(clips)]

    def opened() -> Deck:
        """A deck with nothing in its caches: what one phase has decoded may not help the next."""
        deck = Deck()
        for i, clip in enumerate(clips):
            deck.set_tile_size(clip.name, *(_TILES[i] if cameras == 4 else _SMALL))
        deck.set_cameras(deck_camera(c, p, length) for c, p in zip(clips, paths, strict=True))
        return deck

    with closing(opened()) as deck:
        figures: dict[str, object] = {"cameras": len(clips), "open_s": round(_settle(deck), 3)}
    for rate, stretch in ((1.0, seconds), (2.0, 4.0), (4.0, 4.0), (-1.0, 4.0), (0.5, 4.0)):
        with closing(opened()) as deck:
            figures |= _playing(deck, rate, stretch, Utc(deck.range.start + int(seconds * 500_000)), say)
    for part in (_seeking, _stepping):
        with closing(opened()) as deck:
            figures |= part(deck, clips)
    return figures


def _settle(deck: Deck) -> float:
    began = time.perf_counter()
    if not deck.wait_settled(_PATIENCE):
        raise TimeoutError("the deck did not settle")
    return time.perf_counter() - began


def _playing(deck: Deck, rate: float, seconds: float, middle: Utc, say: Say) -> dict[str, object]:
    deck.seek(Utc(deck.range.start + 1_000_000) if rate > 0 else middle)
    _settle(deck)
    deck.play(rate)
    found = _Ticks(deck).run(seconds)
    say(f"{rate:g}x: {found}")
    name = "" if rate == 1 else f"_{rate:g}x"
    return {key + name: value for key, value in found.items() if rate == 1 or key in _OTHER_RATES}


_OTHER_RATES = ("ideal_frame_share", "spread_p95_ms", "longest_still_ms")


class _Ticks:
    """Runs ticks at 60 Hz and keeps what each handed out."""

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self.ideal: list[bool] = []
        self.spread: list[float] = []
        self.work: list[float] = []
        self.wrong = 0
        self.still: dict[str, float] = {}
        self.longest = 0.0
        self.seen: dict[str, int] = {}

    def run(self, seconds: float) -> dict[str, float]:
        deck = self.deck
        rest = _Rest()
        began = None
        cpu, wall = time.process_time(), time.perf_counter()
        while began is None or time.perf_counter() - began < seconds:
            work = time.thread_time()
            at = deck.tick()
            pictures = deck.pictures(at)
            self.work.append((time.thread_time() - work) * 1e3)
            if began is None and deck.playing and at != deck.tick():
                began = time.perf_counter()
                self.still = dict.fromkeys(pictures, began)
            elif began is not None:
                self._judge(at, pictures)
            rest.until_next()
            if time.perf_counter() - wall > seconds + _PATIENCE:
                raise TimeoutError("the clock did not roll")
        share = (time.process_time() - cpu) / (time.perf_counter() - wall)
        return {
            "ideal_frame_share": round(float(np.mean(self.ideal)), 4),
            "spread_p95_ms": round(float(np.percentile(self.spread, 95)), 2),
            "spread_max_ms": round(float(np.max(self.spread)), 2),
            "longest_still_ms": round(self.longest * 1e3, 1),
            "tick_work_mean_ms": round(float(np.mean(self.work)), 3),
            "tick_work_p95_ms": round(float(np.percentile(self.work, 95)), 3),
            "unsaid_wrong": self.wrong,
            "cores": round(share, 2),
        }

    def _judge(self, at: Utc, pictures: dict[str, TilePicture]) -> None:
        rolling = {k: p for k, p in pictures.items() if p.image is not None or p.state is TileState.OPENING}
        late = [p.late for p in rolling.values()]
        here = time.perf_counter()
        for key, picture in rolling.items():
            if picture.at != self.seen.get(key):
                if picture.image is not None and len(self.ideal) % 10 == 0:
                    self._check(picture)
                self.seen[key], self.still[key] = picture.at, here
            self.longest = max(self.longest, here - self.still[key])
        self.ideal.append(all(p.state is TileState.PLAYING and p.at <= at < p.until for p in rolling.values()))
        self.spread.append((max(late) - min(late)) / 1000)

    def _check(self, picture: TilePicture) -> None:
        """The barcode says the same as the engine does."""
        found = read(picture.image) if picture.image is not None else None
        self.wrong += found is None or abs(found.utc_us - picture.at) > 1


class _Rest:
    """Waits for the next tick of a 60 Hz screen; a tick that was missed is not made up for."""

    def __init__(self) -> None:
        self._next = time.perf_counter()

    def until_next(self) -> None:
        now = time.perf_counter()
        self._next = max(self._next + TICK, now)
        _PAUSE.wait(max(0.0, self._next - now))


def _seeking(deck: Deck, clips: tuple[Clip, ...], count: int = 30) -> dict[str, object]:
    """Exact seeks to any instant: how long until every tile shows it, and whether each shows the right frame."""
    rng = np.random.default_rng(7)
    took, right, cpu = [], 0, []
    for _ in range(count):
        target = Utc(int(rng.integers(deck.range.start + 500_000, deck.range.end - 2_000_000)))
        used = time.process_time()
        deck.seek(target)
        took.append(_settle(deck))
        cpu.append(time.process_time() - used)
        right += sum(_is_right(deck, key, picture, target) for key, picture in deck.pictures(deck.tick()).items())
    return {
        "settle_s": round(float(np.percentile(took, 95)), 3),
        "settle_median_s": round(float(np.median(took)), 3),
        "exact_share": right / (count * len(clips)),
        "seek_cpu_s": round(float(np.median(cpu)), 3),
    }


def _is_right(deck: Deck, key: str, picture: TilePicture, target: Utc) -> bool:
    if picture.image is None:
        return picture.state is deck.pictures(target)[key].state
    found = read(picture.image)
    return found is not None and abs(found.utc_us - picture.at) <= 1 and picture.at <= target < picture.until


def _stepping(deck: Deck, clips: tuple[Clip, ...], count: int = 40) -> dict[str, object]:
    """Steps of each camera in turn, 10 a second as a held key gives them, until all tiles show the new instant."""
    figures: dict[str, object] = {}
    for name, by in (("step_forward", 1), ("step_back", -1)):
        took = []
        for clip in clips[:4]:
            deck.seek(Utc((deck.range.start + deck.range.end) // 2))
            _settle(deck)
            for _ in range(count):
                began = time.perf_counter()
                deck.step(clip.name, by)
                _settle(deck)
                deck.pictures(deck.tick())
                took.append((time.perf_counter() - began) * 1e3)
                _PAUSE.wait(0.1)
        figures |= {
            f"{name}_p95_ms": round(float(np.percentile(took, 95)), 2),
            f"{name}_median_ms": round(float(np.median(took)), 2),
        }
    return figures
