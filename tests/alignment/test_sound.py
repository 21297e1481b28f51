"""Two recordings' clocks by the sound that both heard: found where there is some, refused where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reviewer.alignment.sound import RATE, WAY_PER_METRE, SoundMatch, Unknown, align, way_drift_sigma, way_sigma
from reviewer.domain.errors import Cancelled
from reviewer.domain.timebase import Micros

Samples = NDArray[np.int16]


def street(seconds: float, seed: int) -> NDArray[np.float64]:
    """Bursts of different noises, and a floor."""
    rng = np.random.default_rng(seed)
    wave = rng.standard_normal(round(seconds * RATE)) * 30
    for at in rng.integers(0, len(wave) - RATE, round(seconds * 3)):
        length = int(rng.integers(RATE // 20, RATE // 2))
        coloured = np.convolve(rng.standard_normal(length), rng.standard_normal(12), "same")
        wave[at : at + length] += coloured * 900 * np.exp(-np.arange(length) / (length / 5))
    return wave


def heard(wave: NDArray[np.float64], begin: float, end: float, seed: int, clock: float = 1.0) -> Samples:
    """What a camera recorded between these seconds whose clock runs so fast, with noise of its own."""
    count = round((end - begin) * RATE * clock)
    own = np.random.default_rng(seed).standard_normal(count) * 100
    at = begin * RATE + np.arange(count) / clock
    return np.clip(np.interp(at, np.arange(len(wave)), wave) + own, -32768, 32767).astype(np.int16)


WAVE = street(70, 1)
ONE = heard(WAVE, 0, 55, 2)


def matched(one: Samples, other: Samples) -> SoundMatch:
    found = align([one], [other])
    assert isinstance(found, SoundMatch), found
    return found


@pytest.mark.parametrize(("begin", "drift_ppm"), [(7.25, 0), (0.0, 40), (21.003, -50)])
def test_offset_and_drift_are_found_within_what_is_claimed(begin: float, drift_ppm: float) -> None:
    clock = 1 + drift_ppm * 1e-6
    found = matched(ONE, heard(WAVE, begin, 70, 3, clock))
    truth = (found.at * 1e-6 - begin) * clock - found.at * 1e-6
    assert abs(found.offset * 1e-6 - truth) * 1e6 <= 3 * found.sigma
    assert found.sigma <= 2000
    assert abs(found.drift_ppb - drift_ppm * 1000) <= 3 * found.drift_sigma_ppb
    assert 10 * 1_000_000 < found.at < 50 * 1_000_000
    assert found.on_line <= found.windows


def test_the_other_way_round_is_the_same_with_the_other_sign() -> None:
    other = heard(WAVE, 7.25, 70, 3)
    there, back = matched(ONE, other), matched(other, ONE)
    assert abs(there.offset + back.offset) <= 3 * there.sigma


def test_how_the_sound_comes_in_makes_no_difference() -> None:
    other = heard(WAVE, 5, 60, 4)
    pieces = [ONE[:0], *np.array_split(ONE, 17)], np.array_split(other, 5)
    assert align(*pieces) == align([ONE], [other])


def test_a_camera_muted_for_a_part_is_compared_by_the_rest() -> None:
    other = heard(WAVE, 3, 70, 5)
    other[10 * RATE : 30 * RATE] = 0
    assert abs(matched(ONE, other).offset + 3_000_000) < 2_000


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (heard(street(60, 9), 0, 55, 6), "No sound was found that both recorded."),
        (np.zeros(40 * RATE, np.int16), "There is no sound to compare."),
        (ONE[: 5 * RATE], "Less than ten seconds of sound: too little to compare."),
        (ONE[:0], "Less than ten seconds of sound: too little to compare."),
    ],
)
def test_it_refuses_when_it_does_not_know(other: Samples, why: str) -> None:
    assert align([ONE], [other]) == Unknown(why)
    assert align([other], [ONE]) == Unknown(why)


def test_a_sound_that_repeats_itself_fits_at_several_offsets() -> None:
    alarm = np.tile(street(2, 11), 30)
    found = align([heard(alarm, 0, 50, 12)], [heard(alarm, 0.7, 55, 13)])
    assert found == Unknown("The sound repeats itself: it fits at several offsets.")


def test_it_says_how_far_it_is_and_stops_when_told() -> None:
    shares: list[float] = []
    align([ONE], [ONE[3 * RATE :]], progress=shares.append)
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    with pytest.raises(Cancelled):
        align([ONE], [ONE], cancelled=lambda: len(shares) > 0)


def test_the_way_of_the_sound_is_a_part_of_sigma() -> None:
    assert way_sigma(0) == 0
    assert way_sigma(10) == 10 * WAY_PER_METRE
    assert way_sigma() == 30 * WAY_PER_METRE


def test_who_walks_looks_like_a_clock_that_drifts() -> None:
    assert way_drift_sigma(Micros(60_000_000), 2) == pytest.approx(2 * WAY_PER_METRE / 60e6 * 1e9, abs=1)
    assert way_drift_sigma(Micros(3_600_000_000)) < 2_000


def test_cameras_that_move_are_matched_though_no_echo_stays_the_same() -> None:
    """One comes 10 m nearer, in steps and stops; each hears the street by echoes that are new every second."""
    at = np.arange(55 * RATE)
    way = np.interp(at / RATE, [0, 8, 12, 25, 30, 40, 55], [0, 0, 3, 3, 6.5, 7, 10]) / 343 * RATE
    rng = np.random.default_rng(21)
    echoed = []
    for shift in (np.zeros(len(at)), way):
        wave = np.interp(at + 4 * RATE + shift, np.arange(len(WAVE)), WAVE)
        for begin in range(0, len(wave) - RATE, RATE):
            echo = rng.standard_normal(400) * np.exp(-np.arange(400) / 80) * 0.4
            echo[0] = 1
            wave[begin : begin + RATE] = np.convolve(wave[begin : begin + RATE], echo)[:RATE]
        echoed.append(np.clip(wave, -32768, 32767).astype(np.int16))
    found = matched(echoed[0], echoed[1][2 * RATE :])
    middle = float(np.interp(found.at * 1e-6, at / RATE, -way / RATE)) - 2
    assert abs(found.offset * 1e-6 - middle) * 1e6 <= 3 * found.sigma + 5_000
    assert abs(found.offset * 1e-6 + 2) < 0.03
