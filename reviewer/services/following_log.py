"""Following one log: from where it was left to its newest checkpoint, a batch a transaction."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

from reviewer.audit.entry import Entry
from reviewer.audit.errors import AuditError, Forked, NotPublished
from reviewer.audit.note import Checkpoint, Verifier
from reviewer.audit.published import PublishedLog, head_of
from reviewer.audit.tiles import WIDTH, body_path
from reviewer.domain.errors import Cancelled, NotInStore, ReviewerError
from reviewer.domain.roster import Roster
from reviewer.domain.sight import Sight, Standing
from reviewer.records import followed
from reviewer.records.followed import NO_CASE, Scope, State, transaction
from reviewer.records.queries import event_of
from reviewer.services.bodies import BODY_KEY_FILE, open_body_key
from reviewer.services.collecting import making_many
from reviewer.services.door import STATION
from reviewer.services.following_entries import Refused, Taken, fold, opened, parsed
from reviewer.services.following_viewer import Viewer
from reviewer.services.logkeys import LOGS, verifier_of
from reviewer.stores.base import Store

BATCH = 4 * WIDTH  # entries a transaction
BODIES_AT_ONCE = 6
_MOST = 1 << 40
_ASK = "Tell the custodian; what was read of it before is kept."
Passed = Callable[[int, int], None]
"""Told how many entries of how many of a log were looked at."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one run works with. `gone`: cases whose right ended while it runs; `crew` fetches bodies; `most`: how many
    entries of all logs were read before."""

    store: Store
    conn: sqlite3.Connection
    viewer: Viewer
    gone: set[str]
    crew: ThreadPoolExecutor
    stop: threading.Event
    most: int


class LogFollower:
    """One origin in one run, on the run's thread."""

    def __init__(self, round_: Round, state: State) -> None:
        self._conn, self._viewer, self._stop = round_.conn, round_.viewer, round_.stop
        self._round, self._state, self._origin = round_, state, state.origin

    def follow(self, passed: Passed) -> int:
        """Read on. Returns how many entries are new. What is wrong with the log is written down, not raised. Raises
        StoreUnreachable, Cancelled, sqlite3.Error."""
        if self._state.fork:
            return 0
        verifier = verifier_of(self._origin, self._viewer.roster)
        if verifier is None:
            return self._end("the roster names nobody any more whose log this could be")
        try:
            log = PublishedLog(self._read, verifier)
        except NotPublished:
            return self._end("its checkpoint is gone from the store") if self._state.size else 0
        except AuditError as wrong:
            return self._end(str(wrong))
        try:
            return self._read_on(log, verifier, passed)
        except Forked as wrong:
            return self._end(str(wrong), fork=log.checkpoint)
        except AuditError as wrong:
            return self._end(str(wrong))

    def _read_on(self, log: PublishedLog, verifier: Verifier, passed: Passed) -> int:
        if log.size > _MOST:  # its owner signs what they like, and may have made the tiles at its edge up
            return self._end(f"it claims {log.size:,} entries")
        if self._state.note and log.checkpoint != self._state.note:
            log.require_extends(head_of(self._state.note, verifier))
        if self._viewer.custody is not None:
            self._open_body_key(verifier)
        counts = self._counting(log)
        for case in self._changed():
            self._read_again(log, case)
        before = at = self._state.folded
        while at < counts:
            passed(at, counts)
            with making_many():
                at = self._batch(log, at, min(counts, (at // WIDTH) * WIDTH + BATCH))
        if counts < log.size:
            self._end(f"its key was revoked, and of {log.size:,} entries that are published the first {counts:,} count")
        elif self._state.problem:
            self._put(replace(self._state, problem="", next_step=""))
        return at - before

    def _counting(self, log: PublishedLog) -> int:
        """How many entries count: all, unless the roster revoked the key. What was folded beyond that goes: somebody
        else may have written it. Raises Forked if those that count are others than the roster names, RolledBack."""
        limit = self._viewer.roster.limit(self._origin)
        if limit is None:
            return log.size
        if limit.size:
            log.require_extends(Checkpoint(self._origin, limit.size, bytes.fromhex(limit.root)))
        if self._state.folded > limit.size:
            self._state = replace(self._state, folded=limit.size)
            with transaction(self._conn):
                followed.cut(self._conn, self._origin, limit.size)
                followed.put_state(self._conn, self._state)
        return limit.size

    def _end(self, why: str, fork: bytes = b"") -> int:
        """Follow it no further; said once, and kept until it is put right."""
        why = why.replace(self._origin, "this log").rstrip(".")
        message = f"{named(self._origin, self._viewer.roster)} is followed no further: {why}."
        if (message, fork) != (self._state.problem, self._state.fork):
            self._put(replace(self._state, problem=message, next_step=_ASK, fork=fork))
        return 0

    def _put(self, state: State) -> None:
        with transaction(self._conn):
            followed.put_state(self._conn, state)
        self._state = state

    # -- what is new -------------------------------------------------------------------------------------------------

    def _batch(self, log: PublishedLog, start: int, stop: int) -> int:
        """Entries [start, stop), or those before one that is refused; how far it came is durable with them."""
        entries, refused = self._parsed(log, start, stop)
        taken = opened(self._viewer, self._origin, entries, self._bodies)
        end = start + len(entries)
        state = replace(
            self._state,
            note=log.checkpoint,
            size=log.size,
            folded=end,
            lamport=max((self._state.lamport, *(entry.lamport for _, entry in entries))),
        )
        with transaction(self._conn):
            fold(self._conn, self._still_seen(taken))
            self._note_cases(entries)
            followed.put_state(self._conn, state)
        self._state = state
        if refused is not None:
            raise refused
        return end

    def _parsed(self, log: PublishedLog, start: int, stop: int) -> tuple[list[tuple[int, Entry]], Refused | None]:
        entries: list[tuple[int, Entry]] = []
        for index, data in enumerate(log.entries(start, stop), start):
            self._go_on()
            try:
                entries.append((index, parsed(data, index, self._round.most + index)))
            except Refused as wrong:
                return entries, wrong
        return entries, None

    def _note_cases(self, entries: Sequence[tuple[int, Entry]]) -> None:
        """Where which case stands, and as whom it was read."""
        places = {(entry.case or NO_CASE, index // WIDTH) for index, entry in entries}
        followed.put_where(self._conn, self._origin, places)
        before = followed.scopes(self._conn, self._origin)
        for case in {case for case, _ in places}:
            old, now = before.get(case), self._scope(case)
            if old is not None:  # what these entries were not tried with is tried when it is there again
                now = replace(now, keys=old.keys & now.keys)
            if now != old:
                followed.put_scope(self._conn, self._origin, case, now)

    def _still_seen(self, taken: Iterable[Taken]) -> list[Taken]:
        return [each for each in taken if each.meta.case not in self._round.gone]

    def _scope(self, case: str) -> Scope:
        return Scope(Standing.STRANGER) if case in self._round.gone else self._viewer.scope(self._origin, case)

    # -- what is given later -----------------------------------------------------------------------------------------

    def _changed(self) -> Mapping[str, Scope]:
        """Cases that this person stands to in another way than when they were read, or has more keys of."""
        before = followed.scopes(self._conn, self._origin)
        found = {}
        for case in followed.cases_of(self._conn, self._origin):
            if case in self._round.gone or not (self._viewer.knows(case) or case not in before):
                continue
            old, now = before.get(case), self._viewer.scope(self._origin, case)
            if old is None or old.standing != now.standing or now.keys - old.keys:
                found[case] = now
        return found

    def _read_again(self, log: PublishedLog, case: str) -> None:
        """What was looked at before, of one case: opened as things stand now, in one transaction."""
        have = followed.kept(self._conn, self._origin, case)
        now = self._viewer.scope(self._origin, case)
        closed, taken = [], []
        for index, entry in self._again(log, case, now):
            meta = have.get(index)
            sight = self._viewer.sight(self._origin, entry.kind, case)
            if meta is not None and meta.payload is not None and sight is Sight.BODY:
                taken.append(Taken(meta, event_of(meta.kind, meta.payload)))
            else:
                closed.append((index, entry))
        taken += opened(self._viewer, self._origin, closed, self._bodies)
        with transaction(self._conn):
            if case in self._round.gone:
                return
            followed.take_out(self._conn, self._origin, case, have)
            followed.undoubt(self._conn, self._origin, case)
            fold(self._conn, taken)
            followed.put_scope(self._conn, self._origin, case, now)

    def _again(self, log: PublishedLog, case: str, now: Scope) -> list[tuple[int, Entry]]:
        """The entries of a case among those that were looked at."""
        found: list[tuple[int, Entry]] = []
        if now.standing is Standing.STRANGER:
            return found
        for bundle in followed.bundles(self._conn, self._origin, case):
            self._go_on()
            start = bundle * WIDTH
            for index, data in enumerate(log.entries(start, min(start + WIDTH, self._state.folded)), start):
                entry = Entry.from_bytes(data)
                if (entry.case or NO_CASE) == case:
                    found.append((index, entry))
        return found

    # -- the store ---------------------------------------------------------------------------------------------------

    def _read(self, path: str) -> bytes | None:
        self._go_on()
        try:
            return self._round.store.get(f"{LOGS}/{self._origin}/{path}")
        except NotInStore:
            return None

    def _bodies(self, commitments: Sequence[str]) -> Sequence[bytes | None]:
        """Each of the crew takes every so-and-so-manieth: a task for each would cost more than a body from a folder."""
        found: list[bytes | None] = [None] * len(commitments)

        def take(first: int) -> None:
            for n in range(first, len(commitments), BODIES_AT_ONCE):
                found[n] = self._read(body_path(commitments[n]))

        list(self._round.crew.map(take, range(min(BODIES_AT_ONCE, len(commitments)))))
        return found

    def _open_body_key(self, verifier: Verifier) -> None:
        data, custody = self._read(BODY_KEY_FILE), self._viewer.custody
        if data is None or custody is None:
            return
        with suppress(ReviewerError):  # sealed to the custody keys of then, or no such document
            self._viewer.body_keys[self._origin] = open_body_key(data, self._origin, verifier.public, custody)

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Cancelled("Following the logs")


def named(origin: str, roster: Roster) -> str:
    """A log as a person calls it."""
    _, station, who, log, _ = origin.split("/")
    if who == STATION:
        return f"The log of {station}"
    user = next((u for u in roster.users if u.id == who), None)
    return f"The {log} log of {f'{user.name} {user.badge}' if user else who} on {station}"
