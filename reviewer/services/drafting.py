"""Drawing up an assignment: what an order asks for, with the keys that its issuer holds, and who may sign it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from reviewer.audit.note import vkey
from reviewer.domain import assignment as assignments
from reviewer.domain.assignment import AssignedRecording, Assignment, Member, Purpose
from reviewer.domain.codec import encode
from reviewer.domain.errors import AccessRefused, NotTrusted
from reviewer.domain.event import Event
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Role, Roster, User
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.sealing import envelope, grant, stream
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import details
from reviewer.services.clock import Clock
from reviewer.services.grants import (
    CustodyGrants,
    data_key_aad,
    member_info,
    open_case_key,
    open_data_key,
    open_earlier,
    seal_case_to_custody,
    wrap_earlier,
)
from reviewer.services.trust import ISSUERS, Trust

Record = Callable[[Event], Future[Any]]
"""A journal's `record`: the act is in the log, durably, before the document is in the store."""


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


@dataclass(frozen=True, slots=True)
class Draft:
    """`assignment` is open in memory; `restricted` are those of its recordings that need two signatures."""

    assignment: Assignment
    restricted: tuple[str, ...]
    case_key: bytes = field(repr=False)


class Desk:
    """Where an issuer makes assignments: with the keys they hold as a member, or with a custody key."""

    def __init__(self, trust: Trust, issuer: PrivateKeys, custody: PrivateKeys | None, now: Clock) -> None:
        self.trust = trust
        self.roster = trust.refresh()
        self.issuer = issuer
        self.held = None if custody is None else CustodyGrants(trust, custody)
        self.now = now
        check_issuer(self.roster, issuer)

    def draft(self, order: Order, n: int | None = None, case_key: bytes | None = None) -> Draft:
        """The assignment that an order asks for, not signed yet; with this case key, or the one that it has to have."""
        before = next(iter(self.trust.history(order.case_id).good), None)
        manifests = self._manifests(order)
        self._check_training(order, manifests)
        known = None if before is None else self._known_key(before)
        earlier = () if before is None or known is None else (known, *open_earlier(before, known))
        if case_key is None:
            going_on = before is not None and self._goes_on(before, order)
            case_key = self._case_key(before) if before is not None and going_on else stream.new_data_key()
        n = n or self.trust.next_number(f"assignments/{order.case_id}")
        assignment = Assignment(
            case_id=order.case_id,
            n=n,
            title=order.title,
            members=tuple(_member(self.roster, order.case_id, u, r, case_key) for u, r in order.members.items()),
            recordings=tuple(
                AssignedRecording(
                    r, grant.wrap(case_key, self._data_key(r, before), data_key_aad(order.case_id, r)), window
                )
                for r, window in order.recordings.items()
            ),
            purpose=order.purpose,
            reason=order.reason,
            issued_by=self.issuer.user,
            issued_at=self.now(),
            expires=order.expires,
            custody=seal_case_to_custody(self.roster, order.case_id, case_key),
            earlier=wrap_earlier(order.case_id, n, case_key, earlier),
        )
        restricted = tuple(m.recording_id for m in manifests if m.restricted is not None)
        return Draft(details.seal_assignment(assignment, case_key), restricted, case_key)

    def opened(self, case_id: str) -> Assignment:
        """The newest assignment of a case with title and reason. Raises AccessRefused if no key here opens it."""
        newest = self.trust.assignment(case_id)
        return details.open_assignment(newest, self._case_key(newest))

    def without_restricted(self, order: Order) -> Order:
        """The order without its restricted recordings."""
        free = {m.recording_id for m in self._manifests(order) if m.restricted is None}
        return replace(order, recordings={r: window for r, window in order.recordings.items() if r in free})

    def _manifests(self, order: Order) -> list[Manifest]:
        known = {m.recording_id: m for m in self.trust.manifests(order.recordings).good}
        return [known[r] if r in known else self.trust.manifest(r) for r in order.recordings]

    def _check_training(self, order: Order, manifests: Sequence[Manifest]) -> None:
        pupils = [user for user, role in order.members.items() if role is Role.TRAINING]
        if order.purpose is not Purpose.TRAINING and pupils:
            name = name_of(self.roster, pupils[0])
            raise AccessRefused(
                f"{name} sees what is for training only, and this is for {order.purpose.value}.",
                "Assign it to somebody else, or for training.",
            )
        if order.purpose is Purpose.TRAINING:
            for manifest in manifests:
                if not self.trust.released(manifest.recording_id):
                    raise AccessRefused(
                        f"{manifest.recording_id} is not released for training.", "Release it first, or leave it out."
                    )

    def _goes_on(self, before: Assignment, order: Order) -> bool:
        """Whether the case key stays: nobody leaves, and nobody's own key was changed since."""
        users = {u.id: u for u in self.roster.users}
        changed = {id_ for id_, u in users.items() if any(f.until >= before.issued_at for f in u.former)}
        return all(m.user in order.members and m.user not in changed for m in before.members)

    def _case_key(self, before: Assignment) -> bytes:
        if before.member(self.issuer.user) is None and self.held is None:
            raise _no_key(before.case_id)
        with suppress(AccessRefused):
            return open_case_key(before, self.issuer)
        if self.held is None:
            raise _no_key(before.case_id)
        return self.held.case_key(before)

    def _known_key(self, before: Assignment) -> bytes | None:
        with suppress(AccessRefused):
            return self._case_key(before)
        return None

    def _data_key(self, recording_id: str, before: Assignment | None) -> bytes:
        if self.held is not None:
            return self.held.data_key(recording_id)
        known = before is not None and any(r.recording_id == recording_id for r in before.recordings)
        if before is None or not known or before.member(self.issuer.user) is None:
            raise _no_key(recording_id)
        return open_data_key(before, recording_id, open_case_key(before, self.issuer))


def put(trust: Trust, assignment: Assignment, *signers: PrivateKeys) -> Assignment:
    """Sign it and put it, then believe it only as the store gives it back."""
    data = signed(assignment, *signers)
    trust.store.put_if_absent(f"assignments/{assignment.case_id}/{assignment.n}.json", data)
    stored = trust.assignment(assignment.case_id)
    return assignment if assignments.closed(assignment) == assignments.closed(stored) else stored


def signed(assignment: Assignment, first: PrivateKeys, *others: PrivateKeys) -> bytes:
    """The envelope of its closed form: issuer first, then whoever signs too."""
    data = envelope.sign("assignment", encode(assignments.closed(assignment)), first.user, first.signing)
    for other in others:
        data = envelope.add_signature(data, "assignment", other.user, other.signing)
    return data


# -- who may ---------------------------------------------------------------------------------------------------------


def check_issuer(roster: Roster, issuer: PrivateKeys) -> None:
    """Raises NotTrusted for a key that the roster does not name, AccessRefused for who may not assign."""
    user = next((u for u in roster.users if u.id == issuer.user and u.left is None), None)
    if user is None or user.signing_key != vkey(f"{roster.agency}/{user.id}", issuer.public.signing):
        raise NotTrusted(f"The roster does not name {issuer.user} with this key.", "Ask the custodian.")
    if not ISSUERS.intersection(user.roles):
        raise AccessRefused(f"{user.name} may not assign cases.", "Ask a supervisor or a custodian to do it.")


def check_second(roster: Roster, first: str, second: PrivateKeys) -> None:
    check_issuer(roster, second)
    if second.user == first:
        raise AccessRefused("The second signature is another person’s.", "Ask a second supervisor or custodian.")


def user_of(roster: Roster, user_id: str) -> User:
    """Who is named by id, badge or name. Raises NotTrusted if nobody is."""
    user = roster.user(user_id)
    if user is None or user.left is not None:
        raise NotTrusted(f"The roster has no user {user_id}.", "Check the id, or ask for a new roster.")
    return user


def _member(roster: Roster, case_id: str, user_id: str, role: Role, case_key: bytes) -> Member:
    user = next((u for u in roster.users if u.id == user_id and u.left is None), None)
    if user is None:
        raise NotTrusted(f"The roster has no user {user_id}.", "Check the id, or ask for a new roster.")
    if role not in user.roles:
        raise AccessRefused(f"{user.name} is not {role.value} in the roster.", "Choose a role the roster gives.")
    return Member(user.id, role, grant.seal_to(user.sealing_key, case_key, member_info(case_id, user.id)))


def name_of(roster: Roster, user_id: str) -> str:
    return next((u.name for u in roster.users if u.id == user_id), user_id)


def _no_key(what: str) -> AccessRefused:
    return AccessRefused(f"No key here opens {what}.", "Open a custody key: “--custody-key”.")
