"""Following: other people's published logs, read from the store, verified, opened as far as this person's keys go, and
folded beside their own (`users/<id>/others.sqlite`, read with theirs by `records.queries`).

Each log is read from where it was left. Its checkpoint must be signed by the key that the roster names, and must begin
with the tree that was seen last; every entry is proven against it (`audit.published`). What is folded, how far, and
under which checkpoint become durable together. A log that was rolled back, forked or damaged is not followed any
further, with a sentence that stays; the others are, and what was verified before is kept.

Who sees what is `domain.sight`'s to say; what is given to somebody later is read again, what is taken from them is
forgotten.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reviewer.audit.log import SqliteLog
from reviewer.domain.errors import LogUnwritable, StoreUnreachable
from reviewer.domain.sight import TABLE
from reviewer.domain.timebase import Utc
from reviewer.records import followed
from reviewer.records.database import open_reader
from reviewer.records.followed import NO_CASE, Scope, State, open_followed, transaction
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.clock import Clock, utc_now
from reviewer.services.documents import Problem
from reviewer.services.door import STATION
from reviewer.services.following_log import BODIES_AT_ONCE, LogFollower, Round
from reviewer.services.following_viewer import Looked, Person, Viewer
from reviewer.services.journal import Journal, unwritable
from reviewer.services.logkeys import LOGS
from reviewer.services.workspace import UserRoom

_UNKNOWN_A_RUN = 400  # logs that may begin to exist and are asked for in one run
_UNUSABLE = "“reviewer log follow --again” makes it anew from the store."
_NOT_FOLDED = "It is listed, and what it says is not believed; tell the custodian."


class Follower(Person, Protocol):
    """What following needs of a session."""

    @property
    def room(self) -> UserRoom: ...
    @property
    def journal(self) -> Journal: ...


@dataclass(frozen=True, slots=True)
class Followed:
    """How far everybody else's logs are followed. `logs` of `people` (ids; a workstation's log is nobody's) are known,
    `entries` of them are shown. `problems`: logs that are followed no further, and entries that are not believed. `at`:
    when all there was had been folded. `new` entries were read this time; `trouble`: why the store could not be asked
    to the end. `sizes`: how many entries each log (by origin) was published with and verified, shown or not."""

    logs: int = 0
    people: tuple[str, ...] = ()
    entries: int = 0
    problems: tuple[Problem, ...] = ()
    at: Utc | None = None
    new: int = 0
    trouble: StoreUnreachable | None = None
    sizes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a run is: `done` of `of` logs; of the one that is read, `entries` of `size`."""

    done: int
    of: int
    origin: str = ""
    entries: int = 0
    size: int = 0


Progress = Callable[[Reading], None]


class Following:
    """Of one session. `run` takes as long as the store does: not on the GUI thread; one at a time, the second waits.
    `forget` from any thread."""

    def __init__(self, session: Follower, *, custody: PrivateKeys | None = None, now: Clock = utc_now) -> None:
        """`custody`: a custody key that is open, so that bodies of other cases and of none are opened as well. That it
        was opened must be in the log already."""
        self._session, self._custody, self._now = session, custody, now
        self._store = session.trust.store
        self._running = threading.Lock()
        self._gone: set[str] = set()
        self._looked = Looked()
        self._turn = 0
        self._last: Followed | None = None
        self._reading: Reading | None = None

    # -- what there is -----------------------------------------------------------------------------------------------

    @property
    def state(self) -> Followed:
        """How far it was the last time. Asks no store; reads a file the first time."""
        if self._last is None:
            self._last = self.known()
        return self._last

    @property
    def reading(self) -> Reading | None:
        """How far a run is that goes on now."""
        return self._reading

    def known(self) -> Followed:
        """The same as the file has it now. One that cannot be used is a problem of its own."""
        try:
            with self._file() as conn:
                return self._state(conn)
        except LogUnwritable as wrong:
            return Followed(problems=(Problem(self._session.room.others.name, wrong.message, _UNUSABLE),))

    def _state(self, conn: sqlite3.Connection, new: int = 0, trouble: StoreUnreachable | None = None) -> Followed:
        known = followed.states(conn).values()
        states = [each for each in known if each.size]
        people = {each.origin.split("/")[2] for each in states} - {STATION}
        (entries,) = conn.execute("SELECT count(*) FROM entries").fetchone()
        problems = [Problem(f"{LOGS}/{each.origin}", each.problem, each.next_step) for each in known if each.problem]
        problems += [
            Problem(f"{LOGS}/{origin}", f"Entry {index} of {origin} {said}.", _NOT_FOLDED)
            for origin, index, said in followed.doubts(conn)
        ]
        at = followed.last_round(conn)
        sizes = tuple((each.origin, each.size) for each in states)
        return Followed(len(states), tuple(sorted(people)), entries, tuple(problems), at, new, trouble, sizes)

    # -- following ---------------------------------------------------------------------------------------------------

    def run(
        self,
        progress: Progress = lambda _: None,
        cancel: threading.Event | None = None,
        *,
        every: bool = False,
        known: bool = False,
    ) -> Followed:
        """Read, verify and fold what is new. Of the logs that could begin to exist some are asked for each time; with
        `every` all of them, with `known` none. A store that does not answer is kept in `trouble`, not raised. Raises
        Cancelled (what was folded is kept), LogUnwritable, and what `Trust` raises for a roster that is none."""
        try:
            with self._running, self._file() as conn:
                self._last = self._run(conn, progress, cancel or threading.Event(), every=every, known=known)
        finally:
            self._reading = None
        return self._last

    def _run(
        self, conn: sqlite3.Connection, progress: Progress, stop: threading.Event, *, every: bool, known: bool
    ) -> Followed:
        def tell(now: Reading) -> None:
            self._reading = now
            progress(now)

        self._gone.clear()
        viewer = Viewer(self._session, self._custody, self._looked, self._now)
        self._take_back(conn, viewer)
        try:
            origins = self._origins(conn, viewer, every=every, known=known)
            new = self._follow(conn, viewer, origins, tell, stop)
        except StoreUnreachable as wrong:
            return self._state(conn, trouble=wrong)
        finally:
            self._session.journal.observe(followed.highest(conn))
        with transaction(conn):
            followed.put_round(conn, self._now())
        return self._state(conn, new)

    def _follow(
        self, conn: sqlite3.Connection, viewer: Viewer, origins: list[str], progress: Progress, stop: threading.Event
    ) -> int:
        states = followed.states(conn)
        most = sum(self._mine().values()) + sum(each.folded for each in states.values())
        new = 0
        with ThreadPoolExecutor(BODIES_AT_ONCE, thread_name_prefix="follow") as crew:
            round_ = Round(self._store, conn, viewer, self._gone, crew, stop, most)
            for done, origin in enumerate(origins):

                def passed(entries: int, size: int, done: int = done, origin: str = origin) -> None:
                    progress(Reading(done, len(origins), origin, entries, size))

                passed(0, 0)
                new += LogFollower(round_, states.get(origin, State(origin))).follow(passed)
        progress(Reading(len(origins), len(origins)))
        return new

    def _mine(self) -> dict[str, int]:
        """This person's logs on this machine, and how many entries each has: those are folded already."""
        with closing(open_reader(self._session.room.records)) as own:
            sizes = dict(own.execute("SELECT origin, count(*) FROM entries GROUP BY origin"))
            return {origin: sizes.get(origin, 0) for origin in SqliteLog.origins(own)}

    def start_again(self) -> None:
        """Forget everything that was folded, but not which checkpoints were seen: the next run reads it all anew.
        A file that is no database any more is put aside, and with it which checkpoints were seen. Raises
        LogUnwritable."""
        others = self._session.room.others
        with self._running:
            self._last = None
            try:
                with self._file() as conn:
                    followed.start_again(conn)
            except LogUnwritable as wrong:
                if not isinstance(wrong.__cause__, sqlite3.DatabaseError) or _is_database(others):
                    raise
                for path in others.parent.glob(f"{others.name}*"):
                    path.replace(path.with_name(f"damaged-{path.name}"))
                prepare(self._session.room)

    def forget(self, case: str) -> None:
        """Take everything of a case out of what was followed, its bytes overwritten: this person's right to it has
        ended. A run that goes on meanwhile folds no more of it. Raises LogUnwritable."""
        self._gone.add(case)
        self._looked.forget(case)
        with self._file() as conn:
            followed.forget(conn, case)

    def _file(self) -> AbstractContextManager[sqlite3.Connection]:
        return _file(self._session.room)

    def _origins(self, conn: sqlite3.Connection, viewer: Viewer, *, every: bool, known: bool) -> list[str]:
        """The logs to ask for: those that are known, and (some of) those that could exist."""
        mine = self._mine()
        there = [origin for origin in followed.states(conn) if origin not in mine]
        if known:
            return there
        could = [origin for origin in viewer.origins() if origin not in mine and origin not in set(there)]
        if not every and len(could) > _UNKNOWN_A_RUN:
            start = self._turn % len(could)
            self._turn = start + _UNKNOWN_A_RUN
            could = (could + could)[start : start + _UNKNOWN_A_RUN]
        return [*there, *could]

    def _take_back(self, conn: sqlite3.Connection, viewer: Viewer) -> None:
        """Forget the cases of which this person saw more than they may see now."""
        less = {
            case
            for origin in followed.states(conn)
            for case, scope in followed.scopes(conn, origin).items()
            if case != NO_CASE and viewer.knows(case) and _sees_less(scope, viewer.scope(origin, case))
        }
        for case in sorted(less):
            followed.forget(conn, case)


def prepare(room: UserRoom) -> int:
    """Make the file where it is not there yet, so that whoever reads sees it. Returns the highest Lamport value that
    was accepted of anybody. Raises LogUnwritable."""
    with _file(room) as conn:
        return followed.highest(conn)


def _is_database(path: Path) -> bool:
    """Whether it begins as a SQLite file does (SQLite, "Database File Format", 1.3)."""
    with path.open("rb") as file:
        return file.read(16) in (b"SQLite format 3\x00", b"")


@contextmanager
def _file(room: UserRoom) -> Iterator[sqlite3.Connection]:
    try:
        with closing(open_followed(room.others)) as conn:
            yield conn
    except sqlite3.Error as wrong:
        raise unwritable(wrong) from wrong


def _sees_less(before: Scope, now: Scope) -> bool:
    return any(new < old for new, old in zip(TABLE[now.standing], TABLE[before.standing], strict=True))
