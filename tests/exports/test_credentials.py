"""The C2PA manifest: no thumbnail, no ingredient, nothing but what was asked; a file the same but for its box."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import c2pa
import pytest

from reviewer.domain.errors import IntegrityError, MalformedDocument, ReviewerError
from reviewer.domain.roster import DAY
from reviewer.domain.timebase import Utc
from reviewer.exports import credentials
from reviewer.exports.credentials import Claim, read_copy, sign_copy
from reviewer.exports.same_media import has_c2pa, same_but_for_c2pa
from reviewer.sealing import certificate
from reviewer.services.clock import utc_now
from tests.services.agency import root_key
from tests.services.copies_room import film

CLAIM = Claim("FOI-1.mp4", {"request": "FOI-1", "recordings": "r1"})


@pytest.fixture(scope="module")
def issued() -> certificate.Issued:
    now = utc_now()
    return certificate.issue(root_key(), "Helsinki Example Police", now, Utc(now + 20 * DAY), Utc(now + 10 * DAY))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("film") / "plain.mp4")


def _signed(plain: Path, target: Path, issued: certificate.Issued) -> credentials.Read:
    def sign(data: bytes) -> bytes:
        return certificate.signature(issued.scalar, data)

    return sign_copy(plain, target, CLAIM, issued.leaf + issued.authority, sign, issued.authority)


def test_a_reader_trusts_it_and_finds_no_picture_in_it(plain: Path, tmp_path: Path, issued: certificate.Issued) -> None:
    found = _signed(plain, tmp_path / "signed.mp4", issued)
    assert (found.state, found.failures, found.ingredients, found.thumbnails) == ("Trusted", (), 0, False)
    assert found.about == CLAIM.about and found.issuer == "Helsinki Example Police"
    assert {label.rpartition(".v")[0] or label for label in found.assertions} == {
        *("c2pa.hash.bmff", "c2pa.actions", "reviewer.copy"),
    }
    box = (tmp_path / "signed.mp4").read_bytes()
    for magic in (b"\xff\xd8\xff", b"\x89PNG", b"thumbnail", b"c2pa.ingredient"):
        assert magic not in box
    assert read_copy(tmp_path / "signed.mp4").state == "Valid"  # nobody vouches for the signer


def test_what_the_library_adds_by_itself_is_refused(
    plain: Path, tmp_path: Path, issued: certificate.Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    """c2pa-python's own settings put an ingredient's thumbnail in: made so, the manifest does not pass."""

    class Talkative(c2pa.Builder):
        def sign(self, signer: c2pa.Signer, format: str, source: object, dest: object) -> bytes:
            with plain.open("rb") as again:
                self.add_ingredient(json.dumps({"title": "original", "relationship": "parentOf"}), format, again)
            return bytes(super().sign(signer, format, source, dest))

    monkeypatch.setattr(c2pa, "Builder", Talkative)
    with pytest.raises(IntegrityError, match="it holds a"):
        _signed(plain, tmp_path / "signed.mp4", issued)


def test_a_byte_that_is_another_shows(plain: Path, tmp_path: Path, issued: certificate.Issued) -> None:
    target = tmp_path / "signed.mp4"
    _signed(plain, target, issued)
    data = bytearray(target.read_bytes())
    data[-100] ^= 1
    target.write_bytes(data)
    found = read_copy(target, issued.authority)
    assert found.state == "Invalid" and "assertion.bmffHash.mismatch" in found.failures
    with pytest.raises(ReviewerError, match="no C2PA manifest"):
        read_copy(plain)


def test_a_key_that_is_not_the_certificates_makes_nothing(
    plain: Path, tmp_path: Path, issued: certificate.Issued
) -> None:
    other = replace(issued, scalar=b"\1" * 32)
    with pytest.raises(ReviewerError):
        _signed(plain, tmp_path / "signed.mp4", other)
    with pytest.raises(MalformedDocument):
        certificate.check(issued.authority, issued.leaf, other.scalar)
    with pytest.raises(MalformedDocument):
        certificate.check(issued.leaf, issued.authority)


def test_the_same_but_for_the_box(plain: Path, tmp_path: Path, issued: certificate.Issued) -> None:
    target = tmp_path / "signed.mp4"
    _signed(plain, target, issued)
    assert same_but_for_c2pa(plain, target) and has_c2pa(target) and not has_c2pa(plain)
    assert not same_but_for_c2pa(plain, plain)
    data = target.read_bytes()
    for at in (len(data) - 50, data.index(b"moov") + 60, data.index(b"ftyp") + 5):
        (tmp_path / "other.mp4").write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with_change = tmp_path / "other.mp4"
        try:
            assert not same_but_for_c2pa(plain, with_change)
        except MalformedDocument:
            continue
    (tmp_path / "more.mp4").write_bytes(data + b"\x00\x00\x00\x10free12345678")
    assert not same_but_for_c2pa(plain, tmp_path / "more.mp4")
    for broken in (b"", b"\x00\x00\x00\x04free", b"\x00\x00\x01\x00moov"):
        (tmp_path / "broken.mp4").write_bytes(broken)
        if broken:
            with pytest.raises(MalformedDocument):
                has_c2pa(tmp_path / "broken.mp4")
    with av.open(str(plain)) as one, av.open(str(target)) as two:
        assert [bytes(p) for p in one.demux() if p.size] == [bytes(p) for p in two.demux() if p.size]
