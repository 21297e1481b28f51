"""Quarantine: bytes that are not what was signed are moved aside, kept, recorded, and never shown."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import IntegrityError
from reviewer.domain.events import Event, ObjectQuarantined
from reviewer.domain.recording import Kind, Manifest, Part, TrackRef
from reviewer.services.disk import disk_error, make_folder, sync_folder, write_atomically
from reviewer.services.workspace import Workspace

Record = Callable[[Event], object]
"""The journal's `record`: what happened becomes an entry in the signed log."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Item:
    """One sealed object of a recording. `label` says on screen which it is: "Ofc. A. Niemi 2214, part 2"."""

    object: str
    sealed_size: int
    recording_id: str
    label: str


def item(manifest: Manifest, what: Part | TrackRef) -> Item:
    """The object of one part or track. Raises ValueError for what has no object of its own (a gpmf track)."""
    if not what.object:
        raise ValueError(f"{what.name or 'this track'} lies inside the footage")
    number = 0 if isinstance(what, TrackRef) else manifest.parts.index(what) + 1
    return _item(manifest, what, number)


def _item(manifest: Manifest, what: Part | TrackRef, number: int) -> Item:
    return Item(what.object, what.sealed_size, manifest.recording_id, _label(manifest, what, number))


def items(manifest: Manifest) -> tuple[Item, ...]:
    """Every sealed object of a recording, tracks first: they are small, and the map is filled at once."""
    tracks = (item(manifest, t) for t in manifest.tracks if t.object)
    parts = (_item(manifest, p, number) for number, p in enumerate(manifest.parts, 1))
    return (*tracks, *parts)


def _label(manifest: Manifest, what: Part | TrackRef, number: int) -> str:
    if isinstance(what, TrackRef):
        return f"{manifest.officer}, track {what.name}".rstrip()
    if manifest.kind is Kind.STILL:
        return f"{manifest.officer}, still {what.name}".rstrip()
    return f"{manifest.officer}, part {number}"


def set_aside(workspace: Workspace, path: Path, what: Item, record: Record, case: str | None) -> IntegrityError:
    """Move a file that is not `what` into quarantine, with it the proxies of its frames out of the way, record that,
    and return the error to raise."""
    found = digest_of(path)
    target = workspace.quarantine / f"{what.object}.{found[:16]}"
    make_folder(target.parent)
    try:
        path.replace(target)
        sync_folder(target.parent)
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong
    shutil.rmtree(workspace.proxies(what.object), ignore_errors=True)
    record(ObjectQuarantined(recording=what.recording_id, object=what.object, found=found, case=case))
    return mismatch(what)


def mismatch(what: Item) -> IntegrityError:
    return IntegrityError(f"{what.label} does not match its signed manifest.", "Fetch again.")


def refuse(workspace: Workspace, what: Item, found: str, record: Record, case: str | None) -> IntegrityError:
    """What the store has under the name cannot be `what`, by its size alone: nothing of it is fetched. A note of no
    bytes stands for it. Returns the error to raise."""
    for begun in (workspace.partial(what.object), workspace.part_map(what.object)):
        with suppress(OSError):
            begun.unlink(missing_ok=True)
    write_atomically(workspace.quarantine / f"{what.object}.refused", b"")
    record(ObjectQuarantined(recording=what.recording_id, object=what.object, found=found, case=case))
    return mismatch(what)


def digest_of(path: Path) -> str:
    """SHA-256 (hex) of a file on this machine."""
    try:
        with path.open("rb") as file:
            return digest(file)
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong


def digest(file: BinaryIO) -> str:
    """SHA-256 (hex) of a file from where it stands to its end."""
    sha = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        sha.update(chunk)
    return sha.hexdigest()
