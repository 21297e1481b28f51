"""Python's collector of cycles: out of the way of ten thousand values, and beside a window on its thread alone.

Documents and rows hold no cycles, so a collection among them finds nothing; it goes through all of them again and again
while they are made (half of the time of a list), and holds up every thread meanwhile, the window's too. The first one
after they are made would go through all of them in one breath: so they are put aside before.

A collection runs on whichever thread makes one value too many, and deletes there what it finds. A QObject may be
deleted by its own thread only (Qt, "Threads and QObjects"): a worker that met what was left of a desk after log-off
held one of Qt's locks and waited for Python's, while the window held Python's and waited for Qt's, for ever. So where
there is a window, a `Collector` is asked on its thread, and nothing else collects.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 50_000  # of which a collection takes longer than a window may be away
_GROWTH = 4  # as in CPython: all is gone through when a quarter came to it
_lock = threading.Lock()
_busy = 0
_collectors = 0


@contextmanager
def making_many() -> Iterator[None]:
    """While many values without cycles are made: nothing is collected in the process. May be entered by several threads
    at once."""
    global _busy
    with _lock:
        _busy += 1
        _settle()
    try:
        yield
    finally:
        with _lock:
            _busy -= 1
            if not _busy and gc.get_count()[0] > _MANY:
                gc.freeze()
            _settle()


def rests() -> bool:
    """Whether many values are being made."""
    return _busy > 0


def set_aside() -> None:
    """What exists now is never gone through again: for after thousands of values were made that stay for the session.
    They are freed as any other when nobody holds them; a cycle that is garbage at this moment is not. So: seldom."""
    gc.freeze()


class Collector:
    """From `start` to `stop` cycles are collected by whoever calls `look`, often and on one thread; by the same rules
    as Python's own collections (generations and `gc.get_threshold`)."""

    def __init__(self) -> None:
        self._lasting = 0  # what was left when all was gone through
        self._since = 0  # what came to it since then

    def start(self) -> None:
        """Nothing is collected by itself any more."""
        self._count(1)

    def stop(self) -> None:
        """It is again, if this was the only one."""
        self._count(-1)

    def look(self) -> None:
        """Collect what is due. Takes as long as a collection does; returns at once while many values are made."""
        counts, limits = gc.get_count(), gc.get_threshold()
        if rests() or counts[0] <= limits[0]:
            return
        if counts[1] <= limits[1]:
            gc.collect(0)
            return
        young = len(gc.get_objects(generation=0)) + len(gc.get_objects(generation=1))
        self._since += young - gc.collect(1)
        if counts[2] > limits[2] and self._since * _GROWTH > self._lasting:
            self.look_at_all()

    def look_at_all(self) -> None:
        """Collect all cycles: for when nobody waits."""
        gc.collect()
        self._lasting, self._since = len(gc.get_objects(generation=2)), 0

    def _count(self, by: int) -> None:
        global _collectors
        with _lock:
            _collectors += by
            _settle()


def _settle() -> None:
    if _busy or _collectors:
        gc.disable()
    else:
        gc.enable()
