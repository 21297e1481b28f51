"""Evidence stores: one small interface over a folder and a bucket (formats.md, The store).

Nothing in a store is ever overwritten, but for the few things that have to move (`objects.is_pointer`). Where a store
has versions, **the oldest version of a name is the object**: of two writers racing for a name one wins and the other is
told, and what somebody else lays over it later is never read. Of what moves the newest counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Utc
from reviewer.stores.folder import FolderStore
from reviewer.stores.location import parse_location, refuse_untried
from reviewer.stores.objects import ANY, Chunk, ObjectStat, Protection, Source, is_pointer

__all__ = ["ANY", "Chunk", "ObjectStat", "Protection", "Source", "Store", "is_pointer", "locate"]


class Store(Protocol):
    """What services ask for. Safe to use from several threads and processes.

    Every call that asks the store raises StoreUnreachable (or a subclass that says more exactly why: credentials,
    clock, certificate, busy, no such bucket) when it cannot be asked now, and NotInStore for what is not there.
    """

    @property
    def location(self) -> str:
        """What `locate` was given: names the same store again. Never holds a credential."""

    @property
    def description(self) -> str:
        """For the screen: where it is and what it promises."""

    @property
    def integrity(self) -> str:
        """For the screen: what it promises, as it was when it was last reached. Does not ask."""

    @property
    def write_once(self) -> bool:
        """Whether what is put cannot be removed before its time by anybody, as it was when last reached. Does not
        ask: False until `reachable`, `create` or any reading has asked."""

    def reachable(self) -> bool:
        """Whether it answers now and is fit to be used; asks. Never raises: `check` says why not."""

    def check(self) -> None:
        """As `reachable`, but raises the ReviewerError that says why not."""

    def create(self) -> None:
        """Make it, or take one that is empty. Raises AlreadyInStore if something lies there already."""

    def get(self, path: str) -> bytes:
        """All of a small object."""

    def open(self, path: str, offset: int = 0) -> BinaryIO:
        """An object as a seekable binary file, at `offset`; keeps to the version that it began with."""

    def stream(
        self, path: str, start: int, stop: int, version: str | None = None
    ) -> AbstractContextManager[Iterator[Chunk]]:
        """Bytes [start, stop) of exactly that version (None: of the version that counts; `ANY`: of whichever the store
        gives at once, for bytes that are compared with their hash), in pieces of at most 1 MiB.
        An answer that ends early, or is longer, raises StoreUnreachable after the pieces that came."""

    def size(self, path: str) -> int:
        """Bytes of an object."""

    def exists(self, path: str) -> bool:
        """Whether it is there."""

    def stat(self, path: str) -> ObjectStat:
        """Size, version and time of the version that counts."""

    def list(self, prefix: str) -> Iterator[str]:
        """Paths of all objects below a folder of the store, sorted; none if there is no such folder. Empty: all."""

    def survey(self, prefix: str) -> Iterator[ObjectStat]:
        """`list` with `stat` of each, in one listing."""

    def versions(self, path: str) -> tuple[ObjectStat, ...]:
        """All versions of one name, oldest first. Raises NotInStore if there is none."""

    def removals(self) -> Iterator[ObjectStat]:
        """What somebody removed in a store that keeps it all the same: the delete markers that lie on top, and when
        they were put there."""

    def leftovers(self) -> Iterator[ObjectStat]:
        """What writers left that never ended and nobody reads: temporary files, uploads that were not completed. Size
        so far, and when it was begun."""

    def put_if_absent(self, path: str, source: Source) -> None:
        """Put a new object, durable when this returns. Raises AlreadyInStore: nothing is ever overwritten, and of
        several writers at once exactly one does not get that error."""

    def put_made(self, name: Callable[[Path], str], source: Source) -> str:
        """Put an object whose path follows from its content (its hash). Returns the path; the same content twice is
        no error."""

    def replace(self, path: str, data: bytes) -> None:
        """Move a pointer to new content, whole or not at all. Raises ReviewerError for a path that may not move."""

    def protection(self, path: str) -> Protection:
        """What holds the version that counts, read back from the store; nothing does in a folder."""

    def protect(self, path: str, until: Utc) -> None:
        """Keep the version that counts until then, in compliance mode: nobody can take it back or shorten it. Raises
        NotSupported where a store cannot, ProtectionRefused for an earlier time than it has."""

    def hold(self, path: str, on: bool) -> None:
        """Set or lift the legal hold on the version that counts. Raises NotSupported where a store cannot."""


def locate(location: str) -> Store:
    """The store that a location string names: a folder's path, or `s3://bucket/prefix?endpoint=…` (location.py). Asks
    nobody. Raises ReviewerError for what cannot be read, and for a kind that is not known or was never tried."""
    scheme, found, _ = location.partition("://")
    if not found:
        return FolderStore(Path(location).expanduser())
    refuse_untried(scheme)
    if scheme != "s3":
        raise ReviewerError(f"This release has no store of the kind “{scheme}”.", "Name a folder or an s3:// bucket.")
    from reviewer.stores.s3 import BucketStore  # here: boto3 takes a while to load, and a folder needs none of it

    return BucketStore(parse_location(location))
