"""What keeps a recording in the store is what the store says of each of its objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.retained import Retained, retained
from reviewer.stores.base import Protection
from reviewer.stores.folder import FolderStore
from tests.services.agency import NOW, YEAR, Agency


@dataclass
class Locked(FolderStore):
    """A folder that says of its objects what a bucket with a lock would."""

    root: Path
    until: dict[str, Utc] = field(default_factory=dict)
    mode: str = "COMPLIANCE"

    def protection(self, path: str) -> Protection:
        return Protection(self.until[path], False, self.mode) if path in self.until else Protection()


def test_the_least_of_its_objects_counts(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    manifest = agency.recording("r-1", b"one", b"two")
    assert retained(agency.store, manifest) == Retained("r-1", 3, None, False, "", 3)
    store = Locked(agency.store.root)
    paths = ["recordings/r-1/1.json", *(f"objects/{p.object[:2]}/{p.object}" for p in manifest.parts)]
    for n, path in enumerate(paths):
        store.until[path] = Utc(NOW + YEAR + n * SECOND)
    assert retained(store, manifest) == Retained("r-1", 3, Utc(NOW + YEAR), False, "COMPLIANCE", 0)
    del store.until[paths[1]]
    assert retained(store, manifest) == Retained("r-1", 3, None, False, "", 1)
