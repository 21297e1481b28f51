"""Which came first: decided only where what is written leaves no doubt, and right about then."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.order import Moment, Order, by, order, order_within, sentence, undecided
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.ui.times import plus_minus

NOW = Utc(1_781_380_937_480_000)
FRAME = Micros(33_333)
LENGTHS = st.integers(0, 400_000).map(Micros)
_FIGURE = re.compile(r"(?P<apart>[\d.]+) (?P<unit>m?s)(?: apart)? ± (?P<limit>[\d.]+) (?P<limit_unit>m?s)")


def moment(after: int = 0, frame: Micros = FRAME) -> Moment:
    return Moment(Utc(NOW + after), frame)


def test_farther_apart_than_the_margin_is_decided() -> None:
    found = order(moment(), moment(420_000), Micros(74_000))
    assert found.decided
    assert found.first_is_first
    assert by(found) == "0.42 s ± 0.15 s"
    assert sentence(found, "A", "B") == "A before B by 0.42 s ± 0.15 s."


def test_the_second_mark_may_be_the_earlier_moment() -> None:
    found = order(moment(420_000), moment(), Micros(74_000))
    assert sentence(found, "A", "B") == "B before A by 0.42 s ± 0.15 s."


def test_closer_than_the_margin_is_not_decided() -> None:
    found = order(moment(), moment(100_000), Micros(74_000))
    assert not found.decided
    assert undecided(found) == "order cannot be decided, 0.10 s apart ± 0.15 s"
    assert sentence(found, "A", "B") == "A and B: order cannot be decided, 0.10 s apart ± 0.15 s."


def test_a_gap_that_reads_like_its_margin_is_not_decided() -> None:
    """0.154 s is more than 0.151 s; but nobody reads "0.15 s ± 0.15 s" as an order."""
    found = Order(Micros(154_000), Micros(75_500))
    assert abs(found.gap) > found.limit
    assert undecided(found) == "order cannot be decided, 0.15 s apart ± 0.15 s"


@given(st.integers(-(10**10), 10**10), st.integers(1, 10**10))
def test_what_is_decided_is_so_as_it_is_written(gap: int, sigma: int) -> None:
    found = Order(Micros(gap), Micros(sigma))
    said = _FIGURE.search(by(found))
    assert said is not None
    scale = {"ms": 1_000, "s": 1_000_000}
    apart = float(said["apart"]) * scale[said["unit"]]
    limit = float(said["limit"]) * scale[said["limit_unit"]]
    assert found.decided == (abs(gap) > COVERAGE * sigma and apart > limit + 0.5)
    assert abs(apart - abs(gap)) <= (500_000 if limit >= 9_999_999 else 5_000 if limit >= 100_000 else 500)


@given(st.integers(1, 10**10))
def test_the_margin_is_written_as_everywhere(sigma: int) -> None:
    margin, elsewhere = Order(Micros(0), Micros(sigma)).margin, plus_minus(COVERAGE * sigma)
    figures = [float(words.split()[1]) for words in (margin, elsewhere)]
    assert margin.split()[2] == elsewhere.split()[2]
    assert figures[0] == pytest.approx(figures[1], abs=0.0101)  # halves are rounded to even there, and up here


@given(st.integers(-2_000_000, 2_000_000), LENGTHS, LENGTHS, st.integers(0, 400_000), st.floats(-COVERAGE, COVERAGE))
def test_an_order_that_is_decided_is_right(apart: int, one: Micros, other: Micros, clocks: int, off: float) -> None:
    """Two events by clocks that are off by no more than their ±: whatever is decided is so."""
    first = Moment(Utc(NOW + one // 2), one)
    second = Moment(Utc(NOW + apart + other // 2 + round(off * clocks)), other)
    found = order(first, second, Micros(clocks))
    if found.decided:
        assert found.first_is_first == (apart > 0)


def test_frames_that_are_long_leave_more_open() -> None:
    """A camera of five frames a second does not say within them, however well the clocks agree."""
    found = order(moment(0, Micros(200_000)), moment(120_000, Micros(200_000)), Micros(1_000))
    assert not found.decided
    assert found.limit == pytest.approx(163_300, abs=100)
    assert order(moment(0), moment(120_000), Micros(1_000)).decided


def test_a_frame_of_unknown_length_is_taken_for_a_long_one() -> None:
    assert order(moment(0, Micros(0)), moment(0, Micros(0)), Micros(0)).limit == pytest.approx(81_600, abs=100)


def test_one_camera_is_exact() -> None:
    found = order_within(moment(), moment(33_333))
    assert found.exact
    assert sentence(found, "A", "B") == "A before B by 33 ms on the same camera."
    assert sentence(order_within(moment(5 * SECOND), moment()), "A", "B") == "B before A by 5.000 s on the same camera."
    same = order_within(moment(), moment())
    assert not same.decided
    assert sentence(same, "A", "B") == "A and B: the same frame."
