"""Python's collector of cycles, kept out of the way of ten thousand values.

Documents and rows hold no cycles, so a collection among them finds nothing; it goes through all of them again and again
while they are made (half of the time of a list), and holds up every thread meanwhile, the window's too. The first one
after they are made would go through all of them in one breath: so they are put aside before.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 50_000  # of which a collection takes longer than a window may be away
_lock = threading.Lock()
_busy = 0


@contextmanager
def making_many() -> Iterator[None]:
    """While many values without cycles are made: nothing is collected in the process. May be entered by several threads
    at once."""
    global _busy
    with _lock:
        _busy += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _busy -= 1
            if not _busy:
                if gc.get_count()[0] > _MANY:
                    gc.freeze()
                gc.enable()


def set_aside() -> None:
    """What exists now is never gone through again: for after thousands of values were made that stay for the session.
    They are freed as any other when nobody holds them; a cycle that is garbage at this moment is not. So: seldom."""
    gc.freeze()
