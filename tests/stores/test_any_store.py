"""What every kind of store must do: a folder, Ceph's gateway and SeaweedFS, all by one suite.

The engines are real and speak https with an authority of the run's own (engines/fixtures.py).
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reviewer.domain.errors import (
    AlreadyInStore,
    NotInStore,
    NotSupported,
    ProtectionRefused,
    ReviewerError,
    StoreUnreachable,
)
from reviewer.domain.timebase import SECOND, Utc
from reviewer.stores.base import Store, locate
from tests.stores.engines.client import Client, Engine

KINDS = ("folder", "ceph", "seaweed")
HOUR = 3_600 * SECOND


@dataclass
class Place:
    """A kind of store, and the bucket behind it if there is one."""

    kind: str
    new: Callable[[], Store]
    engine: Engine | None = None
    bucket: str = ""
    others: list[Store] = field(default_factory=list)

    @property
    def attacker(self) -> Client:
        assert self.engine is not None
        return self.engine.client()


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        locate(str(tmp_path / "store")).create()
        return Place("folder", lambda: locate(str(tmp_path / "store")))
    engine: Engine = request.getfixturevalue(request.param)
    bucket = engine.bucket()
    location = engine.location(f"{bucket}/evidence", engine.keys_file(tmp_path))
    return Place(request.param, lambda: locate(location), engine, bucket)


@pytest.fixture
def store(place: Place) -> Store:
    return place.new()


def test_what_was_put_is_there(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "footage"
    file.write_bytes(b"abc" * 1000)
    store.put_if_absent("a/b.json", b"{}")
    store.put_if_absent("a/c", file)
    store.put_if_absent("a/d", lambda out: out.write(b"made"))
    assert store.get("a/b.json") == b"{}"
    assert store.size("a/c") == 3000
    with store.open("a/c", 2998) as opened:
        assert opened.read() == b"bc"
        assert opened.seek(0) == 0
    assert list(store.list("a")) == ["a/b.json", "a/c", "a/d"]
    assert list(store.list("nothing")) == []
    assert store.exists("a/d")
    assert not store.exists("a/e")


def test_nothing_is_overwritten(store: Store) -> None:
    store.put_if_absent("roster/1.json", b"first")
    with pytest.raises(AlreadyInStore):
        store.put_if_absent("roster/1.json", b"second")
    assert store.get("roster/1.json") == b"first"
    assert list(store.list("roster")) == ["roster/1.json"]


def test_of_racing_writers_one_wins_each_name_and_its_bytes_stand(place: Place) -> None:
    """Twelve writers, each with a store of its own as on machines of their own, and four names."""
    names = [f"race/{n}.json" for n in range(4)]
    won: dict[str, list[bytes]] = {name: [] for name in names}
    start, wrong = threading.Barrier(12), []

    def write(number: int) -> None:
        mine = place.new()
        mine.reachable()
        for turn in range(len(names)):
            name = names[(turn + number) % len(names) if number % 2 else turn]
            start.wait(60)
            try:
                mine.put_if_absent(name, bytes([number]) * (1_000 + 40_000 * (number % 3)))
            except AlreadyInStore:
                continue
            except ReviewerError as error:
                wrong.append(error)
                continue
            won[name].append(bytes([number]) * (1_000 + 40_000 * (number % 3)))

    writers = [threading.Thread(target=write, args=(n,)) for n in range(12)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(120)
    assert not wrong
    assert {name: len(winners) for name, winners in won.items()} == dict.fromkeys(names, 1)
    reader = place.new()
    for name in names:
        assert reader.get(name) == won[name][0]
        assert reader.versions(name)[0] == reader.stat(name)
    assert list(reader.list("race")) == names


def test_content_addressed_twice_is_no_error(store: Store) -> None:
    def name(file: Path) -> str:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return f"objects/{digest[:2]}/{digest}"

    paths = {store.put_made(name, b"same") for _ in range(2)}
    assert list(store.list("objects")) == sorted(paths)


def test_a_writer_that_fails_leaves_nothing(store: Store) -> None:
    def half(out: object) -> None:
        out.write(b"half")  # type: ignore[attr-defined]
        raise ReviewerError("The camera was pulled out.", "Put it back.")

    with pytest.raises(ReviewerError, match="pulled out"):
        store.put_if_absent("objects/aa/x", half)
    assert list(store.list("objects")) == []


def test_a_pointer_moves(store: Store) -> None:
    store.replace("logs/x/checkpoint", b"1")
    store.replace("logs/x/checkpoint", b"2")
    assert store.get("logs/x/checkpoint") == b"2"


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a\\..\\b", "a/./b", "a\0b"])
def test_paths_stay_inside(store: Store, path: str) -> None:
    for attempt in (lambda: store.get(path), lambda: store.put_if_absent(path, b""), lambda: store.replace(path, b"")):
        with pytest.raises(ReviewerError, match="not a path in a store"):
            attempt()


def test_what_is_missing_is_said(store: Store) -> None:
    for attempt in (store.get, store.size, store.open):
        with pytest.raises(NotInStore):
            attempt("objects/aa/none")


def test_a_store_that_is_gone_is_said(tmp_path: Path) -> None:
    gone = locate(str(tmp_path / "not-there"))
    assert not gone.reachable()
    for attempt in (
        lambda: gone.get("a"),
        lambda: list(gone.list("a")),
        lambda: gone.put_if_absent("a", b""),
        lambda: gone.replace("logs/a/checkpoint", b""),
    ):
        with pytest.raises(StoreUnreachable):
            attempt()
    assert not (tmp_path / "not-there").exists()


def test_unknown_kind_and_full_folder(tmp_path: Path) -> None:
    with pytest.raises(ReviewerError, match="no store of the kind"):
        locate("ftp://example/x")
    (tmp_path / "x").write_text("something")
    with pytest.raises(AlreadyInStore):
        locate(str(tmp_path)).create()


def test_disk_full_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    """/dev/full answers ENOSPC like a full disk; the store's folder link leads there."""
    store = locate(str(tmp_path / "s"))
    store.create()

    def full(out: object) -> None:
        with Path("/dev/full").open("wb", buffering=0) as sink:
            sink.write(b"x")

    with pytest.raises(ReviewerError, match="no room left"):
        store.put_if_absent("objects/aa/x", full)
    assert list(store.list("objects")) == []


def test_a_folder_without_hard_links_still_never_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    store = locate(str(tmp_path / "s"))
    store.create()
    store.put_if_absent("a/1", b"first")
    with pytest.raises(AlreadyInStore):
        store.put_if_absent("a/1", b"second")
    assert store.get("a/1") == b"first"


# -- what a bucket must do too ---------------------------------------------------------------------------------------


def test_what_was_written_is_read_at_once_by_others(place: Place) -> None:
    one, other = place.new(), place.new()
    assert not other.exists("a/1")
    one.put_if_absent("a/1", b"first")
    assert other.get("a/1") == b"first"
    assert list(other.list("a")) == ["a/1"]
    one.replace("logs/x/checkpoint", b"1")
    assert other.get("logs/x/checkpoint") == b"1"
    one.replace("logs/x/checkpoint", b"22")
    assert other.get("logs/x/checkpoint") == b"22"
    assert other.stat("logs/x/checkpoint").size == other.size("logs/x/checkpoint") == 2
    assert [stat.size for stat in other.survey("logs")] == [2]


def test_a_listing_names_what_lies_below_a_folder_and_nothing_beside_it(store: Store) -> None:
    for path in ("a/1", "a/10", "a-1", "a/b/2", "ab/3", "witness/w/x"):
        store.put_if_absent(path, path.encode())
    assert list(store.list("a")) == ["a/1", "a/10", "a/b/2"]
    assert list(store.list("")) == ["a-1", "a/1", "a/10", "a/b/2", "ab/3", "witness/w/x"]
    surveyed = {stat.path: stat for stat in store.survey("a")}
    assert {path: stat.size for path, stat in surveyed.items()} == {"a/1": 3, "a/10": 4, "a/b/2": 5}
    for path, stat in surveyed.items():
        assert store.stat(path).version == stat.version
        assert stat.modified is not None
        assert abs(stat.modified - time.time_ns() // 1_000) < HOUR
    assert list(store.leftovers()) == []


def test_a_range_is_what_was_asked_for(store: Store) -> None:
    data = os.urandom(3_000_000)
    store.put_if_absent("objects/aa/x", data)
    version = store.stat("objects/aa/x").version
    for start, stop in ((0, 1), (0, len(data)), (1_048_575, 1_048_577), (2_999_999, 3_000_000), (5, 5)):
        with store.stream("objects/aa/x", start, stop, version) as chunks:
            got = [bytes(chunk) for chunk in chunks]
        assert b"".join(got) == data[start:stop]
        assert all(0 < len(chunk) <= 1 << 20 for chunk in got)
    with store.stream("objects/aa/x", 10, 20) as chunks:
        assert b"".join(chunks) == data[10:20]
    got = []
    with pytest.raises(StoreUnreachable), store.stream("objects/aa/x", 2_999_990, 3_000_001, version) as chunks:
        got += [bytes(chunk) for chunk in chunks]
    assert b"".join(got) in (b"", data[2_999_990:])
    with pytest.raises(NotInStore), store.stream("objects/aa/none", 0, 1) as chunks:
        list(chunks)


def test_a_file_of_the_store_can_be_read_anywhere(store: Store) -> None:
    data = os.urandom(2_500_000)
    store.put_if_absent("objects/aa/x", data)
    with store.open("objects/aa/x", 100) as file:
        assert file.seekable() and file.tell() == 100
        assert file.read(5) == data[100:105]
        assert file.seek(-3, os.SEEK_END) == len(data) - 3
        assert file.read() == data[-3:] and file.read(1) == b""
        assert file.seek(1_048_570) == 1_048_570
        assert file.read(20) == data[1_048_570:1_048_590]
        file.seek(0)
        assert hashlib.sha256(file.read()).digest() == hashlib.sha256(data).digest()


@pytest.mark.parametrize(
    "name",
    [
        "odd/with space +%25&=?#é",
        "odd/a%2Fb",
        "odd/a<b>&\"'c",
        "odd/日本/🙂",
        "odd/~!$'()*,;@[]{}|^`",
        "odd/.hidden",
        "odd/trailing.",
        "odd/" + "x" * 200,
    ],
)
def test_odd_names_are_names(store: Store, name: str) -> None:
    store.put_if_absent(name, b"odd")
    with pytest.raises(AlreadyInStore):
        store.put_if_absent(name, b"even")
    assert store.get(name) == b"odd"
    assert list(store.list("odd")) == [name]
    assert store.stat(name).size == 3
    with store.stream(name, 1, 3) as chunks:
        assert b"".join(chunks) == b"dd"


def test_nothing_is_something(store: Store) -> None:
    store.put_if_absent("a/empty", b"")
    assert store.get("a/empty") == b"" and store.size("a/empty") == 0
    with store.stream("a/empty", 0, 0) as chunks:
        assert list(chunks) == []
    with store.open("a/empty") as file:
        assert file.read() == b""


def test_a_large_object_goes_in_parts_and_is_whole(store: Store, tmp_path: Path) -> None:
    file, digest = tmp_path / "large", hashlib.sha256()
    with file.open("wb") as out:
        for _ in range(40):
            piece = os.urandom(1 << 20)
            digest.update(piece)
            out.write(piece)
        out.write(b"and a bit")
    digest.update(b"and a bit")
    path = store.put_made(lambda made: f"objects/{made.stat().st_size}", file)
    assert store.put_made(lambda made: f"objects/{made.stat().st_size}", lambda o: o.write(file.read_bytes())) == path
    assert len(store.versions(path)) == 1
    again = hashlib.sha256()
    with store.stream(path, 0, store.size(path)) as chunks:
        for chunk in chunks:
            again.update(chunk)
    assert again.digest() == digest.digest()
    with pytest.raises(AlreadyInStore):
        store.put_if_absent(path, file)


def test_only_what_moves_is_replaced(store: Store) -> None:
    store.put_if_absent("roster/1.json", b"first")
    for path in ("roster/1.json", "logs/x/checkpoints/7", "logs/x/tile/0/000", "checkpoint"):
        with pytest.raises(ReviewerError, match="never replaced"):
            store.replace(path, b"second")
    store.replace("witness/w/agency/IA-04/1", b"cosigned")
    assert store.get("roster/1.json") == b"first"


def test_where_and_what_it_is_can_be_said(place: Place, store: Store) -> None:
    assert store.reachable()
    store.check()
    assert locate(store.location).location == store.location
    assert store.integrity in store.description
    assert not store.write_once
    assert "tamper-evident, not write-once" in store.integrity


# -- versions and locks ----------------------------------------------------------------------------------------------


def bucket_only(place: Place) -> None:
    """A folder has neither; what it says then."""
    if place.kind == "folder":
        store = place.new()
        store.put_if_absent("a/1", b"first")
        assert store.stat("a/1").version is None and len(store.versions("a/1")) == 1
        for attempt in (lambda: store.protect("a/1", Utc(1)), lambda: store.hold("a/1", True)):
            with pytest.raises(NotSupported, match="folder cannot keep"):
                attempt()
        protection = store.protection("a/1")
        assert (protection.until, protection.hold, protection.mode) == (None, False, "")
        assert not protection.holds


def test_an_attacker_with_all_rights_changes_nothing_that_is_read(place: Place, store: Store) -> None:
    if place.kind == "folder":
        return bucket_only(place)
    store.put_if_absent("roster/1.json", b"first")
    store.replace("logs/x/checkpoint", b"newest")
    pinned = store.stat("roster/1.json").version
    opened = store.open("roster/1.json")
    attacker, key = place.attacker, "evidence/roster/1.json"
    attacker.put_object(Bucket=place.bucket, Key=key, Body=b"forged, and longer")
    assert [place.new().get("roster/1.json"), store.get("roster/1.json"), opened.read()] == [b"first"] * 3
    attacker.delete_object(Bucket=place.bucket, Key=key)
    attacker.delete_object(Bucket=place.bucket, Key="evidence/logs/x/checkpoint")
    for reader in (store, place.new()):
        assert reader.get("roster/1.json") == b"first"
        assert reader.exists("roster/1.json") and reader.size("roster/1.json") == 5
        assert reader.stat("roster/1.json").version == pinned
        assert reader.get("logs/x/checkpoint") == b"newest"
        assert list(reader.list("roster")) == ["roster/1.json"]
        assert [version.size for version in reader.versions("roster/1.json")] == [5, 18]
        with reader.stream("roster/1.json", 0, 5, pinned) as chunks:
            assert b"".join(chunks) == b"first"
        with pytest.raises(AlreadyInStore):
            reader.put_if_absent("roster/1.json", b"third")
    return None


def test_a_version_that_could_be_removed_is_not_read_from_memory(place: Place, store: Store) -> None:
    if place.kind == "folder":
        return
    store.put_if_absent("a/1", b"first")
    stat = store.stat("a/1")
    assert store.get("a/1") == b"first"
    place.attacker.delete_object(Bucket=place.bucket, Key="evidence/a/1", VersionId=stat.version)
    with pytest.raises(NotInStore):
        store.get("a/1")
    with pytest.raises(NotInStore), store.stream("a/1", 0, 5, stat.version) as chunks:
        list(chunks)
    assert not store.exists("a/1")


def test_what_is_protected_stays(place: Place, store: Store) -> None:
    if place.kind == "folder":
        return bucket_only(place)
    until = Utc(time.time_ns() // 1_000 + HOUR)
    store.put_if_absent("a/1", b"first")
    assert not store.protection("a/1").holds
    store.protect("a/1", until)
    protection = store.protection("a/1")
    assert protection.mode == "COMPLIANCE" and protection.holds and not protection.hold
    assert protection.until is not None and until <= protection.until <= until + SECOND
    store.protect("a/1", until)  # once more is no shortening
    with pytest.raises(ProtectionRefused, match="cannot be shortened"):
        store.protect("a/1", Utc(until - 600 * SECOND))
    assert store.protection("a/1") == protection
    version, key = store.stat("a/1").version, "evidence/a/1"
    for bypass in (False, True):
        with pytest.raises(place.attacker.exceptions.ClientError):
            place.attacker.delete_object(
                Bucket=place.bucket, Key=key, VersionId=version, BypassGovernanceRetention=bypass
            )
    assert place.new().get("a/1") == b"first"
    store.protect("a/1", Utc(until + HOUR))
    assert (store.protection("a/1").until or 0) >= until + HOUR
    return None


def test_a_legal_hold_holds_until_it_is_lifted(place: Place, store: Store) -> None:
    if place.kind == "folder":
        return bucket_only(place)
    store.put_if_absent("a/1", b"first")
    store.hold("a/1", True)
    assert store.protection("a/1").hold and store.protection("a/1").holds
    version = store.stat("a/1").version
    with pytest.raises(place.attacker.exceptions.ClientError):
        place.attacker.delete_object(Bucket=place.bucket, Key="evidence/a/1", VersionId=version)
    store.hold("a/1", False)
    assert not store.protection("a/1").holds
    with pytest.raises(NotInStore):
        store.hold("a/none", True)
    return None
