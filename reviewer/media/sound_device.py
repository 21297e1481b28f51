"""The sound device: the system's default output through PortAudio, or in words why there is none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from reviewer.domain.errors import ReviewerError
from reviewer.media.sound_ring import RATE, Samples

_LATENCY = 0.06  # s: the window's process may keep the device waiting for some milliseconds
_LONGEST = 3.0  # s; a device that says it will be heard later than that does not know

Fill = Callable[[Samples, float], None]  # what to play (n×2, to be written), and in how many seconds it will be heard


class Stream(Protocol):
    """An open sound device: sounddevice's, or a test's."""

    def close(self) -> None: ...


Device = Callable[[Fill, Callable[[], None]], Stream]  # opens: (fill, called when the device is lost)


class NoDevice(ReviewerError):
    """There is nothing to play sound on. `lasting`: nor will there be while the program runs."""

    def __init__(self, message: str, next_step: str, *, lasting: bool = False) -> None:
        super().__init__(message, next_step)
        self.lasting = lasting


def open_device(fill: Fill, lost: Callable[[], None]) -> Stream:
    """The system's default output as it is now. No other stream of this process may be open. Raises NoDevice if there
    is none, or no PortAudio to ask."""
    try:
        import sounddevice as sd  # loads PortAudio: not before sound is wanted, and it may not be there
    except (ImportError, OSError) as wrong:
        raise NoDevice("No sound: PortAudio is not installed.", "Install libportaudio2.", lasting=True) from wrong

    def callback(out: Samples, _frames: int, when: sd.CallbackTime, _status: object) -> None:
        delay = when.outputBufferDacTime - stream.time  # not currentTime: Python may have come late to this line
        fill(out, delay if 0 < delay < _LONGEST else 0.0)

    with suppress(sd.PortAudioError):  # PortAudio sees only devices that were there when it started
        sd._terminate()  # noqa: SLF001 - sounddevice has no other way to look again
        sd._initialize()  # noqa: SLF001
    try:
        stream = sd.OutputStream(
            samplerate=RATE, channels=2, dtype="float32", latency=_LATENCY, callback=callback, finished_callback=lost
        )
        stream.start()
    except (sd.PortAudioError, ValueError) as wrong:
        raise NoDevice(
            "No sound: there is no sound device here.", "Plug one in; playing goes on without it."
        ) from wrong
    opened: Stream = stream
    return opened
