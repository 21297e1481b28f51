"""What a room does again in the next turn of the event loop, however often it is asked; never after the room ended."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Later(QObject):
    """On the GUI thread. A stopped timer can be started again by whoever still holds the room (a signal that is on its
    way, a screen that closes after it); one of these that has ended cannot."""

    def __init__(self, owner: QObject, act: Callable[[], object], ms: int = 0) -> None:
        super().__init__(owner)
        self._over = False
        self._timer = QTimer(self, singleShot=True, interval=ms)
        self._timer.timeout.connect(act)

    @property
    def waits(self) -> bool:
        """Whether it was asked for and is still to come."""
        return self._timer.isActive()

    def ask(self) -> None:
        """Do it once, that many ms from now; asked again meanwhile, that many from then."""
        if not self._over:
            self._timer.start()

    def ask_once(self) -> None:
        """Do it once, that many ms from when it was asked first: it cannot be put off by asking."""
        if not self.waits:
            self.ask()

    def end(self) -> None:
        """Never do it any more."""
        self._over = True
        self._timer.stop()
