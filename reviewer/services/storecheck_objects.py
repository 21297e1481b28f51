"""Judging one object of the store: is it there, is it whole, what keeps it, who wrote over it. For worker threads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from reviewer.domain.errors import Cancelled, NotInStore
from reviewer.domain.storecheck import Finding
from reviewer.domain.timebase import Utc
from reviewer.services import storecheck_words as words
from reviewer.services.storecheck_work import Judged, Lock, Wanted
from reviewer.stores.base import ObjectStat, Store

COMPLIANCE = "COMPLIANCE"


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the store says of how a thing is kept: asked of the store each time."""

    store: Store
    now: Utc

    def ask(self, path: str) -> tuple[Lock, tuple[Finding, ...]]:
        """Raises NotInStore, StoreUnreachable."""
        held = self.store.protection(path)
        lock = Lock(held.mode, held.until, held.hold)
        findings = [*self._versions(path)]
        if self.store.write_once:
            findings += self._weak(path, lock)
        return lock, tuple(findings)

    def _versions(self, path: str) -> tuple[Finding, ...]:
        later = self.store.versions(path)[1:]
        return (words.written_again(path, later),) if later else ()

    def _weak(self, path: str, lock: Lock) -> tuple[Finding, ...]:
        if lock.hold:
            return ()
        if lock.until is None:
            return (words.not_locked(path),)
        if lock.until <= self.now:
            return (words.lock_ended(path, lock.until),)
        return () if lock.mode == COMPLIANCE else (words.weakly_locked(path, lock.mode, lock.until),)


class Objects:
    """Judges objects. `read` hears how many bytes were read just now; reading stops once `ended` says so."""

    def __init__(
        self, store: Store, now: Utc, *, deep: bool, read: Callable[[int], None], ended: Callable[[], bool]
    ) -> None:
        self._store = store
        self._now = now
        self._keeping = Keeping(store, now)
        self._deep = deep
        self._read = read
        self._ended = ended

    def identity(self, wanted: Wanted) -> str:
        """What has to be the same for an earlier judgement to count; "" if none ever does."""
        there = wanted.there
        if there is None:
            return ""
        return f"{there.size} {there.version} {there.modified} {wanted.sizes} {self._deep}"

    def judge(self, wanted: Wanted) -> Judged:
        """Raises StoreUnreachable, Cancelled."""
        label = wanted.label or wanted.path
        sizes, recording = wanted.sizes, wanted.recording
        try:
            there = wanted.there or self._store.stat(wanted.path)  # put since it was listed?
            if not sizes:
                return self._orphan(wanted, there)
            wrong, hashed = self._against(wanted, there, label)
            lock, kept = self._keeping.ask(wanted.path)
        except NotInStore:
            size = max(sizes, default=0)
            gone = (words.missing(wanted.path, label, recording, size),) if sizes else ()
            return Judged(wanted.path, "", 0, False, gone)
        identity = self.identity(wanted)
        return Judged(wanted.path, identity, there.size, not wrong, (*wrong, *kept), hashed, lock)

    def _orphan(self, wanted: Wanted, there: ObjectStat) -> Judged:
        lock, kept = self._keeping.ask(wanted.path)
        findings = (words.orphan(there, self._now), *kept)
        return Judged(wanted.path, self.identity(wanted), there.size, False, findings, 0, lock)

    def _against(self, wanted: Wanted, there: ObjectStat, label: str) -> tuple[tuple[Finding, ...], int]:
        """What is wrong with it against its manifest, and how many bytes were read for that."""
        if len(wanted.sizes) > 1:
            return (words.contradicted(wanted.path, label, wanted.recording, wanted.sizes),), 0
        if there.size != wanted.sizes[0]:
            return (words.wrong_size(wanted.path, label, wanted.recording, there.size, wanted.sizes[0]),), 0
        if not self._deep:
            return (), 0
        found = self._digest(there)
        if found != wanted.path.rpartition("/")[2]:
            return (words.wrong_bytes(wanted.path, label, wanted.recording, found),), there.size
        return (), there.size

    def _digest(self, there: ObjectStat) -> str:
        """SHA-256 (hex) of exactly the version that counts."""
        sha = hashlib.sha256()
        with self._store.stream(there.path, 0, there.size, there.version) as pieces:
            for piece in pieces:
                if self._ended():
                    raise Cancelled("The check")
                sha.update(piece)
                self._read(len(piece))
        return sha.hexdigest()
