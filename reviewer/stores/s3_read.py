"""Bytes of one version of an object: in pieces, going on where an answer broke off, or as a seekable file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import obstore

from reviewer.domain.errors import StoreUnreachable
from reviewer.stores.objects import CHUNK, Chunk, ObjectStat
from reviewer.stores.s3_errors import TROUBLE, Again, Diagnosis, Patience, cut, diagnose
from reviewer.stores.s3_link import Link

_LEAST = 256 << 10
_AHEAD = 1 << 20  # what a file reads at a time
_AT_ONCE = CHUNK // 2  # what has come and is not written yet, of each of a dozen connections, is lost with a process


def pieces(link: Link, key: str, stat: ObjectStat, start: int, stop: int) -> Iterator[Chunk]:
    """Bytes [start, stop) of exactly this version. An answer that breaks off, or that new credentials are needed for,
    is gone on with where it was; if that does not help, raises StoreUnreachable (or what says more) after what came."""
    at, patience, longest = start, Patience(), stop - start
    while at < stop:
        end = min(stop, at + longest)
        keys, store = link.byte_store()
        said: Diagnosis
        try:
            options: Any = {"range": (at, end)} | ({"version": stat.version} if stat.version else {})
            answer = obstore.get(store, key, options=options)
            if answer.meta["size"] < stop:
                raise StoreUnreachable(f"The store's {stat.path} ends before its time.", "Check the store.")
            for chunk in answer.stream(min_chunk_size=_AT_ONCE):
                for piece in _small(memoryview(chunk)):
                    if at + len(piece) > end:
                        raise StoreUnreachable(f"The store sent more of {stat.path} than was asked for.", "Try again.")
                    at += len(piece)
                    patience.went_on()
                    yield piece
            said = cut(link.where, stat.path)
            if at == end:
                longest *= 2
                continue
        except TROUBLE as wrong:
            said = diagnose(wrong, link.where, stat.path)
        # A reset takes with it what had come and was not read yet: what is asked for less at a time gets through.
        longest = max(_LEAST, (end - at) // 4) if said.again is Again.CUT else longest
        if not link.again(said, keys, patience):
            raise said.error


def _small(view: memoryview) -> Iterator[memoryview]:
    for begin in range(0, len(view), CHUNK):
        yield view[begin : begin + CHUNK]


class PinnedFile(io.RawIOBase):
    """One version of an object as a seekable file. Reads ahead by 1 MiB; not for several threads at once."""

    def __init__(self, link: Link, key: str, stat: ObjectStat, offset: int = 0) -> None:
        self._link, self._key, self._stat = link, key, stat
        self._at = offset
        self._begin, self._held = 0, b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; asks nobody. Raises ValueError before the beginning."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._stat.size}[whence]
        if base + offset < 0:
            raise ValueError("a file has nothing before its beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        """Fill what of the buffer is there. Raises NotInStore, StoreUnreachable."""
        into = memoryview(buffer).cast("B")
        stop = min(self._at + len(into), self._stat.size)
        if stop <= self._at:
            return 0
        if not self._begin <= self._at < self._begin + len(self._held):
            end = min(self._at + max(len(into), _AHEAD), self._stat.size)
            self._held = b"".join(pieces(self._link, self._key, self._stat, self._at, end))
            self._begin = self._at
        place = self._at - self._begin
        given = self._held[place : place + len(into)]
        into[: len(given)] = given
        self._at += len(given)
        return len(given)
