"""The workspace: what Reviewer keeps on this machine, and where.

```
workstation.json                 agency root vkey, this station's id, the store's location
station.key                      the station's own signing key (no passphrase, mode 0600)
witness/...                      the workstation as a witness: its own key, and what it saw of each log
seen.json                        the highest roster version seen, and its hash
keys/<user>.json                 a person's private keys, under a passphrase
documents/...                    copies of verified signed documents, for when the store is not reached
cache/<aa>/<sha256>[.part|.map]  sealed bytes as the store has them, never plaintext
papers/<case>/...                sealed documents of a case, as the store has them (`paper_shelf.py`)
renders/<case>/<job>/...         copies and reels that are being made, sealed (`rendering_job.py`)
growing/<id>.json                what grows under a hidden name outside of the workspace (`growing.py`)
proxies/<aa>/<sha256>/...        sealed small copies of the frames of that object, made here
verified.ledger                  which of these files were hashed in full, as they are now
quarantine/<sha256>.<found>      bytes that are not what was signed, put aside
users/<id>/records.sqlite        a person's log and what was read from it
users/<id>/others.sqlite         what they follow of everybody else's logs (`following.py`)
users/<id>/witnessed.json        what witnesses said of that log, for when the store is not reached
users/<id>/preferences.json  users/<id>/lock
```
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import MalformedDocument, ReviewerError
from reviewer.services.disk import InUse, disk_error, held, write_atomically

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotSetUp(ReviewerError):
    """This machine does not know whose evidence it may trust."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a workstation is set up with. `root` is the agency root's vkey: nothing else is trusted from the start.
    `store` is a location string as `stores.locate` reads it; a relative folder counts from the workspace."""

    root: str
    station: str
    store: str
    v: int = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest roster this machine has accepted: its version and the SHA-256 of its document (hex)."""

    version: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class UserRoom:
    """One person's files in the workspace."""

    folder: Path

    @property
    def records(self) -> Path:
        return self.folder / "records.sqlite"

    @property
    def others(self) -> Path:
        return self.folder / "others.sqlite"

    @property
    def preferences(self) -> Path:
        return self.folder / "preferences.json"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"


class Workspace:
    """The layout above. Making one touches nothing on disk."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def setup_file(self) -> Path:
        return self.home / "workstation.json"

    @property
    def station_key(self) -> Path:
        return self.home / "station.key"

    @property
    def cache(self) -> Path:
        return self.home / "cache"

    @property
    def quarantine(self) -> Path:
        return self.home / "quarantine"

    @property
    def witness(self) -> Path:
        """The folder of this workstation's witness (`services/witness`)."""
        return self.home / "witness"

    @property
    def documents(self) -> Path:
        return self.home / "documents"

    def key_file(self, user_id: str) -> Path:
        return self.home / "keys" / f"{_safe(user_id)}.json"

    def user(self, user_id: str) -> UserRoom:
        return UserRoom(self.home / "users" / _safe(user_id))

    def cached(self, object_name: str) -> Path:
        """Where a sealed object lies (or would lie). `object_name` is its SHA-256, 64 hex digits."""
        if not _SHA256.fullmatch(object_name):
            raise MalformedDocument(
                f"“{object_name}” is not the name of an object.", "Ask the custodian who signed it."
            )
        return self.cache / object_name[:2] / object_name

    def proxies(self, object_name: str) -> Path:
        """The folder of the proxies of an object's frames."""
        return self.home / "proxies" / self.cached(object_name).relative_to(self.cache)

    def papers(self, case: str) -> Path:
        """The folder of a case's documents."""
        return self.home / "papers" / _safe_case(case)

    def renders(self, case: str) -> Path:
        """The folder of what is being made of a case's footage."""
        return self.home / "renders" / _safe_case(case)

    @property
    def growing(self) -> Path:
        """The folder of notes about what grows outside (`services/growing`)."""
        return self.home / "growing"

    def partial(self, object_name: str) -> Path:
        """Where an object grows while it is fetched."""
        whole = self.cached(object_name)
        return whole.with_name(f"{whole.name}.part")

    def part_map(self, object_name: str) -> Path:
        """Which ranges of an object that grows are here (`part_map.py`)."""
        whole = self.cached(object_name)
        return whole.with_name(f"{whole.name}.map")

    def set_up(self, setup: Setup) -> None:
        """Write what this workstation trusts and where the store is. An earlier set-up with another agency root is
        never overwritten: raises `NotSetUp` then."""
        if self.setup_file.exists() and self.setup().root != setup.root:
            raise NotSetUp(
                "This machine is set up for another agency.",
                "Choose another workspace with REVIEWER_HOME, or remove this one yourself.",
            )
        write_atomically(self.setup_file, _json(encode(setup)))

    def setup(self) -> Setup:
        """What this workstation was set up with. Raises `NotSetUp`."""
        try:
            text = self.setup_file.read_bytes()
        except FileNotFoundError:
            raise NotSetUp(
                f"This machine is not set up yet: {self.setup_file.name} is not in {self.home}.",
                "Run “reviewer setup” with the agency's root key and the store's location, or set REVIEWER_HOME.",
            ) from None
        except OSError as wrong:
            raise disk_error(self.setup_file, wrong) from wrong
        return decode(Setup, _parsed(text, self.setup_file))

    def store_location(self) -> str:
        """Where the store is, for `stores.locate`. Raises `NotSetUp`."""
        location = self.setup().store
        return location if "://" in location else str((self.home / Path(location).expanduser()).resolve())

    def seen(self) -> Seen:
        """The newest roster accepted so far. A damaged note is an error, not "nothing seen": it guards against
        rollback."""
        path = self.home / "seen.json"
        try:
            return decode(Seen, _parsed(path.read_bytes(), path))
        except FileNotFoundError:
            return Seen()
        except OSError as wrong:
            raise disk_error(path, wrong) from wrong

    def remember(self, seen: Seen) -> None:
        write_atomically(self.home / "seen.json", _json(encode(seen)))

    @contextlib.contextmanager
    def lock(self, user_id: str) -> Iterator[None]:
        """Hold this person's workspace. Raises `InUse` when another window holds it."""
        room = self.user(user_id)
        taken = InUse(
            f"Reviewer is already open for {user_id} on this machine.", "Use the open window, or close it first."
        )
        with held(room.lock, taken):
            yield

    @contextlib.contextmanager
    def transfer_lock(self) -> Iterator[None]:
        """Hold the cache for writing: one transfer at a time on this machine. Raises `InUse`."""
        taken = InUse("Footage is already being fetched on this machine.", "Wait for it, or stop it there first.")
        with held(self.home / "transfer.lock", taken):
            yield


def _safe_case(case: str) -> str:
    if not _SAFE_ID.fullmatch(case):
        raise MalformedDocument(f"“{case}” cannot be a case's id.", "Ask who assigned it to correct it.")
    return case


def _safe(user_id: str) -> str:
    if not _SAFE_ID.fullmatch(user_id):
        raise MalformedDocument(f"“{user_id}” cannot be a user's id.", "Ask the custodian to correct the roster.")
    return user_id


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _parsed(text: bytes, path: Path) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise MalformedDocument(
            f"{path} is damaged: it is not JSON.", "Restore it from a backup, or set the machine up again."
        ) from None
