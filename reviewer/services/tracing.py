"""From a file back to where it came from: by its SHA-256, what the log has of making, releasing and giving it.

Nothing of the file but its hash is believed. Only entries that this person may read can be found; a file in which one
bit was changed is another file, and nothing names it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.case_acts import RequestSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.events import FileViewOpened, StillSaved
from reviewer.domain.making_acts import (
    PACKED,
    CopyMade,
    CopyReleased,
    PackageMade,
    ReelExported,
    RenderBegun,
)
from reviewer.domain.recording import Manifest
from reviewer.domain.request import Request
from reviewer.domain.timebase import Utc
from reviewer.domain.wording import clock, date
from reviewer.records.queries import EntryFilter, LogEntry, Queries
from reviewer.services.disk import disk_error
from reviewer.services.logwords import did
from reviewer.services.queue import case_manifests
from reviewer.services.session import Session

_KINDS = tuple(
    kind.KIND for kind in (CopyMade, CopyReleased, PackageMade, ReelExported, RenderBegun, StillSaved, FileViewOpened)
)
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Step:
    """One entry about the file, or about what it was made of: who did it, when by their clock, in which log and where
    in it. `words` say what was done."""

    at: Utc
    user: str
    origin: str
    index: int
    words: str
    event: Event


@dataclass(frozen=True, slots=True)
class Source:
    """A recording that the file was made of. `manifest` None: it is known by its id only to whoever asks."""

    id: str
    manifest: Manifest | None

    @property
    def words(self) -> str:
        """Whose camera it was, which, and when it rolled (UTC)."""
        manifest = self.manifest
        if manifest is None:
            return f"Recording {self.id}: its manifest is not yours to read."
        device = " ".join(filter(None, (manifest.device.make, manifest.device.model, manifest.device.serial)))
        rolled = f"{date(manifest.range.start)} {clock(manifest.range.start)}–{clock(manifest.range.end)} UTC"
        return ", ".join(filter(None, (f"Recording {self.id}: {manifest.officer}", device, rolled)))


@dataclass(frozen=True, slots=True)
class Traced:
    """What is known of a file, oldest entry first. `original`: it is, byte for byte, the part of a recording that a
    signed manifest names. `people`: ids of everybody who had a hand in it, each once."""

    sha256: str
    cases: tuple[str, ...]
    steps: tuple[Step, ...]
    sources: tuple[Source, ...]
    requests: tuple[Request, ...] = ()
    original: str = ""

    @property
    def known(self) -> bool:
        return bool(self.steps or self.original)

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.user for step in self.steps))


def sha256_of(path: Path) -> str:
    """The SHA-256 (hex) of a file. Raises a sentence where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong


def trace(session: Session, queries: Queries, sha256: str) -> Traced:
    """Everything that this person's logs and the ones they follow have of a file. Takes as long as reading every entry
    about files that were made; not on the GUI's thread."""
    entries = tuple(_entries(queries))
    wanted, jobs = _wanted(entries, sha256)
    about = [entry for entry in reversed(entries) if entry.event is not None and _names(entry.event, wanted, jobs)]
    steps = tuple(_step(entry, entry.event) for entry in about if entry.event is not None)
    cases = tuple(dict.fromkeys(str(getattr(step.event, "case", "")) for step in steps))
    ids = dict.fromkeys(each for step in steps for each in _recordings(step.event))
    of = dict.fromkeys(str(getattr(step.event, "of", "")) for step in steps)
    known = _manifests(session, cases)
    original = next((m for m in known.values() for part in m.parts if part.sha256 == sha256), None)
    if original is not None:
        ids[original.recording_id] = None
    sources = tuple(Source(each, known.get(each)) for each in ids)
    requests = tuple(_requests(queries, cases, of))
    return Traced(sha256, cases, steps, sources, requests, original.recording_id if original is not None else "")


def _wanted(entries: Iterable[LogEntry], sha256: str) -> tuple[set[str], set[str]]:
    """The hashes and jobs that the file goes by: a package's tag manifest names its files, and a copy that was packed
    is another file by the agency's C2PA manifest alone."""
    events = [entry.event for entry in entries]
    packages = (e for e in events if isinstance(e, PackageMade) and e.manifest == sha256)
    wanted = {sha256}.union(*(package.files for package in packages))
    copies = [e for e in events if isinstance(e, CopyMade)]
    named = [e for e in copies if e.sha256 in wanted]
    jobs = {e.job for e in named}
    packed = {e.job for e in named if e.purpose == PACKED}
    wanted |= {e.sha256 for e in copies if e.job in packed or (e.job in jobs and e.purpose == PACKED)}
    return wanted, jobs


def _entries(queries: Queries) -> Iterator[LogEntry]:
    """All that is about files, newest first."""
    after: tuple[Utc, str, int] | None = None
    while page := queries.entries(EntryFilter(kinds=_KINDS), after=after, limit=_PAGE):
        yield from page
        after = page[-1].place


def _names(event: Event, wanted: set[str], jobs: set[str]) -> bool:
    if isinstance(event, CopyMade):
        return event.sha256 in wanted
    if isinstance(event, RenderBegun):
        return event.job in jobs
    if isinstance(event, PackageMade):
        return event.manifest in wanted or bool(wanted.intersection(event.files))
    return str(getattr(event, "sha256", "")) in wanted


def _step(entry: LogEntry, event: Event) -> Step:
    meta = entry.meta
    return Step(meta.at, meta.actor, meta.origin, meta.index, _words(event), event)


def _words(event: Event) -> str:
    words = did(event.KIND)
    match event:
        case CopyMade():
            how = "encoded anew" if event.encoded else "not encoded anew"
            return f"{words}: {event.name}, {how}; {'; '.join(event.checks)}"
        case PackageMade():
            return f"{words}: {event.name}{f', sealed: {event.sealed}' if event.sealed else ''}"
        case ReelExported():
            return f"{words}: {event.name}"
        case StillSaved():
            return f"{words}: part {event.part + 1}, pts {event.pts}"
        case _:
            return words


def _recordings(event: Event) -> tuple[str, ...]:
    found = getattr(event, "recordings", ())
    one = getattr(event, "recording", "")
    return (*(found if isinstance(found, tuple) else ()), *((str(one),) if one else ()))


def _manifests(session: Session, cases: Iterable[str]) -> Mapping[str, Manifest]:
    """The opened manifests of these cases, as far as this person is on them; of their own cases where none is named."""
    mine = {a.case_id for a in session.trust.assignments(session.user.id).good}
    wanted = [case for case in cases if case in mine] or sorted(mine)
    found: dict[str, Manifest] = {}
    for case in wanted:
        with suppress(ReviewerError):
            assignment = session.trust.assignment(case)
            good = case_manifests(session.trust, assignment, session.grants).good
            found |= {manifest.recording_id: manifest for manifest in good}
    return found


def _requests(queries: Queries, cases: Iterable[str], of: Iterable[str]) -> Iterator[Request]:
    wanted = set(of) - {""}
    for case in cases:
        if case:
            yield from (Request.of(t) for t in queries.things(case, RequestSet) if t.id in wanted)
