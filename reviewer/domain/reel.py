"""A training officer's reel: clips of released recordings in an order, cards, questions, and ways to go on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.render import Layout
from reviewer.domain.thing import Thing
from reviewer.domain.timebase import Micros, Utc

MOST_CAMERAS = 4
_NEVER = Utc(0)
CARD = Micros(5_000_000)
HOLD = Micros(8_000_000)
"""How long a card and a question stand, unless the person says otherwise."""


class NamesShown(StrEnum):
    LETTERS = "letters"  # Officer A, B
    NONE = "none"


class ClipKind(StrEnum):
    FOOTAGE = "footage"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Branch:
    """An answer to a clip's question, and the clip that it leads to ("" ends the reel)."""

    answer: str
    to: str


@dataclass(frozen=True, slots=True)
class Clip:
    """One piece of a reel, in the order of `order` (a decimal number as text compares by its value), then id.

    Footage: `recordings` (1 to MOST_CAMERAS), [start, end) in the stated time of the first; the others run beside it as
    the clocks have them. `question`: it stands beneath the frozen last frame for `hold` µs. `branches`: where the
    answers lead. `limits`: what cannot be seen or heard. `notes`: for the instructor, never in the file. A card shows
    `title` and `caption` for `hold` µs. `heard`: the recording whose sound is in the reel, "" the first."""

    id: str
    reel: str
    kind: ClipKind
    order: int
    title: str = ""
    recordings: tuple[str, ...] = ()
    start: Utc = _NEVER
    end: Utc = _NEVER
    layout: Layout = Layout.ONE
    caption: str = ""
    question: str = ""
    hold: Micros = HOLD
    branches: tuple[Branch, ...] = ()
    limits: str = ""
    notes: str = ""
    heard: str = ""
    plain: str = ""  # why nothing is hidden in it; "" : faces are looked for, and somebody decides on each
    searched: tuple[str, ...] = ()  # where faces were looked for (`services.reel.Searched.text`)

    @classmethod
    def of(cls, thing: Thing) -> Clip:
        """As the work logs have it; what a newer program wrote and this one does not know counts as not said."""
        kind = ClipKind.CARD if thing.get("kind") == ClipKind.CARD else ClipKind.FOOTAGE
        names = thing.texts("recordings")[:MOST_CAMERAS]
        start, end = thing.when("start") or _NEVER, thing.when("end") or _NEVER
        hold = thing.whole("hold")
        standard = CARD if kind is ClipKind.CARD else HOLD
        layout = thing.get("layout")
        return cls(
            thing.id,
            thing.get("reel"),
            kind,
            thing.whole("order") or 0,
            thing.get("title"),
            names,
            start,
            max(start, end),
            Layout(layout) if layout in set(Layout) else default_layout(len(names)),
            thing.get("caption"),
            thing.get("question"),
            Micros(hold) if hold is not None and hold >= 0 else standard,
            tuple(Branch(a, to) for a, to in thing.pairs("branches")),
            thing.get("limits"),
            thing.get("notes"),
            thing.get("heard"),
            thing.get("plain"),
            thing.texts("searched"),
        )

    @property
    def lasts(self) -> Micros:
        """How long it is in the file, its question included."""
        if self.kind is ClipKind.CARD:
            return self.hold
        return Micros(self.end - self.start + (self.hold if self.question else 0))


@dataclass(frozen=True, slots=True)
class Reel:
    """`voices`: every voice is changed. De-identified unless somebody said otherwise and why (`plain`). `burned`: a
    person says that no name or number which a camera wrote into its picture is to be read."""

    id: str
    title: str
    module: str = ""
    names: NamesShown = NamesShown.LETTERS
    voices: bool = True
    plain: str = ""  # why nothing is masked in it; "" : it is masked
    burned: bool = False

    @classmethod
    def of(cls, thing: Thing) -> Reel:
        names = NamesShown.NONE if thing.get("names") == NamesShown.NONE else NamesShown.LETTERS
        voices = thing.get("voices") != "recorded"
        burned = thing.get("burned") == "covered"
        return cls(thing.id, thing.get("title"), thing.get("module"), names, voices, thing.get("plain"), burned)


def default_layout(cameras: int) -> Layout:
    return Layout.ONE if cameras < 2 else Layout.SIDE if cameras == 2 else Layout.QUAD


def in_order(clips: list[Clip]) -> tuple[Clip, ...]:
    return tuple(sorted(clips, key=lambda clip: (clip.order, clip.id)))
