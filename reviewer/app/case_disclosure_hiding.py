"""What a person hides of a recording: masks, sounds, whole stretches; each change an entry, each undone by Z."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.drawing import Spot
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import (
    Keyframe,
    Mask,
    MaskShape,
    MaskStyle,
    Proposed,
    SoundEdit,
    SoundWay,
    Target,
    Withheld,
)
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services.redaction import Hidden
from reviewer.ui.disclosure_editor import MaskEditor
from reviewer.ui.disclosure_model import HiddenRow

if TYPE_CHECKING:
    from reviewer.app.case_disclosure import DisclosureRoom

_NO_RANGE = ReviewerError("There is no range.", "Press I where it begins and O where it ends.")
_NOTHING = ReviewerError("Nothing is picked.", "Pick it in the list.")
_NO_PICTURE = ReviewerError("There is no picture to draw on.", "Go where the camera rolled.")
_NO_MASK = ReviewerError("No mask is picked.", "Pick it in the list, or draw one.")


class HidingRoom(QObject):
    """Of the room of copies, on the GUI thread. `range` is In and Out (wall time) of what is muted or withheld next."""

    def __init__(self, room: DisclosureRoom) -> None:
        super().__init__(room)
        self._room = room
        page = room.screen.page
        self.editor = MaskEditor(room.stage.view, page.bar.pad, room.stage.stated)
        self.range: tuple[Utc | None, Utc | None] = (None, None)
        self._style, self._reason = MaskStyle.SOLID, ""
        self.editor.drawn.connect(self._drawn)
        self.editor.moved.connect(lambda mask, at, points: room.watch(lambda: room.redactions.move(mask, at, points)))
        self.editor.picked.connect(room.pick)
        self.editor.stop_asked.connect(lambda: room.playing.stop())
        page.side.list.picked.connect(room.pick)
        page.side.list.opened.connect(self.go_to)
        page.side.empty.pressed.connect(partial(self.draw, MaskShape.BOX))
        page.side.picked.chosen.connect(self._set)
        page.side.picked.decided.connect(self.decide)
        page.side.picked.withdraw_asked.connect(self.withdraw)
        page.lanes.picked.connect(room.pick)
        page.lanes.trimmed.connect(self._trim)
        room.read.connect(self._show)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What its keys do, by command."""
        return {
            "disclose.box": partial(self.draw, MaskShape.BOX),
            "disclose.ellipse": partial(self.draw, MaskShape.ELLIPSE),
            "disclose.polygon": partial(self.draw, MaskShape.POLYGON),
            "disclose.edit": self.edit,
            "disclose.take": partial(self.decide, True),
            "disclose.refuse": partial(self.decide, False),
            "disclose.in": partial(self.mark, 0),
            "disclose.out": partial(self.mark, 1),
            "disclose.mute": partial(self.sound, SoundWay.MUTE),
            "disclose.tone": partial(self.sound, SoundWay.TONE),
            "disclose.voice": partial(self.sound, SoundWay.VOICE),
            "disclose.withhold": self.withhold,
            "disclose.hide_from": self.hide_from,
            "disclose.start": partial(self.cut, -1),
            "disclose.end": partial(self.cut, 1),
            "disclose.style": self.next_style,
            "disclose.reason": self._room.screen.page.side.picked.reason.setFocus,
            "disclose.withdraw": self.withdraw,
            "disclose.previous": partial(self.to_row, -1),
            "disclose.next": partial(self.to_row, 1),
            "disclose.undo": partial(self._replay, "undo"),
            "disclose.redo": partial(self._replay, "redo"),
        }

    def _show(self) -> None:
        room = self._room
        self.editor.allowed = not room.read_only
        self.editor.show_masks(room.recording, room.redaction.of(room.recording).masks, room.chosen)
        room.screen.page.bar.allow(room.read_only)

    # What is picked

    @property
    def row(self) -> HiddenRow | None:
        return next((row for row in self._room.rows if row.id == self._room.chosen), None)

    @property
    def mask(self) -> Mask | None:
        """The picked mask; None if something else is picked, or nothing."""
        return self.row.thing if self.row is not None and isinstance(self.row.thing, Mask) else None

    def to_row(self, by: int) -> None:
        rows = self._room.rows
        if rows:
            ids = [row.id for row in rows]
            at = ids.index(self._room.chosen) + by if self._room.chosen in ids else 0
            self._room.pick(ids[max(0, min(at, len(ids) - 1))])

    def go_to(self, id_: str) -> None:
        """Where it begins."""
        row = next((row for row in self._room.rows if row.id == id_), None)
        if row is not None:
            self._room.playing.seek(row.range.start)

    def _now(self) -> Utc | None:
        """The stated time of the frame that stands there, else of the clock."""
        at, room = self.editor.now(), self._room
        now = room.stage.now()
        return at if at is not None or now is None else room.stage.stated(room.recording, now)

    # Masks

    def draw(self, shape: MaskShape) -> None:
        if self._room.read_only:
            self._room.say(self._room.read_only)
        elif not self.editor.draw(shape):
            self._room.say(_NO_PICTURE)

    def edit(self) -> None:
        if not self.editor.edit():
            self._room.say(_NO_MASK)

    def _drawn(self, shape: MaskShape, points: tuple[Spot, ...], at: Utc) -> None:
        """A new mask covers from its frame to the end of what was asked for: what is not followed yet stays hidden."""
        room, request = self._room, self._room.request
        if request is None:
            return
        found = room.case.wall.camera(room.recording)
        ends = [each.end for each in room.stated_stretches() if at < each.end]
        last = ends[0] if ends else found.manifest.range.end if found is not None else Utc(at + 1)
        made = Mask(
            "",
            request.id,
            room.recording,
            Target.FACE,
            shape,
            self._style,
            at,
            max(last, Utc(at + 1)),
            (Keyframe(at, points),),
            reason=self._reason,
        )
        room.watch(lambda: room.redactions.add(made), lambda ids: room.pick(ids[0]))

    def hide_from(self) -> None:
        """From this frame on whom it hides is not in the picture; or is back, where it was not."""
        mask, at, room = self.mask, self._now(), self._room
        if mask is None or at is None:
            room.say(_NO_MASK)
        elif mask.region(at) is not None:
            room.watch(lambda: room.redactions.hide(mask, TimeRange(at, max(mask.end, Utc(at + 1)))))
        else:
            known = [frame for frame in mask.frames if frame.at <= at] or list(mask.frames)
            room.watch(lambda: room.redactions.move(mask, at, known[-1].points))

    def next_style(self) -> None:
        mask, styles = self.mask, list(MaskStyle)
        if mask is None:
            self._room.say(_NO_MASK)
            return
        self._set("style", styles[(styles.index(mask.style) + 1) % len(styles)])

    def decide(self, taken: bool) -> None:
        """On the picked proposal, or else the next one; then the next one is picked."""
        room = self._room
        open_ = [row for row in room.rows if row.is_open]
        row = self.row if self.row is not None and self.row.is_open else None
        if row is None:
            if open_:
                room.pick(open_[0].id)
                self.go_to(open_[0].id)
            return
        after = [each.id for each in open_ if each.id != row.id]
        mask = row.thing
        if not isinstance(mask, Mask) or mask.proposed is not Proposed.OPEN:
            return

        def next_one(_ids: object) -> None:
            if after:
                room.refresh()
                room.pick(after[0])
                self.go_to(after[0])

        room.watch(lambda: room.redactions.decide([mask], taken=taken), next_one)

    # Sound, and what is withheld

    def mark(self, which: int) -> None:
        """I and O: the range of what is muted or withheld next."""
        now = self._room.stage.now()
        if now is None:
            return
        start, end = (now, self.range[1]) if which == 0 else (self.range[0], now)
        if start is not None and end is not None and end <= start:
            start, end = (start, None) if which == 0 else (None, end)
        self._show_range(start, end)

    def _show_range(self, start: Utc | None, end: Utc | None) -> None:
        self.range = (start, end)
        self._room.screen.page.lanes.show_range(start, end)

    def _taken(self) -> TimeRange | None:
        """The range in stated time; it is used up by what is made of it."""
        (start, end), room = self.range, self._room
        if start is None or end is None or room.request is None:
            room.say(_NO_RANGE)
            return None
        return room.stage.clocks.range_to_stated(room.recording, TimeRange(start, end))

    def sound(self, way: SoundWay) -> None:
        over, room = self._taken(), self._room
        if over is not None and room.request is not None:
            made = SoundEdit("", room.request.id, room.recording, over.start, over.end, way, self._reason)
            self._add(made)

    def withhold(self) -> None:
        over, room = self._taken(), self._room
        if over is not None and room.request is not None:
            self._add(Withheld("", room.request.id, room.recording, over.start, over.end, self._reason))

    def _add(self, thing: Hidden) -> None:
        def added(ids: tuple[str, ...]) -> None:
            self._show_range(None, None)
            self._room.pick(ids[0])

        self._room.watch(lambda: self._room.redactions.add(thing), added)

    # Any of them

    def cut(self, end: int) -> None:
        """[ and ]: the picked one begins, or ends, here."""
        row, now = self.row, self._room.stage.now()
        if row is None or now is None:
            self._room.say(_NOTHING)
            return
        start, last = (now, row.range.end) if end < 0 else (row.range.start, now)
        self._trim(row.id, start, last)

    def _trim(self, id_: str, start: Utc, end: Utc) -> None:
        room = self._room
        row = next((row for row in room.rows if row.id == id_), None)
        if row is None:
            return
        first, last = (room.stage.stated(room.recording, at) for at in (start, end))
        # An end that nobody moved stays as it is recorded, to the microsecond.
        first = row.thing.start if start == row.range.start else first
        last = row.thing.end if end == row.range.end else last
        self._change(row.thing, {"start": first, "end": last})

    def _set(self, field: str, value: object) -> None:
        if self.row is None:
            return
        if field == "reason":
            self._reason = str(value)
        if field == "style" and isinstance(value, MaskStyle):
            self._style = value
        self._change(self.row.thing, {field: value})

    def _change(self, thing: Hidden, fields: dict[str, object]) -> None:
        room = self._room
        if isinstance(thing, Mask):
            mask = replace(thing, **fields)  # type: ignore[arg-type]  # fields of a Mask, by the form's names
            room.watch(lambda: room.redactions.change(thing, mask))
        elif isinstance(thing, SoundEdit):
            sound = replace(thing, **fields)  # type: ignore[arg-type]  # likewise
            room.watch(lambda: room.redactions.change(thing, sound))
        else:
            cut = replace(thing, **fields)  # type: ignore[arg-type]  # likewise
            room.watch(lambda: room.redactions.change(thing, cut))

    def withdraw(self) -> None:
        """Take the picked one off; it stays in the log, and Z sets it back."""
        row = self.row
        if row is None:
            self._room.say(_NOTHING)
            return
        self._room.watch(lambda: self._room.redactions.withdraw(row.thing))

    def _replay(self, which: str) -> None:
        file = self._room.file
        try:
            future = file.undo() if which == "undo" else file.redo()
        except ReviewerError as wrong:
            self._room.say(wrong)
            return
        if future is None:
            self._room.say(f"Nothing to {which} here.")
        else:
            self._room.watch(lambda: future)
