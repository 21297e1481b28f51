"""The catalogue: what is found is what was asked for, what is listed is what was verified, whatever the file says."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.assignment import Assignment, Purpose, Release
from reviewer.domain.codec import encode
from reviewer.domain.errors import Cancelled
from reviewer.domain.place import Area, Box, Circle, Place
from reviewer.domain.recording import Device, Kind, Manifest
from reviewer.domain.roster import Role
from reviewer.domain.timebase import SECOND, Utc
from reviewer.sealing import envelope
from reviewer.services import catalogue
from reviewer.services.catalogue import Catalogue, Opener, Overview
from reviewer.services.catalogue_index import CatalogueIndex, Row
from reviewer.services.catalogue_search import CaseEntry, CaseMember, Entry, Listing, Wanted, pack, unpack
from tests.services.agency import CASE, NOW, Agency, keys, root_key, station_key

# -- looking for things ----------------------------------------------------------------------------------------------

OFFICERS = ("Ofc. A. Niemi 2214", "Ofc. L. Korhonen 1873", "Sgt. M. Virtanen 2051")
INCIDENTS = ("K-2026-1122", "K-2026-0007", "2026/88")
TIMES = st.integers(0, 50).map(lambda hours: Utc(NOW + hours * 3600 * SECOND))
POINTS = st.tuples(st.integers(6_016_000, 6_018_000), st.integers(2_493_000, 2_496_000))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    start = draw(TIMES)
    place = draw(st.none() | POINTS.map(lambda p: Place(p, 51)))
    restricted = draw(st.booleans())
    return Entry(
        recording_id=draw(st.uuids()).hex,
        n=1,
        opened=True,
        officer=draw(st.sampled_from(OFFICERS)),
        device="AXIS W110",
        kind=draw(st.sampled_from(Kind)),
        start=start,
        end=Utc(start + draw(st.integers(0, 5)) * 1800 * SECOND),
        parts=1,
        bytes=1,
        incidents=tuple(draw(st.lists(st.sampled_from(INCIDENTS), max_size=2, unique=True))),
        event_type=draw(st.sampled_from(("", "traffic stop", "arrest"))),
        restricted=restricted,
        box=place.box if place else None,
        reach=place.reach if place else 0,
        path=pack(place) if place else "",
    )


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    found = draw(st.lists(entries(), max_size=25))
    ids = [e.recording_id for e in found]
    cases = []
    for number in range(draw(st.integers(0, 3))):
        part = tuple(draw(st.lists(st.sampled_from(ids), unique=True)) if ids else ())
        who = draw(st.lists(st.sampled_from(("salo", "aro")), unique=True))
        members = tuple(CaseMember(w, Role.INVESTIGATOR, NOW) for w in who)
        cases.append(CaseEntry(f"CR-{number}", 1, True, "", Purpose.COMPLAINT, "", members, part, "hill", NOW))
    released = draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []
    return Listing.of(found, cases, released)


AREAS: st.SearchStrategy[Area] = st.one_of(
    st.builds(lambda p, m: Circle(*p, m), POINTS, st.integers(0, 500)),
    st.builds(lambda a, b: Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])), POINTS, POINTS),
)
ASKED: dict[str, st.SearchStrategy[object]] = {
    "words": st.sampled_from(("niemi", "K-2026", "arrest axis", "CR-1", "nobody")),
    "officer": st.sampled_from(("niemi", "KORHONEN 1873", "sgt", "x")),
    "since": TIMES,
    "until": TIMES,
    "incident": st.sampled_from(("k-2026", "0007", "88")),
    "area": AREAS,
    "kind": st.sampled_from(Kind),
    "event_type": st.sampled_from(("arrest", "traffic stop")),
    "restricted": st.booleans(),
    "released": st.booleans(),
    "assigned": st.booleans(),
    "member": st.sampled_from(("salo", "aro")),
    "case": st.sampled_from(("CR-0", "CR-1")),
}
WANTED = st.fixed_dictionaries({}, optional=ASKED).map(lambda given_: Wanted(**given_))  # type: ignore[arg-type]


def is_wanted(e: Entry, listing: Listing, w: Wanted) -> bool:
    """The same question asked of one recording, as plainly as it can be asked."""
    cases = [c for c in listing.cases.values() if e.recording_id in c.recordings]
    mine = [c for c in cases if not w.case or c.case_id == w.case]
    mine = [c for c in mine if not w.member or w.member in {m.user for m in c.members}]
    said = " ".join([e.officer, e.recording_id, e.device, e.event_type, *e.incidents, *(c.case_id for c in cases)])
    place = e.place
    return all(
        (
            all(word in said.casefold() for word in w.words.casefold().split()),
            all(word in e.officer.casefold() for word in w.officer.casefold().split()),
            w.since is None or e.end > w.since or e.start >= w.since,
            w.until is None or e.start < w.until,
            not w.incident or any(w.incident.casefold() in i.casefold() for i in e.incidents),
            w.area is None or (place is not None and place.meets(w.area)),
            w.kind is None or e.kind is w.kind,
            not w.event_type or e.event_type == w.event_type,
            w.restricted is None or e.restricted is w.restricted,
            w.released is None or (e.recording_id in listing.released) is w.released,
            w.assigned is None or bool(cases) is w.assigned,
            not (w.case or w.member) or bool(mine),
        )
    )


@given(listings(), WANTED)
def test_what_is_found_is_what_was_asked_for(listing: Listing, wanted: Wanted) -> None:
    found = listing.find(wanted)
    assert list(found) == [e for e in listing.entries if is_wanted(e, listing, wanted)]
    assert [e.start for e in found] == sorted((e.start for e in found), reverse=True)


@given(listings(), WANTED, st.sampled_from(sorted(ASKED)), st.data())
def test_asking_for_more_never_finds_more(listing: Listing, wanted: Wanted, name: str, data: st.DataObject) -> None:
    narrower = replace(wanted, **{name: data.draw(ASKED[name])})
    if getattr(wanted, name) in (None, ""):
        assert set(listing.find(narrower)) <= set(listing.find(wanted))
        assert set(narrower.given) == {*wanted.given, name}


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=2, max_size=20).filter(lambda n: len(n) % 2 == 0))
def test_a_packed_path_is_the_path(numbers: list[int]) -> None:
    small = tuple(n % 9_000_000 for n in numbers)
    assert unpack(pack(Place(small, 1))) == small


# -- what is listed --------------------------------------------------------------------------------------------------

DETAILS = {"officer": "Ofc. A. Niemi 2214", "device": Device("AXIS", "W110"), "event_type": "arrest"}
PLACE = Place((6_017_000, 2_494_000), 51)


class Room:
    """An agency, and the catalogue of one person of it."""

    def __init__(self, folder: Path, who: str = "hill") -> None:
        self.agency = Agency(folder)
        self.file = folder / "home" / "users" / who / "catalogue.sqlite"
        self.who = who
        self.opens: set[str] = set()

    def catalogue(self, who: str = "") -> Catalogue:
        """As a program that is started anew has it."""
        trust = self.agency.trust()
        trust.refresh()
        index = CatalogueIndex(self.file, keys(who or self.who))
        return Catalogue(trust, self.agency.workspace, index, self.who)

    def opener(self, *, everything: bool = False) -> Opener:
        def manifests(some: Sequence[Manifest]) -> dict[str, Manifest]:
            return {
                m.recording_id: replace(m, **DETAILS, place=PLACE)  # type: ignore[arg-type]
                for m in some
                if everything or m.recording_id in self.opens
            }

        return Opener(manifests, lambda a: replace(a, title="Mikonkatu") if everything else None, everything)

    def refresh(self, *, everything: bool = False) -> Overview:
        return self.catalogue().refresh(self.opener(everything=everything))

    def sealed(self, recording_id: str, **more: object) -> Manifest:
        """A manifest whose details are sealed."""
        plain = self.agency.recording(f"plain-{recording_id}", recording_id.encode())
        manifest = replace(plain, recording_id=recording_id, officer="", v=2, officer_id="niemi", **more)  # type: ignore[arg-type]
        manifest = replace(manifest, device=Device("", ""))
        self.agency.put_manifest(manifest)
        return manifest

    def assign(self, *recordings: str, n: int, members: Iterable[str] = ("salo",), case: str = CASE) -> None:
        from reviewer.domain.assignment import AssignedRecording, Member

        made = Assignment(
            case,
            n,
            tuple(Member(m, Role.INVESTIGATOR, "") for m in members),
            tuple(AssignedRecording(r, "") for r in recordings),
            Purpose.COMPLAINT,
            "aro",
            Utc(NOW + n * SECOND),
            v=2,
        )
        data = envelope.sign("assignment", encode(made), "aro", keys("aro").signing)
        self.agency.store.put_if_absent(f"assignments/{case}/{n}.json", data)

    def release(self, recording: str, n: int, released: bool = True) -> None:
        data = envelope.sign("release", encode(Release(recording, n, "aro", NOW, released)), "aro", keys("aro").signing)
        self.agency.store.put_if_absent(f"releases/{recording}/{n}.json", data)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def ids(overview: Overview) -> set[str]:
    return {e.recording_id for e in overview.listing.entries}


def test_nothing_is_an_empty_list(room: Room) -> None:
    assert room.catalogue().kept().listing == Listing()
    found = room.refresh()
    assert found.listing == Listing()
    assert found.asked
    assert not found.problems


def test_what_was_read_is_there_at_once_the_next_time(room: Room) -> None:
    room.agency.recording("one", b"1")
    room.agency.recording("two", b"2")
    first = room.refresh()
    assert ids(first) == {"one", "two"}
    kept = room.catalogue().kept()
    assert kept.listing == first.listing
    assert not kept.asked


def test_only_what_is_new_is_read(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.agency.recording("one", b"1")
    room.refresh()
    room.agency.recording("two", b"2")
    read: list[str] = []
    monkeypatch.setattr(
        room.agency.store.__class__, "get", lambda self, path: (read.append(path), (self.root / path).read_bytes())[1]
    )
    assert ids(room.refresh()) == {"one", "two"}
    assert [p for p in read if p.startswith("recordings/")] == ["recordings/two/1.json"]


def test_a_later_manifest_takes_the_place_of_the_one_before(room: Room) -> None:
    manifest = room.agency.recording("one", b"1")
    room.refresh()
    room.agency.put_manifest(replace(manifest, n=2, incidents=("K-7",)))
    assert [e.incidents for e in room.refresh().listing.entries] == [("K-7",)]


def test_cases_people_and_releases_are_listed(room: Room) -> None:
    room.agency.recording("one", b"1")
    room.assign("one", n=1, members=("salo", "falk"))
    room.assign("one", n=2, members=("salo",))
    room.release("one", 1)
    listing = room.refresh().listing
    assert listing.cases_of == {"one": (CASE,)}
    case = listing.cases[CASE]
    assert case.n == 2
    assert [(m.user, m.since) for m in case.members] == [("salo", NOW + SECOND)]
    assert [(m.user, m.since, m.until) for m in case.former] == [("falk", NOW + SECOND, NOW + 2 * SECOND)]
    assert listing.released == {"one"}
    room.release("one", 2, released=False)
    assert room.refresh().listing.released == frozenset()


def test_whoever_comes_back_is_there_since_then(room: Room) -> None:
    room.assign(n=1, members=("salo",))
    room.assign(n=2, members=("aro",))
    room.assign(n=3, members=("aro", "salo"))
    case = room.refresh().listing.cases[CASE]
    assert {m.user: m.since for m in case.members} == {"aro": NOW + 2 * SECOND, "salo": NOW + 3 * SECOND}
    assert case.former == ()


# -- details ---------------------------------------------------------------------------------------------------------


def test_without_a_key_only_what_lies_open_is_known(room: Room) -> None:
    room.sealed("one", incidents=("K-1",), restricted="")
    entry = room.refresh().listing.find(Wanted(incident="k-1"))[0]
    assert (entry.officer, entry.device, entry.opened, entry.restricted, entry.place) == (
        "niemi",
        "",
        False,
        True,
        None,
    )


def test_a_custody_key_opens_all_and_what_it_opened_stays_known(room: Room) -> None:
    room.sealed("one")
    room.refresh()
    room.refresh(everything=True)
    for found in (room.catalogue().kept(), room.refresh()):
        entry = found.listing.find(Wanted(area=Circle(6_017_000, 2_494_000, 10)))[0]
        assert (entry.officer, entry.event_type, entry.opened) == (DETAILS["officer"], "arrest", True)


def test_what_was_learned_through_a_case_goes_with_it(tmp_path: Path) -> None:
    room = Room(tmp_path, who="salo")
    room.sealed("one")
    room.sealed("two")
    room.assign("one", n=1)
    room.opens = {"one"}
    assert {e.recording_id: e.opened for e in room.refresh().listing.entries if e.parts} | {} == {
        "one": True,
        "two": False,
        "plain-one": True,
        "plain-two": True,
    }
    room.assign("one", n=2, members=("aro",))
    room.opens = set()
    entry = next(e for e in room.refresh().listing.entries if e.recording_id == "one")
    assert (entry.opened, entry.officer) == (False, "niemi")


# -- what is not believed --------------------------------------------------------------------------------------------


def test_a_document_of_a_stranger_is_not_listed_and_is_said(room: Room) -> None:
    manifest = room.agency.recording("one", b"1")
    room.agency.put_manifest(replace(manifest, recording_id="two"), signer=station_key("stranger"))
    found = room.refresh()
    assert ids(found) == {"one"}
    assert [p.path for p in found.problems] == ["recordings/two/1.json"]


def test_who_left_the_roster_takes_their_documents_with_them(room: Room) -> None:
    room.agency.recording("one", b"1")
    room.assign("one", n=1)
    room.refresh()
    roster = room.agency.trust().roster()
    room.agency.put_roster(
        replace(roster, version=2, workstations=(), users=tuple(u for u in roster.users if u.id != "aro"))
    )
    kept = room.catalogue().kept()
    assert kept.listing == Listing()
    found = room.refresh()
    assert found.listing == Listing()
    assert {p.path for p in found.problems} == {"recordings/one/1.json", f"assignments/{CASE}/1.json"}


def test_a_newer_roster_that_says_the_same_of_a_signer_changes_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.agency.recording("one", b"1")
    room.refresh()
    room.agency.put_roster(replace(room.agency.trust().roster(), version=2), root_key())
    monkeypatch.setattr(catalogue._Run, "_recording_rows", None)
    assert ids(room.refresh()) == {"one"}


def edited(room: Room, change: str, *values: object) -> None:
    with sqlite3.connect(room.file) as conn:
        conn.execute(change, values)
    conn.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rows SET sealed = zeroblob(200) WHERE id = 'one'",
        "UPDATE rows SET id = 'three' WHERE id = 'one'",
        "UPDATE rows SET n = 7 WHERE id = 'one'",
        "UPDATE rows SET n = 'x' WHERE id = 'one'",
        "UPDATE rows SET sealed = (SELECT sealed FROM rows WHERE id = 'two') WHERE id = 'one'",
        "UPDATE rows SET sealed = 'text' WHERE id = 'one'",
        "UPDATE rows SET kind = 'case' WHERE id = 'one'",
        "DELETE FROM rows WHERE id = 'one'",
    ],
)
def test_an_edited_index_makes_nobody_believe_anything(room: Room, change: str) -> None:
    room.agency.recording("one", b"1")
    room.agency.recording("two", b"2")
    whole = room.refresh().listing
    edited(room, change)
    kept = room.catalogue().kept().listing
    assert [e.recording_id for e in kept.entries] == ["two"]
    assert not kept.cases
    assert room.refresh().listing == whole


def test_a_row_added_by_somebody_else_is_no_recording(room: Room) -> None:
    room.agency.recording("one", b"1")
    room.refresh()
    with sqlite3.connect(room.file) as conn:
        sealed = conn.execute("SELECT sealed FROM rows WHERE id = 'one'").fetchone()[0]
    conn.close()
    edited(room, "INSERT INTO rows VALUES ('recording', 'forged', 1, ?)", sealed)
    assert ids(room.catalogue().kept()) == {"one"}
    assert ids(room.refresh()) == {"one"}
    row = CatalogueIndex(room.file, keys(room.who)).rows("recording")["one"]
    CatalogueIndex(room.file, keys("falk")).put([Row("recording", "forged", 1, row.values)])
    assert ids(room.catalogue().kept()) == {"one"}


def test_an_older_row_put_back_is_read_again(room: Room) -> None:
    manifest = room.agency.recording("one", b"1")
    room.refresh()
    before = room.file.read_bytes()
    room.agency.put_manifest(replace(manifest, n=2, incidents=("K-7",)))
    room.refresh()
    room.file.write_bytes(before)
    assert [e.incidents for e in room.refresh().listing.entries] == [("K-7",)]


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 100])
def test_a_damaged_index_is_begun_again(room: Room, damage: bytes) -> None:
    room.agency.recording("one", b"1")
    room.refresh()
    room.file.write_bytes(damage)
    assert room.catalogue().kept().listing == Listing()
    assert ids(room.refresh()) == {"one"}
    assert ids(room.catalogue().kept()) == {"one"}


def test_the_index_tells_nobody_else_what_it_holds(room: Room) -> None:
    room.sealed("one")
    room.refresh(everything=True)
    data = room.file.read_bytes()
    assert not [word for word in (b"Niemi", b"niemi", b"AXIS", b"arrest") if word in data]
    assert room.catalogue("falk").kept().listing == Listing()
    if os.name == "posix":
        assert room.file.stat().st_mode & 0o077 == 0


# -- when it cannot --------------------------------------------------------------------------------------------------


def test_a_store_that_is_not_reached_leaves_what_is_known(room: Room) -> None:
    room.agency.recording("one", b"1")
    room.refresh()
    room.agency.store.root.rename(room.agency.store.root.with_name("away"))
    found = room.refresh()
    assert ids(found) == {"one"}
    assert found.contact.trouble is not None


def test_what_was_read_before_it_was_cancelled_is_kept(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_BATCH", 1)
    for name in ("one", "two", "three"):
        room.agency.recording(name, name.encode())
    cancel = threading.Event()
    told: list[tuple[int, int]] = []

    def progress(done: int, of: int) -> None:
        told.append((done, of))
        if of == 3:
            cancel.set()

    with pytest.raises(Cancelled):
        room.catalogue().refresh(room.opener(), progress=progress, cancel=cancel)
    assert (1, 3) in told
    assert len(ids(room.catalogue().kept())) == 1
    assert len(ids(room.refresh())) == 3
