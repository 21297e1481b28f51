"""The kinds of a bookmark: the agency's table, as the review draws it."""

from __future__ import annotations

from reviewer.domain.agency import DEFAULT, MarkKind


def kinds() -> tuple[MarkKind, ...]:
    """Those that can be chosen, in the table's order."""
    return DEFAULT.kinds


def kind_of(id_: str) -> MarkKind:
    """A kind by its id; one that the table does not have is drawn with its id for words."""
    return DEFAULT.kind(id_)
