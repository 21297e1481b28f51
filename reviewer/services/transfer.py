"""One object on its way here: its ranges come in any order, from several connections, and it is hashed in order.

It grows as `<sha256>.part`, a sparse file, with its map beside it (`part_map`), and gets its own name only when the
SHA-256 of all of it is right, after fsync. Only what is missing is ever asked of the store; after a restart what is
here already is read again to hash it, never fetched. A small object needs no map: it grows from its start.
"""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import suppress
from pathlib import Path

from reviewer.domain.errors import IntegrityError, ReviewerError
from reviewer.services.disk import disk_error, flush_data, make_folder, read_into, sync_folder, write_at
from reviewer.services.ledger import Identity, Ledger
from reviewer.services.part_map import PartMap, read_map
from reviewer.services.quarantine import Item, Record, set_aside
from reviewer.services.ranges import Range, Ranges
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Chunk

PIECE = 16 << 20
"""What one request asks for, at most. What of it came is in the map, so a cut costs what is in one chunk."""
ALONE = 2 << 20
"""An object up to here comes in one piece, and without a map."""
_SHARES = 8  # pieces that even a smaller object has, so that every connection is at what is wanted most
_FLUSH_EVERY = 256 << 20  # what a power cut may cost; a program that is killed loses nothing of it
_HASH_AT_ONCE = 1 << 20
_HASH_STRETCH = 16 << 20
_HASH_WORTH = 4 << 20


class Transfer:
    """One object that comes down. Any thread may claim a range and write into it; one thread hashes at a time.

    `open` before anything else; `close` whatever happens: what is here stays for another time.
    """

    def __init__(self, workspace: Workspace, item: Item) -> None:
        self.item = item
        self.version: str | None = None
        self._workspace = workspace
        self._part, self._map_path = workspace.partial(item.object), workspace.part_map(item.object)
        self._changed = threading.Lock()
        self._here, self._durable, self._claimed = Ranges(), Ranges(), Ranges()
        self._map: PartMap | None = None
        self._fd = -1
        self._sha = hashlib.sha256()
        self._hashed = 0
        self._resumed, self._sure = False, True
        self._buffer = memoryview(b"")
        self._piece = max(ALONE, min(PIECE, item.sealed_size // _SHARES))

    @property
    def here(self) -> int:
        """Bytes of it on this machine."""
        with self._changed:
            return self._here.total

    @property
    def whole(self) -> bool:
        """Whether every byte has come; not yet that they are the right ones."""
        with self._changed:
            return self._here.front >= self.item.sealed_size

    @property
    def in_pieces(self) -> bool:
        return self.item.sealed_size > ALONE

    # -- beginning and ending ----------------------------------------------------------------------------------------

    def open(self, version: str | None, *, sure: bool = True) -> None:
        """Take up what an earlier run left of this version, or begin. `sure`: this version counts, so what does not
        match is put aside and not tried again. Raises ReviewerError for a disk that refuses."""
        self.close()
        self.version, self._sure = version, sure
        self._here, self._durable, self._claimed = Ranges(), Ranges(), Ranges()
        self._sha, self._hashed = hashlib.sha256(), 0
        try:
            make_folder(self._part.parent)
            self._take_up(version)
            self._fd = os.open(self._part, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            if self.in_pieces:
                self._map = PartMap(self._map_path, version, self._here, self._durable)
        except OSError as wrong:
            self.close()
            raise self._disk_error(wrong) from wrong

    def _take_up(self, version: str | None) -> None:
        """What is here already. A part without a map is a beginning; one longer than the object is none of it."""
        length, size = _length(self._part), self.item.sealed_size
        mapped = self._map_path.exists()
        if mapped:
            kept = read_map(self._map_path, min(length, size))
            if kept is not None and kept.version == version and length <= size:
                self._here, self._durable = kept.here, kept.durable
        elif length <= size:
            self._here.add(0, length)
        self._resumed = bool(self._here)
        if not self._resumed and length:
            self._part.unlink(missing_ok=True)
        if not self._resumed and mapped:
            self._map_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the files."""
        with self._changed:
            self._buffer = memoryview(b"")
            if self._map is not None:
                self._map.close()
                self._map = None
            if self._fd >= 0:
                with suppress(OSError):
                    os.close(self._fd)
                self._fd = -1

    def begin_anew(self) -> None:
        """Away with what is here: what lay here from before was at fault."""
        self.close()
        try:
            self._part.unlink(missing_ok=True)
            self._map_path.unlink(missing_ok=True)
        except OSError as wrong:
            raise self._disk_error(wrong) from wrong
        self.open(self.version, sure=True)

    # -- ranges ------------------------------------------------------------------------------------------------------

    def claim(self) -> Range | None:
        """The next range that nobody has asked for, a piece at most; it is the caller's until written or given back.
        None if there is none now."""
        with self._changed:
            taken = Ranges((*self._here, *self._claimed))
            gap = taken.gap(self.item.sealed_size)
            if gap is None:
                return None
            start, stop = gap
            # Cut at multiples of a piece, so that what was interrupted falls in with the others again.
            stop = min(stop, (start // self._piece + 1) * self._piece)
            self._claimed.add(start, stop)
            return start, stop

    def give_back(self, rest: Range) -> None:
        """What was claimed and did not come."""
        with self._changed:
            self._claimed.remove(*rest)

    def write(self, at: int, chunk: Chunk) -> None:
        """Bytes of a claimed range. What is on its own and in order is hashed as it passes. Raises ReviewerError for a
        disk that refuses; what went in before that counts."""
        view, start = memoryview(chunk), at
        try:
            while view:
                done = write_at(self._fd, view, at)
                if not self.in_pieces and at == self._hashed:
                    self._sha.update(view[:done])
                    self._hashed += done
                at, view = at + done, view[done:]
        except OSError as wrong:
            raise self._disk_error(wrong) from wrong
        finally:
            self._note(start, at)

    def _note(self, start: int, stop: int) -> None:
        with self._changed:
            if start < stop:
                self._here.add(start, stop)
                self._claimed.remove(start, stop)
                if self._map is not None:
                    with suppress(OSError):  # a full disk: at worst it is fetched once more
                        self._map.add((start, stop))

    # -- hashing, in order -------------------------------------------------------------------------------------------

    @property
    def to_hash(self) -> bool:
        """Whether hashing on is worth a thread's while: there is a good stretch of it, or the end."""
        with self._changed:
            return self._here.front - self._hashed >= _HASH_WORTH or self._here.front >= self.item.sealed_size

    @property
    def behind(self) -> int:
        """How much is here, whole from the start, and not hashed yet."""
        with self._changed:
            return self._here.front - self._hashed

    @property
    def hashed(self) -> bool:
        """Whether all of it is here and hashed: `finish` is next."""
        return self._hashed >= self.item.sealed_size

    def hash_on(self) -> None:
        """Hash what is here in order, a stretch at most, and flush now and then. One thread at a time. Raises
        ReviewerError for a disk that refuses."""
        until = self._hashed + min(self.behind, _HASH_STRETCH)
        if until > self._hashed and not self._buffer:
            self._buffer = memoryview(bytearray(min(_HASH_AT_ONCE, self.item.sealed_size)))
        try:
            while self._hashed < until:
                self._hash(self._buffer[: until - self._hashed])
            self._flush(at_least=_FLUSH_EVERY)
        except OSError as wrong:
            raise self._disk_error(wrong) from wrong

    def _hash(self, into: memoryview) -> None:
        got = read_into(self._fd, into, self._hashed)
        if not got:
            raise OSError(5, "what was written cannot be read")
        self._sha.update(into[:got])
        self._hashed += got

    def _flush(self, at_least: int) -> None:
        """Make durable what came since the last time, if it is so much, and say so in the map."""
        with self._changed:
            now = Ranges(self._here)
            if self._map is None or now.total - self._durable.total < at_least:
                return
        flush_data(self._fd)
        with self._changed:
            self._durable = now
            if self._map is not None:
                self._map.write_anew(self._here, now)

    def finish(self, ledger: Ledger, record: Record, case: str) -> bool:
        """All of it is hashed: give it its name, durable. False if bytes from an earlier run, or of another version,
        were at fault: `begin_anew` is next. Raises IntegrityError for what is not the manifest's (it is in quarantine
        then), ReviewerError."""
        try:
            os.fsync(self._fd)
            hashed = Identity.of(os.fstat(self._fd))
            if self._sha.hexdigest() != self.item.object:
                if self._resumed or not self._sure:
                    return False
                raise self._put_aside(record, case)
            whole = self._workspace.cached(self.item.object)
            self._part.replace(whole)
            if self.in_pieces:  # of the many small ones the caller makes the names durable, a folder at a time
                sync_folder(whole.parent)
            self.close()
            if self.in_pieces or self._resumed:
                self._map_path.unlink(missing_ok=True)
            here = whole.stat()
        except OSError as wrong:
            raise self._disk_error(wrong) from wrong
        if Identity.of(here).same_bytes(hashed):
            ledger.note(self.item.object, here)
        return True

    def _put_aside(self, record: Record, case: str) -> IntegrityError:
        self.close()
        self._map_path.unlink(missing_ok=True)
        return set_aside(self._workspace, self._part, self.item, record, case)

    def _disk_error(self, wrong: OSError) -> ReviewerError:
        return disk_error(self._workspace.cached(self.item.object), wrong, self.item.label)


def bytes_here(workspace: Workspace, object_name: str, size: int) -> int:
    """How many bytes of an object that is not whole are on this machine."""
    part = workspace.partial(object_name)
    length = _length(part)
    if not length or length > size:
        return 0
    map_path = workspace.part_map(object_name)
    kept = read_map(map_path, length)
    if kept is not None:
        return kept.here.total
    return 0 if map_path.exists() else length


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
