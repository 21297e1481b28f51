"""Sync: sealed objects of cases, copied from the store as they are and compared with the signed manifest.

Several connections bring ranges of one object or of several; what is on screen comes before what the open case needs,
and that before the rest, and `want` changes it while it runs. An object has its name only when its SHA-256 is right,
after fsync; an interrupted one goes on at any byte (`transfer`). Which version of an object it is, is asked once and
kept to. What does not match goes to quarantine and the rest goes on. Nothing is unsealed here.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack

from reviewer.domain.errors import NotInStore, ReviewerError, StoreUnreachable
from reviewer.domain.events import CaseSynced
from reviewer.domain.recording import Manifest
from reviewer.services.cache import Cache, CacheFull
from reviewer.services.disk import NoRoom
from reviewer.services.holding import ObjectState, ObjectStatus, states, states_of
from reviewer.services.ledger import Ledger
from reviewer.services.pace import Pace
from reviewer.services.quarantine import Record
from reviewer.services.ranges import Range
from reviewer.services.sync_begin import Begin, path_of
from reviewer.services.sync_crew import Crew, Tries, speaking
from reviewer.services.sync_job import Job, Listener, Progress, SyncReport, nobody
from reviewer.services.sync_plan import Level, Plan, Task
from reviewer.services.transfer import ALONE, Transfer
from reviewer.services.trust import Problem
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Store

__all__ = ["Level", "ObjectState", "ObjectStatus", "Progress", "Sync", "SyncReport", "states"]

CONNECTIONS = 4
SMALL = 12
"""Connections for objects of one piece: each waits for an answer longer than it carries one."""
_HASHERS = 2
_LOOK_EVERY = 0.1  # seconds: how soon a cancel is seen by whoever waits
PATIENCE = (0.2, 0.5, 1.0, 2.0)
"""Seconds between the tries while the store does not answer, before the transfer stops with a sentence."""


class Sync:
    """Brings cases down, one `Sync` at a time on a machine. Safe to use from several threads.

    `connections`: so many for all of it; left out, CONNECTIONS, and SMALL for small objects. `cap` is bytes a second
    (0: none); `cache` knows how much may lie here.
    """

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        record: Record,
        *,
        connections: int | None = None,
        cap: int = 0,
        cache: Cache | None = None,
        patience: Sequence[float] = PATIENCE,
    ) -> None:
        self._workspace, self._store, self._record = workspace, store, record
        self._connections, self._small = connections or CONNECTIONS, connections or SMALL
        self._patience = tuple(patience)
        self._cache = cache or Cache(workspace)
        self._pace = Pace(cap)
        self._ledger = Ledger(workspace)
        self._opening = Begin(workspace, store, record, self._cache, self._spared)
        self._lock = threading.Lock()
        self._work_here, self._bytes_here = threading.Condition(self._lock), threading.Condition(self._lock)
        self._plan = Plan(self._cache.settled)
        self._orders = itertools.count()
        self._paused = False
        self._crew = Crew(self._lock, lambda: bool(self._plan.jobs), self._broken)
        self._held = ExitStack()
        self._progressed = 0

    # -- what a person or a screen asks for --------------------------------------------------------------------------

    def start(
        self,
        case: str,
        manifests: Sequence[Manifest],
        listener: Listener | None = None,
        cancel: threading.Event | None = None,
        *,
        asked: bool = True,
    ) -> Future[SyncReport]:
        """Bring every object of these recordings here, those in quarantine again too; what is here stays. Cases that
        are started while others run come down with them.

        `listener` is called from the transfer's threads and must not block; setting `cancel` stops within a megabyte.
        `asked`: a person wants it, so what was used longest ago may make room. The Future raises InUse when another
        program transfers on this machine; everything else is in the report.
        """
        objects = {o.item.object: o for o in states(self._workspace, manifests)}
        job = Job(case, next(self._orders), listener or nobody, cancel or threading.Event(), asked, objects)
        with self._lock:
            try:
                self._begin(job)
            except ReviewerError as why:
                job.future.set_exception(why)
                return job.future
        if not job.waiting:
            self._end(job)
        return job.future

    def fetch(
        self,
        case: str,
        manifests: Sequence[Manifest],
        listener: Listener | None = None,
        cancel: threading.Event | None = None,
        *,
        asked: bool = True,
    ) -> SyncReport:
        """`start`, and wait for it. Raises InUse."""
        return self.start(case, manifests, listener, cancel, asked=asked).result()

    def want(self, on_screen: Sequence[str] = (), case: str | None = None) -> None:
        """What matters now: these objects first, in this order; then whatever `case` needs; then the rest. What is on
        its way for less is left within a megabyte, and gone on with later."""
        with self._lock:
            self._plan.want(on_screen, case)
            self._work_here.notify_all()

    @property
    def paused(self) -> bool:
        return self._paused

    def pause(self) -> None:
        """Let nothing more come until `go_on`; what is here is kept."""
        self._paused = True

    def go_on(self) -> None:
        """After a pause."""
        with self._lock:
            self._paused = False
            self._work_here.notify_all()

    @property
    def cap(self) -> int:
        """Bytes a second that may come, 0 for as many as do. May be set while it runs."""
        return self._pace.cap

    @cap.setter
    def cap(self, cap: int) -> None:
        self._pace.cap = cap

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that come down, or wait to."""
        with self._lock:
            return tuple(job.case for job in self._plan.jobs)

    def cancel(self) -> None:
        """Let everything end that runs. Returns at once."""
        with self._lock:
            jobs = tuple(self._plan.jobs)
            self._paused = False
        for job in jobs:
            job.cancel.set()

    def close(self) -> None:
        """Cancel everything, and wait until nothing is written any more."""
        self.cancel()
        self._crew.join()

    def _begin(self, job: Job) -> None:
        if not job.waiting:
            return
        if not self._plan.jobs:
            self._held.enter_context(self._workspace.transfer_lock())
        self._plan.jobs.append(job)
        for name in [n for n in job.objects if n in job.waiting]:
            item = job.objects[name].item
            self._plan.add(item, job, Transfer(self._workspace, item))
        some_small = any(job.objects[name].item.sealed_size <= ALONE for name in job.waiting)
        self._crew.man("sync", self._carrying, self._small if some_small else self._connections)
        self._crew.man("sync-hash", self._hashing, _HASHERS)
        self._work_here.notify_all()

    def _end(self, job: Job) -> None:
        """Nobody is at it any more: say how it ended."""
        left = [o.item for o in job.objects.values() if o.state is not ObjectState.PRESENT]
        report = job.end(states_of(self._workspace, left))
        if report.fetched:
            self._record(CaseSynced(case=job.case, objects=report.fetched, bytes=report.bytes))
        job.future.set_result(report)

    # -- threads -----------------------------------------------------------------------------------------------------

    def _broken(self, name: str) -> None:
        with self._lock:
            jobs, self._plan.jobs = self._plan.jobs, []
            self._held.close()
        for job in jobs:
            job.future.set_exception(RuntimeError(f"{name} ended while {job.case} came down"))

    def _settle_jobs(self) -> bool:
        """End what is over. True while something is left to do."""
        with self._lock:
            over = self._plan.ended()
            left = bool(self._plan.jobs)
            if over and not left:
                self._held.close()
                self._work_here.notify_all()
                self._bytes_here.notify_all()
        for job in over:
            self._end(job)
        return left

    def _carrying(self, number: int) -> None:
        """A connection: it brings a range after the other, and tries again while the store does not answer."""
        tries = Tries(self._patience)
        while self._settle_jobs():
            with self._lock:
                found = self._next(number)
                if found is None:
                    self._work_here.wait(_LOOK_EVERY)
                    continue
            task, piece = found
            pinned, asked = task.pinned, piece is None
            pause: float | None = 0.0
            try:
                if asked:
                    piece, asked = self._open(task), False
                self._at(task, piece)
                tries.answered()
            except StoreUnreachable as why:
                pause = tries.pause(why, self._progressed)
                self._not_answered(why, stop=pause is None)
            except ReviewerError as why:
                newly = task.pinned and not pinned
                if not (newly and isinstance(why, NotInStore)):  # else something may only lie over it: asked next
                    self._failed(task, why)
            finally:
                self._leave(task, asked=asked)
            self._rest(pause or 0.0)

    def _next(self, number: int) -> tuple[Task, Range | None] | None:
        """What this connection is to bring: a range, or (None) the answer to what the store has. Holds the lock."""
        if self._paused or number >= self._pace.connections(self._small):
            return None
        for task in self._plan.waiting():
            if task.asking or (task.transfer.in_pieces and number >= self._connections):
                continue
            piece = None
            if task.ready:
                piece = task.transfer.claim()
                if piece is None:
                    self._plan.rests(task)
                    continue
            task.asking = not task.ready
            task.busy += 1
            return task, piece
        return None

    def _leave(self, task: Task, *, asked: bool = False) -> None:
        with self._lock:
            task.busy -= 1
            task.asking = task.asking and not asked  # the store did not answer: somebody else may ask it
            for job in task.jobs:
                job.rests(task.item.object)
            self._plan.let_go(task)
            self._work_here.notify()

    def _rest(self, seconds: float) -> None:
        """Wait before the store is asked again, unless there is nothing to ask for any more."""
        until = time.monotonic() + seconds
        with self._lock:
            while self._plan.jobs and time.monotonic() < until and not any(j.cancel.is_set() for j in self._plan.jobs):
                self._work_here.wait(min(_LOOK_EVERY, max(0.0, until - time.monotonic())))

    # -- one object --------------------------------------------------------------------------------------------------

    def _open(self, task: Task) -> Range | None:
        """Ask what the store has of an object. Gives the first range to bring, if any is missing."""
        if self._came_before(task):
            return None
        self._opening.open(task)
        task.note(0)
        with self._lock:
            self._plan.begun(task)
            if task.transfer.in_pieces:
                self._work_here.notify_all()
                self._bytes_here.notify_all()
            return task.transfer.claim()

    def _came_before(self, task: Task) -> bool:
        """Another case brought it after this one had looked for it, and before this one began."""
        (status,) = states_of(self._workspace, [task.item])
        if status.state is not ObjectState.PRESENT:
            return False
        for job in self._over(task, status):
            job.note(status)
        return True

    def _at(self, task: Task, piece: Range | None) -> None:
        """Bring a range; finish an object that is all here."""
        if piece is not None:
            self._carry(task, piece)
        if not task.transfer.in_pieces and task.transfer.whole:
            self._finish(task)

    def _spared(self, task: Task) -> tuple[set[str], bool]:
        with self._lock:
            keep = {name for job in self._plan.jobs for name in job.objects}
            return keep, task.rank[0] < Level.REST or any(job.asked for job in task.jobs)

    def _carry(self, task: Task, piece: Range) -> None:
        at, stop = piece
        path = path_of(task.item.object)
        try:
            with speaking(), self._store.stream(path, at, stop, task.transfer.version) as chunks:
                for chunk in chunks:
                    task.transfer.write(at, chunk)
                    at += len(chunk)
                    self._progressed += 1
                    task.note(len(chunk))
                    go_on = self._may_go_on(task, self._pace.spent(len(chunk)))
                    if at < stop and not go_on:
                        break
        finally:
            with self._lock:
                if at < stop:
                    task.transfer.give_back((at, stop))
                    task.ready, task.pinned = task.pinned, True
                    if task.jobs:
                        self._plan.wait(task)
                self._bytes_here.notify()

    def _may_go_on(self, task: Task, until: float) -> bool:
        """Whether to bring more of this now; waits as long as the cap asks for."""
        while True:
            with self._lock:
                given_up = not task.jobs or all(job.cancel.is_set() for job in task.jobs)
                if given_up or self._paused or self._plan.outranks(task):
                    return False
                left = until - time.monotonic()
                if left <= 0 or not self._pace.cap:
                    if task.transfer.in_pieces:
                        self._bytes_here.notify()
                    return True
                self._work_here.wait(min(_LOOK_EVERY, left))

    def _hashing(self, _number: int) -> None:
        """Hash what came in pieces, in order, beside the connections; finish what is all here."""
        while self._settle_jobs():
            with self._lock:
                task = self._plan.to_hash()
                if task is None:
                    self._bytes_here.wait(_LOOK_EVERY)
                    continue
                task.hashing, task.busy = True, task.busy + 1
            try:
                task.transfer.hash_on()
                if task.transfer.hashed:
                    self._finish(task)
            except ReviewerError as why:
                self._failed(task, why)
            finally:
                task.hashing = False
                self._leave(task)

    def _finish(self, task: Task) -> None:
        """All of it is here: hash the rest, compare, give it its name."""
        transfer, case = task.transfer, task.jobs[0].case if task.jobs else ""
        while not transfer.hashed:
            transfer.hash_on()
        if not transfer.finish(self._ledger, self._record, case):
            self._once_more(task)
            return
        status = ObjectStatus(task.item, ObjectState.PRESENT, task.item.sealed_size)
        for job in self._over(task, status):
            job.arrived(status, self._workspace.cached(task.item.object).parent)

    def _once_more(self, task: Task) -> None:
        """From the start, of exactly the version that counts. Nobody claims anything of it before that was asked."""
        with self._lock:
            task.ready, task.asking = False, True
        task.transfer.begin_anew()
        with self._lock:
            task.pinned, task.asking = True, False
            if task.jobs:
                self._plan.wait(task)

    def _over(self, task: Task, status: ObjectStatus) -> list[Job]:
        with self._lock:
            return self._plan.over(task, status)

    def _failed(self, task: Task, why: ReviewerError) -> None:
        """This object does not come; what meets every object alike stops the transfers."""
        if isinstance(why, NoRoom):
            self._stop(why)
        elif isinstance(why, CacheFull):
            self._stop(why, task)
        else:
            problem = Problem(task.item.label, why.message, why.next_step)
            (status,) = states_of(self._workspace, [task.item])
            ended = ObjectStatus(task.item, status.state, status.here, problem)
            for job in self._over(task, ended):
                job.note(ended)

    def _not_answered(self, why: StoreUnreachable, *, stop: bool) -> None:
        """It is said at once; the store is asked again for a while before all of it stops."""
        if stop:
            self._stop(why)
            return
        for job in tuple(self._plan.jobs):
            job.waits_for_store(why)

    def _stop(self, why: ReviewerError, task: Task | None = None) -> None:
        """All jobs, or those that want this object."""
        with self._lock:
            for job in tuple(self._plan.jobs if task is None else task.jobs):
                self._plan.stop(job, why)
