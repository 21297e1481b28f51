"""People who write findings on one case, each with records of their own, into which the others' entries come as late,
and in whatever pieces, as a test lets them."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reviewer.domain.agency import DEFAULT, Gate, Tables
from reviewer.domain.case_acts import AllegationSet, Change, ExhibitSet
from reviewer.domain.coverage import joined
from reviewer.domain.event import Event
from reviewer.domain.gate import AllegationGate, Basis, camera_gate
from reviewer.domain.roster import Banner, Role, Roster
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records import projections
from reviewer.records.database import open_database
from reviewer.records.projections import EntryMeta
from reviewer.records.queries import Queries
from reviewer.services import custody
from reviewer.services.case import CaseFile
from reviewer.services.case_state import Rights
from reviewer.services.decision import Decisions
from reviewer.services.finding import Findings
from reviewer.services.finding_hand import FindingHand
from reviewer.services.finding_reading import CaseFindings, case_findings
from reviewer.services.journal import Recorded
from reviewer.services.second_review import SecondReviews
from tests.records.events_made import meta_of
from tests.services.agency import NAME, NOW, keys

CASE = "CR-1"
A1, A2 = "allegation-1", "allegation-2"
E1 = "exhibit-1"
SALO, VIRTA, ARO, LEHTO, FALK = "salo", "virta", "aro", "lehto", "falk"
ROLES = {
    SALO: Role.INVESTIGATOR,
    VIRTA: Role.INVESTIGATOR,
    ARO: Role.SUPERVISOR,
    LEHTO: Role.SUPERVISOR,
    FALK: Role.TRAINING,
}
S = int(SECOND)


def gate_of(allegation: str, *, watched: int = 60) -> AllegationGate:
    """One camera of a minute, of which so many seconds were watched."""
    views = [(SALO, "rec-1", 1_000, [(0, watched * S)])]
    camera = camera_gate("rec-1", joined([(0, 60 * S)]), views, 2_000)
    return AllegationGate(allegation, "A1", Gate(), Basis.ALL, None, (camera,))


def rights(tables: Tables = DEFAULT) -> Rights:
    now = {user: frozenset({role}) for user, role in ROLES.items()}
    return Rights(tables, now, lambda user: now.get(user, frozenset()), {SALO: "K. Salo"})


def roster() -> Roster:
    users = tuple(
        custody.user_entry(NAME, keys(who).public, who.title(), f"00{n}", [role])
        for n, (who, role) in enumerate(ROLES.items())
    )
    return Roster(NAME, "Example", 1, Utc(NOW + 10**15), users, (), (), Banner("", 1, NOW))


Entry = tuple[Event, EntryMeta]


@cache
def _empty() -> bytes:
    """Records in which nothing stands, made once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite"
        conn = open_database(path)
        conn.execute("PRAGMA journal_mode=DELETE")
        conn.close()
        return path.read_bytes()


def quick_database(path: Path) -> sqlite3.Connection:
    """Records of a test, which nobody needs after a power cut."""
    path.write_bytes(_empty())
    conn = open_database(path)
    conn.execute("PRAGMA synchronous=OFF")
    return conn


@dataclass
class Person:
    """`log` is theirs, `seen` how many entries of each other's log are here."""

    user: str
    path: Path
    tables: Tables = DEFAULT
    watched: int = 60
    log: list[Entry] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    lamport: int = 0

    def __post_init__(self) -> None:
        self.conn = quick_database(self.path)
        self.queries = Queries(self.path)
        self.file = CaseFile(self.record, self.queries, CASE)
        self.hand = FindingHand(
            self.record,
            self.queries,
            self.file,
            keys(self.user),
            lambda: rights(self.tables),
            roster,
            lambda allegation: gate_of(allegation, watched=self.watched),
            now=lambda: Utc(NOW + self.lamport * S),
        )
        self.findings, self.decisions = Findings(self.hand), Decisions(self.hand)
        self.second = SecondReviews(self.hand)

    def record(self, event: Event) -> Future[Recorded]:
        self.lamport += 1
        meta = meta_of(event, f"{NAME}/ws/{self.user}/work/1", len(self.log), self.lamport, at=NOW + self.lamport * S)
        self.log.append((event, meta))
        fold(self.conn, (event, meta))
        done: Future[Recorded] = Future()
        done.set_result(Recorded(event, meta.origin, meta.index, meta.at))
        return done

    def forge(self, event: Event, lamport: int) -> None:
        """Write what the program would not, with another clock."""
        meta = meta_of(event, f"{NAME}/ws/{self.user}/work/1", len(self.log), lamport)
        self.log.append((event, meta))
        fold(self.conn, (event, meta))

    def follow(self, other: Person, most: int | None = None) -> None:
        """What the other wrote since, or the next `most` entries of it, comes here."""
        start = self.seen.get(other.user, 0)
        new = other.log[start : None if most is None else start + most]
        for entry in new:
            fold(self.conn, entry)
            self.lamport = max(self.lamport, entry[1].lamport)
        self.seen[other.user] = start + len(new)

    def read(self) -> CaseFindings:
        return self.findings.read()

    def writes_and_signs(self, disposition: str = "sustained", reasons: str = "", allegation: str = A1) -> str:
        """A draft that holds, signed; its id."""
        reasons = reasons or f"The arm was held {{exhibit:{E1}}}."
        self.findings.write(allegation, standard="preponderance", disposition=disposition, reasons=reasons).result()
        return self.findings.sign(allegation).result()

    def close(self) -> None:
        self.queries.close()
        self.conn.close()


def fold(conn: sqlite3.Connection, entry: Entry) -> None:
    with conn:
        projections.apply(conn, *entry)


def begin(*people: Person) -> None:
    """Two allegations and an exhibit, written by the first and known to all."""
    first = people[0]
    for n, each in enumerate((A1, A2), start=1):
        changes = Change("number", str(n)), Change("title", f"Allegation {n}")
        first.record(AllegationSet(CASE, each, changes)).result()
    fields = {"number": "1", "allegation": A1, "stance": "for", "text": "Arm behind back", "recording": "rec-1"}
    first.record(ExhibitSet(CASE, E1, tuple(Change(*each) for each in fields.items()))).result()
    meet(*people)


def meet(*people: Person) -> None:
    """Everybody has everybody's entries."""
    for one in people:
        for other in people:
            if one is not other:
                one.follow(other)


def rebuilt(logs: Mapping[str, list[Entry]], order: list[str], path: Path) -> CaseFindings:
    """What somebody reads who folds these whole logs one after another."""
    conn = quick_database(path)
    for who in order:
        for entry in logs[who]:
            fold(conn, entry)
    queries = Queries(path)
    try:
        return case_findings(queries, CASE, rights(), roster())
    finally:
        queries.close()
        conn.close()
