"""Plain text: statements, dispatch logs. Its pages are ours, so that what was looked at can be told."""

from __future__ import annotations

from typing import BinaryIO

from reviewer.domain.errors import UnreadablePaper
from reviewer.papers.sheet import MOST_HITS, MOST_PAGES, Hit, PagePicture, PageText, Sheets, TextLine

LINES = 60
"""Lines of a page."""
CHARACTERS = 12_000
"""Of a page; a longer line goes on on the next one."""
LARGEST = 20_000_000
"""Bytes of a text that is opened."""


class TextPaper:
    """One text, open. UTF-8, UTF-16 where its mark says so, else Windows' western letters. Of one thread."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UnreadablePaper(
                f"“{name}” has more than {LARGEST // 1_000_000} MB of text.",
                "Cut it to what matters, or attach it unopened.",
            )
        self._pages = _pages(_decoded(data))
        if len(self._pages) > MOST_PAGES:
            raise UnreadablePaper(f"“{name}” has more than {MOST_PAGES:,} pages.", "Cut it, or attach it unopened.")

    def sheets(self) -> Sheets:
        """Its pages, as `Paper` has it."""
        return Sheets(((0.0, 0.0),) * len(self._pages))

    def picture(self, page: int, width: int) -> PagePicture:
        """A page, as `Paper` has it."""
        raise UnreadablePaper("A text has no picture.", "Read its lines.")

    def text(self, page: int) -> PageText:
        """A page’s lines, as `Paper` has it."""
        if not 1 <= page <= len(self._pages):
            raise UnreadablePaper(f"There is no page {page}.", f"Choose 1 to {len(self._pages)}.")
        return PageText(page, self._pages[page - 1])

    def find(self, words: str, first: int, last: int) -> tuple[Hit, ...]:
        """Where words stand, as `Paper` has it."""
        hits: list[Hit] = []
        sought = words.casefold()
        for number in range(first, min(last, len(self._pages)) + 1):
            for place, line in enumerate(self._pages[number - 1]):
                at = line.text.casefold().find(sought)
                while at >= 0 and len(hits) < MOST_HITS:
                    hits.append(Hit(number, line=place + 1, at=at, length=len(words)))
                    at = line.text.casefold().find(sought, at + len(sought))
        return tuple(hits)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _pages(text: str) -> list[tuple[TextLine, ...]]:
    pages: list[tuple[TextLine, ...]] = []
    page: list[TextLine] = []
    room = CHARACTERS
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n"), 1):
        pieces = [line[at : at + CHARACTERS] for at in range(0, len(line), CHARACTERS)] or [""]
        for place, piece in enumerate(pieces):
            if page and (len(page) >= LINES or len(piece) > room):
                pages.append(tuple(page))
                page, room = [], CHARACTERS
            page.append(TextLine(number if place == 0 else 0, piece))
            room -= len(piece)
    pages.append(tuple(page))
    return pages
