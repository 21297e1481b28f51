"""Places: a coarse path never misses what the track has, and is not far too generous."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviewer.domain.place import MOST, UNIT, Box, Circle, Place, Polygon, metres, place_of
from reviewer.domain.timebase import Utc
from reviewer.domain.track import Fix, distance

STEP = st.tuples(st.integers(-900, 900), st.integers(-900, 900))
START = st.tuples(st.integers(-85 * UNIT, 85 * UNIT), st.integers(-180 * UNIT, 180 * UNIT))


@st.composite
def walks(draw: st.DrawFn) -> list[Fix]:
    """A track of steps of up to about a kilometre, over any meridian."""
    lat, lon = draw(START)
    found = []
    for i, (up, side) in enumerate(draw(st.lists(STEP, min_size=1, max_size=90))):
        lat, lon = max(-85 * UNIT, min(85 * UNIT, lat + up)), (lon + side + 180 * UNIT) % (360 * UNIT) - 180 * UNIT
        found.append(Fix(Utc(i * 1_000_000), lat / UNIT, lon / UNIT))
    return found


@given(walks(), st.data(), st.integers(0, 5_000))
def test_no_fix_is_missed_by_point_or_box(track: list[Fix], data: st.DataObject, wide: int) -> None:
    place = place_of(track)
    assert place is not None
    assert len(place.path) <= 2 * MOST
    fix = data.draw(st.sampled_from(track))
    lat, lon = round(fix.lat * UNIT), round(fix.lon * UNIT)
    assert place.meets(Circle(lat, lon, wide))
    assert place.meets(Box(lat, lon, lat, lon).wider(wide))
    assert place.box.has(lat, lon)
    assert place.box.meets(Circle(lat, lon, wide).box)


@given(walks(), START, st.integers(0, 3_000))
def test_what_is_found_was_really_near(track: list[Fix], at: tuple[int, int], wide: int) -> None:
    place = place_of(track)
    assert place is not None
    nearest = min(distance(f, Fix(Utc(0), at[0] / UNIT, at[1] / UNIT)) for f in track)
    if place.meets(Circle(*at, wide)):
        assert nearest <= wide + 2 * place.reach + 5
    if place.meets(Circle(*at, wide)):
        assert place.box.meets(Circle(*at, wide).box)


@given(START, START)
def test_a_wider_box_has_what_is_that_near(a: tuple[int, int], b: tuple[int, int]) -> None:
    far = metres(*a, *b)
    if far < 200_000 and max(abs(a[0]), abs(b[0])) < 80 * UNIT:
        assert Box(*a, *a).wider(far + 2).has(*b)


def test_no_fix_is_no_place() -> None:
    assert place_of([]) is None


@pytest.mark.parametrize("path", [(), (1,), (91 * UNIT, 0), (0, 181 * UNIT)])
def test_what_is_no_path_is_refused(path: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="path"):
        Place(path, 10)


def test_what_is_no_box_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        Box(10, 0, 5, 0)


def test_a_polygon_has_what_lies_inside_and_nothing_beside() -> None:
    corner = Polygon(((0, 0), (0, 200), (100, 200), (100, 100), (200, 100), (200, 0)))
    assert corner.has(50, 150)
    assert corner.has(150, 50)
    assert not corner.has(150, 150)
    assert corner.box == Box(0, 0, 200, 200)
    with pytest.raises(ValueError, match="three corners"):
        Polygon(((0, 0), (1, 1)))


@given(walks(), st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), min_size=3, max_size=6))
def test_a_track_with_a_fix_in_a_polygon_meets_it(track: list[Fix], offsets: list[tuple[int, int]]) -> None:
    lat, lon = round(track[0].lat * UNIT), round(track[0].lon * UNIT)
    assume(abs(lon) < 179 * UNIT)
    drawn = Polygon(tuple((lat + a, lon + b) for a, b in offsets))
    found = place_of(track)
    assert found is not None
    if drawn.has(lat, lon):
        assert found.meets(drawn)
