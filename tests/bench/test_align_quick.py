"""The bench of alignment runs and gives its keys; what few made pairs say of the method is not its business."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.bench import figures
from tests.bench.__main__ import main
from tests.bench.align import FIGURES, QUICK, TUNED, Extent, measure
from tests.bench.align_pairs import CODECS, EARLY, HELD_OUT, TUNING, made, recoded
from tests.bench.align_scene import RATE
from tests.bench.align_sound import outcome


def test_it_runs_from_end_to_end_and_gives_its_keys() -> None:
    found = measure(["sound", "hour", "nine"], replace(QUICK, pairs=3, unrelated=2), lambda _: None)
    assert {figure.key for figure in FIGURES} <= found.keys(), found["missing"]
    judged = figures.verdicts(found, FIGURES)
    assert set(judged["reached"]) | judged["fell_short"].keys() == {figure.key for figure in FIGURES}
    assert found["sound_within"] == 1
    assert found["false_accepts"] == 0


def test_what_was_tuned_on_is_not_what_is_reported() -> None:
    tuned, reported = (set(range(each.first, each.first + each.pairs)) for each in (TUNED, Extent()))
    assert not tuned & reported
    assert TUNING in tuned
    assert HELD_OUT in reported
    assert Extent().pairs >= 200
    assert Extent().unrelated >= 300


def test_a_pair_is_made_from_its_seed_alone() -> None:
    one, again = (made(4, snr=10, minutes=0.6) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one.sound, again.sound, strict=True))
    found = outcome(one)
    assert found.wrong is not None
    assert abs(found.wrong) < 0.02


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: f"{codec[0] or 'plain'} {codec[2]}")
def test_what_a_file_states_wrongly_of_where_its_sound_lies_is_known(codec: tuple[str, str, int, int, float]) -> None:
    rng = np.random.default_rng(7)
    wave = np.convolve(rng.standard_normal(20 * RATE), (1, 0.8, 0.5, 0.2), "same") * np.repeat(
        rng.random(200) ** 2, 800
    )
    sound = (wave / wave.std() * 3_000).clip(-32_000, 32_000).astype(np.int16)
    back, _ = recoded(codec, sound)
    size = 1 << 19
    cross = np.conj(np.fft.rfft(sound, size)) * np.fft.rfft(back[: len(sound)], size)
    alike = np.roll(np.fft.irfft(cross / np.sqrt(np.abs(cross) + 1e-9), size), 100)[:200]
    top = int(np.argmax(alike))
    left, middle, right = alike[top - 1 : top + 2]
    late = top - 100 + 0.5 * (left - right) / (left - 2 * middle + right)
    assert late / RATE == pytest.approx(-EARLY.get(codec[0], 0.0), abs=0.15 / RATE)


def test_the_command_line_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    main(["align", "--list"])
    said = capsys.readouterr().out
    assert all(figure.key in said for figure in FIGURES)
