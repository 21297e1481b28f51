"""What is known of a paper that is open, as values that may come from a process that is not to be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np

Pixels: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom, in parts (0 to 1) of a page's width and height as it stands."""

MOST_PAGES = 20_000
MOST_PIXELS = 24_000_000
"""Of one picture of a page. What would need more is drawn coarser."""
MOST_HITS = 1_000


@dataclass(frozen=True, slots=True)
class Sheets:
    """The pages of a paper: width and height of each in points (1/72 inch); (0, 0) for a page of text."""

    sizes: tuple[tuple[float, float], ...]

    @property
    def pages(self) -> int:
        return len(self.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class PagePicture:
    """`pixels` is h×w×4 BGRA uint8, opaque."""

    page: int
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class TextLine:
    """`number` as the file has it, counted from 1; 0 goes on with the line before it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class PageText:
    page: int
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a search found something: boxes on a drawn page; or, of a text, the `line` of the page (from 1) and the
    place in it (characters)."""

    page: int
    boxes: tuple[Box, ...] = ()
    line: int = 0
    at: int = 0
    length: int = 0


class Paper(Protocol):
    """A paper that is open, in the process that reads it. Pages count from 1. All raise UnreadablePaper."""

    def sheets(self) -> Sheets: ...

    def picture(self, page: int, width: int) -> PagePicture:
        """The page as a picture about `width` pixels wide."""

    def text(self, page: int) -> PageText:
        """The page's lines; of a paper that is drawn, what of it is text."""

    def find(self, words: str, first: int, last: int) -> tuple[Hit, ...]:
        """Where these words stand on the pages [first, last], in reading order, capitals or not."""
