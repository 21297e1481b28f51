"""What a stretch of a new file is made of, as values: `order` says it here, `render_process` makes it apart.

A file is made in stretches of at most STRETCH of its own time, each a closed group of pictures with a key of its own,
so that one can be made without the others and none has to be made twice. The pictures' coding is the same throughout
(`Target`), so stretches follow each other in one track.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import Redaction, SoundWay
from reviewer.domain.render import RenderPlan
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.wording import Local, LocalZone
from reviewer.media import schedule
from reviewer.media.camera import CameraTimes, Source
from reviewer.media.index import FrameIndex
from reviewer.media.schedule import Heard, Kind, OutFrame, Passage
from reviewer.media.sound_ring import RATE

STRETCH = Micros(20 * SECOND)
Times = Mapping[str, CameraTimes]
PartKey = tuple[str, int]
_BT709 = 1
_UNMARKED = 2
_LIMITED, _FULL = 1, 2


@dataclass(frozen=True, slots=True)
class Look:
    """How a part's frames come out of its decoder: coded size, pixel format, ITU-T H.273 tags (range: 1 limited, 2
    full), degrees clockwise to turn it for showing."""

    width: int
    height: int
    pixels: str
    range: int
    primaries: int
    transfer: int
    matrix: int
    turn: int


@dataclass(frozen=True, slots=True)
class Target:
    """How the file's picture is coded, in `base` ticks; `fps` only advises the encoder."""

    width: int
    height: int
    pixels: str
    range: int
    primaries: int
    transfer: int
    matrix: int
    aspect: Fraction
    base: Fraction
    fps: Fraction
    crf: int
    preset: str


@dataclass(frozen=True, slots=True)
class Edit:
    """[begin, end) of the file is muted, or a tone."""

    begin: Micros
    end: Micros
    way: SoundWay


@dataclass(frozen=True, slots=True)
class Voiced:
    """What is heard, and where in the file it is another voice."""

    heard: Heard
    changed: tuple[tuple[Micros, Micros], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """One stretch: `frames` of it, the last of which ends at `end` (ticks); its sound is [since, until) of the file.
    `cards`: lines by passage. `parts`: what is opened, by recording and part."""

    plan: RenderPlan
    target: Target
    frames: tuple[OutFrame, ...]
    passages: tuple[Passage, ...]
    end: int
    since: Micros
    until: Micros
    cards: Mapping[int, tuple[str, ...]]
    parts: Mapping[PartKey, tuple[Source, FrameIndex]]
    voiced: tuple[Voiced, ...]
    edits: tuple[Edit, ...]
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """What was made: `count` pictures in coding order, their pts (ticks), whether a key (1 or 0) and sizes; `data` is
    all of them, NAL units with four bytes of length each (ISO/IEC 14496-15); `sps` and `pps` are the same in every
    stretch. `sound`: samples × 2 at 48 kHz."""

    pts: NDArray[np.int64]
    keys: NDArray[np.int64]
    sizes: NDArray[np.int64]
    data: bytes
    sps: bytes
    pps: bytes
    sound: NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """So many frames of a stretch are done; at last, it."""

    done: int
    made: Stretch | None


def first_part(plan: RenderPlan, times: Times) -> PartKey:
    """The part whose frames say how a copy looks. Raises UnreadableMedia where nothing of it may be shown."""
    for frame in schedule.schedule(plan, times):
        for source in frame.sources:
            if source.has_picture:
                return source.recording, source.part
    return (plan.recordings[0] if plan.recordings else "", 0)


def target_of(plan: RenderPlan, times: Times, look: Look, aspect: Fraction) -> Target:
    """How the file's picture is coded: a copy as its recording; a reel in limited range and square pixels, in the
    colours of its first recording, so that one camera's frames need not be converted."""
    quarter = look.turn % 180 != 0
    size = (look.height, look.width) if quarter else (look.width, look.height)
    width, height = (plan.width or size[0]) & ~1, (plan.height or size[1]) & ~1
    base = schedule.time_base(plan, times)
    if plan.rate is not None:
        fps = Fraction(plan.rate.num, plan.rate.den)
        marked = look.range != _FULL and _UNMARKED not in (look.primaries, look.transfer, look.matrix)
        marks = (look.primaries, look.transfer, look.matrix) if marked else (_BT709, _BT709, _BT709)
        return Target(width, height, "yuv420p", _LIMITED, *marks, Fraction(1), base, fps, plan.crf, plan.preset)
    pixels = "yuvj420p" if look.pixels.startswith("yuvj") else "yuv420p"
    tags = (look.range, look.primaries, look.transfer, look.matrix)
    shape = 1 / aspect if quarter else aspect
    return Target(width, height, pixels, *tags, shape, base, _fps(times[plan.recording]), plan.crf, plan.preset)


def _fps(times: CameraTimes) -> Fraction:
    index = next((index for index in times.indexes if index is not None and len(index) > 1), None)
    if index is None:
        return Fraction(30)
    span = int(index.pts[-1] - index.pts[0]) * index.time_base
    return Fraction(round(Fraction(len(index) - 1) / span * 1000) or 1, 1000)


def stretch_count(length: Micros) -> int:
    return -(-length // STRETCH)


def order(
    plan: RenderPlan,
    times: Times,
    target: Target,
    number: int,
    sources: Mapping[PartKey, Source],
    seed: int,
    reasons: Mapping[str, str],
) -> Order:
    """What stretch `number` is made of. `sources`: how every part of the plan is opened; `reasons`: words for ids."""
    whole = schedule.length(plan, times)
    since, until = Micros(number * STRETCH), Micros(min(whole, (number + 1) * STRETCH))
    passages = schedule.passages(plan, times)
    frames = tuple(schedule.schedule(plan, times, since, Micros((number + 1) * STRETCH)))
    following = next(schedule.schedule(plan, times, Micros((number + 1) * STRETCH)), None)
    end = following.pts if following is not None else passages[-1].end
    heard = [each for each in schedule.sound(plan, times) if each.begin < until + SECOND and each.end > since - SECOND]
    shown = {(s.recording, s.part) for frame in frames for s in frame.sources if s.has_picture}
    wanted = shown | {(each.recording, each.part) for each in heard}
    found = {frame.passage: passages[frame.passage] for frame in frames if passages[frame.passage].kind in _CARDS}
    cards = {n: card_lines(plan, passage, reasons) for n, passage in found.items()}
    parts = {key: (sources[key], index) for key in sorted(wanted) if (index := times[key[0]].indexes[key[1]])}
    ways = _edits(plan, times, heard)
    voiced = tuple(Voiced(each, tuple(_voices(plan, times, each))) for each in heard)
    slim = replace(plan, redaction=_near(plan.redaction, frames), scenes=plan.scenes)
    return Order(slim, target, frames, passages, end, since, until, cards, parts, voiced, ways, seed)


_CARDS = (Kind.TITLE, Kind.WITHHELD, Kind.LEFT_OUT, Kind.NOT_RECORDED)


def card_lines(plan: RenderPlan, passage: Passage, reasons: Mapping[str, str]) -> tuple[str, ...]:
    """What stands on a card; the first line is its title."""
    if passage.kind is Kind.TITLE:
        scene = plan.scenes[passage.scene]
        return scene.lines or (scene.title, scene.caption)
    title = {
        Kind.WITHHELD: "Withheld",
        Kind.LEFT_OUT: "Not part of this copy",
        Kind.NOT_RECORDED: "Not recorded",
    }[passage.kind]
    when = "" if passage.range is None else span_words(passage.range, _zone(plan))
    why = dict.fromkeys(reasons.get(each.reason, each.reason) for each in passage.withheld)
    return tuple(filter(None, (title, when, *why)))


def _zone(plan: RenderPlan) -> LocalZone:
    """The zone of its cards. Raises ReviewerError where this system does not know it."""
    try:
        return LocalZone(UTC) if plan.zone is None else LocalZone.named(plan.zone)
    except ValueError as wrong:
        raise ReviewerError(
            f"This system knows no time zone “{plan.zone}”, which the agency’s table names.",
            "Bring the system’s time zones up to date, or have the table corrected.",
        ) from wrong


def span_words(span: TimeRange, zone: Local) -> str:
    """From when to when, the offset named, and how long: what stands on a card says it to people without any clock, as
    the index of a package says it."""
    days, times, offsets = ([say(at) for at in (span.start, span.end)] for say in (zone.date, zone.clock, zone.offset))
    first = times[0] if offsets[0] == offsets[1] else f"{times[0]} {offsets[0]}"
    last = times[1] if days[0] == days[1] else f"{days[1]} {times[1]}"
    seconds = round(span.duration / SECOND)
    lasts = f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60} s"
    return f"{days[0]} {first} – {last} {offsets[1]} ({lasts})"


def _near(redaction: Redaction, frames: tuple[OutFrame, ...]) -> Redaction:
    """The masks that meet these frames; sounds are told apart."""
    seen: dict[str, tuple[Utc, Utc]] = {}
    for frame in frames:
        for source in frame.sources:
            low, high = seen.get(source.recording, (source.stated, source.stated))
            seen[source.recording] = min(low, source.stated), max(high, source.stated)
    masks = tuple(
        m
        for m in redaction.masks
        if m.recording in seen and m.start <= seen[m.recording][1] + SECOND and m.end >= seen[m.recording][0] - SECOND
    )
    return Redaction(masks)


def _edits(plan: RenderPlan, times: Times, heard: list[Heard]) -> tuple[Edit, ...]:
    """Where the file is muted or a tone. Of several cameras that hear each other, one that is muted mutes them all."""
    found: list[Edit] = []
    for edit in plan.redaction.sounds:
        if edit.way is SoundWay.VOICE:
            continue
        for each in heard:
            if each.recording == edit.recording and (span := _in_file(times, each, edit.range)) is not None:
                found.append(Edit(*span, edit.way))
    return tuple(found)


def _voices(plan: RenderPlan, times: Times, heard: Heard) -> list[tuple[Micros, Micros]]:
    if plan.voices:
        return [(heard.begin, heard.end)]
    ranges = (e.range for e in plan.redaction.sounds if e.way is SoundWay.VOICE and e.recording == heard.recording)
    return [span for each in ranges if (span := _in_file(times, heard, each)) is not None]


def _in_file(times: Times, heard: Heard, stated: TimeRange) -> tuple[Micros, Micros] | None:
    """Where a stretch of stated time lies in the file as far as it is heard there; a microsecond more each way."""
    model = times[heard.recording].camera.parts[heard.part].model
    shift = heard.begin - heard.stream
    begin = max(heard.begin, model.to_stream(stated.start) + shift - 1)
    end = min(heard.end, model.to_stream(stated.end) + shift + 1)
    return (Micros(begin), Micros(end)) if begin < end else None


def samples(at: Micros) -> int:
    """The sample of RATE that stands at a time of the file."""
    return at * RATE // SECOND
