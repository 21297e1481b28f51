"""Processes apart from the app: whatever reads footage that came from outside runs in one of these.

A file that crashes, hangs or floods FFmpeg then takes one small process with it and not the window. New processes are
forked from a server that has libav loaded already, where the platform can (16 ms and 6 MB each instead of 400 ms and
40 MB); elsewhere each starts anew. Values go in and out; nothing is shared but what is handed over.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from contextlib import suppress
from functools import cache
from multiprocessing.context import BaseContext

_PRELOAD = ["__main__", "reviewer.media.preload"]
MEMORY = 3 << 30  # bytes of address space: a 4K HEVC decoder takes 0.7 GB, a bomb asks for more than this


@cache
def context() -> BaseContext:
    """How processes are started here. The same for the whole program."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    chosen = multiprocessing.get_context("forkserver")
    chosen.set_forkserver_preload(_PRELOAD)
    return chosen


def warm() -> None:
    """Start the server now, so that the first process need not wait for it. Returns at once."""
    threading.Thread(target=_start_server, name="warm", daemon=True).start()


def _start_server() -> None:
    """A process that does nothing brings the server up."""
    process = context().Process(target=confine, name="warm")  # type: ignore[attr-defined]
    process.start()
    process.join()


def confine(memory: int = MEMORY) -> None:
    """For the process that calls it, first thing: no core file (it would hold footage in plain), Ctrl+C is the app's
    business, and at most so much address space where the platform can limit it."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # macOS takes no RLIMIT_AS
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory if most == resource.RLIM_INFINITY else min(memory, most), most))
