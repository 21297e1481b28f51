"""Where a case stands and who may move it on: the agency's table, the roster, and the roles that assignments give.

A move is an entry. Those of people who might not are in the log and do not count, whoever reads it
(`domain/case_state`); here they are refused before they are written, in a sentence that says who may.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from reviewer.domain.agency import Move, Tables
from reviewer.domain.assignment import Assignment
from reviewer.domain.case import CaseState
from reviewer.domain.case_acts import CaseMoved
from reviewer.domain.case_state import Said, Standing, may_words, standing_of
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.roles import WRITERS
from reviewer.domain.roster import Role, Roster
from reviewer.records import facts
from reviewer.records.queries import Queries
from reviewer.services.trust import Trust
from reviewer.services.undoing import Record, following

LONGEST_REASON = 2_000
_ASSIGN = "Nobody on this case may: ask whoever assigns it."


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may do what on one case. `now`: the roles of its members, by user id, that the newest assignment and the
    roster give; `ever`: those that any assignment gave. `names`: how people are called, by user id."""

    tables: Tables
    now: Mapping[str, frozenset[Role]]
    ever: Callable[[str], frozenset[Role]]
    names: Mapping[str, str] = field(default_factory=dict)

    def writes(self, user: str, roles: frozenset[Role] = WRITERS) -> bool:
        """Whether this person may write into the case now."""
        return bool(self.now.get(user, frozenset()) & roles)

    def refusal(self, user: str, roles: frozenset[Role] = WRITERS) -> AccessRefused | None:
        """Why this person may not write into the case now, and who may, with one of these `roles` on it; None if they
        may."""
        if self.writes(user, roles):
            return None
        who, has = self.who_may(roles), self.now.get(user, frozenset())
        what = f"You are {' and '.join(sorted(has))} on this case" if has else "You are not on this case"
        return AccessRefused(f"{what} and read it only.", f"Ask {_or(who)} to write it." if who else _ASSIGN)

    def who_may(self, roles: frozenset[Role]) -> tuple[str, ...]:
        """The names of those on the case with one of these roles."""
        return tuple(self.names.get(user, user) for user, has in self.now.items() if has & roles)


def rights_by(roster: Roster, newest: Assignment, older: Iterable[Assignment] = ()) -> Rights:
    """As a roster and a case's assignments say."""
    listed = {user.id: user for user in roster.users}
    now = {
        member.user: frozenset({member.role})
        for member in newest.members
        if member.user in listed and member.role in listed[member.user].roles
    }
    given: dict[str, frozenset[Role]] = {}
    for each in (newest, *older):
        for member in each.members:
            given[member.user] = given.get(member.user, frozenset()) | {member.role}
    return Rights(
        roster.agency_tables,
        now,
        lambda user: given.get(user, frozenset()),
        {user.id: user.name for user in roster.users},
    )


def rights_of(trust: Trust, case: str) -> Rights:
    """As the store's documents say now. Reads them: not on the GUI's thread. Raises what `Trust.assignment` raises."""
    newest = trust.assignment(case)
    return rights_by(trust.roster(), newest, trust.history(case).good if newest.n > 1 else ())


def state(queries: Queries, case: str, rights: Rights) -> Standing:
    """Where a case stands, with every move, those that do not count among them."""
    said = (
        Said(move, who.user, who.at, rights.ever(who.user)) for move, who in queries.facts(case, facts.STATE, CaseMoved)
    )
    return standing_of(said, rights.tables)


class CaseMoves:
    """One person's hand on one case's state. All methods on the thread that `queries` belongs to."""

    def __init__(self, record: Record, queries: Queries, case: str, user: str, rights: Callable[[], Rights]) -> None:
        self._record, self._queries, self._case = record, queries, case
        self._user, self._rights = user, rights

    def standing(self) -> Standing:
        """Where it stands now."""
        return state(self._queries, self._case, self._rights())

    def ways(self) -> tuple[Move, ...]:
        """Where this person may move it now."""
        rights = self._rights()
        return rights.tables.moves_from(self.standing().state, tuple(rights.now.get(self._user, frozenset())))

    def move(self, to: CaseState, reason: str = "") -> Future[CaseState]:
        """Move the case; the Future has the new state once the entry is durable, or LogUnwritable. Raises
        AccessRefused, which says who may, and ReviewerError for a way that there is not or a reason that is missing."""
        rights, standing, reason = self._rights(), self.standing(), reason.strip()
        way = rights.tables.move(standing.state, to)
        if way is None:
            ends = [m.end.value for m in rights.tables.moves if m.start is standing.state]
            there = f"From here it goes to {_or(ends)}." if ends else "It stays where it is."
            raise ReviewerError(f"The case is in {standing.state.value}; no way leads to {to.value}.", there)
        roles = rights.now.get(self._user, frozenset())
        if not roles & set(way.roles):
            raise _refused(rights, way)
        if way.reason and not reason:
            raise ReviewerError(f"Moving it to {to.value} needs a reason.", "Say why.")
        if len(reason) > LONGEST_REASON:
            raise ReviewerError(f"The reason has {len(reason):,} characters.", f"Shorten it to {LONGEST_REASON:,}.")
        after = standing.last.move.id if standing.last is not None else ""
        base, table = standing.state.value, rights.tables.version
        event = CaseMoved(self._case, f"{self._user}:{uuid.uuid4().hex}", to.value, base, reason, after, table)
        return following(self._record(event), lambda _recorded: to)


def _refused(rights: Rights, way: Move) -> AccessRefused:
    who = rights.who_may(frozenset(way.roles))
    there = f"Ask {_or(who)}." if who else _ASSIGN
    return AccessRefused(f"Only {may_words(way)} moves a case from {way.start.value} to {way.end.value}.", there)


def _or(words: tuple[str, ...] | list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


__all__ = ["WRITERS", "CaseMoves", "Rights", "Standing", "rights_by", "rights_of", "state"]
