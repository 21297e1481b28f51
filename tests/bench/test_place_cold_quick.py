"""The `cold` section, quick."""

from __future__ import annotations

from tests.bench.place import QUICK, measure


def test_a_cold_view_is_measured_and_whole() -> None:
    found = measure(["cold"], QUICK, lambda _words: None)
    assert not found["missing"]
    assert 0 < found["cold_view_s"] < 20
    assert found["cold_views"] == 1
