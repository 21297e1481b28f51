"""PDF, by PDFium (pypdfium2). For a process apart: the file is a stranger's.

PDFium's build has neither JavaScript nor XFA; links, attachments and actions in the file are not followed. Coordinates
go through PDFium's own mapping, so turned and cropped pages come out as they stand.
"""

from __future__ import annotations

import ctypes
from contextlib import closing, suppress
from typing import Any, BinaryIO

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from reviewer.domain.errors import UnreadablePaper
from reviewer.papers.sheet import MOST_HITS, MOST_PAGES, MOST_PIXELS, Box, Hit, PagePicture, PageText, Sheets, TextLine

_FINE = 1_000_000  # of a page's side: how finely places on it are told
_MOST_TEXT = 200_000  # characters of one page


class PdfPaper:
    """One PDF, open. Of one thread."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._name = name
        try:
            self._pdf = pdfium.PdfDocument(file)
        except pdfium.PdfiumError as wrong:
            raise _refusal(name, wrong) from wrong
        with suppress(pdfium.PdfiumError):  # a form that is none: the page is drawn without its fields
            self._pdf.init_forms()
        if not 0 < len(self._pdf) <= MOST_PAGES:
            many = f"“{name}” has {len(self._pdf):,} pages"
            raise UnreadablePaper(f"{many}; {MOST_PAGES:,} is the most.", "Split it, and attach the pieces.")

    def sheets(self) -> Sheets:
        """Its pages, as `Paper` has it."""
        return Sheets(tuple(self._size(number) for number in range(len(self._pdf))))

    def _size(self, index: int) -> tuple[float, float]:
        """Of a page that cannot be read: A4, where a sentence then stands."""
        try:
            width, height = self._pdf.get_page_size(index)
        except pdfium.PdfiumError:
            return 595.0, 842.0
        return _sane(width), _sane(height)

    def picture(self, page: int, width: int) -> PagePicture:
        """A page, as `Paper` has it."""
        with closing(self._page(page)) as found:
            wide, high = (max(side, 0.001) for side in found.get_size())
            scale = min(width / wide, (MOST_PIXELS / (wide * high)) ** 0.5)
            bitmap = found.render(scale=scale, prefer_bgrx=True)
            pixels = np.array(bitmap.to_numpy(), dtype=np.uint8, copy=True)
        pixels[..., 3] = 255
        return PagePicture(page, pixels)

    def text(self, page: int) -> PageText:
        """A page’s lines, as `Paper` has it."""
        with closing(self._page(page)) as found, closing(found.get_textpage()) as text:
            said = text.get_text_range(0, min(_MOST_TEXT, text.count_chars()))
        lines = said.replace("\r\n", "\n").split("\n")
        return PageText(page, tuple(TextLine(number, line) for number, line in enumerate(lines, 1)))

    def find(self, words: str, first: int, last: int) -> tuple[Hit, ...]:
        """Where words stand, as `Paper` has it."""
        hits: list[Hit] = []
        for number in range(first, last + 1):
            with suppress(UnreadablePaper):  # a page that cannot be read has no words
                hits += self._on(number, words)
            if len(hits) >= MOST_HITS:
                break
        return tuple(hits[:MOST_HITS])

    def _on(self, number: int, words: str) -> list[Hit]:
        hits: list[Hit] = []
        with (
            closing(self._page(number)) as page,
            closing(page.get_textpage()) as text,
            closing(text.search(words)) as search,
        ):
            while len(hits) < MOST_HITS and (place := search.get_next()) is not None:
                count = text.count_rects(*place)
                hits.append(Hit(number, tuple(_box(page, text.get_rect(each)) for each in range(count))))
        return hits

    def _page(self, number: int) -> Any:  # noqa: ANN401 - PDFium's page
        try:
            return self._pdf[number - 1]
        except (pdfium.PdfiumError, IndexError) as wrong:
            raise UnreadablePaper(
                f"Page {number} of “{self._name}” cannot be read.", "Ask for the paper again."
            ) from wrong


def _box(page: Any, rect: tuple[float, float, float, float]) -> Box:  # noqa: ANN401 - PDFium's page
    """From points of the page's own space to parts of the page as it stands."""
    left, bottom, right, top = rect
    (x0, y0), (x1, y1) = _place(page, left, top), _place(page, right, bottom)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _place(page: Any, x: float, y: float) -> tuple[float, float]:  # noqa: ANN401 - PDFium's page
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return min(1.0, max(0.0, across.value / _FINE)), min(1.0, max(0.0, down.value / _FINE))


def _sane(side: float) -> float:
    """A page's side in points: PDF 32000-1 allows 14,400; what claims nothing is drawn small."""
    return min(max(side, 1.0), 14_400.0) if side == side else 595.0


def _refusal(name: str, wrong: Exception) -> UnreadablePaper:
    if getattr(wrong, "err_code", None) == raw.FPDF_ERR_PASSWORD:
        return UnreadablePaper(
            f"“{name}” is protected by a password and cannot be opened here.",
            "Ask for a copy without one, or attach it unopened.",
        )
    return UnreadablePaper(
        f"“{name}” is damaged: it cannot be read as a PDF.", "Ask for it again, or attach it unopened."
    )
