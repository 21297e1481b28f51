"""What one camera's process does: opens parts, decodes towards what the clock asks for, never lets a tile freeze.

It works in small steps, one packet of an original or one run of small copies each, and looks at the clock in between.
First comes what is about to be due: from a small copy if the original would come too late (`ladder`). At rest the
original follows at once.
"""

from __future__ import annotations

import errno
import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import av
from av.error import FFmpegError

from reviewer.domain.errors import AccessRefused, IntegrityError, NotInStore, ReviewerError
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media.camera import Absence, CameraTimes, ProxyChunk, Source, Spot
from reviewer.media.chooser import CALM, NEAR, Chooser, Copies
from reviewer.media.clock import NORMAL, ClockView, Reading
from reviewer.media.index import FrameIndex
from reviewer.media.ladder import Rung
from reviewer.media.plan import Open, Want
from reviewer.media.proxy_lane import ProxyLane
from reviewer.media.reader import PartReader
from reviewer.media.scale import Scaler, Size, fit, matrix
from reviewer.media.shelf import ORIGINAL, PROXY, Keeper, Picture, Shelf

log = logging.getLogger(__name__)

RESTING, OPENING, DECODING, COPIES = range(4)
_STALE = 0.08  # seconds without a new picture after which even a late one is put up
_INDEX_AHEAD = 20 * SECOND
LOST = (FFmpegError, ReviewerError, OSError, ValueError, MemoryError, EOFError)


class Teller(Protocol):
    """What the decoder says to the window's process."""

    def ask(self, part: int) -> None: ...
    def learned(self, part: int, index: FrameIndex, by: str) -> None: ...
    def failed(self, part: int, why: Absence) -> None: ...
    def lost(self, part: int, frames: range) -> None: ...


class CameraDecoder:
    """Of one thread. `step` does one piece of work and says how long nothing else is to be done."""

    def __init__(self, times: CameraTimes, clock: ClockView, shelf: Shelf, tell: Teller) -> None:
        self.times = times
        self.copies = ProxyLane()
        self.keeper = Keeper(shelf)
        self._clock = clock
        self._shelf = shelf
        self._tell = tell
        self._scaler = Scaler()
        self._chooser = Chooser(times, self.keeper, self.copies)
        self._sources: dict[int, Source] = {}
        self._asked: set[int] = set()
        self._reader: PartReader | None = None
        self._part = -1
        self._tile: Size | None = None
        self._put_at = 0.0
        self._indexing: Future[PartReader] | None = None
        self._index_of = -1
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="index")

    def give_source(self, part: int, source: Source) -> None:
        self._sources[part] = source
        self._asked.discard(part)

    def give_copies(self, part: int, chunks: tuple[ProxyChunk, ...]) -> None:
        self.copies.give(part, chunks)

    def fail(self, part: int, why: Absence) -> None:
        self._asked.discard(part)
        self.times.fail(part, why)
        if part == self._part:
            self._shut()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._shut()
        self.copies.close()

    # -- one step

    def step(self) -> float | None:
        """Do one piece of work. 0 if there is more; else seconds to rest, None until something changes."""
        tile = self._shelf.tile
        if tile is None:
            return None  # nobody sees it
        if tile != self._tile:
            self._tile = tile
            self.keeper.lay_out(tile)
        now = self._clock.read()
        chooser = self._chooser
        chooser.ladder.share = int(self._shelf.head["share"]) / 1000 or 1.0
        chooser.begin(now, self._clock.monotonic(), bool(self._shelf.head["calm"]))
        chooser.onward = bool(self._shelf.head["onward"])
        self._take_index()
        spot = self.times.locate(now.at)
        copies = chooser.copies(now, spot)
        if copies is not None:
            self._decode_copies(spot.part, copies, now)
            return 0
        wanted = chooser.originals(now, spot)
        self._shelf.head["rung"] = chooser.rung
        if chooser.is_full and now.playing:
            self._index_upcoming(now)
        if wanted is None:
            return self._rest(now, spot)
        if isinstance(wanted, Open):
            return self._open(wanted.part)
        return self._pursue(wanted, now)

    # -- small copies

    def _decode_copies(self, part: int, copies: Copies, now: Reading) -> None:
        first, last, stride = copies
        self._shelf.head["phase"], self._shelf.head["part"] = COPIES, part
        index = self.times.indexes[part]
        try:
            if index is None:
                raise LookupError(part)
            size = self._size_of(index)
            wanted = range(first, last + 1, stride)
            for frame, picture in self.copies.frames(part, first, last):
                if frame in wanted and not self.keeper.has(part, frame):
                    small = self._scaler.to_size(picture, size)
                    self._put(part, frame, PROXY, small, int(matrix(picture)), index.rotation, damaged=False, now=now)
            if not self.keeper.has(part, last) and stride == 1:
                raise ValueError("a small copy lacks a frame")
        except LOST as wrong:
            log.info("small copies of part %d: %s", part + 1, wrong)
            self.copies.drop(part)

    def _size_of(self, index: FrameIndex) -> Size:
        """How large a frame of this part is on the shelf."""
        return fit((index.width, index.height), self._tile, index.aspect, index.rotation)

    def _put(
        self, part: int, frame: int, level: int, small: av.VideoFrame, colours: int, turn: int, *, damaged: bool,
        now: Reading,
    ) -> None:  # fmt: skip
        spot = self.times.locate(now.at)
        reach = self._chooser.reach(now)
        window = spot.part, range(spot.frame - reach.back, spot.frame + reach.ahead + 1)
        tile = self._tile or (0, 0)
        self.keeper.put(Picture(part, frame, level, small, colours, turn, damaged, tile), window)
        self._put_at = time.monotonic()
        self._shelf.head["put"] += 1

    # -- originals

    def _rest(self, now: Reading, spot: Spot) -> float | None:
        """Everything wanted is there."""
        if not now.rolling:
            self.keeper.forget_old()
            return CALM if self._chooser.scrubbing() else None
        away = (spot.until - now.at if now.rate > 0 else now.at - spot.at) / SECOND
        return min(0.05, max(0.004, away * NORMAL / max(1, abs(now.rate))))

    def _open(self, part: int) -> float | None:
        """Open a part, or ask for what it takes to."""
        source = self._sources.get(part)
        if source is None:
            if part not in self._asked:
                self._asked.add(part)
                self._tell.ask(part)
            return None
        self._shelf.head["phase"], self._shelf.head["part"] = OPENING, part
        try:
            reader = PartReader(source(), self.times.indexes[part], f"Part {part + 1}")
        except LOST as wrong:
            self._lose(part, wrong)
            return 0
        self._stand_on(part, reader)
        return 0

    def _stand_on(self, part: int, reader: PartReader) -> None:
        self._shut()
        self._reader, self._part = reader, part
        self._chooser.stand(reader, part)
        self._chooser.ladder.guess(reader.index.width * reader.index.height)
        if self.times.indexes[part] is None:
            self._learn(part, reader)

    def _learn(self, part: int, reader: PartReader) -> None:
        self.times.learn(part, reader.index)
        self._tell.learned(part, reader.index, reader.decoded_by)

    def _shut(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader, self._part = None, -1
        self._chooser.stand(None, -1)

    def _pursue(self, want: Want, now: Reading) -> float | None:
        if self._part != want.part or self._reader is None:
            return self._open(want.part)
        self._shelf.head["phase"], self._shelf.head["part"] = DECODING, want.part
        reader = self._reader
        began, worked, made = time.monotonic(), time.thread_time(), 0
        try:
            self._aim(reader, want, now)
            for frame, picture in reader.advance():
                made += 1
                if frame in want.keep or (frame == want.goal and want.keep) or self._stale(want, now):
                    self._put_original(want.part, frame, picture, reader.index, now)
        except LOST as wrong:
            self._lose(want.part, wrong)
            return 0
        self._chooser.ladder.measured(time.monotonic() - began, time.thread_time() - worked, made)
        self._note_lost(reader)
        return 0

    def _put_original(self, part: int, frame: int, picture: av.VideoFrame, index: FrameIndex, now: Reading) -> None:
        small = self._scaler.to_size(picture, self._size_of(index))
        damaged = bool(picture.is_corrupt)
        colours = int(matrix(picture))
        self._put(part, frame, ORIGINAL, small, colours, index.rotation, damaged=damaged, now=now)
        if now.playing and self.times.time(part, frame) >= self._clock.now():
            self._chooser.ladder.in_time(time.monotonic())

    def _aim(self, reader: PartReader, want: Want, now: Reading) -> None:
        """Seek only where going on costs more; when late, skip."""
        goal, index = want.goal, reader.index
        late = self._lateness(reader, want, now)
        rung = self._chooser.ladder.without_copies(late)
        if rung is Rung.KEYS:
            ahead = index.at(Micros(index.time(goal) + late // 4))
            goal = max(goal, index.key(ahead))
        key = index.key(goal)
        if late and key > reader.next + NEAR:
            reader.jump(goal)
        elif not reader.gives(goal) or key > reader.next:
            reader.seek(goal, max(0, want.keep.start) if want.keep else goal)
        elif now.rolling and now.rate > 0:
            reader.skip("NONREF" if rung is not Rung.ORIGINALS else "DEFAULT")
        if rung is not Rung.ORIGINALS:
            self._shelf.head["rung"] = rung

    def _lateness(self, reader: PartReader, want: Want, now: Reading) -> int:
        """µs that the original is behind, where no small copy can stand for it."""
        if not (want.urgent and now.rolling and now.rate > 0) or reader.next >= want.goal:
            return 0
        return now.at - self.times.time(want.part, reader.next)

    def _stale(self, want: Want, now: Reading) -> bool:
        covered = self.copies.covers(want.part, want.goal)
        return want.urgent and now.rolling and not covered and time.monotonic() - self._put_at > _STALE

    def _note_lost(self, reader: PartReader) -> None:
        for frames in reader.lost:
            log.info("part %d: frames %d to %d cannot be decoded", self._part + 1, frames.start, frames.stop - 1)
            self.times.lose(self._part, frames)
            self._tell.lost(self._part, frames)
        reader.lost.clear()

    def _lose(self, part: int, wrong: BaseException) -> None:
        log.info("part %d: %s", part + 1, wrong)
        why = absence(wrong)
        self.fail(part, why)
        self._tell.failed(part, why)

    # -- indexes of parts that come up

    def _index_upcoming(self, now: Reading) -> None:
        """Read the next part's index in time, on another thread."""
        part = self.times.locate(now.at).part + (1 if now.rate > 0 else -1)
        if not 0 <= part < len(self.times.indexes) or self._indexing is not None:
            return
        if self.times.indexes[part] is not None or self.times.faults[part] is not None:
            return
        inside = self.times.camera.parts[part].range
        away = max(inside.start - now.at, now.at - inside.end)
        if away * NORMAL >= _INDEX_AHEAD * abs(now.rate):
            return
        source = self._sources.get(part)
        if source is None:
            self._open(part)
        else:
            self._index_of = part
            self._indexing = self._pool.submit(_opened, source, part)

    def _take_index(self) -> None:
        if self._indexing is None or not self._indexing.done():
            return
        part, job, self._indexing = self._index_of, self._indexing, None
        try:
            reader = job.result()
        except LOST as wrong:
            self._lose(part, wrong)
            return
        if self.times.indexes[part] is None:
            self._learn(part, reader)
        reader.close()


def _opened(source: Source, part: int) -> PartReader:
    return PartReader(source(), None, f"Part {part + 1}")


def absence(wrong: BaseException) -> Absence:
    """What a tile says when its file fails."""
    if isinstance(wrong, IntegrityError):
        return Absence(TileState.CORRUPT, str(wrong))
    if isinstance(wrong, AccessRefused | PermissionError):
        return Absence(TileState.NO_PERMISSION, _sentence(wrong, "You may not open this. Ask a supervisor."))
    if isinstance(wrong, NotInStore | FileNotFoundError):
        return Absence(TileState.NOT_DOWNLOADED, _sentence(wrong, "Not on this machine yet. Fetch it."))
    if isinstance(wrong, MemoryError) or getattr(wrong, "errno", None) == errno.ENOMEM:
        return Absence(TileState.STOPPED, "This file asks for more memory than a camera may take.")
    return Absence(TileState.UNREADABLE, _sentence(wrong, "This file cannot be decoded. Fetch it again."))


def _sentence(wrong: BaseException, otherwise: str) -> str:
    return str(wrong) if isinstance(wrong, ReviewerError) else otherwise
