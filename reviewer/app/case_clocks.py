"""The clocks of an open case: their tab beside the annotations, and what it stands on.

What an accepted alignment moves is moved here, when its recorded event has come back (`services/journal`, a colleague's
log), and never from the panel.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from reviewer.app.case_wall import CaseWall
from reviewer.domain.alignment import Reading
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Micros, Utc
from reviewer.domain.wording import count
from reviewer.media import sound_window
from reviewer.records.queries import Queries
from reviewer.services.alignment import Alignments
from reviewer.services.playback import WallPicture
from reviewer.services.sound_alignment import SoundFound, SoundProgress, align_by_sound, metres_apart_at
from reviewer.ui.review.clock_panel import CAMERAS, PAIR, ClockPanel
from reviewer.ui.review.clock_words import worst_pair
from reviewer.ui.review.clocking import Clocking, ClockServices, Progress
from reviewer.ui.review.pairing import Pairing
from reviewer.ui.review.screen import ReviewScreen

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

TAB = "clocks"
_SLOW = 12  # ticks: what is said of the clocks changes five times a second


class CaseClocks(QObject):
    """Of one open case, on the GUI thread; `making` makes its parts, between two turns of the event loop as much as the
    window may be away. `close` it before the screen's own parts go."""

    def __init__(self, desk: Desk, case: str, wall: CaseWall, screen: ReviewScreen, queries: Queries) -> None:
        super().__init__(screen)
        self._desk, self._case, self._wall, self._screen = desk, case, wall, screen
        self.hand = Alignments(desk.session.journal.record, queries, case, wall.manifests)
        self._gone = threading.Event()
        self._ticks = 0
        self._stands = self.hand.accepted()
        self.making = self._make()

    def _make(self) -> Generator[None]:
        desk, screen, keys = self._desk, self._screen, self._desk.keys
        self.panel = ClockPanel(keys)
        yield
        services = ClockServices(self.hand, self._listen, desk.user_name, desk.pool.submit)
        self.clocking = Clocking(services, self.panel, desk.bridge, desk.zone(), self)
        self.pairing = Pairing(self.clocking, self.panel, screen.wall, self._sound, desk.bridge, desk.zone(), self)
        self.pairing.apart = self._apart
        screen.side.add_tab(TAB, "Clocks", "clock", self.panel)
        self._connect()
        yield
        commands = {
            **self.clocking.commands(),
            **self.pairing.commands(),
            "clocks.show": lambda: screen.side.toggle_tab(TAB),
            "clocks.offset": self._ask_offset,
        }
        for command, act in commands.items():
            keys.bind(screen, command, act)
        self.panel.command.connect(lambda command: commands[command]())

    def _connect(self) -> None:
        screen = self._screen
        for source in (self.clocking, self.pairing):
            source.told.connect(screen.tell)
            source.failed.connect(screen.say)
        self.clocking.changed.connect(self._apply)
        screen.picture.comparing.joint = self._joint
        self._wall.gps_read.connect(self._learn)
        self.clocking.shown.connect(lambda: self._show(CAMERAS))
        self.pairing.asked.connect(lambda: self._show(PAIR))
        self.panel.picked.connect(screen.wall.focus)
        self.panel.turned.connect(lambda _page: self.pairing.show())
        screen.ticked.connect(self._tick)
        screen.side.shown.connect(self._looked_at)

    def close(self) -> None:
        """Nothing is compared, read or shown any more."""
        self._gone.set()
        if hasattr(self, "clocking"):
            self.clocking.close()

    def lock(self) -> None:
        """What was read of the footage is forgotten."""
        if hasattr(self, "pairing"):
            self.pairing.forget()

    # What is shown

    def _tick(self, picture: WallPicture) -> None:
        self.pairing.tick(picture)
        if self._ticks % _SLOW == 0:
            if self.panel.isVisible():
                self._take_cameras()
            self._carry(picture)
        self._ticks += 1

    def _take_cameras(self) -> None:
        rolling = {c.key for c in self._wall.cameras if not c.is_still}
        cameras = tuple(c for c in self._screen.wall.every if c.key in rolling)
        self.clocking.set_cameras(cameras, self._screen.wall.focused)

    def _looked_at(self, tab: str) -> None:
        if tab == TAB:
            self._take_cameras()
            self.clocking.propose()
            self.pairing.show()

    def _show(self, page: str) -> None:
        """Bring the tab and one of its pages into view."""
        if self.panel.page != page:
            self.panel.turn(page)
        if self._screen.side.current != TAB:
            self._screen.side.show_tab(TAB)

    def _ask_offset(self) -> None:
        camera = next((c for c in self._screen.wall.cameras if c.key == self._screen.wall.focused), None)
        if camera is not None:
            self._show(PAIR)
            self.panel.pair.ask_offset(camera)

    def _carry(self, picture: WallPicture) -> None:
        """What the clocks allow between the cameras on the wall, once they are aligned with each other."""
        shown = tuple(c for c in self._screen.wall.cameras if c.assigned and not c.shut)
        worst = worst_pair(self._stands, shown, picture.at)
        if worst is not None:
            self._screen.transport.sync.show_pair(*worst)

    def _learn(self, readings: tuple[Reading, ...]) -> None:
        """What the tracks say of the clocks."""
        self.hand.learn(readings)
        self._take_cameras()
        self.clocking.propose()

    def colleagues_did(self) -> None:
        """Other people's logs were read on: other clocks may stand."""
        self.clocking.propose()

    def _joint(self, one: str, other: str, at: Utc) -> Micros | None:
        return self._stands.joint_sigma(one, other, at) if self._stands is not None else None

    def _apply(self) -> None:
        """Other clocks stand, by the log: everything on the wall goes by them."""
        stands = self.hand.accepted()
        if stands == self._stands:
            return
        self._stands = stands
        self._wall.retime(stands)
        self._take_cameras()

    # What is read

    def _listen(self, show: Callable[[Progress], None], stop: Callable[[], bool]) -> Future[tuple[str, ...]]:
        footage, cameras = self._wall.footage, self._wall.cameras
        numbers = {c.key: c.number for c in cameras}
        if footage is None:
            raise ReviewerError("No case is open.", "Open one from the queue.")
        heard: Future[tuple[str, ...]] = Future()

        def told(progress: SoundProgress) -> None:
            words = f"{progress.done} of {count(progress.of, 'pair')} compared"
            show(Progress(progress.share, words))

        def came(found: SoundFound) -> None:
            self.hand.learn(found.readings)
            heard.set_result(_notes(found, numbers))

        work = self._desk.pool.submit(
            align_by_sound, footage, cameras, progress=told, cancelled=lambda: stop() or self._gone.is_set()
        )
        heard.set_running_or_notify_cancel()
        self._desk.bridge.watch(work, came, heard.set_exception, self)
        return heard

    def _sound(self, key: str, part: int, start: Micros, length: Micros) -> Future[NDArray[np.int16]]:
        footage, camera = self._wall.footage, self._wall.camera(key)
        if footage is None or camera is None:
            raise ReviewerError("This camera is not open.", "Open the case again.")
        opened = footage.deck_camera(camera).parts[part]
        what = f"Part {part + 1} of {camera.manifest.officer}"

        def read() -> NDArray[np.int16]:
            return sound_window.window(opened.source(), start, length, self._gone.is_set, what)

        return self._desk.pool.submit(read)

    def _apart(self, one: str, other: str, at: Utc) -> float | None:
        tracks = self._wall.tracks
        return metres_apart_at(tracks.get(one), tracks.get(other), at)


def _notes(found: SoundFound, numbers: dict[str, int]) -> tuple[str, ...]:
    """Where the sound does not tell: a sentence for each reason, with the cameras it is about."""
    said: dict[str, list[str]] = {}
    for (one, other), why in sorted((found.refused or {}).items(), key=lambda each: each[0]):
        low, high = sorted((numbers[one], numbers[other]))
        said.setdefault(why, []).append(f"{low} and {high}")
    for key, why in (found.left_out or {}).items():
        said.setdefault(why, []).append(f"camera {numbers[key]}")
    return tuple(f"{why} ({', '.join(sorted(which))})" for why, which in said.items())
