"""The dashboard of one session: counted on the pool, from the queue as it was read last and the logs that are known."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.roster import Role
from reviewer.domain.wording import LocalZone
from reviewer.services.clock import utc_now
from reviewer.services.dashboard import Dashboard, dashboard
from reviewer.services.queue import Queue
from reviewer.services.statistics import Year, save, to_report, year_of, years
from reviewer.ui.dashboard import DashboardScreen, DashboardSource

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

NAME = "dashboard"
WHO = frozenset({Role.SUPERVISOR, Role.CUSTODIAN})


class DashboardRoom(QObject):
    """Of the desk; on the GUI thread. Only supervisors and custodians have it: `screen` is None for anybody else."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk, self._session = desk, desk.session
        self.screen: DashboardScreen | None = None
        self._cancel = threading.Event()

    def open(self) -> None:
        """Show the screen's door, to whom it belongs."""
        desk = self._desk
        if not WHO.intersection(self._session.user.roles):
            return
        source = DashboardSource(self._read, self._years, self._count, self._save, desk.user_name, self._place)
        self.screen = DashboardScreen(source, desk.bridge, desk.keys)
        self.screen.open_case.connect(desk.open_case)
        desk.window.add_screen(NAME, self.screen, words="Dashboard", icon="chart-bar")
        desk.window.screen_changed.connect(self._looked_at)
        self._shortcut = desk.keys.bind(desk.window.shell, "go.dashboard", lambda: desk.window.show_screen(NAME))

    def close(self) -> None:
        """Stop counting; the door goes with the session."""
        self._cancel.set()
        if self.screen is not None:
            self._desk.window.screen_changed.disconnect(self._looked_at)
            self._shortcut.deleteLater()
            self._desk.window.remove_screen(NAME)
            self.screen = None

    def queue_read(self) -> None:
        """The queue was read anew: what is in view follows."""
        if self._desk.window.current == NAME and self.screen is not None:
            self.screen.read()

    def _looked_at(self, name: str) -> None:
        if name == NAME and self.screen is not None:
            self.screen.read()

    def _read(self) -> Future[Dashboard | None]:
        return self._desk.pool.submit(self._standing, self._desk.queue.queue)

    def _standing(self, queue: Queue | None) -> Dashboard | None:
        return None if queue is None else dashboard(queue, self._session.trust, utc_now())

    def _years(self) -> Future[Sequence[int]]:
        return self._desk.pool.submit(self._years_now, [case.case_id for case in self._desk.queue.cases])

    def _years_now(self, cases: list[str]) -> Sequence[int]:
        with closing(self._session.queries()) as queries:
            return years(queries, cases, utc_now(), LocalZone())

    def _count(self, year: int) -> Future[Year]:
        return self._desk.pool.submit(self._counted, year)

    def _counted(self, year: int) -> Year:
        me = self._session.user.id
        with closing(self._session.queries()) as queries:
            return year_of(self._session.trust, queries, me, year, LocalZone(), cancel=self._cancel)

    def _place(self, year: int, for_public: bool) -> Path:
        return Path.home() / f"Complaints {year}{' public' if for_public else ''}.csv"

    def _save(self, year: Year, for_public: bool, path: Path) -> Future[Path]:
        return self._desk.pool.submit(self._written, year, for_public, path)

    def _written(self, year: Year, for_public: bool, path: Path) -> Path:
        session = self._session
        imprint = (session.roster.title, f"{session.user.name} {session.user.badge}", utc_now())
        report = to_report(year, imprint, for_public=for_public)
        return save(year, report, path, session.journal.record, for_public=for_public)
