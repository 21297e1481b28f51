"""A machine's own database, spoilt by whoever administers it: who notices?

The base: 520 entries that are published and witnessed, 80 more that only this machine has. After each manipulation
`reviewer log verify` looks, then the app opens the log and publishes as at a log-on, then the store is shown to the
single-file verifier and to aics-tlog, and so is the spoilt database itself, written out as files (what an examiner does
with a seized disk). The table goes to stdout; with REVIEWER_TAMPER_TABLE to a file.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.errors import AuditError
from reviewer.audit.log import SqliteLog
from reviewer.audit.merkle import Frontier, leaf_hash
from reviewer.audit.note import Checkpoint, Signer, Verifier, sign_note
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import BookmarkWithdrawn, CaseSynced
from reviewer.domain.roster import Witness
from reviewer.records.database import open_database
from reviewer.services.bodies import body_key
from reviewer.services.journal import Journal
from reviewer.services.loglocal import verify_local
from reviewer.services.publish import OwnLog, Publisher
from reviewer.services.rebuild import rebuild
from tests.audit.logs import Files
from tests.audit.tampering import (
    KEY,
    ORIGINS,
    STRANGER,
    WITNESSED,
    WITNESSES,
    WORK,
    World,
    ask,
    ask_aics,
    ask_single_file,
    cosign,
    keys_file,
    main,
    record,
)
from tests.services.agency import Agency

PLACES = 2**40
VERIFIER = Verifier(WORK, KEY.public_key().public_bytes_raw())


@dataclass(frozen=True)
class Machine:
    """A folder with a workspace and the store that it publishes to."""

    agency: Agency
    world: World

    @property
    def database(self) -> Path:
        return self.agency.workspace.user("salo").records

    def copy(self, to: Path) -> Machine:
        shutil.copytree(self.world.folder, to / "store", copy_function=os.link)
        shutil.copytree(self.agency.workspace.home, to / "home")
        agency = object.__new__(Agency)
        agency.folder, agency.now, agency.plain = to, self.agency.now, {}
        agency.store, agency.workspace = agency.place(), type(self.agency.workspace)(to / "home")
        setup = replace(agency.workspace.setup(), store=agency.store.location)
        agency.workspace.set_up(setup)
        return Machine(agency, replace(self.world, folder=to / "store"))


def machine(folder: Path) -> Machine:
    agency = Agency(folder)
    roster = replace(
        agency.trust().roster(),
        version=2,
        quorum=2,
        witnesses=tuple(Witness(w.verifier.name, w.vkey) for w in WITNESSES),
    )
    agency.put_roster(roster)
    made = Machine(agency, World(agency.store.root, roster, agency.root, WORK, b""))
    with closing(Journal(made.database, ORIGINS, KEY)) as journal:
        for start, stop in ((0, 200), (200, WITNESSED), (WITNESSED, 600)):
            for future in [journal.record(BookmarkWithdrawn("c1", f"b{n}")) for n in range(start, stop)]:
                future.result()
            journal.record(CaseSynced("c1", 1, stop)).result()
            if stop == 200:
                closed = open_copy(made.database, folder / "home" / "older.sqlite")
                assert closed == 200
            if stop <= WITNESSED:
                publish(made, made.database)
                cosign(agency.store.root, 1_781_380_900 + stop)
    return replace(made, world=replace(made.world, older=made.world.read("checkpoint")))


def open_copy(database: Path, to: Path) -> int:
    """A copy of a database that is in use, as a backup makes it. How many entries of the work log it has."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
        return SqliteLog.read(target, WORK, VERIFIER).size


def publish(made: Machine, database: Path) -> None:
    own = [OwnLog(origin, KEY, made.world.roster.custody_keys) for origin in ORIGINS.values()]
    state = Publisher(database, own, made.agency.store, now=lambda: made.agency.now).publish()
    assert state.trouble is None


# -- what an administrator can do --------------------------------------------------------------------------------------


def writer(made: Machine) -> sqlite3.Connection:
    """A connection that nothing holds back: our triggers are against ourselves."""
    conn = sqlite3.connect(made.database, isolation_level=None)
    for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        conn.execute(f"DROP TRIGGER {name}")
    return conn


def sql(*statements: str) -> Callable[[Machine], None]:
    def spoil(made: Machine) -> None:
        with closing(writer(made)) as conn:
            base = conn.execute("SELECT log FROM log_head WHERE origin = ?", (WORK,)).fetchone()[0]
            for statement in statements:
                conn.execute(statement.format(log=base, place=base * PLACES, work=WORK))

    return spoil


def resign(made: Machine, change: Callable[[list[bytes]], list[bytes]], key: Ed25519PrivateKey = KEY) -> None:
    """Entries changed, and everything in the database that follows from them made to fit, signed with `key`."""
    with closing(writer(made)) as conn:
        log = conn.execute("SELECT log FROM log_head WHERE origin = ?", (WORK,)).fetchone()[0]
        entries = change(list(SqliteLog.read(conn, WORK, VERIFIER).entries()))
        frontier = Frontier()
        nodes = frontier.extend(leaf_hash(each) for each in entries)
        note = sign_note(Checkpoint(WORK, frontier.size, frontier.root()).to_text(), [Signer(WORK, key)])
        conn.execute("DELETE FROM log_entry WHERE place >= ? AND place < ?", (log * PLACES, (log + 1) * PLACES))
        conn.execute("DELETE FROM log_node WHERE log = ?", (log,))
        conn.executemany(
            "INSERT INTO log_entry VALUES (?, ?, ?)",
            [(log * PLACES + n, leaf_hash(each), each) for n, each in enumerate(entries)],
        )
        conn.executemany("INSERT INTO log_node VALUES (?, ?, ?, ?)", [(log, *node) for node in nodes])
        head = (frontier.size, frontier.to_bytes(), note, log)
        conn.execute("UPDATE log_head SET size = ?, frontier = ?, checkpoint = ? WHERE log = ?", head)


def edited(*indexes: int) -> Callable[[list[bytes]], list[bytes]]:
    return lambda entries: [each.replace(b'"c1"', b'"c2"') if n in indexes else each for n, each in enumerate(entries)]


def older_database(made: Machine) -> None:
    for path in made.database.parent.glob("records.sqlite*"):
        path.unlink()
    shutil.copy(made.agency.workspace.home / "older.sqlite", made.database)


SPOILS: dict[str, Callable[[Machine], None]] = {
    "an entry edited": sql(
        "UPDATE log_entry SET entry = CAST(replace(entry, 'c1', 'c2') AS BLOB) WHERE place = {place} + 5"
    ),
    "an entry edited, its leaf hash with it": lambda made: edit_with_leaf(made),
    "a row deleted": sql("DELETE FROM log_entry WHERE place = {place} + 5"),
    "the last rows deleted": sql("DELETE FROM log_entry WHERE place >= {place} + 590"),
    "the frontier changed": lambda made: other_frontier(made),
    "the signed head of an older size put back": lambda made: older_head(made),
    "a stored hash of level 1 changed": sql("UPDATE log_node SET hash = zeroblob(32) WHERE log = {log} AND idx = 0"),
    "an index renumbered": sql(
        "UPDATE log_entry SET place = -1 WHERE place = {place} + 5",
        "UPDATE log_entry SET place = {place} + 5 WHERE place = {place} + 6",
        "UPDATE log_entry SET place = {place} + 6 WHERE place = -1",
    ),
    "the whole database replaced by an older copy": older_database,
    "published entries edited, all signed again with the real key": lambda made: resign(made, edited(5)),
    "the log's key file replaced: all signed by another key": lambda made: resign(made, edited(), STRANGER),
    "the list for the screens edited": sql("UPDATE entries SET case_id = 'c2' WHERE origin = '{work}' AND idx = 5"),
    "what the screens have out of bodies edited": sql(
        "UPDATE entries SET payload = replace(payload, 'b5', 'b6') WHERE origin = '{work}' AND idx = 5"
    ),
    "two sealed bodies exchanged": lambda made: swap_bodies(made),
    "entries that only this machine has edited, signed again with the real key": lambda made: unseen(made),
}
LOG_VERIFY, OPENING, PUBLISHING = "reviewer log verify", "opening the log", "publishing"
FILE, AICS, REBUILD = "its files: verify_log.py", "its files: aics-tlog", "rebuild differs"
ALL = (LOG_VERIFY, OPENING, PUBLISHING, FILE, AICS, REBUILD)
WHY = {
    "the frontier changed": "Nothing that is published comes from it; the app refuses to go on from it.",
    "the list for the screens edited": "The tables beside the log are no evidence: they are made again from the log.",
    "what the screens have out of bodies edited": "Sealed bodies do not open without their keys; rebuilding has them.",
    "two sealed bodies exchanged": "Sealed bodies cannot be opened without their keys; whoever opens one sees it.",
    "entries that only this machine has edited, signed again with the real key": (
        "Nobody else saw them. Witnesses bound that time (72 h)."
    ),
}


def edit_with_leaf(made: Machine) -> None:
    with closing(writer(made)) as conn:
        (place, data) = conn.execute(
            "SELECT place, entry FROM log_entry JOIN log_head ON place = log * ? + 5 WHERE origin = ?", (PLACES, WORK)
        ).fetchone()
        new = data.replace(b'"c1"', b'"c2"')
        conn.execute("UPDATE log_entry SET entry = ?, leaf = ? WHERE place = ?", (new, leaf_hash(new), place))


def other_frontier(made: Machine) -> None:
    with closing(writer(made)) as conn:
        (old,) = conn.execute("SELECT frontier FROM log_head WHERE origin = ?", (WORK,)).fetchone()
        conn.execute("UPDATE log_head SET frontier = ? WHERE origin = ?", (old[:8] + bytes(len(old) - 8), WORK))


def older_head(made: Machine) -> None:
    with closing(sqlite3.connect(made.agency.workspace.home / "older.sqlite")) as conn:
        head = conn.execute("SELECT size, frontier, checkpoint FROM log_head WHERE origin = ?", (WORK,)).fetchone()
    with closing(writer(made)) as conn:
        conn.execute("UPDATE log_head SET size = ?, frontier = ?, checkpoint = ? WHERE origin = ?", (*head, WORK))


def swap_bodies(made: Machine) -> None:
    with closing(writer(made)) as conn:
        (base,) = conn.execute("SELECT log * ? FROM log_head WHERE origin = ?", (PLACES, WORK)).fetchone()
        bodies = [conn.execute("SELECT body FROM log_body WHERE place = ?", (base + n,)).fetchone()[0] for n in (5, 6)]
        for n, each in zip((6, 5), bodies, strict=True):
            conn.execute("UPDATE log_body SET body = ? WHERE place = ?", (each, base + n))


def unseen(made: Machine) -> None:
    resign(made, edited(590))
    sql("UPDATE entries SET case_id = 'c2' WHERE origin = '{work}' AND idx = 590")(made)


# -- who is asked ------------------------------------------------------------------------------------------------------


def opening(made: Machine) -> str:
    try:
        with closing(Journal(made.database, ORIGINS, KEY)):
            return ""
    except ReviewerError as wrong:
        return str(wrong)


def publishing(made: Machine) -> str:
    try:
        publish(made, made.database)
    except (ReviewerError, AssertionError) as wrong:
        return str(wrong)
    return ""


def as_files(made: Machine) -> str:
    """The spoilt database as a published log in place of the true one; "" or why it cannot even be written out."""
    files = Files()
    try:
        with closing(sqlite3.connect(made.database)) as conn:
            log = SqliteLog.read(conn, WORK, VERIFIER)
            files.publish(log)
    except (AuditError, sqlite3.Error) as wrong:
        return f"It cannot even be written out: {wrong}"
    for path in ("tile", "checkpoints", "checkpoint"):
        target = made.world.log / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    for path, data in files.items():
        made.world.write(path, data)
    return ""


def rebuilt_differs(made: Machine) -> str:
    """Whether the tables come out otherwise when they are made again from the log."""
    with closing(open_database(made.database)) as conn:
        before = _tables(conn)
        try:
            keys = {origin: [body_key(KEY, origin)] for origin in ORIGINS.values()}
            logs = [
                SqliteLog.read(conn, origin, Verifier(origin, VERIFIER.public)) for origin in SqliteLog.origins(conn)
            ]
            rebuild(conn, logs, lambda origin, _case: keys[origin])
        except (ReviewerError, AuditError, sqlite3.Error) as wrong:
            return str(wrong)
        return "" if _tables(conn) == before else "the tables differ"


def _tables(conn: sqlite3.Connection) -> list[object]:
    return conn.execute("SELECT * FROM entries ORDER BY origin, idx").fetchall()


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("local")
    true = machine(folder / "true")
    keys, older = keys_file(true.world, folder / "keys.json"), folder / "older"
    older.write_bytes(true.world.older)
    found: dict[str, dict[str, str]] = {}
    with pytest.MonkeyPatch.context() as patch:
        for n, (name, spoil) in enumerate({"nothing": lambda _made: None, **SPOILS}.items()):
            made = true.copy(folder / str(n))
            spoil(made)
            patch.setenv("REVIEWER_HOME", str(made.agency.workspace.home))
            status, text = ask(main, ["log", "verify", "--json"])
            said = {LOG_VERIFY: text if status else ""}
            spare = true.copy(folder / f"{n}-again")
            shutil.copytree(made.agency.workspace.home, spare.agency.workspace.home, dirs_exist_ok=True)
            spare.agency.workspace.set_up(replace(spare.agency.workspace.setup(), store=spare.agency.store.location))
            said[REBUILD] = rebuilt_differs(spare)
            said[OPENING] = opening(made)
            said[PUBLISHING] = publishing(made)
            refused = as_files(made)
            said[FILE] = refused or file_says(made, keys, older)
            said[AICS] = refused or ask_aics([made.world])[0]
            found[name] = said
    rows = [
        {"manipulation": name, **{who: bool(said[who]) for who in ALL}, "why not": WHY.get(name, "")}
        for name, said in found.items()
    ]
    record("tamper-local", rows)
    yield found


def file_says(made: Machine, keys: Path, older: Path) -> str:
    status, text = ask_single_file(made.world, keys, older)
    return text if status else ""


def test_an_untouched_database_is_whole_to_everybody(table: dict[str, dict[str, str]]) -> None:
    assert table["nothing"] == dict.fromkeys(table["nothing"], "")


@pytest.mark.parametrize("name", [name for name in SPOILS if name not in WHY])
def test_it_is_noticed(table: dict[str, dict[str, str]], name: str) -> None:
    said = table[name]
    assert said[LOG_VERIFY] and said[FILE] and said[AICS], said
    assert said[OPENING] or said[PUBLISHING], said  # and the app itself stops


def test_a_wrong_frontier_is_gone_on_from_by_nobody(table: dict[str, dict[str, str]]) -> None:
    assert table["the frontier changed"][LOG_VERIFY] and table["the frontier changed"][OPENING]


def test_tables_beside_the_log_are_compared_or_made_again(table: dict[str, dict[str, str]]) -> None:
    assert table["the list for the screens edited"][LOG_VERIFY]
    for name in ("the list for the screens edited", "what the screens have out of bodies edited"):
        assert table[name][REBUILD], table[name]
    assert table["two sealed bodies exchanged"][REBUILD], table["two sealed bodies exchanged"]


def test_what_nobody_saw_nobody_misses(table: dict[str, dict[str, str]]) -> None:
    said = table["entries that only this machine has edited, signed again with the real key"]
    assert not said[LOG_VERIFY] and not said[FILE] and not said[AICS], said


def test_a_database_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    made = machine(tmp_path)
    made.database.write_bytes(b"nothing that SQLite knows" * 100)
    (found,) = verify_local(made.agency.workspace, made.world.roster, made.agency.store)
    assert not found.ok and "records.sqlite" in found.problems[0]


def test_enough_of_them() -> None:
    assert len(SPOILS) - len(WHY) >= 10
