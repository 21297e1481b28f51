"""The sound of one chosen camera, following the deck's clock.

A thread decodes ahead into a buffer in which every sample has its UTC; the sound device asks for the samples that it
will play at a known moment, and gets those that the clock will stand at then. The device's own clock may run apart from
ours: once it is `_APART` off, reading jumps. So sound stays within 20 ms of the picture whatever the device does, and
pausing, seeking or a gap is silence at once, because what the clock asks for is then not in the buffer.

Without PortAudio, without a device, or when it is unplugged, everything else goes on and `state` says why it is silent.
"""

from __future__ import annotations

import logging
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, Utc
from reviewer.media.camera import DeckCamera
from reviewer.media.clock import NORMAL, DeckClock, Reading
from reviewer.media.sound_source import RATE, SOUND_ERRORS, Samples, SoundSource

log = logging.getLogger(__name__)

_APART = 10_000  # µs of wall time between sound and clock at which reading jumps; the promise is 20 ms
_AHEAD = 0.6  # seconds of wall time decoded ahead
_BEHIND = 0.2
_SLOWEST, _FASTEST = 500, 2000  # thousandths; beyond these speech is not understood any more
_FADE = 96  # samples: a start without a click

Fill = Callable[[Samples, float], None]  # what to play (n×2, to be written), and in how many seconds it will be heard


class Stream(Protocol):
    """An open sound device: sounddevice's, or a test's."""

    def close(self) -> None: ...


Device = Callable[[Fill, Callable[[], None]], Stream]  # opens: (fill, called when the device is lost)


class NoDevice(ReviewerError):
    """There is nothing to play sound on."""


@dataclass(frozen=True, slots=True)
class SoundState:
    """Whose sound is chosen, whether it is heard while playing, and the sentence to show if not."""

    key: str | None
    heard: bool
    note: str = ""


def open_device(fill: Fill, lost: Callable[[], None]) -> Stream:
    """The system's default output. Raises NoDevice if there is none, or no PortAudio to ask."""
    try:
        import sounddevice as sd  # loads PortAudio: not before sound is wanted, and it may not be there
    except (ImportError, OSError) as wrong:
        raise NoDevice("No sound: PortAudio is not installed.", "Install libportaudio2.") from wrong

    def callback(out: Samples, _frames: int, when: sd.CallbackTime, _status: object) -> None:
        fill(out, max(0.0, when.outputBufferDacTime - when.currentTime))

    try:
        stream = sd.OutputStream(
            samplerate=RATE, channels=2, dtype="float32", latency=0.04, callback=callback, finished_callback=lost
        )
        stream.start()
    except (sd.PortAudioError, ValueError) as wrong:
        raise NoDevice("No sound: there is no sound device here.", "Plug one in and play again.") from wrong
    opened: Stream = stream
    return opened


class Buffer:
    """Decoded samples in order of UTC. One thread adds, another reads."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._lock = threading.Lock()
        self._starts: list[Utc] = []
        self._blocks: list[Samples] = []
        self._cursor: float | None = None  # UTC of the next sample that continues the last read

    @property
    def per_sample(self) -> float:
        """µs of footage in one sample."""
        return self.rate * SECOND / (NORMAL * RATE)

    def add(self, start: Utc, samples: Samples) -> None:
        with self._lock:
            self._starts.append(start)
            self._blocks.append(samples)

    def forget(self, before: Utc) -> None:
        with self._lock:
            while self._blocks and self._end(0) < before:
                del self._starts[0], self._blocks[0]

    @property
    def reach(self) -> tuple[Utc, Utc] | None:
        """From when to when there is sound."""
        with self._lock:
            return (self._starts[0], Utc(int(self._end(len(self._blocks) - 1)))) if self._blocks else None

    def read(self, at: Utc, out: Samples) -> None:
        """Fill `out` with what is to be heard from `at` on; silence where there is nothing."""
        out[:] = 0
        with self._lock:
            apart = _APART * self.rate / NORMAL
            jumped = self._cursor is None or abs(self._cursor - at) > apart
            place = float(at) if self._cursor is None or jumped else self._cursor
            self._cursor = place + len(out) * self.per_sample
            self._copy(place, out)
        if jumped:
            fade = min(_FADE, len(out))
            out[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)[:, None]

    def _copy(self, place: float, out: Samples) -> None:
        step, done = self.per_sample, 0
        i = max(0, bisect_right(self._starts, place) - 1)
        while done < len(out) and i < len(self._blocks):
            offset = round((place + done * step - self._starts[i]) / step)
            if offset < 0:  # a hole in the sound
                done = min(len(out), done - offset)
                continue
            piece = self._blocks[i][offset : offset + len(out) - done]
            out[done : done + len(piece)] = piece
            done += len(piece)
            i += 1

    def _end(self, i: int) -> float:
        return self._starts[i] + len(self._blocks[i]) * self.per_sample


class Sound:
    """Plays one camera's sound by the deck's clock. All methods return at once but `close`."""

    def __init__(self, clock: DeckClock, device: Device | None = None) -> None:
        self._clock = clock
        self._open_device: Device = device if device is not None else open_device
        self._camera: DeckCamera | None = None
        self._buffer: Buffer | None = None
        self._muted = False
        self._note = ""
        self._silent_parts: set[tuple[DeckCamera, int]] = set()
        self._stream: Stream | None = None
        self._lost = threading.Event()
        self._device_note = ""
        self._try_device = True
        self._wake = threading.Condition()
        self._poked = False
        self._closing = False
        self._thread: threading.Thread | None = None

    @property
    def key(self) -> str | None:
        return self._camera.key if self._camera else None

    @property
    def state(self) -> SoundState:
        note = self._device_note or _pace_note(self._clock.read().rate) or self._note
        return SoundState(self.key, self._camera is not None and not note and not self._muted, note if self.key else "")

    def follow(self, camera: DeckCamera | None) -> None:
        """Hear this camera from now on, or none."""
        if camera is self._camera:
            return
        self._camera, self._buffer, self._note = camera, None, ""
        self._device_note = "" if self._stream else self._device_note
        if camera is not None and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
            self._thread.start()
        self.poke()

    def mute(self, muted: bool) -> None:
        self._muted = muted

    def poke(self) -> None:
        """The clock's course changed."""
        with self._wake:
            self._poked = self._try_device = True
            self._wake.notify()

    def close(self) -> None:
        self._closing = True
        self.poke()
        if self._thread is not None:
            self._thread.join()

    # -- the device's thread

    def fill(self, out: Samples, delay: float) -> None:
        """What the device is to play in `delay` seconds."""
        now, buffer, camera = self._clock.read(), self._buffer, self._camera
        if buffer is None or camera is None or self._muted or not now.rolling or now.rate != buffer.rate:
            out[:] = 0
            return
        at = self._clock.ahead(delay)
        if not any(at in part.range for part in camera.parts):
            out[:] = 0
            return
        buffer.read(at, out)

    # -- our thread

    def _run(self) -> None:
        source: tuple[DeckCamera, int, SoundSource] | None = None
        blocks: Iterator[tuple[Utc, Samples]] = iter(())
        while not self._closing:
            now, camera, buffer = self._clock.read(), self._camera, self._buffer
            part = _part_at(camera, now)
            if camera is None or part is None or (camera, part) in self._silent_parts or _pace_note(now.rate):
                self._rest(now, 0.1)
                continue
            self._ensure_device(now)
            if source is None or source[:2] != (camera, part) or not _follows(buffer, now):
                source = self._change_source(source, camera, part)
                if source is None:
                    continue
                buffer = self._buffer = Buffer(now.rate)
                blocks = source[2].blocks(now.at, now.rate)
            if buffer is not None and not self._read_ahead(buffer, blocks, now):
                self._rest(now, 0.05)
        self._shut(source)

    def _change_source(
        self, source: tuple[DeckCamera, int, SoundSource] | None, camera: DeckCamera, part: int
    ) -> tuple[DeckCamera, int, SoundSource] | None:
        if source is not None and source[:2] == (camera, part):
            return source
        if source is not None:
            source[2].close()
        try:
            opened = SoundSource(camera.parts[part])
        except ReviewerError as wrong:
            self._silence(camera, part, wrong.message)
        except SOUND_ERRORS as wrong:
            log.info("sound of %s part %d: %s", camera.key, part + 1, wrong)
            self._silence(camera, part, "The sound of this part cannot be read.")
        else:
            self._note = ""
            return camera, part, opened
        return None

    def _silence(self, camera: DeckCamera, part: int, note: str) -> None:
        self._silent_parts.add((camera, part))
        self._buffer, self._note = None, note

    def _read_ahead(self, buffer: Buffer, blocks: Iterator[tuple[Utc, Samples]], now: Reading) -> bool:
        """One more block, if it is wanted and there is one."""
        reach, pace = buffer.reach, now.rate / NORMAL
        if reach is not None and reach[1] > now.at + _AHEAD * SECOND * pace:
            return False
        try:
            block = next(blocks, None)
        except SOUND_ERRORS as wrong:
            log.info("sound breaks off: %s", wrong)
            return False
        if block is None:
            return False
        buffer.add(*block)
        buffer.forget(Utc(int(now.at - _BEHIND * SECOND * pace)))
        return True

    def _ensure_device(self, now: Reading) -> None:
        if self._lost.is_set():
            self._close_stream()
            self._lost.clear()
            self._device_note = "The sound device is gone. Plug one in and play again."
        if self._stream is not None or not now.rolling or not self._try_device:
            return
        self._try_device = False
        try:
            self._stream = self._open_device(self.fill, self._lost.set)
            self._device_note = ""
        except NoDevice as wrong:
            self._device_note = str(wrong)

    def _rest(self, now: Reading, seconds: float) -> None:
        with self._wake:
            if not self._poked and not self._closing:
                self._wake.wait(seconds if now.rolling else None)
            self._poked = False

    def _close_stream(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = None

    def _shut(self, source: tuple[DeckCamera, int, SoundSource] | None) -> None:
        self._close_stream()
        if source is not None:
            source[2].close()


def _part_at(camera: DeckCamera | None, now: Reading) -> int | None:
    parts = enumerate(camera.parts if camera is not None else ())
    return next((i for i, p in parts if now.at in p.range and p.absence is None and not p.still), None)


def _follows(buffer: Buffer | None, now: Reading) -> bool:
    """Whether the buffer goes on where the clock is."""
    if buffer is None or buffer.rate != now.rate:
        return False
    reach = buffer.reach
    return reach is None or reach[0] - _APART <= now.at <= reach[1] + SECOND


def _pace_note(rate: int) -> str:
    if rate < 0:
        return "No sound backwards."
    if not _SLOWEST <= rate <= _FASTEST:
        return f"No sound at {rate / NORMAL:g}×, only from 0.5× to 2×."
    return ""
