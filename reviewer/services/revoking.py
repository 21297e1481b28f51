"""A key that somebody else has, and a key that is lost: how far the old logs count, and how the new ones begin.

A stolen key is revoked by the roster, at the size that each of its logs had been published with: what comes after was
signed by who knows whom. A lost one needs no such end. Either way new logs begin under the next epoch, and their first
entry names the last known checkpoint of the old ones, so that nobody can take those away without a trace.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.errors import AuditError
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Checkpoint, Verifier, verify_note
from reviewer.audit.tiles import CHECKPOINT, checkpoint_path
from reviewer.domain.errors import NotInStore, NotTrusted, ReviewerError, StoreUnreachable
from reviewer.domain.events import LogName
from reviewer.domain.machine_acts import EpochBegun, FormerLog
from reviewer.domain.roster import FormerKey, LogSize, Roster, User
from reviewer.records.database import open_reader
from reviewer.sealing.keyring import PublicKeys
from reviewer.services.clock import Clock, utc_now
from reviewer.services.drafting import Record
from reviewer.services.journal import origin_of
from reviewer.services.logkeys import LOGS, verifier_of
from reviewer.services.publish import EarlierLog
from reviewer.services.roster import amend_roster, retired, user_entry
from reviewer.services.trust import Trust
from reviewer.stores.base import Store


def revoke_key(
    trust: Trust,
    root: Ed25519PrivateKey,
    user_id: str,
    *,
    epoch: int | None = None,
    keys: PublicKeys | None = None,
    up_to: Mapping[str, int] | None = None,
    record: Record | None = None,
    now: Clock = utc_now,
) -> tuple[Roster, tuple[LogSize, ...]]:
    """Revoke a person's key (that of an `epoch`, else the present one) at the sizes that its logs are published with,
    or for the logs in `up_to` at a smaller one that was published once. With `keys` they have new ones at once;
    without, whoever loses the present key is off the roster until they have ("user add"). Gives the roster and the
    sizes. Raises ReviewerError, StoreUnreachable, NotTrusted."""
    roster = trust.refresh()
    user = next((u for u in roster.users if u.id == user_id), None)
    if user is None:
        raise ReviewerError(f"The roster has no {user_id}.", "Check the id; “reviewer user list” names everybody.")
    which = user.epoch if epoch is None else epoch
    sizes = tuple(_sizes(trust.store, roster, user, which, dict(up_to or {})))
    changed = _revoked(trust, user, which, sizes, now)
    if which == user.epoch and keys is not None:
        new = user_entry(roster.agency, keys, user.name, user.badge, user.roles)
        if new.signing_key == user.signing_key:
            raise ReviewerError(f"This is the key of {user.name} that is to be revoked.", "Make new keys first.")
        changed = replace(new, epoch=user.epoch + 1, former=changed.former)
    elif which == user.epoch:
        changed = replace(changed, roles=(), left=changed.left or now())
    ends = ", ".join(f"{size.origin} at {size.size}" for size in sizes) or "no log"
    what = f"Key {which} of {user.name} ({user.id}) is revoked: {ends}."
    return amend_roster(trust, root, users=[changed], what=what, record=record), sizes


def _revoked(trust: Trust, user: User, epoch: int, sizes: tuple[LogSize, ...], now: Clock) -> User:
    """The same with that key among the former ones, and its sizes."""
    kept = retired(trust, user, now()) if epoch == user.epoch and user.left is None else user
    if epoch not in {f.epoch for f in kept.former}:
        raise ReviewerError(f"{user.name} never had a key {epoch}.", "“reviewer user list” names everybody.")

    def ends(former: FormerKey) -> FormerKey:
        return replace(former, sizes=sizes) if former.epoch == epoch else former

    return replace(kept, former=tuple(ends(former) for former in kept.former))


def _sizes(store: Store, roster: Roster, user: User, epoch: int, up_to: dict[str, int]) -> Iterator[LogSize]:
    """How far each log of this key is published. Raises ReviewerError for a size that never was."""
    for station in roster.workstations:
        for name in LogName:
            origin = origin_of(roster.agency, station.id, user.id, name, epoch)
            size = up_to.pop(origin, None)
            head = _published(store, roster, origin, CHECKPOINT if size is None else checkpoint_path(size))
            if head is not None:
                yield LogSize(origin, head.size, head.root.hex())
            elif size:
                raise ReviewerError(
                    f"{origin} was never published with {size} entries.",
                    f"The sizes that it had lie in {LOGS}/{origin}/checkpoints.",
                )
    if up_to:
        raise ReviewerError(f"{next(iter(up_to))} is no log of this key.", "“reviewer log keys” names all logs.")


def _published(store: Store, roster: Roster, origin: str, path: str) -> Checkpoint | None:
    """A published checkpoint of a log, None if there is none. Raises NotTrusted if it is not the log's own."""
    try:
        note = store.get(f"{LOGS}/{origin}/{path}")
    except NotInStore:
        return None
    key = verifier_of(origin, roster)
    try:
        found = Checkpoint.from_text(verify_note(note, [key] if key is not None else [])[0])
    except AuditError as wrong:
        raise NotTrusted(f"The published checkpoint of {origin} is not its own.", "Check the store first.") from wrong
    return found if found.origin == origin else None


# -- the first entry under a new key -----------------------------------------------------------------------------------


def epoch_begun(records: Path, trust: Trust, user: User, station: str) -> EpochBegun | None:
    """What the first entry of new logs says; None for a first key, and where these logs have begun already. A store
    that does not answer is gone without: what is known here is named then."""
    roster = trust.roster()
    if user.epoch == 1:
        return None
    with closing(open_reader(records)) as conn:
        if origin_of(roster.agency, station, user.id, LogName.ACCESS, user.epoch) in SqliteLog.origins(conn):
            return None
        known = (_former(conn, trust.store, roster, user, station, name) for name in LogName)
        return EpochBegun(user.id, user.epoch, tuple(former for former in known if former is not None))


def former_logs(records: Path, roster: Roster, own: Iterable[str]) -> tuple[EarlierLog, ...]:
    """The logs here, beside one's `own`, that somebody's former key signed and that still may grow in the store: not
    those of a revoked key, of which the roster says how far they count."""
    mine = set(own)
    with closing(open_reader(records)) as conn:
        others = [each for each in SqliteLog.origins(conn) if each not in mine and roster.limit(each) is None]
    known = ((origin, verifier_of(origin, roster)) for origin in others)
    return tuple(EarlierLog(origin, verifier) for origin, verifier in known if verifier is not None)


def _former(
    conn: sqlite3.Connection, store: Store, roster: Roster, user: User, station: str, name: LogName
) -> FormerLog | None:
    """The last known of a person's earlier logs of this name at this workstation."""
    for epoch in range(user.epoch - 1, 0, -1):
        origin = origin_of(roster.agency, station, user.id, name, epoch)
        limit = roster.limit(origin)
        known = FormerLog(origin, limit.size, limit.root, True) if limit else _known(conn, store, roster, origin)
        if known is not None and known.size:
            return known
    return None


def _known(conn: sqlite3.Connection, store: Store, roster: Roster, origin: str) -> FormerLog | None:
    """How far it reaches here, if what is published is its beginning; else how far it is published."""
    try:
        head = _published(store, roster, origin, CHECKPOINT)
    except (StoreUnreachable, NotTrusted):
        head = None
    key = verifier_of(origin, roster)
    here = SqliteLog.read(conn, origin, key) if key and origin in SqliteLog.origins(conn) else None
    if here is not None and _goes_on(here, key, head):
        return FormerLog(origin, here.size, here.root.hex(), head is not None and head.size == here.size)
    return FormerLog(origin, head.size, head.root.hex(), True) if head is not None else None


def _goes_on(here: SqliteLog, key: Verifier | None, head: Checkpoint | None) -> bool:
    try:
        verify_note(here.checkpoint, [key] if key is not None else [])
        return head is None or (head.size <= here.size and here.root_at(head.size) == head.root)
    except AuditError:
        return False
