"""A short stretch of sound by stream time: where it is looked for, it is; where there is none, silence."""

from __future__ import annotations

import io
from functools import partial

import numpy as np

from reviewer.domain.timebase import SECOND, Micros
from reviewer.media.sound_window import RATE, read_window, window
from tests.media.footage import clip
from tests.media.sounds import claps, wav

CLAPS = wav(claps(12.0, [1.0, 6.5, 11.0]))


def loud(samples: np.ndarray) -> float:
    """The place of the first clap, in seconds."""
    return int(np.flatnonzero(np.abs(samples.astype(int)) > 9_000)[0]) / RATE


def test_a_stretch_has_what_is_heard_then() -> None:
    found = read_window(partial(io.BytesIO, CLAPS), Micros(5 * SECOND), Micros(3 * SECOND))
    assert len(found) == 3 * RATE and found.dtype == np.int16
    assert abs(loud(found) - 1.5) < 0.003
    assert abs(loud(read_window(partial(io.BytesIO, CLAPS), Micros(0), Micros(2 * SECOND))) - 1.0) < 0.003


def test_beyond_the_end_and_without_sound_it_is_silent() -> None:
    found = read_window(partial(io.BytesIO, CLAPS), Micros(10 * SECOND), Micros(4 * SECOND))
    assert abs(loud(found) - 1.0) < 0.003 and not found[2 * RATE + 100 :].any()
    assert not read_window(partial(io.BytesIO, clip()), Micros(0), Micros(SECOND)).any()
    assert not read_window(partial(io.BytesIO, CLAPS), Micros(60 * SECOND), Micros(SECOND)).any()


def test_compressed_sound_is_cut_where_it_lies() -> None:
    tone = clip(tuple(range(100)), tone=True)
    found = read_window(partial(io.BytesIO, tone), Micros(SECOND), Micros(SECOND))
    assert np.abs(found).max() > 10_000 and np.abs(found[: RATE // 10]).max() > 10_000


def test_it_is_read_in_a_process_apart() -> None:
    found = window(partial(io.BytesIO, CLAPS), Micros(6 * SECOND), Micros(SECOND), lambda: False)
    assert abs(loud(found) - 0.5) < 0.003
