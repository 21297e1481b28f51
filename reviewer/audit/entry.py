"""What one log entry says: a JSON object in the canonical form of RFC 8785, integers only, at most 65,535 bytes.

Members: `v` 1; `at` UTC in µs since 1970; `mono` µs since the machine's boot; `boot` names that boot; `lamport`;
`kind`; `case`, `recording`, `reason` (left out where there is none); `body` = hex SHA-256(salt ‖ payload). The
payload itself lies outside the log, so that it can be sealed, shown alone or removed by a court while the log still
verifies. A later `v` may add members; the ones above keep their meaning.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NoReturn

import rfc8785

from reviewer.audit.errors import BadEntry

MAX_SIZE = 65_535  # an entry bundle gives a length 16 bits
MAX_INTEGER = 2**53 - 1  # RFC 8785 numbers are IEEE 754 doubles
SALT_SIZE = 32

_INTEGERS = ("v", "at", "mono", "lamport")
_NAMES = ("boot", "kind")
_OPTIONAL = ("case", "recording", "reason")
_MEMBERS = frozenset((*_INTEGERS, *_NAMES, *_OPTIONAL, "body"))
_COMMITMENT = re.compile(r"[0-9a-f]{64}")

# Almost every entry that is canonical matches this (members sorted, no escapes, integers below 9·10^15) and needs no
# parser: a log of a million entries is checked in seconds. Whatever does not match is parsed and judged by `_parse`.
_N = "(?:0|[1-8][0-9]{0,15}|9[0-9]{0,14})"
_C = r"[^\x00-\x1f\"\\]"
_FORM = (
    rf'\{{"at":({_N}),"body":"([0-9a-f]{{64}})","boot":"({_C}+)"(?:,"case":"({_C}*)")?,"kind":"({_C}+)",'
    rf'"lamport":({_N}),"mono":({_N})(?:,"reason":"({_C}*)")?(?:,"recording":"({_C}*)")?,"v":1\}}'
)
_PLAIN = re.compile(_FORM.encode())
_PLAIN_TEXT = re.compile(_FORM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry, as the module's docstring says."""

    at: int
    mono: int
    boot: str
    lamport: int
    kind: str
    body: str
    case: str | None = None
    recording: str | None = None
    reason: str | None = None
    v: int = 1

    def to_bytes(self) -> bytes:
        """The canonical bytes. Raises `BadEntry` for values that have none."""
        members = {name: getattr(self, name) for name in _MEMBERS}
        present = {name: value for name, value in members.items() if value is not None}
        _require_members(present)
        data = _canonical(present)
        _require_size(data)
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> Entry:
        """Read an entry. Raises `BadEntry` unless these are the canonical bytes of one; members that a later `v` added
        are not kept."""
        plain = _plain(data)
        if plain is None:
            return cls(**{name: value for name, value in _parse(data).items() if name in _MEMBERS})
        at, body, boot, case, kind, lamport, mono, reason, recording = plain.groups()
        return cls(
            at=int(at),
            mono=int(mono),
            boot=boot,
            lamport=int(lamport),
            kind=kind,
            body=body,
            case=case,
            recording=recording,
            reason=reason,
        )


def members_of(data: bytes) -> tuple[int, int, str, int, str, str | None, str | None, str | None, str]:
    """(at, mono, boot, lamport, kind, case, recording, reason, body) of an entry's bytes, for whoever reads a million.
    Raises `BadEntry` as `Entry.from_bytes`."""
    plain = _plain(data)
    if plain is None:
        e = Entry.from_bytes(data)
        return e.at, e.mono, e.boot, e.lamport, e.kind, e.case, e.recording, e.reason, e.body
    at, body, boot, case, kind, lamport, mono, reason, recording = plain.groups()
    return int(at), int(mono), boot, int(lamport), kind, case, recording, reason, body


def commitment_of(data: bytes) -> str:
    """The `body` member of an entry's bytes. Raises `BadEntry` unless they are the canonical bytes of an entry."""
    plain = _PLAIN.fullmatch(data)
    if plain and len(data) <= MAX_SIZE and data.isascii():
        return plain[2].decode()
    return str(_parse(data)["body"])


def new_salt() -> bytes:
    """32 random bytes: without them a short payload could be guessed from its commitment."""
    return secrets.token_bytes(SALT_SIZE)


def body_commitment(salt: bytes, payload: bytes) -> str:
    """Hex SHA-256(salt ‖ payload). Raises `BadEntry` for a salt of another length, which would blur where it ends."""
    if len(salt) != SALT_SIZE:
        raise BadEntry(f"A body's salt is {SALT_SIZE} bytes, not {len(salt)}.")
    return sha256(salt + payload).hexdigest()


def _plain(data: bytes) -> re.Match[str] | None:
    """A match if these are canonical bytes for sure; None says nothing."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return _PLAIN_TEXT.fullmatch(text) if len(data) <= MAX_SIZE else None


def _parse(data: bytes) -> dict[str, Any]:
    _require_size(data)
    try:
        value = json.loads(data.decode(), parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as wrong:
        raise BadEntry("The entry is not JSON with integers only.") from wrong
    if not isinstance(value, dict):
        raise BadEntry("The entry is not a JSON object.")
    _require_members(value)
    if _canonical(value) != data:
        raise BadEntry("The entry is not in the canonical form of RFC 8785.")
    return value


def _require_members(value: dict[str, Any]) -> None:
    for name in _INTEGERS:
        number = value.get(name)
        if type(number) is not int or not 0 <= number <= MAX_INTEGER:
            raise BadEntry(f"The entry's {name} is not a whole number from 0 to 2^53 - 1.")
    for name in _NAMES:
        if not isinstance(value.get(name), str) or not value[name]:
            raise BadEntry(f"The entry's {name} is not a text.")
    for name in _OPTIONAL:
        if name in value and not isinstance(value[name], str):
            raise BadEntry(f"The entry's {name} is not a text.")
    if not isinstance(value.get("body"), str) or not _COMMITMENT.fullmatch(value["body"]):
        raise BadEntry("The entry's body is not a SHA-256 in lower-case hex.")
    if value["v"] < 1 or (value["v"] == 1 and not value.keys() <= _MEMBERS):
        raise BadEntry(f"The entry has members that version {value['v']} does not know.")


def _canonical(value: dict[str, Any]) -> bytes:
    try:
        return rfc8785.dumps(value)
    except (ValueError, RecursionError) as wrong:
        raise BadEntry("The entry holds a value that RFC 8785 cannot write.") from wrong


def _require_size(data: bytes) -> None:
    if len(data) > MAX_SIZE:
        raise BadEntry(f"The entry is {len(data)} bytes; {MAX_SIZE} is the most that a log entry may have.")


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"{text} is not an integer")
