"""The crew of a check: many things judged at once, a bounded number under way, written down twice a second; and how
far it is, said at most ten times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from reviewer.domain.errors import Cancelled, ReviewerError, StoreUnreachable
from reviewer.domain.storecheck import Fault
from reviewer.services import storecheck_words as words
from reviewer.services.storecheck_work import Document, Judged, Wanted, Work
from reviewer.stores.base import Store

_TELL_EVERY = 0.1  # seconds: progress at most ten a second
_WRITE_EVERY = 0.5  # seconds of judging that a kill may cost
_AHEAD = 4  # things under way a worker

Verdict = tuple[Judged, Document | None]
Judge = Callable[[Wanted], Verdict]


class Stage(StrEnum):
    """What is done in turn."""

    LISTING = "Listing"
    DOCUMENTS = "Signed documents"
    OBJECTS = "Objects"
    LOGS = "Logs"


@dataclass(frozen=True, slots=True)
class CheckProgress:
    """`done` of `total` things of this stage (0: not known yet), `bytes` of `total_bytes` read; `rate` is bytes a
    second of this run. `broken` and `warnings` were found so far."""

    stage: Stage
    done: int = 0
    total: int = 0
    bytes: int = 0
    total_bytes: int = 0
    rate: int = 0
    broken: int = 0
    warnings: int = 0


Listener = Callable[[CheckProgress], None]


class Meter:
    """How far a run is. `read`, `ended` and `end` are for any thread, the rest for the run's own."""

    def __init__(self, work: Work, listener: Listener, cancel: threading.Event) -> None:
        self._work, self._listener, self._cancel = work, listener, cancel
        self._end = threading.Event()
        self._now = CheckProgress(Stage.LISTING)
        self._since = time.monotonic()
        self._told = 0.0
        self._lock = threading.Lock()
        self._read = 0
        self._before = 0  # bytes that an earlier run read
        self._worked_before: int = work.recall("worked") or 0

    def begin(self, stage: Stage, total: int = 0, total_bytes: int = 0) -> None:
        """The next stage, said at once."""
        self._now = CheckProgress(stage, total=total, total_bytes=total_bytes)
        self._say()

    def step(self, before: int = 0) -> None:
        """One more is done; `before`: so many bytes of it were read by an earlier run."""
        self._now = replace(self._now, done=self._now.done + 1)
        self._before += before
        self.look()

    def read(self, count: int) -> None:
        """So many bytes were read just now. From any thread."""
        with self._lock:
            self._read += count

    def ended(self) -> bool:
        """Whether nothing more is to be judged: somebody asked, or the run fails."""
        return self._end.is_set() or self._cancel.is_set()

    def end(self) -> None:
        """Have the workers stop soon."""
        self._end.set()

    def look(self) -> None:
        """Say how far it is, if it is time. Raises Cancelled if somebody wants it to end."""
        if self._cancel.is_set():
            raise Cancelled("The check")
        if time.monotonic() - self._told >= _TELL_EVERY:
            self._say()

    def _say(self) -> None:
        self._told = time.monotonic()
        broken, warnings, _ = self._work.tally()
        ran = self._told - self._since
        read = self._before + self._read if self._now.total_bytes else 0
        rate = int(self._read / ran) if ran > 0 else 0
        self._listener(replace(self._now, bytes=read, rate=rate, broken=broken, warnings=warnings))

    def keep_time(self) -> None:
        """Write down how long was worked, all runs together."""
        self._work.keep("worked", self._worked_before + int((time.monotonic() - self._since) * 1_000_000))


class Crew:
    """Judges many things at once. `anchor` is a path that is there as long as the store is the one that was listed."""

    def __init__(self, store: Store, work: Work, meter: Meter, anchor: str, workers: int) -> None:
        self._store, self._work, self._meter = store, work, meter
        self._anchor, self._workers = anchor, workers
        self._written = time.monotonic()

    def judge_all(self, wanted: Iterable[Wanted], identity: Callable[[Wanted], str], judge: Judge) -> None:
        """Judge all of them, but for those that were judged before and are the same. What was judged is written down
        also when this raises: Cancelled, StoreUnreachable."""
        done: list[Verdict] = []
        under_way: set[Future[Verdict]] = set()
        try:
            with self._pool() as pool:
                for each in wanted:
                    mark = identity(each)
                    if mark and mark == each.judged:
                        self._meter.step(each.there.size if each.there is not None and each.sizes else 0)
                        continue
                    under_way.add(pool.submit(self._judge, judge, each))
                    while len(under_way) >= _AHEAD * self._workers:
                        self._gather(under_way, done)
                while under_way:
                    self._gather(under_way, done)
        finally:  # the pool is at rest: what was judged to its end is kept, whatever ended the rest
            whole = (each for each in under_way if not each.cancelled() and each.exception() is None)
            self._write([*done, *(each.result() for each in whole)])

    @contextmanager
    def _pool(self) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(self._workers, thread_name_prefix="check") as pool:
            try:
                yield pool
            except BaseException:
                self._meter.end()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _gather(self, under_way: set[Future[Verdict]], done: list[Verdict]) -> None:
        """Take what has ended, waiting a little for the first; says how far it is meanwhile."""
        ended = wait(under_way, timeout=_TELL_EVERY, return_when=FIRST_COMPLETED).done
        under_way -= ended
        whole = [future.result() for future in ended if future.exception() is None]
        done += whole  # all of it is kept before anything here may raise
        for _verdict in whole:
            self._meter.step()
        for future in ended:
            future.result()
        if time.monotonic() - self._written > _WRITE_EVERY:
            self._write(done)
            done.clear()
        self._meter.look()

    def _write(self, done: list[Verdict]) -> None:
        with self._work.together():
            for verdict, document in done:
                self._work.judge(verdict, document)
        self._written = time.monotonic()
        self._meter.keep_time()

    # In the workers

    def _judge(self, judge: Judge, each: Wanted) -> Verdict:
        """What cannot be read twice in a store that answers is said to be unreadable, and the rest goes on."""
        if self._meter.ended():
            raise Cancelled("The check")
        try:
            return self._believed(judge(each))
        except StoreUnreachable:
            self._answers()
        try:
            return self._believed(judge(each))
        except StoreUnreachable as wrong:
            self._answers(wrong)
            size = 0 if each.there is None else each.there.size
            finding = words.unreadable(each.path, each.label, each.recording, wrong.message)
            return Judged(each.path, "", size, False, (finding,)), None

    def _answers(self, otherwise: ReviewerError | None = None) -> None:
        """Raises why the store does not answer, if it does not."""
        if not self._store.exists(self._anchor):
            raise _another_store() from otherwise

    def _believed(self, verdict: Verdict) -> Verdict:
        """What is missing is believed only while the roster is there: a share that was unmounted misses everything."""
        if any(f.fault in (Fault.MISSING, Fault.LOST) for f in verdict[0].findings):
            self._answers()
        return verdict


def _another_store() -> StoreUnreachable:
    return StoreUnreachable(
        "The store is not the one that was listed: its roster is gone.", "See whether it is mounted; then go on."
    )
