"""`queue_1000_ms`: the work queue of 1,000 cases, four recordings in each, with where each stands and what is due: a
new window, what was verified last, from its first showing to its painted table. Everything is verified again behind
it (`queue_1000_verified_s`); meanwhile the window answers (`queue_1000_gap_ms`)."""

from __future__ import annotations

import itertools
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.listing import _Bench, _fill
from tests.services.agency import Agency

_RECORDINGS = 4  # of a case


def run(cases: int, rounds: int) -> dict[str, Any]:
    """So many cases, shown so often."""
    with TemporaryDirectory(prefix="reviewer-case-") as name:
        agency = Agency(Path(name))
        _fill(agency, cases * _RECORDINGS, cases)
        bench = _Bench(agency, cases * _RECORDINGS)
        (first_ms, _, _), *others = itertools.islice(bench.queue(), rounds + 1)
        bench.pool.shutdown()
    return {
        "queue_1000_ms": round(statistics.median(shown for shown, _, _ in others), 1),
        "queue_1000_ms_each": [round(shown, 1) for shown, _, _ in others],
        "queue_1000_first_s": round(first_ms / 1000, 2),
        "queue_1000_verified_s": round(statistics.median(took for _, took, _ in others), 2),
        "queue_1000_gap_ms": round(max(gap for _, _, gap in others), 1),
        "queue_cases": cases,
    }
