"""Before the first byte of an object is asked for: which version counts, how long it is, whether there is room."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from reviewer.services.cache import Cache
from reviewer.services.quarantine import Record, refuse, set_aside
from reviewer.services.sync_plan import Task
from reviewer.services.workspace import Workspace
from reviewer.stores.base import ANY, Store


def path_of(object_name: str) -> str:
    """Where an object lies in a store."""
    return f"objects/{object_name[:2]}/{object_name}"


@dataclass(frozen=True, slots=True)
class Begin:
    """Opens transfers. `spared` says, of a task, what must not go to make room for it, and whether anything may."""

    workspace: Workspace
    store: Store
    record: Record
    cache: Cache
    spared: Callable[[Task], tuple[Collection[str], bool]]

    def open(self, task: Task) -> None:
        """Open what is here of it. An object of one piece is taken as the store gives it: its hash says whether it is
        the right one, and only if it is not is the store asked. Raises ReviewerError."""
        item = task.item
        version: str | None = ANY
        case = task.jobs[0].case if task.jobs else None
        if task.pinned or task.transfer.in_pieces:
            found = self.store.stat(path_of(item.object))
            if found.size != item.sealed_size:
                raise refuse(self.workspace, item, f"{found.size} bytes", self.record, case)
            version, task.pinned = found.version, True
        whole = self.workspace.cached(item.object)
        if whole.exists():  # of the wrong size, or it would count as present
            set_aside(self.workspace, whole, item, self.record, case)
        if self.cache.limit:
            keep, evict = self.spared(task)
            self.cache.make_room(item, keep, evict=evict)
        task.transfer.open(version, sure=task.pinned)
