"""A year in numbers: nothing that is published says more of a small count than that it is small."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.statistics import LEAST, NOT_GIVEN, Counts, Told, public, whole

_SMALL = st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=1, max_size=2)


def _table(cells: list[list[int]]) -> Counts:
    columns = tuple(f"c{n}" for n in range(len(cells[0])))
    return Counts("T", columns, tuple(f"r{n}" for n in range(len(cells))), tuple(map(tuple, cells)))


def _fits(cells: list[list[int]], told: Told) -> bool:
    return public(_table(cells)) == told


@settings(max_examples=60)
@given(_SMALL)
def test_whoever_reads_it_cannot_tell_a_small_count_from_another(cells: list[list[int]]) -> None:
    """Every table of small counts in the same places reads the same: so nothing tells them apart."""
    told = public(_table(cells))
    small = [(r, c) for r, row in enumerate(cells) for c, cell in enumerate(row) if 0 < cell < LEAST]
    assert told.left_out == len(small)
    for values in product(range(1, LEAST), repeat=len(small)):
        other = [list(row) for row in cells]
        for (row, column), value in zip(small, values, strict=True):
            other[row][column] = value
        assert _fits(other, told)


def test_what_is_not_small_is_given_with_its_totals() -> None:
    told = public(_table([[5, 0], [12, 1_300]]))
    assert told.head == ("", "c0", "c1", "All")
    assert told.rows == (("r0", "5", "0", "5"), ("r1", "12", "1,300", "1,312"), ("All", "17", "1,300", "1,317"))


def test_a_total_with_a_small_count_in_it_is_not_given() -> None:
    told = public(_table([[4, 10], [20, 30]]))
    assert told.rows == (
        ("r0", "<5", "10", NOT_GIVEN),
        ("r1", "20", "30", "50"),
        ("All", NOT_GIVEN, "40", NOT_GIVEN),
    )


def test_the_agency_itself_sees_everything() -> None:
    assert whole(_table([[1, 0], [2, 3]])).rows == (
        ("r0", "1", "0", "1"),
        ("r1", "2", "3", "5"),
        ("All", "3", "3", "6"),
    )


def test_counts_that_add_up_to_nothing_have_no_totals() -> None:
    told = public(Counts("T", ("Recordings", "Views"), ("2026",), ((7, 3),), adds=False))
    assert told.rows == (("2026", "7", "<5"),)


def test_a_table_must_be_whole() -> None:
    with pytest.raises(ValueError, match="not a count for every"):
        Counts("T", ("a",), ("r",), ((1, 2),))
