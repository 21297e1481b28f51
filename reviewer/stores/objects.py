"""The words that every kind of store shares: what an object is, what holds it, where it may be called, what can be put.

Paths are relative, `/`-separated, as formats.md lays them out.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import AlreadyInStore, NotInStore, ReviewerError
from reviewer.domain.timebase import Utc

CHUNK = 1 << 20
Source = bytes | Path | Callable[[BinaryIO], object]
"""What to put: the bytes, a file to copy, or a function that writes into the file it is given."""
ANY = ""
"""For `stream`: whichever version the store gives without being asked which one counts."""
Chunk = bytes | memoryview
"""What `stream` hands out: written to a file or hashed as it is, of no use after the next one was asked for."""


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """One version of an object. `size` in bytes; `version` is the store's id of it, or None."""

    path: str
    size: int
    version: str | None = None
    modified: Utc | None = None


@dataclass(frozen=True, slots=True)
class Protection:
    """What keeps a version from being removed, as the store itself says: retention until an instant (None: none),
    a legal hold, and the mode's name there (`COMPLIANCE`, `GOVERNANCE`, or empty)."""

    until: Utc | None = None
    hold: bool = False
    mode: str = ""

    @property
    def holds(self) -> bool:
        """Whether anything does; whether a retention has run out is the asker's clock to say."""
        return self.hold or self.until is not None


def is_pointer(path: str) -> bool:
    """The few things that move: a log's `checkpoint` and what witnesses say. Of these the newest version counts, of
    everything else the oldest."""
    return path.startswith("witness/") or (path.startswith("logs/") and path.endswith("/checkpoint"))


def check_path(path: str) -> tuple[str, ...]:
    """The parts of a path in a store. Raises ReviewerError for one that would lead out of it."""
    parts = tuple(path.split("/"))
    if not path or "\\" in path or not path.isprintable() or any(p in ("", ".", "..") for p in parts):
        raise ReviewerError(f"“{path}” is not a path in a store.", "Use names without “..” or “\\”.")
    return parts


def check_pointer(path: str) -> None:
    """Raises ReviewerError for a path that may not move."""
    check_path(path)
    if not is_pointer(path):
        raise ReviewerError(f"{path} is never replaced in a store.", "Put it under a new name.")


def fill(file: BinaryIO, source: Source) -> None:
    """Write what a source holds into an open file."""
    if isinstance(source, bytes):
        file.write(source)
    elif isinstance(source, Path):
        with source.open("rb") as original:
            shutil.copyfileobj(original, file, CHUNK)
    else:
        source(file)


def already_there(path: str) -> AlreadyInStore:
    """The error for a name that somebody else has."""
    return AlreadyInStore(f"The store has {path} already; nothing was overwritten.", "Read it again and go on from it.")


def missing(path: str) -> NotInStore:
    """The error for a name that nobody has."""
    return NotInStore(f"The store has no {path}.", "Ask the custodian whether it was put there.")
