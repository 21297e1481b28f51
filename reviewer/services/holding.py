"""What of a recording's sealed objects is on this machine, without asking the store and without hashing."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reviewer.domain.recording import Manifest
from reviewer.services.quarantine import Item, items
from reviewer.services.transfer import bytes_here
from reviewer.services.trust import Problem
from reviewer.services.workspace import Workspace


class ObjectState(StrEnum):
    ABSENT = "absent"
    PARTIAL = "partial"
    PRESENT = "present"  # every byte was compared with the manifest when it came
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class ObjectStatus:
    """One object and how much of it is here (sealed bytes)."""

    item: Item
    state: ObjectState
    here: int = 0
    problem: Problem | None = None

    @property
    def fraction(self) -> float:
        """0 to 1."""
        return min(1.0, self.here / self.item.sealed_size) if self.item.sealed_size else 0.0


def states(workspace: Workspace, manifests: Iterable[Manifest]) -> tuple[ObjectStatus, ...]:
    """The objects of these recordings, each once, in the order of the manifests."""
    return states_of(workspace, {i.object: i for m in manifests for i in items(m)}.values())


def states_of(workspace: Workspace, wanted: Iterable[Item]) -> tuple[ObjectStatus, ...]:
    """The same of items."""
    aside = _put_aside(workspace)
    return tuple(_state(workspace, each, aside) for each in wanted)


def _state(workspace: Workspace, each: Item, aside: frozenset[str]) -> ObjectStatus:
    if _size(workspace.cached(each.object)) == each.sealed_size:
        return ObjectStatus(each, ObjectState.PRESENT, each.sealed_size)
    here = bytes_here(workspace, each.object, each.sealed_size)
    if here:
        return ObjectStatus(each, ObjectState.PARTIAL, here)
    return ObjectStatus(each, ObjectState.QUARANTINED if each.object in aside else ObjectState.ABSENT)


def _put_aside(workspace: Workspace) -> frozenset[str]:
    """The objects of which something wrong was put aside here."""
    with suppress(OSError):
        return frozenset(path.name.split(".")[0] for path in workspace.quarantine.iterdir())
    return frozenset()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
