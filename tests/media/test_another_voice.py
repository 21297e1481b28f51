"""Whether a copy has the recording's own voice: horns and bells beside it make no changed voice its own, and the own
one is found under a changed one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reviewer.demo.sound import DRY_RATE, _babble, _bell, _horn
from reviewer.domain.redaction import SoundWay
from reviewer.media.copy_check_sound import LAGS, RATE, another_voice
from reviewer.media.masked_sound import change_voice
from reviewer.media.whitened import EVERY, foretelling, rest, thinned

Sound = NDArray[np.float32]
LAG = LAGS[SoundWay.VOICE]
SEEDS = [int(np.random.default_rng(n).integers(1 << 62)) for n in range(24)]


def _at_48(wave: NDArray[np.float32]) -> Sound:
    at = np.arange(len(wave) * RATE // DRY_RATE) * DRY_RATE / RATE
    return np.interp(at, np.arange(len(wave)), wave).astype(np.float32)


def _street(pitch: float, over: NDArray[np.float32]) -> Sound:
    """Two seconds of somebody who speaks, a little noise, and something else over the first second."""
    random = np.random.default_rng(5)
    sound = 0.1 * _at_48(_babble(random, 2.0, pitch))
    sound += 0.012 * random.standard_normal(len(sound)).astype(np.float32)
    more = _at_48(over)[:RATE]
    sound[: len(more)] += 0.1 * more
    return sound


def _changed(sound: Sound, seed: int) -> Sound:
    return change_voice(np.repeat(sound[:, None], 2, axis=1), 0, seed).mean(axis=1).astype(np.float32)


def _is_another(copy: Sound, original: Sound) -> list[bool]:
    """For each second."""
    around = np.pad(original, LAG)
    return [
        another_voice(copy[at : at + RATE], around[at : at + RATE + 2 * LAG])
        for at in range(0, len(copy) - RATE + 1, RATE)
    ]


@pytest.mark.parametrize("over", [_horn(), _bell(), np.zeros(1, np.float32)], ids=["horn", "bell", "nothing"])
@pytest.mark.parametrize("pitch", [104.0, 150.0, 210.0])
def test_a_changed_voice_is_another_one_whatever_sounds_beside_it(pitch: float, over: NDArray[np.float32]) -> None:
    street = _street(pitch, over)
    assert [seed for seed in SEEDS if not all(_is_another(_changed(street, seed), street))] == []


@pytest.mark.parametrize("over", [_horn(), _bell(), np.zeros(1, np.float32)], ids=["horn", "bell", "nothing"])
def test_the_own_voice_is_found_plain_and_under_one_that_is_as_loud(over: NDArray[np.float32]) -> None:
    street = _street(120.0, over)
    noise = 0.001 * np.random.default_rng(3).standard_normal(len(street)).astype(np.float32)
    assert not any(_is_another(street + noise, street))
    late = np.roll(street, 96)
    assert not any(_is_another(late, street)), "two milliseconds later it is the same"
    for seed in SEEDS:
        assert not all(_is_another(_changed(street, seed) + street, street))


@settings(max_examples=30)
@given(st.floats(200, 1_500), st.floats(0.01, 1), st.integers(0, 1_000))
def test_what_can_be_foretold_is_gone_and_what_cannot_stays(hertz: float, loud: float, seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(RATE // 2).astype(np.float32)
    tone = np.sin(2 * np.pi * hertz * np.arange(RATE // 2) / RATE).astype(np.float32)
    for wave, stays in ((loud * tone, False), (loud * noise, True)):
        thin = thinned(wave.astype(np.float32))
        assert len(thin) == len(wave) / EVERY
        told = foretelling(thin, 1_000, 2_000)
        left = rest(thin, 1_000, 2_000, told)
        share = float((left**2).sum() / (thin[1_000:2_000] ** 2).sum())
        assert (share > 0.1) if stays else (share < 0.02), share
