"""The cover letter: upright, whole, PDF/A-2u by its own word, the same bytes for the same letter."""

from __future__ import annotations

import io

import pypdf

from reviewer import config
from reviewer.domain.report import Section
from reviewer.exports.letter import Letter, to_pdf
from reviewer.exports.paper import Imprint
from tests.services.agency import NOW

LONG = "A sentence that goes on for a while, so that it has to be broken over lines. " * 30
LETTER = Letter(
    Imprint("Request FOI-1", "Helsinki Example Police", "P. Hill 0033", NOW, "Answer"),
    "13 Jun 2026",
    ("M. Virtanen", "Example street 1"),
    "Request FOI-1",
    (LONG, "Fee: none. 中"),
    ("P. Hill 0033", "Helsinki Example Police"),
    (
        Section("Hidden", columns=(("What", 1), ("Why", 3)), rows=(("Face", "Third party"),) * 40),
        Section("Nothing here", columns=(("What", 1),), empty="Nothing."),
    ),
)


def test_it_says_everything_upright_on_pages_with_head_and_foot() -> None:
    made = pypdf.PdfReader(io.BytesIO(to_pdf(LETTER, config.resource("fonts"))))
    assert len(made.pages) > 1
    for n, page in enumerate(made.pages, 1):
        assert page.mediabox.height > page.mediabox.width
        assert f"page {n} of {len(made.pages)}" in page.extract_text()
    words = " ".join("".join(page.extract_text() for page in made.pages).split())
    for said in ("M. Virtanen", "Example street 1", "Fee: none. [U+4E2D]", "Third party", "P. Hill 0033"):
        assert said in words
    assert words.count("Third party") == 40 and "Nothing here" not in words


def test_the_same_letter_is_the_same_bytes() -> None:
    fonts = config.resource("fonts")
    assert to_pdf(LETTER, fonts) == to_pdf(LETTER, fonts)
