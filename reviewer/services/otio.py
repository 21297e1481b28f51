"""A reel leaves as a timeline of another editor's, and comes back as one: logged first, whole or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from reviewer.domain.case_acts import ClipSet, ReelSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.making_acts import ReelExported
from reviewer.domain.reel import Branch
from reviewer.domain.timebase import TimeRange
from reviewer.domain.wall_time import WallTime
from reviewer.exports import otio
from reviewer.services.disk import write_new
from reviewer.services.reel import Reels, clip_fields, not_released, reel_fields, stretches
from reviewer.services.reporting import Record
from reviewer.services.undoing import following

SUFFIX = ".otio"
LIMITS = (
    "The timeline names no file of the evidence: an editor shows pictures where copies with these names lie beside it. "
    "Masks and changed voices are not in it."
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What is to leave; `reel` is its id, `title` what its file is called by."""

    reel: str
    title: str
    data: bytes

    @property
    def name(self) -> str:
        """A file's name for it."""
        kept = "".join(c if c.isalnum() or c in " -_" else " " for c in self.title)
        return (" ".join(kept.split())[:80] or "Reel") + SUFFIX


@dataclass(frozen=True, slots=True)
class Came:
    """A reel that was read: its id and title, how many clips, and sentences about what was left out."""

    reel: str
    title: str
    clips: int
    left_out: tuple[str, ...]


def timeline(reels: Reels, reel: str, clocks: WallTime, covers: Mapping[str, TimeRange]) -> Sent:
    """The timeline of a reel; on the thread of `reels`. `covers`: what of stated time each released recording is.
    Raises ReviewerError for a reel that is gone or empty, AccessRefused for a clip of what is not released."""
    found, clips = reels.reel(reel), reels.clips(reel)
    if found is None or not clips:
        raise ReviewerError("The reel has no clips.", "Put one on the strip first.")
    if any(each not in covers for clip in clips for each in clip.recordings):
        raise not_released()
    parts = {clip.id: stretches(clip, clocks) for clip in clips}
    return Sent(reel, found.title, otio.write(found, clips, parts, covers))


def save(sent: Sent, case: str, path: Path, record: Record) -> Path:
    """Write it there; that it leaves is durable in the access log first. A name that is taken gets a number. Not on the
    GUI's thread. Raises ReviewerError for another suffix, LogUnwritable, and what the disk says."""
    if path.suffix.lower() != SUFFIX:
        raise ReviewerError(f"A timeline is not written as “{path.suffix}”.", f"End the name with {SUFFIX}.")
    record(ReelExported(case, sent.reel, path.name, sha256(sent.data).hexdigest())).result()
    return write_new(path, sent.data)


def load(path: Path, covers: Mapping[str, TimeRange]) -> tuple[otio.Taken, str]:
    """What a file says, and its SHA-256. Not on the GUI's thread. Raises ReviewerError for what is no timeline."""
    try:
        with path.open("rb") as file:
            data = file.read(otio.LARGEST + 1)
    except OSError as wrong:
        raise ReviewerError(f"{path.name} cannot be read.", "Choose another file.") from wrong
    return otio.read(data, covers), sha256(data).hexdigest()


def take_in(reels: Reels, taken: otio.Taken, name: str, digest: str, record: Record) -> Future[Came]:
    """A new reel of what a file said; `name` and `digest` are the file's. That it came is in the access log first. On
    the thread of `reels`; the Future ends when all of it is durable. Raises ReviewerError if there is nothing in it
    that is released here."""
    if not taken.clips:
        first = taken.left_out[0] if taken.left_out else "The timeline has no clips."
        raise ReviewerError(first, "Export it again, or ask for the release of what it shows.")
    id_ = uuid.uuid4().hex
    new = {clip.id: uuid.uuid4().hex for clip in taken.clips}
    acts = [reels.file.adding(ReelSet, reel_fields(replace(taken.reel, id=id_)), id_)[1]]
    for n, clip in enumerate(taken.clips, 1):
        ways = tuple(Branch(branch.answer, new.get(branch.to, "")) for branch in clip.branches)
        clip = replace(clip, id=new[clip.id], reel=id_, order=n << 20, branches=ways)
        reels.check(clip)
        acts.append(reels.file.adding(ClipSet, clip_fields(clip), clip.id)[1])
    record(ReelExported(reels.file.case, id_, name, digest, came=True))  # its place in the log is before what follows
    came = Came(id_, taken.reel.title, len(taken.clips), taken.left_out)
    return following(reels.file.together(acts), lambda _recorded: came)
