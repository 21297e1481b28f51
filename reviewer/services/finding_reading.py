"""What was signed and said about the findings of a case, as all logs that are here make it; for whoever may read it.

Every envelope is verified with the key of its author that the roster names for the log it stands in. What does not hold
is no finding, and is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from reviewer.domain import finding_acts as acts
from reviewer.domain.case_acts import FindingSet
from reviewer.domain.errors import MalformedDocument, NotTrusted, ReviewerError
from reviewer.domain.event import Event, Written
from reviewer.domain.finding import DECISION, FINDING, Course, Decision, Entry, Finding, courses, statement
from reviewer.domain.roles import WRITERS, Role
from reviewer.domain.roster import Roster
from reviewer.domain.second_review import Review, blinded, reviews
from reviewer.records.queries import LogEntry, Queries
from reviewer.sealing.envelope import open_signed
from reviewer.services.case_state import Rights, rights_of
from reviewer.services.signed import raw_keys
from reviewer.services.trust import Trust

_TOLD = (acts.FindingSigned, acts.DissentStated, acts.FindingReturned, acts.DecisionSigned)
"""Entries that say what somebody thinks of an allegation."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An entry that says it is a finding or a decision, and counts for nothing."""

    written: Written
    allegation: str
    why: str


@dataclass(frozen=True, slots=True)
class CaseFindings:
    """`courses` by allegation (id), `reviews` withdrawn ones too."""

    courses: Mapping[str, Course] = field(default_factory=dict)
    reviews: tuple[Review, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def of(self, allegation: str) -> Course:
        """What was signed and said of an allegation; nothing yet is an empty one."""
        return self.courses.get(allegation) or Course(allegation)

    def review_of(self, allegation: str) -> Review | None:
        """The second review that was asked last of an allegation and stands."""
        asked = (each for each in self.reviews if not each.withdrawn and allegation in each.allegations)
        return max(asked, key=lambda each: each.written.order, default=None)

    def hidden_from(self, user: str) -> frozenset[str]:
        """Allegations (ids) of which this person sees nothing of others' findings, until their first impression is
        in."""
        return blinded(self.reviews, user)

    def courses_for(self, user: str) -> Mapping[str, Course]:
        """The courses without those that are hidden from this person."""
        hidden = self.hidden_from(user)
        return {allegation: course for allegation, course in self.courses.items() if allegation not in hidden}

    def hides(self, event: Event | None, author: str, user: str) -> bool:
        """Whether an entry says what this person is not to see yet: somebody else's finding of what they are to judge
        blind."""
        if author == user or event is None:
            return False
        about = event.id if isinstance(event, FindingSet) else event.allegation if isinstance(event, _TOLD) else ""
        return about in self.hidden_from(user)


def case_findings(queries: Queries, case: str, rights: Rights, roster: Roster) -> CaseFindings:
    """As things stand. The same for everybody with the same entries, roster and assignments."""

    def entitled(user: str, role: Role) -> bool:
        return role in rights.ever(user)

    good: list[Entry] = []
    doubts: list[Doubt] = []
    for event, written in queries.acts(case, acts.ACTS):
        why = _doubt(event, written, roster, entitled_to=rights.ever(written.user))
        if why:
            doubts.append(Doubt(written, getattr(event, "allegation", ""), why))
        else:
            good.append((event, written))
    return CaseFindings(courses(good, entitled), reviews(good, entitled), tuple(doubts))


def _doubt(event: Event, written: Written, roster: Roster, *, entitled_to: frozenset[Role]) -> str:
    """Why an entry counts for nothing; "" for one that does."""
    if isinstance(event, acts.DecisionSigned | acts.FindingReturned | acts.ReturnWithdrawn):
        if Role.SUPERVISOR not in entitled_to:
            return "Only a supervisor on the case may do this."
    elif not entitled_to & WRITERS:
        return "Only an investigator or a supervisor on the case may do this."
    try:
        if isinstance(event, acts.FindingSigned):
            statement(Finding, event, written.user)
            _verified(event.envelope, FINDING, written, roster)
        elif isinstance(event, acts.DecisionSigned):
            statement(Decision, event, written.user)
            _verified(event.envelope, DECISION, written, roster)
    except (MalformedDocument, NotTrusted) as wrong:
        return wrong.message
    return ""


def _verified(envelope: str, kind: str, written: Written, roster: Roster) -> None:
    """Raises NotTrusted unless the author of the entry signed it with the key that the roster gives for its log."""
    _verify(envelope, kind, written.user, tuple(keys_of(roster, written.user, written.origin)))


@lru_cache(maxsize=4_096)
def _verify(envelope: str, kind: str, user: str, keys: tuple[bytes, ...]) -> None:
    """The same question has the same answer; only a refusal is asked again."""
    open_signed(envelope.encode(), kind, lambda key_id: keys if key_id == user else ())


def keys_of(roster: Roster, user: str, origin: str) -> list[bytes]:
    """The raw Ed25519 keys that this person may have signed with in this log: those of its epoch."""
    listed = next((each for each in roster.users if each.id == user), None)
    if listed is None:
        return []
    epoch = origin.rpartition("/")[2]
    named = [(listed.epoch, listed.signing_key), *((each.epoch, each.signing_key) for each in listed.former)]
    return [raw for of, key in named if str(of) == epoch for raw in raw_keys(key)]


def hidden_from(queries: Queries, entries: Sequence[LogEntry], trust: Trust, user: str) -> tuple[LogEntry, ...]:
    """The entries as a reader of the log may see them now: what others say of an allegation that this person still has
    to judge blind is sealed to them until their first impression is in. On the thread of `queries`; a case whose
    documents cannot be read shows nothing of it."""
    told = {cls.KIND for cls in (*_TOLD, FindingSet)}
    cases = {e.meta.case for e in entries if e.meta.kind in told and e.meta.actor != user and e.event is not None}
    known: dict[str, CaseFindings | None] = {}
    for case in cases - {None}:
        try:
            known[str(case)] = case_findings(queries, str(case), rights_of(trust, str(case)), trust.roster())
        except ReviewerError:
            known[str(case)] = None

    def seen(entry: LogEntry) -> LogEntry:
        if entry.meta.kind not in told or entry.meta.case not in known:
            return entry
        found = known[entry.meta.case]
        shut = found is None or found.hides(entry.event, entry.meta.actor, user)
        return replace(entry, event=None) if shut and entry.meta.actor != user else entry

    return tuple(map(seen, entries))
