"""The thread behind one camera: it opens parts, decodes towards what the clock asks for, never lets a tile freeze.

When it cannot keep up it goes down a ladder: frames that are past already are decoded and not scaled; then frames that
no other frame needs are skipped; then it jumps to the newest key. On every rung a picture is put up at least every
`_STALE` seconds, and the deck says how late it is.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future

from av.error import FFmpegError

from reviewer.domain.errors import AccessRefused, IntegrityError, NotInStore, ReviewerError
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media.cache import FrameCache
from reviewer.media.camera import Absence, CameraTimes, DeckCamera, Image
from reviewer.media.clock import DeckClock, Reading
from reviewer.media.index import FrameIndex
from reviewer.media.plan import Open, Plan, Reach, Want, plan, standing
from reviewer.media.reader import PartReader
from reviewer.media.scale import Scaler, Shot, Size, fit

log = logging.getLogger(__name__)

BUDGET = 64 * 1024 * 1024  # bytes of YUV a camera; 100 frames at 862×484
_AHEAD_SECONDS = 0.5
_AHEAD = range(8, 41)
_PRIMED = 5  # frames that are to be there before the clock rolls
_MADE_AHEAD = 8  # frames ahead of the clock whose BGRA picture is made already
_BACK = 90
_STALE = 0.08  # seconds without a new picture after which even a late one is put up
_SKIP_AFTER = Micros(100_000)  # this late, frames that no other needs are skipped
_JUMP_AFTER = Micros(250_000)  # this late, a key ahead of the clock is worth jumping to
_INDEX_AHEAD = 20 * SECOND
_NEAR = 3  # frames that are decoded rather than sought past
_LOST = (FFmpegError, ReviewerError, OSError, ValueError, MemoryError, EOFError)


class CameraDecoder:
    """Decodes one camera. `changed` is called from its thread whenever something new is there. `pool` reads the indexes
    of parts that come up, so that no frame waits for it."""

    def __init__(
        self, camera: DeckCamera, clock: DeckClock, changed: Callable[[], None], pool: Executor, budget: int = BUDGET
    ) -> None:
        self.camera = camera
        self.times = CameraTimes(camera)
        self.cache = FrameCache(budget)
        self.tile: Size | None = None
        self._clock = clock
        self._changed = changed
        self._pool = pool
        self._scaler = Scaler()
        self._wake = threading.Condition()
        self._poked = False
        self._closing = False
        self._reader: PartReader | None = None
        self._part = -1
        self._filling = True
        self._rolling = False
        self._put_at = 0  # monotonic ns
        self._indexing: Future[None] | None = None
        self._thread = threading.Thread(target=self._run, name=f"decode {camera.key[:12]}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def poke(self) -> None:
        """The clock's course, the tile's size or the parts changed: look again."""
        with self._wake:
            self._poked = True
            self._wake.notify()

    def set_tile(self, tile: Size) -> None:
        if tile != self.tile:
            self.tile = tile
            self.poke()

    def close(self) -> None:
        """Stop the thread. Returns when it is gone and its files are closed."""
        self._closing = True
        self.poke()
        self._thread.join()

    def is_there(self, part: int, frame: int) -> bool:
        """Whether a frame is there at the size that is wanted now, or will never be."""
        shot = self.cache.get(part, frame)
        if shot is None:
            return (part, frame) in self.times.missing
        return shot.tile == self.tile

    def ready(self, now: Reading) -> bool:
        """Whether the tile shows, or says, what is right at `now`."""
        spot = self.times.locate(now.at)
        if not spot.has_frame:
            return spot.state is not TileState.OPENING
        rolls_past = now.rolling and self.cache.get(spot.part, spot.frame) is not None  # whatever its size
        return rolls_past or self.is_there(spot.part, spot.frame)

    def primed(self, now: Reading) -> bool:
        """Whether playing on from `now` will find its next frames."""
        spot = self.times.locate(now.at)
        if not spot.has_frame:
            return self.ready(now)
        following = range(spot.frame, min(spot.frame + 1 + _PRIMED, self._count(spot.part)))
        if now.rate < 0:
            following = range(max(0, spot.frame - 2 * _PRIMED), spot.frame + 1)
        if not all(self.is_there(spot.part, f) for f in following):
            return False
        onward = standing(self.times, now, self.is_there, self._reach(now))
        return onward is None or self._stands_before(onward)

    # -- the thread

    def _run(self) -> None:
        try:
            while not self._closing:
                now = self._clock.read()
                step = self._next(now)
                if step is None:
                    self._rest(now)
                elif isinstance(step, Open):
                    self._open(step.part)
                else:
                    self._pursue(step, now)
        finally:
            if not self._closing:  # a defect of ours: the tile says so, the traceback goes to the thread's hook
                for part in range(len(self.camera.parts)):
                    self.times.fail(
                        part, Absence(TileState.UNREADABLE, "This camera's decoder stopped. Open it again.")
                    )
                self._changed()
            self._shut()

    def _next(self, now: Reading) -> Plan:
        self._rolling = now.rolling
        reach = self._reach(now)
        step = plan(self.times, now, self._have, reach)
        if now.rolling:
            return self._paced(step, now, reach)
        if step is None:
            step = standing(self.times, now, self._have, reach)
            if isinstance(step, Want) and self._stands_before(step):
                step = None
        return step

    def _paced(self, step: Plan, now: Reading, reach: Reach) -> Plan:
        """While playing, fill up in one go and then rest, instead of waking for every frame."""
        if step is None:
            self._filling = False
            self._index_upcoming(now)
        elif not self._filling and isinstance(step, Want) and now.rate > 0:
            spot = self.times.locate(now.at)
            if spot.part == step.part and spot.has_frame and step.goal - spot.frame > reach.low:
                return None
            self._filling = True
        return step

    def _reach(self, now: Reading) -> Reach:
        spot = self.times.locate(now.at)
        index = self.times.indexes[spot.part]
        if index is None:
            return Reach(_AHEAD.start, _BACK, 4)
        turn = 0
        width, height = fit((index.width, index.height), self.tile, index.aspect, turn)
        fits = self.cache.budget // max(1, width * height * 3 // 2)
        rate = len(index) * SECOND / max(1, index.duration) * (abs(now.rate) / 1000 if now.rolling else 1)
        ahead = min(max(_AHEAD.start, math.ceil(rate * _AHEAD_SECONDS)), _AHEAD[-1], max(2, fits // 3))
        return Reach(ahead, max(2, min(_BACK, fits - 2 * ahead)), ahead // 2)

    def _have(self, part: int, frame: int) -> bool:
        """What need not be decoded: it is there, is lost, or was skipped to keep up."""
        shot = self.cache.get(part, frame)
        if shot is not None:
            return shot.tile == self.tile or self._rolling
        if (part, frame) in self.times.missing:
            return True
        reader = self._reader
        return self._rolling and reader is not None and part == self._part and reader.skipped(frame)

    def _stands_before(self, want: Want) -> bool:
        reader = self._reader
        if reader is None or self._part != want.part:
            return False
        return reader.index.key(want.goal) <= reader.next <= want.goal

    def _rest(self, now: Reading) -> None:
        if self._make_ready(now):
            return
        if not now.rolling:
            self._changed()  # all that is wanted is there: the clock may be waiting for it
        with self._wake:
            if not self._poked and not self._closing:
                self._wake.wait(self._until_next(now) if now.rolling else None)
            self._poked = False

    def _until_next(self, now: Reading) -> float:
        """Seconds until the clock comes to the next frame, within reason."""
        spot = self.times.locate(now.at)
        away = (spot.until - now.at if now.rate > 0 else now.at - spot.at) / SECOND
        return min(0.05, max(0.004, away * 1000 / max(1, abs(now.rate))))

    def _make_ready(self, now: Reading) -> bool:
        """Make one BGRA picture of those that come next, so that whoever paints finds it made."""
        spot = self.times.locate(now.at)
        if not spot.has_frame:
            return False
        onward = now.direction * (_MADE_AHEAD if now.playing else 2)
        for frame in (*range(spot.frame, spot.frame + onward, now.direction), spot.frame - now.direction):
            shot = self.cache.get(spot.part, frame)
            if shot is not None and shot.image is None:
                self._make(shot)
                return True
        return False

    def _make(self, shot: Shot) -> None:
        self._scaler.picture(shot)
        self.cache.made(shot)

    def _open(self, part: int) -> None:
        try:
            reader = PartReader(self.camera.parts[part].open(), self.times.indexes[part], f"Part {part + 1}")
        except _LOST as wrong:
            self._fail(part, wrong)
            return
        self._shut()
        self._reader, self._part = reader, part
        if self.times.indexes[part] is None:
            self.times.learn(part, reader.index)
        self._changed()

    def _shut(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader, self._part = None, -1

    def _pursue(self, want: Want, now: Reading) -> None:
        if self._part != want.part or self._reader is None:
            self._open(want.part)
            return
        reader = self._reader
        try:
            self._aim(reader, want, now)
            decoded = reader.advance()
            for frame, picture in decoded:
                if frame in want.keep or (frame == want.goal and want.keep) or self._stale(want):
                    self._put(want.part, frame, self._scaler.shrink(picture, self.tile, reader.index.aspect), now)
        except _LOST as wrong:
            self._fail(want.part, wrong)
            return
        self._note_lost(reader)

    def _aim(self, reader: PartReader, want: Want, now: Reading) -> None:
        """Seek only where going on costs more; when late, skip."""
        goal, index = want.goal, reader.index
        late = self._lateness(reader, want, now)
        if late > _JUMP_AFTER:
            ahead = index.at(Micros(index.time(goal) + late // 4))
            goal = max(goal, index.key(ahead))
        key = index.key(goal)
        if late and key > reader.next + _NEAR:
            reader.jump(goal)
        elif reader.next > goal or key > reader.next:
            reader.seek(goal)
        elif now.rolling and now.rate > 0:
            reader.skip("NONREF" if late > _SKIP_AFTER else "DEFAULT")

    def _lateness(self, reader: PartReader, want: Want, now: Reading) -> int:
        if not (want.urgent and now.rolling and now.rate > 0) or reader.next >= want.goal:
            return 0
        return now.at - self.times.time(want.part, reader.next)

    def _stale(self, want: Want) -> bool:
        return want.urgent and self._clock.monotonic() - self._put_at > _STALE * 1e9

    def _put(self, part: int, frame: int, shot: Shot, now: Reading) -> None:
        spot = self.times.locate(now.at)
        if spot.part != part or 0 <= (frame - spot.frame) * now.direction <= _MADE_AHEAD:
            self._make(shot)
        self.cache.put(part, frame, shot)
        reach = self._reach(now)
        self.cache.trim(spot.part, range(spot.frame - reach.back, spot.frame + reach.ahead + 1))
        self._put_at = self._clock.monotonic()
        self._changed()

    def _note_lost(self, reader: PartReader) -> None:
        for frames in reader.lost:
            log.info("%s part %d: frames %d to %d cannot be decoded", self.camera.key, self._part + 1, *_ends(frames))
            self.times.lose(self._part, frames)
            self._changed()
        reader.lost.clear()

    def _fail(self, part: int, wrong: BaseException) -> None:
        log.info("%s part %d: %s", self.camera.key, part + 1, wrong)
        self.times.fail(part, absence(wrong))
        if part == self._part:
            self._shut()
        self._changed()

    def _index_upcoming(self, now: Reading) -> None:
        """Read the next part's index in time, on another thread."""
        part = self.times.locate(now.at).part + (1 if now.rate > 0 else -1)
        if not 0 <= part < len(self.camera.parts) or (self._indexing is not None and not self._indexing.done()):
            return
        if self.times.indexes[part] is not None or self.times.faults[part] is not None:
            return
        inside = self.camera.parts[part].range
        away = max(inside.start - now.at, now.at - inside.end)
        if away * 1000 < _INDEX_AHEAD * abs(now.rate):
            self._indexing = self._pool.submit(self._read_index, part)

    def _read_index(self, part: int) -> None:
        try:
            reader = PartReader(self.camera.parts[part].open(), None, f"Part {part + 1}")
        except _LOST as wrong:
            self.times.fail(part, absence(wrong))
            return
        self.times.learn(part, reader.index)
        reader.close()

    def _count(self, part: int) -> int:
        index: FrameIndex | None = self.times.indexes[part]
        return len(index) if index is not None else 0


def picture_of(shot: Shot, scaler: Scaler, cache: FrameCache) -> Image:
    """A shot's BGRA picture, made now if it is not there."""
    image = shot.image
    if image is None:
        image = scaler.picture(shot)
        cache.made(shot)
    return image


def absence(wrong: BaseException) -> Absence:
    """What a tile says when its file fails."""
    if isinstance(wrong, IntegrityError):
        return Absence(TileState.CORRUPT, str(wrong))
    if isinstance(wrong, AccessRefused | PermissionError):
        return Absence(TileState.NO_PERMISSION, _sentence(wrong, "You may not open this. Ask a supervisor."))
    if isinstance(wrong, NotInStore | FileNotFoundError):
        return Absence(TileState.NOT_DOWNLOADED, _sentence(wrong, "Not on this machine yet. Fetch it."))
    return Absence(TileState.UNREADABLE, _sentence(wrong, "This file cannot be decoded. Fetch it again."))


def _sentence(wrong: BaseException, otherwise: str) -> str:
    return str(wrong) if isinstance(wrong, ReviewerError) else otherwise


def _ends(frames: range) -> tuple[int, int]:
    return frames.start, frames.stop - 1
