"""The catalogue: every recording and case that verified documents speak of, for whoever may look through them.

Built from what `Trust` verified and kept in an index of this person's own (`catalogue_index`: what an edited one can
and cannot do), so that a list of 10,000 is there at once and only what is new is read. A row holds the SHA-256 of its
document, who signed it and what the roster said of them. It is shown while the newest roster says the same of them;
else, as when the store lists a later number, the document is read and verified again.

Where a recording was made, its officer's name, device and event type are sealed in its manifest. They are known here
for what this person is assigned, and for everything once a custody key was open: then they are kept in the index, which
nobody else can read. What was learned through a case goes with the case.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256

from reviewer.domain.assignment import Assignment, Release
from reviewer.domain.errors import Cancelled, NotInStore, ReviewerError
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Roster
from reviewer.services import catalogue_rows as rows_of
from reviewer.services.catalogue_index import CatalogueIndex, Row
from reviewer.services.catalogue_rows import CASE, RECORDING, RELEASE, Learned, Standing
from reviewer.services.catalogue_search import Listing
from reviewer.services.collecting import making_many
from reviewer.services.grants import CustodyGrants, Grants
from reviewer.services.trust import Contact, Listed, Problem, Trust
from reviewer.services.workspace import Workspace

_BATCH = 256  # documents read between two writes of the index


@dataclass(frozen=True, slots=True)
class Opener:
    """What this person's keys open: of some manifests those that do, by id and with their details; an assignment with
    its details, or None. `everything`: a custody key is open. `opener_for` makes one."""

    manifests: Callable[[Sequence[Manifest]], Mapping[str, Manifest]] = lambda _manifests: {}
    assignment: Callable[[Assignment], Assignment | None] = lambda _assignment: None
    everything: bool = False


def opener_for(trust: Trust, grants: Grants, user_id: str, custody: CustodyGrants | None = None) -> Opener:
    """What a person opens through their cases, and through a custody key while it is open."""
    mine = trust.assignments(user_id).good if custody is None else ()

    def manifests(some: Sequence[Manifest]) -> dict[str, Manifest]:
        if custody is not None:
            return {m.recording_id: shown for m in some if (shown := custody.manifest(m)) != m}
        found: dict[str, Manifest] = {}
        for assignment in mine:
            ids = {r.recording_id for r in assignment.recordings}
            part = [m for m in some if m.recording_id in ids]
            opened = zip(part, grants.manifests(assignment, part), strict=True)
            found |= {m.recording_id: shown for m, shown in opened if shown != m}
        return found

    def opened_case(assignment: Assignment) -> Assignment | None:
        tries = [grants.assignment(assignment), *([custody.assignment(assignment)] if custody is not None else [])]
        return next((shown for shown in tries if shown != assignment), None)

    return Opener(manifests, opened_case, everything=custody is not None)


@dataclass(frozen=True, slots=True)
class Overview:
    """What the catalogue holds now. `problems` are documents that were refused, `notices` what is wrong with the
    roster; `contact` the store's; `asked` whether the store was asked for this."""

    listing: Listing
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    contact: Contact = field(default_factory=Contact)
    asked: bool = False


Progress = Callable[[int, int], None]
"""Told how many documents of how many were read."""


class Catalogue:
    """One person's catalogue on this workstation. Not on the GUI's thread; safe to use from several threads, one
    `refresh` at a time."""

    def __init__(self, trust: Trust, workspace: Workspace, index: CatalogueIndex, user_id: str) -> None:
        self._trust = trust
        self._workspace = workspace
        self._index = index
        self._user = user_id
        self._lock = threading.Lock()

    def kept(self) -> Overview:
        """What is kept here, without asking the store: 10,000 recordings in about a tenth of a second. Raises what
        `Trust.roster` raises."""
        roster = self._trust.roster()
        with making_many():
            read = {kind: self._standing(roster, kind, self._index.rows(kind)) for kind in (RECORDING, CASE, RELEASE)}
            return self._overview(read, (), asked=False)

    def refresh(
        self, opener: Opener, *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Overview:
        """Read what is new, changed, or can be opened now, and keep it. What is refused is in `problems`. Raises what
        `Trust.refresh` raises, and Cancelled: what was read until then is kept."""
        with self._lock, making_many():
            run = _Run(self._trust, self._workspace, self._index, self._user, opener, progress, cancel)
            read = run.read()
        return self._overview(read, tuple(run.problems), asked=True)

    def _standing(self, roster: Roster, kind: str, rows: dict[str, Row]) -> dict[str, Row]:
        standing = Standing(roster, kind)
        return {id_: row for id_, row in rows.items() if standing.holds(row)}

    def _overview(self, read: dict[str, dict[str, Row]], problems: tuple[Problem, ...], *, asked: bool) -> Overview:
        listing = Listing.of(
            (rows_of.entry(row) for row in read[RECORDING].values()),
            (rows_of.case(row) for row in read[CASE].values()),
            (row.id for row in read[RELEASE].values() if rows_of.is_released(row)),
        )
        return Overview(listing, problems, self._trust.notices, self._trust.contact, asked)


class _Run:
    """One bringing up to date."""

    def __init__(
        self,
        trust: Trust,
        workspace: Workspace,
        index: CatalogueIndex,
        user_id: str,
        opener: Opener,
        progress: Progress | None,
        cancel: threading.Event | None,
    ) -> None:
        self._trust = trust
        self._workspace = workspace
        self._index = index
        self._user = user_id
        self._opener = opener
        self._progress = progress or (lambda _done, _all: None)
        self._cancel = cancel
        self._roster = trust.refresh()
        self.problems: list[Problem] = []

    def read(self) -> dict[str, dict[str, Row]]:
        cases = self._bring(CASE, "assignments", self._case_rows, lambda row: self._case_to_open(row))
        mine = self._mine(cases)
        return {
            CASE: cases,
            RECORDING: self._bring(RECORDING, "recordings", self._recording_rows, lambda row: self._to_open(row, mine)),
            RELEASE: self._bring(RELEASE, "releases", self._release_rows, lambda _row: False),
        }

    def _bring(
        self,
        kind: str,
        prefix: str,
        read: Callable[[Sequence[str], Listed], list[Row]],
        again: Callable[[Row], bool],
    ) -> dict[str, Row]:
        """The rows of a kind, up to date: those that stand, and the rest read anew, a batch at a time."""
        listed = {f.removeprefix(f"{prefix}/"): (f, paths) for f, paths in self._trust.documents(prefix).items()}
        standing = Standing(self._roster, kind)
        before = self._index.rows(kind)
        rows = {
            id_: row
            for id_, row in before.items()
            if id_ in listed and standing.holds(row) and row.n == rows_of.number(listed[id_][1]) and not again(row)
        }
        stale = [id_ for id_ in listed if id_ not in rows]
        gone = [(kind, id_) for id_ in before if id_ not in listed]
        folders: Listed = {folder: paths for folder, paths in listed.values()}
        if gone:
            self._keep([], gone)
        # Releases are small, and read all at once.
        size = max(1, len(stale)) if kind == RELEASE else _BATCH
        for done in range(0, len(stale), size):
            if self._cancel is not None and self._cancel.is_set():
                raise Cancelled("Reading the recordings")
            batch = stale[done : done + size]
            made = read(batch, folders)
            # What is refused now is not shown, whatever was believed of it before.
            self._keep(made, [(kind, id_) for id_ in set(batch) - {row.id for row in made}])
            rows.update({row.id: row for row in made})
            self._progress(min(done + size, len(stale)), len(stale))
        return rows

    def _keep(self, rows: list[Row], gone: list[tuple[str, str]]) -> None:
        try:
            self._index.put(rows, gone)
        except ReviewerError as wrong:
            said = Problem("catalogue.sqlite", wrong.message, wrong.next_step)
            if said not in self.problems:
                self.problems.append(said)

    # -- recordings

    def _mine(self, cases: dict[str, Row]) -> frozenset[str]:
        """Recordings of the cases that this person is on."""
        on = (c for c in map(rows_of.case, cases.values()) if c.member(self._user) is not None)
        return frozenset(r for case in on for r in case.recordings)

    def _to_open(self, row: Row, mine: frozenset[str]) -> bool:
        learned = rows_of.learned(row)
        if learned is Learned.BY_CASE:
            return row.id not in mine
        return learned is Learned.NOTHING and (self._opener.everything or row.id in mine)

    def _recording_rows(self, ids: Sequence[str], listed: Listed) -> list[Row]:
        found = self._trust.manifests(ids, listed)
        self.problems += found.problems
        opened_ones = self._opener.manifests([m for m in found.good if m.v > 1])
        made = []
        for manifest in found.good:
            opened = opened_ones.get(manifest.recording_id)
            by = Learned.NOTHING
            if manifest.v < 2:
                by = Learned.OPEN
            elif opened is not None:
                by = Learned.BY_CUSTODY if self._opener.everything else Learned.BY_CASE
            for bound in self._bound(RECORDING, f"recordings/{manifest.recording_id}/{manifest.n}.json", manifest):
                made.append(rows_of.of_manifest(opened or manifest, by, bound))
        return made

    # -- cases and releases

    def _case_to_open(self, row: Row) -> bool:
        case = rows_of.case(row)
        learned, on = rows_of.learned(row), case.member(self._user) is not None
        if learned is Learned.BY_CASE:
            return not on
        return learned is Learned.NOTHING and (self._opener.everything or on)

    def _case_rows(self, ids: Sequence[str], _listed: Listed) -> list[Row]:
        made = []
        for id_ in ids:
            history = self._trust.history(id_)
            self.problems += history.problems
            newest = next(iter(history.good), None)
            if newest is None:
                continue
            opened = self._opener.assignment(newest) if newest.v > 1 else None
            by = Learned.OPEN if newest.v < 2 else Learned.NOTHING if opened is None else self._learned(newest)
            for bound in self._bound(CASE, f"assignments/{id_}/{newest.n}.json", newest):
                made.append(rows_of.of_assignment(opened or newest, history.good, by, bound))
        return made

    def _learned(self, assignment: Assignment) -> Learned:
        return Learned.BY_CASE if assignment.member(self._user) is not None else Learned.BY_CUSTODY

    def _release_rows(self, ids: Sequence[str], _listed: Listed) -> list[Row]:
        made, wanted = [], set(ids)
        found = self._trust.releases()
        self.problems += found.problems
        for release in found.good:
            path = f"releases/{release.recording_id}/{release.n}.json"
            if release.recording_id in wanted:
                made += [rows_of.of_release(release, bound) for bound in self._bound(RELEASE, path, release)]
        return made

    def _bound(self, kind: str, path: str, document: Manifest | Assignment | Release) -> Iterator[rows_of.Bound]:
        """What a row of this document is bound to; nothing if its copy is gone already."""
        signers: tuple[str, ...]
        if isinstance(document, Manifest):
            signers = (document.ingest.station,)
        elif isinstance(document, Assignment):
            signers = self._trust.signers(document)
        else:
            signers = (document.issued_by,)
        with suppress(OSError, NotInStore):
            digest = sha256((self._workspace.documents / path).read_bytes()).hexdigest()
            yield Standing(self._roster, kind).bind(digest, signers)
