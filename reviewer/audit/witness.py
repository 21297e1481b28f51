"""Witness cosignatures, C2SP tlog-cosignature version 1 (`cosignature/v1`, Ed25519, signature type 0x04).

A cosignature says: at this time, the largest consistent tree that I saw of this log has this root. Keeping what was
seen and refusing a smaller tree or a fork is the witness's own duty, before it calls `Cosigner.cosign`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.errors import BadNote
from reviewer.audit.note import (
    Checkpoint,
    NoteVerifier,
    Signature,
    ed25519_accepts,
    format_vkey,
    key_id,
    parse_vkey,
    require_name,
    verify_note,
)

COSIGNATURE = 0x04
_TIMESTAMP_SIZE = 8


@dataclass(frozen=True, slots=True)
class CosignatureVerifier:
    """A witness's public key; `public` is the raw 32 bytes."""

    name: str
    public: bytes

    @classmethod
    def from_vkey(cls, text: str) -> CosignatureVerifier:
        """Raises `BadNote` if `text` is not a vkey of signature type 4."""
        return cls(*parse_vkey(text, COSIGNATURE))

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, COSIGNATURE, self.public)

    def accepts(self, text: bytes, signature: bytes) -> bool:
        stamp, signed = signature[:_TIMESTAMP_SIZE], signature[_TIMESTAMP_SIZE:]
        at = int.from_bytes(stamp, "big")
        return at < 2**63 and ed25519_accepts(self.public, _message(at, text), signed)


class Cosigner:
    """A witness's named Ed25519 private key. Use a key that signs nothing else: the message does not name the
    witness."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        require_name(name)
        self._key = key
        self.verifier = CosignatureVerifier(name, key.public_key().public_bytes_raw())

    @property
    def vkey(self) -> str:
        return format_vkey(self.verifier.name, COSIGNATURE, self.verifier.public)

    def cosign(self, note: bytes, log: NoteVerifier, at: int) -> bytes:
        """The log's signed checkpoint with this witness's line added; `at` is POSIX seconds. Raises `BadNote` unless
        it is a checkpoint that `log` signed."""
        text, _ = verify_note(note, [log])
        Checkpoint.from_text(text)
        if not 0 <= at < 2**63:
            raise BadNote("A cosignature's time is POSIX seconds.")
        signed = self._key.sign(_message(at, text.encode()))
        line = Signature(self.verifier.name, self.verifier.key_id, at.to_bytes(_TIMESTAMP_SIZE, "big") + signed).line()
        return note + line.encode()


def cosigned_at(cosignature: Signature) -> int:
    """POSIX seconds at which a cosignature, verified before, was made."""
    return int.from_bytes(cosignature.signature[:_TIMESTAMP_SIZE], "big")


def _message(at: int, text: bytes) -> bytes:
    return b"cosignature/v1\ntime %d\n%b" % (at, text)
