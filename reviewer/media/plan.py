"""What a camera's decoder should do next: a pure decision from the clock, the known frames and what is cached.

In this order: the frame that the clock asks for; those that come next; when the clock stands, those before it; last, to
stand where going on costs nothing. Backwards it is the frames before the clock's that come next, and a run is decoded
from its key once and kept whole as far as the cache reaches.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND
from reviewer.media.camera import CameraTimes, Spot
from reviewer.media.clock import Reading

_BEFORE = 8  # frames kept on the way to a sought one; more only once nobody waits, though a run is decoded twice
_HISTORY = 30  # frames before the clock's kept while it stands and nobody steps back
_UPCOMING = 2 * SECOND  # how far ahead of the clock, at 1x, a part is opened
_NOTHING = range(0)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many frames ahead of the clock and behind it are wanted, and how few ahead call for more."""

    ahead: int
    back: int
    low: int


@dataclass(frozen=True, slots=True)
class Open:
    """Read the index of a part."""

    part: int


@dataclass(frozen=True, slots=True)
class Want:
    """Decode until `goal` is there, keeping what of `keep` comes by. `urgent`: the clock asks for it now."""

    part: int
    goal: int
    keep: range
    urgent: bool = False


Have = Callable[[int, int], bool]
Plan = Open | Want | None


def plan(times: CameraTimes, now: Reading, have: Have, reach: Reach) -> Plan:
    """The next thing to do, or None if everything wanted is there."""
    spot = times.locate(now.at)
    if not spot.has_frame:
        return _toward(times, now, spot, have)
    if (now.rate if now.playing else now.direction) < 0:
        return _backward(times, now, spot, have, reach)
    return _forward(times, now, spot, have, reach)


def _forward(times: CameraTimes, now: Reading, spot: Spot, have: Have, reach: Reach) -> Plan:
    part, frame = spot.part, spot.frame
    count = _count(times, part)
    last = min(count - 1, frame + reach.ahead)
    missing = next((f for f in range(frame, last + 1) if not have(part, f)), None)
    if missing is not None:
        before = 0 if now.rolling else _BEFORE
        return Want(part, missing, range(frame - before, count), urgent=missing == frame)
    over = frame + reach.ahead - last
    following = _enter(times, part + 1, have, over) if over else None
    if following is not None or now.playing:
        return following
    oldest = max(0, frame - min(_HISTORY, reach.back))
    return _history(part, range(oldest, frame), have, oldest)


def _history(part: int, frames: range, have: Have, oldest: int) -> Want | None:
    """The newest of `frames` that is not there, with what comes by from `oldest` on."""
    missing = next((f for f in reversed(frames) if not have(part, f)), None)
    return None if missing is None else Want(part, missing, range(oldest, missing + 1))


def _backward(times: CameraTimes, now: Reading, spot: Spot, have: Have, reach: Reach) -> Plan:
    part, frame = spot.part, spot.frame
    oldest = max(0, frame - reach.back)
    if not have(part, frame):
        index = times.indexes[part]
        key = index.key(frame) if index is not None else frame
        if now.rolling and not have(part, key):
            return Want(part, key, range(key, key + 1), urgent=True)  # something of this run at once, the rest after it
        return Want(part, frame, range(max(oldest, key), frame + 1), urgent=True)
    # Each run is decoded from its key, so fetch half a cache at a time, not one frame for each that is shown.
    before = _history(part, range(max(0, frame - reach.back // 2), frame), have, oldest)
    if before is not None or frame >= reach.back // 2 or part == 0:
        return before
    return _enter_backwards(times, part - 1, have, reach.back - frame)


def _enter(times: CameraTimes, part: int, have: Have, frames: int) -> Plan:
    """The first frames of a part that comes next."""
    if part >= len(times.indexes) or times.faults[part] is not None:
        return None
    index = times.indexes[part]
    if index is None:
        return Open(part)
    first = range(min(len(index), frames))
    missing = next((f for f in first if not have(part, f)), None)
    return None if missing is None else Want(part, missing, first)


def _enter_backwards(times: CameraTimes, part: int, have: Have, frames: int) -> Plan:
    if times.faults[part] is not None:
        return None
    index = times.indexes[part]
    if index is None:
        return Open(part)
    kept = range(max(0, len(index) - frames), len(index))
    missing = next((f for f in reversed(kept) if not have(part, f)), None)
    return None if missing is None else Want(part, missing, range(kept.start, missing + 1))


def _toward(times: CameraTimes, now: Reading, spot: Spot, have: Have) -> Plan:
    """Where no frame is right: open what the clock is in or comes to, and have its first frames ready."""
    if spot.state is TileState.OPENING:
        return Open(spot.part)
    if spot.state is TileState.ENDED:
        return _indexed(times, spot.part)
    if spot.state not in (TileState.NOT_STARTED, TileState.GAP):
        return None
    upcoming = max(0, bisect_right([p.range.start for p in times.camera.parts], spot.until) - 1)
    if spot.until - now.at > _UPCOMING * max(1, abs(now.rate) // 1000):
        return _indexed(times, upcoming)
    return _enter(times, upcoming, have, 4)


def _indexed(times: CameraTimes, part: int) -> Plan:
    return Open(part) if times.indexes[part] is None and times.faults[part] is None else None


def standing(times: CameraTimes, now: Reading, have: Have, reach: Reach) -> Want | None:
    """Where the decoder should stand before the clock rolls: at the first frame ahead that is not there."""
    spot = times.locate(now.at)
    if not spot.has_frame or (now.rate if now.playing else now.direction) < 0:
        return None
    count = _count(times, spot.part)
    ahead = range(spot.frame + 1, min(count, spot.frame + 4 * reach.ahead))
    missing = next((f for f in ahead if not have(spot.part, f)), None)
    return None if missing is None else Want(spot.part, missing, _NOTHING)


def _count(times: CameraTimes, part: int) -> int:
    index = times.indexes[part]
    return len(index) if index is not None else 0
