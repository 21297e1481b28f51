"""Under the picture: frame by frame, play, the clock; and what hides: masks, sound, whole stretches, following."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.timebase import Utc
from reviewer.ui import times
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.disclosure_pad import EditPad
from reviewer.ui.fonts import SEMIBOLD, Type
from reviewer.ui.times import Zone
from reviewer.ui.widgets import ProgressStrip, label, percent, surface

_TOOLS = (
    ("disclose.box", "Box mask", "square", True),
    ("disclose.ellipse", "Ellipse mask", "circle", False),
    ("disclose.polygon", "Polygon mask", "scribble", False),
    ("disclose.mute", "Mute", "volume-off", True),
    ("disclose.tone", "Tone", "wave-sine", False),
    ("disclose.voice", "Change voices", "microphone-off", False),
    ("disclose.withhold", "Withhold", "eye-off", True),
    ("disclose.follow", "Follow", "keyframes", True),
    ("disclose.faces", "Find faces", "users", True),
)
_WIDE = 1_020


class DisclosureBar(QWidget):
    """`command(id)`: a button that stands for a command was pressed; `cancel_asked()`."""

    command = Signal(str)
    cancel_asked = Signal()

    def __init__(self, keys: KeyTable, zone: Zone) -> None:
        super().__init__()
        self._zone = zone
        self.pad = EditPad()
        self.play = IconButton("Play", "player-play", look=Look.PRIMARY, height=32)
        self.play.clicked.connect(partial(self.command.emit, "disclose.play"))
        self._local = label("", Type.BODY, weight=SEMIBOLD)
        self._utc = label("", Type.BODY, "text2")
        metrics = QFontMetrics(self._local.font())
        self._local.setFixedWidth(metrics.horizontalAdvance("22:22:22.22 local") + 6)
        self._utc.setFixedWidth(metrics.horizontalAdvance("22:22:22.22 UTC"))
        self.tools: dict[str, Button] = {}
        self._words: dict[str, str] = {}
        for command, words, icon, worded in _TOOLS:
            button = Button(words if worded else "", icon=icon, height=32) if worded else IconButton(words, icon)
            if worded:
                keys.wear(button, command)
                self._words[command] = words
            button.setToolTip(f"{words} ({keys.shown(command)})")
            button.clicked.connect(partial(self.command.emit, command))
            self.tools[command] = button
        self._keys = keys
        self._shown = ""
        self._compose()
        self._wired()

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        ground = surface(1)
        ground.setFixedHeight(44)
        row = self._row = QHBoxLayout(ground)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(8)
        for words, icon, command in (
            ("One frame back", "player-skip-back", "disclose.back"),
            ("", "", ""),
            ("One frame on", "player-skip-forward", "disclose.on"),
        ):
            if not command:
                row.addWidget(self.play)
                continue
            step = IconButton(words, icon, height=32)
            step.clicked.connect(partial(self.command.emit, command))
            row.addWidget(step)
        row.addSpacing(4)
        row.addWidget(self._local)
        row.addWidget(self._utc)
        row.addStretch()
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(6)
        for button in self.tools.values():
            tools.addWidget(button)
        row.addWidget(self._tools)
        row.addWidget(self.pad, 1)
        column.addWidget(ground)
        column.addWidget(self._make_work())

    def _make_work(self) -> QWidget:
        self._work = surface(2)
        row = QHBoxLayout(self._work)
        row.setContentsMargins(12, 4, 10, 4)
        row.setSpacing(10)
        self._doing = label("", Type.DETAIL)
        self._strip = ProgressStrip("Done")
        self._share = label("", Type.DETAIL, "text2")
        self.cancel = self._keys.wear(Button("Stop", height=28, look=Look.QUIET), "disclose.cancel")
        self.cancel.clicked.connect(self.cancel_asked)
        row.addWidget(self._doing)
        row.addWidget(self._strip, 1)
        row.addWidget(self._share)
        row.addWidget(self.cancel)
        self._work.hide()
        return self._work

    def _wired(self) -> None:
        """While somebody draws, the pad stands where the tools do."""
        self.pad.shown_changed.connect(self._lend)

    def _lend(self, lent: bool) -> None:
        self._tools.setVisible(not lent)
        self._utc.setVisible(not lent)

    # What it shows

    def show_time(self, now: Utc | None) -> None:
        """Sixty times a second: only what changed is set."""
        local = f"{self._zone.clock(now, 2)} local" if now is not None else ""
        if local != self._shown:
            self._shown = local
            self._local.setText(local)
            self._utc.setText(f"{times.clock(now, 2)} UTC" if now is not None else "")

    def show_playing(self, playing: bool) -> None:
        self.play.set_icon("player-pause" if playing else "player-play")
        self.play.set_words("Stop" if playing else "Play")

    def allow(self, why: str) -> None:
        """What hides can be pressed, or `why` not."""
        for command, button in self.tools.items():
            button.set_enabled(not why, why)
            if not why:
                words = next(words for id_, words, _icon, _worded in _TOOLS if id_ == command)
                button.setToolTip(f"{words} ({self._keys.shown(command)})")

    def work(self, words: str, share: float = 0.0) -> None:
        """What is done behind, and how far it is; "" for nothing."""
        self._work.setVisible(bool(words))
        self._doing.setText(words)
        self._strip.set_fraction(share)
        self._share.setText(percent(share))

    @property
    def doing(self) -> str:
        return self._doing.text() if self._work.isVisibleTo(self) else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        for command, words in self._words.items():
            self.tools[command].set_words(words if wide or command in ("disclose.box", "disclose.mute") else "")
            self.tools[command].setAccessibleName(words)
            self.tools[command].set_key(self._keys.shown(command) if wide else "")
        self._row.setAlignment(self._tools, Qt.AlignmentFlag.AlignVCenter)
