"""An assignment: these people may open these recordings, for a purpose, until a date (formats.md, Granting access)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from reviewer.domain.recording import SealedKey
from reviewer.domain.roster import Role
from reviewer.domain.timebase import TimeRange, Utc


class Purpose(StrEnum):
    COMPLAINT = "complaint"
    SUPERVISION = "supervision"
    TRAINING = "training"
    DISCLOSURE = "disclosure"


@dataclass(frozen=True, slots=True)
class Member:
    """`sealed_case_key`: HPKE (enc ‖ ct), base64, of the case key to this user's sealing key."""

    user: str
    role: Role
    sealed_case_key: str


@dataclass(frozen=True, slots=True)
class AssignedRecording:
    """`sealed_data_key`: AES-256-GCM (nonce ‖ ct) of the data key under the case key, base64. `window` limits what is
    relevant, None is all of it."""

    recording_id: str
    sealed_data_key: str
    window: TimeRange | None = None


@dataclass(frozen=True, slots=True)
class AssignmentDetails:
    """What of an assignment says something about the case: sealed under the case key (`sealed_details`)."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """In the store, from `v` 2 on, `title` and `reason` are empty and sealed in `sealed_details`; one that nobody
    opened shows the case's id as its title."""

    case_id: str
    n: int
    members: tuple[Member, ...]
    recordings: tuple[AssignedRecording, ...]
    purpose: Purpose
    issued_by: str
    issued_at: Utc
    title: str = ""  # place and day, as the queue shows it: "Aleksanterinkatu × Mikonkatu, 13 Jun 2026"
    reason: str = ""
    expires: Utc | None = None
    custody: tuple[SealedKey, ...] = ()  # the case key, sealed to the custody keys, so that a later assignment goes on
    v: int = 1
    sealed_details: str = ""  # AES-256-GCM (nonce ‖ ct) of the RFC 8785 JSON of `AssignmentDetails`, base64
    earlier: tuple[str, ...] = ()  # the case keys before this one, newest first, each as `sealed_data_key`

    def member(self, user_id: str) -> Member | None:
        return next((m for m in self.members if m.user == user_id), None)


def opened(assignment: Assignment, details: AssignmentDetails) -> Assignment:
    """The assignment as a person with the case key sees it."""
    return replace(assignment, title=details.title, reason=details.reason)


def closed(assignment: Assignment) -> Assignment:
    """The assignment as it lies in the store, whoever opened it. `v` 1 is open and stays so."""
    return assignment if assignment.v < 2 else replace(assignment, title="", reason="")


def unopened(assignment: Assignment) -> Assignment:
    """The assignment for whoever has no key: its id is its title."""
    return assignment if assignment.v < 2 else replace(closed(assignment), title=assignment.case_id)


@dataclass(frozen=True, slots=True)
class Release:
    """Somebody with the right to assign says that this recording may be used for training, or (`released` False) no
    longer. `releases/<recording>/<n>.json`, DSSE by a supervisor or custodian; the newest counts."""

    recording_id: str
    n: int
    issued_by: str
    issued_at: Utc
    released: bool = True
    v: int = 1


@dataclass(frozen=True, slots=True)
class Pending:
    """An assignment of restricted recordings that waits for a second person's signature: `pending/<case>/<n>.json`,
    DSSE by its issuer. `sealed` is the assignment's envelope (AES-256-GCM under a key of its own, base64), `keys` that
    key sealed to everybody who may sign second: whoever is to get the recordings cannot open them before that."""

    case_id: str
    n: int
    issued_by: str
    issued_at: Utc
    sealed: str
    keys: tuple[SealedKey, ...]
    v: int = 1
