"""X.509 certificates of an agency (RFC 5280), as C2PA asks for them (Technical Specification 2.2, 14.5: Validation of
the certificate profile): an authority that signs nothing but leaves, and a leaf that signs copies with ES256.

The authority's key follows from the root's by HKDF-SHA256 (RFC 5869): it needs no keeping, every certificate of one
root has the same authority, and the root's key itself never signs another kind of thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from reviewer.domain.errors import MalformedDocument
from reviewer.domain.timebase import Utc, from_datetime, to_datetime
from reviewer.sealing import grant
from reviewer.sealing.stream import subkey

_PURPOSE = "reviewer agency certificate authority"
_NAME_MOST = 64  # characters of a name (RFC 5280, upper bounds)
_SIGNS = dict.fromkeys(
    (
        *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("encipher_only", "decipher_only"),
    ),
    False,
)


@dataclass(frozen=True, slots=True, repr=False)
class Issued:
    """Certificates as PEM, and the leaf's private key as 32 bytes. Never printed."""

    authority: str
    leaf: str
    scalar: bytes


def issue(root: Ed25519PrivateKey, title: str, now: Utc, authority_until: Utc, leaf_until: Utc) -> Issued:
    """A new leaf for the agency of this title, and the authority that signs it."""
    signer = Ed25519PrivateKey.from_private_bytes(subkey(root.private_bytes_raw(), _PURPOSE))
    key = grant.new_sealing_key()
    issuer = _name(title, f"{title}: copies, authority")
    known = x509.SubjectKeyIdentifier.from_public_key(signer.public_key())
    above = (
        _begun(issuer, issuer, now, authority_until)
        .public_key(signer.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=False, key_cert_sign=True, crl_sign=True, **_SIGNS), True)
        .add_extension(known, critical=False)
        .sign(signer, None)
    )
    leaf = (
        _begun(_name(title, f"{title}: copies"), issuer, now, leaf_until)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=False, crl_sign=False, **_SIGNS), True)
        # One of those that C2PA takes; its own (1.3.6.1.4.1.62558.2.1) is for certificates of its own list.
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known), critical=False)
        .sign(signer, None)
    )
    return Issued(_pem(above), _pem(leaf), grant.private_scalar(key))


def serial_of(leaf: str) -> str:
    """Its serial number, decimal, as C2PA readers say it. Raises MalformedDocument."""
    try:
        return str(x509.load_pem_x509_certificate(leaf.encode()).serial_number)
    except ValueError as wrong:
        raise _wrong() from wrong


def revocation_list(root: Ed25519PrivateKey, authority: str, revoked: Mapping[str, Utc], now: Utc) -> str:
    """The list (RFC 5280, section 5; PEM) of what no longer holds, by serial number and from when. It is not renewed
    until something is revoked: it names the authority's own end as the time of the next one."""
    signer = Ed25519PrivateKey.from_private_bytes(subkey(root.private_bytes_raw(), _PURPOSE))
    above = x509.load_pem_x509_certificate(authority.encode())
    made = x509.CertificateRevocationListBuilder(above.subject, _whole(now), above.not_valid_after_utc)
    made = made.add_extension(x509.CRLNumber(len(revoked)), critical=False)
    for serial, since in sorted(revoked.items()):
        entry = x509.RevokedCertificateBuilder(int(serial), _whole(since))
        made = made.add_revoked_certificate(entry.build())
    return made.sign(signer, None).public_bytes(Encoding.PEM).decode()


def signature(scalar: bytes, data: bytes) -> bytes:
    """ES256 as COSE has it (RFC 9053, 2.1): r ‖ s, 32 bytes each."""
    r, s = decode_dss_signature(grant.from_scalar(scalar).sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def check(authority: str, leaf: str, scalar: bytes | None = None) -> Utc:
    """Until when the pair counts. Raises MalformedDocument unless the authority signed the leaf, and the key, if one is
    given, is the leaf's."""
    try:
        above, below = (x509.load_pem_x509_certificate(text.encode()) for text in (authority, leaf))
        below.verify_directly_issued_by(above)
        public = below.public_key()
        own = scalar is None or grant.from_scalar(scalar).public_key() == public
    except (ValueError, TypeError, InvalidSignature) as wrong:
        raise _wrong() from wrong
    if not own:
        raise _wrong()
    return from_datetime(min(above.not_valid_after_utc, below.not_valid_after_utc))


def _begun(subject: x509.Name, issuer: x509.Name, start: Utc, end: Utc) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder(issuer, subject, serial_number=x509.random_serial_number())
    return made.not_valid_before(_whole(start)).not_valid_after(_whole(end))


def _name(title: str, common: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, title), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(oid, words[:_NAME_MOST]) for oid, words in parts])


def _whole(at: Utc) -> datetime:
    return to_datetime(at).replace(microsecond=0)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _wrong() -> MalformedDocument:
    return MalformedDocument("The agency’s certificate is not what it should be.", "Have the root sign a new one.")
