"""Signed documents as they lie in a store: found by their number, verified, and copied into the workspace.

Copies are verified again when they are read, so work goes on while the store is not reached, and a document that the
store has lost since is noticed. Who may sign what is for `trust` to say.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from reviewer.domain.errors import NotInStore, ReviewerError, StoreUnreachable
from reviewer.domain.timebase import Utc
from reviewer.services.clock import Clock
from reviewer.services.disk import write_atomically
from reviewer.services.signed import not_trusted
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Store

_NUMBERED = re.compile(r"(?P<folder>.+)/(?P<n>[1-9][0-9]{0,8})\.json")
_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")
_MANY = 24  # beyond as many folders, one listing of all is quicker than one each
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Problem:
    """A document or file that was refused, and why. `path` is where it lies."""

    path: str
    message: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message} {self.next_step}"


@dataclass(frozen=True, slots=True)
class Contact:
    """When the store last answered, and what it said if it does not answer now, with the next step."""

    reached: Utc | None = None
    trouble: str | None = None
    next_step: str = ""

    @property
    def words(self) -> str:
        """What is wrong and what to do; "" while it answers."""
        return f"{self.trouble} {self.next_step}".strip() if self.trouble is not None else ""


class Documents:
    """One store's documents and this workspace's copies of them. Safe to use from several threads."""

    def __init__(self, store: Store, workspace: Workspace, now: Clock) -> None:
        self.store = store
        self.workspace = workspace
        self.contact = Contact()
        self.notices: dict[str, Problem] = {}
        self._now = now

    def read(self, path: str, judge: Callable[[bytes], _T]) -> _T:
        """A document, judged: this workspace's copy if it stands, else the store's, of which a copy is kept. Raises
        what `judge` raises, NotInStore, StoreUnreachable."""
        copy = self.workspace.documents / path
        if copy.is_file():
            # A copy that was damaged, or whose signer has left since, decides nothing: the store does.
            with contextlib.suppress(ReviewerError, ValueError, OSError):
                return judge(copy.read_bytes())
        data = self.store.get(path)
        judged = judge(data)
        write_atomically(copy, data)
        return judged

    def numbered(self, folder: str) -> list[str]:
        """The `<n>.json` of a folder, newest first."""
        return self._by_folder(folder).get(folder, [])

    def every(self, prefix: str) -> dict[str, list[str]]:
        """All folders of numbered documents below a prefix, in their order, each as `numbered` gives it."""
        return dict(sorted(self._by_folder(prefix).items()))

    def each(self, prefix: str, ids: Iterable[str]) -> dict[str, list[str]]:
        """`numbered` for the folders `<prefix>/<id>`, in the order given; empty where there is nothing."""
        folders = [f"{prefix}/{safe_id(each)}" for each in dict.fromkeys(ids)]
        if len(folders) <= _MANY:
            return {folder: self.numbered(folder) for folder in folders}
        known = self._by_folder(prefix)
        return {folder: known.get(folder, []) for folder in folders}

    def next_number(self, folder: str) -> int:
        """The `n` that a new document in this folder takes: after every one there is, good or bad."""
        newest = next(iter(self.numbered(folder)), None)
        return 1 if newest is None else number_of(newest) + 1

    def _by_folder(self, prefix: str) -> dict[str, list[str]]:
        found: dict[str, list[tuple[int, str]]] = {}
        for path in self._names(prefix):
            match = _NUMBERED.fullmatch(path)
            if match:
                found.setdefault(match["folder"], []).append((int(match["n"]), path))
        return {folder: [path for _, path in sorted(paths, reverse=True)] for folder, paths in found.items()}

    def _names(self, prefix: str) -> set[str]:
        """What the store lists there, with what this machine holds copies of: a document cannot be taken back."""
        copies = set(self._copies(prefix))
        try:
            listed = set(self.store.list(prefix))
        except StoreUnreachable as wrong:
            self.contact = replace(self.contact, trouble=wrong.message, next_step=wrong.next_step)
            return copies
        self.contact = Contact(reached=self._now())
        for lost in copies - listed:
            step = "Ask who keeps the store; the copy on this machine is used."
            self.notices[lost] = Problem(lost, "This signed document is no longer in the store.", step)
        return copies | listed

    def _copies(self, prefix: str) -> Iterator[str]:
        base = self.workspace.documents
        for file in (base / prefix).rglob("*.json"):
            yield file.relative_to(base).as_posix()


def number_of(path: str) -> int:
    """The `n` of a document's path; 0 for any other path."""
    match = _NUMBERED.fullmatch(path)
    return int(match["n"]) if match else 0


def safe_id(text: str) -> str:
    """The id, if it can stand in a path. Raises NotInStore."""
    if not _SAFE_ID.fullmatch(text):
        raise NotInStore(f"“{text}” is not an id.", "Check how it is written.")
    return text


def sentence(path: str, wrong: ReviewerError | ValueError) -> ReviewerError:
    """What to say of a document that could not be read."""
    return wrong if isinstance(wrong, ReviewerError) else not_trusted(path, f"cannot be read: {wrong}")


def problem(path: str, wrong: ReviewerError | ValueError) -> Problem:
    """The same, for a list of problems."""
    said = sentence(path, wrong)
    return Problem(path, said.message, said.next_step)
