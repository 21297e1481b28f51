"""Which lag is believed: where both witnesses point, as wide as what else they leave open."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reviewer.alignment.belief import believed, power

Floats = NDArray[np.float64]
LAGS = np.arange(-640, 641)


def hills(*of: tuple[float, float, float]) -> Floats:
    """Heights over the lags: (place, height, width in samples) each."""
    return np.sum([height * np.exp(-(((LAGS - at) / wide) ** 2) / 2) for at, height, wide in of], axis=0)


def test_one_sharp_peak_in_both_is_believed_to_a_sample() -> None:
    found = believed(hills((40, 30, 25)), hills((37, 50, 1)))
    assert found.lag == pytest.approx(37, abs=0.2)
    assert found.doubt < 1


def test_the_rises_say_which_of_two_sharp_peaks_it_is() -> None:
    peaks = hills((-200, 40, 1), (200, 42, 1))
    assert believed(hills((-195, 30, 25)), peaks).lag == pytest.approx(-200, abs=1)
    assert believed(hills((203, 30, 25)), peaks).lag == pytest.approx(200, abs=1)


def test_rivals_as_good_make_the_belief_as_wide_as_they_are_apart() -> None:
    assert believed(hills((-400, 7, 20), (450, 7, 20))).doubt > 200
    assert believed(hills((-400, 7, 20), (450, 60, 20))).doubt < 30


def test_it_is_wider_the_blunter_and_the_lower_the_peak() -> None:
    lower = [believed(hills((0, height, 10))).doubt for height in (60, 30, 12, 8)]
    blunter = [believed(hills((0, 30, wide))).doubt for wide in (10, 20, 40, 80)]
    assert lower == sorted(lower)
    assert blunter == sorted(blunter)


def test_a_low_peak_is_less_likely_chance_where_its_neighbours_stand_out_too() -> None:
    assert believed(hills((0, 8, 40))).doubt < believed(hills((0, 8, 10))).doubt


def test_nothing_known_is_believed_nowhere() -> None:
    found = believed(np.zeros(1281), np.zeros(1281))
    assert found.lag == pytest.approx(0, abs=0.5)
    assert found.doubt == pytest.approx(0.954 * 1281 / 4, rel=0.01)


def test_a_microphone_the_other_way_round_is_no_less() -> None:
    wave = np.random.default_rng(1).standard_normal(2048)
    wave[700] = 40
    assert np.array_equal(power(wave), power(-wave))
    assert int(np.argmax(power(wave))) == 700
