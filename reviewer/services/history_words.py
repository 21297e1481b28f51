"""A case's entries as somebody on the case reads them: things by their names, times on a clock, and not by ids."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace

from reviewer.domain import case_acts as acts
from reviewer.domain.event import Event
from reviewer.domain.thing import WITHDRAWN
from reviewer.domain.timebase import parse_rfc3339
from reviewer.domain.wording import Local
from reviewer.records.queries import LogEntry, Queries
from reviewer.services import logwords, logwords_case
from reviewer.services.case import CaseFile
from reviewer.services.journal import Recorded
from reviewer.services.logwords import Names

_QUIET = frozenset({WITHDRAWN, "opened", "number"})
"""Fields that say nothing that the entry's other words do not."""
_NAMES = {
    **{"updated": "complainant told", "way": "came by", "start": "from", "end": "to"},
    **{"requested": "request for information came", "answered": "request answered", "paused": "clocks paused because"},
}
_LONGEST = 60
_MANY = 4
_RFC3339 = len("2026-06-13T19:42:17.480000Z")
_TOLD = acts.PersonSet, acts.AllegationSet, acts.ComplaintSet, acts.ExhibitSet, acts.DocumentSet, acts.NarrativeSet


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that went because somebody else wrote another without having seen it: `value` was `user`'s."""

    field: str
    value: str
    user: str


class HistoryWords:
    """Of one case, as its things are called now. Reads them once."""

    def __init__(self, queries: Queries, case: str, names: Names, zone: Local) -> None:
        self._names, self._zone = names, zone
        file = CaseFile(_never, queries, case)
        self._known: dict[str, str] = {}
        for kind, field in ((acts.PersonSet, "name"), (acts.DocumentSet, "name"), (acts.NarrativeSet, "title")):
            for thing in (*file.things(kind), *file.things(kind, withdrawn=True)):
                self._known[thing.id] = thing.get(field)
        for allegation in file.allegations():
            self._known[allegation.id] = f"{allegation.name} {allegation.title}"
        for exhibit in file.exhibits():
            self._known[exhibit.id] = exhibit.name
        self._known |= {mark.id: mark.text for mark in queries.bookmarks(case)}

    def subject(self, entry: LogEntry) -> str:
        """What the entry is about, by its name."""
        event = entry.event
        return self._known.get(event.id, "") if isinstance(event, acts.ThingSet) else ""

    def what(self, entry: LogEntry) -> str:
        """What exactly was done."""
        event = entry.event
        if not isinstance(event, _TOLD):
            return logwords.what(entry, self._names, self._zone, brief=True)
        said = ["taken off the case"] * any(c.field == WITHDRAWN and c.value for c in event.changes)
        said += ["set back"] * any(c.field == WITHDRAWN and c.base and not c.value for c in event.changes)
        changes = [c for c in event.changes if c.field not in _QUIET or isinstance(event, acts.ComplaintSet)]
        changes = [c for c in changes if c.field not in (WITHDRAWN, "opened")]
        changes = [c for c in changes if not logwords_case.for_machines(c)] or changes
        said += [self._change(each) for each in changes[:_MANY]]
        said += [f"{len(changes) - _MANY} more"] * (len(changes) > _MANY)
        return " · ".join(said)

    def lost(self, lost: Lost) -> Lost:
        """The same, its value as it is read."""
        return replace(lost, value=self._value(lost.value))

    def _change(self, change: acts.Change) -> str:
        was = f" (was “{self._value(change.base)}”)" if change.base else ""
        field = _NAMES.get(change.field, change.field.replace("_", " "))
        return f"{field} “{self._value(change.value)}”{was}"

    def _value(self, value: str) -> str:
        if value in self._known:
            return _short(self._known[value] or value)
        if len(value) == _RFC3339 and value.endswith("Z"):
            try:
                at = parse_rfc3339(value)
            except ValueError:
                return value
            return f"{self._zone.date(at)} {self._zone.clock(at)}"
        return _short(value)


def _short(text: str) -> str:
    text = " ".join(logwords_case.in_brackets(text).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _never(_event: Event) -> Future[Recorded]:
    raise RuntimeError("words write nothing")
