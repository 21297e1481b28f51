"""Which key may sign which log: the roster says whose a log is by its origin's name."""

from __future__ import annotations

from reviewer.audit.errors import AuditError
from reviewer.audit.note import Verifier, raw_public, vkey
from reviewer.domain.events import LogName
from reviewer.domain.roster import Roster, User
from reviewer.services.documents import Problem
from reviewer.services.door import STATION

LOGS = "logs"


def key_of(origin: str, roster: Roster) -> str | Problem:
    """The vkey that a log must be signed with, or why there is none."""
    parts = origin.split("/")
    agency, station, who, name, epoch = parts if len(parts) == 5 else ("", "", "", "", "")
    key = None
    if agency == roster.agency and name in set(LogName):
        if who == STATION:
            owner = roster.workstation(station)
            key = owner.signing_key if owner else None
        elif roster.workstation(station) is not None:
            user = next((u for u in roster.users if u.id == who), None)
            key = _key_then(user, epoch) if user else None
    if key is None:
        return Problem(f"{LOGS}/{origin}", "The roster names nobody whose log this could be.", "Ask the custodian.")
    try:
        return vkey(origin, raw_public(key))
    except AuditError as wrong:
        return Problem(f"{LOGS}/{origin}", f"Its key in the roster is none: {wrong}", "Ask the custodian.")


def verifier_of(origin: str, roster: Roster) -> Verifier | None:
    """The same as a verifier; None if nobody of the roster could have signed it."""
    key = key_of(origin, roster)
    return Verifier.from_vkey(key) if isinstance(key, str) else None


def _key_then(user: User, epoch: str) -> str | None:
    """The key that a person's logs of this epoch are signed with."""
    if epoch == str(user.epoch):
        return user.signing_key
    return next((f.signing_key for f in user.former if str(f.epoch) == epoch), None)
