"""What the log screen asks, and what it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.timebase import Utc
from reviewer.records.queries import EntryFilter, Facets, LogEntry
from reviewer.services.following import Followed, Reading
from reviewer.services.logexport import Asked, Exported, Step
from reviewer.services.logproof import EntryProof
from reviewer.services.logreview import LogReview, Week
from reviewer.services.witnessed import Watch
from reviewer.services.witnessing import Standing


@dataclass(frozen=True, slots=True)
class LogHealth:
    """How whole the logs are. `problems` are what the last check found (empty: nothing missing, nothing changed);
    `checked_at` None: not checked yet. `published` of `entries` stand in the store, last at `published_at`;
    `published_sizes` says how far each log (by origin) is published, `standings` what witnesses have seen of each.
    `logs` and `people`: how many stand here, `folded_at` when all there was of other people's had been read;
    `followed` how far they are followed, `reading` how far a run is that goes on now. `due`: weeks
    that this person has not signed for."""

    entries: int
    logs: int
    people: int
    checked_at: Utc | None = None
    problems: tuple[str, ...] = ()
    published_sizes: tuple[tuple[str, int], ...] = ()
    published: int = 0
    published_at: Utc | None = None
    standings: tuple[Standing, ...] = ()
    watch: Watch | None = None
    folded_at: Utc | None = None
    followed: Followed | None = None
    reading: Reading | None = None
    due: int = 0


@dataclass(frozen=True, slots=True)
class LogPage:
    """`entries` newest first; `more`: there are older ones. `total` is how many the filter has in all."""

    entries: tuple[LogEntry, ...]
    more: bool
    total: int


@dataclass(frozen=True, slots=True)
class LogSource:
    """Where the screen gets its log from. All are called on the GUI thread and answer with Futures.

    `page(filter, after)`: `after` is the last entry's `place`, None for the newest. `health(check)`: with `check` the
    whole tree is recomputed first. `proof(entry)` makes and verifies one entry's proof, `bundle(entry)` gives it as
    JSON. `export(asked, hear, cancel)` calls `hear` from another thread. `week(person)` is what there is to review,
    `sign(review, passphrase)` signs it; `no_review` is why this person may not. `place` is where exports go first."""

    page: Callable[[EntryFilter, tuple[Utc, str, int] | None], Future[LogPage]]
    health: Callable[[bool], Future[LogHealth]]
    proof: Callable[[LogEntry], Future[EntryProof]]
    bundle: Callable[[LogEntry], Future[str]]
    facets: Callable[[], Future[Facets]]
    export: Callable[[Asked, Callable[[Step], None], threading.Event], Future[Exported]]
    week: Callable[[str], Future[Week]]
    sign: Callable[[LogReview, str], Future[LogReview]]
    place: Path
    no_review: str = ""
