"""A real store, read with programs that nobody here wrote: PyPI's tink, pyhpke and securesystemslib, AES-GCM and JSON.

None of our services opens anything here: paths, field names, info strings and associated data are written out, as
somebody who reads our formats would write them.
"""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey, OpenError
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey
from tink import TinkError

from reviewer.domain.roster import Role
from reviewer.sealing import grant, stream
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import custody
from reviewer.stores.folder import FolderStore
from tests.sealing.test_stream import tink_of
from tests.services.agency import CASE, Agency, keys, root_key, station_key

SUITE = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
SALO = {"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR}


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = Agency(tmp_path)
    made.recording("r1", b"footage one" * 200_000, sealed=True)  # more than one segment
    made.recording("secret", b"an informant", sealed=True, restricted="an informant is seen")
    order = made.order("r1", "secret", members=SALO)
    custody.assign(made.trust(), order, keys("aro"), keys("custody"), second=keys("hill"))
    return made


# -- what an outsider writes -----------------------------------------------------------------------------------------


def _document(store: FolderStore, path: str) -> dict[str, Any]:
    """The payload of a DSSE envelope, as securesystemslib reads it; not verified here."""
    found: dict[str, Any] = json.loads(Envelope.from_dict(json.loads(store.get(path))).payload)
    return found


def _hpke(private: EllipticCurvePrivateKey, sealed: str, info: str) -> bytes:
    raw = base64.b64decode(sealed)
    recipient = SUITE.create_recipient_context(raw[:65], KEMKey.from_pyca_cryptography_key(private), info=info.encode())
    opened: bytes = recipient.open(raw[65:])
    return opened


def _gcm(key: bytes, wrapped: str, aad: str) -> bytes:
    raw = base64.b64decode(wrapped)
    return AESGCM(key).decrypt(raw[:12], raw[12:], aad.encode())


def _case_key(assignment: dict[str, Any], who: str) -> bytes:
    (mine,) = (m["sealed_case_key"] for m in assignment["members"] if m["user"] == who)
    return _hpke(keys(who).sealing, mine, f"reviewer case key/{assignment['case_id']}/{who}")


def _data_key(assignment: dict[str, Any], case_key: bytes, recording: str) -> bytes:
    (sealed,) = (r["sealed_data_key"] for r in assignment["recordings"] if r["recording_id"] == recording)
    return _gcm(case_key, sealed, f"reviewer data key/{assignment['case_id']}/{recording}")


def _footage(store: FolderStore, recording: str, data_key: bytes) -> bytes:
    name = _document(store, f"recordings/{recording}/1.json")["parts"][0]["object"]
    sealed = store.get(f"objects/{name[:2]}/{name}")
    with tink_of(data_key).new_decrypting_stream(io.BytesIO(sealed), recording.encode()) as opened:
        plain: bytes = opened.read()
    return plain


def _public(key: Ed25519PrivateKey, key_id: str) -> SSlibKey:
    return SSlibKey(key_id, "ed25519", "ed25519", {"public": key.public_key().public_bytes_raw().hex()})


# -- tests -----------------------------------------------------------------------------------------------------------


def test_pyhpke_and_tink_open_what_a_member_may_watch(agency: Agency) -> None:
    assignment = _document(agency.store, f"assignments/{CASE}/1.json")
    case_key = _case_key(assignment, "salo")
    plain = _footage(agency.store, "r1", _data_key(assignment, case_key, "r1"))
    assert plain == b"footage one" * 200_000
    for who, info in (("falk", "salo"), ("salo", "aro")):
        sealed = assignment["members"][0]["sealed_case_key"]
        with pytest.raises(OpenError):
            _hpke(keys(who).sealing, sealed, f"reviewer case key/{CASE}/{info}")
    with pytest.raises(TinkError):
        _footage(agency.store, "r1", case_key)


def test_pyhpke_opens_what_is_sealed_to_the_custody_key(agency: Agency) -> None:
    manifest = _document(agency.store, "recordings/r1/1.json")
    (sealed,) = manifest["sealed_data_keys"]
    data_key = _hpke(keys("custody").sealing, sealed["sealed"], "reviewer custody recording/r1/custody")
    assert _footage(agency.store, "r1", data_key).startswith(b"footage one")
    assignment = _document(agency.store, f"assignments/{CASE}/1.json")
    (held,) = assignment["custody"]
    case_key = _hpke(keys("custody").sealing, held["sealed"], f"reviewer custody case/{CASE}/custody")
    assert case_key == _case_key(assignment, "aro")
    assert _data_key(assignment, case_key, "r1") == data_key


def test_the_details_are_aes_gcm_and_json(agency: Agency) -> None:
    assignment = _document(agency.store, f"assignments/{CASE}/1.json")
    case_key = _case_key(assignment, "salo")
    assert (assignment["v"], assignment["title"], assignment["reason"]) == (2, "", "")
    details = json.loads(_gcm(case_key, assignment["sealed_details"], f"reviewer assignment details/{CASE}/1"))
    assert details == {"title": "Aleksanterinkatu × Mikonkatu", "reason": "complaint"}
    manifest = _document(agency.store, "recordings/secret/1.json")
    assert (manifest["v"], manifest["officer"], manifest["officer_id"], manifest["restricted"]) == (2, "", "2214", "")
    data_key = _data_key(assignment, case_key, "secret")
    said = json.loads(_gcm(data_key, manifest["sealed_details"], "reviewer manifest details/secret/1"))
    assert said["officer"] == "Ofc. A. Niemi 2214"
    assert said["device"] == {"make": "Example", "model": "One", "serial": "X1"}
    assert said["restricted"] == "an informant is seen"
    with pytest.raises(InvalidTag):
        _gcm(data_key, manifest["sealed_details"], "reviewer manifest details/secret/2")


def test_securesystemslib_verifies_roster_manifest_and_two_signatures(agency: Agency) -> None:
    def read(path: str) -> Envelope:
        return Envelope.from_dict(json.loads(agency.store.get(path)))

    root, station = _public(root_key(), "root"), _public(station_key(), "ws-1")
    aro, hill = (_public(keys(who).signing, who) for who in ("aro", "hill"))
    assert read("roster/1.json").verify([root], 1).keys() == {"root"}
    assert read("recordings/r1/1.json").verify([station], 1).keys() == {"ws-1"}
    two = read(f"assignments/{CASE}/1.json")
    assert two.payload_type == "application/vnd.reviewer.assignment+json"
    assert two.verify([aro, hill], 2).keys() == {"aro", "hill"}
    with pytest.raises(VerificationError):
        two.verify([aro, station], 2)
    custody.release_for_training(agency.trust(), ["r1"], keys("hill"))
    assert read("releases/r1/1.json").verify([hill], 1).keys() == {"hill"}
    waiting = custody.propose(agency.trust(), agency.order("secret", case="CR-2"), keys("aro"), keys("custody"))
    assert read("pending/CR-2/1.json").verify([aro], 1).keys() == {"aro"}
    (key,) = waiting.keys
    inner = _gcm(
        _hpke(keys("hill").sealing, key.sealed, "reviewer pending/CR-2/1/hill"),
        waiting.sealed,
        "reviewer pending/CR-2/1/aro",
    )
    once = Envelope.from_dict(json.loads(base64.b64decode(json.loads(inner)["envelope"])))
    assert once.verify([aro], 1).keys() == {"aro"}


def test_who_was_taken_off_opens_nothing_that_came_after_with_these_programs(agency: Agency) -> None:
    old = _case_key(_document(agency.store, f"assignments/{CASE}/1.json"), "salo")
    agency.recording("r2", b"what came after", sealed=True)
    custody.take_off(agency.trust(), CASE, "salo", keys("aro"), "conflict of interest", second=keys("hill"))
    agency.recording("r3", b"later still", sealed=True)
    agency.assign("r1", "r2", "r3", members={"aro": Role.SUPERVISOR})
    for n in (2, 3):
        after = _document(agency.store, f"assignments/{CASE}/{n}.json")
        assert [m["user"] for m in after["members"]] == ["aro"]
        for member in after["members"]:
            for info in ("salo", "aro"):
                with pytest.raises(OpenError):
                    _hpke(keys("salo").sealing, member["sealed_case_key"], f"reviewer case key/{CASE}/{info}")
        wrapped = [r["sealed_data_key"] for r in after["recordings"]] + after["earlier"] + [after["sealed_details"]]
        for each in wrapped:
            for aad in (*(f"reviewer data key/{CASE}/{r}" for r in ("r1", "r2", "r3", "secret")), *_aads(n)):
                with pytest.raises(InvalidTag):
                    _gcm(old, each, aad)
        assert _gcm(_case_key(after, "aro"), after["earlier"][-1], _aads(n)[0]) == old  # who stays reads what was
    with pytest.raises(TinkError):
        _footage(agency.store, "r2", old)


def _aads(n: int) -> tuple[str, str]:
    return f"reviewer earlier case key/{CASE}/{n}", f"reviewer assignment details/{CASE}/{n}"


def test_what_their_programs_seal_ours_open(agency: Agency) -> None:
    """A member's key and an object made by pyhpke and tink, in a document that securesystemslib signs."""

    def sealed_to(private: PrivateKeys, secret: bytes, info: str) -> str:
        public = KEMKey.from_pyca_cryptography_key(private.sealing.public_key())
        enc, sender = SUITE.create_sender_context(public, info=info.encode())
        return base64.b64encode(enc + sender.seal(secret)).decode()

    info = f"reviewer case key/{CASE}/salo"
    key = bytes(range(32))
    assert grant.open_sealed(keys("salo").sealing, sealed_to(keys("salo"), key, info), info.encode()) == key
    sink = io.BytesIO()
    sink.close = lambda: None  # type: ignore[method-assign]
    with tink_of(key).new_encrypting_stream(sink, b"r1") as sealing:
        sealing.write(b"theirs" * 300_000)
    assert stream.open_bytes(sink.getvalue(), key, b"r1") == b"theirs" * 300_000
