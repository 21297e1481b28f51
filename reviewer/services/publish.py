"""Publishing: the logs of this machine as static files in the store, under `logs/<origin>/` (formats.md, The store).

Bodies first, then tiles, the checkpoint last: whoever reads meanwhile sees the old log whole or the new one whole. The
store itself says how far it has got, so a publication that stopped halfway is simply done again. A store that knows
more of a log than this machine does, or something else, means that the disk was rolled back or the log forked.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit import publish as audit
from reviewer.audit.entry import commitment_of
from reviewer.audit.errors import AuditError, Forked, RolledBack
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Checkpoint, Verifier, verify_note
from reviewer.audit.tiles import CHECKPOINT, body_path
from reviewer.domain.errors import AlreadyInStore, LogForked, NotInStore, ReviewerError, StoreUnreachable
from reviewer.domain.roster import CustodyKey
from reviewer.domain.timebase import Utc
from reviewer.records.database import open_reader
from reviewer.services.bodies import BODY_KEY_FILE, seal_body_key
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import write_atomically
from reviewer.stores.base import Store


@dataclass(frozen=True, slots=True, repr=False)
class OwnLog:
    """A log that this machine writes: its name, the key that signs it, and to whom its body key is sealed."""

    origin: str
    signing: Ed25519PrivateKey
    custody: tuple[CustodyKey, ...]

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.origin, self.signing.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class EarlierLog:
    """A log that this machine wrote under a key that its person has no more. Entries, bodies and the signed checkpoint
    are here, so what was not published can be. `bodykey.json` cannot be made any more: of a log that never was
    published the bodies that are of no case stay closed to custody, and `log verify` says that it is missing."""

    origin: str
    verifier: Verifier


@dataclass(frozen=True, slots=True)
class Published:
    """How far publishing has come. `last_published` is when the store last had everything; `trouble` why it has not
    now; `waiting` how many entries are not there yet, as far as known."""

    last_published: Utc | None = None
    trouble: ReviewerError | None = None
    waiting: int = 0


class Publisher:
    """Publishes some logs of one database, after them what is left of `former` ones. `publish` takes as long as the
    store does: not on the GUI or scribe thread. Any thread, one at a time."""

    def __init__(
        self,
        records: Path,
        logs: Sequence[OwnLog],
        store: Store,
        *,
        former: Sequence[EarlierLog] = (),
        before: Callable[[], object] = lambda: None,
        now: Clock = utc_now,
    ) -> None:
        """`before` brings what entries name into the store, so that whoever reads them finds it."""
        self._records = records
        self._logs = tuple(logs)
        self._former = tuple(former)  # what is not known to be published
        self._store = store
        self._now = now
        self._before = before
        self._lock = threading.Lock()
        self._state = Published()

    @property
    def state(self) -> Published:
        return self._state

    def publish(self) -> Published:
        """Bring the store up to what is recorded. A store that does not answer is kept in `trouble` for later, not
        raised. Raises LogForked: stop, and tell."""
        with self._lock:
            waiting = 0
            try:
                if not self._records.exists():
                    return self._state
                with closing(open_reader(self._records)) as conn, _snapshot(conn):
                    waiting = sum(self._waiting(conn, own) for own in self._logs)
                    self._before()
                    for own in self._logs:
                        self._publish(conn, own)
                    self._publish_former(conn)
            except LogForked as forked:
                self._state = replace(self._state, trouble=forked, waiting=waiting)
                remember_fork(self._records, [own.origin for own in self._logs], forked)
                raise
            except ReviewerError as wrong:
                self._state = replace(self._state, trouble=wrong, waiting=waiting)
            except (sqlite3.Error, OSError) as wrong:
                self._state = replace(self._state, trouble=_unreadable(wrong), waiting=waiting)
            else:
                self._state = Published(self._now())
            return self._state

    def _waiting(self, conn: sqlite3.Connection, own: OwnLog) -> int:
        return _local_size(conn, own.verifier) - compare(conn, own.verifier, self._store)

    def _publish_former(self, conn: sqlite3.Connection) -> None:
        """They grow no more, so each is published once. One of which the store knows something else is left alone: the
        first entry under the new key says what it was known to be, `log verify` what is wrong with it here."""
        for log in self._former:
            with contextlib.suppress(LogForked):
                self._publish(conn, log)
            self._former = tuple(each for each in self._former if each is not log)

    def _publish(self, conn: sqlite3.Connection, own: OwnLog | EarlierLog) -> None:
        published = compare(conn, own.verifier, self._store)
        if _local_size(conn, own.verifier) == published:
            return
        log = SqliteLog.read(conn, own.origin, own.verifier)
        files = _Folder(self._store, own.origin)
        if isinstance(own, OwnLog) and files.read(BODY_KEY_FILE) is None:
            files.write_if_absent(BODY_KEY_FILE, seal_body_key(own.signing, own.origin, own.custody))
        for _, entry, body in log.records(published):
            if body is not None:
                files.write_if_absent(body_path(commitment_of(entry)), body)
        with _speaking():
            audit.publish(log, files.read, files.write_if_absent, files.replace)


def compare(conn: sqlite3.Connection, verifier: Verifier, store: Store) -> int:
    """How many entries of a log are published. Raises LogForked if they are not the first ones of the log here,
    StoreUnreachable."""
    note = _Folder(store, verifier.name).read(CHECKPOINT)
    if note is None:
        return 0
    origin, size = verifier.name, _local_size(conn, verifier)
    with _speaking():
        try:
            published = Checkpoint.from_text(verify_note(note, [verifier])[0])
        except AuditError as wrong:
            raise Forked(f"FORK: the published checkpoint of {origin} is not this log's: {wrong}") from wrong
        if published.size > size:
            raise RolledBack(f"ROLLBACK: {published.size} entries of {origin} are published, {size} are here.")
        if size and SqliteLog.read(conn, origin, verifier).root_at(published.size) != published.root:
            raise Forked(f"FORK: the first {published.size} entries of {origin} are not those that are published.")
    return published.size


def refuse_rollback(records: Path, verifiers: Iterable[Verifier], store: Store) -> bool:
    """Compare the logs here with what is published of them. False if the store could not say. Raises LogForked, also
    where a fork was found before and the store does not answer now: pulling its cable makes nothing good."""
    known = tuple(verifiers)
    origins = [verifier.name for verifier in known]
    try:
        with closing(open_reader(records)) as conn:
            for verifier in known:
                compare(conn, verifier, store)
    except StoreUnreachable:
        before = _remembered_fork(records, origins)
        if before is not None:
            raise before from None
        return False
    except LogForked as forked:
        remember_fork(records, origins, forked)
        raise
    _fork_file(records).unlink(missing_ok=True)
    return True


def remember_fork(records: Path, origins: Sequence[str], forked: LogForked) -> None:
    """Keep beside the log that it and the store disagree, until they are seen to agree or new logs have begun. A disk
    that does not take it changes nothing of what is raised."""
    said = {"origins": list(origins), "message": forked.message, "next_step": forked.next_step}
    with contextlib.suppress(ReviewerError, OSError):
        write_atomically(_fork_file(records), json.dumps(said).encode())


def _remembered_fork(records: Path, origins: Sequence[str]) -> LogForked | None:
    try:
        said = json.loads(_fork_file(records).read_bytes())
        if set(said["origins"]) & set(origins):
            return LogForked(str(said["message"]), str(said["next_step"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return None


def _fork_file(records: Path) -> Path:
    return records.with_name("forked.json")


class _Folder:
    """One log's folder in the store, as `audit.publish` wants it."""

    def __init__(self, store: Store, origin: str) -> None:
        self._store = store
        self._at: Callable[[str], str] = f"logs/{origin}/{{}}".format

    def read(self, path: str) -> bytes | None:
        try:
            return self._store.get(self._at(path))
        except NotInStore:
            return None

    def write_if_absent(self, path: str, data: bytes) -> bool:
        try:
            self._store.put_if_absent(self._at(path), data)
        except AlreadyInStore:
            return False
        return True

    def replace(self, path: str, data: bytes) -> None:
        self._store.replace(self._at(path), data)


def _local_size(conn: sqlite3.Connection, verifier: Verifier) -> int:
    if verifier.name not in SqliteLog.origins(conn):
        return 0
    return SqliteLog.read(conn, verifier.name, verifier).size


def _unreadable(wrong: Exception) -> ReviewerError:
    why = str(getattr(wrong, "strerror", None) or wrong).rstrip(".")
    return ReviewerError(f"The log here cannot be read ({why}).", "Check the disk; it goes on when it can be read.")


@contextlib.contextmanager
def _snapshot(conn: sqlite3.Connection) -> Iterator[None]:
    """One state of the log for all of a publication, whatever is recorded meanwhile."""
    conn.execute("BEGIN")
    try:
        yield
    finally:
        with contextlib.suppress(sqlite3.Error):  # the connection is closed next, which ends it too
            conn.execute("ROLLBACK")


@contextlib.contextmanager
def _speaking() -> Iterator[None]:
    try:
        yield
    except (Forked, RolledBack) as wrong:
        raise LogForked(str(wrong), "Do not go on; tell the custodian. Nothing published was changed.") from wrong
    except AuditError as wrong:
        raise LogForked(f"The log on this machine is damaged: {wrong}", "Do not go on; tell the custodian.") from wrong
