"""What becomes of a reel outside its screen: its finished file before people, its order in another editor and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from reviewer.app.case_reels_render import file_name
from reviewer.app.presenting import Presenting
from reviewer.domain.errors import ReviewerError
from reviewer.exports.otio import Taken
from reviewer.services import otio
from reviewer.services.otio import Came
from reviewer.services.rendering_job import RenderJob, RenderState
from reviewer.ui.buttons import Button

if TYPE_CHECKING:
    from reviewer.app.case_reels import ReelRoom

_NONE = ReviewerError("No file of this reel is finished yet.", "Render it first; what is made is checked.")


class ReelPresenting(QObject):
    """Of one open training assignment, on the GUI thread."""

    def __init__(self, room: ReelRoom, purpose: str) -> None:
        super().__init__(room)
        self._room = room
        self.presenting = Presenting(room.desk, room.case, purpose)
        self.presenting.setParent(self)  # it goes with the case
        self.presenting.over.connect(self._over)
        button = room.desk.keys.wear(Button("Present", icon="school"), "reel.present")
        button.clicked.connect(self.present)
        room.screen.head.add_button("reel.present", button)
        self._button = button
        for command, act in (
            ("reel.present", self.present),
            ("reel.timeline_out", self.ask_out),
            ("reel.timeline_in", self.ask_in),
        ):
            room.desk.keys.bind(room.screen, command, act)
        room.rendering.renders.changed.connect(self.refresh)
        self.refresh()

    # Before people

    @property
    def job(self) -> RenderJob | None:
        """The newest finished file of the open reel."""
        reel = self._room.reel
        jobs = self._room.rendering.renders.jobs(reel.id) if reel is not None else ()
        return next((s.job for s in reversed(jobs) if s.state is RenderState.DONE), None)

    def refresh(self) -> None:
        """The button says why it does nothing."""
        self._button.set_enabled(self.job is not None, str(_NONE))

    def present(self) -> None:
        """Ask on which display the newest finished file is to be shown."""
        room, job = self._room, self.job
        try:
            if job is None:
                raise _NONE
            room.player.stop()
            self.presenting.ask(job, room.clips)
        except ReviewerError as wrong:
            room.say(wrong)

    def _over(self, problem: ReviewerError | None) -> None:
        if problem is not None:
            self._room.say(problem)

    # To another editor, and back

    def ask_out(self) -> None:
        """Ask where the reel's timeline goes, and write it."""
        room = self._room
        if room.reel is None:
            room.say(ReviewerError("No reel is open.", "Choose one."))
            return
        name = str(Path.home() / f"{file_name(room.reel.title)}{otio.SUFFIX}")
        dialog = QFileDialog(room.screen, "Write the reel as a timeline", name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("OpenTimelineIO (*.otio)")
        dialog.setDefaultSuffix("otio")
        dialog.fileSelected.connect(lambda chosen: self.write(Path(chosen)))
        dialog.open()

    def write(self, path: Path) -> None:
        """Write the open reel's timeline there; where it is stands on the screen then."""
        room = self._room
        try:
            if room.reel is None:
                return
            sent = otio.timeline(room.reels, room.reel.id, room.stage.clocks, room.released)
        except ReviewerError as wrong:
            room.say(wrong)
            return
        job = room.desk.pool.submit(otio.save, sent, room.case, path, room.desk.session.journal.record)
        room.desk.bridge.watch(job, self._written, room.say, self)

    def _written(self, path: Path) -> None:
        self._tell(f"Written to {path}.", otio.LIMITS)

    def ask_in(self) -> None:
        """Ask for a timeline, and make a reel of it."""
        dialog = QFileDialog(self._room.screen, "A reel of a timeline", str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("OpenTimelineIO (*.otio)")
        dialog.fileSelected.connect(lambda chosen: self.read(Path(chosen)))
        dialog.open()

    def read(self, path: Path) -> None:
        """Make a reel of this timeline, and open it; what was left out stands on the screen then."""
        room = self._room
        job = room.desk.pool.submit(otio.load, path, dict(room.released))

        def loaded(found: tuple[Taken, str]) -> None:
            try:
                record = room.desk.session.journal.record
                coming = otio.take_in(room.reels, found[0], path.name, found[1], record)
            except ReviewerError as wrong:
                room.say(wrong)
                return
            room.desk.bridge.watch(coming, self._came, room.say, self)

        room.desk.bridge.watch(job, loaded, room.say, self)

    def _came(self, came: Came) -> None:
        self._room.open_reel(came.reel)
        if came.left_out:
            self._tell(" ".join(came.left_out), "The rest of the timeline is in this reel.")

    def _tell(self, message: str, next_step: str) -> None:
        self._room.say(ReviewerError(message, next_step))

    # Its end

    def lock(self) -> None:
        self.presenting.lock()

    def unlock(self) -> None:
        self.presenting.unlock()

    def close(self) -> None:
        """What was shown is in the log when this returns."""
        self.presenting.close()
