"""What single sources say: the manifest, GPS positions, a person's cue and knowledge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer.alignment.readings import cue_sigma, of_cue, of_device, of_gps, of_manifest, pivot_of
from reviewer.alignment.solve import solve
from reviewer.domain.alignment import SourceKind
from reviewer.domain.annotation import Mark
from reviewer.domain.recording import Clock, ClockSource, Ingest, Kind, Manifest, Part
from reviewer.domain.timebase import SECOND, Micros, TimeModel, Utc
from reviewer.domain.track import Fix

START = Utc(1_781_384_400_000_000)
MINUTE = 60 * SECOND


def manifest(source: ClockSource = ClockSource.MANIFEST, uncertainty: int = 20_000) -> Manifest:
    parts = (
        Part("", 0, "", 0, START, Micros(MINUTE)),
        Part("", 0, "", 0, Utc(START + 2 * MINUTE), Micros(MINUTE)),
    )
    clock = Clock(source, Micros(uncertainty))
    return Manifest("r", "agency", Kind.VIDEO, parts, clock, Ingest("station", START, "1"), ())


def fixes(ahead: int, count: int = 60) -> list[Fix]:
    """GPS says the camera's stream began so much later than its manifest does."""
    return [Fix(Utc(START + ahead + i * SECOND), 60.0, 24.0, stream=Micros(i * SECOND)) for i in range(count)]


@pytest.mark.parametrize("source", [ClockSource.GPS, ClockSource.MANIFEST, ClockSource.CONTAINER, ClockSource.FILE])
def test_a_manifest_says_that_it_is_right_within_its_sigma(source: ClockSource) -> None:
    said = of_manifest(manifest(source))
    assert said.kind.value == source.value
    assert (said.offset, said.sigma, said.other) == (0, 20_000, None)
    assert said.at == pivot_of(manifest()) == START + 90 * SECOND
    assert said.why.endswith(".")


def test_gps_says_how_far_the_stated_clock_is_off() -> None:
    said = of_gps(manifest(), fixes(37 * SECOND))
    assert said is not None
    assert (said.kind, said.offset) == (SourceKind.GPS, 37 * SECOND)
    assert 500_000 < said.sigma < 1_500_000
    assert said.at == START + 29_500_000
    assert said.why == "GPS time of 60 positions against the file’s own."


def test_gps_without_stream_times_says_nothing() -> None:
    assert of_gps(manifest(), [replace(f, stream=None) for f in fixes(0)]) is None
    assert of_gps(manifest(), fixes(0, count=3)) is None


def test_gps_alone_finds_the_wrong_clock() -> None:
    said = [of_manifest(manifest(uncertainty=SECOND)), of_gps(manifest(), fixes(37 * SECOND))]
    found = solve([r for r in said if r is not None], ["r"], {"r": pivot_of(manifest())})
    mine = found.of("r")
    assert mine is not None
    assert abs(mine.offset - 37 * SECOND) <= mine.sigma
    assert [j.used for j in found.judged] == [False, True]


def test_what_a_person_knows() -> None:
    said = of_device(manifest(), Micros(-SECOND), Micros(200_000), "Compared with the station’s clock.")
    assert (said.kind, said.recording, said.at) == (SourceKind.DEVICE, "r", START + 90 * SECOND)


def test_a_cue_is_worth_what_the_frames_are() -> None:
    at_30, at_5 = Mark("a", 0, Micros(0), Micros(33_333)), Mark("b", 0, Micros(0), Micros(200_000))
    assert cue_sigma(at_30, at_30) == pytest.approx(49_100, abs=100)
    assert cue_sigma(at_30, at_5) == pytest.approx(211_000, abs=1_000)
    unknown = Mark("c", 0, Micros(0), Micros(0))
    assert cue_sigma(unknown, at_30) > cue_sigma(at_30, at_30)


def test_a_cue_joins_two_stated_clocks() -> None:
    one, other = Mark("a", 0, Micros(5 * SECOND), Micros(5_040_000)), Mark("b", 1, Micros(SECOND), Micros(1_200_000))
    clocks = TimeModel(START, Micros(0)), TimeModel(Utc(START + 37 * SECOND), Micros(0))
    said = of_cue(one, other, clocks, cue_sigma(one, other), "Door of the van shuts.")
    assert (said.recording, said.other, said.why) == ("a", "b", "Door of the van shuts.")
    assert said.at == START + 4_980_000
    assert said.offset == 33 * SECOND - 80_000  # in the middle between the frames that do not show it and those that do
