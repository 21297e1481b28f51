"""Who was near a place: the index against asking every position one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.place import UNIT, Area, Box, Circle, Polygon
from reviewer.domain.presence import UNSTATED, Presence
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.domain.track import Fix, Track, distance
from reviewer.tracks.near import BLOCK, Columns, Near, closest, columns
from tests.tracks.walks import START, track, walk

CLEAR = 2.5  # metres: nearer than that to the limit both answers are right (ways are looked at every 2 m)


def circle(lat: float, lon: float, metres: int) -> Circle:
    return Circle(round(lat * UNIT), round(lon * UNIT), metres)


def away(area: Area, at: Fix) -> float:
    """Metres to a circle's edge or, for the others, 0 inside; far simpler than what is tested."""
    if isinstance(area, Circle):
        return distance(at, Fix(at.at, area.lat / UNIT, area.lon / UNIT)) - area.metres
    box = area if isinstance(area, Box) else area.box
    lat = min(max(at.lat, box.south / UNIT), box.north / UNIT)
    lon = min(max(at.lon, box.west / UNIT), box.east / UNIT)
    return distance(at, Fix(at.at, lat, lon))


def said(presences: tuple[Presence, ...], at: int) -> str:
    for each in presences:
        if any(s.start <= at <= s.end for s in each.surely):
            return "surely"
        if each.range.start <= at <= each.range.end:
            return "perhaps"
    return "no"


def by_hand(found: Track, area: Area, metres: float) -> list[tuple[int, str | None]]:
    """At many instants of known position: what is so, or None where it is too close to call."""
    told: list[tuple[int, str | None]] = []
    for a, b in zip(found.fixes, found.fixes[1:], strict=False):
        if b.at - a.at > found.hole_after:
            continue
        stated = a.accuracy is not None and b.accuracy is not None
        margin = 2 * (max(a.accuracy or 0, b.accuracy or 0) if stated else UNSTATED)
        for n in range(1, 5):  # at a fix two ways meet, each with its own accuracy
            at = Utc(a.at + (b.at - a.at) * n // 5)
            place = found.position(at)
            assert place is not None and not place.age
            far = away(area, Fix(at, place.lat, place.lon)) - metres
            if min(abs(far + margin), abs(far - margin)) < CLEAR:
                told.append((at, None))
            else:
                told.append((at, "surely" if far <= -margin and stated else "perhaps" if far <= margin else "no"))
    return told


@given(
    seed=st.integers(0, 10_000),
    lat=st.sampled_from([60.17, 0.0, -33.9, 78.2]),
    lon=st.sampled_from([24.94, 179.9999, -180.0, 0.0]),
    metres=st.integers(5, 120),
    speed=st.sampled_from([1.0, 4.0, 30.0]),
    unstated=st.sampled_from([0.0, 0.1, 1.0]),
)
def test_the_index_says_what_every_position_says(
    seed: int, lat: float, lon: float, metres: int, speed: float, unstated: float
) -> None:
    made = [walk(seed + n, 60 + 40 * n, lat=lat, lon=lon, speed=speed, unstated=unstated) for n in range(4)]
    area = circle(lat, lon, metres)
    found = {each.track: each.presences for each in Near(made).within(area)}
    for n, each in enumerate(made):
        for at, right in by_hand(track(each), area, 0.0):
            if right is not None:
                assert said(found.get(n, ()), at) == right


@given(seed=st.integers(0, 10_000), metres=st.sampled_from([0.0, 25.0]), size=st.integers(200, 1500))
def test_a_box_and_its_polygon_say_the_same(seed: int, metres: float, size: int) -> None:
    lat, lon = round(60.17 * UNIT), round(24.94 * UNIT)
    box = Box(lat - size // 4, lon - size // 2, lat + size // 4, lon + size // 2)
    corners = ((box.south, box.west), (box.south, box.east), (box.north, box.east), (box.north, box.west))
    made = [walk(seed, 300)]
    index = Near(made)
    found = index.within(box, metres)
    assert [f.track for f in found] == [f.track for f in index.within(Polygon(corners), metres)]
    presences = found[0].presences if found else ()
    for at, right in by_hand(track(made[0]), box, metres):
        if right is not None and right != "surely":  # inside a box, the distance to its edge is not asked by hand
            assert said(presences, at) == right or (said(presences, at) == "surely" and right == "perhaps")


def test_a_polygon_with_a_notch_has_its_notch_outside() -> None:
    lat, lon = round(60.17 * UNIT), round(24.94 * UNIT)
    notched = Polygon(((lat, lon), (lat + 400, lon), (lat + 400, lon + 800), (lat + 200, lon + 100), (lat, lon + 800)))
    there = [Fix(Utc(START), 60.172, 24.9405, 1.0), Fix(Utc(START + SECOND), 60.172, 24.9405, 1.0)]
    notch = [Fix(f.at, 60.172, 24.946, 1.0) for f in there]
    found = Near([columns(Track(tuple(f), "made")) for f in (there, notch)]).within(notched)
    assert [f.track for f in found] == [0] and found[0].presences[0].is_sure


def test_a_block_in_for_certain_is_not_opened_and_still_has_its_holes() -> None:
    """Somebody stands at a place for ten blocks with one hole: two stretches, whatever the blocks are."""
    times = START + np.arange(10 * BLOCK, dtype=np.int64) * SECOND
    times[100:] += 60 * SECOND
    many = len(times)
    here = Columns(times, np.full(many, 60.17), np.full(many, 24.94), np.full(many, 3.0))
    (found,) = Near([here, here]).within(circle(60.17, 24.94, 50))[:1]
    ranges = [TimeRange(Utc(int(a)), Utc(int(b))) for a, b in ((times[0], times[99]), (times[100], times[-1]))]
    assert [p.range for p in found.presences] == ranges == [s for p in found.presences for s in p.surely]
    assert here.known() == tuple(ranges)


def test_who_drives_through_between_two_fixes_was_there() -> None:
    fixes = (Fix(Utc(START), 60.17, 24.938, 2.0), Fix(Utc(START + 4 * SECOND), 60.17, 24.942, 2.0))
    (found,) = Near([columns(Track(fixes, "made"))]).within(circle(60.17, 24.94, 30))
    assert 0.9 * SECOND < found.presences[0].sure < 1.2 * SECOND
    nearest = closest(columns(Track(fixes, "made")), circle(60.17, 24.94, 30), found.presences[0].range)
    assert nearest is not None and nearest.metres < 1.5 and nearest.margin == pytest.approx(4.0)


def test_a_hole_is_never_crossed_and_never_an_absence() -> None:
    fixes = (Fix(Utc(START), 60.17, 24.938, 2.0), Fix(Utc(START + 9 * SECOND), 60.17, 24.942, 2.0))
    through = columns(Track(fixes, "made"))
    assert Near([through]).within(circle(60.17, 24.94, 30)) == ()
    assert [(r.start, r.duration) for r in through.known()] == [(START, 0), (START + 9 * SECOND, 0)]


def test_a_lone_fix_counts_for_its_instant() -> None:
    (found,) = Near([columns(Track((Fix(Utc(START), 60.17, 24.94, 2.0),), "made"))]).within(circle(60.17, 24.94, 30))
    assert found.presences == (Presence(TimeRange(Utc(START), Utc(START)), (TimeRange(Utc(START), Utc(START)),)),)


def test_what_states_no_accuracy_is_never_surely_there() -> None:
    fixes = tuple(Fix(Utc(START + n * SECOND), 60.17, 24.94) for n in range(100))
    (found,) = Near([columns(Track(fixes, "made"))]).within(circle(60.17, 24.94, 500))
    assert not found.presences[0].is_sure and found.presences[0].range.duration == 99 * SECOND


def test_an_index_of_nothing_finds_nothing() -> None:
    nobody = columns(Track((), "empty"))
    assert len(Near([])) == 0 and Near([]).within(circle(60.17, 24.94, 500)) == ()
    assert Near([nobody]).within(circle(60.17, 24.94, 500)) == () and nobody.known() == ()
    assert closest(nobody, circle(60.17, 24.94, 500), TimeRange(Utc(0), Utc(START))) is None
