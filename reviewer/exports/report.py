"""A report as PDF (`paper`), its tables as CSV (RFC 4180, one after another), all but its pictures as JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from reviewer.domain.codec import encode
from reviewer.domain.report import Picture, Report, Section
from reviewer.domain.timebase import format_rfc3339
from reviewer.exports.drawing import drawn
from reviewer.exports.log_tables import harmless
from reviewer.exports.paper import SIDE, Imprint, Paper

_ABREAST = 2  # pictures beside each other


def to_pdf(report: Report, fonts: Path) -> bytes:
    """The PDF; the same bytes for the same report. `fonts` as in `log_pdf.to_pdf`."""
    paper = Paper(Imprint(report.title, report.agency, report.made_by, report.made_at, report.subject), fonts)
    paper.add_page()
    paper.title_line(report.title)
    for name, value in report.facts:
        paper.fact(name, value)
    for section in report.sections:
        _section(paper, section)
    if report.limits:
        paper.heading("What it cannot say")
        for sentence in report.limits:
            paper.paragraph(f"–  {sentence}", indent=2)
    if report.attribution:
        paper.ln(2)
        paper.paragraph(report.attribution)
    return bytes(paper.output())


def _section(paper: Paper, section: Section) -> None:
    paper.heading(section.heading, small=section.level > 1)
    for sentence in section.sentences:
        paper.paragraph(sentence)
    if section.drawing is not None:
        paper.draw(drawn(section.drawing, paper.w - 2 * SIDE), section.drawing.caption)
    if section.rows:
        _table(paper, section)
    elif section.empty:
        paper.paragraph(section.empty)
    for first in range(0, len(section.pictures), _ABREAST):
        paper.beside(section.pictures[first : first + _ABREAST])


def _table(paper: Paper, section: Section) -> None:
    room = paper.w - 2 * SIDE
    whole = sum(weight for _, weight in section.columns)
    paper.ln(1)
    paper.begin_table([(title, room * weight / whole) for title, weight in section.columns], page=False)
    for row in section.rows:
        paper.row(row)
    paper.end_table()


def to_csv(report: Report) -> bytes:
    """Every table with its heading in a first column, as each record must tell by itself where it belongs. Every field
    quoted, CRLF, nothing that a spreadsheet takes for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for section in report.sections:
        if section.rows:
            writer.writerow(["table", *(title for title, _ in section.columns)])
        for row in section.rows:
            writer.writerow([harmless(cell) for cell in (section.heading, *row)])
    return out.getvalue().encode()


def to_json(report: Report) -> bytes:
    """The whole report as one object, each row an object of its columns."""
    whole = encode(replace(report, sections=())) | {"v": 1, "made_at": format_rfc3339(report.made_at)}
    whole["facts"] = dict(report.facts)
    whole["sections"] = [
        {
            "heading": each.heading,
            "sentences": list(each.sentences),
            "rows": [{title: cell for (title, _), cell in zip(each.columns, row, strict=True)} for row in each.rows],
            **({"pictures": [_named(picture) for picture in each.pictures]} if each.pictures else {}),
        }
        for each in report.sections
    ]
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _named(picture: Picture) -> dict[str, object]:
    """A picture by its hash: it stands in the other forms."""
    return {"sha256": sha256(picture.data).hexdigest(), "caption": list(picture.caption), "alt": picture.alt}
