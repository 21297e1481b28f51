"""The store and its check in words: four sentences, how far a check is, and a finding's row."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.storecheck import CheckReport, Finding, LockGroup, Severity
from reviewer.domain.timebase import Utc, format_rfc3339
from reviewer.services.storecheck import CheckProgress, Stage, Unfinished
from reviewer.services.storecheck_words import size
from reviewer.ui.chrome import StatusItem
from reviewer.ui.log_parts import Sentence
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, clock, count
from reviewer.ui.widgets import percent

SEVERITY = {
    Severity.BROKEN: (Tone.STOP, "alert-octagon"),
    Severity.WARNING: (Tone.WARN, "alert-triangle"),
    Severity.NOTE: (Tone.PLAIN, "info-circle"),
}
"""Rule 10: a word, with its tone and icon."""


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What is known of the store without checking it. `trouble` is why it is not reached now. `last` is the newest
    check that ended here, `quick_left` and `deep_left` what checks left that were stopped."""

    location: str
    integrity: str
    write_once: bool
    trouble: str = ""
    last: CheckReport | None = None
    quick_left: Unfinished | None = None
    deep_left: Unfinished | None = None

    @property
    def left(self) -> tuple[str, Unfinished] | None:
        """The check that can be gone on with, the deep one first: its name, and what it left."""
        if self.deep_left is not None:
            return "Deep check", self.deep_left
        return ("Check", self.quick_left) if self.quick_left is not None else None


def promise_item(integrity: str, write_once: bool) -> StatusItem:
    """What the store promises, for the status line: all of it for whoever points at it."""
    words = f"Store {integrity.split(':')[0]}"
    return StatusItem("lock" if write_once else "database", words, hint=f"The store is {integrity}.")


def sentences(facts: StoreFacts, zone: Zone) -> tuple[Sentence, Sentence, Sentence, Sentence]:
    """What it promises; what keeps it; the last check; what is in it, or what is left to check."""
    return _promise(facts), _kept(facts), _last(facts.last, zone), _rest(facts, zone)


def _promise(facts: StoreFacts) -> Sentence:
    if facts.trouble:
        return Sentence("plug-connected-x", Tone.WARN, "Store not reached", facts.trouble)
    if facts.write_once:
        return Sentence("lock", Tone.OK, "Write-once", f"{facts.location} · {facts.integrity}")
    return Sentence("alert-triangle", Tone.WARN, "Not write-once", f"{facts.location} · {facts.integrity}")


def _kept(facts: StoreFacts) -> Sentence:
    report = facts.last
    if report is None:
        return Sentence("lock", Tone.PLAIN, "Locks not read yet", "A check reads from the store what keeps each thing")
    locked = [g for g in report.locks if g.until is not None]
    held, loose = _objects(report.locks, hold=True), _objects(report.locks, loose=True)
    said = [count(held, "thing") + " on legal hold"] * bool(held)
    said += [f"{loose:,} not locked"] * bool(loose)
    if not locked:
        words = " · ".join(said[:-1] if loose else said) or "Whoever may write there can remove what lies in it"
        return Sentence("alert-triangle", Tone.WARN, "Nothing is locked" if not held else f"{held:,} held", words)
    first = min(g.until for g in locked if g.until is not None)
    words = " · ".join([f"None ends before {day(first)}", *said])
    title = f"{sum(g.objects for g in locked):,} locked"
    return Sentence("lock", Tone.WARN if loose else Tone.OK, title, words)


def _objects(groups: tuple[LockGroup, ...], *, hold: bool = False, loose: bool = False) -> int:
    wanted = [g for g in groups if (g.hold if hold else loose and not g.hold and g.until is None)]
    return sum(g.objects for g in wanted)


def day(at: Utc) -> str:
    return format_rfc3339(at)[:10]


def _last(report: CheckReport | None, zone: Zone) -> Sentence:
    if report is None:
        return Sentence("history", Tone.PLAIN, "Never checked here", "A check compares every object with its manifest")
    when = f"{zone.date(report.ended_at)} {zone.clock(report.ended_at)} local, {clock(report.ended_at)} UTC"
    how = "every byte was read" if report.deep else "sizes were compared"
    figures = report.figures
    if figures.broken:
        return Sentence("shield-x", Tone.STOP, f"{figures.broken:,} broken", f"{when} · {how}")
    if figures.warnings:
        warnings = count(figures.warnings, "warning")
        return Sentence("shield-check", Tone.WARN, f"Nothing broken, {warnings}", f"{when} · {how}")
    return Sentence("shield-check", Tone.OK, "Nothing broken", f"{when} · {how}")


def _rest(facts: StoreFacts, zone: Zone) -> Sentence:
    if facts.left is not None:
        name, left = facts.left
        begun = f"begun {zone.date(left.started_at)} {zone.clock(left.started_at)} local"
        words = f"{left.judged:,} of {left.awaited:,} objects, {begun}; it goes on there"
        return Sentence("hourglass", Tone.WARN, f"{name} not finished", words)
    if facts.last is None:
        return Sentence("database", Tone.PLAIN, "Not counted yet", "A check counts what is there")
    figures = facts.last.figures
    whole = figures.whole == figures.objects
    title = f"{figures.whole:,} of {count(figures.objects, 'object')} whole"
    words = f"{size(figures.whole_bytes)} of {count(figures.recordings, 'recording')}"
    if figures.orphans:
        words += f" · {count(figures.orphans, 'object')} ({size(figures.orphan_bytes)}) that nothing names"
    return Sentence("database", Tone.OK if whole else Tone.STOP, title, words)


def fraction(now: CheckProgress) -> float:
    """How much of the stage is done, 0 to 1."""
    if now.total_bytes:
        return now.bytes / now.total_bytes
    return now.done / now.total if now.total else 0.0


def progress_words(now: CheckProgress, deep: bool) -> str:
    """Where a check is, on one line."""
    name = "Deep check" if deep else "Check"
    if now.stage is Stage.LISTING:
        return f"{name}: listing the store, {count(now.done, 'thing')} so far"
    if now.stage is Stage.LOGS:
        return f"{name}: verifying the logs"
    done = f"{now.done:,} of {now.total:,}"
    if now.total_bytes:
        done += f" · {size(now.bytes)} of {size(now.total_bytes)} · {size(now.rate)}/s"
    return f"{name}: {now.stage.value.lower()}, {done} · {percent(fraction(now))}"


def found_words(now: CheckProgress) -> str:
    """What was found so far."""
    if not now.broken and not now.warnings:
        return "Nothing found so far"
    return f"{now.broken:,} broken, {count(now.warnings, 'warning')} so far"


def place(finding: Finding) -> str:
    """Where it is, short: a recording's id, or the path."""
    return finding.recording or finding.path or "the store"
