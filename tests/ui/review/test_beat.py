"""When the review ticks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot

from reviewer.ui.review import beat as module
from reviewer.ui.review.beat import Beat
from tests.ui.review.fakes import make_stage


@dataclass
class Hand:
    """A playback that a hand drags, and a clock."""

    follows: bool = False
    arrived: bool = False
    now: float = 100.0
    ticks: int = 0

    def tick(self) -> None:
        self.ticks += 1


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    hand = Hand()
    monkeypatch.setattr(module, "monotonic", lambda: hand.now)
    return hand


def _passes(hand: Hand, beat: Beat, milliseconds: int) -> int:
    """How often it ticks in so long; its timer comes as often as it asked for."""
    before, until = hand.ticks, hand.now + milliseconds / 1000
    while hand.now + beat.interval() / 1000 <= until + 1e-9:
        hand.now += beat.interval() / 1000
        beat.timeout.emit()
    hand.now = until
    return hand.ticks - before


def test_at_rest_and_playing_it_ticks_with_the_screen_and_asks_nothing_in_between(qapp: object, hand: Hand) -> None:
    beat = Beat(hand.tick, hand)
    hand.arrived = True
    assert _passes(hand, beat, 160) == 10
    assert beat.interval() == 16


def test_a_place_on_a_hand_s_way_is_painted_as_soon_as_it_is_there(qapp: object, hand: Hand) -> None:
    beat = Beat(hand.tick, hand)
    hand.follows = True
    assert _passes(hand, beat, 16) == 1  # from here on it looks in between
    assert _passes(hand, beat, 8) == 0
    hand.arrived = True
    assert _passes(hand, beat, 4) == 1
    hand.arrived = False
    assert _passes(hand, beat, 12) == 0
    assert _passes(hand, beat, 4) == 1  # nothing came: as ever
    hand.follows = False
    assert _passes(hand, beat, 16) == 1
    assert beat.interval() == 16


def test_however_fast_places_come_it_ticks_no_more_than_a_screen_shows(qapp: object, hand: Hand) -> None:
    beat = Beat(hand.tick, hand)
    hand.follows = hand.arrived = True
    _passes(hand, beat, 16)
    assert _passes(hand, beat, 800) == 100


def test_the_review_is_ticked_like_that(qtbot: QtBot, hand: Hand) -> None:
    stage = make_stage()
    qtbot.addWidget(stage.screen)
    beat = stage.screen._timer
    assert isinstance(beat, Beat)
    stage.playback.follows = True
    seen: list[object] = []
    stage.screen.ticked.connect(seen.append)
    beat.timeout.emit()
    assert len(seen) == 1 and beat.interval() < 16
    hand.now += 0.012
    beat.timeout.emit()
    stage.playback.arrived = True
    beat.timeout.emit()
    assert len(seen) == 2
