"""Documents as rows of the catalogue's index, and back: what is kept of each, and what each is bound to.

The rows of recordings are flat lists: ten thousand of them are read at once, and every list inside costs its share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import takewhile

from reviewer.domain.assignment import Assignment, Purpose, Release
from reviewer.domain.place import Box
from reviewer.domain.recording import Kind as RecordingKind
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Role, Roster
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services.catalogue_index import Row
from reviewer.services.catalogue_search import CaseEntry, CaseMember, Entry, FormerMember, pack
from reviewer.services.signed import ISSUERS

RECORDING, CASE, RELEASE = "recording", "case", "release"


class Learned(StrEnum):
    """How the details of a document came to be known to this person."""

    NOTHING = ""
    OPEN = "open"  # they lie open in the store, as in documents from before
    BY_CASE = "case"
    BY_CUSTODY = "custody"


@dataclass(frozen=True, slots=True)
class Bound:
    """The SHA-256 of a document (hex), who signed it, and the keys that the roster gave them then: `<id>=<SHA-256 of
    the keys>` for each, with blanks between."""

    digest: str
    signers: str


class Standing:
    """What a roster says of who signs documents of a kind: the rule that `services/signed` verifies by."""

    def __init__(self, roster: Roster, kind: str) -> None:
        self._stations = {w.id: (w.signing_key,) for w in roster.workstations} if kind == RECORDING else None
        self._users = {u.id: u for u in roster.users}
        self._said: dict[tuple[str, ...], str] = {}
        self._known: dict[str, bool] = {}

    def _keys(self, signer: str, digest: str) -> tuple[str, ...]:
        """The keys that may have signed this document in this signer's name."""
        if self._stations is not None:
            return self._stations.get(signer, ())
        user = self._users.get(signer)
        if user is None:
            return ()
        now = (user.signing_key,) if user.left is None and ISSUERS.intersection(user.roles) else ()
        return now + tuple(f.signing_key for f in user.former if digest in f.documents)

    def bind(self, digest: str, signers: Sequence[str]) -> Bound:
        return Bound(digest, " ".join(f"{s}={self._in_short(self._keys(s, digest))}" for s in signers))

    def _in_short(self, keys: tuple[str, ...]) -> str:
        if keys not in self._said:
            self._said[keys] = sha256("\n".join(keys).encode()).hexdigest()
        return self._said[keys]

    def holds(self, row: Row) -> bool:
        """Whether the roster says of this row's signers what it said when the document was verified."""
        digest, bound = row.values[0], row.values[1]
        if self._stations is None:
            return self._agrees(digest, bound)
        if bound not in self._known:  # what a workstation may sign does not depend on the document
            self._known[bound] = self._agrees(digest, bound)
        return self._known[bound]

    def _agrees(self, digest: str, bound: str) -> bool:
        signers = [each.partition("=")[0] for each in bound.split(" ")]
        keys = [self._keys(s, digest) for s in signers]
        return all(keys) and " ".join(f"{s}={self._in_short(k)}" for s, k in zip(signers, keys, strict=True)) == bound


def number(paths: Sequence[str]) -> int:
    """The number of the newest of a folder's documents, "…/<n>.json"."""
    return int(paths[0].rpartition("/")[2].removesuffix(".json"))


def _head(bound: Bound, learned: Learned) -> list[object]:
    return [bound.digest, bound.signers, learned.value]


def learned(row: Row) -> Learned:
    return Learned(row.values[2])


# -- recordings ------------------------------------------------------------------------------------------------------


def of_manifest(manifest: Manifest, by: Learned, bound: Bound) -> Row:
    """The row of a manifest, as far as it was opened."""
    span, place = manifest.range, manifest.place
    box = place.box if place is not None else None
    values = [
        *_head(bound, by),
        manifest.officer,
        f"{manifest.device.make} {manifest.device.model}".strip(),
        manifest.kind.value,
        span.start,
        span.end,
        len(manifest.parts),
        manifest.sealed_bytes,
        "\n".join(manifest.incidents),
        manifest.event_type,
        manifest.restricted,
        manifest.still_of,
        *((None,) * 4 if box is None else (box.south, box.west, box.north, box.east)),
        0 if place is None else place.reach,
        "" if place is None else pack(place),
    ]
    return Row(RECORDING, manifest.recording_id, manifest.n, values)


_KINDS = {k.value: k for k in RecordingKind}


def entry(row: Row) -> Entry:
    """The entry that a row holds."""
    _, _, by, officer, device, kind, start, end, parts, size, incidents, event, why, still_of, *where = row.values
    *box, reach, path = where
    return Entry(
        row.id,
        row.n,
        by != "",
        officer,
        device,
        _KINDS[kind],
        start,
        end,
        parts,
        size,
        tuple(incidents.split("\n")) if incidents else (),
        event,
        why is not None,
        why or "",
        still_of,
        None if box[0] is None else Box(*box),
        reach,
        path,
    )


# -- cases -----------------------------------------------------------------------------------------------------------


def of_assignment(newest: Assignment, history: Sequence[Assignment], by: Learned, bound: Bound) -> Row:
    """The row of a case: its newest assignment, and since when each member is on it (`history` newest first)."""
    former = [[m.user, m.role.value, m.since, m.until] for m in _former(history)]
    values = [
        *_head(bound, by),
        newest.title,
        newest.purpose.value,
        newest.reason,
        [[m.user, m.role.value, _since(m.user, history)] for m in newest.members],
        [r.recording_id for r in newest.recordings],
        newest.issued_by,
        newest.issued_at,
        newest.expires,
        [[r.recording_id, r.window.start, r.window.end] for r in newest.recordings if r.window is not None],
        former,
    ]
    return Row(CASE, newest.case_id, newest.n, values)


def _since(user: str, history: Sequence[Assignment]) -> Utc:
    """When the assignment was issued that this person has been on the case from, without a break."""
    return [a.issued_at for a in takewhile(lambda a: a.member(user) is not None, history)][-1]


def _former(history: Sequence[Assignment]) -> list[FormerMember]:
    """Everybody who is not on the case any more: from when to when they last were."""
    found = []
    seen = {m.user for a in history[:1] for m in a.members}
    for at, assignment in enumerate(history[1:], start=1):
        for member in assignment.members:
            if member.user not in seen:
                seen.add(member.user)
                since = _since(member.user, history[at:])
                found.append(FormerMember(member.user, member.role, since, history[at - 1].issued_at))
    return found


def case(row: Row) -> CaseEntry:
    """The case that a row holds."""
    _, _, by, title, purpose, reason, members, recordings, issued_by, issued_at, expires, windows, former = row.values
    return CaseEntry(
        case_id=row.id,
        n=row.n,
        opened=by != "",
        title=title,
        purpose=Purpose(purpose),
        reason=reason,
        members=tuple(CaseMember(user, Role(role), since) for user, role, since in members),
        recordings=tuple(recordings),
        issued_by=issued_by,
        issued_at=issued_at,
        expires=expires,
        windows={id_: TimeRange(start, end) for id_, start, end in windows},
        former=tuple(FormerMember(user, Role(role), since, until) for user, role, since, until in former),
    )


# -- releases --------------------------------------------------------------------------------------------------------


def of_release(release: Release, bound: Bound) -> Row:
    return Row(RELEASE, release.recording_id, release.n, [*_head(bound, Learned.OPEN), release.released])


def is_released(row: Row) -> bool:
    return row.values[3] is True
