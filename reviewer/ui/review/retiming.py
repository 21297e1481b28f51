"""The review screen by other clocks: what lies on the wall's time moves, nothing that is on the footage does.

The play-head stays on the frame of the focused camera; the stretch in view, the range and its loop go with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reviewer.domain.timebase import TimeRange
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.screen import ReviewScreen

Moved = Callable[[TimeRange], TimeRange]
"""Where the focused camera's footage of a stretch of the wall lies now."""


def retime(screen: ReviewScreen, cameras: Iterable[ReviewCamera], moved: Moved) -> None:
    """The same cameras by other clocks; playback has them already."""
    cameras, axis = tuple(cameras), screen.timeline.axis
    window = moved(axis.window) if axis.window != axis.whole else None
    screen.controls.retime(moved)
    screen.set_cameras(cameras)
    screen.history.retime(cameras)
    screen.marking.refresh()
    screen.coverage.retime()
    screen.film.retime()
    if window is not None:
        screen.timeline.show_window(window)
