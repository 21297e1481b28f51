"""A witness of the published logs: a job beside the store, or a workstation when it syncs (formats.md, The signed log).

```
DIR/witness.key          its Ed25519 key, which signs nothing else (no passphrase, mode 0600)
DIR/witness.json         its name
DIR/lock                 held while it runs: two that share a state could break its promise
DIR/seen/<sha256>        the newest checkpoint that it saw of a log (the hash of its origin)
DIR/refused/<sha256>     what it would not cosign, as it is in the store
```
In the store: `witness/<name>/<origin>`, its newest word about a log, and `witness/<name>/refused/<sha256>.json`, both
signed checkpoints of a log that broke its promise. A job needs the store, the agency's root key and DIR: nothing of a
workstation, no passphrase, no right but to read `roster` and `logs` and to write below `witness/<name>`.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.errors import AuditError
from reviewer.audit.note import Verifier, verify_note
from reviewer.audit.published import PublishedLog, head_of
from reviewer.audit.tiles import CHECKPOINT
from reviewer.audit.witness import Cosigner, cosigned_at
from reviewer.audit.witnessing import Refused, StateDamaged, Witness, own_word
from reviewer.domain.errors import AlreadyInStore, MalformedDocument, NotInStore, ReviewerError
from reviewer.domain.roster import LogSize, Roster
from reviewer.domain.timebase import SECOND, Utc, format_rfc3339
from reviewer.sealing import keyring
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import InUse, disk_error, held, make_folder, sync_folder, write_atomically
from reviewer.services.documents import Problem
from reviewer.services.logkeys import LOGS, verifier_of
from reviewer.services.trust import Trust
from reviewer.services.witnessing import believed, witness_path
from reviewer.services.workspace import Workspace

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")
_AGAIN = 12 * 3600  # s: what has not grown is cosigned again after so long, so that no word grows old
_LISTING_SHARE = 60  # the store is asked which logs there are for at most a sixtieth of the time
_REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A log that broke its promise. `kind` is ROLLBACK or FORK; `seen` of its entries are published now, `kept` were
    seen before. `path` is where both signed checkpoints lie in the store. `new`: nobody was told before."""

    origin: str
    kind: str
    why: str
    seen: int
    kept: int
    path: str
    new: bool


@dataclass(frozen=True, slots=True)
class Round:
    """One look at all logs. `cosigned` are the origins of those that were; `refused` those that broke their promise;
    `troubles` what kept the witness from saying anything about a log."""

    at: Utc
    logs: int = 0
    cosigned: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    troubles: tuple[Problem, ...] = ()


@dataclass
class _Notes:
    """What is found out during a round."""

    cosigned: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    troubles: list[Problem] = field(default_factory=list)


class WitnessFolder:
    """A witness's own folder. Making one touches nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        """Whether a witness's key lies there."""
        return (self.folder / "witness.key").is_file() and (self.folder / "witness.json").is_file()

    def make_key(self, name: str, *, again: bool = False) -> str:
        """A new key for the witness of this name; returns its vkey. `again`: in the place of the one that is there,
        with what it has seen. Raises ReviewerError."""
        if not _NAME.fullmatch(name):
            raise ReviewerError(f"“{name}” cannot be a witness’s name.", "Use letters, digits, dots and dashes.")
        if self.exists and not again:
            step = "Use it, or say --again for a new one."
            raise ReviewerError(f"A witness’s key lies in {self.folder} already.", step)
        for each in ("seen", _REFUSED):
            make_folder(self.folder / each)
        try:
            sync_folder(self.folder)
        except OSError as wrong:
            raise disk_error(self.folder, wrong) from wrong
        write_atomically(self.folder / "witness.json", json.dumps({"v": 1, "name": name}).encode())
        keyring.save_station(self.folder / "witness.key", Ed25519PrivateKey.generate())
        return self.cosigner().vkey

    def cosigner(self) -> Cosigner:
        """Raises NotInStore if there is no key, MalformedDocument."""
        file = self.folder / "witness.json"
        try:
            name = str(json.loads(file.read_bytes())["name"])
            return Cosigner(name, keyring.load_station(self.folder / "witness.key"))
        except FileNotFoundError:
            raise NotInStore(
                f"There is no witness in {self.folder}.", "Make one: “reviewer witness new-key”."
            ) from None
        except (ValueError, LookupError, TypeError, AuditError) as wrong:
            raise MalformedDocument(f"{file} is damaged.", "Restore it from a backup.") from wrong

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold it: one witness a folder. Raises InUse."""
        with held(self.folder / "lock", InUse("This witness is running already.", "Stop it there first.")):
            yield

    def load(self, origin: str) -> bytes | None:
        """What was saved of a log last (`audit.witnessing.States`)."""
        try:
            return self.seen(origin).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as wrong:
            raise disk_error(self.seen(origin), wrong) from wrong

    def save(self, origin: str, data: bytes) -> None:
        """Keep it, durable when this returns. Raises ReviewerError if the disk cannot."""
        write_atomically(self.seen(origin), data)

    def keep_refusal(self, name: str, data: bytes) -> bool:
        """Keep what was refused; False if it is kept already."""
        file = self.folder / _REFUSED / name
        if file.exists():
            return False
        write_atomically(file, data)
        return True

    def seen(self, origin: str) -> Path:
        """Where it keeps what it has seen of a log."""
        return self.folder / "seen" / sha256(origin.encode()).hexdigest()


def demo_witness(workspace: Workspace) -> WitnessFolder | None:
    """In the demo (its list of people lies beside the workspace): the witness that lies there too. Whoever publishes
    from there runs it."""
    beside = workspace.home.parent
    folder = WitnessFolder(beside / "witness")
    return folder if folder.exists and (beside / "people.json").is_file() else None


def run_demo_witness(trust: Trust, *, now: Clock = utc_now) -> None:
    """Let the demo's witness see what was published; nothing where there is none. What goes wrong is said by nobody: it
    stands for a machine of its own."""
    folder = demo_witness(trust.workspace)
    if folder is not None:
        with contextlib.suppress(ReviewerError):
            WitnessJob(folder, trust, now=now).run()


class WitnessJob:
    """One witness at work on one store. `run` takes as long as the store does: not on the GUI thread. One at a time."""

    def __init__(self, folder: WitnessFolder, trust: Trust, *, now: Clock = utc_now) -> None:
        self._folder = folder
        self._trust = trust
        self._now = now
        self._witness = Witness(folder.cosigner(), folder)
        self._said: dict[str, tuple[bytes, int]] = {}  # by origin: what stands in the store, cosigned when (POSIX s)
        self._told: set[str] = set()  # refusals that the store has
        self._origins: tuple[str, ...] = ()
        self._list_at = -1.0

    @property
    def name(self) -> str:
        return self._witness.cosigner.verifier.name

    @property
    def vkey(self) -> str:
        return self._witness.cosigner.vkey

    @property
    def named(self) -> bool:
        """Whether the roster names this witness with this key: else nobody would believe it."""
        return any(w.name == self.name and w.vkey == self.vkey for w in self._trust.roster().witnesses)

    def run(self, stopped: Callable[[], bool] = lambda: False) -> Round:
        """Look at every published log once. Raises InUse, StoreUnreachable, and NotTrusted for the roster; what is
        wrong with one log is in the round, and the others go on."""
        with self._folder.lock():
            roster, notes = self._trust.roster(), _Notes()
            origins = self._published()
            for origin in origins:
                if stopped():
                    break
                self._one(origin, roster, notes)
            return Round(self._now(), len(origins), tuple(notes.cosigned), tuple(notes.refused), tuple(notes.troubles))

    def _published(self) -> tuple[str, ...]:
        begun = time.monotonic()
        if begun >= self._list_at:
            found = (path.split("/") for path in self._trust.store.list(LOGS) if path.endswith(f"/{CHECKPOINT}"))
            self._origins = tuple("/".join(parts[1:-1]) for parts in found if len(parts) == 7)
            ended = time.monotonic()
            self._list_at = ended + _LISTING_SHARE * (ended - begun)
        return self._origins

    def _one(self, origin: str, roster: Roster, notes: _Notes) -> None:
        log = verifier_of(origin, roster)
        if log is None:
            step = "Ask the custodian whose it is."
            notes.troubles.append(Problem(f"{LOGS}/{origin}", "The roster names nobody whose log this could be.", step))
            return
        try:
            if self._cosign(origin, log, roster):
                notes.cosigned.append(origin)
        except Refused as refused:
            notes.refused.append(self._refuse(log, refused))
        except StateDamaged as wrong:
            step = f"Remove {self._folder.seen(origin)}: what the witness said in the store is its memory then."
            notes.troubles.append(Problem(f"{LOGS}/{origin}", str(wrong), step))
        except AuditError as wrong:
            step = "It is not cosigned; tell the custodian."
            notes.troubles.append(Problem(f"{LOGS}/{origin}", str(wrong), step))
        except NotInStore:
            return  # its first publication has not ended

    def _cosign(self, origin: str, log: Verifier, roster: Roster) -> bool:
        """Cosign a log if there is anything to say. False: all was said already."""
        note = self._trust.store.get(f"{LOGS}/{origin}/{CHECKPOINT}")
        _require_within(roster.limit(origin), note, log)
        at = self._now() // SECOND
        said, when = self._said.get(origin, (b"", 0))
        if said == note and 0 <= at - when < _AGAIN:
            return False
        first = origin not in self._said
        own = self._own(origin, log) if first else None
        if own is not None and self._stands(log, note, own, at):
            return False
        known = [own] if own is not None else []
        if first and own is None and self._folder.load(origin) is None:
            known = self._others(origin, log, roster)  # seen for the first time, or everything was lost
        tree = PublishedLog(self._read(origin), log, note)
        cosigned = self._witness.cosign(log, note, tree.consistency_proof, at, known)
        self._trust.store.replace(witness_path(self.name, origin), cosigned)
        self._said[origin] = note, at
        return True

    def _stands(self, log: Verifier, note: bytes, own: bytes, at: int) -> bool:
        """Whether this witness, in an earlier process, has said all there is to say."""
        kept = self._witness.kept(log)
        when = cosigned_at(verify_note(own, [self._witness.cosigner.verifier])[1][-1])
        if kept is None or kept.note != note or not own.startswith(note) or not 0 <= at - when < _AGAIN:
            return False
        self._said[log.name] = note, when
        return True

    def _read(self, origin: str) -> Callable[[str], bytes | None]:
        def read(path: str) -> bytes | None:
            try:
                return self._trust.store.get(f"{LOGS}/{origin}/{path}")
            except NotInStore:
                return None

        return read

    def _own(self, origin: str, log: Verifier) -> bytes | None:
        """What this witness published about a log: its memory, should its folder be older than that."""
        with contextlib.suppress(NotInStore):
            return own_word(self._witness.cosigner, log, self._trust.store.get(witness_path(self.name, origin)))
        return None

    def _others(self, origin: str, log: Verifier, roster: Roster) -> list[bytes]:
        """What other witnesses have seen of a log that this one sees for the first time."""
        found = []
        for other in roster.witnesses:
            with contextlib.suppress(NotInStore, AuditError):
                found.append(believed(log, other, self._trust.store.get(witness_path(other.name, origin))).note)
        return found

    def _refuse(self, log: Verifier, refused: Refused) -> Refusal:
        """Keep what was seen that was wrong, and put it into the store for everybody."""
        name = sha256(refused.seen + refused.kept).hexdigest()
        path = f"witness/{self.name}/{_REFUSED}/{name}.json"
        said = {
            "v": 1,
            "witness": self.name,
            "origin": log.name,
            "kind": refused.kind,
            "why": str(refused),
            "at": format_rfc3339(self._now()),
            "seen": refused.seen.decode(),
            "kept": refused.kept.decode(),
        }
        data = json.dumps(said, indent=2, ensure_ascii=False).encode()
        new = self._folder.keep_refusal(name, data)
        if name not in self._told:
            with contextlib.suppress(AlreadyInStore):
                self._trust.store.put_if_absent(path, data)
            self._told.add(name)
        seen, kept = head_of(refused.seen, log).size, head_of(refused.kept, log).size
        return Refusal(log.name, refused.kind, str(refused), seen, kept, path, new)


def _require_within(limit: LogSize | None, note: bytes, log: Verifier) -> None:
    """A log whose key was revoked is vouched for as far as the roster says that it counts. Raises AuditError."""
    size = head_of(note, log).size
    if limit is not None and size > limit.size:
        raise AuditError(f"Its key was revoked, and of its {size} entries the first {limit.size} count.")
