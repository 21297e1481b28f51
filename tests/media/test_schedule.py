"""Which frame of which recording stands where in a file, and what is heard there."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.redaction import Redaction, Withheld
from reviewer.domain.render import Layout, Purpose, Rate, RenderPlan, Scene, SceneSource
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.media.camera import CameraTimes
from reviewer.media.schedule import CARD_STEP, Kind, frame_count, length, passages, schedule, sound, time_base
from tests.media.footage import START, camera, clip, part, pattern
from tests.media.rendering import at, camera_of, span, times_of


def copy(*stretches: TimeRange, withheld: tuple[Withheld, ...] = ()) -> RenderPlan:
    plan = Redaction(withheld=withheld)
    return RenderPlan(Purpose.DISCLOSURE, (), plan, recording="one", stretches=stretches)


def held(start: float, end: float) -> Withheld:
    return Withheld("w", "r1", "one", at(start), at(end), "third")


def test_a_whole_recording_keeps_every_frame_and_every_distance(tmp_path: Path) -> None:
    data = clip(pattern([1, 1, 3, 1, 2, 1, 7, 1]))
    times = times_of(camera_of(tmp_path, "one", data))
    frames = list(schedule(copy(), times))
    index = times["one"].indexes[0]
    assert index is not None
    assert time_base(copy(), times) == index.time_base
    assert [f.pts for f in frames] == [int(p - index.pts[0]) for p in index.pts]
    assert [f.sources[0].frame for f in frames] == list(range(len(index)))
    assert [f.sources[0].stated for f in frames] == [times["one"].time(0, n) for n in range(len(index))]
    assert frame_count(copy(), times) == len(index)


def test_only_frames_whose_own_time_lies_in_a_stretch_are_shown(tmp_path: Path) -> None:
    times = times_of(camera_of(tmp_path, "one", clip()))
    shown = [f.sources[0].stated for f in schedule(copy(span(0.5, 1.0)), times) if f.sources]
    assert shown == [at(0.52 + 0.04 * n) for n in range(12)]


def test_a_card_stands_where_something_is_withheld_and_between_stretches(tmp_path: Path) -> None:
    times = times_of(camera_of(tmp_path, "one", clip()))
    plan = copy(span(0, 1), span(1.5, 2.4), withheld=(held(0.4, 0.6), held(0.5, 0.7)))
    made = passages(plan, times)
    kinds = [p.kind for p in made]
    assert kinds == [Kind.FOOTAGE, Kind.WITHHELD, Kind.FOOTAGE, Kind.LEFT_OUT, Kind.FOOTAGE]
    assert made[1].range == span(0.4, 0.7) and len(made[1].withheld) == 2
    assert made[3].range == span(1, 1.5)
    base = time_base(plan, times)
    assert all((p.end - p.begin) * base == 3 for p in made if p.kind is not Kind.FOOTAGE)
    assert all(a.end == b.begin for a, b in pairwise(made))
    card = [f for f in schedule(plan, times) if f.passage == 1]
    assert len(card) == 3 * SECOND // CARD_STEP and not any(f.sources for f in card)


def test_nothing_of_what_is_withheld_is_shown_or_heard(tmp_path: Path) -> None:
    times = times_of(camera_of(tmp_path, "one", clip(tone=True)))
    plan = copy(withheld=(held(0.5, 1.1),))
    assert all(not at(0.5) <= s.stated < at(1.1) for f in schedule(plan, times) for s in f.sources)
    for each in sound(plan, times):
        assert not TimeRange(each.stated, Utc(each.stated + each.end - each.begin)).overlap(span(0.5, 1.1))


def test_a_hole_between_two_parts_is_said_a_short_one_is_bridged(tmp_path: Path) -> None:
    long = times_of(camera_of(tmp_path, "one", clip(), clip(), gap=Micros(5 * SECOND)))
    assert [p.kind for p in passages(copy(), long)] == [Kind.FOOTAGE, Kind.NOT_RECORDED, Kind.FOOTAGE]
    short = times_of(camera_of(tmp_path, "one", clip(), clip(), gap=Micros(100_000)))
    first, second = passages(copy(), short)
    assert (second.begin - first.begin) * time_base(copy(), short) == Fraction(25, 10)
    assert length(copy(), short) == pytest.approx(4.9 * SECOND, abs=1000)


def test_a_part_that_is_not_known_is_an_error() -> None:
    times = {"one": CameraTimes(camera(part(clip())))}
    with pytest.raises(UnreadableMedia, match="Part 1"):
        list(schedule(copy(), times))


def reel(*scenes: Scene, withheld: tuple[Withheld, ...] = ()) -> RenderPlan:
    return RenderPlan(Purpose.REEL, scenes, Redaction(withheld=withheld), Rate(30, 1), 320, 180)


def test_a_reel_shows_the_newest_frame_of_each_camera_at_a_steady_rate(tmp_path: Path) -> None:
    one, two = camera_of(tmp_path, "one", clip()), camera_of(tmp_path, "two", clip(tuple(range(0, 60, 2))))
    times = times_of(one, two)
    sources = (SceneSource("one", at(0.5)), SceneSource("two", at(0.5)))
    plan = reel(Scene(Micros(SECOND), lines=("Hello",)), Scene(Micros(SECOND), sources, Layout.SIDE))
    frames = list(schedule(plan, times))
    assert [f.pts for f in frames] == list(range(60)) and frame_count(plan, times) == 60
    for frame in frames[30:]:
        wanted = at(0.5) + frame.at - SECOND
        assert [s.frame for s in frame.sources] == [times[s.recording].locate(Utc(wanted)).frame for s in frame.sources]


def test_a_question_holds_the_first_frame_without_sound(tmp_path: Path) -> None:
    times = times_of(camera_of(tmp_path, "one", clip(tone=True)))
    plan = reel(Scene(Micros(SECOND), (SceneSource("one", at(0.5)),), holds=True))
    assert {f.sources[0].frame for f in schedule(plan, times)} == {12}
    assert sound(plan, times) == ()


def test_withheld_footage_has_no_picture_and_no_sound_in_a_reel(tmp_path: Path) -> None:
    times = times_of(camera_of(tmp_path, "one", clip(tone=True)))
    plan = reel(Scene(Micros(2 * SECOND), (SceneSource("one", at(0.2)),)), withheld=(held(1, 1.5),))
    gone = [f.at for f in schedule(plan, times) if f.sources[0].withheld]
    assert gone and all(not f.sources[0].has_picture for f in schedule(plan, times) if f.at in gone)
    assert min(gone) <= 800_000 and max(gone) >= 1_266_000
    assert [(h.begin, h.end) for h in sound(plan, times)] == [(0, 800_000), (1_300_000, 2_000_000)]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 9_000_000), st.integers(1, 4_000_000), st.lists(st.integers(0, 60), max_size=4, unique=True))
def test_a_piece_of_the_schedule_is_the_same_piece_of_the_whole(since: int, lasts: int, cuts: list[int]) -> None:
    one = camera(part(clip(pattern([1, 2] * 25))), part(clip(), Utc(START + 4 * SECOND)))
    times = times_of(one)
    places = [n / 10 for n in sorted(cuts)]
    gone = tuple(held(a, b) for a, b in zip(places[::2], places[1::2], strict=False))
    for plan in (copy(withheld=gone), reel(Scene(Micros(3_333_333), (SceneSource("one", at(0.1)),)), withheld=gone)):
        whole = list(schedule(plan, times))
        piece = list(schedule(plan, times, Micros(since), Micros(since + lasts)))
        assert piece == [f for f in whole if since <= f.at < since + lasts]
        assert [f.number for f in whole] == list(range(len(whole))) and len(whole) == frame_count(plan, times)
        assert all(a.pts < b.pts for a, b in pairwise(whole))
