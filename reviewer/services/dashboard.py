"""Where the cases stand that somebody supervises: by state, age, what is due, what was watched, and whose they are.

Made from the queue as it was read last, so that both say the same; which cases there are besides is counted, not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewer.domain.case import CaseState
from reviewer.domain.roster import Role
from reviewer.domain.statutory import DAY, days_left
from reviewer.domain.timebase import Utc
from reviewer.services.queue import Queue, QueueCase
from reviewer.services.trust import Trust

OVER = (CaseState.DECIDED.value, CaseState.CLOSED.value)
NO_COMPLAINT = "no complaint written"
_AGES = ((30, "under 30 days"), (90, "30 to 89"), (180, "90 to 179"), (365, "180 to 364"))
_OLDEST = "a year or more"
_DUES = ((0, "run out"), (7, "within 7 days"), (30, "within 30 days"))
_LATER, _NO_CLOCK = "later", "no clock runs"


@dataclass(frozen=True, slots=True)
class Watching:
    """One case of the dashboard. `age` in whole days since the complaint was received, else since it was assigned;
    `left` whole days until the next clock runs out (below 0: since then), None where none runs."""

    case: QueueCase
    state: str
    age: int
    left: int | None
    investigators: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return self.state not in OVER


@dataclass(frozen=True, slots=True)
class Load:
    """What one investigator (id) has: open cases, those of them with a clock that ran out, and the mean share watched
    (0 to 1; None where nobody can say)."""

    user: str
    cases: int
    late: int
    watched: float | None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`elsewhere`: how many cases the store has that this person is not on."""

    cases: tuple[Watching, ...]
    elsewhere: int
    at: Utc

    @property
    def open(self) -> tuple[Watching, ...]:
        return tuple(each for each in self.cases if each.is_open)

    def by_state(self) -> tuple[tuple[str, int], ...]:
        """How many of all cases are in each state, in the order in which a case goes through them."""
        found = Counter(each.state for each in self.cases)
        known = [state.value for state in CaseState]
        return tuple((name, found[name]) for name in (NO_COMPLAINT, *known) if found[name])

    def by_age(self) -> tuple[tuple[str, int], ...]:
        """How old the open cases are."""
        found = Counter(_band(each.age, _AGES, _OLDEST) for each in self.open)
        return tuple((name, found[name]) for name in (*(name for _, name in _AGES), _OLDEST))

    def by_due(self) -> tuple[tuple[str, int], ...]:
        """When the next clock of the open cases runs out."""
        found = Counter(_NO_CLOCK if each.left is None else _band(each.left, _DUES, _LATER) for each in self.open)
        return tuple((name, found[name]) for name in (*(name for _, name in _DUES), _LATER, _NO_CLOCK))

    def loads(self) -> tuple[Load, ...]:
        """Who has how much of what is open; most first."""
        cases: dict[str, list[Watching]] = {}
        for each in self.open:
            for user in each.investigators:
                cases.setdefault(user, []).append(each)
        loads = [Load(user, len(has), _late(has), _mean(has)) for user, has in cases.items()]
        return tuple(sorted(loads, key=lambda load: (-load.cases, load.user)))


def dashboard(queue: Queue, trust: Trust, now: Utc) -> Dashboard:
    """Of the cases in this queue. Reads the assignments that were verified for it: not on the GUI's thread."""
    everything = trust.assignments().good
    members = {each.case_id: each.members for each in everything}
    cases = []
    for case in queue.cases:
        started = case.brief.received if case.brief.received is not None else case.issued_at
        clock = case.brief.next
        who = tuple(m.user for m in members.get(case.case_id, ()) if m.role is Role.INVESTIGATOR)
        left = None if clock is None else days_left(clock[1], now)
        cases.append(Watching(case, case.brief.state or NO_COMPLAINT, max(0, (now - started) // DAY), left, who))
    mine = {case.case_id for case in queue.cases}
    return Dashboard(tuple(cases), sum(each.case_id not in mine for each in everything), now)


def _band(value: int, bands: Iterable[tuple[int, str]], last: str) -> str:
    return next((name for least, name in bands if value < least), last)


def _late(has: Sequence[Watching]) -> int:
    return sum(each.left is not None and each.left < 0 for each in has)


def _mean(has: Sequence[Watching]) -> float | None:
    known = [each.case.watched for each in has if each.case.watched is not None]
    return sum(known) / len(known) if known else None
