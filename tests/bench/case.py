"""The sections of the bench of cases, each in a process of its own (see `tests.bench`): a case of 20 allegations, 2,000
annotations, 40 recordings and 3 actors (`case_made`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.bench.case_made import Size
from tests.bench.figures import Figure
from tests.bench.machine import Say, display, measured, run_child

FIGURES: tuple[Figure, ...] = (
    Figure("open_s", "open", "open the case: answered reason to review and case screen, made", 1),
    Figure("key_to_mark_p95_ms", "marks", "key press to mark on the timeline, durably logged before it is drawn", 50),
    Figure("search_ms", "search", "search as you type, 2,000 annotations, p95", 50),
    Figure("fold_10k_s", "fold", "10,000 entries of a colleague verified, opened, folded", 1),
    Figure("report_s", "report", "report with 60 stills", 20),
    Figure("queue_1000_ms", "queue", "work queue of 1,000 cases, from the window to its painted table", 300),
)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: the case, a colleague's `entries`, `cases` of a queue, `stills` of a report."""

    size: Size = field(default_factory=Size)
    entries: int = 10_000
    cases: int = 1_000
    stills: int = 60
    presses: int = 200
    rounds: int = 5


QUICK = Extent(Size(3, 40, 4, 4.0), 300, 20, 2, 6, 2)


def measure(sections: list[str], extent: Extent, say: Say) -> dict[str, Any]:
    """Run these sections and give their figures."""
    return measured(sections, lambda section: _MEASURE[section](extent), say)


def _open(extent: Extent) -> dict[str, Any]:
    with display():
        made = run_child("case_incident", {"size": asdict(extent.size)}, 1_200)
        found = [run_child("case_open", made, 300) for _ in range(min(3, extent.rounds))]
    return sorted(found, key=lambda each: float(each["open_s"]))[len(found) // 2]


def _marks(extent: Extent) -> dict[str, Any]:
    with display():
        return run_child("case_marks", {"size": asdict(extent.size), "presses": extent.presses}, 300)


def _search(extent: Extent) -> dict[str, Any]:
    with display():
        return run_child("case_search", {"size": asdict(extent.size), "presses": extent.presses}, 300)


def _fold(extent: Extent) -> dict[str, Any]:
    size = asdict(extent.size)
    return run_child("case_fold", {"entries": extent.entries, "size": size, "rounds": extent.rounds}, 600)


def _report(extent: Extent) -> dict[str, Any]:
    with display():
        return run_child("case_report", {"size": asdict(extent.size), "stills": extent.stills}, 600)


def _queue(extent: Extent) -> dict[str, Any]:
    with display():
        return run_child("case_queue", {"cases": extent.cases, "rounds": extent.rounds}, 600)


_MEASURE: dict[str, Callable[[Extent], dict[str, Any]]] = {
    "open": _open,
    "marks": _marks,
    "search": _search,
    "fold": _fold,
    "report": _report,
    "queue": _queue,
}
