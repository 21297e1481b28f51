"""The sections of the bench of time and place, each in a process of its own (see `tests.bench`)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.figures import Figure
from tests.bench.machine import Missing, Say, facts, run_child

FIGURES: tuple[Figure, ...] = (
    Figure("gpx_s", "gpx", "a GPX of 36,000 points, read and checked", 0.7),
    Figure("proximity_ms", "near", "who was within 50 m, 10 M points, p95 of places", 100, spike="52"),
)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    quick: bool = False


QUICK = Extent(quick=True)


def measure(sections: list[str], extent: Extent, say: Say) -> dict[str, Any]:
    """Run these sections and give their figures; what could not be measured stands in "missing"."""
    found: dict[str, Any] = {"machine_before": facts(), "missing": {}}
    for section in sections:
        began = time.monotonic()
        try:
            found |= _MEASURE[section](extent)
        except (Missing, RuntimeError) as wrong:
            found["missing"][section] = str(wrong)
        say(f"{section}: done ({time.monotonic() - began:.0f} s)")
    return found | {"machine_after": facts()}


def _gpx(extent: Extent) -> dict[str, Any]:
    given = {"points": 2_000, "rounds": 2} if extent.quick else {"points": 36_000, "rounds": 7}
    return run_child("place_gpx", given, 120)


def _near(extent: Extent) -> dict[str, Any]:
    given = {"fixes": 60_000, "asked": 6} if extent.quick else {"fixes": 10_000_000, "asked": 60}
    return run_child("place_near", given, 400)


_MEASURE: dict[str, Callable[[Extent], dict[str, Any]]] = {
    "gpx": _gpx,
    "near": _near,
}
