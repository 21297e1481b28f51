"""From a match of two sounds to what it says of two clocks, the way between the cameras counted in."""

from __future__ import annotations

from math import hypot

import pytest

from reviewer.alignment.sound import SoundMatch, way_sigma
from reviewer.domain.alignment import SourceKind
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.track import Fix, Track
from reviewer.services.sound_alignment import metres_apart, metres_apart_at, reading_of
from tests.domain.test_wall_time import START, manifest

DEGREE = 111_195.0  # metres in a degree of latitude on the sphere of `track.distance`


def _track(metres: float, accuracy: float | None = 3.0, start: int = 0, count: int = 120) -> Track:
    lat = 60.0 + metres / DEGREE
    return Track(tuple(Fix(Utc(START + (start + n) * SECOND), lat, 24.9, accuracy) for n in range(count)), "gpx")


def test_a_match_between_streams_is_a_reading_between_stated_clocks() -> None:
    match = SoundMatch(
        offset=Micros(5 * SECOND),
        drift_ppb=1_500,
        sigma=Micros(250),
        limit=Micros(800),
        drift_sigma_ppb=80,
        at=Micros(20 * SECOND),
        windows=24,
        on_line=22,
        span=Micros(60 * SECOND),
    )
    reading = reading_of(manifest("r1"), manifest("r2"), match, 10.0)
    assert (reading.kind, reading.recording, reading.other) == (SourceKind.SOUND, "r1", "r2")
    assert (reading.at, reading.offset) == (START + 20 * SECOND, 5 * SECOND)
    assert reading.drift_ppb == 1_500
    assert (reading.drift_sigma_ppb or 0) > 80, "who walks meanwhile looks like a drift"
    assert reading.sigma == round(hypot(400, way_sigma(10.0))), "± is 2 σ, and is to hold 19 of 20"
    assert "22 of 24" in reading.why and "10 m apart" in reading.why
    unknown = reading_of(manifest("r1"), manifest("r2"), match, None)
    assert unknown.sigma > 2 * reading.sigma
    assert "no GPS" in unknown.why


def test_two_tracks_say_how_far_two_cameras_are_apart_and_how_sure_that_is() -> None:
    assert metres_apart(_track(0), _track(40)) == pytest.approx(hypot(40, 3, 3), rel=0.01)
    assert metres_apart(_track(0, None), _track(0, None)) == pytest.approx(hypot(10, 10), rel=0.01)
    assert metres_apart(_track(0), _track(40, start=100)) is None, "too short together"
    assert metres_apart(_track(0), None) is None
    assert metres_apart(_track(0), Track((), "gpx")) is None
    assert metres_apart_at(_track(0), _track(40), Utc(START + 5 * SECOND)) == pytest.approx(hypot(40, 3, 3), rel=0.01)
    assert metres_apart_at(_track(0), _track(40), Utc(START - 60 * SECOND)) is None
    assert metres_apart_at(_track(0), None, START) is None
