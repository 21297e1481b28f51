"""Shredding: when a person's rights to a case end, this machine keeps nothing of it for them.

Rights end when a later assignment leaves the person out ("taken off"), or when theirs runs out ("expired"). Then, in
this order: the keys go from memory; that it is done becomes an entry; the copies of older assignments, which hold the
case key sealed to members, go from this machine; so do the case's footage and its proxies, unless somebody else here
needs them; what had been read of the case's entries is folded again without its key and overwritten, and what was
followed of colleagues' entries goes. Only a
verified document ends a right: a store that is silent, or has lost one, ends nothing.

What nothing here can do: an assignment that was sealed to somebody once lies in the store as well, so whoever has that
person's key and can read the store may still open what was assigned then (ARCHITECTURE.md, Threats).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from reviewer.domain.assignment import Assignment
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import MalformedDocument, ReviewerError
from reviewer.domain.events import CaseShredded, Event
from reviewer.domain.timebase import Utc
from reviewer.services.bodies import CaseKeys
from reviewer.services.cache import Cache
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import write_atomically
from reviewer.services.grants import Grants
from reviewer.services.quarantine import Item, items
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace


class Why(StrEnum):
    TAKEN_OFF = "taken off"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Ended:
    """A case that this person had and may not open any more. `at` is when that was, `by` who took them off (""
    where the assignment ran out), `n` the assignment that says so. `done`: nothing of it is left here."""

    case: str
    why: Why
    at: Utc
    by: str
    n: int
    done: bool = False


@dataclass(frozen=True, slots=True)
class _Had:
    """One case that this person has or had. `n` is the newest assignment that was seen with them on it."""

    case: str
    n: int
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class _File:
    cases: tuple[_Had, ...] = ()
    v: int = 1


class Rights:
    """Which cases a person has had on this machine (`users/<id>/cases.json`), and which of them ended."""

    def __init__(self, workspace: Workspace, trust: Trust, user_id: str, *, now: Clock = utc_now) -> None:
        self._path = workspace.user(user_id).folder / "cases.json"
        self._trust, self._user, self._now = trust, user_id, now

    def look(self) -> tuple[Ended, ...]:
        """What has ended, newest first, whether it is done with or not; what is assigned is remembered. Asks the store
        for what is new, so not on the GUI's thread."""
        before = {each.case: each for each in self._read()}
        newest = {a.case_id: a for a in self._trust.assignments().good}
        now = dict(before)
        for case, assignment in newest.items():
            if assignment.member(self._user) is not None and not self._is_over(assignment):
                now[case] = _Had(case, assignment.n)
            elif case in before or assignment.member(self._user) is not None:
                now[case] = self._ended(before.get(case), assignment)
        if now != before:
            self._write(now.values())
        return _newest_first(now.values())

    def known(self) -> tuple[Ended, ...]:
        """The same as it was last written down; asks nobody."""
        return _newest_first(self._read())

    def done(self, ended: Ended) -> None:
        """Nothing of it is left here."""
        kept = [each for each in self._read() if each.case != ended.case]
        self._write([*kept, _Had(ended.case, ended.n, replace(ended, done=True))])

    def _is_over(self, assignment: Assignment) -> bool:
        return assignment.expires is not None and assignment.expires <= self._now()

    def _ended(self, had: _Had | None, assignment: Assignment) -> _Had:
        ended = had.ended if had is not None else None
        # what others do with a case after it was taken from this person is no news to them
        if had is not None and ended is not None and (ended.n >= assignment.n or assignment.member(self._user) is None):
            return had
        n, case = assignment.n, assignment.case_id
        if had is not None and had.n > n:
            return had  # an older document than one that was seen: it ends nothing
        if assignment.member(self._user) is None:
            return _Had(case, n, Ended(case, Why.TAKEN_OFF, assignment.issued_at, assignment.issued_by, n))
        return _Had(case, n, Ended(case, Why.EXPIRED, assignment.expires or self._now(), "", n))

    def _read(self) -> tuple[_Had, ...]:
        with suppress(OSError, ValueError, RecursionError, MalformedDocument):
            return decode(_File, json.loads(self._path.read_bytes())).cases
        return ()

    def _write(self, cases: Iterable[_Had]) -> None:
        file = _File(tuple(sorted(cases, key=lambda each: each.case)))
        write_atomically(self._path, json.dumps(encode(file), indent=1).encode())


def _newest_first(cases: Iterable[_Had]) -> tuple[Ended, ...]:
    ended = (each.ended for each in cases if each.ended is not None)
    return tuple(sorted(ended, key=lambda each: (-each.at, each.case)))


class Shredder:
    """Destroys what is left of a case that ended. For one person's session; the case is not open then, and does
    not come down."""

    def __init__(
        self,
        workspace: Workspace,
        trust: Trust,
        user_id: str,
        *,
        grants: Grants,
        case_keys: CaseKeys,
        record: Callable[[Event], object],
        refold: Callable[[str, Sequence[bytes]], Future[int]],
        cache: Cache,
        forget_followed: Callable[[str], object] = lambda _case: None,
        now: Clock = utc_now,
    ) -> None:
        self._workspace, self._trust, self._user, self._now = workspace, trust, user_id, now
        self._grants, self._case_keys, self._cache = grants, case_keys, cache
        self._record, self._refold, self._forget_followed = record, refold, forget_followed
        self.rights = Rights(workspace, trust, user_id, now=now)

    def look(self) -> tuple[Ended, ...]:
        """What has ended, newest first. What was given back since the last look is read again from the log's entries.
        Not on the GUI's thread."""
        before = {each.case for each in self.rights.known() if each.done}
        ended = self.rights.look()
        for case in before - {each.case for each in ended}:
            with suppress(ReviewerError):
                self._refold(case, self._case_keys.open(case)).result()
        return ended

    def shred(self, ended: Ended) -> int:
        """Destroy what is here of it for this person. Returns how many bytes of footage went. Raises LogUnwritable, and
        then the files are as they were: it is done the next time. Not on the GUI's thread."""
        going = self._going(ended.case)
        size = sum(each.size for each in self._cache.lying() if each.object in going)
        here = sum(self._workspace.cached(name).exists() for name in going)
        self._grants.forget(ended.case)
        self._case_keys.forget(ended.case)
        entry = self._record(CaseShredded(ended.case, ended.why.value, ended.at, ended.by, here, size))
        if isinstance(entry, Future):
            entry.result()
        for path in self._copies(ended):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        for name in going:
            self._cache.remove(name)
            for aside in self._workspace.quarantine.glob(f"{name}.*"):
                with suppress(OSError):
                    aside.unlink()
        if not self._others_on(ended.case):
            self._remove_papers(ended.case)
        self._refold(ended.case, ()).result()
        self._forget_followed(ended.case)
        self.rights.done(ended)
        return size

    def _going(self, case: str) -> set[str]:
        """The objects of the case that nobody on this machine needs for another assignment."""
        assigned = {r.recording_id for a in self._trust.history(case).good for r in a.recordings}
        mine = {i.object for m in self._trust.manifests(sorted(assigned)).good for i in items(m)}
        return mine - {i.object for i in self._needed()}

    def _needed(self) -> set[Item]:
        """What anybody who has keys on this machine may open."""
        people = self._people()
        now = self._now()
        valid = (a for a in self._trust.assignments().good if a.expires is None or a.expires > now)
        recordings = {r.recording_id for a in valid if any(m.user in people for m in a.members) for r in a.recordings}
        return {i for m in self._trust.manifests(sorted(recordings)).good for i in items(m)}

    def _people(self) -> set[str]:
        keys = (self._workspace.home / "keys").glob("*.json")
        return {path.stem for path in keys} | {self._user}

    def _copies(self, ended: Ended) -> list[Path]:
        """Copies of assignments that hold the case key for this person. The newest stays: it is what says that the
        right has ended. All stay while somebody else here is on the case, whose older notes they open."""
        if self._others_on(ended.case):
            return []
        folder = self._workspace.documents / "assignments" / ended.case
        return [path for path in folder.glob("*.json") if path.name != f"{ended.n}.json"]

    def _others_on(self, case: str) -> bool:
        """Whether somebody else who has keys on this machine is on the case."""
        people = self._people() - {self._user}
        with suppress(ReviewerError):
            newest = self._trust.assignment(case)
            still_on = newest.expires is None or newest.expires > self._now()
            return still_on and any(m.user in people for m in newest.members)
        return False

    def _remove_papers(self, case: str) -> None:
        """The case's documents; but for what waits for the store, which has it nowhere else. No key here opens it."""
        waiting = {path.stem for path in (self._workspace.home / "users").glob("*/outgoing/*.json")}
        with suppress(ReviewerError):
            for path in self._workspace.papers(case).rglob("*"):
                if path.name not in waiting:
                    with suppress(OSError):
                        path.unlink()
