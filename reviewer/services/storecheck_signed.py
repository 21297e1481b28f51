"""Reading one signed document as the store gives it, by one roster: what `trust` believes, without copies."""

from __future__ import annotations

from reviewer.audit.note import raw_public
from reviewer.domain.assignment import Assignment, Pending, Release
from reviewer.domain.codec import decode
from reviewer.domain.errors import NotTrusted
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Roster
from reviewer.sealing.envelope import open_envelope
from reviewer.services.trust import ISSUERS, ROOT_KEY_ID

Signed = Manifest | Assignment | Release | Pending


def read_roster(path: str, data: bytes, root: str) -> Roster:
    """A roster that the root signed, in its place. Raises NotTrusted, MalformedDocument."""
    payload, _ = open_envelope(data, "roster", lambda key: [raw_public(root)] if key == ROOT_KEY_ID else [])
    roster = decode(Roster, payload)
    _expect(f"roster/{roster.version}.json", path)
    return roster


def read_signed(kind: str, path: str, data: bytes, roster: Roster) -> Signed:
    """A document that somebody of the roster signed who may. Raises NotTrusted, MalformedDocument."""
    if kind == "manifest":
        keys = {w.id: w.signing_key for w in roster.workstations}
    else:
        keys = {u.id: u.signing_key for u in roster.users if ISSUERS.intersection(u.roles)}
    payload, signer = open_envelope(data, kind, lambda key: [raw_public(keys[key])] if key in keys else [])
    if kind == "manifest":
        manifest = decode(Manifest, payload)
        _expect(f"recordings/{manifest.recording_id}/{manifest.n}.json", path)
        if manifest.ingest.station != signer:
            raise _wrong(path, f"names {manifest.ingest.station} as its station and is signed by {signer}")
        if not manifest.parts:
            raise _wrong(path, "names no footage")
        return manifest
    if kind == "assignment":
        assignment = decode(Assignment, payload)
        _expect(f"assignments/{assignment.case_id}/{assignment.n}.json", path)
        return assignment
    if kind == "release":
        release = decode(Release, payload)
        _expect(f"releases/{release.recording_id}/{release.n}.json", path)
        return release
    pending = decode(Pending, payload)
    _expect(f"pending/{pending.case_id}/{pending.n}.json", path)
    return pending


def _expect(wanted: str, path: str) -> None:
    if wanted != path:
        raise _wrong(path, f"says that its place is {wanted}")


def _wrong(path: str, why: str) -> NotTrusted:
    return NotTrusted(f"The document at {path} {why}.", "Ask the custodian who put it there.")
