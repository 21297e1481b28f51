"""Positions between fixes, and none where nothing is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.timebase import SECOND, Utc
from reviewer.domain.track import Fix, Track, bearing, distance

START = Utc(1_781_379_600_000_000)
TIMES = st.lists(st.integers(0, 60), min_size=1, max_size=20, unique=True).map(sorted)


def _track(seconds: list[int]) -> Track:
    return Track(tuple(Fix(Utc(START + s * SECOND), 60.0 + s * 1e-5, 25.0, accuracy=4.0) for s in seconds), "test")


@given(TIMES, st.integers(-10, 80 * SECOND))
def test_a_position_lies_between_its_fixes_or_says_its_age(seconds: list[int], after: int) -> None:
    track, at = _track(seconds), Utc(START + after)
    position, before, following = track.position(at), track.last_fix(at), track.next_fix(at)
    if before is None:
        assert position is None
        return
    assert position is not None
    if position.age:
        assert (position.lat, position.lon) == (before.lat, before.lon)
        assert position.age == at - before.at > track.hole_after
    elif following is not None and following.at - before.at <= track.hole_after:
        assert before.lat <= position.lat <= following.lat


@given(TIMES)
def test_holes_are_what_is_longer_than_the_limit(seconds: list[int]) -> None:
    track = _track(seconds)
    assert all(h.duration > track.hole_after for h in track.holes)
    for hole in track.holes:
        middle = Utc((hole.start + hole.end) // 2)
        position = track.position(middle)
        assert position is not None
        assert position.lat == track.last_fix(hole.start).lat  # type: ignore[union-attr]


def test_no_fix_means_no_position() -> None:
    assert Track((), "gpx").position(START) is None


def test_distance_and_bearing() -> None:
    here, east = Fix(START, 60.0, 25.0), Fix(START, 60.0, 25.001)
    assert abs(distance(here, east) - 55.6) < 0.2
    heading = bearing(here, east)
    assert heading is not None
    assert abs(heading - 90) < 0.01
    assert bearing(here, here) is None
