"""Rights that end: keys, copies, footage and what was read go from this machine, and nothing that somebody needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.errors import AccessRefused, StoreUnreachable
from reviewer.domain.event import LogName
from reviewer.domain.events import BookmarkAdded, CaseShredded
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Role
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services import custody
from reviewer.services.bodies import CaseKeys
from reviewer.services.cache import Cache
from reviewer.services.grants import Grants
from reviewer.services.holding import ObjectState, states
from reviewer.services.journal import Journal, origin_of
from reviewer.services.shred import Ended, Rights, Shredder, Why
from reviewer.services.sync import Sync
from tests.services.agency import CASE, NAME, NOW, Agency, keys

OTHER = "CR-2026-0200"
SECRET = "A ring of keys is put into a glove"


class Room:
    """K. Salo at a workstation: two cases that share a recording, all of it here."""

    def __init__(self, folder: Path) -> None:
        self.agency = Agency(folder)
        self.only = self.agency.recording("r1", b"a" * 5000, b"b" * 9000)
        self.shared = self.agency.recording("r2", b"c" * 7000)
        self.agency.assign("r1", "r2")
        self.workspace = self.agency.workspace
        (self.workspace.home / "keys").mkdir(parents=True, exist_ok=True)
        self.workspace.key_file("salo").write_text("{}")
        self.trust = self.agency.trust()
        self.grants = Grants(self.trust, keys("salo"), now=lambda: self.agency.now)
        self.case_keys = CaseKeys(self.grants.case_keys)
        origins = {log: origin_of(NAME, "ws-1", "salo", log) for log in LogName}
        self.records = self.workspace.user("salo").records
        self.journal = Journal(
            self.records,
            origins,
            keys("salo").signing,
            case_keys=self.case_keys,
            rebuild_keys=self.case_keys.try_open,
            now=lambda: self.agency.now,
        )
        self.cache = Cache(self.workspace)
        self.forgotten: list[str] = []
        self.shredder = Shredder(
            self.workspace,
            self.trust,
            "salo",
            grants=self.grants,
            case_keys=self.case_keys,
            record=self.journal.record,
            refold=self.journal.refold,
            cache=self.cache,
            forget_followed=self.forgotten.append,
            now=lambda: self.agency.now,
        )
        assert Sync(self.workspace, self.agency.store, self.journal.record).fetch(CASE, self.manifests).complete

    @property
    def manifests(self) -> list[Manifest]:
        return [self.only, self.shared]

    def writes_a_note(self) -> None:
        self.case_keys.open(CASE)
        at = TimeRange(NOW, Utc(NOW + SECOND))
        self.journal.record(BookmarkAdded(CASE, "b1", at, (), "moment", SECRET)).result()

    def here(self) -> list[bool]:
        return [o.state is ObjectState.PRESENT for o in states(self.workspace, self.manifests)]

    def ended(self) -> tuple[Ended, ...]:
        self.trust.refresh()
        return self.shredder.rights.look()

    def taken_off(self) -> Ended:
        self.agency.now = Utc(self.agency.now + SECOND)
        self.agency.assign("r1", "r2", members={"aro": Role.SUPERVISOR})
        (ended,) = self.ended()
        return ended


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    made.writes_a_note()
    assert made.ended() == ()
    yield made
    made.journal.close()


def test_taken_off_nothing_of_the_case_is_left_for_this_person(room: Room) -> None:
    room.workspace.proxies(room.only.parts[0].object).mkdir(parents=True)
    (room.workspace.proxies(room.only.parts[0].object) / "0-1.x.proxy").write_bytes(b"sealed")
    copies = room.workspace.documents / "assignments" / CASE
    assert (copies / "1.json").exists()
    ended = room.taken_off()
    assert (ended.case, ended.why, ended.at, ended.by, ended.done) == (
        CASE,
        Why.TAKEN_OFF,
        room.agency.now,
        "aro",
        False,
    )
    assert room.shredder.shred(ended) > 0
    assert room.here() == [False, False, False]
    assert not room.workspace.proxies(room.only.parts[0].object).exists()
    assert [p.name for p in copies.iterdir()] == ["2.json"]
    assert room.grants._case_keys == {}
    assert room.case_keys(CASE) == ()
    with pytest.raises(AccessRefused):
        room.grants.case_keys(CASE)
    (known,) = room.shredder.rights.known()
    assert known.done
    assert room.forgotten == [CASE], "what was followed of colleagues' entries goes too"


def test_it_is_an_entry_that_the_person_can_still_read(room: Room) -> None:
    room.shredder.shred(room.taken_off())
    with closing(Queries(room.records)) as queries:
        (entry,) = queries.entries(EntryFilter(kinds=(CaseShredded.KIND,)), limit=5)
    event = entry.event
    assert isinstance(event, CaseShredded)
    assert (event.case, event.why, event.by, event.objects) == (CASE, "taken off", "aro", 3)
    assert event.bytes >= room.only.sealed_bytes + room.shared.sealed_bytes


def test_what_was_read_of_it_is_gone_from_the_disk_and_the_log_still_verifies(room: Room) -> None:
    files = [p for p in room.records.parent.iterdir() if p.name.startswith(room.records.name)]
    assert any(SECRET.encode() in p.read_bytes() for p in files)
    room.shredder.shred(room.taken_off())
    files = [p for p in room.records.parent.iterdir() if p.name.startswith(room.records.name)]
    assert not any(SECRET.encode() in p.read_bytes() for p in files)
    with closing(Queries(room.records)) as queries:
        assert queries.bookmarks(CASE) == ()
        kinds = [e.meta.kind for e in queries.entries(EntryFilter(), limit=20)]
    assert "bookmark_added" in kinds, "that there was one stays known"
    for own in room.journal._logs.values():
        assert not own.log.check()


def test_given_back_it_is_read_again(room: Room) -> None:
    ended = room.taken_off()
    room.shredder.shred(ended)
    room.agency.assign("r1", "r2")
    assert room.shredder.look() == ()
    assert len(room.case_keys(CASE)) == 2
    with closing(Queries(room.records)) as queries:
        assert [b.text for b in queries.bookmarks(CASE)] == [SECRET]


def test_what_others_do_with_the_case_afterwards_is_no_second_end(room: Room) -> None:
    ended = room.taken_off()
    room.shredder.shred(ended)
    room.agency.now = Utc(room.agency.now + SECOND)
    room.agency.assign("r1", members={"aro": Role.SUPERVISOR})
    assert room.ended() == (replace(ended, done=True),)
    room.agency.now = Utc(room.agency.now + SECOND)
    room.agency.assign("r1")
    assert room.ended() == ()
    again = room.taken_off()
    assert (again.n, again.at, again.done) == (5, room.agency.now, False)


def test_expired_it_goes_too_and_says_when(room: Room) -> None:
    end = Utc(NOW + 60 * SECOND)
    order = replace(room.agency.order("r1", "r2"), expires=end)
    custody.assign(room.agency.trust(), order, keys("aro"), keys("custody"), now=lambda: room.agency.now)
    assert room.ended() == ()
    room.agency.now = end
    (ended,) = room.ended()
    assert (ended.why, ended.at, ended.by) == (Why.EXPIRED, end, "")
    room.shredder.shred(ended)
    assert room.here() == [False, False, False]
    assert room.ended() == room.shredder.rights.known()
    with pytest.raises(AccessRefused):
        room.grants.case_key(CASE)


def test_what_another_case_of_this_person_needs_stays(room: Room) -> None:
    room.agency.assign("r2", case=OTHER)
    room.shredder.shred(room.taken_off())
    assert room.here() == [False, False, True]


def test_what_a_colleague_at_this_machine_needs_stays_and_what_only_others_need_goes(room: Room) -> None:
    ended = room.taken_off()  # S. Aro is on the case still, at another machine
    room.workspace.key_file("aro").write_text("{}")  # … and at this one
    room.shredder.shred(ended)
    assert room.here() == [True, True, True]
    assert (room.workspace.documents / "assignments" / CASE / "1.json").exists()


def test_a_silent_store_ends_nothing(room: Room) -> None:
    room.agency.store.root.rename(room.agency.folder / "away")
    trust = room.agency.trust()
    assert Rights(room.workspace, trust, "salo").look() == ()
    assert room.here() == [True, True, True]


def test_a_lost_or_refused_document_ends_nothing(room: Room) -> None:
    (room.agency.store.root / "assignments" / CASE / "1.json").unlink()
    assert room.ended() == ()
    (room.workspace.documents / "assignments" / CASE / "1.json").write_text("{}")
    (room.agency.store.root / "assignments" / CASE / "2.json").write_text('{"payload": "e30="}')
    assert room.ended() == ()


def test_without_an_entry_nothing_is_destroyed(room: Room) -> None:
    ended = room.taken_off()

    def refuses(_event: object) -> object:
        raise StoreUnreachable("The log cannot be written.", "Make room.")

    room.shredder._record = refuses
    with pytest.raises(StoreUnreachable):
        room.shredder.shred(ended)
    assert room.here() == [True, True, True]
    assert not room.shredder.rights.known()[0].done
