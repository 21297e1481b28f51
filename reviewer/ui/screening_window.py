"""The window of the second player, in its own process: the picture, black around it, and a strip below that hides.

Nothing of ours lies on the picture. The strip has its own row, so the picture neither moves nor shrinks when it comes.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.timebase import Micros
from reviewer.ui.fonts import SEMIBOLD, Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.theme import ThemeName, apply_theme
from reviewer.ui.times import in_file, plus_minus
from reviewer.ui.widgets import label, surface

STRIP = 40
_HIDES_MS = 3_000
_WINDOWED = QSize(1280, 760)
_STEPS = {
    (Qt.Key.Key_Left, False): ("seek", -5),
    (Qt.Key.Key_Right, False): ("seek", 5),
    (Qt.Key.Key_Left, True): ("seek", -30),
    (Qt.Key.Key_Right, True): ("seek", 30),
    (Qt.Key.Key_Home, False): ("start", 0),
    (Qt.Key.Key_Space, False): ("toggle", 0),
    (Qt.Key.Key_K, False): ("pause", 0),
    (Qt.Key.Key_J, False): ("rate", -1),
    (Qt.Key.Key_L, False): ("rate", 1),
    (Qt.Key.Key_M, False): ("mute", 0),
    (Qt.Key.Key_Up, False): ("volume", 5),
    (Qt.Key.Key_Down, False): ("volume", -5),
    (Qt.Key.Key_Escape, False): ("end", 0),
}
_KEYS = "Space plays, stops · ← → 5 s, Shift 30 s · J L pace · M sound · F full screen · Esc ends"
_INPUT = {QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}


class ScreeningWindow(QWidget):
    """Signals: `asked(command, amount)` for a key: seek, start, toggle, pause, rate, mute, volume, end. `touched`
    whenever somebody uses keys or mouse."""

    asked = Signal(str, int)
    touched = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Reviewer: second player")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(480, 320)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._full, self._presented = True, False
        # libVLC draws into this one; only it is a window of the display's own.
        self._picture = QWidget(self)
        self._picture.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
        self._picture.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        self._picture.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._picture.setMouseTracking(True)
        self._picture.hide()
        self._cover = QWidget(self)
        self._lay_out_cover()
        self._strip = surface(1, parent=self)
        self._lay_out_strip()
        apply_theme(self, ThemeName.DARK)
        self._hiding = QTimer(self, singleShot=True, interval=_HIDES_MS)
        self._hiding.timeout.connect(self._hide_strip)
        self._stays = True
        for each in (self, self._picture, self._strip, self._cover):
            each.installEventFilter(self)
        self.cover("hourglass", "Waiting for the log", "Nothing is shown before the log has it.")

    def _lay_out_cover(self) -> None:
        column = QVBoxLayout(self._cover)
        column.setSpacing(6)
        column.addStretch()
        self._icon = IconLabel("hourglass", 28, "text2")
        self._headline = label("", Type.PANEL)
        self._words = label("", Type.BODY, "text2", wrap=True)
        self._words.setFixedWidth(560)
        for each in (self._icon, self._headline, self._words):
            column.addWidget(each, 0, Qt.AlignmentFlag.AlignHCenter)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def _lay_out_strip(self) -> None:
        row = QHBoxLayout(self._strip)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        self._state = IconLabel("player-pause", 16, "text")
        self.at = label("", Type.STRONG, weight=SEMIBOLD)
        self._doubt = label(plus_minus(0), Type.STRONG, "warn")
        self._title = label("", Type.BODY)
        self._pace = label("", Type.BODY, "text2")
        self._sound = IconLabel("volume", 16, "text2")
        self.limits = label("", Type.BODY, "warn")
        self._keys = label(_KEYS, Type.META, "text3")
        for each in (self._state, self.at, self._doubt, self._title, self._pace, self._sound, self.limits):
            row.addWidget(each)
        row.addStretch()
        row.addWidget(self._keys)

    # Which window, where

    @property
    def handle(self) -> int:
        """The native window that libVLC draws into."""
        return int(self._picture.winId())

    def open_on(self, display: str, *, full: bool, presented: bool = False) -> None:
        """Show the window on the display of this name; on the first one if it is gone. `presented`: people look at it,
        so the strip goes while it stands still too, and says neither keys nor doubts."""
        self._presented = presented
        for each in (self._keys, self.limits, self._doubt):
            each.setVisible(not presented)
        screens = QGuiApplication.screens()
        screen = next((s for s in screens if s.name() == display), QGuiApplication.primaryScreen())
        self._full = full
        self._take_place(screen)
        self.activateWindow()
        self.setFocus()

    def _take_place(self, screen: QScreen) -> None:
        whole = screen.geometry()
        if self._full:
            self.setGeometry(whole)
            self.showFullScreen()
            return
        size = _WINDOWED.boundedTo(whole.size())
        self.showNormal()
        self.setGeometry(QRect(whole.center() - QRect(whole.topLeft(), size).center() + whole.topLeft(), size))

    @property
    def picture_size(self) -> QSize:
        """Device pixels that the picture may take; 0 × 0 while it is covered."""
        if self._picture.isHidden() or self.isMinimized():
            return QSize(0, 0)
        return self.room

    @property
    def room(self) -> QSize:
        """Device pixels that a picture will have."""
        return self._picture.size() * self.devicePixelRatioF()

    # What it shows

    def uncover(self) -> None:
        """The picture may be seen now."""
        self._cover.hide()
        self._picture.show()

    def cover(self, icon: str, headline: str, words: str) -> None:
        """Hide the picture in this very call, and say why."""
        self._picture.hide()
        self._icon.show_icon(icon, "text2")
        self._headline.setText(headline)
        self._words.setText(words)
        self._cover.show()
        self._show_strip()

    @property
    def says(self) -> str:
        """What stands in place of the picture, or ""."""
        return "" if self._cover.isHidden() else f"{self._headline.text()} {self._words.text()}"

    def name(self, title: str, player: str) -> None:
        """What is shown, and by whom."""
        self._title.setText(title)
        self.limits.setText(f"Second player: {player}. Not aligned, one recording")

    def say(self, at: Micros, length: Micros, rate_milli: int, pace: int, audible: bool, doubt: int) -> None:
        """Where it stands. `rate_milli` is 0 when it stands still, `pace` what it plays at."""
        whole = f" of {in_file(length, 0)}" if length else ""
        self.at.setText(f"{in_file(at)}{whole}")
        self._doubt.setText(plus_minus(doubt))
        self._pace.setText(f"{pace / 1000:g}×" if pace != 1000 else "")
        self._state.show_icon("player-play" if rate_milli else "player-pause", "text")
        self._sound.show_icon("volume" if audible else "volume-off", "text2")
        self._stays = not rate_milli and not self._presented
        if self._stays:
            self._show_strip()
        elif not self._hiding.isActive() and not self._strip.isHidden():
            self._hiding.start()

    # The strip comes and goes

    def _show_strip(self) -> None:
        self._strip.show()
        self.unsetCursor()

    def _hide_strip(self) -> None:
        if not self._stays:
            self._strip.hide()
            self.setCursor(Qt.CursorShape.BlankCursor)

    # Qt's

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self.touched.emit()
            self._show_strip()
            self._hiding.start()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F:
            self._full = not self._full
            self._take_place(self.screen())
            return
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        command = _STEPS.get((Qt.Key(event.key()), shifted))
        if command is not None and not (event.isAutoRepeat() and command[0] not in ("seek", "volume")):
            self.asked.emit(*command)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        picture = self.rect().adjusted(0, 0, 0, -STRIP)
        self._picture.setGeometry(picture)
        self._cover.setGeometry(picture)
        self._strip.setGeometry(0, picture.height(), self.width(), STRIP)
        self._keys.setVisible(self.width() >= 1500 and not self._presented)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), Qt.GlobalColor.black)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # what was shown is said first
        self.asked.emit("end", 0)
