"""What a GPS track says of the clock of the recording it lies beside."""

from __future__ import annotations

from reviewer.domain.alignment import SourceKind
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.track import Fix, Track
from reviewer.services.gps_alignment import of_track
from tests.domain.test_wall_time import START, manifest

FAST = 37 * SECOND


def _track(count: int) -> Track:
    """GPS time runs behind what the file states."""
    fixes = (Fix(Utc(START - FAST + n * SECOND), 60.1, 24.9, stream=Micros(n * SECOND)) for n in range(count))
    return Track(tuple(fixes), "csv")


def test_gps_time_against_the_files_own_says_how_far_the_stated_clock_is_off() -> None:
    reading = of_track(manifest(), _track(60))
    assert reading is not None
    assert (reading.kind, reading.recording, reading.other) == (SourceKind.GPS, "r1", None)
    assert reading.offset == -FAST
    assert SECOND // 2 < reading.sigma < 2 * SECOND
    assert "60 positions" in reading.why


def test_too_few_fixes_or_none_with_a_place_in_the_file_say_nothing() -> None:
    assert of_track(manifest(), _track(3)) is None
    placeless = Track(tuple(Fix(Utc(START + n), 60.1, 24.9) for n in range(60)), "gpx")
    assert of_track(manifest(), placeless) is None
