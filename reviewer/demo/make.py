"""Makes the demo incident: what four officers' cameras leave behind of one event, and the truth about it."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import ClassVar

import av
import cv2

from reviewer.config import own_modules
from reviewer.demo.camera import CAMERAS
from reviewer.demo.recorder import Order, Recorder
from reviewer.demo.scene import Schedule
from reviewer.demo.truth import TRUTH_FILE, CameraTruth, Truth, write_truth
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, Micros, parse_rfc3339

START = parse_rfc3339("2026-06-13T19:41:30Z")
SHORTEST = 4  # seconds that still hold everything
Progress = Callable[[float, str], None]


class CannotMake(ReviewerError):
    """The demo cannot be made there, or not like that."""


def make_footage(
    folder: Path, *, cameras: int = 4, seconds: int = 90, seed: int = 1, progress: Progress | None = None
) -> Truth:
    """Write `folder/<camera>/…` and `folder/truth.json`. The same seed gives the same instants, places and barcodes.

    One process a camera, as many at once as there are cores. `progress` hears the share done (0 to 1) and a sentence;
    what it raises stops the work. Whatever goes wrong, what was written is taken away again. Raises `CannotMake`.
    """
    if not 1 <= cameras <= len(CAMERAS):
        raise CannotMake(f"The demo has 1 to {len(CAMERAS)} cameras, not {cameras}.", "Ask for another number.")
    if seconds < SHORTEST:
        raise CannotMake(f"{seconds} s is too short for the demo.", f"Ask for {SHORTEST} s or more.")
    schedule = Schedule(START, Micros(seconds * SECOND))
    with ExitStack() as undo:
        _prepare(folder, cameras, undo)
        try:
            done = _record(folder, schedule, cameras, seed, progress or (lambda share, text: None))
        except (OSError, av.error.FFmpegError) as error:
            why = getattr(error, "strerror", None) or "the disk refuses"
            raise CannotMake(f"The demo cannot be written: {why}.", "Free some space and make it again.") from error
        except BrokenProcessPool as error:
            raise CannotMake("A process that makes a camera ended.", "Free some memory and make it again.") from error
        truth = Truth(seed, schedule.start, schedule.length, schedule.events, done)
        write_truth(truth, folder)
        undo.pop_all()
    return truth


def _prepare(folder: Path, cameras: int, undo: ExitStack) -> None:
    """Make the folder; refuse one that holds a demo already."""
    try:
        missing = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotMake(f"The folder {folder} cannot be made.", "Choose a folder you may write to.") from error
    ours = [folder / spec.directory for spec in CAMERAS[:cameras]]
    if any(path.exists() for path in (*ours, folder / TRUTH_FILE)):
        raise CannotMake(f"The folder {folder} holds a demo already.", "Choose an empty folder.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotMake(f"Nothing can be written into the folder {folder}.", "Choose a folder you may write to.")
    for path in (folder,) if missing else (*ours, folder / TRUTH_FILE):
        undo.callback(_take_away, path)


def _take_away(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


class _Worker:
    """What a process was given when it started: where to report to and when to give up."""

    reports: ClassVar[SimpleQueue[tuple[int, float]]]
    stop: ClassVar[Event]

    @classmethod
    def start(cls, reports: SimpleQueue[tuple[int, float]], stop: Event) -> None:
        cls.reports, cls.stop = reports, stop
        cv2.setNumThreads(1)  # one process a camera already keeps the cores busy

    @classmethod
    def record(cls, order: Order) -> CameraTruth:
        def report(share: float) -> None:
            cls.reports.put((order.index, share))

        return Recorder(order, report, cls.stop.is_set).record()


def _record(folder: Path, schedule: Schedule, cameras: int, seed: int, progress: Progress) -> tuple[CameraTruth, ...]:
    """All cameras, in processes started afresh: a forked copy of a running program would inherit its threads' locks."""
    context = multiprocessing.get_context("spawn")
    orders = [Order(i, cameras, schedule, seed, folder) for i in range(cameras)]
    processes = min(os.cpu_count() or 1, cameras)
    with ExitStack() as until_made:
        with own_modules():
            reports: SimpleQueue[tuple[int, float]] = context.SimpleQueue()
            stop = context.Event()
            pool = until_made.enter_context(ProcessPoolExecutor(processes, context, _Worker.start, (reports, stop)))
            made = [pool.submit(_Worker.record, order) for order in orders]
        try:
            _follow(made, reports, progress)
        except BaseException:
            stop.set()
            for each in made:
                each.cancel()
            raise
        return tuple(each.result() for each in made)


def _follow(made: list[Future[CameraTruth]], reports: SimpleQueue[tuple[int, float]], progress: Progress) -> None:
    """Pass the processes' reports on until all are done; raises what one of them raised."""
    shares = [0.0] * len(made)
    waiting = True
    while waiting:
        done, left = wait(made, timeout=0.25, return_when=FIRST_EXCEPTION)
        while not reports.empty():
            index, share = reports.get()
            shares[index] = share
        for each in done:
            shares[made.index(each)] = 1.0
            each.result()
        finished = sum(share >= 1 for share in shares)
        progress(sum(shares) / len(shares), f"Camera {min(finished + 1, len(shares))} of {len(shares)}")
        waiting = bool(left)
