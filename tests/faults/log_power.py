"""Power loss at any moment of recording and publishing: what was written and not synced is lost, kept or cut.

A process runs with the shim (failing_calls.c), which writes down every change of a file and every sync. The disk of any
moment is made again from that: of each file what it had when it was last synced, of what was written since each sector
or not; of what was created, renamed or removed in a folder since that was synced, the first few or none. Then the log
opens, nothing that was acknowledged is missing, nothing is halved, and it goes on.

`python -m tests.faults.log_power CONTROL FOLDER` is the process.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from reviewer.services.journal import Recorded
from tests.faults import failing_calls
from tests.faults.log_room import LogRoom, event, number_of

POINTS = 400
QUICK_POINTS = 12
_ROUNDS = 12  # of recording and publishing
_SECTOR = 512  # bytes that a disk writes whole or not at all
_TOLD = "told"  # the file that says what was acknowledged


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the trace. `path` and `other` are relative to the traced folder."""

    what: str
    path: str
    other: str
    at: int
    data: bytes


@dataclass(slots=True)
class File:
    """What the disk has of it for sure, and what was done to it since."""

    durable: bytes = b""
    since: list[Step] = field(default_factory=list)

    def sync(self) -> None:
        self.durable, self.since = self.after(self.since), []

    def after(self, steps: list[Step]) -> bytes:
        """Its bytes after these steps."""
        found = bytearray(self.durable)
        for step in steps:
            end = step.at + len(step.data)
            if step.what == "truncate":
                del found[step.at :]
            found.extend(bytes(max(0, end - len(found))))
            found[step.at : end] = step.data or found[step.at : end]
        return bytes(found)

    def after_loss(self, chance: random.Random) -> bytes:
        """Its bytes after the power went."""
        kept = chance.choice((0.0, 0.5, 1.0))
        return self.after([cut for step in self.since for cut in _cut(step, kept, chance)])


def _cut(step: Step, kept: float, chance: random.Random) -> Iterator[Step]:
    """What of a step is on the disk; of a write, its sectors in any order."""
    if step.what != "write":
        if chance.random() < kept:
            yield step
        return
    begin = 0
    while begin < len(step.data):
        end = min(len(step.data), ((step.at + begin) // _SECTOR + 1) * _SECTOR - step.at)
        if chance.random() < kept:
            yield Step("write", step.path, "", step.at + begin, step.data[begin:end])
        begin = end


Names = dict[str, File | None]
"""Files by path; a folder is None."""


class Disk:
    """What a disk has, step by step."""

    def __init__(self, *, syncs: bool = True) -> None:
        self._syncs = syncs  # False: a disk that lies, so that the test can be tested
        self._now: Names = {}
        self._durable: Names = {}
        self._since: list[Step] = []  # of names
        self._made: dict[int, File | None] = {}  # by step of `_since`: what was given a name
        self.told = b""

    def take(self, step: Step) -> None:
        if step.path == _TOLD:
            self.told += step.data
        elif step.what == "sync":
            self._sync(step.path)
        elif step.what in ("write", "truncate", "extend"):
            file = self._now[step.path]
            assert file is not None, step
            file.since.append(step)
        else:
            self._made[id(step)] = File() if step.what == "create" else None
            self._since.append(step)
            self._apply(step, self._now)

    def _sync(self, path: str) -> None:
        file = self._now.get(path)
        if not self._syncs:
            return
        if file is not None:
            file.sync()
            return
        mine = [step for step in self._since if str(PurePosixPath(step.path).parent) == path]
        self._since = [step for step in self._since if step not in mine]
        for step in mine:
            self._apply(step, self._durable)

    def _apply(self, step: Step, names: Names) -> None:
        if step.what in ("create", "mkdir"):
            names[step.path] = self._made[id(step)]
        elif step.what == "unlink":
            names.pop(step.path, None)
        elif step.other in names:
            names[step.path] = names[step.other] if step.what == "link" else names.pop(step.other)

    def lose(self, folder: Path, chance: random.Random) -> None:
        """Make the disk as it is found after the power went now."""
        names = dict(self._durable)
        for step in self._since[: chance.choice((0, chance.randint(0, len(self._since)), len(self._since)))]:
            self._apply(step, names)
        folder.mkdir(parents=True)
        for path, file in sorted(names.items()):
            target = folder / path
            if file is None and target.parent.is_dir():
                target.mkdir()
            elif file is not None and target.parent.is_dir():  # else its folder is lost, and it with it
                target.write_bytes(file.after_loss(chance))


def steps_of(trace: Path, root: Path) -> list[Step]:
    """What the shim wrote down."""
    found, data, at = [], trace.read_bytes(), 0
    while at < len(data):
        head = data.index(b"\n", at)
        what, path, other, offset, size = data[at:head].decode().split("\t")
        at = head + 1 + int(size)
        found.append(Step(what, _below(path, root), _below(other, root), int(offset), data[head + 1 : at]))
    return found


def _below(path: str, root: Path) -> str:
    return path.removeprefix(f"{root}/")


def traced(folder: Path) -> list[Step]:
    """The steps of one process. Raises NoCompiler."""
    root, trace = folder / "root", folder / "trace"
    (root / "room").mkdir(parents=True)
    process = failing_calls.start(folder, root, "tests.faults.log_power", str(root), trace=trace)
    _out, err = process.communicate()
    assert process.returncode == 0, err
    return steps_of(trace, root)


def run(points: int = POINTS, *, seed: int = 1, syncs: bool = True) -> dict[str, int]:
    """Lose power so often. Gives {points, steps, syncs, acknowledged}: acknowledged is what was held to, in all. Raises
    AssertionError with what did not hold, NoCompiler."""
    chance = random.Random(seed)  # noqa: S311 - when the power goes, what is left
    with tempfile.TemporaryDirectory(prefix="reviewer-power-") as name:
        steps = traced(Path(name))
        when = sorted(chance.sample(range(1, len(steps) + 1), min(points, len(steps))))
        disk, done, held = Disk(syncs=syncs), 0, 0
        disk.take(Step("mkdir", "room", "", 0, b""))
        disk.take(Step("sync", ".", "", 0, b""))
        for point in when:
            for step in steps[done:point]:
                disk.take(step)
            done = point
            held += _survives(disk, Path(name) / f"after-{point}", chance, f"after step {point} of {len(steps)}")
    return {
        "points": len(when),
        "steps": len(steps),
        "syncs": sum(step.what == "sync" for step in steps),
        "acknowledged": held,
    }


def _survives(disk: Disk, folder: Path, chance: random.Random, where: str) -> int:
    """The power goes, and comes back. Gives how many entries had been acknowledged."""
    disk.lose(folder, chance)
    (folder / "room").mkdir(exist_ok=True)
    room = LogRoom(folder / "room")
    _believe(room, disk.told.decode())
    held = len(room.acknowledged)
    try:
        journal = room.journal()
        try:
            sizes = room.check_local()
            room.check_published(sizes)
            room.acknowledge(journal.record(event(900_001)).result())
        finally:
            journal.close()
        assert room.publish().trouble is None
        assert room.published == room.check_local()
    except Exception as why:  # whatever it is, it goes on as what did not hold, with the moment of the power cut
        raise AssertionError(f"{where}: {type(why).__name__}: {why}") from why
    return held


def _believe(room: LogRoom, told: str) -> None:
    for line in told.splitlines():
        what, origin, *numbers = line.split()
        if what == "E":
            room.acknowledged[origin, int(numbers[0])] = int(numbers[1])
        else:
            room.published[origin] = int(numbers[0])


# -- the process -------------------------------------------------------------------------------------------------------


def lives(root: Path) -> None:
    """Records and publishes, and says what is durable as soon as it knows."""
    told = os.open(root / _TOLD, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    room, number = LogRoom(root / "room"), 1

    def tell(recorded: Recorded) -> None:
        os.write(told, f"E {recorded.origin} {recorded.index} {number_of(recorded)}\n".encode())

    journal = room.journal()
    journal._conn.execute("PRAGMA wal_autocheckpoint=24")  # so that checkpoints are among the steps
    for turn in range(_ROUNDS):
        for count in (1, 2, 1, 20, 1):
            for future in [journal.record(event(number + n)) for n in range(count)]:
                tell(future.result())
            number += count
        if turn % 2:
            assert room.publish().trouble is None
            for origin, size in room.published.items():
                os.write(told, f"P {origin} {size}\n".encode())
    journal.close()
    os.close(told)


if __name__ == "__main__":
    lives(Path(sys.argv[2]))
