"""What is done to a case on its way, in its quick form. `python -m tests.faults --only case` does it in full."""

from __future__ import annotations

from tests.faults import case_kills
from tests.faults.log_faults import QUICK_CASE_KILLS


def test_nothing_that_was_shown_as_saved_is_gone() -> None:
    found = case_kills.run(QUICK_CASE_KILLS)
    assert found["kills"] == QUICK_CASE_KILLS and found["saved"] > 0, found
