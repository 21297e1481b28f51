"""A dock on an empty agency, its watched folder, a log that can break, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reviewer.domain.errors import LogUnwritable
from reviewer.domain.events import Event
from reviewer.services import deposit, dock, intake_log
from reviewer.services.deposit import IngestProgress
from reviewer.services.dock import Dock
from reviewer.services.dock_memory import Watch
from reviewer.services.dock_state import DeliveryState, DeliveryStatus
from reviewer.services.ingest import Station
from reviewer.services.journal import Recorded
from tests.services.agency import NOW, Agency, station_key


@dataclass
class Log:
    """Takes events as a journal does, and can break."""

    events: list[Event] = field(default_factory=list)
    broken: bool = False

    def record(self, event: Event) -> Future[Recorded]:
        future: Future[Recorded] = Future()
        if self.broken:
            future.set_exception(LogUnwritable("The log cannot be written.", "Make room."))
        else:
            self.events.append(event)
            future.set_result(Recorded(event, "o", len(self.events), NOW))
        return future

    def of(self, kind: type[Event]) -> list[Event]:
        return [e for e in self.events if isinstance(e, kind)]


@dataclass
class Bench:
    """A dock, its watched folder, and a clock that only moves when told."""

    agency: Agency
    folder: Path
    log: Log = field(default_factory=Log)
    seconds: float = 0.0
    told: list[DeliveryState] = field(default_factory=list)
    open: list[Dock] = field(default_factory=list)

    def dock(self, *watches: Watch, **more: object) -> Dock:
        made = Dock(
            self.agency.workspace,
            self.agency.trust(),
            Station("ws-1", station_key()),
            self.log.record,
            watches=watches or (Watch(str(self.folder)),),
            told=lambda statuses: self.told.extend(d.state for s in statuses for d in s.deliveries),
            seconds=lambda: self.seconds,
            now=lambda: NOW,
            **more,  # type: ignore[arg-type]
        )
        self.open.append(made)
        return made

    def settle(self, made: Dock) -> None:
        """Look, let the time pass that a delivery has to stand still, look again."""
        made.look()
        self.seconds += dock.SETTLE
        made.look()

    def recordings(self) -> list[str]:
        return list(self.agency.store.list("recordings"))


def status(made: Dock, name: str) -> DeliveryStatus:
    return next(d for w in made.statuses() for d in w.deliveries if d.name == name)


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Bytes and times of all files."""
    return {
        p.relative_to(folder).as_posix(): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file()
    }


def pulling(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[IngestProgress], None]], None]:
    """Do something in the middle of a copy: every progress is told at once."""
    monkeypatch.setattr(deposit, "_TELL_EVERY", 0.0)
    take = intake_log.take_in_and_log

    def during(act: Callable[[IngestProgress], None]) -> None:
        def acting(*args: object, **more: object) -> object:
            told = more["listener"]

            def listener(now: IngestProgress) -> None:
                act(now)
                told(now)  # type: ignore[operator]

            return take(*args, **{**more, "listener": listener})  # type: ignore[arg-type]

        monkeypatch.setattr(dock, "take_in_and_log", acting)

    return during
