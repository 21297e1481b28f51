"""The queue as it was verified last: there at once on another day, and only while it may be shown still."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.errors import Cancelled
from reviewer.domain.roster import Role
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.catalogue_index import CatalogueIndex
from reviewer.services.grants import Grants
from reviewer.services.queue import Queue, read_queue
from reviewer.services.queue_kept import KeptQueue
from reviewer.services.trust import Trust
from tests.services.agency import CASE, NOW, Agency, keys

OTHER = "CR-2026-0199"


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = Agency(tmp_path)
    made.recording("r1", b"one", b"two", sealed=True)
    made.recording("r2", b"three", sealed=True, restricted=None)
    made.assign("r1", "r2")
    return made


def _file(agency: Agency) -> Path:
    return agency.workspace.user("salo").folder / "catalogue.sqlite"


def _kept(agency: Agency, trust: Trust | None = None, who: str = "salo") -> KeptQueue:
    index = CatalogueIndex(_file(agency), keys(who))
    return KeptQueue(index, trust or agency.trust(), "salo", now=lambda: agency.now)


def _verify(agency: Agency) -> Queue:
    """Read the queue as on a first day, and keep it."""
    trust = agency.trust()
    grants = Grants(trust, keys("salo"), now=lambda: agency.now)
    queue = read_queue(trust, agency.workspace, "salo", grants=grants, now=lambda: agency.now)
    _kept(agency, trust).write(queue)
    return queue


def test_what_was_verified_is_given_back_as_it_was(agency: Agency) -> None:
    assert _kept(agency).read() is None
    queue = _verify(agency)
    agency.now = Utc(NOW + 3600 * SECOND)
    known = _kept(agency).read()
    assert known is not None
    assert known.cases == queue.cases
    assert known.kept == NOW
    assert known.cases[0].recordings[0].officer == "Ofc. A. Niemi 2214"


def test_it_needs_no_store(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    _verify(agency)
    trust = agency.trust()
    trust.roster()  # known since the log-on
    monkeypatch.setattr(type(trust.store), "list", lambda *_: pytest.fail("the store was asked"))
    monkeypatch.setattr(type(trust.store), "get", lambda *_: pytest.fail("the store was asked"))
    assert _kept(agency, trust).read() is not None


def test_nobody_else_reads_or_writes_it(agency: Agency) -> None:
    _verify(agency)
    assert b"Niemi" not in _file(agency).read_bytes()
    assert _kept(agency, who="aro").read() is None
    with sqlite3.connect(_file(agency)) as conn:
        conn.execute("UPDATE rows SET id = 'CR-2026-0001' WHERE kind = 'queue'")
    conn.close()
    assert _kept(agency).read() is None


def test_a_case_that_ran_out_waits_to_be_verified(agency: Agency) -> None:
    queue = _verify(agency)
    _kept(agency).write(replace(queue, cases=tuple(replace(c, expires=Utc(NOW + SECOND)) for c in queue.cases)))
    assert _kept(agency).read() is not None
    agency.now = Utc(NOW + SECOND)
    assert _kept(agency).read() is None


def _rosters(agency: Agency) -> Iterator[None]:
    """Each yields after a newer roster that says something else of what the queue rests on."""
    roster = agency.trust().roster()
    issuer = tuple(replace(u, left=NOW) if u.id == "aro" else u for u in roster.users)
    agency.put_roster(replace(roster, version=roster.version + 1, users=issuer))
    yield
    other = tuple(replace(u, roles=(Role.TRAINING,)) if u.id == "salo" else u for u in roster.users)
    agency.put_roster(replace(roster, version=roster.version + 2, users=other))
    yield
    agency.put_roster(replace(roster, version=roster.version + 3, workstations=()))
    yield
    agency.put_roster(replace(roster, version=roster.version + 4))
    yield


def test_a_roster_that_says_otherwise_makes_it_wait(agency: Agency) -> None:
    _verify(agency)
    shown = [_kept(agency).read() is not None for _ in _rosters(agency)]
    assert shown == [False, False, False, True]


def test_a_case_that_was_taken_goes(agency: Agency) -> None:
    agency.assign("r1", case=OTHER)
    queue = _verify(agency)
    kept = _kept(agency)
    kept.write(replace(queue, cases=tuple(c for c in queue.cases if c.case_id != OTHER)))
    known = kept.read()
    assert known is not None
    assert [c.case_id for c in known.cases] == [CASE]
    kept.forget(CASE)
    assert kept.read() is None


def test_the_store_lists_its_recordings_once_however_many_cases(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [f"m{i:03}" for i in range(30)]
    for each in many:
        agency.recording(each, b"x", sealed=True)
    for number in range(3):
        agency.assign(*many, case=f"CR-2026-03{number:02}")
    trust = agency.trust()
    trust.roster()
    asked: list[str] = []
    listing = type(trust.store).list

    def counted(store: object, prefix: str) -> Iterator[str]:
        asked.append(prefix)
        return listing(trust.store, prefix)

    monkeypatch.setattr(type(trust.store), "list", counted)
    far: list[tuple[int, int]] = []
    queue = read_queue(trust, agency.workspace, "salo", reading=lambda *now: far.append(now))
    assert len(queue.cases) == 4
    assert asked.count("recordings") == 1
    assert far[0] == (0, 32)


def test_reading_stops_when_it_is_told_to(agency: Agency) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        read_queue(agency.trust(), agency.workspace, "salo", cancel=cancel)
