"""The sections of the bench of time and place, each in a process of its own (see `tests.bench`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.figures import Figure
from tests.bench.machine import Say, display, measured, run_child

FIGURES: tuple[Figure, ...] = (
    Figure("cold_view_s", "cold", "the map at a new place, 1280x800, nothing cached, with its names", 1, spike="1.6"),
    Figure("gpx_s", "gpx", "a GPX of 36,000 points, read and checked", 0.7),
    Figure(
        "map_pan_p95_ms", "map", "map panned and zoomed, hand to picture, 9 tracks x 10 h, 1280x800", 16, spike="51"
    ),
    Figure("marker_tick_ms", "map", "nine positions moved on", 1, spike="0.9"),
    Figure("marker_cpu_share", "map", "a core’s share for that at 30 Hz", 0.08, spike="0.06"),
    Figure(
        "timeline_pan_p95_ms", "timeline", "timeline panned and zoomed, 9 lanes x 12 h, 2,000 marks", 16, spike="24.5"
    ),
    Figure("playhead_ms", "timeline", "play-head moved on", 0.5, spike="0.11"),
    Figure("playhead_cpu_share", "timeline", "a core’s share for that at 60 Hz", 0.05, spike="0.03"),
    Figure("proximity_ms", "near", "who was within 50 m, 10 M points, p95 of places", 100, spike="52"),
)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    quick: bool = False


QUICK = Extent(quick=True)


def measure(sections: list[str], extent: Extent, say: Say) -> dict[str, Any]:
    """Run these sections and give their figures."""
    return measured(sections, lambda section: _MEASURE[section](extent), say)


def _gpx(extent: Extent) -> dict[str, Any]:
    given = {"points": 2_000, "rounds": 2} if extent.quick else {"points": 36_000, "rounds": 7}
    return run_child("place_gpx", given, 120)


def _near(extent: Extent) -> dict[str, Any]:
    given = {"fixes": 60_000, "asked": 6} if extent.quick else {"fixes": 10_000_000, "asked": 60}
    return run_child("place_near", given, 400)


def _map(extent: Extent) -> dict[str, Any]:
    given = {"seconds": 36_000, "frames": 120, "ticks_s": 15.0}
    if extent.quick:
        given = {"seconds": 900, "frames": 4, "ticks_s": 0.4}
    with display():
        return run_child("place_map", given, 200)


def _timeline(extent: Extent) -> dict[str, Any]:
    given = {"hours": 12.0, "marks": 2000, "frames": 120, "ticks_s": 15.0}
    if extent.quick:
        given = {"hours": 1.5, "marks": 50, "frames": 4, "ticks_s": 0.4}
    with display():
        return run_child("place_timeline", given, 200)


def _cold(extent: Extent) -> dict[str, Any]:
    views = [(16.0, "dark")] if extent.quick else [(z, s) for s in ("dark", "light") for z in (14.0, 15.0, 16.0, 17.0)]
    with display():
        seen = [run_child("place_cold", {"zoom": zoom, "style": style}, 120) for zoom, style in views]
    return {
        "cold_view_s": round(max(each["cold_s"] for each in seen), 3),
        "cold_view_median_s": round(median(each["cold_s"] for each in seen), 3),
        "cold_next_s": round(max(each["next_s"] for each in seen), 3),
        "cold_server_s": round(max(each["server_s"] for each in seen), 3),
        "cold_views": len(seen),
    }


_MEASURE: dict[str, Callable[[Extent], dict[str, Any]]] = {
    "cold": _cold,
    "gpx": _gpx,
    "near": _near,
    "map": _map,
    "timeline": _timeline,
}
