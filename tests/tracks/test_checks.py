from __future__ import annotations

from math import inf, nan

import pytest

from reviewer.domain.timebase import SECOND, Utc, parse_rfc3339
from reviewer.tracks.checks import objection, track_from
from reviewer.tracks.readings import Reading

T0 = parse_rfc3339("2026-06-13T19:42:17Z")


def reading(second: float, lat: float = 60.17, lon: float = 24.94) -> Reading:
    return Reading(Utc(T0 + round(second * SECOND)), lat, lon)


@pytest.mark.parametrize("wild", [0, 1, 15, 29])
def test_one_wild_point_costs_only_itself_even_the_first(wild: int) -> None:
    readings = [reading(i, 61.0 if i == wild else 60.17 + i * 1e-5) for i in range(30)]
    track = track_from("t", readings)
    assert len(track.fixes) == 29
    assert [(r.reason, r.count) for r in track.refused] == [("jump", 1)]
    assert all(f.lat < 60.2 for f in track.fixes)


def test_a_long_way_in_a_long_time_is_no_jump() -> None:
    track = track_from("t", [reading(0), reading(3600, 60.9)])
    assert len(track.fixes) == 2
    assert len(track.holes) == 1


def test_noise_at_18_hz_is_no_jump() -> None:
    readings = [reading(i / 18, 60.17 + (i % 2) * 2e-4) for i in range(36)]  # 22 m to and fro
    assert track_from("t", readings).refused == ()


def test_across_the_date_line() -> None:
    track = track_from("t", [reading(0, 10, 179.9999), reading(1, 10, -179.9999)])
    assert len(track.fixes) == 2


def test_in_order_of_time_whatever_the_file_does() -> None:
    track = track_from("t", [reading(2), reading(0), reading(1)])
    assert [f.at - T0 for f in track.fixes] == [0, SECOND, 2 * SECOND]


def test_shifts_between_two_places_keep_the_longer_stay() -> None:
    readings = [reading(i, 60.17 if i % 3 else 62.0) for i in range(30)]
    track = track_from("t", readings)
    assert {f.lat for f in track.fixes} == {60.17}
    assert track.refused[0].count == 10


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Reading(T0, 60.0, 24.0, dop=99.0), "no fix"),
        (Reading(T0, 60.0, 24.0, dop=nan), "no fix"),
        (Reading(T0, 60.0, 24.0, has_fix=False), "no fix"),
        (Reading(T0, None, 24.0), "no fix"),
        (Reading(None, 60.0, 24.0), "no time"),
        (Reading(Utc(0), 60.0, 24.0), "no time"),
        (Reading(T0, 90.1, 24.0), "outside the earth"),
        (Reading(T0, 60.0, inf), "outside the earth"),
        (Reading(T0, nan, 24.0), "outside the earth"),
        (Reading(T0, 0.0, 0.0), "at 0, 0"),
        (Reading(T0, 60.0, 24.0, dop=98.9), None),
    ],
)
def test_what_a_reading_is_refused_for(bad: Reading, why: str | None) -> None:
    assert objection(bad) == why


def test_nonsense_beside_a_good_position_is_left_out() -> None:
    (fix,) = track_from("t", [Reading(T0, 60.0, 24.0, accuracy=-1, speed=-5, heading=-90)]).fixes
    assert (fix.accuracy, fix.speed, fix.heading) == (None, None, 270)
