"""Reels of a training assignment: made, put in order and cut by entries of the work log, from what was released.

A clip of what is not released is refused when it is added, when it is changed and when the reel is planned
(`services/reel_plan`); its key would not open besides (`services/grants`).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from reviewer.domain.case_acts import ClipSet, ReelSet
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.reel import MOST_CAMERAS, Clip, ClipKind, Reel, in_order
from reviewer.domain.timebase import Micros, TimeRange, Utc, format_rfc3339
from reviewer.services.case import CaseFile
from reviewer.services.reel_plan import Chapter, Undecided, chapters, plan_of, stretches, undecided
from reviewer.services.undoing import Act, following

__all__ = [
    "SHORTEST",
    "Chapter",
    "Reels",
    "Released",
    "Searched",
    "Undecided",
    "chapters",
    "clip_fields",
    "plan_of",
    "reel_fields",
    "stretches",
    "undecided",
]

SHORTEST = Micros(200_000)
"""A clip is not cut shorter than this."""
LONGEST_CARD = Micros(10 * 60 * 1_000_000)
_APART = 1 << 20  # between the orders of two neighbours: twenty are put between them before the others are counted anew

Released = Callable[[], Mapping[str, TimeRange]]
"""By recording, what of stated time it covers: those of the assignment that are released for training now."""


@dataclass(frozen=True, slots=True)
class Searched:
    """Faces were looked for in this stretch of a recording, in stated time."""

    recording: str
    range: TimeRange

    @property
    def text(self) -> str:
        """As a clip's field `searched` has it."""
        return f"{self.recording} {self.range.start} {self.range.end}"

    @classmethod
    def of(cls, text: str) -> Searched | None:
        """None for what is none, a newer program's."""
        recording, _, times = text.partition(" ")
        start, _, end = times.partition(" ")
        if not (start.isdecimal() and end.isdecimal() and int(start) <= int(end)):
            return None
        return cls(recording, TimeRange(Utc(int(start)), Utc(int(end))))


class Reels:
    """One person's hand in the reels of one assignment; on the thread of its `file`, which undoes and redoes. Futures
    end when the entry is durable, or with LogUnwritable. What raises, raises ReviewerError, and nothing is recorded."""

    def __init__(self, file: CaseFile, released: Released) -> None:
        self.file, self._released = file, released

    # Reading

    def reels(self) -> tuple[Reel, ...]:
        """Those that stand, the oldest first."""
        return tuple(Reel.of(thing) for thing in self.file.things(ReelSet))

    def reel(self, reel: str) -> Reel | None:
        """One of them; None if there is none of this id, or it was withdrawn."""
        thing = self.file.thing(ReelSet, reel)
        return Reel.of(thing) if thing is not None and thing.stands else None

    def clips(self, reel: str) -> tuple[Clip, ...]:
        """Of one reel, in order."""
        return in_order([clip for clip in map(Clip.of, self.file.things(ClipSet)) if clip.reel == reel])

    def _clip(self, clip: str) -> Clip | None:
        thing = self.file.thing(ClipSet, clip)
        return Clip.of(thing) if thing is not None and thing.stands else None

    def searched(self) -> tuple[Searched, ...]:
        """Where faces were looked for, whichever clip it was for: the footage is the same."""
        both = (*self.file.things(ClipSet), *self.file.things(ClipSet, withdrawn=True))
        found = (Searched.of(text) for thing in both for text in thing.texts("searched"))
        return tuple(each for each in found if each is not None)

    # Reels

    def make(self, title: str, module: str = "") -> Future[str]:
        """A new one without clips; the Future has its id."""
        return self.file.add(ReelSet, reel_fields(Reel("", _titled(title), module)))

    def set(self, reel: Reel, seen: Reel | None = None) -> Future[str]:
        """Let it be as this says; only in what differs from the reel that the person saw, if that is given."""
        fields = reel_fields(replace(reel, title=_titled(reel.title)))
        return self.file.change(ReelSet, reel.id, _changed(fields, reel_fields(seen) if seen is not None else {}))

    def withdraw_reel(self, reel: str) -> Future[str]:
        """Take it away; its clips stay with it in the log, and it can be brought back."""
        return self.file.withdraw(ReelSet, reel)

    # Clips

    def add(self, clip: Clip, after: str | None = None) -> Future[str]:
        """A new clip behind the one of this id ("" before all, None behind all); `clip.id` and `clip.order` say
        nothing. The Future has its id."""
        return self.add_all([clip], after)

    def add_all(self, clips: Sequence[Clip], after: str | None = None) -> Future[str]:
        """Several as one step, in this order, as `add` adds one. Ids that are given stay, so that branches can name
        them. The Future has the id of the last."""
        if not clips:
            raise ValueError("no clips to add")
        for clip in clips:
            self.check(clip)
        standing = self.clips(clips[0].reel)
        at = len(standing) if after is None else _place(standing, after) + 1 if after else 0
        new = [replace(clip, id=clip.id or uuid.uuid4().hex) for clip in clips]
        lined = [*standing[:at], *new, *standing[at:]]
        orders = _orders(lined, {clip.id for clip in new})
        acts: list[Act] = []
        for clip in new:
            fields = clip_fields(replace(clip, order=orders.pop(clip.id)))
            acts.append(self.file.adding(ClipSet, fields, clip.id)[1])
        acts += self._renumbered(orders)
        return following(self.file.together(acts), lambda _recorded: new[-1].id)

    def change(self, clip: Clip, seen: Clip | None = None) -> Future[str]:
        """Let the clip of this id be as this says, but where it stands in the order; only in what differs from the clip
        that the person saw, if that is given: what they wrote just before may not be shown yet."""
        self.check(clip)
        fields = clip_fields(clip)
        del fields["order"]
        return self.file.change(ClipSet, clip.id, _changed(fields, clip_fields(seen) if seen is not None else {}))

    def move(self, clip: str, to: int) -> Future[str]:
        """To this place in the order, counted from 0 without it; what is beyond the ends goes to them."""
        moved = self._known(clip)
        others = [each for each in self.clips(moved.reel) if each.id != clip]
        to = max(0, min(to, len(others)))
        orders = _orders([*others[:to], moved, *others[to:]], {clip})
        acts = self._renumbered(orders)
        if not acts:
            return self.file.change(ClipSet, clip, {})
        return following(self.file.together(acts), lambda _recorded: clip)

    def split(self, clip: str, at: Utc) -> Future[str]:
        """Cut it in two at this stated time of its first recording; question and branches go with the second, whose id
        the Future has."""
        whole = self._known(clip)
        if not whole.start + SHORTEST <= at <= whole.end - SHORTEST:
            raise ReviewerError("There is nothing to cut here.", "Go to a place within the clip.")
        clips = self.clips(whole.reel)
        n = _place(clips, clip)
        second = replace(whole, id=uuid.uuid4().hex, start=at)
        orders = _orders([*clips[: n + 1], second, *clips[n + 1 :]], {second.id})
        first = replace(whole, end=at, question="", branches=())
        shorter = clip_fields(first)
        if clip in orders:
            shorter["order"] = str(orders.pop(clip))
        added = clip_fields(replace(second, order=orders.pop(second.id)))
        acts = [self.file.changing(ClipSet, clip, shorter), self.file.adding(ClipSet, added, second.id)[1]]
        done = [act for act in acts if act is not None] + self._renumbered(orders)
        return following(self.file.together(done), lambda _recorded: second.id)

    def withdraw(self, clip: str) -> Future[str]:
        """Take it off the strip. A branch that leads to it leads nowhere then, and the reel says so."""
        return self.file.withdraw(ClipSet, clip)

    def say_searched(self, clip: str, found: Iterable[Searched]) -> Future[str]:
        """The log has it from now on that faces were looked for there."""
        known = self._known(clip)
        texts = dict.fromkeys([*known.searched, *(each.text for each in found)])
        return self.file.change(ClipSet, clip, {"searched": _json(texts)})

    def check(self, clip: Clip) -> None:
        """Raises ReviewerError for a clip that may not be in a reel, or makes no sense."""
        if clip.kind is ClipKind.CARD:
            if not 0 < clip.hold <= LONGEST_CARD:
                raise ReviewerError("A card stands for a second to ten minutes.", "Say for how long.")
            return
        if not 1 <= len(set(clip.recordings)) == len(clip.recordings) <= MOST_CAMERAS:
            raise ReviewerError(f"A clip has one to {MOST_CAMERAS} cameras.", "Choose which.")
        released = self._released()
        if any(each not in released for each in clip.recordings):
            raise not_released()
        if clip.end - clip.start < SHORTEST:
            raise ReviewerError("The clip’s end is not after its beginning.", "Set In (I) before Out (O).")
        if released[clip.recordings[0]].overlap(TimeRange(clip.start, clip.end)) is None:
            raise ReviewerError("The camera recorded nothing there.", "Choose a stretch within the recording.")

    def _known(self, clip: str) -> Clip:
        found = self._clip(clip)
        if found is None:
            raise ReviewerError("This clip was taken off the strip.", "Undo that, or choose another.")
        return found

    def _renumbered(self, orders: Mapping[str, int]) -> list[Act]:
        acts = (self.file.changing(ClipSet, clip, {"order": str(order)}) for clip, order in orders.items())
        return [act for act in acts if act is not None]


def not_released() -> AccessRefused:
    """What is said of footage that may not be used for training (any more)."""
    return AccessRefused(
        "A clip shows a recording that is not released for training.",
        "Take the clip off the strip, or ask a supervisor to release the recording.",
    )


def _changed(fields: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if before.get(name) != value}


def reel_fields(reel: Reel) -> dict[str, str]:
    """As `ReelSet` has it."""
    return {
        "title": reel.title,
        "module": reel.module,
        "names": reel.names,
        "voices": "changed" if reel.voices else "recorded",
        "plain": reel.plain,
        "burned": "covered" if reel.burned else "",
    }


def clip_fields(clip: Clip) -> dict[str, str]:
    """As `ClipSet` has it; `Clip.of` reads it."""
    footage = clip.kind is ClipKind.FOOTAGE
    return {
        "reel": clip.reel,
        "kind": clip.kind,
        "order": str(clip.order),
        "title": clip.title,
        "recordings": _json(clip.recordings) if footage else "",
        "start": format_rfc3339(clip.start) if footage else "",
        "end": format_rfc3339(clip.end) if footage else "",
        "layout": clip.layout if footage else "",
        "caption": clip.caption,
        "question": clip.question,
        "hold": str(clip.hold),
        "branches": _json([[branch.answer, branch.to] for branch in clip.branches]),
        "limits": clip.limits,
        "notes": clip.notes,
        "heard": clip.heard,
        "plain": clip.plain,
        "searched": _json(clip.searched),
    }


def _json(listed: Iterable[object]) -> str:
    found = list(listed)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else ""


def _titled(title: str) -> str:
    if not title.strip():
        raise ReviewerError("A reel needs a title.", "Say what it is about.")
    return title.strip()


def _place(clips: Sequence[Clip], clip: str) -> int:
    return next((n for n, each in enumerate(clips) if each.id == clip), len(clips) - 1)


def _orders(lined: Sequence[Clip], new: set[str]) -> dict[str, int]:
    """What `order` those have to be given that stand in this line, `new` among the others: only those if there is room
    between their neighbours, else all."""
    found: dict[str, int] = {}
    n = 0
    while n < len(lined):
        if lined[n].id not in new:
            n += 1
            continue
        last = n
        while last + 1 < len(lined) and lined[last + 1].id in new:
            last += 1
        count = last - n + 1
        low = lined[n - 1].order if n else None
        high = lined[last + 1].order if last + 1 < len(lined) else None
        room = _between(low, high, count)
        if room is None:
            return {each.id: (i + 1) * _APART for i, each in enumerate(lined)}
        found |= {lined[n + i].id: order for i, order in enumerate(room)}
        n = last + 1
    return found


def _between(low: int | None, high: int | None, count: int) -> list[int] | None:
    if high is None:
        return [(low or 0) + (i + 1) * _APART for i in range(count)]
    if low is None:
        return [high - (count - i) * _APART for i in range(count)]
    step = (high - low) // (count + 1)
    return [low + (i + 1) * step for i in range(count)] if step else None
