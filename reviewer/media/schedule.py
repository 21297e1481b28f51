"""What a plan's file shows and lets hear, and when: pure, from the plan and the frames' times. The renderer makes the
file from it, the check reads the file by it.

A file is a row of `Passage`s: footage, or a card in its place. Frames are counted through all of them; `pts` counts in
`time_base`. Where `plan.rate` is None every frame keeps the distances that the recording gave it; else frame n stands
at n / rate. `times` has each recording in stated time (`Footage.deck_camera(signed=True)`), with every part's index
learned.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.redaction import Withheld
from reviewer.domain.render import RenderPlan
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc, merge, pts_to_micros
from reviewer.media.camera import JOIN, SHORT, CameraTimes

CARD_STEP = Micros(100_000)
"""A card's frames in a file that keeps the recording's own times stand this long each."""
_FINEST = 1_000_000  # ticks a second: what MP4 and its readers take without trouble
_COMMON = Fraction(1, 90_000)  # for parts that count in different steps

Times = Mapping[str, CameraTimes]


class Kind(StrEnum):
    """What stands in a passage."""

    FOOTAGE = "footage"
    TITLE = "title"  # a card of the plan's own: its scene's lines
    WITHHELD = "withheld"
    LEFT_OUT = "left_out"  # between two stretches: not asked for
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True)
class Passage:
    """[begin, end) of the file, in ticks of `time_base`. `scene`: its place in the plan's scenes (a file with a rate),
    else −1 and frames `first` to `last` of `part`, of the stated times `range`. A card says what `range` it stands for,
    and by which entries (`withheld`)."""

    kind: Kind
    begin: int
    end: int
    scene: int = -1
    part: int = 0
    first: int = 0
    last: int = -1
    range: TimeRange | None = None
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFrame:
    """The frame of a recording that stands in a frame of the file: by its place in the part's index, its `pts` there,
    and its own stated time, by which masks lie. Without a picture `frame` is −1, `state` says why (None where it is
    withheld), and `stated` is the instant asked for."""

    recording: str
    part: int
    frame: int
    pts: int
    stated: Utc
    state: TileState | None = None
    withheld: bool = False

    @property
    def has_picture(self) -> bool:
        return self.frame >= 0


@dataclass(frozen=True, slots=True)
class OutFrame:
    """Frame `number` of the file: shown from `pts` (ticks), which is `at` from the file's begin. `sources` as the
    scene has them; none on a card. `passage` is its place in `passages`."""

    number: int
    pts: int
    at: Micros
    passage: int
    sources: tuple[SourceFrame, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """[begin, end) of the file, µs, in which this part's sound is heard: from `stream` (its stream time) on, which is
    `stated` on. What stands at the same time is mixed; where nothing stands is silence."""

    begin: Micros
    end: Micros
    recording: str
    part: int
    stream: Micros
    stated: Utc


def time_base(plan: RenderPlan, times: Times) -> Fraction:
    """What `pts` counts in, seconds."""
    if plan.rate is not None:
        return Fraction(plan.rate.den, plan.rate.num)
    bases = {index.time_base for index in times[plan.recording].indexes if index is not None}
    one = bases.pop() if len(bases) == 1 else _COMMON
    return one if one.numerator == 1 and one.denominator <= _FINEST else _COMMON


def length(plan: RenderPlan, times: Times) -> Micros:
    """How long the file is."""
    if plan.rate is not None:
        return Micros(sum(scene.lasts for scene in plan.scenes))
    made = passages(plan, times)
    return pts_to_micros(made[-1].end, time_base(plan, times)) if made else Micros(0)


def passages(plan: RenderPlan, times: Times) -> tuple[Passage, ...]:
    """What follows what. Raises UnreadableMedia where a part's frames are not known."""
    if plan.rate is None:
        return _Copy(plan, times[plan.recording], time_base(plan, times)).passages()
    made: list[Passage] = []
    begin = 0
    step = time_base(plan, times)
    since = Micros(0)
    for number, scene in enumerate(plan.scenes):
        since = Micros(since + scene.lasts)
        end = _first_from(since, step)
        made.append(Passage(Kind.TITLE if scene.is_card else Kind.FOOTAGE, begin, end, number))
        begin = end
    return tuple(made)


def schedule(
    plan: RenderPlan, times: Times, since: Micros | None = None, until: Micros | None = None
) -> Iterator[OutFrame]:
    """Every frame of the file in order; with `since` and `until` those with `since <= at < until`, numbered as in the
    whole. Raises UnreadableMedia where a part's frames are not known."""
    return _frames(plan, times, since or Micros(0), until)


def frame_count(plan: RenderPlan, times: Times) -> int:
    """How many frames the file has."""
    base = time_base(plan, times)
    made = passages(plan, times)
    if plan.rate is not None:
        return made[-1].end if made else 0
    return sum(_count(passage, base) for passage in made)


def sound(plan: RenderPlan, times: Times) -> tuple[Heard, ...]:
    """What is heard when, in order of begin; sound edits are not applied to it. Empty for a file without sound."""
    if not plan.sound:
        return ()
    if plan.rate is None:
        return tuple(_copy_sound(plan, times))
    found: list[Heard] = []
    begin = Micros(0)
    for scene in plan.scenes:
        if not scene.holds:
            for source in scene.sources:
                if source.heard:
                    asked = TimeRange(source.start, Utc(source.start + scene.lasts))
                    found += _scene_sound(plan, times[source.recording], asked, Micros(begin - source.start))
        begin = Micros(begin + scene.lasts)
    return tuple(sorted(found, key=lambda heard: (heard.begin, heard.recording, heard.part)))


# -- a file with a rate ------------------------------------------------------------------------------------------------


def _first_from(at: Micros, step: Fraction) -> int:
    """The first frame number whose time (rounded down to µs) is not before `at`."""
    number = int(Fraction(at, SECOND) / step)
    while pts_to_micros(number, step) < at:
        number += 1
    return number


def _frames(plan: RenderPlan, times: Times, since: Micros, until: Micros | None) -> Iterator[OutFrame]:
    base = time_base(plan, times)
    number = 0
    for place, passage in enumerate(passages(plan, times)):
        count = passage.end - passage.begin if plan.rate is not None else _count(passage, base)
        if pts_to_micros(passage.end, base) > since:
            for frame in _of_passage(plan, times, place, passage, number, since):
                if until is not None and frame.at >= until:
                    return
                if frame.at >= since:
                    yield frame
        number += count


def _of_passage(
    plan: RenderPlan, times: Times, place: int, passage: Passage, number: int, since: Micros
) -> Iterator[OutFrame]:
    base = time_base(plan, times)
    if plan.rate is not None:
        first = max(passage.begin, _first_from(since, base))
        begun = Micros(sum(scene.lasts for scene in plan.scenes[: passage.scene]))
        for pts in range(first, passage.end):
            at = pts_to_micros(pts, base)
            yield OutFrame(pts, pts, at, place, _scene_frames(plan, times, passage.scene, Micros(at - begun)))
    elif passage.kind is Kind.FOOTAGE:
        yield from _copied(plan, times[plan.recording], place, passage, number, base, since)
    else:
        step = _ticks(CARD_STEP, base)
        for n, pts in enumerate(range(passage.begin, passage.end, step)):
            yield OutFrame(number + n, pts, pts_to_micros(pts, base), place)


def _scene_frames(plan: RenderPlan, times: Times, number: int, into: Micros) -> tuple[SourceFrame, ...]:
    scene = plan.scenes[number]
    into = Micros(0) if scene.holds else into
    return tuple(_shown(plan, times[s.recording], s.recording, Utc(s.start + into)) for s in scene.sources)


def _shown(plan: RenderPlan, times: CameraTimes, recording: str, at: Utc) -> SourceFrame:
    spot = times.locate(at)
    held = [w for w in plan.redaction.withheld if w.recording == recording]
    if any(at in w.range or (spot.has_frame and spot.at in w.range) for w in held):
        return SourceFrame(recording, spot.part, -1, 0, at, None, withheld=True)
    index = times.indexes[spot.part]
    if not spot.has_frame or index is None:
        return SourceFrame(recording, spot.part, -1, 0, at, spot.state)
    return SourceFrame(recording, spot.part, spot.frame, int(index.pts[spot.frame]), spot.at)


def _scene_sound(plan: RenderPlan, times: CameraTimes, asked: TimeRange, shift: Micros) -> Iterator[Heard]:
    """`shift`: from stated time to the file's."""
    held = tuple(w for w in plan.redaction.withheld if w.recording == times.camera.key)
    for kept, by in _split(asked, held):
        if not by:
            for part, here in _parts_in(times, kept):
                stream = times.camera.parts[part].model.to_stream(here.start)
                begin, end = Micros(here.start + shift), Micros(here.end + shift)
                yield Heard(begin, end, times.camera.key, part, stream, here.start)


# -- a copy that keeps the recording's own times -----------------------------------------------------------------------


class _Copy:
    """Puts the passages of a copy together, in ticks of `base`."""

    def __init__(self, plan: RenderPlan, times: CameraTimes, base: Fraction) -> None:
        self._plan, self._times, self._base = plan, times, base
        self._made: list[Passage] = []

    def passages(self) -> tuple[Passage, ...]:
        whole = self._times.camera.range
        before: TimeRange | None = None
        held = tuple(w for w in self._plan.redaction.withheld if w.recording == self._plan.recording)
        for asked in self._plan.stretches or (whole,):
            stretch = asked.overlap(whole)
            if stretch is None:
                continue
            if before is not None and before.end != stretch.start:
                between = TimeRange(min(before.end, stretch.start), max(before.end, stretch.start))
                self._card(Kind.LEFT_OUT, between)
            for kept, by in _split(stretch, held):
                if by:
                    self._card(Kind.WITHHELD, kept, by)
                else:
                    self._footage(kept)
            before = stretch
        return tuple(self._made)

    @property
    def _end(self) -> int:
        return self._made[-1].end if self._made else 0

    def _card(self, kind: Kind, stands_for: TimeRange, by: tuple[Withheld, ...] = ()) -> None:
        end = self._end + max(1, _ticks(self._plan.card, self._base))
        self._made.append(Passage(kind, self._end, end, range=stands_for, withheld=by))

    def _footage(self, kept: TimeRange) -> None:
        over: Utc | None = None  # where the part before ended
        for part, here in _parts_in(self._times, kept):
            if over is not None and here.start - over > 0:
                self._hole(TimeRange(over, here.start), JOIN)
            over = self._part(part, here)
            if here.end - over >= SHORT:
                self._hole(TimeRange(over, here.end), SHORT)
                over = here.end
        if over is not None and kept.end > over:
            self._lengthen(over, kept.end)

    def _hole(self, hole: TimeRange, most: Micros) -> None:
        """Nothing was recorded: a card, or the frame before it stays for as short a while."""
        if hole.duration >= most:
            self._card(Kind.NOT_RECORDED, hole)
        else:
            self._lengthen(hole.start, hole.end)

    def _lengthen(self, start: Utc, end: Utc) -> None:
        if not self._made or self._made[-1].kind is not Kind.FOOTAGE or end - start >= SHORT:
            return
        last = self._made.pop()
        longer = last.end + _ticks(Micros(end - start), self._base)
        self._made.append(Passage(last.kind, last.begin, longer, -1, last.part, last.first, last.last, last.range))

    def _part(self, part: int, here: TimeRange) -> Utc:
        """The frames of a part whose own time lies in `here`; when the last of them ends."""
        times = self._times
        index = times.indexes[part]
        if index is None:
            fault = times.faults[part]
            said = fault.note if fault is not None and fault.note else "It was not opened yet."
            raise UnreadableMedia(f"Part {part + 1} of the recording is not to be had: {said}", "Fetch the case.")
        first = times.frame_at(part, here.start)
        if first < 0 or times.time(part, first) < here.start:
            first += 1
        last = times.frame_at(part, Utc(here.end - 1))
        if first > last:
            return here.start
        over = min(times.until(part, last), here.end)
        ends = min(int(index.pts[last + 1]) if last + 1 < len(index) else index.end, _pts_at(times, part, over))
        begin = self._end
        span = Fraction(max(1, ends - int(index.pts[first]))) * index.time_base / self._base
        shown = TimeRange(times.time(part, first), over)
        self._made.append(Passage(Kind.FOOTAGE, begin, begin + max(1, int(span)), -1, part, first, last, shown))
        return over


def _pts_at(times: CameraTimes, part: int, at: Utc) -> int:
    """The pts of an instant, rounded up to a tick."""
    index = times.indexes[part]
    if index is None:
        raise LookupError("the part has not been opened yet")
    stream = times.camera.parts[part].model.to_stream(at)
    return index.origin - int(-Fraction(stream, SECOND) // index.time_base)


def _copied(
    plan: RenderPlan, times: CameraTimes, place: int, passage: Passage, number: int, base: Fraction, since: Micros
) -> Iterator[OutFrame]:
    index = times.indexes[passage.part]
    if index is None:
        raise LookupError("the part has not been opened yet")
    start, scale = int(index.pts[passage.first]), index.time_base / base
    into = (Fraction(since, SECOND) / base - passage.begin) / scale
    first = max(passage.first, bisect_left(index.pts, start + int(into)) - 1)
    for frame in range(first, passage.last + 1):
        own = int(index.pts[frame])
        pts = passage.begin + int((own - start) * scale)
        source = SourceFrame(plan.recording, passage.part, frame, own, times.time(passage.part, frame))
        yield OutFrame(number + frame - passage.first, pts, pts_to_micros(pts, base), place, (source,))


def _copy_sound(plan: RenderPlan, times: Times) -> Iterator[Heard]:
    base, camera = time_base(plan, times), times[plan.recording]
    for passage in passages(plan, times):
        index = camera.indexes[passage.part]
        if passage.kind is Kind.FOOTAGE and index is not None and passage.range is not None:
            begin, stream = pts_to_micros(passage.begin, base), index.time(passage.first)
            lasts = pts_to_micros(passage.end - passage.begin, base)
            own = camera.camera.parts[passage.part].model.to_stream(passage.range.end) - stream
            end = Micros(begin + min(lasts, own))
            yield Heard(begin, end, plan.recording, passage.part, stream, passage.range.start)


def _count(passage: Passage, base: Fraction) -> int:
    if passage.kind is Kind.FOOTAGE:
        return passage.last - passage.first + 1
    return -(-(passage.end - passage.begin) // _ticks(CARD_STEP, base))


def _ticks(length: Micros, base: Fraction) -> int:
    return max(1, int(Fraction(length, SECOND) / base))


def _split(whole: TimeRange, held: tuple[Withheld, ...]) -> Iterator[tuple[TimeRange, tuple[Withheld, ...]]]:
    """A stretch in its pieces: what stays (without entries), and what is withheld (by these)."""
    at = whole.start
    for cut in merge(w.range for w in held):
        out = cut.overlap(whole)
        if out is None:
            continue
        if out.start > at:
            yield TimeRange(at, out.start), ()
        yield out, tuple(w for w in held if w.range.overlap(cut))
        at = out.end
    if at < whole.end:
        yield TimeRange(at, whole.end), ()


def _parts_in(times: CameraTimes, kept: TimeRange) -> Iterator[tuple[int, TimeRange]]:
    """Each part's share of a stretch; where two overlap, the later one takes over when it begins."""
    parts = times.camera.parts
    starts = [part.range.start for part in parts]
    for number in range(max(0, bisect_left(starts, kept.start) - 1), len(parts)):
        end = parts[number].range.end
        if number + 1 < len(parts):
            end = min(end, starts[number + 1])
        if starts[number] < end and (here := TimeRange(starts[number], end).overlap(kept)) is not None:
            yield number, here
