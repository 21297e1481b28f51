"""`search_ms`: from a key typed into the search of the annotations to the painted list (p95), over 2,000 annotations;
the first key of a search is among them."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtTest import QTest

from tests.bench.case_made import Size
from tests.bench.case_stage import BenchStage, Painted, stage
from tests.bench.place_frames import percentile, settle

_TYPED = ("baton", "salo force", "a7", "camera 3 agrees", "anteeksi", "22:44", "wind nothing", '"badge number"')


def run(size: dict[str, Any], presses: int) -> dict[str, Any]:
    """At least so many keys."""
    took: list[float] = []
    found: dict[str, int] = {}
    with stage(Size(**size)) as made:
        settle(made.app, 0.5)
        panel = made.screen.panel
        panel.begin_search()
        settle(made.app, 0.1)
        while len(took) < presses:
            for words in _TYPED:
                took += [_typed(made, letter) for letter in words]
                found[words] = panel.list.bookmarks.rowCount()
                panel.search.line.clear()
                settle(made.app, 0.05)
    return {
        "search_ms": percentile(took, 95),
        "search_median_ms": percentile(took, 50),
        "search_worst_ms": round(max(took), 2),
        "searches": found,
    }


def _typed(made: BenchStage, letter: str) -> float:
    panel = made.screen.panel
    shown = panel.list.viewport() if panel.list.isVisible() else panel
    painted = Painted(shown)
    began = time.perf_counter()
    QTest.keyClicks(panel.search.line, letter)
    widget = panel.list.viewport() if panel.list.isVisible() else panel
    if widget is not shown:
        painted = Painted(widget)
    before = painted.times
    widget.update()
    made.until(lambda: painted.times > before)
    return (time.perf_counter() - began) * 1000
