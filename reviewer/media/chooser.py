"""What a camera's decoder should do next, where small copies and originals share the work.

What is about to be due comes first: from a small copy if the original would come too late (`ladder`). At rest the
original follows at once, unless a hand is dragging the clock. The order within originals is `plan`'s.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import NamedTuple

from reviewer.domain.timebase import SECOND, Utc
from reviewer.media.camera import CameraTimes, Spot
from reviewer.media.clock import NORMAL, Reading
from reviewer.media.index import FrameIndex
from reviewer.media.ladder import Ladder, Rung
from reviewer.media.plan import Open, Plan, Reach, Want, plan, standing
from reviewer.media.proxy import PROXY_GOP
from reviewer.media.proxy_lane import ProxyLane
from reviewer.media.reader import PartReader
from reviewer.media.shelf import ORIGINAL, Keeper

_AHEAD_SECONDS = 0.5
_AHEAD = range(8, 41)
_BACK = 90
_URGENT = 0.1  # seconds before a frame is due from which on a small copy is made of it
_RUN = 8  # small copies decoded in one step
_BACK_RUN = 12  # more of them in one step backwards, where it is not urgent
_SCREEN = 60  # frames a second that a screen shows: at more, some are passed over
_SCRUB = 0.3  # two jumps closer together than this are a hand that drags
CALM = 0.2  # seconds that the clock stands before originals are decoded then
_COPIES_FIRST = 0.06  # seconds in which every camera finds its small copy before originals take the processors
NEAR = 3  # frames that are decoded rather than sought past


class Copies(NamedTuple):
    """Small copies to decode now: every `stride`-th frame from `first` to `last`."""

    first: int
    last: int
    stride: int


class Chooser:
    """Of the decoder's thread. `rung` is what it chose last; `is_full`: all that is wanted is there."""

    def __init__(self, times: CameraTimes, keeper: Keeper, copies: ProxyLane) -> None:
        self.times = times
        self.ladder = Ladder()
        self.rung = Rung.ORIGINALS
        self.is_full = False
        self._keeper = keeper
        self._copies = copies
        self._reader: PartReader | None = None
        self._part = -1
        self._rolling = False
        self._filling = True
        self._epoch = -1
        self._jumps = (0, 0)  # monotonic ns of the last two
        self._mono = 0
        self._calm = True
        self.onward = False
        """It will be played on from where it stands: nobody will step back from there."""

    def stand(self, reader: PartReader | None, part: int) -> None:
        """The original that is open now."""
        self._reader, self._part = reader, part

    def begin(self, now: Reading, mono: int, calm: bool) -> None:
        """A new step: the clock as it is, at this monotonic time in ns; `calm` if no camera is waited for."""
        self._rolling, self._mono, self._calm, self.is_full = now.rolling, mono, calm, False
        if now.epoch == self._epoch:
            return
        self._epoch = now.epoch
        self._filling = True
        self.ladder.restart()
        if now.changed != self._jumps[1]:
            self._jumps = (self._jumps[1], now.changed)
            if self._reader is not None:
                self._reader.forget_skipped()

    # -- small copies

    def copies(self, now: Reading, spot: Spot) -> Copies | None:
        """The small copies to decode now, if any."""
        if not spot.has_frame or not self._copies.covers(spot.part, spot.frame):
            return None
        if not now.playing:
            return self._copy_at_rest(spot)
        if now.rate < 0:
            return self._copies_back(now, spot)
        return self._copies_ahead(now, spot)

    def _copy_at_rest(self, spot: Spot) -> Copies | None:
        part, frame = spot.part, spot.frame
        if self.has(part, frame):
            return None
        reader = self._reader
        if reader is not None and part == self._part and reader.gives(frame) and frame <= reader.next + NEAR:
            return None  # the original is there as soon
        return Copies(frame, frame, 1)

    def _copies_ahead(self, now: Reading, spot: Spot) -> Copies | None:
        part, frame = spot.part, spot.frame
        stride = self._stride(part, now)
        if stride > 1:
            return self._skim(now, spot, stride)
        seconds = _URGENT if self._tries(now, part) and now.rolling else 0.3
        horizon = max(frame + _RUN, self._frame_in(spot, now, seconds))
        for chunk in self._copies.onwards(part, frame, horizon):
            wanted = range(max(frame, chunk.start), min(horizon + 1, chunk.stop))
            missing = next((f for f in wanted if not self.has(part, f)), None)
            if missing is not None:
                return Copies(missing, min(missing + _RUN, chunk.stop) - 1, 1)
        return None

    def _skim(self, now: Reading, spot: Spot, stride: int) -> Copies | None:
        """At many times the speed: one frame for each that a screen can show, a little ahead of the clock."""
        part = spot.part
        first, last = self._frame_in(spot, now, 0.02), self._frame_in(spot, now, 0.15)
        none = True
        for chunk in self._copies.onwards(part, first, last):
            start = max(first, chunk.start)
            start += -(start - chunk.start) % stride  # always the same ones, or each would be decoded from its key
            wanted = range(start, min(last + 1, chunk.stop), stride)
            missing = next((f for f in wanted if not self.has(part, f)), None)
            if missing is not None:
                return Copies(missing, missing, stride)
            none = none and not wanted
        return Copies(spot.frame, spot.frame, 1) if none and not self.has(part, spot.frame) else None

    def _copies_back(self, now: Reading, spot: Spot) -> Copies | None:
        part, frame = spot.part, spot.frame
        stride = self._stride(part, now)
        oldest = max(0, min(frame - _RUN, self._frame_in(spot, now, 0.4)))
        for chunk in self._copies.backwards(part, frame, oldest):
            newest = min(frame, chunk.stop - 1)
            newest -= (newest - chunk.start) % stride  # always the same ones, as forwards
            wanted = range(newest, max(oldest, chunk.start) - 1, -stride)
            missing = next((f for f in wanted if not self.has(part, f)), None)
            if missing is not None:
                key = chunk.start + (missing - chunk.start) // PROXY_GOP * PROXY_GOP
                if frame - missing >= PROXY_GOP:  # nobody waits for it: more in one go, as each go costs a seek
                    key = max(chunk.start, key - _BACK_RUN)
                return Copies(key + -(key - chunk.start) % stride, missing, stride)
        return None

    # -- originals

    def originals(self, now: Reading, spot: Spot) -> Plan:
        """What to do with the originals now, or None."""
        covered = spot.has_frame and self._copies.covers(spot.part, spot.frame)
        if not now.playing:
            if covered and self.scrubbing() and self.has(spot.part, spot.frame):
                return None
            if not self._calm and spot.has_frame and self._have_original(spot.part, spot.frame):
                return None  # others are waited for: what comes before and after can wait
            return self._plan_at_rest(now)
        if covered:
            return self._join(now, spot) if now.rate > 0 else None
        self.rung = Rung.ORIGINALS
        return self._plan_rolling(now)

    def _plan_at_rest(self, now: Reading) -> Plan:
        self.rung = Rung.ORIGINALS
        reach = self.reach(now)
        if self.onward:
            reach = replace(reach, back=0)
        step = plan(self.times, now, self._have_original, reach)
        if step is None:
            step = standing(self.times, now, self._have_original, reach)
            if isinstance(step, Want) and self._stands_before(step):
                step = None
        return step

    def _plan_rolling(self, now: Reading) -> Plan:
        """Originals where there are no small copies: filled up in one go, then it rests."""
        reach = self.reach(now)
        step = plan(self.times, now, self._have_rolling, reach)
        if step is None:
            self._filling, self.is_full = False, True
        elif not self._filling and isinstance(step, Want) and now.rate > 0:
            spot = self.times.locate(now.at)
            if spot.part == step.part and spot.has_frame and step.goal - spot.frame > reach.low:
                return None
            self._filling = True
        return step

    def _join(self, now: Reading, spot: Spot) -> Plan:
        """Originals where small copies carry the play if need be: only what can come in time."""
        part, frame = spot.part, spot.frame
        fps = self.fps(part, now)
        if not self._tries(now, part):
            self.rung = Rung.PROXIES
            return None
        self.rung = Rung.ORIGINALS
        index = self.times.indexes[part]
        if index is None or self._part != part or self._reader is None:
            return Open(part)
        reader, reach = self._reader, self.reach(now)
        last = min(len(index) - 1, frame + reach.ahead)
        missing = next((f for f in range(frame, last + 1) if not self._have_original(part, f)), None)
        if missing is None:
            self._filling, self.is_full = False, True
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
        if goal - here <= NEAR and here == reader.next:
            return want
        following = int(index.keys[number + 1]) if number + 1 < len(index.keys) else None
        if following is None:
            return want
        away = (self.times.time(want.part, following) - now.at) * NORMAL / (max(1, abs(now.rate)) * SECOND)
        if not now.rolling or self.ladder.catches_up(goal - here, fps, away):
            return want
        if away > _AHEAD_SECONDS:
            return None
        return Want(want.part, following, range(following, len(index)))

    def _into_next(self, now: Reading, spot: Spot, at_end: bool, reach: Reach) -> Plan:
        return plan(self.times, now, self._have_rolling, reach) if at_end else None

    def _tries(self, now: Reading, part: int) -> bool:
        return self.ladder.tries(time.monotonic(), self.fps(part, now))

    def scrubbing(self) -> bool:
        """Whether a hand is dragging the clock, or just let go: originals would be out of date before they are there,
        and would keep other cameras from their small copies."""
        mono = self._mono
        before, last = self._jumps
        return mono - last < (CALM if last - before < _SCRUB * 1e9 else _COPIES_FIRST) * 1e9

    def _frame_in(self, spot: Spot, now: Reading, seconds: float) -> int:
        """The frame of this part that is due in so many seconds of the wall clock."""
        then = Utc(now.at + round(seconds * now.rate * SECOND / NORMAL))
        return max(0, self.times.frame_at(spot.part, then))

    def fps(self, part: int, now: Reading) -> float:
        """Frames of this part that the clock passes in a second."""
        index = self.times.indexes[part]
        if index is None:
            return 30.0
        return len(index) * SECOND / max(1, index.duration) * abs(now.rate) / NORMAL

    def _stride(self, part: int, now: Reading) -> int:
        """From one small copy to the next. Every other one would save little, and cameras whose even frames are due
        when others' odd ones are would never all be right; what lies on keys costs no other frame."""
        stride = round(self.fps(part, now) / _SCREEN)
        if stride < 3:
            return 1
        return stride if stride < PROXY_GOP else min(stride - stride % PROXY_GOP, 2 * PROXY_GOP)

    def reach(self, now: Reading) -> Reach:
        spot = self.times.locate(now.at)
        index = self.times.indexes[spot.part]
        if index is None:
            return Reach(_AHEAD.start, _BACK, 4)
        fits = self._keeper.slots
        rate = self.fps(spot.part, now) if now.playing else len(index) * SECOND / max(1, index.duration)
        ahead = min(max(_AHEAD.start, math.ceil(rate * _AHEAD_SECONDS)), _AHEAD[-1], max(2, fits // 3))
        return Reach(ahead, max(2, min(_BACK, fits - 2 * ahead)), ahead // 2)

    # -- what is there

    def has(self, part: int, frame: int) -> bool:
        return self._keeper.has(part, frame, any_size=self._rolling) or (part, frame) in self.times.missing

    def _have_original(self, part: int, frame: int) -> bool:
        return self._keeper.has(part, frame, ORIGINAL) or (part, frame) in self.times.missing

    def _have_rolling(self, part: int, frame: int) -> bool:
        """What need not be decoded: it is there, is lost, or was skipped to keep up."""
        if self._keeper.has(part, frame, any_size=True) or (part, frame) in self.times.missing:
            return True
        reader = self._reader
        return reader is not None and part == self._part and reader.skipped(frame)

    def _stands_before(self, want: Want) -> bool:
        reader = self._reader
        if reader is None or self._part != want.part:
            return False
        return reader.index.key(want.goal) <= reader.next and reader.gives(want.goal)
