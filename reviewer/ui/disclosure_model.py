"""What the room of copies shows of what is hidden: a row a thing, in the times of the screen. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reviewer.domain.agency import Tables
from reviewer.domain.redaction import Mask, MaskStyle, Proposed, Redaction, SoundEdit, SoundWay, Target, Withheld
from reviewer.domain.timebase import TimeRange, Utc, merge
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count

TARGETS = {
    Target.FACE: "Face",
    Target.PERSON: "Person",
    Target.PLATE: "Number plate",
    Target.SCREEN: "Screen",
    Target.PAPER: "Paper",
    Target.OTHER: "Something else",
}
STYLES = {MaskStyle.SOLID: "Solid", MaskStyle.PIXELATE: "Pixelate", MaskStyle.BLUR: "Blur"}
WAYS = {SoundWay.MUTE: "muted", SoundWay.TONE: "tone", SoundWay.VOICE: "voice changed"}
NO_REASON = "No reason yet"

Thing = Mask | SoundEdit | Withheld
ToWall = Callable[[str, Utc], Utc]


@dataclass(frozen=True, slots=True)
class HiddenRow:
    """One thing that is hidden, as list and lane show it. `range` and `unsure` in wall time; `thing` as it is recorded
    (stated time)."""

    thing: Thing
    title: str
    reason: str
    range: TimeRange
    state: str
    tone: Tone
    icon: str
    unsure: tuple[Utc, ...] = ()

    @property
    def id(self) -> str:
        return self.thing.id

    @property
    def name(self) -> str:
        return self.thing.name

    @property
    def is_open(self) -> bool:
        """Whether it is a proposal that nobody decided."""
        return isinstance(self.thing, Mask) and self.thing.proposed is Proposed.OPEN

    def times(self, zone: Zone) -> str:
        return f"{zone.clock(self.range.start)} – {zone.clock(self.range.end)}"

    def spoken(self, zone: Zone) -> str:
        """As assistive technology says the row."""
        return f"{self.name} {self.title}, {self.times(zone)}, {self.state}, reason: {self.reason or NO_REASON}"


def rows_of(redaction: Redaction, recording: str, tables: Tables, to_wall: ToWall) -> tuple[HiddenRow, ...]:
    """Everything that is hidden of one recording: masks, sound, what is withheld; refused proposals are left out."""
    own = redaction.of(recording)

    def row(thing: Thing, title: str, state: tuple[str, Tone, str]) -> HiddenRow:
        start, end = (to_wall(thing.recording, at) for at in (thing.start, thing.end))
        unsure = tuple(to_wall(thing.recording, at) for at in thing.unsure) if isinstance(thing, Mask) else ()
        reason = tables.hiding_reason(thing.reason).words if thing.reason else ""
        return HiddenRow(thing, title, reason, TimeRange(start, max(start, end)), *state, unsure)

    masks = (
        row(mask, _mask_title(mask), _mask_state(mask)) for mask in own.masks if mask.proposed is not Proposed.REFUSED
    )
    sounds = (
        row(s, f"Sound: {s.words}" if s.words else f"Sound {WAYS[s.way]}", (WAYS[s.way], Tone.OK, "circle-check"))
        for s in own.sounds
    )
    cut = (
        row(w, f"Withheld: {w.words}" if w.words else "Withheld stretch", ("withheld", Tone.INFO, "eye-off"))
        for w in own.withheld
    )
    return (*masks, *sounds, *cut)


def _mask_title(mask: Mask) -> str:
    return f"{TARGETS[mask.target]}, {mask.words}" if mask.words else TARGETS[mask.target]


def _mask_state(mask: Mask) -> tuple[str, Tone, str]:
    if mask.proposed is Proposed.OPEN:
        return "proposed", Tone.INFO, "help-circle"
    if mask.unsure:
        return f"check {count(len(mask.unsure), 'frame')}", Tone.WARN, "eye"
    if any(frame.sure != 1000 for frame in mask.frames):
        return "followed", Tone.OK, "circle-check"
    if len(mask.frames) > 1:
        return "by hand", Tone.OK, "circle-check"
    return "still", Tone.PLAIN, "circle-check"


def hidden_ranges(rows: Iterable[HiddenRow]) -> tuple[TimeRange, ...]:
    """When something of the picture or the sound is hidden: what the review pass plays, or leaves out."""
    return merge(row.range for row in rows if not row.is_open and row.range.duration)


def outside(stretches: Iterable[TimeRange], hidden: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    """What of some stretches lies in none of the others."""
    left: list[TimeRange] = []
    cuts = merge(hidden)
    for each in stretches:
        at = each.start
        for cut in cuts:
            if cut.start >= each.end or cut.end <= at:
                continue
            if cut.start > at:
                left.append(TimeRange(at, cut.start))
            at = max(at, cut.end)
        if at < each.end:
            left.append(TimeRange(at, each.end))
    return tuple(left)


def next_to_play(ranges: Iterable[TimeRange], now: Utc) -> Utc | None:
    """Where a pass goes on: here if this is played, else where the next stretch begins; None after the last."""
    for each in merge(ranges):
        if now < each.end:
            return max(now, each.start)
    return None
