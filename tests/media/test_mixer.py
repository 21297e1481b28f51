"""What the device plays is what the clock shows at that moment, at the levels asked for; without one all goes on."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.media.clock import DeckClock
from reviewer.media.mix import Mix, Voice
from reviewer.media.mixer import Mixer, SoundState
from reviewer.media.sound_device import NoDevice, open_device
from reviewer.media.sound_ring import RATE, Samples, SoundRing
from tests.media.footage import START, WAIT, Hands
from tests.media.sounds import BLOCK, Room, Speaker, clapped, claps, sound_part, tone, wav

SPAN = TimeRange(Utc(START), Utc(START + 3600 * SECOND))
NONE = NoDevice("No sound: there is no sound device here.", "Plug one in; playing goes on without it.")


def ringing(value: float | Samples, rate: int = 1000) -> SoundRing:
    """A ring that holds this from START on."""
    ring = SoundRing()
    ring.restart(rate, Utc(START))
    ring.append(np.full((RATE, 2), value, np.float32) if isinstance(value, float) else value)
    return ring


class Desk:
    """A mixer that the test looks after by hand: its thread never starts. `now` is the time in seconds."""

    def __init__(self, *rings: SoundRing, levels: dict[str, float] | None = None) -> None:
        self.hands, self.now = Hands(), 100.0
        self.clock = DeckClock(SPAN, self.hands)
        self.speaker = Speaker()
        self.mixer = Mixer(self.clock, self.speaker, seconds=lambda: self.now)
        self.mixer._thread = threading.Thread(target=lambda: None)
        self.mixer._thread.start()
        for number, ring in enumerate(rings):
            self.mixer.add(str(number), ring)
        self.mixer.set_levels(dict.fromkeys(map(str, range(len(rings))), 1.0) if levels is None else levels)
        self.clock.change(playing=True)
        self.mixer.tend()

    def play(self, seconds: float = BLOCK / RATE) -> Samples:
        blocks = []
        for _ in range(round(seconds * RATE / BLOCK)):
            blocks.append(self.speaker.play())
            self.hands.move(BLOCK * SECOND // RATE)
            self.now += BLOCK / RATE
        return np.concatenate(blocks)


# -- levels


def test_cameras_are_added_up_at_their_levels() -> None:
    desk = Desk(ringing(0.1), ringing(0.2), ringing(0.4), levels={"0": 2.0, "1": 0.5})
    assert np.allclose(desk.play(0.1)[960:], 0.3, atol=1e-6)
    assert desk.mixer.state == SoundState(("0", "1"), True)
    desk.mixer.set_levels({"2": 9.0})
    out = desk.play(0.04)
    assert np.allclose(out[480:], 0.8, atol=1e-6)  # 2 is the most there is
    assert np.abs(np.diff(out[:, 0])).max() < 0.003  # over 10 ms
    assert desk.mixer.levels == {"2": 2.0}


def test_muted_is_silent_with_the_next_block_and_without_a_click() -> None:
    desk = Desk(ringing(0.5))
    desk.play(0.1)
    desk.mixer.mute(True)
    out = desk.play(0.04)
    assert np.abs(np.diff(out[:, 0])).max() < 0.003 and not out[480:].any()
    assert not desk.mixer.state.audible
    desk.mixer.mute(False)
    assert np.abs(np.diff(desk.play(0.04)[:, 0])).max() < 0.003
    desk.clock.change(playing=False)
    out = desk.play(0.04)
    assert np.abs(np.diff(out[:, 0])).max() < 0.003 and not out[480:].any()


def test_what_is_too_loud_is_brought_down_not_cut_off() -> None:
    loud = np.repeat(tone(1, 1000).astype(np.float32)[:, None], 2, axis=1)
    desk = Desk(*(ringing(loud) for _ in range(6)))
    out = desk.play(0.4)
    assert np.abs(out).max() <= 1
    steady = out[RATE // 10 :, 0]
    assert 0.9 < np.abs(steady).max() <= 0.98
    spectrum = np.abs(np.fft.rfft(steady * np.hanning(len(steady)))) ** 2
    top = int(np.argmax(spectrum))
    assert spectrum[top - 4 : top + 5].sum() > 0.999 * spectrum.sum()  # still the same tone
    desk.mixer.set_levels({"0": 1.0})
    assert np.abs(desk.play(0.5)[-4800:]).max() == pytest.approx(0.5, abs=0.01)


def test_a_broken_camera_s_numbers_do_not_reach_the_ears() -> None:
    hurt = ringing(0.1)
    hurt._samples[:] = np.nan
    desk = Desk(hurt)
    assert not desk.play(0.1).any()
    ring = ringing(0.1)
    ring._memory[:56] = bytes(range(7, 63))
    desk = Desk(ring, ringing(0.1))
    assert np.allclose(desk.play(0.1)[960:], 0.1, atol=1e-6)


def test_a_camera_that_goes_fades_and_its_ring_is_let_go() -> None:
    desk = Desk(ringing(0.5), ringing(0.1))
    desk.play(0.1)
    desk.mixer.remove("0")
    out = desk.play(0.1)
    assert np.abs(np.diff(out[:, 0])).max() < 0.003 and np.allclose(out[960:], 0.1, atol=1e-6)
    desk.mixer.remove("1")
    desk.play(0.1)
    desk.mixer.add("2", ringing(0.1))
    assert len(desk.mixer.mix.voices) == 2  # that one fades still, for all the mixer knew
    assert desk.mixer.state == SoundState((), False)


# -- the course


def test_what_was_decoded_for_another_course_is_not_heard() -> None:
    desk = Desk(ringing(0.5, rate=500))
    assert not desk.play(0.1).any()  # the clock runs at 1x
    ring = ringing(0.5)
    desk.mixer.add("0", ring)
    assert desk.play(0.1)[-1, 0] == pytest.approx(0.5)
    ring.restart(1000, Utc(START + 100 * SECOND))
    out = desk.play(0.1)
    assert np.abs(np.diff(out[:, 0])).max() < 0.003 and not out[480:].any()


@pytest.mark.parametrize("rate", [-1000, 250, 4000])
def test_beyond_half_and_double_it_is_silent_and_says_so(rate: int) -> None:
    desk = Desk(ringing(0.5))
    desk.clock.change(rate=rate)
    assert not desk.play(0.1).any()
    assert not desk.mixer.state.audible
    assert desk.mixer.state.note.startswith("No sound backwards." if rate < 0 else f"No sound at {rate / 1000:g}×")


def test_notes_stand_for_their_camera_and_for_all_if_all_are_silent() -> None:
    desk = Desk(ringing(0.5), ringing(0.5))
    desk.mixer.note("0", "This camera recorded no sound.")
    assert desk.mixer.state == SoundState(("0", "1"), True, "", {"0": "This camera recorded no sound."})
    desk.mixer.note("1", "This camera recorded no sound.")
    assert (desk.mixer.state.audible, desk.mixer.state.note) == (False, "This camera recorded no sound.")
    desk.mixer.note("1", "The sound of this part cannot be read.")
    assert desk.mixer.state.note == "None of the chosen cameras has sound here."
    desk.mixer.note("1", "")
    desk.mixer.note("0", "")
    assert desk.mixer.state == SoundState(("0", "1"), True) and desk.mixer.state.key == "0"


# -- lip sync

MODELS = [(0, 0), (-3_333_333, 120_000), (777, -90_000), (-1_000_001, 0)]
PLACES = [1.0 + 0.71 * n for n in range(40)]


@pytest.mark.parametrize("model", range(4))
@pytest.mark.parametrize("rate", [500, 1000, 2000])
def test_what_is_heard_is_what_the_clock_shows(rate: int, model: int) -> None:
    """Four cameras with clocks of their own are decoded at once; one is listened to."""
    data = wav(claps(30, PLACES))
    parts = [sound_part(data, 30, START + offset, drift) for offset, drift in MODELS]
    room = Room(*([part] for part in parts))
    for number, voice in enumerate(room.mix.voices):
        voice.target = 1.0 if number == model else 0.0
    offset, drift = MODELS[model]
    due = np.array([START + offset + (place + 0.005) * SECOND * (1 + drift / 1e9) for place in PLACES])
    late = []
    for at, seconds in ((2, 5.0), (14, 4.0), (5, 2.0)):
        room.clock.change(at=Utc(START + int(at * SECOND)), rate=rate, playing=True)
        first = len(room.heard)
        for place in clapped(room.play(seconds)):
            if 0.1 * RATE < place < (seconds - 0.1) * RATE:
                instant = room.instant(place, first)
                late.append((instant - due[np.abs(due - instant).argmin()]) * 1000 / rate)
    assert len(late) >= (5 if rate == 500 else 8)
    assert np.abs(late).max() <= (100 if rate == 1000 else 10_000)  # µs
    assert np.abs(np.median(late)) <= 5_000
    assert room.mix.jumps == 0


def test_playing_over_a_loop_s_end_needs_nothing_new() -> None:
    room = Room([sound_part(wav(tone(30)), 30)])
    room.clock.change(at=Utc(START + SECOND), playing=True)
    room.play(0.5)
    generation = room.fed[0].ring.look().generation
    for _ in range(5):
        room.clock.change(at=Utc(START + SECOND))
        assert np.abs(np.diff(room.play(0.5)[:, 0])).max() < 0.04
    assert room.fed[0].ring.look().generation == generation


# -- the device's own pace


class Ruler:
    """A ring whose samples say where they stand: position modulo 2¹⁴, exact in float32 and below full scale."""

    def __init__(self, clock: DeckClock) -> None:
        self.ring, self._clock = SoundRing(), clock
        self.ring.restart(1000, Utc(START))

    def fill(self) -> None:
        until = self.ring.written.position(self._clock.now()) + RATE
        here = self.ring.written.end
        if here < until - RATE // 4:
            self.ring.append(np.repeat((np.arange(here, until) % 16_384 / 32_768).astype(np.float32), 2).reshape(-1, 2))


class Long:
    """A device that plays on for minutes, looked after once a second."""

    def __init__(self, ppm: float, trembles: float = 0.0, latency: float = 0.05) -> None:
        self.hands = Hands()
        self.clock = DeckClock(SPAN, self.hands)
        self.ruler = Ruler(self.clock)
        self.speaker = Speaker()
        self.mixer = Mixer(self.clock, self.speaker, seconds=lambda: self.hands.ns / 1e9)
        self.mixer._thread = threading.Thread(target=lambda: None)
        self.mixer._thread.start()
        self.mixer.add("a", self.ruler.ring)
        self.mixer.set_levels({"a": 1.0})
        self.clock.change(playing=True)
        self.mixer.tend()
        self._chance = np.random.default_rng(3)
        self._trembles, self.latency = trembles, latency
        self._step = BLOCK * 1e9 / RATE / (1 + ppm / 1e6)
        self._asks = float(self.hands.ns)
        self._blocks = 0
        self.cursors: list[int] = []
        self.offsets: list[float] = []  # µs between what is heard and what the clock says then

    def run(self, seconds: float, says: float | None = None) -> None:
        """`says`: what the device gives as its latency, if not the truth."""
        until = self._asks + seconds * 1e9
        while self._asks < until:
            late = self._chance.uniform(0, 0.004)  # the device asks when it comes to it
            self.hands.ns = round(self._asks + late * 1e9)
            self.ruler.fill()
            wrong = self._chance.uniform(-self._trembles, self._trembles)
            out = self.speaker.play(delay=self.latency - late + wrong if says is None else says)
            if out.any():
                self._note(out, self.latency - late)
            self._asks += self._step
            self._blocks += 1
            if self._blocks % 50 == 0:
                self.mixer.tend()

    def _note(self, out: Samples, delay: float) -> None:
        due = self.ruler.ring.written.position(self.clock.ahead(delay))
        place = round(float(out[-1, 0]) * 32_768) - BLOCK + 1
        cursor = place + round((due - place) / 16_384) * 16_384
        self.cursors.append(cursor)
        self.offsets.append((due - cursor) / RATE * SECOND)


@pytest.mark.parametrize(("ppm", "trembles"), [(150, 0.0), (150, 0.002), (-200, 0.002), (0, 0.0)])
def test_the_clock_takes_on_the_device_s_pace_and_nothing_ever_jumps(ppm: int, trembles: float) -> None:
    device = Long(ppm, trembles)
    device.run(600)
    steps = np.diff(device.cursors)
    settled = 40  # blocks: where it begins is known only to within what the device's times tremble
    assert (steps[settled:] == BLOCK).all()
    assert device.mixer.mix.jumps <= (1 if trembles else 0)
    assert np.abs(device.offsets[settled:]).max() <= 5_000
    assert np.abs(device.offsets[-5_000:]).max() <= 2_000
    assert abs(device.clock._course.trim - ppm * 1000) < 30_000
    device.mixer.close()
    assert device.clock._course.trim == 0


@pytest.mark.parametrize("says", ["nothing", "wild"])
def test_a_device_that_tells_no_time_is_not_followed(says: str) -> None:
    device = Long(150, 0.0 if says == "nothing" else 0.025, latency=0.0 if says == "nothing" else 0.05)
    device.run(300, 0.0 if says == "nothing" else None)
    assert device.clock._course.trim == 0
    steps = np.diff(device.cursors)
    assert (steps[350:] != BLOCK).sum() <= 12  # 45 ms apart after 5 minutes: a few single jumps
    assert np.abs(device.offsets[350:]).max() <= 20_000
    assert device.mixer.state == SoundState(("a",), True)


def test_a_device_that_stood_still_is_caught_up_with() -> None:
    device = Long(0)
    device.run(20)
    device._asks += 300e6
    device.run(1)
    assert np.abs(device.offsets[-10:]).max() <= 2_000
    assert device.mixer.mix.jumps == 1


def test_a_device_that_runs_away_is_never_far_off() -> None:
    device = Long(80_000)  # as if opened at another rate
    device.run(30)
    assert np.abs(device.offsets[50:]).max() <= 150_000
    assert device.clock._course.trim == 0


# -- devices that come and go


def test_no_device_at_the_start_is_said_and_looked_for_again() -> None:
    desk = Desk()
    desk.speaker.wrong = NONE
    desk.mixer.add("0", ringing(0.5))
    desk.mixer.set_levels({"0": 1.0})
    desk.mixer.tend()
    assert desk.mixer.state.note == str(NONE) and not desk.mixer.state.audible
    desk.speaker.wrong = None
    desk.now += 2
    desk.mixer.tend()
    assert desk.speaker.opened == 0
    desk.now += 2
    desk.mixer.tend()
    assert desk.mixer.state == SoundState(("0",), True)
    assert desk.play()[-1, 0] == pytest.approx(0.5)


def test_play_looks_for_a_device_at_once() -> None:
    desk = Desk()
    desk.speaker.wrong = NONE
    desk.mixer.add("0", ringing(0.5))
    desk.mixer.set_levels({"0": 1.0})
    desk.mixer.tend()
    desk.speaker.wrong = None
    desk.clock.change(playing=False)
    desk.mixer.tend()
    desk.clock.change(playing=True)
    desk.mixer.tend()
    assert desk.speaker.opened == 1


@pytest.mark.parametrize("how", ["said", "unsaid"])
def test_a_device_that_goes_while_playing_changes_nothing_else(how: str) -> None:
    desk = Desk(ringing(0.5))
    desk.play(0.1)
    desk.mixer.tend()
    desk.clock.trim(100_000)
    before, epoch = desk.clock.now(), desk.clock.read().epoch
    desk.speaker.wrong = NONE
    if how == "said":
        desk.speaker.lost()
    else:
        desk.now += 3  # it asks for nothing any more
    desk.mixer.tend()
    assert desk.mixer.state.note == "No sound: the sound device is gone. It goes on when one is there."
    assert desk.speaker.closed == 1 and desk.clock._course.trim == 0
    now = desk.clock.read()
    assert now.rolling and now.epoch == epoch and now.at == before
    desk.now += 4
    desk.mixer.tend()
    assert desk.mixer.state.note == str(NONE)
    desk.speaker.wrong = None
    desk.now += 7
    desk.mixer.tend()
    assert desk.mixer.state == SoundState(("0",), True)
    assert desk.speaker.opened == 2


def test_a_device_is_given_back_when_nothing_was_heard_for_long() -> None:
    desk = Desk(ringing(0.5))
    desk.play(0.1)
    desk.clock.change(playing=False)
    desk.mixer.tend()
    desk.play(1)
    desk.mixer.tend()
    assert not desk.speaker.closed
    for _ in range(40):
        desk.play(1)
        desk.mixer.tend()
    assert desk.speaker.closed == 1
    assert desk.mixer.state.note == ""


def test_without_portaudio_it_says_what_to_install_and_does_not_look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(NoDevice, match="PortAudio is not installed") as found:
        open_device(lambda out, delay: None, lambda: None)
    desk = Desk()
    desk.speaker.wrong = found.value
    desk.mixer.add("0", ringing(0.5))
    desk.mixer.set_levels({"0": 1.0})
    desk.mixer.tend()
    assert math.isinf(desk.mixer._look_at)
    assert "Install libportaudio2." in desk.mixer.state.note


def test_the_thread_opens_a_device_when_play_is_pressed_and_closes_it_at_the_end() -> None:
    speaker, clock = Speaker(), DeckClock(SPAN)
    mixer = Mixer(clock, speaker)
    mixer.add("a", ringing(0.5))
    mixer.set_levels({"a": 1.0})
    clock.change(playing=True)
    mixer.poke()
    patience = threading.Event()
    for _ in range(int(WAIT / 0.01)):
        if speaker.opened:
            break
        patience.wait(0.01)
    assert mixer.state == SoundState(("a",), True)
    mixer.close()
    assert speaker.closed == 1


# -- a real sound server

HEARD = """
import sys, threading
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.clock import DeckClock
from reviewer.media.mixer import Mixer
from tests.media.test_mixer import ringing, START, SPAN
clock = DeckClock(SPAN)
mixer = Mixer(clock)
mixer.add("a", ringing(0.5))
mixer.set_levels({"a": 1.0})
clock.change(playing=True)
mixer.poke()
for _ in range(300):  # it asks for some blocks, and then for none for two seconds
    threading.Event().wait(0.1)
    if mixer.state.note or (mixer.mix.blocks > 100 and len(mixer.mix._offsets) > 20 and abs(mixer.mix.offset) < 10_000):
        break
state, offset, blocks = mixer.state, mixer.mix.offset, mixer.mix.blocks
mixer.close()
assert state.audible, state
assert blocks > 100 and abs(offset) < 10_000, (blocks, offset)
"""


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A PulseAudio of its own, with a device that nobody hears."""
    if shutil.which("pulseaudio") is None:
        pytest.skip("no pulseaudio here")
    places = {name: str(tmp_path / name) for name in ("XDG_RUNTIME_DIR", "HOME", "PULSE_RUNTIME_PATH")}
    for place in places.values():
        Path(place).mkdir(mode=0o700)
    environment = {**os.environ, **places}
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes", "--use-pid-file=no"]
    command += ["-L", "module-native-protocol-unix", "-L", "module-null-sink"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield environment
    server.terminate()
    server.wait(WAIT)


def test_a_real_sound_server_is_played_to(sound_server: dict[str, str]) -> None:
    socket = Path(sound_server["PULSE_RUNTIME_PATH"]) / "native"
    patience = threading.Event()
    for _ in range(500):
        if socket.exists():
            break
        patience.wait(0.01)
    done = subprocess.run(
        [sys.executable, "-c", HEARD], env=sound_server, capture_output=True, text=True, timeout=60, check=False
    )
    if "no sound device here" in done.stderr:
        pytest.skip("PortAudio does not find PulseAudio here")
    assert done.returncode == 0, done.stderr


def test_a_voice_that_is_not_heard_does_not_look_into_its_ring() -> None:
    room = Room()
    ring = ringing(0.5)
    ring.look = lambda: pytest.fail("it looked")  # type: ignore[method-assign]
    room.mix.voices = (Voice(ring, 0.0),)
    room.clock.change(at=Utc(START), playing=True)
    assert isinstance(room.mix, Mix) and not room.play(0.1).any()
