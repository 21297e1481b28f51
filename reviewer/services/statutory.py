"""What is due on a case: its statutory clocks, out of what is written of the complaint and where the case stands."""

from __future__ import annotations

from reviewer.domain.case import Complaint
from reviewer.domain.case_acts import ComplaintSet
from reviewer.domain.case_state import Standing
from reviewer.domain.statutory import Due, dues, next_due
from reviewer.records.queries import Queries
from reviewer.services.case_state import Rights, state

__all__ = ["Due", "due_on", "next_due"]


def due_on(queries: Queries, case: str, rights: Rights, standing: Standing | None = None) -> tuple[Due, ...]:
    """Every clock of the case that has begun: those that run first, the nearest first; () while they are paused.
    `standing`: where it stands, if that was read already."""
    thing = next(iter(queries.things(case, ComplaintSet, "")), None)
    opened = None if thing is None else thing.when("opened") or (thing.first.at if thing.first is not None else None)
    stands = standing if standing is not None else state(queries, case, rights)
    return dues(rights.tables, Complaint.of(thing), stands, opened)
