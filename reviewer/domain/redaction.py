"""What of a recording may not be in a copy: regions of the picture, stretches of the sound, whole stretches withheld.

All of it is entries of the work log (`case_acts.MaskSet`, `MaskPathSet`, `SoundEditSet`, `WithheldSet`); the footage
stays as it is. Times are stated time (the signed manifest's), so that a mask stays on its frame whatever clocks are
accepted later. Places are on the picture as the recording has it, not turned, 0 to `drawing.ALL` across and down.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc

STRETCH = Micros(10 * SECOND)
"""The keyframes of this long stand in one field of a path."""
TRAINING = "training"
"""What the masks of a training assignment are made for: every reel of it (`Mask.of`)."""
UNSURE = 500
"""A followed keyframe that is less sure than this (of 1000) is to be looked at."""
_MOST = 64  # corners of a polygon
_SLACK = Micros(50)  # a frame's time that went to wall time and back may be a µs off; no two frames lie this close


class Target(StrEnum):
    """What a mask hides."""

    FACE = "face"
    PERSON = "person"
    PLATE = "plate"
    SCREEN = "screen"
    PAPER = "paper"
    OTHER = "other"


class MaskShape(StrEnum):
    BOX = "box"  # two opposite corners
    ELLIPSE = "ellipse"  # within two opposite corners
    POLYGON = "polygon"  # three corners or more


class MaskStyle(StrEnum):
    """How a region is made unreadable. None of them is a plain blur, which can be undone: a coarse grid of means, noise
    over it, and only then (BLUR) smoothed."""

    SOLID = "solid"
    PIXELATE = "pixelate"
    BLUR = "blur"


class SoundWay(StrEnum):
    MUTE = "mute"
    TONE = "tone"
    VOICE = "voice"  # changed so that the speaker is not known by it; the words stay


class Proposed(StrEnum):
    """A mask that a detector proposed counts once a person decided for it."""

    NO = ""  # nobody proposed it: made by hand
    OPEN = "open"
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Region:
    """Where, on one frame. `mask`: the id of the mask that lies there, "" for none; what stands there instead hangs on
    nothing but the picture, the place and this."""

    shape: MaskShape
    points: tuple[Spot, ...]
    mask: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Keyframe:
    """From this frame on the region lies at `points`, moving in a straight line to the next keyframe's. `hidden`: from
    here to the next keyframe there is none (who was followed left the picture). `sure`: of 1000, how sure following
    was; 1000 for what a person set."""

    at: Utc
    points: tuple[Spot, ...]
    hidden: bool = False
    sure: int = 1000


@dataclass(frozen=True, slots=True)
class Mask:
    """One region through time, [start, end) of stated time. Before its first keyframe it lies where that has it, after
    the last where that has it. `of`: the request that it is made for, or TRAINING. `looked`: unsure frames that a
    person looked at."""

    id: str
    of: str
    recording: str
    target: Target
    shape: MaskShape
    style: MaskStyle
    start: Utc
    end: Utc
    frames: tuple[Keyframe, ...]
    reason: str = ""
    words: str = ""
    proposed: Proposed = Proposed.NO
    looked: tuple[Utc, ...] = ()
    number: int = 0

    @property
    def counts(self) -> bool:
        """Whether it is to be on the copy."""
        return self.proposed in (Proposed.NO, Proposed.TAKEN) and bool(self.frames)

    @property
    def name(self) -> str:
        """As screens and indexes call it: M2."""
        return f"M{self.number}"

    def region(self, at: Utc) -> Region | None:
        """Where it lies on the frame of this stated time; None if it has no region there."""
        if not self.frames or not self.start - _SLACK <= at < self.end:
            return None
        n = max(0, bisect_right(self.frames, at + _SLACK, key=lambda frame: frame.at) - 1)
        here = self.frames[n]
        if here.hidden and at + _SLACK >= here.at:
            return None
        after = self.frames[n + 1] if n + 1 < len(self.frames) else None
        if after is None or at <= here.at or after.hidden or len(after.points) != len(here.points):
            return Region(self.shape, here.points, self.id)
        done, whole = at - here.at, after.at - here.at
        points = (
            Spot(a.x + (b.x - a.x) * done // whole, a.y + (b.y - a.y) * done // whole)
            for a, b in zip(here.points, after.points, strict=True)
        )
        return Region(self.shape, tuple(points), self.id)

    @property
    def unsure(self) -> tuple[Utc, ...]:
        """The keyframes that following was not sure of and nobody looked at."""
        seen = set(self.looked)
        return tuple(f.at for f in self.frames if f.sure < UNSURE and not f.hidden and f.at not in seen)


@dataclass(frozen=True, slots=True)
class SoundEdit:
    """What of a recording's sound is not to be heard, [start, end) of stated time."""

    id: str
    of: str
    recording: str
    start: Utc
    end: Utc
    way: SoundWay
    reason: str = ""
    words: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        return f"S{self.number}"

    @property
    def range(self) -> TimeRange:
        return TimeRange(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A whole stretch that is left out, picture and sound; a card that says so stands in its place."""

    id: str
    of: str
    recording: str
    start: Utc
    end: Utc
    reason: str = ""
    words: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        return f"W{self.number}"

    @property
    def range(self) -> TimeRange:
        return TimeRange(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Redaction:
    """Everything that one copy hides."""

    masks: tuple[Mask, ...] = ()
    sounds: tuple[SoundEdit, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    def of(self, recording: str) -> Redaction:
        """What of it is about one recording."""
        return Redaction(
            tuple(m for m in self.masks if m.recording == recording),
            tuple(s for s in self.sounds if s.recording == recording),
            tuple(w for w in self.withheld if w.recording == recording),
        )

    def regions(self, recording: str, at: Utc) -> tuple[tuple[Region, MaskStyle], ...]:
        """What is to be hidden on the frame of this recording and stated time."""
        found = ((m.region(at), m.style) for m in self.masks if m.recording == recording and m.counts)
        return tuple((region, style) for region, style in found if region is not None)


def path_fields(frames: Iterable[Keyframe]) -> dict[str, str]:
    """Keyframes as fields of a `MaskPathSet`: one for each STRETCH, so that no entry grows with the recording. A
    keyframe is `µs:x,y;x,y` from the stretch's begin, with `!` for hidden and `?sure` where it was followed."""
    cuts: dict[int, list[str]] = {}
    for frame in sorted(frames, key=lambda each: each.at):
        n, since = divmod(frame.at, STRETCH)
        points = ";".join(f"{spot.x},{spot.y}" for spot in frame.points)
        sure = f"?{frame.sure}" if frame.sure != 1000 else ""
        cuts.setdefault(n, []).append(f"{since}:{points}{'!' if frame.hidden else ''}{sure}")
    return {f"t{n}": " ".join(texts) for n, texts in cuts.items()}


def keyframes(fields: Mapping[str, str]) -> tuple[Keyframe, ...]:
    """Keyframes in order of time, from the fields of a path; others are no business of this. Raises MalformedDocument
    for a field that is none."""
    found: list[Keyframe] = []
    for name, text in fields.items():
        if name[:1] == "t" and name[1:].isascii() and name[1:].isdigit():
            found += (_keyframe(int(name[1:]) * STRETCH, each) for each in text.split())
    return tuple(sorted(found, key=lambda each: each.at))


def _keyframe(start: int, text: str) -> Keyframe:
    try:
        left, _, sure = text.partition("?")
        hidden = left.endswith("!")
        since, _, places = left.rstrip("!").partition(":")
        pairs = (each.split(",") for each in places.split(";"))
        points = tuple(Spot(int(x), int(y)) for x, y in pairs)
        frame = Keyframe(Utc(start + int(since)), points, hidden, int(sure) if sure else 1000)
    except ValueError:
        raise MalformedDocument("A mask’s path cannot be read.", "Mask this again; the entry stays.") from None
    if not 2 <= len(points) <= _MOST or not all(abs(v) <= 4 * ALL for spot in points for v in (spot.x, spot.y)):
        raise MalformedDocument("A mask’s path lies outside any picture.", "Mask this again; the entry stays.")
    return frame
