"""Opening a paper in the process that reads it, whatever kind it is."""

from __future__ import annotations

from typing import BinaryIO

from reviewer.domain.errors import UnreadablePaper
from reviewer.papers.kinds import IMAGE, PDF, TEXT
from reviewer.papers.sheet import Paper


def open_paper(kind: str, file: BinaryIO, name: str) -> Paper:
    """A paper of this kind (`kinds`). Its library is loaded now: most processes need one of them only. Raises
    UnreadablePaper."""
    if kind == PDF:
        from reviewer.papers.pdf import PdfPaper

        return PdfPaper(file, name)
    if kind == IMAGE:
        from reviewer.papers.picture import PicturePaper

        return PicturePaper(file, name)
    if kind == TEXT:
        from reviewer.papers.text import TextPaper

        return TextPaper(file, name)
    raise UnreadablePaper(f"“{name}” is of a kind that is not shown here.", "Export it, and open it elsewhere.")
