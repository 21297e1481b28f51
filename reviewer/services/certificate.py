"""The agency's certificate for copies that leave: made by the holder of the root key, used by whoever may release.

`certificates/<n>.json` in the store is signed by the root; this machine believes no other. The root also says from when
one no longer holds (`services/revocation`): nothing is signed with it from then on.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.certificate import AgencyCertificate, Revocation
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import AccessRefused, NotTrusted, ReviewerError
from reviewer.domain.making_acts import CertificateMade, CertificateRevoked
from reviewer.domain.recording import SealedKey
from reviewer.domain.roles import DISCLOSERS
from reviewer.domain.roster import DAY
from reviewer.domain.timebase import Utc
from reviewer.domain.wording import date
from reviewer.sealing import certificate, envelope, grant
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.clock import Clock, utc_now
from reviewer.services.custody import root_vkey
from reviewer.services.documents import Documents
from reviewer.services.drafting import Record
from reviewer.services.revocation import FOLDER as REVOKED
from reviewer.services.revocation import KIND, read_revocation, revocations, revoked
from reviewer.services.signed import ROOT_KEY_ID, raw_keys
from reviewer.services.trust import Trust

FOLDER = "certificates"
_KIND = "certificate"
_AUTHORITY = 20 * 365 * DAY
_LEAF = 2 * 365 * DAY
_RENEW = "Have the root’s holder make a new one (“reviewer agency certificate”)."


@dataclass(frozen=True, slots=True)
class CopySigner:
    """What signs a copy: certificates as PEM, the authority and the leaf, and the leaf's private key."""

    authority: str
    leaf: str
    scalar: bytes = field(repr=False)

    @property
    def chain(self) -> str:
        """The leaf first, as C2PA takes it."""
        return self.leaf + self.authority

    def sign(self, data: bytes) -> bytes:
        return certificate.signature(self.scalar, data)


def make_certificate(
    trust: Trust, root: Ed25519PrivateKey, *, record: Record | None = None, now: Clock = utc_now
) -> AgencyCertificate:
    """A new certificate, sealed to everybody of the roster who may release copies now. An entry first. Raises
    NotTrusted for a key that is not the root's, and what the store and the log raise."""
    roster = trust.refresh()
    if root_vkey(roster.agency, root) != trust.root:
        raise NotTrusted("That is not the key of this agency’s root.", "Use the root’s key file.")
    at = now()
    made = certificate.issue(root, roster.title, at, Utc(at + _AUTHORITY), Utc(at + _LEAF))
    people = [u for u in roster.users if u.left is None and DISCLOSERS.intersection(u.roles)]
    n = Documents(trust.store, trust.workspace, now).next_number(FOLDER)
    document = AgencyCertificate(
        n,
        made.authority,
        made.leaf,
        tuple(SealedKey(u.id, grant.seal_to(u.sealing_key, made.scalar, _info(n, u.id))) for u in people),
        at,
        Utc(at + _LEAF),
    )
    if record is not None:
        record(CertificateMade(n, tuple(u.id for u in people), document.expires)).result()
    trust.store.put_if_absent(f"{FOLDER}/{n}.json", envelope.sign(_KIND, encode(document), ROOT_KEY_ID, root))
    stored = newest_certificate(trust, now=now)
    if stored != document:
        raise ReviewerError("Another certificate was made at the same time.", "Look whether that one will do.")
    return document


def newest_certificate(trust: Trust, *, now: Clock = utc_now) -> AgencyCertificate | None:
    """The newest one that the root signed; None if there is none. One that is not the root's hides no older one.
    Raises StoreUnreachable where nothing is known of the store."""
    documents = Documents(trust.store, trust.workspace, now)

    def read(path: str) -> AgencyCertificate:
        return documents.read(path, lambda data: read_certificate(path, data, trust.root))

    for path in documents.numbered(FOLDER):
        with contextlib.suppress(ReviewerError, ValueError):
            return read(path)
    return None


def revoke_certificate(
    trust: Trust,
    root: Ed25519PrivateKey,
    n: int,
    since: Utc,
    reason: str,
    *,
    record: Record | None = None,
    now: Clock = utc_now,
) -> Revocation:
    """From `since` on certificate `n` no longer holds. An entry first. Raises NotTrusted for a key that is not the
    root's, ReviewerError where there is no such certificate or no reason, and what the store and the log raise."""
    roster = trust.refresh()
    if root_vkey(roster.agency, root) != trust.root:
        raise NotTrusted("That is not the key of this agency’s root.", "Use the root’s key file.")
    if not reason.strip():
        raise ReviewerError("No reason is given.", "Say why it no longer holds: it stands in the log.")
    documents = Documents(trust.store, trust.workspace, now)
    path = f"{FOLDER}/{n}.json"
    if path not in documents.numbered(FOLDER):
        raise ReviewerError(
            f"There is no certificate {n}.", "“reviewer agency certificate --show” says which there is."
        )
    found = documents.read(path, lambda data: read_certificate(path, data, trust.root))
    serial, at = certificate.serial_of(found.leaf), now()
    ends = {each.serial: each.since for each in sorted(revocations(trust, now=now), key=lambda each: -each.since)}
    ends[serial] = min(since, ends.get(serial, since))
    crl = certificate.revocation_list(root, found.authority, ends, at)
    made = Revocation(documents.next_number(REVOKED), n, serial, since, reason.strip(), at, crl)
    if record is not None:
        record(CertificateRevoked(n, since, made.reason)).result()
    where = f"{REVOKED}/{made.n}.json"
    trust.store.put_if_absent(where, envelope.sign(KIND, encode(made), ROOT_KEY_ID, root))
    if documents.read(where, lambda data: read_revocation(where, data, trust.root)) != made:
        raise ReviewerError("Another certificate was revoked at the same time.", "Do it again.")
    return made


def read_certificate(path: str, data: bytes, root: str) -> AgencyCertificate:
    """The certificate that belongs at this path. Raises NotTrusted, MalformedDocument, ValueError."""
    payload, _ = envelope.open_envelope(data, _KIND, lambda key_id: raw_keys(root) if key_id == ROOT_KEY_ID else [])
    document = decode(AgencyCertificate, payload)
    if path != f"{FOLDER}/{document.n}.json":
        raise NotTrusted(f"The certificate at {path} says that its number is {document.n}.", "Ask the custodian.")
    certificate.check(document.authority, document.leaf)
    return document


def copy_signer(trust: Trust, keys: PrivateKeys, *, now: Clock = utc_now) -> CopySigner:
    """What this person signs copies with. Raises AccessRefused, which says why there is nothing; MalformedDocument."""
    found = newest_certificate(trust, now=now)
    if found is None:
        raise AccessRefused("The agency has no certificate for copies.", _RENEW)
    sealed = found.sealed_for(keys.user)
    if sealed is None:
        raise AccessRefused("The agency’s certificate for copies was made before you could release.", _RENEW)
    if now() >= found.expires:
        raise AccessRefused("The agency’s certificate for copies has expired.", _RENEW)
    end = revoked(revocations(trust, now=now), certificate.serial_of(found.leaf))
    if end is not None and now() >= end.since:
        raise AccessRefused(
            f"The agency’s certificate for copies no longer holds since {date(end.since)}: {end.reason}.", _RENEW
        )
    scalar = grant.open_sealed(keys.sealing, sealed, _info(found.n, keys.user))
    certificate.check(found.authority, found.leaf, scalar)
    return CopySigner(found.authority, found.leaf, scalar)


def _info(n: int, user: str) -> bytes:
    """The HPKE info that binds the private half to its certificate and its recipient."""
    return f"reviewer agency certificate/{n}/{user}".encode()
