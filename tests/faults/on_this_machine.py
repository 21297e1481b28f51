"""Faults of this machine and of its own disks: no room, kills, two programs at once, a share that goes."""

from __future__ import annotations

import errno
import io
import os
import random
import signal
import threading
import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from reviewer.domain.errors import AlreadyInStore, StoreUnreachable
from reviewer.domain.recording import Part
from reviewer.services.disk import InUse, NoRoom
from reviewer.services.sync import states
from reviewer.services.transfer import bytes_here
from reviewer.stores.base import Store, locate
from reviewer.stores.folder import FolderStore
from tests.faults.store_site import Site, until
from tests.services.line import Line

QUICK_KILLS = 3


def disk_full(site: Site) -> None:
    """No room in the middle of an object; then there is some again. The kernel refuses (EFBIG), in a process of its
    own."""
    words = site.heard(site.child(limit=2_500_000))
    assert words["kind"] == NoRoom.__name__, f"stopped by {words}"
    site.nothing_unverified()
    before = sum(o.here for o in states(site.workspace, [site.manifest]))
    assert before > 100_000, "what had come was not kept"
    served = site.proxy.served
    site.nothing_lost()
    most = site.manifest.sealed_bytes - before + (8 << 20)
    assert site.proxy.served - served <= most, "what was here was fetched again"


def killed(site: Site, times: int = QUICK_KILLS, seed: int | None = None) -> None:
    """kill -9 at random bytes: what is left is gone on with, at most 8 MiB are fetched again."""
    chance, part = random.Random(seed), site.manifest.parts[1]  # noqa: S311 - a place to kill at
    for _ in range(times):
        _killed_at(site, part, chance.randrange(1, part.sealed_size))
    site.nothing_lost()


def _killed_at(site: Site, part: Part, at: int) -> None:
    """Kill a process of its own when so much of a part is here."""
    here = bytes_here(site.workspace, part.object, part.sealed_size)
    if here >= at or site.workspace.cached(part.object).exists():
        site.forget()
        here = 0
    served = site.proxy.served
    child = site.child(cap=12_000_000)
    try:
        with until(lambda: child.poll() is not None or _grown(site, at)):
            child.kill()
    finally:
        child.kill()
        child.communicate(timeout=20)
    assert child.returncode == -signal.SIGKILL or _grown(site, at), f"it ended by itself: {child.returncode}"
    site.nothing_unverified()
    kept = bytes_here(site.workspace, part.object, part.sealed_size)
    whole = site.workspace.cached(part.object).exists()
    came = site.proxy.served - served
    gained = (part.sealed_size if whole else kept) - here
    assert came - gained <= (8 << 20) + 400_000, f"{came - gained} bytes came and are not here"


def _grown(site: Site, at: int) -> bool:
    part = site.manifest.parts[1]
    whole = site.workspace.cached(part.object).exists()
    return whole or bytes_here(site.workspace, part.object, part.sealed_size) >= at


def two_instances(site: Site) -> None:
    """A second program on this machine fetches the same; two machines put the same name."""
    store = site.way()
    site.proxy.set(only="/objects/", stall_after=1_200_000)
    child = site.child()
    part = site.manifest.parts[1]
    with until(lambda: bytes_here(site.workspace, part.object, part.sealed_size) > 0 or child.poll() is not None):
        try:
            site.fetch(store)
        except InUse as why:
            site.sentence(why)
        else:
            raise AssertionError("two programs wrote the same objects at once")
    site.nothing_unverified()
    site.proxy.set()
    words = site.heard(child)
    assert words["complete"], f"the first one did not come to its end: {words}"
    assert site.fetch(store).fetched == 0
    _two_writers(site)
    site.nothing_lost()


def _two_writers(site: Site) -> None:
    place = f"recordings/{uuid.uuid4().hex}/1.json"
    won: list[bytes] = []
    told: list[AlreadyInStore] = []
    start = threading.Barrier(2)

    def write(store: Store, data: bytes) -> None:
        start.wait(20)
        try:
            store.put_if_absent(place, data)
            won.append(data)
        except AlreadyInStore as why:
            told.append(why)

    writers = [threading.Thread(target=write, args=(site.way(), data)) for data in (b"one" * 900, b"two" * 900)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(60)
    assert (len(won), len(told)) == (1, 1), "not exactly one of two writers was told that it wrote"
    site.sentence(told[0])
    assert site.direct().get(place) == won[0]


class _Stale(io.RawIOBase):
    """A file of a share that went: some bytes, then what the kernel says of it."""

    def __init__(self, path: Path, after: int) -> None:
        self._file, self._left = path.open("rb"), after

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: object) -> int:
        if self._left <= 0:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        got = self._file.readinto(cast(bytearray, buffer))
        self._left -= got
        return got

    def close(self) -> None:
        self._file.close()
        super().close()


class _Share(FolderStore):
    """A folder on a share whose files go stale after some bytes."""

    after = 1_500_000

    def open(self, path: str, offset: int = 0) -> BinaryIO:
        file = cast(BinaryIO, _Stale(self._at(path), self.after))
        file.seek(offset)
        return file


def share_unmounted(site: Site) -> None:
    """The folder of the store goes while an object is read: its files stay open but nothing is found any more; then
    open files fail as well."""
    root = Path(site.agency.store.location)
    away = root.with_name("away")

    def unmount(_path: str, at: int) -> None:
        if at > 1_000_000:
            with suppress(FileNotFoundError):
                root.rename(away)

    line = cast(Store, Line(FolderStore(root), gate=unmount))
    report = site.fetch(line, connections=1)  # or all that is wanted may be open before it goes
    assert isinstance(report.stopped, StoreUnreachable), f"stopped by {report.stopped!r}"
    site.told(report)
    site.nothing_unverified()
    report = site.fetch(locate(str(root)))
    assert isinstance(report.stopped, StoreUnreachable)
    site.told(report)
    away.rename(root)
    report = site.fetch(_Share(root))
    if not report.complete:
        site.told(report)
    site.nothing_unverified()
    site.nothing_lost(locate(str(root)))
