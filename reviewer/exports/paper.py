"""Paper: A4 across as PDF/A-2u with its fonts in it, the same bytes for the same report. Heads, feet, lines, tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from fpdf import FPDF
from fpdf.enums import DocumentCompliance, WrapMode, XPos, YPos
from fpdf.fonts import TTFFont

from reviewer.domain.report import Picture
from reviewer.domain.timebase import Utc, format_rfc3339, to_datetime
from reviewer.exports.drawing import Box, Drawn, Stroke, Words

SIDE, TOP, FOOT = 14.0, 16.0, 14.0  # margins, mm
LINE = 4.2
SMALL = 3.4
GREY, BLACK = 90, 0
_HIGHEST = 62.0  # mm, of a picture
Columns = Sequence[tuple[str, float]]
"""Title and width in mm of each column of a table; together 269."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every page says of its report, and the document's own information. `digest`: what the foot says last."""

    title: str
    agency: str
    made_by: str
    made_at: Utc
    subject: str
    digest: str = ""


class Paper(FPDF):
    """A4 `across` or upright, with a head and a foot on each page; from `begin_table` on each page has the table's head
    too."""

    def __init__(self, imprint: Imprint, fonts: Path, *, across: bool = True) -> None:
        way = "landscape" if across else "portrait"
        super().__init__(way, "mm", "A4", enforce_compliance=DocumentCompliance.PDFA_2U)
        self._imprint = imprint
        self._columns: Columns = ()
        self._widths: dict[str, float] = {}
        self.set_margins(SIDE, TOP, SIDE)
        self.set_auto_page_break(True, FOOT)
        self.add_font("Inter", "", fonts / "paper" / "Inter-Regular.ttf")
        self.add_font("Inter", "B", fonts / "paper" / "Inter-SemiBold.ttf")
        self.add_font("Mono", "", fonts / "JetBrainsMono-Regular.ttf")
        inter = self.fonts["inter"]
        self._known = set(inter.cmap) if isinstance(inter, TTFFont) else set()
        self.set_creation_date(to_datetime(imprint.made_at))
        self.set_title(imprint.title)
        self.set_author(f"{imprint.made_by}, {imprint.agency}")
        self.set_subject(imprint.subject)
        self.set_creator("Reviewer")
        self.set_producer("Reviewer, fpdf2")
        self.set_lang("en")
        self.set_xmp_metadata(_xmp(imprint))

    def begin_table(self, columns: Columns, *, page: bool = True) -> None:
        """A table's head, on a new page or here."""
        self._columns = columns
        if page:
            self.add_page()
        else:
            self._table_head()

    def end_table(self) -> None:
        self._columns = ()

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
        self.set_xy(SIDE, 7)
        self.write_in("Inter", 8, GREY)
        self.cell(0, 4, self.sayable(f"{self._imprint.agency} · {self._imprint.title}"))
        self.set_y(TOP)
        if self._columns:
            self._table_head()

    def _table_head(self) -> None:
        self.write_in("Inter", 8, BLACK, "B")
        for title, width in self._columns:
            self.cell(width, 5, title)
        self.ln(5)
        self.rule()

    def footer(self) -> None:
        self.set_y(-10)
        self.write_in("Inter", 8, GREY)
        made = f"Exported {format_rfc3339(self._imprint.made_at)} by {self._imprint.made_by}"
        self.cell(self.epw - 69, 4, self.sayable(made + self._imprint.digest))
        self.cell(0, 4, f"page {self.page_no()} of {{nb}}", align="R")

    def write_in(self, family: str, size: float, grey: int, style: str = "") -> None:
        self.set_font(family, style, size)
        self.set_text_color(grey)

    def rule(self) -> None:
        self.set_draw_color(200)
        self.line(SIDE, self.get_y(), self.w - SIDE, self.get_y())

    def paragraph(self, words: str, *, indent: float = 0, mono: bool = False, bold: bool = False) -> None:
        self.write_in("Mono" if mono else "Inter", 8 if mono else 9.5, BLACK, "B" if bold else "")
        self.set_x(SIDE + indent)
        wrap = WrapMode.CHAR if mono else WrapMode.WORD
        self.multi_cell(
            self.w - 2 * SIDE - indent, 4.8, self.sayable(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=wrap
        )

    def heading(self, words: str, *, small: bool = False) -> None:
        self.ln(2.5)
        if self.will_page_break(24):  # a heading alone at the foot of a page heads nothing
            self.add_page()
        self.write_in("Inter", 9.5 if small else 11, BLACK, "B")
        self.cell(0, 6, self.sayable(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def title_line(self, words: str) -> None:
        self.write_in("Inter", 18, BLACK, "B")
        self.cell(0, 9, self.sayable(words), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def fact(self, name: str, value: str) -> None:
        """A name and its value on a line of their own."""
        self.write_in("Inter", 9.5, GREY)
        self.cell(38, 4.8, self.sayable(name))
        self.write_in("Inter", 9.5, BLACK)
        self.multi_cell(0, 4.8, self.sayable(value), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def draw(self, made: Drawn, caption: str) -> None:
        """A drawing as wide as the page, on one page."""
        if not made.marks:
            return
        self.ln(1.5)
        if self.will_page_break(made.height + 6):
            self.add_page()
        left, top = SIDE, self.get_y()
        for mark in made.marks:
            match mark:
                case Stroke():
                    self.set_draw_color(20 if mark.heavy else 200)
                    self.set_line_width(0.35 if mark.heavy else 0.2)
                    self.set_dash_pattern(*((1.2, 1.0) if mark.dashed else (0, 0)))
                    self.line(left + mark.x, top + mark.y, left + mark.u, top + mark.v)
                    self.set_dash_pattern()
                case Box():
                    self.set_draw_color(115)
                    self.set_line_width(0.2)
                    self.set_fill_color(20, 49, 92)
                    self.rect(left + mark.x, top + mark.y, mark.width, mark.height, style="DF" if mark.full else "D")
                case Words():
                    self.write_in("Inter", 7, BLACK)
                    self.text(left + mark.x, top + mark.y, self.sayable(mark.text))
        self.set_y(top + made.height + 1)
        if caption:
            self.write_in("Inter", 8, GREY)
            self.multi_cell(0, 4, self.sayable(caption), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def beside(self, row: Sequence[Picture]) -> None:
        """Pictures beside each other with the lines under each, all on one page."""
        room = (self.w - 2 * SIDE - 8) / 2
        shape = [min(room / picture.width, _HIGHEST / picture.height) for picture in row]  # mm a pixel
        self.write_in("Inter", 7.5, GREY)
        under = [[line for said in p.caption for line in self.broken(said, room)] for p in row]
        tall = max(p.height * k for p, k in zip(row, shape, strict=True))
        height = tall + max(map(len, under)) * SMALL + 4
        self.ln(2)
        if self.will_page_break(height):
            self.add_page()
        top = self.get_y()
        for n, (picture, k, lines) in enumerate(zip(row, shape, under, strict=True)):
            left = SIDE + n * (room + 8)
            self.image(io.BytesIO(picture.data), left, top, picture.width * k, picture.height * k, alt_text=picture.alt)
            self.write_in("Inter", 7.5, GREY)
            for m, line in enumerate(lines):
                self.text(left, top + tall + 3 + m * SMALL, line)
        self.set_y(top + height)

    def row(self, words: Sequence[str], below: str = "") -> None:
        """A row of the table, with a small line below it. It is never broken over two pages."""
        self.write_in("Inter", 8.5, BLACK)
        cells = [self.broken(text, width - 2) for text, (_, width) in zip(words, self._columns, strict=True)]
        lines = max(map(len, cells))
        height = lines * LINE + (SMALL if below else 0) + 2.6
        if self.will_page_break(height) and height < self.eph - 10:
            self.add_page()
            self.write_in("Inter", 8.5, BLACK)
        top, at = self.get_y() + 1, SIDE
        for cell, (_, width) in zip(cells, self._columns, strict=True):
            for n, line in enumerate(cell):
                if line:
                    self.text(at, top + n * LINE + 3.1, line)
            at += width
        under = top + lines * LINE
        if below:
            self.write_in("Mono", 6.5, GREY)
            self.text(SIDE, under + 2.4, self.sayable(below))
            under += SMALL
        self.set_xy(SIDE, under)
        self.set_y(self.get_y() + 0.8)
        self.rule()


def _xmp(imprint: Imprint) -> str:
    """What the document information says, said again for PDF/A; fpdf2’s own would have this moment’s time in it."""
    at = to_datetime(imprint.made_at).replace(microsecond=0).isoformat()
    title, author = escape(imprint.title), escape(f"{imprint.made_by}, {imprint.agency}")
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmp:CreatorTool="Reviewer"
 xmp:CreateDate="{at}" xmp:ModifyDate="{at}" xmp:MetadataDate="{at}" pdf:Producer="Reviewer, fpdf2">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(imprint.subject)}</rdf:li></rdf:Alt></dc:description>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
