"""From when a certificate of the agency no longer holds: said by the root, believed by every machine of the agency.

`revocations/<n>.json` in the store, signed by the root like certificates; all of them count, and the earliest of those
about one certificate. Each has the X.509 list (CRL, RFC 5280, section 5) of all that is revoked, by the authority that
signed the certificates: for outside programs, which know nothing of our store.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from reviewer.domain.certificate import Revocation
from reviewer.domain.codec import decode
from reviewer.domain.errors import NotTrusted, ReviewerError
from reviewer.sealing import envelope
from reviewer.services.clock import Clock, utc_now
from reviewer.services.documents import Documents
from reviewer.services.signed import ROOT_KEY_ID, raw_keys
from reviewer.services.trust import Trust

FOLDER = "revocations"
KIND = "revocation"


def revocations(trust: Trust, *, now: Clock = utc_now) -> tuple[Revocation, ...]:
    """Everything that the root revoked, oldest first. What is not the root's says nothing."""
    documents = Documents(trust.store, trust.workspace, now)

    def read(path: str) -> Revocation:
        return documents.read(path, lambda data: read_revocation(path, data, trust.root))

    found = []
    for path in reversed(documents.numbered(FOLDER)):
        with contextlib.suppress(ReviewerError, ValueError):
            found.append(read(path))
    return tuple(found)


def read_revocation(path: str, data: bytes, root: str) -> Revocation:
    """The document that belongs at this path. Raises NotTrusted, MalformedDocument, ValueError."""
    payload, _ = envelope.open_envelope(data, KIND, lambda key_id: raw_keys(root) if key_id == ROOT_KEY_ID else [])
    document = decode(Revocation, payload)
    if path != f"{FOLDER}/{document.n}.json":
        raise NotTrusted(f"The revocation at {path} says that its number is {document.n}.", "Ask the custodian.")
    return document


def revoked(found: Iterable[Revocation], serial: str) -> Revocation | None:
    """What counts for the certificate of this serial number; None while it holds."""
    about = [each for each in found if each.serial == serial]
    return min(about, key=lambda each: (each.since, each.n), default=None)
