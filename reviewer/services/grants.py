"""Which keys open what (formats.md, Granting access): data key ← case key ← member, or ← custody key.

The HPKE `info` and the AES-GCM associated data name the case or recording and the recipient, so no ciphertext can stand
in for another. `Grants` is what one person may open, `CustodyGrants` what a custody key does; both show documents with
their details where they may, and with ids where they may not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Protocol

from reviewer.domain import assignment as assignments
from reviewer.domain import recording as recordings
from reviewer.domain.assignment import AssignedRecording, Assignment
from reviewer.domain.errors import AccessRefused, MalformedDocument
from reviewer.domain.recording import CutFrom, Manifest, SealedKey
from reviewer.domain.roster import Roster
from reviewer.domain.timebase import format_rfc3339
from reviewer.sealing import grant
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import details
from reviewer.services.clock import Clock, utc_now
from reviewer.services.trust import Trust


class Opener(Protocol):
    """Shows documents with what is sealed in them, as far as its keys go; what they do not open shows ids. Never
    raises for a key that is not there."""

    def assignment(self, assignment: Assignment) -> Assignment: ...

    def manifests(self, assignment: Assignment, manifests: Iterable[Manifest]) -> tuple[Manifest, ...]: ...


# -- sealed to whom --------------------------------------------------------------------------------------------------


def member_info(case_id: str, user_id: str) -> bytes:
    """The HPKE info of a case key that is sealed to a member."""
    return f"reviewer case key/{case_id}/{user_id}".encode()


def custody_info(what: str, id_: str, custody_key: str) -> bytes:
    """The HPKE info of what is sealed to a custody key: `what` is "recording" or "case"."""
    return f"reviewer custody {what}/{id_}/{custody_key}".encode()


def data_key_aad(case_id: str, recording_id: str) -> bytes:
    """The associated data of a data key under a case key."""
    return f"reviewer data key/{case_id}/{recording_id}".encode()


def seal_to_custody(roster: Roster, recording_id: str, data_key: bytes) -> tuple[SealedKey, ...]:
    """A new recording's data key, sealed to every custody key of the roster."""
    return _to_custody(roster, "recording", recording_id, data_key)


def seal_case_to_custody(roster: Roster, case_id: str, case_key: bytes) -> tuple[SealedKey, ...]:
    """A case key, sealed to every custody key of the roster."""
    return _to_custody(roster, "case", case_id, case_key)


def _to_custody(roster: Roster, what: str, id_: str, key: bytes) -> tuple[SealedKey, ...]:
    return tuple(
        SealedKey(k.id, grant.seal_to(k.sealing_key, key, custody_info(what, id_, k.id))) for k in roster.custody_keys
    )


# -- opening ---------------------------------------------------------------------------------------------------------


def open_case_key(assignment: Assignment, keys: PrivateKeys) -> bytes:
    """The case key, for a member. Raises AccessRefused for anybody else."""
    member = assignment.member(keys.user)
    if member is None:
        raise AccessRefused(
            f"{assignment.case_id} is not assigned to you.", f"Ask {assignment.issued_by}, who assigned it."
        )
    return grant.open_sealed(keys.sealing, member.sealed_case_key, member_info(assignment.case_id, keys.user))


def open_data_key(assignment: Assignment, recording_id: str, case_key: bytes) -> bytes:
    """A recording's data key. Raises AccessRefused if the recording is not part of the assignment."""
    return _unwrapped(assignment, assigned_in(assignment, recording_id), case_key)


def assigned_in(assignment: Assignment, recording_id: str) -> AssignedRecording:
    """The recording's line in an assignment. Raises AccessRefused if it has none."""
    found = next((r for r in assignment.recordings if r.recording_id == recording_id), None)
    if found is None:
        raise AccessRefused(
            f"{recording_id} is not part of {assignment.case_id}.", f"Ask {assignment.issued_by}, who assigned it."
        )
    return found


def _unwrapped(assignment: Assignment, assigned: AssignedRecording, case_key: bytes) -> bytes:
    aad = data_key_aad(assignment.case_id, assigned.recording_id)
    return grant.unwrap(case_key, assigned.sealed_data_key, aad)


def wrap_earlier(case_id: str, n: int, case_key: bytes, earlier: Iterable[bytes]) -> tuple[str, ...]:
    """A case's earlier keys under its present one: whoever is on the case reads what was written before."""
    kept = (key for key in dict.fromkeys(earlier) if key != case_key)
    return tuple(grant.wrap(case_key, key, _earlier_aad(case_id, n)) for key in kept)


def open_earlier(assignment: Assignment, case_key: bytes) -> tuple[bytes, ...]:
    """The case keys before this assignment's, newest first. Raises AccessRefused if the key is another."""
    aad = _earlier_aad(assignment.case_id, assignment.n)
    return tuple(grant.unwrap(case_key, each, aad) for each in assignment.earlier)


def _earlier_aad(case_id: str, n: int) -> bytes:
    return f"reviewer earlier case key/{case_id}/{n}".encode()


class Grants:
    """What one person may open in this session. Safe to use from several threads; keys and what they opened stay in
    memory only. Every data key is asked for here, so what an assignment must not open (`Trust.refusal`) stays shut."""

    def __init__(self, trust: Trust, keys: PrivateKeys, *, now: Clock = utc_now) -> None:
        self._trust = trust
        self._keys = keys
        self._now = now
        self._lock = threading.Lock()
        self._case_keys: dict[tuple[str, int], bytes] = {}
        self._shown = _Shown()

    def case_key(self, case_id: str) -> bytes:
        """The key of the newest assignment. Raises AccessRefused if not a member any more, or expired."""
        return self._open(self._current(case_id))

    def case_keys(self, case_id: str) -> tuple[bytes, ...]:
        """This and every earlier key of the case that was sealed to this person, newest first, without repeats. Raises
        AccessRefused if not a member any more, or expired: then the earlier ones are shut as well."""
        current = self._current(case_id)
        found = [self._open(current), *open_earlier(current, self._open(current))]
        for assignment in self._trust.history(case_id).good:
            with suppress(AccessRefused):  # not on it then, or under another key of theirs
                found.append(self._open(assignment))
        return tuple(dict.fromkeys(found))

    def data_key(self, case_id: str, recording_id: str) -> bytes:
        """A recording's data key. Raises AccessRefused if it is not part of the case, or the assignment must not open
        it."""
        assignment = self._current(case_id)
        case_key = self._open(assignment)
        assigned = assigned_in(assignment, recording_id)
        refused = self._trust.refusal(assignment, self._trust.newest(recording_id), self._keys.user)
        if refused is not None:
            raise refused
        return _unwrapped(assignment, assigned, case_key)

    def forget(self, case_id: str) -> None:
        """Let go of the keys of a case, and of what they showed."""
        with self._lock:
            for place in [p for p in self._case_keys if p[0] == case_id]:
                del self._case_keys[place]
            self._shown.clear()

    def assignment(self, assignment: Assignment) -> Assignment:
        """With title and reason, for a member; expired or not."""
        with suppress(AccessRefused, MalformedDocument):
            return details.open_assignment(assignment, self._open(assignment))
        return assignments.unopened(assignment)

    def manifests(self, assignment: Assignment, manifests: Iterable[Manifest]) -> tuple[Manifest, ...]:
        """With their details, for those that this assignment opens now; the others show ids."""
        plain = list(manifests)
        try:
            self._check(assignment)
            case_key = self._open(assignment)
        except AccessRefused:
            return tuple(map(recordings.unopened, plain))
        lines = {r.recording_id: r for r in assignment.recordings}
        refused = self._trust.refusals(assignment, plain, self._keys.user)

        def shown(manifest: Manifest) -> Manifest:
            line = lines.get(manifest.recording_id)
            if line is None or manifest.recording_id in refused:
                return recordings.unopened(manifest)
            return self._shown.get(manifest, lambda: _unwrapped(assignment, line, case_key))

        return tuple(map(shown, plain))

    def _current(self, case_id: str) -> Assignment:
        assignment = self._trust.assignment(case_id)
        self._check(assignment)
        return assignment

    def _check(self, assignment: Assignment) -> None:
        """Raises AccessRefused if it has expired, or gives this person a role that the roster does not."""
        who = assignment.issued_by
        if assignment.expires is not None and assignment.expires <= self._now():
            day = format_rfc3339(assignment.expires)[:10]
            raise AccessRefused(f"Your access to {assignment.case_id} ended on {day}.", f"Ask {who} to extend it.")
        member = assignment.member(self._keys.user)
        user = next((u for u in self._trust.roster().users if u.id == self._keys.user), None)
        if member is not None and (user is None or member.role not in user.roles):
            raise AccessRefused(
                f"{assignment.case_id} is yours as {member.role.value}, which the roster does not name you any more.",
                f"Ask {who} to assign it anew.",
            )

    def _open(self, assignment: Assignment) -> bytes:
        with self._lock:
            place = (assignment.case_id, assignment.n)
            if place not in self._case_keys:
                self._case_keys[place] = open_case_key(assignment, self._keys)
            return self._case_keys[place]


class CustodyGrants:
    """What the holder of a custody key may open: everything that was sealed to it. Safe to use from several threads."""

    def __init__(self, trust: Trust, custody: PrivateKeys) -> None:
        self._trust = trust
        self._custody = custody
        self._shown = _Shown()

    def case_key(self, assignment: Assignment) -> bytes:
        """The case key. Raises AccessRefused if it is not sealed to this custody key."""
        return self._from(assignment.custody, "case", assignment.case_id)

    def data_key(self, recording_id: str) -> bytes:
        """A recording's data key. Raises AccessRefused, NotInStore, NotTrusted."""
        return self._from(self._trust.newest(recording_id).sealed_data_keys, "recording", recording_id)

    def whole_track_key(self, whole: CutFrom) -> bytes:
        """The key of the whole file that a track was cut from. Raises AccessRefused."""
        return self._from(whole.sealed_data_keys, "recording", whole.sha256)

    def assignment(self, assignment: Assignment) -> Assignment:
        """With title and reason."""
        with suppress(AccessRefused, MalformedDocument):
            return details.open_assignment(assignment, self.case_key(assignment))
        return assignments.unopened(assignment)

    def manifests(self, _assignment: Assignment | None, manifests: Iterable[Manifest]) -> tuple[Manifest, ...]:
        """With their details, of a case or not."""
        return tuple(map(self.manifest, manifests))

    def manifest(self, manifest: Manifest) -> Manifest:
        """With its details."""
        sealed = manifest.sealed_data_keys
        return self._shown.get(manifest, lambda: self._from(sealed, "recording", manifest.recording_id))

    def _from(self, sealed: Sequence[SealedKey], what: str, id_: str) -> bytes:
        who = self._custody.user
        mine = next((k for k in sealed if k.recipient == who), None)
        if mine is None:
            raise AccessRefused(f"{id_} is not sealed to the custody key {who}.", "Use the custody key of then.")
        return grant.open_sealed(self._custody.sealing, mine.sealed, custody_info(what, id_, who))


class _Shown:
    """Manifests that were opened before. One that `Trust` gives again is the same object, and needs no comparing."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], tuple[Manifest, Manifest]] = {}

    def get(self, manifest: Manifest, key: Callable[[], bytes]) -> Manifest:
        place = (manifest.recording_id, manifest.n)
        asked, shown = self._known.get(place, (None, None))
        if shown is None or asked is not manifest:
            plain = recordings.unopened(manifest)
            shown = _with_details(plain, key)
            if shown is not plain:
                self._known[place] = (manifest, shown)
        return shown

    def clear(self) -> None:
        self._known.clear()


def _with_details(manifest: Manifest, key: Callable[[], bytes]) -> Manifest:
    if manifest.v < details.SEALED:
        return manifest
    with suppress(AccessRefused, MalformedDocument):
        return details.open_manifest(manifest, key())
    return manifest
