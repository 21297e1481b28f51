"""Depositing one file in the store: hashed, sealed, put under the hash of its sealed bytes, and read back.

The source is only ever read, and what was sealed must be what was hashed.
"""

from __future__ import annotations

import errno
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from reviewer.domain.errors import Cancelled, IntegrityError, ReviewerError
from reviewer.sealing import stream
from reviewer.services.intake_plan import PlannedFile
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


class Reading:
    """Source files read through. `total` is how many bytes that will be; every megabyte asks `cancel`."""

    def __init__(self, total: int, listener: Listener | None, cancel: threading.Event | None) -> None:
        self._total = total
        self._listener = listener
        self._cancel = cancel or threading.Event()
        self._done = 0
        self._told = 0.0

    def at(self, path: Path) -> None:
        """This file is looked at now, not read through."""
        self._tell(path, self._done)

    def more(self, bytes_: int) -> None:
        """There is more to read than was said."""
        self._total += bytes_

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

    def _tell(self, path: Path, done: int) -> None:
        if self._cancel.is_set():
            raise Cancelled("Ingest")
        self._done = done
        if self._listener is not None and time.monotonic() - self._told >= _TELL_EVERY:
            self._told = time.monotonic()
            self._listener(IngestProgress(path.name, done, max(done, self._total)))


class Deposit(Reading):
    """Files on their way into one store. `expected` is the bytes of all files, each of which is read twice and its
    sealed bytes once."""

    def __init__(self, store: Store, expected: int, listener: Listener | None, cancel: threading.Event | None) -> None:
        super().__init__(3 * expected, listener, cancel)
        self._store = store

    def put(self, file: SourceFile, data_key: bytes, associated_data: bytes) -> stream.Sealed:
        """Seal a hashed file into the store and read it back.

        Raises IntegrityError if the source changed since it was hashed or the store gives other bytes back.
        """
        with Source(file.path) as source:
            return self._seal(file, cast(BinaryIO, source), data_key, associated_data)

    def put_bytes(self, name: str, data: bytes, data_key: bytes, associated_data: bytes) -> stream.Sealed:
        """Seal what was made of a source file into the store and read it back. Raises IntegrityError."""
        self.more(2 * len(data))
        made_of = SourceFile(Path(name), hashlib.sha256(data).hexdigest(), len(data))
        return self._seal(made_of, BytesIO(data), data_key, associated_data)

    def passed_over(self, file: SourceFile) -> None:
        """This file is in the store already: what would have been done with it counts as done."""
        self._tell(file.path, self._done + 2 * file.size)

    def _seal(self, file: SourceFile, source: BinaryIO, data_key: bytes, associated_data: bytes) -> stream.Sealed:
        made: list[stream.Sealed] = []
        before = self._done

        def progress(size: int) -> None:
            self._tell(file.path, before + size)

        def write(sink: BinaryIO) -> None:
            made.clear()  # a store that tries again writes anew
            source.seek(0)
            sealed = stream.seal(source, sink, data_key, associated_data, progress=progress)
            if (sealed.sha256, sealed.size) != (file.sha256, file.size):  # then the store takes nothing of it
                raise IntegrityError(f"{file.path.name} changed while it was taken in.", "Ingest it when it is whole.")
            made.append(sealed)

        where = self._store.put_made(lambda _: _object_path(made[0]), write)
        self._read_back(file.path.name, where, made[0])
        return made[0]

    def _read_back(self, name: str, path: str, sealed: stream.Sealed) -> None:
        sha = hashlib.sha256()
        with self._store.open(path) as back:
            while chunk := back.read(_CHUNK):
                sha.update(chunk)
                self._tell(Path(name), self._done + len(chunk))
        if sha.hexdigest() != sealed.object:
            raise IntegrityError(f"The store gives {name} back with other bytes.", "Check the store’s disk.")


def _object_path(made: stream.Sealed) -> str:
    return f"objects/{made.object[:2]}/{made.object}"


class SourceGone(ReviewerError):
    """The card, drive or share that is being taken in is gone: trying its other files would only say so again."""


_GONE = frozenset(
    getattr(errno, name)
    for name in ("ENODEV", "ENXIO", "ENOMEDIUM", "ESTALE", "ENOTCONN", "EHOSTDOWN", "ENETUNREACH", "EREMOTEIO")
    if hasattr(errno, name)
)


def check_unchanged(file: PlannedFile) -> None:
    """Raises IntegrityError if the file is not as it was when it was looked at, SourceGone, ReviewerError."""
    try:
        there = file.path.stat()
    except OSError as wrong:
        raise unreadable(file.path, wrong) from wrong
    if (there.st_size, there.st_mtime_ns) != (file.size, file.modified):
        raise IntegrityError(f"{file.path.name} changed since it was looked at.", "Look again when it is whole.")


def unreadable(path: Path, wrong: OSError) -> ReviewerError:
    """What the system refused, as a sentence about the source."""
    if wrong.errno in _GONE or _away(path):
        return SourceGone(
            f"The card or drive with {path.name} is no longer there.",
            "Connect it again and take it in again: what is in the store is kept, the rest follows.",
        )
    why = wrong.strerror or "the disk refuses"
    return ReviewerError(f"{path.name} cannot be read: {why}.", "Check the file and your rights, then ingest again.")


def _away(path: Path) -> bool:
    """Whether its folder is gone, or is what an unmounted card leaves: empty."""
    try:
        return not any(path.parent.iterdir())
    except OSError:
        return True


class Source:
    """A source file, only ever read; what the disk refuses is a sentence about the source, not about the store."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as wrong:
            raise unreadable(self._path, wrong) from wrong

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)

    def read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as wrong:
            raise unreadable(self._path, wrong) from wrong
