"""Recordings that were begun to be taken in and are not in the store: what of them lies there already.

A card that is pulled out, a full store or a kill leaves sealed objects that no manifest names, and the key that they
were sealed with would be lost. So that is kept in the workspace, sealed under a key of the station's own, until the
manifest is signed: taking the same footage in again goes on with what is missing. What nobody comes back for are
orphans; `left_behind` names them for a check of the store.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import AccessRefused, MalformedDocument, NotInStore
from reviewer.domain.timebase import Utc
from reviewer.sealing import grant, stream
from reviewer.services.disk import write_atomically
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Store

_PURPOSE = "reviewer unfinished intake"


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A source file that is in the store: the hash of its plaintext and what sealing made of it."""

    sha256: str
    object: str
    sealed_size: int
    size: int

    @property
    def sealed(self) -> stream.Sealed:
        return stream.Sealed(self.object, self.sealed_size, self.sha256, self.size)


@dataclass(frozen=True, slots=True)
class _Begun:
    recording_id: str
    began: Utc
    sealed_key: str
    files: tuple[SealedFile, ...] = ()
    v: int = 1


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Objects of a recording whose intake began then and was not finished."""

    recording_id: str
    began: Utc
    objects: tuple[str, ...]


@dataclass
class Unfinished:
    """One recording on its way in. `data_key` is the one that it was begun with, or a new one."""

    path: Path
    data_key: bytes = field(repr=False)
    _begun: _Begun = field(repr=False)

    @classmethod
    def open(cls, workspace: Workspace, recording_id: str, station: Ed25519PrivateKey, now: Utc) -> Unfinished:
        """What is known of this recording, or a new beginning. Nothing is written yet."""
        path = _folder(workspace) / f"{recording_id}.json"
        key = stream.subkey(station.private_bytes_raw(), _PURPOSE)
        known = _read(path)
        if known is not None and known.recording_id == recording_id:
            with contextlib.suppress(AccessRefused):
                return cls(path, grant.unwrap(key, known.sealed_key, recording_id.encode()), known)
        data_key = stream.new_data_key()
        sealed = grant.wrap(key, data_key, recording_id.encode())
        return cls(path, data_key, _Begun(recording_id, now, sealed))

    def there(self, sha256: str, store: Store) -> stream.Sealed | None:
        """What this file became, if it is in the store whole. It was read back when it was put there."""
        for file in self._begun.files:
            if file.sha256 == sha256:
                with contextlib.suppress(NotInStore):
                    if store.size(f"objects/{file.object[:2]}/{file.object}") == file.sealed_size:
                        return file.sealed
        return None

    def add(self, made: stream.Sealed) -> None:
        """This file is in the store, and was read back."""
        file = SealedFile(made.sha256, made.object, made.sealed_size, made.size)
        others = (f for f in self._begun.files if f.sha256 != made.sha256)
        self._begun = replace(self._begun, files=(*others, file))
        write_atomically(self.path, json.dumps(encode(self._begun)).encode())

    def finished(self) -> None:
        """The manifest names them all now."""
        self.path.unlink(missing_ok=True)


def left_behind(workspace: Workspace) -> tuple[LeftBehind, ...]:
    """What was begun on this workstation and lies in the store without a manifest, unless its intake goes on now."""
    known = (_read(path) for path in sorted(_folder(workspace).glob("*.json")))
    return tuple(LeftBehind(k.recording_id, k.began, tuple(f.object for f in k.files)) for k in known if k is not None)


def _folder(workspace: Workspace) -> Path:
    return workspace.home / "unfinished"


def _read(path: Path) -> _Begun | None:
    try:
        return decode(_Begun, json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError, MalformedDocument):
        return None
