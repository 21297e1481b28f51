"""A case's entries as somebody on the case reads them: things by their names, times on a clock, words of the agency's
table, and not by ids, hashes and names of fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from operator import itemgetter

from reviewer.domain import alignment_acts, events, finding_acts, order_acts, report_acts
from reviewer.domain import case_acts as acts
from reviewer.domain.agency import Tables
from reviewer.domain.annotation import Bookmark
from reviewer.domain.event import Event
from reviewer.domain.reference import WORDS, Reference, Referred, parse
from reviewer.domain.thing import WITHDRAWN, Thing
from reviewer.domain.timebase import SECOND, parse_rfc3339
from reviewer.domain.wording import Local, count
from reviewer.records.queries import LogEntry, Queries
from reviewer.services import logwords, logwords_case
from reviewer.services.case import CaseFile
from reviewer.services.history_fields import FIELDS, Read, Said, said
from reviewer.services.journal import Recorded
from reviewer.services.logwords import Names

_LONGEST = 60
_MANY = 4
_RFC3339 = len("2026-06-13T19:42:17.480000Z")
_HASH = " · SHA-256 "
_Kinds = tuple[tuple[type[acts.ThingSet], str], ...]
_NAMED: _Kinds = (
    *((acts.PersonSet, "name"), (acts.DocumentSet, "name"), (acts.NarrativeSet, "title")),
    *((acts.RequestSet, "number"), (acts.TranscriptSet, "name"), (acts.ReelSet, "title"), (acts.ClipSet, "title")),
)
_HIDING: _Kinds = ((acts.MaskSet, "M"), (acts.SoundEditSet, "S"), (acts.WithheldSet, "W"))


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that went because somebody else wrote another without having seen it: `value` was `user`'s."""

    field: str
    value: str
    user: str


class HistoryWords:
    """Of one case, as its things are called now. Reads them once. `tables` is the agency's; `entries` are those that
    are shown: what one of them withdraws is said by what it was."""

    def __init__(
        self,
        queries: Queries,
        case: str,
        names: Names,
        zone: Local,
        tables: Tables,
        entries: Iterable[LogEntry] = (),
    ) -> None:
        self._names, self._zone, self._tables = names, zone, tables
        file = CaseFile(_never, queries, case)
        self._known: dict[str, str] = {}
        for kind, field in _NAMED:
            self._known |= {thing.id: thing.get(field) for thing in _every(file, kind)}
        for kind, letter in _HIDING:
            self._known |= {thing.id: f"{letter}{thing.get('number')}" for thing in _every(file, kind)}
        for allegation in file.allegations():
            self._known[allegation.id] = f"{allegation.name} {allegation.title}"
        for exhibit in file.exhibits():
            self._known[exhibit.id] = exhibit.name
        both = (*queries.bookmarks(case), *queries.bookmarks(case, withdrawn=True))
        self._known |= {mark.id: self._mark(mark) for mark in both}
        self._events = {id_: e.event for e in entries if e.event is not None and (id_ := getattr(e.event, "id", ""))}

    def subject(self, entry: LogEntry) -> str:
        """What the entry is about, by its name."""
        event = entry.event
        if isinstance(event, acts.ThingSet):
            return self._known.get(event.id, "")
        if isinstance(event, (events.BookmarkChanged, events.BookmarkWithdrawn, events.BookmarkRestored)):
            return self._known.get(event.id, "")
        about = self._events.get(getattr(event, "returned", "") or getattr(event, "id", ""), event)
        return self._known.get(getattr(event, "allegation", "") or getattr(about, "allegation", ""), "")

    def what(self, entry: LogEntry) -> str:
        """What exactly was done."""
        event = entry.event
        match event:
            case acts.LinesSet() | acts.DrawingSet() | acts.MaskPathSet():
                return _counted(event)
            case acts.ThingSet():
                return self._thing(event)
            case events.BookmarkAdded():
                added = replace(event, bookmark_kind=self._tables.kind(event.bookmark_kind).words)
                return self._log(replace(entry, event=added))
            case events.BookmarkChanged():
                kind, was = (self._tables.kind(each).words for each in (event.bookmark_kind, event.base_kind))
                return self._log(replace(entry, event=replace(event, bookmark_kind=kind, base_kind=was)))
            case events.BookmarkWithdrawn():
                return "taken off the case"
            case events.BookmarkRestored():
                return "set back"
            case _ if isinstance(event, (*finding_acts.FINDING_ACTS, *finding_acts.REVIEW_ACTS)):
                return self._finding(entry)
            case _:
                return self._other(entry)

    def lost(self, kind: type[acts.ThingSet], lost: Lost) -> Lost:
        """The same, its field and its value as they are read."""
        how = said(kind, lost.field)
        return replace(lost, field=how.name or lost.field, value=self._value(how, lost.value))

    # Things

    def _mark(self, mark: Bookmark) -> str:
        return mark.text or f"{self._tables.kind(mark.kind).words} {self._zone.clock(mark.at.start)}"

    def _thing(self, event: acts.ThingSet) -> str:
        told = ["taken off the case"] * any(c.field == WITHDRAWN and c.value for c in event.changes)
        told += ["set back"] * any(c.field == WITHDRAWN and c.base and not c.value for c in event.changes)
        order = list(FIELDS.get(type(event), ()))
        ranked = [(order.index(c.field) if c.field in order else len(order), c) for c in event.changes]
        changes = [c for _, c in sorted(ranked, key=itemgetter(0)) if c.field != WITHDRAWN]
        new = any(c.field == WITHDRAWN and not c.base and not c.value for c in event.changes)
        each = [words for c in changes if (words := self._change(said(type(event), c.field), c))]
        told += each[:_MANY]
        told += [f"{len(each) - _MANY} more"] * (len(each) > _MANY)
        return " · ".join(told) or ("written down" if new else "what only the program reads")

    def _change(self, how: Said, change: acts.Change) -> str:
        """`title “Force” (was “Words”)`; "" for what says nothing to a reader."""
        value, was = self._value(how, change.value), self._value(how, change.base)
        match how.read:
            case Read.SILENT:
                return ""
            case Read.ORDER:
                return how.name if change.base else ""
            case Read.FLAG:
                return how.name if change.value else how.off
            case Read.COUNT:
                return f"{value} {how.name}"
            case _:
                return f"{how.name} “{value}”" + (f" (was “{was}”)" if change.base else "")

    def _value(self, how: Said, value: str) -> str:
        if value in how.words:
            return how.words[value]
        match how.read:
            case Read.USER if value:
                return self._names.user(value)
            case Read.RECORDING if value:
                return self._names.recording(value)
            case Read.RECORDINGS:
                return ", ".join(map(self._names.recording, _listed(value)))
            case Read.COUNT:
                return str(len(_listed(value)))
            case Read.SECONDS if value.isdecimal():
                return f"{int(value) / SECOND:g} s"
            case _:
                return self._of_agency(how.read, value)

    def _of_agency(self, read: Read, value: str) -> str:
        """By the words of its table; what is none of them as it is."""
        tables = self._tables
        match read:
            case Read.REASONS:
                return ", ".join(tables.hiding_reason(each).words for each in _listed(value))
            case Read.REASON if value:
                return tables.hiding_reason(value).words
            case Read.POLICY:
                return next((each.words for each in tables.policies if each.id == value), self._text(value))
            case Read.STANDARD:
                standard = tables.standard(value)
                return standard.words if standard is not None else value
            case Read.DISPOSITION:
                disposition = tables.disposition(value)
                return disposition.words if disposition is not None else value
            case _:
                return self._text(value)

    def _text(self, value: str) -> str:
        if value in self._known:
            return _short(self._known[value] or value)
        if "{" in value:
            value = "".join(p.text if p.reference is None else self._cited(p.reference) for p in parse(value))
        if len(value) == _RFC3339 and value.endswith("Z"):
            try:
                at = parse_rfc3339(value)
            except ValueError:
                return value
            return f"{self._zone.date(at)} {self._zone.clock(at)}"
        return _short(value)

    def _cited(self, reference: Reference) -> str:
        """As the thing is called now; else what it is: "[line of a transcript]"."""
        if reference.kind is Referred.FOOTAGE:
            return self._names.recording(reference.id)
        if reference.kind is Referred.TIME:
            return self._text(reference.id)
        return self._known.get(reference.id) or f"[{WORDS[reference.kind]}]"

    # What is no thing

    def _log(self, entry: LogEntry) -> str:
        """As the log has it, hashes left to it."""
        return logwords.what(entry, self._names, self._zone, brief=True).partition(_HASH)[0]

    def _finding(self, entry: LogEntry) -> str:
        event = entry.event
        match event:
            case finding_acts.FindingSigned() | finding_acts.DecisionSigned():
                return self._log(entry).partition(": ")[2].rpartition(" · ")[0] or self._log(entry)
            case finding_acts.DissentStated():
                found = self._tables.disposition(event.disposition)
                return f"{found.words if found is not None else event.disposition} · “{_short(event.reasons)}”"
            case finding_acts.FindingReturned():
                return f"“{_short(event.reasons)}”"
            case finding_acts.ReturnAnswered():
                return f"“{_short(event.text)}”"
            case finding_acts.SecondReviewAsked():
                people = ", ".join(map(self._names.user, event.reviewers))
                return f"{', '.join(self._known.get(each, each) for each in event.allegations)} · by {people}"
            case finding_acts.ImpressionSealed():
                return "to be opened when everybody’s is in"
            case finding_acts.ImpressionOpened():
                return "everybody’s is in"
            case finding_acts.DissentWithdrawn() | finding_acts.ReturnWithdrawn():
                return self._again(entry, "taken back")
            case _:
                return self._log(entry)

    def _other(self, entry: LogEntry) -> str:
        event = entry.event
        match event:
            case alignment_acts.AlignmentAccepted() if event.base:
                told = self._log(replace(entry, event=replace(event, base="")))
                return f"{told} · instead of the alignment before"
            case alignment_acts.AlignmentWithdrawn():
                return "the signed clocks stand again"
            case alignment_acts.CueWithdrawn() | order_acts.OrderWithdrawn() | report_acts.CameraNotExpected():
                return self._again(entry, "taken back")
            case _:
                return self._log(entry)

    def _again(self, entry: LogEntry, words: str) -> str:
        """What is taken back, by what it had said; `words` where that is not among the entries."""
        before = self._events.get(getattr(entry.event, "id", ""))
        if before is None or type(before) is type(entry.event):
            return words
        return f"{words}: {self.what(replace(entry, event=before))}"


def _every(file: CaseFile, kind: type[acts.ThingSet]) -> Sequence[Thing]:
    return (*file.things(kind), *file.things(kind, withdrawn=True))


def _counted(event: acts.ThingSet) -> str:
    """Of a thing that has a field for each of its pieces."""
    came = [c for c in event.changes if c.field != WITHDRAWN and c.value]
    gone = [c for c in event.changes if c.field != WITHDRAWN and not c.value]
    one, many = {
        acts.LinesSet: ("line", "lines"),
        acts.DrawingSet: ("shape", "shapes"),
        acts.MaskPathSet: ("frame", "frames"),
    }[type(event)]
    if isinstance(event, acts.MaskPathSet):
        return f"placed on {count(sum(len(c.value.split()) for c in came), one, many)}"
    told = [f"{count(len(came), one, many)} written"] * bool(came)
    told += [f"{count(len(gone), one, many)} taken out"] * bool(gone)
    return " · ".join(told) or "nothing"


def _listed(value: str) -> list[str]:
    """A field that holds a JSON list; what is none counts as empty."""
    try:
        found = json.loads(value) if value else []
    except (ValueError, RecursionError):
        return []
    return [str(each) for each in found] if isinstance(found, list) else []


def _short(text: str) -> str:
    text = " ".join(logwords_case.in_brackets(text).split())  # what signed texts and reasons cite
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _never(_event: Event) -> Future[Recorded]:
    raise RuntimeError("words write nothing")
