"""Questions to an open case's map: their tab beside the annotations, over cameras and tracks as the wall has them."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.case_wall import CaseWall
from reviewer.services.clock import utc_now
from reviewer.services.place_words import ALIGNED, SIGNED, Answers, to_report
from reviewer.services.places import Placed, Places, placed
from reviewer.services.playback import WallPicture
from reviewer.services.reporting import save_report
from reviewer.services.rolling_words import Imprint
from reviewer.ui.review.place_panel import PlacePanel
from reviewer.ui.review.place_rows import PlaceRow
from reviewer.ui.review.placing import PlaceServices, Placing
from reviewer.ui.review.screen import ReviewScreen

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

TAB = "places"
_SLOW = 12  # ticks: five times a second


class CasePlaces(QObject):
    """Of one open case, on the GUI thread. Answers are drawn while the tab is in view."""

    def __init__(self, desk: Desk, case: str, wall: CaseWall, screen: ReviewScreen) -> None:
        super().__init__(screen)
        self._desk, self._case, self._wall, self._screen = desk, case, wall, screen
        self._ticks = 0
        self.panel = PlacePanel(desk.keys)
        services = PlaceServices(self._placed, desk.pool.submit, self._save, Path.home() / f"Places {case}.pdf")
        self.placing = Placing(services, self.panel, screen.map, screen.timeline, desk.bridge, desk.zone(), self)
        screen.side.add_tab(TAB, "Places", "focus-2", self.panel)
        self._connect()

    def _connect(self) -> None:
        screen = self._screen
        self.placing.told.connect(screen.tell)
        self.placing.failed.connect(screen.say)
        self.placing.went.connect(self._go)
        self.placing.asked.connect(self._show)
        self.placing.drawing.connect(self._show_map)
        screen.ticked.connect(self._tick)
        screen.side.shown.connect(self._looked_at)
        commands = self.placing.commands() | {"places.show": lambda: screen.side.toggle_tab(TAB)}
        for command, act in commands.items():
            self._desk.keys.bind(screen, command, act)
        self.panel.command.connect(lambda command: commands[command]())

    def lock(self) -> None:
        """Nothing is drawn or saved over a locked session."""
        self._screen.map.canvas.end_drawing()
        self.placing.close_dialog()

    def _placed(self) -> tuple[Placed, ...]:
        """Cameras and tracks as wall and map have them now."""
        return placed(self._wall.cameras, ((t.number, t.name, t.track) for t in self._screen.map.tracks))

    def _tick(self, picture: WallPicture) -> None:
        self._ticks += 1
        if self._ticks % _SLOW == 0 and self._screen.side.current == TAB:
            self.placing.show_at(picture.at)

    def _looked_at(self, tab: str) -> None:
        if tab == TAB:
            self.placing.refresh()
        elif tab != "map":
            self.placing.stop()

    def _show(self) -> None:
        if self._screen.side.current != TAB:
            self._screen.side.show_tab(TAB)

    def _show_map(self) -> None:
        """Where the map is one of the tabs, it must be in view to be drawn on."""
        if self._screen.side.tabbed:
            self._screen.side.show_tab("map")

    def _go(self, row: PlaceRow) -> None:
        if row.at is not None:
            self._screen.controls.seek(row.at)
        if any(c.key == row.key for c in self._screen.wall.cameras):
            self._screen.wall.focus(row.key)

    def _save(self, answers: Answers, places: Places, path: Path) -> Future[Path]:
        return self._desk.pool.submit(self._written, answers, places, path)

    def _written(self, answers: Answers, places: Places, path: Path) -> Path:
        session = self._desk.session
        with closing(session.queries()) as queries:
            standing = queries.alignment(self._case).accepted
        clocks = SIGNED if standing is None else ALIGNED
        user, agency = session.user, session.roster.title
        imprint = Imprint(self._case, agency, f"{user.name} {user.badge}", utc_now(), clocks)
        report = to_report(answers, places, imprint, self._desk.zone())
        return save_report(report, self._case, path, session.journal.record)
