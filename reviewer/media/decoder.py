"""What one camera's process does: opens parts, decodes towards what the clock asks for, never lets a tile freeze.

It works in small steps, one packet of an original or one run of small copies each, and looks at the clock in between.
First comes what is about to be due: from a small copy if the original would come too late (`ladder`). At rest the
original follows at once.
"""

from __future__ import annotations

import errno
import logging
import math
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import av
from av.error import FFmpegError

from reviewer.domain.errors import AccessRefused, IntegrityError, NotInStore, ReviewerError
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.media.camera import Absence, CameraTimes, ProxyChunk, Source, Spot
from reviewer.media.clock import NORMAL, ClockView, Reading
from reviewer.media.index import FrameIndex
from reviewer.media.ladder import Ladder, Rung
from reviewer.media.plan import Open, Plan, Reach, Want, plan, standing
from reviewer.media.proxy_lane import ProxyLane
from reviewer.media.reader import PartReader
from reviewer.media.scale import Scaler, Size, fit, matrix
from reviewer.media.shelf import ORIGINAL, PROXY, Keeper, Picture, Shelf

log = logging.getLogger(__name__)

RESTING, OPENING, DECODING, COPIES = range(4)
_AHEAD_SECONDS = 0.5
_AHEAD = range(8, 41)
_BACK = 90
_STALE = 0.08  # seconds without a new picture after which even a late one is put up
_URGENT = 0.1  # seconds before a frame is due from which on a small copy is made of it
_RUN = 8  # small copies decoded in one step
_SCREEN = 60  # frames a second that a screen shows: at more, some are passed over
_SCRUB = 0.3  # two jumps closer together than this are a hand that drags
_CALM = 0.12  # seconds that the clock stands before originals are decoded then
_NEAR = 3  # frames that are decoded rather than sought past
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
        self._ladder = Ladder()
        self._sources: dict[int, Source] = {}
        self._asked: set[int] = set()
        self._reader: PartReader | None = None
        self._part = -1
        self._tile: Size | None = None
        self._filling = True
        self._rolling = False
        self._epoch = -1
        self._jumps = (0, 0)  # monotonic ns of the last two
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
        self._tile = tile
        now = self._clock.read()
        self._rolling = now.rolling
        self._note_course(now)
        self._take_index()
        spot = self.times.locate(now.at)
        copies = self._copies_wanted(now, spot)
        if copies is not None:
            self._decode_copies(spot.part, *copies, now)
            return 0
        wanted = self._originals_wanted(now, spot)
        if wanted is None:
            return self._rest(now, spot)
        if isinstance(wanted, Open):
            return self._open(wanted.part)
        self._pursue(wanted, now)
        return 0

    def _note_course(self, now: Reading) -> None:
        if now.epoch == self._epoch:
            return
        self._epoch = now.epoch
        self._filling = True
        self._ladder.restart()
        if now.changed != self._jumps[1]:
            self._jumps = (self._jumps[1], now.changed)

    # -- what is wanted

    def _copies_wanted(self, now: Reading, spot: Spot) -> tuple[int, int, int] | None:
        """The first and last small copy to decode now, and how many frames from one to the next."""
        if not spot.has_frame or not self.copies.covers(spot.part, spot.frame):
            return None
        if not now.playing:
            return self._copy_at_rest(spot)
        if now.rate < 0:
            return self._copies_back(now, spot)
        return self._copies_ahead(now, spot)

    def _copy_at_rest(self, spot: Spot) -> tuple[int, int, int] | None:
        part, frame = spot.part, spot.frame
        if self._has(part, frame):
            return None
        reader = self._reader
        if reader is not None and part == self._part and reader.gives(frame) and frame <= reader.next + _NEAR:
            return None  # the original is there as soon
        return frame, frame, 1

    def _copies_ahead(self, now: Reading, spot: Spot) -> tuple[int, int, int] | None:
        part, frame = spot.part, spot.frame
        stride = max(1, round(self._fps(part, now) / _SCREEN))
        whole = self.copies.reach(part, frame)
        if stride > 1:
            return self._skim(now, spot, stride, whole)
        seconds = _URGENT if self._tries(now, part) and now.rolling else 0.3
        horizon = max(frame + 4, self._frame_in(spot, now, seconds))
        missing = next((f for f in range(frame, min(horizon + 1, whole.stop)) if not self._has(part, f)), None)
        if missing is None:
            return None
        return missing, min(missing + _RUN - 1, whole.stop - 1), 1

    def _skim(self, now: Reading, spot: Spot, stride: int, whole: range) -> tuple[int, int, int] | None:
        """At many times the speed: one frame for each that a screen can show, a little ahead of the clock."""
        part = spot.part
        first, last = self._frame_in(spot, now, 0.02), self._frame_in(spot, now, 0.15)
        if stride >= _RUN:
            first, stride = first + -(first - whole.start) % _RUN, _RUN  # intra frames alone
        wanted = range(first, min(last, whole.stop - 1) + 1, stride)
        missing = next((f for f in wanted if not self._near(part, f, stride)), None)
        if missing is None:
            return None if self._has(part, spot.frame) or len(wanted) else (spot.frame, spot.frame, 1)
        return missing, missing, stride

    def _near(self, part: int, frame: int, stride: int) -> bool:
        """Whether a frame, or one hardly after it, is there."""
        return any(self._has(part, f) for f in range(frame, frame + max(1, stride - 1)))

    def _copies_back(self, now: Reading, spot: Spot) -> tuple[int, int, int] | None:
        part, frame = spot.part, spot.frame
        whole = self.copies.reach(part, frame)
        stride = max(1, round(self._fps(part, now) / _SCREEN))
        oldest = max(whole.start, min(frame - _RUN, self._frame_in(spot, now, 0.4)))
        if stride >= _RUN:
            key = whole.start + (frame - whole.start) // _RUN * _RUN
            wanted = range(key, oldest - _RUN, -_RUN)
            missing = next((f for f in wanted if f >= whole.start and not self._has(part, f)), None)
            return None if missing is None else (missing, missing, _RUN)
        missing = next((f for f in range(frame, oldest - 1, -1) if not self._has(part, f)), None)
        if missing is None:
            return None
        key = whole.start + (missing - whole.start) // _RUN * _RUN
        return key, missing, 1 if stride < 3 else stride

    def _originals_wanted(self, now: Reading, spot: Spot) -> Plan:
        covered = spot.has_frame and self.copies.covers(spot.part, spot.frame)
        if not now.playing:
            if covered and self._scrubbing() and self._has(spot.part, spot.frame):
                return None
            return self._plan_at_rest(now)
        if covered:
            return self._join(now, spot) if now.rate > 0 else None
        self._shelf.head["rung"] = Rung.ORIGINALS
        return self._plan_rolling(now)

    def _plan_at_rest(self, now: Reading) -> Plan:
        self._shelf.head["rung"] = Rung.ORIGINALS
        reach = self._reach(now)
        step = plan(self.times, now, self._have_original, reach)
        if step is None:
            step = standing(self.times, now, self._have_original, reach)
            if isinstance(step, Want) and self._stands_before(step):
                step = None
        return step

    def _plan_rolling(self, now: Reading) -> Plan:
        """Originals without small copies. Fill up in one go and then rest, instead of waking for every frame."""
        reach = self._reach(now)
        step = plan(self.times, now, self._have_rolling, reach)
        if step is None:
            self._filling = False
            self._index_upcoming(now)
        elif not self._filling and isinstance(step, Want) and now.rate > 0:
            spot = self.times.locate(now.at)
            if spot.part == step.part and spot.has_frame and step.goal - spot.frame > reach.low:
                return None
            self._filling = True
        return step

    def _join(self, now: Reading, spot: Spot) -> Plan:
        """Originals where small copies carry the play if need be: only what can come in time."""
        part, frame = spot.part, spot.frame
        fps = self._fps(part, now)
        if not self._tries(now, part):
            self._shelf.head["rung"] = Rung.PROXIES
            return None
        self._shelf.head["rung"] = Rung.ORIGINALS
        index = self.times.indexes[part]
        if index is None or self._part != part or self._reader is None:
            return Open(part)
        reader, reach = self._reader, self._reach(now)
        last = min(len(index) - 1, frame + reach.ahead)
        missing = next((f for f in range(frame, last + 1) if not self._have_original(part, f)), None)
        if missing is None:
            self._filling = False
            self._index_upcoming(now)
            return self._into_next(now, spot, last - frame < reach.ahead, reach)
        if missing - frame > reach.low and not self._filling:
            return None
        self._filling = True
        return self._from_where(reader, index, Want(part, missing, range(missing, len(index))), now, fps)

    def _from_where(self, reader: PartReader, index: FrameIndex, want: Want, now: Reading, fps: float) -> Plan:
        """Go on, run up from the key before, or wait for the next key, whichever gives originals in time first."""
        goal = want.goal
        number = index.key_number(goal)
        key = int(index.keys[number])
        here = reader.next if key <= reader.next and reader.gives(goal) else key
        if goal - here <= _NEAR and here == reader.next:
            return want
        following = int(index.keys[number + 1]) if number + 1 < len(index.keys) else None
        if following is None:
            return want
        away = (self.times.time(want.part, following) - now.at) * NORMAL / (max(1, abs(now.rate)) * SECOND)
        if not now.rolling or self._ladder.catches_up(goal - here, fps, away):
            return want
        if away > _AHEAD_SECONDS:
            return None
        return Want(want.part, following, range(following, len(index)))

    def _into_next(self, now: Reading, spot: Spot, at_end: bool, reach: Reach) -> Plan:
        return plan(self.times, now, self._have_rolling, reach) if at_end else None

    def _tries(self, now: Reading, part: int) -> bool:
        return self._ladder.tries(time.monotonic(), self._fps(part, now))

    def _scrubbing(self) -> bool:
        """Whether a hand is dragging the clock: originals would be out of date before they are there."""
        mono = self._clock.monotonic()
        before, last = self._jumps
        return (last - before) < _SCRUB * 1e9 and (mono - last) < _CALM * 1e9

    def _frame_in(self, spot: Spot, now: Reading, seconds: float) -> int:
        """The frame of this part that is due in so many seconds of the wall clock."""
        then = Utc(now.at + round(seconds * now.rate * SECOND / NORMAL))
        return max(0, self.times.frame_at(spot.part, then))

    def _fps(self, part: int, now: Reading) -> float:
        """Frames of this part that the clock passes in a second."""
        index = self.times.indexes[part]
        if index is None:
            return 30.0
        return len(index) * SECOND / max(1, index.duration) * abs(now.rate) / NORMAL

    def _reach(self, now: Reading) -> Reach:
        spot = self.times.locate(now.at)
        index = self.times.indexes[spot.part]
        if index is None:
            return Reach(_AHEAD.start, _BACK, 4)
        fits = self.keeper.slots
        rate = self._fps(spot.part, now) if now.playing else len(index) * SECOND / max(1, index.duration)
        ahead = min(max(_AHEAD.start, math.ceil(rate * _AHEAD_SECONDS)), _AHEAD[-1], max(2, fits // 3))
        return Reach(ahead, max(2, min(_BACK, fits - 2 * ahead)), ahead // 2)

    # -- what is there

    def _has(self, part: int, frame: int) -> bool:
        return self.keeper.has(part, frame, any_size=self._rolling) or (part, frame) in self.times.missing

    def _have_original(self, part: int, frame: int) -> bool:
        return self.keeper.has(part, frame, ORIGINAL) or (part, frame) in self.times.missing

    def _have_rolling(self, part: int, frame: int) -> bool:
        """What need not be decoded: it is there, is lost, or was skipped to keep up."""
        if self.keeper.has(part, frame, any_size=True) or (part, frame) in self.times.missing:
            return True
        reader = self._reader
        return reader is not None and part == self._part and reader.skipped(frame)

    def _stands_before(self, want: Want) -> bool:
        reader = self._reader
        if reader is None or self._part != want.part:
            return False
        return reader.index.key(want.goal) <= reader.next and reader.gives(want.goal)

    # -- small copies

    def _decode_copies(self, part: int, first: int, last: int, stride: int, now: Reading) -> None:
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
        size = fit((index.width, index.height), self._tile, index.aspect, index.rotation)
        self.keeper.lay_out(size)
        return size

    def _put(
        self, part: int, frame: int, level: int, small: av.VideoFrame, colours: int, turn: int, *, damaged: bool,
        now: Reading,
    ) -> None:  # fmt: skip
        spot = self.times.locate(now.at)
        reach = self._reach(now)
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
            return _CALM if self._scrubbing() else None
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
        if self.times.indexes[part] is None:
            self._learn(part, reader)

    def _learn(self, part: int, reader: PartReader) -> None:
        self.times.learn(part, reader.index)
        self._tell.learned(part, reader.index, reader.decoded_by)

    def _shut(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader, self._part = None, -1

    def _pursue(self, want: Want, now: Reading) -> None:
        if self._part != want.part or self._reader is None:
            if self._open(want.part) is None:
                self._shelf.head["rung"] = Rung.ORIGINALS
            return
        self._shelf.head["phase"], self._shelf.head["part"] = DECODING, want.part
        reader = self._reader
        began, made = time.monotonic(), 0
        try:
            self._aim(reader, want, now)
            for frame, picture in reader.advance():
                made += 1
                if frame in want.keep or (frame == want.goal and want.keep) or self._stale(want, now):
                    self._put_original(want.part, frame, picture, reader.index, now)
        except LOST as wrong:
            self._lose(want.part, wrong)
            return
        self._ladder.measured(time.monotonic() - began, made)
        self._note_lost(reader)

    def _put_original(self, part: int, frame: int, picture: av.VideoFrame, index: FrameIndex, now: Reading) -> None:
        self.keeper.lay_out(self._size_of(index))
        small = self._scaler.to_size(picture, self._size_of(index))
        damaged = bool(picture.is_corrupt)
        colours = int(matrix(picture))
        self._put(part, frame, ORIGINAL, small, colours, index.rotation, damaged=damaged, now=now)
        if now.playing and self.times.time(part, frame) >= self._clock.now():
            self._ladder.in_time(time.monotonic())

    def _aim(self, reader: PartReader, want: Want, now: Reading) -> None:
        """Seek only where going on costs more; when late, skip."""
        goal, index = want.goal, reader.index
        late = self._lateness(reader, want, now)
        rung = self._ladder.without_copies(self._fps(want.part, now), late) if late else Rung.ORIGINALS
        if rung is Rung.KEYS:
            ahead = index.at(Micros(index.time(goal) + late // 4))
            goal = max(goal, index.key(ahead))
        key = index.key(goal)
        if late and key > reader.next + _NEAR:
            reader.jump(goal)
        elif not reader.gives(goal) or key > reader.next:
            reader.seek(goal, max(0, want.keep.start) if want.keep else goal)
        elif now.rolling and now.rate > 0:
            reader.skip("NONREF" if rung is not Rung.ORIGINALS else "DEFAULT")
        if late:
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
