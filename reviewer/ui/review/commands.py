"""Which key of the actions table does what on the review screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.ui.review.screen import ReviewScreen

_SEEKS = {
    "seek.back": -1,
    "seek.forward": 1,
    "seek.back5": -5,
    "seek.forward5": 5,
    "seek.back30": -30,
    "seek.forward30": 30,
}


def commands(screen: ReviewScreen) -> dict[str, Callable[[], object]]:
    """Command id → what it does. Every one of them can be pressed as a button or reached by mouse too."""
    controls, wall = screen.controls, screen.wall
    found: dict[str, Callable[[], object]] = {
        "play.toggle": screen.play_or_stop,
        "play.slower": controls.slower,
        "play.stop": screen.stop,
        "play.faster": controls.faster,
        "frame.back": lambda: controls.frame(wall.focused, -1),
        "frame.forward": lambda: controls.frame(wall.focused, 1),
        "time.type": screen.ask_time,
        "loop.toggle": controls.loop_toggle,
        "mark.previous": lambda: screen.ways.to_mark(-1),
        "mark.next": lambda: screen.ways.to_mark(1),
        "unwatched.previous": lambda: screen.ways.to_unwatched(-1),
        "unwatched.next": lambda: screen.ways.to_unwatched(1),
        "bookmark.add": screen.bookmark,
        "range.in": controls.range_in,
        "range.out": controls.range_out,
        "note.write": screen.write_note,
        "note.sign": screen.panel.editor.submit,
        "undo": screen.marking.undo,
        "redo": screen.marking.redo,
        "wall.back": wall.back,
        "wall.layout": wall.next_layout,
        "picture.full": screen.toggle_full,
        "still.save": screen.stills.save,
        "sound.mute": screen.hearing.mute,
    }
    found |= {command: partial(controls.seek_by, seconds) for command, seconds in _SEEKS.items()}
    for number in range(1, 10):
        found[f"camera.{number}"] = partial(wall.focus_number, number)
        found[f"hear.{number}"] = partial(screen.hearing.hear_number, number)
    return found
