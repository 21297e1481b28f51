"""What every kind of store must do. Each kind is one line in `STORES`."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.domain.errors import AlreadyInStore, NotInStore, ReviewerError, StoreUnreachable
from reviewer.stores.base import Store, locate

STORES: dict[str, Callable[[Path], str]] = {"folder": lambda tmp: str(tmp / "store")}


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    made = locate(STORES[request.param](tmp_path))
    made.create()
    return made


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


def test_of_racing_writers_one_wins_and_its_bytes_stand(store: Store) -> None:
    won: list[bytes] = []
    start = threading.Barrier(8)

    def write(mine: bytes) -> None:
        start.wait(10)
        try:
            store.put_if_absent("race/1", mine)
        except AlreadyInStore:
            return
        won.append(mine)

    writers = [threading.Thread(target=write, args=(bytes([n]) * 100_000,)) for n in range(8)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(30)
    assert len(won) == 1
    assert store.get("race/1") == won[0]


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
