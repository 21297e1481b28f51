"""A thing of a case as the work logs make it: fields that anybody on the case may set, each with who set it last.

Complaint, people, allegations, documents, exhibits, narrative … are all things. Per field the later (lamport, origin,
index) wins, never wall time (formats.md, The signed log), so whoever folds the same entries has the same thing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.domain.errors import MalformedDocument
from reviewer.domain.timebase import Utc, parse_rfc3339

WITHDRAWN = "withdrawn"
"""The field that takes a thing off the case: anything but "". It stays in the log and can be set back."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value and the entry that set it last: `user`, when by their clock, `index` of the log `origin`."""

    value: str
    user: str
    at: Utc
    lamport: int
    origin: str
    index: int

    @property
    def order(self) -> tuple[int, str, int]:
        return self.lamport, self.origin, self.index


@dataclass(frozen=True, slots=True)
class Thing:
    """`fields` by name. What nobody set is ""."""

    id: str
    fields: Mapping[str, Field]

    def get(self, name: str) -> str:
        """The field's value, "" where there is none."""
        found = self.fields.get(name)
        return found.value if found is not None else ""

    def when(self, name: str) -> Utc | None:
        """A field that holds a time in RFC 3339; None where it is empty or no time (a newer program's)."""
        try:
            return parse_rfc3339(self.get(name)) if self.get(name) else None
        except (MalformedDocument, ValueError):
            return None

    def whole(self, name: str) -> int | None:
        """A field that holds a whole number; None where it holds none."""
        value = self.get(name)
        return int(value) if value.lstrip("-").isascii() and value.lstrip("-").isdigit() else None

    def texts(self, name: str) -> tuple[str, ...]:
        """A field that holds a JSON list of strings; what is none counts as empty."""
        return tuple(each for each in _listed(self.get(name)) if isinstance(each, str))

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """A field that holds a JSON list of pairs of strings; what is none is left out."""
        found = (each for each in _listed(self.get(name)) if isinstance(each, list) and len(each) == 2)
        return tuple((a, b) for a, b in found if isinstance(a, str) and isinstance(b, str))

    @property
    def stands(self) -> bool:
        """Whether it was not withdrawn."""
        return not self.get(WITHDRAWN)

    @property
    def first(self) -> Field | None:
        """The earliest of the entries that stand behind it."""
        return min(self.fields.values(), key=lambda field: field.order, default=None)

    @property
    def last(self) -> Field | None:
        """The entry that changed it last."""
        return max(self.fields.values(), key=lambda field: field.order, default=None)


def _listed(text: str) -> list[object]:
    try:
        found = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one field in the history of a `thing` (its id), in the order in which edits count. `base` is the
    value that its author saw, `before` the one that stood when all logs are put together: where they differ, the author
    did not know of `before` and it was overwritten."""

    field: str
    value: str
    base: str
    before: str
    user: str
    at: Utc
    origin: str
    index: int
    thing: str

    @property
    def overwrote(self) -> bool:
        """Whether somebody else's value went that the author of this one had not seen."""
        return self.before not in (self.base, self.value)
