"""From a reel to what is rendered: its clips as scenes, letters for names, and what has to be decided before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.making_acts import MadeScene
from reviewer.domain.redaction import Mask, Proposed, Redaction
from reviewer.domain.reel import Clip, ClipKind, NamesShown, Reel
from reviewer.domain.render import Layout, Purpose, Rate, RenderPlan, Scene, SceneSource
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.domain.wall_time import WallTime
from reviewer.domain.wording import count

RATE = Rate(30, 1)
WIDTH, HEIGHT = 1920, 1080
CRF, PRESET = 20, "medium"
_LAST = 1  # µs before a clip's end its last frame is the newest one


class Looked(Protocol):
    """A stretch in which faces were looked for."""

    @property
    def recording(self) -> str: ...
    @property
    def range(self) -> TimeRange: ...


@dataclass(frozen=True, slots=True)
class Chapter:
    """Where a clip stands in the file, its question included: [start, start + lasts) µs; the question begins at
    `asks`, None where there is none."""

    clip: str
    start: Micros
    lasts: Micros
    asks: Micros | None = None


class Why(StrEnum):
    """What of a clip nobody has decided yet."""

    NOT_SEARCHED = "not searched"
    OPEN = "open"
    UNSURE = "unsure"
    NOTHING_HIDDEN = "nothing hidden"
    BURNED_IN = "burned in"


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why a clip cannot be rendered yet; `number` of proposals or frames."""

    clip: str
    why: Why
    number: int = 0

    @property
    def words(self) -> str:
        """A few words, as a clip's card has them."""
        if self.why is Why.NOT_SEARCHED:
            return "faces not looked for"
        if self.why is Why.OPEN:
            return f"{count(self.number, 'face')} to decide"
        if self.why is Why.UNSURE:
            return f"{count(self.number, 'frame')} to look at"
        if self.why is Why.BURNED_IN:
            return "burned-in names not looked at"
        return "nothing hidden: say why"


def plan_of(
    reel: Reel, clips: Sequence[Clip], clocks: WallTime, redaction: Redaction, officers: Mapping[str, str]
) -> RenderPlan:
    """What is rendered of a reel, `clips` in order. `officers`: by recording, the letter under which its officer is
    shown (`letters`), of every recording that is in the assignment and released now, and no other. Neither names nor
    numbers of cases nor what was said about masks get into it.

    Raises AccessRefused for a recording that is not among them, ReviewerError for a reel without clips, a branch that
    leads nowhere, and a clip of what is withheld."""
    if not clips:
        raise ReviewerError("The reel has no clips.", "Put one on the strip first.")
    ids = {clip.id for clip in clips}
    scenes: list[Scene] = []
    for n, clip in enumerate(clips, 1):
        lost = next((branch for branch in clip.branches if branch.to and branch.to not in ids), None)
        if lost is not None:
            raise ReviewerError(
                f"Clip {n}: the answer “{lost.answer}” leads to a clip that is gone.", "Choose where it leads."
            )
        scenes += _scenes(reel, clip, n, clocks, redaction, officers)
    used = {source.recording for scene in scenes for source in scene.sources}
    return RenderPlan(
        Purpose.REEL,
        tuple(scenes),
        Redaction() if reel.plain else _hidden(redaction, used),
        RATE,
        WIDTH,
        HEIGHT,
        CRF,
        PRESET,
        sound=True,
        voices=reel.voices,
        bars=True,
    )


def _scenes(
    reel: Reel, clip: Clip, n: int, clocks: WallTime, redaction: Redaction, officers: Mapping[str, str]
) -> list[Scene]:
    if clip.kind is ClipKind.CARD:
        lines = [clip.title, *clip.caption.splitlines()]
        return [Scene(clip.hold, lines=tuple(lines), id=clip.id)]
    if any(recording not in officers for recording in clip.recordings):
        raise AccessRefused(
            f"Clip {n} shows a recording that is not released for training.",
            "Take it off the strip, or ask a supervisor to release the recording.",
        )
    parts = stretches(clip, clocks)
    for each in redaction.withheld:
        if any(each.recording == recording and each.range.overlap(part) is not None for recording, part in parts):
            raise ReviewerError(f"Clip {n} shows a stretch that is withheld.", "Cut the clip so that it is outside.")
    caption = "\n".join(text for text in (clip.caption, clip.limits) if text)
    heard = clip.heard if clip.heard in clip.recordings else clip.recordings[0]
    names = officers if reel.names is NamesShown.LETTERS else {}
    sources = tuple(SceneSource(r, part.start, names.get(r, ""), r == heard) for r, part in parts)
    length = Micros(clip.end - clip.start)
    layout = clip.layout if len(sources) > 1 else Layout.ONE
    found = [Scene(length, sources, layout, clip.title, caption, id=clip.id)]
    if clip.question:
        still = tuple(replace(s, start=Utc(s.start + length - _LAST), heard=False) for s in sources)
        found.append(Scene(clip.hold, still, layout, clip.title, clip.question, holds=True, id=clip.id))
    return found


def stretches(clip: Clip, clocks: WallTime) -> tuple[tuple[str, TimeRange], ...]:
    """What a clip shows: each recording with its stated time, all the same instants by the clocks that stand; () for a
    card."""
    if not clip.recordings or clip.kind is ClipKind.CARD:
        return ()
    first = clip.recordings[0]
    at, length = clocks.to_wall(first, clip.start), clip.end - clip.start
    starts = (clip.start, *(clocks.to_stated(each, at) for each in clip.recordings[1:]))
    pairs = zip(clip.recordings, starts, strict=True)
    return tuple((r, TimeRange(start, Utc(start + length))) for r, start in pairs)


def chapters(plan: RenderPlan) -> tuple[Chapter, ...]:
    """Where each clip of a reel begins in its file."""
    return chapters_of(MadeScene(scene.id, scene.lasts, scene.holds) for scene in plan.scenes)


def chapters_of(scenes: Iterable[MadeScene]) -> tuple[Chapter, ...]:
    """The same from what the log says of the file."""
    found: list[Chapter] = []
    at = 0
    for scene in scenes:
        if found and found[-1].clip == scene.clip and scene.holds:
            whole = Micros(found[-1].lasts + scene.lasts)
            found[-1] = replace(found[-1], lasts=whole, asks=Micros(at))
        else:
            found.append(Chapter(scene.clip, Micros(at), scene.lasts))
        at += scene.lasts
    return tuple(found)


def undecided(
    reel: Reel, clips: Iterable[Clip], clocks: WallTime, redaction: Redaction, searched: Iterable[Looked]
) -> tuple[Undecided, ...]:
    """What has to be decided before the reel is rendered, at most one for each clip: a reel is de-identified unless it
    (or the clip) says why not (`plain`). Faces have to be looked for on every frame of every camera, every proposal
    decided, every unsure frame looked at; where nothing at all is hidden after that, a reason is asked for too: that a
    detector finds nothing proves nothing. Last, a person says that no name is to be read which a camera wrote into its
    picture: no detector of faces sees those."""
    looked: dict[str, list[TimeRange]] = {}
    for each in searched:
        looked.setdefault(each.recording, []).append(each.range)
    hides = [clip for clip in clips if not (reel.plain or clip.plain or clip.kind is ClipKind.CARD)]
    found = (_undecided(clip, stretches(clip, clocks), redaction, looked) for clip in hides)
    waiting = tuple(each for each in found if each is not None)
    if waiting or reel.burned:
        return waiting
    return tuple(Undecided(clip.id, Why.BURNED_IN) for clip in hides)


def _undecided(
    clip: Clip,
    parts: tuple[tuple[str, TimeRange], ...],
    redaction: Redaction,
    looked: Mapping[str, list[TimeRange]],
) -> Undecided | None:
    if any(not _within(part, looked.get(recording, [])) for recording, part in parts):
        return Undecided(clip.id, Why.NOT_SEARCHED)
    here = [m for m in redaction.masks for r, part in parts if m.recording == r and _meets(m, part)]
    waiting = sum(mask.proposed is Proposed.OPEN for mask in here)
    if waiting:
        return Undecided(clip.id, Why.OPEN, waiting)
    unsure = sum(
        at in part
        for mask in redaction.masks
        for r, part in parts
        if mask.recording == r and mask.counts
        for at in mask.unsure
    )
    if unsure:
        return Undecided(clip.id, Why.UNSURE, unsure)
    return None if any(mask.counts for mask in here) else Undecided(clip.id, Why.NOTHING_HIDDEN)


def _within(part: TimeRange, ranges: Iterable[TimeRange]) -> bool:
    """Whether these ranges together have all of it."""
    at = part.start
    for each in sorted(ranges, key=lambda r: r.start):
        if each.start <= at:
            at = max(at, each.end)
    return at >= part.end


def _meets(mask: Mask, part: TimeRange) -> bool:
    return mask.start < part.end and part.start < mask.end


def _hidden(redaction: Redaction, used: Iterable[str]) -> Redaction:
    """What of it is about these recordings and counts, without a word about why."""
    recordings = set(used)
    return Redaction(
        tuple(
            replace(m, reason="", words="", looked=())
            for m in redaction.masks
            if m.counts and m.recording in recordings
        ),
        tuple(replace(s, reason="", words="") for s in redaction.sounds if s.recording in recordings),
    )
