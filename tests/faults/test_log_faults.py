"""What is done to the log, in its quick form. `python -m tests.faults --only log` does it in full: 1,000 kills, every
file-system call."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import failing_calls, log_calls, log_kills, log_playback, log_power
from tests.faults.log_faults import QUICK_EVERY, QUICK_KILLS


def test_nothing_acknowledged_is_lost_or_halved_by_kills() -> None:
    found = log_kills.run(QUICK_KILLS, workers=1)
    assert found["kills"] == QUICK_KILLS and found["acknowledged"] > 0 and found["published"] > 0, found


def test_a_call_that_fails_loses_nothing_is_said_and_is_over_when_it_is_over() -> None:
    try:
        found = log_calls.run(every=QUICK_EVERY, workers=1)
    except failing_calls.NoCompiler as why:
        pytest.fail(str(why))  # loudly: without it nobody knows
    assert found["faults"] > 20 and min(found[phase] for phase in log_calls.PHASES) > 0, found


def test_nothing_acknowledged_is_lost_or_halved_when_the_power_goes() -> None:
    found = log_power.run(log_power.QUICK_POINTS)
    assert found["points"] == log_power.QUICK_POINTS and found["acknowledged"] > 0 < found["syncs"], found


def test_a_disk_that_only_says_that_it_has_synced_would_be_seen() -> None:
    with pytest.raises(AssertionError):
        log_power.run(log_power.QUICK_POINTS, syncs=False)


@pytest.mark.parametrize("seed", [1, 2])
def test_no_frame_is_painted_outside_a_durable_span_while_the_log_fails_at_random(tmp_path: Path, seed: int) -> None:
    found = log_playback.play(seed, tmp_path, steps=100)
    assert found["frames"] > 5 and found["failures"] > 0, found
    assert (found["outside"], found["unsaid"]) == (0, 0)


def test_this_very_test_would_see_a_gate_that_stands_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_playback.Viewing, "covers", lambda *_given, **_named: True)
    monkeypatch.setattr(log_playback.Viewing, "stopped", None)
    with pytest.raises(AssertionError):
        log_playback.play(1, tmp_path, steps=100)
