"""A dock: folders are watched, and what is put there is taken in by itself once it is whole.

Every few seconds the watched folders are looked at (names and sizes, by `dock_look`). A delivery that stands still is
planned as in the Intake screen, filled in by its folder's rules, taken in, and looked at again: the source must be as
it was. It is only ever read. What is taken out too early is said, and goes on when it comes back: what the store has by
then is recognised by its hash. One dock a workspace; the thread is `start`ed, or `look` is called by whoever has one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.intake.base import NoteKind
from reviewer.services import clock as machine
from reviewer.services.deposit import IngestProgress
from reviewer.services.disk import InUse, held
from reviewer.services.dock_look import Delivery, Settling, WatchGone, look
from reviewer.services.dock_memory import Dealt, Memory, Rules, Watch
from reviewer.services.dock_state import (
    DeliveryState,
    DeliveryStatus,
    WatchStatus,
    dealt_with,
    gone_from,
    growing,
    result,
)
from reviewer.services.ingest import IngestReport, Station
from reviewer.services.intake import plan_intake
from reviewer.services.intake_log import Record, take_in_and_log
from reviewer.services.intake_plan import IntakePlan, PlannedRecording
from reviewer.services.rate import Rate
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace

SETTLE = 10.0  # seconds that a delivery stands still before it is whole
EVERY = 2.0  # seconds between looks
RETRY = 30.0  # seconds before the store is asked again
_SHOWN_GONE = 20  # deliveries that are no longer connected stay in the list for a person to read

Told = Callable[[tuple[WatchStatus, ...]], None]


@dataclass
class _Watched:
    watch: Watch
    settling: Settling
    deliveries: dict[str, DeliveryStatus] = field(default_factory=dict)
    retry_at: dict[str, float] = field(default_factory=dict)
    problem: str = ""

    @property
    def folder(self) -> Path:
        return Path(self.watch.folder)

    def status(self) -> WatchStatus:
        return WatchStatus(self.watch, tuple(self.deliveries.values()), self.problem)


class Dock:
    """`record` writes the log (a person's, or the workstation's). `told` hears every change, on the dock's thread, as
    often as there is one. `watches`: exactly these folders, and the list that is kept is left alone; None: that list.
    What is asked of a folder that was removed meanwhile is nothing.

    Raises InUse if another dock runs in this workspace, MalformedDocument if its memory is damaged. Methods may be
    called from any thread, but `look`: one at a time."""

    def __init__(
        self,
        workspace: Workspace,
        trust: Trust,
        station: Station,
        record: Record,
        *,
        told: Told = lambda _statuses: None,
        watches: Sequence[Watch] | None = None,
        settle: float = SETTLE,
        seconds: Callable[[], float] = time.monotonic,
        now: machine.Clock = machine.utc_now,
    ) -> None:
        self._trust, self._station, self._record = trust, station, record
        self._told, self._settle, self._seconds, self._now = told, settle, seconds, now
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._taking: tuple[str, threading.Event] | None = None
        self._thread: threading.Thread | None = None
        self._looks = 0
        self._undo = ExitStack()
        taken = InUse("A dock runs on this machine already.", "Use that one, or stop it first.")
        self._undo.enter_context(held(workspace.home / "dock.lock", taken))
        try:
            self._memory = Memory(workspace.home / "dock.json")
        except BaseException:
            self._undo.close()
            raise
        self._keeps = watches is None
        given = self._memory.watches if watches is None else watches
        self._watched = {w.folder: self._made(w) for w in given}

    def _made(self, watch: Watch) -> _Watched:
        return _Watched(watch, Settling(self._settle))

    @property
    def idle(self) -> bool:
        """It has looked, and nothing there will go on by itself."""
        return self._looks > 0 and not any(s.busy for s in self.statuses())

    # -- what a person asks

    def statuses(self) -> tuple[WatchStatus, ...]:
        """Every watched folder as it is now."""
        with self._lock:
            return tuple(w.status() for w in self._watched.values())

    def add(self, folder: Path, rules: Rules | None = None) -> None:
        """Watch a folder; one that is watched already goes on as it is. Raises ReviewerError if it lies in, or holds,
        one that is watched: everything would be taken in twice."""
        path = folder.absolute()
        with self._lock:
            for other in map(Path, self._watched):
                if other != path and (path.is_relative_to(other) or other.is_relative_to(path)):
                    raise ReviewerError(
                        f"{path} and {other} lie in each other.", "Watch the outer folder, or remove it first."
                    )
            if str(path) not in self._watched:
                self._set({str(path): self._made(Watch(str(path), rules or Rules()))})

    def remove(self, folder: str) -> None:
        """Watch it no longer. What is being taken in from it stops; what is in the store stays there."""
        with self._lock:
            self._stop_taking(folder)
            self._watched.pop(folder, None)
            self._memory.forget(folder)
            self._set({})

    def set_on(self, folder: str, on: bool) -> None:
        """Start or stop watching; the folder stays in the list."""
        with self._lock:
            if (watched := self._watched.get(folder)) is not None:
                watched.watch = replace(watched.watch, on=on)
            if not on:
                self._stop_taking(folder)
            self._set({})

    def set_rules(self, folder: str, rules: Rules) -> None:
        """Other rules, from the next delivery on."""
        with self._lock:
            if (watched := self._watched.get(folder)) is not None:
                watched.watch = replace(watched.watch, rules=rules)
            self._set({})

    def again(self, folder: str) -> None:
        """Try what was refused, or waits, once more."""
        with self._lock:
            if (watched := self._watched.get(folder)) is not None:
                tried = [n for n, d in watched.deliveries.items() if d.state is not DeliveryState.DONE]
                self._memory.forget(folder, tried)
                watched.retry_at.clear()
        self._wake.set()

    def _set(self, more: dict[str, _Watched]) -> None:
        self._watched |= more
        if self._keeps:
            self._memory.set_watches(tuple(w.watch for w in self._watched.values()))
        self._wake.set()
        self._tell()

    def _stop_taking(self, folder: str) -> None:
        if self._taking is not None and self._taking[0] == folder:
            self._taking[1].set()

    # -- the thread

    def start(self, every: float = EVERY) -> None:
        """Look every so many seconds, until `close`."""
        self._thread = threading.Thread(target=self._run, args=(every,), name="dock", daemon=True)
        self._thread.start()

    def _run(self, every: float) -> None:
        while not self._closed.is_set():
            self._wake.clear()
            self.look()
            self._wake.wait(every)

    def stop(self) -> None:
        """Ask it to end: what is being taken in stops within a megabyte."""
        self._closed.set()
        with self._lock:
            if self._taking is not None:
                self._taking[1].set()
        self._wake.set()

    def close(self) -> None:
        """Stop, and wait for it. What was finished is in the store and in the log; the rest begins anew next time."""
        self.stop()
        if self._thread is not None:
            self._thread.join()
        self._undo.close()

    # -- a look

    def look(self) -> None:
        """Look at every folder once, and take in what is whole. Raises nothing that a person could mend."""
        for watched in tuple(self._watched.values()):
            if self._goes_on(watched):
                self._look_at(watched)
        self._looks += 1
        self._tell()

    def _goes_on(self, watched: _Watched) -> bool:
        return watched.watch.on and not self._closed.is_set() and watched.watch.folder in self._watched

    def _look_at(self, watched: _Watched) -> None:
        try:
            found = look(watched.folder)
            watched.problem = ""
        except WatchGone as gone:
            found, watched.problem = (), str(gone)
        self._note_gone(watched, {d.name for d in found})
        for delivery in found:
            if self._goes_on(watched):
                self._deal_with(watched, delivery)

    def _note_gone(self, watched: _Watched, here: set[str]) -> None:
        """What is no longer connected. Should it come back, it is another one until it was read."""
        gone = {n for n, d in watched.deliveries.items() if n not in here and d.here}
        with self._lock:
            self._forget(watched, gone)
            for name in gone:
                before = watched.deliveries.pop(name)
                watched.deliveries[name] = gone_from(before)
            old = [n for n, d in watched.deliveries.items() if not d.here]
            for name in old[: max(0, len(old) - _SHOWN_GONE)]:
                del watched.deliveries[name]

    def _forget(self, watched: _Watched, names: set[str]) -> None:
        watched.settling.forget(names)
        for name in names:
            watched.retry_at.pop(name, None)
        self._memory.forget(watched.watch.folder, names)

    def _deal_with(self, watched: _Watched, delivery: Delivery) -> None:
        name = delivery.name
        dealt = self._memory.dealt(watched.watch.folder, name)
        if dealt is not None and dealt.mark == delivery.mark:
            self._say(watched, dealt_with(dealt, delivery))
            return
        left = watched.settling.left(delivery, self._seconds())
        if left > 0:
            self._say(watched, growing(delivery, watched.deliveries.get(name)))
        elif watched.retry_at.get(name, 0.0) <= self._seconds():
            self._take(watched, delivery)

    # -- taking in

    def _take(self, watched: _Watched, delivery: Delivery) -> None:
        """Plan, fill in, take in, look at the source again."""
        cancel = threading.Event()
        with self._lock:
            self._taking = (watched.watch.folder, cancel)
        if not self._goes_on(watched):
            cancel.set()
        status = DeliveryStatus(delivery.name, DeliveryState.LOOKING, len(delivery.files), delivery.size)
        self._say(watched, status)
        try:
            plan = plan_intake(delivery.paths(watched.folder), self._trust, cancel=cancel)
            plan = by_rules(plan, watched.watch.rules)
            report = IngestReport((), (), ()) if plan.stopped else self._put(watched, delivery, plan, cancel)
        except ReviewerError as wrong:
            watched.retry_at[delivery.name] = self._seconds() + RETRY
            self._say(watched, replace(status, state=DeliveryState.WAITING, sentence=str(wrong)))
            return
        finally:
            with self._lock:
                self._taking = None
        self._after(watched, delivery, plan, report)

    def _put(self, watched: _Watched, delivery: Delivery, plan: IntakePlan, cancel: threading.Event) -> IngestReport:
        if not any(r.will_be_written for r in plan.recordings):
            return IngestReport((), (), ())
        status = DeliveryStatus(delivery.name, DeliveryState.TAKING, len(delivery.files), delivery.size)
        rate = Rate(self._seconds)

        def progress(now: IngestProgress) -> None:
            self._say(watched, replace(status, progress=now, rate=rate.told(now.done)))

        self._say(watched, status)
        source = str(watched.folder / delivery.name)
        try:
            return take_in_and_log(
                *(plan, source, self._trust, self._station, self._record),
                by=watched.watch.folder,
                listener=progress,
                cancel=cancel,
            )
        except Cancelled as why:  # while it waited for another intake
            return IngestReport((), (), (), why)

    def _after(self, watched: _Watched, delivery: Delivery, plan: IntakePlan, report: IngestReport) -> None:
        """What became of it, judged by whether the source is still as it was."""
        status = result(delivery, plan, report)
        source = self._seen_again(watched, delivery.name)
        stopped = plan.stopped or report.stopped
        if isinstance(stopped, Cancelled):
            words = "What was finished is in the store; the rest is taken in when watching goes on."
            self._say(watched, replace(status, state=DeliveryState.STOPPED, sentence=words))
        elif source is None:
            whole = stopped is None and status.state is DeliveryState.DONE
            self._say(watched, status if whole else replace(status, state=DeliveryState.TAKING))
            self._note_gone(watched, set(watched.deliveries) - {delivery.name})
        elif source.mark != delivery.mark:
            words = "It changed while it was taken in; it is looked at again when it stands still."
            self._say(watched, replace(status, state=DeliveryState.GROWING, sentence=words))
        elif stopped is not None:
            watched.retry_at[delivery.name] = self._seconds() + RETRY
            self._say(watched, replace(status, state=DeliveryState.WAITING, sentence=str(stopped)))
        else:
            self._remember(watched, delivery, status, report)
            self._say(watched, status)

    def _seen_again(self, watched: _Watched, name: str) -> Delivery | None:
        try:
            return next((d for d in look(watched.folder) if d.name == name and d.files), None)
        except WatchGone:
            return None

    def _remember(self, watched: _Watched, delivery: Delivery, status: DeliveryStatus, report: IngestReport) -> None:
        hashes = tuple(p.sha256 for each in report.recordings for p in each.manifest.parts)
        dealt = Dealt(
            *(watched.watch.folder, delivery.name, delivery.mark, self._now()),
            recordings=status.taken,
            known=status.known,
            refused=status.refused,
            hashes=hashes,
        )
        with self._lock:
            if watched.watch.folder in self._watched:
                self._memory.remember(dealt)

    # -- telling

    def _say(self, watched: _Watched, status: DeliveryStatus) -> None:
        with self._lock:
            changed = watched.deliveries.get(status.name) != status
            watched.deliveries[status.name] = status
        if changed:
            self._tell()

    def _tell(self) -> None:
        self._told(self.statuses())


# -- rules -----------------------------------------------------------------------------------------------------------


def by_rules(plan: IntakePlan, rules: Rules) -> IntakePlan:
    """The plan, filled in where nothing says it, or with the guess at the officer undone."""
    for each in plan.recordings:
        if not rules.officer_from_folder and _is_guessed(each, "officer"):
            plan = plan.edit(each.key, officer="", badge="")
        if rules.event_type and not each.details.event_type:
            plan = plan.edit(each.key, event_type=rules.event_type)
    return plan


def _is_guessed(planned: PlannedRecording, about: str) -> bool:
    return any(n.about == about and n.kind is NoteKind.GUESSED for n in planned.notes)
