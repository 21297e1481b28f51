"""The map beside an object that grows: which of its ranges have come, so that whatever is cut goes on at any byte.

`<sha256>.map` is text. Its first line says of which version of the object the bytes are, and in which run of the
machine it was written; each line after it names a range, `<start> <stop>`, written when those bytes were handed to the
system: that outlives the program, however it ends. `= <start> <stop>` was on the disk itself when the line was written:
that outlives a power cut too, and is all that counts after one. A line that was cut off counts for nothing.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reviewer.services.disk import write_atomically
from reviewer.services.ranges import Range, Ranges

_LINE = re.compile(r"(= )?(\d{1,18}) (\d{1,18})")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Kept:
    """What an earlier run left: which version of the object (None: the store has none), which bytes are here, and
    which of them are on the disk whatever happened."""

    version: str | None
    here: Ranges
    durable: Ranges


@cache
def boot() -> str:
    """What names this run of the machine; "" where the system has no name for it, and then nothing is taken as
    written but what was flushed."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


def read_map(path: Path, length: int) -> Kept | None:
    """What a map says of a file that is `length` bytes long now; None if there is none that can be read."""
    try:
        lines = path.read_text("ascii").split("\n")[:-1]
        head = json.loads(lines[0]) if lines else None
    except (OSError, ValueError):
        return None
    if not isinstance(head, dict) or head.get("v") != 1:
        return None
    same_run = bool(boot()) and head.get("boot") == boot()
    here, durable = Ranges(), Ranges()
    for line in lines[1:]:
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        start, stop = int(found[2]), int(found[3])
        if found[1]:
            durable.add(start, stop)
        if found[1] or same_run:
            here.add(start, stop)
    version = head.get("version")
    return Kept(version if isinstance(version, str) else None, here.within(length), durable.within(length))


class PartMap:
    """The map of one object, open for writing. For one thread at a time."""

    def __init__(self, path: Path, version: str | None, here: Ranges, durable: Ranges) -> None:
        self._path = path
        self._head = json.dumps({"v": 1, "version": version, "boot": boot()})
        self._file = -1
        self.write_anew(here, durable)

    def add(self, got: Range) -> None:
        """These bytes were written. One small write, not flushed. Raises OSError."""
        os.write(self._file, b"%d %d\n" % got)

    def write_anew(self, here: Ranges, durable: Ranges) -> None:
        """The same in as few lines as it takes, flushed. Raises what `write_atomically` raises, OSError."""
        lines = [self._head, *(f"= {a} {b}" for a, b in durable), *(f"{a} {b}" for a, b in here), ""]
        write_atomically(self._path, "\n".join(lines).encode("ascii"))
        self.close()
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))

    def close(self) -> None:
        """Let go of the file; it stays."""
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
            self._file = -1
