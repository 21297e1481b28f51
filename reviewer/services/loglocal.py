"""Whether the logs in this machine's own databases are whole: without any private key, and changing nothing.

Each database is held against itself (entries, hashes, frontier, signed head), against the roster (whose key signed it),
against the store (does it begin with what is published) and against its own list of entries for the screens. What the
screens have out of the sealed bodies cannot be seen from here: `reviewer rebuild` makes it again.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from reviewer.audit.entry import Entry
from reviewer.audit.errors import AuditError
from reviewer.audit.log import SqliteLog
from reviewer.domain.errors import ReviewerError, StoreUnreachable
from reviewer.domain.roster import Roster
from reviewer.records.database import open_reader
from reviewer.services.logkeys import verifier_of
from reviewer.services.publish import compare
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Store

_MANY = 20  # sentences about one log
_LISTED = (
    "SELECT idx, at, mono, boot, lamport, kind, case_id, recording, body FROM entries WHERE origin = ? ORDER BY idx"
)


@dataclass(frozen=True, slots=True)
class LocalReport:
    """One log in a database of this machine; `published` of its `size` entries are in the store."""

    origin: str
    size: int
    published: int
    ok: bool
    problems: tuple[str, ...]


def verify_local(workspace: Workspace, roster: Roster, store: Store) -> tuple[LocalReport, ...]:
    """Every log of every database here. What is wrong is reported, not raised; StoreUnreachable is."""
    found: list[LocalReport] = []
    for path in sorted(workspace.home.glob("users/*/records.sqlite")):
        try:
            with closing(open_reader(path)) as conn:
                conn.execute("BEGIN")  # one state of it, whatever is recorded meanwhile
                found += [_verify(conn, origin, roster, store) for origin in SqliteLog.origins(conn)]
        except StoreUnreachable:
            raise
        except (sqlite3.Error, ReviewerError) as wrong:
            found.append(_unreadable(path, wrong))
    return tuple(found)


def _verify(conn: sqlite3.Connection, origin: str, roster: Roster, store: Store) -> LocalReport:
    verifier = verifier_of(origin, roster)
    if verifier is None:
        return LocalReport(origin, 0, 0, ok=False, problems=("The roster names nobody whose log this could be.",))
    log, size, published = SqliteLog.read(conn, origin, verifier), 0, 0
    problems: list[str] = []
    try:
        problems += log.check()
        size = log.size
        published = compare(conn, verifier, store)
    except StoreUnreachable:
        raise
    except (AuditError, ReviewerError) as wrong:
        problems.append(str(wrong))
    with contextlib.suppress(AuditError):  # said already
        problems += _listed(conn, log)
    return LocalReport(origin, size, published, ok=not problems, problems=tuple(problems[:_MANY]))


def _listed(conn: sqlite3.Connection, log: SqliteLog) -> Iterator[str]:
    """What the list of entries that the screens show says otherwise than the log."""
    rows = conn.execute(_LISTED, (log.origin,))
    for index, data in enumerate(log.entries()):
        entry, row = Entry.from_bytes(data), rows.fetchone()
        said = (entry.at, entry.mono, entry.boot, entry.lamport, entry.kind, entry.case, entry.recording, entry.body)
        if row is None or tuple(row) != (index, *said):
            yield f"Entry {index} stands in the records otherwise than in the log: “reviewer rebuild” makes them again."
            return
    if rows.fetchone() is not None:
        yield "The records have entries that the log does not have: “reviewer rebuild” makes them again."


def _unreadable(path: Path, wrong: Exception) -> LocalReport:
    return LocalReport(path.parent.name, 0, 0, ok=False, problems=(f"{path} cannot be read: {wrong}",))
