"""Acts of custody as they are recorded: who gave or took a right, to what, and why. All go to the access log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event
from reviewer.domain.timebase import Utc


@dataclass(frozen=True, slots=True)
class Assigned(Event):
    """`members` as "salo (investigator)". `second` is the second signer's id, if there is one; `waiting`: it holds only
    when somebody countersigns."""

    KIND: ClassVar[str] = "assigned"
    case: str
    n: int
    title: str
    members: tuple[str, ...]
    recordings: tuple[str, ...]
    purpose: str
    reason: str
    expires: Utc | None = None
    second: str = ""
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Countersigned(Event):
    """The second signature under an assignment that waited; `issued_by` is the first signer's id."""

    KIND: ClassVar[str] = "countersigned"
    case: str
    n: int
    issued_by: str


@dataclass(frozen=True, slots=True)
class TakenOff(Event):
    KIND: ClassVar[str] = "taken_off"
    case: str
    user: str
    reason: str


@dataclass(frozen=True, slots=True)
class HandedOver(Event):
    """`user` is off the case, `to` is on it in the same role."""

    KIND: ClassVar[str] = "handed_over"
    case: str
    user: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReleasedForTraining(Event):
    """`released` False: a release was withdrawn."""

    KIND: ClassVar[str] = "released_for_training"
    recording: str
    n: int
    released: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CustodyKeyOpened(Event):
    """Durable before the key opens anything: with it every recording can be opened that was sealed to it."""

    KIND: ClassVar[str] = "custody_key_opened"
    key: str


@dataclass(frozen=True, slots=True)
class RosterSigned(Event):
    """Written to the workstation's own log: the agency's root key signed another roster here. `what` is a sentence."""

    KIND: ClassVar[str] = "roster_signed"
    version: int
    what: str
