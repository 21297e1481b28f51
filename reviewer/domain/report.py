"""A report of a few tables with sentences: what map and cameras answer, on paper and for other programs."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.timebase import Utc


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what is said under it in sentences, and a table. `columns` are a title and a weight (its part of the
    page's width) each; `rows` have as many cells. `empty` is what is said instead of a table without rows."""

    heading: str
    sentences: tuple[str, ...] = ()
    columns: tuple[tuple[str, int], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    empty: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of “{self.heading}” has not as many cells as there are columns")


@dataclass(frozen=True, slots=True)
class Report:
    """`facts` are (name, value) pairs on top, `limits` sentences on what it cannot say, `subject` what kind of report
    it is ("Camera coverage of an incident"), `attribution` whose data it shows besides the agency's, or ""."""

    title: str
    subject: str
    agency: str
    made_at: Utc
    made_by: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    limits: tuple[str, ...] = ()
    attribution: str = ""
