"""The gate counted against a plain second-by-second count, and its words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain import codec
from reviewer.domain.agency import Gate as Rule
from reviewer.domain.coverage import joined, length
from reviewer.domain.gate import (
    CRUMB,
    AllegationGate,
    Basis,
    CaseGate,
    GateStands,
    Pace,
    View,
    camera_gate,
    clock_words,
    notes,
    pace_of,
    rule_words,
    sentence,
    shut_words,
    slow_words,
    stands,
)
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc

S = int(SECOND)
_STRETCH = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: (pair[0] * S, (pair[0] + pair[1]) * S))
_RATES = st.sampled_from([0, 250, 500, 1000, 1500, 2000, 4000, 16_000])
_VIEWS = st.lists(
    st.tuples(st.sampled_from(["salo", "vuori"]), st.just("a"), _RATES, st.lists(_STRETCH, max_size=4)), max_size=8
)


def _gate(*cameras: tuple[str, list[tuple[int, int]], list[View]]) -> AllegationGate:
    made = tuple(camera_gate(key, joined(required), views, 2000) for key, required, views in cameras)
    return AllegationGate("al", "A1", Rule(), Basis.ALLEGED, TimeRange(Utc(0), Utc(80 * S)), made)


@given(st.lists(_STRETCH, min_size=1, max_size=4), _VIEWS)
def test_every_second_counts_as_a_plain_count_has_it(required: list[tuple[int, int]], views: list[View]) -> None:
    found = camera_gate("a", joined(required), views, 2000)
    for second in range(82):
        at = second * S
        asked = any(a <= at < b for a, b in required)
        seen = {(u, r) for u, _, r, stretches in views if any(a <= at < b for a, b in stretches)}
        watched = asked and any(rate <= 2000 for _, rate in seen)
        assert any(a <= at < b for a, b in found.watched) is watched
        assert any(a <= at < b for a, b in found.left) is (asked and not watched)
        slow = asked and any(r < 1000 for _, r in seen) and not any(1000 <= r <= 2000 for _, r in seen)
        assert any(a <= at < b for a, b in found.slow_only) is slow
        for user in ("salo", "vuori"):
            own = asked and any(u == user and r <= 2000 for u, r in seen)
            assert any(a <= at < b for a, b in found.of(user)) is own
    assert length(found.left) + length(found.watched) == length(found.required)


@given(st.lists(_STRETCH, min_size=1, max_size=3), st.lists(_STRETCH, min_size=1, max_size=3), _VIEWS)
def test_what_two_allegations_ask_for_is_counted_once(
    one: list[tuple[int, int]], two: list[tuple[int, int]], views: list[View]
) -> None:
    case = CaseGate((_gate(("a", one, views)), _gate(("a", two, views))))
    (both,) = case.cameras
    alone = camera_gate("a", joined([*one, *two]), views, 2000)
    assert both == alone
    assert case.left == length(alone.left)


def test_the_last_frames_of_a_file_do_not_keep_the_gate_shut_and_nothing_longer_passes() -> None:
    whole = [(0, 60 * S)]
    almost = camera_gate("a", joined(whole), [("salo", "a", 1000, [(0, 60 * S - int(CRUMB) + 1)])], 2000)
    assert almost.left == ()
    short = camera_gate("a", joined(whole), [("salo", "a", 1000, [(0, 60 * S - int(CRUMB))])], 2000)
    assert length(short.left) == CRUMB
    # A part that is shorter than that, of which nobody saw anything, was not watched.
    tiny = camera_gate("a", joined([(0, 60 * S), (70 * S, 70 * S + 1000)]), [("salo", "a", 1000, [(0, 60 * S)])], 2000)
    assert tiny.left == ((70 * S, 70 * S + 1000),)


def test_paces() -> None:
    fast = [pace_of(rate, 2000) for rate in (0, 999, 1000, 1001, 2000, 2001)]
    assert fast == [Pace.SLOW, Pace.SLOW, Pace.REAL, Pace.FAST, Pace.FAST, Pace.TOO_FAST]


def test_who_watched_how_much_and_how_is_said_and_kept_with_a_finding() -> None:
    views: list[View] = [
        ("salo", "a", 1000, [(0, 20 * S)]),
        ("vuori", "a", 2000, [(10 * S, 50 * S)]),
        ("aro", "a", 8000, [(0, 60 * S)]),
        ("salo", "a", 500, [(50 * S, 55 * S)]),
    ]
    gate = _gate(("a", [(0, 60 * S)], views), ("b", [(0, 30 * S)], []))
    assert gate.people == ("vuori", "salo")
    assert (gate.by("salo"), gate.by("vuori"), gate.by("aro")) == (25 * S, 40 * S, 0)
    assert (gate.required, gate.watched, gate.left, gate.met) == (90 * S, 55 * S, 35 * S, False)
    assert gate.at(Pace.TOO_FAST) == 60 * S
    assert gate.slow_only == 5 * S
    assert "5 s was seen in slow motion only" in slow_words(gate)
    assert sentence(gate) == "0:35 of the required 1:30 was not watched at 2× or slower."
    kept = stands(gate)
    assert codec.decode(GateStands, codec.encode(kept)) == kept
    assert kept.cameras[0].left == (TimeRange(Utc(55 * S), Utc(60 * S)),)
    assert [(each.user, each.watched, each.real, each.slow, each.fast) for each in kept.people] == [
        ("vuori", 40 * S, 0, 0, 40 * S),
        ("salo", 25 * S, 20 * S, 5 * S, 0),
    ]


def test_what_was_watched_without_its_sound_is_said() -> None:
    seen: list[View] = [("salo", "a", 1000, [(0, 60 * S)])]
    camera = camera_gate("a", joined([(0, 60 * S)]), seen, 2000, [("salo", "a", 1000, [(0, 20 * S)])])
    assert camera.unheard == 40 * S
    made = AllegationGate("al", "A1", Rule(), Basis.ALL, None, (camera,), (), ("b",), followed=False)
    assert notes(CaseGate((made, made)), lambda key: f"camera {key}") == (
        "A1, A1: no time is alleged, so all footage of the case counts.",
        "Camera b rolled then too and is not assigned to this case.",
        "Counted from this machine’s log alone; other people’s logs are not here.",
        "0:40 watched without sound: nobody heard what is said there.",
    )


def test_findings_that_are_closed_are_named() -> None:
    shut = _gate(("a", [(0, 60 * S)], []))
    three = CaseGate(tuple(replace(shut, allegation=str(n), name=f"A{n}") for n in (1, 2, 3)))
    assert shut_words(three) == "A1, A2 and A3 findings closed: 1:00 of required footage not watched"
    assert shut_words(CaseGate((shut,))) == "A1 finding closed: 1:00 of required footage not watched"
    assert shut_words(CaseGate(())) == ""


def test_all_watched_and_nobody_rolled() -> None:
    assert sentence(_gate(("a", [(0, 60 * S)], [("salo", "a", 1000, [(0, 60 * S)])]))).startswith("All of the required")
    nothing = _gate()
    assert nothing.met
    assert sentence(nothing) == "No camera of the case rolled at that time."
    assert slow_words(nothing) == ""


@pytest.mark.parametrize(
    ("micros", "words"), [(1, "0:01"), (59_000_001, "1:00"), (252 * S, "4:12"), (3_725 * S, "1:02:05")]
)
def test_time_left_is_rounded_up(micros: int, words: str) -> None:
    assert clock_words(micros) == words


def test_the_rule_in_words() -> None:
    assert rule_words(Rule()) == "every camera present, alleged moment ± 2 min, at 2× or slower"
    uneven = Rule(Micros(60 * S), Micros(30 * S), 1500)
    assert (
        rule_words(uneven) == "every camera present, alleged moment from 1 min before to 30 s after, at 1.5× or slower"
    )
