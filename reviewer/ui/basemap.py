"""The maps under Settings: those that are here, and the way to bring another one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.services.basemap import Added, AgencyMap
from reviewer.services.basemap_words import WORLD, facts
from reviewer.services.storecheck_words import size
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import line
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import Card, ErrorNote, ProgressStrip, divider, label, short_path, strong

_SAID = (
    "Drawn over the one that comes with the program, the newest on top, from the next case that is opened. An archive "
    "is checked and copied to this machine; nothing is ever fetched."
)


class BaseMapCard(Card):
    """`wanted` carries the path and the name of an archive to add, `removed` the name of a map, `stopped` nothing."""

    wanted = Signal(object, str)
    removed = Signal(str)
    stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label("Maps", Type.SECTION), 1)
        self.add = Button("Add a map …", icon="map", height=28)
        self.add.clicked.connect(self.ask)
        head.addWidget(self.add)
        column.addLayout(head)
        column.addWidget(label(_SAID, Type.DETAIL, "text2", wrap=True))
        self.error = ErrorNote()
        column.addWidget(self.error)
        column.addWidget(self._naming())
        column.addWidget(self._work())
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column.addLayout(self._rows)
        self.show_maps(())

    def _naming(self) -> QWidget:
        """An archive was chosen: how is it called?"""
        self._chosen: Path | None = None
        self.naming = QWidget()
        row = QHBoxLayout(self.naming)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(8)
        self._file = label("", Type.BODY, "text2")
        self.name = line("How it is called here")
        self.name.setAccessibleName("How the map is called here")
        self.name.setMaxLength(60)
        self.take = Button("Check and add", look=Look.PRIMARY)
        self.give_up = Button("Not this one", look=Look.QUIET)
        for each, stretch in ((self._file, 0), (self.name, 1), (self.take, 0), (self.give_up, 0)):
            row.addWidget(each, stretch)
        self.name.returnPressed.connect(self._take)
        self.take.clicked.connect(self._take)
        self.give_up.clicked.connect(lambda: self._choose(None))
        self.naming.hide()
        return self.naming

    def _work(self) -> QWidget:
        self.work = QWidget()
        row = QHBoxLayout(self.work)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(8)
        self._words = label("", Type.DETAIL, "text2")
        self.strip = ProgressStrip("Adding the map")
        self.stop = Button("Stop", look=Look.QUIET, height=28)
        self.stop.clicked.connect(self.stopped)
        for each, stretch in ((self._words, 0), (self.strip, 1), (self.stop, 0)):
            row.addWidget(each, stretch)
        self.work.hide()
        return self.work

    def show_maps(self, maps: Sequence[AgencyMap]) -> None:
        """List them, the one that is drawn on top first, and what comes with the program."""
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for each in maps:
            self._rows.addWidget(divider())
            self._rows.addWidget(self._row(each))
        for title, words in (
            ("Helsinki, a part of the centre", "Comes with the program. © OpenStreetMap contributors"),
            ("The world", WORLD),
        ):
            self._rows.addWidget(divider())
            self._rows.addWidget(_line(title, words))

    def _row(self, each: AgencyMap) -> QWidget:
        gone = Button("Remove", look=Look.QUIET, height=28)
        gone.setAccessibleName(f"Remove the map {each.name}")
        gone.clicked.connect(lambda: self.removed.emit(each.name))
        made = _line(each.name, f"{facts(each)}. {each.attribution}", gone)
        made.setToolTip(f"SHA-256 {each.sha256}")
        return made

    def say(self, error: ReviewerError | str) -> None:
        """What went wrong, in its place; "" for nothing."""
        self.error.say(error)

    def show_work(self, now: Added | None) -> None:
        """How far adding is; nothing of it yet is checking; None is none."""
        self.work.setVisible(now is not None)
        self.add.setEnabled(now is None)
        self.add.setToolTip("" if now is None else "One map at a time")
        if now is not None:
            checking = not now.done
            self._words.setText("Checking …" if checking else f"{size(now.done)} of {size(now.size)}")
            self.strip.set_fraction(now.done / now.size if now.size else 0.0)

    def ask(self) -> QFileDialog:
        """Open the system's own way to choose a file; nothing changes until one is chosen and named."""
        dialog = QFileDialog(self, "Add a map", str(Path.home()), "Maps (*.pmtiles *.mbtiles);;All files (*)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._choose(Path(path)))
        dialog.open()
        return dialog

    def _choose(self, path: Path | None) -> None:
        self._chosen = path
        self.say("")
        self.naming.setVisible(path is not None)
        if path is not None:
            self._file.setText(short_path(path, 40))
            self._file.setToolTip(str(path))
            self.name.setText(path.stem[:60])
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self.name.selectAll()

    def _take(self) -> None:
        path, name = self._chosen, self.name.text()
        self._choose(None)
        if path is not None:
            self.wanted.emit(path, name)


def _line(title: str, words: str, control: QWidget | None = None) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 10, 0, 10)
    row.setSpacing(16)
    column = QVBoxLayout()
    column.setSpacing(2)
    column.addWidget(strong(title))
    column.addWidget(label(words, Type.DETAIL, "text2", wrap=True))
    row.addLayout(column, 1)
    if control is not None:
        row.addWidget(control)
    return made
