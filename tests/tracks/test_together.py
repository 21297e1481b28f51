"""Who was near whom: two tracks against their positions one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.presence import UNSTATED
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.domain.track import Fix, Track, distance
from reviewer.tracks.near import Columns, columns
from reviewer.tracks.together import both_known, together
from tests.tracks.test_near import CLEAR, said
from tests.tracks.walks import START, track, walk


def _at(found: Track, at: Utc) -> tuple[Fix, float | None] | None:
    """Position and σ where it is known, from the two fixes around."""
    before, after = found.last_fix(at), found.next_fix(at)
    if before is None or (before.at != at and (after is None or after.at - before.at > found.hole_after)):
        return None
    place = found.position(at)
    assert place is not None
    bridged = after is not None and after.at - before.at <= found.hole_after
    both = (before.accuracy, after.accuracy) if bridged and after is not None else (before.accuracy,)
    stated = [s for s in both if s is not None]
    return Fix(at, place.lat, place.lon), max(stated) if len(stated) == len(both) else None


@given(
    seed=st.integers(0, 10_000),
    metres=st.integers(5, 100),
    lon=st.sampled_from([24.94, 179.9999]),
    unstated=st.sampled_from([0.0, 0.2]),
)
def test_two_tracks_say_what_their_positions_say(seed: int, metres: int, lon: float, unstated: float) -> None:
    one, other = (walk(seed + n, 150, lon=lon, spread=40, unstated=unstated) for n in (0, 50_000))
    found, a, b = together(one, other, metres), track(one), track(other)
    times = np.union1d(one.times, other.times)
    for at in ((times[1:] + times[:-1]) // 2).tolist():
        here, there = _at(a, Utc(at)), _at(b, Utc(at))
        if here is None or there is None:
            assert said(found, at) == "no"
            continue
        stated = here[1] is not None and there[1] is not None
        low = 2 * np.hypot(here[1] or UNSTATED, there[1] or UNSTATED)
        far = distance(here[0], there[0]) - metres
        if min(abs(far - low), abs(far + low)) > CLEAR + 1:
            right = "surely" if far <= -low and stated else "perhaps" if far <= low else "no"
            assert said(found, at) == right or not stated


def test_the_order_of_the_two_changes_nothing() -> None:
    one, other = walk(1, spread=30), walk(2, spread=30)
    assert [p.range for p in together(one, other, 50)] == [p.range for p in together(other, one, 50)]


def test_two_who_stand_together_are_so_while_both_are_known() -> None:
    times = START + np.arange(600, dtype=np.int64) * SECOND
    one = Columns(times, np.full(600, 60.17), np.full(600, 24.94), np.full(600, 3.0))
    kept = np.r_[0:200, 400:600]
    other = Columns(times[kept] + 300_000, one.lats[kept] + 0.0001, one.lons[kept], one.sigmas[kept])
    first, second = together(one, other, 30)
    assert first.surely == (first.range,) and second.surely == (second.range,)
    assert (first.range.start, first.range.end) == (times[0] + 300_000, times[199] + 300_000)
    assert both_known(one, other) == (first.range, TimeRange(second.range.start, Utc(int(times[-1]))))
    assert first.closest is not None and 11.0 < first.closest.metres < 11.2 and 8.4 < first.closest.margin < 8.6


def test_tracks_of_different_days_never_met() -> None:
    one = walk(1)
    assert together(one, replace(one, times=one.times + 86_400 * SECOND), 1e6) == ()
    assert together(one, columns(Track((), "empty")), 1e6) == ()
