"""Why a finding cannot be signed yet, or an allegation not decided: each reason a sentence that says what to do."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.agency import Tables
from reviewer.domain.case import Allegation, CaseState
from reviewer.domain.finding import Course, SignedFinding
from reviewer.domain.gate import AllegationGate, sentence
from reviewer.domain.second_review import Review
from reviewer.domain.thing import Field
from reviewer.domain.timebase import Utc


@dataclass(frozen=True, slots=True)
class Draft:
    """What is written of a finding and not signed: ids of the agency's table, reasons with references as tokens.
    `unwatched_reason` is why it closes with footage unwatched, `last` who changed it last."""

    standard: str = ""
    disposition: str = ""
    reasons: str = ""
    nothing_found: bool = False
    unwatched_reason: str = ""
    last: Field | None = None

    @property
    def empty(self) -> bool:
        return not (self.standard or self.disposition or self.reasons or self.nothing_found or self.unwatched_reason)


@dataclass(frozen=True, slots=True)
class Matter:
    """All that a reason not to sign can come from. `cited`: how many exhibits the reasons cite; `gate` None while it is
    not counted; `reopened` when the case was last taken up again."""

    allegation: Allegation
    tables: Tables
    course: Course
    review: Review | None
    state: CaseState
    user: str
    writes: bool
    supervises: bool
    reopened: Utc | None = None

    @property
    def closed(self) -> bool:
        """Whether it is decided, and the case was not reopened since. By their authors' clocks: this refuses, and
        counts for nothing when entries are read."""
        decided = max((each.written.at for each in self.course.decided), default=None)
        return decided is not None and (self.reopened is None or self.reopened < decided)


def finding_blocked(matter: Matter, draft: Draft, cited: int, gate: AllegationGate | None) -> tuple[str, ...]:
    """Why this person cannot sign it now, the first thing to do first; () if they can."""
    if not matter.writes:
        return ("Only an investigator or a supervisor on the case signs findings.",)
    if matter.closed:
        return ("It is decided. A supervisor can reopen the case.",)
    if matter.review is not None and matter.review.waits_for(matter.allegation.id, matter.user):
        return ("Seal your first impression before anything else.",)
    found = [*_unwritten(matter, draft, cited), *_unwatched(draft, gate)]
    open_ = len(matter.course.open_returns)
    if open_:
        found.append(f"Answer what was returned first: {open_} of {len(matter.course.returns)} open.")
    if not found and _unchanged(matter.course, draft, gate):
        found.append("Nothing has changed since it was signed.")
    return tuple(found)


def return_blocked(matter: Matter) -> tuple[str, ...]:
    """Why this person cannot return the finding now; () if they can."""
    if not matter.supervises:
        return ("Only a supervisor on the case returns a finding.",)
    if not matter.course.standing:
        return ("Nothing is signed yet.",)
    if matter.closed:
        return ("It is decided. Reopen the case to return it.",)
    return ()


def _unwritten(matter: Matter, draft: Draft, cited: int) -> list[str]:
    disposition = matter.tables.disposition(draft.disposition)
    found = []
    if matter.tables.standard(draft.standard) is None:
        found.append("Choose the standard of proof.")
    if disposition is None:
        found.append("Choose a disposition.")
    if not draft.reasons.strip():
        found.append("Say why, in plain words.")
    if disposition is not None and disposition.exhibits and not cited and not draft.nothing_found:
        found.append("Cite an exhibit in the reasons, or say that nothing was found.")
    return found


def _unwatched(draft: Draft, gate: AllegationGate | None) -> list[str]:
    if gate is None:
        return ["What was watched is being counted."]
    if not gate.met and not draft.unwatched_reason.strip():
        return [f"{sentence(gate)} Watch it, or say why it closes without."]
    return []


def _unchanged(course: Course, draft: Draft, gate: AllegationGate | None) -> bool:
    """Whether the one finding that stands says the same already."""
    if len(course.standing) != 1:
        return False
    last = course.standing[0].finding
    said = (last.standard, last.disposition, last.reasons, last.nothing_found, last.unwatched_reason)
    why = draft.unwatched_reason if gate is None or not gate.met else ""  # as it would be signed
    now = (draft.standard, draft.disposition, draft.reasons, draft.nothing_found, why)
    answered = {point.id for point in course.returns if point.answers and point.finding == course.standing[0].id}
    return said == now and not answered


def decision_blocked(matter: Matter) -> tuple[str, ...]:
    """Why this person cannot decide it now, whatever they would decide; () if they can."""
    name, course = matter.allegation.name, matter.course
    if not matter.supervises:
        return ("Only a supervisor on the case decides.",)
    if matter.review is not None and matter.review.waits_for(matter.allegation.id, matter.user):
        return ("Seal your first impression before anything else.",)
    if not course.standing:
        return (f"No finding of {name} is signed yet.",)
    if len(course.standing) > 1:
        return (f"Two findings of {name} stand whose authors did not know of each other. One must replace both.",)
    if course.standing[0].written.user == matter.user:
        return ("You signed this finding. Another supervisor decides.",)
    return (*_returned(course), *_unreviewed(matter))


def _returned(course: Course) -> tuple[str, ...]:
    """A finding that was returned is not decided as it stands: the next draft is."""
    waits = any(point.finding == course.standing[0].id for point in course.returns)
    return (f"It was returned; draft {course.next_draft} is awaited. Or take the return back.",) if waits else ()


def _unreviewed(matter: Matter) -> tuple[str, ...]:
    review = matter.review
    if review is None:
        return ("This agency asks for a second review. Name two reviewers.",) if matter.tables.second else ()
    if review.missing(matter.allegation.id):
        return ("The second review is not complete.",)
    return () if review.agreement(matter.allegation.id) is not None else ("The first impressions are not open yet.",)


def needs_reasons(course: Course, finding: SignedFinding, disposition: str, standard: str) -> bool:
    """Whether a decision must say why: it is another than the finding, or takes the place of a decision."""
    said = finding.finding
    return bool(course.decided) or (said.disposition, said.standard) != (disposition, standard)
