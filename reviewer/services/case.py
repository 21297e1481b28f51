"""A case as one person works on it: its things are read as all logs together make them, and written field by field.

Every change is an entry before it has an effect; it names what it replaces, and is undone by recording its inverse
(house.md, "no entry, no effect").
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from reviewer.domain.case import Allegation, CaseDocument, CasePerson, Complaint, Exhibit
from reviewer.domain.case_acts import (
    AllegationSet,
    Change,
    ComplaintSet,
    DocumentSet,
    ExhibitSet,
    PersonSet,
    ThingSet,
)
from reviewer.domain.errors import ReviewerError
from reviewer.domain.thing import WITHDRAWN, Edit, Thing
from reviewer.domain.timebase import format_rfc3339
from reviewer.records.queries import Queries
from reviewer.services.clock import utc_now
from reviewer.services.journal import Recorded
from reviewer.services.undoing import Act, Record, Undoing, following

LONGEST = {
    **{"title": 200, "name": 200, "number": 60, "way": 60, "badge": 40, "place": 300, "contact": 500},
    **{"incident": 60, "policy": 200, "note": 2_000, "paused": 200},
}
"""Characters of a field; what is not named here may have LONGEST_TEXT."""
LONGEST_TEXT = 20_000
_T = TypeVar("_T", Allegation, Exhibit)


class CaseFile:
    """One person's hand in one case. All methods on the thread that `queries` belongs to; the Futures end when the
    entry is durable, or with LogUnwritable. What raises, raises ReviewerError, and nothing is recorded then."""

    def __init__(
        self, record: Record, queries: Queries, case: str, refusal: Callable[[], ReviewerError | None] = lambda: None
    ) -> None:
        """`refusal`: why this person may not write into the case now, if they may not (`case_state.Rights`)."""
        self._queries, self.case, self._refusal = queries, case, refusal
        self._record, self._acts = record, Undoing(record)

    # Reading

    def things(self, kind: type[ThingSet], *, withdrawn: bool = False) -> tuple[Thing, ...]:
        """Those that stand, in the order in which they were begun; those that were withdrawn instead if asked."""
        return tuple(thing for thing in self._queries.things(self.case, kind) if thing.stands is not withdrawn)

    def thing(self, kind: type[ThingSet], id_: str) -> Thing | None:
        """One of them, withdrawn or not; None if nobody wrote anything of it."""
        return next(iter(self._queries.things(self.case, kind, id_)), None)

    def complaint(self) -> Complaint:
        return Complaint.of(self.thing(ComplaintSet, ""))

    def people(self) -> tuple[CasePerson, ...]:
        return tuple(CasePerson.of(thing) for thing in self.things(PersonSet))

    def allegations(self) -> tuple[Allegation, ...]:
        """By number."""
        return _lettered(Allegation.of(thing) for thing in self.things(AllegationSet))

    def documents(self) -> tuple[CaseDocument, ...]:
        return tuple(CaseDocument.of(thing) for thing in self.things(DocumentSet))

    def exhibits(self) -> tuple[Exhibit, ...]:
        """By number, of every allegation."""
        return _lettered(Exhibit.of(thing) for thing in self.things(ExhibitSet))

    def history(self, kind: type[ThingSet], id_: str | None = None) -> tuple[Edit, ...]:
        """Who changed what of a thing (or of all of its kind), in the order in which changes count."""
        return self._queries.edits(self.case, kind, id_)

    # Writing

    def add(self, kind: type[ThingSet], fields: Mapping[str, str], id_: str = "") -> Future[str]:
        """A new thing; the Future has its id. Allegations and exhibits are numbered where `fields` has no number."""
        id_, act = self.adding(kind, fields, id_)
        return following(self._acts.do(*act), lambda _recorded: id_)

    def adding(self, kind: type[ThingSet], fields: Mapping[str, str], id_: str = "") -> tuple[str, Act]:
        """What `add` records, for who does more in the same step."""
        self._ask_whether()
        fields = dict(fields)
        if kind in (AllegationSet, ExhibitSet) and not fields.get("number"):
            taken = (thing.whole("number") or 0 for thing in self._queries.things(self.case, kind))
            fields["number"] = str(max(taken, default=0) + 1)
        id_ = id_ or uuid.uuid4().hex
        changes = tuple(Change(name, value) for name, value in _checked(fields).items() if value)
        event = kind(self.case, id_, (*changes, Change(WITHDRAWN, "")))
        undo = kind(self.case, id_, (Change(WITHDRAWN, "yes"),))
        # Done again it only comes back: what colleagues wrote into it meanwhile stays.
        return id_, (event, undo, undo.inverse())

    def lay_out(self, kind: type[ThingSet], id_: str, fields: Mapping[str, str]) -> Future[str]:
        """Set fields of what nobody sees before another thing names it (the lines of a transcript that is taken in): to
        undo that thing takes them away as well, so this has no undo of its own. The Future has the id."""
        self._ask_whether()
        event = kind(self.case, id_, tuple(Change(name, value) for name, value in _checked(fields).items()))
        return following(self._record(event), lambda _recorded: id_)

    def change(
        self, kind: type[ThingSet], id_: str, fields: Mapping[str, str], seen: Mapping[str, str] | None = None
    ) -> Future[str]:
        """Set these fields; those that have the value already are left alone. `seen`: what stood in them when the
        person began to write, where that may be a while ago; an overwrite shows by it. The Future has the id."""
        act = self.changing(kind, id_, fields, seen)
        if act is not None:
            return following(self._acts.do(*act), lambda _recorded: id_)
        done: Future[str] = Future()
        done.set_result(id_)
        return done

    def changing(
        self, kind: type[ThingSet], id_: str, fields: Mapping[str, str], seen: Mapping[str, str] | None = None
    ) -> Act | None:
        """What `change` records; None where every field has its value already."""
        self._ask_whether()
        told = seen is not None and kind is not ComplaintSet and fields.keys() <= seen.keys()
        before = None if told else self.thing(kind, id_)  # a transcript's thousands of lines are not read for one
        if kind is ComplaintSet and before is None:
            fields = {"opened": format_rfc3339(utc_now()), **fields}
        changes = []
        for name, value in _checked(fields).items():
            base = before.get(name) if before is not None else (seen or {}).get(name, "")
            if value != base:
                changes.append(Change(name, value, base if seen is None else seen.get(name, base)))
        event = kind(self.case, id_, tuple(changes))
        return (event, event.inverse(), event) if changes else None

    def together(self, acts: Sequence[Act]) -> Future[tuple[Recorded, ...]]:
        """Record what `adding` and `changing` gave as one step: one undo takes all of it back. Raises ValueError for
        none."""
        return self._acts.do_all(acts)

    def withdraw(self, kind: type[ThingSet], id_: str) -> Future[str]:
        """Take it off the case. It stays in the log, and `restore` sets it back."""
        return self.change(kind, id_, {WITHDRAWN: "yes"})

    def restore(self, kind: type[ThingSet], id_: str) -> Future[str]:
        return self.change(kind, id_, {WITHDRAWN: ""})

    @property
    def refusal(self) -> ReviewerError | None:
        """Why this person may not write into the case now; None if they may."""
        return self._refusal()

    def _ask_whether(self) -> None:
        refusal = self._refusal()
        if refusal is not None:
            raise refusal

    @property
    def can_undo(self) -> bool:
        return self._acts.can_undo

    @property
    def can_redo(self) -> bool:
        return self._acts.can_redo

    def undo(self) -> Future[Recorded] | None:
        """Record the inverse of the newest thing done here in this session; None if there is nothing."""
        self._ask_whether()
        return self._acts.undo()

    def redo(self) -> Future[Recorded] | None:
        """Record again what was undone last; None if there is nothing."""
        self._ask_whether()
        return self._acts.redo()


def _checked(fields: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, value in fields.items():
        if not name or "/" in name:
            raise ValueError(f"no name of a field: {name!r}")
        value = value.strip().replace("\r\n", "\n").replace("\0", "")
        most = LONGEST.get(name, LONGEST_TEXT)
        if len(value) > most:
            raise ReviewerError(f"The {name} has {len(value):,} characters.", f"Shorten it to {most:,}.")
        found[name] = value
    return found


def _lettered(found: Iterable[_T]) -> tuple[_T, ...]:
    """By number. Two people who did not know of each other may have given the same: the earlier keeps it alone."""
    seen: dict[int, int] = {}
    named = []
    for each in found:
        n = seen[each.number] = seen.get(each.number, 0) + 1
        named.append(each if n == 1 else replace(each, letter=chr(ord("a") + min(n - 1, 25))))
    return tuple(sorted(named, key=lambda each: (each.number, each.letter)))
