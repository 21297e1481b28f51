"""What the log says of documents, in one line."""

from __future__ import annotations

import pytest

from reviewer.domain.document_acts import DocumentExported, DocumentViewed, DocumentViewEnded, PageShown
from reviewer.domain.event import Event
from reviewer.domain.events import EVENTS
from reviewer.domain.sight import VIEWS
from reviewer.domain.timebase import Micros
from reviewer.services import logwords
from reviewer.services.logwords import KINDS, LogKind
from reviewer.services.logwords_documents import what_document

WHICH = ("CR-1", "d1", "Report.pdf", "a1" * 32)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (DocumentViewed(*WHICH, "s", 2, 2), "“Report.pdf” · p. 2"),
        (DocumentViewed(*WHICH, "s", 2, 5), "“Report.pdf” · pp. 2–5"),
        (DocumentViewEnded(*WHICH, "s", (PageShown(2, Micros(6_400_000)),)), "“Report.pdf” · p. 2 6 s"),
        (DocumentViewEnded(*WHICH, "s", ()), "“Report.pdf” · nothing was shown"),
        (DocumentExported(*WHICH, 3_400_000), "“Report.pdf” · 3,400,000 bytes · SHA-256 a1a1a1a1a1a1a1a1…"),
    ],
)
def test_each_is_said_in_one_line(event: Event, said: str) -> None:
    assert what_document(event) == said
    assert not logwords.did(event.KIND).startswith(event.KIND.split("_")[0].upper())


def test_many_pages_are_counted() -> None:
    ended = DocumentViewEnded(*WHICH, "s", tuple(PageShown(n, Micros(1_000_000)) for n in range(1, 20)))
    assert what_document(ended).endswith("p. 6 1 s, 13 pages more")


def test_looking_is_a_view_and_taking_out_an_export_for_whoever_filters() -> None:
    assert {DocumentViewed.KIND, DocumentViewEnded.KIND} <= set(KINDS[LogKind.VIEWS]) & VIEWS
    assert DocumentExported.KIND in KINDS[LogKind.EXPORTS]
    assert DocumentExported.KIND not in VIEWS, "who took what out is not for everybody on the case"
    assert {DocumentViewed.KIND, DocumentViewEnded.KIND, DocumentExported.KIND} <= EVENTS.keys()
