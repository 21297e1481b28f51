"""A report as a Word document (ISO/IEC 29500), by python-docx: for whoever has to go on writing in it. Drawings stand
on paper and in HTML."""

from __future__ import annotations

import io

from docx import Document as new_document
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm, Pt

from reviewer.domain.report import Report, Section
from reviewer.domain.timebase import format_rfc3339, to_datetime
from reviewer.exports.drawing import writable

_PICTURE = Mm(120)


def to_docx(report: Report) -> bytes:
    """The document."""
    document = new_document()
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(297), Mm(210)
    about = document.core_properties
    about.title, about.author, about.subject = writable(report.title), writable(report.made_by), report.subject
    about.created = about.modified = to_datetime(report.made_at).replace(tzinfo=None)
    document.styles["Normal"].font.size = Pt(10)
    document.add_heading(writable(report.title), 0)
    for name, value in report.facts:
        line = document.add_paragraph()
        line.add_run(f"{writable(name)}: ").bold = True
        line.add_run(writable(value))
    for section in report.sections:
        _section(document, section)
    if report.limits:
        document.add_heading("What it cannot say", 1)
        for sentence in report.limits:
            document.add_paragraph(writable(sentence), style="List Bullet")
    made = f"{report.agency} · exported {format_rfc3339(report.made_at)} by {report.made_by}"
    document.add_paragraph(writable(made))
    if report.attribution:
        document.add_paragraph(writable(report.attribution))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _section(document: Document, section: Section) -> None:
    document.add_heading(writable(section.heading), section.level)
    for sentence in section.sentences:
        document.add_paragraph(writable(sentence))
    if section.rows:
        table = document.add_table(rows=1, cols=len(section.columns), style="Light Grid Accent 1")
        for cell, (title, _) in zip(table.rows[0].cells, section.columns, strict=True):
            cell.text = writable(title)
        for row in section.rows:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = writable(words)
    elif section.empty:
        document.add_paragraph(section.empty)
    for picture in section.pictures:
        document.add_picture(io.BytesIO(picture.data), width=_PICTURE)
        for line in picture.caption:
            document.add_paragraph(writable(line))
