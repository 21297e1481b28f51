"""Documents beside everything else: the session that publishes, rights that end, the check of a store."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.case import CaseDocument
from reviewer.domain.errors import AccessRefused
from reviewer.domain.roster import Role
from reviewer.domain.storecheck import Fault
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.queries import Queries
from reviewer.sealing import keyring
from reviewer.services.cache import Cache
from reviewer.services.case import CaseFile
from reviewer.services.outgoing import Outgoing
from reviewer.services.paper_shelf import path_in_store
from reviewer.services.papers import Papers, Pasted
from reviewer.services.session import Session, log_on
from reviewer.services.shred import Shredder
from reviewer.services.storecheck import StoreCheck
from reviewer.services.workspace import Workspace
from tests.papers.made import pdf
from tests.services.agency import CASE, Agency, keys, station_key

GOOD = "correct horse"
REPORT = pdf(2)


class Room:
    """K. Salo, logged on at a workstation as the program does it, with a document attached."""

    def __init__(self, folder: Path) -> None:
        self.agency = Agency(folder)
        keyring.save(self.agency.workspace.key_file("salo"), keys("salo"), GOOD)
        keyring.save_station(self.agency.workspace.station_key, station_key())
        self.agency.recording("r1", b"footage")
        self.agency.assign("r1")
        self.session: Session = log_on(
            self.agency.workspace, self.agency.trust(), "K. Salo", GOOD, now=lambda: self.agency.now
        )
        self.session.open_case(CASE)
        self.papers = Papers(self.agency.workspace, self.session)
        self.shredder = self._shredder()
        assert self.shredder.look() == ()
        with closing(self.session.queries()) as queries:
            self.document = self._attached(queries)

    def _shredder(self) -> Shredder:
        session = self.session
        return Shredder(
            self.agency.workspace,
            session.trust,
            "salo",
            grants=session.grants,
            case_keys=session.case_keys,
            record=session.journal.record,
            refold=session.journal.refold,
            cache=Cache(self.agency.workspace),
            now=lambda: self.agency.now,
        )

    def _attached(self, queries: Queries) -> CaseDocument:
        file = CaseFile(self.session.journal.record, queries, CASE)
        self.papers.attach(file, self.papers.take(CASE, Pasted("Report.pdf", REPORT))).result()
        return file.documents()[0]

    @property
    def sealed(self) -> Path:
        return Workspace(self.agency.workspace.papers(CASE)).cached(self.document.object)

    @property
    def in_store(self) -> bool:
        return self.agency.store.exists(path_in_store(CASE, self.document.object))

    def taken_off(self) -> None:
        self.agency.now = Utc(self.agency.now + SECOND)
        self.agency.assign("r1", members={"aro": Role.SUPERVISOR})

    def shreds(self) -> None:
        (ended,) = self.shredder.look()
        self.shredder.shred(ended)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_publishing_brings_the_document_before_the_log(room: Room) -> None:
    assert not room.in_store
    store = Path(room.agency.store.location)
    assert not list((store / "logs").rglob("*")) if (store / "logs").exists() else True
    assert room.session.publisher.publish().trouble is None
    assert room.in_store
    assert not room.papers.waits(room.document)
    room.session.log_off()


def test_without_its_store_the_log_waits_with_the_document(room: Room) -> None:
    store = Path(room.agency.store.location)
    store.rename(store.with_name("away"))
    assert room.session.publisher.publish().trouble is not None
    assert room.papers.waits(room.document)
    store.with_name("away").rename(store)
    assert room.session.publisher.publish().trouble is None
    assert room.in_store
    room.session.log_off()


def test_a_document_that_cannot_go_out_holds_up_no_log(room: Room) -> None:
    room.sealed.unlink()
    room.sealed.mkdir()  # a disk that is not as it was
    assert room.session.publisher.publish().trouble is None
    assert not room.in_store
    room.session.log_off()


def test_with_the_right_to_the_case_its_documents_go(room: Room) -> None:
    room.session.publisher.publish()
    room.taken_off()
    room.shreds()
    assert not room.sealed.exists()
    assert room.in_store, "the store keeps it"
    with pytest.raises(AccessRefused):
        room.papers.open(CASE, room.document)
    room.session.log_off()


def test_what_waits_for_the_store_reaches_it_even_then(room: Room) -> None:
    """It was recorded, and lies nowhere else; no key here opens it any more."""
    room.taken_off()
    room.shreds()
    assert room.sealed.exists()
    assert room.session.publisher.publish().trouble is None
    assert room.in_store
    assert not room.sealed.exists()
    assert not Outgoing(room.agency.workspace, room.session.room, room.agency.store).waiting()
    room.session.log_off()


def test_a_check_of_the_store_knows_what_documents_are(room: Room) -> None:
    room.session.publisher.publish()
    room.session.log_off()
    strange = path_in_store(CASE, "not-a-hash")
    room.agency.store.put_if_absent(strange, lambda sink: sink.write(b"x") and None)
    check = StoreCheck(room.agency.store, room.agency.root, room.agency.workspace, now=lambda: room.agency.now)
    findings = check.run().findings
    assert [each.path for each in findings if each.fault is Fault.STRANGE] == [strange]
    assert not [each for each in findings if each.fault is Fault.ORPHAN]


def test_the_same_document_in_two_cases_has_keys_of_its_own(room: Room) -> None:
    """One key never serves two plaintexts, and what one case's key opens says nothing of another's bytes."""
    again = room.papers.take(CASE, Pasted("Report.pdf", REPORT))
    assert again.sha256 == hashlib.sha256(REPORT).hexdigest() == room.document.sha256
    assert again.object != room.document.object
    room.papers.drop(again)
    room.session.log_off()
