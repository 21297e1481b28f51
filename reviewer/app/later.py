"""What a room does again in the next turn of the event loop, however often it is asked; never after the room ended."""

from __future__ import annotations

from collections.abc import Callable, Generator

from PySide6.QtCore import QObject, QTimer

from reviewer.domain.errors import ReviewerError


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


class InSteps(QObject):
    """Long work for the GUI thread that `begin` cuts up: a step in each turn of the event loop, so that the window
    answers between them. Asked again meanwhile, it begins anew once it is through. `failed` has what stopped it."""

    def __init__(
        self, owner: QObject, begin: Callable[[], Generator[None]], failed: Callable[[ReviewerError], object]
    ) -> None:
        super().__init__(owner)
        self._begin, self._failed = begin, failed
        self._going: Generator[None] | None = None
        self._again = False
        self._next = Later(self, self._step)

    def ask(self) -> None:
        """Do it, from the next turn on."""
        self._again = True
        self._next.ask_once()

    def _step(self) -> None:
        if self._going is None:
            self._going, self._again = self._begin(), False
        try:
            through = next(self._going, self) is self
        except ReviewerError as wrong:
            through = True
            self._failed(wrong)
        if through:
            self._going = None
        if not through or self._again:
            self._next.ask_once()

    def end(self) -> None:
        """No step more."""
        self._next.end()
        if self._going is not None:
            self._going.close()
