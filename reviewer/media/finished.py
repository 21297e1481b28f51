"""A finished file: a rendered reel, a disclosed copy. Not evidence under seal, so its own SHA-256 says which it is."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import IntegrityError, ReviewerError

_Identity = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """Calling it gives a new reader. Raises IntegrityError once the file is not the one any more that was hashed."""

    path: Path
    sha256: str
    identity: _Identity

    @classmethod
    def read(cls, path: Path) -> FinishedFile:
        """Hash the file: that takes as long as reading it. Raises ReviewerError if it cannot be read."""
        try:
            with path.open("rb") as file:
                before = _identity(file)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                if _identity(file) != before:
                    raise _changed(path)
        except OSError as wrong:
            raise ReviewerError(f"{path.name} cannot be read.", "Choose another file, or ask who made it.") from wrong
        return cls(path, digest, before)

    def __call__(self) -> BinaryIO:
        try:
            file = self.path.open("rb")
        except OSError as wrong:
            raise _changed(self.path) from wrong
        if _identity(file) != self.identity:
            file.close()
            raise _changed(self.path)
        return file


def _identity(file: BinaryIO) -> _Identity:
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _changed(path: Path) -> IntegrityError:
    return IntegrityError(f"{path.name} is not the file any more that the log names.", "Open it again.")
