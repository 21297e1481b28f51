"""Acts about findings that nobody may merge: what was signed, returned, answered, dissented from and decided.

All go to the work log, each an entry of its own that no later one changes. A finding and a decision carry the DSSE
envelope that their author signed (`domain/finding` has what is in it), and `id` is the SHA-256 (hex) of its payload: so
whoever names one names these very bytes, and can only have come after them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event, LogName


@dataclass(frozen=True, slots=True)
class FindingSigned(Event):
    """`envelope` is JSON: a DSSE envelope of a `domain.finding.Finding`."""

    KIND: ClassVar[str] = "finding_signed"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    allegation: str
    envelope: str


@dataclass(frozen=True, slots=True)
class DissentStated(Event):
    """Somebody other than its author finds otherwise than the signed `finding`."""

    KIND: ClassVar[str] = "dissent_stated"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    allegation: str
    finding: str
    disposition: str
    reasons: str


@dataclass(frozen=True, slots=True)
class DissentWithdrawn(Event):
    """By its own author."""

    KIND: ClassVar[str] = "dissent_withdrawn"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str


@dataclass(frozen=True, slots=True)
class FindingReturned(Event):
    """A supervisor gives a signed finding back, with what is to be done. One point an entry."""

    KIND: ClassVar[str] = "finding_returned"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    allegation: str
    finding: str
    reasons: str


@dataclass(frozen=True, slots=True)
class ReturnWithdrawn(Event):
    """A supervisor takes the point back."""

    KIND: ClassVar[str] = "return_withdrawn"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str


@dataclass(frozen=True, slots=True)
class ReturnAnswered(Event):
    """What was done about the point `returned`."""

    KIND: ClassVar[str] = "return_answered"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    returned: str
    text: str


@dataclass(frozen=True, slots=True)
class DecisionSigned(Event):
    """`envelope` is JSON: a DSSE envelope of a `domain.finding.Decision`."""

    KIND: ClassVar[str] = "decision_signed"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    allegation: str
    envelope: str


@dataclass(frozen=True, slots=True)
class SecondReviewAsked(Event):
    """These people are to judge these allegations each for themselves, before they see what the others say."""

    KIND: ClassVar[str] = "second_review_asked"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    allegations: tuple[str, ...]
    reviewers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SecondReviewWithdrawn(Event):
    KIND: ClassVar[str] = "second_review_withdrawn"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImpressionSealed(Event):
    """A first impression that nobody else can read. `commitment` is the SHA-256 (hex) of salt ‖ payload, `sealed`
    (base64) those bytes under a key that only its author's signing key gives (`services/second_review`)."""

    KIND: ClassVar[str] = "impression_sealed"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    review: str
    allegation: str
    commitment: str
    sealed: str


@dataclass(frozen=True, slots=True)
class ImpressionOpened(Event):
    """Its author opens it: `salt` (hex) and `payload` (RFC 8785 JSON of `domain.second_review.Impression`) are what
    the commitment of the impression `id` is of."""

    KIND: ClassVar[str] = "impression_opened"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    salt: str
    payload: str


FINDING_ACTS: tuple[type[Event], ...] = (
    FindingSigned,
    DissentStated,
    DissentWithdrawn,
    FindingReturned,
    ReturnWithdrawn,
    ReturnAnswered,
    DecisionSigned,
)
REVIEW_ACTS: tuple[type[Event], ...] = (
    SecondReviewAsked,
    SecondReviewWithdrawn,
    ImpressionSealed,
    ImpressionOpened,
)
ACTS = FINDING_ACTS + REVIEW_ACTS
"""Every kind here: whoever shows findings listens to all of them."""
