"""The sound of a deck: which cameras are heard and how loud, on what device, and in words why there is silence.

The device has a pace of its own. While there is sound the deck's clock takes it on (`DeckClock.trim`), so what is
played never has to jump to stay with the pictures. Without PortAudio, without a device, or when it is unplugged, all
else goes on, `state` says it, and every now and then it is looked for one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reviewer.media.clock import DeckClock
from reviewer.media.mix import Mix, Voice
from reviewer.media.sound_device import Device, NoDevice, Stream, open_device
from reviewer.media.sound_feed import pace_note
from reviewer.media.sound_ring import SoundRing

log = logging.getLogger(__name__)

LOUDEST = 2.0
_BEAT = 1.0  # s between looks
_SOONEST, _LATEST = 3.0, 60.0  # s from one look for a device to the next
_STUCK = 2.0  # s without being asked for samples: the device is gone and does not say so
_IDLE = 30.0  # s of silence after which the device is given back
_GATHER = 10.0  # s in which the clock comes to where the sound is
_MOST_GATHER = 200_000  # ppb that the clock may run off the device's pace for that
_GONE = "No sound: the sound device is gone. It goes on when one is there."


@dataclass(frozen=True, slots=True)
class SoundState:
    """Whose sound is chosen (`keys`), whether any of it is heard while playing, and the sentence to show if not.
    `notes` has a sentence for each chosen camera that is silent for a reason of its own. `sounding`: a device is open
    and plays it; before the first one answered it is not known whether there is any."""

    keys: tuple[str, ...]
    audible: bool
    note: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    sounding: bool = field(default=False, compare=False)

    @property
    def key(self) -> str | None:
        """The first of them."""
        return self.keys[0] if self.keys else None


class Mixer:
    """All methods return at once but `close`. `seconds` counts time."""

    def __init__(
        self, clock: DeckClock, device: Device | None = None, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._seconds = clock, seconds
        self._open_device: Device = device if device is not None else open_device
        self.mix = Mix(clock)
        self._voices: dict[str, Voice] = {}
        self._leaving: list[Voice] = []
        self._levels: dict[str, float] = {}
        self._notes: dict[str, str] = {}
        self._muted = False
        self._stream: Stream | None = None
        self._lost = threading.Event()
        self._device_note = ""
        self._look_at, self._patience = 0.0, _SOONEST
        self._was_playing = False
        self._blocks, self._moved, self._wanted_at = 0, 0.0, 0.0
        self._wake = threading.Condition()
        self._poked = self._closing = False
        self._thread: threading.Thread | None = None

    # -- what is heard

    @property
    def levels(self) -> Mapping[str, float]:
        """What was asked for."""
        return self._levels

    @property
    def state(self) -> SoundState:
        """What there is to say about the sound now."""
        keys = tuple(key for key in self._voices if self._levels.get(key, 0) > 0)
        if not keys:
            return SoundState((), audible=False)
        notes = {key: self._notes[key] for key in keys if key in self._notes}
        general = self._device_note or pace_note(self._clock.read().rate)
        audible = not general and not self._muted and len(notes) < len(keys)
        return SoundState(keys, audible, general or _together(notes, keys), notes, audible and self._stream is not None)

    def add(self, key: str, ring: SoundRing) -> None:
        """A camera on the deck, with the ring that its process writes into; instead of the one it had before."""
        self.remove(key)
        self._voices[key] = Voice(ring, 0.0)
        self._steer()

    def remove(self, key: str) -> None:
        """A camera that is not there any more."""
        self._notes.pop(key, None)
        voice = self._voices.pop(key, None)
        if voice is not None:
            voice.target = 0.0
            self._leaving = [v for v in self._leaving if not v.silent] + [voice]
            self._steer()

    def set_levels(self, levels: Mapping[str, float]) -> None:
        """What is heard: gains of 0 to 2 by key, 1 as recorded. Who is not among them is silent."""
        self._levels = {key: max(0.0, min(LOUDEST, level)) for key, level in levels.items()}
        self._steer()
        if self._thread is None and any(self._levels.values()):
            self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
            self._thread.start()
        self.poke()

    def mute(self, muted: bool) -> None:
        """Silence at once, for as long as nothing may be heard."""
        if muted != self._muted:
            self._muted = muted
            self._steer()

    def note(self, key: str, sentence: str) -> None:
        """Why a camera is silent; "" if it is not."""
        if sentence and key in self._voices:
            self._notes[key] = sentence
        else:
            self._notes.pop(key, None)

    def poke(self) -> None:
        """The clock's course changed."""
        with self._wake:
            self._poked = True
            self._wake.notify()

    def close(self) -> None:
        """Give back the device. The clock runs by the machine's counter again."""
        self._closing = True
        self.poke()
        if self._thread is not None:
            self._thread.join(_STUCK)
        if self._thread is None or not self._thread.is_alive():  # a dead sound server may keep it
            self._let_go()

    def _steer(self) -> None:
        for key, voice in self._voices.items():
            voice.target = 0.0 if self._muted else self._levels.get(key, 0.0)
        self.mix.voices = (*self._voices.values(), *self._leaving)

    # -- the device

    def tend(self) -> None:
        """Look after device and clock, once a second: on our thread."""
        now = self._seconds()
        self._see_loss(now)
        playing = self._clock.read().playing
        wanted = playing and any(self._levels.values())
        if playing and not self._was_playing:
            self._look_at = min(self._look_at, now)
        self._was_playing = playing
        if wanted:
            self._wanted_at = now
        if self._stream is None and wanted and now >= self._look_at:
            self._open(now)
        elif self._stream is not None and now - self._wanted_at > _IDLE:
            self._let_go()
        elif self._stream is not None:
            self._slave()

    def _open(self, now: float) -> None:
        self._lost = threading.Event()
        self.mix.begin()
        try:
            self._stream = self._open_device(self.mix.fill, self._lost.set)
        except NoDevice as wrong:
            self._device_note = str(wrong)
            self._look_at = float("inf") if wrong.lasting else now + self._patience
            self._patience = min(_LATEST, 2 * self._patience)
            return
        self._device_note, self._patience, self._look_at = "", _SOONEST, 0.0
        self._blocks, self._moved = self.mix.blocks, now

    def _see_loss(self, now: float) -> None:
        if self._stream is None:
            return
        if self.mix.blocks != self._blocks:
            self._blocks, self._moved = self.mix.blocks, now
        if self._lost.is_set() or now - self._moved > _STUCK:
            log.info("the sound device is gone%s", "" if self._lost.is_set() else ": it asks for nothing")
            self._let_go()
            self._device_note, self._look_at = _GONE, now + self._patience

    def _slave(self) -> None:
        """Let the clock keep the device's pace, and come to where the sound is if it is a little off."""
        if not self._clock.read().rolling:
            return
        pace = self.mix.pace.measure()
        if self.mix.pace.steady:
            gather = round(self.mix.offset * 1000 / _GATHER)
            self._clock.trim((pace or 0) - max(-_MOST_GATHER, min(_MOST_GATHER, gather)))
        elif self.mix.pace.wild:
            self._clock.trim(0)

    def _let_go(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()
        self._clock.trim(0)

    def _run(self) -> None:
        while not self._closing:
            self.tend()
            with self._wake:
                if not self._poked and not self._closing:
                    self._wake.wait(_BEAT if self._stream is not None or self._was_playing else None)
                self._poked = False


def _together(notes: Mapping[str, str], keys: tuple[str, ...]) -> str:
    """One sentence, if every chosen camera is silent."""
    if len(notes) < len(keys):
        return ""
    different = set(notes.values())
    return different.pop() if len(different) == 1 else "None of the chosen cameras has sound here."
