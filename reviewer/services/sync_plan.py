"""Which object comes first: what is on screen, then the rest of the open case, then everything else."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.services.holding import ObjectState, ObjectStatus
from reviewer.services.quarantine import Item
from reviewer.services.sync_job import Job
from reviewer.services.transfer import Transfer


class Level(IntEnum):
    """Who goes first."""

    ON_SCREEN = 0
    OPEN_CASE = 1
    REST = 2


Rank = tuple[int, int, int]
"""Level, then two orders within it. The smallest comes first."""


@dataclass(eq=False)
class Task:
    """One object that comes down, for one case or several. `busy` threads are at it; `ready` once the store was asked
    what it has. Its fields are the plan's; whoever changes them holds the lock of `Sync`."""

    item: Item
    transfer: Transfer
    jobs: list[Job]
    rank: Rank
    ready: bool = False
    asking: bool = False
    hashing: bool = False
    queued: bool = False  # something of it can be claimed
    pinned: bool = False  # the store was asked which version counts
    busy: int = 0
    leaving: list[Job] = field(default_factory=list)  # jobs that end when nobody is at it any more
    ended: ObjectStatus | None = None  # how it ended, while somebody is at it still

    def note(self, received: int) -> None:
        """So many bytes of it came: tell whoever waits for it."""
        status = ObjectStatus(self.item, ObjectState.PARTIAL, self.transfer.here)
        for job in tuple(self.jobs):
            job.note(status, received)


class Plan:
    """The tasks there are, and which of them wait for somebody, in order. Not safe to use from several threads."""

    def __init__(self, dropped: Callable[[str], None]) -> None:
        self.jobs: list[Job] = []
        self._dropped = dropped
        self.tasks: dict[str, Task] = {}
        self.growing: dict[str, Task] = {}  # what comes in pieces, and is hashed beside that
        self._waiting: list[Task] = []
        self._on_screen: dict[str, int] = {}
        self._open_case: str | None = None

    def want(self, on_screen: Sequence[str], case: str | None) -> None:
        """Another order from now on: these objects, then this case, then the rest."""
        self._on_screen = {name: at for at, name in reversed(list(enumerate(on_screen)))}
        self._open_case = case
        for task in self.tasks.values():
            task.rank = self._rank(task)
        self._waiting.sort(key=_by_rank)

    def add(self, item: Item, job: Job, make: Transfer) -> Task:
        """This object too, for this job; one that another job brings already is brought once, and one that ended a
        moment ago has ended for this job as well."""
        task = self.tasks.get(item.object)
        if task is None:
            task = self.tasks[item.object] = Task(item, make, [], (0, 0, 0))
        if task.ended is not None:
            task.leaving.append(job)
            job.note(task.ended)
            return task
        task.jobs.append(job)
        self.rests(task)
        task.rank = self._rank(task)
        self.wait(task)
        return task

    def _rank(self, task: Task) -> Rank:
        name = task.item.object
        if name in self._on_screen:
            return Level.ON_SCREEN, self._on_screen[name], 0
        ranks = (
            (Level.OPEN_CASE if job.case == self._open_case else Level.REST, job.order, job.place(name))
            for job in task.jobs
        )
        return min(ranks, default=(Level.REST, 0, 0))

    def wait(self, task: Task) -> None:
        """Something of it may be claimed again."""
        if not task.queued:
            task.queued = True
            insort(self._waiting, task, key=_by_rank)

    def rests(self, task: Task) -> None:
        """Nothing of it can be claimed now."""
        if task.queued:
            task.queued = False
            self._waiting.remove(task)

    def begun(self, task: Task) -> None:
        """The store has said what it has of it."""
        task.ready, task.asking = True, False
        if task.transfer.in_pieces:
            self.growing[task.item.object] = task

    def to_hash(self) -> Task | None:
        """What has bytes that nobody has hashed yet, or is done but for its name; most urgent first."""
        free = (t for t in self.growing.values() if not t.hashing and t.jobs)
        behind = (t for t in free if t.transfer.to_hash)
        return min(behind, key=_by_rank, default=None)

    def drop(self, task: Task) -> None:
        """Done with, or given up."""
        self.rests(task)
        self.tasks.pop(task.item.object, None)
        self.growing.pop(task.item.object, None)
        self._dropped(task.item.object)

    def waiting(self) -> Iterator[Task]:
        """What can be claimed, most urgent first."""
        return iter(tuple(self._waiting[:64]))

    def outranks(self, task: Task) -> bool:
        """Whether something that waits is so much more urgent that `task` should be left for it."""
        best = next((t for t in self._waiting[:8] if not t.asking), None)
        if best is None:
            return False
        nearer = best.rank[0] < task.rank[0]
        return nearer or (best.rank[0] == Level.ON_SCREEN and best.rank < task.rank)

    # -- ends --------------------------------------------------------------------------------------------------------

    def stop(self, job: Job, why: ReviewerError) -> None:
        """Let go of what only this job wants; it is over when nobody is at any of it."""
        job.stopped = job.stopped or why
        for name in tuple(job.waiting):
            task = self.tasks.get(name)
            if task is None or job not in task.jobs:
                continue  # it ends at this moment
            task.jobs.remove(job)
            if task.jobs:
                job.waiting.discard(name)
                continue
            task.leaving.append(job)
            self.rests(task)
            self.let_go(task)

    def let_go(self, task: Task) -> None:
        """If nobody wants it any more and nobody is at it, it is no task; whoever waited for that does no more."""
        if task.busy or task.jobs:
            return
        task.transfer.close()
        self.drop(task)
        for job in task.leaving:
            job.waiting.discard(task.item.object)

    def over(self, task: Task, status: ObjectStatus) -> list[Job]:
        """Nothing more of it is brought: so it ended. Returns whoever waits for it, and does until nobody is at it."""
        self.rests(task)
        task.ended = status
        task.leaving += task.jobs
        task.jobs = []
        return list(task.leaving)

    def ended(self) -> list[Job]:
        """Take out the jobs that are over; those that were cancelled a moment ago are stopped first."""
        for job in self.jobs:
            if job.stopped is None and job.cancel.is_set():
                self.stop(job, Cancelled("Fetching"))
        over = [job for job in self.jobs if not job.waiting]
        self.jobs = [job for job in self.jobs if job.waiting]
        return over


def _by_rank(task: Task) -> Rank:
    return task.rank
