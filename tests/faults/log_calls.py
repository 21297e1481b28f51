"""EIO and ENOSPC at every file-system call of opening, recording, publishing and closing.

First the calls of a phase are counted, then each is made to fail, once alone and once with all that come after it. What
was acknowledged stays, nothing is half there, whatever is raised is one sentence with its next step, and once the fault
is over the same journal writes on and the same store takes the rest.

`python -m tests.faults.log_calls CONTROL FOLDER EVERY SHARE SHARES` is the process whose calls fail (see `run`).
"""

from __future__ import annotations

import contextlib
import errno
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.records import database
from reviewer.services.journal import Journal
from tests.faults import failing_calls
from tests.faults.failing_calls import Control
from tests.faults.log_room import LogRoom, event

PHASES = ("open", "record", "publish", "close")
ERRORS = (errno.EIO, errno.ENOSPC)
_BEFORE = 6  # entries that are there already
_NEW = 6


def run(*, every: int = 1, workers: int = 2) -> dict[str, int]:
    """Every call, or each `every`-th. Gives {faults, calls, open, record, publish, close, between, left_over}. Raises
    AssertionError with what did not hold, NoCompiler."""
    with tempfile.TemporaryDirectory(prefix="reviewer-calls-") as name:
        folders = [Path(name) / str(n) for n in range(workers)]
        started = []
        for n, folder in enumerate(folders):
            (folder / "root").mkdir(parents=True)
            args = (str(folder / "root"), str(every), str(n), str(workers))
            started.append(failing_calls.start(folder, folder / "root", "tests.faults.log_calls", *args))
        told = [process.communicate() for process in started]
    total: Counter[str] = Counter()
    for process, (out, err) in zip(started, told, strict=True):
        assert process.returncode == 0, "\n".join(err.strip().splitlines()[-3:]) or "it ended by itself"
        total.update(json.loads(out))
    return dict(total)


# -- the process whose calls fail --------------------------------------------------------------------------------------


class Run:
    """One fault, from an untouched room to one that works again."""

    def __init__(self, room: LogRoom, block: Control) -> None:
        self.room, self.block = room, block
        self.journal: Journal | None = None

    def play(self, phase: str, error: int, at: int, *, sticky: bool) -> bool:
        """Let the `at`-th call of the phase fail (0: none; only count). Whether it came to that."""
        block = self.block
        block.error, block.sticky, block.fail_at, block.fired = error, sticky, at, 0
        with ExitStack() as undo:
            undo.callback(self._let_go)
            for each in PHASES:
                with self._armed() if each == phase else contextlib.nullcontext():
                    self._speaks(getattr(self, f"_{each}"))
                if each == phase and at:
                    self._works_again()
        self._whole()
        return bool(block.fired)

    @contextmanager
    def _armed(self) -> Iterator[None]:
        self.block.count, self.block.armed = 0, 1
        try:
            yield
        finally:
            self.block.armed = 0

    def _speaks(self, act: Callable[[], None]) -> None:
        """Whatever goes wrong is said to a person."""
        try:
            act()
        except ReviewerError as why:
            _is_one_sentence(why)

    def _open(self) -> None:
        self.journal = self.room.journal()
        self.journal._conn.execute("PRAGMA wal_autocheckpoint=8")  # so that checkpoints are among the calls

    def _record(self) -> None:
        if self.journal is None:
            return
        for numbers in ([1000], [1002], range(2000, 2000 + _NEW)):
            futures = [self.journal.record(event(number)) for number in numbers]
            for future in futures:
                why = future.exception()
                if why is None:
                    self.room.acknowledge(future.result())
                else:
                    assert isinstance(why, LogUnwritable), f"{type(why).__name__}: {why}"
                    _is_one_sentence(why)

    def _publish(self) -> None:
        state = self.room.publisher().publish()
        if state.trouble is not None:
            _is_one_sentence(state.trouble)

    def _close(self) -> None:
        if self.journal is not None:
            self.journal.close()
            self.journal = None

    def _works_again(self) -> None:
        """The fault is over: the same journal, if there is one, writes on, and the store takes all."""
        sizes = self.room.check_local()
        self.room.check_published(sizes)
        if self.journal is None:
            self._open()
        assert self.journal is not None
        for number in (5000, 5001):
            self.room.acknowledge(self.journal.record(event(number)).result())
        state = self.room.publish()
        assert state.trouble is None, f"publishing does not go on: {state.trouble}"

    def _whole(self) -> None:
        sizes = self.room.check_local()
        self.room.check_published(sizes)
        journal = self.room.journal()
        try:
            self.room.acknowledge(journal.record(event(9000)).result())
        finally:
            journal.close()
        assert self.room.publish().trouble is None
        assert self.room.published == self.room.check_local()

    def _let_go(self) -> None:
        self.block.armed = 0
        if self.journal is not None:
            self.journal.close()


def _is_one_sentence(why: ReviewerError) -> None:
    for words in (why.message, why.next_step):
        assert words.endswith(".") and "\n" not in words and len(words) < 300, f"not one sentence: {words!r}"


def worker(block: Control, folder: Path, every: int, share: int, shares: int) -> Counter[str]:
    """Every `every`-th call of each phase, of those every `shares`-th from `share` on."""
    ready = _made(folder / "ready")
    done: Counter[str] = Counter()
    number = 0
    for phase in PHASES:
        for error in ERRORS:
            Run(_copy(ready, folder / "now"), block).play(phase, error, 0, sticky=False)
            calls = block.count
            if not share:
                done.update({"calls": calls, phase: calls})
            for at, sticky in ((at, sticky) for at in range(1, calls + 1) for sticky in (False, True)):
                number += 1
                if number % every or number // every % shares != share:
                    continue
                _one(block, _copy(ready, folder / "now"), phase, error, at, sticky, done)
    return done


def _one(block: Control, room: LogRoom, phase: str, error: int, at: int, sticky: bool, done: Counter[str]) -> None:
    try:
        fired = Run(room, block).play(phase, error, at, sticky=sticky)
    except Exception as why:  # whatever it is, it goes on as what did not hold, with the call that was made to fail
        where = f"{errno.errorcode[error]} at call {at} of {phase}{' and all after it' if sticky else ''}"
        call = f"{block.call.decode()} of {Path(block.path.decode()).name}"
        raise AssertionError(f"{where} ({call}): {type(why).__name__}: {why}") from why
    done["faults"] += fired
    done["between"] += bool(room.between)
    done["left_over"] += len(list(room.half_written()))


def _made(folder: Path) -> LogRoom:
    room = LogRoom(folder)
    journal = room.journal()
    for future in [journal.record(event(number)) for number in range(1, _BEFORE + 1)]:
        room.acknowledge(future.result())
    assert room.publish().trouble is None
    journal.close()
    return room


def _copy(ready: LogRoom, folder: Path) -> LogRoom:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ready.folder, folder)
    return LogRoom(folder, dict(ready.acknowledged), dict(ready.published))


if __name__ == "__main__":
    database._WAIT_MS = 20  # a lock that fails counts as another program's: nobody waits five seconds for it here
    file, folder, *numbers = sys.argv[1:]
    found = worker(failing_calls.control(Path(file)), Path(folder), *map(int, numbers))
    sys.stdout.write(json.dumps(found))
