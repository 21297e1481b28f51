"""The log in words, about documents of a case: looked at, and taken out (`domain/document_acts`)."""

from __future__ import annotations

from reviewer.domain import document_acts as acts
from reviewer.domain.event import Event
from reviewer.domain.wording import count

DID = {
    acts.DocumentViewed.KIND: "Document opened",
    acts.DocumentViewEnded.KIND: "Document read",
    acts.DocumentExported.KIND: "Document exported",
}
VIEWS = (acts.DocumentViewed.KIND, acts.DocumentViewEnded.KIND)
EXPORTS = (acts.DocumentExported.KIND,)
_MANY = 6  # pages that are named one by one


def what_document(event: Event) -> str:
    """What exactly was done, in one line; "" for what is not about a document."""
    match event:
        case acts.DocumentViewed():
            pages = f"p. {event.first}" if event.first == event.last else f"pp. {event.first}–{event.last}"
            return f"“{event.name}” · {pages}"
        case acts.DocumentViewEnded():
            shown = [f"p. {each.page} {each.seconds / 1e6:.0f} s" for each in event.pages[:_MANY]]
            more = len(event.pages) - _MANY
            said = ", ".join([*shown, *([f"{count(more, 'page')} more"] if more > 0 else [])])
            return f"“{event.name}” · {said or 'nothing was shown'}"
        case acts.DocumentExported():
            return f"“{event.name}” · {event.size:,} bytes · SHA-256 {event.sha256[:16]}…"
        case _:
            return ""
