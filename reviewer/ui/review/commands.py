"""Which key of the actions table does what on the review screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from reviewer.ui.review.faces import NextStep, Step
from reviewer.ui.review.speeds import NORMAL

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
SCREENING = NextStep(Step.SECOND_PLAYER, "Play in the second player")
SAYING_WHY = NextStep(Step.SAY_WHY, "Say why you view it")
FETCHING = NextStep(Step.FETCH_FIRST, "Fetch this part first")
_FRAMES = {"frame.back": -1, "frame.forward": 1, "frame.back10": -10, "frame.forward10": 10}


def _frames(screen: ReviewScreen, by: int) -> None:
    screen.controls.frame(screen.wall.focused, by)


def commands(screen: ReviewScreen) -> dict[str, Callable[[], object]]:
    """Command id → what it does. Every one of them can be pressed as a button or reached by mouse too."""
    controls, wall, hearing = screen.controls, screen.wall, screen.hearing
    found: dict[str, Callable[[], object]] = {
        "play.toggle": screen.play_or_stop,
        "play.turn": controls.turn,
        "play.slower": lambda: screen.held.press(-1),
        "play.stop": screen.stop_and_hold,
        "play.faster": lambda: screen.held.press(1),
        "speed.slower": lambda: controls.speed(-1),
        "speed.normal": lambda: controls.set_rate(NORMAL),
        "speed.faster": lambda: controls.speed(1),
        "time.type": screen.ask_time,
        "loop.toggle": controls.loop_toggle,
        "edge.previous": lambda: screen.ways.to_edge(-1),
        "edge.next": lambda: screen.ways.to_edge(1),
        "mark.previous": lambda: screen.ways.to_mark(-1),
        "mark.next": lambda: screen.ways.to_mark(1),
        "unwatched.previous": lambda: screen.ways.to_unwatched(-1),
        "unwatched.next": lambda: screen.ways.to_unwatched(1),
        "range.in": controls.range_in,
        "range.out": controls.range_out,
        "range.clear": controls.clear_range,
        "range.to_in": lambda: controls.to_end(-1),
        "range.to_out": lambda: controls.to_end(1),
        "wall.back": wall.back,
        "wall.layout": wall.next_layout,
        "picture.full": screen.toggle_full,
        "part.fetch": lambda: screen.step_asked.emit(wall.focused or "", FETCHING),
        "restricted.say_why": lambda: screen.step_asked.emit(wall.focused or "", SAYING_WHY),
        "screening.open": lambda: screen.step_asked.emit(wall.focused or "", SCREENING),
        "film.toggle": screen.film.toggle,
        "timeline.closer": lambda: screen.timeline.zoom(2.0),
        "timeline.farther": lambda: screen.timeline.zoom(0.5),
        "timeline.all": screen.timeline.show_all,
        "sound.mute": hearing.mute,
        "sound.panel": screen.sounds.toggle,
        "sound.solo": lambda: hearing.solo(wall.focused),
        "sound.louder": lambda: hearing.louder(wall.focused, 1),
        "sound.softer": lambda: hearing.louder(wall.focused, -1),
    }
    found |= screen.picture.commands()
    found |= screen.coverage.commands()
    found |= screen.maps.commands()
    found |= screen.notes.commands()
    found |= {command: partial(controls.seek_by, seconds) for command, seconds in _SEEKS.items()}
    found |= {command: partial(_frames, screen, by) for command, by in _FRAMES.items()}
    for number in range(1, 10):
        found[f"camera.{number}"] = partial(wall.focus_number, number)
        found[f"hear.{number}"] = partial(hearing.hear_number, number)
        found[f"mix.{number}"] = partial(hearing.mix_number, number)
    return found
