"""A session: one person logged on at this workstation, with their keys open and their log being written.

The log-on is an entry in the person's access log before there is a session; a refusal is one in the station's log
before the answer is given (`door`). Everything is undone in reverse by `log_off`.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import Future
from contextlib import ExitStack

from reviewer.domain.assignment import Assignment
from reviewer.domain.errors import AccessRefused, LogUnwritable
from reviewer.domain.events import AccessDenied, Locked, LoggedOff, LoggedOn, LogName, ReasonStated, Unlocked
from reviewer.domain.reason_acts import RestrictedReasonStated
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Roster, User, Workstation
from reviewer.records.queries import Queries
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import following
from reviewer.services.bodies import CaseKeys
from reviewer.services.clock import Clock, utc_now
from reviewer.services.custody import Grants
from reviewer.services.door import Door
from reviewer.services.journal import Journal, Recorded, origin_of
from reviewer.services.outgoing import Outgoing
from reviewer.services.publish import OwnLog, Publisher, refuse_rollback
from reviewer.services.revoking import epoch_begun, former_logs
from reviewer.services.trust import Trust
from reviewer.services.witnessed import Witnessed
from reviewer.services.workspace import UserRoom, Workspace


class Session:
    """Made by `log_on`. Methods may be called from any thread but `lock`, `unlock` and `log_off`: one at a time."""

    def __init__(
        self,
        door: Door,
        user: User,
        keys: PrivateKeys,
        room: UserRoom,
        trust: Trust,
        grants: Grants,
        case_keys: CaseKeys,
        journal: Journal,
        publisher: Publisher,
        witnessed: Witnessed,
        undo: ExitStack,
    ) -> None:
        self.user = user
        self.keys = keys
        self.room = room
        self.trust = trust
        self.grants = grants
        self.case_keys = case_keys
        self.journal = journal
        self.publisher = publisher
        self.witnessed = witnessed
        self.following = following.Following(self)
        self._door = door
        self._undo = undo
        self._locked = False

    @property
    def roster(self) -> Roster:
        """The roster that this session began with."""
        return self._door.roster

    @property
    def station(self) -> Workstation:
        return self._door.station

    @property
    def locked(self) -> bool:
        """While it is, all content is covered: rest every `Viewing`, show nothing of a case."""
        return self._locked

    def queries(self) -> Queries:
        """A read-only view of what is recorded, by this person here and by everybody they follow (`following`), for
        the thread that asks. Close it."""
        return Queries(self.room.records, self.room.others)

    def station_publisher(self) -> Publisher:
        """Publishes the workstation's own log (refused log-ons)."""
        return Publisher(self._door.room.records, [self._door.log], self.trust.store)

    def open_case(self, case_id: str) -> Assignment:
        """The case's assignment with what is sealed in it, its keys open for this session's entries. Raises
        AccessRefused once the denied attempt is recorded; NotInStore, NotTrusted, StoreUnreachable."""
        try:
            assignment = self.trust.assignment(case_id)
            self.grants.case_key(case_id)  # refuses whoever is not, or no longer, on the case
            self.case_keys.open(case_id)
        except AccessRefused as refused:
            self.denied("open the case", refused, case=case_id).result()
            raise
        return self.grants.assignment(assignment)

    def state_reason(self, case_id: str, reason: str, note: str = "") -> Future[Recorded]:
        """Why this case is opened now. It stands in every later entry of this session about the case."""
        return self.journal.record(ReasonStated(case_id, reason, note))

    def state_restricted(self, case_id: str, manifest: Manifest, reason: str, note: str) -> Future[Recorded]:
        """Why this restricted recording is viewed this time. It stands in every later entry that shows it."""
        event = RestrictedReasonStated(case_id, manifest.recording_id, reason, note, manifest.restricted or "")
        return self.journal.record(event)

    def denied(
        self, what: str, why: AccessRefused, *, case: str | None = None, recording: str | None = None
    ) -> Future[Recorded]:
        """Record a denied attempt; show the refusal once the Future is done."""
        return self.journal.record(AccessDenied(what, why.message, case, recording))

    def lock(self, why: str = "asked") -> Future[Recorded]:
        """Lock at once ("asked" or "idle"); the Future ends when that is recorded."""
        self._locked = True
        return self.journal.record(Locked(self.user.id, why))

    def unlock(self, passphrase: str) -> None:
        """Unlock, recorded before it has an effect. Takes a tenth of a second. Raises what `Door.open` raises, and
        LogUnwritable; the session stays locked then."""
        self._door.open(self.user.id, passphrase)
        self.journal.record(Unlocked(self.user.id)).result()
        self._locked = False

    def confirm(self, passphrase: str) -> PrivateKeys:
        """The person's keys again, for a signature that is asked for by passphrase. Takes a tenth of a second. Raises
        what `Door.open` raises; a wrong one is an entry, and counts."""
        return self._door.open(self.user.id, passphrase)[1]

    def log_off(self) -> None:
        """Record it, write what is queued, let go of everything. Calling it twice is no error. Never raises for a log
        that cannot be written: there is nothing left to stop."""
        with contextlib.suppress(LogUnwritable):
            self.journal.record(LoggedOff(self.user.id)).result()
        self._locked = True
        self.case_keys.forget()
        self._undo.close()


def log_on(workspace: Workspace, trust: Trust, named: str, passphrase: str, *, now: Clock = utc_now) -> Session:
    """Log on by name, badge or id. Takes a tenth of a second: not on the GUI thread.

    Raises AccessRefused (WrongPassphrase with the tries left, LockedOut), NotInStore (no key on this machine), InUse (a
    window of this person is open), LogForked, LogUnwritable, NotTrusted, and what the store raises.
    """
    door = Door(workspace, trust, now=now)
    user, keys = door.open(named, passphrase)
    grants = Grants(trust, keys, now=now)
    case_keys = CaseKeys(grants.case_keys)
    room, roster = workspace.user(user.id), door.roster
    origins = {log: origin_of(roster.agency, door.station.id, user.id, log, user.epoch) for log in LogName}
    own = [OwnLog(origin, keys.signing, roster.custody_keys) for origin in origins.values()]
    with ExitStack() as stack:
        stack.enter_context(workspace.lock(user.id))
        journal = Journal(
            room.records, origins, keys.signing, case_keys=case_keys, rebuild_keys=case_keys.try_open, now=now
        )
        stack.callback(journal.close)
        refuse_rollback(room.records, journal.verifiers, trust.store)
        witnessed = Witnessed(room.records, journal.verifiers, trust, now=now)
        witnessed.look()  # a witness may have seen more than what is published now
        with contextlib.suppress(LogUnwritable):  # an index of what others published: `following` says what is wrong
            journal.observe(following.prepare(room))
        begun = epoch_begun(room.records, trust, user, door.station.id)
        if begun is not None:
            journal.record(begun).result()
        journal.record(LoggedOn(user.id, door.station.id)).result()
        former = former_logs(room.records, roster, origins.values())
        papers = Outgoing(workspace, room, trust.store)
        publisher = Publisher(room.records, own, trust.store, former=former, before=papers.deposit, now=now)
        undo = stack.pop_all()
        return Session(door, user, keys, room, trust, grants, case_keys, journal, publisher, witnessed, undo)


def release(workspace: Workspace, trust: Trust, named: str, by: str, passphrase: str, *, now: Clock = utc_now) -> User:
    """Release a person who is locked on this workstation; `by` (supervisor or custodian) opens their own key."""
    return Door(workspace, trust, now=now).release(named, by, passphrase)
