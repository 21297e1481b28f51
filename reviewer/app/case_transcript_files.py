"""Files of transcripts, in and out: read off the window's thread, shown before they are taken in, saved and logged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from reviewer.captions import CaptionFile
from reviewer.domain.timebase import Utc
from reviewer.domain.transcript import Transcript
from reviewer.domain.wording import clock, count, date
from reviewer.services.transcript import Placed, TranscriptOut, cues_of, export, guess, place, read_file
from reviewer.ui.case.transcript_import import TranscriptImport, Wanted

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom
    from reviewer.app.case_transcript import CaseTranscripts

_FILES = "Transcripts (*.srt *.vtt *.txt);;All files (*)"


class TranscriptFiles(QObject):
    """Of one open case, on the GUI thread. `page` is the id of the page beside which a file is shown."""

    def __init__(self, room: CaseFileRoom, transcripts: CaseTranscripts, page: str) -> None:
        super().__init__(room)
        self._room, self._transcripts, self._page = room, transcripts, page
        self.form = TranscriptImport(self._place, self._guess)
        self.destroyed.connect(self.form.deleteLater)  # it is nobody's child while it is not shown
        self.form.wanted.connect(self._take_in)
        self.form.back.connect(self._end_form)
        room.screen.locked.connect(self._end_form)

    # From a file

    def ask_file(self) -> QFileDialog | None:
        """Which file is to be taken in?"""
        refusal = self._room.file.refusal
        if refusal is not None:
            self._room.say(refusal)
            return None
        dialog = QFileDialog(self._transcripts.page, "Take in a transcript", str(Path.home()), _FILES)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.look_at(Path(name)))
        dialog.open()
        return dialog

    def look_at(self, path: Path) -> None:
        """Read a file, off the window's thread, and ask where it belongs."""
        desk = self._room.desk
        self._room.screen.tell(f"Reading {path.name}")
        reading = desk.pool.submit(read_file, path)
        desk.bridge.watch(reading, lambda file: self._was_read(file, path.name), self._room.say, self)

    def _was_read(self, file: CaptionFile, name: str) -> None:
        self._room.screen.tell("")
        cameras = [c for c in self._room.wall.cameras if c.assigned and not c.is_still and not c.shut]
        focused = self._room.review.wall.focused or ""
        self.form.show_file(file, name, [(c.key, f"{c.number}  {c.manifest.officer}") for c in cameras], focused)
        self._room.screen.show_page(self._page)
        self._room.screen.set_side(self._page, self.form)

    def _offset(self, at: Utc) -> int:
        return self._room.desk.zone().offset_seconds(at)

    def _place(self, file: CaptionFile, recording: str, counting: str) -> Placed:
        return place(file, self._room.wall.aligned(recording), counting, self._offset)

    def _guess(self, file: CaptionFile, recording: str) -> str:
        return guess(file, self._room.wall.aligned(recording), self._offset)

    def _take_in(self, wanted: Wanted) -> None:
        def taken(id_: str) -> None:
            self._transcripts.choose(id_)
            self._end_form()
            self._room.screen.tell(f"{count(len(wanted.placed.lines), 'line')} taken in from {wanted.source}.")

        self._transcripts.attempt(
            lambda: self._transcripts.hand.take_in(
                wanted.recording, wanted.name, wanted.file, wanted.placed, wanted.source
            ),
            taken,
            self.form.say,
        )

    def _end_form(self) -> None:
        self._room.screen.set_side(self._page, None)

    # To a file

    def ask_export(self) -> QFileDialog | None:
        """Where to is the chosen transcript saved?"""
        chosen = self._transcripts.chosen
        if chosen is None or self._transcripts.why_not(chosen):
            self._room.screen.tell("Choose one transcript first.")
            return None
        dialog = QFileDialog(
            self._transcripts.page, "Save the transcript", str(Path.home()), "WebVTT (*.vtt);;SubRip (*.srt)"
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("vtt")
        dialog.selectFile(f"{chosen.name}.vtt")
        dialog.fileSelected.connect(lambda name: self.save(chosen, Path(name)))
        dialog.open()
        return dialog

    def save(self, transcript: Transcript, path: Path) -> None:
        """Write it; the entry that it leaves is durable first."""
        desk, manifest = self._room.desk, self._room.wall.aligned(transcript.recording)
        start = manifest.range.start
        head = (
            f"Case {self._room.case}\nRecording {transcript.recording}, {manifest.officer}\n"
            f"00:00:00.000 is {date(start)} {clock(start, 3)} UTC"
        )
        out = TranscriptOut(transcript, cues_of(self._transcripts.lines(transcript.id), manifest), head)
        writing = desk.pool.submit(export, out, self._room.case, path, desk.session.journal.record)
        desk.bridge.watch(
            writing, lambda written: self._room.screen.tell(f"Saved as {written.name}."), self._room.say, self
        )
