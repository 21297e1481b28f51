"""An open case's camera coverage: gathered and saved on the pool, shown in its sheet."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.case_wall import CaseWall
from reviewer.domain.alignment import Alignment
from reviewer.domain.errors import ReviewerError
from reviewer.domain.report_acts import CameraExpected, CameraNotExpected
from reviewer.domain.rolling import CameraRolling, Expected, RollingReport, incident_of, report
from reviewer.domain.timebase import TimeRange
from reviewer.records.queries import Queries
from reviewer.services import rolling
from reviewer.services.clock import utc_now
from reviewer.services.footage import CaseCamera
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
        self._heard: dict[tuple[str, int], rolling.Quiet | None] = {}  # a file is listened to once
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

    def _gather(
        self, stated: TimeRange | None, step: Callable[[Step], None], given_up: Callable[[], bool]
    ) -> RollingReport:
        footage = self._wall.footage
        if footage is None:
            raise ReviewerError("No case is open.", "Open one from the queue.")

        def measure(camera: CaseCamera, part: int) -> rolling.Quiet | None:
            key = camera.key, part
            if key not in self._heard:
                self._heard[key] = rolling.quiet(footage.peaks(camera, part, rolling.PER_SECOND, given_up))
            return self._heard[key]

        every = self._wall.cameras
        step(Step(0, 1, "", self._compare(rolling.cameras_of(every, {}, {}), stated)))
        silences = rolling.listen(every, measure, lambda *at: step(Step(*at)), given_up)
        lacking = rolling.lacking_of(every, self._desk.session.trust.store)
        return self._compare(rolling.cameras_of(every, silences, lacking), stated)

    def _compare(self, cameras: Sequence[CameraRolling], stated: TimeRange | None) -> RollingReport:
        incident = incident_of(cameras, stated)
        if incident is None:
            raise ReviewerError("This case has no recording that rolled.", "Ask who assigned it.")
        with closing(self._queries()) as queries:
            standing, expected = queries.alignment(self._case).accepted, self._expected(queries)
        alignment = standing.alignment if standing is not None else Alignment(())
        return report(cameras, incident, alignment.joint_sigma, expected)

    def _queries(self) -> Queries:
        return self._desk.session.queries()

    def _expected(self, queries: Queries) -> tuple[Expected, ...]:
        return rolling.expected(queries, self._case, self._desk.user_name)

    def _state(self, event: CameraExpected | CameraNotExpected) -> Sequence[Expected]:
        rolling.state(self._desk.session.journal.record, event)
        with closing(self._queries()) as queries:
            return self._expected(queries)

    def _save(self, found: RollingReport, path: Path) -> Path:
        session = self._desk.session
        with closing(self._queries()) as queries:
            standing = queries.alignment(self._case).accepted
        clocks = "as the signed manifests say" if standing is None else "aligned; accepted by a person, in the log"
        imprint = Imprint(
            self._case, session.roster.title, f"{session.user.name} {session.user.badge}", utc_now(), clocks
        )
        return save_report(to_report(found, imprint, self._desk.zone()), self._case, path, session.journal.record)
