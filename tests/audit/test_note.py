"""Signed notes and checkpoints, with the examples that the Go implementation and the specification publish."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from reviewer.audit.errors import BadNote
from reviewer.audit.note import (
    MAX_SIGNATURES,
    Checkpoint,
    Signer,
    Verifier,
    raw_public,
    sign_note,
    split_note,
    verify_note,
    vkey,
)
from tests.audit.logs import KEY

# The example of golang.org/x/mod/sumdb/note: key, text and signature.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of c2sp.org/tlog-checkpoint.
C2SP = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
SIGNER = Signer("example.com/log", KEY)
OTHER = Signer("example.com/other", Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))
NOTE = sign_note("example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", [SIGNER])


def test_the_go_example() -> None:
    signer = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(GO_SEED))
    assert signer.vkey == GO_VKEY
    note = sign_note(GO_TEXT, [signer])
    assert note == f"{GO_TEXT}\n{GO_LINE}".encode()
    text, signatures = verify_note(note, [Verifier.from_vkey(GO_VKEY)])
    assert text == GO_TEXT
    assert [each.name for each in signatures] == ["PeterNeumann"]


def test_the_checkpoint_example() -> None:
    text, signatures = split_note(C2SP.encode())
    checkpoint = Checkpoint.from_text(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root == b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert checkpoint.to_text() == text
    assert signatures[0].key_id == b"\x03\x3d\xe0\xae"
    assert "".join(each.line() for each in signatures) == C2SP.rpartition("\n\n")[2]


def test_a_vkey_names_a_raw_key() -> None:
    public = KEY.public_key().public_bytes_raw()
    assert raw_public(SIGNER.vkey) == public
    assert vkey("example.com/log", raw_public(vkey("salo", public))) == SIGNER.vkey
    assert Verifier.from_vkey(SIGNER.vkey) == SIGNER.verifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        GO_VKEY[:-1],
        GO_VKEY[:-4],
        GO_VKEY + "AAAA",
        GO_VKEY.replace("PeterNeumann", "PeterNeuman"),
        GO_VKEY.replace("PeterNeumann", "Peter Neumann"),
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("c74f20a3", "C74F20A3"),
        GO_VKEY.replace("+ARpc", "+BRpc"),
        GO_VKEY.replace("10TW", "10T"),
    ],
)
def test_a_wrong_vkey_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        raw_public(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b", "a\x00b"])
def test_names_that_a_note_cannot_carry(name: str) -> None:
    with pytest.raises(BadNote):
        Signer(name, KEY)
    with pytest.raises(BadNote):
        vkey(name, b"\0" * 32)


def test_a_key_has_its_length() -> None:
    with pytest.raises(BadNote):
        vkey("a", b"\0" * 31)


@pytest.mark.parametrize("text", ["no newline", "a\ttab\n", "a\rreturn\n", ""])
def test_texts_that_a_note_cannot_carry(text: str) -> None:
    with pytest.raises(BadNote):
        sign_note(text, [SIGNER])


def test_signatures_by_others_are_passed_over_and_by_known_keys_must_hold() -> None:
    both = sign_note("text\n\nmore\n", [OTHER, SIGNER])
    assert [each.name for each in verify_note(both, [SIGNER.verifier])[1]] == [SIGNER.name]
    assert len(verify_note(both, [SIGNER.verifier, OTHER.verifier])[1]) == 2
    stranger = Verifier(SIGNER.name, OTHER.verifier.public)
    with pytest.raises(BadNote, match="No trusted key"):
        verify_note(both, [stranger])
    line = OTHER.sign(b"something else\n").line().encode()
    with pytest.raises(BadNote, match="wrong"):
        verify_note(NOTE + line, [SIGNER.verifier, OTHER.verifier])
    assert verify_note(NOTE + line, [SIGNER.verifier])


def test_a_note_with_too_many_signatures_is_refused() -> None:
    line = OTHER.sign(b"x").line().encode()
    assert verify_note(NOTE + line * (MAX_SIGNATURES - 1), [SIGNER.verifier])
    with pytest.raises(BadNote, match="the most"):
        verify_note(NOTE + line * MAX_SIGNATURES, [SIGNER.verifier])


@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255))
def test_no_byte_of_a_note_can_change(at: int, by: int) -> None:
    altered = bytearray(NOTE)
    altered[at] ^= by
    with pytest.raises(BadNote):
        verify_note(bytes(altered), [SIGNER.verifier])


@given(st.integers(0, len(NOTE) - 1), st.binary(min_size=1, max_size=3))
def test_nothing_can_be_cut_off_or_put_in(at: int, extra: bytes) -> None:
    for altered in (NOTE[:at], NOTE[at + 1 :], NOTE[: at + 1] + extra + NOTE[at + 1 :]):
        if altered == NOTE:
            continue
        with pytest.raises(BadNote):
            verify_note(altered, [SIGNER.verifier])


@given(st.binary(max_size=100) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_a_note_or_refused(data: bytes) -> None:
    with pytest.raises(BadNote):
        verify_note(data, [SIGNER.verifier])


ROOT = b64encode(b"\0" * 32).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        f"a\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"a\n01\n{ROOT}\n",
        f"a\n-1\n{ROOT}\n",
        f"a\n+1\n{ROOT}\n",
        f"a\n१\n{ROOT}\n",
        f"a\n{10**19}\n{ROOT}\n",
        f"a\n1\n{ROOT[:-4]}\n",
        f"a\n1\n{ROOT[:-2]}B=\n",
        f"a\n1\n{ROOT}\n\n",
        f"a\n1\n{ROOT}\nextension\n\n",
    ],
)
def test_what_is_not_a_checkpoint(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.from_text(text)


def test_extension_lines_are_kept() -> None:
    checkpoint = Checkpoint("a", 1, b"\0" * 32, ("one", "two"))
    assert Checkpoint.from_text(checkpoint.to_text()) == checkpoint
