"""Proof of entries: each log that this person can read, opened to prove from, with what witnesses have seen of it.

One's own logs are proven from this machine's database (also what is not published yet), everybody else's from the
store's tiles. A cosignature that was seen once is kept here (`users/<id>/cosignatures.sqlite`): the store has only each
witness's newest, and it takes an older one to say between which two an entry was written.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.audit import bundle as audit
from reviewer.audit.entry import commitment_of
from reviewer.audit.errors import AuditError
from reviewer.audit.log import SqliteLog
from reviewer.audit.merkle import leaf_hash, verify_inclusion
from reviewer.audit.note import Checkpoint, verify_note, vkey
from reviewer.audit.published import PublishedLog
from reviewer.domain.errors import IntegrityError, NotInStore, NotTrusted, ReviewerError
from reviewer.domain.timebase import Utc
from reviewer.records.database import open_reader
from reviewer.services.bodies import body_key, open_salted
from reviewer.services.clock import utc_now
from reviewer.services.logkeys import LOGS, verifier_of
from reviewer.services.publish import compare
from reviewer.services.session import Session
from reviewer.services.witnessing import Cosigned, Standing, standing

Log = SqliteLog | PublishedLog
Passing = Callable[[], None]
"""Told of each entry that was proven; raising ends the work."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """Between which cosignatures an entry was written: `after` is the newest at which its log was still too short to
    hold it, `before` the oldest that vouches for it. None where there is none."""

    after: Utc | None = None
    before: Utc | None = None


@dataclass(frozen=True, slots=True)
class EntryProof:
    """One entry's inclusion in its log, verified: hashes in hex, `size` the signed head's, `hashes` how many lead from
    leaf to root. `said` is what is wrong if it does not hold."""

    leaf: str
    root: str
    size: int
    hashes: int
    holds: bool
    said: str
    standing: Standing
    bracket: Bracket
    index: int = 0

    @property
    def witnessed(self) -> tuple[Cosigned, ...]:
        """The witnesses that vouch for the entry, the newest word first."""
        return tuple(each for each in self.standing.seen if each.size > self.index)


class Proofs:
    """Of one session, for one thread at a time. Close it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._conn = open_reader(session.room.records)
        self._logs: dict[str, Log] = {}
        self._standings: dict[str, Standing] = {}
        self._mine = {v.name: v for v in session.journal.verifiers}
        self._keys: dict[str, bytes] = {}
        self._published: dict[str, int] = {}
        self._store = session.trust.store
        self.roster = session.trust.roster()

    def close(self) -> None:
        self._conn.close()

    def log(self, origin: str) -> Log:
        """Raises NotTrusted if nobody of the roster could have signed it, NotInStore, StoreUnreachable, LogForked."""
        if origin not in self._logs:
            self._logs[origin] = self._open(origin)
        return self._logs[origin]

    def _open(self, origin: str) -> Log:
        verifier = self._mine.get(origin) or verifier_of(origin, self.roster)
        if verifier is None:
            raise NotTrusted(f"The roster names nobody whose log {origin} could be.", "Ask the custodian.")
        if origin in SqliteLog.origins(self._conn):
            return SqliteLog.read(self._conn, origin, verifier)
        with _spoken(origin):
            return PublishedLog(self._read(origin), verifier)

    def _read(self, origin: str) -> Callable[[str], bytes | None]:
        def read(path: str) -> bytes | None:
            try:
                return self._store.get(f"{LOGS}/{origin}/{path}")
            except NotInStore:
                return None

        return read

    def standing(self, origin: str) -> Standing:
        """What witnesses have seen of the log; nothing, while the store does not answer."""
        if origin not in self._standings:
            try:
                found = standing(self._session.trust, origin)
            except ReviewerError as wrong:
                found = Standing(origin, of=len(self.roster.witnesses_of(origin)), problems=(wrong.message,))
            self._standings[origin] = found
            Cosignatures(self._session.room.folder).keep(found)
        return self._standings[origin]

    def published(self, origin: str) -> int:
        """How many entries of the log stand in the store under a signed head; 0 while it does not answer."""
        if origin not in self._published:
            try:
                log = self.log(origin)
                self._published[origin] = (
                    log.size if isinstance(log, PublishedLog) else compare(self._conn, log.verifier, self._store)
                )
            except ReviewerError:
                self._published[origin] = 0
        return self._published[origin]

    def vkey(self, origin: str) -> str:
        """The log's key, as the roster has it. Raises as `log`."""
        return vkey(origin, self.log(origin).verifier.public)

    def notes(self, origin: str) -> list[bytes]:
        """The cosigned checkpoints of the witnesses that count for the log."""
        return [each.note for each in self.standing(origin).seen if each.note]

    def body(self, origin: str, case: str | None, data: bytes) -> audit.Body | None:
        """(salt, payload) of an entry's body, where this person's keys open it."""
        commitment = commitment_of(data)
        sealed = self.log(origin).body(commitment)
        if sealed is None:
            return None
        keys = list(self._session.case_keys.try_open(case)) if case else []
        if origin in self._mine:
            if origin not in self._keys:
                self._keys[origin] = body_key(self._session.keys.signing, origin)
            keys.append(self._keys[origin])
        return open_salted(sealed, commitment, keys)

    def entry(self, origin: str, index: int) -> EntryProof:
        """Make one entry's proof and verify it. Raises what `log` raises, and ReviewerError."""
        log, seen = self.log(origin), self.standing(origin)
        with _spoken(origin):
            leaf = leaf_hash(log.entry(index))
            head = Checkpoint.from_text(verify_note(log.checkpoint, [log.verifier])[0])
            hashes = log.inclusion_proof(index, head.size)
        holds, said = True, ""
        try:
            verify_inclusion(index, head.size, leaf, hashes, head.root)
            for each in seen.seen:
                if each.size <= log.size and log.root_at(each.size) != each.root:
                    holds, said = False, f"FORK: {each.name} saw another log under this name. Tell the custodian."
        except AuditError as wrong:
            holds, said = False, str(wrong)
        bracket = Cosignatures(self._session.room.folder).around(origin, index)
        return EntryProof(leaf.hex(), head.root.hex(), head.size, len(hashes), holds, said, seen, bracket, index)

    def bundle(
        self, wanted: Mapping[str, Sequence[int]], bodies: Mapping[tuple[str, int], audit.Body], passing: Passing
    ) -> dict[str, Any]:
        """The bundle (audit/bundle.py) of these entries, by origin. Raises what `log` raises, and ReviewerError."""
        logs = []
        for origin, indexes in sorted(wanted.items()):
            mine = {index: body for (of, index), body in bodies.items() if of == origin}
            with _spoken(origin):
                counted = _Counted(self.log(origin), passing)
                logs.append(audit.disclose(counted, indexes, mine, cosigned=self.notes(origin)))
        witnesses = [(w.name, w.vkey) for w in self.roster.witnesses]
        return audit.bundle(logs, made_at=utc_now(), quorum=self.roster.quorum, witnesses=witnesses)


class _Counted:
    """A log that says when an entry is asked for: proofs of many take their time."""

    def __init__(self, log: Log, passing: Passing) -> None:
        self._log, self._passing = log, passing
        self.origin, self.verifier = log.origin, log.verifier

    @property
    def checkpoint(self) -> bytes:
        return self._log.checkpoint

    def entry(self, index: int) -> bytes:
        self._passing()
        return self._log.entry(index)

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        return self._log.inclusion_proof(index, size)

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        return self._log.consistency_proof(old, new)


@contextlib.contextmanager
def _spoken(origin: str) -> Iterator[None]:
    try:
        yield
    except AuditError as wrong:
        raise IntegrityError(f"{origin} cannot be proven: {wrong}", "Tell the custodian.") from wrong


class Cosignatures:
    """The cosignatures that this person has seen, with their times. What is lost here only widens a bracket, so a file
    that cannot be used is no error."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "cosignatures.sqlite"

    def keep(self, seen: Standing) -> None:
        rows = [(seen.origin, each.name, each.size, each.at) for each in seen.seen]
        with contextlib.suppress(sqlite3.Error), closing(self._open()) as conn, conn:
            conn.executemany("INSERT OR IGNORE INTO witnessed VALUES (?,?,?,?)", rows)

    def around(self, origin: str, index: int) -> Bracket:
        """Between which of them an entry was written."""
        with contextlib.suppress(sqlite3.Error), closing(self._open()) as conn:
            after, before = conn.execute(
                "SELECT max(CASE WHEN size<=? THEN at END), min(CASE WHEN size>? THEN at END) FROM witnessed"
                " WHERE origin=?",
                (index, index, origin),
            ).fetchone()
            if before is not None and after is not None and after > before:
                # Another witness was behind at that time: what it had not seen yet says nothing any more.
                (after,) = conn.execute(
                    "SELECT max(at) FROM witnessed WHERE origin=? AND size<=? AND at<=?", (origin, index, before)
                ).fetchone()
            return Bracket(*(None if at is None else Utc(at) for at in (after, before)))
        return Bracket()

    def _open(self) -> sqlite3.Connection:
        conn = sqlite3.connect(self._path)
        conn.execute(
            "CREATE TABLE IF NOT EXISTS witnessed (origin TEXT, witness TEXT, size INTEGER, at INTEGER,"
            " PRIMARY KEY (origin, witness, size)) STRICT, WITHOUT ROWID"
        )
        return conn
