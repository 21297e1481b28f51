"""Who follows: what one person is to each entry, which logs concern them, and which keys they have for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from reviewer.domain.assignment import Assignment
from reviewer.domain.errors import AccessRefused
from reviewer.domain.event import LogName
from reviewer.domain.roles import WRITERS
from reviewer.domain.roster import Role, Roster, User
from reviewer.domain.sight import About, Sight, Standing, about, reads_everybody, sight_of, standing_of
from reviewer.records.followed import NO_CASE, Scope
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.bodies import body_key
from reviewer.services.clock import Clock, utc_now
from reviewer.services.door import STATION
from reviewer.services.grants import CustodyGrants, Grants
from reviewer.services.journal import EPOCH, origin_of
from reviewer.services.trust import Trust


class Person(Protocol):
    """What following needs of a session."""

    @property
    def user(self) -> User: ...
    @property
    def keys(self) -> PrivateKeys: ...
    @property
    def trust(self) -> Trust: ...
    @property
    def grants(self) -> Grants: ...


@dataclass(frozen=True, slots=True)
class _Case:
    """A case as this person stands to it."""

    role: Role | None = None
    keys: tuple[bytes, ...] = ()


@dataclass(slots=True)
class Looked:
    """What was found out about cases, kept from one look to the next: it holds as long as the assignment does. In
    memory only: there are keys in it."""

    cases: dict[tuple[str, int, int, str], _Case] = field(default_factory=dict)
    ever: dict[tuple[str, int], frozenset[tuple[str, Role]]] = field(default_factory=dict)

    def forget(self, case: str) -> None:
        """Let go of a case's keys."""
        for place in [each for each in self.cases if each[0] == case]:
            del self.cases[place]


class Viewer:
    """As things stand when it is made. Reads assignments and opens case keys: not on the GUI thread. Raises
    StoreUnreachable when nothing is known here, NotTrusted for a roster that is none."""

    def __init__(
        self, person: Person, custody: PrivateKeys | None = None, looked: Looked | None = None, now: Clock = utc_now
    ) -> None:
        self._person, self._now, self._looked = person, now, looked or Looked()
        self.custody = custody
        self.roster: Roster = person.trust.roster()
        self.id = person.user.id
        self._listed = next((u for u in self.roster.users if u.id == self.id), None)
        self.roles = frozenset(self._listed.roles if self._listed is not None else ())
        self._newest = {a.case_id: a for a in person.trust.assignments().good}
        self._custody_grants = CustodyGrants(person.trust, custody) if custody is not None else None
        self.body_keys: dict[str, bytes] = {}  # by origin: what an opened custody key opens, filled as logs are read

    # -- which logs --------------------------------------------------------------------------------------------------

    def origins(self) -> Iterator[str]:
        """The logs that concern this person, whether there are such logs or not."""
        everybody = reads_everybody(self.roles)
        mine = {case: self._case(case).role for case, a in self._newest.items() if a.member(self.id) is not None}
        known = {user for case, role in mine.items() if role for user, _ in self._ever(case)} | {self.id}
        access = everybody or any(role not in (None, Role.TRAINING) for role in mine.values())
        for station in self.roster.workstations:
            for user in self.roster.users:
                if not everybody and user.id not in known:
                    continue
                for log in LogName:
                    if log is LogName.WORK or access or user.id == self.id:
                        yield from self._epochs(station.id, user, log)
            if everybody:
                yield origin_of(self.roster.agency, station.id, STATION, LogName.ACCESS, EPOCH)

    def _epochs(self, station: str, user: User, log: LogName) -> Iterator[str]:
        for epoch in sorted({user.epoch, *(former.epoch for former in user.former)}):
            yield origin_of(self.roster.agency, station, user.id, log, epoch)

    # -- what of them ------------------------------------------------------------------------------------------------

    def standing(self, origin: str, case: str) -> Standing:
        """What this person is to a case's entries in a log; `case` is `NO_CASE` for those of none."""
        role = self._case(case).role if case != NO_CASE else None
        return standing_of(self.roles, role, own=self._owner(origin) == self.id)

    def sight(self, origin: str, kind: str, case: str) -> Sight:
        """How much of such an entry this person sees."""
        subject: About = about(origin.split("/")[-2], kind, case or None)
        return sight_of(self.standing(origin, case), subject, custody=self.custody is not None)

    def scope(self, origin: str, case: str) -> Scope:
        """As whom a case's entries in a log are read now, with which keys, and by whom it may have been written."""
        standing = self.standing(origin, case)
        if standing is Standing.STRANGER:
            return Scope(standing)
        tried = [b"followed with " + key for key in self.keys(origin, case)]
        if case in self._newest:  # somebody who comes to it later makes what they wrote count: it is read again
            tried.append(repr(sorted(self._ever(case))).encode())
        return Scope(standing, frozenset(hashlib.sha256(each).hexdigest()[:16] for each in tried))

    def keys(self, origin: str, case: str) -> tuple[bytes, ...]:
        """The keys that may open the bodies, likeliest first."""
        found = list(self._case(case).keys) if case != NO_CASE else []
        listed = self._listed
        if self._owner(origin) == self.id and listed is not None and origin.endswith(f"/{listed.epoch}"):
            found.append(body_key(self._person.keys.signing, origin))
        if origin in self.body_keys:
            found.append(self.body_keys[origin])
        return tuple(found)

    def knows(self, case: str) -> bool:
        """Whether an assignment of the case is here: only one that may be believed ends a right."""
        return case == NO_CASE or case in self._newest

    def was_on(self, user: str, case: str) -> bool:
        """Whether somebody was ever on a case, by an assignment that may be believed."""
        return any(user == each for each, _ in self._ever(case))

    def wrote(self, user: str, case: str, roles: frozenset[Role] = WRITERS) -> bool:
        """Whether somebody was ever on a case in one of the roles that write into it."""
        return any(user == each and role in roles for each, role in self._ever(case))

    def _owner(self, origin: str) -> str:
        return origin.split("/")[2]

    def _ever(self, case: str) -> frozenset[tuple[str, Role]]:
        newest = self._newest.get(case)
        if newest is None:  # what a hostile entry names as its case may be anything
            return frozenset()
        place = (case, newest.n)
        if place not in self._looked.ever:
            history = self._person.trust.history(case).good
            self._looked.ever[place] = frozenset((m.user, m.role) for each in history for m in each.members)
        return self._looked.ever[place]

    def _case(self, case: str) -> _Case:
        newest = self._newest.get(case)
        if newest is None:
            return _Case()
        place = (case, newest.n, self.roster.version, self.custody.user if self.custody else "")
        if place not in self._looked.cases:
            self._looked.cases[place] = self._look(newest)
        found = self._looked.cases[place]
        ended = newest.expires is not None and newest.expires <= self._now()
        return replace(found, role=None, keys=found.keys if self.custody else ()) if ended else found

    def _look(self, newest: Assignment) -> _Case:
        role: Role | None = None
        keys: list[bytes] = []
        member = newest.member(self.id)
        if member is not None:
            with suppress(AccessRefused):
                keys += self._person.grants.case_keys(newest.case_id)
                role = member.role
        if self._custody_grants is not None:
            for each in self._person.trust.history(newest.case_id).good:
                with suppress(AccessRefused):
                    keys.append(self._custody_grants.case_key(each))
        return _Case(role, tuple(dict.fromkeys(keys)))
