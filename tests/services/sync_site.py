"""An agency with one recording in its store, an empty machine, and a line that tests hold: for the tests of sync."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

from reviewer.domain.events import Event
from reviewer.domain.recording import Manifest
from reviewer.services.sync import ObjectState, Sync, SyncReport, states
from reviewer.stores.base import Store
from tests.services.agency import CASE, Agency
from tests.services.line import Line

BIG = os.urandom(5_300_000)
PIECE = 2 << 20
PLAIN = (os.urandom(700_000), os.urandom(1_500_000), b"short")


class Site:
    """An agency with one recording of three parts in the store, nothing on the machine."""

    def __init__(self, folder: Path) -> None:
        self.agency = Agency(folder)
        self.manifest: Manifest = self.agency.recording("r1", *PLAIN)
        self.events: list[Event] = []
        self.workspace = self.agency.workspace

    def sync(self) -> Sync:
        return Sync(self.workspace, self.agency.store, self.events.append, patience=(0.01,))

    def fetch(self, **more: object) -> SyncReport:
        return self.sync().fetch(CASE, [self.manifest], **more)  # type: ignore[arg-type]

    def name(self, part: int) -> str:
        return self.manifest.parts[part].object

    def sealed(self, part: int) -> Path:
        return self.agency.store.root / "objects" / self.name(part)[:2] / self.name(part)

    def states(self) -> list[ObjectState]:
        return [o.state for o in states(self.workspace, [self.manifest])]


def big(folder: Path, *more: bytes) -> tuple[Site, Manifest]:
    site = Site(folder)
    return site, site.agency.recording("r2", BIG, *more)


def over(site: Site, line: Line, *, connections: int = 4, cap: int = 0) -> Sync:
    store = cast(Store, line)
    patience = (0.01, 0.01)
    return Sync(site.workspace, store, site.events.append, connections=connections, cap=cap, patience=patience)


def until(event: threading.Event) -> Callable[[str, int], None]:
    """A gate that stays shut until then."""

    def wait(_path: str, _at: int) -> None:
        assert event.wait(30)

    return wait


def path_of(manifest: Manifest, part: int) -> str:
    name = manifest.parts[part].object
    return f"objects/{name[:2]}/{name}"
