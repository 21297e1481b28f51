"""What becomes of a reel outside its screen: its finished file before people, its order in another editor and back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from reviewer.app.case_reels_render import file_name
from reviewer.app.presenting import Presenting
from reviewer.domain.errors import ReviewerError
from reviewer.domain.making_acts import CopyMade
from reviewer.exports.otio import Taken
from reviewer.media.finished import FinishedFile
from reviewer.services import otio
from reviewer.services.otio import Came
from reviewer.services.presenting import files_of, script_made, script_of
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
        self._logged: tuple[str, bool] = "", False
        for command, act in (
            ("reel.present", self.present),
            ("reel.timeline_out", self.ask_out),
            ("reel.timeline_in", self.ask_in),
        ):
            room.desk.keys.bind(room.screen, command, act)
        room.rendering.renders.changed.connect(lambda _status: self.refresh())
        room.desk.bridge.on(CopyMade, lambda _recorded: self._look(), self)
        self.refresh()

    # Before people

    @property
    def job(self) -> RenderJob | None:
        """The newest finished file of the open reel."""
        reel = self._room.reel
        jobs = self._room.rendering.renders.jobs(reel.id) if reel is not None else ()
        return next((s.job for s in reversed(jobs) if s.state is RenderState.DONE), None)

    @property
    def logged(self) -> bool:
        """Whether the log names a file of the open reel, as far as that was read; its job may be gone, or of another
        machine."""
        reel = self._room.reel
        return reel is not None and self._logged == (reel.id, True)

    def refresh(self) -> None:
        """The button says why it does nothing."""
        reel = self._room.reel
        if reel is not None and self._logged[0] != reel.id:
            self._look()
        self._button.set_enabled(self.job is not None or self.logged, str(_NONE))

    def _look(self) -> None:
        """Read on a worker whether the log names a file of the open reel."""
        room, reel = self._room, self._room.reel
        if reel is None:
            return
        self._logged = reel.id, self.logged

        def read() -> bool:
            with closing(room.desk.session.queries()) as queries:
                return bool(files_of(queries, room.case, reel.id))

        def known(found: bool) -> None:
            self._logged = (reel.id, found) if self._logged[0] == reel.id else self._logged
            self.refresh()

        room.desk.bridge.watch(room.desk.pool.submit(read), known, lambda _wrong: None, self)

    def present(self) -> None:
        """Ask on which display the newest finished file is to be shown; where no job says which file that is, ask for
        the file first."""
        room, job = self._room, self.job
        try:
            if job is None and not self.logged:
                raise _NONE
            room.player.stop()
            if job is None or not Path(job.path).exists():
                self.ask_file()
            else:
                self.presenting.ask(job.title, script_of(job.plan, room.clips), Path(job.path))
        except ReviewerError as wrong:
            room.say(wrong)

    def ask_file(self) -> None:
        """Ask where a file of this reel lies: the log names files by what is in them, not by their place."""
        dialog = QFileDialog(self._room.screen, "A finished file of this reel", str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("MP4 (*.mp4)")
        dialog.fileSelected.connect(lambda chosen: self.present_file(Path(chosen)))
        dialog.open()

    def present_file(self, path: Path) -> None:
        """Ask on which display this file is to be shown, if the log names it as one of the open reel's."""
        room, reel = self._room, self._room.reel
        if reel is None:
            return

        def found(made: CopyMade) -> None:
            if room.reel is None or room.reel.id != reel.id:
                return
            try:
                if made.of != reel.id:
                    raise ReviewerError(f"{path.name} is a file of another reel.", "Open that reel, and present it.")
                script = script_made(made, room.clips, room.rendering.plan)
                self.presenting.ask(reel.title, script, path)
            except ReviewerError as wrong:
                room.say(wrong)

        def read() -> CopyMade:
            return self.presenting.made(FinishedFile.read(path).sha256)

        room.desk.bridge.watch(room.desk.pool.submit(read), found, room.say, self)

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
