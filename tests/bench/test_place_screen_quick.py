"""The benches of map and timeline run and give their keys; how fast they are, is for a quiet machine to say."""

from __future__ import annotations

from tests.bench.place import QUICK, measure


def test_map_and_timeline_are_measured() -> None:
    found = measure(["map", "timeline"], QUICK, lambda _words: None)
    assert not found["missing"]
    for key in ("map_pan_p95_ms", "marker_tick_ms", "marker_cpu_share"):
        assert found[key] > 0
    for key in ("timeline_pan_p95_ms", "playhead_ms", "playhead_cpu_share"):
        assert found[key] > 0
