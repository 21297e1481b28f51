"""Documents that were attached here and are not in the store yet: the note of each is a file in the person's folder.

A note (`users/<id>/outgoing/<sha256>.json`) names the case and the document, nothing that was written of it. It lies
there before the entry is recorded, and goes when the store has given the bytes back as they are; so a kill at any
point costs nothing but another try. An object goes out once an entry names it, before the entry itself is published,
so that colleagues find what they read of.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.case import CaseDocument
from reviewer.domain.case_acts import DocumentSet
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import IntegrityError, MalformedDocument, NotInStore, ReviewerError, StoreUnreachable
from reviewer.records.queries import Queries
from reviewer.services.disk import disk_error, write_atomically
from reviewer.services.paper_shelf import path_in_store
from reviewer.services.workspace import UserRoom, Workspace
from reviewer.stores.base import Store

_CHUNK = 1 << 20
_FORGOTTEN = 24 * 3600  # seconds after which what no entry names was given up


@dataclass(frozen=True, slots=True)
class Waiting:
    """One document that waits for the store. `attached`: its entry is in the log, whatever of the case is shown
    here."""

    case: str
    document: str
    object: str
    attached: bool = False
    v: int = 1


class Outgoing:
    """Of one person on this machine. Safe to use from several threads."""

    def __init__(self, workspace: Workspace, room: UserRoom, store: Store) -> None:
        self._workspace, self._room, self._store = workspace, room, store
        self._sending = threading.Lock()
        self.trouble: dict[str, ReviewerError] = {}  # by object: why the store does not have it, though it answers

    def add(self, waiting: Waiting) -> None:
        """Note that it is to go out, durable when this returns."""
        write_atomically(self._note(waiting.object), json.dumps(encode(waiting)).encode())

    def attached(self, waiting: Waiting) -> None:
        """Its entry is durable: it goes out even if the right to the case ends before."""
        if self.waits(waiting.object):
            self.add(replace(waiting, attached=True))

    def drop(self, object_name: str) -> None:
        """It is not to go out after all."""
        with suppress(OSError):
            self._note(object_name).unlink(missing_ok=True)

    def waiting(self) -> tuple[Waiting, ...]:
        """What is noted. Never raises for what lies on the disk."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            with suppress(OSError, ValueError, RecursionError, MalformedDocument):
                each = decode(Waiting, json.loads(path.read_bytes()))
                if path == self._note(each.object):
                    found.append(each)
        return tuple(found)

    def waits(self, object_name: str) -> bool:
        """Whether the store does not have this one yet, as far as this machine knows."""
        with suppress(ReviewerError):
            return self._note(object_name).exists()
        return False

    def deposit(self) -> int:
        """Bring what waits into the store, and see that it gives the same back. Returns how many went. A second caller
        meanwhile does nothing: a large document on a thin line holds up nobody's log. What else is wrong with one is
        `trouble`, and the others go. Raises StoreUnreachable; what went before that counts."""
        if not self._sending.acquire(blocking=False):
            return 0
        try:
            notes = self.waiting()
            if not notes:
                return 0
            with closing(Queries(self._room.records)) as queries:
                return sum(self._sent(each, queries) for each in notes)
        finally:
            self._sending.release()

    def _sent(self, waiting: Waiting, queries: Queries) -> bool:
        try:
            sent = self._send(waiting, queries)
        except StoreUnreachable:
            raise
        except ReviewerError as wrong:
            self.trouble[waiting.object] = wrong
            return False
        self.trouble.pop(waiting.object, None)
        return sent

    def _send(self, waiting: Waiting, queries: Queries) -> bool:
        path = self._workspace.papers(waiting.case)
        sealed = Workspace(path).cached(waiting.object)
        things = queries.things(waiting.case, DocumentSet, waiting.document)
        named = any(CaseDocument.of(thing).object == waiting.object for thing in things)
        if not (named or waiting.attached):
            self._forget_old(waiting, sealed)
            return False
        if not sealed.exists():
            self.drop(waiting.object)  # somebody removed it here by hand
            return False
        self._put(waiting, sealed)
        self.drop(waiting.object)
        if not named:  # the right to the case has ended here meanwhile (`shred`)
            with suppress(OSError):
                sealed.unlink()
        return True

    def _put(self, waiting: Waiting, sealed: Path) -> None:
        object_name, where = waiting.object, path_in_store(waiting.case, waiting.object)

        def write(sink: BinaryIO) -> None:
            try:
                with sealed.open("rb") as source:
                    while chunk := source.read(_CHUNK):
                        sink.write(chunk)
            except OSError as wrong:
                raise disk_error(sealed, wrong, "a document") from wrong

        with suppress(NotInStore):
            if self._digest(where) == object_name:
                return  # an earlier try brought it and was not told
        self._store.put_made(lambda _made: where, write)
        if self._digest(where) != object_name:
            raise IntegrityError("The store gives a document back with other bytes.", "Check the store’s disk.")

    def _digest(self, where: str) -> str:
        sha = hashlib.sha256()
        with closing(self._store.open(where)) as back:
            while chunk := back.read(_CHUNK):
                sha.update(chunk)
        return sha.hexdigest()

    def _forget_old(self, waiting: Waiting, sealed: Path) -> None:
        """A kill between sealing and the entry leaves bytes that nobody names."""
        with suppress(OSError):
            if time.time() - self._note(waiting.object).stat().st_mtime > _FORGOTTEN:
                sealed.unlink(missing_ok=True)
                self.drop(waiting.object)

    @property
    def _folder(self) -> Path:
        return self._room.folder / "outgoing"

    def _note(self, object_name: str) -> Path:
        return self._folder / f"{self._workspace.cached(object_name).name}.json"
