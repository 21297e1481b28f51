"""A deck with sound: each camera's process decodes its own, the window's process mixes it for the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Utc
from reviewer.media.deck import Deck
from reviewer.media.mixer import SoundState
from reviewer.media.sound_device import Device, Fill, NoDevice
from reviewer.media.sound_ring import Samples
from tests.media.footage import START, WAIT, Hands, camera, clip, part
from tests.media.test_deck import let_go, until

TONE = clip(tuple(range(100)), tone=True)


class Speaker:
    """A sound device that the test asks for samples."""

    def __init__(self) -> None:
        self.fill: Fill | None = None
        self.lost: Callable[[], None] = lambda: None
        self.closed = False

    def __call__(self, fill: Fill, lost: Callable[[], None]) -> Speaker:
        self.fill, self.lost = fill, lost
        return self

    def close(self) -> None:
        self.closed = True

    def play(self, samples: int = 480) -> Samples:
        out = np.ones((samples, 2), np.float32)  # what the device's memory held before
        if self.fill is None:
            out[:] = 0
        else:
            self.fill(out, 0.0)
        return out

    def hears(self) -> float:
        return float(np.abs(self.play()).max())


@contextmanager
def playing(device: Device, hands: Hands, *keys: str) -> Iterator[Deck]:
    deck = Deck([camera(part(TONE), key=key) for key in keys or ("one",)], monotonic=hands, device=device)
    try:
        assert deck.wait_settled(WAIT)
        deck.set_levels(dict.fromkeys(keys or ("one",), 1.0))
        deck.play()
        let_go(deck)
        yield deck
    finally:
        deck.close()


def test_the_chosen_camera_is_heard_and_stops_at_once() -> None:
    speaker, hands = Speaker(), Hands()
    with playing(speaker, hands) as deck:
        hands.move(100_000)
        until(deck, lambda: speaker.hears() > 0.1)
        assert deck.sound_state == SoundState(("one",), True)
        deck.mute(True)
        speaker.play(4800)
        assert not speaker.play().any()
        deck.mute(False)
        until(deck, lambda: speaker.hears() > 0.1)
        deck.pause()
        speaker.play(4800)
        assert not speaker.play().any()
        deck.seek(Utc(START + 2 * SECOND))
        deck.play()
        let_go(deck)
        until(deck, lambda: speaker.hears() > 0.1)
        deck.listen(None)
        speaker.play(9600)
        assert not speaker.play().any()
    assert speaker.closed


def test_two_cameras_are_louder_than_one_and_a_level_of_none_is_silence() -> None:
    speaker, hands = Speaker(), Hands()
    with playing(speaker, hands, "one", "two") as deck:
        hands.move(100_000)
        deck.set_levels({"one": 0.5})
        until(deck, lambda: 0.1 < speaker.hears() < 0.3)
        deck.set_levels({"one": 0.5, "two": 0.5})
        until(deck, lambda: 0.4 < speaker.hears() < 0.6)
        assert deck.heard == ("one", "two")
        deck.set_cameras([c for c in (deck.camera("one"),) if c is not None])
        assert deck.heard == ("one",)


def test_a_camera_at_level_0_is_ready_and_silent() -> None:
    speaker, hands = Speaker(), Hands()
    with playing(speaker, hands, "one", "two") as deck:
        deck.set_levels({"one": 0.5, "two": 0.0})
        until(deck, lambda: 0.1 < speaker.hears() < 0.3)
        assert deck.heard == ("one",)
        ring = deck._views["two"].process.ring
        until(deck, lambda: ring.look().end > 0)
        deck.listen("two")
        until(deck, lambda: speaker.hears() > 0.4)


def test_a_camera_that_is_opened_anew_is_heard_on_through_its_parts() -> None:
    speaker, hands = Speaker(), Hands()
    with playing(speaker, hands) as deck:
        until(deck, lambda: speaker.hears() > 0.4)
        deck.set_cameras([camera(part(TONE), part(TONE, Utc(START + 6 * SECOND)))])
        hands.move(SECOND)
        until(deck, lambda: speaker.hears() > 0.4)
        hands.move(4 * SECOND)
        until(deck, lambda: speaker.hears() == 0)  # nothing was recorded there
        hands.move(2 * SECOND)
        until(deck, lambda: speaker.hears() > 0.4)
        deck.set_cameras([])
        speaker.play()
        assert speaker.hears() == 0 and deck.heard == ()


def test_no_device_changes_nothing_else() -> None:
    hands = Hands()
    with playing(nothing_there, hands) as deck:
        until(deck, lambda: "no sound device" in deck.sound_state.note)
        hands.move(100_000)
        deck._poke()
        assert deck.wait_settled(WAIT)
        assert deck.pictures(deck.tick())["one"].state is TileState.PLAYING
        assert deck.playing


def test_a_device_that_is_unplugged_is_said_and_the_picture_goes_on() -> None:
    speaker, hands = Speaker(), Hands()
    with playing(speaker, hands) as deck:
        until(deck, lambda: speaker.hears() > 0.1)
        deck._sound._open_device = nothing_there
        speaker.lost()
        until(deck, lambda: "No sound" in deck.sound_state.note)
        hands.move(400_000)
        deck._poke()
        assert deck.wait_settled(WAIT)
        assert deck.pictures(deck.tick())["one"].late == 0
        assert deck.playing


def test_a_camera_without_sound_says_so() -> None:
    deck = Deck([camera(part(clip()))], monotonic=Hands(), device=Speaker())
    try:
        assert deck.wait_settled(WAIT)
        deck.listen("one")
        deck.play()
        let_go(deck)
        until(deck, lambda: "no sound" in deck.sound_state.note)
    finally:
        deck.close()


def test_one_camera_without_sound_silences_no_other() -> None:
    deck = Deck([camera(part(clip())), camera(part(TONE), key="two")], monotonic=Hands(), device=Speaker())
    try:
        assert deck.wait_settled(WAIT)
        deck.set_levels({"one": 1.0, "two": 1.0})
        deck.play()
        let_go(deck)
        note = "This camera recorded no sound."
        until(deck, lambda: deck.sound_state == SoundState(("one", "two"), True, "", {"one": note}))
        deck.listen("one")
        assert deck.sound_state == SoundState(("one",), False, note, {"one": note})
    finally:
        deck.close()


def nothing_there(fill: Fill, lost: Callable[[], None]) -> Speaker:
    raise NoDevice("No sound: there is no sound device here.", "Plug one in and play again.")


@pytest.mark.parametrize(("rate", "note"), [(4.0, "No sound at 4×"), (0.25, "No sound at 0.25×"), (-1.0, "backwards")])
def test_beyond_half_and_double_it_is_silent_and_says_so(rate: float, note: str) -> None:
    deck = Deck([camera(part(TONE))], monotonic=Hands(), device=Speaker())
    deck.listen("one")
    deck.seek(Utc(START + SECOND))
    deck.play(rate)
    assert note in deck.sound_state.note
    assert not deck.sound_state.audible
    deck.close()
