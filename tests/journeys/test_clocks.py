"""A wrong clock at the real window: found, proposed with its reasons, accepted, and withdrawn; by keys alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from reviewer.domain.alignment import COVERAGE, Alignment, SourceKind
from reviewer.domain.alignment_acts import AlignmentAccepted
from reviewer.domain.timebase import SECOND, Utc
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.scene import bookmark_range
from tests.journeys.conftest import Person
from tests.journeys.test_alignment import heard_demo as heard_demo

KEY, HELD = Qt.Key, Qt.KeyboardModifier
FAST = 3  # the camera whose clock is 37 s fast, and was signed so


@pytest.fixture
def demo(heard_demo: Path, tmp_path: Path) -> Path:
    """Ninety seconds with all their sound, the wrong clock signed as it was; its pictures are small and grey."""
    folder = tmp_path / "demo"
    shutil.copytree(heard_demo, folder)
    return folder


@pytest.fixture
def reviewer(person: Person) -> Person:
    """Logged on, everything here, the case open."""
    person.native = 160
    person.logs_on()
    person.has_footage()
    person.opens_case()
    return person


def camera(person: Person, number: int = FAST) -> ReviewCamera:
    return next(c for c in person.screen.wall.every if c.number == number)


def true_start(person: Person, number: int = FAST) -> Utc:
    return next(c.parts[0].start for c in person.truth.cameras if c.number == number)


def off(person: Person, number: int = FAST) -> int:
    """How far a camera stands from where it truly is (µs)."""
    return camera(person, number).range.start - true_start(person, number)


def shown(person: Person) -> tuple[str, int]:
    """The frame of the fast camera that is on the screen."""
    picture = person.screen.wall.painted()[camera(person).key]
    return str(picture.part), picture.pts


def rests_on(proposal: Alignment | None, kind: SourceKind) -> bool:
    return proposal is not None and any(each.used and each.reading.kind is kind for each in proposal.judged)


def words(person: Person) -> str:
    assert person.room.hands.clocks is not None
    panel = person.room.hands.clocks.panel
    return f"{panel.head.words}\n{panel.list.words}"


def test_the_wrong_clock_is_found_proposed_accepted_and_withdrawn(reviewer: Person) -> None:
    person, clocks = reviewer, reviewer.room.hands.clocks
    assert clocks is not None
    assert 36 * SECOND < off(person) < 39 * SECOND
    person.key(KEY.Key_3)
    person.goes_to(Utc(camera(person).range.start + 4 * SECOND))
    person.key(KEY.Key_B)
    person.sees(lambda: len(person.screen.marking.bookmarks) == 1)
    mark = person.screen.marking.bookmarks[0].marks
    place, frame = bookmark_range(person.screen.marking.bookmarks[0], person.screen.wall.every), shown(person)

    person.key(KEY.Key_Y, HELD.ShiftModifier)  # compare the sound
    person.sees(lambda: not clocks.clocking.comparing and rests_on(clocks.clocking.proposal, SourceKind.SOUND))
    assert off(person) > 36 * SECOND, "nothing moves before it is accepted"
    assert "Proposed; nothing is moved yet" in words(person)
    assert "Sound: " in words(person) and "s ahead of camera" in words(person) and "left out" in words(person)

    person.key(KEY.Key_Y, HELD.AltModifier)  # accept
    person.sees(lambda: clocks.clocking.standing is not None)
    person.settles()
    assert abs(off(person)) <= COVERAGE * camera(person).manifest.clock.uncertainty < SECOND
    assert "Aligned by sound" in words(person)
    assert "Aligned clocks stand · Accepted by K. Salo" in words(person)
    moved = bookmark_range(person.screen.marking.bookmarks[0], person.screen.wall.every)
    assert person.screen.marking.bookmarks[0].marks == mark, "a bookmark keeps its place in the footage"
    assert abs((place.start - moved.start) - 37 * SECOND) < 2 * SECOND, "and moves along with it on the timeline"
    assert shown(person) == frame, "the play-head stays on the focused camera's frame"
    accepted = clocks.hand.facts().accepted
    assert accepted is not None and isinstance(accepted.event, AlignmentAccepted)
    assert any(not each.used and camera(person).key == each.reading.recording for each in accepted.event.judged)

    person.key(KEY.Key_Y, HELD.ControlModifier)  # withdraw
    person.sees(lambda: clocks.clocking.standing is None)
    person.settles()
    assert off(person) > 36 * SECOND
    assert bookmark_range(person.screen.marking.bookmarks[0], person.screen.wall.every) == place
    assert shown(person) == frame
    assert person.viewing.painted_outside == 0


def test_one_event_marked_in_two_cameras_corrects_the_clock_and_is_undone(reviewer: Person) -> None:
    person, clocks = reviewer, reviewer.room.hands.clocks
    assert clocks is not None
    instant = Utc(true_start(person) + 5 * SECOND)  # what both see then is the same event
    person.key(KEY.Key_3)
    person.goes_to(Utc(instant + off(person)))
    person.key(KEY.Key_P)
    assert "Marked in camera 3" in clocks.panel.pair.shown.waiting
    person.key(KEY.Key_1)
    person.goes_to(Utc(instant + off(person, 1)))
    person.key(KEY.Key_P)
    person.sees(lambda: len(clocks.hand.facts().cues) == 1)
    person.sees(lambda: rests_on(clocks.clocking.proposal, SourceKind.CUE))
    person.key(KEY.Key_Y, HELD.AltModifier)
    person.sees(lambda: clocks.clocking.standing is not None)
    assert abs(off(person)) <= COVERAGE * camera(person).manifest.clock.uncertainty < SECOND
    person.key(KEY.Key_Y, HELD.ControlModifier | HELD.ShiftModifier)  # undo
    person.sees(lambda: clocks.clocking.standing is None)
    assert off(person) > 36 * SECOND


def test_a_nudge_and_a_known_offset_by_keys_alone(reviewer: Person) -> None:
    person, clocks = reviewer, reviewer.room.hands.clocks
    assert clocks is not None
    person.key(KEY.Key_Y)
    person.sees(lambda: clocks.panel.isVisible())
    person.key(KEY.Key_3)
    person.goes_to(Utc(camera(person).range.start + 3 * SECOND))
    person.key(KEY.Key_Period, HELD.AltModifier)
    person.key(KEY.Key_Period, HELD.AltModifier | HELD.ShiftModifier)
    assert clocks.panel.pair.shown.nudge == "41 ms later"
    person.key(KEY.Key_P, HELD.AltModifier)
    person.sees(lambda: clocks.panel.pair.offset.off.hasFocus())
    for typed in ("-37.2", "0.5", "Seen against the dock clock"):
        person.types(typed)
        person.key(KEY.Key_Tab)
    clocks.panel.pair.offset.submit()
    person.sees(lambda: len(clocks.hand.facts().offsets) == 1)
    person.sees(lambda: "Camera 3: −37.2" in " ".join(each.words for each in clocks.panel.pair.said))
    person.key(KEY.Key_Y, HELD.AltModifier)
    person.sees(lambda: clocks.clocking.standing is not None)
    assert abs(off(person)) < SECOND
    person.key(KEY.Key_Y)
    assert person.screen.panel.isVisible()
