"""The log in SQLite: what it keeps, what a rollback leaves, and what a touched database says."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.audit.entry import commitment_of
from reviewer.audit.errors import BadEntry, LogDamaged, LogMisused
from reviewer.audit.log import SqliteLog
from reviewer.audit.merkle import (
    EMPTY_ROOT,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from reviewer.audit.note import Checkpoint, Signer, verify_note
from reviewer.audit.tiles import Tile, new_tiles
from tests.audit.logs import KEY, ORIGIN, body, entry, grow, new_log


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(entry(n)) for n in range(count)]


def state(conn: sqlite3.Connection) -> list[str]:
    return list(conn.iterdump())


def test_an_empty_log() -> None:
    conn, log = new_log()
    assert (log.size, log.root, list(log.entries()), log.body("ab" * 32), log.check()) == (0, EMPTY_ROOT, [], None, ())
    assert SqliteLog.origins(conn) == []
    assert Checkpoint.from_text(verify_note(log.checkpoint, [log.verifier])[0]) == Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    conn.execute("BEGIN")
    assert log.append([], []) == 0
    with pytest.raises(LogMisused, match="no entry 0"):
        log.entry(0)


def test_what_was_appended_is_there() -> None:
    conn, log = new_log()
    conn.execute("BEGIN")
    assert log.append([entry(0)], [body(0)]) == 0
    assert log.append([entry(1), entry(2)], [body(1), body(2)]) == 1
    conn.execute("COMMIT")
    assert log.size == 3
    assert log.entry(1) == entry(1)
    assert list(log.entries()) == [entry(0), entry(1), entry(2)]
    assert list(log.entries(1, 2)) == [entry(1)]
    assert list(log.records(2)) == [(2, entry(2), body(2))]
    assert [log.body(commitment_of(entry(n))) for n in range(4)] == [body(0), body(1), body(2), None]
    assert log.root == tree_root(leaves(3))
    signed = Checkpoint.from_text(verify_note(log.checkpoint, [log.verifier])[0])
    assert signed == Checkpoint(ORIGIN, 3, log.root)
    assert log.check() == ()


def test_a_long_log_reads_back_across_pages_and_segments() -> None:
    conn, log = new_log()
    grow(conn, log, 9_000)
    assert [index for index, _, _ in log.records()] == list(range(9_000))
    assert log.root == tree_root(leaves(9_000))
    for n in (0, 4_095, 4_096, 8_999):
        assert log.body(commitment_of(entry(n))) == body(n)
        assert log.entry(n) == entry(n)
    assert log.check() == ()


@settings(max_examples=20)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_however_it_grew_it_is_the_same_log(steps: list[int]) -> None:
    conn, log = new_log()
    for step in steps:
        grow(conn, log, step)
    hashes = leaves(sum(steps))
    assert log.root == tree_root(hashes)
    assert log.check() == ()
    for tile in new_tiles(0, log.size):
        span = 256**tile.level
        assert log.hashes(tile) == [
            tree_root(hashes[n * span : (n + 1) * span]) for n in range(tile.start, tile.start + tile.width)
        ]
    conn.close()


@settings(max_examples=20)
@given(st.integers(1, 700), st.data())
def test_it_proves_what_it_holds(size: int, data: st.DataObject) -> None:
    conn, log = new_log()
    grow(conn, log, size)
    old = data.draw(st.integers(1, size))
    index = data.draw(st.integers(0, old - 1))
    assert log.root_at(old) == tree_root(leaves(old))
    verify_inclusion(index, size, leaf_hash(entry(index)), log.inclusion_proof(index), log.root)
    verify_inclusion(index, old, leaf_hash(entry(index)), log.inclusion_proof(index, old), log.root_at(old))
    verify_consistency(old, size, log.consistency_proof(old), log.root_at(old), log.root)
    with pytest.raises(LogMisused, match="not reached"):
        log.root_at(size + 1)
    conn.close()


def test_several_logs_in_one_database() -> None:
    conn, first = new_log("a.example/ws/u/access/1")
    _, second = new_log("a.example/ws/u/work/1", conn)
    grow(conn, first, 300)
    grow(conn, second, 2, kind="bookmark_added")
    grow(conn, first, 1)
    assert SqliteLog.origins(conn) == [first.origin, second.origin]
    assert (first.size, second.size) == (301, 2)
    assert list(second.entries()) == [entry(0, "bookmark_added"), entry(1, "bookmark_added")]
    assert list(second.entries(-5, 0)) == []
    assert first.check() == second.check() == ()
    with pytest.raises(LogMisused):
        second.entry(-1)


def test_a_log_opens_again(tmp_path: Path) -> None:
    conn, log = new_log(conn=sqlite3.connect(tmp_path / "log.sqlite", isolation_level=None))
    grow(conn, log, 5)
    checkpoint = log.checkpoint
    conn.close()
    conn, log = new_log(conn=sqlite3.connect(tmp_path / "log.sqlite", isolation_level=None))
    assert (log.size, log.checkpoint, log.check()) == (5, checkpoint, ())
    grow(conn, log, 1)
    reader = sqlite3.connect(f"file:{tmp_path / 'log.sqlite'}?mode=ro", uri=True)
    seen = SqliteLog.read(reader, ORIGIN, log.verifier)
    assert (seen.size, seen.checkpoint, seen.check()) == (6, log.checkpoint, ())
    with pytest.raises(LogMisused):
        seen.append([entry(6)], [b""])
    nobody = SqliteLog.read(reader, "another", log.verifier)
    assert (nobody.size, nobody.check()) == (0, ())
    with pytest.raises(LogMisused, match="cannot be signed"):
        _ = nobody.checkpoint
    reader.close()
    conn.close()


def test_nothing_is_committed_here() -> None:
    conn, log = new_log()
    grow(conn, log, 255)
    before = state(conn)
    conn.execute("BEGIN")
    log.append([entry(255), entry(256)], [b"a", b"b"])
    assert log.size == 257
    conn.execute("ROLLBACK")
    assert state(conn) == before
    assert (log.size, log.check()) == (255, ())
    grow(conn, log, 1)
    assert log.root == tree_root(leaves(256))


def test_the_first_append_rolls_back_too() -> None:
    conn, log = new_log()
    before = state(conn)
    conn.execute("BEGIN")
    log.append([entry(0)], [b""])
    conn.execute("ROLLBACK")
    assert (state(conn), log.size, SqliteLog.origins(conn)) == (before, 0, [])


class Dying(sqlite3.Connection):
    """A connection on which one statement, `left` statements from now, fails."""

    left = -1

    def execute(self, *args: object) -> sqlite3.Cursor:
        self._count()
        return super().execute(*args)  # type: ignore[arg-type]

    def executemany(self, *args: object) -> sqlite3.Cursor:
        self._count()
        return super().executemany(*args)  # type: ignore[arg-type]

    def _count(self) -> None:
        self.left -= 1
        if self.left == -1:
            raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.parametrize("afterwards", ["COMMIT", "ROLLBACK"])
def test_a_failure_between_any_two_statements_leaves_the_old_log(afterwards: str) -> None:
    """Every statement of an append fails in turn; whatever the caller does then, the log is the old one."""
    conn, log = new_log(conn=sqlite3.connect(":memory:", isolation_level=None, factory=Dying))
    assert isinstance(conn, Dying)
    grow(conn, log, 255)
    before, failures = state(conn), 0
    while True:
        conn.execute("BEGIN")
        conn.left = failures
        try:
            log.append([entry(255), entry(256)], [b"a", b"b"])
        except sqlite3.OperationalError:
            conn.execute(afterwards)
            assert state(conn) == before
            failures += 1
        else:
            break
    conn.left = -1
    conn.execute("COMMIT")
    assert failures == 7
    assert (log.size, log.check()) == (257, ())


def test_a_refused_entry_refuses_them_all() -> None:
    conn, log = new_log()
    grow(conn, log, 3)
    before = state(conn)
    conn.execute("BEGIN")
    with pytest.raises(BadEntry):
        log.append([entry(3), b"{}"], [b"", b""])
    with pytest.raises(LogMisused, match="2 entries"):
        log.append([entry(3), entry(4)], [b""])
    conn.execute("COMMIT")
    assert state(conn) == before


def test_the_contract_of_append() -> None:
    conn, log = new_log()
    with pytest.raises(LogMisused, match="transaction"):
        log.append([entry(0)], [b""])
    with pytest.raises(LogMisused, match="in the name of"):
        SqliteLog.open(conn, ORIGIN, Signer("another", KEY))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entry SET entry = x'00'",
        "DELETE FROM log_entry",
        "UPDATE log_node SET hash = x'00'",
        "DELETE FROM log_node",
        "UPDATE log_head SET size = size - 1",
        "UPDATE log_head SET checkpoint = x'00'",
    ],
)
def test_the_tables_only_grow(statement: str) -> None:
    conn, log = new_log()
    grow(conn, log, 300)
    with pytest.raises(sqlite3.IntegrityError, match="only ever appended to"):
        conn.execute(statement)
    assert log.check() == ()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "UPDATE log_entry SET entry = CAST(replace(entry, 'rec-1', 'rec-2') AS BLOB) WHERE rowid & 255 = 17",
            "Entry 17 does not hash",
        ),
        ("UPDATE log_entry SET entry = x'7b7d' WHERE rowid & 255 = 17", "Entry 17: The entry's v"),
        ("UPDATE log_entry SET leaf = zeroblob(32) WHERE rowid & 255 = 17", "Entry 17 does not hash"),
        ("DELETE FROM log_entry WHERE rowid & 255 = 17", "Entry 17 is missing"),
        ("DELETE FROM log_entry WHERE rowid & 511 = 299", "The head signs 300 entries, and 299 are stored."),
        ("UPDATE log_node SET hash = zeroblob(32)", "hash 0 of level 1"),
        ("DELETE FROM log_node", "hash 0 of level 1"),
        ("UPDATE log_head SET size = 299", "does not agree with itself"),
        ("UPDATE log_head SET frontier = substr(frontier, 1, 40)", "is not what a tree of its size has"),
        ("UPDATE log_head SET frontier = CAST(substr(frontier, 1, 104) || zeroblob(32) AS BLOB)", "stored frontier"),
        ("UPDATE log_head SET checkpoint = CAST(replace(checkpoint, '300', '301') AS BLOB)", "The signature of"),
        ("UPDATE log_head SET checkpoint = x'00'", "cannot be trusted"),
    ],
)
def test_a_touched_database_says_what_was_touched(statement: str, problem: str) -> None:
    conn, log = new_log()
    grow(conn, log, 300)
    for (trigger,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        conn.execute(f"DROP TRIGGER {trigger}")
    assert conn.execute(statement).rowcount
    assert any(problem in each for each in log.check()), log.check()


def test_nothing_is_appended_to_a_damaged_head() -> None:
    conn, log = new_log()
    grow(conn, log, 3)
    conn.execute("DROP TRIGGER log_head_grows")
    conn.execute("UPDATE log_head SET frontier = CAST(substr(frontier, 1, 40) || zeroblob(32) AS BLOB)")
    conn.execute("BEGIN")
    with pytest.raises(LogDamaged):
        log.append([entry(3)], [b""])


def test_a_missing_hash_is_said_and_not_guessed() -> None:
    conn, log = new_log()
    grow(conn, log, 300)
    conn.execute("DROP TRIGGER log_node_no_delete")
    conn.execute("DELETE FROM log_node")
    with pytest.raises(LogDamaged, match="lacks hashes of level 1"):
        log.hashes(Tile(1, 0, 1))


def test_another_row_factory_is_no_matter() -> None:
    conn, log = new_log()
    conn.row_factory = sqlite3.Row
    grow(conn, log, 300)
    assert log.check() == ()
    assert log.body(commitment_of(entry(5))) == body(5)


def test_a_removed_body_leaves_the_log_whole() -> None:
    conn, log = new_log()
    grow(conn, log, 3)
    conn.execute("DELETE FROM log_body WHERE body = ?", (body(1),))
    assert log.body(commitment_of(entry(1))) is None
    assert [sealed for _, _, sealed in log.records()] == [body(0), None, body(2)]
    assert log.check() == ()
