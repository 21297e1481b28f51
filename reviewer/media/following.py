"""A region followed from frame to frame through a recording: where it goes, and how sure that is.

It stops where what it followed is lost, and says so. What it is not sure of stays in the path as keyframes that are
marked (`Keyframe.sure`), and there the region is larger.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.errors import ReviewerError, UnreadableMedia
from reviewer.domain.redaction import UNSURE, Keyframe, Region
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.media import apart
from reviewer.media.camera import JOIN, CameraTimes, DeckCamera
from reviewer.media.follow_process import LOST, Box, Seen, read_path
from reviewer.media.runs import Run, learned, run_within

MARGIN = 0.12
"""Of the region's smaller side: so much is a followed region larger on every side than the one that was marked."""
_TOLERANCE = MARGIN / 4  # how far a straight line between keyframes may lie from where it was found
_PIXEL = 1.0  # or this far, pixels: boxes come in whole ones; a quarter of what the renderer hides around a region
_SMALLEST = 8  # pixels
_GONE = 8  # frames in a row of which each is lost
_DOUBT = Micros(300_000)  # before it is not sure any more, it was not quite right already
_CLOSEST = Micros(500_000)  # between two keyframes of a run that is not sure
_SURE = 999  # what a person set has 1000
_LEFT = "It left the picture here, or the picture ends."
_LOST = "It was lost from sight here. Go on by hand, or mask it anew where it shows again."
_HOLE = "The recording has a hole here."


@dataclass(frozen=True, slots=True)
class Followed:
    """`frames`: the path, in order of time, for `Redactions.lay(mask, frames, over)`; `over` is what of the recording
    it is good for. `lost`: why it goes no further, a sentence; "" where it came as far as was asked. `frames_seen`: how
    many frames were looked at."""

    frames: tuple[Keyframe, ...]
    over: TimeRange
    lost: str = ""
    frames_seen: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    at: Utc
    until: Utc
    box: Box
    sure: int


def follow(
    camera: DeckCamera,
    region: Region,
    at: Utc,
    until: Utc,
    *,
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Followed:
    """Follow what lies in `region` on the frame of `at` to `until` (exclusive), which lies after it, or before it: then
    it is followed back. `camera` in stated time (`Footage.deck_camera(signed=True)`), as all times here.

    Reads in a process apart; call it on a worker's thread. `progress` gets the share that is done, on that thread.
    Raises UnreadableMedia where there is no picture at `at`, DecoderStopped, Cancelled; ReviewerError for a region that
    is too small.
    """
    times = CameraTimes(camera)
    part, frame = _frame_at(times, at)
    begin = times.time(part, frame)
    path = _Path(times, region, part, begin)
    found, lost, going = [], "", 1 if until > begin else -1
    for each in _each(times, part, frame, TimeRange(*sorted((begin, until))), going, path.box, cancelled):
        if isinstance(each, str):
            lost = each
            break
        found.append(each)
        progress(min(1.0, abs(each.at - begin) / max(1, abs(until - begin))))
    seen = len(found)
    kept = _kept(found)
    lost = _LOST if len(kept) < seen else lost
    frames = path.keyframes(sorted(_doubted(found)[: len(kept)], key=lambda each: each.at))
    if going < 0:
        return Followed(frames, TimeRange(kept[-1].at if kept else begin, begin), lost, seen)
    end = kept[-1].until if kept else times.until(part, frame)
    return Followed((Keyframe(begin, region.points), *frames), TimeRange(begin, min(end, until)), lost, seen)


def _frame_at(times: CameraTimes, at: Utc) -> tuple[int, int]:
    """Part and place of the frame at an instant."""
    for number, part in enumerate(times.camera.parts):
        if at in part.range and not part.still:
            learned(times, number)
    spot = times.locate(at)
    if not spot.has_frame:
        raise UnreadableMedia("There is no picture of this camera at this time.", "Choose another instant.")
    return spot.part, spot.frame


def _each(
    times: CameraTimes, part: int, frame: int, over: TimeRange, going: int, box: Box, cancelled: Callable[[], bool]
) -> Iterator[_Found | str]:
    """What is found on frame after frame, through all parts that lie side by side; at last, a sentence if it ends
    before its time."""
    while True:
        run = run_within(times, part, over)
        if run is not None:
            last = None
            for seen in _within(times, run, frame, going, box, cancelled):
                last, box = seen[0], (seen[1], seen[2], seen[3], seen[4])
                yield _of(times, part, seen)
            if last != (run.last if going > 0 else run.first) and frame != (run.last if going > 0 else run.first):
                yield _LEFT
                return
        part += going
        beside = _beside(times, part, over, going)
        if beside is None:
            return
        if isinstance(beside, str):
            yield beside
            return
        frame = beside
        yield _of(times, part, (frame, *box, UNSURE - 1))  # another file: it is taken to be where it was


def _within(
    times: CameraTimes, run: Run, frame: int, going: int, box: Box, cancelled: Callable[[], bool]
) -> Iterator[Seen]:
    """In one part, read by a process; let go of once it is lost for good."""
    last = run.last if going > 0 else run.first
    if frame == last:
        return
    part = times.camera.parts[run.part]
    args = part.source(), learned(times, run.part), frame, last, box
    name = f"Part {run.part + 1}"
    low = 0
    with closing(_pieces(args, name, cancelled)) as found:
        for seen in found:
            low = low + 1 if seen[5] < LOST else 0
            yield seen
            if low > _GONE:
                return


def _pieces(args: tuple[object, ...], name: str, cancelled: Callable[[], bool]) -> Generator[Seen]:
    yield from apart.pieces(read_path, *args, gives=Seen, what=name, cancelled=cancelled)


def _beside(times: CameraTimes, part: int, over: TimeRange, going: int) -> int | str | None:
    """The frame of the part that comes next at which it goes on; None where all is done, a sentence where it cannot."""
    parts = times.camera.parts
    before, after = (part - 1, part) if going > 0 else (part, part + 1)
    if not 0 <= part < len(parts) or parts[part].range.overlap(over) is None:
        return None
    if parts[after].range.start - parts[before].range.end > JOIN or parts[part].still:
        return _HOLE
    try:
        run = run_within(times, part, over)
    except UnreadableMedia:
        return _HOLE
    return None if run is None else run.first if going > 0 else run.last


def _of(times: CameraTimes, part: int, seen: Seen) -> _Found:
    frame, *box, sure = seen
    x, y, w, h = box
    return _Found(times.time(part, frame), times.until(part, frame), (x, y, w, h), sure)


def _kept(found: Sequence[_Found]) -> Sequence[_Found]:
    """Up to where it was lost for good: the first of that many in a row."""
    low = 0
    for n, each in enumerate(found):
        low = low + 1 if each.sure < LOST else 0
        if low >= _GONE:
            return found[: n + 1 - low]
    return found


def _doubted(found: Sequence[_Found]) -> list[_Found]:
    """In their order of going. What came shortly before a frame that is not sure is not sure either."""
    made: list[_Found] = []
    doubt: Utc | None = None
    for each in reversed(found):
        if each.sure < UNSURE:
            doubt = each.at
        near = doubt is not None and abs(each.at - doubt) <= _DOUBT
        made.append(_Found(each.at, each.until, each.box, min(each.sure, UNSURE - 1 if near else _SURE)))
    return made[::-1]


class _Path:
    """Boxes as keyframes of the region that was marked."""

    def __init__(self, times: CameraTimes, region: Region, part: int, at: Utc) -> None:
        index = learned(times, part)
        self._size = index.width, index.height
        xs, ys = [spot.x / ALL for spot in region.points], [spot.y / ALL for spot in region.points]
        left, right = max(0.0, min(xs)), min(1.0, max(xs))
        top, low = max(0.0, min(ys)), min(1.0, max(ys))
        if min((right - left) * index.width, (low - top) * index.height) < _SMALLEST:
            raise ReviewerError("That is too small to be followed.", "Draw it larger, or move it by hand.")
        self.box: Box = left, top, right - left, low - top
        self._points = [((x - left) / (right - left), (y - top) / (low - top)) for x, y in zip(xs, ys, strict=True)]

    def keyframes(self, found: Sequence[_Found]) -> tuple[Keyframe, ...]:
        """So few that a straight line between two lies nowhere further off than the tolerance."""
        if not found:
            return ()
        grown = [self._grown(each) for each in found]
        corners = np.array(grown)
        times = np.array([each.at for each in found], np.float64)
        wide, high = self._size
        side = np.minimum(corners[:, 2] * wide, corners[:, 3] * high).min()
        allowed = max(side * _TOLERANCE, _PIXEL) / np.array([wide, high, wide, high])
        edges = np.hstack([corners[:, :2], corners[:, :2] + corners[:, 2:]])
        chosen = simplified(times, edges / allowed, _marked(found))
        return tuple(Keyframe(found[n].at, self._placed(grown[n]), sure=found[n].sure) for n in chosen)

    def _grown(self, found: _Found) -> Box:
        x, y, w, h = found.box
        wide, high = self._size
        more = min(w * wide, h * high) * MARGIN * (2 if found.sure < UNSURE else 1)
        return x - more / wide, y - more / high, w + 2 * more / wide, h + 2 * more / high

    def _placed(self, box: Box) -> tuple[Spot, ...]:
        x, y, w, h = box
        return tuple(Spot(round((x + u * w) * ALL), round((y + v * h) * ALL)) for u, v in self._points)


def _marked(found: Sequence[_Found]) -> list[int]:
    """The frames that stay whatever the path: of each run that is not sure the first, the last, the least sure one, and
    one now and then; and those beside it."""
    kept = {0, len(found) - 1}
    run: list[int] = []
    for n, each in enumerate(found):
        if each.sure < UNSURE:
            run.append(n)
        if run and (each.sure >= UNSURE or n == len(found) - 1):
            kept |= {max(0, run[0] - 1), run[0], run[-1], min(run, key=lambda i: found[i].sure), n}
            last = run[0]
            for i in run:
                if found[i].at - found[last].at >= _CLOSEST:
                    kept.add(i)
                    last = i
            run = []
    return sorted(kept)


def simplified(times: NDArray[np.float64], values: NDArray[np.float64], fixed: Sequence[int]) -> list[int]:
    """The places to keep of values (n×k) over times (n, rising), so that straight lines between them are nowhere off by
    more than 1 (Douglas and Peucker 1973, in time); `fixed` stay."""
    kept = set(fixed)
    todo = list(pairwise(fixed))
    while todo:
        a, b = todo.pop()
        if b - a < 2:
            continue
        share = ((times[a + 1 : b] - times[a]) / (times[b] - times[a]))[:, None]
        off = np.abs(values[a] + share * (values[b] - values[a]) - values[a + 1 : b]).max(axis=1)
        worst = int(off.argmax())
        if off[worst] > 1:
            kept.add(a + 1 + worst)
            todo += [(a, a + 1 + worst), (a + 1 + worst, b)]
    return sorted(kept)
