"""Why something is viewed: asked, recorded, and only then done. Once for a case, each time for restricted footage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.reasons import reasons_for, reasons_in_words
from reviewer.domain.assignment import Assignment
from reviewer.services.clock import utc_now
from reviewer.services.footage import CaseCamera
from reviewer.services.journal import Recorded
from reviewer.ui.reason import Question, Reason, ReasonDialog

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

Record = Callable[[str, str], Future[Recorded]]


class Asking(QObject):
    """Of one case; one question at a time. On the GUI thread."""

    def __init__(self, desk: Desk, case: str) -> None:
        super().__init__()
        self._desk, self._case = desk, case
        self.dialog: ReasonDialog | None = None

    def of_case(
        self, assignment: Assignment, cameras: int, opened: Callable[[str], None], back: Callable[[], None]
    ) -> None:
        """Ask why the case is opened. `opened(reason)` once the log has it; the question stands until `end`."""
        session = self._desk.session

        def record(value: str, note: str) -> Future[Recorded]:
            return session.state_reason(self._case, value, note)

        self._ask(Question.of_case(self._case, cameras), reasons_for(assignment, session), record, opened, back)

    def of_restricted(self, assignment: Assignment, camera: CaseCamera, opened: Callable[[str], None]) -> None:
        """Ask why this restricted recording is viewed now, in words. `opened(reason)` once the log has it."""
        session, manifest = self._desk.session, camera.manifest

        def record(value: str, note: str) -> Future[Recorded]:
            return session.state_restricted(self._case, manifest, value, note)

        reasons = reasons_in_words(reasons_for(assignment, session))
        question = Question.of_restricted(manifest.officer, manifest.restricted or "")

        def go_on(reason: str) -> None:
            opened(reason)
            self.end()

        self._ask(question, reasons, record, go_on, lambda: None)

    def _ask(
        self,
        question: Question,
        reasons: Sequence[Reason],
        record: Record,
        opened: Callable[[str], None],
        back: Callable[[], None],
    ) -> None:
        desk = self._desk
        if self.dialog is not None:
            self.dialog.deleteLater()
        dialog = self.dialog = ReasonDialog(
            question, reasons, zone=desk.zone(), now=utc_now, theme=desk.theme, parent=desk.window
        )

        def answered(value: str, note: str) -> None:
            desk.bridge.watch(record(value, note), lambda _recorded: opened(value), dialog.refuse, self)

        dialog.answered.connect(answered)
        dialog.back.connect(back)
        dialog.open()

    def end(self) -> None:
        """What was asked about is shown."""
        if self.dialog is not None:
            self.dialog.accept()
            self._desk.window.activateWindow()  # the keys are for the pictures now

    def withdraw(self) -> None:
        """Nobody is there to answer any more."""
        if self.dialog is not None:
            self.dialog.reject()

    def close(self) -> None:
        """The case is closed: nobody is told of it. The question goes: what it would tell holds all of the case."""
        self._desk.bridge.forget(self)
        if self.dialog is not None:
            self.dialog.blockSignals(True)
            self.dialog.close()
            self.dialog.deleteLater()
        self.deleteLater()
