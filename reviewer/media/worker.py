"""The process behind one camera: decodes its picture and its sound, for as long as the window's process is there.

It gets what it may open as values through its pipe, puts pictures on the shelf and sound into the ring, and says what
it learned. It knows nothing else of the app.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from reviewer.media import answers
from reviewer.media.apart import confine, seclude
from reviewer.media.camera import Absence, CameraTimes, DeckCamera, Source
from reviewer.media.clock import ClockView
from reviewer.media.decoder import RESTING, CameraDecoder
from reviewer.media.hardware import devices_here
from reviewer.media.index import FrameIndex
from reviewer.media.shared import SharedBlock
from reviewer.media.shelf import Shelf
from reviewer.media.sound_feed import SoundFeed
from reviewer.media.sound_line import SoundPart
from reviewer.media.sound_ring import SoundRing
from reviewer.media.sound_veil import BARE, SoundVeil

ASK, LEARNED, FAILED, LOST_FRAMES, SOUND, DEFECT = "a", "i", "f", "l", "s", "d"
SAID = {
    ASK: int,
    LEARNED: tuple[int, FrameIndex, str],
    FAILED: tuple[int, Absence],
    LOST_FRAMES: tuple[int, int, int],
    SOUND: str,
    DEFECT: str,
}
"""What the process says, and of what type each is."""
_DEAF = 32  # steps without a look into the pipe: a look costs 20 µs
_NICE = 4  # the window goes first: nine decoders must not keep it from painting
_LONGEST_REST = 1.0  # s: so often a process that has nothing to do shows that it lives


@dataclass(frozen=True, slots=True)
class Setup:
    """What a camera's process starts from. The camera's parts carry no sources: those come when they are asked for."""

    camera: DeckCamera
    faults: tuple[Absence | None, ...]
    shelf: Shelf
    ring: SharedBlock
    clock: SharedBlock
    messages: Connection[Any, Any]
    veil: tuple[int, SoundVeil] = (0, BARE)


def not_here() -> Source:
    """The source of a part in a process that was not given it."""
    raise LookupError("the source of this part was not sent here")


def run(setup: Setup) -> None:
    """The process's whole life."""
    confine()
    with suppress(AttributeError, OSError):  # no such thing on Windows
        os.nice(_NICE)
    if not devices_here():  # a device is a file that is written to
        seclude()
    _Worker(setup).run()


class _Worker:
    def __init__(self, setup: Setup) -> None:
        self._messages = setup.messages
        self._sending = threading.Lock()
        self._head = setup.shelf.head
        times = CameraTimes(setup.camera)
        times.faults = list(setup.faults)
        self._decoder = CameraDecoder(times, ClockView(setup.clock), setup.shelf, self)
        self._feed = SoundFeed(
            SoundRing(setup.ring),
            ClockView(setup.clock),
            [SoundPart(p.model, p.range) if p.absence is None and not p.still else None for p in setup.camera.parts],
            self.ask,
            partial(self._say, SOUND),
            setup.veil,
        )
        self._sound: threading.Thread | None = None
        self._hears = False
        self._unheard = 0
        self._closing = False

    def run(self) -> None:
        try:
            while not self._closing:
                self._head["beat"] = time.monotonic_ns()
                self._listen(0)
                self._hear()
                rest = self._decoder.step()
                if rest != 0:
                    self._head["phase"] = RESTING
                    self._listen(_LONGEST_REST if rest is None else min(rest, _LONGEST_REST))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass  # the app is gone
        finally:
            self._confess()
            self._feed.close()
            self._decoder.close()
            if self._sound is not None:
                self._sound.join(1.0)

    def _confess(self) -> None:
        """If it ends by an error that nobody foresaw: what that was, and where, for the app's log."""
        wrong = sys.exception()
        if wrong is None:
            return
        *_, last = traceback.extract_tb(wrong.__traceback__)
        with suppress(OSError):
            self._say(DEFECT, f"{type(wrong).__name__} in {Path(last.filename).name}, line {last.lineno}: {wrong}")

    def _listen(self, seconds: float) -> None:
        """Take what was said, waiting at most so long for it. The mark is taken away before the pipe is read: it is put
        there before anything is sent, so whoever finds it missing sends, and what is sent ends the waiting."""
        self._unheard += 1
        if not seconds and not self._head["poked"] and self._unheard < _DEAF:
            return
        self._unheard = 0
        self._head["poked"] = 0
        while not self._closing and self._messages.poll(seconds):
            self._take(*self._messages.recv())
            seconds = 0

    def _take(self, what: str, *values: Any) -> None:  # noqa: ANN401 - whatever the parent sends
        match what:
            case "source":
                self._decoder.give_source(*values)
                self._feed.give(*values)
            case "absent":
                self._decoder.fail(*values)
                self._feed.give(values[0], None)
            case "copies":
                self._decoder.give_copies(*values)
            case "times":
                self._decoder.times.retime(*values)
                self._feed.retime(*values)
            case "veil":
                self._feed.veil(*values)
            case "close":
                self._closing = True
            case _:
                self._feed.poke()

    def _hear(self) -> None:
        heard = bool(self._head["heard"])
        if heard == self._hears:
            return
        self._hears = heard
        self._feed.set_heard(heard)
        if heard and self._sound is None:
            self._sound = threading.Thread(target=self._feed.run, name="sound", daemon=True)
            self._sound.start()

    # -- what is said to the window's process

    def _say(self, kind: str, value: object) -> None:
        with self._sending:
            self._messages.send_bytes(kind.encode() + answers.pack(value))

    def ask(self, part: int) -> None:
        self._say(ASK, part)

    def learned(self, part: int, index: FrameIndex, by: str) -> None:
        self._say(LEARNED, (part, index, by))

    def failed(self, part: int, why: Absence) -> None:
        self._say(FAILED, (part, why))

    def lost(self, part: int, frames: range) -> None:
        self._say(LOST_FRAMES, (part, frames.start, frames.stop))
