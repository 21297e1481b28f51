"""The roster's verbs: who is on it, with which roles and keys. Each makes the next version, which the root signs.

Whoever leaves keeps an entry without roles, so that what was signed keeps its name, and the roster names the documents
that were signed while it counted (`FormerKey`): an old key cannot sign anything more and date it back.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.note import raw_public, vkey
from reviewer.domain.acts import RosterSigned
from reviewer.domain.agency import Tables
from reviewer.domain.assignment import Purpose
from reviewer.domain.codec import encode
from reviewer.domain.errors import NotTrusted, ReviewerError
from reviewer.domain.roster import (
    Banner,
    CustodyKey,
    FormerKey,
    Role,
    Roster,
    User,
    ViewReason,
    WitnessPolicy,
    Workstation,
)
from reviewer.domain.timebase import Utc
from reviewer.sealing import envelope
from reviewer.sealing.keyring import PublicKeys
from reviewer.services.clock import Clock, utc_now
from reviewer.services.drafting import Record
from reviewer.services.trust import ISSUERS, ROOT_KEY_ID, Trust
from reviewer.stores.base import Store

_Entry = TypeVar("_Entry", User, Workstation, CustodyKey)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){0,8}")
_EVERYWHERE = frozenset((*Purpose, "other"))


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
    policy: WitnessPolicy | None = None,
    tables: Tables | None = None,
) -> Roster:
    """Make the store and put roster 1 into it, signed by the root; `tables` are the agency's own words, if it has any.
    Raises AlreadyInStore when something is there.

    Without a custody key nobody could ever grant access to what is ingested: raises ReviewerError then.
    """
    if not custody_keys:
        raise ReviewerError("An agency needs at least one custody key.", "Make one first: “reviewer key new custody”.")
    policy = policy or WitnessPolicy()
    roster = Roster(
        witnesses=policy.witnesses,
        quorum=policy.quorum,
        warn_after=policy.warn_after,
        stop_after=policy.stop_after,
        agency=agency.name,
        title=agency.title,
        version=1,
        expires=expires,
        users=tuple(users),
        workstations=tuple(workstations),
        custody_keys=tuple(custody_keys),
        banner=agency.banner,
        tables=tables,
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
    reasons: Sequence[ViewReason] | None = None,
    policy: WitnessPolicy | None = None,
    expires: Utc | None = None,
    tables: Tables | None = None,
    what: str = "",
    record: Record | None = None,
) -> Roster:
    """The next roster version with these entries added, or put in place of those with the same id; `reasons`, if
    given, are all that are offered from now on, `policy` all that it says about witnesses, `tables` the agency's. With
    `record` it is an entry first, which says `what` changes."""
    if raw_public(trust.root) != root.public_key().public_bytes_raw():
        raise NotTrusted("This is not the root key that this machine trusts.", "Use the agency’s own root key.")
    old = trust.refresh()
    policy = policy or old.policy
    roster = replace(
        old,
        witnesses=policy.witnesses,
        quorum=policy.quorum,
        warn_after=policy.warn_after,
        stop_after=policy.stop_after,
        version=old.version + 1,
        expires=expires or old.expires,
        reasons=old.reasons if reasons is None else tuple(reasons),
        tables=old.tables if tables is None else tables,
        users=_merged(old.users, users),
        workstations=_merged(old.workstations, workstations),
        custody_keys=_merged(old.custody_keys, custody_keys),
    )
    if record is not None:
        record(RosterSigned(roster.version, what)).result()
    _put_roster(trust.store, root, roster)
    return trust.refresh()


def offer_reason(trust: Trust, root: Ed25519PrivateKey, reason: ViewReason, *, record: Record | None = None) -> Roster:
    """The next roster offers this reason for viewing, in the place of one with the same value. Raises ReviewerError for
    a value that is none or that every case has already, and for empty words."""
    if not _SLUG.fullmatch(reason.value):
        raise ReviewerError(
            f"“{reason.value}” cannot stand in the log as a reason.",
            "Use small letters, digits and hyphens: “use-of-force-review”.",
        )
    if reason.value in _EVERYWHERE:
        raise ReviewerError(f"“{reason.value}” is offered with every case.", "Choose another value.")
    if not reason.words.strip():
        raise ReviewerError("A reason needs words for the screen.", "Say it with --words.")
    known = {each.value: each for each in trust.refresh().reasons} | {reason.value: reason}
    what = f"Reason “{reason.words}” ({reason.value}) offered."
    return amend_roster(trust, root, reasons=tuple(known.values()), what=what, record=record)


def withdraw_reason(trust: Trust, root: Ed25519PrivateKey, value: str, *, record: Record | None = None) -> Roster:
    """The next roster offers this reason no more. Raises ReviewerError if it did not."""
    old = trust.refresh().reasons
    left = tuple(each for each in old if each.value != value)
    if len(left) == len(old):
        offered = ", ".join(each.value for each in old) or "none"
        raise ReviewerError(f"“{value}” is not offered.", f"These are: {offered}.")
    return amend_roster(trust, root, reasons=left, what=f"Reason {value} offered no more.", record=record)


def _merged(old: Sequence[_Entry], new: Sequence[_Entry]) -> tuple[_Entry, ...]:
    by_id: dict[str, _Entry] = {}
    for entry in itertools.chain(old, new):
        by_id[entry.id] = entry
    return tuple(by_id.values())


def _put_roster(store: Store, root: Ed25519PrivateKey, roster: Roster) -> None:
    store.put_if_absent(f"roster/{roster.version}.json", envelope.sign("roster", encode(roster), ROOT_KEY_ID, root))


# -- people ----------------------------------------------------------------------------------------------------------


def named(user: User, id_: str) -> User:
    """The entry, if its key is this person's. Raises ReviewerError."""
    if user.id != id_:
        raise ReviewerError(f"The key of {id_} in that file is {user.id}’s.", "Name the right key file.")
    return user


def newcomers(roster: Roster, users: Sequence[User]) -> list[User]:
    """People who are to be added, as the roster goes on with those that had left. Raises ReviewerError for somebody who
    is on it: what they signed would lose its name."""
    known = {u.id: u for u in roster.users}
    found = []
    for user in users:
        old = known.get(user.id)
        if old is not None and old.left is None:
            raise ReviewerError(
                f"The roster names {user.id} already.", "“reviewer user roles” and “user rotate” change an entry."
            )
        if old is not None:
            epoch = old.epoch + (old.signing_key != user.signing_key)
            user = replace(user, epoch=epoch, former=old.former)
        found.append(user)
    return found


def remove_user(
    trust: Trust, root: Ed25519PrivateKey, user_id: str, *, record: Record | None = None, now: Clock = utc_now
) -> Roster:
    """Take a person off the roster: no log-on, no new grant, no signature that counts from now on. Cases they assigned
    go on. Raises ReviewerError if the roster does not name them."""
    roster = trust.refresh()
    user, at = _named(roster, user_id), now()
    gone = replace(retired(trust, user, at), roles=(), left=at)
    return amend_roster(trust, root, users=[gone], what=f"{user.name} ({user.id}) has left.", record=record)


def change_roles(
    trust: Trust,
    root: Ed25519PrivateKey,
    user_id: str,
    roles: Sequence[Role],
    *,
    record: Record | None = None,
    now: Clock = utc_now,
) -> Roster:
    """Give a person other roles. What they assigned while they could goes on; cases they are on in a role that is gone
    are shut to them until somebody assigns them anew."""
    if not roles:
        raise ReviewerError("A person without a role can do nothing.", "Name a role, or take them off the roster.")
    user = _named(trust.refresh(), user_id)
    loses = ISSUERS.intersection(user.roles) and not ISSUERS.intersection(roles)
    kept = retired(trust, user, now()) if loses else user
    what = f"{user.name} ({user.id}) is {', '.join(roles)} now."
    return amend_roster(trust, root, users=[replace(kept, roles=tuple(roles))], what=what, record=record)


def rotate_keys(
    trust: Trust, root: Ed25519PrivateKey, keys: PublicKeys, *, record: Record | None = None, now: Clock = utc_now
) -> Roster:
    """Give a person new keys: the old one's documents and logs stay good, new logs begin under the next epoch. Cases
    have to be assigned anew, as their keys were sealed to the old one."""
    roster = trust.refresh()
    user = _named(roster, keys.user)
    if raw_public(user.signing_key) == keys.signing:
        raise ReviewerError(f"The roster has this key of {user.name} already.", "Make new keys first.")
    new = user_entry(roster.agency, keys, user.name, user.badge, user.roles)
    kept = retired(trust, user, now())
    new = replace(new, epoch=user.epoch + 1, former=kept.former)
    return amend_roster(trust, root, users=[new], what=f"{user.name} ({user.id}) has new keys.", record=record)


def _named(roster: Roster, user_id: str) -> User:
    user = roster.user(user_id)
    if user is None or user.left is not None:
        raise ReviewerError(f"The roster has no {user_id}.", "Check the id; “reviewer user list” names everybody.")
    return user


def retired(trust: Trust, user: User, at: Utc) -> User:
    """The same with this key among the former ones, and with what it signed so far."""
    signed = tuple(sorted(_signed_by(trust, user)))
    former = FormerKey(user.signing_key, at, user.epoch, signed)
    older = tuple(f for f in user.former if (f.signing_key, f.epoch) != (user.signing_key, user.epoch))
    mine = [f for f in user.former if f not in older]
    documents = tuple(sorted({*signed, *itertools.chain.from_iterable(f.documents for f in mine)}))
    return replace(user, former=(*older, replace(former, documents=documents)))


def _signed_by(trust: Trust, user: User) -> Iterable[str]:
    """The SHA-256 of every document in the store that stands on this person's signature now."""
    for prefix in ("assignments", "releases"):
        for paths in trust.documents(prefix).values():
            for path in paths:
                if user.id in trust.signed_by(path):
                    yield hashlib.sha256(trust.store.get(path)).hexdigest()
