"""Sync: sealed objects of a case, copied from the store as they are and compared with the signed manifest.

An object grows as `<sha256>.part` and gets its name only when its SHA-256 is right, after fsync; an interrupted one
goes on where it stopped. What does not match goes to quarantine and the rest goes on. Nothing is unsealed here.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import Cancelled, ReviewerError, StoreUnreachable
from reviewer.domain.events import CaseSynced
from reviewer.domain.recording import Manifest
from reviewer.services.disk import NoRoom, disk_error, make_folder, sync_folder
from reviewer.services.ledger import Identity, Ledger
from reviewer.services.quarantine import Item, Record, is_quarantined, items, set_aside
from reviewer.services.trust import Problem
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Store

_CHUNK = 1 << 20
_TELL_EVERY = 0.1  # seconds: progress at most 10 a second
_WORKERS = 3


class ObjectState(StrEnum):
    ABSENT = "absent"
    PARTIAL = "partial"
    PRESENT = "present"  # every byte was compared with the manifest when it came
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class ObjectStatus:
    """One object and how much of it is here (sealed bytes)."""

    item: Item
    state: ObjectState
    here: int = 0
    problem: Problem | None = None

    @property
    def fraction(self) -> float:
        """0 to 1."""
        return min(1.0, self.here / self.item.sealed_size) if self.item.sealed_size else 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """A picture of a transfer, at most ten a second and one at the end. `rate` is bytes a second since it began."""

    case: str
    objects: tuple[ObjectStatus, ...]
    rate: int = 0
    finished: bool = False

    @property
    def here(self) -> int:
        return sum(o.here for o in self.objects)

    @property
    def total(self) -> int:
        return sum(o.item.sealed_size for o in self.objects)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """How a transfer ended. `stopped` says why it did not go to its end (cancelled, no room, store not reached)."""

    case: str
    objects: tuple[ObjectStatus, ...]
    fetched: int
    bytes: int
    stopped: ReviewerError | None = None

    @property
    def complete(self) -> bool:
        return all(o.state is ObjectState.PRESENT for o in self.objects)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(o.problem for o in self.objects if o.problem is not None)


Listener = Callable[[Progress], None]


def states(workspace: Workspace, manifests: Iterable[Manifest]) -> tuple[ObjectStatus, ...]:
    """What of these recordings is on this machine, without asking the store and without hashing."""
    wanted = {i.object: i for m in manifests for i in items(m)}
    return tuple(_state(workspace, each) for each in wanted.values())


def _state(workspace: Workspace, each: Item) -> ObjectStatus:
    if _size(workspace.cached(each.object)) == each.sealed_size:
        return ObjectStatus(each, ObjectState.PRESENT, each.sealed_size)
    part = min(_size(workspace.partial(each.object)), each.sealed_size)
    if part:
        return ObjectStatus(each, ObjectState.PARTIAL, part)
    aside = is_quarantined(workspace, each.object)
    return ObjectStatus(each, ObjectState.QUARANTINED if aside else ObjectState.ABSENT)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


class Sync:
    """Fetches cases, one at a time on a machine. `workers` objects come down side by side."""

    def __init__(self, workspace: Workspace, store: Store, record: Record, *, workers: int = _WORKERS) -> None:
        self._workspace = workspace
        self._store = store
        self._record = record
        self._workers = workers

    def start(
        self,
        case: str,
        manifests: Sequence[Manifest],
        listener: Listener | None = None,
        cancel: threading.Event | None = None,
    ) -> Future[SyncReport]:
        """`fetch` in a thread of its own."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="sync")
        future = pool.submit(self.fetch, case, manifests, listener, cancel)
        pool.shutdown(wait=False)
        return future

    def fetch(
        self,
        case: str,
        manifests: Sequence[Manifest],
        listener: Listener | None = None,
        cancel: threading.Event | None = None,
    ) -> SyncReport:
        """Bring every object of these recordings here, those in quarantine again too; what is here stays.

        `listener` is called from the transfer's threads and must not block; setting `cancel` stops within a megabyte.
        Raises InUse when another transfer runs on this machine; everything else is in the report.
        """
        with self._workspace.transfer_lock():
            transfer = _Transfer(self._workspace, self._store, self._record, case, cancel or threading.Event())
            return transfer.run(states(self._workspace, manifests), listener or _nobody, self._workers)


def _nobody(_: Progress) -> None:
    return None


class _Transfer:
    """One run of `Sync.fetch`."""

    def __init__(self, workspace: Workspace, store: Store, record: Record, case: str, cancel: threading.Event) -> None:
        self._workspace = workspace
        self._store = store
        self._record = record
        self._case = case
        self._cancel = cancel
        self._lock = threading.Lock()
        self._objects: dict[str, ObjectStatus] = {}
        self._listener: Listener = _nobody
        self._ledger = Ledger(workspace)
        self._began = self._told = time.monotonic()
        self._received = 0
        self._stopped: ReviewerError | None = None

    def run(self, objects: tuple[ObjectStatus, ...], listener: Listener, workers: int) -> SyncReport:
        self._listener = listener
        self._objects = {o.item.object: o for o in objects}
        missing = [o.item for o in objects if o.state is not ObjectState.PRESENT]
        with ThreadPoolExecutor(workers, thread_name_prefix="sync") as pool:
            fetched = sum(pool.map(self._one, missing))
        size = sum(o.sealed_size for o in missing if self._objects[o.object].state is ObjectState.PRESENT)
        if fetched:
            self._record(CaseSynced(case=self._case, objects=fetched, bytes=size))
        with self._lock:
            self._tell(finished=True)
        return SyncReport(self._case, tuple(self._objects.values()), fetched, size, self._stopped)

    def _one(self, wanted: Item) -> bool:
        """True if the object is here now. Never raises for what a person can be told."""
        if self._stopped is not None:
            return False
        try:
            self._bring_speaking(wanted)
        except (Cancelled, NoRoom, StoreUnreachable) as why:  # these meet every object alike
            self._stopped = self._stopped or why
            self._note(_state(self._workspace, wanted))
            return False
        except ReviewerError as wrong:
            problem = Problem(wanted.label, wrong.message, wrong.next_step)
            self._note(replace(_state(self._workspace, wanted), problem=problem))
            return False
        self._note(ObjectStatus(wanted, ObjectState.PRESENT, wanted.sealed_size))
        return True

    def _bring_speaking(self, wanted: Item) -> None:
        try:
            self._bring(wanted)
        except OSError as wrong:
            raise disk_error(self._workspace.cached(wanted.object), wrong, wanted.label) from wrong

    def _bring(self, wanted: Item) -> None:
        whole, part = self._workspace.cached(wanted.object), self._workspace.partial(wanted.object)
        make_folder(whole.parent)
        if whole.exists():  # of the wrong size, or it would count as present
            set_aside(self._workspace, whole, wanted, self._record, self._case)
        resumed = 0 < _size(part) <= wanted.sealed_size
        if not resumed:
            part.unlink(missing_ok=True)
        found, hashed = self._fill(wanted, part)
        if found != wanted.object:
            if not resumed:
                raise set_aside(self._workspace, part, wanted, self._record, self._case)
            # What lay here from before may be at fault (a power cut): once more, from the start.
            part.unlink()
            found, hashed = self._fill(wanted, part)
            if found != wanted.object:
                raise set_aside(self._workspace, part, wanted, self._record, self._case)
        part.replace(whole)
        sync_folder(whole.parent)
        here = whole.stat()
        if Identity.of(here).same_bytes(hashed):
            self._ledger.note(wanted.object, here)

    def _fill(self, wanted: Item, part: Path) -> tuple[str, Identity]:
        """Copy what is missing to the end of `part`. Returns the SHA-256 (hex) of all of it, old and new bytes, and
        what the file was then."""
        sha = hashlib.sha256()
        with _opened(part) as sink:
            for chunk in iter(lambda: sink.read(_CHUNK), b""):
                self._check_cancel()
                sha.update(chunk)
            self._note(ObjectStatus(wanted, ObjectState.PARTIAL, sink.tell()))
            path = f"objects/{wanted.object[:2]}/{wanted.object}"
            with self._store.open(path, sink.tell()) as source:
                while chunk := _received(source, wanted.sealed_size + 1 - sink.tell()):
                    self._check_cancel()
                    _write(sink, chunk)
                    sha.update(chunk)
                    self._note(ObjectStatus(wanted, ObjectState.PARTIAL, sink.tell()), len(chunk))
            os.fsync(sink.fileno())
            return sha.hexdigest(), Identity.of(os.fstat(sink.fileno()))

    def _check_cancel(self) -> None:
        if self._cancel.is_set():
            raise Cancelled("Fetching")
        if self._stopped is not None:
            raise self._stopped

    def _note(self, status: ObjectStatus, received: int = 0) -> None:
        with self._lock:
            self._objects[status.item.object] = status
            self._received += received
            if time.monotonic() - self._told >= _TELL_EVERY:
                self._tell()

    def _tell(self, *, finished: bool = False) -> None:
        self._told = time.monotonic()
        spent = self._told - self._began
        rate = int(self._received / spent) if spent > 0 else 0
        self._listener(Progress(self._case, tuple(self._objects.values()), rate, finished))


def _opened(part: Path) -> BinaryIO:
    """The growing file, to be read to its end and then written; made when it is not there. Unbuffered."""
    handle = os.open(part, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    return os.fdopen(handle, "r+b", buffering=0)


def _received(source: BinaryIO, at_most: int) -> bytes:
    try:
        return source.read(min(_CHUNK, at_most))
    except OSError as wrong:
        why = wrong.strerror or "the connection ended"
        raise StoreUnreachable(f"The store stopped answering: {why}.", "Fetch again; what is here is kept.") from wrong


def _write(sink: BinaryIO, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[sink.write(view) :]
