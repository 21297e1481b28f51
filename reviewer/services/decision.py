"""A supervisor's part: a signed finding is returned with what is to be done, or the allegation is decided.

A decision is signed like a finding and never merged: a later one names those whose place it takes, and two that did not
know of each other stand as a conflict until a third names both (`domain/finding`).
"""

from __future__ import annotations

import uuid
from concurrent.futures import Future

from reviewer.domain import finding_acts as acts
from reviewer.domain.errors import ReviewerError
from reviewer.domain.finding import DECISION, Decision
from reviewer.services.finding_checks import decision_blocked, needs_reasons, return_blocked
from reviewer.services.finding_hand import FindingHand, refuse, same, words_of, written


class Decisions:
    """One supervisor's hand. All methods on the thread of `hand`; as `Findings`."""

    def __init__(self, hand: FindingHand) -> None:
        self.hand = hand

    def blocked(self, allegation: str) -> tuple[str, ...]:
        """Why this person cannot decide it now; () if they can."""
        return decision_blocked(self.hand.matter(self.hand.allegation(allegation)))

    def send_back(self, finding: str, reasons: str) -> Future[str]:
        """Return a signed finding with one point to be answered; the Future has the point's id."""
        self.hand.must_supervise("returns a finding")
        _, course = self.hand.signed(finding)
        refuse(return_blocked(self.hand.matter(self.hand.allegation(course.allegation))))
        if finding not in {each.id for each in course.standing}:
            raise ReviewerError("A later draft stands by now.", "Look at that one.")
        id_ = uuid.uuid4().hex
        text = written(reasons, "Say what is to be done.")
        return self.hand.done(acts.FindingReturned(self.hand.case, id_, course.allegation, finding, text), id_)

    def take_back(self, point: str) -> Future[str]:
        """Withdraw a point that was returned."""
        self.hand.must_supervise("takes a return back")
        self.hand.point(point)
        return self.hand.done(acts.ReturnWithdrawn(self.hand.case, point), point)

    def prepared(self, allegation: str, disposition: str, standard: str, reasons: str = "") -> Decision:
        """What `decide` would sign now. Raises ReviewerError with the first reason why it cannot."""
        found = self.hand.allegation(allegation)
        matter = self.hand.matter(found)
        refuse(decision_blocked(matter))
        tables, course = matter.tables, matter.course
        given, proof, about = tables.disposition(disposition), tables.standard(standard), course.standing[0]
        if given is None or proof is None:
            raise ReviewerError("Choose a disposition and a standard of proof.", "Choose them from the agency's table.")
        text = reasons.strip()
        if needs_reasons(course, about, given.id, proof.id):
            what = "takes the place of another" if course.decided else "is another than the finding"
            text = written(text, f"The decision {what}: say why.")
        return Decision(
            case=self.hand.case,
            allegation=found.id,
            allegation_words=words_of(found),
            finding=about.id,
            by=self.hand.user,
            at=self.hand.now(),
            tables=tables.name,
            tables_version=tables.version,
            standard=proof.id,
            standard_words=proof.words,
            disposition=given.id,
            disposition_words=given.words,
            reasons=text,
            dissents=tuple(each.id for each in course.standing_dissents()),
            supersedes=tuple(each.id for each in course.decided),
        )

    def decide(
        self, allegation: str, disposition: str, standard: str, reasons: str = "", prepared: Decision | None = None
    ) -> Future[str]:
        """Sign the decision on the finding that stands, in place of every decision that stood; as it was `prepared` and
        looked at, if given. The Future has its id."""
        now = self.prepared(allegation, disposition, standard, reasons)
        if prepared is not None and not same(prepared, now):
            raise ReviewerError("It changed while you looked at it.", "Look at what it says now, then sign.")
        data, id_ = self.hand.envelope(DECISION, prepared or now)
        return self.hand.done(acts.DecisionSigned(self.hand.case, id_, allegation, data), id_)
