"""Keeping what lies in the store from being removed: retention until a day, and legal hold. Custodians only.

What is asked for is an entry before the store is asked, and what the store read back is another one after it: a
retention in compliance mode can be taken back by nobody. Where a store keeps nothing (a folder), it says so.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from reviewer.domain.errors import AccessRefused, NotInStore, ReviewerError
from reviewer.domain.events import AccessDenied, Event
from reviewer.domain.roster import Role, User
from reviewer.domain.store_acts import KeepingAsked, KeepingChanged
from reviewer.domain.timebase import Utc, format_rfc3339
from reviewer.services.storecheck_documents import objects_of
from reviewer.services.trust import Trust
from reviewer.stores.base import Protection, Store

KEEPERS = frozenset({Role.CUSTODIAN})
Record = Callable[[Event], Future[Any]]
"""The journal's `record`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be kept: `paths` in the store, which are one path, or all that belongs to a recording."""

    paths: tuple[str, ...]
    recording: str | None = None

    @property
    def name(self) -> str:
        """For the log, where it is no recording."""
        return "" if self.recording is not None else self.paths[0]


def one_path(store: Store, path: str) -> Kept:
    """One object of the store. Raises NotInStore."""
    store.stat(path)
    return Kept((path,))


def all_of(trust: Trust, recording: str) -> Kept:
    """A recording's manifests and releases, and every object that its newest manifest names. Raises NotInStore, or why
    that manifest is refused."""
    objects = [each.path for each in objects_of(trust.manifest(recording))]
    documents = [p for folder in ("recordings", "releases") for p in trust.store.list(f"{folder}/{recording}")]
    return Kept(tuple(dict.fromkeys((*documents, *objects))), recording)


def retain(store: Store, kept: Kept, until: Utc, by: User, record: Record) -> int:
    """Keep all of it until then; what is kept longer stays so. Returns how many. Raises AccessRefused for anybody but a
    custodian, NotSupported where the store cannot, LogUnwritable; whatever stops it is in the log."""

    def longer(path: str) -> None:
        now = store.protection(path)
        if now.until is None or now.until < until or now.mode != "COMPLIANCE":
            store.protect(path, until)

    return _change(kept, f"until {format_rfc3339(until)[:10]}", by, record, longer)


def hold(store: Store, kept: Kept, on: bool, by: User, record: Record) -> int:
    """Set or lift the legal hold of all of it. Returns how many. Raises as `retain`."""
    return _change(kept, f"legal hold {'on' if on else 'off'}", by, record, lambda path: store.hold(path, on))


def _change(kept: Kept, how: str, by: User, record: Record, change: Callable[[str], None]) -> int:
    if not KEEPERS.intersection(by.roles):
        record(AccessDenied(f"store {how}", "not a custodian", recording=kept.recording)).result()
        raise AccessRefused(f"{by.name} may not change how things are kept.", "Ask a custodian to do it.")
    count, done = len(kept.paths), 0
    record(KeepingAsked(how, count, kept.name, kept.recording)).result()
    try:
        for path in kept.paths:
            change(path)
            done += 1
    except ReviewerError as wrong:
        record(KeepingChanged(how, done, count, kept.name, kept.recording, wrong.message)).result()
        raise
    record(KeepingChanged(how, done, count, kept.name, kept.recording)).result()
    return done


def protections(store: Store, kept: Kept) -> dict[str, Protection]:
    """How each of them is kept now, read back from the store; what is not there is left out."""
    found: dict[str, Protection] = {}
    for path in kept.paths:
        try:
            found[path] = store.protection(path)
        except NotInStore:
            continue
    return found
