"""The door of a workstation: whose key opens, how many tries are left, and who may release a lock.

Whatever is refused here is an entry in the workstation's own access log before the answer is given (origin
`<agency>/<workstation>/station/access/<epoch>`, signed with the station's key). After five wrong passphrases in 15
minutes a person is locked on this workstation until somebody releases them (CJIS Security Policy, AC-7).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import closing

from reviewer.audit.note import raw_public
from reviewer.domain.errors import AccessRefused, NotInStore, NotTrusted, WrongPassphrase
from reviewer.domain.events import Event, LogName, LogOnRefused, LogOnReleased
from reviewer.domain.roster import Role, Roster, User, Workstation
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.queries import COUNTED_TRY, LogOnTries, Queries
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import InUse, held
from reviewer.services.journal import Journal, Recorded, origin_of
from reviewer.services.publish import OwnLog
from reviewer.services.trust import Trust
from reviewer.services.workspace import UserRoom, Workspace

TRIES = 5
WINDOW = 15 * 60 * SECOND
RELEASERS = frozenset({Role.SUPERVISOR, Role.CUSTODIAN})
STATION = "station"
UNKNOWN = "(not in the roster)"  # what was typed is not kept: it may be a passphrase in the wrong field


class LockedOut(AccessRefused):
    """Too many wrong passphrases. Only a release opens the door again."""


class Door:
    """Raises NotTrusted if this workstation is not, with its key, in the roster; else what Trust and Workspace do."""

    def __init__(self, workspace: Workspace, trust: Trust, *, now: Clock = utc_now) -> None:
        self._workspace = workspace
        self._now = now
        self.roster: Roster = trust.roster()
        self.station: Workstation = _station(self.roster, workspace.setup().station)
        self._key = keyring.load_station(workspace.station_key)
        if raw_public(self.station.signing_key) != self._key.public_key().public_bytes_raw():
            raise NotTrusted(f"The roster has another key for {self.station.name}.", "Ask the custodian to enrol it.")
        self.origin = origin_of(self.roster.agency, self.station.id, STATION, LogName.ACCESS)
        self.room = station_room(workspace)

    @property
    def log(self) -> OwnLog:
        """The station's log, for publishing."""
        return OwnLog(self.origin, self._key, self.roster.custody_keys)

    def open(self, named: str, passphrase: str) -> tuple[User, PrivateKeys]:
        """The person and their keys. Raises WrongPassphrase, LockedOut, AccessRefused, NotInStore (no key file here) or
        LogUnwritable; every refusal is recorded first."""
        with self._one_at_a_time():
            user = self.roster.user(named)
            if user is None:
                self._record(LogOnRefused(UNKNOWN, self.station.id, "unknown", TRIES))
                raise AccessRefused("Nobody in the roster has that name or badge.", "Type it as it is on your badge.")
            tries = self._tries(user)
            if tries.locked:
                raise self._locked_out(user)
            try:
                keys = keyring.unlock(self._workspace.key_file(user.id), passphrase)
            except WrongPassphrase:
                raise self._wrong(user, tries) from None
            except NotInStore as none:
                self._record(LogOnRefused(user.id, self.station.id, "no key here", TRIES - tries.refused))
                said = "There is no key of this person on this machine."
                raise NotInStore(said, "Ask the custodian to bring it.") from none
            if keys.user != user.id or keys.public.signing != raw_public(user.signing_key):
                self._record(LogOnRefused(user.id, self.station.id, "another key", TRIES - tries.refused))
                raise AccessRefused("The roster has another key for you.", "Ask the custodian for the newest one.")
            return user, keys

    def release(self, named: str, by: str, passphrase: str) -> User:
        """Let a locked person try again. `by` is a supervisor or custodian, another person, who opens their own key.
        Raises AccessRefused, and what `open` raises for `by`."""
        releaser, _ = self.open(by, passphrase)
        user = self.roster.user(named)
        if user is None:
            raise AccessRefused("Nobody in the roster has that name or badge.", "Type it as it is on the badge.")
        if user.id == releaser.id or not RELEASERS.intersection(releaser.roles):
            raise AccessRefused(f"{releaser.name} may not release {user.name}.", "Ask a supervisor or the custodian.")
        with self._one_at_a_time():
            self._record(LogOnReleased(user.id, self.station.id, releaser.id))
        return user

    def tries_left(self, named: str) -> int:
        """How many wrong passphrases this person may still type; 0 is locked."""
        user = self.roster.user(named)
        if user is None:
            return TRIES
        tries = self._tries(user)
        return 0 if tries.locked else TRIES - tries.refused

    # -- what was tried ----------------------------------------------------------------------------------------------

    def _wrong(self, user: User, tries: LogOnTries) -> AccessRefused:
        left = max(0, TRIES - tries.refused - 1)
        self._record(LogOnRefused(user.id, self.station.id, COUNTED_TRY, left))
        if left == 0:
            return _locked(user)
        noun = "try" if left == 1 else "tries"
        return WrongPassphrase(
            "That passphrase does not open the key.", f"{left} {noun} left, then locked until released."
        )

    def _locked_out(self, user: User) -> AccessRefused:
        self._record(LogOnRefused(user.id, self.station.id, "locked", 0))
        return _locked(user)

    def _tries(self, user: User) -> LogOnTries:
        """Wrong tries in the last 15 minutes, since the last time the key opened and since the last release."""
        since = Utc(self._now() - WINDOW)
        own = self._workspace.user(user.id).records
        if own.exists():
            with closing(Queries(own)) as queries:
                since = max(since, queries.last_log_on(user.id) or since)
        if not self.room.records.exists():
            return LogOnTries(0, False)
        with closing(Queries(self.room.records)) as queries:
            return queries.log_on_tries(user.id, since)

    def record(self, event: Event) -> Recorded:
        """Record what this workstation does by itself in its own log. Raises InUse while somebody logs on here,
        LogUnwritable."""
        with self._one_at_a_time():
            return self._record(event)

    def _record(self, event: Event) -> Recorded:
        origins = {LogName.ACCESS: self.origin}
        with closing(Journal(self.room.records, origins, self._key, now=self._now)) as journal:
            return journal.record(event).result()

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Tries are counted and recorded one after another, whatever the number of windows."""
        busy = InUse("Somebody else is logging on at this workstation.", "Try again in a moment.")
        with held(self.room.lock, busy):
            yield


def station_room(workspace: Workspace) -> UserRoom:
    """Where the workstation's own log lies."""
    return UserRoom(workspace.home / STATION)


def _station(roster: Roster, station_id: str) -> Workstation:
    station = roster.workstation(station_id)
    if station is None:
        raise NotTrusted(f"The roster does not name the workstation {station_id}.", "Ask the custodian to enrol it.")
    return station


def _locked(user: User) -> LockedOut:
    return LockedOut(
        f"{user.name} is locked on this workstation after {TRIES} wrong passphrases.",
        "Ask a supervisor or the custodian to release it.",
    )
