"""A dock that nobody stands at: `reviewer dock watch`."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from reviewer.commands.base import Commands, Said, note, trust_of, workspace_of
from reviewer.domain.codec import encode
from reviewer.services.dock import EVERY, SETTLE, Dock
from reviewer.services.dock_memory import Rules, Watch
from reviewer.services.dock_state import DeliveryState, DeliveryStatus, WatchStatus
from reviewer.services.ingest import this_station
from reviewer.services.station_log import StationLog

_PUBLISH_EVERY = 60.0  # seconds
_PAUSE = 0.2  # seconds between looks at whether it is to end


def add(table: Commands) -> None:
    """The words of this command."""
    watch = table.add("dock watch", do_watch, "take in by itself what is put into folders, until it is stopped")
    watch.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    watch.add_argument("--once", action="store_true", help="take in what is there and whole, then end")
    watch.add_argument(
        "--settle", type=float, default=SETTLE, help="seconds that nothing may change before it is whole"
    )
    watch.add_argument("--event-type", default="", help="what is said where no file says it")
    watch.add_argument("--officer-unnamed", action="store_true", help="take no officer from a folder’s name")
    watch.add_argument("--store")


def do_watch(args: argparse.Namespace) -> Said:
    """`reviewer dock watch`: the workstation takes in, and its own log says so. SIGTERM and Ctrl+C end it cleanly."""
    workspace, trust = workspace_of(args), trust_of(args)
    log = StationLog(workspace, trust)
    rules = Rules(officer_from_folder=not args.officer_unnamed, event_type=args.event_type)
    watches = [Watch(str(folder.absolute()), rules) for folder in args.folders]
    every = min(EVERY, max(_PAUSE, args.settle / 2))
    dock = Dock(
        *(workspace, trust, this_station(workspace), log.record), told=_follow, watches=watches, settle=args.settle
    )
    with closing(dock), _asked_to_end() as asked:
        dock.start(every)
        _wait(dock, asked, log, once=args.once)
        dock.close()
        statuses = dock.statuses()
    note("")
    log.publish()
    return _said(statuses, stopped=bool(asked))


def _wait(dock: Dock, asked: list[int], log: StationLog, *, once: bool) -> None:
    pause, since = threading.Event(), 0.0
    while not asked and not (once and dock.idle):
        pause.wait(_PAUSE)
        since += _PAUSE
        if since >= _PUBLISH_EVERY:
            since = 0.0
            log.publish()


@contextmanager
def _asked_to_end() -> Iterator[list[int]]:
    """SIGTERM and Ctrl+C are written down instead of ending the program: a recording is whole in the store or not
    there. A handler that took a lock could wait for itself."""
    asked: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _follow(statuses: tuple[WatchStatus, ...]) -> None:
    """One line that follows what goes on, for a person who watches."""
    for now in (d for s in statuses for d in s.deliveries if d.here and d.state is DeliveryState.TAKING):
        file = now.progress.file if now.progress is not None else ""
        note(f"{now.title}  {now.fraction:4.0%}  {now.rate / 1e6:.1f} MB/s  {file}")


def _said(statuses: tuple[WatchStatus, ...], *, stopped: bool) -> Said:
    deliveries = [(s.watch.folder, d) for s in statuses for d in s.deliveries]
    lines = [_line(d) for _, d in deliveries]
    refused = [f"{d.title}: {p.message} {p.next_step}" for _, d in deliveries for p in d.refused]
    refused += [s.problem for s in statuses if s.problem]
    unfinished = (DeliveryState.GONE, DeliveryState.WAITING, DeliveryState.PARTLY)
    ok = not refused and not any(d.state in unfinished for _, d in deliveries)
    lines += ["Stopped. What was finished is kept."] * stopped
    return Said(lines or ["Nothing was put there."], {"deliveries": [_data(f, d) for f, d in deliveries]}, ok, refused)


def _line(one: DeliveryStatus) -> str:
    taken = f"{len(one.taken)} taken in, {one.known} in the store before"
    return f"{one.title}: {one.state.value} ({taken}). {one.sentence}".rstrip()


def _data(folder: str, one: DeliveryStatus) -> dict[str, Any]:
    return {"folder": folder, **encode(replace(one, rate=0, progress=None)), "state": one.state.name.lower()}
