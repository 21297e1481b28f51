"""The report of log entries on paper (`paper`): PDF/A-2u, the same bytes for the same report.

The first page says what is in it, what it proves and what not, then come the entries, oldest first, each with both
times, its number and its leaf hash. Every page has its number, of how many, and whose export it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reviewer.domain.log_report import LogHead, LogReport, LogRow
from reviewer.domain.wording import clock, count, date
from reviewer.exports.paper import Imprint, Paper

Passing = Callable[[], None]
"""Told of each entry that was set; raising ends the work."""
# title, width in mm
_COLUMNS = (("No.", 14), ("Local", 36), ("UTC", 33), ("Who", 28), ("Did", 28), ("What exactly", 85), ("State", 45))


def to_pdf(report: LogReport, fonts: Path, passing: Passing = lambda: None) -> bytes:
    """The PDF. `fonts` holds `paper/Inter-*.ttf` and `JetBrainsMono-Regular.ttf`; a character that they lack is
    written as its number, never left out."""
    digest = f" · proofs SHA-256 {report.bundle[:16]}…" if report.bundle else ""
    imprint = Imprint(report.title, report.agency, report.made_by, report.made_at, "Entries of a signed log", digest)
    paper = Paper(imprint, fonts)
    paper.add_page()
    _front(paper, report)
    if report.rows:
        paper.begin_table(_COLUMNS)
    for row in report.rows:
        _entry(paper, row)
        passing()
    return bytes(paper.output())


def _front(paper: Paper, report: LogReport) -> None:
    paper.title_line(report.title)
    for name, value in report.facts:
        paper.fact(name, value)
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


def _head(paper: Paper, head: LogHead) -> None:
    shown = f"{count(head.shown, 'entry', 'entries')} here of {head.size:,} signed"
    paper.paragraph(f"{head.origin} · {shown}", bold=True)
    paper.paragraph(f"root {head.root}", indent=2, mono=True)
    for witness in head.witnesses or ("No witness has seen it.",):
        paper.paragraph(witness, indent=2)
    paper.ln(1)


def _entry(paper: Paper, row: LogRow) -> None:
    """One entry: a row, and its log and leaf hash in small below."""
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
    body = " · body sealed" if row.sealed and row.payload is None else ""
    paper.row(words, f"{row.origin} · leaf {row.leaf}{body}")
