"""Who may see what of other people's logs: one function over one table.

The store's rights and the keys are the outer wall: whoever reads the bucket reads every entry's open part (time, kind,
case id, whose log), and whoever lacks a key reads no body. Inside it this program shows, folds and keeps for a person
only what `sight_of` grants, so that a workstation holds no more about colleagues than its person's task asks for.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum, StrEnum

from reviewer.domain.event import LogName
from reviewer.domain.roster import Role


class Sight(IntEnum):
    """How much of an entry: nothing, its open part, its body too (as far as keys go)."""

    NOTHING = 0
    OPEN = 1
    BODY = 2


class Standing(StrEnum):
    """What somebody is to an entry."""

    OWN = "own"  # it is theirs, written at another workstation or before its disk was lost
    LEADS = "leads"  # on its case as supervisor, custodian or auditor
    WORKS = "works"  # on its case as investigator
    TRAINS = "trains"  # on its case for training
    OVERSEES = "oversees"  # the agency's custodian or auditor: its case is not theirs, or it has none
    SUPERVISES = "supervises"  # the agency's supervisor: its case is not theirs, or it has none
    STRANGER = "stranger"


class About(StrEnum):
    """What an entry is about."""

    WORK = "work"  # of a case, in a work log: bookmarks, annotations, findings
    VIEWS = "views"  # of a case, in an access log: which seconds were shown
    ACCESS = "access"  # of a case, in an access log: everything else: reasons, denials, exports, who got which right
    NO_CASE = "no case"  # log-ons, locks, intake, keys; a workstation's own log


VIEWS = frozenset(
    (
        *("view_opened", "view_closed", "file_view_opened", "file_view_closed", "filmstrip_shown"),
        *("document_viewed", "document_view_ended"),
    )
)
"""Kinds that say which seconds, and which pages, were shown, and nothing else. They are what “never seen by anybody” is
computed from."""

_N, _O, _B = Sight.NOTHING, Sight.OPEN, Sight.BODY
TABLE: dict[Standing, tuple[Sight, Sight, Sight, Sight]] = {
    #                    WORK VIEWS ACCESS NO_CASE
    Standing.OWN: (_B, _B, _B, _B),
    Standing.LEADS: (_B, _B, _B, _N),
    Standing.WORKS: (_B, _B, _N, _N),
    Standing.TRAINS: (_B, _N, _N, _N),
    Standing.OVERSEES: (_O, _O, _O, _O),
    Standing.SUPERVISES: (_N, _N, _N, _O),
    Standing.STRANGER: (_N, _N, _N, _N),
}
_LEADS = frozenset({Role.SUPERVISOR, Role.CUSTODIAN, Role.AUDITOR})
_OVERSEES = frozenset({Role.CUSTODIAN, Role.AUDITOR})


def about(log: str, kind: str, case: str | None) -> About:
    """What an entry is about, by its open part and the log that it stands in."""
    if case is None:
        return About.NO_CASE
    if log == LogName.WORK:
        return About.WORK
    return About.VIEWS if kind in VIEWS else About.ACCESS


def standing_of(roles: Collection[Role], role: Role | None, *, own: bool = False) -> Standing:
    """`roles`: what the roster names the person now. `role`: what they are on the entry's case now; None if they are
    not on it, not any more, or there is no case. `own`: the log is theirs."""
    if own:
        return Standing.OWN
    if role in _LEADS:
        return Standing.LEADS
    if role is Role.INVESTIGATOR:
        return Standing.WORKS
    if role is Role.TRAINING:
        return Standing.TRAINS
    if _OVERSEES & set(roles):
        return Standing.OVERSEES
    return Standing.SUPERVISES if Role.SUPERVISOR in roles else Standing.STRANGER


def sight_of(standing: Standing, subject: About, *, custody: bool = False) -> Sight:
    """How much of an entry somebody sees. With an opened custody key, whoever oversees sees bodies too: the key opens
    them anywhere, that it was opened is an entry, and answering a court needs it."""
    sight = TABLE[standing][list(About).index(subject)]
    return Sight.BODY if custody and standing is Standing.OVERSEES and sight is Sight.OPEN else sight


def reads_everybody(roles: Collection[Role]) -> bool:
    """Whether somebody follows every log of the agency; the others follow those who are, or were, on their cases."""
    return bool((_OVERSEES | {Role.SUPERVISOR}) & set(roles))
