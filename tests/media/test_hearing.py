"""A part's sound as it is compared with another's."""

from __future__ import annotations

import io
from functools import partial
from typing import BinaryIO

import av
import numpy as np
import pytest

from reviewer.domain.errors import Cancelled, UnreadableMedia
from reviewer.media.hearing import RATE, hear, stream_sound
from tests.media.footage import clip
from tests.media.sounds import claps, wav

PLACES = [0.5, 1.25, 2.0]


def begins(samples: np.ndarray, least: int = 8_000) -> list[float]:
    """Where bursts begin, in seconds."""
    loud = np.flatnonzero(np.abs(samples.astype(int)) > least)
    return [float(each[0]) / RATE for each in np.split(loud, np.flatnonzero(np.diff(loud) > RATE // 10) + 1)]


def heard(data: bytes) -> np.ndarray:
    return np.concatenate([*stream_sound(io.BytesIO(data))])


def test_it_is_8_khz_from_stream_time_0() -> None:
    found = heard(wav(claps(3, PLACES)))
    assert found.dtype == np.int16
    assert abs(len(found) - 3 * RATE) < 20
    assert begins(found) == pytest.approx(PLACES, abs=0.002)


def packets_with_a_hole() -> bytes:
    """PCM in Matroska: the first second, then the rest a second later."""
    sound = (claps(3, PLACES) * 32_000).astype(np.int16)
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as container:
        stream = container.add_stream("pcm_s16le", rate=48_000, layout="mono")
        for number, block in enumerate(np.array_split(sound, 150)):
            frame = av.AudioFrame.from_ndarray(block[None], format="s16", layout="mono")
            frame.sample_rate = 48_000
            frame.pts = number * 960 + (48_000 if number >= 50 else 0)
            container.mux(stream.encode(frame))
    return out.getvalue()


def test_holes_are_silence() -> None:
    found = heard(packets_with_a_hole())
    assert abs(len(found) - 4 * RATE) < 200
    assert begins(found) == pytest.approx([0.5, 2.25, 3.0], abs=0.01)
    assert not found[round(1.05 * RATE) : round(1.95 * RATE)].any()


def _opened(data: bytes) -> BinaryIO:
    return io.BytesIO(data)


def test_it_is_read_in_a_process_apart_and_stops_when_told() -> None:
    source = partial(_opened, wav(claps(3, PLACES)))
    assert np.array_equal(np.concatenate([*hear(source, lambda: False)]), heard(source().read()))
    assert [*hear(partial(_opened, clip()), lambda: False)] == []
    with pytest.raises(Cancelled):
        [*hear(source, lambda: True)]
    with pytest.raises(Cancelled):
        [*stream_sound(source(), lambda: True)]
    with pytest.raises(UnreadableMedia):
        [*hear(partial(_opened, b"no footage at all" * 99), lambda: False)]
