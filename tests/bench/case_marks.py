"""`key_to_mark_p95_ms`: from the press of a kind's key to the mark painted on the timeline, its entry durable before.
2,000 annotations are there already, nine cameras on the wall, the screen ticks as it does while it plays."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reviewer.domain.annotation import Bookmark
from reviewer.domain.timebase import SECOND, Utc
from tests.bench.case_made import Size
from tests.bench.case_stage import BenchStage, Painted, stage
from tests.bench.place_frames import percentile, settle

_KINDS = (Qt.Key.Key_F, Qt.Key.Key_J, Qt.Key.Key_S, Qt.Key.Key_I, Qt.Key.Key_D, Qt.Key.Key_U, Qt.Key.Key_A)


def run(size: dict[str, Any], presses: int) -> dict[str, Any]:
    """So many presses."""
    with stage(Size(**size)) as made:
        settle(made.app, 0.5)
        took = [_press(made, n) for n in range(presses)]
        kept = len(made.screen.marking.bookmarks)
    if kept != Size(**size).annotations + presses:
        raise RuntimeError(f"{kept} marks are there")
    return {
        "key_to_mark_p95_ms": percentile(took, 95),
        "key_to_mark_ms": percentile(took, 50),
        "key_to_mark_worst_ms": round(max(took), 2),
        "marks": kept,
    }


def _press(made: BenchStage, n: int) -> float:
    screen = made.screen
    made.playback.at = Utc(screen.timeline.axis.window.start + (20 + n * 37 % 500) * SECOND)
    settle(made.app, 0.02)
    painted, new = Painted(screen.timeline), list[Bookmark]()
    screen.marking.added.connect(new.append)
    began = time.perf_counter()
    QTest.keyClick(screen, _KINDS[n % len(_KINDS)], Qt.KeyboardModifier.AltModifier)
    made.until(lambda: bool(new))
    before = painted.times
    screen.timeline.update()
    made.until(lambda: painted.times > before)
    took = (time.perf_counter() - began) * 1000
    screen.marking.added.disconnect(new.append)
    screen.timeline.removeEventFilter(painted)
    if made.journal.failed is not None:
        raise RuntimeError("the log could not be written")
    return took
