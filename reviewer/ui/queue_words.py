"""What the queue says: cells of its table, sentences of its cards. Values in, words out; no widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.domain.statutory import SOON_DAYS, Brief, days_left
from reviewer.domain.timebase import Utc
from reviewer.services.clock import utc_now
from reviewer.services.queue import Integrity, NextStep, Queue, QueueCase, QueueRecording
from reviewer.services.shred import Ended, Why
from reviewer.services.sync import ObjectState, ObjectStatus, Progress
from reviewer.ui.table import Bar, Cell, Column, Mark, State, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import percent

COLUMNS = (
    Column("Case", 190, 3),
    Column("Alleged", 118, 1, spare=True),
    Column("Next clock", 180, 2),
    Column("Left", 98),
    Column("On this machine", 120, 1, spare=True),
    Column("Watched", 112, 1),
    Column("Integrity", 142, 1),
    Column("Next step", 110, 1),
    Column("", 36),
)

_INTEGRITY_AT = [column.title for column in COLUMNS].index("Integrity")
_URGENT = 2  # days
ALL_PROBLEMS = "“reviewer queue” lists each one with its next step."

INTEGRITY = {
    Integrity.VERIFIED: (Tone.OK, "shield-check"),
    Integrity.NOT_YET: (Tone.PLAIN, "hourglass"),
    Integrity.CORRUPT: (Tone.STOP, "shield-x"),
    Integrity.SHUT: (Tone.WARN, "lock"),
}


def cells(case: QueueCase, zone: Zone | None = None, now: Utc | None = None) -> Sequence[Cell]:
    """One row of the queue, as COLUMNS has it; `now` for the days left."""
    here = case.bytes_here / case.bytes if case.bytes else 0.0
    watched = case.watched
    tone, icon = INTEGRITY[case.integrity]
    return (
        Words(case.case_id, case.title, strong=True),
        *_clock_cells(case.brief, zone or Zone(), utc_now() if now is None else now),
        Bar(here, f"{case.here} of {len(case.recordings)}"),
        Words("not known", tone="text3") if watched is None else Bar(watched, percent(watched)),
        State(case.integrity_words, tone, icon) if case.recordings else Words("no recordings", tone="text3"),
        Words(case.next_step.value, strong=True),
        Mark("chevron-right"),
    )


def _clock_cells(brief: Brief, zone: Zone, now: Utc) -> tuple[Cell, Cell, Cell]:
    """What is alleged and where it stands, the next clock, and what is left of it."""
    alleged = Words(count(len(brief.allegations), "allegation"), brief.state) if brief.state else Words("")
    if brief.paused:
        return alleged, Words(f"Paused: {brief.paused}", "none"), Words("no clock", tone="text2")
    if brief.next is None:
        none, left = ("none", "no clock") if brief.state else ("", "")  # without a complaint there is nothing to count
        return alleged, Words(none, tone="text3"), Words(left, tone="text2")
    words, at = brief.next
    return alleged, Words(words, zone.date(at)), State(days(at, now), urgency(at, now), "clock")


def days(at: Utc, now: Utc) -> str:
    """ "9 days", "within a day", "3 days over"."""
    left = days_left(at, now)
    if left < 0:
        return f"{count(-left, 'day')} over"
    return count(left, "day") if left else "within a day"


def urgency(at: Utc, now: Utc) -> Tone:
    """Red within two days of running out and after it, amber within nine, plain before."""
    left = days_left(at, now)
    return Tone.STOP if left <= _URGENT else Tone.WARN if left <= SOON_DAYS + _URGENT else Tone.PLAIN


def matches(case: QueueCase, wanted: str) -> bool:
    """Whether every word typed occurs in the case's number, title, officers or who gave it."""
    if not wanted.strip():
        return True
    known = case.case_id, case.title, case.issued_by, case.brief.state, *case.brief.allegations
    said = " ".join((*known, *(r.officer for r in case.recordings))).casefold()
    return all(word in said for word in wanted.casefold().split())


def named(recordings: Sequence[QueueRecording], most: int) -> tuple[QueueRecording, ...]:
    """The first of a case's cameras, and of the others those with something corrupt: a sheet of thousands is not
    read."""
    return (*recordings[:most], *[r for r in recordings[most:] if r.quarantined][:most])


def opening(case: QueueCase, zone: Zone) -> str:
    """The words on the case's own button."""
    if case.resume is not None:
        return f"Resume at {zone.clock(case.resume)}"
    return "Start the review"


def why_closed(case: QueueCase, zone: Zone) -> str:
    """Why the case cannot be opened now; "" if it can."""
    if case.next_step is NextStep.EXPIRED and case.expires is not None:
        return f"The assignment ended {zone.date(case.expires)}. Ask {case.issued_by} to extend it."
    if not case.recordings:
        return f"The case has no footage yet. Ask {case.issued_by}."
    return ""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What does not match its manifest in one case."""

    case: str
    labels: tuple[str, ...]

    @property
    def words(self) -> str:
        verb = "It is" if len(self.labels) == 1 else "They are"
        return f"{self.case}, {'; '.join(self.labels)}. {verb} not shown. Annotations on the other parts are kept."


def mismatches(queue: Queue) -> tuple[Mismatch, ...]:
    found = ((c.case_id, tuple(label for r in c.recordings for label in r.quarantined)) for c in queue.cases)
    return tuple(Mismatch(case, labels) for case, labels in found if labels)


@dataclass(frozen=True, slots=True)
class Coming:
    """One recording of a transfer. `number` is its officer number."""

    recording: str
    number: int
    officer: str
    fraction: float
    words: str


def coming(progress: Progress, case: QueueCase | None) -> tuple[Coming, ...]:
    """The recordings of a transfer that are not wholly here, in order of their numbers."""
    objects: dict[str, list[ObjectStatus]] = {}
    for each in progress.objects:
        objects.setdefault(each.item.recording_id, []).append(each)
    known = {r.recording_id: r for r in case.recordings} if case is not None else {}
    found = []
    for recording, parts in objects.items():
        if recording not in known or all(p.state is ObjectState.PRESENT for p in parts):
            continue
        total = sum(p.item.sealed_size for p in parts)
        fraction = sum(p.here for p in parts) / total if total else 0.0
        words = f"{mega(sum(p.here for p in parts))} of {mega(total)}" if fraction else "waits"
        found.append(Coming(recording, known[recording].number, known[recording].officer, fraction, words))
    return tuple(sorted(found, key=lambda c: c.number))


@dataclass(frozen=True, slots=True)
class Behind:
    """A case that comes down after or beside the one whose recordings are shown."""

    case: str
    fraction: float
    words: str


def leading(progress: Sequence[Progress]) -> Progress:
    """The case whose recordings are shown: the first of which something is on its way now."""
    return next((each for each in progress if each.now), progress[0])


def behind(progress: Sequence[Progress]) -> tuple[Behind, ...]:
    """The other cases, in the order in which they were begun."""
    first = leading(progress)
    return tuple(
        Behind(
            each.case,
            each.here / each.total if each.total else 1.0,
            f"{mega(each.here)} of {mega(each.total)}" if each.now else "waits",
        )
        for each in progress
        if each.case != first.case
    )


def first(progress: Progress) -> str:
    """What is on its way at this moment: "First: Ofc. A. Niemi 2214, part 2 and 1 more"; or why nothing is."""
    if progress.trouble is not None:
        return f"{progress.trouble.message} The store is asked again; what is here is kept."
    if not progress.now:
        return ""
    more = f" and {len(progress.now) - 1} more" if len(progress.now) > 1 else ""
    return f"First: {progress.now[0]}{more}"


@dataclass(frozen=True, slots=True)
class EndedWords:
    """A case that this person has no rights to any more."""

    title: str
    words: str


def ended_words(ended: Ended, zone: Zone, by: str) -> EndedWords:
    """Plainly: what was taken, when, by whom, and what became of it here."""
    if ended.why is Why.TAKEN_OFF:
        title = f"{ended.case} was taken from you on {zone.date(ended.at)}"
        who = f"{by} took you off the case."
    else:
        title = f"Your access to {ended.case} ended on {zone.date(ended.at)}"
        who = "The assignment ran out; ask who gave it to extend it."
    gone = "Its keys, its footage and what was read of it are gone from this machine."
    if not ended.done:
        gone = "Its keys and its footage are being removed from this machine."
    return EndedWords(title, f"{who} {gone} What you recorded stays in the log.")


def pace(progress: Progress) -> str:
    """ "18.4 MB/s · about 2 min"; "" before anything is known, and while the store does not answer."""
    if progress.rate <= 0 or progress.trouble is not None:
        return ""
    seconds = (progress.total - progress.here) / progress.rate
    left = "less than a minute" if seconds < 60 else f"about {count(round(seconds / 60), 'min', 'min')}"
    return f"{progress.rate / 1e6:.1f} MB/s · {left}"


def mega(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1_000_000_000 else f"{size / 1e6:.0f} MB"


def headline(
    queue: Queue, zone: Zone, far: tuple[int, int] | None = None, *, unread: bool = False, now: Utc | None = None
) -> str:
    """Beside the title: "6 cases · 2 clocks within 7 days · 1 with a corrupt recording". While it is what was verified
    earlier: when that was, and how far it is verified again, or that it could not be."""
    if not queue.cases:
        return ""
    words = count(len(queue.cases), "case")
    if queue.kept is not None:
        then = f"{words} · as verified {zone.date(queue.kept)} {zone.clock(queue.kept)[:5]}"
        how_far = f", {percent(far[0] / max(1, far[1]))}" if far is not None else ""
        return f"{then}, not verified again" if unread else f"{then} · verifying again{how_far}"
    corrupt = sum(c.integrity is Integrity.CORRUPT for c in queue.cases)
    instant = utc_now() if now is None else now
    soon = sum(c.brief.next is not None and days_left(c.brief.next[1], instant) < SOON_DAYS for c in queue.cases)
    words += f" · {count(soon, 'clock')} within {SOON_DAYS} days" if soon else ""
    return f"{words} · {corrupt} with a corrupt recording" if corrupt else words


def kept_cells(case: QueueCase, zone: Zone | None = None, now: Utc | None = None) -> Sequence[Cell]:
    """A row as it was verified earlier: integrity is said, and waits."""
    made = list(cells(case, zone, now))
    if case.recordings and case.integrity is Integrity.VERIFIED:
        made[_INTEGRITY_AT] = State(f"{case.integrity_words} then", Tone.PLAIN, "hourglass")
    return made


def reading(done: int, of: int) -> str:
    """While nothing can be shown yet."""
    return f"{done:,} of {of:,} signed recordings verified. The next time they are shown at once."
