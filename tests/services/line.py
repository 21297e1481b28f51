"""A line to a folder store that tests hold, cut and count."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from reviewer.domain.errors import StoreUnreachable
from reviewer.stores.base import Chunk, ObjectStat
from reviewer.stores.folder import FolderStore

PIECE = 64 * 1024


@dataclass
class Line:
    """Fulfils what sync asks of a `Store`. `gate` is asked before each piece; `carried` has every range that came, by
    object, in order; `cuts` is how many streams end after one piece with an error."""

    inner: FolderStore
    gate: Callable[[str, int], None] = lambda _path, _at: None
    cuts: int = 0
    busy: int = 0  # how many questions are answered with an error first
    asked: list[tuple[str, int, int]] = field(default_factory=list)
    carried: list[tuple[str, int, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def stat(self, path: str) -> ObjectStat:
        self._refuse()
        return self.inner.stat(path)

    @contextmanager
    def stream(self, path: str, start: int, stop: int, version: str | None = None) -> Iterator[Iterator[Chunk]]:
        self._refuse()
        with self.lock:
            self.asked.append((path, start, stop))
        with self.inner.stream(path, start, stop, version) as chunks:
            yield self._pieces(path, start, chunks)

    def _refuse(self) -> None:
        with self.lock:
            if self.busy:
                self.busy -= 1
                raise StoreUnreachable("The store says 503.", "Wait.")

    def _pieces(self, path: str, at: int, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        for chunk in chunks:
            for first in range(0, len(chunk), PIECE):
                piece = chunk[first : first + PIECE]
                self.gate(path, at)
                with self.lock:
                    self.carried.append((path, at, at + len(piece)))
                yield piece
                at += len(piece)
                with self.lock:
                    cut, self.cuts = self.cuts > 0, max(0, self.cuts - 1)
                if cut:
                    raise StoreUnreachable("The line was cut.", "Again.")

    def bytes_of(self, path: str) -> int:
        """How many bytes of an object came, twice counted twice."""
        return sum(stop - start for name, start, stop in self.carried if name == path)
