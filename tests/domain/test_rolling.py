"""Who rolled when: against counting every microsecond, and against clocks that are off by as much as they may be."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.rolling import (
    CameraRolling,
    Edge,
    Incident,
    Lean,
    RollingReport,
    incident_of,
    report,
    rolled_in,
    time_without,
)
from reviewer.domain.timebase import Micros, TimeRange, Utc, merge

WINDOW = TimeRange(Utc(100), Utc(200))
STRETCH = st.tuples(st.integers(60, 240), st.integers(1, 60)).map(lambda s: TimeRange(Utc(s[0]), Utc(s[0] + s[1])))
CAMERAS = st.lists(st.tuples(st.lists(STRETCH, min_size=1, max_size=3), st.integers(0, 6)), max_size=4)


def _camera(number: int, rolling: list[TimeRange], sigma: int = 0) -> CameraRolling:
    return CameraRolling(f"r{number}", number, f"Ofc. {number}", merge(rolling), Micros(sigma))


def _report(found: list[tuple[list[TimeRange], int]]) -> RollingReport:
    return report([_camera(n, rolling, sigma) for n, (rolling, sigma) in enumerate(found, 1)], Incident(WINDOW))


@given(CAMERAS)
def test_with_perfect_clocks_it_is_what_counting_gives(found: list[tuple[list[TimeRange], int]]) -> None:
    made = _report([(rolling, 0) for rolling, _ in found])
    alone = {at for at in range(100, 200) if not any(at in each for rolling, _ in found for each in rolling)}
    assert {at for a, b in made.nobody for at in range(a, b)} == alone
    assert made.perhaps == ()
    assert time_without(made) == (len(alone), len(alone))


@given(CAMERAS, st.data())
def test_what_is_sure_is_so_wherever_the_clocks_truly_are(
    found: list[tuple[list[TimeRange], int]], data: st.DataObject
) -> None:
    made = _report(found)
    truly: set[int] = set()
    for rolling, sigma in found:
        off = data.draw(st.integers(-2 * sigma, 2 * sigma))
        truly |= {at + off for each in merge(rolling) for at in range(each.start, each.end)}
    alone = {at for at in range(100, 200) if at not in truly}
    sure = {at for a, b in made.nobody for at in range(a, b)}
    perhaps = {at for a, b in made.perhaps for at in range(a, b)}
    assert sure <= alone <= sure | perhaps
    assert not sure & perhaps
    least, most = time_without(made)
    assert least <= len(alone) <= most


def test_late_and_early_are_said_only_beyond_the_clocks_doubt() -> None:
    late = _camera(1, [TimeRange(Utc(130), Utc(190))], 10)
    made = report([late], Incident(WINDOW))
    assert made.starts == (Edge(Lean.LACKS, Micros(30), Micros(10)),)
    assert made.ends == (Edge(Lean.UNDECIDED, Micros(10), Micros(10)),)
    before = report([_camera(1, [TimeRange(Utc(50), Utc(260))], 10)], Incident(WINDOW))
    assert before.starts[0].lean is before.ends[0].lean is Lean.COVERS


def test_a_buffer_is_no_early_start() -> None:
    """What the camera kept from before the officer pressed record says nothing of when they did."""
    camera = replace(_camera(1, [TimeRange(Utc(90), Utc(200))]), buffer=TimeRange(Utc(90), Utc(120)))
    assert report([camera], Incident(WINDOW)).starts[0] == Edge(Lean.LACKS, Micros(20), Micros(0))


def test_without_a_stated_time_cameras_are_compared_with_each_other() -> None:
    one, other = _camera(1, [TimeRange(Utc(0), Utc(80))], 500), _camera(2, [TimeRange(Utc(40), Utc(100))], 500)
    incident = incident_of([other, one])
    assert incident == Incident(TimeRange(Utc(0), Utc(100)), False, "r1", "r2")
    made = report([other, one], incident, lambda _a, _b: Micros(3))
    assert [e.lean for e in made.starts] == [Lean.COVERS, Lean.LACKS]
    assert made.starts[1] == Edge(Lean.LACKS, Micros(40), Micros(3))
    assert report([other, one], incident).starts[1].lean is Lean.UNDECIDED
    assert incident_of([]) is None


@given(STRETCH, STRETCH)
def test_a_camera_rolled_as_long_as_it_did(one: TimeRange, other: TimeRange) -> None:
    camera = _camera(1, [one, other])
    inside = {at for each in (one, other) for at in range(each.start, each.end)} & set(range(100, 200))
    assert rolled_in(camera, WINDOW) == len(inside)
    assert sum(g.duration for g in camera.gaps) + sum(r.duration for r in camera.rolling) == camera.range.duration
