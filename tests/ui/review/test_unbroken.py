"""What was painted of a stretch without a hole: whatever comes when, nothing that is missing is passed over."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.gate import CRUMB
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Utc
from reviewer.media.camera import TilePicture
from reviewer.ui.review.unbroken import Unbroken
from tests.ui.review import samples

_FAR = Utc(samples.NOW + 3_600 * SECOND)
_FRAME = 40_000
_SHOWN = samples.picture(TileState.PLAYING, (2, 2))


def _frame(n: int) -> TilePicture:
    """The n-th frame of a camera with 25 a second."""
    at = samples.NOW + n * _FRAME
    return replace(_SHOWN, at=Utc(at), until=Utc(at + _FRAME))


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=60))
def test_nothing_longer_than_what_counts_as_watched_is_missing_before_where_it_says(
    steps: list[tuple[int, int]],
) -> None:
    """Each tick the clock goes on by some frames; what is painted is behind it by some."""
    seen, at, painted = Unbroken(samples.NOW), samples.NOW, []
    for on, behind in steps:
        at = Utc(at + on * _FRAME)
        n = max(0, (at - samples.NOW) // _FRAME - behind)
        painted.append(n)
        whole = seen.see(at, _frame(n), _FAR)
        shown = sorted({each for each in painted if samples.NOW + each * _FRAME < seen.to})
        edges = [-1, *shown, (seen.to - samples.NOW) // _FRAME]
        assert all((b - a - 1) * _FRAME <= CRUMB for a, b in pairwise(edges))
        assert seen.to <= at + _FRAME and whole == (at - seen.to <= CRUMB)


@given(st.integers(1, 500))
def test_whatever_is_painted_in_time_is_unbroken(frames: int) -> None:
    seen = Unbroken(samples.NOW)
    for n in range(frames):
        assert seen.see(Utc(samples.NOW + n * _FRAME), _frame(n), _FAR)
    assert seen.to == samples.NOW + frames * _FRAME


@pytest.mark.parametrize("state", [TileState.GAP, TileState.NOT_STARTED, TileState.CORRUPT, None])
def test_where_there_is_nothing_to_be_seen_nothing_is_missing(state: TileState | None) -> None:
    seen, at = Unbroken(samples.NOW), Utc(samples.NOW + 60 * SECOND)
    tile = samples.picture(state) if state is not None else None
    assert seen.see(at, tile, _FAR) and seen.to == at


def test_what_lies_behind_the_stretch_is_not_missed() -> None:
    seen, end = Unbroken(samples.NOW), Utc(samples.NOW + SECOND)
    for n in range(25):
        seen.see(Utc(samples.NOW + n * _FRAME), _frame(n), end)
    assert seen.see(Utc(end + 60 * SECOND), _frame(24), end)


def test_it_is_tried_three_times_in_one_place_and_anew_wherever_it_went_on() -> None:
    seen, late = Unbroken(samples.NOW), Utc(samples.NOW + SECOND)
    assert [seen.again(late) for _ in range(4)] == [True, True, True, False]
    assert seen.to == late
    assert seen.again(late)
