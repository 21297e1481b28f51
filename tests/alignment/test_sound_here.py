"""How far two cameras' sound lies apart at one place: found where it stands out, not said where it does not."""

from __future__ import annotations

import numpy as np
import pytest

from reviewer.alignment.sound_here import RATE, is_silent, lag_here
from reviewer.domain.timebase import Micros

MOST = Micros(250_000)
RANDOM = np.random.default_rng(11)


def heard(seconds: float, seed: int) -> np.ndarray:
    """Something like speech: noise in bursts."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE)
    loud = np.repeat(random.random(count // 800 + 1) ** 3, 800)[:count]
    return random.normal(size=count) * loud * 4_000


def taken(sound: np.ndarray, start: int, noise: float) -> np.ndarray:
    made = sound[start : start + 4 * RATE] + RANDOM.normal(size=4 * RATE) * noise
    return made.clip(-32_768, 32_767).astype(np.int16)


@pytest.mark.parametrize("lag", [-200_000, -12_000, 0, 375, 90_000])
def test_the_lag_is_found_to_a_millisecond(lag: int) -> None:
    sound, shift = heard(6.0, 3), lag * RATE // 1_000_000
    one, other = taken(sound, RATE, 200), taken(sound, RATE - shift, 300)
    found = lag_here(one, other, MOST)
    assert found is not None and abs(found.later - lag) < 1_000
    assert abs(found.later - lag) <= found.limit < 2_000


def test_an_echo_as_loud_as_the_direct_sound_makes_the_limit_wide() -> None:
    sound = heard(6.0, 5)
    echoed = sound + np.roll(sound, 20 * RATE // 1000)
    clear = lag_here(taken(sound, RATE, 200), taken(sound, RATE, 200), MOST)
    either = lag_here(taken(sound, RATE, 200), taken(echoed, RATE, 200), MOST)
    assert clear is not None and either is not None
    assert clear.limit < 2_000 < 10_000 <= either.limit


def test_unrelated_sound_says_nothing() -> None:
    told = [lag_here(taken(heard(5.0, n), 0, 50), taken(heard(5.0, n + 100), 0, 50), MOST) for n in range(40)]
    assert told == [None] * 40


def test_silence_and_too_little_say_nothing() -> None:
    silent, sound = np.zeros(4 * RATE, np.int16), taken(heard(5.0, 1), 0, 50)
    assert lag_here(silent, sound, MOST) is None and lag_here(sound, silent, MOST) is None
    assert lag_here(sound[:100], sound[:100], MOST) is None
    assert is_silent(silent) and is_silent(silent[:0]) and not is_silent(sound)


def test_a_lag_beyond_what_is_looked_for_is_not_said() -> None:
    sound = heard(8.0, 4)
    assert lag_here(taken(sound, 2 * RATE, 100), taken(sound, RATE, 100), Micros(100_000)) is None
