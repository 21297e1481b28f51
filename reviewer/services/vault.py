"""The vault: the one door in for footage, and the only maker of a `VerifiedFile`.

A sealed object in the cache is hashed in full and compared with its signed manifest before its first byte is opened,
once a session for a file of the same identity (size, mtime, inode). What does not match goes to quarantine. Plaintext
exists in the readers' memory only.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import BinaryIO, cast

from reviewer.domain.errors import AccessRefused, IntegrityError, NotTrusted, ReviewerError
from reviewer.domain.events import AccessDenied
from reviewer.domain.recording import Manifest, Part, TrackRef
from reviewer.sealing.source import SealedSource
from reviewer.sealing.stream import OpenStream
from reviewer.services.custody import Grants
from reviewer.services.disk import disk_error
from reviewer.services.quarantine import Item, Record, digest, item, mismatch, set_aside
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace

_BUFFER = 1 << 17
_MADE_HERE = object()
_Identity = tuple[str, int, int, int]


class NotFetched(ReviewerError):
    """The object is not on this machine."""


class VerifiedFile:
    """Footage (or a track, or a still) whose sealed bytes are what the manifest signed. Only `Vault.open` makes one.

    `object` and `sealed_size` are the sealed bytes' SHA-256 (hex) and length, `size` the plaintext's length.
    """

    __slots__ = ("_reader", "object", "recording_id", "sealed_size", "size", "source")

    def __init__(
        self, made_by: object, what: Item, size: int, reader: Callable[[], BinaryIO], source: SealedSource
    ) -> None:
        if made_by is not _MADE_HERE:
            raise TypeError("only Vault.open makes a VerifiedFile")
        self.object = what.object
        self.sealed_size = what.sealed_size
        self.recording_id = what.recording_id
        self.size = size
        self._reader = reader
        self.source = source  # for a decoder's own process; every byte it gives is authenticated there

    def open(self) -> BinaryIO:
        """A new reader of the plaintext: seekable, in memory only, independent of every other one; one a thread.

        Raises IntegrityError if the file was changed since, NotFetched if it is gone. Reading raises IntegrityError.
        """
        return self._reader()


class Vault:
    """Opens what is assigned and verified. Safe to use from several threads."""

    def __init__(self, workspace: Workspace, trust: Trust, grants: Grants, record: Record) -> None:
        self._workspace = workspace
        self._trust = trust
        self._grants = grants
        self._record = record
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._verified: set[_Identity] = set()

    def open(self, manifest: Manifest, what: Part | TrackRef, case: str) -> VerifiedFile:
        """The verified file of a part or track of a recording in a case this person is on.

        Takes as long as hashing the whole sealed object takes, the first time. Raises NotTrusted for a manifest that
        `Trust` did not verify, AccessRefused once the denied attempt is recorded, NotFetched, and IntegrityError (the
        file is in quarantine then).
        """
        if not self._trust.vouches_for(manifest):
            raise NotTrusted(f"The manifest of {manifest.recording_id} was not verified.", "Read the case again.")
        if what not in manifest.parts and what not in manifest.tracks:
            raise NotTrusted(f"{what.name or what.object} is not in its signed manifest.", "Read the case again.")
        wanted = item(manifest, what)
        key = self._data_key(case, wanted)

        def reader() -> BinaryIO:
            return self._plain(wanted, what.size, key, case)

        reader().close()
        source = SealedSource(self._workspace.cached(wanted.object), key, wanted.recording_id.encode())
        return VerifiedFile(_MADE_HERE, wanted, what.size, reader, source)

    def _data_key(self, case: str, wanted: Item) -> bytes:
        try:
            return self._grants.data_key(case, wanted.recording_id)
        except AccessRefused as refused:
            denied = AccessDenied(f"open {wanted.label}", refused.message, case, wanted.recording_id)
            entry = self._record(denied)
            if isinstance(entry, Future):
                entry.result()  # durable before it is answered
            raise

    def _plain(self, wanted: Item, size: int, key: bytes, case: str) -> BinaryIO:
        raw = self._sealed(wanted, case)
        try:
            stream = OpenStream(raw, key, wanted.recording_id.encode())
        except IntegrityError as wrong:
            raw.close()
            raise mismatch(wanted) from wrong
        if stream.size != size:
            stream.close()
            raise mismatch(wanted)
        return cast(BinaryIO, io.BufferedReader(stream, _BUFFER))

    def _sealed(self, wanted: Item, case: str) -> BinaryIO:
        """The sealed bytes, open at their start and known to be the manifest's."""
        path = self._workspace.cached(wanted.object)
        with self._lock:
            lock = self._locks.setdefault(wanted.object, threading.Lock())
        with lock:
            try:
                raw = path.open("rb", buffering=0)
            except FileNotFoundError:
                raise NotFetched(f"{wanted.label} is not on this machine.", "Fetch the case.") from None
            except OSError as wrong:
                raise disk_error(path, wrong) from wrong
            if self._matches(cast(BinaryIO, raw), wanted):
                return cast(BinaryIO, raw)
            raw.close()
            raise set_aside(self._workspace, path, wanted, self._record, case)

    def _matches(self, raw: BinaryIO, wanted: Item) -> bool:
        identity = _identity(wanted, raw)
        if identity in self._verified:
            return True
        if identity[1] != wanted.sealed_size or digest(raw) != wanted.object or _identity(wanted, raw) != identity:
            return False
        self._verified.add(identity)
        raw.seek(0)
        return True


def _identity(wanted: Item, raw: BinaryIO) -> _Identity:
    found = os.fstat(raw.fileno())
    return wanted.object, found.st_size, found.st_mtime_ns, found.st_ino
