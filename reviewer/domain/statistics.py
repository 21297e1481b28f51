"""A year in numbers: tables of counts, and the same for the public with small cells left out.

What the public gets must not say of somebody what nobody said of them: a count from 1 to `LEAST` − 1 is left out, and
with it every total that has it, so that nothing which is given says more of it than that it is small (Hundepool et al.,
Statistical Disclosure Control, 2012, ch. 4, leaves out other counts instead; a total that is not given costs less and
cannot be got wrong). 0 says that there was none, and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 5
"""Counts below this one, and above 0, are small."""
NOT_GIVEN = "·"


@dataclass(frozen=True, slots=True)
class Counts:
    """`cells` has a row of as many counts as there are `columns` for each of `rows`. `adds`: counts of a row, and of a
    column, add up to something that is worth saying. `about` says what was counted."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    about: str = ""
    adds: bool = True

    def __post_init__(self) -> None:
        if len(self.cells) != len(self.rows) or any(len(row) != len(self.columns) for row in self.cells):
            raise ValueError(f"“{self.title}” has not a count for every row and column")

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not any(cell for row in self.cells for cell in row)


@dataclass(frozen=True, slots=True)
class Told:
    """A table in words: `head` and `rows`, the first column the rows' names; `left_out` counts are not given."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    about: str = ""
    left_out: int = 0


def whole(table: Counts) -> Told:
    """The table with its totals, for the agency itself."""
    return _told(table, least=0)


def public(table: Counts, least: int = LEAST) -> Told:
    """As it may be published: "<5" for small counts, and no total that has one of them."""
    return _told(table, least)


def _told(table: Counts, least: int) -> Told:
    small = [[0 < cell < least for cell in row] for row in table.cells]
    rows = [
        [f"<{least}" if out else f"{cell:,}" for cell, out in zip(cells, outs, strict=True)]
        for cells, outs in zip(table.cells, small, strict=True)
    ]
    head = ["", *table.columns]
    names = list(table.rows)
    if table.adds and len(table.columns) > 1:
        head.append("All")
        for row, cells, outs in zip(rows, table.cells, small, strict=True):
            row.append(_total(cells, outs))
    if table.adds and len(table.rows) > 1:
        names.append("All")
        columns = [[row[n] for row in table.cells] for n in range(len(table.columns))]
        outs_of = [[row[n] for row in small] for n in range(len(table.columns))]
        last = [_total(cells, outs) for cells, outs in zip(columns, outs_of, strict=True)]
        if len(table.columns) > 1:
            every = [cell for row in table.cells for cell in row]
            last.append(_total(every, [out for row in small for out in row]))
        rows.append(last)
    named = tuple((name, *row) for name, row in zip(names, rows, strict=True))
    return Told(table.title, tuple(head), named, table.about, sum(map(sum, small)))


def _total(cells: Sequence[int], out: Sequence[bool]) -> str:
    """The sum, unless one of the counts is left out."""
    return NOT_GIVEN if any(out) else f"{sum(cells):,}"
