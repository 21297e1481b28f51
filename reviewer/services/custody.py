"""Custody: who is on the roster, and who may open which recordings (formats.md, Granting access).

data key ← case key ← member. At ingest each data key is sealed to the custody keys; an assignment wraps it under the
case key, and the case key is sealed to each member. The HPKE `info` and the AES-GCM associated data name the case and
the recipient, so no ciphertext can stand in for another.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.note import raw_public, vkey
from reviewer.domain.assignment import AssignedRecording, Assignment, Member, Purpose
from reviewer.domain.codec import encode
from reviewer.domain.errors import AccessRefused, NotTrusted, ReviewerError
from reviewer.domain.recording import SealedKey
from reviewer.domain.roster import Banner, CustodyKey, Role, Roster, User, Workstation
from reviewer.domain.timebase import TimeRange, Utc, format_rfc3339
from reviewer.sealing import envelope, grant, stream
from reviewer.sealing.keyring import PrivateKeys, PublicKeys
from reviewer.services.clock import Clock, utc_now
from reviewer.services.trust import ISSUERS, ROOT_KEY_ID, Trust
from reviewer.stores.base import Store

_Entry = TypeVar("_Entry", User, Workstation, CustodyKey)

# -- the roster ------------------------------------------------------------------------------------------------------


def root_vkey(agency: str, root: Ed25519PrivateKey) -> str:
    """The one text a workstation is set up with: the agency root's verifier key (C2SP signed note)."""
    return vkey(f"{agency}/root", root.public_key().public_bytes_raw())


def user_entry(agency: str, keys: PublicKeys, name: str, badge: str, roles: Sequence[Role]) -> User:
    """A person's roster entry, from the public halves of their keys."""
    return User(keys.user, name, badge, tuple(roles), vkey(f"{agency}/{keys.user}", keys.signing), keys.sealing)


def station_entry(agency: str, station: str, name: str, key: Ed25519PrivateKey) -> Workstation:
    """A workstation's roster entry."""
    return Workstation(station, name, vkey(f"{agency}/{station}", key.public_key().public_bytes_raw()))


@dataclass(frozen=True, slots=True)
class Agency:
    """What a roster starts from. `name` can stand in a log's origin ("helsinki.example"), `title` is as shown."""

    name: str
    title: str
    banner: Banner


def found_agency(
    store: Store,
    root: Ed25519PrivateKey,
    agency: Agency,
    *,
    users: Sequence[User],
    workstations: Sequence[Workstation],
    custody_keys: Sequence[CustodyKey],
    expires: Utc,
) -> Roster:
    """Make the store and put roster 1 into it, signed by the root. Raises AlreadyInStore when something is there.

    Without a custody key nobody could ever grant access to what is ingested: raises ReviewerError then.
    """
    if not custody_keys:
        raise ReviewerError("An agency needs at least one custody key.", "Make one first: “reviewer key new custody”.")
    roster = Roster(
        agency=agency.name,
        title=agency.title,
        version=1,
        expires=expires,
        users=tuple(users),
        workstations=tuple(workstations),
        custody_keys=tuple(custody_keys),
        banner=agency.banner,
    )
    store.create()
    _put_roster(store, root, roster)
    return roster


def amend_roster(
    trust: Trust,
    root: Ed25519PrivateKey,
    *,
    users: Sequence[User] = (),
    workstations: Sequence[Workstation] = (),
    custody_keys: Sequence[CustodyKey] = (),
    expires: Utc | None = None,
) -> Roster:
    """The next roster version with these entries added, or put in place of those with the same id."""
    if raw_public(trust.root) != root.public_key().public_bytes_raw():
        raise NotTrusted("This is not the root key that this machine trusts.", "Use the agency’s own root key.")
    old = trust.refresh()
    roster = replace(
        old,
        version=old.version + 1,
        expires=expires or old.expires,
        users=_merged(old.users, users),
        workstations=_merged(old.workstations, workstations),
        custody_keys=_merged(old.custody_keys, custody_keys),
    )
    _put_roster(trust.store, root, roster)
    return trust.refresh()


def _merged(old: Sequence[_Entry], new: Sequence[_Entry]) -> tuple[_Entry, ...]:
    by_id: dict[str, _Entry] = {}
    for entry in itertools.chain(old, new):
        by_id[entry.id] = entry
    return tuple(by_id.values())


def _put_roster(store: Store, root: Ed25519PrivateKey, roster: Roster) -> None:
    store.put_if_absent(f"roster/{roster.version}.json", envelope.sign("roster", encode(roster), ROOT_KEY_ID, root))


# -- keys at ingest --------------------------------------------------------------------------------------------------


def seal_to_custody(roster: Roster, recording_id: str, data_key: bytes) -> tuple[SealedKey, ...]:
    """A new recording's data key, sealed to every custody key of the roster."""
    return tuple(
        SealedKey(k.id, grant.seal_to(k.sealing_key, data_key, _custody_info("recording", recording_id, k.id)))
        for k in roster.custody_keys
    )


# -- assignments -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """What an assignment should say. `members` maps user ids to the role they have on this case; `recordings` maps
    recording ids to the stretch that matters (None: all of it)."""

    case_id: str
    title: str
    members: Mapping[str, Role]
    recordings: Mapping[str, TimeRange | None]
    purpose: Purpose
    reason: str
    expires: Utc | None = None


def assign(
    trust: Trust, order: Order, issuer: PrivateKeys, custody: PrivateKeys | None = None, *, now: Clock = utc_now
) -> Assignment:
    """Sign and put the next assignment of a case; the order replaces what the one before it said.
    A document there that cannot be believed is as if it were not there, but keeps its number.

    The case key goes on while nobody is taken off; whoever leaves makes a new one for what follows. The issuer opens
    keys as a member of the case so far, or with a custody key (`custody`, whose `user` is the custody key's id).
    Raises AccessRefused if the issuer may not assign or cannot open a key, NotInStore for an unknown recording.
    """
    roster = trust.refresh()
    _check_issuer(roster, issuer)
    before = next(iter(trust.history(order.case_id).good), None)
    keys = _Keys(trust, issuer, custody, before)
    going_on = before is not None and all(m.user in order.members for m in before.members)
    case_key = keys.case_key() if going_on else stream.new_data_key()
    assignment = Assignment(
        case_id=order.case_id,
        n=trust.next_number(f"assignments/{order.case_id}"),
        title=order.title,
        members=tuple(_member(roster, order.case_id, user, role, case_key) for user, role in order.members.items()),
        recordings=tuple(
            AssignedRecording(r, grant.wrap(case_key, keys.data_key(r), _data_key_aad(order.case_id, r)), window)
            for r, window in order.recordings.items()
        ),
        purpose=order.purpose,
        reason=order.reason,
        issued_by=issuer.user,
        issued_at=now(),
        expires=order.expires,
        custody=tuple(
            SealedKey(k.id, grant.seal_to(k.sealing_key, case_key, _custody_info("case", order.case_id, k.id)))
            for k in roster.custody_keys
        ),
    )
    data = envelope.sign("assignment", encode(assignment), issuer.user, issuer.signing)
    trust.store.put_if_absent(f"assignments/{order.case_id}/{assignment.n}.json", data)
    return trust.assignment(order.case_id)


def _check_issuer(roster: Roster, issuer: PrivateKeys) -> None:
    user = roster.user(issuer.user)
    if user is None or user.signing_key != vkey(f"{roster.agency}/{user.id}", issuer.public.signing):
        raise NotTrusted(f"The roster does not name {issuer.user} with this key.", "Ask the custodian.")
    if not ISSUERS.intersection(user.roles):
        raise AccessRefused(f"{user.name} may not assign cases.", "Ask a supervisor or a custodian to do it.")


def _member(roster: Roster, case_id: str, user_id: str, role: Role, case_key: bytes) -> Member:
    user = next((u for u in roster.users if u.id == user_id), None)
    if user is None:
        raise NotTrusted(f"The roster has no user {user_id}.", "Check the id, or ask for a new roster.")
    if role not in user.roles:
        raise AccessRefused(f"{user.name} is not {role.value} in the roster.", "Choose a role the roster gives.")
    return Member(user.id, role, grant.seal_to(user.sealing_key, case_key, _member_info(case_id, user.id)))


class _Keys:
    """What the issuer can open: as a member of the assignment before this one, or with a custody key."""

    def __init__(
        self, trust: Trust, issuer: PrivateKeys, custody: PrivateKeys | None, before: Assignment | None
    ) -> None:
        self._trust = trust
        self._issuer = issuer
        self._custody = custody
        self._before = before

    def case_key(self) -> bytes:
        before = self._before
        if before is None:
            raise _no_key("this case")
        if before.member(self._issuer.user) is not None:
            return open_case_key(before, self._issuer)
        return self._from_custody(before.custody, "case", before.case_id)

    def data_key(self, recording_id: str) -> bytes:
        manifest = self._trust.manifest(recording_id)
        if self._custody is not None:
            return self._from_custody(manifest.sealed_data_keys, "recording", recording_id)
        before = self._before
        known = before is not None and any(r.recording_id == recording_id for r in before.recordings)
        if before is None or not known or before.member(self._issuer.user) is None:
            raise _no_key(recording_id)
        return open_data_key(before, recording_id, open_case_key(before, self._issuer))

    def _from_custody(self, sealed: Sequence[SealedKey], what: str, id_: str) -> bytes:
        custody = self._custody
        if custody is None:
            raise _no_key(id_)
        mine = next((k for k in sealed if k.recipient == custody.user), None)
        if mine is None:
            raise AccessRefused(
                f"{id_} is not sealed to the custody key {custody.user}.", "Use the custody key of then."
            )
        return grant.open_sealed(custody.sealing, mine.sealed, _custody_info(what, id_, custody.user))


# -- opening ---------------------------------------------------------------------------------------------------------


def open_case_key(assignment: Assignment, keys: PrivateKeys) -> bytes:
    """The case key, for a member. Raises AccessRefused for anybody else."""
    member = assignment.member(keys.user)
    if member is None:
        raise AccessRefused(
            f"{assignment.case_id} is not assigned to you.", f"Ask {assignment.issued_by}, who assigned it."
        )
    return grant.open_sealed(keys.sealing, member.sealed_case_key, _member_info(assignment.case_id, keys.user))


def open_data_key(assignment: Assignment, recording_id: str, case_key: bytes) -> bytes:
    """A recording's data key. Raises AccessRefused if the recording is not part of the assignment."""
    assigned = next((r for r in assignment.recordings if r.recording_id == recording_id), None)
    if assigned is None:
        raise AccessRefused(
            f"{recording_id} is not part of {assignment.case_id}.", f"Ask {assignment.issued_by}, who assigned it."
        )
    return grant.unwrap(case_key, assigned.sealed_data_key, _data_key_aad(assignment.case_id, recording_id))


class Grants:
    """What one person may open in this session. Safe to use from several threads; keys stay in memory only."""

    def __init__(self, trust: Trust, keys: PrivateKeys, *, now: Clock = utc_now) -> None:
        self._trust = trust
        self._keys = keys
        self._now = now
        self._lock = threading.Lock()
        self._case_keys: dict[tuple[str, int], bytes] = {}

    def case_key(self, case_id: str) -> bytes:
        """The key of the newest assignment. Raises AccessRefused if not a member any more, or expired."""
        return self._open(self._current(case_id))

    def case_keys(self, case_id: str) -> tuple[bytes, ...]:
        """This and every earlier key of the case that was sealed to this person, newest first, without repeats."""
        self._current(case_id)
        mine = (a for a in self._trust.history(case_id).good if a.member(self._keys.user) is not None)
        return tuple(dict.fromkeys(self._open(a) for a in mine))

    def data_key(self, case_id: str, recording_id: str) -> bytes:
        """A recording's data key. Raises AccessRefused if it is not part of the case."""
        assignment = self._current(case_id)
        return open_data_key(assignment, recording_id, self._open(assignment))

    def _current(self, case_id: str) -> Assignment:
        assignment = self._trust.assignment(case_id)
        if assignment.expires is not None and assignment.expires <= self._now():
            day = format_rfc3339(assignment.expires)[:10]
            raise AccessRefused(
                f"Your access to {case_id} ended on {day}.", f"Ask {assignment.issued_by} to extend it."
            )
        return assignment

    def _open(self, assignment: Assignment) -> bytes:
        with self._lock:
            place = (assignment.case_id, assignment.n)
            if place not in self._case_keys:
                self._case_keys[place] = open_case_key(assignment, self._keys)
            return self._case_keys[place]


def _no_key(what: str) -> AccessRefused:
    return AccessRefused(f"No key here opens {what}.", "Open a custody key: “--custody-key”.")


def _member_info(case_id: str, user_id: str) -> bytes:
    return f"reviewer case key/{case_id}/{user_id}".encode()


def _custody_info(what: str, id_: str, custody_key: str) -> bytes:
    return f"reviewer custody {what}/{id_}/{custody_key}".encode()


def _data_key_aad(case_id: str, recording_id: str) -> bytes:
    return f"reviewer data key/{case_id}/{recording_id}".encode()
