"""What may be believed of what lies in the store: everything read from it is verified here first.

The agency's root key signs rosters; a station of the roster signs manifests; a supervisor or custodian of the roster
signs assignments (formats.md, Keys and people). A document with another signature is as if it were not there, but for
the sentence that says so: one bad document never hides the others. Verified documents are copied into the workspace
and are verified again when read from there, so work goes on while the store is not reached, and a document that the
store has lost since is noticed.

A signer counts while the newest roster names them: a station that leaves the roster takes its manifests with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from reviewer.audit.errors import BadNote
from reviewer.audit.note import raw_public
from reviewer.domain.assignment import Assignment
from reviewer.domain.codec import decode
from reviewer.domain.errors import NotInStore, NotTrusted, ReviewerError, StoreUnreachable
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Role, Roster
from reviewer.domain.timebase import Utc, format_rfc3339
from reviewer.sealing.envelope import open_envelope
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import write_atomically
from reviewer.services.workspace import Seen, Workspace
from reviewer.stores.base import Store

T = TypeVar("T", Manifest, Assignment)
ISSUERS = frozenset({Role.SUPERVISOR, Role.CUSTODIAN})
ROOT_KEY_ID = "root"
_NUMBERED = re.compile(r"(?P<folder>.+)/(?P<n>[1-9][0-9]{0,8})\.json")
_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")
Listed = Mapping[str, Sequence[str]]
_FEW = 8  # folders: more than so many are listed at once


@dataclass(frozen=True, slots=True)
class Problem:
    """A document or file that was refused, and why. `path` is where it lies."""

    path: str
    message: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message} {self.next_step}"


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What is good, in order of id, and what was refused on the way."""

    good: tuple[T, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """When the store last answered, and what it said if it does not answer now."""

    reached: Utc | None = None
    trouble: str | None = None


class Trust:
    """The verified side of a store, for one workstation. Safe to use from several threads.

    Verified documents are kept in memory until `refresh`; the store is asked for what is new by `refresh` and by
    every listing.
    """

    def __init__(self, store: Store, root: str, workspace: Workspace, *, now: Clock = utc_now) -> None:
        self.store = store
        self._root = root
        if not _raw(root):
            raise NotTrusted("The agency’s root key is no verifier key.", "Set this machine up with the right one.")
        self._workspace = workspace
        self._now = now
        self._lock = threading.RLock()
        self._roster: Roster | None = None
        self._verified: dict[str, Manifest | Assignment] = {}
        self._vouched: set[Manifest] = set()
        self._notices: dict[str, Problem] = {}
        self._contact = Contact()

    @property
    def root(self) -> str:
        """The vkey that everything is trusted from."""
        return self._root

    @property
    def contact(self) -> Contact:
        return self._contact

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What is wrong with the roster without stopping work: it has expired, or a newer one is not the root's."""
        return tuple(self._notices.values())

    def refresh(self) -> Roster:
        """Ask the store again for a newer roster. What was verified under an older one is verified again on use."""
        with self._lock:
            newest = self._newest_roster()
            if newest != self._roster:
                self._verified.clear()
                self._vouched.clear()
            self._roster = newest
            return newest

    def roster(self) -> Roster:
        """The agency's newest roster. Raises NotTrusted for a rollback or when none is signed by the root."""
        with self._lock:
            return self._roster if self._roster is not None else self.refresh()

    def manifest(self, recording_id: str) -> Manifest:
        """The newest verified manifest of a recording. Raises NotInStore, or why the newest one is refused."""
        return self._one(f"recordings/{_id(recording_id)}", self._read_manifest)

    def manifests(self, only: Iterable[str] | None = None, listed: Listed | None = None) -> Found[Manifest]:
        """Newest verified manifests of all recordings, or of those named. `listed`: what `documents("recordings")`
        said just now, so that the store is not asked again."""
        if only is None:
            return self._each(self.documents("recordings") if listed is None else listed, self._read_manifest)
        folders = [f"recordings/{_id(r)}" for r in dict.fromkeys(only)]
        if listed is None and len(folders) > _FEW:
            listed = self.documents("recordings")
        known = {f: self._numbered(f) if listed is None else listed.get(f, ()) for f in folders}
        return self._each(known, self._read_manifest)

    def assignment(self, case_id: str) -> Assignment:
        """The newest verified assignment of a case. Raises NotInStore, or why the newest one is refused."""
        return self._one(f"assignments/{_id(case_id)}", self._read_assignment)

    def assignments(self, user_id: str | None = None) -> Found[Assignment]:
        """Newest verified assignment of every case; with `user_id`, of the cases that person is on."""
        found = self._each(self.documents("assignments"), self._read_assignment)
        if user_id is None:
            return found
        return replace(found, good=tuple(a for a in found.good if a.member(user_id)))

    def history(self, case_id: str) -> Found[Assignment]:
        """Every verified assignment of a case, newest first: older case keys open older notes."""
        good, problems = [], []
        for path in self._numbered(f"assignments/{_id(case_id)}"):
            try:
                good.append(self._read_assignment(path))
            except (ReviewerError, ValueError) as wrong:
                problems.append(_problem(path, wrong))
        return Found(tuple(good), tuple(problems))

    def next_number(self, folder: str) -> int:
        """The `n` that a new document in this folder takes: after every one there is, good or bad."""
        last = _NUMBERED.fullmatch(next(iter(self._numbered(folder)), ""))
        return int(last["n"]) + 1 if last else 1

    def vouches_for(self, manifest: Manifest) -> bool:
        """True if exactly this manifest is (or was under the present roster) the newest verified one."""
        with self._lock:
            if manifest in self._vouched:
                return True
        with contextlib.suppress(ReviewerError):
            return self.manifest(manifest.recording_id) == manifest
        return False

    # -- one document ------------------------------------------------------------------------------------------------

    def _read_manifest(self, path: str) -> Manifest:
        known = self._verified.get(path)
        if isinstance(known, Manifest):
            return known
        roster = self.roster()
        stations = {w.id: w.signing_key for w in roster.workstations}
        payload, signer = self._open(path, "manifest", stations)
        manifest = decode(Manifest, payload)
        _expect(f"recordings/{manifest.recording_id}/{manifest.n}.json", path)
        if manifest.ingest.station != signer:
            raise _not_trusted(path, f"names {manifest.ingest.station} as its station and is signed by {signer}")
        if not manifest.parts:
            raise _not_trusted(path, "names no footage")
        with self._lock:
            self._verified[path] = manifest
            self._vouched.add(manifest)
        return manifest

    def _read_assignment(self, path: str) -> Assignment:
        known = self._verified.get(path)
        if isinstance(known, Assignment):
            return known
        roster = self.roster()
        issuers = {u.id: u.signing_key for u in roster.users if ISSUERS.intersection(u.roles)}
        payload, signer = self._open(path, "assignment", issuers)
        assignment = decode(Assignment, payload)
        _expect(f"assignments/{assignment.case_id}/{assignment.n}.json", path)
        if assignment.issued_by != signer:
            raise _not_trusted(path, f"names {assignment.issued_by} as its issuer and is signed by {signer}")
        with self._lock:
            self._verified[path] = assignment
        return assignment

    def _open(self, path: str, kind: str, keys: dict[str, str]) -> tuple[dict[str, object], str]:
        """The verified payload of a signed document and its signer, from the workspace's copy or from the store.
        `keys` are the vkeys, by keyid, that may sign this kind."""

        def lookup(key_id: str) -> list[bytes]:
            return _raw(keys.get(key_id))

        copy = self._workspace.documents / path
        if copy.is_file():
            # A copy that was damaged, or whose signer has left since, decides nothing: the store does.
            with contextlib.suppress(ReviewerError, OSError):
                return open_envelope(copy.read_bytes(), kind, lookup)
        data = self.store.get(path)
        opened = open_envelope(data, kind, lookup)
        write_atomically(copy, data)
        return opened

    # -- lists of documents ------------------------------------------------------------------------------------------

    def _one(self, folder: str, read: Callable[[str], T]) -> T:
        first: ReviewerError | None = None
        for path in self._numbered(folder):
            try:
                return read(path)
            except (ReviewerError, ValueError) as wrong:
                first = first or _sentence(path, wrong)
        raise first or NotInStore(f"The store has no {folder}.", "Ask the custodian whether it was put there.")

    def documents(self, prefix: str) -> Listed:
        """Every folder below a prefix ("recordings") and the paths of its documents, newest first; in order of the
        folders' names. One listing, however many there are."""
        folders: dict[str, list[tuple[int, str]]] = {}
        for path in self._names(prefix):
            named = _NUMBERED.fullmatch(path)
            if named:
                folders.setdefault(named["folder"], []).append((int(named["n"]), path))
        return {f: tuple(path for _, path in sorted(folders[f], reverse=True)) for f in sorted(folders)}

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
                    problems.append(_problem(path, wrong))
        return Found(tuple(good), tuple(problems))

    def _numbered(self, folder: str) -> list[str]:
        """The `<n>.json` of a folder, newest first."""
        named = ((_NUMBERED.fullmatch(path), path) for path in self._names(folder))
        numbers = [(int(m["n"]), path) for m, path in named if m and m["folder"] == folder]
        return [path for _, path in sorted(numbers, reverse=True)]

    def _names(self, prefix: str) -> list[str]:
        """What the store lists there, with what this machine holds copies of: a document cannot be taken back."""
        copies = set(self._copies(prefix))
        try:
            listed = set(self.store.list(prefix))
        except StoreUnreachable as wrong:
            self._contact = replace(self._contact, trouble=wrong.message)
            return sorted(copies)
        self._contact = Contact(reached=self._now())
        for lost in copies - listed:
            step = "Ask who keeps the store; the copy on this machine is used."
            self._notices[lost] = Problem(lost, "This signed document is no longer in the store.", step)
        return sorted(copies | listed)

    def _copies(self, prefix: str) -> Iterator[str]:
        base = self._workspace.documents
        for file in (base / prefix).rglob("*.json"):
            yield file.relative_to(base).as_posix()

    # -- the roster --------------------------------------------------------------------------------------------------

    def _newest_roster(self) -> Roster:
        seen = self._workspace.seen()
        refused: ReviewerError | None = None
        for path in self._numbered("roster"):
            try:
                roster = self._read_roster(path)
            except ReviewerError as wrong:
                refused = refused or wrong
                self._notices[path] = _problem(path, wrong)
                continue
            self._check_rollback(roster, path, seen)
            self._say_expired(roster, path)
            return roster
        if refused is None and self._contact.trouble is not None:
            raise StoreUnreachable(self._contact.trouble, "Nothing was read here before; try again when it is reached.")
        raise refused or NotInStore("The store has no roster.", "Ask the custodian: “reviewer store init” makes it.")

    def _read_roster(self, path: str) -> Roster:
        try:
            payload, _ = self._open(path, "roster", {ROOT_KEY_ID: self._root})
        except NotTrusted as wrong:
            raise NotTrusted("The roster is not signed by the agency's root key.", wrong.next_step) from wrong
        roster = decode(Roster, payload)
        _expect(f"roster/{roster.version}.json", path)
        return roster

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
            self._notices[path] = Problem(path, f"The roster expired on {day}.", "Ask the custodian for a new one.")


def _raw(vkey: str | None) -> list[bytes]:
    """The key in a vkey; a malformed one is no key."""
    with contextlib.suppress(BadNote):
        return [raw_public(vkey)] if vkey is not None else []
    return []


def _id(text: str) -> str:
    if not _SAFE_ID.fullmatch(text):
        raise NotInStore(f"“{text}” is not an id.", "Check how it is written.")
    return text


def _expect(wanted: str, path: str) -> None:
    if wanted != path:
        raise _not_trusted(path, f"says that its place is {wanted}")


def _not_trusted(path: str, why: str) -> NotTrusted:
    return NotTrusted(f"The document at {path} {why}.", "Ask the custodian who put it there.")


def _sentence(path: str, wrong: ReviewerError | ValueError) -> ReviewerError:
    return wrong if isinstance(wrong, ReviewerError) else _not_trusted(path, f"cannot be read: {wrong}")


def _problem(path: str, wrong: ReviewerError | ValueError) -> Problem:
    said = _sentence(path, wrong)
    return Problem(path, said.message, said.next_step)
