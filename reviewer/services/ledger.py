"""The ledger: which files of the workspace were hashed in full, so that the next session need not hash them again.

A line says that the file under a name had this size, mtime, ctime, inode and device when all its bytes were compared
with what was signed. Each line carries an HMAC-SHA256 under a key derived from the station's own (HKDF), so nobody
writes one who cannot read `station.key`. A file that was touched since has another ctime, which no program can set
back on the systems that have one, and is hashed again. What nobody else can forge is in the bytes themselves: every
segment is authenticated under the data key when it is read (ARCHITECTURE.md, Threats).

The file only grows, by whole lines and under a lock, so several windows and people may share it; what is torn, forged
or older than a later line of that name counts for nothing.
"""

from __future__ import annotations

import hmac
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from filelock import FileLock, Timeout

from reviewer.domain.errors import ReviewerError
from reviewer.sealing.keyring import load_station
from reviewer.sealing.stream import subkey
from reviewer.services.disk import write_atomically
from reviewer.services.workspace import Workspace

_PURPOSE = "reviewer verified ledger v1"
_MARK = "v1"
_WAIT = 2.0  # seconds for the lock; without it the file is hashed once more another day
_STALE = 5_000  # lines that say nothing any more, before the file is written anew


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file is by, apart from its bytes. `ctime_ns` is when anything of it changed; on Windows when it was made,
    so there a file whose mtime is set back is not noticed here."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int

    @classmethod
    def of(cls, found: os.stat_result) -> Identity:
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)

    def same_bytes(self, other: Identity) -> bool:
        """Whether only a rename or a change of rights may lie between the two."""
        return (self.size, self.mtime_ns, self.inode, self.device) == (
            other.size,
            other.mtime_ns,
            other.inode,
            other.device,
        )


_DOUBTED = Identity(-1, 0, 0, 0, 0)


class Ledger:
    """Safe to use from several threads, and beside other programs. Without a station key, or on a disk that refuses, it
    holds for this run only."""

    def __init__(self, workspace: Workspace) -> None:
        self._path = workspace.home / "verified.ledger"
        self._lock = threading.Lock()
        self._known: dict[str, Identity] = {}
        self._read_from: tuple[int, int] = (0, 0)  # inode, and up to where it was read
        self._lines = 0
        self._key: bytes | None = None
        with suppress(ReviewerError, OSError):
            self._key = subkey(load_station(workspace.station_key).private_bytes_raw(), _PURPOSE)

    def knows(self, name: str, found: os.stat_result) -> bool:
        """Whether the file under this name was hashed in full, and not touched since. `name` has no spaces."""
        wanted = Identity.of(found)
        with self._lock:
            if self._known.get(name) != wanted:
                self._read_on()
            return self._known.get(name) == wanted

    def note(self, name: str, found: os.stat_result) -> None:
        """All bytes of the file that is so were compared just now. Never raises: at worst it is hashed again."""
        self._add(name, Identity.of(found))

    def doubt(self, name: str) -> None:
        """Something read wrong: hash it in full before it is opened again."""
        self._add(name, _DOUBTED)

    def _add(self, name: str, identity: Identity) -> None:
        with self._lock:
            self._known[name] = identity
            if self._key is None:
                return
            with suppress(Timeout, OSError, ReviewerError), FileLock(f"{self._path}.lock", timeout=_WAIT):
                self._read_on()
                self._known[name] = identity
                if self._lines > _STALE + 2 * len(self._known):
                    self._write_anew()
                else:
                    # What a torn line left must not swallow this one.
                    _append(self._path, b"\n" + self._line(name, identity) + b"\n")

    def _read_on(self) -> None:
        """Take in what was written since, by whomever."""
        if self._key is None:
            return
        with suppress(OSError), self._path.open("rb") as file:
            now = os.fstat(file.fileno())
            inode, start = self._read_from
            if now.st_ino != inode or now.st_size < start:
                self._known.clear()
                inode, start, self._lines = now.st_ino, 0, 0
            file.seek(start)
            data = file.read()
            whole = data.rfind(b"\n") + 1
            for line in data[:whole].splitlines():
                self._take(line)
            self._read_from = (inode, start + whole)

    def _take(self, line: bytes) -> None:
        if not line:
            return
        self._lines += 1
        said, _, mac = line.rpartition(b" ")
        if not hmac.compare_digest(self._mac(said), mac):
            return
        mark, name, *numbers = said.decode("ascii").split(" ")
        if mark == _MARK:
            self._known[name] = Identity(*(int(n) for n in numbers))

    def _line(self, name: str, identity: Identity) -> bytes:
        numbers = (identity.size, identity.mtime_ns, identity.ctime_ns, identity.inode, identity.device)
        said = f"{_MARK} {name} {' '.join(map(str, numbers))}".encode("ascii")
        return said + b" " + self._mac(said)

    def _mac(self, said: bytes) -> bytes:
        return hmac.new(self._key or b"", said, sha256).hexdigest().encode("ascii")

    def _write_anew(self) -> None:
        lines = [self._line(name, identity) for name, identity in self._known.items() if identity != _DOUBTED]
        write_atomically(self._path, b"\n".join([*lines, b""]))
        self._read_from, self._lines = (0, 0), 0


def _append(path: os.PathLike[str], line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.write(handle, line)
    finally:
        os.close(handle)
