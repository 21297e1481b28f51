"""Stops: what was planned is found again under noise, thrown points and holes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.timebase import SECOND
from reviewer.domain.track import Track
from reviewer.tracks.near import Columns, columns
from reviewer.tracks.stops import EXCURSION, LONGEST_HOLE, RADIUS, stops
from tests.tracks.walks import START, rest


def _slow(sigma: float) -> float:
    """Seconds of coming and going inside the radius and the noise, and a bin at either end."""
    return 2 * (RADIUS + 1.5 * sigma) / 1.4 + 12


def _without(whole: Columns, first: int, last: int) -> Columns:
    kept = np.r_[0:first, last : len(whole.times)]
    return replace(
        whole, times=whole.times[kept], lats=whole.lats[kept], lons=whole.lons[kept], sigmas=whole.sigmas[kept]
    )


@given(
    seed=st.integers(0, 10_000),
    sigma=st.sampled_from([1.0, 3.0, 6.0, 10.0]),
    lengths=st.lists(st.integers(150, 1500), min_size=1, max_size=5),
)
def test_planned_stops_are_found_again(seed: int, sigma: float, lengths: list[int]) -> None:
    plan = [(float(n), 150.0 * k, 40.0 * (k % 2)) for k, n in enumerate(lengths)]
    found = stops(rest(seed, plan, sigma=sigma))
    assert len(found) == len(lengths)
    for each, long in zip(found, lengths, strict=True):
        assert abs(each.range.duration // SECOND - long) <= _slow(sigma)
        assert each.unknown == 0 and each.margin == 2 * sigma and each.stated


@given(seed=st.integers(0, 10_000), sigma=st.sampled_from([1.0, 5.0]))
def test_who_walks_does_not_stop(seed: int, sigma: float) -> None:
    plan = [(1.0, 400.0 * k, 300.0 * (k % 2)) for k in range(4)]
    assert stops(rest(seed, plan, sigma=sigma)) == ()


def test_a_lost_fix_belongs_to_the_stop_and_is_said() -> None:
    whole = rest(3, [(900.0, 0.0, 0.0), (300.0, 300.0, 0.0)])
    first, second = stops(_without(whole, 200, 700))
    assert first.unknown == 501 * SECOND and 880 * SECOND < first.range.duration < 950 * SECOND
    assert second.unknown == 0


def test_too_long_a_hole_ends_it() -> None:
    long = LONGEST_HOLE // SECOND
    whole = rest(4, [(long + 1000.0, 0.0, 0.0)])
    assert len(stops(_without(whole, 400, 450 + long))) == 2


def test_who_was_seen_leaving_before_the_hole_did_not_stay() -> None:
    whole = rest(5, [(300.0, 0.0, 0.0), (10.0, 200.0, 0.0), (300.0, 0.0, 0.0)], sigma=2.0, thrown=0.0)
    assert len(stops(_without(whole, 440, 480))) == 2


def test_a_short_way_off_does_not_end_it() -> None:
    plan = [(200.0, 0.0, 0.0), (1.0, RADIUS + 8, 0.0), (200.0, 0.0, 0.0)]
    (found,) = stops(rest(6, plan, sigma=1.0, thrown=0.0))
    assert found.range.start == START and found.range.duration > 400 * SECOND > EXCURSION


def test_nothing_has_no_stops() -> None:
    assert stops(columns(Track((), "empty"))) == ()
