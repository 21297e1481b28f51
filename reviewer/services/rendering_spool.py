"""Finished stretches of a file that is being made, on this disk and sealed under the job's own key.

`stretch.<n>.data` holds the coded pictures, `stretch.<n>.head` what they are and the stretch's sound; the head is
written last, so where it is the stretch is whole. `sound.<n>` holds coded sound while the file is put together.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.errors import IntegrityError
from reviewer.media import answers
from reviewer.media.render import Stretch
from reviewer.sealing.source import SealedSource
from reviewer.sealing.stream import open_bytes, seal_bytes
from reviewer.services.disk import NoRoom, disk_error, write_atomically

_DAMAGED = "What was made of this file is damaged on the disk."
_AGAIN = "Render it again: what it is made of is not touched."


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A stretch without its pictures."""

    pts: NDArray[np.int64]
    keys: NDArray[np.int64]
    sizes: NDArray[np.int64]
    sps: bytes
    pps: bytes
    sound: NDArray[np.int16]


class Spool:
    """Of one job; for one thread. Raises NoRoom and other sentences of the disk, IntegrityError for what changed."""

    def __init__(self, folder: Path, job: str, key: bytes) -> None:
        self._folder, self._job, self._key = folder, job, key

    def has(self, number: int) -> bool:
        """Whether this stretch is whole."""
        return self._path(f"stretch.{number}.head").exists()

    def keep(self, number: int, made: Stretch) -> None:
        self._write(f"stretch.{number}.data", made.data)
        head = Head(made.pts, made.keys, made.sizes, made.sps, made.pps, made.sound)
        self._write(f"stretch.{number}.head", answers.pack(head))

    def head(self, number: int) -> Head:
        """What is known of a kept stretch. Raises what the disk says, and IntegrityError for one that was changed."""
        name = f"stretch.{number}.head"
        try:
            sealed = self._path(name).read_bytes()
        except OSError as wrong:
            raise disk_error(self._path(name), wrong) from wrong
        try:
            found: Head = answers.unpack(open_bytes(sealed, self._key, self._bound(name)), Head)
        except answers.Unfit as wrong:
            raise IntegrityError(_DAMAGED, _AGAIN) from wrong
        return found

    def keep_sound(self, number: int, packets: Sequence[bytes]) -> None:
        self._write(f"sound.{number}", b"".join(packets))

    def coded(self, count: int) -> Reader:
        """The coded pictures of the first `count` stretches, one after the other."""
        return Reader([self._source(f"stretch.{n}.data") for n in range(count)])

    def sound(self, count: int) -> Reader:
        return Reader([self._source(f"sound.{n}") for n in range(count)])

    def _source(self, name: str) -> SealedSource:
        return SealedSource(self._path(name), self._key, self._bound(name))

    def _write(self, name: str, data: bytes) -> None:
        sealed = seal_bytes(data, self._key, self._bound(name))
        try:
            write_atomically(self._path(name), sealed)
        except NoRoom as full:  # the stretch's own name says nothing to a person
            raise NoRoom("There is no room left for what is being rendered.", full.next_step) from full

    def _path(self, name: str) -> Path:
        return self._folder / name

    def _bound(self, name: str) -> bytes:
        return f"reviewer render/{self._job}/{name}".encode()


class Reader:
    """Sealed files as one row of bytes."""

    def __init__(self, files: Sequence[SealedSource]) -> None:
        self._bytes = _pieces(files)
        self._left = b""

    def take(self, size: int) -> bytes:
        """The next so many bytes. Raises IntegrityError where there are no more."""
        pieces = [self._left]
        have = len(self._left)
        while have < size:
            piece = next(self._bytes, None)
            if piece is None:
                raise IntegrityError(_DAMAGED, _AGAIN)
            pieces.append(piece)
            have += len(piece)
        joined = b"".join(pieces)
        self._left = joined[size:]
        return joined[:size]

    def close(self) -> None:
        self._bytes.close()


def _pieces(files: Sequence[SealedSource]) -> Generator[bytes]:
    for each in files:
        with closing(each()) as file:
            while piece := file.read(1 << 20):
                yield piece
