"""A file that is being made: what is asked for, how far it is, and how that outlives the program.

On disk, `renders/<case>/<job>/` in the workspace: `job` (this, sealed under a key derived from the case key) and, while
it is made, `chunk.<n>` (finished stretches, sealed under the job's own key, `services/rendering_spool`). Nothing lies
there in the clear; what was made of it is gone from there once the file has its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import rfc8785

from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import IntegrityError, MalformedDocument
from reviewer.domain.render import RenderPlan
from reviewer.domain.timebase import Utc
from reviewer.sealing.stream import new_data_key, open_bytes, seal_bytes, subkey
from reviewer.services.disk import write_atomically
from reviewer.services.workspace import Workspace

_PURPOSE = "reviewer render v1"
_FILE = "job"


class RenderState(StrEnum):
    WAITING = "waiting"  # its turn comes
    WORKING = "working"
    CHECKING = "checking"  # the finished file is read again
    STOPPED = "stopped"  # something is in the way that a person has to mend; what is made stays
    REFUSED = "refused"  # the check found what may not be in it; the file was thrown away
    CANCELLED = "cancelled"
    DONE = "done"

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it by itself or by going on."""
        return self in (RenderState.REFUSED, RenderState.CANCELLED, RenderState.DONE)


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """What a card says for the id of a reason from the agency's table."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class RenderJob:
    """`of` is the reel or request, `title` what lists call it, `folder` and `name` where the file comes to lie; a name
    that is taken gets a number. `seed` and `key` are secret: by them masks are rough and voices changed, and stretches
    sealed. The last members are what became of it."""

    id: str
    case: str
    of: str
    title: str
    folder: str
    name: str
    plan: RenderPlan
    asked: Utc
    seed: int
    key: str
    reasons: tuple[ReasonWords, ...] = ()
    state: RenderState = RenderState.WAITING
    begun: bool = False
    path: str = ""
    sha256: str = ""
    size: int = 0
    checks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    next_step: str = ""

    @property
    def plan_sha256(self) -> str:
        """The plan's name in the log: SHA-256 (hex) of its RFC 8785 JSON."""
        return plan_sha256(self.plan)

    def became(self, state: RenderState, problems: Sequence[str] = (), next_step: str = "") -> RenderJob:
        """The same in another state, with what is wrong."""
        return replace(self, state=state, problems=tuple(problems), next_step=next_step)


@dataclass(frozen=True, slots=True)
class RenderStatus:
    """How far a job is: `share` 0 to 1 of what it does now, `left` in seconds; None while nobody can say."""

    job: RenderJob
    share: float = 0.0
    left: float | None = None

    @property
    def state(self) -> RenderState:
        return self.job.state

    @property
    def path(self) -> Path | None:
        """The finished file."""
        return Path(self.job.path) if self.job.path else None


def plan_sha256(plan: RenderPlan) -> str:
    """SHA-256 (hex) of a plan's RFC 8785 JSON."""
    return hashlib.sha256(rfc8785.dumps(encode(plan))).hexdigest()


def new_job(
    case: str,
    of: str,
    title: str,
    path: Path,
    plan: RenderPlan,
    asked: Utc,
    reasons: Mapping[str, str] | None = None,
) -> RenderJob:
    """A job with an id, a seed and a key of its own, that makes `path`."""
    words = tuple(ReasonWords(id_, said) for id_, said in sorted((reasons or {}).items()))
    return RenderJob(
        secrets.token_hex(8),
        case,
        of,
        title,
        str(path.parent),
        path.name,
        plan,
        asked,
        secrets.randbits(53),
        new_data_key().hex(),
        words,
    )


class JobShelf:
    """The jobs of one case on this disk. Raises NoRoom and other sentences of the disk."""

    def __init__(self, workspace: Workspace, case: str, keys: Sequence[bytes]) -> None:
        """`keys`: the case's keys, newest first."""
        self._home = workspace.renders(case)
        self._case = case
        self._keys = tuple(subkey(key, _PURPOSE) for key in keys)

    def folder(self, job: str) -> Path:
        """Where what is made of it lies meanwhile."""
        return self._home / job

    def keep(self, job: RenderJob) -> None:
        """Write it, whole or not at all."""
        sealed = seal_bytes(json.dumps(encode(job)).encode(), self._keys[0], self._bound(job.id))
        write_atomically(self.folder(job.id) / _FILE, sealed)

    def jobs(self) -> Iterator[RenderJob]:
        """What there is, oldest first; what does not open is not ours and is left."""
        found = (self._read(each) for each in self._home.iterdir()) if self._home.is_dir() else iter(())
        yield from sorted((job for job in found if job is not None), key=lambda job: (job.asked, job.id))

    def _read(self, folder: Path) -> RenderJob | None:
        try:
            sealed = (folder / _FILE).read_bytes()
        except OSError:
            return None
        for key in self._keys:
            with suppress(IntegrityError, MalformedDocument, ValueError):
                return decode(RenderJob, json.loads(open_bytes(sealed, key, self._bound(folder.name))))
        return None

    def clear(self, job: str) -> None:
        """Remove what was made of it meanwhile; the job stays."""
        self._remove(job, whole=False)

    def forget(self, job: str) -> None:
        """Remove it altogether. The finished file is no part of it."""
        self._remove(job, whole=True)

    def _remove(self, job: str, *, whole: bool) -> None:
        folder = self.folder(job)
        with suppress(OSError):
            for each in os.scandir(folder):
                if whole or each.name != _FILE:
                    with suppress(OSError):
                        Path(each.path).unlink()
            if whole:
                folder.rmdir()

    def _bound(self, job: str) -> bytes:
        return f"reviewer render/{self._case}/{job}".encode()
