"""A folder as evidence store: tamper-evident, not write-once, and the screen says so.

Put-if-absent is a hard link of a finished, synced temporary file: the file system lets exactly one of two racing
writers have the name, and no reader ever sees half a file. File systems without hard links get an exclusive create.
"""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import AlreadyInStore, NotInStore, NotSupported, ReviewerError, StoreUnreachable
from reviewer.domain.timebase import Utc
from reviewer.stores.objects import (
    CHUNK,
    Chunk,
    ObjectStat,
    Protection,
    Source,
    already_there,
    check_path,
    check_pointer,
    fill,
    missing,
)

_TEMPORARY = ".tmp-"
Paths = list[Path]


class FolderStore:
    """A store in one folder. Safe to use from several threads and processes."""

    integrity = "tamper-evident, not write-once"
    write_once = False

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def location(self) -> str:
        """The folder's path."""
        return str(self.root)

    @property
    def description(self) -> str:
        """For the screen: where it is and what it promises."""
        return f"Folder {self.root} ({self.integrity})"

    def reachable(self) -> bool:
        """Whether the folder is there."""
        return _is_folder(self.root)

    def check(self) -> None:
        """Raises StoreUnreachable if the folder is not there."""
        if not _is_folder(self.root):
            raise _unreachable(self.root)

    def create(self) -> None:
        """Make the folder. Raises AlreadyInStore if something lies there already."""
        with _speaking(str(self.root)):
            self.root.mkdir(parents=True, exist_ok=True)
            if any(self.root.iterdir()):
                raise AlreadyInStore(f"{self.root} is not empty.", "Name a new or empty folder.")

    def get(self, path: str) -> bytes:
        """All of a small object. Raises NotInStore, StoreUnreachable."""
        with self._reading(path), self._at(path).open("rb") as file:
            return file.read()

    def open(self, path: str, offset: int = 0) -> BinaryIO:
        """An object as a seekable binary file, from `offset`. Raises NotInStore, StoreUnreachable."""
        with self._reading(path):
            file = self._at(path).open("rb")
            file.seek(offset)
            return file

    def size(self, path: str) -> int:
        """Bytes of an object. Raises NotInStore, StoreUnreachable."""
        return self.stat(path).size

    def stat(self, path: str) -> ObjectStat:
        """Size and time of an object; a folder has no versions. Raises NotInStore, StoreUnreachable."""
        with self._reading(path):
            return self._stat(path, self._at(path))

    def versions(self, path: str) -> tuple[ObjectStat, ...]:
        """The one there is."""
        return (self.stat(path),)

    @contextmanager
    def stream(self, path: str, start: int, stop: int, version: str | None = None) -> Iterator[Iterator[Chunk]]:
        """Bytes [start, stop), in pieces. Raises NotInStore, and StoreUnreachable if the file ends before."""
        del version  # there are none
        with self.open(path, start) as file:
            yield self._pieces(path, file, stop - start)

    def _pieces(self, path: str, file: BinaryIO, left: int) -> Iterator[Chunk]:
        with self._reading(path):
            while left > 0:
                piece = file.read(min(left, CHUNK))
                if not piece:
                    raise StoreUnreachable(f"The store's {path} ends before its time.", "Fetch it again.")
                left -= len(piece)
                yield piece

    def exists(self, path: str) -> bool:
        """Whether it is there. Raises StoreUnreachable."""
        try:
            self.size(path)
        except NotInStore:
            return False
        return True

    def list(self, prefix: str) -> Iterator[str]:
        """Paths of all objects below a folder of the store, sorted; none if there is no such folder. Empty: all."""
        return iter(sorted(path.relative_to(self.root).as_posix() for path in self._below(prefix)))

    def survey(self, prefix: str) -> Iterator[ObjectStat]:
        """`list` with sizes and times."""
        for path in self.list(prefix):
            with suppress(NotInStore):  # gone since it was listed
                yield self.stat(path)

    def removals(self) -> Iterator[ObjectStat]:
        """None: what is removed from a folder is gone."""
        return iter(())

    def leftovers(self) -> Iterator[ObjectStat]:
        """Temporary files, of writers that were interrupted or are still at it."""
        for file in self._below("", temporary=True):
            with suppress(NotInStore):  # it has its name by now
                path = file.relative_to(self.root).as_posix()
                with self._reading(path):
                    yield self._stat(path, file)

    def _below(self, prefix: str, *, temporary: bool = False) -> Paths:
        base = self._at(prefix) if prefix else self.root
        with self._reading(prefix):
            if not self.root.is_dir():
                raise FileNotFoundError(self.root)
            if not base.is_dir():
                return []
            return [p for p in base.rglob("*") if p.name.startswith(_TEMPORARY) is temporary and p.is_file()]

    def put_if_absent(self, path: str, source: Source) -> None:
        """Put a new object, durable when this returns. Raises AlreadyInStore: nothing is ever overwritten."""
        target = self._at(path)
        with _speaking(path):
            if target.exists():
                raise already_there(path)  # before copying gigabytes for nothing; the link below decides
        with self._temporary(path, source) as temporary, _speaking(path):
            _link(temporary, target)
            _sync_folder(target.parent)

    def put_made(self, name: Callable[[Path], str], source: Source) -> str:
        """Put an object whose path follows from its content (its hash). Returns the path; the same content twice is no
        error."""
        with self._temporary("objects/new", source) as temporary:
            path = name(temporary)
            target = self._at(path)
            with _speaking(path):
                _make_folder(target.parent)
                with suppress(AlreadyInStore):  # the same content, put by somebody else
                    _link(temporary, target)
                _sync_folder(target.parent)
        return path

    def replace(self, path: str, data: bytes) -> None:
        """Move a pointer (a log's `checkpoint`) to new content, whole or not at all."""
        check_pointer(path)
        target = self._at(path)
        with self._temporary(path, data) as temporary, _speaking(path):
            temporary.replace(target)
            _sync_folder(target.parent)

    def protection(self, path: str) -> Protection:
        """Nothing: whoever may write the folder may remove what lies in it. Raises NotInStore, StoreUnreachable."""
        self.stat(path)
        return Protection()

    def protect(self, path: str, until: Utc) -> None:
        """Raises NotSupported."""
        raise _no_lock(path)

    def hold(self, path: str, on: bool) -> None:
        """Raises NotSupported."""
        raise _no_lock(path)

    def _at(self, path: str) -> Path:
        parts = check_path(path)
        if Path(path).is_absolute():
            raise ReviewerError(f"“{path}” is not a path in a store.", "Use names without “..” or “\\”.")
        return self.root.joinpath(*parts)

    def _stat(self, path: str, at: Path) -> ObjectStat:
        found = at.stat()
        if not at.is_file():
            raise FileNotFoundError(at)
        return ObjectStat(path, found.st_size, None, Utc(found.st_mtime_ns // 1_000))

    @contextmanager
    def _reading(self, path: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as gone:
            if not _is_folder(self.root):
                raise _unreachable(self.root) from gone
            raise missing(path) from gone
        except OSError as wrong:
            raise _unreachable(self.root, wrong) from wrong

    @contextmanager
    def _temporary(self, path: str, source: Source) -> Iterator[Path]:
        target = self._at(path)
        if not _is_folder(self.root):
            raise _unreachable(self.root)
        temporary = target.parent / f"{_TEMPORARY}{uuid.uuid4().hex}"
        try:
            with _speaking(path):
                _make_folder(target.parent)
                with temporary.open("xb") as file:
                    fill(file, source)
                    file.flush()
                    os.fsync(file.fileno())
            yield temporary
        finally:
            with suppress(OSError):  # what is left is known by its name: `leftovers`
                temporary.unlink(missing_ok=True)


def _is_folder(path: Path) -> bool:
    """Whether it is there and can be looked at: a disk that does not answer has none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _link(temporary: Path, target: Path) -> None:
    try:
        os.link(temporary, target)
    except FileExistsError as taken:
        raise already_there(target.name) from taken
    except OSError as wrong:
        if wrong.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        _create_exclusively(temporary, target)


def _create_exclusively(temporary: Path, target: Path) -> None:
    """Put-if-absent where there are no hard links: the name is claimed first, and is empty for a moment."""
    try:
        with target.open("xb"):
            pass
    except FileExistsError as taken:
        raise already_there(target.name) from taken
    temporary.replace(target)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each durable in the one above: else what is durable in it is lost with it."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there; the file itself was synced
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _speaking(path: str) -> Iterator[None]:
    """Operating-system errors as one sentence and the next step."""
    try:
        yield
    except PermissionError as wrong:
        raise ReviewerError(
            f"This account may not write {path} in the store.", "Ask who keeps the store for the right."
        ) from wrong
    except OSError as wrong:
        if wrong.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise ReviewerError(
                "The store has no room left; nothing was half written.", "Free some, then try again."
            ) from wrong
        raise StoreUnreachable(
            f"The store did not take {path} ({wrong.strerror}).", "Try again when it is reached."
        ) from wrong


def _no_lock(path: str) -> NotSupported:
    return NotSupported(
        f"A folder cannot keep {path} from being removed.", "Use a bucket with Object Lock for what has to be kept."
    )


def _unreachable(root: Path, why: OSError | None = None) -> StoreUnreachable:
    detail = f" ({why.strerror})" if why is not None and why.strerror else ""
    return StoreUnreachable(
        f"The store at {root} cannot be read now{detail}.", "Work goes on with what is on this machine."
    )
