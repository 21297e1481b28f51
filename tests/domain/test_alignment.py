"""Between stated and wall time, both ways; and what is known between two cameras away from where they were compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.alignment import MOST_DRIFT_PPB, Alignment, Between, Correction
from reviewer.domain.timebase import SECOND, Micros, Utc

NOW = Utc(1_781_379_737_000_000)
NEAR = st.integers(NOW - 86_400 * SECOND, NOW + 86_400 * SECOND).map(Utc)


@given(st.integers(-(10**12), 10**12), st.integers(-MOST_DRIFT_PPB, MOST_DRIFT_PPB), NEAR)
def test_there_and_back_is_within_two_microseconds(offset: int, drift: int, stated: Utc) -> None:
    one = Correction("a", Micros(offset), Micros(1), NOW, drift)
    assert abs(one.to_stated(one.to_wall(stated)) - stated) <= 2


@pytest.mark.parametrize("drift", [-1_000_000_000, 1_000_000_000, MOST_DRIFT_PPB + 1])
def test_what_drifts_by_more_than_a_tenth_is_no_clock(drift: int) -> None:
    """An entry of a colleague's log may claim it: near −1 no wall time would lead back."""
    absurd = Correction("a", Micros(0), Micros(1), NOW, drift)
    most = Correction("a", Micros(0), Micros(1), NOW, MOST_DRIFT_PPB if drift > 0 else -MOST_DRIFT_PPB)
    later = Utc(NOW + 60 * SECOND)
    assert absurd.to_wall(later) == most.to_wall(later)
    assert abs(absurd.to_stated(absurd.to_wall(later)) - later) <= 2


def test_two_cameras_know_less_of_each_other_away_from_where_they_were_compared() -> None:
    known = Between(Micros(10_000), NOW, 50_000)
    made = Alignment((Correction("a", Micros(0), Micros(1_000_000), NOW), Correction("b", Micros(0), Micros(0), NOW)))
    both = Alignment(made.corrections, {("a", "b"): known})
    assert both.joint_sigma("b", "a", NOW) == 10_000 == both.joint_sigma("a", "b")
    later = both.joint_sigma("a", "b", Utc(NOW + 3_600 * SECOND))
    assert later is not None and later > 180_000
    assert made.joint_sigma("a", "b") == 1_000_000
    assert both.joint_sigma("a", "a") == 0 and both.joint_sigma("a", "c") is None
