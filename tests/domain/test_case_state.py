"""Which moves of a case count: the agency's table, the mover's role, and what followed what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.agency import DEFAULT, FormerMoves, Move
from reviewer.domain.case import CaseState
from reviewer.domain.case_acts import CaseMoved
from reviewer.domain.case_state import Said, Standing, standing_of
from reviewer.domain.roster import Role
from reviewer.domain.timebase import Utc

S = CaseState
INVESTIGATOR, SUPERVISOR, TRAINING = (frozenset({r}) for r in (Role.INVESTIGATOR, Role.SUPERVISOR, Role.TRAINING))


def moved(n: int, after: int, base: S, to: S, roles: frozenset[Role] = INVESTIGATOR, reason: str = "why") -> Said:
    event = CaseMoved("CR-1", name(n), to.value, base.value, reason, name(after) if after else "", 1)
    return Said(event, f"who-{n}", Utc(n), roles)


def name(n: int) -> str:
    return f"who-{n}:move"


def states(found: Standing) -> list[str]:
    return [step.move.to for step in found.taken]


def test_a_case_begins_in_screening_and_goes_where_it_is_moved() -> None:
    assert standing_of([], DEFAULT) == Standing(S.SCREENING)
    found = standing_of(
        [
            moved(1, 0, S.SCREENING, S.INVESTIGATION),
            moved(2, 1, S.INVESTIGATION, S.REVIEW),
            moved(3, 2, S.REVIEW, S.DECIDED, SUPERVISOR),
        ],
        DEFAULT,
    )
    assert (found.state, found.since, found.conflict) == (S.DECIDED, 3, None)
    assert found.reached(S.DECIDED, S.CLOSED) == 3
    assert found.reached(S.REVIEW) is None


@pytest.mark.parametrize(
    ("move", "why"),
    [
        (moved(2, 1, S.INVESTIGATION, S.DECIDED, SUPERVISOR), "No case goes from investigation to decided."),
        (moved(2, 1, S.INVESTIGATION, S.REVIEW, TRAINING), "Only an investigator or a supervisor may do this."),
        (moved(2, 1, S.INVESTIGATION, S.REVIEW, frozenset()), "Only an investigator or a supervisor may do this."),
        (moved(2, 1, S.INVESTIGATION, S.INFORMAL, SUPERVISOR, reason=" "), "It needs a reason."),
        (moved(2, 9, S.INVESTIGATION, S.REVIEW), "It follows a move that is not here yet, or does not count."),
    ],
)
def test_a_move_that_its_author_might_not_make_does_not_count_and_says_why(move: Said, why: str) -> None:
    found = standing_of([moved(1, 0, S.SCREENING, S.INVESTIGATION), move], DEFAULT)
    assert found.state is S.INVESTIGATION
    assert [step.why_not for step in found.steps] == ["", why]


def test_what_a_supervisor_decided_is_not_undone_by_a_later_move_of_somebody_who_did_not_know() -> None:
    """A day offline: the investigator sends to review what was decided meanwhile; their entry is the latest of all."""
    found = standing_of(
        [
            moved(1, 0, S.SCREENING, S.INVESTIGATION),
            moved(2, 1, S.INVESTIGATION, S.REVIEW),
            moved(3, 2, S.REVIEW, S.DECIDED, SUPERVISOR),
            moved(9, 1, S.INVESTIGATION, S.REVIEW),
        ],
        DEFAULT,
    )
    assert found.state is S.DECIDED
    assert found.conflict is not None
    assert found.conflict.user == "who-9"


def test_of_two_who_did_not_know_of_each_other_the_later_counts_and_the_other_is_shown() -> None:
    one, other = moved(5, 1, S.INVESTIGATION, S.REVIEW), moved(6, 1, S.INVESTIGATION, S.REVIEW, SUPERVISOR)
    found = standing_of([moved(1, 0, S.SCREENING, S.INVESTIGATION), one, other], DEFAULT)
    assert found.last is not None
    assert (found.last.user, found.conflict and found.conflict.user) == ("who-6", "who-5")


def test_under_a_new_table_a_case_stays_where_the_old_one_let_it_be_moved() -> None:
    old = (Move(S.SCREENING, S.CLOSED, (Role.INVESTIGATOR,)),)
    tables = replace(DEFAULT, version=2, former=(FormerMoves(1, old),))
    move = moved(1, 0, S.SCREENING, S.CLOSED)
    assert standing_of([move], tables).state is S.CLOSED
    assert standing_of([replace(move, move=replace(move.move, table=2))], tables).state is S.SCREENING


_STATES = st.sampled_from([*S])
_MOVES = st.lists(
    st.tuples(st.integers(0, 9), _STATES, _STATES, st.sampled_from([INVESTIGATOR, SUPERVISOR, TRAINING])), max_size=9
)


@given(made=_MOVES)
def test_what_counts_is_one_way_through_the_table_whatever_anybody_wrote(
    made: list[tuple[int, S, S, frozenset[Role]]],
) -> None:
    """Moves may name themselves, or each other in a ring, or what is not there."""
    said = [moved(n, after, base, to, roles) for n, (after, base, to, roles) in enumerate(made, start=1)]
    found = standing_of(said, DEFAULT)
    here, after = S.SCREENING, ""
    for step in found.taken:
        way = DEFAULT.move(S(step.move.base), S(step.move.to))
        assert way is not None
        assert (step.move.base, step.move.after) == (here.value, after)
        here, after = S(step.move.to), step.move.id
    assert found.state is here
    assert len(found.steps) == len(said)


def test_a_move_with_the_name_of_another_does_not_take_its_place() -> None:
    """Not its author's own earlier one, nor, even if it were dated before it, a colleague's."""
    move = moved(1, 0, S.SCREENING, S.INVESTIGATION)
    again = moved(1, 0, S.SCREENING, S.INFORMAL, SUPERVISOR)
    assert standing_of([move, again], DEFAULT).state is S.INVESTIGATION
    found = standing_of([replace(again, user="who-2"), move], DEFAULT)
    assert found.state is S.INVESTIGATION
    assert [step.counts for step in found.steps] == [False, True]
