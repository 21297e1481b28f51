"""Other people's logs, at one desk: read in the background after log-on, after each publication and transfer, and now
and then; what came of it is shown where the eye is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.services.following import Followed, Reading
from reviewer.ui import log_following
from reviewer.ui.theme import Tone

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

_AGAIN_MS = 300_000  # logs that nobody knew of yet are looked for so often; those that are known each time
_MANY = 20_000  # entries between two looks of the log screen


class FollowingRoom(QObject):
    """Of the desk; on the GUI thread, but for `_work`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._cancel = threading.Event()
        self._running = False
        self._asked: set[bool] = set()  # what was asked for meanwhile
        self._told = 0
        self._timer = QTimer(self, interval=_AGAIN_MS)
        self._timer.timeout.connect(self.look)

    def open(self) -> None:
        """Read on from where it was the last time."""
        self._timer.start()
        self.look()

    def close(self) -> None:
        """Stop reading; what was folded is kept."""
        self._timer.stop()
        self._cancel.set()

    def look(self, *, known: bool = False) -> None:
        """Read on; `known`: only logs that were found before. Asked for while it reads, it reads once more."""
        if self._cancel.is_set():
            return
        if self._running:
            self._asked.add(known)
            return
        self._running = True
        desk = self._desk
        desk.bridge.watch(desk.pool.submit(self._work, known), self._done, self._failed, self)

    def _work(self, known: bool) -> Followed:
        """On a worker."""
        tell = self._desk.bridge.progress(self._progress, self)
        return self._desk.session.following.run(tell, self._cancel, known=known)

    def _progress(self, reading: Reading) -> None:
        """Told ten times a second at most; the screen reads its entries again, so only where there is much to read."""
        done = reading.entries // _MANY
        if self._running and done != self._told:
            self._told = done
            self._show()

    def _done(self, found: Followed) -> None:
        self._running = False
        self._say(log_following.problem(found))
        room = self._desk.room
        if found.new and room is not None:
            room.colleagues_did()
        self._show()
        self._once_more()

    def _failed(self, error: ReviewerError) -> None:
        self._running = False
        if not isinstance(error, Cancelled):
            self._say(str(error))
        self._once_more()

    def _once_more(self) -> None:
        asked, self._asked = self._asked, set()
        if asked:
            self.look(known=all(asked))

    def _say(self, wrong: str | None) -> None:
        if wrong is None:
            self._desk.queue.unsay(log_following.HEADLINE)
        else:
            self._desk.queue.say(log_following.HEADLINE, wrong, Tone.WARN)

    def _show(self) -> None:
        """On the log screen."""
        desk = self._desk
        if desk.window.current == "log":
            desk.log.refresh()
