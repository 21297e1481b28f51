"""Private keys on this workstation: a person's under a passphrase, the station's own under file rights.

A person's file is JSON: Argon2id (RFC 9106, second recommended choice: 64 MiB, 3 passes, 4 lanes) turns the passphrase
into a key, AES-256-GCM under it protects the Ed25519 signing key and the P-256 sealing key. The public halves and the
user id stand open beside it and are authenticated with it.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from reviewer.domain.errors import MalformedDocument, NotInStore, WrongPassphrase
from reviewer.sealing import grant

_MEMORY_KIB = 65_536
_PASSES = 3
_LANES = 4
_LIMITS = {"iterations": 64, "lanes": 16, "memory_cost": 1 << 21}  # a hostile file must not eat the machine


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """`signing` is the raw Ed25519 public key (32 bytes), `sealing` base64 as rosters carry it."""

    user: str
    signing: bytes
    sealing: str


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKeys:
    """A person's keys, opened. Never printed, never written."""

    user: str
    signing: Ed25519PrivateKey
    sealing: ec.EllipticCurvePrivateKey

    @property
    def public(self) -> PublicKeys:
        return PublicKeys(self.user, self.signing.public_key().public_bytes_raw(), grant.public_text(self.sealing))


def new_keys(user: str) -> PrivateKeys:
    return PrivateKeys(user, Ed25519PrivateKey.generate(), grant.new_sealing_key())


def save(path: Path, keys: PrivateKeys, passphrase: str) -> None:
    """Write the keys under a passphrase, whole or not at all, readable by this account only."""
    salt, nonce = os.urandom(16), os.urandom(12)
    kdf = {"name": "argon2id", "salt": _b64(salt), "iterations": _PASSES, "lanes": _LANES, "memory_cost": _MEMORY_KIB}
    public = keys.public
    head: dict[str, Any] = {
        "v": 1,
        "user": keys.user,
        "signing": _b64(public.signing),
        "sealing": public.sealing,
        "kdf": kdf,
    }
    secret = keys.signing.private_bytes_raw() + grant.private_scalar(keys.sealing)
    sealed = AESGCM(_derive(passphrase, kdf)).encrypt(nonce, secret, rfc8785.dumps(head))
    write_private(path, rfc8785.dumps({**head, "nonce": _b64(nonce), "sealed": _b64(sealed)}))


def public_of(path: Path) -> PublicKeys:
    """The public halves, without the passphrase. Raises NotInStore or MalformedDocument."""
    file = _load(path)
    try:
        return PublicKeys(str(file["user"]), base64.b64decode(str(file["signing"])), str(file["sealing"]))
    except (KeyError, binascii.Error) as wrong:
        raise _malformed(path) from wrong


def unlock(path: Path, passphrase: str) -> PrivateKeys:
    """Open a person's keys. Takes about a tenth of a second on purpose. Raises WrongPassphrase, MalformedDocument."""
    file = _load(path)
    try:
        nonce, sealed = base64.b64decode(str(file.pop("nonce"))), base64.b64decode(str(file.pop("sealed")))
        user, kdf = str(file["user"]), file["kdf"]
        key = _derive(passphrase, kdf)
        head = rfc8785.dumps(file)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, binascii.Error) as wrong:
        raise _malformed(path) from wrong
    try:
        secret = AESGCM(key).decrypt(nonce, sealed, head)
    except InvalidTag as wrong:
        raise WrongPassphrase("That passphrase does not open the key.", "Type it again.") from wrong
    return PrivateKeys(user, Ed25519PrivateKey.from_private_bytes(secret[:32]), grant.from_scalar(secret[32:]))


def save_station(path: Path, key: Ed25519PrivateKey) -> None:
    """The workstation's own key: it starts before anybody logs on, so file rights protect it, not a passphrase."""
    write_private(path, rfc8785.dumps({"v": 1, "signing": _b64(key.private_bytes_raw())}))


def load_station(path: Path) -> Ed25519PrivateKey:
    """Raises NotInStore or MalformedDocument."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(str(_load(path)["signing"])))
    except (KeyError, ValueError, binascii.Error) as wrong:
        raise _malformed(path) from wrong


def write_private(path: Path, data: bytes) -> None:
    """Write whole or not at all, mode 0600, durable before it has its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _derive(passphrase: str, kdf: object) -> bytes:
    if not isinstance(kdf, dict) or kdf.get("name") != "argon2id":
        raise ValueError("not an Argon2id key file")
    cost = {name: int(kdf[name]) for name in _LIMITS}
    if any(not 1 <= cost[name] <= limit for name, limit in _LIMITS.items()):
        raise ValueError("a key file that asks for more work than this machine should do")
    salt = base64.b64decode(str(kdf["salt"]))
    # NFC: the same passphrase typed on two keyboards is the same bytes (RFC 8265, OpaqueString).
    argon = Argon2id(
        salt=salt, length=32, iterations=cost["iterations"], lanes=cost["lanes"], memory_cost=cost["memory_cost"]
    )
    return argon.derive(unicodedata.normalize("NFC", passphrase).encode())


def _load(path: Path) -> dict[str, object]:
    try:
        file = json.loads(path.read_bytes())
    except FileNotFoundError as missing:
        step = "Look how its name is written, or ask the custodian to bring it."
        raise NotInStore(f"There is no key file {path}.", step) from missing
    except (ValueError, RecursionError) as wrong:
        raise _malformed(path) from wrong
    if not isinstance(file, dict):
        raise _malformed(path)
    return file


def _malformed(path: Path) -> MalformedDocument:
    return MalformedDocument(f"{path.name} is not a key file of this program.", "Restore it from the custodian’s copy.")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
