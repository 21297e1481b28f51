"""Looking at a folder that a dock or a card reader fills: what lies in it as deliveries, and when one is whole.

A delivery is one folder directly in the watched one, with all below it (a card, a camera, an officer), or the files
that lie loose in the watched folder itself. It is whole when its names, sizes and times stood still for a while and
none of them is a name that programs give to a file they are still writing. Only names and sizes are looked at here:
nothing is opened, nothing is changed, links are not followed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from reviewer.domain.errors import ReviewerError

LOOSE = ""
"""The name of the delivery that the loose files make."""
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".lock", ".lck", "~")
_UNFINISHED_HEADS = (".~", "~$", ".goutputstream", ".syncthing.", ".tmp")


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file by its name and size. `path` is relative to the watched folder, `changed` its modification time in ns."""

    path: str
    size: int
    changed: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """What lies in one folder of a watched one at one look. `wrong`: what of it could not be looked at, and then it is
    not whole."""

    name: str
    files: tuple[SeenFile, ...]
    wrong: str = ""

    @property
    def size(self) -> int:
        return sum(f.size for f in self.files)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Files whose names say that somebody still writes them."""
        return tuple(f.path for f in self.files if is_unfinished(Path(f.path).name))

    @property
    def mark(self) -> str:
        """SHA-256 of all names, sizes and times: as long as it is the same, nobody has written there."""
        lines = (f"{f.path}\0{f.size}\0{f.changed}\n" for f in self.files)
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()

    def paths(self, folder: Path) -> tuple[Path, ...]:
        """What to take in: the delivery's folder, or each loose file."""
        return tuple(folder / f.path for f in self.files) if self.name == LOOSE else (folder / self.name,)


class WatchGone(ReviewerError):
    """A watched folder is not there: its drive or card reader is not connected."""


def is_unfinished(name: str) -> bool:
    """Whether a file of this name is one that a program is still writing."""
    low = name.lower()
    return low.endswith(_UNFINISHED) or low.startswith(_UNFINISHED_HEADS)


def look(folder: Path) -> tuple[Delivery, ...]:
    """The deliveries in a watched folder, by name; empty ones are none. Raises WatchGone."""
    loose: list[SeenFile] = []
    found: list[Delivery] = []
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError as wrong:
        why = wrong.strerror or "the system refuses"
        raise WatchGone(
            f"The watched folder {folder} cannot be looked at: {why}.", "Connect it again; watching goes on by itself."
        ) from wrong
    for entry in entries:
        if _is_folder(entry):
            found += [d for d in (_delivery(folder, entry.name),) if d.files or d.wrong]
        elif (seen := _seen(folder, entry)) is not None:
            loose.append(seen)
    return (Delivery(LOOSE, tuple(loose)), *found) if loose else tuple(found)


def _delivery(folder: Path, name: str) -> Delivery:
    files: list[SeenFile] = []
    wrong = ""
    below = [folder / name]
    while below:
        here = below.pop()
        try:
            for entry in sorted(os.scandir(here), key=lambda e: e.name):
                if _is_folder(entry):
                    below.append(Path(entry.path))
                elif (seen := _seen(folder, entry)) is not None:
                    files.append(seen)
        except OSError as refused:
            wrong = f"{here.name} cannot be looked at: {refused.strerror or 'the system refuses'}."
    return Delivery(name, tuple(sorted(files, key=lambda f: f.path)), wrong)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
    except OSError:
        return False


def _seen(folder: Path, entry: os.DirEntry[str]) -> SeenFile | None:
    """The file as it is now; None for what is no file, or has gone since its folder was read."""
    try:
        if not entry.is_file(follow_symlinks=False):
            return None
        stat = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return SeenFile(Path(entry.path).relative_to(folder).as_posix(), stat.st_size, stat.st_mtime_ns)


@dataclass
class _Since:
    mark: str
    at: float


@dataclass
class Settling:
    """Since when each delivery of a watched folder stands still, in seconds of whatever clock is given."""

    wait: float
    _since: dict[str, _Since] = field(default_factory=dict)

    def left(self, delivery: Delivery, now: float) -> float:
        """How many seconds it still has to stand still; 0 when it is whole. One with an unfinished file never is."""
        before = self._since.get(delivery.name)
        moving = bool(delivery.unfinished or delivery.wrong)
        if before is None or before.mark != delivery.mark or moving:
            before = self._since[delivery.name] = _Since(delivery.mark, now)
        return self.wait if moving else max(0.0, self.wait - (now - before.at))

    def forget(self, names: Iterable[str]) -> None:
        """They have gone: should they come back, they begin anew."""
        for name in names:
            self._since.pop(name, None)
