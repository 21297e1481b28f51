"""What is to be seen of one allegation's finding by one person: read in one go, off the window's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.domain.agency import Tables
from reviewer.domain.case import Allegation, CaseState
from reviewer.domain.event import Written
from reviewer.domain.finding import Course
from reviewer.domain.gate import AllegationGate
from reviewer.domain.roles import WRITERS, Role
from reviewer.domain.second_review import Impression, Review
from reviewer.services.finding import Findings
from reviewer.services.finding_checks import Draft, decision_blocked, finding_blocked, return_blocked
from reviewer.services.finding_hand import FindingHand
from reviewer.services.finding_reading import Doubt
from reviewer.services.second_review import SecondReviews


@dataclass(frozen=True, slots=True)
class Step:
    """A line of what happened, or (`written` None) of what is still to come. `icon` and `tone` as the screens have
    them."""

    words: str
    icon: str
    tone: str
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """`hidden`: nothing of others is shown before this person's first impression is in; `mine` is what they sealed.
    `blocked`, `decision_blocked` and `return_blocked` are why they cannot sign, decide or return, () if they can.
    `names` of people by id; `others` may be asked for a second review; `supervisors` are those on the case."""

    allegation: Allegation
    tables: Tables
    draft: Draft
    cited: int
    gate: AllegationGate | None
    blocked: tuple[str, ...]
    decision_blocked: tuple[str, ...]
    return_blocked: tuple[str, ...]
    course: Course
    review: Review | None
    mine: Impression | None
    hidden: bool
    state: CaseState
    user: str
    writes: bool
    supervises: bool
    names: Mapping[str, str]
    others: tuple[str, ...]
    supervisors: tuple[str, ...]
    doubts: tuple[Doubt, ...] = ()
    steps: tuple[Step, ...] = ()

    def name(self, user: str) -> str:
        return self.names.get(user, user)


def face_of(hand: FindingHand, allegation: str) -> Face:
    """As things stand. Raises ReviewerError for an allegation that does not stand."""
    findings, found = Findings(hand), hand.allegation(allegation)
    read, rights = hand.read(), hand.rights()
    matter = hand.matter(found, read)
    draft = findings.draft(allegation)
    cited, gate = len(findings.cited(draft.reasons)), hand.gate(allegation)
    hidden = allegation in read.hidden_from(hand.user)
    sealed = matter.review.impressions.get((allegation, hand.user)) if matter.review is not None else None
    mine = SecondReviews(hand).mine(sealed) if sealed is not None else None
    course = Course(allegation) if hidden else matter.course
    return Face(
        allegation=found,
        tables=rights.tables,
        draft=Draft() if hidden else draft,
        cited=cited,
        gate=gate,
        blocked=finding_blocked(matter, draft, cited, gate),
        decision_blocked=decision_blocked(matter),
        return_blocked=return_blocked(matter),
        course=course,
        review=matter.review,
        mine=mine,
        hidden=hidden,
        state=matter.state,
        user=hand.user,
        writes=matter.writes,
        supervises=matter.supervises,
        names=rights.names,
        others=tuple(user for user, roles in rights.now.items() if roles & WRITERS),
        supervisors=tuple(user for user, roles in rights.now.items() if Role.SUPERVISOR in roles),
        doubts=tuple(each for each in read.doubts if each.allegation == allegation),
        steps=() if hidden else steps_of(course, matter.state, rights.names),
    )


_OVER = (CaseState.CLOSED,)


def steps_of(course: Course, state: CaseState, names: Mapping[str, str]) -> tuple[Step, ...]:
    """What became of the finding, in order, and what is still to come."""

    def who(user: str) -> str:
        return names.get(user, user)

    done = [
        Step(f"{who(each.written.user)} signed draft {each.finding.draft}", "circle-check", "ok", each.written)
        for each in course.findings
    ]
    for point in course.returns:
        done.append(Step(f"{who(point.written.user)} returned it", "arrow-back-up", "warn", point.written))
        done += [Step(f"{who(a.written.user)} answered", "message-circle", "text2", a.written) for a in point.answers]
    for each in course.dissents:
        done.append(Step(f"{who(each.written.user)} finds otherwise", "users", "warn", each.written))
    for decided in course.decisions:
        done.append(Step(f"{who(decided.written.user)} decided", "circle-check", "ok", decided.written))
    done.sort(key=lambda step: step.written.order if step.written is not None else (0, "", 0))
    return (*done, *_to_come(course, state))


def _to_come(course: Course, state: CaseState) -> list[Step]:
    returned = {point.finding for point in course.returns}
    waits = not course.standing or any(each.id in returned for each in course.standing)
    said = [f"Investigator signs draft {course.next_draft}"] * (waits and not course.decided)
    said += ["Supervisor decides each allegation"] * (not course.decided)
    said += ["Complainant told; case closed"] * (state not in _OVER)
    return [Step(each, "circle-dashed", "text2") for each in said]
