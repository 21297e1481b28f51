"""Where an open case asks for files of its footage: its footage and keys go to the session's queue, its list shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from reviewer.domain.errors import ReviewerError
from reviewer.domain.render import RenderPlan
from reviewer.domain.tile import TileState
from reviewer.media.camera import DeckCamera
from reviewer.services.footage import Footage
from reviewer.services.growing import sweep
from reviewer.services.rendering import RenderQueue
from reviewer.services.rendering_job import RenderState, RenderStatus
from reviewer.ui.renders import RendersPanel

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom
    from reviewer.app.desk import Desk


def cameras_of(footage: Footage) -> Callable[[Sequence[str]], Mapping[str, DeckCamera]]:
    """Recordings in stated time, all of whose parts are here."""

    def cameras(wanted: Sequence[str]) -> Mapping[str, DeckCamera]:
        here = {camera.key: camera for camera in footage.cameras()}
        found: dict[str, DeckCamera] = {}
        for recording in wanted:
            camera = here.get(recording)
            if camera is None:
                raise ReviewerError("A recording of this file is not part of the case any more.", "Leave it out.")
            found[recording] = deck = footage.deck_camera(camera, signed=True)
            absent = next((part.absence for part in deck.parts if part.absence is not None), None)
            if absent is not None:
                next_step = "Fetch the case." if absent.state is TileState.NOT_DOWNLOADED else "Ask the supervisor."
                raise ReviewerError(f"{camera.manifest.officer} cannot be rendered: {absent.note}", next_step)
        return found

    return cameras


class SessionRenders(QObject):
    """Of the desk: the session's queue, and what it tells on the GUI thread. Signal `told(RenderStatus)`: at most ten a
    second for a job that only gets on."""

    told = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._progress = desk.bridge.progress(self.told.emit, self)
        self.queue = RenderQueue(desk.workspace, desk.session.journal.record, told=self._tell)
        desk.pool.submit(sweep, desk.workspace)  # also where no case is opened, in which the queue would look

    def _tell(self, status: RenderStatus) -> None:
        """On the queue's thread."""
        if status.state in (RenderState.WORKING, RenderState.CHECKING) and status.share > 0:
            self._progress(status)
        else:
            self._desk.bridge.post(lambda: self.told.emit(status), self)

    def close(self) -> None:
        """Ask it to end; what is made stays."""
        self.queue.stop()

    def finish(self) -> None:
        """Not on the GUI thread: wait until nothing is made any more."""
        self.queue.close()


class RenderRoom(QObject):
    """Of one open case, on the GUI thread: `add` asks for a file, `panel` shows what becomes of it. `changed(
    RenderStatus)`: a job of this case is further; `made(RenderStatus)`: its file was checked and has its name."""

    changed = Signal(object)
    made = Signal(object)

    def __init__(self, room: CaseFileRoom, of: str) -> None:
        """`of` is "reel" or "disclose": in which room the panel stands."""
        super().__init__(room)
        desk = room.desk
        self._case = room.case
        self._renders = desk.renders
        self.queue = desk.renders.queue
        self.panel = RendersPanel(desk.keys, of)
        self.panel.cancel_asked.connect(self.queue.cancel)
        self.panel.retry_asked.connect(self.queue.retry)
        self.panel.forget_asked.connect(self._forget)
        self._shown: str | None = None
        self._refused: ReviewerError | None = None
        try:
            if room.wall.footage is not None:
                keys = desk.session.grants.case_keys(room.case)
                self.queue.open_case(room.case, keys, cameras_of(room.wall.footage))
        except ReviewerError as wrong:  # taken off the case meanwhile
            self._refused = wrong
        self._renders.told.connect(self._told)
        self.show_of(None)

    def add(self, of: str, title: str, path: Path, plan: RenderPlan, reasons: Mapping[str, str] | None = None) -> str:
        """Ask for `path`; returns the job's id (`RenderQueue.add`). Raises AccessRefused for who is off the case."""
        if self._refused is not None:
            raise self._refused
        return self.queue.add(self._case, of, title, path, plan, reasons)

    def jobs(self, of: str | None = None) -> tuple[RenderStatus, ...]:
        """The jobs of a reel or request, or of the case; what is done stays until it is taken off the list."""
        return self.queue.statuses(self._case, of)

    def show_of(self, of: str | None) -> None:
        """The panel shows the files of this reel or request only; None: of the whole case."""
        self._shown = of
        self.panel.show_jobs(self.jobs(of))

    def _told(self, status: RenderStatus) -> None:
        if status.job.case != self._case:
            return
        if self._shown in (None, status.job.of):
            self.panel.show_job(status)
        self.changed.emit(status)
        if status.state is RenderState.DONE:
            self.made.emit(status)

    def _forget(self, job: str) -> None:
        self.queue.forget(job)
        self.show_of(self._shown)

    def close(self) -> None:
        """The case ends; its files are made on as long as the session lasts."""
        self._renders.told.disconnect(self._told)
