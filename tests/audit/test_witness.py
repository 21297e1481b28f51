"""Cosignatures: framed as the specification's example, and good for exactly one checkpoint."""

from __future__ import annotations

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.errors import BadNote
from reviewer.audit.note import Signature, Verifier, split_note, verify_note
from reviewer.audit.witness import CosignatureVerifier, Cosigner, cosigned_at
from tests.audit.logs import grow, new_log

WITNESS = Ed25519PrivateKey.from_private_bytes(b"\x21" * 32)
AT = 1_679_315_147


def test_a_cosignature_is_what_the_specification_frames() -> None:
    conn, log = new_log()
    grow(conn, log, 3)
    cosigner = Cosigner("witness.example/w1", WITNESS)
    note = cosigner.cosign(log.checkpoint, log.verifier, AT)
    assert note.startswith(log.checkpoint)
    text, (signature,) = verify_note(note, [cosigner.verifier])
    assert cosigned_at(signature) == AT
    assert len(signature.signature) == 8 + 64
    WITNESS.public_key().verify(signature.signature[8:], b"cosignature/v1\ntime 1679315147\n" + text.encode())
    assert len(verify_note(note, [cosigner.verifier, log.verifier])[1]) == 2


def test_the_specifications_example_line() -> None:
    line = "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    note = f"text\n\n— witness.example.com/w1 {line}\n".encode()
    signature = split_note(note)[1][0]
    assert (signature.key_id, cosigned_at(signature)) == (b64decode(line)[:4], AT)


def test_a_vkey_of_a_witness_is_of_its_own_type() -> None:
    cosigner = Cosigner("w1", WITNESS)
    assert CosignatureVerifier.from_vkey(cosigner.vkey) == cosigner.verifier
    assert b64decode(cosigner.vkey.split("+", 2)[2])[0] == 4
    with pytest.raises(BadNote, match="signature type"):
        Verifier.from_vkey(cosigner.vkey)
    with pytest.raises(BadNote, match="signature type"):
        CosignatureVerifier.from_vkey(new_log()[1]._signer.vkey)  # type: ignore[union-attr]


def test_a_cosignature_holds_for_one_text_and_one_time() -> None:
    cosigner = Cosigner("w1", WITNESS)
    _, log = new_log()
    _, signatures = split_note(cosigner.cosign(log.checkpoint, log.verifier, AT))
    text = split_note(log.checkpoint)[0].encode()
    good = signatures[1].signature
    assert cosigner.verifier.accepts(text, good)
    assert not cosigner.verifier.accepts(text + b"x\n", good)
    for at in range(len(good)):
        assert not cosigner.verifier.accepts(text, good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
    assert not cosigner.verifier.accepts(text, good[:-1])
    assert not cosigner.verifier.accepts(text, b"")
    assert Signature("w1", b"\0\0\0\0", good).line() != signatures[1].line()


def test_only_what_the_log_signed_is_cosigned() -> None:
    cosigner = Cosigner("w1", WITNESS)
    _, log = new_log()
    with pytest.raises(BadNote):
        cosigner.cosign(log.checkpoint.replace(b"\n0\n", b"\n1\n"), log.verifier, AT)
    with pytest.raises(BadNote):
        cosigner.cosign(log.checkpoint, cosigner.verifier, AT)
    for at in (-1, 2**63):
        with pytest.raises(BadNote, match="POSIX"):
            cosigner.cosign(log.checkpoint, log.verifier, at)
