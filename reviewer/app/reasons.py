"""Which reasons for viewing a case are open to a person, and why the others are not."""

from __future__ import annotations

from reviewer.domain.assignment import Assignment, Purpose
from reviewer.domain.roster import Role
from reviewer.services.session import Session
from reviewer.ui.reason import Reason
from reviewer.ui.times import date

_WORDS = {
    Purpose.COMPLAINT: ("Complaint", "This case was not assigned for a complaint"),
    Purpose.SUPERVISION: ("Supervision", "Not in your role"),
    Purpose.TRAINING: ("Training", "Not released for training"),
    Purpose.DISCLOSURE: ("Disclosure request", "No request is open for this case"),
}


def reasons_for(assignment: Assignment, session: Session) -> tuple[Reason, ...]:
    """The assignment's own purpose, supervision for who supervises it, and any other that is said in words."""
    member = assignment.member(session.user.id)
    issuer = next((u for u in session.roster.users if u.id == assignment.issued_by), None)
    by = f"Assigned to you {date(assignment.issued_at)}" + (f" by {issuer.name}" if issuer else "")
    open_to = {assignment.purpose}
    if member is not None and member.role is Role.SUPERVISOR:
        open_to.add(Purpose.SUPERVISION)
    reasons = [
        Reason(p.value, words, by if p in open_to else closed, p in open_to) for p, (words, closed) in _WORDS.items()
    ]
    return (*reasons, Reason("other", "Other", "Say why; it stands in the log", note_needed=True))
