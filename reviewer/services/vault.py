"""The vault: the one door in for footage, and the only maker of a `VerifiedFile`.

A sealed object in the cache is hashed in full and compared with its signed manifest before its first byte is opened,
once for a file of the same identity: the `ledger` remembers. What does not match goes to quarantine. Plaintext exists
in the readers' memory only.

Proxies, small copies of a part's frames, come in and go out here too. Each chunk is sealed under a key derived from
the recording's data key (one key never serves two plaintexts), bound to the object, the encoder and its frames; what
does not open as that is removed.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from typing import BinaryIO, cast

from reviewer.domain.errors import AccessRefused, IntegrityError, NotInStore, NotTrusted, ReviewerError
from reviewer.domain.events import AccessDenied
from reviewer.domain.recording import Manifest, Part, TrackRef
from reviewer.media.camera import ProxyChunk
from reviewer.sealing.source import SealedSource
from reviewer.sealing.stream import OpenStream, seal_bytes, subkey
from reviewer.services import proxy_files
from reviewer.services.custody import Grants
from reviewer.services.disk import disk_error, write_atomically
from reviewer.services.ledger import Identity, Ledger
from reviewer.services.proxy_files import Cover, ProxyFile
from reviewer.services.quarantine import Item, Record, digest, item, mismatch, set_aside
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace

_BUFFER = 1 << 17
_MADE_HERE = object()
_PROXY_KEY = "reviewer proxy v1"


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

    def __init__(
        self,
        workspace: Workspace,
        trust: Trust,
        grants: Grants,
        record: Record,
        *,
        used: Callable[[Iterable[str]], None] = lambda _objects: None,
    ) -> None:
        self._workspace = workspace
        self._used = used  # told of every object that is opened
        self._trust = trust
        self._grants = grants
        self._record = record
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._ledger = Ledger(workspace)

    @property
    def grants(self) -> Grants:
        """Whose keys open it."""
        return self._grants

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
        self._used([wanted.object])

        def reader() -> BinaryIO:
            return self._plain(wanted, what.size, key, case)

        reader().close()
        source = SealedSource(self._workspace.cached(wanted.object), key, wanted.recording_id.encode())
        return VerifiedFile(_MADE_HERE, wanted, what.size, reader, source)

    def doubt(self, object_name: str) -> None:
        """A reader met bytes that do not authenticate: hash this object in full before it is opened again."""
        self._ledger.doubt(object_name)

    # -- proxies -----------------------------------------------------------------------------------------------------

    def proxies(self, manifest: Manifest, part: Part, case: str) -> tuple[ProxyChunk, ...]:
        """The small copies of a part's frames that there are now, in order. Empty for whoever may not open the part:
        opening it says so. Never raises for what lies on the disk; what is damaged there is removed."""
        try:
            key = self._proxy_key(manifest, part, case)
        except (AccessRefused, NotTrusted):
            return ()
        files = self._proxy_files(part, key)
        return tuple(_chunk(file, part, key) for file in files if file.count and not file.empty)

    def proxy_cover(self, manifest: Manifest, part: Part, case: str) -> Cover:
        """How far the proxies of a part go. Raises NotTrusted, AccessRefused."""
        return proxy_files.cover_of(self._proxy_files(part, self._proxy_key(manifest, part, case)))

    def keep_proxy(self, manifest: Manifest, part: Part, case: str, first: int, count: int, data: bytes) -> None:
        """Seal a chunk's video and keep it. Without `data` these frames have no picture; a `count` of 0 says that the
        part has `first` frames. Raises NotFetched if the part is gone meanwhile, NoRoom, NotTrusted, AccessRefused."""
        key = self._proxy_key(manifest, part, case)
        if not self._workspace.cached(part.object).exists():
            raise NotFetched(f"{item(manifest, part).label} is not on this machine.", "Fetch the case.")
        path = proxy_files.path_of(self._workspace, part.object, first, count)
        write_atomically(path, seal_bytes(data, key, proxy_files.associated(part.object, first, count)))
        with suppress(OSError):
            self._ledger.note(ProxyFile(path, first, count, not data).key, path.stat())

    def sweep_proxies(self) -> None:
        """Remove the proxies of what is not on this machine any more."""
        proxy_files.sweep(self._workspace)

    def _proxy_key(self, manifest: Manifest, part: Part, case: str) -> bytes:
        if not self._trust.vouches_for(manifest) or part not in manifest.parts:
            raise NotTrusted(f"The manifest of {manifest.recording_id} was not verified.", "Read the case again.")
        return subkey(self._grants.data_key(case, manifest.recording_id), _PROXY_KEY)

    def _proxy_files(self, part: Part, key: bytes) -> list[ProxyFile]:
        return [f for f in proxy_files.listed(self._workspace, part.object) if self._whole(f, part, key)]

    def _whole(self, file: ProxyFile, part: Part, key: bytes) -> bool:
        """Whether a chunk was made here and is as it was then; one that was touched is authenticated byte for byte."""
        try:
            if self._ledger.knows(file.key, file.path.stat()):
                return True
            with _chunk(file, part, key).source() as plain:
                while plain.read(_BUFFER):
                    pass
            self._ledger.note(file.key, file.path.stat())
        except (IntegrityError, NotInStore):
            proxy_files.remove(file.path)
            return False
        except OSError:
            return False
        return True

    # -- opening -----------------------------------------------------------------------------------------------------

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
            self.doubt(wanted.object)
            self._sealed(wanted, case).close()  # hashed in full now: what is not the manifest's goes to quarantine
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
        before = os.fstat(raw.fileno())
        if before.st_size != wanted.sealed_size:
            return False
        if self._ledger.knows(wanted.object, before):
            return True
        found = digest(raw)
        after = os.fstat(raw.fileno())
        if found != wanted.object or not Identity.of(after).same_bytes(Identity.of(before)):
            return False
        if Identity.of(after) == Identity.of(before):
            self._ledger.note(wanted.object, after)
        raw.seek(0)
        return True


def _chunk(file: ProxyFile, part: Part, key: bytes) -> ProxyChunk:
    bound = proxy_files.associated(part.object, file.first, file.count)
    return ProxyChunk(file.first, file.count, SealedSource(file.path, key, bound))
