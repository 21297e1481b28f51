"""A camera's process, seen from the window: starts it, tells it what to do, takes what it learned, outlives it.

A file that crashes it, or hangs it, or makes it ask for too much memory, costs the part that was being read: that part
says so, and the process is started anew for the others.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from typing import Any

from reviewer.domain.tile import TileState
from reviewer.media import answers
from reviewer.media.apart import context
from reviewer.media.camera import Absence, CameraTimes, DeckCamera, ProxyChunk
from reviewer.media.clock import DeckClock
from reviewer.media.decoder import LOST, OPENING, RESTING, absence
from reviewer.media.ladder import Rung
from reviewer.media.scale import Size
from reviewer.media.shelf import Shelf, Viewer
from reviewer.media.sound_ring import SoundRing
from reviewer.media.sound_veil import BARE, SoundVeil
from reviewer.media.turns import Turns
from reviewer.media.worker import ASK, DEFECT, SAID, SOUND, Setup, not_here, run

log = logging.getLogger(__name__)

HANGS_AFTER = 8.0  # s without a sign of life while decoding
OPENS_WITHIN = 90.0  # s: a file without an index of its own is read from end to end
_LARGEST = 64 << 20  # bytes of one answer: the index of a day at 60 frames a second takes 42 MB
_MOST_LOST = 100_000  # frames that one message may call lost
_LOOK = 0.5  # s between two looks at whether it lives
_WORDS = 300  # characters of what a process says of its own end
_RUNGS = {int(rung): rung for rung in Rung}
_UNBLAMED = 3  # times a process may end with no part to blame before the camera is given up
_CRASHED = Absence(TileState.STOPPED, "Reading this part crashed its decoder. The others are not touched.")
_HUNG = Absence(TileState.STOPPED, "This part kept its decoder from ever answering. The others are not touched.")


class CameraProcess:
    """Of the GUI's thread, but for what its own thread does. `changed` is called from that thread whenever something
    was learned; `heard` with a sentence about the sound. It begins when its turn comes (`turns`)."""

    def __init__(
        self,
        camera: DeckCamera,
        clock: DeckClock,
        changed: Callable[[], None],
        pool: Executor,
        *,
        heard: Callable[[str], None] = lambda _note: None,
        turns: Turns | None = None,
        patience: tuple[float, float] = (HANGS_AFTER, OPENS_WITHIN),
    ) -> None:
        self.camera = camera
        self.times = CameraTimes(camera)
        self.decoded_by: dict[int, str] = {}
        self._clock = clock
        self._changed = changed
        self._pool = pool
        self._heard = heard
        self._turns = turns or Turns()
        self._hangs_after, self._opens_within = patience
        self._sending = threading.Lock()
        self._closing = False
        self._tile: Size | None = None
        self._hears = self._poked = False
        self._copies: dict[int, tuple[ProxyChunk, ...]] = {}
        self._unblamed = 0
        self._share = 1.0
        self._struck: set[int] = set()
        self._defect = ""  # what the process said of its own end
        self.ring = SoundRing()
        self._veil = (0, BARE)
        self._equip()
        self._process: Any = None
        self._thread = threading.Thread(target=self._run, name=f"camera {camera.key[:12]}", daemon=True)

    def _equip(self) -> None:
        """A shelf and a pipe that no dead process holds."""
        self.shelf = Shelf(context().Lock())
        self.viewer = Viewer(self.shelf)
        self._ours, self._theirs = context().Pipe()
        self.shelf.head["heard"] = self._hears
        self.set_share(self._share)
        self._show_tile()

    # -- what the window tells it

    def start(self) -> None:
        self._turns.ask(self)
        self._thread.start()

    def poke(self) -> None:
        """The clock's course or the tile's size changed: look again. Never waits: who is sending sends this too."""
        if self.shelf.head["poked"]:
            return
        self._poked = True
        if self._sending.acquire(blocking=False):
            self._send_poke()
            self._sending.release()

    def _send_poke(self) -> None:
        self._poked = False
        self._send_now(("poke",))

    @property
    def tile(self) -> Size | None:
        return self._tile

    def set_tile(self, tile: Size | None) -> None:
        """The size of its pictures in device pixels; None while nobody sees it."""
        if tile != self._tile:
            self._tile = tile
            self._show_tile()
            self.poke()

    def _show_tile(self) -> None:
        width, height = self._tile or (0, 0)
        self.shelf.head["tile_w"], self.shelf.head["tile_h"] = width, height

    def set_share(self, share: float) -> None:
        """How much of one processor it may take for originals while playing, where small copies can stand for them."""
        self._share = share
        self.shelf.head["share"] = round(share * 1000)

    def set_onward(self, onward: bool) -> None:
        """Whether it will be played on from where it stands: then nothing before that is decoded while it waits."""
        self.shelf.head["onward"] = onward

    def set_calm(self, calm: bool) -> None:
        """Whether every camera shows what is right: only then is decoded what nobody waits for."""
        if calm != bool(self.shelf.head["calm"]):
            self.shelf.head["calm"] = calm
            if calm:
                self.poke()

    def hear(self, heard: bool) -> None:
        """Whether its sound is listened to."""
        if heard != self._hears:
            self._hears = heard
            self.shelf.head["heard"] = heard
            self.poke()

    def veil(self, veil: SoundVeil) -> None:
        """What is hidden of its sound from this call on: nothing that was decoded before is heard any more."""
        number, before = self._veil
        if veil != before:
            self._veil = (number + 1, veil)  # first: a process that begins now begins with it
            self.ring.veil = number + 1
            self._pool.submit(self._send_veil)

    def _send_veil(self) -> None:
        with self._sending:  # the newest, whichever thread comes last
            self._send_now(("veil", *self._veil))
        self._poke_if_left_out()

    def set_copies(self, part: int, chunks: tuple[ProxyChunk, ...]) -> None:
        """All small copies of a part that there are now."""
        self._copies[part] = chunks
        self._pool.submit(self._send_copies, part)

    def _send_copies(self, part: int) -> None:
        with self._sending:  # the newest, whichever thread comes last
            self._send_now(("copies", part, self._copies[part]))
        self._poke_if_left_out()

    def retime(self, camera: DeckCamera) -> None:
        """The same files by another clock: none is opened anew."""
        self.camera = camera
        times = tuple((part.model, part.range) for part in camera.parts)
        self.times.retime(times)
        self._pool.submit(self._send, "times", times)

    def close(self) -> None:
        """Let it end. Returns at once; `join` waits."""
        self._closing = True
        self._turns.done(self)
        self._pool.submit(self._send, "close")

    def join(self, seconds: float = 3.0) -> None:
        """Wait until it is gone; a process that does not go is ended."""
        if self._thread.ident is None:  # never begun
            self._theirs.close()
            self._end()
            return
        self._thread.join(seconds)
        process = self._process
        if self._thread.is_alive() and process is not None:
            process.kill()
            self._thread.join(seconds)

    def _send(self, *message: object) -> None:
        with self._sending:
            self._send_now(message)
        self._poke_if_left_out()

    def _poke_if_left_out(self) -> None:
        if self._poked:
            self.poke()

    def _send_now(self, message: tuple[object, ...]) -> None:
        self.shelf.head["poked"] = 1  # before: there will be something to read
        with suppress(OSError, ValueError):  # it is gone: its thread sees that too, and starts another
            self._ours.send(message)

    # -- what it says

    @property
    def rung(self) -> Rung:
        return _RUNGS.get(int(self.shelf.head["rung"]), Rung.ORIGINALS)

    def _run(self) -> None:
        self._turns.wait(self)
        while not self._closing and self._start():
            why = self._serve()
            if not self._closing:
                self._blame(why)
        self._end()

    def _end(self) -> None:
        self._turns.done(self)
        self._ours.close()
        self.shelf.close()
        self.ring.block.close()

    def _start(self) -> bool:
        parts = zip(self.camera.parts, self.times.indexes, strict=True)
        bare = [replace(p, source=not_here, proxies=None, doubted=None, index=index) for p, index in parts]
        camera = DeckCamera(self.camera.key, tuple(bare))
        faults = tuple(self.times.faults)
        setup = Setup(camera, faults, self.shelf, self.ring.block, self._clock.block, self._theirs, self._veil)
        self.shelf.head["beat"] = time.monotonic_ns()
        try:
            process = context().Process(target=run, args=(setup,), name=self._thread.name, daemon=True)  # type: ignore[attr-defined]
            process.start()
        except (OSError, ValueError) as wrong:
            log.error("no process for %s: %s", self.camera.key, wrong)
            self._give_up(Absence(TileState.STOPPED, "No decoder can be started. Close other programs, open it again."))
            return False
        self._process = process
        self._theirs.close()
        if None not in self.times.faults:
            self._turns.done(self)  # it has nothing to read
        return True

    def _serve(self) -> Absence:
        """Take what it says until it is gone. Gives why."""
        why, self._defect = _CRASHED, ""
        while True:
            try:
                if self._ours.poll(_LOOK):
                    self._take(self._ours.recv_bytes(_LARGEST))
                    continue
                self._turns.done(self)  # verifying its part takes longer than the others are to wait
            except (EOFError, OSError, TypeError, answers.Unfit):
                self._process.kill()  # gone, or no longer ours
                break
            if self._hangs():
                why = _HUNG
                self._process.kill()
        self._process.join()
        if self._process.exitcode == 1 and not self._closing:
            what = self._defect[:_WORDS] or "it had not begun"
            log.error("the decoder of %s ended by a defect of ours: %r", self.camera.key, what)
        return why

    def _hangs(self) -> bool:
        head = self.shelf.head
        phase = int(head["phase"])
        silent = (time.monotonic_ns() - int(head["beat"])) / 1e9
        return phase != RESTING and silent > (self._opens_within if phase == OPENING else self._hangs_after)

    def _take(self, message: bytes) -> None:
        """Its own word, which a hostile file may have put there: what does not fit is not taken. Raises Unfit."""
        kind = message[:1].decode("ascii", "replace")
        if kind not in SAID:
            raise answers.Unfit(kind)
        said = answers.unpack(message[1:], SAID[kind])
        part = said[0] if isinstance(said, tuple) else said
        if kind not in (SOUND, DEFECT) and not 0 <= part < len(self.camera.parts):
            raise answers.Unfit(kind)
        match kind, said:
            case "a", _:
                self._pool.submit(self._bring, part)
            case "i", (_, index, by):
                self.decoded_by[part] = by
                self.times.learn(part, index)
            case "f", (_, why):
                self._doubt(part, why)
                self.times.fail(part, why)
            case "l", (_, start, stop):
                self.times.lose(part, range(start, min(stop, start + _MOST_LOST)))
            case "d", _:
                self._defect = said
            case _:
                self._heard(said)
        if kind != ASK:
            self._turns.done(self)
        self._changed()

    def _doubt(self, part: int, why: Absence) -> None:
        doubted = self.camera.parts[part].doubted
        if why.state is TileState.CORRUPT and self.times.faults[part] is None and doubted is not None:
            self._pool.submit(doubted)

    def _bring(self, part: int) -> None:
        """Verify a part and hand it over, with the small copies that there are of it."""
        wanted = self.camera.parts[part]
        try:
            source = wanted.source()
        except LOST as wrong:
            self.times.fail(part, absence(wrong))
            self._send("absent", part, absence(wrong))
            self._changed()
            return
        try:
            copies = self._copies.get(part) or (wanted.proxies() if wanted.proxies is not None else ())
        except LOST as wrong:
            log.info("small copies of %s part %d: %s", self.camera.key, part + 1, wrong)
            copies = ()
        if copies:
            self._copies[part] = copies
            self._send_copies(part)
        self._send("source", part, source)

    def _blame(self, why: Absence) -> None:
        """The part that it was reading is to blame, if it is not the first time: somebody may have ended the process.
        Where it read none, nobody is, but not for ever."""
        head = self.shelf.head
        part = int(head["part"]) if int(head["phase"]) != RESTING else -1
        log.info("%s: %s (part %d)", self.camera.key, why.note, part + 1)
        if part >= 0 and (why is _HUNG or part in self._struck):
            self.times.fail(part, why)
        elif part >= 0:
            self._struck.add(part)
        else:
            self._unblamed += 1
            if self._unblamed > _UNBLAMED:
                self._give_up(_CRASHED)
                self._closing = True
        self._ours.close()
        old = self.shelf
        self._equip()
        old.close()
        self._changed()

    def _give_up(self, why: Absence) -> None:
        for part in range(len(self.camera.parts)):
            self.times.fail(part, why)
        self._changed()
