"""Cameras' processes begin one after another: nine at once leave the window no processor to paint on."""

from __future__ import annotations

import threading


class Turns:
    """Whoever asked first goes first; the next one's turn comes when that one has begun, or gave up. Safe to use from
    several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[object] = []

    def ask(self, who: object) -> None:
        """Stand at the end of the line."""
        with self._changed:
            self._waiting.append(who)

    def wait(self, who: object) -> None:
        """Until it is this one's turn; at once for one that is not in the line, or leaves it meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: who not in self._waiting or self._waiting[0] is who)

    def done(self, who: object) -> None:
        """Let the next one go. Saying it twice is no error."""
        with self._changed:
            if who in self._waiting:
                self._waiting.remove(who)
                self._changed.notify_all()
