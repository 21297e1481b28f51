"""Makes one job's file: stretch by stretch in processes apart, kept sealed, put together, and named at last."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from reviewer.media.camera import DeckCamera
from reviewer.services.disk import disk_error, sync_folder
from reviewer.services.rendering_job import RenderJob

FINISHED = ("The file was read again after it was written.",)
_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Finished:
    """The file under its own name."""

    path: Path
    sha256: str
    size: int


class Pace:
    """From shares that are done, how long the rest takes: `say(share, seconds left or None)`."""

    def __init__(self, say: Callable[[float, float | None], None]) -> None:
        self._say = say
        self._first: tuple[float, float] | None = None

    def tell(self, share: float) -> None:
        """So much of the whole is done, 0 to 1."""
        now = time.monotonic()
        if self._first is None:
            self._first = now, share
        since, begun = self._first
        done, took = share - begun, now - since
        self._say(share, took * (1 - share) / done if done > 0.01 and took > 1 else None)


def make(
    job: RenderJob,
    spool: Path,
    cameras: Mapping[str, DeckCamera],
    cancelled: Callable[[], bool],
    progress: Callable[[float], None],
) -> Path:
    """The file under its hidden name beside its place, whole and durable. Stretches that lie in `spool` already are
    not made again. Raises Cancelled, NoRoom, and what reading the footage raises."""
    raise NotImplementedError


def finish(part: Path, wanted: Path, made: Callable[[Finished], None]) -> Finished:
    """Give a checked file its name, or the next one that is free; `made` hears which before it has it. Raises what
    `made` and the disk raise; the file has no name then."""
    digest, size = _digest(part)
    try:
        for number in count(1):
            path = wanted if number == 1 else wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
            if path.exists():
                continue
            done = Finished(path, digest, size)
            made(done)
            try:
                os.link(part, path)
            except FileExistsError:  # somebody took it meanwhile
                continue
            except OSError:  # a file system without hard links
                part.replace(path)
            part.unlink(missing_ok=True)
            sync_folder(path.parent)
            return done
    except OSError as wrong:
        raise disk_error(wanted, wrong) from wrong
    raise AssertionError("there is always a free name")


def _digest(path: Path) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while data := file.read(_READ):
                found.update(data)
                size += len(data)
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong
    return found.hexdigest(), size
