"""`settled_spread_ms`, `settle_s`: random seeks, jumps, speed changes, reversals and starts and stops, of nine cameras
in the real window, playing and paused.

Settled is the first tick after the action at which every tile paints exactly the frame of that tick's instant and, if
it is to play, the clock goes. From then on the spread is watched for half a second. The keys are the largest of all."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from reviewer.domain.timebase import SECOND, Utc
from tests.bench.clips import NINE, common
from tests.bench.engine import summary
from tests.bench.eye import judge, right
from tests.bench.rolling import folder_of
from tests.bench.window import Window, opened

_PATIENCE = 4.0  # s: an action that has not settled by then counts as this
_AFTER = 0.5
_RATES = (0.25, 0.5, 1.0, 1.0, 2.0, 4.0)
_JUMPS = (-30, -5, -1, 1, 5, 30)
_KINDS = ("seek", "jump", "speed", "reverse", "stop or play")


class _Hand:
    """Does one random thing after the other."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._random = np.random.default_rng(11)
        self._span = common(NINE, window.length)
        self._rate = 1.0
        self.done: list[str] = []

    def act(self) -> None:
        """One thing. Towards an end of the footage it seeks instead, and jumps no farther than there, so that the clock
        does not stand at the edge or leave what all cameras have."""
        playback = self._window.playback
        now = playback.now()
        room = 2 * SECOND * max(1.0, abs(self._rate))
        near = not self._span.start + room < now < self._span.end - room
        kind = "seek" if near else str(self._random.choice(_KINDS))
        acts: dict[str, Callable[[], None]] = {
            "seek": self._seek,
            "jump": lambda: self._jump(Utc(now + int(self._random.choice(_JUMPS)) * SECOND), round(room)),
            "speed": lambda: self._play(float(np.sign(self._rate)) * float(self._random.choice(_RATES))),
            "reverse": lambda: self._play(-self._rate),
            "stop or play": lambda: playback.pause() if playback.playing else self._play(self._rate),
        }
        self.done.append(f"{kind}, {'playing' if playback.playing else 'paused'} at {self._rate:g}x")
        acts[kind]()

    def _seek(self) -> None:
        room = self._span.duration // 6
        self._go(Utc(int(self._random.integers(self._span.start + room, self._span.end - room))))

    def _jump(self, to: Utc, room: int) -> None:
        self._go(Utc(min(self._span.end - room, max(self._span.start + room, to))))

    def _go(self, at: Utc) -> None:
        self._window.screen.controls.seek(self._span.clamp(at))

    def _play(self, rate: float) -> None:
        self._rate = rate
        self._window.playback.play(rate)


def run(length: float, actions: int, bare: bool = False) -> dict[str, Any]:
    """Times in s and ms; the slowest actions in words."""
    took: list[float] = []
    spreads: list[float] = []
    with opened(folder_of(NINE, length, bare=bare), NINE, length) as window:
        window.screen.hearing.hear(window.key(NINE[0]))
        hand = _Hand(window)
        hand._seek()
        window.settle()
        shares: dict[str, int] = {}
        for _ in range(actions):
            one, spread = _settled(window, hand, shares)
            took.append(one)
            spreads.append(spread)
    slowest = sorted(zip(took, spreads, hand.done, strict=True), reverse=True)[:5]
    widest = sorted(zip(spreads, took, hand.done, strict=True), reverse=True)[:5]
    return {
        "settle_s": summary(took, 1, 3)["max"],
        "settled_spread_ms": summary(spreads)["max"],
        "settle": summary(took, 1, 3) | {"not_settled": sum(t >= _PATIENCE for t in took)},
        "settled_spread": summary(spreads),
        "slowest": [f"{t:.2f} s: {what}" for t, _, what in slowest],
        "widest": [f"{s:.1f} ms: {what}" for s, _, what in widest],
        "shares": shares,
        "actions": actions,
    }


def _settled(window: Window, hand: _Hand, shares: dict[str, int]) -> tuple[float, float]:
    """How long one action takes to settle, s, and the spread afterwards, ms."""
    window.ticks = []
    began = time.perf_counter()
    hand.act()
    window.looking = True
    seen, first = 0, None
    before: Utc | None = None
    while first is None and time.perf_counter() - began < _PATIENCE:
        window.lives(0.02)
        while seen < len(window.ticks) and first is None:
            tick = window.ticks[seen]
            goes = not tick.playing or (before is not None and tick.at != before)
            if goes and tick.wall > began and right(tick, window.truths):
                first = seen
            before = tick.at
            seen += 1
    if first is None:
        window.looking = False
        return _PATIENCE, judge(window.ticks[-5:], window.truths).spread()
    window.lives(_AFTER)
    window.looking = False
    after = judge(window.ticks[first:], window.truths)
    for name, count in after.fidelity.items():
        shares[name] = shares.get(name, 0) + count
    return window.ticks[first].wall - began, after.spread()
