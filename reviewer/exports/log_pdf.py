"""The report of log entries on paper: PDF/A-2u with its fonts in it, the same bytes for the same report.

Pages are A4 across; the first says what is in it, what it proves and what not, then come the entries, oldest first,
each with both times, its number and its leaf hash. Every page has its number, of how many, and whose export it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from fpdf import FPDF
from fpdf.enums import DocumentCompliance, WrapMode, XPos, YPos
from fpdf.fonts import TTFFont

from reviewer.domain.log_report import LogHead, LogReport, LogRow
from reviewer.domain.timebase import format_rfc3339, to_datetime
from reviewer.domain.wording import clock, count, date

Passing = Callable[[], None]
"""Told of each entry that was set; raising ends the work."""
_SIDE, _TOP, _FOOT = 14.0, 16.0, 14.0  # margins, mm
_LINE = 4.2
_SMALL = 3.4
# title, width in mm
_COLUMNS = (("No.", 14), ("Local", 36), ("UTC", 33), ("Who", 28), ("Did", 28), ("What exactly", 85), ("State", 45))
_GREY, _BLACK = 90, 0
_SUBJECT = "Entries of a signed log"


def to_pdf(report: LogReport, fonts: Path, passing: Passing = lambda: None) -> bytes:
    """The PDF. `fonts` holds `paper/Inter-*.ttf` and `JetBrainsMono-Regular.ttf`; a character that they lack is
    written as its number, never left out."""
    paper = _Paper(report, fonts)
    paper.add_page()
    _front(paper, report)
    if report.rows:
        paper.begin_table()
    for row in report.rows:
        _entry(paper, row)
        passing()
    return bytes(paper.output())


class _Paper(FPDF):
    """A4 across, with a head and a foot on each page; `begin_table` draws the table's head too."""

    def __init__(self, report: LogReport, fonts: Path) -> None:
        super().__init__("landscape", "mm", "A4", enforce_compliance=DocumentCompliance.PDFA_2U)
        self._report = report
        self._in_table = False
        self._widths: dict[str, float] = {}
        self.set_margins(_SIDE, _TOP, _SIDE)
        self.set_auto_page_break(True, _FOOT)
        self.add_font("Inter", "", fonts / "paper" / "Inter-Regular.ttf")
        self.add_font("Inter", "B", fonts / "paper" / "Inter-SemiBold.ttf")
        self.add_font("Mono", "", fonts / "JetBrainsMono-Regular.ttf")
        inter = self.fonts["inter"]
        self._known = set(inter.cmap) if isinstance(inter, TTFFont) else set()
        self.set_creation_date(to_datetime(report.made_at))
        self.set_title(report.title)
        self.set_author(f"{report.made_by}, {report.agency}")
        self.set_subject(_SUBJECT)
        self.set_creator("Reviewer")
        self.set_producer("Reviewer, fpdf2")
        self.set_lang("en")
        self.set_xmp_metadata(_xmp(report))

    def begin_table(self) -> None:
        """A new page; from here on each page has the table's head."""
        self._in_table = True
        self.add_page()

    def sayable(self, words: str) -> str:
        """The words, with whatever these fonts cannot show as its number: U+4E2D."""
        return "".join(c if ord(c) in self._known else f"[U+{ord(c):04X}]" for c in words)

    def broken(self, words: str, width: float) -> list[str]:
        """The words in lines of at most `width` mm, in the font that is set; each word is measured once."""
        lines = []
        for paragraph in words.split("\n"):
            line, used = "", 0.0
            for word in self.sayable(paragraph).split(" "):
                for piece in self._pieces(word, width):
                    long = self._long(piece)
                    if line and used + self._long(" ") + long > width:
                        lines.append(line)
                        line, used = piece, long
                    else:
                        used += long + (self._long(" ") if line else 0)
                        line = f"{line} {piece}" if line else piece
            lines.append(line)
        return lines

    def _long(self, word: str) -> float:
        if word not in self._widths:
            self._widths[word] = self.get_string_width(word)
        return self._widths[word]

    def _pieces(self, word: str, width: float) -> list[str]:
        """A word that is longer than a line, in pieces that are not."""
        if self._long(word) <= width:
            return [word]
        half = len(word) // 2
        return [*self._pieces(word[:half], width), *self._pieces(word[half:], width)]

    def header(self) -> None:
        self.set_xy(_SIDE, 7)
        self.write_in("Inter", 8, _GREY)
        self.cell(0, 4, self.sayable(f"{self._report.agency} · {self._report.title}"))
        self.set_y(_TOP)
        if self._in_table:
            self.write_in("Inter", 8, _BLACK, "B")
            for title, width in _COLUMNS:
                self.cell(width, 5, title)
            self.ln(5)
            self.rule()

    def footer(self) -> None:
        self.set_y(-10)
        self.write_in("Inter", 8, _GREY)
        made = f"Exported {format_rfc3339(self._report.made_at)} by {self._report.made_by}"
        digest = f" · proofs SHA-256 {self._report.bundle[:16]}…" if self._report.bundle else ""
        self.cell(200, 4, self.sayable(made + digest))
        self.cell(0, 4, f"page {self.page_no()} of {{nb}}", align="R")

    def write_in(self, family: str, size: float, grey: int, style: str = "") -> None:
        self.set_font(family, style, size)
        self.set_text_color(grey)

    def rule(self) -> None:
        self.set_draw_color(200)
        self.line(_SIDE, self.get_y(), self.w - _SIDE, self.get_y())

    def paragraph(self, words: str, *, indent: float = 0, mono: bool = False, bold: bool = False) -> None:
        self.write_in("Mono" if mono else "Inter", 8 if mono else 9.5, _BLACK, "B" if bold else "")
        self.set_x(_SIDE + indent)
        wrap = WrapMode.CHAR if mono else WrapMode.WORD
        self.multi_cell(
            self.w - 2 * _SIDE - indent, 4.8, self.sayable(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=wrap
        )

    def heading(self, words: str) -> None:
        self.ln(2.5)
        self.write_in("Inter", 11, _BLACK, "B")
        self.cell(0, 6, self.sayable(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _xmp(report: LogReport) -> str:
    """What the document information says, said again for PDF/A; fpdf2’s own would have this moment’s time in it."""
    at = to_datetime(report.made_at).replace(microsecond=0).isoformat()
    title, author = escape(report.title), escape(f"{report.made_by}, {report.agency}")
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmp:CreatorTool="Reviewer"
 xmp:CreateDate="{at}" xmp:ModifyDate="{at}" xmp:MetadataDate="{at}" pdf:Producer="Reviewer, fpdf2">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{_SUBJECT}</rdf:li></rdf:Alt></dc:description>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def _front(paper: _Paper, report: LogReport) -> None:
    paper.write_in("Inter", 18, _BLACK, "B")
    paper.cell(0, 9, paper.sayable(report.title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(1)
    for name, value in report.facts:
        paper.write_in("Inter", 9.5, _GREY)
        paper.cell(38, 4.8, paper.sayable(name))
        paper.write_in("Inter", 9.5, _BLACK)
        paper.multi_cell(0, 4.8, paper.sayable(value), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for heading, sentences in (("What this proves", report.proven), ("What it does not prove", report.not_proven)):
        paper.heading(heading)
        for sentence in sentences:
            paper.paragraph(f"–  {sentence}", indent=2)
    paper.heading(f"The {'log' if len(report.heads) == 1 else 'logs'} that these entries stand in")
    for head in report.heads:
        _head(paper, head)
    if report.bundle:
        paper.heading("The proofs")
        paper.paragraph("SHA-256 of bundle.json, which holds the proofs of exactly these entries:")
        paper.paragraph(report.bundle, mono=True)


def _head(paper: _Paper, head: LogHead) -> None:
    shown = f"{count(head.shown, 'entry', 'entries')} here of {head.size:,} signed"
    paper.paragraph(f"{head.origin} · {shown}", bold=True)
    paper.paragraph(f"root {head.root}", indent=2, mono=True)
    for witness in head.witnesses or ("No witness has seen it.",):
        paper.paragraph(witness, indent=2)
    paper.ln(1)


def _entry(paper: _Paper, row: LogRow) -> None:
    """One entry: a row, and its log and leaf hash in small below. It is never broken over two pages."""
    local_day, _, local_time = row.local.rpartition(" ")
    words = (
        f"{row.index:,}",
        f"{local_time}\n{local_day} {row.offset}",
        f"{clock(row.at, 6)} UTC\n{date(row.at)}",
        row.who,
        row.did,
        row.what + (f"\n{row.reason}" if row.reason else ""),
        row.state,
    )
    paper.write_in("Inter", 8.5, _BLACK)
    cells = [paper.broken(text, width - 2) for text, (_, width) in zip(words, _COLUMNS, strict=True)]
    lines = max(map(len, cells))
    height = lines * _LINE + _SMALL + 2.6
    if paper.will_page_break(height) and height < paper.eph - 10:
        paper.add_page()
        paper.write_in("Inter", 8.5, _BLACK)
    top, at = paper.get_y() + 1, _SIDE
    for cell, (_, width) in zip(cells, _COLUMNS, strict=True):
        for n, line in enumerate(cell):
            if line:
                paper.text(at, top + n * _LINE + 3.1, line)
        at += width
    paper.write_in("Mono", 6.5, _GREY)
    body = " · body sealed" if row.sealed and row.payload is None else ""
    paper.text(_SIDE, top + lines * _LINE + 2.4, paper.sayable(f"{row.origin} · leaf {row.leaf}{body}"))
    paper.set_xy(_SIDE, top + lines * _LINE + _SMALL)
    paper.set_y(paper.get_y() + 0.8)
    paper.rule()
