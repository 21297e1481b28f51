"""Somebody asks for copies: under freedom-of-information law, for a prosecution, a court, a complainant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.thing import Thing
from reviewer.domain.timebase import Utc


class RequestKind(StrEnum):
    ACCESS = "access"  # freedom of information: others are hidden
    PROSECUTION = "prosecution"  # nothing is hidden, and nothing encoded anew where that can be
    COURT = "court"
    OTHER = "other"


class Answer(StrEnum):
    OPEN = ""
    GIVEN = "given"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Request:
    """`start`–`end` is what was asked for, in wall time, of these `recordings`. `refusals`: ids of the agency's table
    (`Tables.refusals`). `second`: the user who looks at the copy before it is released. `fee`: the note in words."""

    id: str
    kind: RequestKind
    number: str
    requester: str = ""
    contact: str = ""
    asked: str = ""
    received: Utc | None = None
    start: Utc | None = None
    end: Utc | None = None
    recordings: tuple[str, ...] = ()
    answer: Answer = Answer.OPEN
    answered: Utc | None = None
    refusals: tuple[str, ...] = ()
    fee: str = ""
    letter: str = ""
    second: str = ""
    extended: Utc | None = None

    @classmethod
    def of(cls, thing: Thing) -> Request:
        """As the work logs have it; what a newer program wrote and this one does not know counts as not said."""
        kind, answer = thing.get("kind"), thing.get("answer")
        return cls(
            thing.id,
            RequestKind(kind) if kind in set(RequestKind) else RequestKind.ACCESS,
            thing.get("number"),
            thing.get("requester"),
            thing.get("contact"),
            thing.get("asked"),
            thing.when("received"),
            thing.when("start"),
            thing.when("end"),
            thing.texts("recordings"),
            Answer(answer) if answer in set(Answer) else Answer.OPEN,
            thing.when("answered"),
            thing.texts("refusals"),
            thing.get("fee"),
            thing.get("letter"),
            thing.get("second"),
            thing.when("extended"),
        )
