"""An assignment: these people may open these recordings, for a purpose, until a date (formats.md, Granting access)."""

from __future__ import annotations

from dataclasses import dataclass
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
class Assignment:
    case_id: str
    n: int
    title: str  # place and day, as the queue shows it: "Aleksanterinkatu × Mikonkatu, 13 Jun 2026"
    members: tuple[Member, ...]
    recordings: tuple[AssignedRecording, ...]
    purpose: Purpose
    reason: str
    issued_by: str
    issued_at: Utc
    expires: Utc | None = None
    custody: tuple[SealedKey, ...] = ()  # the case key, sealed to the custody keys, so that a later assignment goes on
    v: int = 1

    def member(self, user_id: str) -> Member | None:
        return next((m for m in self.members if m.user == user_id), None)
