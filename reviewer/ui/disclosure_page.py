"""One request: the picture with its masks, the lanes, what is hidden and why, and what is left before release."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.agency import Tables
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look, Segmented
from reviewer.ui.disclosure_bar import DisclosureBar
from reviewer.ui.disclosure_lanes import Lanes, LaneView
from reviewer.ui.disclosure_side import DisclosureSide
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.stage import StageView
from reviewer.ui.theme import Tone, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import EmptyState, Tag, label, surface

ALL, HIDDEN, REST = "all", "hidden", "rest"
_SIDE, _NARROW, _WIDE = 400, 350, 1_400


class _Asked(QLabel):
    """What was asked for, as much of it as there is room for; all of it in its tip."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font(Type.BODY))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, words: str) -> None:
        self.setText(words)
        self.setToolTip(words)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(theme_of(self).color("text2"))
        words = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, words)


class RequestPage(QWidget):
    """`command(id)`: a button that stands for a command; `recording_chosen(key)`; `masked_chosen(bool)`;
    `pass_chosen(ALL, HIDDEN or REST)`."""

    command = Signal(str)
    recording_chosen = Signal(str)
    masked_chosen = Signal(bool)
    pass_chosen = Signal(str)

    def __init__(self, keys: KeyTable, stage: StageView, zone: Zone, tables: Tables, renders: QWidget) -> None:
        super().__init__()
        self.stage = stage
        stage.setProperty("ownFocus", True)
        self.bar = DisclosureBar(keys, zone)
        self.lanes = Lanes(zone)
        self.side = DisclosureSide(keys, zone, tables)
        self._keys = keys
        self.title = label("", Type.TITLE)
        self.clock = Tag()
        self.asked = _Asked()
        self.masked = Segmented(((False, "Original"), (True, "With masks")), name="What the picture shows")
        self.masked.choose(True)
        self.masked.chosen.connect(lambda value: self.masked_chosen.emit(bool(value)))
        self.passes = Segmented(((ALL, "All"), (HIDDEN, "Hidden"), (REST, "Not hidden")), name="What is played")
        self.passes.chosen.connect(lambda value: self.pass_chosen.emit(str(value)))
        self.release = keys.wear(Button("Release", icon="lock", look=Look.PRIMARY), "disclose.release")
        self.package = keys.wear(Button("Make package", icon="file-export", look=Look.PRIMARY), "disclose.package")
        for button, command in ((self.release, "disclose.release"), (self.package, "disclose.package")):
            button.clicked.connect(partial(self.command.emit, command))
        self.bar.command.connect(self.command)
        self.recordings = QHBoxLayout()
        self._doors: dict[str, Button] = {}
        self._chooser: Segmented | None = None
        self._offered: tuple[str, ...] = ()
        self.empty = EmptyState("video-off", "No recording", "", button="Details", key=keys.shown("disclose.details"))
        self.empty.pressed.connect(partial(self.command.emit, "disclose.details"))
        self._compose(renders)

    def _compose(self, renders: QWidget) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        area = surface(0)
        area.setProperty("pane", True)
        column = QVBoxLayout(area)
        column.setContentsMargins(20, 14, 20, 8)
        column.setSpacing(8)
        column.addLayout(self._head())
        column.addLayout(self._second_head())
        self._stack = QStackedWidget()
        player = QWidget()
        inside = QVBoxLayout(player)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.stage, 1)
        inside.addWidget(self.bar)
        below = QSplitter(Qt.Orientation.Vertical)
        below.setChildrenCollapsible(False)
        below.addWidget(player)
        below.addWidget(LaneView(self.lanes))
        below.setStretchFactor(0, 1)
        below.setStretchFactor(1, 0)
        below.setSizes([10_000, 190])
        self._stack.addWidget(below)
        self._stack.addWidget(self.empty)
        column.addWidget(self._stack, 1)
        column.addWidget(renders)
        row.addWidget(area, 1)
        self.aside = surface(1, "left")
        beside = QVBoxLayout(self.aside)
        beside.setContentsMargins(1, 0, 0, 0)
        self.sides = QStackedWidget()
        self.sides.addWidget(self.side)
        beside.addWidget(self.sides)
        row.addWidget(self.aside)

    def _head(self) -> QHBoxLayout:
        row = self._first = QHBoxLayout()
        row.setSpacing(12)
        back = IconButton("All requests", "arrow-left", height=28)
        back.clicked.connect(partial(self.command.emit, "disclose.requests"))
        back.setToolTip(f"All requests ({self._keys.shown('disclose.requests')})")
        row.addWidget(back)
        row.addWidget(self.title)
        row.addWidget(self.clock)
        row.addStretch(0)
        row.addWidget(self.masked)
        row.addWidget(self.release)
        row.addWidget(self.package)
        return row

    def _second_head(self) -> QHBoxLayout:
        row = self._second = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(self.recordings)
        row.addStretch(1)
        row.addWidget(label("Play", Type.DETAIL, "text2"))
        row.addWidget(self.passes)
        for words, icon, command in (
            ("Details", "pencil", "disclose.details"),
            ("Clips", "movie", "disclose.clips"),
            ("Answer", "signature", "disclose.answer"),
        ):
            button = Button(words, icon=icon, look=Look.QUIET, height=28)
            button.clicked.connect(partial(self.command.emit, command))
            row.addWidget(button)
            self._doors[command] = button
        return row

    # What it shows

    def show_request(self, number: str, clock: tuple[str, Tone], asked: str) -> None:
        self.title.setText(f"Request {number}")
        self.clock.say(clock[0], clock[1], "clock")
        self.clock.setVisible(bool(clock[0]))
        self.asked.say(f"Asked for: {asked}")

    def show_recordings(self, cameras: Sequence[ReviewCamera], chosen: str, why_none: str) -> None:
        """The recordings of the request that can be seen, and which of them stands on the stage."""
        self.empty.say("video-off", "No recording to show", why_none)
        self._stack.setCurrentIndex(0 if cameras else 1)
        keys = tuple(camera.key for camera in cameras)
        if self._chooser is not None and keys == self._offered:  # what has the focus keeps it
            self._chooser.choose(chosen)
            return
        self._offered = keys
        if self._chooser is not None:
            self.recordings.removeWidget(self._chooser)
            self._chooser.deleteLater()
            self._chooser = None
        if cameras:
            made = Segmented(
                [(c.key, f"{c.number}  {c.short_name}" if len(cameras) < 4 else str(c.number)) for c in cameras],
                name="Recordings of the request",
            )
            if chosen:
                made.choose(chosen)
            made.chosen.connect(lambda key: self.recording_chosen.emit(str(key)))
            self.recordings.addWidget(made)
            self._chooser = made

    def show_release(self, words: str, why_not: str, *, packed: bool) -> None:
        """The way out: what is left before release, or the package once it was released."""
        self.release.set_words(words)
        self.release.set_enabled(not why_not, why_not)
        self.release.setVisible(not packed)
        self.package.setVisible(packed)

    def show_side(self, widget: QWidget | None) -> None:
        """What stands beside the picture instead of the list; None: the list."""
        if widget is not None and self.sides.indexOf(widget) < 0:
            self.sides.addWidget(widget)
        self.sides.setCurrentWidget(widget if widget is not None else self.side)

    @property
    def beside(self) -> QWidget | None:
        """What stands there instead of the list; None for the list."""
        now = self.sides.currentWidget()
        return None if now is self.side else now

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        self.aside.setFixedWidth(_SIDE if wide else _NARROW)
        for command, button in self._doors.items():
            button.set_key(self._keys.shown(command) if wide else "")
            button.setToolTip(f"{button.text()} ({self._keys.shown(command)})")
        # What was asked for stands in the first line, or where there is no room, in the second.
        self._first.removeWidget(self.asked)
        self._second.removeWidget(self.asked)
        if wide:
            self._first.insertWidget(3, self.asked, 1)
        else:
            self._second.insertWidget(1, self.asked, 4)
