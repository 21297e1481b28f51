"""What was watched and what was not, against counting every microsecond by itself."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewer.domain.coverage import (
    UNSEEN,
    Coverage,
    Manner,
    coverage,
    has_sound,
    joined,
    length,
    length_words,
    lines,
    manner_of,
    next_unseen,
    parted,
    percent,
    relevant_words,
    sentence,
    share_words,
    short,
)
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.domain.view_acts import Crop, Source, Visible

MINUTE = 60 * SECOND
STRETCH = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda ends: (min(ends), max(ends)))
RELEVANT = st.dictionaries(st.sampled_from("abc"), st.lists(STRETCH, max_size=4), max_size=3)
SHOWN = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from([m for m in Manner if m is not Manner.NEVER]), STRETCH),
    max_size=25,
)


def _found(relevant: dict, shown: list) -> Coverage:
    windows = {key: [TimeRange(Utc(a), Utc(b)) for a, b in stretches] for key, stretches in relevant.items()}
    return coverage(windows, [(key, manner, [stretch]) for key, manner, stretch in shown])


@given(RELEVANT, SHOWN)
def test_each_microsecond_is_in_the_best_manner_that_anybody_saw_it_in(relevant: dict, shown: list) -> None:
    found = {each.recording: each for each in _found(relevant, shown).recordings}
    assert set(found) == set(relevant)
    for key, stretches in relevant.items():
        for at in range(41):
            matters = any(a <= at < b for a, b in stretches)
            best = min((m for k, m, (a, b) in shown if k == key and a <= at < b), default=Manner.NEVER)
            assert found[key].at(Utc(at)) == (best if matters else None)
            times = [m for m, found_ in found[key].manners.items() if any(a <= at < b for a, b in found_)]
            assert times == ([best] if matters else [])


@given(RELEVANT, SHOWN, SHOWN)
@example({"c": [(0, 1)]}, [("c", Manner.FILM, (0, 1))], [("c", Manner.HEARD, (0, 1))])
@example({"c": [(0, 1)]}, [("c", Manner.MAYBE, (0, 1))], [("c", Manner.HEARD, (0, 1))])
def test_more_views_never_make_anything_worse(relevant: dict, shown: list, more: list) -> None:
    before, after = _found(relevant, shown), _found(relevant, shown + more)
    assert before.relevant == after.relevant == sum(after.time(manner) for manner in Manner)
    assert after.unseen <= before.unseen
    for manner in Manner:
        better = [m for m in Manner if m <= manner]
        assert after.time(*better) >= before.time(*better)


@given(RELEVANT, SHOWN)
def test_what_is_said_never_says_more_than_is_so(relevant: dict, shown: list) -> None:
    found = _found(relevant, shown)
    said = sentence(found)
    if not found.relevant:
        assert "Nothing of it is relevant" in said
        return
    assert said.startswith("All of ") == (found.watched == found.relevant)
    assert percent(found.watched, found.relevant) * found.relevant <= 100 * found.watched
    assert ("never seen by anybody" in said) == (found.unseen > 0)
    assert sum(time for _, time, _ in lines(found)) == found.relevant


@given(st.lists(STRETCH, max_size=8), st.lists(STRETCH, max_size=8))
def test_what_is_parted_is_all_of_it_and_apart(one: list, other: list) -> None:
    whole, by = joined(one), joined(other)
    inside, outside = parted(whole, by)
    points = {at for a, b in whole for at in range(a, b)}
    taken = {at for a, b in by for at in range(a, b)}
    assert {at for a, b in inside for at in range(a, b)} == points & taken
    assert {at for a, b in outside for at in range(a, b)} == points - taken
    assert length(inside) + length(outside) == length(whole)
    assert all(a[1] < b[0] for a, b in pairwise(whole))


@pytest.mark.parametrize(
    ("how", "manner"),
    [
        ({}, Manner.SILENT),
        ({"heard": True}, Manner.SOUND),
        ({"rate": 500, "heard": True}, Manner.SOUND),
        ({"rate": 0}, Manner.SILENT),
        ({"rate": 1001, "heard": True}, Manner.FASTER),
        ({"rate": -1000}, Manner.BACKWARDS),
        ({"source": Source.PROXY}, Manner.COPY),
        ({"crop": Crop(0, 0, 900, 980)}, Manner.PART),
        ({"crop": Crop(0, 0, 940, 980)}, Manner.SILENT),
        ({"size": (400, 179)}, Manner.SMALL),
        ({"size": (319, 240)}, Manner.SMALL),
        ({"size": (180, 320)}, Manner.SILENT),  # a phone held upright
        ({"size": (0, 0), "heard": True}, Manner.HEARD),
        ({"size": (0, 0)}, None),
        ({"visible": Visible.COVERED}, None),
        ({"visible": Visible.MINIMISED, "heard": True}, Manner.HEARD),
        ({"visible": Visible.NOT_SAID, "source": Source.NOT_SAID}, Manner.SILENT),
        # the worst that can be said of it
        ({"rate": -4000, "source": Source.PROXY, "size": (252, 142)}, Manner.SMALL),
    ],
)
def test_a_view_counts_by_the_worst_that_can_be_said_of_it(how: dict, manner: Manner | None) -> None:
    given_ = {"rate": 1000, "size": (640, 360), "heard": False, **how}
    assert manner_of(given_.pop("rate"), given_.pop("size"), **given_) is manner


def test_sound_is_what_the_entry_says_else_what_its_rate_has() -> None:
    assert has_sound(1000, audible=True, heard=None)
    assert not has_sound(4000, audible=True, heard=None)
    assert not has_sound(1000, audible=False, heard=None)
    assert not has_sound(1000, audible=True, heard=False)


def _of(watched: int, whole: int, *more: tuple[Manner, int, int]) -> Coverage:
    views = [("a", manner, [(a, b)]) for manner, a, b in ((Manner.SILENT, 0, watched), *more)]
    return coverage({"a": [TimeRange(Utc(0), Utc(whole))]}, views)


def test_the_sentence() -> None:
    whole = 38 * MINUTE + 20 * SECOND
    most = whole - 12 * SECOND
    found = _of(whole * 479 // 1000, whole, (Manner.FASTER, 0, most))
    assert sentence(found) == "47 % of the 38 relevant minutes watched; 12 s never seen by anybody."
    assert short(found) == "47 % watched, 12 s never seen"
    assert short(_of(1, whole)) == "< 1 % watched, 38 min 20 s never seen"
    assert sentence(_of(whole, whole)) == "All of the 38 relevant minutes watched; no second left unseen."


def test_a_microsecond_that_is_missing_is_never_all() -> None:
    whole = 20 * MINUTE
    said = sentence(_of(whole - 1, whole), "K. Salo", "by K. Salo")
    assert said == "99 % of the 20 relevant minutes watched by K. Salo; 0.1 s never seen by K. Salo."


def test_what_a_crash_cut_off_is_said_apart() -> None:
    found = _of(5 * SECOND, 15 * SECOND, (Manner.MAYBE, 0, 15 * SECOND))
    assert sentence(found) == "33 % of the relevant 15 s watched; 10 s may have been shown in views that were cut off."
    found = _of(5 * SECOND, 15 * SECOND, (Manner.MAYBE, 4 * SECOND, 14 * SECOND))
    assert "1 s never seen by anybody, 9 s may have been shown in views that were cut off." in sentence(found)


def test_words_round_against_us() -> None:
    assert [share_words(n, 1000) for n in (0, 1, 479, 999, 1000)] == ["Nothing", "Less than 1 %", "47 %", "99 %", "All"]
    assert [length_words(n) for n in (0, 99_999, 9_999_999, 12_900_000)] == ["0 s", "0 s", "9.9 s", "12 s"]
    assert [length_words(n, up=True) for n in (1, 9_999_999, 12_000_001)] == ["0.1 s", "10 s", "13 s"]
    assert length_words(59_999_999, up=True) == "1 min"
    assert [length_words(n * SECOND) for n in (250, 240, 7500)] == ["4 min 10 s", "4 min", "2 h 05 min"]
    assert relevant_words(8 * MINUTE) == "the relevant 8 min"
    assert sentence(_of(0, 52 * SECOND + 1)) == "Nothing of the relevant 53 s watched; 53 s never seen by anybody."


def test_the_way_to_what_was_never_seen() -> None:
    found = _of(5, 40, (Manner.SILENT, 10, 20), (Manner.HEARD, 30, 35)).recordings[0]
    assert found.of(*UNSEEN) == ((5, 10), (20, 40))
    assert [next_unseen(found, Utc(at)) for at in (0, 5, 7, 20)] == [5, 20, 20, None]
    assert [next_unseen(found, Utc(at), -1) for at in (5, 6, 39)] == [None, 5, 20]
