"""What is said of a document in one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reviewer.domain.case import CaseDocument
from reviewer.domain.wording import count
from reviewer.services.paper_views import Reader
from reviewer.ui.case.paper_list import PaperRow

_ICONS = {"pdf": "file-text", "image": "photo", "text": "file-text"}
_KINDS = {"pdf": "PDF", "image": "Picture", "text": "Text"}
_MANY = 3


def size_words(size: int) -> str:
    """ "340 kB", "3.4 MB"."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1e3))} kB"


def row_of(document: CaseDocument, by: str, *, here: bool, waits: bool, open_: bool) -> PaperRow:
    """A document's row; `by` says who attached it and when."""
    kind = _KINDS.get(document.kind, "Kept unopened")
    pages = count(document.pages, "page") if document.pages > 1 else ""
    about = " · ".join(filter(None, (document.what.capitalize(), kind, pages, size_words(document.size))))
    state = "Waits for the store" if waits else "" if here else "Not on this machine yet"
    return PaperRow(document.id, _ICONS.get(document.kind, "file"), document.name, about, by, state, open_)


def said_of_readers(found: Sequence[Reader], document: CaseDocument, name: Callable[[str], str]) -> str:
    """Who has read how much of it: "Read by K. Salo 0417: 3 of 12 pages"."""
    if not found:
        return "Read by nobody yet." if document.pages else ""
    said = [f"{name(each.user)}: {pages_words(each.pages, document.pages)}" for each in found[:_MANY]]
    more = f", {len(found) - _MANY} more" if len(found) > _MANY else ""
    return f"Read by {', '.join(said)}{more}."


def pages_words(pages: frozenset[int], of: int) -> str:
    """ "p. 2" of one, "3 of 12 pages", "all pages"."""
    read = {page for page in pages if 1 <= page <= of}
    if of and len(read) == of:
        return "all of it" if of == 1 else f"all {of} pages"
    return f"p. {min(read)} of {of}" if len(read) == 1 else f"{len(read)} of {of} pages"
