"""Sound follows the clock, and its absence changes nothing else."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.errors import Cancelled
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Utc
from reviewer.media.audio import Buffer, Fill, NoDevice, SoundState, open_device
from reviewer.media.deck import Deck
from reviewer.media.sound_source import RATE, Samples, SoundSource
from reviewer.media.waveform import peaks
from tests.media.footage import START, WAIT, Hands, camera, clip, part

TONE = clip(tuple(range(100)), tone=True)


class Speaker:
    """A sound device that the test asks for samples."""

    def __init__(self) -> None:
        self.fill: Fill | None = None
        self.lost: Callable[[], None] = lambda: None
        self.opened = threading.Event()
        self.closed = False

    def __call__(self, fill: Fill, lost: Callable[[], None]) -> Speaker:
        self.fill, self.lost = fill, lost
        self.opened.set()
        return self

    def close(self) -> None:
        self.closed = True

    def play(self, samples: int = 480) -> Samples:
        if self.fill is None:
            return np.zeros((samples, 2), np.float32)
        out = np.ones((samples, 2), np.float32)  # what the device's memory held before
        self.fill(out, 0.0)
        return out

    def hears_something(self) -> bool:
        return float(np.abs(self.play()).max()) > 0.1


@contextmanager
def playing(speaker: Speaker, hands: Hands, rate: float = 1.0, data: bytes = TONE) -> Iterator[Deck]:
    deck = Deck([camera(part(data))], monotonic=hands, device=speaker)
    try:
        assert deck.wait_settled(WAIT)
        deck.listen("one")
        deck.play(rate)
        with deck._changed:
            assert deck._changed.wait_for(lambda: deck.tick() is not None and deck._clock.read().rolling, WAIT)
        yield deck
    finally:
        deck.close()


def until(heard: Callable[[], bool], deck: Deck) -> bool:
    """Wait until the sound thread has come so far. It tells nobody, so ask again and again."""
    patience = threading.Event()
    for _ in range(int(WAIT / 0.01)):
        if heard():
            return True
        deck._sound.poke()
        patience.wait(0.01)
    return False


def test_the_chosen_camera_is_heard_and_stops_at_once() -> None:
    speaker, hands = Speaker(), Hands()
    with playing(speaker, hands) as deck:
        hands.move(100_000)
        assert until(speaker.hears_something, deck)
        assert deck.sound_state == SoundState("one", True)
        deck.pause()
        assert not speaker.play().any()
        deck.play()
        deck.tick()
        assert until(speaker.hears_something, deck)
        deck.mute(True)
        assert not speaker.play().any()
        deck.mute(False)
        deck.seek(Utc(START + 3_000_000))
        assert not speaker.play().any()
    assert speaker.closed


def test_silence_over_a_gap() -> None:
    speaker, hands = Speaker(), Hands()
    with playing(speaker, hands) as deck:
        deck.set_cameras([camera(part(TONE), part(TONE, Utc(START + 6 * SECOND)))])
        deck.listen("one")
        hands.move(5 * SECOND)
        assert not speaker.play().any()
        hands.move(int(1.1 * SECOND))
        assert until(speaker.hears_something, deck)


@pytest.mark.parametrize("rate", [0.5, 1.0, 1.5, 2.0])
def test_pitch_is_kept(rate: float) -> None:
    speaker, hands = Speaker(), Hands()
    with playing(speaker, hands, rate) as deck:
        hands.move(300_000)
        assert until(speaker.hears_something, deck)
        assert until(lambda: float(np.abs(speaker.play(9600)[-100:]).max()) > 0.1, deck)
        heard = speaker.play(9600)[2400:, 0]
        spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
        assert abs(float(np.argmax(spectrum)) * RATE / len(heard) - 440) < 15


@pytest.mark.parametrize(("rate", "note"), [(4.0, "No sound at 4×"), (0.25, "No sound at 0.25×"), (-1.0, "backwards")])
def test_beyond_half_and_double_it_is_silent_and_says_so(rate: float, note: str) -> None:
    speaker, hands = Speaker(), Hands()
    deck = Deck([camera(part(TONE))], monotonic=hands, device=speaker)
    deck.listen("one")
    deck.seek(Utc(START + SECOND))
    deck.play(rate)
    assert note in deck.sound_state.note
    assert not deck.sound_state.heard
    deck.close()


def test_a_camera_without_sound_says_so() -> None:
    speaker, hands = Speaker(), Hands()
    with playing(speaker, hands, data=clip()) as deck:
        assert until(lambda: deck.sound_state.note == "This camera recorded no sound.", deck)


def test_no_device_changes_nothing_else() -> None:
    def none(fill: Fill, lost: Callable[[], None]) -> Speaker:
        raise NoDevice("No sound: there is no sound device here.", "Plug one in and play again.")

    hands = Hands()
    deck = Deck([camera(part(TONE))], monotonic=hands, device=none)
    assert deck.wait_settled(WAIT)
    deck.listen("one")
    deck.play()
    with deck._changed:
        assert deck._changed.wait_for(lambda: deck.tick() is not None and deck._clock.read().rolling, WAIT)
    assert until(lambda: "no sound device" in deck.sound_state.note, deck)
    hands.move(100_000)
    deck._poke()
    assert deck.wait_settled(WAIT)
    assert deck.pictures(deck.tick())["one"].state is TileState.PLAYING
    deck.close()


def test_a_device_that_is_unplugged_is_said() -> None:
    speaker, hands = Speaker(), Hands()
    with playing(speaker, hands) as deck:
        assert until(speaker.hears_something, deck)
        deck._sound._open_device = nothing_there
        speaker.lost()
        assert until(lambda: "no sound device" in deck.sound_state.note, deck)
        assert deck.playing


def nothing_there(fill: Fill, lost: Callable[[], None]) -> Speaker:
    raise NoDevice("No sound: there is no sound device here.", "Plug one in and play again.")


def test_without_portaudio_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(NoDevice, match="PortAudio is not installed"):
        open_device(lambda out, delay: None, lambda: None)


@given(st.lists(st.integers(-9_000, 9_000), min_size=3, max_size=30), st.sampled_from([500, 1000, 1700]))
def test_what_is_heard_is_within_20_ms_of_the_clock(jitter: list[int], rate: int) -> None:
    buffer = Buffer(rate)
    count, step = RATE * 2, buffer.per_sample
    place = np.arange(count) * step  # each sample says its own µs after START
    for start in range(0, count, 1024):
        piece = place[start : start + 1024].astype(np.float32)
        buffer.add(Utc(START + round(start * step)), np.stack([piece, piece], axis=1))
    at = 50_000.0
    for early in jitter:
        out = np.zeros((480, 2), np.float32)
        buffer.read(Utc(START + int(at + early * rate / 1000)), out)
        assert abs(float(out[200, 0]) - (at + early * rate / 1000 + 200 * step)) <= 20_000 * rate / 1000
        at += 480 * step


def test_samples_know_their_time() -> None:
    source = SoundSource(part(TONE))
    for at in (0, 1_000_000, 2_345_678):
        start, samples = next(source.blocks(Utc(START + at), 1000))
        assert START + at - 30_000 <= start <= START + at
        assert len(samples) > 0
    source.close()


def test_a_waveform_has_its_bins_and_can_be_cancelled() -> None:
    found = peaks(io.BytesIO(TONE), 20)
    assert abs(len(found) - 80) <= 2
    assert found.dtype == np.int16
    assert found[5:70, 1].min() > 10_000
    assert found[5:70, 0].max() < -10_000
    assert peaks(io.BytesIO(clip()), 20).shape == (0, 2)
    with pytest.raises(Cancelled):
        peaks(io.BytesIO(TONE), 20, lambda: True)
