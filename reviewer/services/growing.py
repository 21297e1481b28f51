"""Files and folders that grow under a hidden name beside their place, in whatever folder a person chose; and how none
of them is left there by a kill.

What lies there meanwhile is footage in the clear. So before it is made a note of it is durable in the workspace,
`growing/<id>.json`: its place, and of which folder that is. Its name ends with that id, 64 bits of chance, so it is
nobody else's. Whoever makes it holds `growing/<id>.lock`, which the system gives back when a program is killed; `sweep`
removes what has a note and no holder, and never looks for anything that has none. The note is readable, as the name of
what it tells of is; both are for this person only.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import MalformedDocument, ReviewerError
from reviewer.services.disk import InUse, held, make_folder, write_atomically
from reviewer.services.workspace import Workspace

_END = ".part"
_LONGEST = 200  # bytes of a name that are kept in the hidden one: file systems take 255
_NOTE = re.compile(r"[0-9a-f]{16}\.json")
_HELD = InUse("Another window of Reviewer is making this file.", "Wait for it.")


@dataclass(frozen=True, slots=True)
class _Note:
    """Where something grows. `folder` is the number by which the file system knows the folder it is in (st_ino): on a
    disk that is not plugged in, another folder stands at the same place, and says nothing about what is on the disk."""

    path: str
    folder: int
    v: int = 1


@contextlib.contextmanager
def growing(workspace: Workspace, target: Path) -> Iterator[Path]:
    """A hidden path beside `target` that nothing has yet, for a file or a folder; its folder is made. What lies there
    when the block ends is removed, and what ended programs left, before. Raises NoRoom and other sentences of the disk,
    before anything is made there."""
    sweep(workspace)
    make_folder(target.parent)
    home, id_ = workspace.growing, secrets.token_hex(8)
    name = target.name.encode()[:_LONGEST].decode(errors="ignore")
    path = target.absolute().with_name(f".{name}.{id_}{_END}")
    note, lock = home / f"{id_}.json", home / f"{id_}.lock"
    try:
        with held(lock, _HELD):
            write_atomically(note, json.dumps(encode(_Note(str(path), _number(path.parent)))).encode())
            try:
                yield path
            finally:
                _end(path, note)
    finally:
        _drop(lock)


def sweep(workspace: Workspace) -> tuple[Path, ...]:
    """Remove what ended programs left, where it can be reached; returns what was removed. What is on a disk that is not
    there waits for the next time. Never raises."""
    try:
        notes = sorted(each for each in workspace.growing.iterdir() if _NOTE.fullmatch(each.name))
    except OSError:
        return ()
    found = []
    for note in notes:
        lock = note.with_suffix(".lock")
        with contextlib.suppress(ReviewerError):  # somebody makes it, or the disk says no
            with held(lock, _HELD):
                found += _swept(note)
            if not note.exists():
                _drop(lock)
    return tuple(found)


def _swept(note: Path) -> list[Path]:
    """What was removed of one note whose holder is gone."""
    path = _path_of(note)
    if path is None:
        _drop(note)
        return []
    there = os.path.lexists(path)
    _end(path, note)
    return [path] if there and not os.path.lexists(path) else []


def _end(path: Path, note: Path) -> None:
    """Remove what lies there, then its note. The note stays where it lies there still, and where nothing is to be seen
    because its disk is not there."""
    kept, there = _noted(note), os.path.lexists(path)
    if _removed(path) and (there or kept is None or _number(path.parent) == kept.folder):
        _drop(note)


def _removed(path: Path) -> bool:
    """Whether nothing lies there any more. What a link leads to is not touched."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return not os.path.lexists(path)


def _path_of(note: Path) -> Path | None:
    """The place that a note tells of; None for one that is damaged, or tells of a name that is not its own."""
    kept = _noted(note)
    if kept is None:
        return None
    path = Path(kept.path)
    own = path.is_absolute() and path.name.startswith(".") and path.name.endswith(f".{note.stem}{_END}")
    return path if own else None


def _noted(note: Path) -> _Note | None:
    try:
        return decode(_Note, json.loads(note.read_bytes()))
    except (OSError, ValueError, RecursionError, MalformedDocument):
        return None


def _number(folder: Path) -> int:
    """0 for a folder that cannot be seen."""
    try:
        return folder.stat().st_ino
    except OSError:
        return 0


def _drop(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
