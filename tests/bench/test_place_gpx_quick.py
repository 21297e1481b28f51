"""The bench of reading a GPX runs; how fast it is, is for a quiet machine to say."""

from __future__ import annotations

from tests.bench.place import QUICK, measure


def test_it_runs_and_gives_its_key() -> None:
    found = measure(["gpx"], QUICK, lambda _: None)
    assert found["missing"] == {}
    assert 0 < found["gpx_s"] < 5
    assert found["gpx_points"] == 2_000
