"""What a person says of a track's file: which columns of a table have what, the zone of its times, whose it is."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimeZone, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.track import Column, Told
from reviewer.services.case_tracks import TrackFile
from reviewer.services.track_words import words
from reviewer.tracks.base import WORDS
from reviewer.tracks.csv_columns import Table as Rows
from reviewer.ui.custodian_search import Choice
from reviewer.ui.fields import labelled, line
from reviewer.ui.fonts import Type, font
from reviewer.ui.table import Cell, Table, Words
from reviewer.ui.table import Column as Shown
from reviewer.ui.times import Zone
from reviewer.ui.widgets import label, set_tone, strong

_ROLES = (
    ("at", "Time"),
    ("date", "Day, if apart"),
    ("lat", "Latitude"),
    ("lon", "Longitude"),
    ("accuracy", "Accuracy (m)"),
    ("speed", "Speed (m/s)"),
    ("speed_kmh", "Speed (km/h)"),
)
_ASKS = {
    "columns": "Say which columns have the time, the latitude and the longitude.",
    "zone": "Its times name no zone: say by which clock they were written.",
    "order": "Either the day or the month may come first in its dates: say which.",
}
_PREVIEW, _WIDEST, _ROW = 4, 8, 30
_COMMON = ("UTC",)
_LONGEST_CELL = 40


class TrackForm(QWidget):
    """`show_file` with what was looked at. Signal: `answered` when something was said that changes how it is read."""

    answered = Signal()

    def __init__(self, cameras: Sequence[tuple[int, str, str]], zone: Zone) -> None:
        super().__init__()
        self._zone = zone
        self._file: TrackFile | None = None
        self._quiet = False
        self._title = strong("")
        self.found = label("", Type.BODY, "text2", wrap=True)
        self.whose = line("Car 7, witness A, drone …")
        choices: list[tuple[str, object]] = [("No camera of this case", None)]
        choices += [(f"{number}  {officer}", key) for number, officer, key in cameras]
        self._officers = {key: officer for _, officer, key in cameras}
        self.camera = Choice(choices)
        self.zone = _zones()
        self.order = Choice([("choose", None), ("Day first", True), ("Month first", False)])
        self.columns = {role: Choice([("—", None)]) for role, _ in _ROLES}
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self.found)
        self._table = QWidget()
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(8)
        for at, (role, said) in enumerate(_ROLES):
            grid.addWidget(labelled(said, self.columns[role]), 0, at)
            grid.setColumnStretch(at, 1)
        self._preview_place = QVBoxLayout()
        grid.addLayout(self._preview_place, 1, 0, 1, len(_ROLES))
        column.addWidget(self._table)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._zone_box = labelled("Its times are of the zone", self.zone)
        self._order_box = labelled("Dates such as 03/04/2026", self.order)
        row.addWidget(self._zone_box, 2)
        row.addWidget(self._order_box)
        row.addWidget(labelled("Goes with", self.camera), 2)
        row.addWidget(labelled("Whose track it is", self.whose), 3)
        column.addLayout(row)

    def _connect(self) -> None:
        for choice in self.columns.values():
            choice.currentIndexChanged.connect(lambda _at: self._say())
        self.zone.activated.connect(lambda _at: self._say())
        inside = self.zone.lineEdit()
        if inside is not None:
            inside.editingFinished.connect(self._say)
        self.order.currentIndexChanged.connect(lambda _at: self._say())
        self.camera.currentIndexChanged.connect(lambda _at: self._went_with())

    # -- what was looked at

    def begin(self) -> None:
        """Another file comes: nothing that was said of the one before holds for it."""
        self._file, self._quiet = None, True
        for choice in (*self.columns.values(), self.order, self.camera):
            choice.choose(None)
        self.zone.setCurrentIndex(0)
        self.zone.setEditText("")
        self.whose.clear()
        self._quiet = False

    def show_file(self, file: TrackFile, told: Told) -> None:
        """A file as it was read with what was said of it; what was said stays."""
        other = self._file is None
        self._file, self._quiet = file, True
        self._title.setText(f"{file.name} · {WORDS.get(file.format, file.format)}")
        self._table.setVisible(file.table is not None)
        if other and file.table is not None:
            self._take_columns(file.table)
        asks_zone = file.asks == "zone" or bool(told.zone) or file.own_clock
        self._zone_box.setVisible(asks_zone or file.table is not None)
        self._order_box.setVisible(file.asks == "order" or told.day_first is not None)
        if told.day_first is None:
            self.order.choose(None)
        self._say_found(file)
        self._quiet = False

    def _take_columns(self, table: Rows) -> None:
        named: list[tuple[str, object]] = [
            (header[:_LONGEST_CELL] or f"column {n}", n - 1) for n, header in _numbered(table)
        ]
        guess = {each.role: each.index for each in table.guess()}
        for role, choice in self.columns.items():
            choice.show_choices([("—", None), *named])
            choice.choose(guess.get(role))
        while (item := self._preview_place.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._preview_place.addWidget(_preview(table))

    def _say_found(self, file: TrackFile) -> None:
        track = file.track
        placed = file.own_clock and not file.asks and self.with_camera is not None
        if file.question and not placed:
            self.found.setText(_ASKS.get(file.asks, file.question))
            set_tone(self.found, "warn")
            return
        said = words(track) if track is not None else ""
        if placed:
            said += " · each where its recording is then"
        elif track is not None and track.fixes:
            first, last = track.fixes[0].at, track.fixes[-1].at
            offset = self._zone.offset(first)
            said += f" · {self._zone.date(first)} {self._zone.clock(first)} – {self._zone.clock(last)} ({offset})"
        elif track is not None and track.paths:
            said += " · shown on the map, and never moves"
        self.found.setText(said)
        set_tone(self.found, "text2" if track is not None and (track.fixes or track.paths) else "warn")

    # -- what was said

    @property
    def told(self) -> Told:
        columns = tuple(Column(role, c.value) for role, c in self.columns.items() if c.value is not None)
        table = self._file is not None and self._file.table is not None
        order = self.order.value if not self._order_box.isHidden() else None
        return Told(
            self.zone.currentText().strip() if not self._zone_box.isHidden() else "",
            columns if table else (),
            order if isinstance(order, bool) else None,
        )

    @property
    def with_camera(self) -> str | None:
        """The recording that it goes with."""
        key = self.camera.value
        return key if isinstance(key, str) else None

    def _went_with(self) -> None:
        key = self.with_camera
        if key is not None and self.whose.text().strip() in ("", *self._officers.values()):
            self.whose.setText(self._officers[key])
        if self._file is not None:
            self._say_found(self._file)
        self._say()

    def _say(self) -> None:
        if not self._quiet:
            self.answered.emit()


def _numbered(table: Rows) -> Sequence[tuple[int, str]]:
    widest = max(len(table.header), *(len(row) for row in table.rows[:_PREVIEW]), 0)
    header = [*table.header, *[""] * (widest - len(table.header))]
    return list(enumerate((each.strip() for each in header), start=1))


def _head(n: int, header: str) -> str:
    return header[:_LONGEST_CELL] or f"column {n}"


def _preview(table: Rows) -> Table[tuple[str, ...]]:
    """The first rows, as they stand in the file."""
    numbered = _numbered(table)[:_WIDEST]

    def cells(row: tuple[str, ...]) -> Sequence[Cell]:
        return [Words((row[n - 1] if n <= len(row) else "")[:_LONGEST_CELL], tone="text2") for n, _ in numbered]

    heads = [Shown(_head(n, header), 90, 1) for n, header in numbered]
    made: Table[tuple[str, ...]] = Table(heads, cells, name="The first rows of the file", row=_ROW)
    made.rows.show_rows(list(table.rows[:_PREVIEW]))
    made.setFixedHeight(made.content_height())
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return made


def _zones() -> QComboBox:
    """Every zone there is, this machine's first; an offset may be typed."""
    made = QComboBox()
    made.setEditable(True)
    made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    made.setFont(font(Type.BODY))
    made.setFixedHeight(32)
    made.setMinimumWidth(40)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    here = bytes(QTimeZone.systemTimeZoneId().data()).decode()
    first = dict.fromkeys(("", here, *_COMMON))
    made.addItems([*first, *sorted(zoneinfo.available_timezones() - set(first))])
    inside = made.lineEdit()
    if inside is not None:
        inside.setPlaceholderText("Europe/Helsinki, +03:00 …")
        inside.setFont(font(Type.BODY))
    return made
