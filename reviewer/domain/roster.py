"""Who may do what: the agency's roster, signed by its root key (formats.md, Keys and people)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.timebase import Utc


class Role(StrEnum):
    INVESTIGATOR = "investigator"
    SUPERVISOR = "supervisor"
    TRAINING = "training"
    CUSTODIAN = "custodian"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class FormerKey:
    """A signing key, or a right to sign, that a person has no more since `until`. What it signed while it counted is
    named by the SHA-256 (hex) of each document, so that nothing can be signed with it and dated back. Logs of the
    `epoch` are its own."""

    signing_key: str
    until: Utc
    epoch: int = 1
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class User:
    """`signing_key` is a signed-note verifier key (vkey, Ed25519); `sealing_key` a P-256 public key, base64 of the
    65-byte uncompressed point. `epoch` counts the signing keys: with each one new logs begin. Whoever has `left` keeps
    the entry, without roles, so that what was signed keeps its name."""

    id: str
    name: str
    badge: str
    roles: tuple[Role, ...]
    signing_key: str
    sealing_key: str
    epoch: int = 1
    former: tuple[FormerKey, ...] = ()
    left: Utc | None = None


@dataclass(frozen=True, slots=True)
class Workstation:
    """A machine that may ingest, witness, and log refused log-ons. `signing_key` is a vkey."""

    id: str
    name: str
    signing_key: str


@dataclass(frozen=True, slots=True)
class Witness:
    name: str
    vkey: str


@dataclass(frozen=True, slots=True)
class CustodyKey:
    """Every data key is sealed to these at ingest. `sealing_key` as in `User`."""

    id: str
    sealing_key: str


@dataclass(frozen=True, slots=True)
class Banner:
    """The agency's text before log-on (CJIS 5.9.5)."""

    text: str
    version: int
    signed: Utc


@dataclass(frozen=True, slots=True)
class Roster:
    agency: str  # a name that can stand in an origin: "helsinki.example"
    title: str  # as shown: "Helsinki Example Police"
    version: int
    expires: Utc
    users: tuple[User, ...]
    workstations: tuple[Workstation, ...]
    custody_keys: tuple[CustodyKey, ...]
    banner: Banner
    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0
    v: int = 1

    def user(self, id_or_badge: str) -> User | None:
        """Who has not left, with this id, badge or name, whatever the case of its letters; also "K. Salo 0417"."""
        wanted = id_or_badge.strip().casefold()
        names = ((u, {u.id, u.badge, u.name, f"{u.name} {u.badge}"}) for u in self.users if u.left is None)
        return next((u for u, known in names if wanted in {n.casefold() for n in known}), None)

    def workstation(self, id_: str) -> Workstation | None:
        return next((w for w in self.workstations if w.id == id_), None)
