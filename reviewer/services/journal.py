"""The journal: the one door for change. What is recorded here becomes a signed entry before it has an effect.

The scribe thread owns the database connection and the signing keys. It takes whatever has queued up and makes one
transaction of it: entries, one signed head a log, sealed bodies and what is folded from them become durable together or
not at all. Only then the Futures are answered and the listeners told (house.md, "Key → mark").
"""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.entry import Entry
from reviewer.audit.errors import AuditError, BadEntry
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer, Verifier
from reviewer.domain.errors import LogForked, LogUnwritable, ReviewerError
from reviewer.domain.events import Event, LogName
from reviewer.domain.machine_acts import ClockJumped
from reviewer.domain.reason_acts import LogWasUnwritable
from reviewer.domain.timebase import Micros, Utc
from reviewer.records import projections
from reviewer.records.database import open_database
from reviewer.services.bodies import body_key, payload_of, seal_body
from reviewer.services.clock import Clock, Clocks, Reading, SinceBoot, utc_now
from reviewer.services.logtrouble import closed
from reviewer.services.logtrouble import unwritable as unwritable
from reviewer.services.rebuild import meta_of, rebuild, refold
from reviewer.services.stated import StatedReasons

_BATCH = 256
EPOCH = 1


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event that is durable: entry `index` of the log `origin`, written at `at` by this machine's clock."""

    event: Event
    origin: str
    index: int
    at: Utc


Listener = Callable[[Recorded], None]
FailureListener = Callable[[LogUnwritable], None]
CaseKeyLookup = Callable[[str], Sequence[bytes]]


def origin_of(agency: str, station: str, who: str, log: LogName, epoch: int = EPOCH) -> str:
    """A log's name: `<agency>/<workstation>/<user or "station">/<access|work>/<epoch>`."""
    return f"{agency}/{station}/{who}/{log.value}/{epoch}"


@dataclass(frozen=True, slots=True)
class _OwnLog:
    log: SqliteLog
    body_key: bytes


@dataclass(slots=True)
class _Item:
    event: Event
    future: Future[Recorded]
    reading: Reading | None = None  # of the clocks, when it was last tried to be written


@dataclass(slots=True)
class _Refold:
    case: str
    keys: Sequence[bytes]
    future: Future[int]


def _no_case_keys(_case: str) -> Sequence[bytes]:
    return ()


class Journal:
    """One person's logs on this workstation (or the station's own), and the thread that writes them.

    `origins` gives each log its name; all are signed with `signing`. `case_keys` must not block. Raises LogUnwritable
    when the database cannot be opened, LogForked when the log in it is not what its key signed.
    """

    def __init__(
        self,
        path: Path,
        origins: Mapping[LogName, str],
        signing: Ed25519PrivateKey,
        *,
        case_keys: CaseKeyLookup = _no_case_keys,
        rebuild_keys: CaseKeyLookup | None = None,
        now: Clock = utc_now,
        mono: SinceBoot | None = None,
    ) -> None:
        self.path = path
        self._case_keys = case_keys
        self._clocks = Clocks(now, mono)
        self._failed: LogUnwritable | None = None
        self._failing = (Utc(0), 0)  # since when, and how many events were refused
        self._listeners: list[Listener] = []
        self._failure_listeners: list[FailureListener] = []
        self._stated = StatedReasons()
        self._seen = 0
        self._queue: queue.SimpleQueue[_Item | _Refold | None] = queue.SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._conn = open_database(path)
        try:
            self._logs = {
                name: _OwnLog(SqliteLog.open(self._conn, origin, Signer(origin, signing)), body_key(signing, origin))
                for name, origin in origins.items()
            }
            self._older = self._former_logs()
            self._check(rebuild_keys or case_keys)
            self._lamport, self._read = self._last()
        except sqlite3.Error as wrong:
            self._conn.close()
            raise unwritable(wrong) from wrong
        except BaseException:
            self._conn.close()
            raise
        self._scribe = threading.Thread(target=self._run, name="scribe", daemon=True)
        self._scribe.start()

    @property
    def failed(self) -> LogUnwritable | None:
        """Why the last attempt to write failed; None once one has succeeded again."""
        return self._failed

    @property
    def verifiers(self) -> tuple[Verifier, ...]:
        """The public keys of these logs, each under its origin's name."""
        return tuple(own.log.verifier for own in self._logs.values())

    def observe(self, lamport: int) -> None:
        """Somebody else's entry, seen here, has this Lamport value: what is recorded from now on comes after it."""
        with self._door:
            self._seen = max(self._seen, lamport)

    def record(self, event: Event) -> Future[Recorded]:
        """Queue an event. Never blocks on the disk. The Future has `Recorded` once it is durable, or LogUnwritable;
        it cannot be cancelled. Its callbacks run on the scribe thread, as the listeners do."""
        future: Future[Recorded] = Future()
        future.set_running_or_notify_cancel()
        with self._door:
            if not self._closed:
                self._queue.put(_Item(event, future))
                return future
        future.set_exception(closed())
        return future

    def refold(self, case: str, keys: Sequence[bytes] = ()) -> Future[int]:
        """Fold the entries of a case again, with these case keys (none: what only they open is forgotten, and its
        bytes are overwritten). The Future has how many entries there are, or LogUnwritable."""
        future: Future[int] = Future()
        future.set_running_or_notify_cancel()
        with self._door:
            if not self._closed:
                self._queue.put(_Refold(case, tuple(keys), future))
                return future
        future.set_exception(closed())
        return future

    def listen(self, listener: Listener) -> None:
        """Be told of each recorded event, after its commit, on the scribe thread. A listener must not raise or wait."""
        self._listeners.append(listener)

    def listen_failure(self, listener: FailureListener) -> None:
        """Be told, on the scribe thread, when the log cannot be written."""
        self._failure_listeners.append(listener)

    def unlisten(self, listener: Listener | FailureListener) -> None:
        for known in (self._listeners, self._failure_listeners):
            if listener in known:
                known.remove(listener)  # type: ignore[arg-type]

    def close(self) -> None:
        """Write what is queued, then close. Calling it twice is no error."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._scribe.join()

    # -- the scribe thread -------------------------------------------------------------------------------------------

    def _run(self) -> None:
        batch: list[_Item] = []
        try:
            open_ = True
            while open_:
                batch, open_ = self._take()
                if batch:
                    self._write(batch)
        finally:
            # Whatever ends the thread, nobody waits for ever for an entry that will not come.
            with self._door:
                self._closed = True
            for item in (*batch, *self._drain()):
                if not item.future.done():
                    item.future.set_exception(closed())
            with contextlib.suppress(sqlite3.Error):
                self._conn.close()

    def _take(self) -> tuple[list[_Item], bool]:
        """What is queued, at most a batch; False once the journal is to close."""
        item = self._queue.get()
        batch: list[_Item] = []
        while item is not None:
            if isinstance(item, _Refold):
                if batch:  # after what was recorded before it
                    self._write(batch)
                self._fold_again(item)
                return [], True
            batch.append(item)
            if len(batch) == _BATCH:
                return batch, True
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _fold_again(self, asked: _Refold) -> None:
        own = {each.log.origin: each for each in self._logs.values()}
        try:
            count = refold(
                self._conn,
                [*(each.log for each in own.values()), *self._older],
                asked.case,
                lambda origin, _case: (*asked.keys, *(own[o].body_key for o in own if o == origin)),
            )
        except (sqlite3.Error, AuditError, ReviewerError) as wrong:
            asked.future.set_exception(unwritable(wrong))
        else:
            asked.future.set_result(count)

    def _drain(self) -> list[_Item | _Refold]:
        items: list[_Item | _Refold | None] = []
        with contextlib.suppress(queue.Empty):
            while True:
                items.append(self._queue.get_nowait())
        return [item for item in items if item is not None]

    def _write(self, batch: list[_Item]) -> None:
        items = self._dated([*self._failure_is_over(), *batch])
        try:
            recorded = self._commit(items)
        except (sqlite3.Error, AuditError, OSError, ValueError, TypeError) as wrong:
            self._rolled_back()
            if len(batch) > 1:  # one bad event must not take its neighbours with it
                for item in batch:
                    self._write([item])
            else:
                self._refuse(batch[0], wrong)
            return
        self._failed, self._failing = None, (Utc(0), 0)
        self._read = items[-1].reading
        for item, each in zip(items, recorded, strict=True):
            item.future.set_result(each)
            for listener in tuple(self._listeners):
                listener(each)

    def _refuse(self, item: _Item, wrong: Exception) -> None:
        if isinstance(wrong, ValueError | TypeError | BadEntry):  # no entry can say this event: a fault of its maker
            item.future.set_exception(wrong)
            return
        since, refused = self._failing
        self._failing = (since if self._failed else self._clocks.read().at, refused + 1)
        self._failed = unwritable(wrong)
        item.future.set_exception(self._failed)
        for listener in tuple(self._failure_listeners):
            listener(self._failed)

    def _failure_is_over(self) -> list[_Item]:
        """The first entry once the log takes entries again: since when it did not."""
        if self._failed is None or LogWasUnwritable.LOG not in self._logs:
            return []
        since, refused = self._failing
        return [_Item(LogWasUnwritable(since, self._failed.message, refused), Future())]

    def _dated(self, items: Sequence[_Item]) -> list[_Item]:
        """These, each with what the clocks say now; before one at which they disagree, that they do."""
        dated: list[_Item] = []
        before = self._read if self._clocks.compared and ClockJumped.LOG in self._logs else None
        for item in items:
            item.reading = self._clocks.read()
            jump = item.reading.jump_since(before) if before is not None else None
            before = item.reading if before is not None else None
            dated += [_Item(jump, Future(), item.reading), item] if jump is not None else [item]
        return dated

    def _rolled_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")

    def _commit(self, batch: Sequence[_Item]) -> list[Recorded]:
        stated, lamport = self._stated.copy(), max(self._lamport, self._seen)
        made: list[tuple[LogName, Entry, bytes, bytes]] = []
        for item in batch:
            lamport += 1
            stated.learn(item.event)
            made.append(self._made(item, lamport, stated))
        self._conn.execute("BEGIN IMMEDIATE")
        indexes = self._append(made)
        recorded = []
        for item, (name, entry, _, payload), index in zip(batch, made, indexes, strict=True):
            origin = self._logs[name].log.origin
            projections.apply(self._conn, item.event, meta_of(entry, origin, index, payload))
            recorded.append(Recorded(item.event, origin, index, Utc(entry.at)))
        self._conn.execute("COMMIT")
        self._stated, self._lamport = stated, lamport
        return recorded

    def _append(self, made: Sequence[tuple[LogName, Entry, bytes, bytes]]) -> list[int]:
        """One append, and so one signed head, a log. Returns each entry's index, in the order given."""
        following: dict[LogName, int] = {}
        for name in dict.fromkeys(name for name, *_ in made):
            mine = [(entry.to_bytes(), sealed) for log, entry, sealed, _ in made if log is name]
            following[name] = self._logs[name].log.append([e for e, _ in mine], [b for _, b in mine])
        indexes = []
        for name, *_ in made:
            indexes.append(following[name])
            following[name] += 1
        return indexes

    def _made(self, item: _Item, lamport: int, stated: StatedReasons) -> tuple[LogName, Entry, bytes, bytes]:
        """(log, entry, sealed body, payload) of an event."""
        event, reading = item.event, item.reading or self._clocks.read()
        name = event.LOG
        if name not in self._logs:
            raise ValueError(f"this journal has no {name} log for {event.KIND}")
        case, recording = getattr(event, "case", None), getattr(event, "recording", None)
        payload = payload_of(event, stated.members(event))
        keys = self._case_keys(case) if case else ()
        commitment, sealed = seal_body(payload, keys[0] if keys else self._logs[name].body_key)
        entry = Entry(
            at=reading.at,
            mono=reading.mono,
            boot=reading.boot,
            lamport=lamport,
            kind=event.KIND,
            case=case,
            recording=recording,
            body=commitment,
        )
        return name, entry, sealed, payload

    # -- on start ----------------------------------------------------------------------------------------------------

    def _check(self, case_keys: CaseKeyLookup) -> None:
        """The log is what its key signed, and the tables are folded from exactly it."""
        for own in self._logs.values():
            problems = own.log.check()
            if problems:
                raise LogForked(f"The log on this machine is not what was signed: {problems[0]}", _TELL)
        folded = dict(self._conn.execute("SELECT origin, count(*) FROM entries GROUP BY origin").fetchall())
        mine = {own.log.origin: own for own in self._logs.values()}
        if any(folded.get(origin, 0) != own.log.size for origin, own in mine.items()):

            def keys_for(origin: str, case: str | None) -> Sequence[bytes]:
                own = mine.get(origin)
                return (*(case_keys(case) if case else ()), *([own.body_key] if own is not None else []))

            rebuild(self._conn, [*(own.log for own in mine.values()), *self._older], keys_for)

    def _former_logs(self) -> tuple[SqliteLog, ...]:
        """This person's logs of earlier epochs: their keys are gone, what stands in them is folded where it opens."""
        mine = {own.log.origin: own.log for own in self._logs.values()}
        verifier = next(iter(mine.values())).verifier
        others = (origin for origin in SqliteLog.origins(self._conn) if origin not in mine)
        return tuple(SqliteLog.read(self._conn, origin, verifier) for origin in others)

    def _last(self) -> tuple[int, Reading | None]:
        """The highest lamport value so far, and what the clocks said at that entry."""
        last = self._conn.execute(
            "SELECT lamport, at, mono, boot FROM entries ORDER BY lamport DESC LIMIT 1"
        ).fetchone()
        if last is None:
            return 0, None
        lamport, at, mono, boot = last
        return int(lamport), Reading(Utc(at), Micros(mono), boot)


_TELL = "Do not go on; tell the custodian. Nothing was changed."
