"""Where in a document: as an exhibit names it ("p. 2", "line 14"), and back."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAGE = re.compile(r"(?:p|pp|page|s)\.?\s*(\d{1,6})", re.IGNORECASE)
_LINE = re.compile(r"(?:l|line)\.?\s*(\d{1,7})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PaperPlace:
    """A `page` (from 1), or a `line` of a text as the file counts them; 0 where it is not said."""

    page: int = 0
    line: int = 0

    @property
    def words(self) -> str:
        """As it is written beside an exhibit."""
        return f"line {self.line}" if self.line else f"p. {self.page}" if self.page else ""


def paper_place(words: str) -> PaperPlace:
    """What somebody wrote; a number alone is a page."""
    line, page = _LINE.search(words), _PAGE.search(words)
    if line is not None:
        return PaperPlace(line=int(line[1]))
    if page is not None:
        return PaperPlace(page=int(page[1]))
    return PaperPlace(page=int(words)) if words.strip().isascii() and words.strip().isdigit() else PaperPlace()
