"""Writing to this machine's disk: whole or not at all, durable, and one sentence when it cannot be done."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
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
    lock = FileLock(path, blocking=False)
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


def _replace(path: Path, data: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder durable. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_error(path: Path, wrong: OSError) -> ReviewerError:
    """What the operating system refused, as a sentence with its next step."""
    if is_full(wrong):
        return NoRoom(
            f"There is no room left for {path.name}.", "Make room on the disk and go on: what is here is kept."
        )
    return _unusable(path, wrong)


def is_full(wrong: OSError) -> bool:
    """No space, over quota, or past the largest file allowed."""
    return wrong.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def _unusable(path: Path, wrong: OSError) -> ReviewerError:
    why = wrong.strerror or type(wrong).__name__
    return ReviewerError(f"{path} cannot be used: {why}.", "Check the folder and its rights, then try again.")
