"""Clocks made up, with what sources would say of them: `solve` must find them again, and say who lies."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.alignment.network import factors
from reviewer.alignment.solve import solve
from reviewer.domain.alignment import Alignment, Correction, Reading, SourceKind
from reviewer.domain.timebase import SECOND, Micros, Utc

NOW = Utc(1_781_384_400_000_000)
HALF_HOUR = 1_800
HOUR = 3_600 * SECOND
GPS, SOUND, CUE = SourceKind.GPS, SourceKind.SOUND, SourceKind.CUE
MANIFEST, CONTAINER, DEVICE = SourceKind.MANIFEST, SourceKind.CONTAINER, SourceKind.DEVICE
ROUNDING = 2  # µs


@dataclass(frozen=True)
class World:
    """Cameras as they are (`true`: what has to be added to their stated time), and honest sources that tell of them.
    `noise` gives what a source is off, in its σ."""

    true: dict[str, Correction]
    noise: Callable[[], float] = lambda: 0.0

    @property
    def ids(self) -> list[str]:
        return sorted(self.true)

    @property
    def pivots(self) -> dict[str, Utc]:
        return {c.recording: c.pivot for c in self.true.values()}

    def utc(self, kind: SourceKind, camera: str, sigma: int, after: int = 0) -> Reading:
        at = Utc(self.true[camera].pivot + after * SECOND)
        return Reading(kind, camera, None, at, self._said(self.true[camera].to_wall(at) - at, sigma), Micros(sigma))

    def pair(
        self, kind: SourceKind, one: str, other: str, sigma: int, after: int = 0, drift_sigma: int | None = None
    ) -> Reading:
        at = Utc(self.true[one].pivot + after * SECOND)
        reading = Reading(kind, one, other, at, self._said(self._offset(one, other, at), sigma), Micros(sigma))
        if drift_sigma is None:
            return reading
        later = Utc(at + 1_000 * SECOND)
        grown = (self._offset(one, other, later) - self._offset(one, other, at)) // 1  # µs in 1,000 s: ppb
        return replace(reading, drift_ppb=self._said(grown, drift_sigma), drift_sigma_ppb=drift_sigma)

    def _offset(self, one: str, other: str, at: Utc) -> int:
        return self.true[other].to_stated(self.true[one].to_wall(at)) - at

    def _said(self, truth: int, sigma: int) -> Micros:
        return Micros(truth + round(self.noise() * sigma))


def world(*clocks: tuple[int, int], noise: Callable[[], float] = lambda: 0.0) -> World:
    """Cameras a, b, c … by (offset µs, drift ppb), all rolling at `NOW` of wall time."""
    true = {}
    for i, (offset, drift) in enumerate(clocks):
        name = chr(ord("a") + i)
        true[name] = Correction(name, Micros(offset), Micros(0), Utc(NOW - offset), drift)
    return World(true, noise)


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - made-up clocks, nothing secret


def off(found: Alignment, made: World, *, over: int = HALF_HOUR) -> float:
    """The worst of all that `found` says, in its own σ: each camera against UTC, each two against each other, at the
    middle of the recordings and `over` seconds before and after."""
    worst = 0.0
    for seconds in (-over, 0, over):
        wall = Utc(NOW + seconds * SECOND)
        errors = {}
        for camera, true in made.true.items():
            mine, stated = found.of(camera), true.to_stated(wall)
            assert mine is not None
            errors[camera] = mine.to_wall(stated) - wall
            worst = max(worst, abs(errors[camera]) / (mine.sigma_at(stated) + ROUNDING))
        for one in made.true:
            for other in made.true:
                sigma = found.joint_sigma(one, other, wall)
                assert sigma is not None
                worst = max(worst, abs(errors[one] - errors[other]) / (sigma + ROUNDING))
    return worst


def left_out(found: Alignment) -> list[Reading]:
    return [j.reading for j in found.judged if not j.used]


def why(found: Alignment, reading: Reading) -> str:
    return next(j.why for j in found.judged if j.reading == reading)


# -- what is given is found again


CLOCK = st.tuples(st.integers(-26 * 365 * 86_400 * SECOND, 26 * 365 * 86_400 * SECOND), st.integers(-100_000, 100_000))

STEADY = st.tuples(st.integers(-(10**12), 10**12), st.integers(-10_000, 10_000))


def honest_sources(made: World, rng: random.Random) -> list[Reading]:
    """Every two cameras by sound, every one by GPS, some by their own clock too, at different times."""
    when = lambda: rng.randint(-HALF_HOUR, HALF_HOUR)  # noqa: E731 - said where it is used
    said = [made.utc(GPS, c, rng.choice([500_000, 1_000_000]), when()) for c in made.ids]
    said += [made.utc(CONTAINER, c, 4 * HOUR, when()) for c in made.ids if rng.random() < 0.5]
    for i, one in enumerate(made.ids):
        for other in made.ids[i + 1 :]:
            pair = rng.sample([one, other], 2)
            said.append(made.pair(SOUND, *pair, rng.randint(1_500, 3_000), when(), rng.randint(200, 2_000)))
    return said


@given(st.lists(CLOCK, min_size=5, max_size=8), st.integers(0, 2**32), st.data())
def test_any_clocks_are_found_with_one_source_lying(
    clocks: list[tuple[int, int]], seed: int, data: st.DataObject
) -> None:
    """By as much as it likes; honest sources are within half their σ, each its own way (if all erred together, no ±
    that shrinks with their number would hold). If the lie is a gross one, it is named."""
    rng = seeded(seed)
    made = world(*clocks, noise=lambda: rng.uniform(-0.5, 0.5))
    said = honest_sources(made, rng)
    liar = data.draw(st.integers(0, len(said) - 1), "liar")
    lie = data.draw(st.floats(-6, 6), "lie, a power of ten of σ")
    by = round(said[liar].sigma * 10 ** abs(lie)) * (1 if lie > 0 else -1)
    said[liar] = replace(said[liar], offset=Micros(said[liar].offset + by))
    found = solve(said, made.ids, made.pivots)
    assert off(found, made) < 3
    assert left_out(found) in ([], [said[liar]])
    if abs(by) > 10 * said[liar].sigma and said[liar].kind is not SOUND:
        assert left_out(found) == [said[liar]]
    if abs(by) > 20 * said[liar].sigma:
        assert left_out(found) == [said[liar]]


@given(st.lists(STEADY, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_with_exact_sources_all_is_exact(clocks: list[tuple[int, int]], rng: random.Random) -> None:
    made = world(*clocks)
    said = honest_sources(made, rng)
    found = solve(said, made.ids, made.pivots)
    assert off(found, made) < 0.3  # their common drift is 10 of the 50 ppm that are assumed
    assert all(j.used for j in found.judged)


@given(st.lists(CLOCK, min_size=3, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_the_readings_changes_nothing(clocks: list[tuple[int, int]], rng: random.Random) -> None:
    made = world(*clocks, noise=lambda: rng.uniform(-1, 1))
    said = honest_sources(made, rng)
    found = solve(said, made.ids, made.pivots)
    mixed = rng.sample(said, len(said))
    again = solve(mixed, list(reversed(made.ids)), made.pivots)
    assert (again.corrections, again.between) == (found.corrections, found.between)
    assert again.misclosures == found.misclosures
    assert {id(j.reading): j for j in again.judged} == {id(j.reading): j for j in found.judged}


@given(st.lists(CLOCK, min_size=1, max_size=6), st.data())
def test_whatever_is_said_something_sober_comes_out(clocks: list[tuple[int, int]], data: st.DataObject) -> None:
    """Readings without sense: no warning, no endless judging, σ above zero, each with its verdict."""
    made = world(*clocks)
    some = st.builds(
        Reading,
        st.sampled_from(SourceKind),
        st.sampled_from([*made.ids, "stranger"]),
        st.sampled_from([None, *made.ids, "stranger"]),
        st.integers(NOW - 50 * 365 * 86_400 * SECOND, NOW).map(Utc),
        st.integers(-(10**15), 10**15).map(Micros),
        st.integers(0, 10**12).map(Micros),
        st.none() | st.integers(-(10**9), 10**9),
        st.none() | st.integers(0, 10**8),
    )
    said = data.draw(st.lists(some, max_size=25))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = solve(said, made.ids, made.pivots)
    assert [j.reading for j in found.judged] == said
    assert all(c.sigma > 0 and c.drift_sigma_ppb > 0 for c in found.corrections)
    assert all(b.sigma > 0 for b in found.between.values())


# -- what is not known is not claimed


def test_a_camera_that_nothing_joins_stays_on_its_own_clock() -> None:
    made = world((0, 0), (5 * SECOND, 0), (0, 0))
    said = [made.pair(SOUND, "a", "b", 1_000), made.utc(MANIFEST, "a", 100_000)]
    alone = Reading(MANIFEST, "c", None, NOW, Micros(0), Micros(300_000))
    found = solve([*said, alone], [*made.ids, "nothing said"], made.pivots)
    c = found.of("c")
    assert c is not None
    assert (c.offset, c.drift_ppb) == (0, 0)
    assert c.sigma == pytest.approx(300_000, abs=2)
    assert ("a", "c") not in found.between
    assert ("b", "c") not in found.between
    assert found.joint_sigma("a", "c") == pytest.approx(316_228, abs=3)
    assert found.of("nothing said") is None
    assert why(found, alone) == "Nothing else checks it."


def test_what_no_other_reading_could_show_is_said() -> None:
    """Two cameras, GPS and one sound: the sound could be seconds wrong, and nobody would know."""
    made = world((0, 0), (37 * SECOND, 0))
    said = [made.utc(GPS, "a", SECOND), made.utc(GPS, "b", SECOND), made.pair(SOUND, "a", "b", 1_000)]
    found = solve(said, made.ids, made.pivots)
    assert why(found, said[2]) == "Hardly checked: if it were off by 6.65 s, no other reading would show it."
    assert why(found, said[0]) == ""
    assert found.joint_sigma("a", "b") == pytest.approx(1_000, abs=20)
    a = found.of("a")
    assert a is not None
    assert a.sigma == pytest.approx(SECOND / 2**0.5, abs=1_000)


def test_two_measurements_that_contradict_each_other_are_both_in_doubt() -> None:
    """Nothing says which: the answer lies between, and either truth is within its ±."""
    made = world((0, 0), (0, 0))
    said = [made.utc(GPS, "a", SECOND), made.utc(DEVICE, "a", SECOND)]
    said[1] = replace(said[1], offset=Micros(37 * SECOND))
    found = solve(said, ["a"], made.pivots)
    a = found.of("a")
    assert a is not None
    assert a.offset == pytest.approx(18.5 * SECOND, abs=SECOND)
    assert a.sigma * 2 > 18.5 * SECOND
    assert left_out(found) == []
    for each in found.judged:
        assert each.why == "It contradicts others, and which of them is wrong cannot be told: it counts with ± 36.9 s."
        assert each.weighed is not None


def test_a_triangle_that_does_not_close_names_all_three() -> None:
    made = world((0, 0), (3 * SECOND, 0), (-9 * SECOND, 0))
    said = [made.pair(SOUND, *pair, 1_000) for pair in ("ab", "bc", "ac")]
    said[1] = replace(said[1], offset=Micros(said[1].offset + 60_000))
    found = solve([*said, *(made.utc(GPS, c, SECOND) for c in "abc")], made.ids, made.pivots)
    assert left_out(found) == []
    assert [m.error for m in found.misclosures] == [pytest.approx(60_000, abs=2)]
    assert all("cannot be told" in why(found, each) for each in said)
    assert off(found, made) < 3


def test_a_clock_s_own_word_gives_way_to_what_compared_two() -> None:
    """Nothing in the numbers says which of the two is wrong; it is said that way."""
    made = world((37 * SECOND, 0))
    said = [Reading(MANIFEST, "a", None, NOW, Micros(0), Micros(SECOND)), made.utc(GPS, "a", SECOND)]
    found = solve(said, ["a"], made.pivots)
    assert left_out(found) == [said[0]]
    assert why(found, said[0]).endswith("Nothing else tells which is wrong; a clock’s own word counts least: left out.")
    assert off(found, made) < 1


def test_two_clocks_of_equal_rank_that_a_sound_contradicts_share_the_blame() -> None:
    """Which of them is 37 s off UTC cannot be told; how they stand to each other can."""
    made = world((0, 0), (37 * SECOND, 0))
    at = made.pivots
    clocks = [Reading(MANIFEST, c, None, at[c], Micros(0), Micros(SECOND)) for c in "ab"]
    found = solve([*clocks, made.pair(SOUND, "a", "b", 1_000)], made.ids, made.pivots)
    assert left_out(found) == []
    assert all("cannot be told" in why(found, c) for c in clocks)
    assert found.joint_sigma("a", "b") == pytest.approx(1_000, abs=5)
    assert off(found, made, over=0) < 3


# -- who lies


def test_the_one_clock_that_is_37_s_off_is_named_by_sound_alone() -> None:
    made = world((0, 0), (0, 0), (37 * SECOND, 0), (0, 0), noise=lambda: 0.5)
    clocks = [Reading(MANIFEST, c, None, NOW, Micros(0), Micros(200_000)) for c in made.ids]
    sounds = [made.pair(SOUND, one, "c", 2_000, 0, 3_000) for one in "abd"]
    found = solve([*clocks, *sounds], made.ids, made.pivots)
    assert left_out(found) == [clocks[2]]
    assert why(found, clocks[2]).startswith("Off by 37.")
    assert why(found, clocks[2]).endswith("from what the others say, and they agree without it: left out.")
    assert off(found, made) < 3


def test_one_cue_finds_it_too() -> None:
    """Of three other cameras that are sure of UTC, one shares an event with it."""
    made = world((0, 0), (37 * SECOND, 0))
    clocks = [
        Reading(GPS, "a", None, NOW, Micros(0), Micros(500_000)),
        Reading(MANIFEST, "b", None, NOW, Micros(0), Micros(SECOND)),
    ]
    found = solve([*clocks, made.pair(CUE, "a", "b", 30_000)], made.ids, made.pivots)
    assert left_out(found) == [clocks[1]]
    assert off(found, made) < 3


def test_a_small_lie_among_many_is_named() -> None:
    """Twelve standard deviations, 24 ms: nothing that an eye would find."""
    made = world(*[(i * SECOND, 0) for i in range(5)], noise=lambda: 0.3)
    said = honest_sources(made, seeded(8))
    tiny = next(i for i, r in enumerate(said) if r.kind is SOUND)
    said[tiny] = replace(said[tiny], offset=Micros(said[tiny].offset + 12 * said[tiny].sigma))
    found = solve(said, made.ids, made.pivots)
    assert left_out(found) == [said[tiny]]
    assert off(found, made) < 3


def test_a_wrong_drift_is_named_as_such() -> None:
    made = world(*[(i * SECOND, 20_000 * i) for i in range(5)])
    said = honest_sources(made, seeded(8))
    wrong = next(i for i, r in enumerate(said) if r.kind is SOUND)
    said[wrong] = replace(said[wrong], drift_ppb=(said[wrong].drift_ppb or 0) + 80_000)
    found = solve(said, made.ids, made.pivots)
    assert left_out(found) == [said[wrong]]
    assert why(found, said[wrong]).startswith("Its drift is 80.")


def test_a_drift_beyond_what_is_usual_is_believed_if_it_was_measured() -> None:
    """A phone's sound at 0.1 % off: what is usual is only assumed, and gives way."""
    made = world((0, 0), (0, 1_000_000))
    said = [*(made.utc(GPS, c, SECOND) for c in "ab"), made.pair(SOUND, "a", "b", 1_000, 0, 2_000)]
    found = solve(said, made.ids, made.pivots)
    assert left_out(found) == []
    a, b = found.of("a"), found.of("b")
    assert a is not None
    assert b is not None
    assert b.drift_ppb - a.drift_ppb == pytest.approx(1_000_000, abs=5_000)


def test_more_than_one_liar_is_left_out_where_there_is_enough_to_know() -> None:
    made = world(*[(i * 60 * SECOND, 0) for i in range(7)], noise=lambda: 0.5)
    said = honest_sources(made, seeded(3))
    sounds = [i for i, r in enumerate(said) if r.kind is SOUND]
    wrong = [sounds[0], sounds[7], 2]
    for i in wrong:
        said[i] = replace(said[i], offset=Micros(said[i].offset + 40 * said[i].sigma))
    found = solve(said, made.ids, made.pivots)
    assert left_out(found) == [said[i] for i in sorted(wrong)]
    assert off(found, made) < 3


# -- numbers


def test_a_day_s_uncertainty_beside_a_tenth_of_a_millisecond() -> None:
    """σ of 24 h and of 0.1 ms in one network: what sound knows is not lost in the digits."""
    made = world(*[(i * HOUR, 40_000 * i) for i in range(9)])
    said = [made.utc(SourceKind.FILE, c, 24 * HOUR) for c in made.ids]
    said += [made.pair(SOUND, "a", c, 100, 0, 100) for c in made.ids[1:]]
    said += [made.pair(SOUND, c, "i", 100, 300, 100) for c in made.ids[1:-1]]
    found = solve(said, made.ids, made.pivots)
    for (one, other), between in found.between.items():
        assert 40 < between.sigma < 300, (one, other)
    assert off(found, made) < 0.5


def test_one_cue_says_little_of_the_next_hour() -> None:
    made = world((0, 0), (0, 0))
    cue = made.pair(CUE, "a", "b", 30_000)
    found = solve([cue, *(made.utc(GPS, c, SECOND) for c in "ab")], made.ids, made.pivots)
    here, later = found.joint_sigma("a", "b", NOW), found.joint_sigma("a", "b", Utc(NOW + HOUR))
    assert here is not None
    assert later is not None
    assert here == pytest.approx(30_000, abs=100)
    assert later == pytest.approx(256_000, abs=3_000)  # 50 ppm of each, for an hour


def test_sigma_is_right_on_both_sides_of_where_it_was_measured() -> None:
    """A correction's pivot lies where it is surest, so its σ grows the same way before and after."""
    made = world((0, 0))
    reading = made.utc(GPS, "a", 100_000, after=HALF_HOUR)
    a = solve([reading], ["a"], made.pivots).of("a")
    assert a is not None
    assert a.pivot == pytest.approx(reading.at, abs=SECOND)
    for seconds in (-HALF_HOUR, 0, 2 * HALF_HOUR):
        away = abs(seconds - HALF_HOUR)
        expected = (100_000**2 + (50 * away) ** 2) ** 0.5
        assert a.sigma_at(Utc(NOW + seconds * SECOND)) == pytest.approx(expected, rel=0.01)


def test_misclosures_are_of_every_three_and_carried_over_time() -> None:
    """Readings taken half an hour apart, with 100 ppm between the cameras: they close."""
    made = world((0, 0), (4 * HOUR, 50_000), (-SECOND, -50_000), (77 * SECOND, 20_000))
    said = [
        made.pair(SOUND, *pair, 1_000, after, 500)
        for pair, after in zip(("ab", "cb", "ac", "da", "bd", "dc"), (0, 900, -900, 1_800, -1_800, 300), strict=True)
    ]
    found = solve(said, made.ids, made.pivots)
    assert [m.recordings for m in found.misclosures] == [tuple("abc"), tuple("abd"), tuple("acd"), tuple("bcd")]
    assert all(abs(m.error) < 20 for m in found.misclosures)


def test_nothing_said_is_nothing_known() -> None:
    assert solve([], ["a", "b"], {}) == Alignment(())


def test_forty_cameras_are_solved_in_little_time() -> None:
    """A proposal is made while somebody waits. (The clock of this is the suite's own patience, not a threshold.)"""
    rng = seeded(1)
    made = world(*[(i * SECOND, 0) for i in range(40)], noise=lambda: rng.uniform(-1, 1))
    found = solve(honest_sources(made, rng), made.ids, made.pivots)
    assert len(found.misclosures) == 9_880
    assert off(found, made) < 3


@given(st.integers(1, 12), st.integers(1, 60), st.integers(0, 2**32))
def test_the_factors_are_as_exact_as_numbers_are(columns: int, more: int, seed: int) -> None:
    """Rows from a day to a tenth of a millisecond."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(columns + more, columns)) * 10.0 ** rng.uniform(-9, 0, size=(columns + more, 1))
    q, r = factors(rows)
    assert np.abs(q @ r - rows).max() < 1e-13
    assert np.abs(q.T @ q - np.eye(columns)).max() < 1e-13
    assert np.array_equal(r, np.triu(r))
