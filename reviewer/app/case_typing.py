"""An open case's transcripts in the review: beside the pictures, typed along, and as captions below them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.case_transcript import CaseTranscripts
from reviewer.domain.timebase import Micros, Utc
from reviewer.domain.transcript import Transcript
from reviewer.services.playback import WallPicture
from reviewer.ui.case.transcript import ALL
from reviewer.ui.review.captions import Captions
from reviewer.ui.review.transcript_panel import TranscriptPanel, TranscriptShown, Typed
from reviewer.ui.review.typing_along import Typing

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

TAB = "transcript"
_EVERY = 6  # ticks


class CaseTyping(QObject):
    """Of one open case, on the GUI thread; it goes with the room."""

    def __init__(self, room: CaseFileRoom, transcripts: CaseTranscripts) -> None:
        super().__init__(room)
        self._room, self._transcripts, review = room, transcripts, room.review
        transcripts.typing = self
        self._chosen = ""
        self._at = Utc(0)
        self._playing = False
        self._ticks = 0
        self._begin_when_made = False
        self.panel = TranscriptPanel(room.desk.keys)
        review.side.add_tab(TAB, "Transcript", "badge-cc", self.panel)
        self.captions = Captions(review.wall, transcripts.line_at, transcripts.has, self)
        self.typing = Typing(review.controls, self._now, lambda: self._playing, room.desk.keys, self)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        room, panel, review = self._room, self.panel, self._room.review
        commands: dict[str, Callable[[], object]] = {
            **self.typing.commands(),
            "captions.toggle": self.captions.toggle,
            "transcript.show": lambda: review.side.toggle_tab(TAB),
        }
        for command, act in commands.items():
            room.desk.keys.bind(review, command, act)
        panel.command.connect(lambda command: commands[command]())
        panel.chosen.connect(self._choose)
        panel.begun.connect(self._begin_new)
        panel.began_line.connect(self.typing.begin)
        panel.typed.connect(self._typed)
        panel.went.connect(lambda shown: review.controls.seek(shown.at) if shown.at is not None else None)
        panel.removed.connect(self._transcripts.remove)
        self.typing.begins.connect(self._show_begin)
        self.captions.changed.connect(panel.show_captions)
        self._transcripts.changed.connect(lambda: self.refresh() if panel.isVisible() else None)
        panel.came.connect(self.refresh)
        review.ticked.connect(self._tick)
        room.undo.callback(self._end)

    def _end(self) -> None:
        """The case is closed: no caption of it stays, and no pedal is heard any more."""
        self.typing.let_go()
        self.captions.set_on(False)

    def _tick(self, picture: WallPicture) -> None:
        self._at, self._playing = picture.at, picture.playing
        if picture.covered is not None:
            self.captions.clear()
            return
        self.captions.tick(picture.at)
        if self._ticks % _EVERY == 0 and self.panel.isVisible():
            self.panel.lines.show_at(picture.at)
        self._ticks += 1

    def _now(self) -> Utc:
        """Where the clock stands, which may be ahead of what was painted last."""
        open_ = self._room.desk.room
        return open_.playback.now() if open_ is not None and open_.playback is not None else self._at

    def _named(self) -> Transcript | None:
        """The transcript in view: the chosen one, else one of the focused camera, else any."""
        found = self._transcripts.all()
        focused = self._room.review.wall.focused
        return (
            next((each for each in found if each.id == self._chosen), None)
            or next((each for each in found if each.recording == focused), None)
            or next(iter(found), None)
        )

    def refresh(self) -> None:
        """The panel as things stand."""
        transcripts, named = self._transcripts, self._named()
        self.panel.set_may_write(self._room.file.refusal is None)
        shown = [
            TranscriptShown(each.id, f"{transcripts.number(each.recording)}  {each.name}", transcripts.why_not(each))
            for each in transcripts.all()
        ]
        self.panel.show_transcripts(shown, named.id if named is not None else "")
        rows = transcripts.shown(named) if named is not None else []
        self.panel.show_lines(rows, transcripts.why_not(named) if named is not None else "")
        if self._begin_when_made and named is not None and named.id == self._chosen:
            self._begin_when_made = False
            self.panel.begin()

    def _choose(self, id_: str) -> None:
        self._chosen = id_
        named = self._named()
        if named is not None:
            self._room.review.wall.focus(named.recording)
        self.refresh()

    # Typing

    def begin(self, id_: str) -> None:
        """Show the tab, and take the keyboard into its field; a camera without a transcript gets one."""
        self._room.review.side.show_tab(TAB)
        if id_ != ALL:
            self._chosen = id_
        if not self._transcripts.all():
            self._begin_new()
            return
        self.refresh()
        self.panel.begin()

    def _begin_new(self) -> None:
        wall = self._room.review.wall
        camera = next((c for c in wall.cameras if c.key == wall.focused and c.assigned), None)
        if camera is None:
            return

        def begun(id_: str) -> None:
            self._chosen, self._begin_when_made = id_, True
            self._transcripts.choose(id_)
            self.refresh()

        name = f"{camera.manifest.officer}, typed"
        self._transcripts.attempt(lambda: self._transcripts.hand.begin(camera.key, name), begun, self._room.review.say)

    def _show_begin(self, at: Utc | None) -> None:
        self.panel.show_begin(self._room.desk.zone().clock(at, 1) if at is not None else "")

    def _typed(self, typed: Typed) -> None:
        if typed.changes is not None:
            self._transcripts.change(typed, self.panel.taken)
            return
        named = self._named()
        if named is None:
            return
        start, end = self.typing.stretch(typed.text)
        footing = self._room.references.footing
        first, last = footing.place(named.recording, start), footing.place(named.recording, end)
        if first is None:  # begun a moment before the camera rolled
            first = last
        if first is None:
            officer = footing.officer(named.recording)
            self.panel.error.say(f"{officer} did not roll at this time. Go to where it did, and press Enter.")
            return
        stop = last[1] if last is not None and last[0] == first[0] else first[1] + (end - start)
        length = footing.manifests[named.recording].parts[first[0]].duration
        self._transcripts.attempt(
            lambda: self._transcripts.hand.add(named.id, *first, Micros(min(stop, length)), typed.text, typed.speaker),
            lambda _id: self._taken(),
            self.panel.say,
        )

    def _taken(self) -> None:
        self.typing.end()
        self.panel.taken()
