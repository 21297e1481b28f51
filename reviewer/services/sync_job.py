"""What a transfer says of itself: one case that comes down, its progress and its report."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from reviewer.domain.errors import ReviewerError
from reviewer.services.disk import sync_folder
from reviewer.services.holding import ObjectState, ObjectStatus
from reviewer.services.trust import Problem

_TELL_EVERY = 0.1  # seconds: progress at most 10 a second
_LATELY = 5.0  # seconds that the rate is judged by


@dataclass(frozen=True, slots=True)
class Progress:
    """A picture of a transfer, at most ten a second and one at the end. `rate` is bytes a second of late; `now` are the
    labels of the objects that are on their way at this moment, most urgent first. `trouble`: why nothing comes at this
    moment; the store is asked again."""

    case: str
    objects: tuple[ObjectStatus, ...]
    rate: int = 0
    finished: bool = False
    now: tuple[str, ...] = ()
    trouble: ReviewerError | None = None

    @property
    def here(self) -> int:
        return sum(o.here for o in self.objects)

    @property
    def total(self) -> int:
        return sum(o.item.sealed_size for o in self.objects)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """How a transfer ended. `stopped` says why it did not go to its end (cancelled, no room, store not reached)."""

    case: str
    objects: tuple[ObjectStatus, ...]
    fetched: int
    bytes: int
    stopped: ReviewerError | None = None

    @property
    def complete(self) -> bool:
        return all(o.state is ObjectState.PRESENT for o in self.objects)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(o.problem for o in self.objects if o.problem is not None)


Listener = Callable[[Progress], None]


def nobody(_: Progress) -> None:
    """A listener that does not listen."""


@dataclass(eq=False)
class Job:
    """One case that comes down. `asked`: by a person, so that what was used longest ago may make room for it."""

    case: str
    order: int
    listener: Listener
    cancel: threading.Event
    asked: bool
    objects: dict[str, ObjectStatus]
    future: Future[SyncReport] = field(default_factory=Future)
    stopped: ReviewerError | None = None
    waiting: set[str] = field(default_factory=set)  # objects that are not done with
    _fetched: int = 0
    _bytes: int = 0
    _told: float = field(default_factory=time.monotonic)
    _came: deque[tuple[float, int]] = field(default_factory=deque)
    _now: dict[str, str] = field(default_factory=dict)
    _folders: set[Path] = field(default_factory=set)  # in which a name may not be durable yet
    _places: dict[str, int] = field(default_factory=dict)
    _trouble: ReviewerError | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._places = {name: at for at, name in enumerate(self.objects)}
        self.waiting = {name for name, each in self.objects.items() if each.state is not ObjectState.PRESENT}
        self.future.set_running_or_notify_cancel()

    def place(self, name: str) -> int:
        """Where an object stands in this job's own order."""
        return self._places.get(name, len(self._places))

    def note(self, status: ObjectStatus, received: int = 0) -> None:
        """How an object stands now."""
        with self._lock:
            name = status.item.object
            if status.state is ObjectState.PARTIAL and self.objects[name].state is ObjectState.PRESENT:
                return  # said by a connection that was overtaken
            self.objects[name] = status
            if status.state is ObjectState.PARTIAL and received:
                self._now[name] = status.item.label
                self._trouble = None
                self._came.append((time.monotonic(), received))
            else:
                self._now.pop(name, None)
            if time.monotonic() - self._told >= _TELL_EVERY:
                self._tell()

    def waits_for_store(self, why: ReviewerError) -> None:
        """The store does not answer, and is asked again: said at once, until something comes."""
        with self._lock:
            known, self._trouble = self._trouble, why
            if known is None:
                self._tell()

    def rests(self, name: str) -> None:
        """Nothing of this object is on its way any more."""
        with self._lock:
            self._now.pop(name, None)

    def arrived(self, status: ObjectStatus, folder: Path) -> None:
        """An object is here, whole and right, under its name in this folder."""
        self._folders.add(folder)
        self._fetched += 1
        self._bytes += status.item.sealed_size
        self.note(status)

    def end(self, anew: Iterable[ObjectStatus]) -> SyncReport:
        """Say how it ended. `anew` is how objects that did not come stand on the disk."""
        for folder in self._folders:
            with suppress(OSError):  # at worst a power cut leaves the old names, and those are hashed once more
                sync_folder(folder)
        with self._lock:
            for each in anew:
                if self.objects[each.item.object].problem is None:
                    self.objects[each.item.object] = each
            self._now.clear()
            self._tell(finished=True)
            return SyncReport(self.case, tuple(self.objects.values()), self._fetched, self._bytes, self.stopped)

    def _tell(self, *, finished: bool = False) -> None:
        now = self._told = time.monotonic()
        while self._came and now - self._came[0][0] > _LATELY:
            self._came.popleft()
        since = now - self._came[0][0] if self._came else 0.0
        rate = int(sum(size for _, size in self._came) / since) if since > 0 else 0
        objects, coming = tuple(self.objects.values()), tuple(self._now.values())
        self.listener(Progress(self.case, objects, rate, finished, coming, None if finished else self._trouble))
