"""What the intake says: how sure each value is, cells of its table, sentences of its cards. Values in, words out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from reviewer.alignment.clocks import Choice
from reviewer.domain.alignment import COVERAGE
from reviewer.domain.recording import ClockSource, Kind
from reviewer.domain.roster import Roster
from reviewer.domain.timebase import SECOND, Micros
from reviewer.intake.base import NoteKind
from reviewer.services.deposit import IngestProgress
from reviewer.services.ingest import Ingested, IngestReport, Known
from reviewer.services.intake_plan import Details, IntakePlan, PlannedRecording
from reviewer.services.retained import Retained
from reviewer.services.trust import Problem
from reviewer.ui.queue_words import mega
from reviewer.ui.table import Cell, Column, State, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count, in_file, plus_minus

Became = Ingested | Known | Problem

COLUMNS = (
    Column("Recording", 150, 3),
    Column("Officer", 148, 2),
    Column("Began", 196, 2),
    Column("Length", 98),
    Column("Device", 130, 1, spare=True),
    Column("Incidents", 146, 1),
    Column("State", 132),
)


class Sure(Enum):
    """How a value came about: (word, tone, icon)."""

    FOUND = ("found", Tone.OK, "circle-check")
    GUESSED = ("guessed", Tone.WARN, "help-circle")
    MISSING = ("missing", Tone.STOP, "minus")
    BY_HAND = ("by hand", Tone.INFO, "pencil")

    @property
    def word(self) -> str:
        return self.value[0]

    @property
    def tone(self) -> Tone:
        return self.value[1]

    @property
    def icon(self) -> str:
        return self.value[2]


_NOTES = {NoteKind.FOUND: Sure.FOUND, NoteKind.GUESSED: Sure.GUESSED, NoteKind.MISSING: Sure.MISSING}
_FIELDS = {"officer": ("officer", "badge"), "clock": ("clock",), "incidents": ("incidents",), "event": ("event_type",)}
_FROM = {
    ClockSource.GPS: "GPS",
    ClockSource.MANIFEST: "compared",
    ClockSource.CONTAINER: "file’s own time",
    ClockSource.FILE: "last written",
}
_HOUR = 3600 * SECOND
_KINDS = {Kind.VIDEO: "video", Kind.STILL: "still", Kind.AUDIO: "sound"}


def sure(recording: PlannedRecording, about: str) -> Sure:
    """How sure a value is. `about` is "officer", "clock", "device", "incidents" or "event"."""
    now, found = recording.details, recording.proposed
    names = _FIELDS.get(about, ())
    if any(getattr(now, name) != getattr(found, name) for name in names):
        return Sure.BY_HAND
    said = {_NOTES[n.kind] for n in recording.notes if n.about.startswith(about.removesuffix("s"))}
    if Sure.GUESSED in said:
        return Sure.GUESSED
    if about == "device":
        return Sure.FOUND if recording.device is not None else Sure.MISSING
    has = any(getattr(now, name) for name in names)
    return Sure.FOUND if has else Sure.MISSING


def officer(details: Details) -> str:
    """ "A. Niemi 2214", or "not named"."""
    name, badge = details.officer, details.badge
    return (name if badge in name.split() else f"{name} {badge}".strip()) or "not named"


def off_by(sigma: int) -> str:
    """The ± of a standard deviation (µs) in the words of its size: "± 12 ms", "± 1.20 s", "± 5 min", "± 4 h"."""
    limit = COVERAGE * sigma
    if limit < 100 * SECOND:
        return plus_minus(limit)
    minutes = round(limit / (60 * SECOND))
    return f"± {minutes} min" if minutes < 120 else f"± {round(minutes / 60)} h"


def clock_of(choice: Choice) -> str:
    """ "± 1.20 s · GPS"."""
    return f"{off_by(choice.clock.uncertainty)} · {_FROM[choice.clock.source]}"


def begun(choice: Choice, zone: Zone) -> str:
    """When it began, local, with no digit beyond the ±: a day, an hour, a minute or a second of it."""
    day, time, off = zone.date(choice.start), zone.clock(choice.start), COVERAGE * choice.clock.uncertainty
    if off >= 12 * _HOUR:
        return day
    if off >= _HOUR // 2:
        return f"{day} {int(time[:2])} h"
    return f"{day} {time if off < 30 * SECOND else time[:5]}"


def choice_words(choice: Choice, zone: Zone) -> str:
    """One way to set the clock, to choose from."""
    return f"{begun(choice, zone)} {clock_of(choice)}"


def made_of(recording: PlannedRecording) -> str:
    """ "2 parts, 1 track, 1 still"."""
    said = [count(len(recording.parts), "part")] * bool(recording.parts)
    said += [count(len(recording.tracks), "track")] * bool(recording.tracks)
    said += [count(len(recording.stills), "still")] * bool(recording.stills)
    return ", ".join(said)


def device(recording: PlannedRecording) -> str:
    found = recording.device
    return f"{found.make} {found.model}".strip() if found is not None else "not known"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: a recording of the plan, and what became of it (a recording and the still beside it both)."""

    recording: PlannedRecording
    became: tuple[Became, ...] = ()


def rows(plan: IntakePlan, became: Mapping[str, Sequence[Became]]) -> list[Row]:
    return [Row(r, tuple(became.get(r.key, ()))) for r in plan.recordings]


def state(row: Row) -> State:
    """What will become of a recording, or became of it."""
    recording = row.recording
    problem = next((b for b in row.became if isinstance(b, Problem)), None) or recording.problem
    if problem is not None:
        return State("refused", Tone.STOP, "file-x")
    if any(isinstance(b, Ingested) for b in row.became):
        return State("taken in", Tone.OK, "shield-check")
    if row.became or recording.known is not None:
        return State("in the store", Tone.PLAIN, "database")
    if recording.duplicate_of is not None:
        return State("a copy", Tone.PLAIN, "copy")
    if not recording.wanted:
        return State("left out", Tone.PLAIN, "x")
    if recording.details.restricted is not None:
        return State("new, restricted", Tone.INFO, "lock")
    return State("new", Tone.INFO, "plus")


def why(row: Row, plan: IntakePlan) -> str:
    """The sentence behind the state; "" where there is nothing to add."""
    recording = row.recording
    problem = next((b for b in row.became if isinstance(b, Problem)), None) or recording.problem
    if problem is not None:
        return f"{problem.message} {problem.next_step}"
    taken = [b.manifest.recording_id for b in row.became if isinstance(b, Ingested)]
    if taken:
        return f"In the store as {', '.join(taken)}."
    known = recording.known or next((b.recording_id for b in row.became if isinstance(b, Known)), None)
    if known is not None:
        return f"The store has this footage already, as {known}. Nothing of it is written."
    if recording.duplicate_of is not None:
        other = next((r.name for r in plan.recordings if r.key == recording.duplicate_of), recording.duplicate_of)
        return f"The same footage as {other}. It is taken in once."
    return "" if recording.wanted else "Left out: it stays where it is, and nowhere else."


def cells(row: Row, zone: Zone) -> Sequence[Cell]:
    """One row, as COLUMNS has it. How sure a value is stands below it as a word."""
    recording = row.recording
    details = recording.details
    who, when = sure(recording, "officer"), sure(recording, "clock")
    length = "still" if not recording.parts else in_file(recording.range.end - recording.range.start, 0)
    incidents = ", ".join(details.incidents)
    return (
        Words(recording.name, made_of(recording), strong=True),
        Words(officer(details), who.word, tone="text" if who is not Sure.MISSING else "text2"),
        Words(
            f"{'≈ ' if when is Sure.GUESSED else ''}{begun(details.clock, zone)}",
            f"{when.word} · {clock_of(details.clock)}",
        ),
        Words(length, f"{_KINDS[recording.kind]}, {mega(recording.bytes)}"),
        Words(device(recording), sure(recording, "device").word),
        Words(incidents or "left open", sure(recording, "incidents").word if incidents else ""),
        state(row),
    )


def headline(plan: IntakePlan, became: Mapping[str, Sequence[Became]]) -> str:
    """Beside the title: "3 new · 1 in the store · 2 refused"."""
    said = [state(row).words for row in rows(plan, became)]
    counts = {words: said.count(words) for words in ("new", "taken in", "in the store", "a copy", "left out")}
    counts["new"] += said.count("new, restricted")
    counts["refused"] = said.count("refused") + len(plan.refused)
    return " · ".join(f"{number} {words}" for words, number in counts.items() if number) or "nothing"


def cannot(plan: IntakePlan | None) -> str:
    """Why nothing can be taken in now; "" if it can."""
    if plan is None:
        return "Choose a folder or files first."
    if plan.stopped is not None:
        return "Not everything was looked at. Choose it again."
    unsaid = next((r for r in plan.recordings if r.will_be_written and r.details.restricted == ""), None)
    if unsaid is not None:
        return f"Say why {unsaid.name} is restricted."
    return "" if any(r.will_be_written for r in plan.recordings) else "There is nothing new to take in."


def take_words(plan: IntakePlan, left: Sequence[PlannedRecording]) -> str:
    """The words on the button."""
    size = mega(sum(r.bytes for r in left))
    return f"Take in {count(len(left), 'recording')}, {size}" if plan.bytes else "Take in"


def pace(now: IngestProgress, rate: float) -> str:
    """ "212 of 640 MB · 48.1 MB/s · about 2 min": a third of what is done, as each byte passes three times."""
    said = [f"{mega(now.done // 3)} of {mega(now.total // 3)}"]
    if rate > 0:
        left = (now.total - now.done) / rate
        said.append(f"{rate / 3e6:.1f} MB/s")
        said.append("less than a minute" if left < 60 else f"about {round(left / 60)} min")
    return " · ".join(said)


def ended(report: IngestReport) -> tuple[str, str, Tone]:
    """Title, sentence and tone of what came of it."""
    size = mega(sum(p.size for each in report.recordings for p in each.manifest.parts))
    taken = f"{count(len(report.recordings), 'recording')} ({size}) in the store now"
    known = f" {len(report.known)} not written: the store has that footage." if report.known else ""
    if report.stopped is not None:
        return ("Stopped", f"{taken}.{known} {report.stopped}", Tone.WARN)
    source = " Each file was read twice and is as it was."
    if report.refused:
        return (
            "Taken in, but not all of it",
            f"{taken}; {count(len(report.refused), 'file')} refused.{known}{source}",
            Tone.WARN,
        )
    return ("Taken in", f"{taken}.{known}{source if report.recordings else ''}", Tone.OK)


def keeping(found: Sequence[Retained], integrity: str, zone: Zone) -> tuple[str, Tone]:
    """Under which retention it lies there, read back from the store; what holds for all of it, so the least."""
    if not found:
        return "", Tone.PLAIN
    loose = sum(k.loose for k in found)
    total = sum(k.objects for k in found)
    held = " Under legal hold." if all(k.held for k in found) else ""
    if loose == total:
        return f"Nothing keeps it from being removed: this store is {integrity}.", Tone.WARN
    if loose:
        return f"{loose} of {total} objects have no retention.{held} Ask who keeps the store.", Tone.STOP
    ends = [k.until for k in found if k.until is not None]
    modes = {k.mode for k in found}
    mode = modes.pop().lower() if len(modes) == 1 else "mixed modes"
    if len(ends) < len(found):
        return f"Kept by legal hold, {count(total, 'object')}.", Tone.OK
    return f"Write-once until {zone.date(min(ends))} ({mode}), {count(total, 'object')}.{held}", Tone.OK


_BETWEEN = re.compile(r"[,;\s]+")


def incidents(text: str) -> tuple[str, ...]:
    """What was typed as incident numbers, each once."""
    return tuple(dict.fromkeys(each for each in _BETWEEN.split(text.strip()) if each))


def named(text: str, roster: Roster | None) -> dict[str, object]:
    """What was typed or chosen as officer: somebody of the roster, else the words as they are, a number at their end
    taken for the badge."""
    words = " ".join(text.split())
    user = roster.user(words) if roster is not None and words else None
    if user is not None:
        return {"officer": user.name, "badge": user.badge}
    head, _, last = words.rpartition(" ")
    return {"officer": head, "badge": last} if head and last.isdigit() else {"officer": words, "badge": ""}


def gap(micros: Micros) -> str:
    return f"after a gap of {in_file(micros)}" if micros else ""
