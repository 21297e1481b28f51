"""Where a case's documents lie on this machine: sealed, as the store has them, apart from the footage.

`papers/<case>/cache/<aa>/<sha256 of the sealed bytes>`. They count for no limit and are not evicted, so a case can be
worked on without its store; they go with the right to the case (`shred`). The footage's tools work here as they are,
over a workspace of the case's own.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO, cast

from reviewer.domain.case import CaseDocument
from reviewer.domain.errors import Cancelled, IntegrityError, NotInStore, ReviewerError
from reviewer.sealing import stream
from reviewer.sealing.source import SealedSource
from reviewer.services.disk import disk_error, make_folder, sync_folder
from reviewer.services.ledger import Identity, Ledger
from reviewer.services.quarantine import Item, Record, digest, set_aside
from reviewer.services.transfer import Transfer
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Store

_GIVEN_UP = 24 * 3600  # seconds
Cancel = Callable[[], bool]
Progress = Callable[[int, int], None]
"""Bytes done, bytes in all."""


def path_in_store(case: str, object_name: str) -> str:
    """Where a sealed document lies in a store: by its case, as no manifest names it; only its entry does, sealed."""
    return f"papers/{case}/{object_name}"


def nothing(_done: int, _all: int) -> None:
    """Nobody asks how far it is."""


class PaperShelf:
    """Of one case. Safe to use from several threads, but for two that fetch or seal the same document."""

    def __init__(self, workspace: Workspace, case: str, record: Record) -> None:
        self._room = Workspace(workspace.papers(case))
        self._case, self._record = case, record
        self._ledger = Ledger(workspace)

    def path(self, object_name: str) -> Path:
        """Where a sealed document lies, or would lie."""
        return self._room.cached(object_name)

    # -- sealing what is attached ------------------------------------------------------------------------------------

    def seal(
        self, source: BinaryIO, key: bytes, bound: bytes, expected: int, progress: Progress, cancelled: Cancel
    ) -> tuple[Path, stream.Sealed]:
        """Seal all of `source` into a file that has no name yet; `keep` or `drop` is next. Durable when this returns.
        Raises Cancelled, what `source` raises, and what the disk says."""
        make_folder(self._room.cache)
        try:
            handle, name = tempfile.mkstemp(dir=self._room.cache, prefix=".new.")
        except OSError as wrong:
            raise disk_error(self._room.cache, wrong) from wrong
        path = Path(name)

        def passed(done: int) -> None:
            if cancelled():
                raise Cancelled("Attaching")
            progress(done, max(done, expected))

        try:
            with os.fdopen(handle, "wb") as sink:
                made = stream.seal(source, sink, key, bound, progress=passed)
                sink.flush()
                os.fsync(sink.fileno())
        except OSError as wrong:
            path.unlink(missing_ok=True)
            raise disk_error(path, wrong, "the document") from wrong
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path, made

    def keep(self, path: Path, made: stream.Sealed) -> None:
        """Give what was sealed its name, durable."""
        target = self._room.cached(made.object)
        make_folder(target.parent)
        try:
            hashed = Identity.of(path.stat())
            path.replace(target)
            sync_folder(target.parent)
            here = target.stat()
        except OSError as wrong:
            raise disk_error(target, wrong, "the document") from wrong
        if Identity.of(here).same_bytes(hashed):
            self._ledger.note(made.object, here)

    def drop(self, object_name: str) -> None:
        """Take a sealed document off this machine."""
        with suppress(OSError):
            self._room.cached(object_name).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what sealing left that never ended, a day ago or longer: somebody else here may be sealing now."""
        for path in self._room.cache.glob(".new.*"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _GIVEN_UP:
                    path.unlink()

    # -- what comes from colleagues ----------------------------------------------------------------------------------

    def is_here(self, document: CaseDocument) -> bool:
        """Whether its bytes are on this machine, by their length."""
        try:
            found = self._room.cached(document.object).stat()
        except (OSError, ReviewerError):
            return False
        return stat.S_ISREG(found.st_mode) and found.st_size == stream.sealed_size(document.size)

    def fetch(self, document: CaseDocument, store: Store, progress: Progress, cancelled: Cancel) -> None:
        """Bring it here; what came of it before is kept, and nothing counts before all of it has the hash that its
        entry names. Raises NotInStore, StoreUnreachable, IntegrityError (it is in quarantine then), Cancelled."""
        item = self._item(document)
        found = store.stat(path_in_store(self._case, item.object))
        if found.size != item.sealed_size:
            raise _another(document)
        transfer = Transfer(self._room, item)
        try:
            transfer.open(found.version)
            self._carry(transfer, store, progress, cancelled)
            if not transfer.finish(self._ledger, self._record, self._case):
                transfer.begin_anew()  # what an earlier run left was at fault
                self._carry(transfer, store, progress, cancelled)
                transfer.finish(self._ledger, self._record, self._case)
            sync_folder(self._room.cached(item.object).parent)
        except IntegrityError as wrong:
            raise _another(document) from wrong
        finally:
            transfer.close()

    def _carry(self, transfer: Transfer, store: Store, progress: Progress, cancelled: Cancel) -> None:
        size, path = transfer.item.sealed_size, path_in_store(self._case, transfer.item.object)
        while (piece := transfer.claim()) is not None:
            at, stop = piece
            with store.stream(path, at, stop, transfer.version) as chunks:
                for chunk in chunks:
                    if cancelled():
                        raise Cancelled("Fetching the document")
                    transfer.write(at, chunk)
                    at += len(chunk)
                    progress(transfer.here, size)
            if at < stop:
                transfer.give_back((at, stop))
        while not transfer.hashed:
            transfer.hash_on()

    # -- opening -----------------------------------------------------------------------------------------------------

    def open(self, document: CaseDocument, key: bytes, bound: bytes) -> SealedSource:
        """The door to its plaintext, which exists in a reader's memory only. The sealed bytes are compared with the
        entry's `object`, the plaintext with its `sha256`, the first time and whenever the file was touched. Raises
        NotInStore if it is not here, IntegrityError (it is in quarantine then)."""
        path = self._room.cached(document.object)
        source = SealedSource(path, key, bound)
        try:
            with path.open("rb", buffering=0) as raw:
                known = self._ledger.knows(_opened(document), os.fstat(raw.fileno()))
                right = known or (self.is_here(document) and digest(cast(BinaryIO, raw)) == document.object)
        except FileNotFoundError as wrong:
            raise NotInStore(
                f"“{document.name}” is not on this machine.", "It is fetched when the store answers."
            ) from wrong
        except OSError as wrong:
            raise disk_error(path, wrong, f"“{document.name}”") from wrong
        if not right:
            set_aside(self._room, path, self._item(document), self._record, self._case)
            raise _another(document)
        if not known:
            self._compare(document, source, path)
        return source

    def _compare(self, document: CaseDocument, source: SealedSource, path: Path) -> None:
        """That the plaintext is what the entry says it is: the hash that reports cite."""
        before = path.stat()
        sha, size = hashlib.sha256(), 0
        try:
            with closing(source()) as plain:
                while chunk := plain.read(1 << 20):
                    sha.update(chunk)
                    size += len(chunk)
        except IntegrityError as wrong:
            raise _another(document) from wrong
        if (sha.hexdigest(), size) != (document.sha256, document.size):
            raise _another(document)
        self._ledger.note(_opened(document), before)

    @staticmethod
    def _item(document: CaseDocument) -> Item:
        return Item(document.object, stream.sealed_size(document.size), document.id, f"“{document.name}”")


def _opened(document: CaseDocument) -> str:
    """Its line in the ledger: this object was opened as this plaintext."""
    return f"paper-{document.object}-{document.sha256}"


def _another(document: CaseDocument) -> IntegrityError:
    return IntegrityError(
        f"“{document.name}” is not what was attached: its bytes are others than its entry names.",
        "Ask who attached it to attach it again.",
    )
