"""The sections of the bench of alignment, each in a process of its own (see `tests.bench`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.align_pairs import HELD_OUT, TUNING
from tests.bench.figures import Figure
from tests.bench.machine import Say, measured, run_child

FIGURES: tuple[Figure, ...] = (
    Figure("sound_within", "sound", "held-out pairs within max(20 ms, 3σ), of those accepted", 1, True, "34/36"),
    Figure("sound_accepted", "sound", "accepted, of the pairs at 0 dB and above", 0.95, True),
    Figure("sound_within_1sigma", "sound", "within 1σ, of those accepted (0.63 to 0.73)", 0.63, True),
    Figure("sound_1sigma_off", "sound", "the same, off 0.68", 0.05),
    Figure("sound_within_limit", "sound", "within the limit that 19 of 20 are to keep, of those accepted", 0.93, True),
    Figure("false_accepts", "sound", "pairs of different scenes accepted", 0),
    Figure("unrelated_pairs", "sound", "such pairs compared", 300, True, "18"),
    Figure("hour_s", "hour", "CPU seconds for 1 h × 1 h", 5, spike="3.1"),
    Figure("hour_mb", "hour", "memory for it, all of the process", 500, spike="2100"),
    Figure("misclosure_ms", "nine", "round trips A→B→C→A, nine cameras solved together, median", 5),
)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: `pairs` from seed `first` on, so many `unrelated` ones, recordings of an `hour` (s) and of
    `minutes`, `cameras` in each of so many `incidents`."""

    first: int = HELD_OUT
    pairs: int = 240
    unrelated: int = 400
    hour: int = 3_600
    cameras: int = 9
    incidents: int = 2
    minutes: float = 3.0


QUICK = Extent(TUNING, 6, 8, 240, 3, 1, 0.7)
TUNED = Extent(TUNING, 160)
"""What the thresholds and σ of `alignment.sound` were tuned on: not what they are reported on."""


def measure(sections: list[str], extent: Extent, say: Say) -> dict[str, Any]:
    """Run these sections and give their figures."""
    return measured(sections, lambda section: _MEASURE[section](extent), say)


def _sound(extent: Extent) -> dict[str, Any]:
    return run_child(
        "align_sound", {"first": extent.first, "count": extent.pairs, "unrelated": extent.unrelated}, 3_600
    )


def _hour(extent: Extent) -> dict[str, Any]:
    return run_child("align_hour", {"seconds": extent.hour}, 600)


def _nine(extent: Extent) -> dict[str, Any]:
    given = {"cameras": extent.cameras, "minutes": extent.minutes, "incidents": extent.incidents}
    return run_child("align_nine", given, 900)


_MEASURE: dict[str, Callable[[Extent], dict[str, Any]]] = {"sound": _sound, "hour": _hour, "nine": _nine}
