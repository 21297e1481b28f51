"""Who may do what: the agency's roster, signed by its root key (formats.md, Keys and people)."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.agency import DEFAULT, Tables
from reviewer.domain.roles import Role as Role
from reviewer.domain.timebase import SECOND, Micros, Utc

DAY = Micros(86_400 * SECOND)
THREE_DAYS = Micros(3 * DAY)


@dataclass(frozen=True, slots=True)
class LogSize:
    """The first `size` entries of a log, under `root` (hex)."""

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class FormerKey:
    """A signing key, or a right to sign, that a person has no more since `until`. What it signed while it counted is
    named by the SHA-256 (hex) of each document, so that nothing can be signed with it and dated back. Logs of the
    `epoch` are its own. A key that was revoked, because somebody else has it, has `sizes`: these entries of its logs
    count and no others, not one of a log that is not named. None: the key was not revoked."""

    signing_key: str
    until: Utc
    epoch: int = 1
    documents: tuple[str, ...] = ()
    sizes: tuple[LogSize, ...] | None = None


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
    """Who cosigns what logs have grown to. `name` is its folder in the store and the name in `vkey` (C2SP
    cosignature/v1). `station` is the workstation that it runs on, "" for a job beside the store: whoever administers
    that workstation could have both keys, so for logs written there it does not count."""

    name: str
    vkey: str
    station: str = ""

    def counts_for(self, origin: str) -> bool:
        """Whether its word counts for this log: not for one that was written at its own workstation."""
        return origin.split("/")[1:2] != [self.station or self.name]


@dataclass(frozen=True, slots=True)
class WitnessPolicy:
    """Who witnesses, how many must, and how old an entry may become unseen (`Roster` has these as its own fields)."""

    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0
    warn_after: Micros = DAY
    stop_after: Micros = THREE_DAYS


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
class ViewReason:
    """A reason for viewing that this agency offers beside those an assignment gives. `value` is what the log has of it
    ("use-of-force-review"), `words` what the screen says. No `roles`: it is open to everybody on the case. With
    `note_needed` it must be said in words too."""

    value: str
    words: str
    roles: tuple[Role, ...] = ()
    note_needed: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """`quorum` of the `witnesses` must have seen an entry before it counts as witnessed (one, if the roster says 0).
    Entries that are older than `warn_after` and were seen by no quorum are warned of; after `stop_after` nothing more
    is viewed at that workstation. 0: never."""

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
    warn_after: Micros = DAY
    stop_after: Micros = THREE_DAYS
    reasons: tuple[ViewReason, ...] = ()
    tables: Tables | None = None  # None: `agency.DEFAULT`

    def user(self, id_or_badge: str) -> User | None:
        """Who has not left, with this id, badge or name, whatever the case of its letters; also "K. Salo 0417"."""
        wanted = id_or_badge.strip().casefold()
        names = ((u, {u.id, u.badge, u.name, f"{u.name} {u.badge}"}) for u in self.users if u.left is None)
        return next((u for u, known in names if wanted in {n.casefold() for n in known}), None)

    def limit(self, origin: str) -> LogSize | None:
        """How far a log counts whose key was revoked; None: its key was not."""
        _, _, who, _, epoch = origin.split("/") if origin.count("/") == 4 else ("",) * 5
        user = next((u for u in self.users if u.id == who), None)
        former = (f.sizes for f in (user.former if user else ()) if str(f.epoch) == epoch and f.sizes is not None)
        sizes = next(former, None)
        if sizes is None:
            return None
        return next((size for size in sizes if size.origin == origin), LogSize(origin, 0, ""))

    def witnesses_of(self, origin: str) -> tuple[Witness, ...]:
        """Whose word counts for this log."""
        return tuple(w for w in self.witnesses if w.counts_for(origin))

    @property
    def agency_tables(self) -> Tables:
        """Words, dispositions, clocks and rights of this agency."""
        return self.tables if self.tables is not None else DEFAULT

    @property
    def policy(self) -> WitnessPolicy:
        """What it says about witnesses."""
        return WitnessPolicy(self.witnesses, self.quorum, self.warn_after, self.stop_after)

    def workstation(self, id_: str) -> Workstation | None:
        return next((w for w in self.workstations if w.id == id_), None)
