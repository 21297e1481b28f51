"""What is a bucket’s alone: how one is made, what it promises, what it survives on the way."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reviewer.domain.errors import (
    AlreadyInStore,
    NotSupported,
    ReviewerError,
    StoreBusy,
    StoreUnfit,
    StoreUnreachable,
)
from reviewer.domain.timebase import SECOND, Utc
from reviewer.stores.base import locate
from tests.stores.behind import behind, new_name
from tests.stores.engines.client import Engine, write_keys
from tests.stores.engines.fault_proxy import FaultProxy

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400 * SECOND


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest that engines take: what is larger goes in parts."""
    monkeypatch.setattr("reviewer.stores.s3_put.PART", 5 << 20)


# -- making one ------------------------------------------------------------------------------------------------------


def test_a_bucket_is_made_write_once_and_keeps_what_is_put(engine: Engine, keys: Path, tmp_path: Path) -> None:
    store = locate(engine.location(new_name(), keys, retain="2d"))
    assert not store.write_once and "not asked yet" in store.integrity
    store.create()
    assert store.write_once
    assert store.integrity == "write-once: Object Lock in compliance mode, 2 days"
    file = tmp_path / "large"
    file.write_bytes(os.urandom(6 << 20))
    store.put_if_absent("roster/1.json", b"small")
    store.put_if_absent("objects/aa/large", file)  # in parts: Ceph 16 forgets retention headers of those
    for path in ("roster/1.json", "objects/aa/large"):
        protection = store.protection(path)
        left = (protection.until or 0) - time.time_ns() // 1_000
        assert protection.mode == "COMPLIANCE" and DAY < left <= 2 * DAY + SECOND
    another = locate(store.location)
    another.check()
    assert another.write_once
    with pytest.raises(AlreadyInStore, match="something in bucket"):
        another.create()
    bucket = urlsplit(store.location).netloc
    version = store.stat("roster/1.json").version
    attacker = engine.client()
    for bypass in (False, True):
        with pytest.raises(attacker.exceptions.ClientError):
            attacker.delete_object(
                Bucket=bucket, Key="roster/1.json", VersionId=version, BypassGovernanceRetention=bypass
            )
    attacker.close()


def test_a_bucket_that_is_there_may_be_taken_and_retained_by_us(engine: Engine, keys: Path) -> None:
    bucket = engine.bucket()
    store = locate(engine.location(f"{bucket}/a/b", keys, retain="1d"))
    store.create()
    assert store.write_once and "1 day" in store.integrity
    store.put_if_absent("roster/1.json", b"small")
    assert store.protection("roster/1.json").mode == "COMPLIANCE"
    plain = locate(engine.location(f"{bucket}/a", keys))
    plain.check()
    assert not plain.write_once and "protected one by one" in plain.integrity
    assert list(plain.list("")) == ["b/roster/1.json"]
    assert list(locate(engine.location(bucket, keys)).list("a/b")) == ["a/b/roster/1.json"]


def test_a_bucket_without_a_lock_says_what_it_is(engine: Engine, keys: Path) -> None:
    bucket = engine.bucket(lock=False)
    store = locate(engine.location(bucket, keys))
    store.create()
    assert not store.write_once
    assert store.integrity == "tamper-evident, not write-once: the bucket has no Object Lock"
    store.put_if_absent("a/1", b"first")
    with pytest.raises(AlreadyInStore):
        store.put_if_absent("a/1", b"second")
    assert not store.protection("a/1").holds
    for attempt in (
        lambda: store.protect("a/1", Utc(time.time_ns() // 1_000 + DAY)),
        lambda: store.hold("a/1", True),
    ):
        with pytest.raises(NotSupported, match="has no Object Lock"):
            attempt()
    with pytest.raises(StoreUnfit, match="cannot keep anything"):
        locate(engine.location(f"{bucket}/new", keys, retain="1d")).create()


def test_a_bucket_without_versions_is_refused(engine: Engine, keys: Path) -> None:
    store = locate(engine.location(engine.bucket(lock=False, versions=False), keys))
    assert not store.reachable()
    for attempt in (store.check, store.create, lambda: store.get("a"), lambda: store.put_if_absent("a", b"")):
        with pytest.raises(StoreUnfit, match="keeps no versions") as caught:
            attempt()
        assert "Turn versioning on" in caught.value.next_step


def test_a_governance_lock_is_not_called_write_once(ceph: Engine, tmp_path: Path) -> None:
    bucket = ceph.bucket()
    client = ceph.client()
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    client.put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    client.close()
    store = locate(ceph.location(bucket, ceph.keys_file(tmp_path)))
    store.check()
    assert not store.write_once and "governance mode" in store.integrity


def test_an_upload_that_broke_off_is_a_leftover_and_no_object(engine: Engine, keys: Path) -> None:
    bucket = engine.bucket()
    client = engine.client()
    begun = client.create_multipart_upload(Bucket=bucket, Key="x/objects/aa/half")
    client.upload_part(Bucket=bucket, Key="x/objects/aa/half", UploadId=begun["UploadId"], PartNumber=1, Body=b"half")
    client.close()
    store = locate(engine.location(f"{bucket}/x", keys))
    assert [stat.path for stat in store.leftovers()] == ["objects/aa/half"]
    assert list(store.list("")) == [] and not store.exists("objects/aa/half")


# -- on the way ------------------------------------------------------------------------------------------------------


def test_slow_down_on_three_of_four_requests_is_waited_out(
    engine: Engine, proxy: FaultProxy, keys: Path, tmp_path: Path
) -> None:
    store = behind(engine, proxy, keys)
    proxy.set(busy=3)
    data = os.urandom(6 << 20)
    file = tmp_path / "large"
    file.write_bytes(data)
    store.put_if_absent("objects/aa/x", file)
    store.put_if_absent("a/1", b"first")
    assert store.get("objects/aa/x") == data and store.get("a/1") == b"first"
    assert not store.protection("a/1").holds  # a HEAD, which says 503 without a body
    assert len(store.versions("objects/aa/x")) == len(store.versions("a/1")) == 1


def test_slow_down_without_end_is_said(
    engine: Engine, proxy: FaultProxy, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = behind(engine, proxy, keys)
    monkeypatch.setattr(threading.Event, "wait", lambda *_: None)
    proxy.set(answer="busy")
    for attempt in (store.check, lambda: list(store.list(""))):
        with pytest.raises(StoreBusy, match="too busy"):
            attempt()


@pytest.mark.parametrize("fault", ["cut_after", "close_after"])
def test_an_object_that_breaks_off_is_gone_on_with(engine: Engine, proxy: FaultProxy, keys: Path, fault: str) -> None:
    store, data = behind(engine, proxy, keys), os.urandom(5 << 20)
    store.put_if_absent("objects/aa/x", data)
    proxy.set(**{fault: 1_300_001}, only="objects/aa/x", verbs=("GET",))
    with store.stream("objects/aa/x", 0, len(data)) as chunks:
        assert b"".join(chunks) == data
    proxy.served = 0
    assert store.get("objects/aa/x") == data
    assert proxy.served <= 2 * len(data)
    proxy.set(**{fault: 0}, only="objects/aa/x", verbs=("GET",))
    with pytest.raises(StoreUnreachable), store.stream("objects/aa/x", 0, len(data)) as chunks:
        list(chunks)


@pytest.mark.parametrize("faults", [{"truncate_to": 700_000}, {"longer_by": 7}, {"wrong_length": 7}])
def test_answers_of_another_length_are_never_taken_for_whole(
    engine: Engine, proxy: FaultProxy, keys: Path, faults: dict[str, int]
) -> None:
    store, data, got = behind(engine, proxy, keys), os.urandom(1 << 20), bytearray()
    store.put_if_absent("objects/aa/x", data)
    proxy.set(**faults, only="objects/aa/x", verbs=("GET",))
    try:
        with store.stream("objects/aa/x", 0, len(data)) as chunks:
            for chunk in chunks:
                got += chunk
    except StoreUnreachable:
        assert data.startswith(got)
    else:
        assert got == data


def test_a_put_whose_answer_is_lost_is_still_ours(
    engine: Engine, proxy: FaultProxy, keys: Path, tmp_path: Path
) -> None:
    """The engine has it, the answer does not come, the request is sent again: one name, one winner, and it is us."""
    store = behind(engine, proxy, keys)
    proxy.set(forget=True, verbs=("PUT",), times=1)
    store.put_if_absent("a/1", b"first")
    assert store.get("a/1") == b"first"
    with pytest.raises(AlreadyInStore):
        store.put_if_absent("a/1", b"first")
    large = tmp_path / "large"
    large.write_bytes(os.urandom(6 << 20))
    proxy.set(forget=True, verbs=("PUT",), times=1)
    store.put_if_absent("objects/aa/x", large)
    proxy.set(forget=True, verbs=("POST",), only="uploadId", times=1)
    store.put_if_absent("objects/aa/y", large)
    assert store.size("objects/aa/y") == 6 << 20


def test_a_byte_that_flips_on_the_way_in_is_noticed(
    engine: Engine, proxy: FaultProxy, keys: Path, tmp_path: Path
) -> None:
    store, data = behind(engine, proxy, keys), os.urandom(6 << 20)
    proxy.set(flip_sent=100, verbs=("PUT",), times=1)
    store.put_if_absent("a/1", bytes(1_000))
    assert store.get("a/1") == bytes(1_000)
    file = tmp_path / "large"
    file.write_bytes(data)
    proxy.set(flip_sent=100, verbs=("PUT",), times=1)
    store.put_if_absent("objects/aa/x", file)
    assert store.get("objects/aa/x") == data
    for path in ("a/1", "objects/aa/x"):
        assert len(store.versions(path)) == 1


def test_a_source_that_fails_leaves_nothing(engine: Engine, keys: Path, tmp_path: Path) -> None:
    store = locate(engine.location(engine.bucket(), keys))
    with pytest.raises(ReviewerError, match="cannot be read"):
        store.put_if_absent("objects/aa/x", tmp_path / "none")
    assert list(store.list("")) == [] and list(store.leftovers()) == []


def test_something_else_under_the_name_of_a_hash_is_said(engine: Engine, keys: Path) -> None:
    store = locate(engine.location(engine.bucket(), keys))
    store.put_if_absent("objects/aa/abc", b"somebody else's")
    with pytest.raises(AlreadyInStore, match="something else under"):
        store.put_made(lambda _file: "objects/aa/abc", b"ours")


def test_keys_file_is_json(tmp_path: Path) -> None:
    assert set(json.loads(write_keys(tmp_path / "k", "a", "b", "c").read_text())) == {
        "access_key_id",
        "secret_access_key",
        "session_token",
    }
