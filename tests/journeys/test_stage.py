"""The stage of the copies' screen: footage beside the review, under the same gate, and gone when it is not in view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from reviewer.app.case_disclosure import DisclosureRoom
from reviewer.app.case_stage import Stage
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Utc
from tests.journeys.conftest import Person
from tests.journeys.test_gate import Watch, watch

__all__ = ["watch"]


@pytest.fixture
def stage(reviewing: Person) -> Iterator[Stage]:
    """The stage of a case that is open, with two cameras on it, in view."""
    hands = reviewing.room.hands
    assert hands is not None
    found = hands.copies.stage
    reviewing.key(Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
    room = hands.copies
    assert isinstance(room, DisclosureRoom)
    room.screen.show_request()  # where the stage stands
    reviewing.sees(lambda: found.view.isVisible())
    found.load(reviewing.screen.wall.every[:2], Utc(reviewing.playback.range.start + 6 * SECOND))
    yield found


def _shows(stage: Stage) -> bool:
    tiles = [stage.view.wall.tile(camera.key) for camera in stage.cameras]
    painted = [tile.painted for tile in tiles if tile is not None]
    return len(painted) == 2 and all(p is not None and p.state is TileState.PLAYING for p in painted)


def test_what_stands_on_it_is_in_the_log_first_and_after(watch: Watch, reviewing: Person, stage: Stage) -> None:
    reviewing.sees(lambda: _shows(stage))
    assert stage.playback is not None and not reviewing.screen.isVisible()
    begun = stage.playback.now()
    stage.playback.play()
    reviewing.sees(lambda: stage.playback is not None and stage.playback.now() > begun + SECOND)
    painted = {key for key, *_ in watch.painted}
    assert {camera.key for camera in stage.cameras} <= painted
    assert watch.without_entry() == []
    reviewing.leaves()
    assert watch.not_said(reviewing.program.workspace.user("salo").records) == []


def test_its_processes_end_with_the_view_and_it_comes_back_where_it_was(reviewing: Person, stage: Stage) -> None:
    reviewing.sees(lambda: _shows(stage))
    at = stage.now()
    reviewing.desk.window.show_screen("review")
    assert stage.playback is None and stage.now() == at
    reviewing.desk.window.show_screen("disclose")
    reviewing.sees(lambda: _shows(stage))
    assert stage.playback is not None and stage.playback.now() == at


def test_the_lock_covers_it(reviewing: Person, stage: Stage) -> None:
    reviewing.sees(lambda: _shows(stage))
    reviewing.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    reviewing.sees(lambda: not _shows(stage))
    tiles = (stage.view.wall.tile(camera.key) for camera in stage.cameras)
    assert all(tile is not None and tile.painted is None for tile in tiles)


def test_times_lead_to_the_signed_ones_and_back(stage: Stage) -> None:
    camera, at = stage.cameras[0], stage.now()
    assert at is not None
    assert stage.wall_time(camera.key, stage.stated(camera.key, at)) == at
