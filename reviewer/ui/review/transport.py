"""The transport: the one clock in local time and UTC, the keys to move it, and the two numbers that are never mixed.

"Players apart" is measured and ours; "Clocks carry ±" is what the evidence allows.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.ui import times
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.fonts import SEMIBOLD, Type
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clocks import length_words
from reviewer.ui.review.shuttle import ShuttleStrip
from reviewer.ui.review.speed_control import SpeedControl
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import KeyCap, Tag, divider, label, set_tone, surface

HEIGHT = 52


class MainClock(QWidget):
    """Local time large, UTC and the day below, in figures that do not jump. The digits end where the cut frame does."""

    def __init__(self, zone: Zone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._local = label("", Type.CLOCK)
        self._offset = label("", Type.DETAIL, "text2")
        self._utc = label("", Type.DETAIL_STRONG)
        self._day = label("", Type.DETAIL, "text2")
        # Tabular figures are all as wide as these, so the widths are settled once and nothing is laid out at a tick.
        self._local.setFixedWidth(QFontMetrics(self._local.font()).horizontalAdvance("22:22:22.22") + 8)
        self._utc.setFixedWidth(QFontMetrics(self._utc.font()).horizontalAdvance("22:22:22.22 UTC") + 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 0, 4)
        column.setSpacing(0)
        for first, second in ((self._local, self._offset), (self._utc, self._day)):
            row = QHBoxLayout()
            row.setSpacing(0)
            row.addWidget(first, 0, Qt.AlignmentFlag.AlignBaseline)
            row.addWidget(second, 1, Qt.AlignmentFlag.AlignBaseline)
            column.addLayout(row)
        self._shown = ("", "")
        self.setFixedWidth(236)

    @property
    def local(self) -> str:
        return self._local.text()

    @property
    def utc(self) -> str:
        return self._utc.text()

    def show_time(self, now: Utc) -> None:
        """Sixty times a second: only what changed is set."""
        local = self._zone.clock(now, 2)
        if local == self._shown[0]:
            return
        self._local.setText(local)
        self._utc.setText(f"{times.clock(now, 2)} UTC")
        day = f"· {self._zone.weekday(now)}"
        if (local, day) != self._shown and day != self._shown[1]:
            self._day.setText(day)
            self._offset.setText(f"local {self._zone.offset(now)}")
        self._shown = (local, day)


class SyncNumbers(QWidget):
    """Players apart, with a verdict in words; Clocks carry ±, with the camera that carries the most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._apart = label("", Type.DETAIL, weight=SEMIBOLD)
        self._verdict = Tag("", Tone.PLAIN)
        self._carry = label("", Type.DETAIL, weight=SEMIBOLD)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        for row, words in enumerate(("Players apart", "Clocks carry")):
            grid.addWidget(label(words, Type.DETAIL, "text2"), row, 0, Qt.AlignmentFlag.AlignRight)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._apart)
        first.addWidget(self._verdict)
        first.addStretch()
        grid.addLayout(first, 0, 1)
        grid.addWidget(self._carry, 1, 1)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._apart.setMinimumWidth(QFontMetrics(self._apart.font()).horizontalAdvance("2.22 s"))
        self.show_apart(None, Micros(0))
        self.show_carry(None)

    @property
    def words(self) -> str:
        return f"Players apart {self._apart.text()} · {self._verdict.words}"

    def show_apart(self, apart: Micros | None, frame: Micros) -> None:
        """The spread of the pictures on the wall as last measured, against the longest frame among them; None while
        fewer than two play."""
        if apart is None:
            self._apart.setText("–")
            self._verdict.say("fewer than two play")
            return
        self._apart.setText(f"{-(-apart // 1000)} ms" if apart < 1_000_000 else f"{apart / 1_000_000:.2f} s")
        if apart <= frame:
            self._verdict.say("within 1 frame", Tone.OK, "circle-check")
        else:
            self._verdict.say(f"{-(-apart // max(1, frame))} frames", Tone.WARN, "hourglass")

    def show_carry(self, camera: ReviewCamera | None) -> None:
        if camera is None:
            self._carry.setText("–")
            return
        doubt = camera.manifest.clock.uncertainty
        self._carry.setText(f"{times.uncertainty(doubt)} (camera {camera.number})")
        set_tone(self._carry, "warn" if times.is_wide(doubt) else "text")

    def show_pair(self, sigma: Micros, one: ReviewCamera, other: ReviewCamera) -> None:
        """The two cameras on the wall whose times are least sure against each other, aligned as they are."""
        self._carry.setText(f"{times.uncertainty(sigma)} (cameras {one.number}, {other.number})")
        set_tone(self._carry, "warn" if times.is_wide(sigma) else "text")


class Transport(QWidget):
    """`command` carries the id of a command in the actions table; `rate_chosen` a rate_milli."""

    command = Signal(str)
    rate_chosen = Signal(object)

    def __init__(self, zone: Zone, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.clock = MainClock(zone)
        self.sync = SyncNumbers()
        self.play = Button("", icon="player-play", look=Look.PRIMARY, height=36)
        self.play.clicked.connect(lambda: self.command.emit("play.toggle"))
        self.loop = Button("Loop", icon="repeat", key="R", height=28)
        self.loop.setCheckable(True)
        self.loop.clicked.connect(lambda: self.command.emit("loop.toggle"))
        self.bookmark = Button("Bookmark", icon="bookmark", height=28)
        self.bookmark.clicked.connect(lambda: self.command.emit("bookmark.add"))
        keys.wear(self.loop, "loop.toggle")
        keys.wear(self.bookmark, "bookmark.add")
        self.sound = Button("None", icon="volume-off", height=28)
        self.sound.clicked.connect(lambda: self.command.emit("sound.panel"))
        keys.wear(self.sound, "sound.panel")
        self.speed, self.shuttle = SpeedControl(keys), ShuttleStrip()
        self.speed.chosen.connect(self.rate_chosen)
        self.speed.stepped.connect(lambda by: self.command.emit("speed.faster" if by > 0 else "speed.slower"))
        self.shuttle.jogged.connect(lambda by: self.command.emit("frame.forward" if by > 0 else "frame.back"))
        self._sound_words, self._silent = "None", True
        self._loop_words = "Loop"
        self._caps = self._make_caps(keys)
        self._compose()
        self.show_playing(playing=False)
        self.show_loop(None, on=False)

    def _make_caps(self, keys: KeyTable) -> QWidget:
        caps = QWidget()
        row = QHBoxLayout(caps)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for command in ("play.slower", "play.stop", "play.faster"):
            cap = KeyCap(keys.shown(command))
            row.addWidget(cap)
            keys.follow(cap, partial(_show_key, keys, cap, command))
        return caps

    def _compose(self) -> None:
        ground = surface(1, "top", self)
        ground.lower()
        self._ground = ground
        row = self._row = QHBoxLayout(self)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)  # it fits itself, see `_fit`
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.clock)
        self._line = divider(vertical=True)
        row.addWidget(self._line)
        for words, icon, command in (
            ("Back; again faster", "player-track-prev", "play.slower"),
            ("One frame back", "player-skip-back", "frame.back"),
        ):
            row.addWidget(self._small(words, icon, command))
        row.addWidget(self.play)
        for words, icon, command in (
            ("One frame on", "player-skip-forward", "frame.forward"),
            ("On; again faster", "player-track-next", "play.faster"),
        ):
            row.addWidget(self._small(words, icon, command))
        for each in (self._caps, self.shuttle, self.speed, self.loop, self.bookmark, self.sound):
            row.addWidget(each)
        row.addStretch()
        row.addWidget(self.sync)
        self.film = self._small("Filmstrip of the focused camera", "movie", "film.toggle")
        self.film.setCheckable(True)
        row.addWidget(self.film)
        for words, icon, command in (
            ("Show more time", "zoom-out", "timeline.farther"),
            ("Show less time", "zoom-in", "timeline.closer"),
        ):
            row.addWidget(self._small(words, icon, command))

    def _small(self, words: str, icon: str, command: str) -> IconButton:
        button = IconButton(words, icon, height=32)
        button.clicked.connect(lambda: self.command.emit(command))
        return button

    # What it shows

    def show_playing(self, *, playing: bool) -> None:
        self.play.set_icon("player-pause" if playing else "player-play")
        self.play.setAccessibleName("Stop" if playing else "Play")
        self.play.setToolTip("Stop" if playing else "Play")

    def show_rate(self, rate_milli: int) -> None:
        """The speed that is set or shuttled at; negative is backwards."""
        self.speed.show_rate(rate_milli)

    def show_sound(self, words: str, why_silent: str) -> None:
        """Who is heard ("1 + 3"), and why there is no sound at all, if so."""
        silent = bool(why_silent) or words in ("None", "Muted")
        self.sound.setToolTip(why_silent or f"Heard: {words}. Levels of all cameras")
        self.sound.setAccessibleDescription(why_silent)
        if (words, silent) != (self._sound_words, self._silent):
            self._sound_words, self._silent = words, silent
            self.sound.set_icon("volume-off" if silent else "volume")
            self._fit()

    def show_loop(self, loop: TimeRange | None, *, on: bool) -> None:
        """The range between I and O, and whether it is looped."""
        self._loop_words = "Loop" if loop is None else f"Loop {length_words(loop.duration)}"
        self._fit()
        self.loop.setChecked(on and loop is not None)
        self.loop.set_enabled(loop is not None, "Set a range first: I for its start, O for its end; or Shift and drag")

    # Fit

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ground.setGeometry(self.rect())
        self._fit()

    def _fit(self) -> None:
        """What is said elsewhere too leaves first: key caps, then words that an icon and a key also say."""
        room, row = self.width(), self._row
        for level in range(7):
            self._caps.setVisible(level < 1)
            self.shuttle.set_tight(level >= 2)
            self._line.setVisible(level < 2)
            self.bookmark.set_words("Bookmark" if level < 3 else "")
            row.setSpacing(8 if level < 4 else 4)
            self.sound.set_words(self._sound_words if level < 5 else "")
            self.loop.set_words(self._loop_words if level < 6 else "")
            row.invalidate()
            if row.sizeHint().width() <= room:
                break
        self._row.activate()
        for button, words in (
            (self.bookmark, "Bookmark"),
            (self.loop, self._loop_words),
            (self.sound, f"Sound: {self._sound_words}"),
        ):
            button.setAccessibleName(words)
            if button is not self.sound and button.isEnabled():  # the sound's tip says who is heard
                button.setToolTip("" if button.text() else words)

    def minimumSizeHint(self) -> QSize:
        return QSize(720, HEIGHT)


def _show_key(keys: KeyTable, cap: KeyCap, command: str, changed: str) -> None:
    if changed == command:
        cap.show_key(keys.shown(command))
