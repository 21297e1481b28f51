"""`step_back_p95_ms`, `step_forward_p95_ms`: steps of each of four unlike cameras in turn, ten a second as a held key
gives them, from the call until every camera's right picture is in hand, with a screen's ticks in between. Forward
first, then back."""

from __future__ import annotations

import time
from typing import Any

from reviewer.domain.timebase import Utc
from reviewer.media.deck import Deck
from tests.bench.clips import MIXED, Clip, common
from tests.bench.engine import PAUSE, Eyes, Metronome, deck_of, in_hand, settle, summary, truths_of, until
from tests.bench.eye import right

_REST = 0.5  # s of standing still before the first step, as after a pause


def run(length: float, steps: int) -> dict[str, Any]:
    """Times in ms."""
    took: dict[str, list[float]] = {"forward": [], "back": []}
    wrong = 0
    with deck_of(MIXED, length) as deck:
        span = common(MIXED, length)
        for i, clip in enumerate(MIXED):
            deck.seek(Utc(span.start + (2 * i + 3) * span.duration // 12))
            settle(deck)
            PAUSE.wait(_REST)
            for name, by in (("forward", 1), ("back", -1)):
                wrong += sum(_step(deck, clip, by, length, took[name]) for _ in range(steps))
    return {
        "step_forward_p95_ms": summary(took["forward"], 1e3)["p95"],
        "step_back_p95_ms": summary(took["back"], 1e3)["p95"],
        "step_forward_ms": summary(took["forward"], 1e3),
        "step_back_ms": summary(took["back"], 1e3),
        "step_wrong": wrong,
        "steps": len(took["forward"]) + len(took["back"]),
    }


def _step(deck: Deck, clip: Clip, by: int, length: float, took: list[float]) -> bool:
    """One step; whether a barcode then is not that of the right frame."""
    began = time.perf_counter()
    deck.step(clip.name, by)
    until(deck, lambda: in_hand(deck))
    took.append(time.perf_counter() - began)
    metronome = Metronome()
    while time.perf_counter() - began < 0.1:
        deck.pictures(deck.tick())
        metronome.rest()
    return not right(Eyes(deck).tick(), truths_of(MIXED, length))
