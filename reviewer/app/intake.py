"""Intake of one custodian's session: the screen on one side, the plan, the store, the log and the dock on the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Role
from reviewer.services.deposit import IngestProgress
from reviewer.services.dock import EVERY, SETTLE, Dock
from reviewer.services.dock_memory import Rules
from reviewer.services.ingest import Ingested, IngestReport, Known, this_station
from reviewer.services.intake import plan_intake
from reviewer.services.intake_log import take_in_and_log
from reviewer.services.intake_plan import IntakePlan
from reviewer.services.rate import Rate
from reviewer.services.retained import Retained, retained
from reviewer.services.trust import Problem
from reviewer.ui.intake import IntakeScreen

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

NAME = "intake"


class IntakeRoom(QObject):
    """Of the desk; on the GUI thread. Only a custodian has it: `screen` and `dock` are None for anybody else."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.screen: IntakeScreen | None = None
        self.dock: Dock | None = None
        self._ending: Dock | None = None
        self._cancel = threading.Event()
        self._work: Future[IntakePlan] | Future[IngestReport] | None = None
        self._paths: list[Path] = []
        self._rate = Rate()

    def open(self) -> None:
        """Show the screen's door and begin to watch the dock's folders; for a custodian only."""
        desk = self._desk
        if Role.CUSTODIAN not in desk.session.user.roles:
            return
        screen = self.screen = IntakeScreen(desk.keys, desk.zone)
        desk.window.add_screen(NAME, screen, words="Intake", icon="device-sd-card")
        self._shortcut = desk.keys.bind(desk.window.shell, "go.intake", partial(desk.window.show_screen, NAME))
        screen.plan.show_roster(desk.session.roster)
        screen.chosen.connect(self.look_at)
        screen.plan.take.connect(self.take_in)
        screen.plan.stop.connect(self.stop)
        screen.watch.connect(lambda folder: self._ask_dock(lambda dock: dock.add(folder)))
        page = screen.dock
        page.toggled.connect(lambda folder, on: self._ask_dock(lambda dock: dock.set_on(folder, on)))
        page.removed.connect(lambda folder: self._ask_dock(lambda dock: dock.remove(folder)))
        page.again.connect(lambda folder: self._ask_dock(lambda dock: dock.again(folder)))
        page.ruled.connect(self._rule)
        page.start.connect(self._begin_dock)
        self._show_store()
        self._begin_dock()

    def close(self) -> None:
        """Stop what is taken in and the dock. Returns at once."""
        if self.screen is None:
            return
        self.stop()
        if self.dock is not None:
            self.dock.stop()
        self._shortcut.deleteLater()
        self._ending, self.screen, self.dock = self.dock, None, None
        self._desk.window.remove_screen(NAME)

    def finish(self) -> None:
        """Not on the GUI thread: what was finished is in the store and in the log before this returns."""
        if self._work is not None:
            with suppress(ReviewerError):
                self._work.result()
        if self._ending is not None:
            self._ending.close()

    # -- the plan

    def look_at(self, paths: Sequence[Path]) -> None:
        """Look at these paths and show what would be taken in."""
        screen, desk = self._screen(), self._desk
        self._paths, self._cancel, self._rate = list(paths), threading.Event(), Rate()
        screen.plan.show_looking([p.name or str(p) for p in paths])
        work = desk.pool.submit(
            plan_intake,
            self._paths,
            desk.session.trust,
            listener=desk.bridge.progress(self._progress, self),
            cancel=self._cancel,
        )
        self._work = work
        desk.bridge.watch(work, self._planned, screen.plan.show_failed, screen)

    def _planned(self, plan: IntakePlan) -> None:
        self._screen().plan.show_plan(plan)
        self._show_store()

    def take_in(self, plan: IntakePlan) -> None:
        """Take in what the plan has."""
        screen, desk = self._screen(), self._desk
        self._cancel, self._rate = threading.Event(), Rate()
        screen.plan.show_taking()
        work = desk.pool.submit(self._take, plan, self._source(), desk.bridge.progress(self._progress, self))
        self._work = work
        desk.bridge.watch(work, self._ended, screen.plan.show_failed, screen)

    def _take(self, plan: IntakePlan, source: str, progress: Callable[[IngestProgress], None]) -> IngestReport:
        """On a worker."""
        session = self._desk.session
        return take_in_and_log(
            *(plan, source, session.trust, this_station(self._desk.workspace), session.journal.record),
            listener=progress,
            cancel=self._cancel,
            done=self._became,
        )

    def _became(self, key: str, what: Ingested | Known | Problem) -> None:
        """On a worker."""
        screen = self.screen
        if screen is not None:
            self._desk.bridge.post(partial(screen.plan.show_became, key, what), screen)

    def _ended(self, report: IngestReport) -> None:
        screen, desk = self._screen(), self._desk
        screen.plan.show_ended(report)
        self._show_store()
        if report.recordings:
            asked = desk.pool.submit(self._kept, report)
            desk.bridge.watch(asked, screen.plan.show_kept, screen.plan.say, screen)

    def _kept(self, report: IngestReport) -> tuple[Retained, ...]:
        """On a worker: the store is asked how it keeps what it was given."""
        return tuple(retained(self._desk.session.trust.store, each.manifest) for each in report.recordings)

    def stop(self) -> None:
        """Stop looking or taking in, within a megabyte."""
        self._cancel.set()

    def _progress(self, now: IngestProgress) -> None:
        if self.screen is not None:
            self.screen.plan.show_progress(now, self._rate.told(now.done))

    def _source(self) -> str:
        more = f" and {len(self._paths) - 1} more" if len(self._paths) > 1 else ""
        return f"{self._paths[0]}{more}" if self._paths else ""

    # -- the dock

    def _begin_dock(self) -> None:
        screen, desk = self._screen(), self._desk
        try:
            self.dock = Dock(
                *(desk.workspace, desk.session.trust, this_station(desk.workspace), desk.session.journal.record),
                told=desk.bridge.progress(screen.dock.show_statuses, screen),
                settle=SETTLE,
            )
        except ReviewerError as wrong:
            screen.dock.show_problem(wrong)
            return
        screen.dock.show_problem(None)
        screen.dock.show_statuses(self.dock.statuses())
        self.dock.start(EVERY)

    def _ask_dock(self, ask: Callable[[Dock], None]) -> None:
        """On a worker: what is asked is written to the disk."""
        if self.dock is not None:
            desk = self._desk
            desk.bridge.watch(desk.pool.submit(ask, self.dock), self._dock_answered, self._dock_answered, self)

    def _dock_answered(self, refused: ReviewerError | None) -> None:
        if self.screen is not None and self.dock is not None:
            self.screen.dock.say(refused)
            self.screen.dock.show_statuses(self.dock.statuses())

    def _rule(self, folder: str, rules: object) -> None:
        if isinstance(rules, Rules):
            self._ask_dock(lambda dock: dock.set_rules(folder, rules))

    # -- around it

    def _screen(self) -> IntakeScreen:
        if self.screen is None:
            raise RuntimeError("the intake is not open")
        return self.screen

    def _show_store(self) -> None:
        store = self._desk.session.trust.store
        self._screen().show_store(store.integrity, write_once=store.write_once)
