"""Where proxies lie: `proxies/<aa>/<object>/<first>-<count>.<encoder>.proxy`, one sealed file a chunk.

A file without plaintext says that its frames cannot be decoded; one with a count of 0 that the part ends there. What
carries another name (an older encoder's, a stranger's) goes.
"""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reviewer.media.proxy import ENCODER
from reviewer.sealing.stream import sealed_size
from reviewer.services.workspace import Workspace

_NAME = re.compile(r"(0|[1-9]\d{0,15})-(0|[1-9]\d{0,15})\." + re.escape(ENCODER) + r"\.proxy")
_EMPTY = sealed_size(0)


@dataclass(frozen=True, slots=True)
class Cover:
    """How far the proxies of a part go. `spans` are (first, count) in order, none overlapping, also of frames that
    cannot be decoded; `frames` is how many the part has, None while no end is known; `chunks` have pictures."""

    spans: tuple[tuple[int, int], ...] = ()
    frames: int | None = None
    chunks: int = 0
    left_out: int = 0

    @property
    def covered(self) -> int:
        """Frames that are done with."""
        return sum(count for _, count in self.spans)

    @property
    def complete(self) -> bool:
        return self.frames is not None and self.covered == self.frames

    def missing(self, frames: int, longest: int) -> list[tuple[int, int]]:
        """The spans of a part of so many frames that are not done, none longer than `longest`, cut where its multiples
        lie."""
        gaps, at = [], 0
        for first, count in (*self.spans, (frames, 0)):
            while at < min(first, frames):
                end = min(first, frames, (at // longest + 1) * longest)
                gaps.append((at, end - at))
                at = end
            at = max(at, first + count)
        return gaps


@dataclass(frozen=True, slots=True)
class ProxyFile:
    """One chunk's file. `empty`: there is nothing to decode in it."""

    path: Path
    first: int
    count: int
    empty: bool

    @property
    def key(self) -> str:
        """Its name in the ledger."""
        return f"{self.path.parent.name}/{self.path.name}"


def path_of(workspace: Workspace, object_name: str, first: int, count: int) -> Path:
    """Where the chunk of these frames lies, or would lie."""
    return workspace.proxies(object_name) / f"{first}-{count}.{ENCODER}.proxy"


def associated(object_name: str, first: int, count: int) -> bytes:
    """What a chunk is bound to when it is sealed: it opens as nothing else."""
    return f"reviewer proxy/{ENCODER}/{object_name}/{first}/{count}".encode()


def listed(workspace: Workspace, object_name: str) -> list[ProxyFile]:
    """The files of an object's proxies in the order of their frames. What has no right name, or overlaps what comes
    before it, is removed."""
    found = []
    for path in _entries(workspace.proxies(object_name)):
        name = _NAME.fullmatch(path.name)
        if name is None:
            remove(path)
            continue
        with suppress(OSError):
            found.append(ProxyFile(path, int(name[1]), int(name[2]), path.stat().st_size == _EMPTY))
    found.sort(key=lambda f: (f.first, -f.count))
    kept: list[ProxyFile] = []
    for file in found:
        if kept and file.first < kept[-1].first + kept[-1].count:
            remove(file.path)
        else:
            kept.append(file)
    return kept


def cover_of(files: list[ProxyFile]) -> Cover:
    """How far these go."""
    spans = tuple((f.first, f.count) for f in files if f.count)
    frames = next((f.first for f in files if not f.count), None)
    shown = [f for f in files if f.count and not f.empty]
    return Cover(spans, frames, len(shown), sum(c for _, c in spans) - sum(f.count for f in shown))


def remove(path: Path) -> None:
    """Take a file or folder away, as far as the disk lets."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink()


def sweep(workspace: Workspace) -> None:
    """Remove the proxies of objects that are not on this machine any more."""
    for shelf in _entries(workspace.home / "proxies"):
        for folder in _entries(shelf):
            if not (workspace.cache / shelf.name / folder.name).exists():
                remove(folder)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
