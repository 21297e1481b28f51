"""Screenings of an open case: the dialog, the process of the second player, and its end. One at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Micros, Utc
from reviewer.media.camera import DeckCamera
from reviewer.services.footage import CaseCamera
from reviewer.services.screening import Feature, Projector, Screening, ScreeningState, features_of
from reviewer.services.screening_gate import ScreeningGate
from reviewer.ui.review.screen import ReviewScreen
from reviewer.ui.screening import Display, ScreeningChoice, ScreeningDialog
from reviewer.ui.screening_process import start_projector

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

_TICK_MS = 50
_LOCKED = "The session is locked."


class Screenings(QObject):
    """`purpose` is the reason that was stated for the case."""

    def __init__(
        self,
        desk: Desk,
        case: str,
        purpose: str,
        screen: ReviewScreen,
        *,
        start: Callable[[], Projector] = start_projector,
    ) -> None:
        super().__init__(screen)
        self._desk, self._case, self._purpose, self._screen = desk, case, purpose, screen
        self._start = start
        self.screening: Screening | None = None
        self.dialog: ScreeningDialog | None = None
        self._locked = False
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def ask(self, camera: CaseCamera, deck_camera: DeckCamera, at: Utc) -> None:
        """Ask how this camera is to be played; `at` is where the review stands."""
        if self.screening is not None:
            self._screen.say(ReviewerError("The second player is open already.", "End it with Esc in its window."))
            return
        if camera.is_still:
            self._screen.say(ReviewerError("A still is not played.", "Focus a recording."))
            return
        self._screen.controls.stop()
        here = self._desk.zone().clock(at)
        desk = self._desk
        dialog = ScreeningDialog(
            camera.manifest.officer, self._displays(), here=here, theme=desk.theme, parent=desk.window
        )
        dialog.chosen.connect(partial(self._verify, camera, deck_camera, at))
        dialog.back.connect(self.close)
        self.dialog, self.screening = dialog, Screening(self._start())
        self._timer.start()
        dialog.open()

    def _displays(self) -> tuple[Display, ...]:
        """The other displays first: the window stays usable."""
        mine = self._desk.window.screen()
        screens = sorted(QGuiApplication.screens(), key=lambda s: s is mine)
        return tuple(
            Display(s.name(), f"{s.name()}, {s.geometry().width()} × {s.geometry().height()}{_own(s is mine)}")
            for s in screens
        )

    def _verify(self, camera: CaseCamera, deck_camera: DeckCamera, at: Utc, choice: ScreeningChoice) -> None:
        """The files are verified on a worker; then the window opens."""

        def verified(found: tuple[tuple[Feature, ...], tuple[int, ...]]) -> None:
            self._begin(camera, found[0], at, choice)

        parts = len(camera.manifest.parts)
        job = self._desk.pool.submit(features_of, deck_camera, camera.manifest.officer, parts)
        self._desk.bridge.watch(job, verified, self._refuse, self)

    def _begin(self, camera: CaseCamera, features: tuple[Feature, ...], at: Utc, choice: ScreeningChoice) -> None:
        screening, dialog = self.screening, self.dialog
        if screening is None or dialog is None or screening.state is not ScreeningState.READY or self._locked:
            return
        if not features:
            self._refuse(ReviewerError("No part of this recording is on this machine.", "Fetch the case first."))
            return
        number, place = _from_here(features, at) if choice.from_here else (0, Micros(0))
        permit = self._desk.witnesses.refusal
        gate = ScreeningGate(self._desk.session.journal, self._case, self._purpose, screening.player, permit=permit)
        screening.begin(
            gate, features, feature=number, at=place, audible=choice.audible, display=choice.display, full=choice.full
        )
        self.dialog = None
        dialog.accept()
        left_out = len(camera.manifest.parts) - len(features)
        missing = f"; {left_out} of its parts left out, not on this machine" if left_out else ""
        self._screen.tell(f"In the second player: {camera.manifest.officer}{missing}")

    def _refuse(self, error: ReviewerError) -> None:
        if self.dialog is not None:
            self.dialog.refuse(error)

    def _tick(self) -> None:
        screening = self.screening
        if screening is None:
            return
        screening.tick()
        if screening.was_touched():
            self._desk.window.idle.touch()
        if screening.is_over:
            self._over(screening)
        elif self.dialog is not None and screening.state is ScreeningState.READY:
            self.dialog.found(screening.player)

    def _over(self, screening: Screening) -> None:
        self._timer.stop()
        self.screening = None
        problem = screening.problem
        if self.dialog is not None:  # it never began: what is missing stands in the dialog
            self.dialog.refuse(problem or ReviewerError("The second player closed again.", "Open it again."))
        elif problem is not None:
            self._screen.say(problem)
        else:
            self._screen.tell("The second player was closed; what it showed is in the log")

    # Locking and leaving

    def lock(self) -> None:
        """Cover its picture at once; a dialog goes."""
        self._locked = True
        if self.dialog is not None:
            self.dialog.reject()
        if self.screening is not None:
            self.screening.cover(_LOCKED)

    def unlock(self) -> None:
        self._locked = False
        if self.screening is not None:
            self.screening.uncover()

    def close(self) -> None:
        """End it. What was shown is in the log when this returns."""
        self._timer.stop()
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.blockSignals(True)
            dialog.close()
        screening, self.screening = self.screening, None
        if screening is not None:
            for entry in screening.close():
                entry.exception()


def _own(mine: bool) -> str:
    return ", where this window is" if mine else ""


def _from_here(features: tuple[Feature, ...], at: Utc) -> tuple[int, Micros]:
    """Which file, and where in it; the next one where nothing was recorded."""
    for number, each in enumerate(features):
        if at < each.range.end:
            return number, Micros(max(0, each.model.to_stream(at)))
    return 0, Micros(0)
