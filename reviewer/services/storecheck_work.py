"""A check's working file: what was listed, named and judged so far.

SQLite in the workspace, so that a store of millions of objects needs little memory and a check that was interrupted
goes on: what was judged counts again as long as the store lists the same thing there (size, version, time of change)
and the same is asked of it. It holds what anybody who reads the bucket can see, and no key.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.domain.storecheck import Fault, Figures, Finding, LockGroup, Severity
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.disk import disk_error, make_folder
from reviewer.stores.base import ObjectStat

_PAGE = 400
_DAY = 86_400 * SECOND
_SHAPE = 1
_TABLES = """
CREATE TABLE run(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE there(path TEXT PRIMARY KEY, kind TEXT NOT NULL, size INT NOT NULL, version TEXT,
  modified INT) WITHOUT ROWID;
CREATE TABLE named(path TEXT, document TEXT, size INT NOT NULL, recording TEXT NOT NULL, label TEXT NOT NULL,
  PRIMARY KEY(path, document)) WITHOUT ROWID;
CREATE INDEX named_by ON named(document);
CREATE TABLE document(path TEXT PRIMARY KEY, kind TEXT NOT NULL, folder TEXT NOT NULL, n INT NOT NULL,
  good INT NOT NULL) WITHOUT ROWID;
CREATE INDEX document_in ON document(folder, n);
CREATE TABLE mentioned(document TEXT, recording TEXT, PRIMARY KEY(document, recording)) WITHOUT ROWID;
CREATE TABLE judged(path TEXT PRIMARY KEY, identity TEXT NOT NULL, size INT NOT NULL, whole INT NOT NULL,
  hashed INT NOT NULL, asked INT NOT NULL, mode TEXT NOT NULL, until INT, hold INT NOT NULL) WITHOUT ROWID;
CREATE TABLE finding(path TEXT NOT NULL, severity TEXT NOT NULL, fault TEXT NOT NULL, message TEXT NOT NULL,
  next_step TEXT NOT NULL, recording TEXT, again INT NOT NULL);
CREATE INDEX finding_of ON finding(path);
"""
_GRAVEST = "CASE severity WHEN 'broken' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END"


@dataclass(frozen=True, slots=True)
class Named:
    """What a manifest says of one object: the size of its sealed bytes, whose footage it is, and what it is called."""

    path: str
    size: int
    recording: str
    label: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """One path to judge. `there` is None for what is named and not listed. `sizes` are those that manifests name (one
    but for contradiction, none for an orphan). `judged` is what stood there when it was judged last."""

    path: str
    there: ObjectStat | None
    sizes: tuple[int, ...] = ()
    recording: str | None = None
    label: str = ""
    judged: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """How the store says that it protects something."""

    mode: str = ""
    until: Utc | None = None
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found at one path. `lock` is None where it was not asked for."""

    path: str
    identity: str
    size: int
    whole: bool
    findings: tuple[Finding, ...] = ()
    hashed: int = 0
    lock: Lock | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A numbered document of the store and whether it is believed, with what it names and mentions."""

    path: str
    kind: str
    folder: str
    n: int
    good: bool
    named: tuple[Named, ...] = ()
    mentioned: tuple[str, ...] = ()


class Work:
    """The working file. For one thread; `close` keeps it, `discard` removes it."""

    def __init__(self, path: Path) -> None:
        make_folder(path.parent)
        self._path = path
        try:
            self._conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._conn.execute("PRAGMA journal_mode=WAL")
            self._conn.execute("PRAGMA synchronous=NORMAL")
            self._shape()
        except sqlite3.DatabaseError:
            self._begin_anew(path)
        path.chmod(0o600)

    def _shape(self) -> None:
        (shape,) = self._conn.execute("PRAGMA user_version").fetchone()
        if shape == _SHAPE:
            return
        if shape:
            raise sqlite3.DatabaseError("of another release")
        self._conn.executescript(_TABLES)
        self._conn.execute(f"PRAGMA user_version={_SHAPE}")

    def _begin_anew(self, path: Path) -> None:
        """A working file that was damaged is worth nothing: nothing of it is believed."""
        self._conn.close()
        self._unlink()
        try:
            self._conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._shape()
        except sqlite3.OperationalError as wrong:
            raise disk_error(path, OSError(str(wrong))) from wrong

    def _unlink(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        self._conn.close()

    def discard(self) -> None:
        """The check has ended: nothing is to be gone on with."""
        self._conn.close()
        self._unlink()

    # -- the run -----------------------------------------------------------------------------------------------------

    def recall(self, key: str) -> Any:  # noqa: ANN401 - whatever was kept under that name
        row = self._conn.execute("SELECT value FROM run WHERE key=?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def keep(self, key: str, value: object) -> None:
        self._conn.execute("INSERT OR REPLACE INTO run VALUES(?,?)", (key, json.dumps(value)))

    def forget(self) -> None:
        """Begin from nothing: another store, another kind of check."""
        with self.together():
            for table in ("run", "there", "named", "document", "mentioned", "judged", "finding"):
                self._conn.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own

    def forget_listing(self) -> None:
        """The store is listed anew by every run, and what is said of it as a whole is said anew."""
        with self.together():
            self._conn.execute("DELETE FROM there")
            self._conn.execute("DELETE FROM finding WHERE again=1")

    def forget_documents(self) -> None:
        """What documents say counts only while they are listed."""
        with self.together():
            gone = "(SELECT path FROM document WHERE path NOT IN (SELECT path FROM there))"
            for table, column in (("named", "document"), ("mentioned", "document"), ("document", "path")):
                self._conn.execute(f"DELETE FROM {table} WHERE {column} IN {gone}")  # noqa: S608 - as above

    def together(self) -> _Together:
        """One transaction."""
        return _Together(self._conn)

    # -- what is listed ----------------------------------------------------------------------------------------------

    def list_all(self, found: Iterable[tuple[str, ObjectStat]]) -> None:
        """Take in what the store lists: its kind, and what it is."""
        with self.together():
            for kind, each in found:
                row = (each.path, kind, each.size, each.version, each.modified)
                self._conn.execute("INSERT OR REPLACE INTO there VALUES(?,?,?,?,?)", row)

    def forget_vanished(self) -> None:
        """What is neither listed nor named any more is not spoken of any more."""
        gone = "NOT IN (SELECT path FROM there) AND path NOT IN (SELECT path FROM named)"
        with self.together():
            self._conn.execute(f"DELETE FROM finding WHERE again=0 AND path {gone}")  # noqa: S608 - text of our own
            self._conn.execute(f"DELETE FROM judged WHERE path {gone}")  # noqa: S608

    def documents(self, kind: str) -> Iterator[Wanted]:
        """Listed documents of a kind, in order of path; they may be judged while this goes on."""
        query = """SELECT t.path, t.size, t.version, t.modified, j.identity FROM there t LEFT JOIN judged j USING(path)
            WHERE t.kind=? AND t.path>? ORDER BY t.path LIMIT ?"""
        after = ""
        while rows := self._conn.execute(query, (kind, after, _PAGE)).fetchall():
            for path, size, version, modified, judged in rows:
                yield Wanted(path, ObjectStat(path, size, version, modified), judged=judged or "")
            after = rows[-1][0]

    def objects(self) -> Iterator[Wanted]:
        """Every object that is listed or named, in order of path; they may be judged while this goes on."""
        query = """WITH p AS (SELECT path FROM there WHERE kind='object' AND path>:after
                UNION SELECT path FROM named WHERE path>:after ORDER BY path LIMIT :page)
            SELECT p.path, t.size, t.version, t.modified, GROUP_CONCAT(DISTINCT n.size), MIN(n.recording),
                MIN(n.label), j.identity
            FROM p LEFT JOIN there t USING(path) LEFT JOIN named n USING(path) LEFT JOIN judged j USING(path)
            GROUP BY p.path ORDER BY p.path"""
        after = ""
        while rows := self._conn.execute(query, {"after": after, "page": _PAGE}).fetchall():
            for path, size, version, modified, sizes, recording, label, judged in rows:
                there = None if size is None else ObjectStat(path, size, version, modified)
                wanted = tuple(sorted(int(s) for s in (sizes or "").split(",") if s))
                yield Wanted(path, there, wanted, recording, label or "", judged or "")
            after = rows[-1][0]

    # -- what was judged ---------------------------------------------------------------------------------------------

    def judge(self, found: Judged, document: Document | None = None) -> None:
        """Take in what was found at one path, in place of what was found there before."""
        lock = found.lock or Lock()
        self._conn.execute("DELETE FROM finding WHERE path=? AND again=0", (found.path,))
        self._conn.execute(
            "INSERT OR REPLACE INTO judged VALUES(?,?,?,?,?,?,?,?,?)",
            (
                found.path,
                found.identity,
                found.size,
                found.whole,
                found.hashed,
                found.lock is not None,
                lock.mode,
                lock.until,
                lock.hold,
            ),
        )
        self._say(found.findings, again=False)
        if document is not None:
            self.take(document)

    def take(self, each: Document) -> None:
        """Take in what a document names and mentions."""
        self._conn.execute("DELETE FROM named WHERE document=?", (each.path,))
        self._conn.execute("DELETE FROM mentioned WHERE document=?", (each.path,))
        row = (each.path, each.kind, each.folder, each.n, each.good)
        self._conn.execute("INSERT OR REPLACE INTO document VALUES(?,?,?,?,?)", row)
        self._conn.executemany(
            "INSERT OR REPLACE INTO named VALUES(?,?,?,?,?)",
            [(n.path, each.path, n.size, n.recording, n.label) for n in each.named],
        )
        self._conn.executemany("INSERT OR IGNORE INTO mentioned VALUES(?,?)", [(each.path, r) for r in each.mentioned])

    def say(self, findings: Iterable[Finding]) -> None:
        """Findings of the store as a whole; every run makes them anew."""
        with self.together():
            self._say(findings, again=True)

    def _say(self, findings: Iterable[Finding], *, again: bool) -> None:
        self._conn.executemany(
            "INSERT INTO finding VALUES(?,?,?,?,?,?,?)",
            [(f.path, f.severity.value, f.fault.value, f.message, f.next_step, f.recording, again) for f in findings],
        )

    # -- what follows from all of it ---------------------------------------------------------------------------------

    def gaps(self) -> Iterator[tuple[str, int, int]]:
        """Numbers that are missing below the highest believed one of each folder: (folder, first, last)."""
        query = """SELECT d.folder, d.n FROM document d WHERE d.n <=
            (SELECT MAX(g.n) FROM document g WHERE g.folder=d.folder AND g.good) ORDER BY d.folder, d.n"""
        before, last = "", 0
        for folder, n in self._conn.execute(query):
            last = last if folder == before else 0
            if n > last + 1:
                yield folder, last + 1, n - 1
            before, last = folder, n

    def unknown_recordings(self) -> Iterator[tuple[str, str]]:
        """(document, recording) where a believed document speaks of a recording without a believed manifest."""
        query = """SELECT m.document, m.recording FROM mentioned m WHERE NOT EXISTS
            (SELECT 1 FROM document d WHERE d.folder='recordings/'||m.recording AND d.good) ORDER BY 1, 2"""
        yield from self._conn.execute(query)

    def count(self, kind: str) -> int:
        """How many of a kind are listed."""
        return self._row("SELECT COUNT(*) FROM there WHERE kind=?", kind)[0]

    def judged(self) -> int:
        """How many objects were judged so far."""
        return self._row("SELECT COUNT(*) FROM judged WHERE path>='objects/' AND path<'objects0'")[0]

    def read_bytes(self) -> int:
        """How many bytes were hashed, right or not."""
        return self._row("SELECT SUM(hashed) FROM judged")[0]

    def holds(self, path: str) -> bool:
        """Whether the store lists this path."""
        return self._conn.execute("SELECT 1 FROM there WHERE path=?", (path,)).fetchone() is not None

    def findings(self, most: int) -> tuple[Finding, ...]:
        """The gravest first, at most so many."""
        rows = self._conn.execute(
            f"SELECT severity, fault, path, message, next_step, recording FROM finding "  # noqa: S608 - text of our own
            f"ORDER BY {_GRAVEST}, path, fault, message LIMIT ?",
            (most,),
        )
        return tuple(Finding(Severity(s), Fault(f), p, m, n, r) for s, f, p, m, n, r in rows)

    def locks(self) -> tuple[LockGroup, ...]:
        """How what was asked for is protected, by day."""
        rows = self._conn.execute(
            f"SELECT mode, until/{_DAY}*{_DAY} AS day, hold, COUNT(*), SUM(size) FROM judged WHERE asked "  # noqa: S608
            "GROUP BY mode, day, hold ORDER BY day, mode, hold"
        )
        return tuple(LockGroup(m, bool(h), c, b, None if u is None else Utc(u)) for m, u, h, c, b in rows)

    def tally(self) -> tuple[int, int, int]:
        """Findings so far: broken, warnings, notes."""
        counted = dict(self._conn.execute("SELECT severity, COUNT(*) FROM finding GROUP BY severity").fetchall())
        return counted.get("broken", 0), counted.get("warning", 0), counted.get("note", 0)

    def figures(self) -> Figures:
        """Everything counted that lies here; what is listed, left over and logged is the caller's."""
        kinds = dict(self._conn.execute("SELECT kind, COUNT(*) FROM document WHERE good GROUP BY kind").fetchall())
        broken, warnings, notes = self.tally()
        named = "(SELECT path, MAX(size) AS size FROM named GROUP BY path)"
        objects, size = self._row(f"SELECT COUNT(*), SUM(size) FROM {named}")  # noqa: S608
        whole = f"FROM judged j JOIN {named} n USING(path)"
        whole_n, whole_b = self._row(f"SELECT COUNT(*), SUM(j.size) {whole} WHERE j.whole")
        hashed_n, hashed_b = self._row(f"SELECT COUNT(*), SUM(j.hashed) {whole} WHERE j.hashed AND j.whole")
        orphan_n, orphan_b = self._row(
            "SELECT COUNT(*), SUM(size) FROM there WHERE kind='object' AND path NOT IN (SELECT path FROM named)"
        )
        (recordings,) = self._row("SELECT COUNT(DISTINCT folder) FROM document WHERE good AND kind='manifest'")
        return Figures(
            rosters=kinds.get("roster", 0),
            manifests=kinds.get("manifest", 0),
            assignments=kinds.get("assignment", 0),
            releases=kinds.get("release", 0),
            recordings=recordings,
            objects=objects,
            bytes=size,
            whole=whole_n,
            whole_bytes=whole_b,
            hashed=hashed_n,
            hashed_bytes=hashed_b,
            orphans=orphan_n,
            orphan_bytes=orphan_b,
            broken=broken,
            warnings=warnings,
            notes=notes,
        )

    def awaited(self, deep: bool) -> tuple[int, int]:
        """How many objects there are to judge, and how many bytes are to be hashed for it."""
        (count,) = self._row(
            "SELECT COUNT(*) FROM (SELECT path FROM there WHERE kind='object' UNION SELECT path FROM named)"
        )
        (size,) = self._row("SELECT SUM(t.size) FROM there t WHERE t.path IN (SELECT path FROM named)")
        return count, size if deep else 0

    def _row(self, query: str, *given: str) -> Sequence[int]:
        return [each or 0 for each in self._conn.execute(query, given).fetchone()]


class _Together:
    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def __enter__(self) -> None:
        self._conn.execute("BEGIN")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._conn.execute("COMMIT" if kind is None else "ROLLBACK")
