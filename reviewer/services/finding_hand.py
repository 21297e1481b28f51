"""What one person has in hand for the findings of a case: who they are, what they may, what they read and sign with.

`Findings`, `Decisions` and `SecondReviews` are three uses of one `FindingHand`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.domain.case import Allegation, CaseState
from reviewer.domain.codec import encode
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.finding import Course, Decision, Finding, Return, SignedFinding, id_of, payload_of
from reviewer.domain.gate import AllegationGate
from reviewer.domain.reference import Reference, Referred, Resolve, Target
from reviewer.domain.roster import Role, Roster
from reviewer.records.queries import Queries
from reviewer.sealing import envelope
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.case import CaseFile
from reviewer.services.case_state import Rights, rights_of, state
from reviewer.services.clock import Clock, utc_now
from reviewer.services.finding_checks import Matter
from reviewer.services.finding_reading import CaseFindings, case_findings
from reviewer.services.undoing import Record, following

if TYPE_CHECKING:
    from reviewer.services.session import Session

LONGEST = 20_000
"""Characters of reasons, of a point that is returned, of an answer."""
Gates = Callable[[str], AllegationGate | None]
"""The gate of an allegation (by id) as it stands now; None while it is not counted."""


@dataclass(frozen=True, slots=True)
class FindingHand:
    """Of one thread, that of `file` and `queries`. `keys` sign; `rights` and `roster` are as they stand when asked;
    `resolve` reads the references in what is written (None: exhibits and allegations by their names)."""

    record: Record
    queries: Queries
    file: CaseFile
    keys: PrivateKeys
    rights: Callable[[], Rights]
    roster: Callable[[], Roster]
    gate: Gates
    resolve: Resolve | None = None
    now: Clock = utc_now

    @staticmethod
    def of(
        session: Session,
        file: CaseFile,
        queries: Queries,
        gate: Gates,
        resolve: Resolve | None = None,
        now: Clock = utc_now,
    ) -> FindingHand:
        """For the person who is logged on. Reads roster and assignments: not on the GUI's thread the first time."""
        rights, trust = rights_of(session.trust, file.case), session.trust
        make = (session.journal.record, queries, file, session.keys, lambda: rights, trust.roster, gate)
        return FindingHand(*make, resolve=resolve, now=now)

    @property
    def case(self) -> str:
        return self.file.case

    @property
    def user(self) -> str:
        return self.keys.user

    def read(self) -> CaseFindings:
        """All that was signed and said, everybody's."""
        return case_findings(self.queries, self.case, self.rights(), self.roster())

    def allegation(self, id_: str) -> Allegation:
        """Raises ReviewerError for one that does not stand."""
        found = next((each for each in self.file.allegations() if each.id == id_), None)
        if found is None:
            raise ReviewerError("This allegation does not stand any more.", "Look at the board again.")
        return found

    def matter(self, allegation: Allegation, read: CaseFindings | None = None) -> Matter:
        """All that a reason not to sign can come from; `read` if the case was read just now."""
        rights, found = self.rights(), read or self.read()
        roles = rights.now.get(self.user, frozenset())
        stands = state(self.queries, self.case, rights)
        reopened = max((step.at for step in stands.taken if step.move.to == CaseState.REOPENED), default=None)
        may = rights.writes(self.user), Role.SUPERVISOR in roles
        about = found.of(allegation.id), found.review_of(allegation.id)
        return Matter(allegation, rights.tables, *about, stands.state, self.user, *may, reopened)

    def signed(self, finding: str) -> tuple[SignedFinding, Course]:
        """A signed finding and its course. Raises ReviewerError for one that is not here."""
        for course in self.read().courses.values():
            found = course.finding(finding)
            if found is not None:
                return found, course
        raise ReviewerError("This finding is not here.", "Fetch the case again.")

    def point(self, id_: str) -> Return:
        """A point that was returned. Raises ReviewerError for one that does not stand."""
        points = (point for course in self.read().courses.values() for point in course.returns)
        found = next((point for point in points if point.id == id_), None)
        if found is None:
            raise ReviewerError("This return does not stand any more.", "Look at the list again.")
        return found

    def must_write(self) -> None:
        """Raises AccessRefused for whoever only reads the case."""
        if not self.rights().writes(self.user):
            raise AccessRefused("You read this case and do not write it.", "Ask an investigator on the case.")

    def must_supervise(self, does: str) -> None:
        """Raises AccessRefused for whoever is no supervisor on the case."""
        if Role.SUPERVISOR not in self.rights().now.get(self.user, frozenset()):
            raise AccessRefused(f"Only a supervisor on the case {does}.", "Ask one.")

    def target(self, reference: Reference) -> Target | None:
        """What a reference leads to."""
        if self.resolve is not None:
            return self.resolve(reference)
        if reference.kind is Referred.EXHIBIT:
            shown = ((e.id, e.name, e.text) for e in self.file.exhibits())
        elif reference.kind is Referred.ALLEGATION:
            shown = ((a.id, a.name, a.title) for a in self.file.allegations())
        else:
            return None
        return next((Target(name, about) for id_, name, about in shown if id_ == reference.id), None)

    def envelope(self, kind: str, document: Finding | Decision) -> tuple[str, str]:
        """The document as this person signs it: (envelope, id)."""
        data = envelope.sign(kind, encode(document), self.user, self.keys.signing).decode()
        return data, id_of(payload_of(data))

    def done(self, event: Event, id_: str) -> Future[str]:
        """Record an event; the Future has `id_` once it is durable."""
        return following(self.record(event), lambda _recorded: id_)


def words_of(allegation: Allegation) -> str:
    """ "A1 Excessive force"."""
    return f"{allegation.name} {allegation.title}".strip()


def same(one: Finding | Decision, other: Finding | Decision) -> bool:
    """Whether two say the same but for when, and what was watched meanwhile."""
    left, right = encode(one), encode(other)
    return {**left, "at": "", "gate": ""} == {**right, "at": "", "gate": ""}


def refuse(reasons: tuple[str, ...]) -> None:
    """Raises ReviewerError with the first of the reasons, if there is one."""
    if reasons:
        raise ReviewerError(reasons[0], "Nothing was signed.")


def written(text: str, want: str) -> str:
    """A text that must be there. Raises ReviewerError."""
    text = text.strip().replace("\r\n", "\n").replace("\0", "")
    if not text:
        raise ReviewerError("Nothing is written.", want)
    if len(text) > LONGEST:
        raise ReviewerError(f"The text has {len(text):,} characters.", f"Shorten it to {LONGEST:,}.")
    return text
