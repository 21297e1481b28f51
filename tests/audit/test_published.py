"""The reader of published files: what the log has, from few files, and nothing that its checkpoint does not sign."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.audit.errors import BadNote, BadProof, BadTile, Forked, LogMisused, NotPublished, RolledBack
from reviewer.audit.merkle import leaf_hash, verify_consistency, verify_inclusion
from reviewer.audit.note import Signer, Verifier
from reviewer.audit.published import LogReader, PublishedLog, head_of
from reviewer.audit.tiles import CHECKPOINT, WIDTH, Read, Tile, body_path, checkpoint_path, new_tiles
from tests.audit.logs import KEY, ORIGIN, Files, body, entry, grow, new_log, published

VERIFIER = Signer(ORIGIN, KEY).verifier


def opened(files: Files, note: bytes | None = None) -> PublishedLog:
    return PublishedLog(files.get, VERIFIER, note)


def counted(files: Files, read: list[str]) -> Read:
    def reading(path: str) -> bytes | None:
        read.append(path)
        return files.get(path)

    return reading


@pytest.fixture(scope="module")
def files() -> Files:
    return published(3, 256, 700, 66_000)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 512, 1000])
def test_it_reads_what_the_log_has(size: int) -> None:
    conn, log = new_log()
    files = Files()
    if size:
        grow(conn, log, size)
    files.publish(log)
    reader: LogReader = opened(files)
    assert (reader.origin, reader.size, reader.root) == (log.origin, log.size, log.root)
    assert reader.checkpoint == files[CHECKPOINT]
    assert list(reader.entries()) == list(log.entries())
    for tile in new_tiles(0, size):
        assert reader.hashes(tile) == log.hashes(tile)
    for old in {0, 1, size // 3, size - 1, size} & set(range(size + 1)):
        assert reader.root_at(old) == log.root_at(old)
        assert reader.consistency_proof(old) == log.consistency_proof(old)
    for index in {0, size // 2, size - 1} & set(range(size)):
        assert reader.entry(index) == log.entry(index)
        assert reader.inclusion_proof(index) == log.inclusion_proof(index)
    conn.close()


@settings(max_examples=40)
@given(data=st.data())
def test_its_proofs_prove(files: Files, data: st.DataObject) -> None:
    log = opened(files)
    new = data.draw(st.integers(1, log.size))
    old, index = data.draw(st.integers(0, new)), data.draw(st.integers(0, new - 1))
    root = log.root_at(new)
    verify_consistency(old, new, log.consistency_proof(old, new), log.root_at(old), root)
    verify_inclusion(index, new, leaf_hash(log.entry(index)), log.inclusion_proof(index, new), root)
    verify_consistency(new, log.size, log.consistency_proof(new), root, log.root)


@given(start=st.integers(-3, 1100), stop=st.none() | st.integers(-3, 1100))
def test_a_stretch_of_entries(start: int, stop: int | None) -> None:
    log = opened(thousand())
    assert list(log.entries(start, stop)) == [entry(n) for n in range(1000)][max(start, 0) : stop and max(stop, 0)]


@cache
def thousand() -> Files:
    return published(1000)


def test_one_entry_of_many_costs_a_few_files(files: Files) -> None:
    read: list[str] = []
    log = PublishedLog(counted(files, read), VERIFIER)
    assert log.entry(12_345) == entry(12_345)
    log.inclusion_proof(12_345)
    log.consistency_proof(700)
    assert len(read) == len(set(read)) <= 9


def test_a_later_reader_goes_on_where_it_stopped(files: Files) -> None:
    """What a colleague's workstation does: keeps a checkpoint, then reads only what is new."""
    older = head_of(files[checkpoint_path(700)], VERIFIER)
    read: list[str] = []
    log = PublishedLog(counted(files, read), VERIFIER)
    log.require_extends(older)
    assert len(read) <= 7
    assert next(log.entries(older.size)) == entry(700)


def test_at_an_older_checkpoint(files: Files) -> None:
    """Its partial files may be gone by then: the full ones that outgrew them hold the same."""
    older = files[checkpoint_path(700)]
    kept = Files()
    kept.update({path: data for path, data in files.items() if ".p/188" not in path})
    for each in (opened(files, older), opened(kept, older)):
        assert each.size == 700
        assert list(each.entries(690)) == [entry(n) for n in range(690, 700)]
        with pytest.raises(LogMisused):
            each.entry(700)


def test_bodies_lie_beside_the_entries() -> None:
    conn, log = new_log()
    grow(conn, log, 3)
    files = Files()
    files.publish(log)
    commitments = [record[1][record[1].index(b'"body":"') + 8 :][:64].decode() for record in log.records()]
    files[body_path(commitments[1])] = body(1)
    reader = opened(files)
    assert list(reader.records(1)) == [(1, entry(1), body(1)), (2, entry(2), None)]
    assert reader.body(commitments[0]) is None
    conn.close()


@pytest.mark.parametrize("at", [0, 31, 32 * 200, -1])
def test_every_damaged_tile_is_refused(files: Files, at: int) -> None:
    for tile in (Tile(0, 0), Tile(1, 0), Tile(1, 1, 1), Tile(0, 257, 208), Tile(2, 0, 1)):
        bad = Files()
        bad.update(files)
        bad[tile.path] = _flipped(files[tile.path], min(at, len(files[tile.path]) - 1))
        with pytest.raises(BadTile, match=r"vouches|edge"):
            opened(bad).inclusion_proof(1 if tile.level < 2 and not tile.index else 65_999)
        bad[tile.path] = files[tile.path][:-1]
        with pytest.raises(BadTile, match="damaged"):
            opened(bad).hashes(tile)
        bad[tile.path] = files[tile.path][:-32]
        with pytest.raises(BadTile, match=" of "):
            opened(bad).hashes(tile)
        del bad[tile.path]
        with pytest.raises(NotPublished):
            opened(bad).hashes(tile)


@pytest.mark.parametrize("index", [0, 255, 256, 65_900, 65_999])
def test_a_changed_entry_is_refused(files: Files, index: int) -> None:
    bad = Files()
    bad.update(files)
    path = Tile(0, index // WIDTH, min(WIDTH, 66_000 - index // WIDTH * WIDTH)).entries_path
    bad[path] = files[path].replace(entry(index), entry(index, "view_0pened"))
    with pytest.raises(BadTile, match="vouches"):
        opened(bad).entry(index)
    assert bad[path] != files[path]


def test_a_checkpoint_of_others_is_refused(files: Files) -> None:
    with pytest.raises(NotPublished):
        opened(Files())
    with pytest.raises(BadNote):
        opened(files, b"no note")
    with pytest.raises(BadNote):
        PublishedLog(files.get, Verifier(ORIGIN, bytes(32)))
    other = Signer("helsinki.example/ws-1/salo/work/1", KEY)
    with pytest.raises(BadNote):
        PublishedLog(files.get, other.verifier)


def test_rollback_and_fork_are_named(files: Files) -> None:
    later = head_of(files[CHECKPOINT], VERIFIER)
    with pytest.raises(RolledBack, match=r"66000 entries .* only 700"):
        opened(files, files[checkpoint_path(700)]).require_extends(later)
    conn, log = new_log()
    grow(conn, log, 2, "log_on")
    with pytest.raises(Forked, match="first 2 entries"):
        opened(files).require_extends(head_of(log.checkpoint, VERIFIER))
    conn.close()


@pytest.mark.parametrize("size", [-1, 66_001])
def test_what_is_not_there_cannot_be_asked_for(files: Files, size: int) -> None:
    log = opened(files)
    with pytest.raises(LogMisused):
        log.root_at(size)
    with pytest.raises(LogMisused):
        log.entry(size)
    with pytest.raises(BadProof):
        log.inclusion_proof(0, size)
    with pytest.raises(BadProof):
        log.consistency_proof(0 if size > 0 else size, size if size > 0 else None)
    with pytest.raises(LogMisused):
        log.hashes(Tile(0, 258))
    with pytest.raises(LogMisused):
        log.hashes(Tile(2, 0, 2))


def _flipped(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)
