"""A camera's sound is decoded to where the clock will need it: exactly placed, without seams, whatever the file."""

from __future__ import annotations

import io
import threading
from functools import partial
from typing import BinaryIO

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.timebase import SECOND, Utc
from reviewer.media.apart import context
from reviewer.media.clock import ClockView, DeckClock
from reviewer.media.shared import SharedBlock
from reviewer.media.sound_feed import SoundFeed
from reviewer.media.sound_line import SoundPart
from reviewer.media.sound_reader import SoundReader
from reviewer.media.sound_ring import FRAMES, NOTHING, RATE, SoundRing, Stretch
from reviewer.media.stretch import Stretcher
from tests.media.footage import START, WAIT, clip
from tests.media.sounds import Fed, Room, clapped, claps, sound_part, tone, wav


def read(ring: SoundRing, start: int, count: int) -> np.ndarray:
    out = np.zeros((count, 2), np.float32)
    found = ring.look()
    assert found.first <= start and start + count <= found.end
    assert ring.copy(found, start, out)
    return out


# -- the ring


@given(st.lists(st.integers(0, 40_000), max_size=20), st.sampled_from([500, 1000, 1333, 2000]))
def test_a_ring_holds_the_last_two_seconds(lengths: list[int], rate: int) -> None:
    writer = SoundRing()
    reader = SoundRing(writer.block)
    assert reader.look() == NOTHING
    writer.restart(rate, Utc(START))
    given_ = 0
    for length in lengths:
        writer.append(np.repeat(np.arange(given_, given_ + length, dtype=np.float32), 2).reshape(-1, 2))
        given_ += length
    found = reader.look()
    assert found == Stretch(1, rate, Utc(START), max(0, given_ - FRAMES), given_)
    if given_:
        count = min(given_, FRAMES)
        assert np.array_equal(read(reader, given_ - count, count)[:, 1], np.arange(given_ - count, given_))
    writer.restart(rate, Utc(START))
    assert not reader.copy(found, found.first, np.zeros((0, 2), np.float32))


@given(st.integers(-(10**9), 10**9), st.integers(500, 2000))
def test_a_sample_s_place_and_time_agree(position: int, rate: int) -> None:
    stretch = Stretch(1, rate, Utc(START), 0, 0)
    assert abs(stretch.position(stretch.at(position)) - position) <= (1 if rate < 1000 else 0)


# -- the stretcher


@pytest.mark.parametrize("rate", [500, 700, 1300, 1500, 2000])
def test_pitch_is_kept_and_a_clap_stays_where_it_belongs(rate: int) -> None:
    places = np.arange(0.3, 7.6, 0.37)
    stretcher, loud = Stretcher(rate), claps(8, list(places))
    pairs = np.repeat(loud.astype(np.float32), 2).reshape(-1, 2)
    out = np.concatenate([stretcher.feed(pairs[i : i + 1000]) for i in range(0, len(pairs), 1000)])
    for place in places:
        due = (place + 0.005) * RATE * 1000 / rate
        if due + RATE / 10 < len(out):
            assert min(abs(found - due) for found in clapped(out)) < 0.014 * RATE
    hum = np.repeat(tone(4).astype(np.float32), 2).reshape(-1, 2)
    stretcher = Stretcher(rate)
    steady = np.concatenate([stretcher.feed(hum[i : i + 999]) for i in range(0, len(hum), 999)])[4800:, 0]
    spectrum = np.abs(np.fft.rfft(steady * np.hanning(len(steady)))) ** 2
    top = int(np.argmax(spectrum))
    assert abs(top * RATE / len(steady) - 440) < 2
    assert spectrum[top - 4 : top + 5].sum() > 0.999 * spectrum.sum()


def test_at_1x_nothing_is_touched() -> None:
    samples = np.ones((100, 2), np.float32)
    assert Stretcher(1000).feed(samples) is samples


# -- where samples stand


@pytest.mark.parametrize("drift", [0, 80_000, -250_000])
def test_a_clock_that_drifts_moves_the_sound_with_the_picture(drift: int) -> None:
    places = [0.5, 10.5, 30.5, 58.5]
    sound, source = sound_part(wav(claps(60, places)), 60, START + 333, drift)
    room = Room([(sound, source)])
    room.clock.change(at=Utc(START), playing=True)
    found = [room.instant(place) for place in clapped(room.play(59.5))]
    due = [START + 333 + (place + 0.005) * SECOND * (1 + drift / 1e9) for place in places]
    assert np.abs(np.array(found) - due).max() < 100  # µs


def test_parts_follow_each_other_without_a_seam_and_holes_are_silence() -> None:
    whole = tone(4, 441.0)
    cut = 2 * RATE + 123
    first = sound_part(wav(whole[:cut]), cut / RATE)
    second = sound_part(wav(whole[cut:]), (len(whole) - cut) / RATE, first[0].range.end)
    third = sound_part(wav(tone(1, 441.0, start=0.0003)), 1, START + 5 * SECOND)
    room = Room([first, second, None, third])
    room.clock.change(at=Utc(START - SECOND), playing=True)
    heard = room.play(7.5)[:, 0]
    start = round((1 - room.latency) * RATE)
    assert not heard[: start - 2].any()
    steady = heard[start + 300 : start + 4 * RATE - 300]
    assert np.abs(steady - whole[300 : len(whole) - 300]).max() < 1e-3
    assert not heard[start + 4 * RATE + 300 : start + 5 * RATE - 5].any()
    steps = np.abs(np.diff(heard))
    assert steps.max() < 1.1 * np.abs(np.diff(whole)).max()  # nowhere a click
    assert room.fed[0].asked == [0, 1, 3]


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_every_sample_rate_is_placed_exactly(rate: int) -> None:
    sound = 0.01 * tone(4, 150, rate=rate)
    at = round(3.0 * rate)
    sound[at : at + rate // 100] = np.random.default_rng(7).uniform(-0.9, 0.9, rate // 100)
    reader = SoundReader(io.BytesIO(wav(sound, rate)))
    runs = list(reader.runs(Utc(2_000_000)))
    reader.close()
    start = runs[0][0]
    assert start is not None and 1_800_000 < start <= 1_900_000
    samples = np.concatenate([samples for _, samples in runs])
    assert abs(start / SECOND + clapped(samples)[0] / RATE - 3.005) < 0.0006
    assert abs(start / SECOND + len(samples) / RATE - 4) < 0.001


# -- the feed


def test_the_feed_follows_the_clock_and_decodes_no_more_than_is_wanted() -> None:
    room = Room([sound_part(wav(tone(30)), 30)])
    fed = room.fed[0]
    room.clock.change(at=Utc(START + 2 * SECOND), playing=True)
    fed.fill()
    found = fed.ring.look()
    assert START + 1.8 * SECOND < found.at(found.first) < START + 2 * SECOND
    assert START + 2.7 * SECOND < found.at(found.end) < START + 3.2 * SECOND
    room.clock.change(at=Utc(START + int(2.3 * SECOND)))  # it is there already
    fed.fill()
    assert fed.ring.look().generation == found.generation
    room.clock.change(at=Utc(START + 20 * SECOND))
    fed.fill()
    assert fed.ring.look().generation == found.generation + 1
    room.clock.change(rate=500)
    fed.fill()
    slow = fed.ring.look()
    assert slow.rate == 500
    assert START + 20.3 * SECOND < slow.at(slow.end) < START + 20.8 * SECOND
    assert fed.asked == [0]


def test_nothing_is_decoded_for_places_passed_by() -> None:
    room = Room([sound_part(wav(tone(30)), 30)])
    feed = room.fed[0].feed
    for second in range(1, 20):
        room.clock.change(at=Utc(START + second * SECOND))
        assert 0 < (feed.step() or 0) <= 0.15
    assert room.fed[0].ring.look() == NOTHING
    room.hands.move(200_000)
    room.clock.now()  # so that the hand's time is seen
    room.fed[0].fill()
    assert room.fed[0].ring.look().end > 0


def test_who_is_not_heard_costs_nothing() -> None:
    room = Room([sound_part(wav(tone(3)), 3)])
    feed = room.fed[0].feed
    feed.set_heard(False)
    room.clock.change(at=Utc(START), playing=True)
    assert feed.step() is None
    assert room.fed[0].ring.look() == NOTHING and not room.fed[0].asked
    feed.set_heard(True)
    room.fed[0].fill()
    feed.set_heard(False)
    assert feed.step() is None and not feed._readers
    room.clock.change(rate=4000)
    feed.set_heard(True)
    assert feed.step() is None


class Endless(io.RawIOBase):
    """Footage that comes late, breaks, or is not there."""

    def __init__(self, wrong: Exception) -> None:
        super().__init__()
        self._wrong = wrong

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, _into: object) -> int:
        raise self._wrong


def broken() -> BinaryIO:
    return Endless(OSError("gone"))  # type: ignore[return-value]


TONE = clip(tuple(range(75)), tone=True)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (clip(), "This camera recorded no sound."),
        (b"", "cannot be read as footage"),
        (b"\x00" * 5000, "cannot be read as footage"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\nhttp://a.example/b.ts\n", "cannot be read as footage"),
    ],
)
def test_a_file_without_sound_says_so_and_the_rest_is_heard(data: bytes, note: str) -> None:
    good = sound_part(wav(tone(2)), 2, START + 2 * SECOND)
    room = Room([sound_part(data, 2), good])
    room.clock.change(at=Utc(START), playing=True)
    assert not room.play(1).any()
    assert note in room.fed[0].notes[-1]
    assert np.abs(room.play(2)).max() > 0.4
    assert room.fed[0].notes[-1] == ""


def test_a_reader_that_fails_is_said() -> None:
    sound, _ = sound_part(b"", 2)
    room = Room([(sound, broken)])
    room.clock.change(at=Utc(START), playing=True)
    assert not room.play(1).any()
    assert room.fed[0].notes == ["The sound of this part cannot be read."]


def test_footage_that_cannot_be_had_is_silence() -> None:
    sound, _ = sound_part(b"", 2)
    room = Room([(sound, broken)])
    room.fed[0].feed.give(0, None)
    room.clock.change(at=Utc(START), playing=True)
    assert not room.play(1).any()
    assert room.fed[0].notes == []


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([TONE, wav(tone(3))]),
    st.integers(0, 100),
    st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=40),
    st.sampled_from([500, 1000, 2000]),
)
def test_damaged_sound_never_stops_the_feed(data: bytes, percent: int, flips: list[tuple[int, int]], rate: int) -> None:
    hurt = bytearray(data[: len(data) * percent // 100])
    for place, value in flips:
        if hurt:
            hurt[place % len(hurt)] = value
    room = Room([sound_part(bytes(hurt), 3), sound_part(wav(tone(1)), 1, START + 3 * SECOND)])
    room.clock.change(at=Utc(START), playing=True, rate=rate)
    out = room.play(2.5 * 1000 / rate)
    assert np.isfinite(out).all() and np.abs(out).max() <= 1
    room.clock.change(at=Utc(START + 3 * SECOND))
    room.play(0.2)
    assert np.abs(room.play(0.2)).max() > 0.3
    room.fed[0].feed._let_go()


def test_sound_that_is_no_number_is_silence() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="wav") as file:
        stream = file.add_stream("pcm_f32le", rate=RATE, layout="stereo")
        samples = np.full((1, 2 * RATE), np.nan, np.float32)
        samples[0, ::7], samples[0, 1::7] = np.inf, 1e30
        frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="stereo")
        frame.sample_rate = RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    room = Room([sound_part(out.getvalue(), 1)])
    room.clock.change(at=Utc(START), playing=True)
    assert np.isfinite(room.play(0.8)).all()


# -- in a process of its own


def feed_apart(ring: SharedBlock, clock: SharedBlock, part: SoundPart, data: bytes, ready: object) -> None:
    """A camera's process, as far as its sound goes."""
    feed = SoundFeed(SoundRing(ring), ClockView(clock), [part], lambda _part: None, lambda _note: None)
    thread = threading.Thread(target=feed.run)
    thread.start()
    feed.give(0, partial(io.BytesIO, data))
    feed.set_heard(True)
    ready.recv()  # type: ignore[attr-defined]
    feed.close()
    thread.join()


def test_the_ring_is_filled_from_another_process() -> None:
    sound, source = sound_part(wav(tone(5)), 5)
    ring, here = SoundRing(), context().Pipe()
    room = Room()
    room.clock.change(at=Utc(START + SECOND), playing=True, held=True)
    process = context().Process(  # type: ignore[attr-defined]
        target=feed_apart, args=(ring.block, room.clock.block, sound, source().read(), here[1]), name="camera"
    )
    process.start()
    patience = threading.Event()
    for _ in range(int(WAIT / 0.01)):
        found = ring.look()
        if found.at(found.end) > START + int(1.5 * SECOND):
            break
        patience.wait(0.01)
    here[0].send(None)
    process.join(WAIT)
    assert process.exitcode == 0
    found = ring.look()
    start = found.position(Utc(START + SECOND))
    out = read(ring, start, 4800)
    assert np.abs(out[:, 0] - tone(5)[RATE : RATE + 4800]).max() < 1e-3


def test_a_feed_in_a_thread_ends_when_it_is_closed() -> None:
    clock = DeckClock(Room().clock.span)
    fed = Fed(clock, [sound_part(wav(tone(3)), 3)])
    thread = threading.Thread(target=fed.feed.run)
    thread.start()
    clock.change(at=Utc(START), playing=True)
    fed.feed.poke()
    patience = threading.Event()
    for _ in range(int(WAIT / 0.01)):
        if fed.ring.look().end:
            break
        patience.wait(0.01)
    assert fed.ring.look().end
    assert fed.feed.busy < WAIT
    fed.feed.close()
    thread.join(WAIT)
    assert not thread.is_alive()
