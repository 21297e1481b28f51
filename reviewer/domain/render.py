"""What a new file is made of: a plan, from which the renderer makes it and the check reads it again.

Two kinds. `rate` None: one recording as it was recorded, every frame with its own time (a copy for disclosure, a clip).
With a rate: scenes at a constant one, of one to four cameras, cards, frozen frames (a reel).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.redaction import Redaction
from reviewer.domain.timebase import Micros, TimeRange, Utc

_CARD = Micros(3_000_000)
NOTHING = Redaction()


class Layout(StrEnum):
    """How the cameras of a scene stand."""

    ONE = "one"
    SIDE = "side"  # two, side by side
    QUAD = "quad"  # three or four, two by two


@dataclass(frozen=True, slots=True)
class SceneSource:
    """A camera of a scene: `start` is the stated time of this recording at the scene's begin. `name` stands over it
    ("Officer A", "" for nothing). `heard`: its sound is in the file."""

    recording: str
    start: Utc
    name: str = ""
    heard: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """A stretch of the file, `lasts` µs. Without sources it is a card that shows `lines` (the first is its title). With
    them `title` stands above the picture and `caption` beneath it. `holds`: the first frame of the scene's sources
    stands still for all of it, without sound (a question)."""

    lasts: Micros
    sources: tuple[SceneSource, ...] = ()
    layout: Layout = Layout.ONE
    title: str = ""
    caption: str = ""
    lines: tuple[str, ...] = ()
    holds: bool = False
    id: str = ""  # the clip that it is of

    @property
    def is_card(self) -> bool:
        return not self.sources


@dataclass(frozen=True, slots=True)
class Rate:
    """Frames a second, exact."""

    num: int = 30
    den: int = 1


class Purpose(StrEnum):
    REEL = "reel"
    DISCLOSURE = "disclosure"
    CLIP = "clip"  # for a prosecutor: nothing hidden


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """`width` × `height` in pixels, both even; 0 × 0 for the recording's own. `crf` and `preset` are x264's. `sound`:
    whether the file has a sound track (AAC, 48 kHz). `voices`: every voice is changed. `bars`: room above and beneath
    the picture for titles and captions, so that nothing of ours stands on it. `stretches`: for `rate` None, what of the
    recording is in the file, in order; between them, and where something is withheld, a card stands for `card` µs.
    `zone`: the IANA name of the zone in which cards say times; None for UTC."""

    purpose: Purpose
    scenes: tuple[Scene, ...] = ()
    redaction: Redaction = NOTHING
    rate: Rate | None = None
    width: int = 0
    height: int = 0
    crf: int = 20
    preset: str = "medium"
    sound: bool = True
    voices: bool = False
    bars: bool = False
    recording: str = ""
    stretches: tuple[TimeRange, ...] = ()
    card: Micros = _CARD
    zone: str | None = None  # None has no place in the plan's JSON: plans from before there was one keep their hash

    @property
    def recordings(self) -> tuple[str, ...]:
        """Every recording that footage is taken of, in order."""
        found = [source.recording for scene in self.scenes for source in scene.sources]
        return tuple(dict.fromkeys([self.recording] * bool(self.recording) + found))
