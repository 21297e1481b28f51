"""Processes apart from the app: whatever reads footage that came from outside runs in one of these.

A file that crashes, hangs or floods FFmpeg then takes one small process with it and not the window. New processes are
forked from a server that has libav loaded already, where the platform can (6 ms and 6 MB each instead of 400 ms and
40 MB); elsewhere each starts anew. Values go in and out; nothing is shared but what is handed over.

`call` and `pieces` run one function of a module in a process of its own. A process never sees two files: the first may
have taken it over. For the same reason its answers are never unpickled (`answers`), and no more of them is taken than a
recording can need.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, TypeVar, cast

import psutil

from reviewer.config import own_modules
from reviewer.domain.errors import Cancelled, DecoderStopped, ReviewerError
from reviewer.media import answers

T = TypeVar("T")

# Names, because this room knows nothing above it: the command line is what every process finds as its main module, and
# the map is to be there as soon as it is asked for.
_PRELOAD = ["reviewer.media.preload", "reviewer.cli", "reviewer.ui.review.map_draw"]
MEMORY = 3 << 30  # bytes of address space: a 4K HEVC decoder takes 0.7 GB, a bomb asks for more than this
PATIENCE = 30.0  # seconds without a sign of life
_LARGEST = 512 << 20  # bytes of all answers of one job: an 8K still has 133 MB
_TICK = 0.05  # seconds between two looks at what nobody tells: cancelling, memory
_SIGN_EVERY = 0.2  # seconds
_ALIVE, _PIECE, _END, _RESULT, _ERROR, _FULL = b"a", b"p", b"z", b"r", b"e", b"m"
_OTHERS = "The other files are not touched; ask who recorded it for the camera’s own file."


# -- how processes are started -----------------------------------------------------------------------------------------


@cache
def context() -> BaseContext:
    """How processes are started here. The same for the whole program."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    chosen = multiprocessing.get_context("forkserver")
    chosen.set_forkserver_preload(_PRELOAD)
    with own_modules():
        forkserver.ensure_running()
    return chosen


def warm() -> None:
    """Start the server now, so that the first process need not wait for it. Returns at once."""
    threading.Thread(target=_try, name="warm", daemon=True).start()


def _try() -> None:
    """A process that does nothing waits until the server has loaded what all need."""
    process = context().Process(target=confine, name="warm", daemon=True)  # type: ignore[attr-defined]
    process.start()
    process.join()


def confine(memory: int = MEMORY) -> None:
    """For the process that calls it, first thing: no core file (it would hold footage in plain), Ctrl+C is the app's
    business, it ends when the app does, and at most so much address space where the platform can limit it."""
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
    if sys.platform == "linux":
        from reviewer.media.confinement import end_with_app

        end_with_app()


def seclude() -> None:
    """For a process that only reads and answers, after `confine` and before it has threads: it gives up every right
    that it does not need for that, where the platform can take them. It must hold its shared memory already."""
    if sys.platform == "linux":
        from reviewer.media.confinement import cut_off

        cut_off()


# -- asking ------------------------------------------------------------------------------------------------------------


def call(
    function: Callable[..., T],
    *args: object,
    gives: Any,  # noqa: ANN401 - a type
    what: str = "This file",
    seconds: float | None = None,
    memory: int | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> T:
    """`function(*args)` in a process apart. Function and values must be picklable; `gives` is the type of what comes
    back: plain values, arrays of numbers, tuples and dataclasses of these.

    Raises the ReviewerError that it raised; UnreadableMedia if it raised anything else; DecoderStopped if it crashed,
    gave no sign of life for `seconds` (PATIENCE if left out; see `reading`) or took more than `memory` bytes (MEMORY);
    Cancelled as soon as `cancelled()` says so. `what` names the file in those sentences.
    """
    with closing(_Job(function, args, what, seconds, memory, cancelled)) as job:
        kind, given = job.hear(gives)
        while kind == _ALIVE:
            kind, given = job.hear(gives)
        if kind != _RESULT:
            raise job.stopped()
        value: T = given
        return value


def pieces(
    function: Callable[..., Iterator[T]],
    *args: object,
    gives: Any,  # noqa: ANN401 - a type
    what: str = "This file",
    seconds: float | None = None,
    memory: int | None = None,
    cancelled: Callable[[], bool] | None = None,
    most: int | None = None,
) -> Iterator[T]:
    """What the generator `function(*args)` yields in a process apart, as it comes, each of type `gives`. Raises like
    `call`. Let go of it early, and the process ends. `most`: so many bytes may come in all, for whoever keeps none."""
    with closing(_Job(function, args, what, seconds, memory, cancelled, most)) as job:
        while True:
            kind, value = job.hear(gives)
            if kind == _PIECE:
                yield value
            elif kind == _END:
                return
            elif kind != _ALIVE:
                raise job.stopped()


class _Job:
    """One process apart, seen from the app. For one thread; a second one watches over the process."""

    def __init__(
        self,
        function: Callable[..., object],
        args: tuple[object, ...],
        what: str,
        seconds: float | None,
        memory: int | None,
        cancelled: Callable[[], bool] | None,
        most: int | None = None,
    ) -> None:
        seconds, memory = seconds or PATIENCE, memory or MEMORY
        self._what = what
        self._left = most or _LARGEST
        self._pipe, theirs = context().Pipe(duplex=False)
        make: Any = context()
        self._process = make.Process(target=_work, args=(theirs, memory, function, args), name="apart", daemon=True)
        try:
            self._process.start()
        except BaseException:
            self._pipe.close()
            raise
        finally:
            theirs.close()
        self._watch = _Watch(self._process, seconds, memory, cancelled)
        self._watch.start()

    def hear(self, gives: Any) -> tuple[bytes, Any]:  # noqa: ANN401 - a type
        """The next message: its kind, and the value of that type that it carries."""
        if self._watch.is_cancelled():
            raise self.stopped("cancelled")
        try:
            with self._watch:
                message = self._pipe.recv_bytes(min(self._left, _LARGEST))
        except (EOFError, OSError) as gone:
            raise self.stopped() from gone
        self._left -= len(message)
        kind, body = message[:1], memoryview(message)[1:]
        if kind == _FULL:
            raise self.stopped("memory")
        try:
            if kind == _ERROR:
                raise answers.error(body, self._what)
            return kind, answers.unpack(body, gives) if kind in (_PIECE, _RESULT) else None
        except answers.Unfit as unfit:
            raise self.stopped() from unfit

    def stopped(self, why: str = "") -> ReviewerError:
        """Why there is no answer."""
        why = why or self._watch.why
        ours = self._what.startswith(("This ", "Part "))
        reading = f"Reading {self._what[0].lower() if ours else self._what[0]}{self._what[1:]}"
        if why == "cancelled":
            return Cancelled(reading)
        how = {"hang": "came to no end", "memory": "took more memory than footage may"}
        return DecoderStopped(f"{reading} {how.get(why, 'stopped its decoder')}.", _OTHERS)

    def close(self) -> None:
        """End the process, whatever it does."""
        self._watch.over.set()
        self._process.kill()
        self._pipe.close()
        self._process.join()  # never closed by hand: another thread that starts one may just be looking at it
        self._watch.join()


class _Watch(threading.Thread):
    """Kills a process that hangs, is cancelled, or takes too much memory where no limit does it; `why` says which. Held
    as a context while an answer is waited for: what comes in between is not the process's fault."""

    def __init__(
        self, process: multiprocessing.Process, seconds: float, memory: int, cancelled: Callable[[], bool] | None
    ) -> None:
        super().__init__(name="apart", daemon=True)
        self.over = threading.Event()
        self.why = ""
        self._process = process
        self._seconds, self._memory, self._cancelled = seconds, memory, cancelled
        self._weighs = not _LIMITED
        self._deadline: float | None = None

    def __enter__(self) -> None:
        self._deadline = time.monotonic() + self._seconds

    def __exit__(self, *_: object) -> None:
        self._deadline = None

    def run(self) -> None:
        looks = self._weighs or self._cancelled is not None
        tick = min(_TICK if looks else self._seconds, self._seconds / 2)
        while not self.over.wait(tick):
            self.why = self._reason()
            if self.why:
                self._process.kill()
                return

    def is_cancelled(self) -> bool:
        return self._cancelled is not None and self._cancelled()

    def _reason(self) -> str:
        deadline = self._deadline
        if self.is_cancelled():
            return "cancelled"
        if deadline is not None and time.monotonic() > deadline:
            return "hang"
        return "memory" if self._weighs and self._weight() > self._memory else ""

    def _weight(self) -> int:
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0


_LIMITED = sys.platform == "linux"  # elsewhere the system holds nobody to an address space


# -- in the process itself ---------------------------------------------------------------------------------------------


class _Answering:
    """Sends what the work ends with, whatever it is. One that is told to end says nothing."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, MemoryError):
            error.__traceback__ = None  # it holds what filled the memory
            self._pipe.send_bytes(_FULL)
        elif isinstance(error, Exception):
            said = "".join(traceback.format_exception(kind, error, trace))
            self._pipe.send_bytes(_ERROR + answers.pack_error(error, said))
        return isinstance(error, Exception)


def alive() -> None:
    """Within a process apart: it has come further. Elsewhere it does nothing."""
    if _signs is not None:
        _signs.give()


def _work(pipe: Connection, memory: int, function: Callable[..., object], args: tuple[object, ...]) -> None:
    """The process: give up what is not needed, work, answer."""
    global _signs
    confine(memory)
    let_go_of_all_but(pipe)
    seclude()
    _signs = _Signs(pipe)
    with suppress(OSError), _Answering(pipe):  # OSError: the app is gone
        given = function(*args)
        if isinstance(given, Iterator):
            for piece in given:
                pipe.send_bytes(_PIECE + answers.pack(piece))
            pipe.send_bytes(_END)
        else:
            pipe.send_bytes(_RESULT + answers.pack(given))


def let_go_of_all_but(pipe: Connection) -> None:
    """Close every file that came along from the server, such as the way to ask it for another process. What libraries
    have to say goes nowhere: errors go through the pipe."""
    with open(os.devnull, "wb", buffering=0) as nowhere:  # noqa: PTH123 - a device, no file
        for number in (1, 2):
            os.dup2(nowhere.fileno(), number)
    open_here = Path("/proc/self/fd")
    if not open_here.is_dir():
        return
    for number in [int(each.name) for each in open_here.iterdir()]:
        if number > 2 and number != pipe.fileno():
            with suppress(OSError):
                os.close(number)


class _Signs:
    """Signs of life, not more often than anybody looks."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._last = 0.0

    def give(self) -> None:
        now = time.monotonic()
        if now - self._last >= _SIGN_EVERY:
            self._last = now
            self._pipe.send_bytes(_ALIVE)


_signs: _Signs | None = None


def reading(raw: BinaryIO) -> BinaryIO:
    """The same reader, which now gives a sign of life whenever it is read further than ever before. A slow disk is then
    no hang, and going in circles is."""
    return cast(BinaryIO, _Reading(raw))


class _Reading:
    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._furthest = 0

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(size)
        at = self._raw.tell()
        if at > self._furthest:
            self._furthest = at
            alive()
        return data

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a reader has
        return getattr(self._raw, name)

    def __enter__(self) -> _Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()
