"""What is done to the log, in its quick form. `python -m tests.faults --only log` does it in full: 1,000 kills, every
file-system call."""

from __future__ import annotations

import pytest

from tests.faults import failing_calls, log_calls, log_kills
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
