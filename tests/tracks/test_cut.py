from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.timebase import SECOND, TimeRange, Utc, parse_rfc3339
from reviewer.domain.track import Fix, Track
from reviewer.tracks.base import read_track
from reviewer.tracks.cut import cut

START = parse_rfc3339("2026-06-13T16:00:00Z")
MAYBE = st.none() | st.floats(0, 50)


@given(st.lists(st.tuples(st.integers(0, 99), st.floats(-0.0005, 0.0005), MAYBE, MAYBE), max_size=40))
def test_what_lies_within_is_kept_to_the_last_digit(
    points: list[tuple[int, float, float | None, float | None]],
) -> None:
    fixes = sorted(
        (
            Fix(Utc(START + second * SECOND + 123_456), 60 + off, 24 + off, accuracy, speed, speed)
            for second, off, accuracy, speed in points
        ),
        key=lambda f: f.at,
    )
    window = TimeRange(Utc(START + 20 * SECOND), Utc(START + 60 * SECOND))
    table = cut(Track(tuple(fixes), "gpx"), window)
    wanted = tuple(f for f in fixes if f.at in window)
    assert (table == b"") == (not wanted)
    if wanted:
        assert read_track("cut.csv", table).fixes == wanted


def test_the_end_is_not_within() -> None:
    track = Track((Fix(START, 60, 24), Fix(Utc(START + SECOND), 60, 24)), "gpx")
    assert cut(track, TimeRange(START, Utc(START + SECOND))).count(b"\n") == 2
