"""Two parts' sound compared in processes apart."""

from __future__ import annotations

import io
from functools import partial
from typing import BinaryIO

import numpy as np
import pytest

from reviewer.alignment.sound import SoundMatch, Unknown, align
from reviewer.domain.errors import Cancelled
from reviewer.services.sound_match import compare, listen, match
from tests.alignment.test_sound import ONE, WAVE, heard
from tests.media.sounds import wav


def _opened(data: bytes) -> BinaryIO:
    return io.BytesIO(data)


OTHER = heard(WAVE, 12.5, 70, 3)


def test_two_parts_are_matched_by_their_sound() -> None:
    one, other = (partial(_opened, wav(each / 32_768, 8_000)) for each in (ONE, OTHER))
    shares: list[float] = []
    found = match(one, other, progress=shares.append)
    assert isinstance(found, SoundMatch)
    assert abs(found.offset + 12_500_000) < 2_000
    assert shares == sorted(shares)
    assert shares[-1] == 1
    with pytest.raises(Cancelled):
        match(one, other, lambda: True)


def test_what_was_decoded_once_is_compared_as_often_as_wanted() -> None:
    assert compare(ONE, OTHER) == align([ONE], [OTHER])
    found = compare(ONE, OTHER[:800])
    assert isinstance(found, Unknown)
    assert np.array_equal(
        listen(partial(_opened, wav(OTHER / 32_768, 8_000)))[:-1], (OTHER / 32_768 * 32_767).astype("<i2")[:-1]
    )
