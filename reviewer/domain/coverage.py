"""Which seconds of the footage that matters were watched, and how: computed from what the views' closing entries say.

Every microsecond of the relevant footage has one manner, the best in which anybody asked about saw it. A view counts
by the worst that can be said of it: fast and small is small. What was painted while something lay over it, or while
the window was minimised, was not seen. What a crash cut off may have been shown and is said apart; where a camera did
not record there is nothing to see, so it is neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.view_acts import Crop, Source, Visible

LEGIBLE = (320, 180)
"""Device pixels below which a picture counts as small. A body-worn lens sees about 120°, 10 m of width at 3 m: 320
pixels are 31 a metre there. IEC 62676-4 asks for 25 to detect a person and 62 to observe what they do."""
PART = 900
"""Thousandths of a picture's area: with less in view, only a part of it was watched."""
NORMAL = 1_000  # rate_milli of 1×
SOUND = range(500, 2_001)  # rates at which an entry that did not say so had sound, if it was chosen

Stretch = tuple[int, int]
Stretches = tuple[Stretch, ...]
"""[start, end) of UTC in µs, in order, apart from each other."""


class Manner(IntEnum):
    """How footage was seen, the best first."""

    SOUND = 0  # at 1× or slower, standing still included, with its sound
    SILENT = 1  # the same without sound
    FASTER = 2
    BACKWARDS = 3
    COPY = 4  # only from a small copy made on this machine
    PART = 5  # only a part of the picture
    SMALL = 6  # never larger than LEGIBLE
    FILM = 7  # only small pictures along the timeline
    MAYBE = 8  # announced before a crash; nobody knows
    HEARD = 9  # surely no picture: after all that may have been one, so that more views never make more unseen
    NEVER = 10


WATCHED = (Manner.SOUND, Manner.SILENT)
UNSEEN = (Manner.HEARD, Manner.NEVER)
MANNER_WORDS = {
    Manner.SOUND: "at 1× or slower, with sound",
    Manner.SILENT: "at 1× or slower, without sound",
    Manner.FASTER: "only faster than 1×",
    Manner.BACKWARDS: "only backwards",
    Manner.COPY: "only as a small copy",
    Manner.PART: "only a part of the picture",
    Manner.SMALL: f"only smaller than {LEGIBLE[0]} × {LEGIBLE[1]} pixels",
    Manner.FILM: "only in the filmstrip",
    Manner.MAYBE: "may have been shown: a view was cut off",
    Manner.HEARD: "only heard",
    Manner.NEVER: "never shown",
}


def has_sound(rate_milli: int, *, audible: bool, heard: bool | None) -> bool:
    """Whether sound came: as the entry says, else where its rate has sound and it was chosen."""
    return heard if heard is not None else audible and rate_milli in SOUND


def seen_share(crop: Crop | None) -> int:
    """Thousandths of the picture's area that were in view."""
    return 1000 if crop is None else max(0, crop.width) * max(0, crop.height) // 1000


def manner_of(
    rate_milli: int,
    size: tuple[int, int],
    *,
    heard: bool,
    visible: Visible = Visible.YES,
    source: Source = Source.ORIGINAL,
    crop: Crop | None = None,
) -> Manner | None:
    """How one view showed its footage; None if nobody can have perceived it."""
    if min(size) <= 0 or visible in (Visible.COVERED, Visible.MINIMISED):
        return Manner.HEARD if heard else None
    if max(size) < LEGIBLE[0] or min(size) < LEGIBLE[1]:
        return Manner.SMALL
    if seen_share(crop) < PART:
        return Manner.PART
    if source is Source.PROXY:
        return Manner.COPY
    if rate_milli < 0:
        return Manner.BACKWARDS
    if rate_milli > NORMAL:
        return Manner.FASTER
    return Manner.SOUND if heard else Manner.SILENT


def joined(stretches: Iterable[Stretch]) -> Stretches:
    """The same time, in order, what touches as one; empty ones left out."""
    found: list[Stretch] = []
    start = end = 0
    for a, b in sorted(stretches):
        if a > end or end <= start:
            if end > start:
                found.append((start, end))
            start, end = a, b
        elif b > end:
            end = b
    if end > start:
        found.append((start, end))
    return tuple(found)


def parted(whole: Stretches, by: Stretches) -> tuple[Stretches, Stretches]:
    """What of `whole` is in `by`, and what is not. Both `joined`."""
    inside: list[Stretch] = []
    outside: list[Stretch] = []
    at = 0
    for start, end in whole:
        while at < len(by) and by[at][1] <= start:
            at += 1
        n = at
        while n < len(by) and by[n][0] < end:
            first, last = max(start, by[n][0]), min(end, by[n][1])
            if first > start:
                outside.append((start, first))
            inside.append((first, last))
            start = last
            n += 1
        if start < end:
            outside.append((start, end))
    return tuple(inside), tuple(outside)


def length(stretches: Iterable[Stretch]) -> Micros:
    return Micros(sum(b - a for a, b in stretches))


@dataclass(frozen=True, slots=True)
class RecordingCoverage:
    """One recording: what of it is relevant, and every microsecond of that in exactly one manner."""

    recording: str
    relevant: Stretches
    manners: Mapping[Manner, Stretches]

    def of(self, *manners: Manner) -> Stretches:
        """What was seen in one of these manners, in order."""
        if len(manners) == 1:
            return self.manners.get(manners[0], ())
        return joined(each for manner in manners for each in self.manners.get(manner, ()))

    def at(self, instant: Utc) -> Manner | None:
        """How this instant was seen; None if it is not relevant."""
        found = (m for m, stretches in self.manners.items() if any(a <= instant < b for a, b in stretches))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one or more recordings."""

    recordings: tuple[RecordingCoverage, ...]

    @property
    def relevant(self) -> Micros:
        """All footage that matters, each camera's own."""
        return Micros(sum(length(each.relevant) for each in self.recordings))

    def time(self, *manners: Manner) -> Micros:
        """How much was seen in these manners."""
        return Micros(sum(length(each.of(manner)) for each in self.recordings for manner in set(manners)))

    @property
    def watched(self) -> Micros:
        return self.time(*WATCHED)

    @property
    def unseen(self) -> Micros:
        return self.time(*UNSEEN)


Views = Iterable[tuple[str, Manner, Iterable[Stretch]]]
"""What was shown: of a recording, in a manner, these stretches, in any order."""


def coverage(relevant: Mapping[str, Iterable[TimeRange]], shown: Views) -> Coverage:
    """From what matters of each recording and all that was shown. Linear in what was shown, but for the sorting; what
    is not relevant is not looked at."""
    found: dict[str, list[list[Stretch]]] = {key: [[] for _ in Manner] for key in relevant}
    for recording, manner, stretches in shown:
        if recording in found:
            found[recording][manner].extend(stretches)
    return Coverage(tuple(_one(key, relevant[key], views) for key, views in found.items()))


def _one(recording: str, relevant: Iterable[TimeRange], views: list[list[Stretch]]) -> RecordingCoverage:
    whole = left = joined((each.start, each.end) for each in relevant)
    manners: dict[Manner, Stretches] = {}
    for manner in Manner:
        taken, left = (left, ()) if manner is Manner.NEVER else parted(left, joined(views[manner]))
        if taken:
            manners[manner] = taken
    return RecordingCoverage(recording, whole, manners)


# In words. What was done is rounded down, what was not is rounded up.


def percent(part: int, whole: int) -> int:
    """Rounded down: 100 only if nothing is missing."""
    return part * 100 // whole if whole else 0


def share_words(part: int, whole: int) -> str:
    """ "All", "47 %", "Less than 1 %", "Nothing"."""
    if part >= whole:
        return "All"
    if not part:
        return "Nothing"
    return f"{percent(part, whole)} %" if part * 100 >= whole else "Less than 1 %"


def length_words(micros: int, *, up: bool = False) -> str:
    """ "0.4 s", "12 s", "4 min 10 s", "2 h 05 min": below ten seconds to the tenth; rounded down, or up."""
    unit = SECOND // 10 if micros < 10 * SECOND else SECOND if micros < 3600 * SECOND else 60 * SECOND
    rounded = (-(-micros // unit) if up else micros // unit) * unit
    seconds, tenths = rounded // SECOND, rounded % SECOND * 10 // SECOND
    if rounded < 10 * SECOND:
        return f"{seconds}.{tenths} s" if tenths else f"{seconds} s"
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s" if seconds % 60 else f"{seconds // 60} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"


def relevant_words(micros: int) -> str:
    """ "the 38 relevant minutes", "the relevant 4 min 10 s": never less than what is said to be unseen of it."""
    minutes = micros // (60 * SECOND)
    return f"the {minutes} relevant minutes" if 10 <= minutes < 120 else f"the relevant {length_words(micros, up=True)}"


def sentence(found: Coverage, who: str = "anybody", by: str = "") -> str:
    """ "47 % of the 38 relevant minutes watched; 12 s never seen by anybody." `who` saw it or did not; `by` names
    people where not everybody is asked about ("by K. Salo")."""
    whole = found.relevant
    if not whole:
        return "Nothing of it is relevant footage."
    watched = f"{share_words(found.watched, whole)} of {relevant_words(whole)} watched{f' {by}' if by else ''}"
    unseen, maybe = found.unseen, found.time(Manner.MAYBE)
    rest = f"{length_words(unseen, up=True)} never seen by {who}" if unseen else "no second left unseen"
    if maybe:
        rest += f", {length_words(maybe, up=True)} may have been shown in views that were cut off"
        rest = rest.replace("no second left unseen, ", "")
    return f"{watched}; {rest}."


def share_figure(part: int, whole: int) -> str:
    """ "47 %", "< 1 %": where there is no room for `share_words`."""
    return "< 1 %" if 0 < part * 100 < whole else f"{percent(part, whole)} %"


def short(found: Coverage) -> str:
    """ "47 % watched, 12 s never seen": the sentence where there is no room for it."""
    if not found.relevant:
        return ""
    left = length_words(found.unseen, up=True) if found.unseen else "nothing"
    return f"{share_figure(found.watched, found.relevant)} watched, {left} never seen"


def lines(found: Coverage) -> list[tuple[Manner, Micros, str]]:
    """Each manner that there is any of, the best first: how much of it, and that in words."""
    said = []
    for manner in Manner:
        time = found.time(manner)
        if time:
            up = manner in (Manner.NEVER, Manner.MAYBE, Manner.HEARD)
            said.append((manner, time, f"{length_words(time, up=up)} {MANNER_WORDS[manner]}"))
    return said


def next_unseen(found: RecordingCoverage, after: Utc, by: int = 1) -> Utc | None:
    """The start of the next (1) or previous (−1) stretch that was never seen; one that `after` lies in is not next."""
    starts = [a for a, _ in found.of(*UNSEEN)]
    ahead: Collection[int] = [a for a in starts if (a > after if by > 0 else a < after)]
    return Utc(min(ahead) if by > 0 else max(ahead)) if ahead else None
