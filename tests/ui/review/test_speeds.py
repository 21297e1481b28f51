"""The ladder of speeds, and the shuttle's doubling."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewer.ui.review.speeds import RATES, SHUTTLE, beside, shuttled, speed_words

SIGNED = st.builds(lambda rate, way: rate * way, st.sampled_from(RATES), st.sampled_from((-1, 1)))


@given(SIGNED)
def test_one_faster_and_one_slower_is_the_same_but_at_the_ends(rate: int) -> None:
    assert abs(beside(rate, 1)) >= abs(rate) >= abs(beside(rate, -1)) and beside(rate, 1) * rate > 0
    if abs(rate) != RATES[-1]:
        assert beside(beside(rate, 1), -1) == rate


@given(SIGNED, st.lists(st.sampled_from((-1, 1)), max_size=12))
def test_the_shuttle_stays_on_its_speeds_and_comes_round(rate: int, presses: list[int]) -> None:
    for way in presses:
        before, rate = rate, shuttled(rate, way)
        assert abs(rate) in SHUTTLE
        assert rate * way > 0 or abs(rate) < abs(before)  # against the way it only gets slower
    for _ in range(10):
        rate = shuttled(rate, -1)
    assert rate == -SHUTTLE[-1]


def test_speeds_in_words() -> None:
    assert [speed_words(r) for r in (100, 1250, 1000, -16000)] == ["0.1×", "1.25×", "1×", "−16×"]
