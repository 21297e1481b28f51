"""The shape of the tables, as named steps. Steps are only ever added at the end, never changed: a database made by any
earlier version comes up to date by running those it lacks.

All of it but the log's own tables (`log_…`, audit's) can be made again from the log: see `projections.rebuild`.
"""

from __future__ import annotations

import json
import sqlite3

from sqlite_utils import Database, Migrations

from reviewer.domain import codec
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.view_acts import FilmstripShown
from reviewer.records import facts, projections

_records = Migrations("records")


def apply(conn: sqlite3.Connection) -> None:
    """Run the steps this database lacks, each in a transaction of its own."""
    _records.apply(Database(conn))


@_records(name="0001_entries")
def _entries(db: Database) -> None:
    """Every entry of every log here, for filtering. `payload` is the body's JSON where this person can open it."""
    db.execute(
        """CREATE TABLE entries (
            origin TEXT NOT NULL, idx INTEGER NOT NULL, at INTEGER NOT NULL, mono INTEGER NOT NULL,
            boot TEXT NOT NULL, lamport INTEGER NOT NULL, kind TEXT NOT NULL, case_id TEXT, recording TEXT,
            reason TEXT, body TEXT NOT NULL, actor TEXT NOT NULL, payload TEXT,
            PRIMARY KEY (origin, idx)) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX entries_by_time ON entries (at, origin, idx)")
    db.execute("CREATE INDEX entries_by_case ON entries (case_id, at, origin, idx)")
    db.execute(
        """CREATE TABLE touched (recording TEXT NOT NULL, origin TEXT NOT NULL, idx INTEGER NOT NULL,
            PRIMARY KEY (recording, origin, idx)) STRICT, WITHOUT ROWID"""
    )


@_records(name="0002_bookmarks")
def _bookmarks(db: Database) -> None:
    """What stands since a bookmark was added, and apart from it what may change, each field with its own order."""
    db.execute(
        """CREATE TABLE bookmarks (
            case_id TEXT NOT NULL, id TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
            marks TEXT NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL, lamport INTEGER NOT NULL,
            origin TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (case_id, id)) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE bookmark_fields (
            case_id TEXT NOT NULL, id TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
            lamport INTEGER NOT NULL, origin TEXT NOT NULL, idx INTEGER NOT NULL,
            PRIMARY KEY (case_id, id, field)) STRICT, WITHOUT ROWID"""
    )


@_records(name="0003_views")
def _views(db: Database) -> None:
    """`spans`: what was allowed to be shown; `watched`: what was shown. A crash leaves a span open."""
    db.execute(
        """CREATE TABLE spans (
            origin TEXT NOT NULL, span TEXT NOT NULL, case_id TEXT NOT NULL, starts INTEGER NOT NULL,
            ends INTEGER NOT NULL, opened INTEGER NOT NULL, closed INTEGER,
            PRIMARY KEY (origin, span)) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE watched (
            origin TEXT NOT NULL, idx INTEGER NOT NULL, n INTEGER NOT NULL, span TEXT NOT NULL, case_id TEXT NOT NULL,
            recording TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL, rate_milli INTEGER NOT NULL,
            width INTEGER NOT NULL, height INTEGER NOT NULL, audible INTEGER NOT NULL, purpose TEXT NOT NULL,
            at INTEGER NOT NULL, PRIMARY KEY (origin, idx, n)) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX watched_by_case ON watched (case_id, recording, starts)")
    db.execute("CREATE INDEX watched_by_span ON watched (origin, span)")


@_records(name="0004_access")
def _access(db: Database) -> None:
    db.execute(
        """CREATE TABLE log_ons (
            origin TEXT NOT NULL, idx INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, named TEXT NOT NULL,
            why TEXT NOT NULL, tries_left INTEGER, PRIMARY KEY (origin, idx)) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX log_ons_by_name ON log_ons (named, origin, idx)")
    db.execute(
        """CREATE TABLE reasons (
            origin TEXT NOT NULL, idx INTEGER NOT NULL, at INTEGER NOT NULL, case_id TEXT NOT NULL,
            reason TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (origin, idx)) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE denials (
            origin TEXT NOT NULL, idx INTEGER NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, why TEXT NOT NULL,
            case_id TEXT, recording TEXT, PRIMARY KEY (origin, idx)) STRICT, WITHOUT ROWID"""
    )


@_records(name="0005_objects")
def _objects(db: Database) -> None:
    db.execute(
        """CREATE TABLE quarantines (
            origin TEXT NOT NULL, idx INTEGER NOT NULL, at INTEGER NOT NULL, case_id TEXT, recording TEXT NOT NULL,
            object TEXT NOT NULL, found TEXT NOT NULL, PRIMARY KEY (origin, idx)) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE syncs (
            origin TEXT NOT NULL, idx INTEGER NOT NULL, at INTEGER NOT NULL, case_id TEXT NOT NULL,
            objects INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (origin, idx)) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE stills (
            origin TEXT NOT NULL, idx INTEGER NOT NULL, at INTEGER NOT NULL, case_id TEXT NOT NULL,
            recording TEXT NOT NULL, part INTEGER NOT NULL, pts INTEGER NOT NULL, sha256 TEXT NOT NULL,
            PRIMARY KEY (origin, idx)) STRICT, WITHOUT ROWID"""
    )


@_records(name="0006_views_told_truthfully")
def _truthfully(db: Database) -> None:
    """How a view stood on the screen, as far as its entry says ("": by a version that did not), and the filmstrip's
    pictures. `heard` is what the entry says, else what its rate and choice of sound come to (`coverage.has_sound`)."""
    for column in (
        "heard INTEGER NOT NULL DEFAULT 0",
        "visible TEXT NOT NULL DEFAULT ''",
        "source TEXT NOT NULL DEFAULT ''",
        "crop TEXT NOT NULL DEFAULT ''",
    ):
        db.execute(f"ALTER TABLE watched ADD COLUMN {column}")
    db.execute("UPDATE watched SET heard = audible AND rate_milli BETWEEN 500 AND 2000")
    db.execute(
        """CREATE TABLE films (
            origin TEXT NOT NULL, idx INTEGER NOT NULL, at INTEGER NOT NULL, case_id TEXT NOT NULL,
            recording TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL, step INTEGER NOT NULL,
            height INTEGER NOT NULL, purpose TEXT NOT NULL, PRIMARY KEY (origin, idx)) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX films_by_case ON films (case_id, recording)")
    known = db.execute("SELECT origin, idx, at, payload FROM entries WHERE kind='filmstrip_shown' AND payload NOTNULL")
    for origin, index, at, payload in known.fetchall():
        film = _film(payload)
        if film is not None:
            db.execute("INSERT INTO films VALUES (?,?,?,?,?,?,?,?,?,?)", (origin, index, at, *film))


@_records(name="0007_facts")
def _facts(db: Database) -> None:
    """What people said of a case and may take back: the alignment that stands, cues, known offsets … (`facts`)."""
    db.execute(
        """CREATE TABLE facts (
            case_id TEXT NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
            author TEXT NOT NULL, at INTEGER NOT NULL, lamport INTEGER NOT NULL, origin TEXT NOT NULL,
            idx INTEGER NOT NULL, PRIMARY KEY (case_id, subject, key)) STRICT, WITHOUT ROWID"""
    )
    facts.refill(db.conn)


@_records(name="0008_tracks_added")
def _tracks(db: Database) -> None:
    """Tracks that a colleague's newer program added (`facts`)."""
    facts.refill(db.conn)


@_records(name="0009_cases")
def _cases(db: Database) -> None:
    """Things of a case that a colleague's newer program wrote (`facts`)."""
    facts.refill(db.conn)


@_records(name="0010_kinds_of_marks")
def _kinds(db: Database) -> None:
    """Marks of the agency's own kinds, which a colleague's newer program set: until now there were six."""
    projections.refold_kinds(db.conn, ("moment", "force", "warning", "speech", "injury", "question"))


@_records(name="0011_copies")
def _copies(db: Database) -> None:
    """Requests, masks, reels and their clips that a colleague's newer program wrote (`facts`)."""
    facts.refill(db.conn)


def _film(payload: str) -> tuple[object, ...] | None:
    """A row from an entry that was folded before there was a table for it; None if it is not as this version has it."""
    try:
        event = codec.decode(FilmstripShown, json.loads(payload))
    except (MalformedDocument, ValueError):
        return None
    start, end = event.shown.start, event.shown.end
    return event.case, event.recording, start, end, event.step, event.height, event.purpose
