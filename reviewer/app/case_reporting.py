"""An open case's report: read and made on the pool, shown on its page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.errors import ReviewerError
from reviewer.services.case_report import CaseReports, OpenCase
from reviewer.services.case_report_words import Speaker
from reviewer.services.logwords import Names
from reviewer.ui.case.report import ReportPage, ReportSource, Wanted

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom
    from reviewer.domain.report import Report

PAGE = "report"


class CaseReportRoom(QObject):
    """Of one open case. The page is read when it comes into view, and again when something changes while it is."""

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room = room
        self._making: CaseReports | None = None
        desk, screen = room.desk, room.screen
        place = Path.home() / f"Case {room.case}.pdf"
        self.page = ReportPage(ReportSource(self._preview, self._save, self._stop, place), desk.bridge, desk.keys)
        screen.add_page(PAGE, "Report", "file-text", self.page, title="Case report", side=self.page.side)
        screen.shown.connect(self._look)
        room.changed.connect(lambda _kinds: self._look(screen.current))
        desk.keys.bind(screen, "report.show", lambda: screen.show_page(PAGE))
        desk.keys.bind(self.page.side, "report.save", self.page.side.submit)
        desk.keys.bind(screen, "report.stop", self.page.side.cancel)
        room.undo.callback(self._stop)

    def _look(self, page: str) -> None:
        if page == PAGE and self._room.screen.isVisible():
            self.page.read()

    def _reports(self, progress: Callable[[tuple[str, int, int]], None] | None = None) -> CaseReports:
        room, wall = self._room, self._room.wall
        if wall.footage is None:
            raise ReviewerError("No case is open.", "Open one from the queue.")
        say = Speaker(Names(room.desk.user_name, self._officer), room.desk.zone())
        case = OpenCase(room.desk.session, room.assignment, wall.footage, wall.cameras, say)
        if progress is None:
            return CaseReports(case)
        return CaseReports(case, progress=lambda step: progress((step.words, step.done, step.total)))

    def _officer(self, recording: str) -> str:
        camera = self._room.wall.camera(recording)
        return camera.manifest.officer if camera is not None else recording

    def _preview(self) -> Future[Report]:
        reports = self._reports()
        return self._room.desk.pool.submit(lambda: reports.report(pictures=False))

    def _save(self, wanted: Wanted, progress: Callable[[tuple[str, int, int]], None]) -> Future[Path]:
        self._making = reports = self._reports(progress)
        return self._room.desk.pool.submit(
            lambda: reports.save(wanted.path, pictures=wanted.pictures, proofs=wanted.proofs)
        )

    def _stop(self) -> None:
        if self._making is not None:
            self._making.cancel()
