"""Bookmarks: what a person marked, on which footage, as the work log recorded it."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.domain.timebase import Micros, TimeRange, Utc

MOMENT = "moment"
"""The kind of a mark that says no more than "here". Every other kind is the agency's (`agency.Tables.kinds`)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in one recording's own footage: [start, end] in stream time (µs) of one part; a moment has start == end.
    Marks keep to the footage, so a corrected clock moves them along with it."""

    recording: str
    part: int
    start: Micros
    end: Micros


@dataclass(frozen=True, slots=True)
class Bookmark:
    """`at` is the UTC range it was set at (start == end for a moment) by the clocks of that time; `marks` the cameras
    it is on, empty for "all cameras": then `at` is its place. `kind` is the id of a `MarkKind` of the agency's table,
    or one that the table no longer has (`Tables.kind` has words for it)."""

    id: str
    case: str
    at: TimeRange
    marks: tuple[Mark, ...]
    kind: str
    text: str
    author: str
    recorded_at: Utc
    origin: str  # the log that holds it
    index: int  # its entry there
    changed: bool = field(default=False, compare=False)  # whether kind or text were written anew since
    stands: bool = field(default=True, compare=False)  # False once it was withdrawn
