"""Which reasons for viewing a case are open to a person, and why the others are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
    """The assignment's own purpose, supervision for who supervises it, the agency's own reasons (its roster has them),
    and any other that is said in words."""
    member = assignment.member(session.user.id)
    issuer = next((u for u in session.roster.users if u.id == assignment.issued_by), None)
    by = f"Assigned to you {date(assignment.issued_at)}" + (f" by {issuer.name}" if issuer else "")
    open_to = {assignment.purpose}
    if member is not None and member.role is Role.SUPERVISOR:
        open_to.add(Purpose.SUPERVISION)
    reasons = [
        Reason(p.value, words, by if p in open_to else closed, p in open_to) for p, (words, closed) in _WORDS.items()
    ]
    roles = {r for u in session.roster.users if u.id == session.user.id for r in u.roles}
    for own in session.roster.reasons:
        able = not own.roles or bool(roles & set(own.roles))
        detail = "Given by your agency" if able else f"For {' and '.join(own.roles)} only"
        reasons.append(Reason(own.value, own.words, detail, able, own.note_needed))
    return (*reasons, Reason("other", "Other", "Say why; it stands in the log", note_needed=True))


def reasons_in_words(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The same, each to be said in words too: what restricted footage asks for."""
    return tuple(replace(reason, note_needed=True) for reason in reasons)
