"""The agency's certificate: with it copies that leave are signed (C2PA), so that anybody sees whose they are.

A document of the store, `certificates/<n>.json`, signed by the root. The private half lies in it sealed to each person
who may release copies. `revocations/<n>.json`, signed by the root too, says from when one of them no longer holds.
"""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.recording import SealedKey
from reviewer.domain.timebase import Utc


@dataclass(frozen=True, slots=True)
class AgencyCertificate:
    """`authority` and `leaf` are X.509 certificates (RFC 5280) as PEM; `keys` the leaf's private key (32 bytes, P-256)
    by HPKE for each user. `n` counts up; the newest counts."""

    n: int
    authority: str
    leaf: str
    keys: tuple[SealedKey, ...]
    made_at: Utc
    expires: Utc
    v: int = 1

    def sealed_for(self, user: str) -> str | None:
        """The private half for this user; None if it is not sealed to them."""
        return next((key.sealed for key in self.keys if key.recipient == user), None)


@dataclass(frozen=True, slots=True)
class Revocation:
    """From `since` on the certificate `certificate` (its number, and its `serial`, decimal) does not hold: what it
    signed after that is not the agency's word. What it signed before stays so. `crl`: the list of all that is revoked
    (RFC 5280), as PEM, for other programs. `n` counts up; every one counts."""

    n: int
    certificate: int
    serial: str
    since: Utc
    reason: str
    made_at: Utc
    crl: str
    v: int = 1
