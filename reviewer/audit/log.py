"""An append-only log in SQLite: entries, sealed bodies, the tree's hashes and the signed head, in the caller's
transaction.

Nothing here begins, commits or rolls back a transaction, so an entry, its head and whatever the caller folds from it
become durable together or not at all. No state is kept outside the database either: after a rollback the log is
simply the old one. One database may hold several logs, told apart by their origin. Only entries, hashes of full tiles
and the frontier are stored; everything else is a handful of hashes away, so that appending to or publishing a long
log costs O(log n).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from reviewer.audit.entry import commitment_of
from reviewer.audit.errors import AuditError, BadEntry, LogDamaged, LogMisused
from reviewer.audit.merkle import (
    TILE_HEIGHT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    range_root,
    tree_root,
)
from reviewer.audit.note import Checkpoint, Signer, Verifier, sign_note, split_note, verify_note
from reviewer.audit.tiles import Tile

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS log_head (
        log INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, frontier BLOB NOT NULL,
        checkpoint BLOB NOT NULL) STRICT""",
    # `place` is log·2^40 + index: one integer key keeps both big tables in the order in which they grow.
    """CREATE TABLE IF NOT EXISTS log_entry (
        place INTEGER PRIMARY KEY, leaf BLOB NOT NULL, entry BLOB NOT NULL) STRICT""",
    """CREATE TABLE IF NOT EXISTS log_node (
        log INTEGER NOT NULL, level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL,
        PRIMARY KEY (log, level, idx)) STRICT, WITHOUT ROWID""",
    # A body is found by the first 56 bits of its commitment, in segments of 1024 entries: one index over all of these
    # random keys would dirty a page for every entry of a batch, and halve what a second can append.
    """CREATE TABLE IF NOT EXISTS log_body (
        place INTEGER PRIMARY KEY, tag INTEGER NOT NULL, body BLOB NOT NULL) STRICT""",
    "DROP INDEX IF EXISTS log_body_tag",  # of an earlier version, with segments of 4096
    "CREATE INDEX IF NOT EXISTS log_body_at ON log_body (place >> 10, tag)",
    # No defence against whoever owns the file (signatures and witnesses are that), but one against ourselves.
    *(
        f"""CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, 'a log is only ever appended to'); END"""
        for table in ("log_entry", "log_node")
        for verb in ("update", "delete")
    ),
    """CREATE TRIGGER IF NOT EXISTS log_head_grows BEFORE UPDATE ON log_head
        WHEN new.size <= old.size OR new.log <> old.log OR new.origin <> old.origin
        BEGIN SELECT RAISE(ABORT, 'a log is only ever appended to'); END""",
)
_PLACES = 2**40  # in one log
_PAGE = 1024  # entries read at a time
_ROWS = 64  # in one statement
_VALUES = ", ".join(["(?, ?, ?)"] * _ROWS)


@dataclass(frozen=True, slots=True)
class _Head:
    log: int | None  # None until the first append
    frontier: Frontier
    checkpoint: bytes


class SqliteLog:
    """One origin's log on a connection. Use it from the connection's thread; readers on other connections see what is
    committed. Errors of SQLite itself (disk full, read-only, damaged) come through as `sqlite3.Error`."""

    def __init__(self, conn: sqlite3.Connection, origin: str, verifier: Verifier, signer: Signer | None) -> None:
        self._conn = conn
        self._signer = signer
        self.origin = origin
        self.verifier = verifier

    @classmethod
    def open(cls, conn: sqlite3.Connection, origin: str, signer: Signer) -> SqliteLog:
        """The log of `origin`, to append to and read; one that is not there yet is empty. `signer` carries the origin
        as its name (`LogMisused` otherwise). Creates the tables where they are missing."""
        if signer.name != origin:
            raise LogMisused(f"The log {origin} cannot be signed in the name of {signer.name}.")
        for statement in _SCHEMA:
            conn.execute(statement)
        return cls(conn, origin, signer.verifier, signer)

    @classmethod
    def read(cls, conn: sqlite3.Connection, origin: str, verifier: Verifier) -> SqliteLog:
        """The same log for reading only, without its private key; the tables must be there."""
        return cls(conn, origin, verifier, None)

    @staticmethod
    def origins(conn: sqlite3.Connection) -> list[str]:
        """The origins that have entries in this database, in order of their first."""
        return [origin for (origin,) in conn.execute("SELECT origin FROM log_head ORDER BY log")]

    def append(self, entries: Sequence[bytes], bodies: Sequence[bytes]) -> int:
        """Append canonical entries with their sealed bodies, one for each, and sign the new head. Returns the index
        of the first. All of it or, on any error, none of it is in the transaction that the caller began and will
        commit.

        Raises `BadEntry` (nothing written), `LogMisused` without a transaction, `LogDamaged` if the stored head is
        not the tree that it signs, `sqlite3.Error`."""
        if self._signer is None or not self._conn.in_transaction:
            raise LogMisused("A log is appended to with its signer, inside a transaction that the caller has begun.")
        if len(entries) != len(bodies):
            raise LogMisused(f"{len(entries)} entries cannot have {len(bodies)} bodies.")
        commitments = [commitment_of(entry) for entry in entries]
        head = self._head()
        if head.log is not None and self._parsed(head.checkpoint).root != head.frontier.root():
            raise LogDamaged(f"The stored frontier of {self.origin} is not the tree that its head signs.")
        first = head.frontier.size
        if not entries:
            return first
        self._conn.execute("SAVEPOINT log_append")
        try:
            self._insert(head, entries, commitments, bodies)
            self._conn.execute("RELEASE log_append")
        except BaseException:
            if self._conn.in_transaction:  # a full disk may have ended it already
                self._conn.execute("ROLLBACK TO log_append")
                self._conn.execute("RELEASE log_append")
            raise
        return first

    def _insert(
        self, head: _Head, entries: Sequence[bytes], commitments: Sequence[str], bodies: Sequence[bytes]
    ) -> None:
        run, frontier, first = self._conn.execute, head.frontier, head.frontier.size
        leaves = [leaf_hash(entry) for entry in entries]
        nodes = frontier.extend(leaves)
        checkpoint = self._sign(frontier)
        state = (frontier.size, frontier.to_bytes(), checkpoint)
        log = head.log
        if log is None:
            added = run(
                "INSERT INTO log_head (origin, size, frontier, checkpoint) VALUES (?, ?, ?, ?)", (self.origin, *state)
            )
            log = int(added.lastrowid or 0)
        else:
            run("UPDATE log_head SET size = ?, frontier = ?, checkpoint = ? WHERE log = ?", (*state, log))
        start = log * _PLACES + first
        tags = [int(commitment[:14], 16) for commitment in commitments]
        places = range(start, start + len(entries))
        self._insert_rows("log_entry (place, leaf, entry)", list(zip(places, leaves, entries, strict=True)))
        self._conn.executemany(
            "INSERT INTO log_node (log, level, idx, hash) VALUES (?, ?, ?, ?)", [(log, *node) for node in nodes]
        )
        self._insert_rows("log_body (place, tag, body)", list(zip(places, tags, bodies, strict=True)))

    def _insert_rows(self, into: str, rows: list[tuple[Any, ...]]) -> None:
        """Rows of three. Many in a statement take two thirds of the time that they take one by one."""
        whole = len(rows) - len(rows) % _ROWS
        for at in range(0, whole, _ROWS):
            values = tuple(chain.from_iterable(rows[at : at + _ROWS]))
            self._conn.execute(f"INSERT INTO {into} VALUES {_VALUES}", values)  # noqa: S608 - names from this file
        self._conn.executemany(f"INSERT INTO {into} VALUES (?, ?, ?)", rows[whole:])  # noqa: S608 - the same

    @property
    def size(self) -> int:
        return self._head().frontier.size

    @property
    def root(self) -> bytes:
        return self._head().frontier.root()

    @property
    def checkpoint(self) -> bytes:
        """The signed note of the current head. Raises `LogMisused` for a log without entries, opened for reading only:
        nobody signed that yet."""
        head = self._head()
        return self._sign(head.frontier) if head.log is None else head.checkpoint

    def entry(self, index: int) -> bytes:
        """Raises `LogMisused` if there is none at that index."""
        found = next(self.entries(index, index + 1), None)
        if found is None:
            raise LogMisused(f"{self.origin} has no entry {index}.")
        return found

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The entries [start, stop) in order, as far as there are any; `stop` None is the end."""
        return (entry for _, entry in self._rows("log_entry", "entry", start, stop))

    def body(self, commitment: str) -> bytes | None:
        """The sealed body under a hex commitment, or None where it was removed or never lay here."""
        start, stop = self._places(0, self.size)
        rows = self._conn.execute(
            "WITH RECURSIVE segment (n) AS (SELECT ? >> 10 UNION ALL SELECT n - 1 FROM segment WHERE n > ? >> 10) "
            "SELECT entry, body FROM segment CROSS JOIN log_body ON place >> 10 = n AND tag = ? "
            "JOIN log_entry USING (place)",
            (stop, start, int(commitment[:14], 16)),
        )
        return next((body for entry, body in rows if commitment_of(entry) == commitment), None)

    def records(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, bytes, bytes | None]]:
        """(index, entry, sealed body) of the entries [start, stop), for whoever reads them all: no look-up for each
        body. None stands where a body was removed."""
        return self._rows("log_entry LEFT JOIN log_body USING (place)", "entry, body", start, stop)

    def hashes(self, tile: Tile) -> list[bytes]:
        """The hashes of a tile. Raises `LogDamaged` if the database lacks one of them."""
        return self._hashes(tile.level, tile.start, tile.start + tile.width)

    def root_at(self, size: int) -> bytes:
        """The root that the tree had at an earlier size. Raises `LogMisused` for a size it has not reached."""
        if not 0 <= size <= self.size:
            raise LogMisused(f"{self.origin} has not reached {size} entries.")
        return range_root(0, size, self._node)

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of an entry in the tree of `size` entries (None: all). Raises `BadProof` if it is not in
        it."""
        return inclusion_proof(index, self.size if size is None else size, self._node)

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """The proof that the tree of `new` entries (None: all) begins with the tree of `old`. Raises `BadProof`."""
        return consistency_proof(old, self.size if new is None else new, self._node)

    def check(self) -> tuple[str, ...]:
        """Recompute the whole tree from the entries and compare it with all that is stored and with the signed head.
        Returns every problem as a sentence; none means that the log is what its key signed."""
        try:
            head = self._head()
            if head.log is None:
                return ()
            verify_note(head.checkpoint, [self.verifier])
            signed = self._parsed(head.checkpoint)
        except AuditError as wrong:
            return (f"The signed head of {self.origin} cannot be trusted: {wrong}",)
        frontier = Frontier()
        problems = list(self._check_entries(frontier))
        if signed.size != frontier.size:
            problems.append(f"The head signs {signed.size} entries, and {frontier.size} are stored.")
        elif signed.root != frontier.root():
            problems.append("The root of the stored entries is not the root that the head signs.")
        if frontier.to_bytes() != head.frontier.to_bytes():
            problems.append("The stored frontier is not that of the stored entries.")
        return tuple(problems)

    def _check_entries(self, frontier: Frontier) -> Iterator[str]:
        """Fill `frontier` from the stored entries, and say what does not agree with them on the way."""
        rows = self._rows("log_entry", "leaf, entry", 0, None)
        while page := list(islice(rows, _PAGE)):
            leaves: list[bytes] = []
            for index, leaf, entry in page:
                if index != frontier.size + len(leaves):
                    yield f"Entry {frontier.size + len(leaves)} is missing: entry {index} comes next."
                    frontier.extend(leaves)
                    return
                leaves.append(leaf_hash(entry))
                if leaves[-1] != leaf:
                    yield f"Entry {index} does not hash to its stored leaf."
                try:
                    commitment_of(entry)
                except BadEntry as wrong:
                    yield f"Entry {index}: {wrong}"
            for level, at, node in frontier.extend(leaves):
                if self._stored(level, at, at + 1) != [node]:
                    yield f"The stored hash {at} of level {level} is not that of the entries below it."

    def _head(self) -> _Head:
        row = self._conn.execute(
            "SELECT log, size, frontier, checkpoint FROM log_head WHERE origin = ?", (self.origin,)
        ).fetchone()
        if row is None:
            return _Head(None, Frontier(), b"")
        log, size, frontier, checkpoint = row
        head = _Head(log, Frontier.from_bytes(frontier), checkpoint)
        if head.frontier.size != size:
            raise LogDamaged(f"The stored head of {self.origin} does not agree with itself about its size.")
        return head

    def _sign(self, frontier: Frontier) -> bytes:
        if self._signer is None:
            raise LogMisused(f"{self.origin} has no entries here, and cannot be signed without its key.")
        return sign_note(Checkpoint(self.origin, frontier.size, frontier.root()).to_text(), [self._signer])

    def _parsed(self, checkpoint: bytes) -> Checkpoint:
        parsed = Checkpoint.from_text(split_note(checkpoint)[0])
        if parsed.origin != self.origin:
            raise LogDamaged(f"The stored head is of {parsed.origin}, not of {self.origin}.")
        return parsed

    def _rows(self, tables: str, columns: str, start: int, stop: int | None) -> Iterator[Any]:
        """The index of each entry and these columns, read in pages so that an append between two of them disturbs
        nothing."""
        at, end = self._places(max(start, 0), _PLACES if stop is None else stop)
        base = at - max(start, 0)
        while at < end:
            page = self._conn.execute(
                f"SELECT place - ?, {columns} FROM {tables} "  # noqa: S608 - names from this file
                "WHERE place >= ? AND place < ? ORDER BY place LIMIT ?",
                (base, at, end, _PAGE),
            ).fetchall()
            yield from page
            if len(page) < _PAGE:
                return
            at = base + page[-1][0] + 1

    def _node(self, height: int, index: int) -> bytes:
        """The root of a perfect subtree, from the nearest stored level below it: at most 128 hashes."""
        level, rest = divmod(height, TILE_HEIGHT)
        return tree_root(self._hashes(level, index << rest, (index + 1) << rest))

    def _hashes(self, level: int, start: int, stop: int) -> list[bytes]:
        found = self._stored(level, start, stop)
        if len(found) != stop - start:
            raise LogDamaged(f"{self.origin} lacks hashes of level {level} between {start} and {stop}.")
        return found

    def _stored(self, level: int, start: int, stop: int) -> list[bytes]:
        if level == 0:
            rows = self._conn.execute(
                "SELECT leaf FROM log_entry WHERE place >= ? AND place < ? ORDER BY place", self._places(start, stop)
            )
        else:
            rows = self._conn.execute(
                "SELECT hash FROM log_node WHERE log = (SELECT log FROM log_head WHERE origin = ?) "
                "AND level = ? AND idx >= ? AND idx < ? ORDER BY idx",
                (self.origin, level, start, stop),
            )
        return [each for (each,) in rows]

    def _places(self, start: int, stop: int) -> tuple[int, int]:
        row = self._conn.execute("SELECT log FROM log_head WHERE origin = ?", (self.origin,)).fetchone()
        base = row[0] * _PLACES if row else 0  # no log has the number 0
        return base + start, base + min(stop, _PLACES)
