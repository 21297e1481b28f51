"""Grants, envelopes and key files: outside programs read them, strangers do not."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from reviewer.domain.errors import AccessRefused, MalformedDocument, NotInStore, NotTrusted, WrongPassphrase
from reviewer.sealing import envelope, grant, keyring

SUITE = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
INFO = b"case CR-2026-0142 user salo"


def test_pyhpke_opens_our_grant_and_we_open_its() -> None:
    key, secret = grant.new_sealing_key(), bytes(range(32))
    raw = base64.b64decode(grant.seal_to(grant.public_text(key), secret, INFO))
    recipient = SUITE.create_recipient_context(raw[:65], KEMKey.from_pyca_cryptography_key(key), info=INFO)
    assert recipient.open(raw[65:]) == secret
    enc, sender = SUITE.create_sender_context(KEMKey.from_pyca_cryptography_key(key.public_key()), info=INFO)
    theirs = base64.b64encode(enc + sender.seal(secret)).decode()
    assert grant.open_sealed(key, theirs, INFO) == secret


def test_a_grant_opens_for_its_holder_and_purpose_only() -> None:
    holder, stranger = grant.new_sealing_key(), grant.new_sealing_key()
    sealed = grant.seal_to(grant.public_text(holder), b"case key", INFO)
    assert grant.open_sealed(grant.from_scalar(grant.private_scalar(holder)), sealed, INFO) == b"case key"
    for key, text, info in ((stranger, sealed, INFO), (holder, sealed, b"other"), (holder, sealed[4:], INFO)):
        with pytest.raises(AccessRefused):
            grant.open_sealed(key, text, info)
    for bad in ("", "not base64!", "AAAA"):
        with pytest.raises(AccessRefused):
            grant.open_sealed(holder, bad, INFO)
        with pytest.raises(AccessRefused):
            grant.unwrap(bytes(32), bad, b"")


@given(st.binary(max_size=100), st.binary(max_size=20))
def test_wrap_and_unwrap(secret: bytes, aad: bytes) -> None:
    wrapped = grant.wrap(bytes(32), secret, aad)
    assert grant.unwrap(bytes(32), wrapped, aad) == secret
    with pytest.raises(AccessRefused):
        grant.unwrap(bytes(32), wrapped, aad + b"x")


def test_securesystemslib_verifies_our_envelope() -> None:
    key = Ed25519PrivateKey.generate()
    data = envelope.sign("manifest", {"b": 2, "a": "×"}, "station-1", key)
    public = SSlibKey("station-1", "ed25519", "ed25519", {"public": key.public_key().public_bytes_raw().hex()})
    as_they_read_it = json.loads(data)
    as_they_read_it["signatures"] = [{**s, "sig": s["sig"]} for s in as_they_read_it["signatures"]]
    theirs = Envelope.from_dict(as_they_read_it)
    assert theirs.verify([public], 1)
    assert theirs.payload == '{"a":"×","b":2}'.encode()


def _lookup(key: Ed25519PrivateKey) -> envelope.KeyLookup:
    return lambda name: [key.public_key().public_bytes_raw()] if name == "station-1" else []


def test_envelopes_of_strangers_and_of_another_kind_are_refused() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    good = envelope.sign("manifest", {"a": 1}, "station-1", key)
    assert envelope.open_envelope(good, "manifest", _lookup(key)) == ({"a": 1}, "station-1")
    with pytest.raises(NotTrusted, match="station-1"):
        envelope.open_envelope(good, "manifest", _lookup(other))
    with pytest.raises(NotTrusted):
        envelope.open_envelope(envelope.sign("manifest", {}, "nobody", key), "manifest", _lookup(key))
    with pytest.raises(MalformedDocument):
        envelope.open_envelope(good, "roster", _lookup(key))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_altered_envelope_opens(data: st.DataObject) -> None:
    good = bytearray(_GOOD)
    place = data.draw(st.integers(0, len(good) - 1))
    good[place] = data.draw(st.integers(0, 255).filter(lambda b: b != good[place]))
    try:
        document, _ = envelope.open_envelope(bytes(good), "manifest", _lookup(_KEY))
    except (NotTrusted, MalformedDocument):
        return
    assert document == {"a": 1, "text": "hello"}, "an altered envelope gave another document"


_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
_GOOD = envelope.sign("manifest", {"a": 1, "text": "hello"}, "station-1", _KEY)


def test_key_file_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    path, keys = tmp_path / "salo.json", keyring.new_keys("salo")
    keyring.save(path, keys, "pässphrase")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["salo.json"]
    assert keyring.unlock(path, "pa\u0308ssphrase").public == keys.public == keyring.public_of(path)
    with pytest.raises(WrongPassphrase):
        keyring.unlock(path, "passphrase")
    assert keys.signing.private_bytes_raw().hex() not in path.read_text()


@pytest.mark.parametrize("field", ["user", "signing", "sealing", "sealed", "nonce"])
def test_a_changed_key_file_does_not_open(tmp_path: Path, field: str) -> None:
    path = tmp_path / "salo.json"
    keyring.save(path, keyring.new_keys("salo"), "secret")
    other = tmp_path / "other.json"
    keyring.save(other, keyring.new_keys("aro"), "secret")
    file = json.loads(path.read_text())
    file[field] = json.loads(other.read_text())[field]
    path.write_text(json.dumps(file))
    with pytest.raises(WrongPassphrase):
        keyring.unlock(path, "secret")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff", b'{"kdf":{"name":"argon2id","memory_cost":4294967295}}']
)
def test_a_broken_key_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "salo.json"
    path.write_bytes(content)
    with pytest.raises(MalformedDocument, match="not a key file"):
        keyring.unlock(path, "secret")
    with pytest.raises(NotInStore, match=r"There is no key file .*none\.json"):
        keyring.unlock(tmp_path / "none.json", "secret")


def test_a_key_file_cannot_eat_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "salo.json"
    keyring.save(path, keyring.new_keys("salo"), "secret")
    file = json.loads(path.read_text())
    file["kdf"]["memory_cost"] = 1 << 31
    path.write_text(json.dumps(file))
    with pytest.raises(MalformedDocument):
        keyring.unlock(path, "secret")


def test_station_key(tmp_path: Path) -> None:
    path, key = tmp_path / "station.key", Ed25519PrivateKey.generate()
    keyring.save_station(path, key)
    assert keyring.load_station(path).private_bytes_raw() == key.private_bytes_raw()
    assert path.stat().st_mode & 0o777 == 0o600
