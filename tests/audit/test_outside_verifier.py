"""The same logs, judged by a program that nobody here wrote: PyPI `metamorphic-log` (Rust). It reads signed notes,
checkpoints, inclusion and consistency proofs; it has no door for tiles or for Ed25519 cosignatures."""

from __future__ import annotations

import metamorphic_log as outside  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.audit.merkle import consistency_proof, inclusion_proof, leaf_hash, reader_of, tree_root
from reviewer.audit.note import Signer, sign_note, vkey
from reviewer.audit.tiles import Tile, unpack_entries, unpack_hashes
from tests.audit.logs import KEY, ORIGIN, entry, grow, new_log, published

VKEY = vkey(ORIGIN, KEY.public_key().public_bytes_raw())


def test_it_accepts_our_signed_notes_and_no_changed_one() -> None:
    other = Signer("other.example", Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))
    note = sign_note("Päiväkirja\n\nsecond part\n", [Signer(ORIGIN, KEY), other]).decode()
    assert outside.verify_signed_note(note, [VKEY]) == 1
    assert outside.verify_signed_note(note, [VKEY, other.vkey]) == 2
    with pytest.raises(outside.VerifyError):
        outside.verify_signed_note(note.replace("second", "Second"), [VKEY])


def test_it_reads_our_published_checkpoints() -> None:
    files = published(0, 300, 70_000)
    for size in (0, 300, 70_000):
        head = outside.checkpoint_verify(files[f"checkpoints/{size}"].decode(), [VKEY])
        assert (head.origin, head.size, head.extensions) == (ORIGIN, size, [])
        assert head.root == tree_root([leaf_hash(entry(n)) for n in range(size)])


def test_it_follows_the_proofs_of_a_log() -> None:
    conn, log = new_log()
    grow(conn, log, 300)
    older = log.checkpoint.decode()
    grow(conn, log, 700)
    newer = log.checkpoint.decode()
    outside.checkpoint_verify_consistency(older, newer, [VKEY], log.consistency_proof(300))
    for index in (0, 255, 256, 999):
        leaf = leaf_hash(entry(index))
        outside.checkpoint_verify_inclusion(newer, [VKEY], index, leaf, log.inclusion_proof(index))
        with pytest.raises(outside.VerifyError):
            outside.checkpoint_verify_inclusion(newer, [VKEY], index, leaf[::-1], log.inclusion_proof(index))
    with pytest.raises(outside.VerifyError):
        outside.checkpoint_verify_consistency(older, newer, [VKEY], log.consistency_proof(301))


def test_what_is_published_proves_itself_to_it() -> None:
    """From the files alone: leaf hashes out of a tile, the entry out of a bundle, our proof, its verdict."""
    files = published(200)
    tile = Tile(0, 0, 200)
    hashes, entries = unpack_hashes(files[tile.path]), unpack_entries(files[tile.entries_path])
    proof = inclusion_proof(123, 200, reader_of(hashes))
    outside.checkpoint_verify_inclusion(files["checkpoint"].decode(), [VKEY], 123, leaf_hash(entries[123]), proof)


@settings(max_examples=100)
@given(st.integers(1, 400), st.data())
def test_it_agrees_on_every_proof(new: int, data: st.DataObject) -> None:
    old, index = data.draw(st.integers(1, new)), data.draw(st.integers(0, new - 1))
    hashes = [leaf_hash(b"%d" % n) for n in range(new)]
    node, root = reader_of(hashes), tree_root(hashes)
    outside.verify_inclusion(index, new, hashes[index], inclusion_proof(index, new, node), root)
    outside.verify_consistency(old, new, consistency_proof(old, new, node), tree_root(hashes[:old]), root)
