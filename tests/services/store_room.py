"""A store to be checked, and whatever may be wrong with one."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.errors import StoreUnreachable
from reviewer.domain.recording import Manifest
from reviewer.domain.storecheck import CheckReport, Fault, Finding
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.storecheck import StoreCheck
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Chunk, ObjectStat, Protection
from reviewer.stores.folder import FolderStore
from tests.services.agency import NOW, Agency, station_key

DAY = 86_400 * SECOND
FOUND = tuple[Fault, str]


class LockedStore(FolderStore):
    """A folder that says of itself what a bucket with Object Lock says: to check what is said, not what is kept."""

    integrity = "write-once until 2030"
    write_once = True

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.locks: dict[str, Protection] = {}
        self.later: dict[str, tuple[ObjectStat, ...]] = {}
        self.damaged: set[str] = set()
        self.until: Utc | None = Utc(NOW + 1000 * DAY)

    def protection(self, path: str) -> Protection:
        self.stat(path)
        return self.locks.get(path, Protection(self.until, False, "COMPLIANCE" if self.until else ""))

    def versions(self, path: str) -> tuple[ObjectStat, ...]:
        return (*super().versions(path), *self.later.get(path, ()))

    @contextmanager
    def stream(self, path: str, start: int, stop: int, version: str | None = None) -> Iterator[Iterator[Chunk]]:
        if path in self.damaged:
            raise StoreUnreachable("The disk gives nothing back.", "Try again.")
        with super().stream(path, start, stop, version) as pieces:
            yield pieces

    def protect(self, path: str, until: Utc) -> None:
        before = self.locks.get(path, Protection())
        self.locks[path] = Protection(until, before.hold, "COMPLIANCE")

    def hold(self, path: str, on: bool) -> None:
        self.locks[path] = replace(self.protection(path), hold=on)


class Room:
    """An agency with three recordings of two parts each, two rosters, and an assignment."""

    def __init__(self, folder: Path) -> None:
        self.agency = Agency(folder)
        self.folder = folder
        self.agency.put_roster(replace(self.agency.trust().roster(), version=2))
        self.manifests = [self.agency.recording(f"r{i}", b"footage" * (i + 1), bytes([i]) * 300) for i in range(3)]
        self.agency.assign("r0", "r1", "r2")
        self.store = LockedStore(self.agency.store.root)
        self.root = self.store.root
        self.home = Workspace(folder / "checker")

    def check(self, *, deep: bool = True, home: Workspace | None = None, now: Utc = NOW) -> CheckReport:
        return StoreCheck(self.store, self.agency.root, home or self.home, deep=deep, now=lambda: now).run()

    def object(self, i: int, part: int = 0) -> str:
        name = self.manifests[i].parts[part].object
        return f"objects/{name[:2]}/{name}"

    def at(self, path: str) -> Path:
        return self.root / path

    def flip(self, path: str) -> None:
        data = bytearray(self.at(path).read_bytes())
        data[len(data) // 2] ^= 1
        self.at(path).write_bytes(data)

    def put(self, path: str, data: bytes, days: int = 0) -> str:
        """Put a file there, as if so many days ago."""
        self.at(path).parent.mkdir(parents=True, exist_ok=True)
        self.at(path).write_bytes(data)
        at = (NOW - days * DAY) / SECOND
        os.utime(self.at(path), (at, at))
        return path

    def manifest(self, manifest: Manifest, **changed: object) -> str:
        return self.agency.put_manifest(replace(manifest, **changed))  # type: ignore[arg-type]

    def stranger(self, manifest: Manifest) -> str:
        return self.agency.put_manifest(manifest, signer=Ed25519PrivateKey.generate())

    def forged(self, recording: str) -> str:
        """A manifest signed by the right key in the wrong place."""
        other = f"recordings/{recording}/1.json"
        return self.agency.put_manifest(self.manifests[0], signer=station_key(), path=other)


class CountingStore(LockedStore):
    """Counts what is read of footage; asks to stop after so many objects."""

    def __init__(self, root: Path, cancel: threading.Event, after: int) -> None:
        super().__init__(root)
        self.cancel, self.after = cancel, after
        self.streamed: list[str] = []

    @contextmanager
    def stream(self, path: str, start: int, stop: int, version: str | None = None) -> Iterator[Iterator[Chunk]]:
        self.streamed.append(path)
        if len(self.streamed) == self.after:
            self.cancel.set()
        with super().stream(path, start, stop, version) as pieces:
            yield pieces


def copied(template: Path, folder: Path) -> Room:
    """A room in a copy of another one's folder: quicker than making one."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    room = Room.__new__(Room)
    agency = Agency.__new__(Agency)
    agency.folder, agency.now, agency.plain = folder, NOW, {}
    agency.store, agency.workspace = FolderStore(folder / "store"), Workspace(folder / "home")
    room.agency, room.folder, room.home = agency, folder, Workspace(folder / "checker")
    room.store, room.root = LockedStore(folder / "store"), folder / "store"
    room.manifests = [agency.trust().manifest(f"r{i}") for i in range(3)]
    return room


ALWAYS = {(Fault.LOG, "logs")}
"""Nobody has logged on in this store, so there is no log in it; the check says so."""


def found(report: CheckReport) -> set[FOUND]:
    """What was found beside what is always said here."""
    return {(f.fault, f.path) for f in report.findings} - ALWAYS


def only(report: CheckReport, fault: Fault) -> Finding:
    """The one finding of this kind."""
    (each,) = [f for f in report.findings if f.fault is fault]
    return each


Damage = Callable[[Room], set[FOUND]]
"""Does one thing to a store, and says what a deep check must find."""


def _flip(room: Room) -> set[FOUND]:
    room.flip(room.object(0))
    return {(Fault.BYTES, room.object(0))}


def _cut(room: Room) -> set[FOUND]:
    path = room.object(0, 1)
    room.at(path).write_bytes(room.at(path).read_bytes()[:-1])
    return {(Fault.SIZE, path)}


def _longer(room: Room) -> set[FOUND]:
    path = room.object(1)
    room.at(path).write_bytes(room.at(path).read_bytes() + b"x")
    return {(Fault.SIZE, path)}


def _missing(room: Room) -> set[FOUND]:
    room.at(room.object(1, 1)).unlink()
    return {(Fault.MISSING, room.object(1, 1))}


def _manifest_gone(room: Room) -> set[FOUND]:
    room.at("recordings/r2/1.json").unlink()
    return _unnamed(room)


def _manifest_flipped(room: Room) -> set[FOUND]:
    if room.at("recordings/r2/1.json").exists():
        room.flip("recordings/r2/1.json")
        return {(Fault.NOT_BELIEVED, "recordings/r2/1.json"), *_unnamed(room)}
    return set()


def _unnamed(room: Room) -> set[FOUND]:
    return {(Fault.ORPHAN, room.object(2, part)) for part in (0, 1)} | {
        (Fault.NO_RECORDING, "assignments/CR-2026-0142/1.json")
    }


def _stranger(room: Room) -> set[FOUND]:
    path = room.stranger(replace(room.manifests[0], recording_id="strange"))
    return {(Fault.NOT_BELIEVED, path)}


def _misplaced(room: Room) -> set[FOUND]:
    return {(Fault.NOT_BELIEVED, room.forged("elsewhere"))}


def _orphan(room: Room) -> set[FOUND]:
    return {(Fault.ORPHAN, room.put(f"objects/ab/ab{'0' * 62}", b"left", days=3))}


def _strange(room: Room) -> set[FOUND]:
    return {(Fault.STRANGE, room.put("recordings/r0/readme.txt", b"hello"))}


def _wrong_drawer(room: Room) -> set[FOUND]:
    return {(Fault.STRANGE, room.put(f"objects/ab/cd{'0' * 62}", b"hello"))}


def _leftover(room: Room) -> set[FOUND]:
    return {(Fault.LEFTOVER, room.put("objects/.tmp-12", b"half", days=40))}


def _roster_gone(room: Room) -> set[FOUND]:
    room.at("roster/1.json").unlink()
    return {(Fault.GAP, "roster/1.json")}


def _numbers_gone(room: Room) -> set[FOUND]:
    room.manifest(room.manifests[0], n=5)
    return {(Fault.GAP, "recordings/r0/2.json")}


def _no_custody(room: Room) -> set[FOUND]:
    path = room.manifest(room.manifests[1], n=2, sealed_data_keys=())
    return {(Fault.NO_CUSTODY, path)}


def _contradiction(room: Room) -> set[FOUND]:
    part = room.manifests[0].parts[0]
    parts = (replace(part, sealed_size=part.sealed_size + 1),)
    room.manifest(room.manifests[0], recording_id="r9", parts=parts)
    return {(Fault.SIZE, room.object(0))}


def _assignment_flipped(room: Room) -> set[FOUND]:
    room.flip("assignments/CR-2026-0142/1.json")
    return {(Fault.NOT_BELIEVED, "assignments/CR-2026-0142/1.json")}


def _written_over(room: Room) -> set[FOUND]:
    path = room.object(2)
    room.store.later[path] = (ObjectStat(path, 7, "2", Utc(NOW - DAY)),)
    return {(Fault.VERSIONS, path)}


def _document_written_over(room: Room) -> set[FOUND]:
    path = "recordings/r1/1.json"
    room.store.later[path] = (ObjectStat(path, 7, "2", Utc(NOW - DAY)), ObjectStat(path, 8, "3", Utc(NOW)))
    return {(Fault.VERSIONS, path)}


def _not_locked(room: Room) -> set[FOUND]:
    path = room.object(0, 1)
    room.store.locks[path] = Protection()
    return {(Fault.NOT_LOCKED, path)}


def _lock_ended(room: Room) -> set[FOUND]:
    path = "recordings/r0/1.json"
    room.store.locks[path] = Protection(Utc(NOW - DAY), False, "COMPLIANCE")
    return {(Fault.LOCK_ENDED, path)}


def _weak_lock(room: Room) -> set[FOUND]:
    path = "roster/2.json"
    room.store.locks[path] = Protection(Utc(NOW + DAY), False, "GOVERNANCE")
    return {(Fault.NOT_LOCKED, path)}


def _disk(room: Room) -> set[FOUND]:
    room.store.damaged.add(room.object(2, 1))
    return {(Fault.UNREADABLE, room.object(2, 1))}


DAMAGES: dict[str, tuple[Damage, str]] = {
    "a byte flipped": (_flip, "does not match its signed manifest"),
    "an object cut short": (_cut, "is cut short: 355 bytes, and its manifest names 356."),
    "an object made longer": (_longer, "is longer than it was signed"),
    "an object missing": (_missing, "(356 bytes) is not in the store."),
    "a manifest taken away": (_manifest_gone, "It names r2, of which no manifest can be believed."),
    "a manifest altered": (_manifest_flipped, "This document counts for nothing: "),
    "a stranger’s manifest": (_stranger, "whom the roster does not name for it."),
    "a manifest in another’s place": (_misplaced, "says that its place is recordings/r0/1.json."),
    "an orphan": (_orphan, "No manifest that is believed names this object (4 bytes, put 3 days ago)."),
    "a strange file": (_strange, "Nothing in this program puts such a thing there."),
    "an object in the wrong drawer": (_wrong_drawer, "Nothing in this program puts such a thing there."),
    "a temporary file": (_leftover, "A writing that did not end left 4 bytes here, begun 40 days ago."),
    "a roster taken away": (_roster_gone, "Document 1 is missing in roster, though a later one is there."),
    "numbers left out": (_numbers_gone, "Documents 2 to 4 are missing in recordings/r0"),
    "no custody key": (_no_custody, "r1 is sealed to no custody key of the roster"),
    "two sizes": (_contradiction, "Manifests disagree how long "),
    "an assignment altered": (_assignment_flipped, "This document counts for nothing: "),
    "an object written over": (_written_over, "Somebody wrote over it once, last on 2026-06-12; the oldest version"),
    "a document written over": (_document_written_over, "Somebody wrote over it 2 times, last on 2026-06-13;"),
    "an object not locked": (_not_locked, "Nothing keeps this from being removed, in a store that is write-once."),
    "a lock that ended": (_lock_ended, "What kept this from being removed ended on 2026-06-12."),
    "a lock that can be undone": (_weak_lock, "in the mode GOVERNANCE, which an administrator can undo."),
    "a disk that gives nothing": (_disk, "cannot be read: The disk gives nothing back."),
}
