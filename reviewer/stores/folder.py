"""A folder as evidence store: tamper-evident, not write-once, and the screen says so.

Put-if-absent is a hard link of a finished, synced temporary file: the file system lets exactly one of two racing
writers have the name, and no reader ever sees half a file. File systems without hard links get an exclusive create.
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import AlreadyInStore, NotInStore, ReviewerError, StoreUnreachable

_TEMPORARY = ".tmp-"
_CHUNK = 1 << 20
Source = bytes | Path | Callable[[BinaryIO], object]
"""What to put: the bytes, a file to copy, or a function that writes into the file it is given."""


class FolderStore:
    """A store in one folder. Safe to use from several threads and processes."""

    integrity = "tamper-evident, not write-once"

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def description(self) -> str:
        """For the screen: where it is and what it promises."""
        return f"Folder {self.root} ({self.integrity})"

    def reachable(self) -> bool:
        return self.root.is_dir()

    def create(self) -> None:
        """Make the folder. Raises AlreadyInStore if something lies there already."""
        with _speaking(str(self.root)):
            self.root.mkdir(parents=True, exist_ok=True)
            if any(self.root.iterdir()):
                raise AlreadyInStore(f"{self.root} is not empty.", "Name a new or empty folder.")

    def get(self, path: str) -> bytes:
        """All of a small object. Raises NotInStore, StoreUnreachable."""
        with self.open(path) as file:
            return file.read()

    def open(self, path: str, offset: int = 0) -> BinaryIO:
        """An object as a seekable binary file, from `offset`. Raises NotInStore, StoreUnreachable."""
        with self._reading(path):
            file = self._at(path).open("rb")
            file.seek(offset)
            return file

    def size(self, path: str) -> int:
        """Bytes of an object. Raises NotInStore, StoreUnreachable."""
        with self._reading(path):
            return self._at(path).stat().st_size

    def exists(self, path: str) -> bool:
        try:
            self.size(path)
        except NotInStore:
            return False
        return True

    def list(self, prefix: str) -> Iterator[str]:
        """Paths of all objects below a folder of the store, sorted; none if there is no such folder."""
        with self._reading(prefix):
            if not self.root.is_dir():
                raise FileNotFoundError(self.root)
            base = self._at(prefix)
            found = (
                [p for p in base.rglob("*") if p.is_file() and not p.name.startswith(_TEMPORARY)]
                if base.is_dir()
                else []
            )
        return iter(sorted(p.relative_to(self.root).as_posix() for p in found))

    def put_if_absent(self, path: str, source: Source) -> None:
        """Put a new object, durable when this returns. Raises AlreadyInStore: nothing is ever overwritten."""
        target = self._at(path)
        if target.exists():
            raise _taken(path)  # before copying gigabytes for nothing; the link below decides
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
                target.parent.mkdir(parents=True, exist_ok=True)
                with suppress(AlreadyInStore):  # the same content, put by somebody else
                    _link(temporary, target)
                _sync_folder(target.parent)
        return path

    def replace(self, path: str, data: bytes) -> None:
        """Move a pointer (a log's `checkpoint`) to new content, whole or not at all."""
        target = self._at(path)
        with self._temporary(path, data) as temporary, _speaking(path):
            temporary.replace(target)
            _sync_folder(target.parent)

    def _at(self, path: str) -> Path:
        parts = path.split("/")
        if not path or any(p in ("", ".", "..") or "\\" in p or "\0" in p for p in parts) or Path(path).is_absolute():
            raise ReviewerError(f"“{path}” is not a path in a store.", "Use names without “..” or “\\”.")
        return self.root.joinpath(*parts)

    @contextmanager
    def _reading(self, path: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as missing:
            if not self.root.is_dir():
                raise _unreachable(self.root) from missing
            raise NotInStore(f"The store has no {path}.", "Ask the custodian whether it was put there.") from missing
        except OSError as wrong:
            raise _unreachable(self.root, wrong) from wrong

    @contextmanager
    def _temporary(self, path: str, source: Source) -> Iterator[Path]:
        target = self._at(path)
        if not self.root.is_dir():
            raise _unreachable(self.root)
        temporary = target.parent / f"{_TEMPORARY}{uuid.uuid4().hex}"
        try:
            with _speaking(path):
                target.parent.mkdir(parents=True, exist_ok=True)
                with temporary.open("xb") as file:
                    _fill(file, source)
                    file.flush()
                    os.fsync(file.fileno())
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)


def _fill(file: BinaryIO, source: Source) -> None:
    if isinstance(source, bytes):
        file.write(source)
    elif isinstance(source, Path):
        with source.open("rb") as original:
            shutil.copyfileobj(original, file, _CHUNK)
    else:
        source(file)


def _link(temporary: Path, target: Path) -> None:
    try:
        os.link(temporary, target)
    except FileExistsError as taken:
        raise _taken(target.name) from taken
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
        raise _taken(target.name) from taken
    temporary.replace(target)


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


def _taken(path: str) -> AlreadyInStore:
    return AlreadyInStore(f"The store has {path} already; nothing was overwritten.", "Read it again and go on from it.")


def _unreachable(root: Path, why: OSError | None = None) -> StoreUnreachable:
    detail = f" ({why.strerror})" if why is not None and why.strerror else ""
    return StoreUnreachable(
        f"The store at {root} cannot be read now{detail}.", "Work goes on with what is on this machine."
    )
