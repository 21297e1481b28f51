"""Sound is measured for what is in view, one part at a time, and given up when nobody looks any more."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from reviewer.app.waveforms import PER_SECOND, Waveforms
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.timebase import TimeRange
from reviewer.media.waveform import Peaks
from reviewer.services.footage import CaseCamera
from reviewer.services.quarantine import Item
from reviewer.services.sync import ObjectState, ObjectStatus
from tests.ui.review import samples
from tests.ui.review.fakes import Stage, make_stage


@dataclass
class Measurer:
    """Measures when it is told to."""

    asked: list[tuple[int, int, Callable[[], bool], Future[Peaks]]] = field(default_factory=list)

    def __call__(self, camera: CaseCamera, part: int, given_up: Callable[[], bool]) -> Future[Peaks]:
        future: Future[Peaks] = Future()
        self.asked.append((camera.number, part, given_up, future))
        return future

    @property
    def order(self) -> list[tuple[int, int]]:
        return [(number, part) for number, part, _, _ in self.asked]


def _case_camera(number: int, absent: tuple[int, ...] = ()) -> CaseCamera:
    manifest = samples.cameras(9)[number - 1].manifest
    item = Item("o", 1, manifest.recording_id, "part")
    states = [
        ObjectStatus(item, ObjectState.ABSENT if i in absent else ObjectState.PRESENT, 1)
        for i in range(len(manifest.parts))
    ]
    return CaseCamera(number, manifest, tuple(states))


@pytest.fixture
def measurer() -> Measurer:
    return Measurer()


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = make_stage(4)
    qtbot.addWidget(made.screen)
    made.screen.resize(1536, 900)
    made.screen.show()
    made.screen.timeline.set_now(samples.at("22:48:00"))
    return made


@pytest.fixture
def waves(stage: Stage, measurer: Measurer) -> Waveforms:
    made = Waveforms(stage.screen, measurer, stage.bridge, lambda: stage.playback.playing)
    stage.screen.wall.focus("rec-2")
    made.set_cameras(tuple(_case_camera(n, absent=(0,) if n == 4 else ()) for n in range(1, 5)))
    return made


def _finish(measurer: Measurer) -> None:
    measurer.asked[-1][3].set_result(np.zeros((PER_SECOND, 2), np.int16))


def test_one_at_a_time_the_focused_and_nearest_first(
    waves: Waveforms, stage: Stage, measurer: Measurer, qtbot: QtBot
) -> None:
    assert not waves.done
    for count in range(1, 6):
        qtbot.waitUntil(lambda count=count: len(measurer.asked) == count)  # type: ignore[misc]
        _finish(measurer)
    qtbot.waitUntil(lambda: waves.done)
    assert measurer.order == [(2, 1), (2, 0), (1, 0), (3, 0), (4, 1)]  # part 1 of camera 4 is not here
    assert {key for key, peaks in stage.screen.timeline._scene.peaks.items() if peaks} == {
        f"rec-{n}" for n in range(1, 5)
    }


def test_what_is_out_of_view_waits_until_it_is_seen(
    waves: Waveforms, stage: Stage, measurer: Measurer, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: measurer.order == [(2, 1)])
    stage.screen.timeline.show_window(TimeRange(samples.at("22:38:10"), samples.at("22:39:00")))
    qtbot.waitUntil(measurer.asked[0][2])  # given up: it is not to be seen any more
    measurer.asked[0][3].set_exception(Cancelled("Drawing the sound"))
    qtbot.waitUntil(lambda: len(measurer.asked) == 2)
    assert measurer.order[1] == (3, 0)
    _finish(measurer)
    qtbot.waitUntil(lambda: waves.done)
    stage.screen.timeline.show_all()
    qtbot.waitUntil(lambda: len(measurer.asked) == 3)
    assert measurer.order[2] == (2, 1)  # asked for again


def test_nothing_begins_while_footage_plays(waves: Waveforms, stage: Stage, measurer: Measurer, qtbot: QtBot) -> None:
    stage.playback.playing = True
    qtbot.wait(600)
    assert not measurer.asked
    stage.playback.playing = False
    qtbot.waitUntil(lambda: len(measurer.asked) == 1)


def test_a_part_that_cannot_be_read_is_said_once(
    waves: Waveforms, stage: Stage, measurer: Measurer, qtbot: QtBot
) -> None:
    said: list[str] = []
    stage.screen.status_changed.connect(lambda items, _right: said.extend(i.words for i in items))
    qtbot.waitUntil(lambda: len(measurer.asked) == 1)
    measurer.asked[0][3].set_exception(ReviewerError("This part cannot be read.", "Fetch it again."))
    qtbot.waitUntil(lambda: len(measurer.asked) == 2)
    assert measurer.order == [(2, 1), (2, 0)] and "This part cannot be read. Fetch it again." in said


def test_leaving_gives_up(waves: Waveforms, measurer: Measurer, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(measurer.asked) == 1)
    waves.close()
    assert measurer.asked[0][2]() and waves.done
