"""Stated and wall time: there and back, and what a recording looks like on the wall."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.alignment import Alignment, Correction, Judged, Reading, SourceKind, aligned, on_wall
from reviewer.domain.recording import Clock, ClockSource, Ingest, Kind, Manifest, Part
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.wall_time import SIGNED, WallTime, moved

START = Utc(1_781_379_690_000_000)
OFFSETS = st.integers(-10 * 86_400 * SECOND, 10 * 86_400 * SECOND)
DRIFTS = st.integers(-200_000, 200_000)
WITHIN = st.integers(-12 * 3600 * SECOND, 12 * 3600 * SECOND)


def manifest(key: str = "r1", kind: Kind = Kind.VIDEO, still_of: str | None = None) -> Manifest:
    parts = tuple(
        Part("00", 1, "00", 1, Utc(START + begin * SECOND), Micros(length * SECOND))
        for begin, length in ((0, 60), (90, 30))
    )
    clock = Clock(ClockSource.CONTAINER, Micros(2 * SECOND), Micros(5))
    ingest = Ingest("desk-1", START, "1")
    return Manifest(key, "pd", kind, parts, clock, ingest, (), still_of=still_of)


def correction(offset: int, drift: int = 0, key: str = "r1") -> Correction:
    return Correction(key, Micros(offset), Micros(20_000), Utc(START + 60 * SECOND), drift, 1_000)


@given(OFFSETS, DRIFTS, WITHIN)
def test_a_stated_time_comes_back_from_the_wall(offset: int, drift: int, at: int) -> None:
    one = correction(offset, drift)
    stated = Utc(START + at)
    assert abs(one.to_stated(one.to_wall(stated)) - stated) <= 1
    wall = WallTime({"r1": one})
    assert wall.to_wall("r1", stated) == one.to_wall(stated)
    assert wall.to_wall("another", stated) == stated
    assert moved("r1", stated, SIGNED, wall) == one.to_wall(stated)
    assert abs(moved("r1", moved("r1", stated, SIGNED, wall), wall, SIGNED) - stated) <= 1


@given(OFFSETS, DRIFTS, st.integers(0, 60 * SECOND))
def test_a_frame_lies_where_its_stated_time_does(offset: int, drift: int, stream: int) -> None:
    signed, one = manifest(), correction(offset, drift)
    shown = aligned(signed, one)
    for before, after in zip(signed.parts, shown.parts, strict=True):
        stated = signed.model(before).to_utc(Micros(stream))
        assert abs(shown.model(after).to_utc(Micros(stream)) - one.to_wall(stated)) <= 1
        assert after.range == one.range_to_wall(before.range)
        assert (after.object, after.sha256) == (before.object, before.sha256)


def test_its_clock_says_what_moved_it_and_how_sure_that_is() -> None:
    one = correction(-37_214_000, 4_000)
    shown = aligned(manifest(), one, SourceKind.SOUND).clock
    assert shown.source is ClockSource.SOUND
    assert shown.correction == 5 - 37_214_000 - 240  # 60 s before the pivot, at 4 ppm
    assert shown.uncertainty == one.sigma_at(START) >= 20_000
    assert shown.drift_ppb == 4_000
    assert aligned(manifest(), correction(0)).clock.drift_ppb is None


def test_a_still_goes_with_the_recording_it_was_taken_beside() -> None:
    found = Alignment((correction(-37 * SECOND),))
    still = manifest("s1", Kind.STILL, still_of="r1")
    assert on_wall(still, found).range.start == START - 37 * SECOND
    assert on_wall(manifest("r2"), found) == manifest("r2")
    assert on_wall(still, None) == still
    wall = WallTime.of([still, manifest(), manifest("r2")], found)
    assert set(wall.corrections) == {"s1", "r1"}
    assert wall.range_to_wall("s1", TimeRange(START, START)).start == START - 37 * SECOND


def test_a_camera_rests_on_its_own_best_reading_unless_others_make_it_surer() -> None:
    own = Reading(SourceKind.MANIFEST, "r1", None, START, Micros(0), Micros(20_000))
    poor = Reading(SourceKind.CONTAINER, "r2", None, START, Micros(0), Micros(2_000_000))
    joined = Reading(SourceKind.SOUND, "r1", "r2", START, Micros(0), Micros(5_000))
    sure = replace(correction(0), sigma=Micros(19_900))
    made = replace(correction(0, key="r2"), sigma=Micros(20_600))
    found = Alignment((sure, made), judged=tuple(Judged(r, Micros(0)) for r in (own, poor, joined)))
    assert found.source("r1") is SourceKind.MANIFEST
    assert found.source("r2") is SourceKind.SOUND
    assert found.source("r3") is None
