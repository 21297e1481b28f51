"""A check of a real bucket with Object Lock: what an attacker with all rights does to it is found, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.domain.storecheck import CheckReport, Fault
from reviewer.services import keeping
from reviewer.services.clock import utc_now
from reviewer.services.storecheck import StoreCheck
from reviewer.stores.base import Store, locate
from tests.services.store_room import DAY, Room, found, only
from tests.stores.engines.client import Engine


@pytest.fixture(params=["ceph", "seaweed"])
def engine(request: pytest.FixtureRequest) -> Engine:
    made: Engine = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def moved(room: Room, engine: Engine, folder: Path, *, retain: bool = True) -> tuple[Store, str]:
    """The room's store in a new bucket, and the bucket's name."""
    bucket = engine.bucket()
    more = {"retain": "30d"} if retain else {}
    store = locate(engine.location(bucket, engine.keys_file(folder), **more))
    for path in room.agency.store.list(""):
        store.put_if_absent(path, room.at(path).read_bytes())
    return store, bucket


def check(room: Room, store: Store) -> CheckReport:
    return StoreCheck(store, room.agency.root, room.home, deep=True).run()


def test_a_whole_bucket_is_whole_and_its_locks_are_read_back(room: Room, engine: Engine, tmp_path: Path) -> None:
    store, _ = moved(room, engine, tmp_path)
    report = check(room, store)
    assert found(report) == set()
    assert (report.write_once, report.figures.hashed) == (True, 6)
    assert {(g.mode, g.hold, g.until is not None) for g in report.locks} == {("COMPLIANCE", False, True)}
    assert sum(g.objects for g in report.locks) == 12


def test_what_was_laid_over_and_removed_is_found_and_the_oldest_is_read(
    room: Room, engine: Engine, tmp_path: Path
) -> None:
    store, bucket = moved(room, engine, tmp_path)
    attacker = engine.client()
    attacker.put_object(Bucket=bucket, Key=room.object(0), Body=b"another")
    attacker.put_object(Bucket=bucket, Key="recordings/r1/1.json", Body=b"{}")
    attacker.delete_object(Bucket=bucket, Key=room.object(1))
    report = check(room, store)
    assert found(report) == {
        (Fault.VERSIONS, room.object(0)),
        (Fault.VERSIONS, "recordings/r1/1.json"),
        (Fault.DELETED, room.object(1)),
    }
    assert (report.ok, report.figures.hashed) == (True, 6)
    assert "its oldest version is still there" in only(report, Fault.DELETED).message


def test_without_retention_it_says_so_and_a_custodian_keeps_a_recording(
    room: Room, engine: Engine, tmp_path: Path
) -> None:
    store, _ = moved(room, engine, tmp_path, retain=False)
    report = check(room, store)
    assert not report.write_once
    assert found(report) == {(Fault.NOT_WRITE_ONCE, "")}
    kept = keeping.all_of(room.agency.trust(), "r0")
    until = utc_now() + 40 * DAY
    for path in kept.paths:
        store.protect(path, until)  # type: ignore[arg-type]
    back = keeping.protections(store, kept)
    assert len(back) == 3
    assert {p.mode for p in back.values()} == {"COMPLIANCE"}
