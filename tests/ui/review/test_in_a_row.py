"""Stretches played in a row on the review's own clock: what comes next, what ends it, what is said meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.ui.review.in_a_row import InARow, InARowBar, Stop
from reviewer.ui.review.wall_layout import WallLayout
from tests.ui.review import samples
from tests.ui.review.fakes import Stage, make_stage


def _stop(key: str, start: str, end: str, words: str = "") -> Stop:
    return Stop(key, TimeRange(samples.at(start), samples.at(end)), words)


STOPS = (
    _stop("rec-1", "22:41:00", "22:41:05", "E1 · for"),
    _stop("rec-3", "22:42:00", "22:42:05", "E2 · against"),
    _stop("rec-1", "22:41:02", "22:41:04", "E3 · for"),
)


_FRAME = Micros(100_000)


@dataclass
class Playing:
    stage: Stage
    row: InARow
    bar: InARowBar
    ended: list[str] = field(default_factory=list)

    def runs_to(self, clock: str, *, playing: bool = True) -> None:
        """The clock runs there frame by frame, and the screen ticks; until it is stopped or sent elsewhere."""
        playback, to = self.stage.playback, samples.at(clock)
        playback.playing = True
        for at in range(playback.at + _FRAME, to, _FRAME):
            playback.at = Utc(at)
            self.stage.screen.tick()
            if playback.at != at or not playback.playing:
                return
        playback.at, playback.playing = to, playing
        self.stage.screen.tick()

    def jumps_to(self, clock: str) -> None:
        """The clock is there, although nobody sent it: this machine stood still meanwhile."""
        self.stage.playback.at = samples.at(clock)
        self.stage.screen.tick()

    def goes_to(self, clock: str) -> None:
        """Somebody sends it there."""
        self.stage.screen.controls.seek(samples.at(clock))
        self.stage.screen.tick()


@pytest.fixture
def playing(qtbot: QtBot) -> Playing:
    stage = make_stage()
    qtbot.addWidget(stage.window)
    stage.screen.resize(1600, 1000)
    stage.screen.show()
    stage.screen.open_at(samples.NOW)
    stage.playback.frame = _FRAME
    row = InARow(stage.screen, lambda: stage.playback)  # type: ignore[arg-type, return-value]
    made = Playing(stage, row, InARowBar(row, stage.keys))
    qtbot.addWidget(made.bar)
    row.ended.connect(made.ended.append)
    return made


def test_each_stretch_is_played_on_its_camera_and_then_it_stops(playing: Playing) -> None:
    playing.row.start("A1", STOPS)
    playback, wall = playing.stage.playback, playing.stage.screen.wall
    assert (playback.at, playback.playing, wall.focused) == (samples.at("22:41:00"), True, "rec-1")
    playing.runs_to("22:41:04.9")
    assert playing.row.n == 0
    playing.runs_to("22:41:05.02")
    assert (playing.row.n, playback.at, wall.focused) == (1, samples.at("22:42:00"), "rec-3")
    playing.runs_to("22:42:05.02")
    assert (playing.row.n, playback.at) == (2, samples.at("22:41:02"))
    playing.runs_to("22:41:04.02")
    assert not playing.row.active
    assert not playback.playing
    assert playing.ended == ["A1: all 3 were played."]


def test_what_is_played_stands_in_the_bar(playing: Playing) -> None:
    assert not playing.bar.isVisibleTo(None)
    playing.row.start("A1", STOPS)
    assert not playing.bar.isHidden()
    words = {child.property("text") for child in playing.bar.children() if child.property("text")}
    assert "E1 · for" in words
    assert {"Back", "Next", "End"} <= words
    playing.row.end()
    assert playing.bar.isHidden()
    assert playing.ended == ["A1: ended at 1 of 3."]


def test_going_elsewhere_ends_it_and_leaves_the_person_there(playing: Playing) -> None:
    playing.row.start("A1", STOPS)
    playing.runs_to("22:41:01")
    playing.goes_to("22:47:00")
    assert playing.ended == ["A1: you went elsewhere at 1 of 3."]
    assert playing.stage.playback.playing
    assert playing.stage.playback.at == samples.at("22:47:00")


def test_a_pause_and_a_step_back_do_not(playing: Playing) -> None:
    playing.row.start("A1", STOPS)
    playing.runs_to("22:41:03", playing=False)
    playing.goes_to("22:40:59")
    assert playing.row.n == 0
    assert playing.row.active
    playing.runs_to("22:41:05.01")
    assert playing.row.n == 1


def test_next_and_back(playing: Playing) -> None:
    playing.row.start("A1", STOPS)
    playing.runs_to("22:41:01")
    playing.row.next()
    assert playing.row.n == 1
    playing.runs_to("22:42:00.01")
    playing.row.previous()
    playing.runs_to("22:41:00")
    playing.row.previous()
    assert (playing.row.n, playing.stage.playback.at) == (0, samples.at("22:41:00"))


def test_footage_that_ends_before_the_stretch_does_goes_on_to_the_next(playing: Playing) -> None:
    playing.stage.playback.range = TimeRange(samples.at("22:38:00"), samples.at("22:41:03"))
    playing.row.start("A1", STOPS[:1])
    playing.runs_to("22:41:02.95", playing=False)
    assert playing.ended == ["A1: all 1 were played."]


def test_what_does_not_count_is_said_while_it_is_played(playing: Playing) -> None:
    playing.stage.screen.wall.set_layout(WallLayout.THREE)
    playing.row.start("Left", STOPS, fastest_milli=2_000)
    assert playing.stage.screen.wall.layout_now is WallLayout.FOCUS  # large enough to count
    playing.runs_to("22:41:01")
    assert playing.row.warning == ""
    playing.stage.screen.controls.set_rate(4_000)
    playing.runs_to("22:41:02")
    assert playing.row.warning == "This does not count: play forwards, at 2× or slower."
    playing.stage.screen.controls.set_rate(2_000)
    playing.runs_to("22:41:03")
    assert playing.row.warning == ""
    playing.stage.playback.sizes = {}
    playing.runs_to("22:41:03.5")
    assert "No picture" in playing.row.warning


def test_what_was_not_shown_is_played_once_more_at_a_speed_that_this_machine_can(playing: Playing) -> None:
    playing.row.start("Left", STOPS[:1], fastest_milli=2_000)
    playback, controls = playing.stage.playback, playing.stage.screen.controls
    controls.set_rate(2_000)
    playing.runs_to("22:41:01")
    playing.jumps_to("22:41:01.3")
    assert (playing.row.warning, playback.at) == ("", samples.at("22:41:01.3"))  # so little counts as watched
    playing.jumps_to("22:41:02")
    assert playback.at == samples.at("22:41:01.4") and playback.playing and controls.rate == 1_000
    playing.runs_to("22:41:01.5")
    assert playing.row.warning == "The picture fell behind at 2×: from there once more, at 1×."
    assert playing.row.active


def test_what_was_not_shown_before_the_end_of_a_stretch_comes_before_the_next(playing: Playing) -> None:
    playing.row.start("A1", STOPS[:2])
    playing.runs_to("22:41:04")
    playing.jumps_to("22:41:09")  # far behind its end: nobody went there
    assert (playing.row.n, playing.stage.playback.at) == (0, samples.at("22:41:04.1"))
    playing.runs_to("22:41:05")
    assert (playing.row.n, playing.stage.playback.at) == (1, samples.at("22:42:00"))


def test_what_was_not_shown_before_the_footage_ends_is_played_though_the_clock_stopped_there(playing: Playing) -> None:
    playback = playing.stage.playback
    playback.range = TimeRange(samples.at("22:38:00"), samples.at("22:41:03"))
    playing.row.start("A1", STOPS[:1])
    playing.runs_to("22:41:02")
    playback.playing = False
    playing.jumps_to("22:41:03")
    assert playing.row.active and playback.at == samples.at("22:41:02.1") and playback.playing
    playing.runs_to("22:41:03", playing=False)
    assert playing.ended == ["A1: all 1 were played."]


def test_a_picture_that_never_comes_does_not_hold_it_up_for_ever(playing: Playing) -> None:
    playing.row.start("A1", STOPS[:1])
    playing.runs_to("22:41:01")
    playing.stage.playback.frame = None  # the last frame stands from here on
    back = 0
    for _ in range(400):
        before = playing.stage.playback.at
        playing.jumps_to(f"22:41:0{(before + 100_000 - samples.at('22:41:00')) / SECOND:.1f}")
        back += playing.stage.playback.at < before
        if not playing.row.active:
            break
    assert playing.ended == ["A1: all 1 were played."] and back >= 3


def test_who_goes_on_is_not_brought_back(playing: Playing) -> None:
    playing.row.start("A1", STOPS[:1])
    playing.runs_to("22:41:01")
    playing.goes_to("22:41:03")
    playing.runs_to("22:41:03.2")
    assert playing.row.active and playing.stage.playback.at == samples.at("22:41:03.2")


def test_who_skims_is_not_brought_back(playing: Playing) -> None:
    playing.row.start("A1", STOPS[:1])
    playing.stage.screen.controls.set_rate(8_000)
    playing.runs_to("22:41:01")
    playing.jumps_to("22:41:02")
    playing.jumps_to("22:41:03")
    assert playing.row.active and playing.stage.playback.at == samples.at("22:41:03")


def test_each_camera_is_heard_and_the_mix_comes_back(playing: Playing) -> None:
    hearing = playing.stage.screen.hearing
    hearing.hear("rec-2")
    playing.row.start("A1", STOPS)
    assert hearing.heard == ("rec-1",)
    playing.row.next()
    assert hearing.heard == ("rec-3",)
    playing.row.end()
    assert hearing.heard == ("rec-2",)


def test_a_camera_that_is_not_on_the_wall_comes_there(playing: Playing) -> None:
    wall = playing.stage.screen.wall
    wall.choose({"rec-1", "rec-2"})
    playing.row.start("A1", STOPS[1:2])
    assert wall.focused == "rec-3"
    assert {camera.key for camera in wall.cameras} == {"rec-1", "rec-2", "rec-3"}


def test_nothing_to_play_and_the_end_of_the_case_say_nothing(playing: Playing) -> None:
    playing.row.start("A1", ())
    playing.row.next()
    playing.row.end()
    playing.row.start("A1", STOPS)
    playing.row.forget()
    playing.stage.playback.at = Utc(playing.stage.playback.at + Micros(60 * SECOND))
    playing.stage.screen.tick()
    assert playing.ended == []
