"""An open case's camera coverage: gathered and saved on the pool, shown in its sheet."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.case_wall import CaseWall
from reviewer.domain.errors import ReviewerError
from reviewer.domain.report_acts import CameraExpected, CameraNotExpected
from reviewer.domain.rolling import Expected, RollingReport
from reviewer.domain.timebase import TimeRange
from reviewer.services import rolling
from reviewer.services.clock import utc_now
from reviewer.services.reporting import save_report
from reviewer.services.rolling_words import Imprint, to_report
from reviewer.ui.review.screen import ReviewScreen
from reviewer.ui.rolling import RollingSheet, RollingSource, Step
from reviewer.ui.theme import theme_of

if TYPE_CHECKING:
    from reviewer.app.desk import Desk


class CaseRolling(QObject):
    """Of one open case. What I and O marked is the incident, if anything is."""

    def __init__(self, desk: Desk, case: str, wall: CaseWall, screen: ReviewScreen) -> None:
        super().__init__(screen)
        self._desk, self._case, self._wall, self._screen = desk, case, wall, screen
        self.sheet: RollingSheet | None = None
        self._known: rolling.CaseRolling | None = None
        desk.keys.bind(screen, "rolling.show", self.show)
        desk.keys.wear(screen.wall.bar.rolling, "rolling.show")
        screen.wall.bar.rolling.clicked.connect(self.show)

    def show(self) -> None:
        """Open the sheet; listening begins."""
        if self.sheet is not None:
            return
        screen, desk = self._screen, self._desk
        self.sheet = RollingSheet(
            self._source(), desk.bridge, zone=desk.zone(), theme=theme_of(screen).name, parent=screen.window()
        )
        self.sheet.destroyed.connect(self._gone)
        self.sheet.open()

    def lock(self) -> None:
        """Nothing of a case stays on the screen of a locked session."""
        if self.sheet is not None:
            self.sheet.reject()

    def _gone(self) -> None:
        self.sheet = None

    def _source(self) -> RollingSource:
        pool, stated = self._desk.pool, self._screen.controls.range
        name = f"Camera coverage {self._case}.pdf"
        return RollingSource(
            lambda step, given_up: pool.submit(self._gather, stated, step, given_up),
            lambda found, path: pool.submit(self._save, found, path),
            lambda officer, why: pool.submit(self._state, CameraExpected(self._case, uuid.uuid4().hex, officer, why)),
            lambda id_: pool.submit(self._state, CameraNotExpected(self._case, id_)),
            Path.home() / name,
        )

    # -- on the pool

    def _rolling(self) -> rolling.CaseRolling:
        footage, desk = self._wall.footage, self._desk
        if footage is None:
            raise ReviewerError("No case is open.", "Open one from the queue.")
        if self._known is None:
            self._known = rolling.CaseRolling(footage, lambda: self._wall.cameras, desk.session.queries, desk.user_name)
        return self._known

    def _gather(
        self, stated: TimeRange | None, step: Callable[[Step], None], given_up: Callable[[], bool]
    ) -> RollingReport:
        found = self._rolling()
        step(Step(0, 1, "", found.at_once(stated)))
        return found.report(self._desk.session.trust.store, stated, lambda *at: step(Step(*at)), given_up)

    def _state(self, event: CameraExpected | CameraNotExpected) -> Sequence[Expected]:
        rolling.state(self._desk.session.journal.record, event)
        return self._rolling().expected()

    def _save(self, found: RollingReport, path: Path) -> Path:
        session = self._desk.session
        made_by = f"{session.user.name} {session.user.badge}"
        imprint = Imprint(self._case, session.roster.title, made_by, utc_now(), self._rolling().clocks())
        return save_report(to_report(found, imprint, self._desk.zone()), self._case, path, session.journal.record)
