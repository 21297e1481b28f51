"""From a reel to its file: what is left to decide is said first, then where it goes, then the queue makes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from reviewer.app.renders import RenderRoom
from reviewer.domain.errors import ReviewerError
from reviewer.domain.render import RenderPlan
from reviewer.services.reel import plan_of

if TYPE_CHECKING:
    from reviewer.app.case_reels import ReelRoom

_UNSAFE = '<>:"/\\|?*'


class ReelRendering(QObject):
    """Of one open training assignment, on the GUI thread."""

    def __init__(self, room: ReelRoom) -> None:
        super().__init__(room)
        self._room = room
        self.renders = RenderRoom(room.room, "reel")
        room.screen.clip.under.addWidget(self.renders.panel)

    @property
    def refusal(self) -> ReviewerError | None:
        """Why the open reel cannot be rendered now; None if it can."""
        room = self._room
        if room.reel is None or not room.clips:
            return ReviewerError("The reel has no clips.", "Put one on the strip first.")
        if room.file.refusal is not None:
            return room.file.refusal
        if room.waiting:
            first = room.waiting[0]
            n = next(n for n, clip in enumerate(room.clips, 1) if clip.id == first.clip)
            return ReviewerError(f"Clip {n}: {first.words}.", "Decide on faces (Alt F), or say why nothing is hidden.")
        return None

    def plan(self) -> RenderPlan:
        """What would be rendered now. Raises ReviewerError where the reel cannot be (`services.reel_plan.plan_of`)."""
        room = self._room
        if room.reel is None:
            raise ReviewerError("No reel is open.", "Choose one.")
        officers = {key: room.letters[key] for key in room.released}
        return plan_of(room.reel, room.clips, room.stage.clocks, room.redactions.redaction("training"), officers)

    def refresh(self) -> None:
        """The button says why it does nothing, and the list shows the open reel's files."""
        why = self.refusal
        self._room.screen.head.buttons["reel.render"].set_enabled(why is None, str(why or ""))
        self.renders.show_of(self._room.reel.id if self._room.reel is not None else None)

    def ask(self) -> None:
        """Ask where the file goes, and begin."""
        room = self._room
        why = self.refusal
        if why is not None:
            room.say(why)
            return
        dialog = QFileDialog(room.screen, "Render the reel to", str(Path.home() / f"{file_name(self._title)}.mp4"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("MP4 (*.mp4)")
        dialog.setDefaultSuffix("mp4")
        dialog.fileSelected.connect(lambda name: self.render(Path(name)))
        dialog.open()

    @property
    def _title(self) -> str:
        return self._room.reel.title if self._room.reel is not None else ""

    def render(self, path: Path) -> str:
        """Begin to make this file; the job's id, "" where it was refused, which stands on the screen then. What is
        released is asked of the store once more before a frame of it is read (the queue's own check of keys)."""
        room = self._room
        try:
            if self.refusal is not None:
                raise self.refusal
            if room.reel is None:
                return ""
            job = self.renders.add(room.reel.id, room.reel.title, path, self.plan())
        except ReviewerError as wrong:
            room.say(wrong)
            return ""
        room.screen.show_faces(False)  # how far it is stands beneath the clip
        room.screen.clip.show_under()
        return job

    def close(self) -> None:
        self.renders.close()


def file_name(title: str) -> str:
    """A title as the name of a file, without what a file system does not take."""
    kept = "".join(" " if each in _UNSAFE or ord(each) < 32 else each for each in title)
    return " ".join(kept.split()).strip(". ")[:80] or "Reel"
