"""Typing along: the keys and pedals that play, stop and go back while the text field keeps the keyboard, and from when
to when the line that is being typed was said."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication

from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.ui.actions import KeyTable
from reviewer.ui.review.controls import Controls

STEP = 2
"""Seconds that the pedals go back or on."""
_AGAIN = 1  # seconds that are heard once more after a stop
_HEARD = Micros(1 * SECOND)  # a line was begun about this long before its first letter
_LEAST = Micros(SECOND // 2)


class Typing(QObject):
    """`begins`: the line that is being typed begins elsewhere now (a wall time; None: no line is being typed)."""

    begins = Signal(object)

    def __init__(
        self,
        controls: Controls,
        now: Callable[[], Utc],
        playing: Callable[[], bool],
        keys: KeyTable,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controls, self._now, self._playing, self._keys = controls, now, playing, keys
        self._start: Utc | None = None
        self._held = False

    def commands(self) -> dict[str, Callable[[], object]]:
        """Command id → what it does. All of them are keys that a text field does not need."""
        return {
            "transcript.play": self.play_or_stop,
            "transcript.hold": self.hold,
            "transcript.back": lambda: self._controls.seek_by(-STEP),
            "transcript.on": lambda: self._controls.seek_by(STEP),
            "transcript.slower": lambda: self._controls.speed(-1),
            "transcript.faster": lambda: self._controls.speed(1),
            "transcript.start": self.start_here,
        }

    def play_or_stop(self) -> None:
        """Stop; or play, a second earlier, so that no word is lost."""
        if self._playing():
            self._controls.stop()
        else:
            self._play()

    def _play(self) -> None:
        self._controls.seek_by(-_AGAIN)
        self._controls.toggle()

    def hold(self) -> None:
        """A pedal went down: it plays until it comes up again."""
        application = QApplication.instance()
        if application is not None and not self._held:
            self._held = True
            application.installEventFilter(self)
            if not self._playing():
                self._play()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Only while a pedal is down."""
        kind = event.type()
        if kind in (QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowDeactivate):
            self.let_go()
        elif kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            pressed = QKeySequence(event.key()).toString()
            if pressed and self._keys.key("transcript.hold").rpartition("+")[2] == pressed:
                self.let_go()
        return False

    def let_go(self) -> None:
        """The pedal came up."""
        if self._held:
            self._held = False
            application = QApplication.instance()
            if application is not None:
                application.removeEventFilter(self)
            if self._playing():
                self._controls.stop()

    # The line that is being typed

    def begin(self) -> None:
        """Its first letter was typed: it began a little earlier."""
        if self._start is None:
            self._set(Utc(self._now() - (_HEARD if self._playing() else 0)))

    def start_here(self) -> None:
        """It begins where the play-head stands."""
        self._set(self._now())

    def end(self) -> None:
        """It is written, or given up."""
        self._set(None)

    def _set(self, start: Utc | None) -> None:
        self._start = start
        self.begins.emit(start)

    def stretch(self, text: str) -> tuple[Utc, Utc]:
        """From when to when it was said, on the wall: to where the play-head stands, else as long as it takes to
        say."""
        now = self._now()
        start = self._start if self._start is not None else now
        said = max(2 * _LEAST, Micros(len(text) * SECOND // 15))
        return start, now if now >= start + _LEAST else Utc(start + said)
