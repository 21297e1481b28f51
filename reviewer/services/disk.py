"""Writing to this machine's disk: whole or not at all, durable, and one sentence when it cannot be done."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from reviewer.domain.errors import ReviewerError


class InUse(ReviewerError):
    """Somebody else holds the lock: a second instance, or another transfer."""


class NoRoom(ReviewerError):
    """The disk cannot take what must be written. What was there before is kept."""


@contextlib.contextmanager
def held(path: Path, taken: ReviewerError) -> Iterator[None]:
    """Hold a file lock, without waiting. Raises `taken` when somebody else has it."""
    make_folder(path.parent)
    lock = FileLock(path, blocking=False, thread_local=False)  # whoever ends the work gives it back
    try:
        lock.acquire()
    except Timeout:
        raise taken from None
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong
    try:
        yield
    finally:
        lock.release()


def make_folder(path: Path) -> None:
    """The folder, for this person only. Raises a sentence when it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """The whole file or the old one, never half: temporary file, fsync, rename, fsync of the folder."""
    make_folder(path.parent)
    try:
        _replace(path, data, mode)
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong


def write_new(path: Path, data: bytes, mode: int = 0o600) -> Path:
    """A new file, whole or not at all. Nothing is overwritten: where the name is taken, it becomes “name (2).png” and
    so on. Returns where the file is."""
    make_folder(path.parent)
    try:
        with _temporary(path, data, mode) as temporary:
            return give_new_name(temporary, path)
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong


def give_new_name(temporary: Path, path: Path) -> Path:
    """A whole, durable file beside `path` under that name, or “name (2).png” and so on where it is taken; its old name
    may stay beside it. Returns where it is. Raises a sentence when it cannot be named."""
    try:
        for number in count(1):
            target = path if number == 1 else path.with_name(f"{path.stem} ({number}){path.suffix}")
            with contextlib.suppress(FileExistsError):
                _give_name(temporary, target)
                break
        sync_folder(path.parent)
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong
    return target


def _replace(path: Path, data: bytes, mode: int) -> None:
    with _temporary(path, data, mode) as temporary:
        temporary.replace(path)
    sync_folder(path.parent)


@contextlib.contextmanager
def _temporary(path: Path, data: bytes, mode: int) -> Iterator[Path]:
    """The bytes, durable under a name of their own beside `path`; that name is gone afterwards."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        temporary.chmod(mode)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _give_name(temporary: Path, target: Path) -> None:
    """Give a whole file a name that nobody has. Raises FileExistsError if somebody does."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: take the name, then put the whole file in its place
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            temporary.replace(target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise


def check_room(path: Path, size: int) -> None:
    """See whether a file of so many bytes may and can be written there, before anything is. Makes the folder."""
    folder = path.parent
    make_folder(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unusable(folder, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    try:
        free = shutil.disk_usage(folder).free
    except OSError as wrong:
        raise disk_error(folder, wrong) from wrong
    if free < size:
        raise disk_error(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))


_SEEKING = threading.Lock()


_AT_ONCE = 32 << 10
"""Bytes of one write. The kernel takes pages in blocks as large as what is written at once, and on a virtual machine
large free blocks are often not backed yet: 1.5 GB took 0.5 s of its time so, and 4 to 5 s in writes of 256 KiB."""


def write_at(handle: int, data: memoryview, at: int) -> int:
    """Write into an open file at a place, from any thread. Returns how much went in; less than all where the disk takes
    no more, and the next call says why. Raises OSError."""
    if hasattr(os, "pwrite"):
        done, size = 0, len(data)
        while done < size:
            try:
                done += os.pwrite(handle, data[done : done + _AT_ONCE], at + done)
            except OSError:
                if not done:
                    raise
                break
        return done
    with _SEEKING:  # Windows
        os.lseek(handle, at, os.SEEK_SET)
        return os.write(handle, data)


def read_into(handle: int, into: memoryview, at: int) -> int:
    """Read from an open file at a place, from any thread. Returns how much came, 0 at its end. Raises OSError."""
    if hasattr(os, "preadv"):
        return os.preadv(handle, [into], at)
    with _SEEKING:
        os.lseek(handle, at, os.SEEK_SET)
        got = os.read(handle, len(into))
    into[: len(got)] = got
    return len(got)


def flush_data(handle: int) -> None:
    """Make what was written durable. Raises OSError."""
    getattr(os, "fdatasync", os.fsync)(handle)


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder durable. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_error(path: Path, wrong: OSError, what: str = "") -> ReviewerError:
    """What the operating system refused, as a sentence with its next step. `what` names the file where its own name
    says nothing to a person."""
    if is_full(wrong):
        return NoRoom(
            f"There is no room left for {what or path.name}.", "Make room on the disk and go on: what is here is kept."
        )
    return _unusable(path, wrong)


def is_full(wrong: OSError) -> bool:
    """No space, over quota, or past the largest file allowed."""
    return wrong.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def _unusable(path: Path, wrong: OSError) -> ReviewerError:
    why = wrong.strerror or type(wrong).__name__
    return ReviewerError(f"{path} cannot be used: {why}.", "Check the folder and its rights, then try again.")
