"""A report of a few tables with sentences: what map and cameras answer, on paper and for other programs."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.timebase import TimeRange, Utc


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of `width` × `height` pixels, JPEG or PNG, and the lines under it. `alt` says what it is to whoever
    cannot see it."""

    data: bytes
    width: int
    height: int
    caption: tuple[str, ...] = ()
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A line of a timeline: `bars` are drawn full, `hollow` as an outline; `flags` are instants with a short word."""

    label: str
    bars: tuple[TimeRange, ...] = ()
    hollow: tuple[TimeRange, ...] = ()
    flags: tuple[tuple[Utc, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lanes over one stretch of time. `ticks` are instants and what stands over them."""

    span: TimeRange
    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[Utc, str], ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A way on a map: points as metres east and north of the map's middle. `dashed`: not known in between."""

    label: str
    points: tuple[tuple[int, int], ...]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class MapSketch:
    """Ways and named places, to scale, north up. `spots` are metres east and north, and a word."""

    ways: tuple[Way, ...]
    spots: tuple[tuple[int, int, str], ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what is said under it in sentences, a drawing, a table, pictures. `columns` are a title and a weight
    (its part of the page's width) each; `rows` have as many cells. `empty` is what is said instead of a table without
    rows. `level` 2 is a heading under the one before."""

    heading: str
    sentences: tuple[str, ...] = ()
    columns: tuple[tuple[str, int], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    empty: str = ""
    pictures: tuple[Picture, ...] = ()
    drawing: Timeline | MapSketch | None = None
    level: int = 1

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
