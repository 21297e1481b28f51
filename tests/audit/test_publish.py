"""Publishing: once written never replaced, the checkpoint last, and a fork or a rollback stops it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.audit.entry import commitment_of
from reviewer.audit.errors import Forked, RolledBack
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer, sign_note
from reviewer.audit.publish import WriteIfAbsent, publish
from reviewer.audit.tiles import new_tiles, pack_entries
from tests.audit.logs import KEY, ORIGIN, Files, entry, grow, new_log, published


def test_what_is_published() -> None:
    conn, log = new_log()
    grow(conn, log, 300)
    files = Files()
    assert files.publish(log) == [
        "tile/entries/000",
        "tile/0/000",
        "tile/entries/001.p/44",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "checkpoints/300",
        "checkpoint",
    ]
    assert files["tile/entries/000"] == pack_entries([entry(n) for n in range(256)])
    assert files["checkpoint"] == files["checkpoints/300"] == log.checkpoint
    assert files.replaced == ["checkpoint"]


def test_nothing_new_is_nothing_to_write() -> None:
    conn, log = new_log()
    grow(conn, log, 3)
    files = Files()
    files.publish(log)
    assert files.publish(log) == []
    assert files.replaced == ["checkpoint"]


def test_an_empty_log_is_a_checkpoint() -> None:
    _, log = new_log()
    files = Files()
    assert files.publish(log) == ["checkpoints/0", "checkpoint"]


def test_one_entry_more_is_four_files() -> None:
    conn, log = new_log()
    grow(conn, log, 70_000)
    files = Files()
    files.publish(log)
    grow(conn, log, 1)
    assert files.publish(log) == ["tile/entries/273.p/113", "tile/0/273.p/113", "checkpoints/70001", "checkpoint"]


@settings(max_examples=20)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=5))
def test_step_by_step_gives_what_at_once_gives(steps: list[int]) -> None:
    sizes = [sum(steps[: n + 1]) for n in range(len(steps))]
    by_steps, at_once = published(*sizes), published(sizes[-1])
    needed = {tile.path for tile in new_tiles(0, sizes[-1])}
    needed |= {tile.entries_path for tile in new_tiles(0, sizes[-1]) if tile.level == 0}
    assert set(at_once) == needed | {"checkpoint", f"checkpoints/{sizes[-1]}"}
    assert {path: by_steps[path] for path in at_once} == at_once


def test_a_publication_that_stopped_is_done_again() -> None:
    conn, log = new_log()
    grow(conn, log, 600)
    whole = Files()
    steps = len(whole.publish(log))
    for done in range(steps):
        files = Files()
        with pytest.raises(ConnectionError):
            publish(log, files.get, _failing(files, done), files.replace if done < steps - 1 else _no_replace)
        assert "checkpoint" not in files
        files.publish(log)
        assert files == whole


def _failing(files: Files, writes: int) -> WriteIfAbsent:
    left = [writes]

    def write(path: str, data: bytes) -> bool:
        if left[0] == 0:
            raise ConnectionError
        left[0] -= 1
        return files.write_if_absent(path, data)

    return write


def _no_replace(path: str, data: bytes) -> None:
    raise ConnectionError


def _forked(size: int) -> SqliteLog:
    """A log with the same key and origin, and another history."""
    conn, log = new_log()
    grow(conn, log, size, kind="log_on")
    return log


def test_a_shorter_log_is_a_rollback() -> None:
    files = published(300)
    before = dict(files)
    conn, log = new_log()
    grow(conn, log, 299)
    with pytest.raises(RolledBack, match=r"^ROLLBACK: 300 entries of .* are published, and this machine has 299\.$"):
        files.publish(log)
    assert files == before


@pytest.mark.parametrize("size", [300, 301, 1_000])
def test_another_history_is_a_fork(size: int) -> None:
    files = published(300)
    before = dict(files)
    with pytest.raises(Forked, match=r"^FORK: the first 300 entries"):
        files.publish(_forked(size))
    assert files == before


@pytest.mark.parametrize("path", ["tile/entries/000", "tile/0/000", "tile/1/000.p/1", "checkpoints/300"])
def test_other_bytes_in_an_unchangeable_place_are_a_fork(path: str) -> None:
    conn, log = new_log()
    grow(conn, log, 300)
    files = Files()
    files[path] = b"another"
    with pytest.raises(Forked, match=f"^FORK: {path} of "):
        files.publish(log)
    assert files[path] == b"another"
    assert "checkpoint" not in files


def test_a_log_restored_from_a_snapshot_is_found_out_by_what_it_published_before() -> None:
    """The `checkpoint` was lost or put back; `checkpoints/<size>` and tiles still tell."""
    files = published(100, 200)
    files["checkpoint"] = files["checkpoints/100"]
    conn, log = new_log()
    grow(conn, log, 100)
    grow(conn, log, 100, kind="log_on")
    with pytest.raises(Forked, match=r"^FORK: tile/entries/000\.p/200"):
        files.publish(log)


def test_a_checkpoint_that_is_not_this_logs_is_a_fork() -> None:
    conn, log = new_log()
    grow(conn, log, 5)
    text = log.checkpoint.decode().partition("\n\n")[0] + "\n"
    another = text.replace(ORIGIN, "another")
    for note in (
        b"",
        b"nonsense",
        log.checkpoint[:-2],
        sign_note(another, [Signer("another", KEY)]),
        sign_note(another, [Signer(ORIGIN, KEY)]),
        sign_note("not a checkpoint\n", [Signer(ORIGIN, KEY)]),
    ):
        files = Files()
        files["checkpoint"] = note
        with pytest.raises(Forked, match=r"^FORK: the published checkpoint"):
            files.publish(log)
        assert files == {"checkpoint": note}


def test_bodies_are_not_published_here() -> None:
    files = published(3)
    assert not any(commitment_of(entry(0)) in path or b"sealed 0" in data for path, data in files.items())
