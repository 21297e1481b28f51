"""Proxies are made in a process of their own: the original is a file from outside, and the app must outlive it.

What comes back through the pipe is taken as bytes of a known shape, never as objects: a file that takes that process
over must not get further. The process is the system's last concern: it gets what nobody else wants.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import BinaryIO

import psutil
from av.error import FFmpegError

from reviewer.domain.errors import IntegrityError, ReviewerError, UnreadableMedia
from reviewer.media.apart import confine, context, seclude
from reviewer.media.camera import Source
from reviewer.media.proxy import ProxyMaker, Run
from reviewer.media.reader import PartReader

_READY, _AT, _RUN, _DONE, _WRONG = b"R", b"A", b"C", b"D", b"E"
_HOLD, _GO, _STOP, _MAKE = b"h", b"g", b"s", b"m"
_SPAN = struct.Struct(">QQ")
_LARGEST = 512 << 20  # bytes of one message; a chunk of pure noise has a quarter of it
_LONGEST_WORDS = 300
_BEAT = 0.5  # seconds of work between two signs of life
_INDEX_LIMIT = 300.0  # seconds of CPU time to read a part's index
_FRAME_LIMIT = 30.0  # seconds of CPU time without a sign of life: it hangs. Waiting for the CPU is no hanging
_STUCK = 900.0  # seconds without one whatever the reason


@dataclass(frozen=True, slots=True)
class Ready:
    """The part is open and has so many frames."""

    frames: int


@dataclass(frozen=True, slots=True)
class At:
    """A sign of life: this frame is being made."""

    frame: int


@dataclass(frozen=True, slots=True)
class Done:
    """Every run of what was asked for has been sent."""


Message = Ready | At | Run | Done


class ProxyProcess:
    """One part's maker, seen from the app. For one thread. `what` names the part in sentences."""

    def __init__(self, source: Source, what: str) -> None:
        self._what = what
        self._conn, theirs = context().Pipe()
        self._process: BaseProcess = context().Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, source, what), name="proxies", daemon=True
        )
        try:
            self._process.start()
        except BaseException:
            self._conn.close()
            raise
        finally:
            theirs.close()
        self._limit = _INDEX_LIMIT
        self._beat()

    def make(self, first: int, count: int) -> None:
        """Ask for these frames; runs come, then `Done`."""
        self._send(_MAKE + _SPAN.pack(first, count))
        self._limit = _FRAME_LIMIT
        self._beat()

    def hold(self) -> None:
        """Stop where it is, until `go`."""
        self._send(_HOLD)

    def go(self) -> None:
        self._send(_GO)
        self._beat()

    def poll(self, seconds: float) -> Message | None:
        """What it says within so many seconds. Raises UnreadableMedia once it crashed, hangs or gives up on the file,
        IntegrityError when the original's bytes do not authenticate."""
        try:
            if not self._conn.poll(seconds):
                self._check_life()
                return None
            message = self._conn.recv_bytes(_LARGEST)
        except (EOFError, OSError) as gone:
            raise self._gave_up("crashed its decoder") from gone
        self._beat()
        return self._read(message)

    def close(self) -> None:
        """End it, whatever it does."""
        with suppress(OSError):
            self._conn.send_bytes(_STOP)
        self._conn.close()
        self._process.kill()
        self._process.join()
        self._process.close()

    def _send(self, order: bytes) -> None:
        try:
            self._conn.send_bytes(order)
        except OSError as gone:
            raise self._gave_up("crashed its decoder") from gone

    def _read(self, message: bytes) -> Message:
        kind, rest = message[:1], message[1:]
        try:
            if kind == _READY:
                return Ready(_SPAN.unpack(rest)[0])
            if kind == _AT:
                return At(_SPAN.unpack(rest)[0])
            if kind == _RUN:
                first, count = _SPAN.unpack(rest[: _SPAN.size])
                return Run(first, count, rest[_SPAN.size :])
            if kind == _DONE:
                return Done()
        except struct.error as wrong:
            raise self._gave_up("does not answer as it should") from wrong
        raise self._trouble(rest) if kind == _WRONG else self._gave_up("does not answer as it should")

    def _trouble(self, words: bytes) -> ReviewerError:
        try:
            kind, message, next_step = json.loads(words)
            cls = IntegrityError if kind == IntegrityError.__name__ else UnreadableMedia
            return cls(str(message)[:_LONGEST_WORDS], str(next_step)[:_LONGEST_WORDS])
        except (ValueError, TypeError):
            return self._gave_up("does not answer as it should")

    def _beat(self) -> None:
        self._since, self._spent = time.monotonic(), self._cpu()

    def _check_life(self) -> None:
        if not self._process.is_alive():
            raise self._gave_up("crashed its decoder")
        if self._cpu() - self._spent > self._limit or time.monotonic() - self._since > _STUCK:
            raise self._gave_up("hung its decoder")

    def _cpu(self) -> float:
        try:
            times = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def _gave_up(self, how: str) -> UnreadableMedia:
        return UnreadableMedia(
            f"{self._what} {how}; no proxies of it are made.", "Its original is played, as far as it can be."
        )


# -- in the process itself --------------------------------------------------------------------------------------------


class _Stopped(Exception):
    """The app wants no more of it."""


class _Worker:
    def __init__(self, conn: Connection, maker: ProxyMaker) -> None:
        self._conn, self._maker = conn, maker
        self._told = 0.0

    def serve(self) -> None:
        """Answer until told to stop."""
        self._conn.send_bytes(_READY + _SPAN.pack(self._maker.frames, 0))
        while True:
            order = self._order()
            if order[:1] != _MAKE:
                continue
            first, count = _SPAN.unpack(order[1:])
            for run in self._maker.make(first, count, self._check):
                self._conn.send_bytes(_RUN + _SPAN.pack(run.first, run.count) + run.data)
            self._conn.send_bytes(_DONE)

    def _order(self) -> bytes:
        try:
            order = self._conn.recv_bytes()
        except (EOFError, OSError) as gone:
            raise _Stopped from gone
        if order == _STOP:
            raise _Stopped
        return order

    def _check(self, frame: int) -> None:
        """Between two frames: held or stopped? And a sign of life now and then."""
        while self._conn.poll():
            if self._order() == _HOLD:
                while self._order() != _GO:
                    pass
        now = time.monotonic()
        if now - self._told >= _BEAT:
            self._told = now
            self._conn.send_bytes(_AT + _SPAN.pack(frame, 0))


def _work(conn: Connection, source: Source, what: str) -> None:
    """The process: open the part, make what is asked for, say what is wrong in one sentence."""
    confine()
    step_back()
    seclude()
    raw: BinaryIO | None = None
    try:
        raw = source()
        reader = PartReader(raw, None, what)
        _Worker(conn, ProxyMaker(reader)).serve()
    except ReviewerError as wrong:
        kind = IntegrityError.__name__ if isinstance(wrong, IntegrityError) else ""
        with suppress(OSError):
            conn.send_bytes(_WRONG + json.dumps([kind, wrong.message, wrong.next_step]).encode())
    except (_Stopped, FFmpegError, OSError, MemoryError):
        pass  # the app is gone or sees that this process is
    finally:
        conn.close()


def step_back() -> None:
    """Let everybody else go first: the lowest class of CPU and disk that the system has. In the process concerned."""
    with suppress(OSError, psutil.Error):
        if sys.platform == "win32":
            psutil.Process().nice(psutil.IDLE_PRIORITY_CLASS)
            return
        os.nice(10)
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        with suppress(OSError, psutil.Error):
            psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)
