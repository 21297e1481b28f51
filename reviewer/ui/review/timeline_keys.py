"""What keys do that belong to the timeline alone, while it has the focus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from reviewer.domain.timebase import TimeRange

if TYPE_CHECKING:
    from reviewer.ui.review.timeline import Timeline

STEP = 1.25  # of zoom, a notch of the wheel


def key_moves(timeline: Timeline, key: int, ranges: Sequence[TimeRange]) -> bool:
    """Page up and down pan by half the view, + and − zoom, Home and End go to the ends of the footage (`ranges`).
    False for every other key."""
    half = timeline.axis.width / 2
    if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        timeline.pan(half if key == Qt.Key.Key_PageDown else -half)
    elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
        timeline.zoom(STEP**2 if key != Qt.Key.Key_Minus else STEP**-2)
    elif key == Qt.Key.Key_Home and ranges:
        timeline.seek_asked.emit(min(each.start for each in ranges))
    elif key == Qt.Key.Key_End and ranges:
        timeline.seek_asked.emit(max(each.end for each in ranges) - 1)
    else:
        return False
    return True
