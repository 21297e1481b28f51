"""One sound field, heard late and weaker by the distance."""

from __future__ import annotations

import numpy as np
import pytest

from reviewer.demo.camera import CAMERAS, walk_of
from reviewer.demo.scene import Scene, Schedule
from reviewer.demo.sound import DRY_RATE, SPEED, SoundField, Source, record_sound
from reviewer.demo.walk import Walk
from reviewer.domain.timebase import SECOND, Micros, parse_rfc3339

SCHEDULE = Schedule(parse_rfc3339("2026-06-13T19:41:30Z"), Micros(12 * SECOND))
WALKS = [walk_of(spec, SCHEDULE.length, 1) for spec in CAMERAS[:4]]


@pytest.fixture(scope="module")
def field() -> SoundField:
    return SoundField(Scene(SCHEDULE, WALKS, 1), 1)


@pytest.mark.parametrize("metres", [2.0, 10.0, 34.3])
def test_late_by_2_9_ms_a_metre_and_weaker(field: SoundField, metres: float) -> None:
    click = np.zeros(240, np.float32)
    click[:24] = 1.0
    alone = SoundField.__new__(SoundField)
    alone.sources = [Source(1.0, click, lambda t: np.zeros((len(t), 2)))]
    heard = alone.heard(Walk([(0.0, metres, 0.0), (10.0, metres, 0.0)]), 0.5, 48_000, 48_000)
    first = int(np.flatnonzero(heard > 0)[0])
    assert first / 48_000 + 0.5 == pytest.approx(1.0 + metres / SPEED, abs=2 / DRY_RATE)
    assert heard.max() == pytest.approx(3.0 / metres, rel=0.02)


def test_what_happens_can_be_heard_by_all(field: SoundField) -> None:
    """Door and horn stand out of what is heard just before, at each camera, after the sound's way there."""
    for walk in WALKS:
        for name in ("horn", "door", "bag_lands"):
            at = SCHEDULE.event(name)
            alone = SoundField.__new__(SoundField)
            alone.sources = [source for source in field.sources if source.start == at]
            assert len(alone.sources) == 1
            heard = alone.heard(walk, at, 24_000, 48_000)
            first = int(np.flatnonzero(np.abs(heard) > 1e-4)[0]) / 48_000
            assert 0.002 < first < 0.35
            assert np.abs(heard).max() > 0.02


def test_microphones_differ_and_do_not_clip(field: SoundField) -> None:
    recorded = [record_sound(field, spec, walk, 2.0, 8.0, 1) for spec, walk in zip(CAMERAS[:4], WALKS, strict=True)]
    assert [sound.shape for sound in recorded] == [(1, 384_000), (2, 384_000), (1, 384_000), (1, 352_800)]
    for sound in recorded:
        assert np.abs(sound).max() <= 1.0
        assert np.mean(np.abs(sound) > 0.98) < 0.005
        assert 0.005 < sound.std() < 0.35
    assert not np.array_equal(recorded[1][0], recorded[1][1])
