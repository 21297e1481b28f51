"""`reviewer rebuild`: a person's tables on this machine made again from their logs, and what they say compared with
what stood there before.

The logs are checked first, from the first entry to the signed head: nothing is made from a log that is not what its key
signed. Everything happens in one transaction, so a rebuild that is stopped, refused or cut by a power failure leaves
what was there. Tables that are missing or of another shape are made anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Verifier, raw_public
from reviewer.domain.errors import AccessRefused, LogForked, NotInStore, NotTrusted, ReviewerError
from reviewer.domain.events import LogName
from reviewer.domain.roster import Roster, User
from reviewer.records import migrations, projections
from reviewer.records.database import open_database
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.bodies import body_key
from reviewer.services.custody import Grants
from reviewer.services.door import Door
from reviewer.services.journal import origin_of, unwritable
from reviewer.services.rebuild import Progress, refill
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace

_TELL = "Do not go on; tell the custodian. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`entries` of `logs` were folded; `sealed` of their bodies open to this person no more. `differed` names the
    tables that did not say what the logs say."""

    logs: tuple[str, ...]
    entries: int
    sealed: int
    differed: tuple[str, ...]


def rebuild_own(workspace: Workspace, trust: Trust, named: str, passphrase: str, progress: Progress) -> Rebuilt:
    """Make this person's tables again. Takes seconds a million entries: not on the GUI thread.

    Raises what `Door.open` raises; InUse while a window of theirs is open; NotInStore if nothing was ever recorded;
    LogForked for a log that is not what its key signed, ReviewerError for a file that SQLite cannot read,
    NotInStore and StoreUnreachable if a case's keys cannot be had now, LogUnwritable, and what `progress` raises."""
    door = Door(workspace, trust)
    user, keys = door.open(named, passphrase)
    path = workspace.user(user.id).records
    with workspace.lock(user.id):
        if not path.exists():
            raise NotInStore(f"Nothing was recorded by {user.name} on this machine.", "Log on once; then it is.")
        with closing(open_database(path)) as conn:
            logs = _logs(conn, _keys(door.roster, door.station.id, user))
            own = {o: body_key(keys.signing, o) for o in _origins(door.roster, door.station.id, user, user.epoch)}
            return remake(conn, logs, Keys(trust, keys, own), progress, path)


def remake(conn: sqlite3.Connection, logs: Sequence[SqliteLog], keys: Keys, progress: Progress, path: Path) -> Rebuilt:
    """The same for a connection and its logs. `path` is named in what is raised."""
    try:
        for log in logs:
            problems = log.check()
            if problems:
                raise LogForked(f"The log on this machine is not what was signed: {problems[0]}", _TELL)
        conn.execute("BEGIN IMMEDIATE")
        before = _digests(conn)
        _shape(conn)
        count = refill(conn, logs, keys, progress)
        keys.refuse_untold(conn)
        after = _digests(conn)
        (sealed,) = conn.execute("SELECT count(*) FROM entries WHERE payload IS NULL").fetchone()
        conn.execute("COMMIT")
    except sqlite3.DatabaseError as wrong:
        if getattr(wrong, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise LogForked(f"{path.name} on this machine is damaged: {wrong}.", _TELL) from wrong
        raise unwritable(wrong) from wrong
    finally:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
    differed = tuple(table for table in projections.TABLES if before.get(table) != after[table])
    return Rebuilt(tuple(log.origin for log in logs), count, sealed, differed)


def _origins(roster: Roster, station: str, user: User, epoch: int) -> list[str]:
    return [origin_of(roster.agency, station, user.id, log, epoch) for log in LogName]


def _keys(roster: Roster, station: str, user: User) -> dict[str, str]:
    """The vkeys of this person's logs on this workstation, those of earlier keys too."""
    epochs = {user.epoch: user.signing_key} | {former.epoch: former.signing_key for former in user.former}
    return {origin: key for epoch, key in epochs.items() for origin in _origins(roster, station, user, epoch)}


def _logs(conn: sqlite3.Connection, keys: dict[str, str]) -> list[SqliteLog]:
    try:
        origins = SqliteLog.origins(conn)
    except sqlite3.DatabaseError as wrong:
        raise LogForked(f"The log on this machine cannot be read: {wrong}.", _TELL) from wrong
    unknown = [origin for origin in origins if origin not in keys]
    if unknown:
        raise NotTrusted(f"The roster has no key for the log {unknown[0]} on this machine.", _TELL)
    return [SqliteLog.read(conn, origin, Verifier(origin, raw_public(keys[origin]))) for origin in origins]


class Keys:
    """What may open a body, as in the running program. But where it cannot be told whether somebody may (a store that
    does not answer), that is no refusal: a body that stays shut for it would be forgotten by folding."""

    def __init__(self, trust: Trust, keys: PrivateKeys, own: dict[str, bytes]) -> None:
        self._grants = Grants(trust, keys)
        self._own = own  # the logs' own body keys, by origin
        self._untold: dict[str, ReviewerError] = {}

    def __call__(self, origin: str, case: str | None) -> Sequence[bytes]:
        mine = [self._own[origin]] if origin in self._own else []
        try:
            return [*(self._grants.case_keys(case) if case else ()), *mine]
        except AccessRefused:
            return mine
        except ReviewerError as wrong:
            self._untold[case or ""] = wrong
            return mine

    def refuse_untold(self, conn: sqlite3.Connection) -> None:
        """Raises why it could not be told, if a body stayed shut for it."""
        for case, wrong in self._untold.items():
            if conn.execute("SELECT 1 FROM entries WHERE case_id=? AND payload IS NULL", (case,)).fetchone():
                raise wrong


def _digests(conn: sqlite3.Connection) -> dict[str, bytes]:
    """SHA-256 of each table's rows, in the order of their key. A table that is not there has none."""
    found = {}
    there = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    for table in projections.TABLES:
        if table in there:
            digest = sha256()
            for row in conn.execute(f"SELECT * FROM {table}"):  # noqa: S608 - names from projections
                digest.update(repr(row).encode())
            found[table] = digest.digest()
    return found


def _shape(conn: sqlite3.Connection) -> None:
    """Make anew what is not as `migrations` makes it. Its rows come from the logs."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrations.apply(fresh)
        wanted = {table: _statements(fresh, table) for table in projections.TABLES}
    for table, statements in wanted.items():
        if _statements(conn, table) != statements:
            conn.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in statements:
                conn.execute(statement)


def _statements(conn: sqlite3.Connection, table: str) -> list[str]:
    """What makes a table and its indexes."""
    of = "SELECT sql FROM sqlite_master WHERE tbl_name=? AND sql NOTNULL ORDER BY type DESC, name"
    return [sql for (sql,) in conn.execute(of, (table,))]
