"""The queue's cases with their complaints in short: where each stands, what is alleged, and which clock runs out next.

What was written lies in this person's records; who might is asked of the documents that the queue was read from, so
nothing here asks the store.
"""

from __future__ import annotations

from dataclasses import replace

from reviewer.domain.assignment import Assignment
from reviewer.domain.case import Allegation, Complaint
from reviewer.domain.case_acts import AllegationSet, ComplaintSet
from reviewer.domain.statutory import NO_BRIEF, Brief, dues
from reviewer.domain.timebase import Utc
from reviewer.records.queries import Queries
from reviewer.services.case_state import rights_by, state
from reviewer.services.queue import Queue, in_order
from reviewer.services.trust import Trust


def with_clocks(queue: Queue, queries: Queries, trust: Trust) -> Queue:
    """The same cases, each with its complaint in short, the next statutory clock first. On the thread of `queries`."""
    newest = {each.case_id: each for each in queue.assignments}
    cases = []
    for case in queue.cases:
        assignment = newest.get(case.case_id)
        brief = NO_BRIEF if assignment is None else brief_of(queries, trust, assignment)
        cases.append(replace(case, brief=brief))
    return replace(queue, cases=tuple(sorted(cases, key=in_order)))


def brief_of(queries: Queries, trust: Trust, assignment: Assignment) -> Brief:
    """A case in short; all of it empty where nobody wrote a complaint."""
    case = assignment.case_id
    thing = next(iter(queries.things(case, ComplaintSet, "")), None)
    if thing is None:
        return NO_BRIEF
    rights = rights_by(trust.roster(), assignment, trust.earlier(assignment))
    stands = state(queries, case, rights)
    complaint = Complaint.of(thing)
    opened: Utc | None = thing.when("opened") or (thing.first.at if thing.first is not None else None)
    running = [each for each in dues(rights.tables, complaint, stands, opened) if each.runs]
    found = (Allegation.of(each) for each in queries.things(case, AllegationSet) if each.stands)
    named = sorted(found, key=lambda each: (each.number, each.id))
    return Brief(
        stands.state.value,
        tuple(f"{each.name} {each.title}" for each in named),
        tuple((each.clock.words, each.at) for each in running),
        complaint.paused,
        complaint.received,
    )
