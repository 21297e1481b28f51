"""A cover letter on paper (PDF/A-2u), upright A4: to whom, about what, in sentences, then tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fpdf.enums import XPos, YPos

from reviewer.domain.report import Section
from reviewer.exports.paper import SIDE, Imprint, Paper


@dataclass(frozen=True, slots=True)
class Letter:
    """`to` are the lines of the address, `paragraphs` what is said; `sections` are tables under it."""

    imprint: Imprint
    day: str
    to: tuple[str, ...]
    subject: str
    paragraphs: tuple[str, ...]
    signed: tuple[str, ...]
    sections: tuple[Section, ...] = ()


def to_pdf(letter: Letter, fonts: Path) -> bytes:
    """The PDF; the same bytes for the same letter. `fonts` as in `log_pdf.to_pdf`."""
    paper = Paper(letter.imprint, fonts, across=False)
    paper.add_page()
    paper.title_line(letter.imprint.agency)
    paper.ln(4)
    for line in letter.to:
        _line(paper, line)
    paper.ln(6)
    _line(paper, letter.day)
    paper.ln(4)
    paper.paragraph(letter.subject, bold=True)
    for paragraph in letter.paragraphs:
        paper.ln(2)
        paper.paragraph(paragraph)
    paper.ln(6)
    for line in letter.signed:
        _line(paper, line)
    for section in letter.sections:
        _table(paper, section)
    return bytes(paper.output())


def _line(paper: Paper, words: str) -> None:
    paper.write_in("Inter", 9.5, 0)
    paper.multi_cell(0, 4.8, paper.sayable(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _table(paper: Paper, section: Section) -> None:
    if not section.rows:
        return
    paper.heading(section.heading)
    room, whole = paper.w - 2 * SIDE, sum(weight for _, weight in section.columns)
    paper.begin_table([(title, room * weight / whole) for title, weight in section.columns], page=False)
    for row in section.rows:
        paper.row(row)
    paper.end_table()
