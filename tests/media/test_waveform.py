"""The shape of a part's sound."""

from __future__ import annotations

import io

import numpy as np
import pytest

from reviewer.domain.errors import Cancelled
from reviewer.media.waveform import peaks
from tests.media.footage import clip

TONE = clip(tuple(range(100)), tone=True)


def test_a_waveform_has_its_bins_and_can_be_cancelled() -> None:
    found = peaks(io.BytesIO(TONE), 20)
    assert abs(len(found) - 80) <= 2
    assert found.dtype == np.int16
    assert found[5:70, 1].min() > 10_000
    assert found[5:70, 0].max() < -10_000
    assert peaks(io.BytesIO(clip()), 20).shape == (0, 2)
    with pytest.raises(Cancelled):
        peaks(io.BytesIO(TONE), 20, lambda: True)
