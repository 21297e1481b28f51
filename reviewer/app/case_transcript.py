"""An open case's transcripts: read once for every place that shows them, and their page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from reviewer.app.case_transcript_files import TranscriptFiles
from reviewer.domain.case_acts import LinesSet, TranscriptSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Utc
from reviewer.domain.transcript import Line, Transcript
from reviewer.domain.wording import count
from reviewer.services.journal import Recorded
from reviewer.services.references import Footing
from reviewer.services.transcript import (
    Transcripts,
    line_at,
)
from reviewer.ui.case.transcript import ALL, TranscriptPage, TranscriptRow
from reviewer.ui.review.transcript_panel import Typed
from reviewer.ui.transcript_lines import LineShown

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom
    from reviewer.app.case_typing import CaseTyping

PAGE = "transcript"
_MATTERS = frozenset({TranscriptSet, LinesSet})
_FILES = "Transcripts (*.srt *.vtt *.txt);;All files (*)"


class CaseTranscripts(QObject):
    """Of one open case, on the GUI thread. `changed`: there are other transcripts, lines or times; read again."""

    changed = Signal()

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room = room
        self.hand = Transcripts(room.file)
        self.typing: CaseTyping | None = None
        self._all: tuple[Transcript, ...] | None = None
        self._lines: dict[str, tuple[Line, ...]] = {}
        self._shown: dict[tuple[str, Line, int], LineShown] = {}
        self._shown_by: Footing | None = None
        self._chosen = ALL
        self.page = TranscriptPage(room.desk.keys)
        self.files = TranscriptFiles(room, self, PAGE)
        room.screen.add_page(PAGE, "Transcript", "badge-cc", self.page)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        room, page = self._room, self.page
        commands: dict[str, Callable[[], object]] = {
            "transcript.file": self.files.ask_file,
            "transcript.type": self.type_along,
            "transcript.export": self.files.ask_export,
        }
        for command, act in commands.items():
            room.desk.keys.bind(room.screen, command, act)
        room.desk.keys.bind(page, "list.find", page.search.focus)
        page.command.connect(lambda command: commands[command]())
        page.chosen.connect(self._show)
        page.went.connect(self.go)
        page.typed.connect(lambda typed: self.change(typed, page.end_change))
        page.removed.connect(self.remove)
        page.withdrawn.connect(lambda id_: self.attempt(lambda: self.hand.withdraw(id_)))
        room.desk.bridge.on(LinesSet, self._recorded, self)
        room.undo.callback(room.desk.bridge.forget, self)
        room.changed.connect(self._hear)
        room.references.changed.connect(self._retimed)
        page.came.connect(self.refresh)

    def _hear(self, kinds: frozenset[type]) -> None:
        if kinds and not kinds & _MATTERS:
            return
        self._all = None
        if not kinds:  # colleagues wrote: whose line stands is for the logs to say
            self._lines.clear()
        self._retimed()

    def _recorded(self, recorded: Recorded) -> None:
        """Lines that were just written here stand: nothing of their transcript is read anew."""
        event = recorded.event
        if isinstance(event, LinesSet) and event.case == self._room.case and event.id in self._lines:
            lines = {line.key: line for line in self._lines[event.id]}
            for change in event.changes:
                lines.pop(change.field, None)
                line = Line.read(change.field, change.value)
                if line is not None:
                    lines[line.key] = line
            self._lines[event.id] = tuple(sorted(lines.values(), key=lambda line: line.order))

    def _retimed(self) -> None:
        if self.page.isVisible():
            self.refresh()
        self.changed.emit()

    # What there is

    def choose(self, id_: str) -> None:
        """One was added: bring it into view."""
        self._all, self._chosen = None, id_
        self.refresh()

    @property
    def chosen(self) -> Transcript | None:
        """The one in view; None where that is all of them."""
        return next((each for each in self.all() if each.id == self._chosen), None)

    def all(self) -> tuple[Transcript, ...]:
        """Those that stand, by the number of their camera."""
        if self._all is None:
            numbers = {camera.key: camera.number for camera in self._room.wall.cameras}
            self._all = tuple(sorted(self.hand.all(), key=lambda each: numbers.get(each.recording, 99)))
        return self._all

    def lines(self, transcript: str) -> tuple[Line, ...]:
        """A transcript's lines, read once."""
        if transcript not in self._lines:
            self._lines[transcript] = self.hand.lines(transcript)
        return self._lines[transcript]

    def number(self, recording: str) -> int:
        camera = self._room.wall.camera(recording)
        return camera.number if camera is not None else 0

    def why_not(self, transcript: Transcript) -> str:
        """Why its lines are not shown; "" where they are: what footage may not be seen is not read either."""
        camera = self._room.wall.camera(transcript.recording)
        if camera is None:
            return "Its recording is not in this case here."
        if not camera.assigned:
            return f"{camera.manifest.officer} is not assigned to you. Ask the supervisor."
        return "The recording is restricted: say in the review why you view it." if camera.shut else ""

    def shown(self, transcript: Transcript, *, numbered: bool = False) -> list[LineShown]:
        """Its lines by the clocks that stand."""
        if self.why_not(transcript):
            return []
        footing = self._room.references.footing
        if footing is not self._shown_by:
            self._shown.clear()
            self._shown_by = footing
        number = self.number(transcript.recording) if numbered else 0
        rows = []
        for line in self.lines(transcript.id):
            known = self._shown.get((transcript.id, line, number))
            if known is None:
                at = footing.wall(transcript.recording, line.part, line.start)
                words = footing.time(at) if at is not None else "not here"
                known = self._shown[transcript.id, line, number] = LineShown(transcript.id, line, words, at, number)
            rows.append(known)
        return rows

    def has(self, recording: str) -> bool:
        """Whether a camera has a transcript whose lines may be shown."""
        return any(each.recording == recording and not self.why_not(each) for each in self.all())

    def line_at(self, recording: str, at: Utc) -> Line | None:
        """What is said there at an instant of the wall: by the newest of several transcripts that says something."""
        found = self._room.references.footing.place(recording, at)
        for each in reversed(self.all()) if found is not None else ():
            if found is not None and each.recording == recording and not self.why_not(each):
                line = line_at(self.lines(each.id), *found)
                if line is not None:
                    return line
        return None

    # Its page

    def refresh(self) -> None:
        """The page as things stand."""
        refusal = self._room.file.refusal
        self.page.set_may_write(refusal is None, refusal.message if refusal is not None else "")
        found = self.all()
        if self._chosen not in {each.id for each in found}:
            self._chosen = ALL
        rows = [self._row(each) for each in found]
        if len(rows) > 1:
            lines = sum(len(self.lines(each.id)) for each in found)
            rows.insert(0, TranscriptRow(ALL, 0, "All cameras", f"{count(lines, 'line')} in order of time"))
        elif rows:
            self._chosen = rows[0].id
        self.page.show_transcripts(rows, self._chosen)
        self._show_lines()

    def _row(self, each: Transcript) -> TranscriptRow:
        lines, why = count(len(self.lines(each.id)), "line"), self.why_not(each)
        source = f"from {each.source}" if each.source else "typed here"
        about = "not shown" if why else f"{lines} · {source}"
        return TranscriptRow(each.id, self.number(each.recording), each.name, about, why, each.note)

    def _show(self, id_: str) -> None:
        self._chosen = id_
        self._show_lines()

    def _show_lines(self) -> None:
        rows = [row for each in self.all() if self._chosen in (ALL, each.id) for row in self.shown(each, numbered=True)]
        rows.sort(key=lambda row: (row.at is None, row.at or 0, row.line.order))
        self.page.show_lines(rows)

    def go(self, shown: LineShown) -> None:
        """Show the moment of a line in the review, on its camera."""
        named = next((each for each in self.all() if each.id == shown.transcript), None)
        if shown.at is not None and named is not None:
            self._room.go(shown.at, named.recording)

    def type_along(self) -> None:
        """To the review, with the transcript beside the pictures and the keyboard in its field."""
        if self.typing is not None:
            self._room.desk.window.show_screen("review")
            self.typing.begin(self._chosen)

    # Writing

    def change(self, typed: Typed, done: Callable[[], None]) -> None:
        """Another text for a line that stands."""
        before = typed.changes
        if before is not None:
            after = replace(before.line, text=typed.text, speaker=typed.speaker)
            self.attempt(lambda: self.hand.write(before.transcript, after, before.line), lambda _id: done())

    def remove(self, rows: tuple[LineShown, ...]) -> None:
        """These lines go; an undo brings them back."""
        for id_ in dict.fromkeys(row.transcript for row in rows):
            keys = [row.line.key for row in rows if row.transcript == id_]
            self.attempt(partial(self.hand.remove, id_, keys))

    def attempt(
        self,
        act: Callable[[], Future[str]],
        done: Callable[[str], None] = lambda _id: None,
        failed: Callable[[ReviewerError], None] | None = None,
    ) -> None:
        """Do it, and say what went wrong."""
        say = failed or self._room.say
        try:
            future = act()
        except ReviewerError as wrong:
            say(wrong)
            return
        self._room.desk.bridge.watch(future, done, say, self)
