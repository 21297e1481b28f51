"""The real window on a case of bench clips: log on, bring the footage down, open it, and look at what is painted.

After each of the window's ticks the barcode of each tile is grabbed from the display, not from the decoder nor the
widget. The sound goes to a device of the bench's own, since there may be none here."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.domain.timebase import Utc
from tests.bench.clips import Clip
from tests.bench.eye import Cells, Look, Tick, Truth, glance
from tests.bench.lipsync import KnownDevice
from tests.bench.machine import SCREEN, memory_mb

_PATIENCE = 45.0  # s for anything once the footage is here

if TYPE_CHECKING:  # the window's modules are loaded once its display is chosen
    from reviewer.app.case_room import CaseRoom
    from reviewer.app.root import Program
    from reviewer.services.playback import Playback, WallPicture
    from reviewer.ui.review.screen import ReviewScreen


class Window:
    """A person's window with one case open. Made by `opened`."""

    def __init__(self, program: Program, clips: tuple[Clip, ...], length: float) -> None:
        self.program = program
        self.clips = clips
        self.length = length
        self.truths: dict[str, Truth] = {}
        self._room: CaseRoom | None = None
        self.at_rest: dict[str, float] = {}
        self.looking = False
        self.eye_s = 0.0
        self._seen: dict[str, tuple[object, Cells | None]] = {}
        self.ticks: list[Tick] = []
        self.on_tick: Callable[[Tick], None] | None = None

    @property
    def room(self) -> CaseRoom:
        if self._room is None:
            raise RuntimeError("no case is open")
        return self._room

    @property
    def screen(self) -> ReviewScreen:
        if self.room.screen is None:
            raise RuntimeError("the review is not open")
        return self.room.screen

    @property
    def playback(self) -> Playback:
        if self.room.playback is None:
            raise RuntimeError("the review is not open")
        return self.room.playback

    def log_on(self, folder: Path) -> None:
        """Log on and wait until all footage is here."""
        from reviewer.app import check

        try:
            check._log_on(self.program, folder)
            if self.program.desk is None:
                raise RuntimeError("nobody is logged on")
            queue = self.program.desk.queue
            check._wait(
                lambda: bool(queue.cases) and all(c.here == len(c.recordings) for c in queue.cases),
                "The footage did not come down",
            )
        except check.DidNotHappen as wrong:
            raise RuntimeError(f"{wrong} The window says: {self.words()}") from None

    def words(self) -> str:
        """All that can be read in the window."""
        from PySide6.QtWidgets import QLabel

        labels = self.program.window.findChildren(QLabel)
        return " · ".join(label.text() for label in labels if label.isVisible() and label.text())

    def open(self) -> float:
        """Open the case; how many seconds passed from the answered reason to the review screen."""
        from reviewer.app import check
        from reviewer.app.check import _wait

        desk = self.program.desk
        if desk is None:
            raise RuntimeError("nobody is logged on")
        desk.open_case(desk.queue.cases[0].case_id)
        _wait(lambda: desk.room is not None and desk.room.dialog is not None, "Nobody asked for a reason")
        room = self._room = desk.room
        if room is None or room.dialog is None:
            raise RuntimeError("the case was not opened")
        vars(check)["_PATIENCE"] = _PATIENCE
        began = time.perf_counter()
        room.dialog.submit()
        _wait(lambda: room.screen is not None, "The case was not opened")
        by_name = {clip.name: clip for clip in self.clips}
        for camera in self.room.cameras:
            self.truths[camera.key] = Truth(by_name[camera.manifest.officer], self.length)
        self.screen.ticked.connect(self._look)
        return began

    def key(self, clip: Clip) -> str:
        """The recording that shows a clip."""
        return next(key for key, truth in self.truths.items() if truth.clip is clip)

    def settle(self) -> None:
        from reviewer.app.check import _wait

        _wait(lambda: bool(self.playback.settled), "The cameras did not come to rest")

    def wait(self, condition: Callable[[], bool], otherwise: str) -> None:
        from reviewer.app.check import _wait

        _wait(condition, otherwise)

    def lives(self, seconds: float) -> None:
        """Let the program run."""
        from reviewer.app.check import _pass

        _pass(seconds)

    def watch(self, seconds: float) -> list[Tick]:
        """Look at each tick for so long."""
        self.ticks, self.eye_s = [], 0.0
        self.looking = True
        self.lives(seconds)
        self.looking = False
        return self.ticks

    def roll(self, at: Utc, rate: float) -> None:
        """Stop, go there, come to rest, play, and wait until the clock goes."""
        self.playback.pause()
        self.screen.controls.seek(at)
        self.lives(0.1)
        self.settle()
        self.playback.play(rate)
        before = self.playback.now()
        self.wait(lambda: self.playback.now() != before, "The clock did not roll")

    def _look(self, picture: WallPicture) -> None:
        if not self.looking:
            return
        wall = time.perf_counter()
        looks = [self._tile(key, shown.image) for key, shown in picture.pictures.items() if key in self.truths]
        tick = Tick(picture.at, wall, looks, picture.playing)
        self.eye_s += time.perf_counter() - wall
        self.ticks.append(tick)
        if self.on_tick is not None:
            self.on_tick(tick)

    def _tile(self, key: str, image: object) -> Look:
        """One tile. Where the window put up no other picture since the last look, the display is not asked again:
        asking nine times a tick costs as much as painting them."""
        from reviewer.app import observer

        tile = self.screen.wall.tile(key)
        painted = tile.painted if tile is not None else None
        before = self._seen.get(key)
        if before is not None and image is not None and before[0] is image:
            cells = before[1]
        else:
            seen = observer._look(self.screen, key)
            cells = glance(seen.strip, seen.height) if seen.strip is not None else None
            self._seen[key] = image, cells
        if painted is None:
            return Look(key, cells, "", "")
        return Look(key, cells, str(painted.state), str(painted.fidelity))


@contextmanager
def opened(folder: Path, clips: tuple[Clip, ...], length: float, *, case: bool = True) -> Iterator[Window]:
    """The window with somebody logged on and the footage here; with `case`, the case open and at rest."""
    from reviewer.app import case_room
    from reviewer.app.root import Program
    from reviewer.app.start import make_application

    make_application()
    plain = vars(case_room)["Deck"]
    if "device" in inspect.signature(plain).parameters:
        vars(case_room)["Deck"] = partial(plain, device=KnownDevice())
    for places in folder.glob("home/users/*/places.json"):
        places.unlink()
    program = Program(folder / "home", demo=folder)
    try:
        program.window.resize(*SCREEN)
        program.window.show()
        window = Window(program, clips, length)
        window.log_on(folder)
        window.lives(2.0)
        window.at_rest = memory_mb()
        if case:
            window.open()
            window.settle()
            window.wait(lambda: bool(window.room.measured), "The sound was not drawn")
            window.lives(1.0)
        yield window
    finally:
        program.close()
        vars(case_room)["Deck"] = plain
