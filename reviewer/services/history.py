"""Who did what on a case: every entry of the work logs, newest first, with what it overwrote.

An overwrite is a value that its author had not seen when they wrote theirs (`domain/thing.Edit`): two people wrote the
same field without knowing of each other, and the later counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviewer.domain.agency import DEFAULT, Tables
from reviewer.domain.case_acts import THINGS, ThingSet
from reviewer.domain.events import EVENTS, LogName
from reviewer.domain.thing import Edit
from reviewer.domain.timebase import Utc
from reviewer.domain.wording import Local
from reviewer.records.queries import EntryFilter, LogEntry, Queries
from reviewer.services import logwords
from reviewer.services.history_words import HistoryWords, Lost
from reviewer.services.logwords import Names

MOST = 5_000
"""Entries that are shown at once; the log has all."""
KINDS = tuple(kind for kind, event in EVENTS.items() if event.LOG is LogName.WORK)


@dataclass(frozen=True, slots=True)
class Done:
    """One entry in words. `did` "Allegation written", `what` says what exactly; `subject` names the thing as it is
    called now ("A2 Discourtesy"), "" where it has no name. `origin` and `index` are the entry's place."""

    at: Utc
    user: str
    did: str
    what: str
    origin: str
    index: int
    lost: tuple[Lost, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """`done` newest first; `count` how many entries there are in all."""

    done: tuple[Done, ...]
    count: int

    @property
    def people(self) -> tuple[str, ...]:
        """Whose entries there are, by user id."""
        return tuple(sorted({each.user for each in self.done}))


def history(
    queries: Queries,
    case: str,
    names: Names,
    zone: Local,
    *,
    tables: Tables = DEFAULT,
    most: int = MOST,
    hides: Callable[[LogEntry], bool] = lambda _entry: False,
) -> History:
    """The case's work as all logs together have it. Reads every entry: not on the GUI's thread. `hides`: an entry that
    its reader is not to see yet (a blind second review); it counts, and is left out. `tables`: the agency's words."""
    wanted = EntryFilter(case=case, kinds=KINDS)
    entries = [each for each in queries.entries(wanted, limit=most) if not hides(each)]
    lost = _lost(queries, case)
    words = HistoryWords(queries, case, names, zone, tables, entries)
    done = tuple(
        Done(
            each.meta.at,
            each.meta.actor,
            logwords.did(each.meta.kind),
            words.what(each),
            each.meta.origin,
            each.meta.index,
            tuple(words.lost(*each) for each in lost.get((each.meta.origin, each.meta.index), ())),
            words.subject(each),
        )
        for each in entries
    )
    return History(done, queries.count(wanted))


_Overwrote = tuple[tuple[type[ThingSet], Lost], ...]


def _lost(queries: Queries, case: str) -> dict[tuple[str, int], _Overwrote]:
    """By the entry that did it: what it overwrote without its author knowing, and of what kind of thing."""
    found: dict[tuple[str, int], _Overwrote] = {}
    for kind in THINGS:
        wrote: dict[tuple[str, str], str] = {}
        for edit in queries.edits(case, kind):
            if edit.overwrote:
                place = edit.origin, edit.index
                found[place] = (*found.get(place, ()), (kind, _lost_by(edit, wrote)))
            wrote[edit.thing, edit.field] = edit.user
    return found


def _lost_by(edit: Edit, wrote: dict[tuple[str, str], str]) -> Lost:
    return Lost(edit.field, edit.before, wrote.get((edit.thing, edit.field), ""))


def of_person(done: Sequence[Done], user: str) -> tuple[Done, ...]:
    """Only this person's; everybody's for ""."""
    return tuple(each for each in done if user in ("", each.user))
