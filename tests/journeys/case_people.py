"""A custodian, a supervisor and two investigators, each with a workspace of their own, over one store of any kind; and
what they do with a complaint, from the footage that comes in to the decision."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.assignment import Purpose
from reviewer.domain.events import SpanCamera, ViewClosed, ViewOpened
from reviewer.domain.gate import AllegationGate
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Banner, CustodyKey, Role
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.records.queries import Queries
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import custody
from reviewer.services.annotation import Annotations
from reviewer.services.case import CaseFile
from reviewer.services.case_state import CaseMoves, rights_of
from reviewer.services.clock import utc_now
from reviewer.services.decision import Decisions
from reviewer.services.finding import Findings
from reviewer.services.finding_hand import FindingHand
from reviewer.services.gate import case_gate
from reviewer.services.ingest import Station, ingest
from reviewer.services.papers import Papers
from reviewer.services.queue import case_manifests
from reviewer.services.second_review import SecondReviews
from reviewer.services.session import Session, log_on
from reviewer.services.sync import Sync
from reviewer.services.trust import Trust
from reviewer.services.workspace import Setup, Workspace
from reviewer.stores.base import locate
from tests.intake.footage import record

AGENCY, TITLE = "helsinki.example", "Helsinki Example Police"
CASE, PLACE = "CR-2026-0142", "Aleksanterinkatu × Mikonkatu"
SALO, VIRTA, ARO, HILL, FALK, LEHTO = "salo", "virta", "aro", "hill", "falk", "lehto"
PEOPLE: Mapping[str, tuple[str, str, Role]] = {
    SALO: ("K. Salo", "0417", Role.INVESTIGATOR),
    VIRTA: ("M. Virta", "0388", Role.INVESTIGATOR),
    ARO: ("S. Aro", "0102", Role.SUPERVISOR),
    HILL: ("P. Hill", "0033", Role.CUSTODIAN),
    FALK: ("R. Falk", "0251", Role.TRAINING),
    LEHTO: ("T. Lehto", "0299", Role.INVESTIGATOR),
}
TEAM = {SALO: Role.INVESTIGATOR, VIRTA: Role.INVESTIGATOR, ARO: Role.SUPERVISOR}
_YEARS = 3 * 365 * 86_400 * SECOND
_SPAN = 10 * SECOND
_T = TypeVar("_T")


def passphrase(who: str) -> str:
    return f"journey-{who}-passphrase"


@dataclass
class Office:
    """The agency, founded in a store (`location` as `locate` reads it), and everybody's workspace below `folder`."""

    folder: Path
    location: str
    keys: dict[str, PrivateKeys] = field(default_factory=dict)
    stations: dict[str, Ed25519PrivateKey] = field(default_factory=dict)

    def found(self) -> Office:
        """Sign the first roster; set everybody's workstation up."""
        root = Ed25519PrivateKey.generate()
        self.keys = {who: keyring.new_keys(who) for who in (*PEOPLE, "custody")}
        self.stations = {who: Ed25519PrivateKey.generate() for who in PEOPLE}
        now = utc_now()
        custody.found_agency(
            locate(self.location),
            root,
            custody.Agency(AGENCY, TITLE, Banner("Use is logged.", 1, now)),
            users=[custody.user_entry(AGENCY, self.keys[w].public, n, b, [r]) for w, (n, b, r) in PEOPLE.items()],
            workstations=[custody.station_entry(AGENCY, f"ws-{w}", w, key) for w, key in self.stations.items()],
            custody_keys=[CustodyKey("custody", self.keys["custody"].public.sealing)],
            expires=Utc(now + _YEARS),
        )
        self.root = custody.root_vkey(AGENCY, root)
        for who, key in self.stations.items():
            workspace = self.workspace(who)
            workspace.home.mkdir(parents=True)
            workspace.set_up(Setup(self.root, f"ws-{who}", self.location))
            keyring.save_station(workspace.station_key, key)
            keyring.save(workspace.key_file(who), self.keys[who], passphrase(who))
        return self

    def workspace(self, who: str) -> Workspace:
        return Workspace(self.folder / f"home-{who}")

    def trust(self, who: str, location: str = "") -> Trust:
        return Trust(locate(location or self.location), self.root, self.workspace(who))

    def takes_in(self, cameras: int = 2) -> list[Manifest]:
        """P. Hill docks so many cameras."""
        footage = self.folder / "footage"
        for number in range(cameras):
            record(footage / f"cam{number}" / f"cam{number}.mp4", frames=20 + number)
        report = ingest([footage], self.trust(HILL), Station(f"ws-{HILL}", self.stations[HILL]))
        assert not report.refused, report.refused
        return [each.manifest for each in report.recordings]

    def assigns(self, recordings: list[str], members: Mapping[str, Role] = TEAM, record: Any = None) -> None:  # noqa: ANN401
        """S. Aro gives the case to its people."""
        order = custody.Order(CASE, PLACE, dict(members), dict.fromkeys(recordings), Purpose.COMPLAINT, "Complaint")
        custody.assign(self.trust(ARO), order, self.keys[ARO], self.keys["custody"], record=record)

    def sits_down(self, who: str, location: str = "") -> Seat:
        """Log on at one's own workstation; `location` is another way to the same store."""
        return Seat(self, log_on(self.workspace(who), self.trust(who, location), who, passphrase(who)))


@dataclass
class Seat:
    """Somebody logged on at their own workstation, with a hand on everything of the case."""

    office: Office
    session: Session

    @property
    def who(self) -> str:
        return self.session.user.id

    def opens(self) -> Seat:
        """Say why, and open the case."""
        self.assignment = self.session.open_case(CASE)
        self.session.state_reason(CASE, "complaint").result()
        return self

    @cached_property
    def queries(self) -> Queries:
        return self.session.queries()

    @cached_property
    def file(self) -> CaseFile:
        return CaseFile(self.session.journal.record, self.queries, CASE)

    @cached_property
    def notes(self) -> Annotations:
        return Annotations(self.session.journal.record, self.queries, CASE)

    @cached_property
    def moves(self) -> CaseMoves:
        rights = rights_of(self.session.trust, CASE)
        return CaseMoves(self.session.journal.record, self.queries, CASE, self.who, lambda: rights)

    @cached_property
    def hand(self) -> FindingHand:
        return FindingHand.of(self.session, self.file, self.queries, self.gate)

    @cached_property
    def findings(self) -> Findings:
        return Findings(self.hand)

    @cached_property
    def decisions(self) -> Decisions:
        return Decisions(self.hand)

    @cached_property
    def second(self) -> SecondReviews:
        return SecondReviews(self.hand)

    @cached_property
    def papers(self) -> Papers:
        return Papers(self.office.workspace(self.who), self.session)

    def manifests(self) -> tuple[Manifest, ...]:
        return case_manifests(self.session.trust, self.assignment, self.session.grants).good

    def gate(self, allegation: str) -> AllegationGate | None:
        """What of the footage was watched, by everybody whose log is here."""
        rule = self.session.roster.agency_tables.gate
        file = self.file
        found = case_gate(
            self.queries, self.assignment, self.manifests(), file.allegations(), rule=rule, complaint=file.complaint()
        )
        return found.of(allegation)

    def watches(self) -> None:
        """All footage of the case at 1×, as the player logs it: announced, shown, closed."""
        for manifest in self.manifests():
            for rolled in manifest.rolling:
                for start in range(rolled.start, rolled.end, _SPAN):
                    shown = TimeRange(Utc(start), min(rolled.end, Utc(start + _SPAN)))
                    camera = SpanCamera(manifest.recording_id, shown, 640, 360, True)
                    span = f"{self.who}-{manifest.recording_id}-{start}"
                    self.does(ViewOpened(CASE, span, shown, 1000, (camera,), "complaint"))
                    self.does(ViewClosed(CASE, span, 1000, (camera,), "complaint"))

    def does(self, event: Any) -> None:  # noqa: ANN401
        self.session.journal.record(event).result()

    def fetches(self) -> None:
        """All footage of the case comes down."""
        workspace = self.office.workspace(self.who)
        Sync(workspace, self.session.trust.store, self.session.journal.record).fetch(CASE, self.manifests())

    def sends(self) -> None:
        """What is recorded here goes to the store."""
        assert self.session.publisher.publish().trouble is None

    def follows(self) -> None:
        """What the others sent comes here."""
        found = self.session.following.run(every=True)
        assert found.trouble is None and not found.problems, found

    def leaves(self) -> None:
        """Log off, and send."""
        if "queries" in self.__dict__:
            self.queries.close()
        self.session.log_off()
        with suppress(AssertionError):
            self.sends()


def all_meet(*seats: Seat) -> None:
    """Everybody sends, then everybody follows."""
    for seat in seats:
        seat.sends()
    for seat in seats:
        seat.follows()


def now(future: Future[_T]) -> _T:
    """What became of it, once it is durable."""
    return future.result(60)
