"""Where the log screen gets its answers: pages, how whole the logs are, one entry's proof. All from the worker pool."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

from reviewer.audit.errors import AuditError
from reviewer.audit.log import SqliteLog
from reviewer.audit.merkle import leaf_hash, verify_inclusion
from reviewer.audit.note import Checkpoint, Verifier, verify_note
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Utc
from reviewer.records.database import open_reader
from reviewer.records.queries import EntryFilter, LogEntry
from reviewer.services.clock import utc_now
from reviewer.services.publish import compare
from reviewer.services.session import Session
from reviewer.ui.log import LogHealth, LogPage, LogSource
from reviewer.ui.log_parts import Proof

_PAGE = 200


def log_source(session: Session, pool: ThreadPoolExecutor) -> LogSource:
    """The log of one session, answered on the pool."""
    answers = _Answers(session)

    def page(wanted: EntryFilter, after: tuple[Utc, str, int] | None) -> Future[LogPage]:
        return pool.submit(answers.page, wanted, after)

    def health(check: bool) -> Future[LogHealth]:
        return pool.submit(answers.health, check)

    def proof(entry: LogEntry) -> Future[Proof]:
        return pool.submit(answers.proof, entry)

    return LogSource(page, health, proof)


class _Answers:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._checked: tuple[Utc, tuple[str, ...]] | None = None

    def page(self, wanted: EntryFilter, after: tuple[Utc, str, int] | None) -> LogPage:
        with closing(self._session.queries()) as queries:
            found = queries.entries(wanted, after=after, limit=_PAGE + 1)
            return LogPage(found[:_PAGE], len(found) > _PAGE, queries.count(wanted))

    def health(self, check: bool) -> LogHealth:
        verifiers = self._session.journal.verifiers
        with closing(open_reader(self._session.room.records)) as conn:
            if check:
                problems = [p for v in verifiers for p in SqliteLog.read(conn, v.name, v).check()]
                self._checked = (utc_now(), tuple(problems))
            sizes = {v.name: SqliteLog.read(conn, v.name, v).size for v in verifiers}
            published = {v.name: self._published(conn, v) for v in verifiers}
        checked_at, problems_found = self._checked or (None, ())
        return LogHealth(
            entries=sum(sizes.values()),
            logs=len(sizes),
            people=1,
            checked_at=checked_at,
            problems=problems_found,
            published_sizes=tuple(published.items()),
            published=sum(published.values()),
            published_at=self._session.publisher.state.last_published,
        )

    def _published(self, conn: sqlite3.Connection, verifier: Verifier) -> int:
        """How many entries stand in the store; 0 while it does not answer: "not yet" is all that is known."""
        try:
            return compare(conn, verifier, self._session.trust.store)
        except ReviewerError:
            return 0

    def proof(self, entry: LogEntry) -> Proof:
        origin, index = entry.meta.origin, entry.meta.index
        verifier = next(v for v in self._session.journal.verifiers if v.name == origin)
        with closing(open_reader(self._session.room.records)) as conn:
            log = SqliteLog.read(conn, origin, verifier)
            leaf = leaf_hash(log.entry(index))
            text, _ = verify_note(log.checkpoint, [verifier])
            head = Checkpoint.from_text(text)
            hashes = log.inclusion_proof(index, head.size)
        holds, said = True, ""
        try:
            verify_inclusion(index, head.size, leaf, hashes, head.root)
        except AuditError as wrong:
            holds, said = False, str(wrong)
        return Proof(leaf.hex(), head.root.hex(), head.size, len(hashes), holds, said)
