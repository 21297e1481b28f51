"""What a person hides by hand in a reel: a region in a clip, or (a burned-in name) in the whole recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.drawing import Spot
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import TRAINING, Keyframe, Mask, MaskShape, MaskStyle, Target
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services.playback import WallPicture
from reviewer.services.reel import stretches
from reviewer.ui.disclosure_editor import MaskEditor
from reviewer.ui.disclosure_pad import EditPad

if TYPE_CHECKING:
    from reviewer.app.case_reels import ReelRoom

_NO_PICTURE = ReviewerError("No picture stands there.", "Go to a frame of a clip, then draw on it.")


class ReelHiding(QObject):
    """Of one open training assignment, on the GUI thread. Drawn on the first stage, where what stands still stands;
    masks show their edges while faces are decided on."""

    def __init__(self, room: ReelRoom, pad: EditPad) -> None:
        super().__init__(room)
        self._room = room
        self._whole, self._chosen = False, ""
        stage = room.stages[0]
        self.editor = MaskEditor(stage.view, pad, stage.stated)
        self.editor.drawn.connect(self._drawn)
        self.editor.moved.connect(self._moved)
        self.editor.picked.connect(self._pick)
        self.editor.stop_asked.connect(room.player.stop)
        stage.view.ticked.connect(self._follow)
        stage.view.wall.focus_changed.connect(lambda _key: self.refresh())

    @property
    def recording(self) -> str:
        """The camera on which is drawn: the focused one of the clip."""
        clip, focused = self._room.chosen, self._room.stages[0].view.wall.focused
        if clip is None or not clip.recordings:
            return ""
        return focused if focused in clip.recordings else clip.recordings[0]

    def refresh(self) -> None:
        """Show the edges of what is hidden, while that is decided on."""
        room = self._room
        shown = room.faces.deciding and room.player.stage is room.stages[0]
        self.editor.allowed = room.file.refusal is None
        masks = tuple(mask for mask in room.redaction.masks if mask.recording == self.recording and mask.counts)
        if shown:
            self.editor.show_masks(self.recording, masks, self._chosen)
        else:
            self.editor.leave()
            self.editor.show_masks(self.recording, (), "")

    def _follow(self, picture: WallPicture) -> None:
        if self._room.faces.deciding:
            self.editor.follow(picture)

    def draw(self, *, whole: bool) -> None:
        """A box on what stands there: in the clip, or in the `whole` recording."""
        room = self._room
        if room.file.refusal is not None:
            room.say(room.file.refusal)
            return
        if not room.faces.deciding:
            room.faces.toggle()
        self.refresh()
        self._whole = whole
        if not self.editor.draw(MaskShape.BOX):
            room.say(_NO_PICTURE)

    def _over(self, at: Utc) -> TimeRange | None:
        recording, clip = self.recording, self._room.chosen
        if self._whole:
            return self._room.manifests[recording].range
        parts = stretches(clip, self._room.stage.clocks) if clip is not None else ()
        return next((part for each, part in parts if each == recording), None) if at else None

    def _drawn(self, shape: MaskShape, points: tuple[Spot, ...], at: Utc) -> None:
        room, over = self._room, self._over(at)
        if over is None:
            return
        frames = (Keyframe(at, points),)
        target = Target.OTHER if self._whole else Target.FACE
        mask = Mask(
            *("", TRAINING, self.recording, target, shape, MaskStyle.SOLID, over.start, over.end, frames),
        )
        try:
            added = room.redactions.add(mask)
        except ReviewerError as wrong:
            room.say(wrong)
            return
        room.desk.bridge.watch(added, lambda ids: self._pick(ids[0]), room.say, self)

    def _moved(self, mask: Mask, at: Utc, points: tuple[Spot, ...]) -> None:
        room = self._room
        try:
            moved = room.redactions.move(mask, at, points)
        except ReviewerError as wrong:
            room.say(wrong)
            return
        room.desk.bridge.watch(moved, lambda mask: self._pick(mask.id), room.say, self)

    def _pick(self, mask: str) -> None:
        self._chosen = mask
        self._room.refresh()

    def remove(self) -> None:
        """Take the picked mask off; the newest that lies on the picture if none is picked."""
        room, at = self._room, self.editor.now()
        here = [m for m in room.redaction.masks if m.recording == self.recording and m.counts]
        found = next((m for m in here if m.id == self._chosen), None)
        if found is None and at is not None:
            found = next((m for m in reversed(here) if m.region(at) is not None), None)
        if found is None:
            room.say(ReviewerError("No mask lies on this picture.", "Go to one, and click on it."))
            return
        try:
            gone = room.redactions.withdraw(found)
        except ReviewerError as wrong:
            room.say(wrong)
            return
        room.desk.bridge.watch(gone, lambda _ids: self._pick(""), room.say, self)
