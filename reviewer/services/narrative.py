"""What is written of a case, in sections that anybody on it may write: the story in order, with references that follow.

A section is a thing of the case (`NarrativeSet`): title, text, and its place among the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from reviewer.domain.case_acts import NarrativeSet
from reviewer.domain.thing import Edit, Field, Thing
from reviewer.services.case import CaseFile

_BETWEEN = 1_000_000  # places are whole numbers with room between them, so moving one changes one


@dataclass(frozen=True, slots=True)
class Section:
    """`text` with its references as tokens. `last`: who wrote it last."""

    id: str
    title: str
    text: str
    place: int
    last: Field | None = None

    @staticmethod
    def of(thing: Thing) -> Section:
        place = thing.whole("place")
        last = max(
            (thing.fields[name] for name in ("title", "text") if name in thing.fields),
            key=lambda field: field.order,
            default=thing.last,
        )
        return Section(thing.id, thing.get("title"), thing.get("text"), place if place is not None else 0, last)


class Narrative:
    """One person's hand in it. On the thread of its `file`; the Futures end when the entry is durable. What raises,
    raises ReviewerError, and nothing is recorded then."""

    def __init__(self, file: CaseFile) -> None:
        self._file = file

    def sections(self) -> tuple[Section, ...]:
        """Those that stand, in their order."""
        found = (Section.of(thing) for thing in self._file.things(NarrativeSet))
        return tuple(sorted(found, key=lambda section: section.place))  # stable: equal places as they were begun

    def lost(self) -> Mapping[str, Edit]:
        """By section, the text that was written over unseen. The edit is the one that did it; its `before` went."""
        found: dict[str, Edit] = {}
        for edit in self._file.history(NarrativeSet):
            if edit.field != "text":
                continue
            known = found.get(edit.thing)
            if edit.overwrote and edit.before:
                found[edit.thing] = edit
            elif known is not None and known.before in edit.value:
                del found[edit.thing]  # somebody put it back
        return found

    def add(self, title: str = "", text: str = "") -> Future[str]:
        """One more section, at the end. The Future has its id."""
        last = max((section.place for section in self.sections()), default=0)
        return self._file.add(NarrativeSet, {"title": title, "text": text, "place": str(last + _BETWEEN)})

    def write(self, id_: str, fields: Mapping[str, str], seen: Mapping[str, str]) -> Future[str]:
        """Set "title" or "text"; `seen` is what stood there when the person began."""
        return self._file.change(NarrativeSet, id_, fields, seen)

    def move(self, id_: str, by: int) -> Future[str] | None:
        """One place up (−1) or down (1); None at the end of the list."""
        sections = self.sections()
        at = next((i for i, section in enumerate(sections) if section.id == id_), None)
        if at is None or not 0 <= at + by < len(sections):
            return None
        rest = [section.place for section in sections if section.id != id_]
        to = at + by
        before = rest[to - 1] if to else rest[0] - 2 * _BETWEEN
        after = rest[to] if to < len(rest) else rest[-1] + 2 * _BETWEEN
        if after - before < 2:  # no room left between them, or two were given one place
            return self._file.change(NarrativeSet, id_, {"place": str(after - 1 if by < 0 else before + 1)})
        return self._file.change(NarrativeSet, id_, {"place": str((before + after) // 2)})

    def withdraw(self, id_: str) -> Future[str]:
        """Take it off. It stays in the log, and an undo brings it back."""
        return self._file.withdraw(NarrativeSet, id_)
