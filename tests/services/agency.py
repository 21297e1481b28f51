"""A small agency in a temporary folder, for tests: a root, four people, a station, a custody key, a store."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.assignment import Assignment, Purpose
from reviewer.domain.codec import encode
from reviewer.domain.recording import Clock, ClockSource, Device, Ingest, Kind, Manifest, Part, closed
from reviewer.domain.roster import Banner, CustodyKey, Role, Roster
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.sealing import envelope, stream
from reviewer.sealing.keyring import PrivateKeys, new_keys
from reviewer.services import custody
from reviewer.services.details import seal_manifest
from reviewer.services.trust import Trust
from reviewer.services.workspace import Setup, Workspace
from reviewer.stores.folder import FolderStore

NAME = "helsinki.example"
NOW = Utc(1_781_380_800_000_000)  # 2026-06-13T20:00:00Z
YEAR = 365 * 86_400 * SECOND
CASE = "CR-2026-0142"
BANNER = Banner("Use is logged.", 1, NOW)
PEOPLE = {
    "salo": ("K. Salo", "0417", Role.INVESTIGATOR),
    "aro": ("S. Aro", "0102", Role.SUPERVISOR),
    "falk": ("R. Falk", "0251", Role.TRAINING),
    "hill": ("P. Hill", "0033", Role.CUSTODIAN),
}


@cache
def keys(who: str) -> PrivateKeys:
    return new_keys(who)


@cache
def station_key(which: str = "ws-1") -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@cache
def root_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@dataclass
class Agency:
    folder: Path
    now: Utc = NOW
    store: FolderStore = field(init=False)
    workspace: Workspace = field(init=False)
    plain: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = self.place()
        self.workspace = Workspace(self.folder / "home")
        custody.found_agency(
            self.store,
            root_key(),
            custody.Agency(NAME, "Helsinki Example Police", BANNER),
            users=[custody.user_entry(NAME, keys(u).public, n, b, [r]) for u, (n, b, r) in PEOPLE.items()],
            workstations=[custody.station_entry(NAME, "ws-1", "Ingest 1", station_key())],
            custody_keys=[CustodyKey("custody", keys("custody").public.sealing)],
            expires=Utc(NOW + YEAR),
        )
        self.workspace.set_up(Setup(self.root, "ws-1", self.store.location))

    def place(self) -> FolderStore:
        """Where its store lies."""
        return FolderStore(self.folder / "store")

    @property
    def root(self) -> str:
        return custody.root_vkey(NAME, root_key())

    def trust(self, workspace: Workspace | None = None) -> Trust:
        return Trust(self.store, self.root, workspace or self.workspace, now=lambda: self.now)

    def put_roster(self, roster: Roster, signer: Ed25519PrivateKey | None = None) -> None:
        data = envelope.sign("roster", encode(roster), "root", signer or root_key())
        self.store.put_if_absent(f"roster/{roster.version}.json", data)

    def recording(
        self,
        recording_id: str,
        *plain: bytes,
        n: int = 1,
        sealed: bool = False,
        restricted: str | None = None,
        incidents: tuple[str, ...] = (),
    ) -> Manifest:
        """Seal some bytes as the parts of a recording, put objects and manifest, and return it. `sealed` as ingest
        makes it (`v` 2), else as earlier versions did."""
        data_key = stream.new_data_key()
        parts = []
        for i, each in enumerate(plain):
            data = stream.seal_bytes(each, data_key, recording_id.encode())
            made = _sealed(data, each)
            self.store.put_if_absent(f"objects/{made.object[:2]}/{made.object}", data)
            self.plain[made.object] = each
            start = Utc(NOW + i * 10 * SECOND)
            parts.append(Part(made.object, made.sealed_size, made.sha256, made.size, start, Micros(8 * SECOND)))
        manifest = Manifest(
            recording_id=recording_id,
            agency=NAME,
            officer="Ofc. A. Niemi 2214",
            device=Device("Example", "One", "X1"),
            kind=Kind.VIDEO,
            parts=tuple(parts),
            clock=Clock(ClockSource.MANIFEST, Micros(50_000)),
            ingest=Ingest("ws-1", NOW, "0"),
            sealed_data_keys=custody.seal_to_custody(self.trust().roster(), recording_id, data_key),
            n=n,
            officer_id="2214" if sealed else "",
            restricted=restricted,
            incidents=incidents,
        )
        manifest = seal_manifest(manifest, data_key) if sealed else manifest
        self.put_manifest(manifest)
        return manifest

    def put_manifest(
        self, manifest: Manifest, signer: Ed25519PrivateKey | None = None, key_id: str = "ws-1", path: str | None = None
    ) -> str:
        path = path or f"recordings/{manifest.recording_id}/{manifest.n}.json"
        data = envelope.sign("manifest", encode(closed(manifest)), key_id, signer or station_key())
        self.store.put_if_absent(path, data)
        return path

    def order(self, *recordings: str, members: dict[str, Role] | None = None, case: str = CASE) -> custody.Order:
        who = members or {"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR}
        windows: dict[str, TimeRange | None] = dict.fromkeys(recordings)
        return custody.Order(case, "Aleksanterinkatu × Mikonkatu", who, windows, Purpose.COMPLAINT, "complaint")

    def assign(self, *recordings: str, members: dict[str, Role] | None = None, case: str = CASE) -> Assignment:
        order = self.order(*recordings, members=members, case=case)
        return custody.assign(self.trust(), order, keys("aro"), keys("custody"), now=lambda: self.now)


def _sealed(sealed: bytes, plain: bytes) -> stream.Sealed:
    return stream.Sealed(sha256(sealed).hexdigest(), len(sealed), sha256(plain).hexdigest(), len(plain))


def flip(path: Path, at: int = -1) -> None:
    """Change one byte of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
