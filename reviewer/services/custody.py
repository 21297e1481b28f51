"""Custody: who may open which recordings, and what becomes of it (formats.md, Granting access).

Each verb signs a document and puts it into the store; with `record` (a session's `journal.record`) the act is durable
in the person's own log before it has an effect. Taking somebody off makes a new case key: what follows is shut to them,
what they had they may have kept, and `Change` says so. Restricted recordings need a second person's signature over the
same bytes; until it is there the document waits, sealed to those who may sign it (`pending`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reviewer.domain.acts import Assigned, HandedOver, ReleasedForTraining, TakenOff
from reviewer.domain.assignment import Assignment, Member, Pending, Release
from reviewer.domain.codec import encode
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.roster import Role
from reviewer.sealing import envelope
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.clock import Clock, utc_now
from reviewer.services.countersigning import countersign, pending, put_pending, waiting_order
from reviewer.services.drafting import Desk, Order, Record, check_issuer, check_second, name_of, put, user_of
from reviewer.services.grants import CustodyGrants, Grants, Opener, open_case_key, open_data_key, seal_to_custody
from reviewer.services.roster import (
    Agency,
    amend_roster,
    change_roles,
    found_agency,
    named,
    newcomers,
    offer_reason,
    remove_user,
    root_vkey,
    rotate_keys,
    station_entry,
    user_entry,
    withdraw_reason,
)
from reviewer.services.trust import Trust

__all__ = [
    "Agency",
    "Change",
    "CustodyGrants",
    "Grants",
    "NeedsSecond",
    "Opener",
    "Order",
    "Record",
    "amend_roster",
    "assign",
    "change_roles",
    "countersign",
    "found_agency",
    "hand_over",
    "named",
    "newcomers",
    "offer_reason",
    "open_case_key",
    "open_data_key",
    "pending",
    "propose",
    "release_for_training",
    "remove_user",
    "root_vkey",
    "rotate_keys",
    "seal_to_custody",
    "station_entry",
    "take_off",
    "user_entry",
    "waiting_order",
    "withdraw_reason",
]


class NeedsSecond(AccessRefused):
    """A restricted recording in an assignment that one person signs."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a case when somebody was taken off. `had` are the recordings that person could open; `waiting` is
    what needs a second signature before the others get their restricted recordings back."""

    assignment: Assignment
    name: str
    had: tuple[str, ...]
    waiting: Pending | None = None

    @property
    def words(self) -> str:
        """What happened, plainly: also what cannot be taken back."""
        count = "1 recording" if len(self.had) == 1 else f"{len(self.had)} recordings"
        said = (
            f"{self.name} is off {self.assignment.case_id}: what is added or written from now on is under a new key, "
            f"which they do not have. What they had ({count}) they may have kept, and their key of then opens it."
        )
        if self.waiting is None:
            return said
        return f"{said} Restricted recordings are shut to everybody until a second person signs."


# -- assigning -------------------------------------------------------------------------------------------------------


def assign(
    trust: Trust,
    order: Order,
    issuer: PrivateKeys,
    custody: PrivateKeys | None = None,
    *,
    second: PrivateKeys | None = None,
    record: Record | None = None,
    now: Clock = utc_now,
) -> Assignment:
    """Sign and put the next assignment of a case; the order replaces what the one before it said.
    A document there that cannot be believed is as if it were not there, but keeps its number.

    The case key goes on while nobody is taken off and nobody's own key changed; else there is a new one for what
    follows, which opens the earlier ones. The issuer opens keys as a member of the case so far, or with a custody key
    (`custody`, whose `user` is the custody key's id).
    `second` signs too: NeedsSecond if something is restricted and nobody does (`propose` lets it wait).
    Raises AccessRefused if the issuer may not assign or cannot open a key, or a recording is not released for training;
    NotInStore for an unknown recording.
    """
    draft = Desk(trust, issuer, custody, now).draft(order)
    if draft.restricted and second is None:
        raise NeedsSecond(
            f"{draft.restricted[0]} is restricted: a second person has to sign.",
            "Name a second supervisor or custodian, or let it wait for one.",
        )
    if second is not None:
        check_second(trust.roster(), issuer.user, second)
    if record is not None:
        record(_assigned(draft.assignment, order, second.user if second else "")).result()
    return put(trust, draft.assignment, issuer, *([second] if second else []))


def propose(
    trust: Trust,
    order: Order,
    issuer: PrivateKeys,
    custody: PrivateKeys | None = None,
    *,
    record: Record | None = None,
    now: Clock = utc_now,
) -> Pending:
    """The same, to wait for a second person's signature. Nobody can open anything through it before that."""
    desk = Desk(trust, issuer, custody, now)
    n = max(trust.next_number(f"assignments/{order.case_id}"), trust.next_number(f"pending/{order.case_id}"))
    draft = desk.draft(order, n)
    if record is not None:
        record(replace(_assigned(draft.assignment, order, ""), waiting=True)).result()
    return put_pending(trust, draft.assignment, issuer)


def _assigned(assignment: Assignment, order: Order, second: str) -> Assigned:
    return Assigned(
        case=assignment.case_id,
        n=assignment.n,
        title=order.title,
        members=tuple(f"{user} ({role.value})" for user, role in order.members.items()),
        recordings=tuple(order.recordings),
        purpose=order.purpose.value,
        reason=order.reason,
        expires=order.expires,
        second=second,
    )


# -- taking off, handing over ----------------------------------------------------------------------------------------


def take_off(
    trust: Trust,
    case_id: str,
    user_id: str,
    issuer: PrivateKeys,
    reason: str,
    custody: PrivateKeys | None = None,
    *,
    second: PrivateKeys | None = None,
    record: Record | None = None,
    now: Clock = utc_now,
) -> Change:
    """Take a person off a case, at once. Restricted recordings wait for a second signature if `second` is not here.
    Raises AccessRefused as `assign` does, and if the person is not on the case."""
    desk = Desk(trust, issuer, custody, now)
    before, member = _on(desk, case_id, user_id)
    order = _order_of(before, {m.user: m.role for m in before.members if m.user != member.user})
    event = TakenOff(case_id, member.user, reason)
    return _changed(desk, before, order, member, event, second, record)


def hand_over(
    trust: Trust,
    case_id: str,
    from_: str,
    to: str,
    issuer: PrivateKeys,
    reason: str,
    custody: PrivateKeys | None = None,
    *,
    second: PrivateKeys | None = None,
    record: Record | None = None,
    now: Clock = utc_now,
) -> Change:
    """Put one person in the place of another, in the same role; else as `take_off`."""
    desk = Desk(trust, issuer, custody, now)
    before, member = _on(desk, case_id, from_)
    heir = user_of(desk.roster, to)
    if before.member(heir.id) is not None:
        raise ReviewerError(f"{heir.name} is on {case_id} already.", "Take the other person off instead.")
    order = _order_of(before, {heir.id if m.user == member.user else m.user: m.role for m in before.members})
    event = HandedOver(case_id, member.user, heir.id, reason)
    return _changed(desk, before, order, member, event, second, record)


def _on(desk: Desk, case_id: str, named: str) -> tuple[Assignment, Member]:
    before = desk.opened(case_id)
    user = desk.roster.user(named)
    member = before.member(user.id if user is not None else named)
    if member is None:
        raise AccessRefused(f"{named} is not on {case_id}.", "Check the id; “reviewer assign list” names everybody.")
    return before, member


def _order_of(before: Assignment, members: Mapping[str, Role]) -> Order:
    windows = {r.recording_id: r.window for r in before.recordings}
    return Order(before.case_id, before.title, members, windows, before.purpose, before.reason, before.expires)


def _changed(
    desk: Desk,
    before: Assignment,
    order: Order,
    member: Member,
    event: Event,
    second: PrivateKeys | None,
    record: Record | None,
) -> Change:
    trust, issuer = desk.trust, desk.issuer
    draft = desk.draft(order)
    waits = bool(draft.restricted) and second is None
    if second is not None:
        check_second(desk.roster, issuer.user, second)
    whole = desk.draft(order, draft.assignment.n + 1, draft.case_key) if waits else None
    if waits:
        draft = desk.draft(desk.without_restricted(order), case_key=draft.case_key)
    if record is not None:
        record(event).result()
    made = put(trust, draft.assignment, issuer, *([second] if second else []))
    waiting = None if whole is None else put_pending(trust, whole.assignment, issuer)
    return Change(made, name_of(desk.roster, member.user), tuple(r.recording_id for r in before.recordings), waiting)


# -- training --------------------------------------------------------------------------------------------------------


def release_for_training(
    trust: Trust,
    recordings: Sequence[str],
    issuer: PrivateKeys,
    *,
    released: bool = True,
    reason: str = "",
    record: Record | None = None,
    now: Clock = utc_now,
) -> tuple[Release, ...]:
    """Say of each recording that it may be used for training, or (`released` False) no longer. The reason stands in the
    log only. Raises AccessRefused if the issuer may not, NotInStore for an unknown recording."""
    check_issuer(trust.refresh(), issuer)
    known = {m.recording_id for m in trust.manifests(recordings).good}
    made = []
    for recording in dict.fromkeys(recordings):
        if recording not in known:
            trust.manifest(recording)  # says why not
        n = trust.next_number(f"releases/{recording}")
        release = Release(recording, n, issuer.user, now(), released)
        if record is not None:
            record(ReleasedForTraining(recording, n, released, reason)).result()
        data = envelope.sign("release", encode(release), issuer.user, issuer.signing)
        trust.store.put_if_absent(f"releases/{recording}/{n}.json", data)
        made.append(release)
    return tuple(made)
