"""PDF: drawn, searched, and held against what pypdf says of the same file."""

from __future__ import annotations

import io

import numpy as np
import pytest
from pypdf import PdfReader

from reviewer.domain.errors import UnreadablePaper
from reviewer.papers.pdf import PdfPaper
from tests.papers.made import pdf, turned

A4 = (595.28, 841.89)


def paper(data: bytes) -> PdfPaper:
    return PdfPaper(io.BytesIO(data), "Report.pdf")


def test_pages_and_sizes_are_what_another_program_says() -> None:
    data = pdf(3)
    sizes = paper(data).sheets().sizes
    outside = [(float(p.mediabox.width), float(p.mediabox.height)) for p in PdfReader(io.BytesIO(data)).pages]
    assert len(sizes) == len(outside) == 3
    assert np.allclose(sizes, outside, atol=0.01)
    assert np.allclose(sizes[0], A4, atol=0.01)


def test_a_page_is_drawn_as_wide_as_asked_black_on_white_and_opaque() -> None:
    drawn = paper(pdf(1)).picture(1, 800)
    height, width, channels = drawn.pixels.shape
    assert (width, channels) == (800, 4)
    assert height == pytest.approx(800 * A4[1] / A4[0], abs=2)
    assert (drawn.pixels[..., 3] == 255).all()
    assert (drawn.pixels[-1, -1, :3] == 255).all()
    assert drawn.pixels[..., :3].min() < 60


def test_words_are_found_whatever_their_capitals_and_their_boxes_lie_on_ink() -> None:
    found = paper(pdf(12))
    hits = found.find("PAGE 7 of the", 1, 12)
    assert [hit.page for hit in hits] == [7]
    ((left, top, right, bottom),) = hits[0].boxes
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 0.2, "it stands at the top of the page"
    pixels = found.picture(7, 1000).pixels[..., 0]
    high, wide = pixels.shape
    box = pixels[int(top * high) : int(bottom * high), int(left * wide) : int(right * wide)]
    assert box.min() < 100, "there is ink in the box"
    assert pixels[: int(top * high)].min() > 250, "and none above it"
    assert not found.find("nothing of the kind", 1, 12)
    assert not found.find("PAGE 7 of the", 8, 12)


def test_a_turned_page_has_its_boxes_where_it_stands() -> None:
    """A scan that was turned by its software: the first line runs down the right edge."""
    found = paper(turned(pdf(1), 90))
    wide, high = found.sheets().sizes[0]
    assert wide > high
    ((left, top, right, bottom),) = found.find("Page 1 of the report", 1, 1)[0].boxes
    assert left > 0.8, "what was at the top is at the right"
    assert bottom - top > right - left, "and runs downwards"
    pixels = found.picture(1, 1000).pixels[..., 0]
    box = pixels[int(top * pixels.shape[0]) : int(bottom * pixels.shape[0]), int(left * 1000) : int(right * 1000)]
    assert box.min() < 100


def test_the_text_of_a_page_is_what_another_program_reads() -> None:
    data = pdf(2, words="Kein Wort mehr.")
    ours = " ".join(line.text for line in paper(data).text(2).lines).split()
    assert ours == PdfReader(io.BytesIO(data)).pages[1].extract_text().split()


def test_a_protected_one_says_so() -> None:
    with pytest.raises(UnreadablePaper, match="protected by a password") as refused:
        paper(pdf(1, password="secret"))
    assert "unopened" in refused.value.next_step


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\nnothing follows",
        pdf(2)[:300],
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF",
    ],
)
def test_a_broken_one_says_so(data: bytes) -> None:
    with pytest.raises(UnreadablePaper, match=r"Report\.pdf"):
        paper(data)


def test_a_page_of_absurd_size_is_drawn_within_bounds() -> None:
    """PDF 32000-1 allows 14,400 points; what claims a million is taken as that, and drawn coarser."""
    data = pdf(1).replace(b"595.28 841.89", b"999999 999999")
    assert b"999999 999999" in data
    found = paper(data)
    assert max(found.sheets().sizes[0]) <= 14_400
    drawn = found.picture(1, 2_000).pixels
    assert drawn.shape[0] * drawn.shape[1] <= 24_100_000


def test_there_is_no_page_beyond_the_last() -> None:
    with pytest.raises(UnreadablePaper, match="Page 9"):
        paper(pdf(1)).picture(9, 100)
