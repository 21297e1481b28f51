"""How much footage may lie on this machine, and what goes first when there is no room: what was used longest ago.

Never touched: what is open in anybody's window on this machine (`users/<id>/open.json`, believed while that person's
lock is held), and what a running transfer brings or needs. When each object was last used is known in memory and
written to `uses.json` now and then; the file's own age counts where nothing is known. With an object go its proxies.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.errors import ReviewerError
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import InUse, held, write_atomically
from reviewer.services.proxy_files import remove
from reviewer.services.quarantine import Item
from reviewer.services.workspace import Workspace

_NAME = re.compile(r"([0-9a-f]{64})(?:\.part|\.map)?")
_SAVE_EVERY = 300.0  # seconds
_COUNT_EVERY = 60.0  # seconds that a count is believed for, beside what was added since
_BLOCK = 512  # bytes: what st_blocks counts in


class CacheFull(ReviewerError):
    """What may lie on this machine does, and nothing of it may go."""


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies here of one object: its bytes with those of its proxies, and when it was last used (µs UTC)."""

    object: str
    size: int
    used: int


class Cache:
    """The limit, and who keeps to it. Safe to use from several threads. `limit` is in bytes, 0 is none."""

    def __init__(self, workspace: Workspace, *, limit: int = 0, now: Clock = utc_now) -> None:
        self._workspace, self._now = workspace, now
        self.limit = limit
        self._lock = threading.Lock()
        self._uses: dict[str, int] = {}
        self._saved = time.monotonic()
        self._coming: dict[str, int] = {}
        self._counted: float | None = None
        self._total = 0

    # -- when things were used ---------------------------------------------------------------------------------------

    def use(self, objects: Iterable[str]) -> None:
        """These are used now. Nothing is read, and written every few minutes at most."""
        now = int(self._now())
        with self._lock:
            self._uses.update(dict.fromkeys(objects, now))
            due = time.monotonic() - self._saved > _SAVE_EVERY
        if due:
            self.save()

    def save(self) -> None:
        """Write down when things were used. Never raises: at worst something else goes first."""
        with self._lock, suppress(ReviewerError, OSError):
            self._saved = time.monotonic()
            known = self._known()
            here = {each.name for each in _files(self._workspace.cache)}
            kept = {name: at for name, at in known.items() if name in here}
            if kept:
                write_atomically(self._file, json.dumps(kept).encode("ascii"))

    @property
    def _file(self) -> Path:
        return self._workspace.home / "uses.json"

    def _known(self) -> dict[str, int]:
        """What is written down, by whichever window, and what is known here; the later use counts."""
        with suppress(OSError, ValueError, AttributeError):
            for name, at in json.loads(self._file.read_bytes()).items():
                if isinstance(at, int):
                    self._uses[name] = max(at, self._uses.get(name, 0))
        return self._uses

    # -- what is open ------------------------------------------------------------------------------------------------

    def open(self, user_id: str, objects: Iterable[str]) -> None:
        """This person has a case of these objects open: nothing of it is removed by anybody until `close`."""
        names = list(objects)
        self.use(names)
        write_atomically(self._workspace.user(user_id).folder / "open.json", json.dumps(names).encode("ascii"))

    def close(self, user_id: str) -> None:
        """The case is closed."""
        with suppress(OSError):
            (self._workspace.user(user_id).folder / "open.json").unlink(missing_ok=True)

    def held(self) -> set[str]:
        """What is open in some window on this machine."""
        found: set[str] = set()
        for file in (self._workspace.home / "users").glob("*/open.json"):
            if _is_held(file.with_name("lock")):
                with suppress(OSError, ValueError, TypeError):
                    found.update(json.loads(file.read_bytes()))
        return found

    # -- room --------------------------------------------------------------------------------------------------------

    def lying(self) -> list[Lying]:
        """Everything that lies here, what was used longest ago first."""
        with self._lock:
            known = dict(self._known())
        sizes: dict[str, int] = {}
        used: dict[str, int] = {}
        for path in _files(self._workspace.cache):
            found = _NAME.fullmatch(path.name)
            if found is None:
                continue
            with suppress(OSError):
                stat = path.stat()
                blocks = getattr(stat, "st_blocks", None)  # a part that grows has holes
                size = stat.st_size if blocks is None else min(stat.st_size, blocks * _BLOCK)
                sizes[found[1]] = sizes.get(found[1], 0) + size
                used[found[1]] = max(used.get(found[1], 0), known.get(found[1], stat.st_mtime_ns // 1000))
        for name in sizes:
            for path in _within(self._workspace.proxies(name)):
                with suppress(OSError):
                    sizes[name] += path.stat().st_size
        return sorted((Lying(n, sizes[n], used[n]) for n in sizes), key=lambda each: (each.used, each.object))

    def make_room(self, item: Item, keep: Collection[str], *, evict: bool) -> None:
        """See that an object may come without going over the limit; with `evict`, what was used longest ago goes,
        but for `keep` and what is open. Raises CacheFull."""
        if not self.limit:
            return
        with self._lock:
            believed = self._counted is not None and time.monotonic() - self._counted < _COUNT_EVERY
            if believed and self._total + item.sealed_size <= self.limit:
                self._take(item)
                return
        lying = self.lying()
        with self._lock:
            coming = {n: s for n, s in self._coming.items() if n != item.object}
        total = sum(each.size for each in lying if each.object not in coming) + sum(coming.values())
        over = total + item.sealed_size - sum(e.size for e in lying if e.object == item.object) - self.limit
        gone = self._evict(lying, over, {*keep, *coming, item.object}) if over > 0 and evict else 0
        with self._lock:
            self._total, self._counted = total - gone, time.monotonic()
            if over > gone:
                raise _full(item, self.limit, evict)
            self._take(item)

    def _take(self, item: Item) -> None:
        self._coming[item.object] = item.sealed_size
        self._total += item.sealed_size

    def settled(self, object_name: str) -> None:
        """It is here, or does not come."""
        with self._lock:
            self._coming.pop(object_name, None)

    def _evict(self, lying: list[Lying], size: int, keep: set[str]) -> int:
        """Remove what was used longest ago until so much is free. Nothing if that cannot be."""
        keep |= self.held()
        going = [each for each in lying if each.object not in keep]
        if sum(each.size for each in going) < size:
            return 0
        gone = 0
        for each in going:
            if gone >= size:
                break
            self.remove(each.object)
            gone += each.size
        return gone

    def remove(self, object_name: str) -> None:
        """Take an object and everything made of it off this machine, as far as the disk lets."""
        for path in (self._workspace.cached, self._workspace.partial, self._workspace.part_map):
            remove(path(object_name))
        remove(self._workspace.proxies(object_name))
        with self._lock:
            self._uses.pop(object_name, None)


def _full(item: Item, limit: int, evict: bool) -> CacheFull:
    step = "Raise the limit in Settings: what is open or comes down now is never removed."
    if not evict:
        step = "Open the case or fetch it yourself: what was used longest ago makes room then. Or raise the limit."
    return CacheFull(f"{item.label} would go over the {limit / 1e9:g} GB that may lie on this machine.", step)


def _is_held(lock: Path) -> bool:
    try:
        with held(lock, InUse("", "")):
            return False
    except ReviewerError:
        return True


def _files(cache: Path) -> Iterator[Path]:
    for shelf in _within(cache):
        yield from _within(shelf)


def _within(folder: Path) -> list[Path]:
    with suppress(OSError), os.scandir(folder) as found:
        return [Path(each.path) for each in found]
    return []
