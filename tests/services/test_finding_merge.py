"""Property: whoever signs, returns and decides what, and whenever entries come to whom, all end with the same findings,
nothing that was signed is lost or mixed, and only who names a decision takes its place."""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain import finding_acts as acts
from reviewer.domain.errors import ReviewerError
from reviewer.domain.finding import Course, payload_of
from tests.services.finding_room import A1, A2, ARO, E1, LEHTO, SALO, VIRTA, Person, begin, meet, rebuilt

PEOPLE = (SALO, VIRTA, ARO, LEHTO)
DISPOSITIONS = ("sustained", "not_sustained", "unfounded")
_WHO, _WHICH = st.sampled_from(PEOPLE), st.sampled_from((A1, A2))
_STEP = st.one_of(
    st.tuples(st.just("sign"), _WHO, _WHICH, st.sampled_from(DISPOSITIONS)),
    st.tuples(st.just("decide"), st.sampled_from((ARO, LEHTO)), _WHICH, st.sampled_from(DISPOSITIONS)),
    st.tuples(st.just("return"), st.sampled_from((ARO, LEHTO)), _WHICH, st.just("Say more.")),
    st.tuples(st.just("answer"), _WHO, _WHICH, st.just("Said.")),
    st.tuples(st.just("dissent"), _WHO, _WHICH, st.sampled_from(DISPOSITIONS)),
    st.tuples(st.just("take back"), st.sampled_from((ARO, LEHTO)), _WHICH, st.just("")),
    st.tuples(st.just("follow"), _WHO, _WHO, st.sampled_from(("all", "one"))),
)


def _step(person: Person, what: str, which: str, said: str, n: int) -> None:
    course = person.read().of(which)
    if what == "sign":
        person.writes_and_signs(said, f"Step {n}: {{exhibit:{E1}}}", which)
    elif what == "decide":
        person.decisions.decide(which, said, "preponderance", f"Step {n}").result()
    elif what == "return" and course.standing:
        person.decisions.send_back(course.standing[-1].id, said).result()
    elif what == "answer" and course.open_returns:
        person.findings.answer(course.open_returns[0].id, said).result()
    elif what == "dissent" and course.standing:
        person.findings.dissent(course.standing[0].id, said, f"Step {n}").result()
    elif what == "take back" and course.returns:
        person.decisions.take_back(course.returns[0].id).result()


def _run(people: dict[str, Person], steps: list[tuple[str, str, str, str]]) -> None:
    for n, (what, who, which, said) in enumerate(steps):
        if what == "follow":
            if who != which:
                people[who].follow(people[which], None if said == "all" else 1)
            continue
        try:
            _step(people[who], what, which, said, n)
        except ReviewerError:
            continue  # what may not be done now is refused, and leaves nothing behind


def _decided_by_hand(people: dict[str, Person], allegation: str) -> set[str]:
    """Every decision in any log that no other decision names, counted from the entries themselves."""
    made = [
        event
        for person in people.values()
        for event, _ in person.log
        if isinstance(event, acts.DecisionSigned) and event.allegation == allegation
    ]
    named = {each for event in made for each in _named(event)}
    return {event.id for event in made} - named


def _named(event: acts.DecisionSigned) -> list[str]:
    found: list[str] = json.loads(payload_of(event.envelope))["supersedes"]
    return found


def _plain(course: Course) -> tuple[object, ...]:
    return course.findings, course.dissents, course.returns, course.decisions, course.standing, course.decided


@settings(max_examples=40)
@given(st.lists(_STEP, max_size=25), st.permutations(PEOPLE))
def test_all_end_with_the_same_and_no_decision_is_merged(
    steps: list[tuple[str, str, str, str]], order: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        people = {who: Person(who, Path(folder) / f"{who}.sqlite") for who in PEOPLE}
        for each in people.values():
            stack.callback(each.close)
        begin(*people.values())
        _run(people, steps)
        meet(*people.values())
        again = rebuilt({who: p.log for who, p in people.items()}, order, Path(folder) / "again.sqlite")
        for which in (A1, A2):
            wanted = _plain(again.of(which))
            for person in people.values():
                assert _plain(person.read().of(which)) == wanted
            assert {each.id for each in again.of(which).decided} == _decided_by_hand(people, which)
            signed = [e for p in people.values() for e, _ in p.log if isinstance(e, acts.FindingSigned)]
            assert {f.id for f in again.of(which).findings} == {e.id for e in signed if e.allegation == which}
        assert again.doubts == ()
