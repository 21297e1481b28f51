"""The small copies of one camera, as its decoder reads them: any frame at the cost of a few small ones."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator

import av

from reviewer.media.camera import ProxyChunk
from reviewer.media.proxy import proxy_index
from reviewer.media.reader import PartReader

_OPEN = 3  # chunks of two minutes


class ProxyLane:
    """The chunks that are known, by part, and the few that are open. Reading raises what the source or libav raise."""

    def __init__(self) -> None:
        self._chunks: dict[int, tuple[ProxyChunk, ...]] = {}
        self._firsts: dict[int, list[int]] = {}
        self._open: OrderedDict[tuple[int, int], PartReader] = OrderedDict()

    def give(self, part: int, chunks: tuple[ProxyChunk, ...]) -> None:
        """All chunks of a part that there are now, in order."""
        self._chunks[part] = chunks
        self._firsts[part] = [c.first for c in chunks]

    def drop(self, part: int) -> None:
        """The copies of this part are no use."""
        self._chunks.pop(part, None)
        for key in [k for k in self._open if k[0] == part]:
            self._open.pop(key).close()

    def covers(self, part: int, frame: int) -> bool:
        chunk = self._chunk(part, frame)
        return chunk is not None

    def reach(self, part: int, frame: int) -> range:
        """The frames in the chunk that this one lies in; none if it lies in none."""
        chunk = self._chunk(part, frame)
        return range(chunk.first, chunk.first + chunk.count) if chunk else range(0)

    def onwards(self, part: int, first: int, last: int) -> Iterator[range]:
        """The frames of each chunk that has some of `first` to `last`, in order, as far as there are chunks."""
        while first <= last and (chunk := self.reach(part, first)):
            yield chunk
            first = chunk.stop

    def backwards(self, part: int, last: int, first: int) -> Iterator[range]:
        """The same from `last` down to `first`."""
        while last >= first and (chunk := self.reach(part, last)):
            yield chunk
            last = chunk.start - 1

    def frames(self, part: int, first: int, last: int) -> Iterator[tuple[int, av.VideoFrame]]:
        """The frames `first` to `last` of one chunk, in order."""
        chunk = self._chunk(part, first)
        if chunk is None:
            return
        reader = self._reader(part, chunk)
        start, stop = first - chunk.first, min(last - chunk.first, chunk.count - 1)
        if reader.next > start or reader.index.key(start) > reader.next:
            reader.seek(start)
        while reader.next <= stop:
            for place, frame in reader.advance():
                if start <= place <= stop:
                    yield chunk.first + place, frame

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def _chunk(self, part: int, frame: int) -> ProxyChunk | None:
        at = bisect_right(self._firsts.get(part, []), frame) - 1
        chunk = self._chunks[part][at] if at >= 0 and part in self._chunks else None
        return chunk if chunk is not None and frame < chunk.first + chunk.count else None

    def _reader(self, part: int, chunk: ProxyChunk) -> PartReader:
        key = (part, chunk.first)
        reader = self._open.get(key)
        if reader is None:
            while len(self._open) >= _OPEN:
                self._open.popitem(last=False)[1].close()
            reader = self._open[key] = PartReader(chunk.source(), proxy_index(chunk.count), "A small copy")
        self._open.move_to_end(key)
        return reader
