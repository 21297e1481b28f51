"""kill -9 at random moments of a process that records and publishes: nothing acknowledged is lost, nothing is halved.

`python -m tests.faults.log_kills KILLS SEED FOLDER` is one worker: it forks processes, lets each open the log, record
(single entries and batches, into both logs, from two threads) and publish, kills it at a random moment, and looks.
`run` starts workers. What was acknowledged comes through a pipe, so that the dead tell the truth.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import suppress
from pathlib import Path

from reviewer.domain.errors import ReviewerError
from reviewer.services.journal import Journal, Recorded
from tests.faults.log_room import ORIGINS, LogRoom, event, number_of

_OPENING = 0.2  # of the processes are killed while they open the log, or so soon after
_OPENS = 0.06  # seconds that it takes
_LIVES = 0.2  # seconds: how long a process records and publishes at most
_PATIENCE = 60.0  # seconds for one that has not opened it
_ROUNDS = 20  # kills of one log, before there is a new one: what is looked through stays short
_MOST = 1500  # entries that one process records: what is looked through stays short
_OWN = 100_000  # numbers that no other process uses
_CHUNK = 1 << 16


def run(kills: int, *, workers: int = 2, seed: int = 1) -> dict[str, int]:
    """Kill so many in all. Gives {kills, while_opening, acknowledged, published, between, logs}: what was done and
    found whole. Raises AssertionError with the sentence of what did not hold."""
    with tempfile.TemporaryDirectory(prefix="reviewer-kills-") as folder:
        each = [kills // workers + (n < kills % workers) for n in range(workers)]
        started = [
            subprocess.Popen(
                [sys.executable, "-m", __spec__.name if __spec__ else __name__, str(count), str(seed + n), folder],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for n, count in enumerate(each)
            if count
        ]
        told = [process.communicate() for process in started]
    total: dict[str, int] = {}
    for process, (out, err) in zip(started, told, strict=True):
        assert process.returncode == 0, " ".join(err.strip().splitlines()[-1:]) or "a worker ended by itself"
        for key, value in json.loads(out).items():
            total[key] = total.get(key, 0) + value
    return total


# -- a worker --------------------------------------------------------------------------------------------------------


def worker(kills: int, seed: int, folder: Path) -> dict[str, int]:
    """So many kills, one after another; the log goes on after each."""
    chance = random.Random(seed)  # noqa: S311 - moments to kill at
    room = LogRoom(folder / f"{seed}-0")
    done = dict.fromkeys(("kills", "while_opening", "acknowledged", "published", "between", "logs"), 0)
    for kill in range(kills):
        if kill % _ROUNDS == 0:
            room = LogRoom(folder / f"{seed}-{kill}")
            done["logs"] += 1
        before = len(room.acknowledged)
        opened = _one(room, (kill + 1) * _OWN, chance)
        sizes = room.check_local()
        room.check_published(sizes)
        done["kills"] += 1
        done["while_opening"] += not opened
        done["acknowledged"] += len(room.acknowledged) - before
        if kill % _ROUNDS == _ROUNDS - 1 or kill == kills - 1:
            _ends_well(room, (kill + 2) * _OWN, sizes)
            done["between"] += room.between
            done["published"] += sum(room.published.values())
    return done


def _ends_well(room: LogRoom, number: int, sizes: dict[str, int]) -> None:
    """After all that, the log is written on and published as if nothing had been."""
    journal = room.journal()
    try:
        room.acknowledge(journal.record(event(number)).result())
    finally:
        journal.close()
    assert room.publish().trouble is None
    assert sum(room.published.values()) == sum(sizes.values()) + 1


def _one(room: LogRoom, first: int, chance: random.Random) -> bool:
    """One process until it is killed. False if that came before the log was open."""
    read, write = os.pipe()
    seed = chance.randrange(1 << 30)
    pid = os.fork()
    if not pid:
        os.close(read)
        _lives(room, first, random.Random(seed), lambda line: os.write(write, line))  # noqa: S311
    os.close(write)
    try:
        told = _listen(read, pid, chance)
    finally:
        os.close(read)
    lines = told.split(b"\n")
    for line in lines[:-1]:
        _believe(room, line.decode())
    return lines[0] == b"O"


def _listen(read: int, pid: int, chance: random.Random) -> bytes:
    """Hear a process out until some moment, while it opens the log or later; kill it, hear what it still had said."""
    told = bytearray()
    dead = False
    opening = chance.random() < _OPENING
    until = time.monotonic() + (chance.random() * _OPENS if opening else _PATIENCE)
    while True:
        left = None if dead else max(0.0, until - time.monotonic())
        ready, _, _ = select.select([read], [], [], left)
        if ready:
            piece = os.read(read, _CHUNK)
            if not told and not opening:
                until = time.monotonic() + chance.random() * _LIVES
            told += piece
            if not piece:
                break
        if not dead and time.monotonic() >= until:
            os.kill(pid, signal.SIGKILL)
            dead = True
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, (
        "it ended by itself: " + told[-300:].decode()
    )
    return bytes(told)


def _believe(room: LogRoom, line: str) -> None:
    what, _, rest = line.partition(" ")
    if what == "E":
        origin, index, number = rest.split()
        room.acknowledged[origin, int(index)] = int(number)
    elif what == "P":
        origin, size = rest.split()
        room.published[origin] = max(room.published.get(origin, 0), int(size))


# -- the process that is killed --------------------------------------------------------------------------------------


def _lives(room: LogRoom, first: int, chance: random.Random, tell: Callable[[bytes], object]) -> None:
    """Records and publishes until it is killed. Never returns: this is a copy of the worker's process."""
    try:
        journal = room.journal()
        tell(b"O\n")
        threading.Thread(target=_publishes, args=(room, tell), daemon=True).start()
        threading.Thread(target=_records, args=(journal, first + _OWN // 2, chance, tell), daemon=True).start()
        _records(journal, first, random.Random(first), tell)  # noqa: S311
    except BaseException as why:  # noqa: BLE001 - the worker has to hear of it, whatever it is
        tell(f"X {type(why).__name__}: {why}\n".encode())
    finally:
        os._exit(3)


def _records(journal: Journal, first: int, chance: random.Random, tell: Callable[[bytes], object]) -> None:
    number = first
    while number - first < _MOST:
        count = chance.choice((1, 1, 1, 2, 3, 30, 300))
        futures = [journal.record(event(number + n)) for n in range(count)]
        number += count
        wait(futures)
        for future in futures:
            tell(_line(future.result()))
    threading.Event().wait()


def _line(recorded: Recorded) -> bytes:
    return f"E {recorded.origin} {recorded.index} {number_of(recorded)}\n".encode()


def _publishes(room: LogRoom, tell: Callable[[bytes], object]) -> None:
    publisher = room.publisher()
    while True:
        with suppress(ReviewerError):
            state = publisher.publish()
            assert state.trouble is None or state.waiting, state
        if publisher.state.trouble is None:
            for origin in ORIGINS.values():
                size = publisher_size(room, origin)
                tell(f"P {origin} {size}\n".encode())


def publisher_size(room: LogRoom, origin: str) -> int:
    """How many entries the store says it has, as somebody else would read it."""
    text = room.store.get(f"logs/{origin}/checkpoint") if room.store.exists(f"logs/{origin}/checkpoint") else b""
    return int(text.split(b"\n")[1]) if text else 0


if __name__ == "__main__":
    told = worker(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(json.dumps(told))
