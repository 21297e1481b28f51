"""`scrub_p95_ms`: dragging along the timeline with nine cameras in the real window, with proxies if they are there.

A hand asks for thirty positions a second along a course that slows and speeds up. For each: how long until all nine
tiles paint exactly the frame of an asked position that is this one or a later one (a hand that has moved on does not
wait for where it was). `asked_and_shown` is the share of positions that were painted themselves."""

from __future__ import annotations

import math
import time
from typing import Any

from PySide6.QtCore import Qt, QTimer

from reviewer.domain.timebase import Utc
from tests.bench.clips import NINE, common
from tests.bench.engine import summary
from tests.bench.eye import Tick, right
from tests.bench.rolling import folder_of
from tests.bench.window import opened

_EVERY = 33  # ms


def run(length: float, seconds: float, bare: bool = False) -> dict[str, Any]:
    """Times in ms."""
    asked: list[tuple[float, Utc]] = []
    with opened(folder_of(NINE, length, bare=bare), NINE, length) as window:
        span = common(NINE, length)
        began = time.perf_counter()

        def ask() -> None:
            at = _course(span.start, span.end, (time.perf_counter() - began) / seconds)
            asked.append((time.perf_counter(), at))
            window.screen.controls.seek(at)

        hand = QTimer(interval=_EVERY, timerType=Qt.TimerType.PreciseTimer)
        hand.timeout.connect(ask)
        window.screen.controls.stop()
        window.looking = True
        hand.start()
        window.lives(seconds)
        hand.stop()
        window.lives(2.0)
        window.looking = False
        shown = {tick.at: tick.wall for tick in reversed(window.ticks) if right(tick, window.truths)}
    took = _waits(asked, shown)
    return {
        "scrub_p95_ms": summary(took, 1e3, 1)["p95"],
        "scrub_ms": summary(took, 1e3, 1),
        "asked": len(asked),
        "asked_and_shown": round(sum(at in shown for _, at in asked) / len(asked), 3),
        "shares": _shares(window.ticks),
    }


def _course(start: int, end: int, share: float) -> Utc:
    """Where the hand is: across the footage and back, with smaller movements on the way, each place once."""
    swing = 0.5 + 0.42 * math.sin(2 * math.pi * share * 1.5) + 0.05 * math.sin(2 * math.pi * share * 11)
    return Utc(int(start + (end - start) * min(0.98, max(0.02, swing))))


def _waits(asked: list[tuple[float, Utc]], shown: dict[Utc, float]) -> list[float]:
    """For each ask how long until it, or one after it, was painted by all."""
    waits: list[float] = []
    painted = math.inf
    for wall, at in reversed(asked):
        if at in shown and shown[at] >= wall:
            painted = min(painted, shown[at])
        waits.append(min(10.0, painted - wall))
    return waits


def _shares(ticks: list[Tick]) -> dict[str, float]:
    looks = [look for tick in ticks for look in tick.looks]
    names = {look.fidelity for look in looks}
    return {name: round(sum(k.fidelity == name for k in looks) / len(looks), 3) for name in names}
