"""The threads of a transfer: there while there is something to do, gone when there is not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from reviewer.domain.errors import StoreBusy, StoreUnreachable


class Crew:
    """Threads that share a lock. `busy` says, under that lock, whether there is something to do; `broken` is told the
    name of a thread that ended by an error that nobody foresaw."""

    def __init__(self, lock: threading.Lock, busy: Callable[[], bool], broken: Callable[[str], None]) -> None:
        self._lock, self._busy, self._broken = lock, busy, broken
        self._threads: dict[str, threading.Thread] = {}

    def man(self, name: str, run: Callable[[int], None], count: int) -> None:
        """See that `count` threads are there, each running `run(number)` until nothing is to do. Holds the lock."""
        for number in range(count):
            each = f"{name}-{number}"
            if each not in self._threads:
                thread = threading.Thread(target=self._serve, args=(each, run, number), name=each, daemon=True)
                self._threads[each] = thread
                thread.start()

    def join(self) -> None:
        """Wait until all are gone."""
        with self._lock:
            threads = tuple(self._threads.values())
        for thread in threads:
            thread.join()

    def _serve(self, name: str, run: Callable[[int], None], number: int) -> None:
        try:
            while name in self._threads:
                run(number)
                with self._lock:
                    if not self._busy():
                        self._threads.pop(name)
        finally:
            if name in self._threads:  # nobody waits for ever for a thread that is gone
                with self._lock:
                    self._threads.pop(name)
                self._broken(name)


class Tries:
    """How often one connection asks a store that does not answer. `patience` is seconds between the tries."""

    def __init__(self, patience: Sequence[float]) -> None:
        self._patience = patience
        self._tried, self._seen = 0, -1

    def answered(self) -> None:
        """The store did: the next silence counts from the beginning."""
        self._tried = 0

    def pause(self, why: StoreUnreachable, progressed: int) -> float | None:
        """How long to wait before the next try; None where there is none. `progressed` counts what came over any
        connection: as long as something does, nobody gives up."""
        self._tried = 1 if self._seen != progressed else self._tried + 1
        self._seen = progressed
        if type(why) not in (StoreUnreachable, StoreBusy) or self._tried > len(self._patience):
            return None
        return self._patience[self._tried - 1]


@contextmanager
def speaking() -> Iterator[None]:
    """What a folder or a share says when it goes in the middle, as StoreUnreachable."""
    try:
        yield
    except OSError as wrong:
        why = wrong.strerror or "the connection ended"
        step = "Fetch again; what is here is kept."
        raise StoreUnreachable(f"The store stopped answering: {why}.", step) from wrong
