"""Time: exact both ways, ranges that add up, models that undo themselves."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.timebase import (
    Micros,
    TimeModel,
    TimeRange,
    Utc,
    format_rfc3339,
    from_datetime,
    merge,
    parse_rfc3339,
    pts_to_micros,
)

INSTANTS = st.integers(-(10**15), 4 * 10**15).map(Utc)
RANGES = st.tuples(INSTANTS, st.integers(0, 10**12)).map(lambda p: TimeRange(p[0], Utc(p[0] + p[1])))


@given(INSTANTS)
def test_rfc3339_keeps_every_microsecond(instant: Utc) -> None:
    assert parse_rfc3339(format_rfc3339(instant)) == instant


def test_an_offset_is_read_and_a_missing_one_refused() -> None:
    assert format_rfc3339(parse_rfc3339("2026-06-13T22:42:17.48+03:00")) == "2026-06-13T19:42:17.480000Z"
    for bad in ("2026-06-13T22:42:17", "13 Jun", ""):
        with pytest.raises(ValueError, match=r"."):
            parse_rfc3339(bad)
    with pytest.raises(ValueError, match="no instant"):
        from_datetime(datetime(2026, 1, 1))  # noqa: DTZ001 - the very thing that is refused


@given(INSTANTS, st.integers(0, 5 * 10**10), st.integers(-100_000, 100_000))
def test_a_model_undoes_itself_within_a_microsecond(start: Utc, stream: int, drift: int) -> None:
    model = TimeModel(start, Micros(0), drift)
    assert abs(model.to_stream(model.to_utc(Micros(stream))) - stream) <= 1


@given(st.integers(-(10**9), 10**9), st.sampled_from([Fraction(1, 30000), Fraction(1001, 30000), Fraction(1, 90000)]))
def test_a_frame_is_never_due_before_its_own_time(pts: int, base: Fraction) -> None:
    micros = pts_to_micros(pts, base)
    assert 0 <= pts * base * 1_000_000 - micros < 1


@given(st.lists(RANGES, max_size=12), INSTANTS)
def test_merging_changes_no_membership(ranges: list[TimeRange], instant: Utc) -> None:
    merged = merge(ranges)
    assert any(instant in r for r in merged) == any(instant in r for r in ranges)
    assert all(a.end < b.start for a, b in pairwise(merged))


@given(RANGES, RANGES)
def test_overlap_is_what_both_cover(a: TimeRange, b: TimeRange) -> None:
    both = a.overlap(b)
    assert both == b.overlap(a)
    if both is not None:
        assert both.start in a
        assert both.start in b
        assert both.end <= min(a.end, b.end)


def test_a_range_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        TimeRange(Utc(2), Utc(1))
