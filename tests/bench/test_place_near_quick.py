"""The `near` section, quick."""

from __future__ import annotations

from tests.bench.place import QUICK, measure


def test_near_is_measured_and_its_answers_are_right() -> None:
    found = measure(["near"], QUICK, lambda _words: None)
    assert not found["missing"]
    assert 0 < found["proximity_ms"] <= found["proximity_worst_ms"] < 100
    assert found["proximity"]["fixes"] > 50_000 and found["proximity"]["stretches_found"] > 0
