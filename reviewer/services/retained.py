"""How the store keeps what was taken in, as it says itself: read back from each object, never assumed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import Utc
from reviewer.services.storecheck_documents import objects_of
from reviewer.stores.base import Protection, Store


@dataclass(frozen=True, slots=True)
class Retained:
    """A recording in the store. `until`: the earliest end of retention among its `objects` (manifest included), None if
    one of them has none; `held`: all of them are under legal hold; `loose`: how many nothing protects."""

    recording_id: str
    objects: int
    until: Utc | None
    held: bool
    mode: str
    loose: int


def retained(store: Store, manifest: Manifest) -> Retained:
    """What protects a recording's objects and its manifest. Raises StoreUnreachable, NotInStore."""
    found = [store.protection(path) for path in _paths(manifest)]
    ends = [p.until for p in found if p.until is not None]
    return Retained(
        manifest.recording_id,
        len(found),
        min(ends) if len(ends) == len(found) else None,
        all(p.hold for p in found),
        _mode(found),
        sum(not p.holds for p in found),
    )


def _paths(manifest: Manifest) -> Iterable[str]:
    yield f"recordings/{manifest.recording_id}/{manifest.n}.json"
    yield from (each.path for each in objects_of(manifest))


def _mode(found: list[Protection]) -> str:
    """The weakest mode among them: one object under governance makes no compliance of the rest."""
    modes = {p.mode.upper() for p in found}
    return modes.pop() if len(modes) == 1 else "GOVERNANCE" if "GOVERNANCE" in modes else ""
