"""Log bodies: who said what, sealed beside the log (formats.md, The signed log).

A body's plaintext is salt (32 bytes) ‖ payload (RFC 8785 JSON of the event), its name the hex SHA-256 of that: what the
entry commits to. It is sealed like footage (Tink AES256_GCM_HKDF_1MB, the name as associated data), under the case key
where the event is of a case that is open here, else under the log's own body key. That key follows from the log's
signing key (HKDF-SHA256, RFC 5869), so it needs no keeping, and is published sealed to the custody keys.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reviewer.audit.entry import SALT_SIZE, body_commitment, new_salt
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import AccessRefused, IntegrityError, NotTrusted, ReviewerError
from reviewer.domain.events import Event
from reviewer.domain.recording import SealedKey
from reviewer.domain.roster import CustodyKey
from reviewer.sealing import envelope, grant
from reviewer.sealing.keyring import PrivateKeys
from reviewer.sealing.stream import KEY_SIZE, open_bytes, seal_bytes

STATED = "stated_reason"
"""The member of a payload beside the event's own: an entry of earlier versions had it in the open."""
RESTRICTED_STATED = "restricted_reasons"
"""The same for restricted recordings: an object of reasons by recording."""
BODY_KEY_FILE = "bodykey.json"
_DOCUMENT = "bodykey"


@dataclass(frozen=True, slots=True)
class _Sealed:
    sealed: tuple[SealedKey, ...]


def payload_of(event: Event, stated: Mapping[str, Any] = {}) -> bytes:
    """The event as the log keeps it: RFC 8785 JSON, with the reasons that were stated for what it is about."""
    return rfc8785.dumps(encode(event) | dict(stated))


def reason_in(payload: str | bytes | None) -> str | None:
    """The stated reason that a payload has."""
    if payload is None or (STATED not in payload if isinstance(payload, str) else STATED.encode() not in payload):
        return None
    reason = json.loads(payload).get(STATED)
    return reason if isinstance(reason, str) else None


def seal_body(payload: bytes, key: bytes) -> tuple[str, bytes]:
    """(commitment in hex, sealed bytes) of a payload, under a new salt."""
    salt = new_salt()
    commitment = body_commitment(salt, payload)
    return commitment, seal_bytes(salt + payload, key, commitment.encode())


def open_salted(sealed: bytes, commitment: str, keys: Iterable[bytes]) -> tuple[bytes, bytes] | None:
    """(salt, payload) of a body, by the first key that opens it; None if none does. Raises IntegrityError if what opens
    is not what the entry committed to."""
    name = commitment.encode()
    for key in keys:
        try:
            plain = open_bytes(sealed, key, name)
        except IntegrityError:
            continue
        break
    else:
        return None
    salt, payload = plain[:SALT_SIZE], plain[SALT_SIZE:]
    if body_commitment(salt, payload) != commitment:
        raise IntegrityError("A log body is not what its entry committed to.", "Tell the custodian.")
    return salt, payload


def open_body(sealed: bytes, commitment: str, keys: Iterable[bytes]) -> bytes | None:
    """The payload alone, as `open_salted`."""
    opened = open_salted(sealed, commitment, keys)
    return opened and opened[1]


def body_key(signing: Ed25519PrivateKey, origin: str) -> bytes:
    """The log's own body key: HKDF-SHA256 of the signing key's 32 bytes, with a purpose and the origin as info."""
    info = f"reviewer log bodies/{origin}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=info).derive(signing.private_bytes_raw())


def seal_body_key(signing: Ed25519PrivateKey, origin: str, custody: Sequence[CustodyKey]) -> bytes:
    """`bodykey.json`: the body key sealed to each custody key, in an envelope signed by the log's key."""
    key = body_key(signing, origin)
    sealed = [
        SealedKey(each.id, grant.seal_to(each.sealing_key, key, custody_info(origin, each.id))) for each in custody
    ]
    document = {"v": 1, "origin": origin, "sealed": [encode(each) for each in sealed]}
    return envelope.sign(_DOCUMENT, document, origin, signing)


def check_body_key(data: bytes, origin: str, public: bytes) -> dict[str, str]:
    """By custody key, what a `bodykey.json` holds for it. `public` is the log's raw Ed25519 key. Raises
    MalformedDocument, NotTrusted."""
    document, _ = envelope.open_envelope(data, _DOCUMENT, lambda _key_id: [public])
    if document.get("origin") != origin:
        raise NotTrusted(f"It is the body key of another log than {origin}.", "Ask the custodian.")
    sealed = decode(_Sealed, document).sealed
    return {each.recipient: each.sealed for each in sealed}


def open_body_key(data: bytes, origin: str, public: bytes, custody: PrivateKeys) -> bytes:
    """The body key of a published log, for the holder of a custody key. Raises AccessRefused too."""
    sealed = check_body_key(data, origin, public).get(custody.user)
    if sealed is None:
        raise AccessRefused(
            f"The body key of {origin} is not sealed to {custody.user}.", "Use the custody key of then."
        )
    return grant.open_sealed(custody.sealing, sealed, custody_info(origin, custody.user))


def custody_info(origin: str, custody_key: str) -> bytes:
    """The HPKE info that binds a sealed body key to its log and its recipient."""
    return f"reviewer custody log bodies/{origin}/{custody_key}".encode()


class CaseKeys:
    """Case keys that are open in this session. Calling it never reads a disk or a store, so the scribe may."""

    def __init__(self, open_keys: Callable[[str], tuple[bytes, ...]]) -> None:
        self._open_keys = open_keys
        self._lock = threading.Lock()
        self._opened: dict[str, tuple[bytes, ...]] = {}

    def __call__(self, case: str) -> tuple[bytes, ...]:
        """This case's keys, newest first; () while it is not open here."""
        with self._lock:
            return self._opened.get(case, ())

    def open(self, case: str) -> tuple[bytes, ...]:
        """Open a case's keys, reading its assignments. Raises AccessRefused, NotInStore, StoreUnreachable."""
        keys = self._open_keys(case)
        with self._lock:
            self._opened[case] = keys
        return keys

    def try_open(self, case: str) -> tuple[bytes, ...]:
        """The same, () where they cannot be opened: for folding what may be folded."""
        known = self(case)
        if known:
            return known
        with contextlib.suppress(ReviewerError):
            return self.open(case)
        return ()

    def forget(self, case: str | None = None) -> None:
        """Close one case, or all."""
        with self._lock:
            if case is None:
                self._opened.clear()
            else:
                self._opened.pop(case, None)
