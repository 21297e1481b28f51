"""Two and more people of the small agency, each at a workstation of their own, over one store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from reviewer.audit.entry import Entry, commitment_of
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer
from reviewer.audit.publish import publish
from reviewer.audit.tiles import body_path
from reviewer.domain.errors import AlreadyInStore
from reviewer.domain.events import BookmarkAdded, Event, LogName, ReasonStated, SpanCamera, ViewClosed, ViewOpened
from reviewer.domain.roster import Role, User
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.records.queries import EntryFilter, LogEntry, Queries
from reviewer.sealing.keyring import PrivateKeys
from reviewer.sealing.stream import seal_bytes
from reviewer.services import custody
from reviewer.services.bodies import CaseKeys, seal_body
from reviewer.services.following import Followed, Following, prepare
from reviewer.services.grants import Grants
from reviewer.services.journal import Journal, origin_of
from reviewer.services.publish import OwnLog, Publisher
from reviewer.services.trust import Trust
from reviewer.services.workspace import UserRoom, Workspace
from tests.services.agency import CASE, NAME, NOW, Agency, keys, station_key


@dataclass
class Desk:
    """One person logged on at one workstation: what following needs of a session, without a door."""

    agency: Agency
    who: str
    station: str = "ws-1"
    home: str = ""

    def __post_init__(self) -> None:
        self.workspace = Workspace(self.agency.folder / f"home-{self.home or self.station}")
        self.keys = keys(self.who)
        self.trust: Trust = self.agency.trust(self.workspace)
        self.user: User = next(u for u in self.trust.roster().users if u.id == self.who)
        self.grants = Grants(self.trust, self.keys, now=lambda: self.agency.now)
        self.case_keys = CaseKeys(self.grants.case_keys)
        self.room: UserRoom = self.workspace.user(self.who)
        origins = {log: origin_of(NAME, self.station, self.who, log) for log in LogName}
        self.journal = Journal(
            self.room.records, origins, self.keys.signing, case_keys=self.case_keys, now=lambda: self.agency.now
        )
        self.journal.observe(prepare(self.room))
        custody = self.trust.roster().custody_keys
        own = [OwnLog(origin, self.keys.signing, custody) for origin in origins.values()]
        self.publisher = Publisher(self.room.records, own, self.agency.store, now=lambda: self.agency.now)
        self.following = Following(self, now=lambda: self.agency.now)

    def opens(self, case: str = CASE) -> Desk:
        self.case_keys.open(case)
        return self

    def does(self, *events: Event) -> Desk:
        """Record, and publish."""
        for event in events:
            self.journal.record(event).result()
        state = self.publisher.publish()
        assert state.trouble is None
        return self

    def follows(self, custody: PrivateKeys | None = None) -> Followed:
        following = self.following
        if custody is not None:
            following = Following(self, custody=custody, now=lambda: self.agency.now)
        return following.run(every=True)

    @contextmanager
    def queries(self) -> Iterator[Queries]:
        with closing(Queries(self.room.records, self.room.others)) as queries:
            assert queries.followed
            yield queries

    def entries(self, **wanted: object) -> list[LogEntry]:
        with self.queries() as queries:
            return list(reversed(queries.entries(EntryFilter(**wanted), limit=10_000)))  # type: ignore[arg-type]

    def kinds(self, user: str) -> list[tuple[str, bool]]:
        """(kind, whether its body is open) of somebody's entries, in order."""
        found = sorted((e for e in self.entries(user=user)), key=lambda e: (e.meta.origin, e.meta.index))
        return [(e.meta.kind, e.event is not None) for e in found]

    def bookmarks(self, case: str = CASE) -> list[str]:
        with self.queries() as queries:
            return [b.text for b in queries.bookmarks(case)]


def bookmark(text: str, at: int = 0, case: str = CASE, id_: str = "") -> BookmarkAdded:
    place = TimeRange(Utc(NOW + at * SECOND), Utc(NOW + at * SECOND))
    return BookmarkAdded(case, id_ or f"b-{text}", place, (), "moment", text)


def seen(start: int, end: int, span: str = "s1", case: str = CASE, recording: str = "rec-1") -> tuple[Event, Event]:
    """A view of seconds [start, end) after NOW: its announcement and what was shown."""
    shown = TimeRange(Utc(NOW + start * SECOND), Utc(NOW + end * SECOND))
    camera = SpanCamera(recording, shown, 640, 360, True)
    opened = ViewOpened(case, span, shown, 1000, (camera,), "complaint")
    return opened, ViewClosed(case, span, 1000, (camera,), "complaint")


def reason(case: str = CASE) -> ReasonStated:
    return ReasonStated(case, "complaint")


def agency_of(tmp_path: Path) -> Agency:
    """With one recording on one case: salo investigates, aro supervises."""
    agency = Agency(tmp_path)
    roster = agency.trust().roster()
    second = custody.station_entry(NAME, "ws-2", "Second desk", station_key("ws-2"))
    agency.put_roster(replace(roster, version=2, workstations=(*roster.workstations, second)))
    agency.recording("rec-1", b"footage")
    agency.assign("rec-1")
    return agency


class Hostile:
    """Somebody with a real key and a program of their own: entries and bodies as they like, properly signed."""

    def __init__(self, agency: Agency, who: str, log: LogName = LogName.WORK) -> None:
        self.origin = origin_of(NAME, "ws-1", who, log)
        self._agency, self._signing = agency, keys(who).signing
        self._conn = sqlite3.connect(":memory:", isolation_level=None)
        self._log = SqliteLog.open(self._conn, self.origin, Signer(self.origin, self._signing))

    def says(
        self, payload: bytes, key: bytes, *, kind: str, case: str | None = CASE, lamport: int = 1, salt: bool = True
    ) -> Hostile:
        """An entry and its body. Without `salt` the body is another than the one committed to."""
        commitment, sealed = seal_body(payload, key)
        if not salt:
            sealed = seal_bytes(b"x" * 32 + b"{}", key, commitment.encode())
        entry = Entry(at=NOW, mono=1, boot="b", lamport=lamport, kind=kind, case=case, body=commitment)
        return self.appends(entry.to_bytes(), sealed)

    def appends(self, entry: bytes, sealed: bytes = b"") -> Hostile:
        self._conn.execute("BEGIN")
        self._log.append([entry], [sealed])
        self._conn.execute("COMMIT")
        return self

    def publishes(self) -> Hostile:
        store = self._agency.store

        def at(path: str) -> str:
            return f"logs/{self.origin}/{path}"

        for _, entry, body in self._log.records():
            with suppress(AlreadyInStore):
                store.put_if_absent(at(body_path(commitment_of(entry))), body or b"")

        def read(path: str) -> bytes | None:
            return store.get(at(path)) if store.exists(at(path)) else None

        def write(path: str, data: bytes) -> bool:
            try:
                store.put_if_absent(at(path), data)
            except AlreadyInStore:
                return False
            return True

        publish(self._log, read, write, lambda path, data: store.replace(at(path), data))
        return self


BOTH = {"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR}
