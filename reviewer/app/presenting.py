"""A finished reel before people, in an open training assignment: its file, the process that shows it, the notes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from reviewer.domain.errors import ReviewerError
from reviewer.domain.making_acts import CopyMade
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media.finished import FinishedFile
from reviewer.services.clock import utc_now
from reviewer.services.presenting import Move, Presentation, Script, made_of
from reviewer.services.screening import Feature, Projector, Screening, ScreeningState, feature_of_file
from reviewer.services.screening_gate import FileGate
from reviewer.ui.presenting import PresentingView
from reviewer.ui.screening import Display
from reviewer.ui.screening_process import start_projector

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

_TICK_MS = 50
_LOCKED = "The session is locked."
_STRANGER = "The log does not name this file: it was changed, or not made in this assignment."
_AGAIN = "Render the reel again, and present that file."


class Presenting(QObject):
    """Of one open training assignment, on the GUI thread; `purpose` is the reason that was stated for it. One file at a
    time. `over(ReviewerError | None)`: it ended, or could not begin."""

    over = Signal(object)

    def __init__(
        self, desk: Desk, case: str, purpose: str, *, start: Callable[[], Projector] = start_projector
    ) -> None:
        super().__init__(desk)
        self._desk, self._case, self._purpose, self._start = desk, case, purpose, start
        self.screening: Screening | None = None
        self.view: PresentingView | None = None
        self._show: Presentation | None = None
        self._feature: tuple[FinishedFile, Feature] | None = None
        self._since = 0.0
        self._locked = False
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def ask(self, title: str, script: Script, path: Path) -> None:
        """Ask on which display this file of a reel is to be shown. Raises ReviewerError if something is shown
        already."""
        if self.screening is not None:
            raise ReviewerError("A reel is presented already.", "End that first.")
        show = self._show = Presentation(script)
        view = PresentingView(self._desk.keys, title, show, self._displays(), self._desk.window)
        view.started.connect(self._begin)
        view.asked.connect(self._do)
        view.left.connect(self.close)
        self.view, self.screening, self._feature = view, Screening(self._start()), None
        self._since = 0.0
        verified = self._desk.pool.submit(self.read, path)
        self._desk.bridge.watch(verified, partial(self._verified, view), partial(self._refused, view), self)
        self._timer.start()
        view.begin()

    def _displays(self) -> tuple[Display, ...]:
        """The other displays first: the notes are on this one."""
        mine = self._desk.window.screen()
        screens = sorted(QGuiApplication.screens(), key=lambda s: s is mine)
        where = {True: ", where this window is", False: ""}
        return tuple(
            Display(s.name(), f"{s.name()}, {s.geometry().width()} × {s.geometry().height()}{where[s is mine]}")
            for s in screens
        )

    def read(self, path: Path) -> FinishedFile:
        """On a worker: the file as it lies there now. Raises ReviewerError unless it was made and checked in this
        assignment."""
        file = FinishedFile.read(path)
        self.made(file.sha256)
        return file

    def made(self, sha256: str) -> CopyMade:
        """On a worker: the entry that names this file. Raises ReviewerError where the log has none."""
        with closing(self._desk.session.queries()) as queries:
            found = made_of(queries, self._case, sha256)
        if found is None:
            raise ReviewerError(_STRANGER, _AGAIN)
        return found

    def _verified(self, view: PresentingView, file: FinishedFile) -> None:
        if view is self.view:
            feature = feature_of_file(file)
            self._feature = file, replace(feature, film=replace(feature.film, title=view.reel))

    def _refused(self, view: PresentingView, error: ReviewerError) -> None:
        if view is self.view:
            self._stop()
            view.refuse(error)

    # While it is shown

    def _begin(self, display: str, audible: bool) -> None:
        screening, found = self.screening, self._feature
        if screening is None or found is None or screening.state is not ScreeningState.READY or self._locked:
            return
        file, feature = found
        session, permit = self._desk.session, self._desk.witnesses.refusal
        gate = FileGate(session.journal, self._case, self._purpose, screening.player, file, permit=permit)
        others = len(QGuiApplication.screens()) > 1
        full = others or not display
        screening.begin(gate, (feature,), at=Micros(0), audible=audible, display=display, full=full, presented=True)
        self._since = time.monotonic()

    def _do(self, command: str, number: int) -> None:
        show, screening = self._show, self.screening
        if show is None or screening is None:
            return
        self._desk.window.idle.touch()
        match command:
            case "toggle":
                self._go(show.toggle())
            case "next":
                self._go(show.next())
            case "previous":
                self._go(show.previous())
            case "jump":
                self._go(show.jump(number))
            case "answer":
                self._go(show.answer(number))

    def _go(self, move: Move | None) -> None:
        if move is not None and self.screening is not None:
            self.screening.go(0, move.at, playing=move.playing)

    def _tick(self) -> None:
        screening, view, show = self.screening, self.view, self._show
        if screening is None or view is None or show is None:
            return
        screening.tick()
        if screening.was_touched():
            self._desk.window.idle.touch()
        if screening.is_over:
            self._ended(screening, view)
            return
        if screening.state is ScreeningState.READY and self._feature is not None and not self._locked:
            view.found(screening.player)
        place = screening.place
        if place is not None:
            self._go(show.told(place[0], playing=place[1]))
        elif screening.is_dark:
            show.told_dark()
        elapsed = round((time.monotonic() - self._since) * SECOND) if self._since else 0
        view.tell_time(self._desk.zone().clock(utc_now()), elapsed)
        if screening.state is ScreeningState.SHOWING:
            view.follow(screening.covered)

    def _ended(self, screening: Screening, view: PresentingView) -> None:
        self._stop()
        if screening.problem is not None and not self._since:
            view.refuse(screening.problem)
            return
        self._put_away()
        self.over.emit(screening.problem)

    def _stop(self) -> None:
        """The process goes; what it showed is in the log when this returns."""
        self._timer.stop()
        screening, self.screening = self.screening, None
        if screening is not None:
            for entry in screening.close():
                entry.exception()

    def _put_away(self) -> None:
        view, self.view, self._show, self._feature = self.view, None, None, None
        if view is not None:
            view.blockSignals(True)
            view.close()
            view.deleteLater()

    # Locking and leaving

    def lock(self) -> None:
        """Cover the room's picture at once; the notes go too."""
        self._locked = True
        if self.screening is not None:
            self.screening.cover(_LOCKED)
        if self.view is not None:
            self.view.hide()

    def unlock(self) -> None:
        """The notes come back; the picture when somebody goes on."""
        self._locked = False
        if self.screening is not None:
            self.screening.uncover()
        if self.view is not None:
            self.view.begin()

    def close(self) -> None:
        """End it. What was shown is in the log when this returns."""
        had = self.view is not None
        self._stop()
        self._put_away()
        if had:
            self.over.emit(None)
