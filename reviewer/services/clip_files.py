"""A file that leaves: written beside its place, checked there, recorded, and only then named. Whole or not there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import Cancelled
from reviewer.services.disk import check_room, disk_error, give_new_name
from reviewer.services.growing import growing
from reviewer.services.workspace import Workspace

_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')
_LONGEST = 120  # characters of a name
_BUFFER = 1 << 20


def file_name(*words: str, suffix: str) -> str:
    """A file's name of these words, without what no system takes in one."""
    text = _NOT_IN_A_NAME.sub(".", " ".join(filter(None, words)))
    return f"{text[:_LONGEST].strip(' .')}{suffix}"


class Unnamed:
    """A file under construction at `path`, a hidden name beside `target`; only its owner reads it. `give_name` ends it
    well, leaving the block otherwise ends it without a trace, and a kill until the next start (`services/growing`)."""

    def __init__(self, target: Path, path: Path) -> None:
        self.target, self.path = target, path
        self._file: BinaryIO | None = None

    def fill(
        self, pieces: Iterable[tuple[int, bytes]], finish: Callable[[BinaryIO], object] = lambda _file: None
    ) -> None:
        """Write bytes at their places, then let `finish` put it in order. Raises NoRoom and other sentences."""
        try:
            with self.path.open("w+b") as file:
                os.fchmod(file.fileno(), 0o600) if hasattr(os, "fchmod") else self.path.chmod(0o600)
                for at, data in pieces:
                    file.seek(at)
                    file.write(data)
                finish(file)
                file.flush()
                os.fsync(file.fileno())
        except OSError as wrong:
            raise disk_error(self.target, wrong) from wrong

    def digest(self) -> tuple[str, int]:
        """The SHA-256 (hex) of what lies there, and its length."""
        try:
            with self.path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
                return found, file.tell()
        except OSError as wrong:
            raise disk_error(self.target, wrong) from wrong

    def give_name(self) -> Path:
        """The file under its name, or under “name (2)” where that is taken."""
        return give_new_name(self.path, self.target)


@contextlib.contextmanager
def unnamed(workspace: Workspace, target: Path, size: int) -> Iterator[Unnamed]:
    """A file that gets its name once it is whole. Raises NoRoom where `size` bytes do not fit."""
    check_room(target, size)
    with growing(workspace, target) as path:
        yield Unnamed(target, path)


def copied(
    raw: BinaryIO, progress: Callable[[int], object], cancelled: Callable[[], bool]
) -> Iterator[tuple[int, bytes]]:
    """All of a reader, for `fill`. Raises Cancelled, and what the reader raises."""
    at = 0
    while data := raw.read(_BUFFER):
        if cancelled():
            raise Cancelled("Copying the original")
        yield at, data
        at += len(data)
        progress(at)
