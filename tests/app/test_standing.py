"""How a case stood comes back, whole; and from a file of the first release as far as that went."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from reviewer.app.standing import place_of, restore
from reviewer.domain.timebase import TimeRange
from reviewer.services.preferences import Place, SoundLevel
from reviewer.ui.review.screen import ReviewScreen
from tests.ui.review.fakes import Stage, make_stage
from tests.ui.review.samples import NOW, at

LOOP = TimeRange(at("22:42:02"), at("22:42:31"))


def _stage(qtbot: QtBot) -> Stage:
    made = make_stage()
    qtbot.addWidget(made.screen)
    made.screen.resize(1536, 900)
    made.screen.show()
    made.screen.open_at(NOW)
    return made


def _disturb(screen: ReviewScreen) -> None:
    """Everything as nobody has it at first."""
    screen.wall.choose(["rec-1", "rec-3", "rec-4"])
    screen.wall.next_layout()
    screen.wall.focus("rec-3")
    screen.hearing.mix("rec-1")
    screen.hearing.mix("rec-4")
    screen.hearing.set_percent("rec-4", 140)
    screen.hearing.solo("rec-4")
    screen.controls.set_rate(-1500)
    screen.controls.set_range(LOOP)
    screen.controls.loop_toggle()
    screen.film.toggle()
    screen.timeline.zoom(6)


def test_everything_is_back(qtbot: QtBot) -> None:
    before = _stage(qtbot)
    _disturb(before.screen)
    place = place_of(before.screen, before.playback, NOW)  # type: ignore[arg-type]
    after = _stage(qtbot)
    after.screen.wall.choose(place.cameras)
    restore(after.screen, place)
    assert place_of(after.screen, after.playback, NOW) == place  # type: ignore[arg-type]
    assert after.playback.levels == {"rec-4": 1.4} and after.playback.loop == LOOP
    assert after.screen.timeline.axis.window == before.screen.timeline.axis.window
    assert after.screen.transport.speed.now.accessibleName() == "Speed 1.5× backwards"


def test_a_range_that_is_not_looped_is_back_too(qtbot: QtBot) -> None:
    before = _stage(qtbot)
    before.screen.controls.set_range(LOOP)
    place = place_of(before.screen, before.playback, NOW)  # type: ignore[arg-type]
    after = _stage(qtbot)
    restore(after.screen, place)
    assert after.screen.controls.range == LOOP and after.playback.loop is None


@pytest.mark.parametrize("rate", [500, 3000])
def test_an_old_place_brings_what_it_has(qtbot: QtBot, rate: int) -> None:
    stage = _stage(qtbot)
    old = Place(NOW, ("rec-1", "rec-2"), "rec-2", "rec-2", "two", rate, LOOP)
    restore(stage.screen, old)
    assert stage.playback.levels == {"rec-2": 1.0} and stage.screen.controls.range == LOOP == stage.playback.loop
    assert stage.screen.controls.chosen == (500 if rate == 500 else 1000)  # 3× is none of the speeds
    place = place_of(stage.screen, stage.playback, NOW)  # type: ignore[arg-type]
    assert replace(place, cameras=(), levels=()).layout == "two" and place.levels == (SoundLevel("rec-2", on=True),)
