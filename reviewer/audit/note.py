"""Signed notes and checkpoints: C2SP signed-note and tlog-checkpoint, with Ed25519 (signature type 0x01).

A note is text that ends in a newline, an empty line, then one line a signature: `— <key name> base64(key id ‖
signature)`. A checkpoint is a note whose text is a log's origin, size and root hash. Verifier keys travel as vkeys:
`<name>+<key id in hex>+base64(0x01 ‖ public key)`.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from reviewer.audit.errors import BadNote
from reviewer.audit.merkle import HASH_SIZE

ED25519 = 0x01
MAX_SIGNATURES = 100
_DASH = "— "
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")


class NoteVerifier(Protocol):
    """A trusted key: `Verifier` here, `CosignatureVerifier` in `witness`."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def accepts(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` (without its key id) is this key's on the note text."""
        ...


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: `key_id` 4 bytes, `signature` what follows it."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """An Ed25519 key that a note may be signed with; `public` is the raw 32 bytes."""

    name: str
    public: bytes

    @classmethod
    def from_vkey(cls, text: str) -> Verifier:
        """Raises `BadNote` if `text` is not an Ed25519 vkey."""
        return cls(*parse_vkey(text, ED25519))

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, ED25519, self.public)

    def accepts(self, text: bytes, signature: bytes) -> bool:
        return ed25519_accepts(self.public, text, signature)


class Signer:
    """A named Ed25519 private key that signs notes."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        """Raises `BadNote` if a note cannot carry the name."""
        require_name(name)
        self._key = key
        self.verifier = Verifier(name, key.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        return self.verifier.name

    @property
    def vkey(self) -> str:
        return vkey(self.name, self.verifier.public)

    def sign(self, text: bytes) -> Signature:
        return Signature(self.name, self.verifier.key_id, self._key.sign(text))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's head: `size` entries under `root` (32 bytes). `extensions` are further lines, which mean nothing here."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def to_text(self) -> str:
        return "\n".join((self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)) + "\n"

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """Read a note's text. Raises `BadNote` unless it is a checkpoint's."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "" or not all(lines):
            raise BadNote("The note is not a checkpoint: it does not have an origin, a size and a root hash.")
        origin, size, root = lines[:3]
        if not _SIZE.fullmatch(size):
            raise BadNote("The checkpoint's size is not a whole number.")
        raw = strict_base64(root)
        if len(raw) != HASH_SIZE:
            raise BadNote("The checkpoint's root hash is not 32 bytes.")
        return cls(origin, int(size), raw, tuple(lines[3:]))


def sign_note(text: str, signers: Iterable[Signer]) -> bytes:
    """Sign `text`, which ends in a newline. Raises `BadNote` if a note cannot carry it."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise BadNote("A note's text ends in a newline and holds no other control characters.")
    signed = text.encode()
    return signed + b"\n" + "".join(signer.sign(signed).line() for signer in signers).encode()


def split_note(data: bytes) -> tuple[str, tuple[Signature, ...]]:
    """A note's text and its signatures, none of them verified. Raises `BadNote` if it is malformed."""
    try:
        whole = data.decode()
    except UnicodeDecodeError as wrong:
        raise BadNote("The note is not UTF-8.") from wrong
    text, gap, tail = whole.rpartition("\n\n")
    lines = tail.split("\n")
    if not gap or _CONTROL.search(whole) or lines.pop() != "" or not lines:
        raise BadNote("The note is not a text, an empty line and signatures.")
    if len(lines) > MAX_SIGNATURES:
        raise BadNote(f"The note has {len(lines)} signatures; {MAX_SIGNATURES} is the most that is read.")
    return text + "\n", tuple(_signature(line) for line in lines)


def verify_note(data: bytes, verifiers: Sequence[NoteVerifier]) -> tuple[str, tuple[Signature, ...]]:
    """The text of a note and those of its signatures that a known key made, at least one. Signatures by unknown keys
    are passed over. Raises `BadNote` if it is malformed, if a known key's signature is wrong, or if no known key
    signed."""
    text, signatures = split_note(data)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed = text.encode()
    good = []
    for each in signatures:
        verifier = known.get((each.name, each.key_id))
        if verifier is None:
            continue
        if not verifier.accepts(signed, each.signature):
            raise BadNote(f"The signature of {each.name} is wrong.")
        good.append(each)
    if not good:
        raise BadNote("No trusted key signed it.")
    return text, tuple(good)


def vkey(name: str, raw_public: bytes) -> str:
    """The verifier key that lets others check what `name` signs. Raises `BadNote` for a name or key that cannot be
    one."""
    return format_vkey(name, ED25519, raw_public)


def raw_public(vkey: str) -> bytes:
    """The raw 32-byte Ed25519 public key in a vkey. Raises `BadNote` if it is not one."""
    return parse_vkey(vkey, ED25519)[1]


def format_vkey(name: str, kind: int, public: bytes) -> str:
    require_name(name)
    _require_public(public)
    return f"{name}+{key_id(name, kind, public).hex()}+{b64encode(bytes([kind]) + public).decode()}"


def parse_vkey(text: str, kind: int) -> tuple[str, bytes]:
    """(name, raw public key) of a vkey with this signature type. Raises `BadNote` if it is not one."""
    match = _VKEY.fullmatch(text)
    if not match:
        raise BadNote("The verifier key is not of the form name+id+key.")
    name, public = match[1], strict_base64(match[3])
    require_name(name)
    if public[:1] != bytes([kind]):
        raise BadNote(f"The verifier key of {name} is not of signature type {kind}.")
    _require_public(public[1:])
    if key_id(name, kind, public[1:]).hex() != match[2]:
        raise BadNote(f"The verifier key of {name} does not have the id that its name and key give.")
    return name, public[1:]


def key_id(name: str, kind: int, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def ed25519_accepts(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature (RFC 8032) holds; False for a key that is none."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def strict_base64(text: str) -> bytes:
    """Standard base64 in its one spelling: otherwise two different files could carry the same signature."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError as wrong:
        raise BadNote("A line of the note is not base64.") from wrong
    if b64encode(raw).decode() != text:
        raise BadNote("A line of the note is not base64 in its canonical spelling.")
    return raw


def require_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() or ord(c) < 0x20 for c in name):
        raise BadNote(f"A key name cannot be empty nor hold spaces or a plus: {name!r}.")


def _require_public(public: bytes) -> None:
    if len(public) != 32:
        raise BadNote("An Ed25519 public key is 32 bytes.")


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise BadNote("A signature line of the note is malformed.")
    require_name(name)
    raw = strict_base64(encoded)
    if len(raw) < 5:
        raise BadNote(f"The signature of {name} is too short.")
    return Signature(name, raw[:4], raw[4:])
