"""Depositing one file in the store: hashed, sealed, put under the hash of its sealed bytes, and read back.

The source is only ever read, and what was sealed must be what was hashed.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from reviewer.domain.errors import Cancelled, IntegrityError, ReviewerError
from reviewer.sealing import stream
from reviewer.stores.base import Store

_CHUNK = 1 << 20
_TELL_EVERY = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """`done` of `total` bytes of all files: each is read twice (hashed, sealed), its sealed bytes once."""

    file: str
    done: int
    total: int


Listener = Callable[[IngestProgress], None]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A source file as it was hashed: SHA-256 (hex) and size in bytes."""

    path: Path
    sha256: str
    size: int


class Deposit:
    """Files on their way into one store. `expected` is the bytes of all files; every megabyte asks `cancel`."""

    def __init__(self, store: Store, expected: int, listener: Listener | None, cancel: threading.Event | None) -> None:
        self._store = store
        self._total = 3 * expected
        self._listener = listener
        self._cancel = cancel or threading.Event()
        self._done = 0
        self._told = 0.0

    def hash(self, path: Path) -> SourceFile:
        """Read a source file through. Raises ReviewerError if it cannot be read, Cancelled."""
        sha = hashlib.sha256()
        size = 0
        with Source(path) as source:
            while chunk := source.read(_CHUNK):
                sha.update(chunk)
                size += len(chunk)
                self._tell(path, self._done + len(chunk))
        return SourceFile(path, sha.hexdigest(), size)

    def put(self, file: SourceFile, data_key: bytes, associated_data: bytes) -> stream.Sealed:
        """Seal a hashed file into the store and read it back.

        Raises IntegrityError if the source changed since it was hashed or the store gives other bytes back.
        """
        made: list[stream.Sealed] = []
        before = self._done

        def progress(size: int) -> None:
            self._tell(file.path, before + size)

        with Source(file.path) as source:

            def write(sink: BinaryIO) -> None:
                made.append(stream.seal(cast(BinaryIO, source), sink, data_key, associated_data, progress=progress))

            path = self._store.put_made(lambda _: _object_path(made[0]), write)
        sealed = made[0]
        if (sealed.sha256, sealed.size) != (file.sha256, file.size):
            raise IntegrityError(f"{file.path.name} changed while it was taken in.", "Ingest it when it is whole.")
        self._read_back(file, path, sealed)
        return sealed

    def _read_back(self, file: SourceFile, path: str, sealed: stream.Sealed) -> None:
        sha = hashlib.sha256()
        with self._store.open(path) as back:
            while chunk := back.read(_CHUNK):
                sha.update(chunk)
                self._tell(file.path, self._done + len(chunk))
        if sha.hexdigest() != sealed.object:
            name = file.path.name
            raise IntegrityError(f"The store gives {name} back with other bytes.", "Check the store’s disk.")

    def _tell(self, path: Path, done: int) -> None:
        if self._cancel.is_set():
            raise Cancelled("Ingest")
        self._done = done
        if self._listener is not None and time.monotonic() - self._told >= _TELL_EVERY:
            self._told = time.monotonic()
            self._listener(IngestProgress(path.name, done, max(done, self._total)))


def _object_path(made: stream.Sealed) -> str:
    return f"objects/{made.object[:2]}/{made.object}"


class Source:
    """A source file, only ever read; what the disk refuses is a sentence about the source, not about the store."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as wrong:
            raise self._unreadable(wrong) from wrong

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as wrong:
            raise self._unreadable(wrong) from wrong

    def _unreadable(self, wrong: OSError) -> ReviewerError:
        why = wrong.strerror or "the disk refuses"
        return ReviewerError(
            f"{self._path.name} cannot be read: {why}.", "Check the file and your rights, then ingest again."
        )
