"""Signed documents: DSSE v1 envelopes around RFC 8785 JSON (formats.md, Signed documents).

The signature is Ed25519 over PAE("DSSEv1", payloadType, payload), as the DSSE specification has it; securesystemslib
reads these envelopes. `keyid` is a name to find the key by and is not trusted.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from reviewer.domain.errors import MalformedDocument, NotTrusted

KeyLookup = Callable[[str], Iterable[bytes]]
"""From a keyid to the raw Ed25519 public keys (32 bytes each) that may have signed; empty for a stranger."""


def payload_type(kind: str) -> str:
    return f"application/vnd.reviewer.{kind}+json"


def _pae(type_: str, payload: bytes) -> bytes:
    name = type_.encode()
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)


def sign(kind: str, document: dict[str, Any], key_id: str, key: Ed25519PrivateKey) -> bytes:
    """The envelope of a document, as bytes of JSON."""
    payload = rfc8785.dumps(document)
    type_ = payload_type(kind)
    envelope: dict[str, Any] = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": type_,
        "signatures": [{"keyid": key_id, "sig": base64.b64encode(key.sign(_pae(type_, payload))).decode()}],
    }
    return rfc8785.dumps(envelope)


def add_signature(data: bytes, kind: str, key_id: str, key: Ed25519PrivateKey) -> bytes:
    """The same envelope with one more signature, over the same bytes. Raises MalformedDocument."""
    type_, payload, signatures = _parts(data, kind)
    made = base64.b64encode(key.sign(_pae(type_, payload))).decode()
    kept = [{"keyid": who, "sig": base64.b64encode(sig).decode()} for who, sig in signatures]
    envelope: dict[str, Any] = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": type_,
        "signatures": [*kept, {"keyid": key_id, "sig": made}],
    }
    return rfc8785.dumps(envelope)


def open_envelope(data: bytes, kind: str, keys: KeyLookup) -> tuple[dict[str, Any], str]:
    """The document and the first keyid that signed it.

    Raises MalformedDocument if it is no such envelope, NotTrusted if no known key signed it.
    """
    document, signers = open_signed(data, kind, keys)
    return document, signers[0]


def open_signed(data: bytes, kind: str, keys: KeyLookup) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The document and every keyid whose signature holds, each once, in their order. Raises as `open_envelope`."""
    type_, payload, signatures = _parts(data, kind)
    message = _pae(type_, payload)
    signers = tuple(dict.fromkeys(who for who, sig in signatures if _verifies(keys(who), sig, message)))
    if not signers:
        names = ", ".join(who for who, _ in signatures) or "nobody"
        raise NotTrusted(
            f"The {kind} is signed by {names}, whom the roster does not name for it.", "Ask the custodian."
        )
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError) as wrong:
        raise _malformed(kind) from wrong
    if not isinstance(document, dict):
        raise _malformed(kind)
    return document, signers


def _parts(data: bytes, kind: str) -> tuple[str, bytes, list[tuple[str, bytes]]]:
    """(payloadType, payload, signatures by keyid) of an envelope of this kind."""
    try:
        envelope = json.loads(data)
        type_, payload = envelope["payloadType"], base64.b64decode(envelope["payload"], validate=True)
        signatures = [(str(s["keyid"]), base64.b64decode(s["sig"], validate=True)) for s in envelope["signatures"]]
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as wrong:
        raise _malformed(kind) from wrong
    if type_ != payload_type(kind):
        raise _malformed(kind)
    return type_, payload, signatures


def _verifies(keys: Iterable[bytes], signature: bytes, message: bytes) -> bool:
    for raw in keys:
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            continue
        return True
    return False


def _malformed(kind: str) -> MalformedDocument:
    return MalformedDocument(
        f"The {kind} is not a signed document of this program.", "Ask the custodian who put it there."
    )
