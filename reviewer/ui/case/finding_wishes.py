"""What a person asks for on the panel of a finding; `app/case_finding` does it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Write:
    """A field of the draft was written; `seen` is what stood in it when its author began."""

    field: str
    value: str
    seen: str


@dataclass(frozen=True, slots=True)
class Sign:
    """The finding, as it is written."""


@dataclass(frozen=True, slots=True)
class Return:
    finding: str
    reasons: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    point: str


@dataclass(frozen=True, slots=True)
class Answer:
    point: str
    text: str


@dataclass(frozen=True, slots=True)
class Dissent:
    finding: str
    disposition: str
    reasons: str


@dataclass(frozen=True, slots=True)
class WithdrawDissent:
    dissent: str


@dataclass(frozen=True, slots=True)
class Decide:
    disposition: str
    standard: str
    reasons: str


@dataclass(frozen=True, slots=True)
class Save:
    """The decision's envelope, as a file for outside."""

    decision: str


@dataclass(frozen=True, slots=True)
class AskReview:
    reviewers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndReview:
    review: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seal:
    review: str
    disposition: str
    words: str


Wish = (
    Write | Sign | Return | TakeBack | Answer | Dissent | WithdrawDissent | Decide | Save | AskReview | EndReview | Seal
)
