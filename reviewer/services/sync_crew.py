"""The threads of a transfer: there while there is something to do, gone when there is not."""

from __future__ import annotations

import threading
from collections.abc import Callable


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
