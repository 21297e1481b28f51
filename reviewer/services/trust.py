"""What may be believed of what lies in the store: everything read from it is verified here first.

The agency's root key signs rosters; a station of the roster signs manifests; a supervisor or custodian of the roster
signs assignments and what is released for training (formats.md, Keys and people). A document with another signature is
as if it were not there, but for the sentence that says so: one bad document never hides the others.

A signer counts while the newest roster names them: a station that leaves the roster takes its manifests with it. What
a person signed while they could is named by the roster itself (`FormerKey`). Restricted recordings open through an
assignment with two people's signatures only, and for training only what was released for it: `refusal` is asked for
every key (`services/grants`).
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from reviewer.domain import assignment as assignments
from reviewer.domain import recording as recordings
from reviewer.domain.assignment import Assignment, Pending, Purpose, Release
from reviewer.domain.errors import AccessRefused, NotInStore, NotTrusted, ReviewerError, StoreUnreachable
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Role, Roster
from reviewer.domain.timebase import format_rfc3339
from reviewer.services.clock import Clock, utc_now
from reviewer.services.documents import Contact, Documents, Problem, number_of, problem, safe_id, sentence
from reviewer.services.signed import (
    ISSUERS,
    ROOT_KEY_ID,
    Signed,
    not_trusted,
    raw_keys,
    read_roster,
    read_signed,
    read_with_signers,
)
from reviewer.services.workspace import Seen, Workspace
from reviewer.stores.base import Store

__all__ = [
    "ISSUERS",
    "ROOT_KEY_ID",
    "Contact",
    "Found",
    "Problem",
    "Signed",
    "Trust",
    "read_roster",
    "read_signed",
]

T = TypeVar("T", Manifest, Assignment, Pending, Release)
Listed = Mapping[str, Sequence[str]]
_TWO = 2


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What is good, in order of id, and what was refused on the way."""

    good: tuple[T, ...]
    problems: tuple[Problem, ...]


class Trust:
    """The verified side of a store, for one workstation. Safe to use from several threads.

    Verified documents are kept in memory until `refresh`; the store is asked for what is new by `refresh` and by
    every listing. Manifests and assignments are as nobody opened them (`services/grants` opens).
    """

    def __init__(self, store: Store, root: str, workspace: Workspace, *, now: Clock = utc_now) -> None:
        self.store = store
        self._root = root
        if not raw_keys(root):
            raise NotTrusted("The agency’s root key is no verifier key.", "Set this machine up with the right one.")
        self._documents = Documents(store, workspace, now)
        self._workspace = workspace
        self._now = now
        self._lock = threading.RLock()
        self._roster: Roster | None = None
        self._verified: dict[str, Signed] = {}
        self._signers: dict[str, tuple[str, ...]] = {}
        self._vouched: dict[str, tuple[Manifest, ...]] = {}  # by recording
        self._newest: dict[str, Manifest] = {}

    @property
    def root(self) -> str:
        """The vkey that everything is trusted from."""
        return self._root

    @property
    def workspace(self) -> Workspace:
        """Where this workstation keeps what it has verified."""
        return self._workspace

    @property
    def contact(self) -> Contact:
        return self._documents.contact

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What is wrong with the roster without stopping work: it has expired, or a newer one is not the root's."""
        return tuple(self._documents.notices.values())

    def refresh(self) -> Roster:
        """Ask the store again for a newer roster. What was verified under an older one is verified again on use."""
        with self._lock:
            newest = self._newest_roster()
            if newest != self._roster:
                for kept in (self._verified, self._signers, self._vouched, self._newest):
                    kept.clear()
            self._roster = newest
            return newest

    def roster(self) -> Roster:
        """The agency's newest roster. Raises NotTrusted for a rollback or when none is signed by the root."""
        with self._lock:
            return self._roster if self._roster is not None else self.refresh()

    # -- recordings --------------------------------------------------------------------------------------------------

    def manifest(self, recording_id: str) -> Manifest:
        """The newest verified manifest of a recording. Raises NotInStore, or why the newest one is refused."""
        return self._known(self._one(f"recordings/{safe_id(recording_id)}", self._reader(Manifest)))

    def manifests(self, only: Iterable[str] | None = None, listed: Listed | None = None) -> Found[Manifest]:
        """Newest verified manifests of all recordings, or of those named. `listed`: what `documents("recordings")`
        said just now, so that the store is not asked again."""
        if only is not None and listed is not None:
            folders = (f"recordings/{safe_id(r)}" for r in dict.fromkeys(only))
            listed = {folder: listed.get(folder, ()) for folder in folders}
        elif only is not None:
            listed = self._documents.each("recordings", only)
        found = self._each(self.documents("recordings") if listed is None else listed, self._reader(Manifest))
        for manifest in found.good:
            self._known(manifest)
        return found

    def vouches_for(self, manifest: Manifest) -> bool:
        """True if exactly this manifest, opened or not, is (or was under the present roster) the newest verified; so
        is one whose names were taken out (`recording.nameless`) and nothing else."""
        lettered = recordings.is_nameless(manifest)

        def bare(some: Manifest) -> Manifest:
            return recordings.nameless(some, "") if lettered else some

        asked = bare(recordings.unopened(manifest))
        with self._lock:
            vouched = self._vouched.get(manifest.recording_id, ())
        if any(bare(known) == asked for known in vouched):
            return True
        with contextlib.suppress(ReviewerError):
            return bare(self.manifest(manifest.recording_id)) == asked
        return False

    # -- assignments -------------------------------------------------------------------------------------------------

    def assignment(self, case_id: str) -> Assignment:
        """The newest verified assignment of a case. Raises NotInStore, or why the newest one is refused."""
        return self._one(f"assignments/{safe_id(case_id)}", self._reader(Assignment))

    def assignments(self, user_id: str | None = None) -> Found[Assignment]:
        """Newest verified assignment of every case; with `user_id`, of the cases that person is on."""
        found = self._each(self.documents("assignments"), self._reader(Assignment))
        if user_id is None:
            return found
        return replace(found, good=tuple(a for a in found.good if a.member(user_id)))

    def history(self, case_id: str) -> Found[Assignment]:
        """Every verified assignment of a case, newest first: older case keys open older notes."""
        good, problems = [], []
        for path in self._documents.numbered(f"assignments/{safe_id(case_id)}"):
            try:
                good.append(self._reader(Assignment)(path))
            except (ReviewerError, ValueError) as wrong:
                problems.append(problem(path, wrong))
        return Found(tuple(good), tuple(problems))

    def earlier(self, assignment: Assignment) -> tuple[Assignment, ...]:
        """Those before it that can be read, without asking the store which there are."""
        found = []
        for n in range(assignment.n - 1, 0, -1):
            with contextlib.suppress(ReviewerError, ValueError):
                found.append(self._reader(Assignment)(f"assignments/{safe_id(assignment.case_id)}/{n}.json"))
        return tuple(found)

    def pending(self) -> Found[Pending]:
        """What waits for a second person's signature and was not overtaken by a later assignment of its case."""
        listed = self.documents("pending")
        taken = self._documents.every("assignments") if listed else {}
        found = self._each({path: (path,) for paths in listed.values() for path in paths}, self._reader(Pending))

        def waits(one: Pending) -> bool:
            newest = next(iter(taken.get(f"assignments/{one.case_id}", ())), "")
            return not newest or number_of(newest) < one.n

        return replace(found, good=tuple(p for p in found.good if waits(p)))

    def signers(self, assignment: Assignment) -> tuple[str, ...]:
        """Who signed it: ids of people who may assign, each once. () if this is not what the store has there."""
        path = f"assignments/{assignment.case_id}/{assignment.n}.json"
        signers = self.signed_by(path)
        return signers if self._verified.get(path) == assignments.unopened(assignment) else ()

    def signed_by(self, path: str) -> tuple[str, ...]:
        """The ids of all whose signatures hold under the document at a path; () if none may be believed."""
        with contextlib.suppress(ReviewerError, ValueError):
            self._read(path)
            return self._signers[path]
        return ()

    # -- what an assignment may open ---------------------------------------------------------------------------------

    def refusal(self, assignment: Assignment, manifest: Manifest, user_id: str | None = None) -> AccessRefused | None:
        """Why this assignment does not open this recording (for this member), if it does not: it is restricted and one
        person signed, or it is for training and was not released for it. Expiry is `services/grants`' to judge."""
        return self.refusals(assignment, [manifest], user_id).get(manifest.recording_id)

    def refusals(
        self, assignment: Assignment, manifests: Iterable[Manifest], user_id: str | None = None
    ) -> dict[str, AccessRefused]:
        """The same for many: by recording, those that are refused."""
        known = {m.recording_id: m for m in manifests}
        found: dict[str, AccessRefused] = {}
        member = assignment.member(user_id) if user_id is not None else None
        if assignment.purpose is Purpose.TRAINING or (member is not None and member.role is Role.TRAINING):
            released = self._released(known)
            found |= {r: _not_released(r) for r in known if r not in released}
        restricted = [r for r, m in known.items() if m.restricted is not None]
        if restricted and len(self.signers(assignment)) < _TWO:
            found |= {r: _one_signature(r, assignment) for r in restricted}
        return found

    def newest(self, recording_id: str) -> Manifest:
        """The newest verified manifest as it was last read; the store is asked only if it was not. Raises as
        `manifest`."""
        with self._lock:
            known = self._newest.get(recording_id)
        return known if known is not None else self.manifest(recording_id)

    def released(self, recording_id: str) -> bool:
        """Whether the newest verified release of a recording says that it may be used for training."""
        return recording_id in self._released([recording_id])

    def releases(self) -> Found[Release]:
        """The newest verified release of every recording that has one."""
        return self._each(self.documents("releases"), self._reader(Release))

    def _released(self, only: Iterable[str]) -> frozenset[str]:
        listed = self._documents.each("releases", only)
        found = self._each({folder: paths for folder, paths in listed.items() if paths}, self._reader(Release))
        return frozenset(r.recording_id for r in found.good if r.released)

    def next_number(self, folder: str) -> int:
        """The `n` that a new document in this folder takes: after every one there is, good or bad."""
        return self._documents.next_number(folder)

    def documents(self, prefix: str) -> Listed:
        """Every folder below a prefix ("recordings") and the paths of its documents, newest first; in order of the
        folders' names. One listing, however many there are."""
        return self._documents.every(prefix)

    # -- one document ------------------------------------------------------------------------------------------------

    def _known(self, manifest: Manifest) -> Manifest:
        with self._lock:
            self._newest[manifest.recording_id] = manifest
        return manifest

    def _reader(self, kind: type[T]) -> Callable[[str], T]:
        """How a document of this kind is read."""

        def read(path: str) -> T:
            found = self._read(path)
            if not isinstance(found, kind):
                raise not_trusted(path, "is of another kind")
            return found

        return read

    def _read(self, path: str) -> Signed:
        """A verified document: from memory, from this machine's copy, or from the store."""
        known = self._verified.get(path)
        if known is None:
            roster = self.roster()
            known, signers = self._documents.read(path, lambda data: read_with_signers(path, data, roster))
            with self._lock:
                self._verified[path], self._signers[path] = known, signers
                if isinstance(known, Manifest):
                    others = self._vouched.get(known.recording_id, ())
                    self._vouched[known.recording_id] = (*(each for each in others if each != known), known)
        return known

    # -- lists of documents ------------------------------------------------------------------------------------------

    def _one(self, folder: str, read: Callable[[str], T]) -> T:
        first: ReviewerError | None = None
        for path in self._documents.numbered(folder):
            try:
                return read(path)
            except (ReviewerError, ValueError) as wrong:
                first = first or sentence(path, wrong)
        raise first or NotInStore(f"The store has no {folder}.", "Ask the custodian whether it was put there.")

    def _each(self, folders: Listed, read: Callable[[str], T]) -> Found[T]:
        good: list[T] = []
        problems: list[Problem] = []
        for folder, paths in folders.items():
            if not paths:
                problems.append(Problem(folder, "The store has no such document.", "Ask the custodian."))
            for path in paths:
                try:
                    good.append(read(path))
                    break
                except (ReviewerError, ValueError) as wrong:
                    problems.append(problem(path, wrong))
        return Found(tuple(good), tuple(problems))

    # -- the roster --------------------------------------------------------------------------------------------------

    def _newest_roster(self) -> Roster:
        seen = self._workspace.seen()
        refused: ReviewerError | None = None
        for path in self._documents.numbered("roster"):
            try:
                roster = self._read_roster(path)
            except ReviewerError as wrong:
                refused = refused or wrong
                self._documents.notices[path] = problem(path, wrong)
                continue
            self._check_rollback(roster, path, seen)
            self._say_expired(roster, path)
            return roster
        trouble = self._documents.contact.trouble
        if refused is None and trouble is not None:
            raise StoreUnreachable(trouble, "Nothing was read here before; try again when it is reached.")
        raise refused or NotInStore("The store has no roster.", "Ask the custodian: “reviewer store init” makes it.")

    def _read_roster(self, path: str) -> Roster:
        return self._documents.read(path, lambda data: read_roster(path, data, self._root))

    def _check_rollback(self, roster: Roster, path: str, seen: Seen) -> None:
        digest = hashlib.sha256((self._workspace.documents / path).read_bytes()).hexdigest()
        if roster.version < seen.version:
            raise NotTrusted(
                f"The roster went back from version {seen.version} to {roster.version}.",
                "Do not go on; tell who keeps the store.",
            )
        if roster.version == seen.version and digest != seen.sha256:
            raise NotTrusted(
                f"There are two different rosters of version {roster.version}.",
                "Do not go on; tell who keeps the store.",
            )
        if roster.version > seen.version:
            self._workspace.remember(Seen(roster.version, digest))

    def _say_expired(self, roster: Roster, path: str) -> None:
        if roster.expires <= self._now():
            day = format_rfc3339(roster.expires)[:10]
            self._documents.notices[path] = Problem(
                path, f"The roster expired on {day}.", "Ask the custodian for a new one."
            )


def _not_released(recording_id: str) -> AccessRefused:
    return AccessRefused(
        f"{recording_id} is not released for training.", "Ask a supervisor or custodian to release it."
    )


def _one_signature(recording_id: str, assignment: Assignment) -> AccessRefused:
    return AccessRefused(
        f"{recording_id} is restricted, and {assignment.case_id} has one person’s signature.",
        "Ask a second supervisor or custodian to sign it.",
    )
