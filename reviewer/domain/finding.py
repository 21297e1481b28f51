"""Findings and decisions: what is signed, and what becomes of it, allegation by allegation.

A finding is drafted together, field by field (`FindingSet`), and signed by one person: from then on nobody changes it.
The next draft names those that it replaces, a decision those that it supersedes; what nothing names still stands. Two
that did not know of each other both stand, and are shown so (formats.md: a decision is never merged, only superseded by
a later one). A name is the hash of what was signed, so no circle of names can be made, whatever clocks say.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeVar, cast

from reviewer.domain import finding_acts as acts
from reviewer.domain.case import Stance
from reviewer.domain.codec import decode
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.event import Event, Written
from reviewer.domain.gate import GateStands
from reviewer.domain.roles import WRITERS, Role
from reviewer.domain.timebase import Utc

FINDING, DECISION = "finding", "decision"
"""Kinds of envelope: `application/vnd.reviewer.<kind>+json`."""
Entitled = Callable[[str, Role], bool]
"""Whether a user (id) is, or was, on the case in this role."""


@dataclass(frozen=True, slots=True)
class Cited:
    """An exhibit as it stood when it was cited: `name` "E3", `about` what it shows, `source` the recording or
    document."""

    id: str
    name: str
    stance: Stance
    about: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an investigator signs. `disposition` and `standard` are ids of the agency's table of that version, `…_words`
    how it said them; `reasons` has references as tokens (`domain/reference`), `reasons_read` how it read then. `gate`
    is what of the relevant footage was watched when it was signed, `unwatched_reason` why it closes with the rest
    unwatched; `replaces` are the signed findings whose place it takes, `answered` the points of a return that were
    answered."""

    case: str
    allegation: str
    allegation_words: str
    draft: int
    by: str
    at: Utc
    tables: str
    tables_version: int
    standard: str
    standard_words: str
    disposition: str
    disposition_words: str
    reasons: str
    reasons_read: str
    cited: tuple[Cited, ...] = ()
    nothing_found: bool = False
    gate: GateStands | None = None
    unwatched_reason: str = ""
    replaces: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    v: int = 1


@dataclass(frozen=True, slots=True)
class Decision:
    """What a supervisor signs about the signed `finding`. `disposition` may be another than the finding's: then
    `reasons` say why. `dissents` are those that stood; `supersedes` the decisions whose place it takes."""

    case: str
    allegation: str
    allegation_words: str
    finding: str
    by: str
    at: Utc
    tables: str
    tables_version: int
    standard: str
    standard_words: str
    disposition: str
    disposition_words: str
    reasons: str
    dissents: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    v: int = 1


@dataclass(frozen=True, slots=True)
class SignedFinding:
    id: str
    finding: Finding
    written: Written
    envelope: str


@dataclass(frozen=True, slots=True)
class SignedDecision:
    id: str
    decision: Decision
    written: Written
    envelope: str


@dataclass(frozen=True, slots=True)
class Dissent:
    id: str
    finding: str
    disposition: str
    reasons: str
    written: Written


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    written: Written


@dataclass(frozen=True, slots=True)
class Return:
    """One point of a supervisor's about a signed finding."""

    id: str
    finding: str
    reasons: str
    written: Written
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """All that was signed and said about the finding of one allegation, in the order that counts for everybody."""

    allegation: str
    findings: tuple[SignedFinding, ...] = ()
    dissents: tuple[Dissent, ...] = ()
    returns: tuple[Return, ...] = ()
    decisions: tuple[SignedDecision, ...] = ()

    @property
    def standing(self) -> tuple[SignedFinding, ...]:
        """Signed findings that no other replaces. More than one: their authors did not know of each other."""
        gone = {id_ for each in self.findings for id_ in each.finding.replaces}
        return tuple(each for each in self.findings if each.id not in gone)

    @property
    def decided(self) -> tuple[SignedDecision, ...]:
        """Decisions that no other supersedes. More than one is a conflict that a further one must name."""
        gone = {id_ for each in self.decisions for id_ in each.decision.supersedes}
        return tuple(each for each in self.decisions if each.id not in gone)

    @property
    def decision(self) -> SignedDecision | None:
        """The one that stands; None if there is none, or a conflict."""
        return self.decided[0] if len(self.decided) == 1 else None

    @property
    def conflict(self) -> bool:
        return len(self.decided) > 1

    @property
    def open_returns(self) -> tuple[Return, ...]:
        """Points about a finding that stands which nobody answered."""
        standing = {each.id for each in self.standing}
        return tuple(each for each in self.returns if not each.answers and each.finding in standing)

    @property
    def next_draft(self) -> int:
        return max((each.finding.draft for each in self.findings), default=0) + 1

    def finding(self, id_: str) -> SignedFinding | None:
        return next((each for each in self.findings if each.id == id_), None)

    def standing_dissents(self) -> tuple[Dissent, ...]:
        """Of the findings that stand."""
        standing = {each.id for each in self.standing}
        return tuple(each for each in self.dissents if each.finding in standing)


# -- what an envelope holds ------------------------------------------------------------------------------------------

_S = TypeVar("_S", Finding, Decision)


def payload_of(envelope: str) -> bytes:
    """The signed bytes in a DSSE envelope. Raises MalformedDocument; who signed is for others to check."""
    try:
        return base64.b64decode(json.loads(envelope)["payload"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as wrong:
        raise MalformedDocument("What was signed cannot be read.", "Ask who signed it.") from wrong


def id_of(payload: bytes) -> str:
    """What a statement is named by."""
    return hashlib.sha256(payload).hexdigest()


def statement(kind: type[_S], event: acts.FindingSigned | acts.DecisionSigned, user: str) -> _S:
    """What `user` signed with this entry. Raises MalformedDocument if it says that it is somebody else's, of another
    case or allegation, or is not what its id names."""
    payload = payload_of(event.envelope)
    said = _read(kind, payload)
    if (said.case, said.allegation, said.by, id_of(payload)) != (event.case, event.allegation, user, event.id):
        raise MalformedDocument("What was signed is not what its entry says.", "Ask who wrote the entry.")
    return said


def signed_words(event: acts.FindingSigned | acts.DecisionSigned) -> str:
    """ "A1 Excessive force: Not sustained, draft 2", as it says itself. Raises MalformedDocument."""
    payload = payload_of(event.envelope)
    if isinstance(event, acts.DecisionSigned):
        decision = _read(Decision, payload)
        return f"{decision.allegation_words}: {decision.disposition_words}"
    finding = _read(Finding, payload)
    return f"{finding.allegation_words}: {finding.disposition_words}, draft {finding.draft}"


def _read(kind: type[_S], payload: bytes) -> _S:
    """Raises MalformedDocument. What was read once is read again each time that a case is: it is kept."""
    return cast(_S, _kept(DECISION if kind is Decision else FINDING, payload))


@lru_cache(maxsize=4_096)
def _kept(kind: str, payload: bytes) -> Finding | Decision:
    try:
        said = json.loads(payload)
        return decode(Decision, said) if kind == DECISION else decode(Finding, said)
    except (ValueError, RecursionError) as wrong:
        raise MalformedDocument("What was signed cannot be read.", "Ask who signed it.") from wrong


# -- put together ----------------------------------------------------------------------------------------------------

Entry = tuple[Event, Written]


@dataclass(slots=True)
class _Open:
    """A course while it is put together. What is not named by its hash is kept by author and id: nobody can take the
    name that somebody else gave."""

    findings: list[SignedFinding] = field(default_factory=list)
    decisions: list[SignedDecision] = field(default_factory=list)
    dissents: dict[tuple[str, str], Dissent] = field(default_factory=dict)
    returns: dict[tuple[str, str], Return] = field(default_factory=dict)


def courses(entries: Iterable[Entry], entitled: Entitled) -> Mapping[str, Course]:
    """By allegation (id), what was signed and said of it. The same for everybody who has the same entries, in whatever
    order they came. Entries of people who may not, and what is not as its entry says, count for nothing."""
    made: dict[str, _Open] = {}
    held = sorted(entries, key=lambda each: each[1].order)
    for event, written in held:  # first what stands by itself, then what is said about it: clocks of two logs differ
        _take(made, event, written, entitled)
    for event, written in held:
        _take_about(made, event, written, entitled)
    return {allegation: _course(allegation, each) for allegation, each in made.items()}


def _course(allegation: str, made: _Open) -> Course:
    authors = {each.id: {each.written.user} for each in made.findings}
    decisions = tuple(
        each for each in made.decisions if each.written.user not in authors.get(each.decision.finding, ())
    )
    return Course(
        allegation, tuple(made.findings), tuple(made.dissents.values()), tuple(made.returns.values()), decisions
    )


def _take(made: dict[str, _Open], event: Event, written: Written, entitled: Entitled) -> None:
    writes = any(entitled(written.user, role) for role in WRITERS)
    supervises = entitled(written.user, Role.SUPERVISOR)
    try:
        match event:
            case acts.FindingSigned() if writes:
                found = SignedFinding(event.id, statement(Finding, event, written.user), written, event.envelope)
                _once(made.setdefault(event.allegation, _Open()).findings, found)
            case acts.DecisionSigned() if supervises:
                decided = SignedDecision(event.id, statement(Decision, event, written.user), written, event.envelope)
                _once(made.setdefault(event.allegation, _Open()).decisions, decided)
            case acts.DissentStated() if writes:
                other = Dissent(event.id, event.finding, event.disposition, event.reasons, written)
                made.setdefault(event.allegation, _Open()).dissents.setdefault((written.user, event.id), other)
            case acts.FindingReturned() if supervises:
                point = Return(event.id, event.finding, event.reasons, written)
                made.setdefault(event.allegation, _Open()).returns.setdefault((written.user, event.id), point)
    except MalformedDocument:
        return


_L = TypeVar("_L", SignedFinding, SignedDecision)


def _once(held: list[_L], found: _L) -> None:
    """The same statement may stand in two entries (a log written again after a disk was lost): it is one."""
    if all(each.id != found.id for each in held):
        held.append(found)


def _take_about(made: dict[str, _Open], event: Event, written: Written, entitled: Entitled) -> None:
    writes = any(entitled(written.user, role) for role in WRITERS)
    for each in made.values():
        match event:
            case acts.DissentWithdrawn():
                each.dissents.pop((written.user, event.id), None)
            case acts.ReturnWithdrawn() if entitled(written.user, Role.SUPERVISOR):
                each.returns = {place: point for place, point in each.returns.items() if point.id != event.id}
            case acts.ReturnAnswered() if writes:
                for place, point in each.returns.items():
                    if point.id == event.returned:
                        answer = Answer(event.text, written)
                        each.returns[place] = replace(point, answers=(*point.answers, answer))
