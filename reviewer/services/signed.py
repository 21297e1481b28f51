"""A signed document, judged by itself: from its path, its bytes and who may sign, to what it says.

`trust` reads what this machine works with through here, the check of a store everything that lies there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import TypeVar

from reviewer.audit.errors import BadNote
from reviewer.audit.note import raw_public
from reviewer.domain import assignment as assignments
from reviewer.domain import recording as recordings
from reviewer.domain.assignment import Assignment, Pending, Release
from reviewer.domain.codec import decode
from reviewer.domain.errors import NotTrusted
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Role, Roster
from reviewer.sealing.envelope import open_signed

Signed = Manifest | Assignment | Release | Pending
_Issued = TypeVar("_Issued", Assignment, Release, Pending)
_Keys = Callable[[str, str], Iterable[str]]
"""From a keyid and the SHA-256 (hex) of the whole document to the vkeys that may have signed it."""

ISSUERS = frozenset({Role.SUPERVISOR, Role.CUSTODIAN})
ROOT_KEY_ID = "root"


def read_roster(path: str, data: bytes, root: str) -> Roster:
    """The roster that `root` (a vkey) signed. Raises NotTrusted, MalformedDocument, ValueError."""
    try:
        payload, _ = _opened(data, "roster", lambda key_id, _: [root] * (key_id == ROOT_KEY_ID))
    except NotTrusted as wrong:
        raise NotTrusted("The roster is not signed by the agency's root key.", wrong.next_step) from wrong
    roster = decode(Roster, payload)
    _expect(f"roster/{roster.version}.json", path)
    return roster


def read_signed(path: str, data: bytes, roster: Roster) -> Signed:
    """The document that belongs at this path, as nobody opened it. Raises as `read_roster`."""
    return read_with_signers(path, data, roster)[0]


def read_with_signers(path: str, data: bytes, roster: Roster) -> tuple[Signed, tuple[str, ...]]:
    """The same, and the ids of all who signed it, each once."""
    top = path.partition("/")[0]
    if top == "recordings":
        return _manifest(path, data, roster)
    if top == "assignments":
        assignment, signers = _issued(path, data, roster, Assignment, "assignment")
        _expect(f"assignments/{assignment.case_id}/{assignment.n}.json", path)
        return assignments.unopened(assignment), signers
    if top == "pending":
        pending, signers = _issued(path, data, roster, Pending, "pending")
        _expect(f"pending/{pending.case_id}/{pending.n}.json", path)
        return pending, signers
    release, signers = _issued(path, data, roster, Release, "release")
    _expect(f"releases/{release.recording_id}/{release.n}.json", path)
    return release, signers


def _manifest(path: str, data: bytes, roster: Roster) -> tuple[Manifest, tuple[str, ...]]:
    stations = {w.id: w.signing_key for w in roster.workstations}
    payload, signers = _opened(data, "manifest", lambda key_id, _: [stations[key_id]] if key_id in stations else [])
    manifest = recordings.unopened(decode(Manifest, payload))
    _expect(f"recordings/{manifest.recording_id}/{manifest.n}.json", path)
    if manifest.ingest.station not in signers:
        raise _other_signer(path, "station", manifest.ingest.station, signers)
    if not manifest.parts:
        raise not_trusted(path, "names no footage")
    return manifest, signers


def _issued(path: str, data: bytes, roster: Roster, cls: type[_Issued], kind: str) -> tuple[_Issued, tuple[str, ...]]:
    payload, signers = _opened(data, kind, _issuers(roster))
    document = decode(cls, payload)
    if document.issued_by not in signers:
        raise _other_signer(path, "issuer", document.issued_by, signers)
    return document, signers


def _issuers(roster: Roster) -> _Keys:
    """Who may sign assignments: supervisors and custodians, and whoever was one, for what they signed then."""
    users = {u.id: u for u in roster.users}

    def keys(key_id: str, digest: str) -> list[str]:
        user = users.get(key_id)
        if user is None:
            return []
        now = [user.signing_key] if user.left is None and ISSUERS.intersection(user.roles) else []
        return now + [f.signing_key for f in user.former if digest in f.documents]

    return keys


def _opened(data: bytes, kind: str, keys: _Keys) -> tuple[dict[str, object], tuple[str, ...]]:
    digest = hashlib.sha256(data).hexdigest()
    return open_signed(data, kind, lambda key_id: [k for v in keys(key_id, digest) for k in raw_keys(v)])


def raw_keys(vkey: str) -> list[bytes]:
    """The key in a vkey; a malformed one is no key."""
    try:
        return [raw_public(vkey)]
    except BadNote:
        return []


def not_trusted(path: str, why: str) -> NotTrusted:
    """Why the document there is refused."""
    return NotTrusted(f"The document at {path} {why}.", "Ask the custodian who put it there.")


def _expect(wanted: str, path: str) -> None:
    if wanted != path:
        raise not_trusted(path, f"says that its place is {wanted}")


def _other_signer(path: str, what: str, named: str, signers: Iterable[str]) -> NotTrusted:
    return not_trusted(path, f"names {named} as its {what} and is signed by {', '.join(signers)}")
