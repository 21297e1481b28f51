from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.alignment.clocks import (
    CONTAINER_UNCERTAINTY,
    FILE_UNCERTAINTY,
    GpsClock,
    camera_clock,
    choose,
    from_container,
    from_file,
    from_gps,
)
from reviewer.domain.camera_clock import CameraClock
from reviewer.domain.recording import Clock, ClockSource
from reviewer.domain.timebase import SECOND, Micros, Utc, parse_rfc3339
from reviewer.domain.track import Fix

START = parse_rfc3339("2026-06-13T19:42:17Z")
HALF = SECOND // 2


def fixes(offsets: list[float], every: float = 1.0) -> list[Fix]:
    """Fixes whose GPS time is ahead of (start + stream) by these seconds."""
    streams = [round(i * every * SECOND) for i in range(len(offsets))]
    pairs = zip(streams, offsets, strict=True)
    return [Fix(Utc(START + s + round(o * SECOND)), 60.0, 24.0, stream=Micros(s)) for s, o in pairs]


def test_one_hertz_gives_the_median_and_about_a_second() -> None:
    rng = Random(1)  # noqa: S311 - noise for a test
    gps = from_gps(fixes([rng.uniform(-0.4, 0.4) for _ in range(600)]))
    assert gps is not None
    assert abs(gps.start - START) < 100_000
    assert 900_000 < gps.uncertainty < 1_200_000
    assert gps.pairs == 600


def test_a_third_of_wild_times_moves_nothing() -> None:
    gps = from_gps(fixes([18.0 if i % 3 == 0 else 0.0 for i in range(90)]))
    assert gps is not None
    assert gps.start == START


def test_a_clock_that_two_halves_of_a_file_disagree_on_says_so() -> None:
    gps = from_gps(fixes([0.0] * 50 + [40.0] * 51))
    assert gps is not None
    assert gps.uncertainty > 500_000
    divided = from_gps(fixes([float(i % 40) for i in range(200)]))
    assert divided is not None
    assert divided.uncertainty > 10 * SECOND


@given(st.lists(st.floats(-3, 3), min_size=5, max_size=50), st.sampled_from([1.0, 0.1, 0.055]))
def test_never_surer_than_half_a_second(offsets: list[float], every: float) -> None:
    gps = from_gps(fixes(offsets, every))
    assert gps is not None
    assert gps.uncertainty >= HALF


def test_too_few_or_no_stream_times_is_no_clock() -> None:
    assert from_gps(fixes([0.0] * 4)) is None
    assert from_gps([]) is None
    assert from_gps([Fix(START, 60.0, 24.0)] * 100) is None


def test_hints_are_honest() -> None:
    assert from_container(START) == CameraClock(START, ClockSource.CONTAINER, CONTAINER_UNCERTAINTY)
    hint = from_file(Utc(START + 10 * SECOND), Micros(10 * SECOND))
    assert (hint.start, hint.source, hint.uncertainty) == (START, ClockSource.FILE, FILE_UNCERTAINTY)


def test_the_best_word_on_the_cameras_own_clock() -> None:
    stated = CameraClock(START, ClockSource.CONTAINER, Micros(0))
    assert camera_clock(stated, None, START, SECOND).uncertainty == CONTAINER_UNCERTAINTY
    sure = CameraClock(START, ClockSource.MANIFEST, Micros(40_000), Micros(-7))
    assert camera_clock(sure, START, START, SECOND) == sure
    assert camera_clock(None, START, START, SECOND).source is ClockSource.CONTAINER
    assert camera_clock(None, None, START, SECOND).source is ClockSource.FILE


def own(seconds: float, uncertainty: float, checked: float | None = None) -> CameraClock:
    offset = None if checked is None else Micros(round(checked * SECOND))
    at = Utc(START + round(seconds * SECOND))
    return CameraClock(at, ClockSource.CONTAINER, Micros(round(uncertainty * SECOND)), offset)


GPS = GpsClock(START, SECOND, 120)


def test_gps_wins_against_a_clock_that_is_37_s_wrong() -> None:
    choice = choose(own(-37, 0.5), GPS)
    assert (choice.start, choice.clock) == (START, Clock(ClockSource.GPS, SECOND, Micros(37 * SECOND)))
    assert choice.why == "GPS time from 120 positions; the camera’s own clock was 37.0 s behind it."


def test_gps_wins_against_a_hint_that_agrees_for_being_surer() -> None:
    choice = choose(own(37, 4 * 3600), GPS)
    assert choice.clock == Clock(ClockSource.GPS, SECOND, Micros(-37 * SECOND))
    assert choice.why.endswith("the camera’s own clock differs by 37.0 s.")


def test_a_clock_checked_at_the_dock_wins_where_gps_agrees() -> None:
    choice = choose(own(-37.3, 0.02, checked=37.0), GPS)
    assert choice.start == START - 300_000
    assert choice.clock == Clock(ClockSource.MANIFEST, Micros(20_000), Micros(37 * SECOND))
    assert choice.why == "The dock compared the camera’s clock with the station’s; GPS time agrees within 0.3 s."


def test_a_dock_that_measured_wrong_loses_and_both_corrections_are_one() -> None:
    choice = choose(own(-37, 0.02, checked=30.0), GPS)
    assert choice.start == START
    assert choice.clock == Clock(ClockSource.GPS, SECOND, Micros(37 * SECOND))
    assert "7.0 s behind" in choice.why


def test_without_gps_the_camera_is_believed_as_far_as_it_goes() -> None:
    choice = choose(own(0, 2.0))
    assert choice.clock == Clock(ClockSource.CONTAINER, Micros(2 * SECOND))
    assert choice.why == "The camera’s own clock, which nobody compared with another; no GPS time to compare it with."


def test_a_modification_time_is_no_cameras_clock() -> None:
    choice = choose(from_file(Utc(START + 3504 * 86_400 * SECOND), SECOND), GPS)
    assert choice.clock == Clock(ClockSource.GPS, SECOND)
    assert choice.why == "GPS time from 120 positions; the file states no other time."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-28782.0, "7 h 59 m 42 s behind"), (300.0, "5 m 0 s ahead of"), (-864_000.0, "10 d 0 h behind")],
)
def test_lengths_in_words(seconds: float, words: str) -> None:
    assert words in choose(own(seconds, 1.0), GPS).why
