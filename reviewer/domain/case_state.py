"""Where a case stands, out of what everybody said of it: which moves count, and why the others do not.

Each move names the one that it follows, so all of them are a tree. A move counts if its author might (agency's table,
role on the case) and it leads on from one that counts. Where two people moved the case and did not know of each other,
the branch that a supervisor alone could take goes before one that anybody could, then the one in which something was
done last, by (lamport, origin, index): never wall time. So the same moves give the same state in whatever order they
came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from reviewer.domain.agency import Move, Tables
from reviewer.domain.case import CaseState
from reviewer.domain.case_acts import CaseMoved
from reviewer.domain.roles import Role
from reviewer.domain.timebase import Utc

_ANOTHER_WAY = "Somebody else moved the case another way, and neither knew of the other."


@dataclass(frozen=True, slots=True)
class Said:
    """A move as it was recorded: by whom, when, with which roles on the case."""

    move: CaseMoved
    user: str
    at: Utc
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Step:
    """`why_not` is "" for a move that counts."""

    move: CaseMoved
    user: str
    at: Utc
    why_not: str = ""

    @property
    def counts(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Standing:
    """`steps` are all moves in the order in which they were recorded, those that do not count among them."""

    state: CaseState
    steps: tuple[Step, ...] = ()

    @property
    def taken(self) -> tuple[Step, ...]:
        """The steps that led here."""
        return tuple(step for step in self.steps if step.counts)

    @property
    def last(self) -> Step | None:
        """The step into this state; None while nobody moved it."""
        return self.taken[-1] if self.taken else None

    @property
    def since(self) -> Utc | None:
        """When it came into this state; None while nobody moved it."""
        return self.last.at if self.last is not None else None

    def reached(self, *states: CaseState) -> Utc | None:
        """When it came into one of these states and has been in one of them since; None if it is in none of them."""
        run = list(takewhile(lambda step: step.move.to in states, reversed(self.taken)))
        return run[-1].at if run else None

    @property
    def conflict(self) -> Step | None:
        """The newest move that somebody made without knowing of another, and that does not count."""
        return next((step for step in reversed(self.steps) if step.why_not == _ANOTHER_WAY), None)


def standing_of(moves: Iterable[Said], tables: Tables) -> Standing:
    """Where a case stands after these moves, given in the order of (lamport, origin, index)."""
    said = list(moves)
    why = [_why_not(each, tables) for each in said]
    children: dict[str, list[int]] = {}
    first: dict[str, int] = {}
    for n, each in enumerate(said):
        if not why[n] and first.setdefault(each.move.id, n) == n:
            children.setdefault(each.move.after, []).append(n)
    path = _path(said, children, tables)
    taken = frozenset(path)
    reached = {said[n].move.id for n in taken} | {""}
    steps = []
    for n, each in enumerate(said):
        reason = why[n] or ("" if n in taken else _aside(each.move, reached, first))
        steps.append(Step(each.move, each.user, each.at, reason))
    return Standing(CaseState(said[path[-1]].move.to) if path else CaseState.SCREENING, _in_order(steps, path, said))


def _why_not(said: Said, tables: Tables) -> str:
    """Why nobody with this role may do this, whatever else was done; "" if they may."""
    move = said.move
    if move.to not in tuple(CaseState) or move.base not in tuple(CaseState):
        return "It names a state that this program does not know."
    if not move.id.startswith(f"{said.user}:"):
        return "Its name is not its author’s to give."  # so nobody's move takes the place of another's
    way = tables.move(CaseState(move.base), CaseState(move.to), move.table)
    if way is None:
        return f"No case goes from {move.base} to {move.to}."
    if not said.roles & set(way.roles):
        return f"Only {may_words(way)} may do this."
    return "It needs a reason." if way.reason and not move.reason.strip() else ""


def may_words(way: Move) -> str:
    """Who may, as it is read: "an investigator or a supervisor"."""
    return " or ".join(("an " if role.value[0] in "aeiou" else "a ") + role.value for role in way.roles)


def _path(said: list[Said], children: Mapping[str, list[int]], tables: Tables) -> list[int]:
    """The moves that led to where the case stands, first to last."""
    reached: list[int] = []
    below: dict[int, list[int]] = {}
    roots = _following(said, children, "", CaseState.SCREENING.value)
    queue = list(roots)
    while queue:  # whatever somebody made that follows itself is not reached from the beginning
        n = queue.pop()
        reached.append(n)
        below[n] = _following(said, children, said[n].move.id, said[n].move.to)
        queue.extend(below[n])
    weight: dict[int, tuple[bool, int]] = {}
    for n in reversed(reached):  # what follows a move comes before it here
        more = [weight[c] for c in below[n]]
        leads = _leads(said[n].move, tables) or any(led for led, _ in more)
        weight[n] = leads, max(n, *(last for _, last in more)) if more else n
    path: list[int] = []
    on = roots
    while on:
        path.append(max(on, key=lambda n: weight[n]))
        on = below[path[-1]]
    return path


def _following(said: list[Said], children: Mapping[str, list[int]], after: str, state: str) -> list[int]:
    return [n for n in children.get(after, ()) if said[n].move.base == state]


def _leads(move: CaseMoved, tables: Tables) -> bool:
    """Whether only somebody who leads could do it."""
    way = tables.move(CaseState(move.base), CaseState(move.to), move.table)
    return way is not None and Role.INVESTIGATOR not in way.roles


def _aside(move: CaseMoved, reached: set[str], first: Mapping[str, int]) -> str:
    """Why a move that its author might do does not count."""
    if move.after and move.after not in first and move.after not in reached:
        return "It follows a move that is not here yet, or does not count."
    return _ANOTHER_WAY


def _in_order(steps: list[Step], path: list[int], said: list[Said]) -> tuple[Step, ...]:
    """As recorded; those that count in the order in which they follow each other."""
    taken = iter(path)
    places = set(path)
    return tuple(steps[next(taken)] if n in places else steps[n] for n in range(len(said)))
