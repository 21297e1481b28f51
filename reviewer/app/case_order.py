"""Which came first, of an open case: its tab beside the annotations, over the clocks and the log as they stand."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.case_wall import CaseWall
from reviewer.records.queries import Queries
from reviewer.services.clock import utc_now
from reviewer.services.order import Asked, Orders
from reviewer.services.order_words import to_report
from reviewer.services.place_words import ALIGNED, SIGNED
from reviewer.services.reporting import save_report
from reviewer.services.rolling_words import Imprint
from reviewer.ui.review.order_panel import MomentShown, OrderPanel
from reviewer.ui.review.ordering import Ordering, OrderServices
from reviewer.ui.review.screen import ReviewScreen

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

TAB = "order"


class CaseOrder(QObject):
    """On the GUI thread; it goes with the screen."""

    def __init__(self, desk: Desk, case: str, wall: CaseWall, screen: ReviewScreen, queries: Queries) -> None:
        super().__init__(screen)
        self._desk, self._case, self._wall, self._screen = desk, case, wall, screen
        self.panel = OrderPanel(desk.keys)
        hand = Orders(desk.session.journal.record, queries, case, wall.manifests)
        services = OrderServices(hand, desk.user_name, self._save, Path.home() / f"Order {case}.pdf")
        self.ordering = Ordering(services, self.panel, screen.wall, desk.bridge, desk.zone(), self)
        screen.side.add_tab(TAB, "First", "arrows-sort", self.panel)
        self._connect()

    def _connect(self) -> None:
        screen, ordering = self._screen, self.ordering
        ordering.told.connect(screen.tell)
        ordering.failed.connect(screen.say)
        ordering.went.connect(self._go)
        ordering.asked.connect(self._show)
        screen.side.shown.connect(self._looked_at)
        commands: dict[str, Callable[[], object]] = {**ordering.commands()}
        commands["order.show"] = lambda: screen.side.toggle_tab(TAB)
        for command, act in commands.items():
            self._desk.keys.bind(screen, command, act)
        self.panel.command.connect(lambda command: commands[command]())

    def close(self) -> None:
        """Nothing is shown any more."""
        self._desk.bridge.forget(self.ordering)

    def _looked_at(self, tab: str) -> None:
        if tab == TAB:
            self.ordering.refresh()

    def _show(self) -> None:
        if self._screen.side.current != TAB:
            self._screen.side.show_tab(TAB)

    def _go(self, moment: MomentShown) -> None:
        if moment.at is not None:
            self._screen.controls.seek(moment.at)
        if any(c.key == moment.key for c in self._screen.wall.cameras):
            self._screen.wall.focus(moment.key)

    def _save(self, asked: tuple[Asked, ...], path: Path) -> Future[Path]:
        manifests = {m.recording_id: m for m in self._wall.manifests()}
        names = {key: manifest.officer for key, manifest in manifests.items()}
        return self._desk.pool.submit(self._written, asked, names, path)

    def _written(self, asked: tuple[Asked, ...], names: dict[str, str], path: Path) -> Path:
        desk, session = self._desk, self._desk.session
        with closing(session.queries()) as queries:
            standing = queries.alignment(self._case).accepted
        clocks = SIGNED if standing is None else ALIGNED
        by = f"{session.user.name} {session.user.badge}"
        imprint = Imprint(self._case, session.roster.title, by, utc_now(), clocks)
        report = to_report(asked, lambda key: names.get(key, key), desk.user_name, imprint, desk.zone())
        return save_report(report, self._case, path, session.journal.record)
