"""The log in words, about findings: what was signed, returned, answered, decided and sealed (`domain/finding_acts`)."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.domain import finding_acts as acts
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.event import Event
from reviewer.domain.finding import signed_words
from reviewer.domain.wording import count

DID = {
    acts.FindingSigned.KIND: "Finding signed",
    acts.DissentStated.KIND: "Dissent stated",
    acts.DissentWithdrawn.KIND: "Dissent withdrawn",
    acts.FindingReturned.KIND: "Finding returned",
    acts.ReturnWithdrawn.KIND: "Return withdrawn",
    acts.ReturnAnswered.KIND: "Return answered",
    acts.DecisionSigned.KIND: "Decision signed",
    acts.SecondReviewAsked.KIND: "Second review asked",
    acts.SecondReviewWithdrawn.KIND: "Second review ended",
    acts.ImpressionSealed.KIND: "Impression sealed",
    acts.ImpressionOpened.KIND: "Impression opened",
}
_LONGEST = 60


def what_finding(event: Event, user: Callable[[str], str]) -> str:
    """What exactly was done, in one line; "" for what is not about findings."""
    match event:
        case acts.FindingSigned() | acts.DecisionSigned():
            return _signed(event)
        case acts.DissentStated():
            return f"finding {event.finding[:8]} · “{_short(event.reasons)}”"
        case acts.FindingReturned():
            return f"finding {event.finding[:8]} · “{_short(event.reasons)}”"
        case acts.ReturnAnswered():
            return f"return {event.returned[:8]} · “{_short(event.text)}”"
        case acts.SecondReviewAsked():
            people = ", ".join(user(each) for each in event.reviewers)
            return f"{count(len(event.allegations), 'allegation')} · {people}"
        case acts.SecondReviewWithdrawn():
            return f"“{_short(event.reason)}”"
        case acts.ImpressionSealed():
            return f"content sealed · commits to {event.commitment[:12]}…"
        case acts.DissentWithdrawn() | acts.ReturnWithdrawn() | acts.ImpressionOpened():
            return event.id[:8]
        case _:
            return ""


def _signed(event: acts.FindingSigned | acts.DecisionSigned) -> str:
    try:
        return f"{signed_words(event)} · {event.id[:12]}…"
    except MalformedDocument:
        return f"cannot be read · {event.id[:12]}…"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
