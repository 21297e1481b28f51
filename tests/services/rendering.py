"""A queue of renders with a log that remembers, for tests and for a child process that is killed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reviewer.domain.event import Event
from reviewer.domain.render import Purpose, RenderPlan
from reviewer.media.camera import DeckCamera
from reviewer.services.copy_check import Checked
from reviewer.services.rendering import RenderQueue
from reviewer.services.rendering_job import RenderState, RenderStatus
from reviewer.services.workspace import Workspace

KEY = bytes(range(32))
CASE = "CASE-1"


def good(path: Path, *_: Any) -> Checked:  # noqa: ANN401 - whatever the check is asked
    assert path.exists()
    return Checked((), ("looked at",))


class Room:
    """One session: a queue over a workspace, what it recorded and what it told."""

    def __init__(self, home: Path, cameras: Mapping[str, DeckCamera], check: Callable[..., Checked] = good) -> None:
        self.recorded: list[Event] = []
        self.told: list[RenderStatus] = []
        self._changed = threading.Condition()
        self.queue = RenderQueue(Workspace(home), self.recorded.append, told=self._hear, check=check)
        self.cameras = cameras
        self.open()

    def open(self) -> None:
        self.queue.open_case(CASE, [KEY], lambda wanted: {each: self.cameras[each] for each in wanted})

    def _hear(self, status: RenderStatus) -> None:
        with self._changed:
            self.told.append(status)
            self._changed.notify_all()

    def ask(self, path: Path, plan: RenderPlan | None = None) -> str:
        wanted = plan or RenderPlan(Purpose.DISCLOSURE, recording="one", preset="ultrafast")
        return self.queue.add(CASE, "r1", "A copy", path, wanted)

    def status(self, job: str) -> RenderStatus:
        return next(s for s in self.queue.statuses(CASE) if s.job.id == job)

    def wait(self, job: str, *states: RenderState, seconds: float = 60) -> RenderStatus:
        """Until the job is in one of these states (by default one in which it rests)."""
        wanted = states or (RenderState.DONE, RenderState.REFUSED, RenderState.CANCELLED, RenderState.STOPPED)
        end = time.monotonic() + seconds
        with self._changed:
            while self.status(job).state not in wanted:
                assert self._changed.wait(end - time.monotonic()), self.status(job)
        return self.status(job)

    def kinds(self) -> list[str]:
        return [event.KIND for event in self.recorded]
