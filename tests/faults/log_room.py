"""A person's two logs, the store they are published to, and how to tell whether anything of them was lost or halved."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Checkpoint, Verifier, split_note, vkey
from reviewer.audit.tiles import CHECKPOINT
from reviewer.domain.errors import NotInStore, ReviewerError
from reviewer.domain.events import BookmarkWithdrawn, CaseSynced, Event, LogName
from reviewer.domain.roster import Banner, Roster, User, Workstation
from reviewer.domain.timebase import Utc
from reviewer.records.database import open_reader
from reviewer.services.journal import Journal, Recorded, origin_of
from reviewer.services.logcheck import verify_store
from reviewer.services.publish import OwnLog, Published, Publisher
from reviewer.stores.folder import FolderStore

AGENCY = "pd.example"
ORIGINS = {log: origin_of(AGENCY, "ws-1", "salo", log) for log in LogName}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_PUBLIC = KEY.public_key().public_bytes_raw()
ROSTER = Roster(
    AGENCY,
    "Example Police",
    1,
    Utc(0),
    (User("salo", "K. Salo", "0417", (), vkey(f"{AGENCY}/salo", _PUBLIC), ""),),
    (Workstation("ws-1", "Desk 1", vkey(f"{AGENCY}/ws-1", _PUBLIC)),),
    (),
    Banner("", 1, Utc(0)),
)


def event(number: int) -> Event:
    """An event that says its number; every third is of the other log."""
    return BookmarkWithdrawn("c1", str(number)) if number % 3 == 0 else CaseSynced("c1", number, 0)


def number_of(recorded: Recorded) -> int:
    """Which one it was."""
    made = recorded.event
    return made.objects if isinstance(made, CaseSynced) else int(getattr(made, "id", "-1"))


@dataclass
class LogRoom:
    """Where the database and the store lie, and what somebody was told is durable: (origin, index) → number."""

    folder: Path
    acknowledged: dict[tuple[str, int], int] = field(default_factory=dict)
    published: dict[str, int] = field(default_factory=dict)  # entries that somebody was told the store has
    between: int = 0  # looks at the store while a publication lacked only its last step

    def __post_init__(self) -> None:
        (self.folder / "store").mkdir(parents=True, exist_ok=True)

    @property
    def records(self) -> Path:
        return self.folder / "records.sqlite"

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.folder / "store")

    def journal(self) -> Journal:
        """A real one. Raises what it raises."""
        return Journal(self.records, ORIGINS, KEY)

    def publisher(self) -> Publisher:
        """A real one, of both logs."""
        return Publisher(self.records, [OwnLog(origin, KEY, ()) for origin in ORIGINS.values()], self.store)

    def acknowledge(self, recorded: Recorded) -> None:
        """Somebody was told that this is durable."""
        self.acknowledged[recorded.origin, recorded.index] = number_of(recorded)

    def check_local(self) -> dict[str, int]:
        """Raises AssertionError if a log here is not whole, or an acknowledged entry is not in it. Gives their sizes;
        nothing at all may be there before the first entry."""
        if not self.records.exists() or not self.records.stat().st_size:
            assert not self.acknowledged, "the database is gone, and entries of it were acknowledged"
            return dict.fromkeys(ORIGINS.values(), 0)
        try:
            conn = open_reader(self.records)
        except ReviewerError as why:
            assert not self.acknowledged, f"the log cannot be read any more: {why}"
            return dict.fromkeys(ORIGINS.values(), 0)
        with closing(conn):
            conn.execute("BEGIN")
            here = set(SqliteLog.origins(conn)) if _has_log(conn) else set()
            sizes = {
                origin: self._check_one(SqliteLog.read(conn, origin, Verifier(origin, _PUBLIC)), conn)
                for origin in ORIGINS.values()
                if origin in here
            }
            lost = [key for key in self.acknowledged if key[1] >= sizes.get(key[0], 0)]
            assert not lost, f"{len(lost)} acknowledged entries are lost, the first {lost[0]}"
        return dict.fromkeys(ORIGINS.values(), 0) | sizes

    def _check_one(self, log: SqliteLog, conn: object) -> int:
        problems = log.check()
        assert not problems, f"{log.origin}: {problems[0]}"
        size = log.size
        bodies = [index for index, _entry, body in log.records() if body is None]
        assert not bodies, f"entry {bodies[0]} of {log.origin} has no body"
        rows = conn.execute(  # type: ignore[attr-defined]
            "SELECT idx, payload FROM entries WHERE origin = ? ORDER BY idx", (log.origin,)
        ).fetchall()
        assert len(rows) == size, f"{size} entries are in {log.origin}, {len(rows)} in the tables"
        found = {index: number for index, payload in rows if (number := _number_in(json.loads(payload))) is not None}
        assert len(set(found.values())) == len(found), f"something stands twice in {log.origin}"
        for (origin, index), number in self.acknowledged.items():
            if origin == log.origin and index < size:
                told = found.get(index)
                assert told == number, f"entry {index} of {origin} is {told}, and {number} was acknowledged"
        return size

    def check_published(self, sizes: dict[str, int]) -> dict[str, int]:
        """Raises AssertionError if what is published is not whole, or is more than the `sizes` here."""
        out: dict[str, int] = {}
        for origin in ORIGINS.values():
            try:
                note = self.store.get(f"logs/{origin}/{CHECKPOINT}")
            except NotInStore:
                out[origin] = 0
                continue
            out[origin] = Checkpoint.from_text(split_note(note)[0]).size
        for origin, size in out.items():
            assert size >= self.published.get(origin, 0), f"{origin} was published further than the store knows now"
            assert size <= sizes[origin], f"{size} entries of {origin} are published, {sizes[origin]} are here"
        if any(out.values()):
            report = verify_store(self.store, ROSTER)
            for log in report.logs:
                self.between += any(each.startswith("UNFINISHED") for each in log.remarks)
                assert not log.problems or not out[log.origin], f"{log.origin}: {log.problems[0]}"
                assert not log.bodies_missing, f"{log.bodies_missing} bodies of {log.origin} are missing"
        return out

    def publish(self) -> Published:
        """Publish, and remember what the store has then."""
        state = self.publisher().publish()
        if state.trouble is None:
            before = self.between
            self.published = self.check_published(self.check_local())
            assert self.between == before, "the checkpoint was not moved"
        return state

    def half_written(self) -> Iterable[str]:
        """Files of the store that are neither whole nor known as temporary."""
        return [stat.path for stat in self.store.leftovers()]


def _number_in(payload: dict[str, object]) -> int | None:
    """The number of one of our events; None for what the journal says by itself."""
    found = payload.get("objects", payload.get("id"))
    return None if found is None else int(str(found))


def _has_log(conn: object) -> bool:
    return bool(
        conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'log_head'").fetchone()  # type: ignore[attr-defined]
    )
