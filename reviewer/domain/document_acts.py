"""Documents of a case as they are looked at and taken out. All go to the access log; attaching one is in the work log
(`case_acts.DocumentSet`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event
from reviewer.domain.timebase import Micros


@dataclass(frozen=True, slots=True)
class DocumentViewed(Event):
    """Durable before any of it is shown: the pages [first, last] of a document, counted from 1. `span` is this view's
    own name, which its end has too."""

    KIND: ClassVar[str] = "document_viewed"
    case: str
    document: str
    name: str
    sha256: str
    span: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class PageShown:
    """How long a page stood on the screen and could be seen."""

    page: int
    seconds: Micros


@dataclass(frozen=True, slots=True)
class DocumentViewEnded(Event):
    """What of a view was really shown."""

    KIND: ClassVar[str] = "document_view_ended"
    case: str
    document: str
    name: str
    sha256: str
    span: str
    pages: tuple[PageShown, ...]


@dataclass(frozen=True, slots=True)
class DocumentExported(Event):
    """Durable before the original is written outside the program, in plain."""

    KIND: ClassVar[str] = "document_exported"
    case: str
    document: str
    name: str
    sha256: str
    size: int
