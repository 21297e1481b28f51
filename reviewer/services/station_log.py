"""The workstation's own log for what it does while nobody is logged on: a dock that takes footage in."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future

from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import Event
from reviewer.services.disk import InUse
from reviewer.services.door import Door
from reviewer.services.journal import Recorded
from reviewer.services.publish import Published, Publisher
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace

_PATIENCE = 300  # looks; somebody who logs on has the log for a moment
_BETWEEN = 0.1  # seconds


class StationLog:
    """Raises what `Door` raises: NotTrusted if the roster does not name this workstation with its key."""

    def __init__(self, workspace: Workspace, trust: Trust) -> None:
        self._door = Door(workspace, trust)
        self._store = trust.store
        self._pause = threading.Event()

    def record(self, event: Event) -> Future[Recorded]:
        """Record it; waits while somebody logs on here. The Future is done: it holds what was recorded, or why it was
        not."""
        done: Future[Recorded] = Future()
        try:
            done.set_result(self._recorded(event))
        except ReviewerError as wrong:
            done.set_exception(wrong)
        return done

    def _recorded(self, event: Event) -> Recorded:
        for _ in range(_PATIENCE):
            with contextlib.suppress(InUse):
                return self._door.record(event)
            self._pause.wait(_BETWEEN)
        return self._door.record(event)

    def publish(self) -> Published:
        """Send what is recorded to the store."""
        return Publisher(self._door.room.records, [self._door.log], self._store).publish()
