"""Other clocks in the middle of the work, at the real window: it plays on, and the log has what was really seen."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.media.camera import TilePicture
from reviewer.services.demo import CASE
from tests.journeys.conftest import Person
from tests.journeys.own_clocks import SMALL
from tests.journeys.test_alignment import RIGHT, WRONG, heard_demo

__all__ = ["heard_demo"]
KEY, HELD = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def demo(heard_demo: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    shutil.copytree(heard_demo, folder)
    return folder


def _key(person: Person, number: int) -> str:
    return next(c.key for c in person.room.cameras if c.number == number)


def _painted(person: Person, key: str) -> TilePicture:
    return person.screen.wall.painted()[key]


def _watched(person: Person, key: str) -> list[TimeRange]:
    """What the log says was painted of a camera while it played, in its stated time."""
    with closing(person.desk.session.queries()) as queries:
        return [w.shown for w in queries.watched(CASE, key) if w.width and w.rate_milli]


def test_an_alignment_that_is_accepted_while_it_plays(person: Person) -> None:
    person.native = SMALL[0]
    person.logs_on()
    person.has_footage()
    person.opens_case()
    clocks = person.room.hands.clocks
    assert clocks is not None
    wall = person.room._wall
    person.sees(lambda: clocks.clocking.proposal is not None)
    wrong = next(c for c in person.room.cameras if c.number == WRONG)
    person.key(KEY.Key_3)
    start = Utc(wrong.manifest.range.start + 20 * SECOND)
    person.goes_to(start)
    person.key(KEY.Key_Space)
    person.sees(lambda: person.playback.now() > start + 2 * SECOND)

    before = person.playback.now()
    person.key(KEY.Key_Y, HELD.AltModifier)
    person.sees(lambda: clocks.clocking.standing is not None)
    assert person.playback.playing
    offset = wall.clocks.corrections[wrong.key].offset
    assert abs(offset + 37 * SECOND) < SECOND
    here = person.playback.now()
    assert 0 <= here - (before + offset) < 5 * SECOND, "the play-head goes on with the focused camera's frame"
    later = Utc(here + 2 * SECOND)
    person.sees(lambda: _painted(person, wrong.key).at > later)
    assert person.playback.playing
    person.key(KEY.Key_Space)
    person.settles()

    picture = _painted(person, wrong.key)
    assert picture.image is not None and picture.at <= person.playback.now() < picture.until
    accepted, stated = (wall.clocks.to_stated(wrong.key, at) for at in (here, person.playback.now()))
    assert person.viewing.painted_outside == 0
    keys = {n: _key(person, n) for n in (WRONG, RIGHT)}
    person.room.close()
    seen = [r for r in _watched(person, keys[WRONG]) if r.end > start]
    assert min(r.start for r in seen) <= start + SECOND and max(r.end for r in seen) <= stated + SECOND
    # One stretch ends and another begins where the clocks changed, which was a little before `here` was read.
    assert any(r.end < accepted + SECOND for r in seen) and any(r.start > accepted - SECOND for r in seen)
    others = _watched(person, keys[RIGHT])
    assert any(abs(r.start - start) < 3 * SECOND for r in others)
    assert any(abs(r.start - (before + offset)) < 5 * SECOND for r in others), "the right camera was seen at two places"
