"""Tracks of a case (Shift+T): those that people added, and a file to add: chosen or dropped, asked about, sealed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.track import NOTHING_TOLD, Told
from reviewer.services.case_tracks import AddedTrack, TrackFile
from reviewer.services.track_words import refused_words
from reviewer.tracks.base import SUFFIXES
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.table import Cell, Column, Table, Words
from reviewer.ui.theme import ThemeName, apply_theme, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.track_import_form import TrackForm
from reviewer.ui.widgets import ErrorNote, label, set_tone, short_path

_WIDTH, _ROW, _MOST, _FEW = 1_000, 42, 6, 2
_SAVE_AS = "GPX (*.gpx);;KML (*.kml);;GeoJSON (*.geojson)"


@dataclass(frozen=True, slots=True)
class TrackSource:
    """All answer on the pool. `look` reads a file, `again` the same with what was said of it; `add` records it, with
    whose it is and the recording that it goes with; `undo` takes back what was done here last, None if nothing was.
    `cameras`: number, officer, recording. `place` is where tracks would be saved."""

    look: Callable[[Path, Callable[[], bool]], Future[TrackFile]]
    again: Callable[[TrackFile, Told], Future[TrackFile]]
    add: Callable[[TrackFile, str, Told, str | None], Future[str]]
    withdraw: Callable[[AddedTrack], Future[object]]
    undo: Callable[[], Future[object] | None]
    tracks: Callable[[], Future[tuple[AddedTrack, ...]]]
    save: Callable[[Path], Future[Path]]
    name_of: Callable[[str], str]
    cameras: Sequence[tuple[int, str, str]]
    place: Path


class TrackSheet(QDialog):
    """Open it with `open()`; Esc closes it and stops what is being read."""

    def __init__(
        self,
        source: TrackSource,
        bridge: Bridge,
        keys: KeyTable,
        *,
        zone: Zone,
        theme: ThemeName,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._source, self._bridge, self._keys, self._zone = source, bridge, keys, zone
        self.file: TrackFile | None = None
        self._told = NOTHING_TOLD
        self._asked = 0
        self._gone = threading.Event()
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setAcceptDrops(True)
        self.setWindowTitle("Tracks of this case")
        self.setFixedWidth(min(_WIDTH, parent.width() - 40 if parent is not None else _WIDTH))
        self._make()
        self._lay_out()
        self._connect()
        apply_theme(self, theme)
        self.refresh()
        self._settle()

    def _make(self) -> None:
        wear = self._keys.wear
        self._state = label("", Type.BODY, "text2", wrap=True)
        self.table: Table[AddedTrack] = Table(self._columns(), self._cells, name="Tracks that were added", row=_ROW)
        self.form = TrackForm(self._source.cameras, self._zone)
        self.error = ErrorNote()
        self.choose = wear(Button("Choose a file …", icon="folder", height=32), "tracks.file")
        self.add = wear(Button("Add to the case", icon="plus", look=Look.PRIMARY, height=32), "tracks.add")
        self.withdraw = wear(Button("Withdraw", icon="x", height=32), "tracks.withdraw")
        self.undo = wear(Button("Undo", icon="arrow-back-up", height=32), "tracks.undo")
        self.save = wear(Button("Save …", icon="file-export", height=32), "tracks.export")
        self.leave = Button("Close", key="Esc", height=32)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(10)
        column.addWidget(label(self.windowTitle(), Type.TITLE))
        words = (
            "The cameras’ own tracks are on the map. Add another from a file: choose it, or drop it here. "
            "It is sealed under the case, and colleagues on it see it."
        )
        column.addWidget(label(words, Type.BODY, "text2", wrap=True))
        column.addWidget(self.table)
        column.addWidget(self.form)
        column.addWidget(self._state)
        column.addWidget(self.error)
        column.addSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.choose, self.withdraw, self.undo, self.save):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.add)
        row.addWidget(self.leave)
        column.addLayout(row)
        self.form.hide()
        self.table.hide()
        self.undo.hide()

    def _connect(self) -> None:
        acts: tuple[tuple[str, Button, Callable[[], object]], ...] = (
            ("tracks.file", self.choose, self.ask_file),
            ("tracks.add", self.add, self.add_it),
            ("tracks.withdraw", self.withdraw, self.withdraw_it),
            ("tracks.undo", self.undo, self.undo_it),
            ("tracks.export", self.save, self.ask_place),
        )
        for command, button, act in acts:
            self._keys.bind(self, command, act)
            button.clicked.connect(lambda _on=False, do=act: do())
        self.leave.clicked.connect(self.reject)
        self.table.picked.connect(lambda _track: self._settle())
        self.form.answered.connect(self._read_again)
        self.form.whose.textChanged.connect(lambda _text: self._settle())
        self.finished.connect(lambda _how: self._gone.set())

    # What stands

    def refresh(self) -> None:
        """Read what stands again; somebody may have added to it."""
        self._bridge.watch(self._source.tracks(), self._show_tracks, self.error.say, self)

    def _show_tracks(self, tracks: tuple[AddedTrack, ...]) -> None:
        self.table.rows.show_rows(list(tracks))
        self.table.setVisible(bool(tracks))
        self._settle()
        self._fit()

    @staticmethod
    def _columns() -> Sequence[Column]:
        who = Column("Whose", 170, 1), Column("File", 200, 1), Column("Positions", 190, 1)
        return *who, Column("Time", 200), Column("Added by", 150)

    def _cells(self, row: AddedTrack) -> Sequence[Cell]:
        event, zone = row.event, self._zone
        when = ("no times", "shown, never moves")
        if event.span is not None:
            start, end = event.span.start, event.span.end
            when = (zone.date(start), f"{zone.clock(start)} – {zone.clock(end)} ({zone.offset(start)})")
        camera = next((f"with camera {n}" for n, _, key in self._source.cameras if key == event.camera), "")
        said = f"{event.fixes:,}" if event.fixes or not event.paths else f"{event.paths} without times"
        return (
            Words(event.whose, camera, strong=True),
            Words(event.name, f"SHA-256 {event.sha256[:12]}…"),
            Words(said, refused_words(event.refused)),
            Words(*when),
            Words(self._source.name_of(row.said.user), f"{zone.date(row.said.at)} {zone.clock(row.said.at)[:5]}"),
        )

    # A file

    def ask_file(self) -> QFileDialog:
        """The system's own way to choose a file."""
        dialog = QFileDialog(self, "Choose the track’s file", str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        known = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        dialog.setNameFilters([f"Tracks ({known})", "All files (*)"])
        dialog.fileSelected.connect(lambda chosen: self.look_at(Path(chosen)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def look_at(self, path: Path) -> None:
        """Read a file; nothing is added."""
        self.error.clear()
        self.file, self._told = None, NOTHING_TOLD
        self.form.begin()
        self.form.hide()
        self._say(f"{path.name} is being read.")
        self._read(self._source.look(path, self._gone.is_set), NOTHING_TOLD)

    def _read_again(self) -> None:
        told = self.form.told
        if self.file is not None and told != self._told:
            self.error.clear()
            self._read(self._source.again(self.file, told), told)
        self._settle()

    def _read(self, future: Future[TrackFile], told: Told) -> None:
        self._asked += 1
        asked = self._asked

        def came(file: TrackFile) -> None:
            if asked == self._asked:
                self._looked(file, told)

        def failed(error: ReviewerError) -> None:
            if asked == self._asked and not isinstance(error, Cancelled):
                self._say("")
                self.error.say(error)
                self._settle()
                self._fit()

        self._bridge.watch(future, came, failed, self)

    def _looked(self, file: TrackFile, told: Told) -> None:
        self.file, self._told = file, told
        self.form.show_file(file, told)
        self.form.show()
        self._say("")
        self._settle()
        self._fit()

    def add_it(self) -> None:
        """Seal and record it."""
        if self.file is not None and self.form.told != self._told:
            self._read_again()  # what is shown is what is recorded
            return
        if self.file is None or not self.add.isEnabled():
            return
        self.error.clear()
        self._say(f"{self.file.name} is being sealed.")
        self.add.set_enabled(False, "It is being sealed.")
        future = self._source.add(self.file, self.form.whose.text(), self._told, self.form.with_camera)
        self._bridge.watch(future, lambda _id: self._added(), self._not_added, self)

    def _added(self) -> None:
        name = self.file.name if self.file is not None else "The track"
        self.file = None
        self.form.hide()
        self.form.whose.clear()
        self._did(f"{name} is added, and in the log.")

    def _not_added(self, error: ReviewerError) -> None:
        self._say("")
        self.error.say(error)
        self._settle()
        self._fit()

    def withdraw_it(self) -> None:
        """Take the picked one back."""
        picked = self.table.current
        if picked is not None:
            words = f"{picked.event.name} is withdrawn; its entry stays."
            self._bridge.watch(self._source.withdraw(picked), lambda _done: self._did(words), self._not_added, self)

    def undo_it(self) -> None:
        """Take back what was done here last."""
        done = self._source.undo()
        if done is not None:
            self._bridge.watch(done, lambda _done: self._did("Undone, by a new entry."), self._not_added, self)

    def _did(self, words: str) -> None:
        self.undo.show()
        self._say(words, "ok")
        self.refresh()

    # Out

    def ask_place(self) -> QFileDialog:
        """Let the person choose a name; its suffix says what is written."""
        dialog = QFileDialog(self, "Save the tracks", str(self._source.place), _SAVE_AS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("gpx")
        dialog.fileSelected.connect(lambda chosen: self.save_as(Path(chosen)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def save_as(self, path: Path) -> None:
        """Write every track of the case there."""
        self.error.clear()
        self._say("The tracks are being written.")
        saved = self._source.save(path)
        self._bridge.watch(saved, lambda at: self._say(f"Saved as {short_path(at, 70)}", "ok"), self._not_added, self)

    # Itself

    def _say(self, words: str, tone: str = "text2") -> None:
        self._state.setText(words)
        self._state.setVisible(bool(words))
        set_tone(self._state, tone)

    def _settle(self) -> None:
        self.withdraw.set_enabled(self.table.current is not None, "Pick a track that was added.")
        self.add.set_enabled(not self._lacks(), self._lacks())

    def _lacks(self) -> str:
        file = self.file
        if file is None:
            return "Choose a file first."
        if self.form.told != self._told:
            return "It is read with what you said."
        if file.track is None or (file.own_clock and not self._told.zone and self.form.with_camera is None):
            return file.question or "Answer what is asked."
        return "" if self.form.whose.text().strip() else "Say whose track it is."

    def _fit(self) -> None:
        most = _MOST if self.form.isHidden() else _FEW
        self.table.setFixedHeight(min(self.table.content_height(), 35 + most * _ROW))
        self.adjustSize()
        parent = self.parentWidget()
        if parent is not None:
            self.move(parent.mapToGlobal(parent.rect().center()) - self.rect().center())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event.mimeData())
        event.setDropAction(Qt.DropAction.CopyAction)  # a move would let the file manager delete the source
        event.accept()
        if path is not None:
            self.look_at(path)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(theme.color("bg1"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


def _dropped(data: QMimeData) -> Path | None:
    """The one file of this machine that is dropped."""
    local = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return local[0] if len(local) == 1 else None
