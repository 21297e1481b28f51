"""Granting access: keys sealed to people (HPKE) and keys wrapped under keys (AES-256-GCM). formats.md, Granting access.

HPKE is RFC 9180: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode, ciphertext = enc ‖ ct. Public sealing
keys are the 65-byte uncompressed point (SEC 1), base64. `info` and `aad` bind a ciphertext to what it is for, so that
one cannot be passed off as another.
"""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reviewer.domain.errors import AccessRefused

_SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_NONCE = 12


def new_sealing_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half as rosters carry it: base64 of the 65-byte uncompressed point."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.b64encode(point).decode()


def private_scalar(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The private half as 32 bytes, big-endian (SEC 1), for a keyring to protect."""
    return key.private_numbers().private_value.to_bytes(32, "big")


def from_scalar(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())


def seal_to(public: str, secret: bytes, info: bytes) -> str:
    """Seal `secret` to the holder of `public`; base64 of enc ‖ ct. Raises ValueError if `public` is no P-256 point."""
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(public, validate=True))
    return base64.b64encode(_SUITE.encrypt(secret, point, info)).decode()


def open_sealed(private: ec.EllipticCurvePrivateKey, sealed: str, info: bytes) -> bytes:
    """What was sealed to this key for this purpose. Raises AccessRefused if it was not."""
    try:
        return _SUITE.decrypt(base64.b64decode(sealed, validate=True), private, info)
    except (InvalidTag, ValueError, binascii.Error) as wrong:
        raise _refused() from wrong


def wrap(key: bytes, secret: bytes, aad: bytes) -> str:
    """AES-256-GCM of `secret` under `key`; base64 of nonce (12) ‖ ciphertext."""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, secret, aad)).decode()


def unwrap(key: bytes, wrapped: str, aad: bytes) -> bytes:
    """What `wrap` wrapped. Raises AccessRefused if the key or `aad` is another."""
    try:
        raw = base64.b64decode(wrapped, validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], aad)
    except (InvalidTag, ValueError, binascii.Error) as wrong:
        raise _refused() from wrong


def _refused() -> AccessRefused:
    return AccessRefused("Your keys do not open this.", "Ask the supervisor who assigned the case.")
