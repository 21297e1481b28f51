"""The bench of alignment runs and gives its keys; what few made pairs say of the method is not its business."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.bench import figures
from tests.bench.__main__ import main
from tests.bench.align import FIGURES, QUICK, TUNED, Extent, measure
from tests.bench.align_pairs import HELD_OUT, TUNING, made
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


def test_the_command_line_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    main(["align", "--list"])
    said = capsys.readouterr().out
    assert all(figure.key in said for figure in FIGURES)
